"""The laws of scoring over every shipped framework and the real bank, without knowing any law by name."""

import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assessor.domain import Cut, Evidence, Framework, Ladder, Need, Question, Rated, Term
from assessor.frameworks import load_library
from assessor.frameworks.proof import KINDS, put, with_others
from assessor.frameworks.walk import walk
from assessor.rating import Kind, rate_library
from assessor.rating.cuts import without
from assessor.rating.ends import look_up
from assessor.rating.terms import leaves
from tests.small import claim

pytestmark = pytest.mark.slow

F = Fraction
LIBRARY = load_library()
CASES = [(f.id, kind) for f in LIBRARY.frameworks.values() for kind in KINDS if f.plant in (None, kind)]
QUESTIONS = tuple(LIBRARY.questions.values())
NEVER = Need(all=(Need(plant="discrete"), Need(plant="process")))


def of(cases: list[tuple[str, Kind]]) -> pytest.MarkDecorator:
    """A test of these frameworks for these kinds of plant."""
    return pytest.mark.parametrize(("id_", "kind"), cases, ids=[f"{id_}-{kind}" for id_, kind in cases])


every = of(CASES)
levelled = of([case for case in CASES if LIBRARY.frameworks[case[0]].grades])
ladders = of([case for case in CASES if isinstance(LIBRARY.frameworks[case[0]], Ladder)])
few = settings(max_examples=max(1, settings.default.max_examples // 30), phases=[Phase.explicit, Phase.generate])
"""A seed does not shrink to anything simpler, so nothing is spent on it."""
seeds = st.integers(0, 2**32)


def answers(seed: int, ids: Iterable[str]) -> dict[str, Evidence]:
    """Answers of a plant that is anything between bad and excellent; some unknown, some not applicable."""
    chance = random.Random(seed)  # a drawn list of five hundred answers would be too much for hypothesis
    good = chance.choice((0.0, 0.5, 0.8, 0.9, 1.0))
    gaps = chance.choice((0.0, 0.1))
    return {id_: given_ for id_ in sorted(ids) if (given_ := _answer(LIBRARY.statements[id_], chance, good, gaps))}


def _answer(question: Question, chance: random.Random, good: float, gaps: float) -> Evidence | None:
    if chance.random() < gaps:
        kind = chance.choice(("do-not-know", "not-applicable", None))
        return None if kind is None else claim(question.id, None, kind)
    return claim(question.id, _value(question, chance, good))


def _value(question: Question, chance: random.Random, good: float) -> Fraction:
    if question.top is not None and chance.random() < good:
        return question.top
    if question.scale is not None:
        return chance.choice(question.scale)
    return F(chance.randint(0, 20), 20) if question.top else F(chance.choice((0, 1, 3, 20, 150, 4000)))


def rated(
    id_: str, kind: Kind, given_: Iterable[Evidence], change: Callable[[Framework], Framework] = lambda f: f,
    questions: Iterable[Question] | None = None,
) -> Rated:  # fmt: skip
    """One framework with those it rests on, in one column, from the questions put for it."""
    frameworks = [change(f) for f in resting(id_)]
    found = rate_library(frameworks, questions or put_for(id_), given_, (), kind, ("declared",))
    return next(r for r in found if r.head.id == id_)


@cache
def resting(id_: str) -> tuple[Framework, ...]:
    """A framework and those it rests on."""
    return with_others(LIBRARY.frameworks[id_], LIBRARY.frameworks)


@cache
def put_for(id_: str) -> tuple[Question, ...]:
    """What of the bank the framework can hang on; that the rest changes nothing is a test of its own."""
    return put(resting(id_), LIBRARY.questions)


@cache
def asked(id_: str) -> list[str]:
    frameworks = resting(id_)
    needs = [n for f in frameworks for _, n in walk(f) if isinstance(n, Need)]
    names = {q for f in frameworks for q in f.asks} | {name for n in needs for name in n.names()}
    return sorted(names)


def told(of: Rated) -> list[tuple[Any, ...]]:
    """What a result comes to, without the lines of its sum."""
    return [(r.column, r.variant, r.level, r.level_high, r.score, r.score_high, r.coverage) for r in of.results]


@cache
def limited(id_: str) -> set[str]:
    """Questions of which more is not better somewhere: an upper bound is set on them."""
    frameworks = resting(id_)
    needs = [n for f in frameworks for _, n in walk(f) if isinstance(n, Need)]
    return {n.question for n in needs if n.question and n.at_most is not None}


@levelled
@few
@given(seeds)
def test_better_evidence_never_lowers(id_: str, kind: Kind, seed: int) -> None:
    """Twenty answers raised to their best, and the unknown ones answered at all."""
    before = answers(seed, asked(id_))
    scaled = [q for q in asked(id_) if LIBRARY.statements[q].top is not None and q not in limited(id_)]
    movable = [q for q in scaled if q not in before or before[q].claimed != "not-applicable"]
    raised = random.Random(seed + 1).sample(movable, min(20, len(movable)))
    after = before | {q: claim(q, LIBRARY.statements[q].top) for q in raised}
    for old, new in zip(
        rated(id_, kind, before.values()).results, rated(id_, kind, after.values()).results, strict=True
    ):
        assert (new.level or 0) >= (old.level or 0)
        assert old.score is None or new.score is None or new.score >= old.score
        assert new.coverage >= old.coverage


@every
@few
@given(seeds)
def test_order_changes_nothing(id_: str, kind: Kind, seed: int) -> None:
    given_, chance = list(answers(seed, asked(id_)).values()), random.Random(seed)
    mixed, questions = list(given_), list(put_for(id_))
    chance.shuffle(mixed)
    chance.shuffle(questions)
    assert rated(id_, kind, given_) == rated(id_, kind, mixed, questions=questions)


@ladders
@few
@given(seeds, st.fractions(F(1, 30), 30, max_denominator=30))
def test_scaling_all_weights_changes_nothing(id_: str, kind: Kind, seed: int, by: Fraction) -> None:
    def scaled(framework: Framework) -> Framework:
        if not isinstance(framework, Ladder):
            return framework
        sets = [
            w.model_copy(update={"weights": {name: weight * by for name, weight in w.weights.items()}})
            for w in framework.weight_sets
        ]
        return framework.model_copy(update={"weight_sets": tuple(sets)})

    given_ = answers(seed, asked(id_)).values()
    assert rated(id_, kind, given_) == rated(id_, kind, given_, scaled)


@every
@few
@given(seeds)
def test_not_applicable_equals_absent(id_: str, kind: Kind, seed: int) -> None:
    """From a ladder its requirement is taken; of any law, the question is never put to this plant."""
    given_ = answers(seed, asked(id_))
    gone = set(random.Random(seed).sample(asked(id_), min(12, len(asked(id_)))))
    kept = [e for q, e in given_.items() if q not in gone]
    aside = rated(id_, kind, [*kept, *(claim(q, None, "not-applicable") for q in gone)])
    assert not gone & {leaf.question for result in aside.results for leaf in leaves(result.sum)}
    assert not gone & {q for result in aside.results for q in result.open_questions}

    def absent(framework: Framework) -> Framework:
        return without(framework, gone) if isinstance(framework, Ladder) else framework

    parts = {q: LIBRARY.statements[q].part_of or q for q in gone}
    if any(len(LIBRARY.questions[p].statements) > 1 for p in parts.values()):
        return  # a single option cannot be put aside by a condition of its question
    never = [q.model_copy(update={"asked_if": NEVER}) if q.id in gone else q for q in put_for(id_)]
    assert told(aside) == told(rated(id_, kind, kept, absent, never))


@every
@few
@given(seeds)
def test_every_result_lies_within_its_bounds_and_follows_from_its_sum(id_: str, kind: Kind, seed: int) -> None:
    framework = LIBRARY.frameworks[id_]
    found = rated(id_, kind, answers(seed, asked(id_)).values())
    numbers = [grade.number for grade in framework.grades]
    for result in found.results:
        assert 0 <= result.coverage <= 1
        assert (result.level is None) == (not numbers)
        if result.level is not None and result.level_high is not None:
            assert result.level in numbers and result.level_high in numbers and result.level <= result.level_high
        if result.score is not None and result.score_high is not None:
            assert result.score <= result.score_high
        lines = {term.id: term for term in below(result.sum)}
        assert len(lines) == sum(1 for _ in below(result.sum)), "ids of terms are unique"
        for term in lines.values():
            assert term.low is None or term.high is None or term.low <= term.high, term.id
            assert worked_out(term, lines) in (None, (term.low, term.high)) or refused(term, lines), term.id


def test_one_call_gives_all_ratings() -> None:
    """Every framework in both columns, as from a call for it alone that never hears of other questions."""
    given_ = [e for e in answers(7, LIBRARY.statements).values() if e.question in LIBRARY.statements]
    for kind in KINDS:
        found = rate_library(LIBRARY.frameworks.values(), QUESTIONS, given_, (), kind)
        assert {r.head.id for r in found} == {id_ for id_, of in CASES if of == kind}
        for rated_ in found:
            assert {result.column for result in rated_.results} == {"declared", "verified"}
            heard = {s.id for q in put_for(rated_.head.id) for s in q.statements}
            alone = [e for e in given_ if e.question in heard]
            both = [line for line in told(rated_) if line[0] == "declared"]
            assert both == told(rated(rated_.head.id, kind, alone))


def test_what_one_ladder_cuts_the_others_do_not_ask() -> None:
    """Cutting 产品服务 by its name in one tree takes its requirements out of the trees that have no such name."""
    frameworks = [f for f in LIBRARY.frameworks.values() if isinstance(f, Ladder)]
    service = next(d for d in LIBRARY.frameworks["cmmm-2020-discrete"].dimensions if d.id == "m12")
    gone = {q for cell in service.cells for q in cell.requirements}
    given_ = [claim(q, F(1)) for f in frameworks for q in f.asks if q not in gone]
    cut = [Cut(dimension="m12", reason="sold through dealers")]
    for with_cut in rate_library(frameworks, QUESTIONS, given_, cut, "discrete"):
        assert with_cut.results[0].coverage == 1, with_cut.head.id
    open_ = [r for r in rate_library(frameworks, QUESTIONS, given_, (), "discrete") if r.results[0].coverage < 1]
    assert [r.head.id for r in open_] == ["cmmm-2020-discrete", "cmmm-draft-2024"]


# An auditor's arithmetic, written apart from the product's


def below(term: Term) -> Iterable[Term]:
    yield term
    for part in term.of:
        yield from below(part)


def refused(term: Term, lines: dict[str, Term]) -> bool:
    """A number that cannot be is not given, with the reason: a part above its whole, a rest below nothing."""
    low, high = worked_out(term, lines) or (F(0), F(0))
    why = term.why.id if term.why and term.low is None and term.high is None else None
    return (why == "term.part_exceeds" and high > 1) or (why == "term.below_zero" and low < 0)


def worked_out(term: Term, lines: dict[str, Term]) -> tuple[Fraction, Fraction] | None:
    """Both ends of a term from those of its parts; None where these are not all determined, or there are none."""
    if term.how == "same":
        again = lines[term.ref or ""]
        return None if again.low is None or again.high is None else (again.low, again.high)
    if not term.of or any(part.low is None or part.high is None for part in term.of):
        return None
    lows, highs = [F(p.low or 0) for p in term.of], [F(p.high or 0) for p in term.of]
    factors = [part.factor for part in term.of]
    return _both(term, lows, highs, factors)


def _both(
    term: Term, lows: list[Fraction], highs: list[Fraction], factors: list[Fraction]
) -> tuple[Fraction, Fraction] | None:
    at = F(term.at or 0)
    growing: dict[str, Callable[[list[Fraction]], Fraction]] = {
        "sum": lambda ends: sum((e * f for e, f in zip(ends, factors, strict=True)), F(0)),
        "mean": lambda ends: sum((e * f for e, f in zip(ends, factors, strict=True)), F(0)) / sum(factors),
        "least": min,
        "most": max,
        "product": lambda ends: F(0) if 0 in ends else F(1) * _times(ends),
        "reaches": lambda ends: F(ends[0] >= at),
        "run": lambda ends: F(next((i for i, end in enumerate(ends) if end != 1), len(ends))),
    }
    if term.how in growing:
        if term.how == "mean" and not sum(factors):
            return None
        return growing[term.how](lows), growing[term.how](highs)
    if term.how == "within":
        return F(highs[0] <= at), F(lows[0] <= at)
    if term.how == "difference":
        return lows[0] - sum(highs[1:]), highs[0] - sum(lows[1:])
    if term.how == "ratio" and lows[1] > 0:
        return lows[0] / highs[1], highs[0] / lows[1]
    if term.how == "steps" and lows[0] == highs[0]:
        return look_up(term.table, lows[0]), look_up(term.table, lows[0])
    return None


def _times(ends: list[Fraction]) -> Fraction:
    result = F(1)
    for end in ends:
        result *= end
    return result
