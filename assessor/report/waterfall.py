"""From the declared score to the verified one, sub-domain by sub-domain: steps that add up exactly."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Rating
from assessor.report import pictures
from assessor.report.pen import Pen, code


@dataclass(frozen=True)
class Step:
    """What one sub-domain adds to the score, or takes from it."""

    label: str
    change: Fraction


@dataclass(frozen=True)
class Waterfall:
    """`declared`, all steps and `rule` together are `verified`."""

    declared: Fraction
    steps: list[Step]
    """Greatest first; sub-domains that change nothing are left out."""
    rule: Fraction
    """What the law itself does: a satisfied level counts in full, and adding up stops below one that is not."""
    verified: Fraction


def waterfall(a: Assessment, pen: Pen) -> Waterfall:
    """Under the default weights, with everything unknown counted against it in both columns."""
    declared, verified = a.rating("declared"), a.rating("verified")
    played = _played(declared, verified)
    change: defaultdict[str, Fraction] = defaultdict(Fraction)
    for sign, rating in ((-1, declared), (1, verified)):
        for cell in rating.cells:
            if cell.level in played:
                change[cell.dimension] += sign * cell.weight * cell.low
    steps = [
        Step(f"{code(d.id)} {pen.say(d.name)}", change[d.id]) for d in a.framework.dimensions if change[d.id] != 0
    ]
    steps.sort(key=lambda step: -abs(step.change))
    moved = sum((step.change for step in steps), Fraction(0))
    return Waterfall(declared.score, steps, verified.score - declared.score - moved, verified.score)


def _played(declared: Rating, verified: Rating) -> set[int]:
    """Levels whose own sum shows in a total: not those that count in full, or not at all, in both columns."""
    said = {line.level: line for line in declared.levels}
    return {
        line.level
        for line in verified.levels
        if (before := said.get(line.level)) is not None
        and (line.counted or before.counted)
        and not (line.satisfied and before.satisfied)
    }


def fall(a: Assessment, pen: Pen) -> tuple[Markup, str]:
    """The way from the declared score to the verified one, drawn and in words."""
    w = waterfall(a, pen)
    rows = [(step.label, step.change) for step in w.steps] + [(pen.paper("waterfall.rule"), w.rule)]
    figures = [pen.score(w.declared), *(signed(change, pen) for _, change in rows), pen.score(w.verified)]
    ends = (pen.t("level.declared"), pen.t("level.verified"))
    names = (ends[0], *(name for name, _ in rows), ends[1])
    told = "; ".join(f"{name} {figure}" for name, figure in zip(names, figures, strict=True))
    return pictures.waterfall(w.declared, rows, ends, figures, pen.paper("waterfall.title"), told), told


def signed(change: Fraction, pen: Pen) -> str:
    """A change with its sign, rounded to three places; it is a step, never a score."""
    text = pen.number(abs(change), 3)
    return text if text == "0" else f"{'+' if change > 0 else '−'}{text}"
