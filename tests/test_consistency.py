"""Consistency flags: each on answers written for it, none on answers that go together; none changes a score."""

from collections.abc import Iterable
from fractions import Fraction

import pytest

from assessor import choosing, pipeline
from assessor.domain import Answer, Answers, Bearing, Need, Question, Step
from assessor.frameworks import load_library
from assessor.messages import LANGUAGES, render
from assessor.rating import rate_all
from assessor.reconcile import reconcile
from benchmarks.consistency import TAMPERED, answers_of, flagged
from benchmarks.short_form import bank_of, simulated
from models.consistency import flags
from tests.small import asked, framework, text

F = Fraction
OF = framework({"a": [2, 2, 2, 2, 2], "b": [2, 2, 2, 2, 2], "c": [2, 2, 2, 2, 2]})
RUBRICS = [
    Question(id=d.rubric, kind="rubric", text=text(), sentences=(text(),) * 5, knows="owner")
    for d in OF.dimensions
]
STEPS = (
    Step(from_=F(2, 5), answer=F(1, 2)),
    Step(from_=F(7, 10), answer=F(4, 5)),
    Step(from_=F(9, 10), answer=F(1)),
)
NETWORKED = Bearing(indicator="networked", bound="both", ask=text())
SHARE = Question(id="share", kind="share", text=text("share"), step=F(1, 10), knows="it", tests=(NETWORKED,))
MES = Question(id="mes", kind="yes-no", text=text("mes"), knows="it")
LIVE = Question(
    id="live", kind="yes-no", text=text("live"), knows="it", asked_if=Need(question="mes", at_least=F(1))
)


def degree(id_: str) -> Question:
    tests = (NETWORKED.model_copy(update={"steps": STEPS}),) if id_ == "b-l2-1" else ()
    return Question(id=id_, kind="degree", text=text(id_), knows="it", tests=tests)


BANK = {q.id: q for q in (*(degree(id_) for id_ in asked(OF)), *RUBRICS, SHARE, MES, LIVE)}


def answer(question: str, value: Fraction, by: str = "owner") -> Answer:
    return Answer(question=question, value=value, by=by, at="2026-03-01")


def raised(given: Iterable[Answer]) -> dict[str, list[tuple[str, ...]]]:
    """The flags of these answers: their questions by kind."""
    answers = Answers(format="assessor-answers/1", plant="p", answers=tuple(given))
    found = flags(OF, BANK, answers, reconcile(BANK.values(), answers, (), [OF]), "discrete")
    kinds: dict[str, list[tuple[str, ...]]] = {}
    for flag in found:
        assert set(flag.questions) <= set(BANK)
        assert all(render(flag.ask, language) for language in LANGUAGES)
        kinds.setdefault(flag.id, []).append(flag.questions)
    return kinds


def by_level(*degrees: Fraction) -> list[Answer]:
    """The same degree for both requirements of a level in every sub-domain."""
    return [answer(q, degrees[int(q.split("-")[1][1:]) - 1]) for q in asked(OF)]


GOOD = by_level(F(1), F(1), F(1, 2), F(0), F(0))


def test_answers_that_go_together_raise_nothing() -> None:
    extra = [answer("a-rubric", F(2)), answer("share", F(95, 100)), answer("mes", F(1)), answer("live", F(1))]
    assert raised([*GOOD, *extra]) == {}
    assert raised([]) == {}


def test_the_same_answer_to_everything() -> None:
    assert "alike" in raised(answer(q, F(4, 5)) for q in asked(OF))
    few = [answer(q, F(4, 5)) for q in asked(OF)[:19]]
    assert "alike" not in raised(few), "nineteen answers are too few to call odd"
    two = [answer(q, F(4, 5), "it" if i % 2 else "owner") for i, q in enumerate(asked(OF))]
    assert "alike" not in raised(two), "it is asked of each respondent"


def test_a_rubric_far_from_the_degrees_of_its_sub_domain() -> None:
    low = by_level(F(1), F(1, 2), F(0), F(0), F(0))
    assert raised([*low, answer("a-rubric", F(5))])["rubric"][0][0] == "a-rubric"
    assert "rubric" not in raised([*low, answer("a-rubric", F(4))]), "two and a half levels are within reach"
    partly = [a for a in low if a.question != "a-l1-1"]
    assert "rubric" not in raised([*partly, answer("a-rubric", F(5))]), "one degree is not known"


def test_a_higher_level_met_while_one_two_below_is_missing() -> None:
    odd = [
        answer(a.question, F(0)) if a.question.startswith("a-l1") else a for a in by_level(*[F(1)] * 3, F(0), F(0))
    ]
    assert raised(odd)["order"] == [("a-l1-1", "a-l1-2", "a-l3-1", "a-l3-2")]
    near = [
        answer(a.question, F(0)) if a.question.startswith("a-l2") else a for a in by_level(*[F(1)] * 3, F(0), F(0))
    ]
    assert "order" not in raised(near), "neighbouring levels do change places"


@pytest.mark.parametrize(
    ("share", "degree", "odd"), [("0.95", 0, True), ("0.95", 1, False), ("0.1", 1, True), ("0.5", "0.8", False)]
)
def test_a_share_against_a_degree_on_which_the_same_indicator_bears(share: str, degree: object, odd: bool) -> None:
    given = [answer("share", F(share)), answer("b-l2-1", F(str(degree)))]
    assert ("share" in raised(given)) == odd


def test_an_answer_without_what_it_presupposes() -> None:
    assert raised([answer("mes", F(0)), answer("live", F(1))]) == {"presupposed": [("live", "mes")]}
    assert raised([answer("live", F(1))]) == {}, "what it presupposes is not known"
    assert raised([answer("mes", F(0)), answer("live", F(0))]) == {}


def test_roles_far_apart() -> None:
    far = [answer("a-l1-1", F(0)), answer("a-l1-1", F(4, 5), "it"), answer("mes", F(0)), answer("mes", F(1), "it")]
    assert raised(far) == {"roles": [("a-l1-1", "mes")]}
    assert raised([answer("a-l1-1", F(4, 5)), answer("a-l1-1", F(1), "it")]) == {}
    assert raised([answer("share", F(1, 2)), answer("share", F(7, 10), "it")]) == {"roles": [("share",)]}


def test_answers_that_fit_no_plant_of_one_kind() -> None:
    zigzag = [answer(q, F(i % 2)) for i, q in enumerate(asked(OF))]
    assert raised(zigzag)["fit"]
    assert "fit" not in raised(GOOD)


@pytest.mark.slow
def test_flags_change_no_score() -> None:
    library = load_library()
    framework_ = choosing.choose_ladder(library, "cmmm-2020-discrete", "discrete")
    bank = bank_of("cmmm-2020-discrete")
    odd = answers_of(bank, dict.fromkeys(bank.columns, 2))
    judged = pipeline.judge(framework_, library, odd, (), "discrete").parts
    assert {flag.id for flag in judged["flags"]} >= {"alike"}  # type: ignore[attr-defined]
    assert judged["flags"] == pipeline.doubts(library, framework_, odd, "discrete"), "the same without a bundle"
    evidence = reconcile(library.questions.values(), odd, (), [framework_])
    assert judged["ratings"] == rate_all(framework_, evidence, ()), "as if there were no flags"


@pytest.mark.slow
def test_honest_plants_are_seldom_asked_and_tampered_answers_often() -> None:
    import numpy as np  # noqa: PLC0415

    library, bank = load_library(), bank_of("cmmm-2020-discrete")
    framework_ = choosing.choose_ladder(library, "cmmm-2020-discrete", "discrete")
    plants = simulated(bank, 60, seed=11)

    def share(name: str, kind: str) -> float:
        rng = np.random.default_rng(1)
        found = [kind in flagged(library, framework_, bank, TAMPERED[name](bank, p, rng)) for p in plants]
        return sum(found) / len(found)

    assert share("honest", "fit") <= 0.05
    assert share("honest", "alike") <= 0.1
    assert share("honest", "order") <= 0.15
    assert share("honest", "rubric") <= 0.4
    assert share("random in 40 %", "fit") >= 0.9
    assert share("same to all", "alike") == 1
