"""The same answers by every framework: where each stands, what it rests on, and its sum line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Rated, Result, Term
from assessor.report import charts
from assessor.report.pen import Pen

DEEPEST = 4
"""Levels of a sum that are shown; the workbook holds the rest."""


@dataclass(frozen=True)
class Line:
    """One term, declared and verified."""

    depth: int
    name: str
    declared: str
    verified: str
    standing: str
    note: str
    moved: bool


@dataclass(frozen=True)
class Standing:
    """One framework as the report shows it."""

    rated: Rated
    declared: Result
    verified: Result
    levels: dict[str, str] | None
    """By column, and `target` (empty where none was named): by name, or from … to; None without levels."""
    ladder: Markup | None
    variants: str
    covered: str
    figures: list[Line]
    """Of a framework without levels: what stands side by side in it."""
    gates: list[tuple[str, list[Line]]]
    """Of gates: how those of the next level stand."""
    lines: list[Line]


def standings(a: Assessment, pen: Pen) -> list[Standing]:
    """Every framework but the one that the rest of the report goes by."""
    return [_standing(one, pen) for one in a.rated if one.head.id != a.framework.id]


def _standing(one: Rated, pen: Pen) -> Standing:
    declared, verified = (next(r for r in one.results if r.column == c) for c in ("declared", "verified"))
    before = {term.id: term for term, _ in _walk(declared.sum)}
    lines = [_line(term, before.get(term.id), depth, pen) for term, depth in _walk(verified.sum)]
    flat = verified.sum.how == "list" and verified.level is None
    return Standing(
        rated=one,
        declared=declared,
        verified=verified,
        levels=_levels(one, declared, verified, pen),
        ladder=_ladder(one, declared, verified, pen),
        variants=_variants(one, pen),
        covered=pen.percent(one.covered),
        figures=[line for line in lines if line.depth == 1] if flat else [],
        gates=_gates(verified.sum, before, pen),
        lines=[line for line in lines if line.depth and line.depth <= DEEPEST],
    )


def _levels(one: Rated, declared: Result, verified: Result, pen: Pen) -> dict[str, str] | None:
    if verified.level is None:
        return None
    target = _level(one, one.target, pen) if one.target else ""
    return {"declared": _level(one, declared, pen), "verified": _level(one, verified, pen), "target": target}


def _gates(tree: Term, before: dict[str, Term], pen: Pen) -> list[tuple[str, list[Line]]]:
    """What stands in the way of the next level, and what does not."""
    ahead = next((term for term in tree.of if term.id == "next"), None)
    return [
        (_name(kind, pen), [_line(gate, before.get(gate.ref or gate.id), 0, pen) for gate in kind.of])
        for kind in (ahead.of if ahead else ())
        if kind.of
    ]


def _walk(term: Term, depth: int = 0) -> Iterator[tuple[Term, int]]:
    """A tree's terms but those that only repeat another."""
    if term.how != "same":
        yield term, depth
        for below in term.of:
            yield from _walk(below, depth + 1)


def _line(term: Term, said: Term | None, depth: int, pen: Pen) -> Line:
    moved = said is not None and (said.low, said.high) != (term.low, term.high)
    return Line(
        depth=depth,
        name=_name(term, pen),
        declared=_value(said, pen) if said else pen.t("none"),
        verified=_value(term, pen),
        standing=pen.t(f"status.{term.status.value}") if term.status else "",
        note=pen.say(term.note) if term.note else "",
        moved=moved,
    )


def _name(term: Term, pen: Pen) -> str:
    if term.name is not None:
        return pen.say(term.name)
    return pen.question(term.question) if term.question else term.id.rsplit("/", 1)[-1]


def _value(term: Term, pen: Pen) -> str:
    """A yes or no in words, a number with its unit, or why there is none."""
    if term.how == "list":
        return ""
    if term.low is None or term.high is None:
        return pen.say(term.why) if term.why else pen.t("none")
    if term.how in ("reaches", "within"):
        words = {(1, 1): "sums.yes", (0, 0): "sums.no"}
        return pen.t(words.get((int(term.low), int(term.high)), "unknown"))
    if term.how == "answer" and term.question in pen.questions and term.unit is None:
        return pen.t("unknown") if term.source == "unknown" else pen.answers(term.question, term.low, term.high)
    unit = f" {pen.say(term.unit)}" if term.unit else ""
    return pen.between(term.low, term.high) + unit


def _level(one: Rated, result: Result, pen: Pen) -> str:
    """The formal level by name; from … to where the unknown leaves it open."""
    names = {g.number: pen.say(g.name) for g in one.grades}
    low, high = names.get(result.level or 0, ""), names.get(result.level_high or 0, "")
    return low if low == high else f"{low} … {high}"


def _ladder(one: Rated, declared: Result, verified: Result, pen: Pen) -> Markup | None:
    """Levels as steps on a line: the verified one with what it may turn out to be, the declared one beside it."""
    if verified.level is None or declared.level is None or not one.grades:
        return None
    top = max(grade.number for grade in one.grades)
    text = f"{pen.t('level.declared')} {_level(one, declared, pen)}"
    if pen.heard:
        text += f", {pen.t('level.verified')} {_level(one, verified, pen)}"
    low, high = verified.level, verified.level if verified.level_high is None else verified.level_high
    band = (low, high) if pen.heard or low != high else (None, None)
    return charts.strip(
        *band,
        value=Fraction(low) if pen.heard else None,
        claim=Fraction(declared.level),
        scale=top or 1,
        ticks=range(1, top),
        title=pen.say(one.head.title),
        desc=text,
    )


def _variants(one: Rated, pen: Pen) -> str:
    """Whether the level holds under everything that the sources leave open."""
    levels = [r.level for r in one.results if r.column == "verified" and r.level is not None]
    if len(levels) < 2:
        return ""
    low, high = min(levels), max(levels)
    name = "frameworks.holds" if low == high else "frameworks.holds_not"
    return pen.t(name, n=len(levels), low=low, high=high)
