"""A blind second rating: the sample can be drawn again, no page and no interface tells a first answer until it is
finished, then both stand side by side; on either database."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.desk import accounts, attaching, erasing, houses, second, surveys
from assessor.desk.answering import take_over
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.surveys import BlindError
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.forms import load_answers
from assessor.storage import people, quality
from assessor.storage import surveys as sql
from connectors.simulator.serve import DEMO
from tests.web.asked import By, by_session, routes_of, site
from tests.web.judged import Case, refused, three
from tests.web.matrix import entries
from tests.web.people import at_once
from tests.web.test_leaving import rows

pytestmark = pytest.mark.slow

SECRET = "顾问写下的理由"


@pytest.fixture
def case(desk: Desk) -> Case:
    """With the demonstration's answers, each of which says why."""
    case = three(desk)
    answers = load_answers(DEMO.parent / "answers.yaml", case.desk.library.questions)
    said = tuple(a.model_copy(update={"reason": SECRET}) for a in answers.answers)
    held = surveys.opened(case.desk, case.owner, case.survey)
    take_over(case.desk, case.owner, held, answers.model_copy(update={"answers": said}))
    return case


def sample_of(case: Case) -> list[list[str]]:
    with case.desk.store.read() as c:
        found = quality.sample(c, case.survey, case.reviewer.account)
    assert found is not None
    return found.first


def rate_all(case: Case, **other: str) -> None:
    """As the first did, but for those that are named."""
    for question, first in sample_of(case):
        second.rate(case.desk, case.reviewer, case.survey, question, other.get(question, first), "")


# The draw -------------------------------------------------------------------------------------------------------


@given(
    questions=st.lists(st.from_regex(r"[a-z]\d-l\d-\d", fullmatch=True), unique=True, min_size=1, max_size=60),
    seed=st.text("0123456789abcdef", min_size=32, max_size=32),
    data=st.data(),
)
def test_a_sample_can_be_drawn_again_whatever_the_order(
    questions: list[str], seed: str, data: st.DataObject
) -> None:
    found = second.drawn(seed, questions)
    assert second.drawn(seed, data.draw(st.permutations(questions))) == found
    assert len(found) == len(set(found)) == min(len(questions), second.SIZE) and set(found) <= set(questions)
    without = [q for q in questions if q != found[-1]]
    assert second.drawn(seed, without)[: len(found) - 1] == found[:-1]  # one question more or less moves no other


def test_another_seed_is_another_sample() -> None:
    questions = [f"m{n}-l1-1" for n in range(60)]
    samples = [second.drawn(f"{n:032x}", questions) for n in range(200)]
    counts = {q: sum(q in sample for sample in samples) for q in questions}
    assert min(counts.values()) > 15 and max(counts.values()) < 70  # 40 each, were it even


def test_it_is_kept_by_its_seed_and_drawn_once(case: Case) -> None:
    refused(
        lambda: second.draw(case.desk, case.reviewer, case.survey, unseen=False), "desk.second_unseen", InputError
    )
    held = surveys.opened(case.desk, case.reviewer, case.survey)
    could = second.eligible(case.desk, held)
    assert len(could) > 100 and set(could.values()) <= set(second.GRADES)
    assert {case.desk.library.questions[q].kind for q in could} == {"degree"}
    found = at_once(*[lambda: second.draw(case.desk, case.reviewer, case.survey, unseen=True)] * 3)
    assert found.count(None) == 1 and all(
        isinstance(f, ConflictError | BlindError) for f in found if f is not None
    )
    with case.desk.store.read() as c:
        sample = quality.sample(c, case.survey, case.reviewer.account)
    assert sample is not None
    assert sample.first == [[q, could[q]] for q in second.drawn(sample.seed, list(could))]
    assert len(sample.first) == second.SIZE and sample.version == held.survey.version
    second.end(case.desk, case.reviewer, case.survey, finished=False)
    refused(
        lambda: second.draw(case.desk, case.reviewer, case.survey, unseen=True), "desk.second_once", ConflictError
    )


def test_who_may_not_and_where_there_is_too_little(case: Case) -> None:
    both = case.named("consultant", "身兼二职")
    with case.desk.store.write() as c:
        people.add_membership(c, replace(people.memberships_in(c, both.account, case.house)[0], role="reviewer"))
    both = replace(both, memberships=houses.memberships(case.desk, both.account))
    case.say(both, "1", "m5-l3-1")
    refused(lambda: second.draw(case.desk, both, case.survey, unseen=True), "desk.review_took_part", AccessError)
    for who in (case.owner, case.consultant):
        refused(lambda who=who: second.draw(case.desk, who, case.survey, unseen=True), "desk.not_allowed")  # type: ignore[misc]
    with pytest.raises(AccessError):
        second.told(case.desk, case.named("member", "成员"), case.survey)
    survey = surveys.begin(case.desk, case.owner, case.house, {"name": "新厂", "kind": "discrete"})
    refused(lambda: second.draw(case.desk, case.reviewer, survey, unseen=True), "desk.second_few", InputError)
    for act in (
        lambda: second.rate(case.desk, case.reviewer, case.survey, "m5-l2-1", "1"),
        lambda: second.end(case.desk, case.reviewer, case.survey, finished=True),
    ):
        with pytest.raises(UnknownError):
            act()


# Blind ----------------------------------------------------------------------------------------------------------


def test_nothing_of_the_survey_is_open_until_it_is_finished(case: Case) -> None:
    """Every route there is that reads a survey, as the application has them, by page and by program."""
    proof = attaching.attach(case.desk, case.owner, case.survey, Handed("proof", "照片.txt", b"a note", "m5-l2-1"))
    case.reckon()
    settled = {"settlements": [settlement()]}
    with case.desk.store.write() as c:
        sql.change(c, case.survey, settings=surveys.get(case.desk, case.owner, case.survey).settings | settled)
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    with site(case.desk) as web:
        by = by_session(case.desk, case.session(case.reviewer))
        tokened = By(token=accounts.make_token(case.desk, case.reviewer, "laptop", ("read",))[1])
        tried = 0
        for name, entry in entries().items():
            if entry.method != "GET" or "{survey}" not in entry.template:
                continue
            assert entry.route in routes_of(web.app), name
            told = {"survey": case.survey, "file": proof.id, "question": sample_of(case)[0][0]} | dict(entry.path)
            path = entry.template
            for key, value in told.items():
                path = path.replace(f"{{{key}}}", proof.id if value == "$export" else value)
            for one in [by, tokened] if entry.is_api else [by]:
                answer, tried = web.get(path, one), tried + 1
                shown = answer.status_code == 200
                assert shown == (entry.template in OPEN), (path, answer.status_code)
                if not shown and not entry.is_api:
                    assert answer.headers.get("location", "").endswith("/second") or answer.status_code in (
                        403,
                        404,
                    )
                assert SECRET not in answer.text and "settlements" not in answer.text, path
        assert tried > 25
        listed = web.api("GET", "/surveys", by)
        assert listed.status_code == 200 and "settlements" not in listed.text and case.survey in listed.text
        assert "settlements" in web.api("GET", "/surveys", by_session(case.desk, case.session(case.owner))).text
        mine = json.dumps(erasing.export_account(case.desk, case.reviewer))
        assert all(q in mine and json.dumps([q, v]) not in mine for q, v in sample_of(case))


OPEN = {
    "/surveys/{survey}/second", "/surveys/{survey}/files/{file}",
    "/api/v1/surveys/{survey}/files", "/api/v1/surveys/{survey}/files/{file}",
}  # fmt: skip
"""Questions to rate, and the proofs that were handed in: no answer is in either."""


def settlement() -> dict[str, object]:
    return {
        "question": "m5-l2-1", "value": "0.5", "reply": "当天停机", "reason": "现场复核", "by": "评估员",
        "proof": {"kind": "site", "title": "车间巡查"}, "at": "2026-11-25T08:00:00+00:00",
    }  # fmt: skip


def test_the_page_is_the_same_whatever_was_said_first(case: Case) -> None:
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    with site(case.desk) as web:
        by = by_session(case.desk, case.session(case.reviewer))
        before = web.get(f"/surveys/{case.survey}/second", by).text
        assert " checked" not in before and before.count("<article") == second.SIZE
        for question, value in sample_of(case):
            case.say(case.owner, "0" if value != "0" else "1", question)
        assert web.get(f"/surveys/{case.survey}/second", by).text == before


def test_an_export_of_the_owner_tells_nothing_of_a_rating_that_is_under_way(case: Case) -> None:
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    (told,) = second.told(case.desk, case.owner, case.survey)
    assert (told.rated, told.rows, told.agreed) == (0, (), None)
    with site(case.desk) as web:
        owner = by_session(case.desk, case.session(case.owner))
        assert not any(q in web.get(f"/surveys/{case.survey}/second", owner).text for q, _ in sample_of(case))
    with zipfile.ZipFile(io.BytesIO(erasing.export_survey(case.desk, case.owner, case.survey))) as archive:
        assert json.loads(archive.read("review.json"))["second_ratings"] == []


# What comes of it -----------------------------------------------------------------------------------------------


def test_both_stand_side_by_side_once_it_is_finished(case: Case) -> None:
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    first = sample_of(case)
    other = {first[0][0]: "0" if first[0][1] != "0" else "1", first[1][0]: "do-not-know"}
    rate_all(case, **other)
    second.rate(case.desk, case.reviewer, case.survey, first[0][0], other[first[0][0]], "现场没有看到")
    refused(
        lambda: second.rate(case.desk, case.reviewer, case.survey, first[0][0], "0.7"),
        "desk.bad_value",
        InputError,
    )
    with pytest.raises(BlindError):
        second.told(case.desk, case.reviewer, case.survey)
    case.say(case.owner, "0", first[2][0])  # what was said first is what stood when it was drawn
    second.end(case.desk, case.reviewer, case.survey, finished=True)
    for who in (case.owner, case.consultant, case.reviewer):
        (told,) = second.told(case.desk, who, case.survey)
        assert told.agreed is not None and told.squared is not None
        assert (told.agreed.pairs, told.agreed.same) == (11, 10)
        assert [(r.question, r.second) for r in told.differing] == list(other.items())
        assert told.differing[0].reason == "现场没有看到"
        assert [[r.question, r.first] for r in told.rows] == first
    assert surveys.opened(case.desk, case.reviewer, case.survey).given
    with pytest.raises(UnknownError):
        second.rate(case.desk, case.reviewer, case.survey, first[0][0], "1")
    with site(case.desk) as web:
        page = web.get(f"/surveys/{case.survey}/second", by_session(case.desk, case.session(case.reviewer)))
        assert page.status_code == 200 and "现场没有看到" in page.text and told.sample.seed in page.text


def test_it_is_not_finished_before_all_is_rated_and_giving_up_compares_nothing(case: Case) -> None:
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    question = sample_of(case)[0][0]
    second.rate(case.desk, case.reviewer, case.survey, question, "1")
    refused(
        lambda: second.end(case.desk, case.reviewer, case.survey, finished=True), "desk.second_left", InputError
    )
    version = case.version
    second.end(case.desk, case.reviewer, case.survey, finished=False)
    (told,) = second.told(case.desk, case.owner, case.survey)
    assert (told.rated, told.rows, told.sample.outcome) == (1, (), "given-up")
    assert case.version == version  # a result does not rest on it


def test_it_goes_with_the_survey_and_stays_by_id_where_the_person_goes(case: Case) -> None:
    second.draw(case.desk, case.reviewer, case.survey, unseen=True)
    rate_all(case)
    second.end(case.desk, case.reviewer, case.survey, finished=True)
    (mine,) = erasing.export_account(case.desk, case.reviewer)["second_ratings"]
    assert len(mine["second"]) == len(mine["first"]) == second.SIZE
    erasing.erase_account(case.desk, case.reviewer)
    assert {"samples", "seconds"} <= set(rows(case.desk, case.reviewer.account)) and not rows(case.desk, "复核乙")
    assert second.told(case.desk, case.owner, case.survey)[0].name == ""
    erasing.erase_survey(case.desk, case.owner, case.survey)
    assert set(rows(case.desk, case.survey)) == {"events"}
