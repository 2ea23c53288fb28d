"""JUDGE: from degrees to a level, exactly, and with every sum left open.

The law is a ladder. Of each sub-domain at each level C = (1/n) ΣX; of each level A = Σ weight · C; a level
with A of `satisfied_at` or more counts 1, one below counts its A, and with the stop rule nothing above it
counts. The sum of what counts is the total score; the bands of the framework make a level of it. What is
unknown is 0 in the low score and 1 in the high one; the formal level is that of the low score.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assessor.domain import (
    CellLine,
    Chance,
    Cut,
    Dimension,
    DimensionScore,
    Evidence,
    Ladder,
    LevelLine,
    Question,
    Rating,
    RequirementLine,
    Verdict,
)
from assessor.rating.cuts import uncut
from assessor.rating.ends import ALL, NONE, total
from assessor.rating.values import COLUMNS, Column


@dataclass(frozen=True)
class Rung:
    """A cell that counts at its level: the sub-domain, its share of the level, and what is asked."""

    dimension: str
    weight: Fraction
    requirements: tuple[str, ...]
    not_applicable: tuple[str, ...] = ()


Rungs = Mapping[int, Sequence[Rung]]
"""What counts at each level, lowest first."""


def rate_all(
    framework: Ladder, evidence: Iterable[Evidence], cuts: Iterable[Cut], columns: Sequence[Column] = COLUMNS
) -> tuple[Rating, ...]:
    """The columns under every weight set: the default set first, declared before verified."""
    evidence, cuts = tuple(evidence), tuple(cuts)
    ids = [framework.default_weights]
    ids += [weights.id for weights in framework.weight_sets if weights.id not in ids]
    return tuple(rate(framework, column, evidence, cuts, id_) for id_ in ids for column in columns)


def rate(
    framework: Ladder,
    column: Column,
    evidence: Iterable[Evidence],
    cuts: Iterable[Cut] = (),
    weights: str | None = None,
) -> Rating:
    """One column under one set of weights, line by line."""
    evidence = tuple(evidence)
    lines = _lines(framework, column, evidence)
    chosen = next(w for w in framework.weight_sets if w.id == (weights or framework.default_weights))
    dimensions = uncut(framework, cuts)
    ladder = _ladder(framework, dimensions, chosen.weights, not_applicable(evidence, column))
    low, high = {q: line.low for q, line in lines.items()}, {q: line.high for q, line in lines.items()}
    lows, highs = _scores(ladder, low, NONE), _scores(ladder, high, ALL)
    counted = _counted(framework, lows)
    score, score_high = sum(counted, NONE), sum(_counted(framework, highs), NONE)
    return Rating(
        column=column,
        weights=chosen.id,
        weights_status=chosen.status,
        level=level_of(framework, score),
        level_high=level_of(framework, score_high),
        score=score,
        score_high=score_high,
        coverage=_coverage(ladder, lines),
        levels=tuple(
            LevelLine(level=k, low=a, high=b, satisfied=a >= framework.satisfied_at, counted=c)
            for k, a, b, c in zip(ladder, lows, highs, counted, strict=True)
        ),
        dimensions=tuple(_alone(framework, d.id, ladder, low, high) for d in dimensions),
        cells=tuple(_cell(k, rung, lines) for k, rungs in ladder.items() for rung in rungs),
    )


def chances(
    framework: Ladder,
    evidence: Iterable[Evidence],
    cuts: Iterable[Cut],
    draws: Iterable[Mapping[str, Fraction]],
) -> tuple[Chance, ...]:
    """Share of draws that give each level, by the same law, in the verified column under default weights."""
    stands = standing(framework, cuts, not_applicable(evidence, "verified"))
    found = Counter(stands(degrees)[0] for degrees in draws)
    numbers = sorted({0} | {level.number for level in framework.levels})
    draws_made = found.total()
    return tuple(Chance(level=k, share=Fraction(found[k], draws_made)) for k in numbers) if draws_made else ()


def standing(
    framework: Ladder, cuts: Iterable[Cut], aside: Collection[str]
) -> Callable[[Mapping[str, Fraction]], tuple[int, Fraction]]:
    """Level and score of any degrees under the default weights; what is not among them counts as nothing."""
    return standing_on(framework, rungs(framework, cuts, aside))


def standing_on(framework: Ladder, ladder: Rungs) -> Callable[[Mapping[str, Fraction]], tuple[int, Fraction]]:
    """The same of what counts at each level."""

    def of(degrees: Mapping[str, Fraction]) -> tuple[int, Fraction]:
        score = score_of(framework, ladder, degrees)
        return level_of(framework, score), score

    return of


def rungs(framework: Ladder, cuts: Iterable[Cut], aside: Collection[str]) -> Rungs:
    """What counts at each level under the default weights; `aside`: questions that are not applicable."""
    weights = next(w.weights for w in framework.weight_sets if w.id == framework.default_weights)
    return _ladder(framework, uncut(framework, cuts), weights, aside)


def score_of(
    framework: Ladder, ladder: Rungs, degrees: Mapping[str, Fraction], nothing: Fraction = NONE
) -> Fraction:
    """The total of degrees of all that `ladder` asks; `nothing`: of a level that nothing is left of."""
    return sum(_counting(framework, _each(ladder, degrees, nothing)), NONE)


def level_of(framework: Ladder, score: Fraction) -> int:
    """The level in whose band a total score lies."""
    return max((level.number for level in framework.levels if level.from_ <= score), default=0)


def alone(ladder: Rungs, dimension: str) -> Rungs:
    """One sub-domain as if it were all there is."""
    return {
        level: _normalised([rung for rung in rungs if rung.dimension == dimension])
        for level, rungs in ladder.items()
    }


def is_pre_assessment(framework: Ladder, evidence: Iterable[Evidence]) -> bool:
    """预评估: does the rating rest on rubrics alone, no requirement having been answered for itself?"""
    asked = {q for d in framework.dimensions for cell in d.cells for q in cell.requirements}
    itself = ("answered", "not-applicable")
    return not any(e.question in asked and (e.claimed in itself or e.settlement) for e in evidence)


def testable(framework: Ladder, questions: Iterable[Question]) -> int:
    """Sub-domains with at least one requirement that machine data bear on."""
    return _dimensions_with(framework, {q.id for q in questions if q.tests})


def tested(framework: Ladder, evidence: Iterable[Evidence]) -> int:
    """Sub-domains in which a measurement said more of a requirement than 'anything from 0 to 1'."""
    silent = (Verdict.UNTESTED, Verdict.UNUSABLE)
    said = {e.question for e in evidence if e.verdict not in silent and (e.low, e.high) != (NONE, ALL)}
    return _dimensions_with(framework, said)


def not_applicable(evidence: Iterable[Evidence], column: Column) -> frozenset[str]:
    """Questions set aside as not applicable. A settlement that gives a value brings one back, if verified."""
    return frozenset(
        e.question
        for e in evidence
        if e.claimed == "not-applicable" and not (column == "verified" and e.settlement)
    )


# The law -------------------------------------------------------------------------------------------------


def _ladder(
    framework: Ladder,
    dimensions: Iterable[Dimension],
    weights: Mapping[str, Fraction],
    aside: Collection[str],
) -> Rungs:
    """The cells that count. One that the framework leaves empty counts as satisfied; one emptied by answers
    drops out, with weight 0, as if the framework did not have it: never a free pass."""
    ladder: dict[int, list[Rung]] = {
        number: [] for number in sorted(level.number for level in framework.levels) if number > 0
    }
    for dimension in dimensions:
        for cell in dimension.cells:
            ladder[cell.level].append(Rung(dimension.id, weights[dimension.id], cell.requirements))
    return set_aside({level: _normalised(rungs) for level, rungs in ladder.items()}, aside)


def set_aside(ladder: Rungs, aside: Collection[str]) -> Rungs:
    """The same without these requirements."""
    if not aside:
        return ladder
    return {level: _kept(rungs, aside) for level, rungs in ladder.items()}


def _kept(rungs: Sequence[Rung], aside: Collection[str]) -> Sequence[Rung]:
    """A level is weighed anew where a cell that counted is emptied."""
    found = [_rung(rung, aside) for rung in rungs]
    emptied = any(new.weight != old.weight for new, old in zip(found, rungs, strict=True))
    return _normalised(found) if emptied else found


def _rung(rung: Rung, aside: Collection[str]) -> Rung:
    if frozenset(rung.requirements).isdisjoint(aside):
        return rung
    gone = tuple(q for q in rung.requirements if q in aside)
    kept = tuple(q for q in rung.requirements if q not in aside)
    return Rung(rung.dimension, rung.weight if kept else NONE, kept, gone)


def _normalised(rungs: Sequence[Rung]) -> Sequence[Rung]:
    if len(rungs) == 1 and rungs[0].weight in (NONE, ALL):
        return rungs
    whole = total(rung.weight for rung in rungs) or ALL
    return [Rung(r.dimension, r.weight / whole, r.requirements, r.not_applicable) for r in rungs]


def _scores(ladder: Rungs, degrees: Mapping[str, Fraction], nothing: Fraction) -> list[Fraction]:
    """A of every level; `nothing` where no cell is left that could be judged."""
    return list(_each(ladder, degrees, nothing))


def _each(ladder: Rungs, degrees: Mapping[str, Fraction], nothing: Fraction) -> Iterator[Fraction]:
    for rungs in ladder.values():
        counting = [rung for rung in rungs if rung.weight]
        reached = total([_c(rung, degrees) for rung in counting], [rung.weight for rung in counting])
        yield reached if counting else nothing


def _c(rung: Rung, degrees: Mapping[str, Fraction]) -> Fraction:
    if not rung.requirements:
        return NONE if rung.not_applicable else ALL
    return total([degrees.get(q, NONE) for q in rung.requirements], over=len(rung.requirements))


def _counted(framework: Ladder, scores: Sequence[Fraction]) -> list[Fraction]:
    """What each level adds to the total: 1, its own score, or 0 after the stop."""
    counted = list(_counting(framework, scores))
    return [*counted, *[NONE] * (len(scores) - len(counted))]


def _counting(framework: Ladder, scores: Iterable[Fraction]) -> Iterator[Fraction]:
    """The same as far as the stop: nobody need know the levels above it."""
    for score in scores:
        satisfied = score >= framework.satisfied_at
        yield ALL if satisfied else score
        if framework.stop_rule.value and not satisfied:
            return


# What is open to the reader ------------------------------------------------------------------------------


def _lines(framework: Ladder, column: Column, evidence: Iterable[Evidence]) -> dict[str, RequirementLine]:
    """Every requirement with what it was given in this column."""
    by_question = {e.question: e for e in evidence}
    asked = [q for d in framework.dimensions for cell in d.cells for q in cell.requirements]
    return {q: _line(q, column, by_question.get(q)) for q in asked}


def _line(question: str, column: Column, evidence: Evidence | None) -> RequirementLine:
    value = None
    if evidence is not None:
        value = evidence.claim if column == "declared" else evidence.verified
    if evidence is None or value is None:
        return RequirementLine(question=question, low=NONE, high=ALL, source="unknown")
    source: Literal["answer", "rubric", "measured", "settled"]
    source = "rubric" if evidence.claimed == "prefilled" else "answer"
    if column == "verified" and evidence.settlement:
        source = "settled"
    elif column == "verified" and evidence.claim != value:
        source = "measured"
    return RequirementLine(question=question, low=value, high=value, source=source)


def _cell(level: int, rung: Rung, lines: Mapping[str, RequirementLine]) -> CellLine:
    requirements = tuple(lines[q] for q in rung.requirements)
    return CellLine(
        dimension=rung.dimension,
        level=level,
        requirements=requirements,
        not_applicable=rung.not_applicable,
        low=_c(rung, {line.question: line.low for line in requirements}),
        high=_c(rung, {line.question: line.high for line in requirements}),
        weight=rung.weight,
    )


def _alone(
    framework: Ladder,
    dimension: str,
    ladder: Rungs,
    low: Mapping[str, Fraction],
    high: Mapping[str, Fraction],
) -> DimensionScore:
    """One sub-domain by the same law, as if it were all there is."""
    own = alone(ladder, dimension)
    return DimensionScore(
        dimension=dimension, low=score_of(framework, own, low, NONE), high=score_of(framework, own, high, ALL)
    )


def _coverage(ladder: Rungs, lines: Mapping[str, RequirementLine]) -> Fraction:
    """Weight of the requirements with an answer over that of all that count; a level weighs 1."""
    known = whole = NONE
    for rungs in ladder.values():
        for rung in rungs:
            if rung.requirements:
                answered = sum(lines[q].source != "unknown" for q in rung.requirements)
                known += rung.weight * Fraction(answered, len(rung.requirements))
                whole += rung.weight
    return known / whole if whole else NONE


def _dimensions_with(framework: Ladder, questions: Collection[str]) -> int:
    return sum(
        any(question in questions for cell in dimension.cells for question in cell.requirements)
        for dimension in framework.dimensions
    )
