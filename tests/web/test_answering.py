"""One answer is one save: versions, keys sent twice, two people at once; on SQLite and PostgreSQL alike."""

import threading

import pytest

from assessor.desk import answering, houses, surveys
from assessor.desk.answering import Overtaken
from assessor.desk.desk import Desk, new_id
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import surveys as sql
from tests.web.people import again, come_in, entry, factory, joined

Q = "m5-l2-1"


@pytest.mark.slow
def test_an_answer_is_saved_with_a_version_and_told_with_its_progress(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    first = answering.save(desk, owner.who, survey, entry(Q, "0.8"))
    assert (first.given.version, first.given.value, first.progress.answered) == (1, "0.8", 1)
    second = answering.save(desk, owner.who, survey, entry(Q, "1", base=1))
    assert (second.given.version, second.progress.answered) == (2, 1)
    assert [g.value for g, _ in answering.history(desk, owner.who, survey, Q)] == ["1", "0.8"]
    held = surveys.opened(desk, owner.who, survey)
    assert [str(a.value) for a in surveys.answers(held).answers] == ["1"]


@pytest.mark.slow
def test_the_same_save_sent_twice_happens_once(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    once = entry(Q, "0.5")
    assert answering.save(desk, owner.who, survey, once).given.version == 1
    assert answering.save(desk, owner.who, survey, once).given.version == 1
    answering.save(desk, owner.who, survey, entry(Q, "1", base=1))
    assert answering.save(desk, owner.who, survey, once).given.version == 1  # what it did, not what stands
    assert surveys.opened(desk, owner.who, survey).given[Q].value == "1"
    with pytest.raises(InputError):
        answering.save(desk, owner.who, survey, entry("m5-l2-2", "1", key=once.key))


def test_who_is_overtaken_is_told_both_values_and_nothing_is_lost(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    other = joined(desk, house, "member")
    answering.save(desk, owner.who, survey, entry(Q, "0.5"))
    with pytest.raises(Overtaken) as told:
        answering.save(desk, other.who, survey, entry(Q, "1"))
    assert (told.value.stands.value, told.value.wanted.value) == ("0.5", "1")
    assert told.value.stands.account == owner.who.account
    assert surveys.opened(desk, owner.who, survey).given[Q].value == "0.5"
    assert answering.save(desk, other.who, survey, entry(Q, "1", base=1)).given.value == "1"


@pytest.mark.slow
def test_two_who_say_the_same_need_not_choose(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    other = joined(desk, house, "member")
    answering.save(desk, owner.who, survey, entry(Q, "0.5"))
    assert answering.save(desk, other.who, survey, entry(Q, "0.50")).given.version == 1


@pytest.mark.slow
def test_of_many_at_the_same_instant_one_is_first_and_all_are_told(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    people = [owner, *(joined(desk, house, "member") for _ in range(7))]
    ready, outcomes = threading.Barrier(len(people)), list[str]()

    def run(i: int) -> None:
        ready.wait()
        try:
            answering.save(desk, people[i].who, survey, entry(Q, "1" if i % 2 else "0.5"))
            outcomes.append("saved")
        except Overtaken:
            outcomes.append("overtaken")

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == len(people) and {"saved", "overtaken"} == set(outcomes)
    with desk.store.read() as c:
        assert [g.version for g in sql.history(c, survey)] == [1]


@pytest.mark.slow
def test_saves_of_many_to_many_questions_all_arrive(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    people = [owner, *(joined(desk, house, "member") for _ in range(3))]
    questions = [q.id for t in desk.library.topics if t.id == "m5" for q in t.questions if q.kind == "degree"]

    def run(i: int) -> None:
        for question in questions[i :: len(people)]:
            answering.save(desk, people[i].who, survey, entry(question, "1"))

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    held = surveys.opened(desk, owner.who, survey)
    assert set(held.given) == set(questions) and held.survey.version == len(questions)


@pytest.mark.slow
@pytest.mark.parametrize(
    "question, value",
    [
        *((Q, wrong) for wrong in ("0.7", "many", ["x"], "1/0", "not-applicable")),
        *(("plan-workers", wrong) for wrong in ("1.5", "-1")),
    ],
)
def test_what_is_no_answer_is_refused_by_name(lite: Desk, question: str, value: object) -> None:
    _, owner, survey = factory(lite)
    with pytest.raises(InputError) as told:
        answering.save(lite, owner.who, survey, entry(question, value))
    assert told.value.place in (question, None)
    assert not surveys.opened(lite, owner.who, survey).given


def test_not_applicable_takes_a_reason_and_counts_as_an_answer(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    saved = answering.save(lite, owner.who, survey, entry(Q, "not-applicable", reason="本厂没有"))
    assert saved.progress.answered == 1
    assert answering.save(lite, owner.who, survey, entry(Q, None, base=1)).progress.answered == 0


def test_a_question_appears_when_what_it_hangs_on_does(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    no = answering.save(lite, owner.who, survey, entry("energy-carriers", ["uses-coal"]))
    assert {"energy-electricity"} <= no.hidden and "energy-coal" not in no.hidden
    yes = answering.save(
        lite, owner.who, survey, entry("energy-carriers", ["uses-coal", "uses-electricity"], base=1)
    )
    assert "energy-electricity" not in yes.hidden


def test_strangers_do_not_learn_that_it_exists_and_readers_do_not_write(lite: Desk) -> None:
    house, owner, survey = factory(lite)
    _, stranger, _ = factory(lite, "别的厂")
    reviewer = joined(lite, house, "reviewer")
    with pytest.raises(UnknownError):
        answering.save(lite, stranger.who, survey, entry(Q, "1"))
    with pytest.raises(UnknownError):
        answering.save(lite, owner.who, new_id(), entry(Q, "1"))
    with pytest.raises(AccessError):
        answering.save(lite, reviewer.who, survey, entry(Q, "1"))
    with pytest.raises(UnknownError):
        answering.save(lite, owner.who, survey, entry("no-such-question", "1"))


def test_for_which_department_somebody_answers_is_said_and_not_assumed(lite: Desk) -> None:
    house, _, survey = factory(lite)
    consultant = come_in(lite, houses.issue(lite, house, "consultant"))
    with pytest.raises(InputError) as told:
        answering.save(lite, consultant.who, survey, entry(Q, "1"))
    assert told.value.message.id == "desk.no_department"
    houses.answer_for(lite, consultant.who, house, "it")
    assert answering.save(lite, again(lite, consultant).who, survey, entry(Q, "1")).given.department == "it"


def test_the_kind_of_a_plant_is_said_and_not_assumed(lite: Desk) -> None:
    house, owner, _ = factory(lite)
    with pytest.raises(InputError) as told:
        surveys.begin(lite, owner.who, house, {"name": "一厂"})
    assert told.value.place == "kind"
