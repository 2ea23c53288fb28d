"""Tags to confirm: made beside; what is confirmed counts in the next result, what nobody knows says nothing."""

from pathlib import Path

import pytest

from assessor.bundle import open_bundle
from assessor.desk import answering, attaching, demonstration, exports, meanings, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.meanings import Listed, Said
from assessor.domain import Function
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import ledger
from assessor.unexplained import MOST, unexplained
from models.tags.text import Refused, TextProposer, load
from tests.test_tags_command import bundle, tag
from tests.waiting import until
from tests.web.asked import by_session, site
from tests.web.people import Person, entry, factory, joined
from tests.web.points import DOOR, MELT, SIGNALS, sampled
from tests.web.test_reckoning import EXPORT, REGISTER, SAID, reckoned, verified

pytestmark = pytest.mark.slow


def at_plant(desk: Desk, data: bytes) -> tuple[str, Person, str]:
    house, owner, survey = factory(desk)
    attaching.attach(desk, owner.who, survey, Handed("bundle", "sealed.zip", data))
    return house, owner, survey


def made(desk: Desk, who: Actor, survey: str) -> Listed:
    """The list of the survey as it stands, once it is there."""
    until(lambda: not meanings.listed(desk, who, survey).old)
    return meanings.listed(desk, who, survey)


def test_the_list_is_what_the_terminal_prints(lite: Desk, tmp_path: Path) -> None:
    _, owner, survey = at_plant(lite, sampled())
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    first = meanings.listed(lite, owner.who, survey)
    assert first.heard and first.found is None and first.running, "a page does not wait for it"
    listed = made(lite, owner.who, survey)
    (tmp_path / "bundle.zip").write_bytes(sampled())
    said = surveys.answers(surveys.opened(lite, owner.who, survey))
    text = load()
    names = None if isinstance(text, Refused) else TextProposer(text)
    assert listed.found == unexplained(open_bundle(tmp_path / "bundle.zip"), said, lite.library, names)
    assert listed.open == list(listed.found.asks) and listed.without == (text.why if names is None else None)
    assert not meanings.listed(lite, owner.who, survey).running, "and it is kept"


def test_what_is_confirmed_leaves_the_list_and_counts_in_the_result(lite: Desk, tmp_path: Path) -> None:
    house, owner, survey = at_plant(lite, sampled())
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    before = reckoned(lite, owner.who, survey)
    listed = made(lite, owner.who, survey)
    consultant = joined(lite, house, "consultant").who
    meanings.confirm(lite, owner.who, survey, Said(MELT, "temperature", "actual"))
    meanings.confirm(lite, consultant, survey, Said(SIGNALS, "other", ""))
    now = meanings.listed(lite, owner.who, survey)
    assert now.old and now.found == listed.found, "the list from before is shown while it is made anew"
    assert {one.tags[0] for one in now.open} == {one.tags[0] for one in listed.open} - {MELT, SIGNALS}
    assert [(m.tags, m.quantity, m.function, m.by) for m in now.said] == [
        (MELT, "temperature", Function.ACTUAL, "production"),
        (SIGNALS, "other", None, "consultant"),
    ]
    anew = made(lite, owner.who, survey)
    assert anew.found is not None and (anew.found.vouched, anew.found.unknown) == (6, 5)
    after = reckoned(lite, owner.who, survey)
    assert after.answers.meanings == now.said and after.measurements != before.measurements
    filed = verified(reckoning.filing(lite, owner.who, survey, after), tmp_path / "filing.zip")
    assert b"MeltTemp" in filed.member("answers.yaml")
    with lite.store.read() as c:
        acts = [e.action for e in ledger.events_of(c, house, None)]
    assert acts[:2] == ["meaning confirmed"] * 2
    meanings.take_back(lite, owner.who, survey, MELT)
    assert [m.tags for m in made(lite, owner.who, survey).said] == [SIGNALS]
    assert MELT in {one.tags[0] for one in made(lite, owner.who, survey).open}


def test_what_nobody_knows_comes_last_and_says_nothing(lite: Desk) -> None:
    _, owner, survey = at_plant(lite, sampled(MOST + 5))
    listed = made(lite, owner.who, survey)
    assert listed.found is not None and len(listed.found.asks) == MOST and listed.found.left
    for one in listed.open[:6]:
        meanings.set_aside(lite, owner.who, survey, one.tags[0])
    assert len(meanings.listed(lite, owner.who, survey).open) == MOST - 6
    anew = made(lite, owner.who, survey)
    assert anew.found is not None and len(anew.open) == MOST, "others move up"
    assert not surveys.answers(surveys.opened(lite, owner.who, survey)).meanings
    meanings.take_back(lite, owner.who, survey, listed.open[0].tags[0])
    assert made(lite, owner.who, survey).open[0].tags == listed.open[0].tags
    meanings.set_aside(lite, owner.who, survey, listed.open[0].tags[0])
    meanings.confirm(lite, owner.who, survey, Said(listed.open[0].tags[0], "other", None))
    assert listed.open[0].tags[0] not in {one.tags for one in meanings.listed(lite, owner.who, survey).aside}


def test_a_template_without_a_pattern_is_confirmed_and_taken_back_whole(lite: Desk, tmp_path: Path) -> None:
    close = [
        tag(50, "Line1.IMM04.Mould", "lathe"),
        *(tag(50 + n, f"Line1.IMM0{n}.Mould", f"imm-{n}") for n in (1, 2)),
    ]
    bundle(tmp_path, close)
    _, owner, survey = at_plant(lite, (tmp_path / "bundle.zip").read_bytes())
    asked = next(one for one in made(lite, owner.who, survey).open if one.points == 2)
    assert asked.tags == ("Line1.IMM01.Mould", "Line1.IMM02.Mould"), "IMM0* would fit the lathe's too"
    meanings.confirm(lite, owner.who, survey, Said(asked.tags[0], "count", "counter"))
    assert [m.tags for m in made(lite, owner.who, survey).said] == list(asked.tags)
    meanings.take_back(lite, owner.who, survey, asked.tags[1])
    assert not made(lite, owner.who, survey).said


def test_only_what_is_asked_can_be_said_and_only_in_known_words(lite: Desk) -> None:
    house, owner, survey = at_plant(lite, sampled())
    for tags in ("*", MELT):
        with pytest.raises(UnknownError):
            meanings.confirm(lite, owner.who, survey, Said(tags, "temperature", None))
    made(lite, owner.who, survey)
    with pytest.raises(UnknownError):
        meanings.confirm(lite, owner.who, survey, Said("*", "temperature", None))
    for quantity, function in (("", ""), ("warmth", ""), ("temperature", "purpose")):
        with pytest.raises(InputError) as told:
            meanings.confirm(lite, owner.who, survey, Said(MELT, quantity, function))
        assert told.value.message.id == "desk.no_meaning"
    for role in ("member", "reviewer"):
        colleague = joined(lite, house, role).who  # type: ignore[arg-type]
        with pytest.raises(AccessError):
            meanings.listed(lite, colleague, survey)
        with pytest.raises(AccessError):
            meanings.confirm(lite, colleague, survey, Said(MELT, "temperature", None))
        with pytest.raises(AccessError):
            meanings.take_back(lite, colleague, survey, MELT)
    assert not made(lite, owner.who, survey).said


def test_there_is_nothing_to_ask_without_a_sealed_bundle(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    assert not meanings.listed(lite, owner.who, survey).heard
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    attaching.attach(lite, owner.who, survey, Handed("register", "台账.csv", REGISTER.encode()))
    export = attaching.attach(lite, owner.who, survey, Handed("export", "历史.csv", EXPORT.encode()))
    exports.confirm(lite, owner.who, survey, export.id, SAID)
    filed = reckoning.filing(lite, owner.who, survey, reckoned(lite, owner.who, survey))
    attaching.attach(lite, owner.who, survey, Handed("bundle", "filing.zip", filed))
    listed = meanings.listed(lite, owner.who, survey)
    assert not listed.heard and not listed.running


def test_a_plant_whose_points_are_all_vouched_for_has_nothing_to_confirm(lite: Desk) -> None:
    _, owner, survey = at_plant(lite, demonstration.sampled())
    listed = made(lite, owner.who, survey)
    assert listed.found is not None and listed.found.points == listed.found.vouched > 100 and not listed.open


def test_a_slip_leaves_the_card_as_it_was_filled_in(lite: Desk) -> None:
    _, owner, survey = at_plant(lite, sampled())
    with site(lite) as web:
        by, path = by_session(lite, owner.token), f"/surveys/{survey}/tags"
        assert "http-equiv" in web.get(path, by).text, "it waits, and looks again by itself"
        made(lite, owner.who, survey)
        assert MELT in web.get(path, by).text
        slip = web.post(path, by, data={"tags": DOOR, "choice": "other", "quantity": "", "function": ""})
        assert slip.status_code == 422 and slip.text.count('value="other" checked') == 1
        done = web.post(
            path, by, data={"tags": DOOR, "choice": "other", "quantity": "other", "unit": "pcs", "at": "3"}
        )
        assert done.status_code == 303 and done.headers["location"] == f"{path}#t3"
        web.post(path, by, data={"tags": SIGNALS, "choice": "unknown"})
        assert [(m.tags, m.unit) for m in meanings.listed(lite, owner.who, survey).said] == [(DOOR, "pcs")]
        assert [a.tags for a in meanings.listed(lite, owner.who, survey).aside] == [SIGNALS]
        web.post(f"{path}/back", by, data={"tags": SIGNALS})
        assert not meanings.listed(lite, owner.who, survey).aside
