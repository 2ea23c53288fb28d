"""A difference is settled by an assessor, with reply, reason and proof; then the office sees it."""

import pytest

from assessor.desk import accounts, consenting, demonstration, entering, houses, reckoning, settling, surveys
from assessor.desk.desk import Desk
from assessor.desk.settling import Clarified
from assessor.errors import AccessError, InputError, UnknownError
from tests.web.people import again, joined
from tests.web.settled import SAID, settle_all
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow


def test_a_consultant_settles_what_is_open_and_the_office_sees_the_result(lite: Desk) -> None:
    entered, survey = demonstration.enter(lite, "127.0.0.1", "zh")
    known = entering.known_by_session(lite, entered.token)
    assert known is not None
    owner, house = known.actor, surveys.get(lite, known.actor, survey).organisation
    consultant = joined(lite, house, "consultant").who
    done = reckoned(lite, owner, survey)
    first = done.findings[0].question

    def said(question: str, **other: object) -> Clarified:
        return Clarified(question, **{"value": "0.5", **SAID, **other})  # type: ignore[arg-type]

    with pytest.raises(InputError) as told:
        settling.settle(lite, consultant, survey, said(first))
    assert told.value.message.id == "desk.settle_lacks.name"
    accounts.rename(lite, consultant, "评估员")
    with pytest.raises(AccessError):
        settling.settle(lite, owner, survey, said(first))
    with pytest.raises(UnknownError):
        settling.settle(lite, consultant, survey, said("m1-l1-1"))
    for lacking in ("reply", "reason", "title", "value"):
        with pytest.raises(InputError):
            settling.settle(lite, consultant, survey, said(first, **{lacking: ""}))
    settle_all(lite, consultant, survey, done)
    now = reckoned(lite, owner, survey)
    assert all(f.settled for f in now.findings) and len(now.findings) == len(done.findings)
    evidence = {e.question: e for e in now.evidence}
    before = {e.question: e for e in done.evidence}
    assert evidence[first].settlement is not None and evidence[first].settlement.reply == "当天停机"
    assert (evidence[first].claim, evidence[first].low) == (before[first].claim, before[first].low)
    assert evidence[first].verified == evidence[first].settlement.value != before[first].verified
    office = houses.found(lite, "office", "区项目办", demonstration=True)
    officer = joined(lite, office, "officer")
    consenting.agree(lite, owner, house, "programme", office)
    assert reckoning.result(lite, again(lite, officer).who, survey).done is not None
    settling.reopen(lite, consultant, survey, first)
    assert not next(f for f in reckoned(lite, owner, survey).findings if f.question == first).settled
