"""A ladder's rating as an open sum, like that of every other law."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from assessor.domain import (
    CellLine,
    Cut,
    Evidence,
    Ladder,
    Message,
    Rating,
    RequirementLine,
    Result,
    TableStep,
    Term,
)
from assessor.rating import terms
from assessor.rating.ladder import rate_all
from assessor.rating.values import COLUMNS, Column

ONE = Fraction(1)


def results(
    framework: Ladder, evidence: Iterable[Evidence], cuts: Iterable[Cut], columns: Sequence[Column] = COLUMNS
) -> tuple[Result, ...]:
    """The columns under every weight set: the default set first, declared before verified."""
    return tuple(result(framework, rating) for rating in rate_all(framework, evidence, cuts, columns))


def result(framework: Ladder, rating: Rating) -> Result:
    """One rating, opened."""
    chosen = next(weights for weights in framework.weight_sets if weights.id == rating.weights)
    unknown = [q.question for cell in rating.cells for q in cell.requirements if q.source == "unknown"]
    return Result(
        column=rating.column,
        variant=rating.weights,
        variant_name=chosen.name,
        status=rating.weights_status,
        level=rating.level,
        level_high=rating.level_high,
        score=rating.score,
        score_high=rating.score_high,
        score_name=None,
        coverage=rating.coverage,
        open_questions=tuple(unknown),
        sum=opened(framework, rating),
    )


def opened(framework: Ladder, rating: Rating) -> Term:
    """The level that the bands make of S, and S = Σ over levels of what counts: 1 where A reaches the mark, else
    A; with the stop rule, times whether every level below is satisfied."""
    scores = [_score(framework, rating, line.level) for line in rating.levels]
    counted = [_counted(framework, scores, i) for i in range(len(scores))]
    score = terms.sum_of("s", counted, name=Message(id="term.ladder_score"))
    bands = [TableStep(from_=level.from_, gives=Fraction(level.number)) for level in framework.levels]
    level = terms.steps("level", terms.same("level/s", score), bands, name=Message(id="term.ladder_level"))
    return terms.side_by_side("ladder", [level, score])


def _counted(framework: Ladder, scores: Sequence[Term], i: int) -> Term:
    here = scores[i]
    name = Message(id="term.level_counts", params={"level": i + 1})
    again = terms.same(f"s/{i + 1}/score", here)
    whole = _satisfied(framework, again, f"s/{i + 1}/satisfied")
    counts = terms.most(f"s/{i + 1}/counts", [whole, here], name=name)
    if not framework.stop_rule.value or i == 0:
        return counts
    below = [_satisfied(framework, score, f"s/{k}/satisfied") for k, score in enumerate(scores[:i], 1)]
    after = [terms.same(f"s/{i + 1}/after-{k}", term, name=term.name) for k, term in enumerate(below, 1)]
    return terms.product(f"s/{i + 1}", [counts, *after], name=name)


def _satisfied(framework: Ladder, score: Term, id_: str) -> Term:
    return terms.reaches(id_, score, framework.satisfied_at, name=Message(id="term.satisfied"))


def _score(framework: Ladder, rating: Rating, level: int) -> Term:
    """A = Σ weight · C over the cells that count at a level; 0 or 1 by the unknown where none is left."""
    cells = [cell for cell in rating.cells if cell.level == level and cell.weight]
    parts = [_cell(framework, cell) for cell in cells]
    name = Message(id="term.level_score", params={"level": level})
    return terms.sum_of(f"a/{level}", parts, name=name) if parts else _nothing(rating, level, name)


def _nothing(rating: Rating, level: int, name: Message) -> Term:
    line = next(line for line in rating.levels if line.level == level)
    return Term(id=f"a/{level}", how="answer", low=line.low, high=line.high, source="unknown", name=name)


def _cell(framework: Ladder, cell: CellLine) -> Term:
    dimension = next(d for d in framework.dimensions if d.id == cell.dimension)
    asked = next(c for c in dimension.cells if c.level == cell.level)
    id_ = f"a/{cell.level}/{cell.dimension}"
    if not cell.requirements:
        return terms.constant(id_, ONE, name=dimension.name, factor=cell.weight, status=asked.count_status)
    return terms.mean(
        id_,
        [_requirement(id_, line) for line in cell.requirements],
        name=dimension.name,
        factor=cell.weight,
        status=asked.count_status,
    )


def _requirement(id_: str, line: RequirementLine) -> Term:
    return Term(
        id=f"{id_}/{line.question}",
        how="answer",
        low=line.low,
        high=line.high,
        question=line.question,
        source=line.source,
    )
