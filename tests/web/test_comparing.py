"""The last assessment of the plant beside this one: which count as the same plant, and the paper of both."""

import io
from typing import Any

import pytest
from docx import Document as Word
from hypothesis import given
from hypothesis import strategies as st

from assessor.desk import attaching, comparing, consenting, houses, reckoning, second, surveys
from assessor.desk.answering import take_over
from assessor.desk.attaching import Handed
from assessor.desk.comparing import same
from assessor.desk.desk import Desk
from assessor.domain import Plant
from assessor.errors import AccessError, UnknownError
from assessor.forms import load_answers
from connectors.simulator.serve import DEMO
from tests.web.asked import by_session, site
from tests.web.judged import Case, three
from tests.web.people import again, factory, joined

pytestmark = pytest.mark.slow

CODES = st.sampled_from((None, "91310000MA1FL0000A", "91310000MA1FL0000B"))
PLANTS = st.builds(
    lambda id_, name, code, kind: Plant.model_validate(
        {"id": id_, "name": {"zh": name, "en": name}, "kind": kind, "credit_code": code}
    ),
    st.sampled_from(("plant-a", "plant-b")), st.sampled_from(("甲厂", "乙厂")), CODES,
    st.sampled_from(("discrete", "process")),
)  # fmt: skip


@given(one=PLANTS, other=PLANTS)
def test_being_the_same_plant_goes_both_ways_and_two_codes_are_two_plants(one: Plant, other: Plant) -> None:
    assert same(one, other) == same(other, one) and same(one, one)
    if one.id != other.id and one.credit_code and other.credit_code:
        assert not same(one, other) or one.credit_code == other.credit_code


@pytest.fixture
def case(lite: Desk) -> Case:
    return three(lite)


def once_more(case: Case, **plant: Any) -> str:
    """Another survey in the same factory, answered as the demonstration is, and its result."""
    told = {"name": "申江测试厂", "kind": "discrete", **plant}
    survey = surveys.begin(case.desk, case.owner, case.house, told)
    held = surveys.opened(case.desk, case.owner, survey)
    take_over(case.desk, case.owner, held, load_answers(DEMO.parent / "answers.yaml", case.desk.library.questions))
    assert reckoning.result(case.desk, case.owner, survey).done is not None
    return survey


def test_an_earlier_survey_of_the_same_plant_is_told_with_what_moved(case: Case) -> None:
    case.reckon()
    now = once_more(case)
    once_more(case, name="另一个厂")
    other_house, stranger, other = factory(case.desk, "别的厂")
    later = once_more(case)
    assert comparing.earlier(case.desk, case.owner, case.survey) == []  # what came later is no earlier one
    (found,) = comparing.earlier(case.desk, case.owner, now)
    assert (found.id, found.file) == (case.survey, None)
    assert [e.id for e in comparing.earlier(case.desk, case.owner, later)] == [now, case.survey]
    with site(case.desk) as web:
        owner, foreign = by_session(case.desk, case.session(case.owner)), by_session(case.desk, stranger.token)
        here = f"/surveys/{now}/compare"
        page = web.get(here, owner)
        assert page.status_code == 200 and f"{here}/{case.survey}.docx" in page.text
        for suffix, begins in ((".docx", b"PK"), (".pdf", b"%PDF")):
            paper = web.get(f"{here}/{case.survey}{suffix}", owner)
            assert paper.status_code == 200 and paper.content.startswith(begins)
        written = web.get(f"{here}/{case.survey}.docx", owner).content
        text = "\n".join(p.text for p in Word(io.BytesIO(written)).paragraphs)
        assert "申江测试厂" in text and "None" not in text
        for name in (f"{later}.docx", f"{other}.docx", f"{case.survey}.exe", "x.docx"):
            assert web.get(f"{here}/{name}", owner).status_code == 404
        assert web.get(here, foreign).status_code == 404
        assert web.get(f"/surveys/{other}/compare/{case.survey}.docx", foreign).status_code == 404
    assert other_house != case.house


def test_a_filing_that_was_handed_in_is_an_earlier_one(case: Case) -> None:
    case.reckon()
    done = reckoning.assessment(case.desk, case.owner, case.survey)
    packed = reckoning.filing(case.desk, case.owner, case.survey, done)
    house, owner, survey = factory(case.desk, "集团")
    held = surveys.opened(case.desk, owner.who, survey)
    take_over(case.desk, owner.who, held, load_answers(DEMO.parent / "answers.yaml", case.desk.library.questions))
    attaching.attach(case.desk, owner.who, survey, Handed("bundle", "上次报送.zip", packed))
    assert reckoning.result(case.desk, owner.who, survey).done is not None
    (found,) = comparing.earlier(case.desk, owner.who, survey)
    assert found.file == "上次报送.zip"
    document, now = comparing.comparison(case.desk, owner.who, survey, found.id, "en")
    assert document.name == "comparison" and now.made > found.done.made
    reviewer = joined(case.desk, house, "reviewer").who  # who may not read raw data does not open a bundle
    assert comparing.earlier(case.desk, reviewer, survey) == []


def test_neither_an_office_nor_whoever_rates_blind_sees_single_answers_by_it(case: Case) -> None:
    case.reckon()
    now = once_more(case)
    office = houses.found(case.desk, "office", "项目办")
    officer = joined(case.desk, office, "officer")
    consenting.agree(case.desk, case.owner, case.house, "programme", office)
    with pytest.raises(AccessError):
        comparing.earlier(case.desk, again(case.desk, officer).who, now)
    assert len(comparing.earlier(case.desk, case.reviewer, now)) == 1
    once = surveys.begin(case.desk, case.owner, case.house, {"name": "申江测试厂", "kind": "discrete"})
    with pytest.raises(UnknownError):
        comparing.comparison(case.desk, case.owner, once, case.survey, "zh")
    case.reckon()
    held = surveys.opened(case.desk, case.owner, case.survey)
    take_over(case.desk, case.owner, held, load_answers(DEMO.parent / "answers.yaml", case.desk.library.questions))
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    assert comparing.earlier(case.desk, case.reviewer, now) == []  # the earlier one is rated blind
