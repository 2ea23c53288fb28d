"""Criteria in dimensions, by three laws: bands side by side, the weakest link, the mean.

Of a criterion with stages the value is the number of the last one up to which every stage holds. What is not
applicable is as if the file did not have it: a stage, a criterion, a dimension without anything left is left out.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessor.domain import (
    Aspect,
    Criteria,
    Criterion,
    Question,
    Result,
    Status,
    TableStep,
    Term,
    WeightSet,
)
from assessor.rating import needs, terms
from assessor.rating.values import Known

NONE = Fraction(0)
WEAKEST = (Status.UNVERIFIED, Status.OWN, Status.DRAFT, Status.SECONDARY, Status.OFFICIAL)
"""Of several standings the first of these is that of what rests on all of them."""


def results(framework: Criteria, statements: Mapping[str, Question], known: Known) -> tuple[Result, ...]:
    """A result for each weight set, the default one first; one of bands side by side, which have no weights."""
    found = [(a, term) for a in framework.dimensions if (term := _aspect(framework, a, statements, known))]
    aspects = {aspect.id: term for aspect, term in found}
    if framework.law == "bands":
        return (_side_by_side(framework, aspects, known),)
    ours = [weights for weights in framework.weight_sets if weights.plant in (None, known.plant)]
    sets = sorted(ours, key=lambda weights: weights.id != framework.default_weights)
    return tuple(_total(framework, weights, aspects, known) for weights in sets)


def stands(
    framework: Criteria, statements: Mapping[str, Question], known: Known
) -> tuple[int | None, Fraction | None]:
    """Level and score under the default weights, as `results` has them; bands side by side have neither."""
    if framework.law == "bands":
        return None, None
    first = results(framework, statements, known)[0]
    return first.level, first.score


def _side_by_side(framework: Criteria, aspects: Mapping[str, Term], known: Known) -> Result:
    """Every dimension by itself. The lowest and the mean are this product's, and no level is made of them."""
    lowest, mean = ([terms.same(f"{way}/{i}", t) for i, t in aspects.items()] for way in ("lowest", "mean"))
    shown = [
        terms.least("lowest", lowest, name=terms.named("term.lowest_band"), status=Status.OWN),
        terms.mean("mean", mean, name=terms.named("term.mean_band"), status=Status.OWN),
    ]
    return Result(
        column=known.column,
        variant="default",
        status=framework.status,
        sum=terms.side_by_side("bands", [*aspects.values(), *shown], name=framework.title),
        **_answered(framework, dict.fromkeys(aspects, Fraction(1)), known),
    )


def _total(framework: Criteria, weights: WeightSet, aspects: Mapping[str, Term], known: Known) -> Result:
    """The weighted mean of the dimensions that apply, and the level that it reaches."""
    counted = [term.model_copy(update={"factor": weights.weights[id_]}) for id_, term in aspects.items()]
    total = terms.mean("total", counted, name=framework.total)
    table = [TableStep(from_=level.from_, gives=Fraction(level.number)) for level in framework.levels]
    level = terms.steps("level", total, table, name=terms.named("term.level_of_total"))
    assert level.low is not None and level.high is not None
    return Result(
        column=known.column,
        variant=weights.id,
        variant_name=weights.name,
        status=weights.status,
        level=int(level.low),
        level_high=int(level.high),
        score=total.low,
        score_high=total.high,
        score_name=framework.total,
        sum=level,
        **_answered(framework, {id_: weights.weights[id_] for id_ in aspects}, known),
    )


def _aspect(framework: Criteria, aspect: Aspect, statements: Mapping[str, Question], known: Known) -> Term | None:
    """A dimension by its criteria, no better founded than these; None where nothing of it applies."""
    id_ = f"dimensions/{aspect.id}"
    found = [_criterion(framework, id_, c, statements, known) for c in aspect.criteria]
    applying = [term for term in found if term is not None]
    if not applying:
        return None
    roll_up = terms.mean if framework.law == "mean" else terms.least
    rests_on = {aspect.status, *(criterion.status for criterion in aspect.criteria)}
    return roll_up(id_, applying, **_named(aspect) | {"status": min(rests_on, key=WEAKEST.index)})


def _criterion(
    framework: Criteria, place: str, criterion: Criterion, statements: Mapping[str, Question], known: Known
) -> Term | None:
    id_, named = f"{place}/{criterion.id}", _named(criterion)
    if criterion.question is not None:
        return _scaled(id_, statements[criterion.question], framework.top, known, named)
    opened = [
        (stage.number, needs.opened(f"{id_}/{stage.number}", stage.need, statements, known, name=stage.name))
        for stage in criterion.stages
    ]
    applying = [(number, term) for number, term in opened if term is not None]
    if not applying:
        return None
    run = terms.run(f"{id_}/run", [term for _, term in applying], name=terms.named("term.stages_held"))
    table = [TableStep(from_=Fraction(i), gives=Fraction(n)) for i, (n, _) in enumerate(applying, 1)]
    return terms.steps(id_, run, table, **named)


def _scaled(id_: str, question: Question, top: Fraction, known: Known, named: dict[str, Any]) -> Term | None:
    """An answer over its best, times the best of the framework's scale."""
    value = known.value(question.id)
    if not value.applies:
        return None
    assert question.top
    return terms.sum_of(id_, [terms.answer(f"{id_}/answer", question, value, factor=top / question.top)], **named)


def _named(item: Aspect | Criterion) -> dict[str, Any]:
    return {"name": item.name, "status": item.status, "cite": item.source, "note": item.note}


def _answered(framework: Criteria, weights: Mapping[str, Fraction], known: Known) -> dict[str, Any]:
    """Share of the questions with an answer, a dimension counting by its weight; and the questions without."""
    total, share, unknown = NONE, NONE, dict[str, None]()
    for aspect in framework.dimensions:
        if aspect.id not in weights:
            continue
        asked = [name for name in aspect.asks if known.value(name).applies]
        silent = [name for name in asked if known.value(name).source == "unknown"]
        unknown |= dict.fromkeys(silent)
        total += weights[aspect.id]
        share += weights[aspect.id] * _share(silent, asked)
    return {"coverage": share / total if total else NONE, "open_questions": tuple(unknown)}


def _share(silent: Sequence[str], asked: Sequence[str]) -> Fraction:
    """Of the questions asked, those with an answer. A dimension that rests on the kind of plant alone has none."""
    return 1 - Fraction(len(silent), len(asked)) if asked else Fraction(1)
