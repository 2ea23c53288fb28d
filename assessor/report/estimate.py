"""The third place: what the answers are worth if all lean as those that could be compared do. No rating."""

from dataclasses import dataclass

from markupsafe import Markup

from assessor.domain import Assessment, Estimate, Estimated
from assessor.report import charts
from assessor.report.pen import Pen, code


@dataclass(frozen=True)
class Row:
    """One sub-domain that could be compared: the figures of its line in docs/method.md."""

    code: str
    name: str
    why: str
    said: str
    difference: str
    visible: str
    open: str
    weight: str
    corrected: str
    evidence: str
    score: str
    band: str


@dataclass(frozen=True)
class Third:
    """What the section shows."""

    level: str
    name: str
    score: str
    band: str
    strip: Markup
    lead: str
    rows: list[Row]
    others: int
    """Sub-domains that only move with the lean."""


def third(a: Assessment, pen: Pen) -> Third | None:
    """None where an Assessment holds no estimate, or one that only repeats what people say."""
    e = a.estimate
    if e is None or not a.heard:
        return None
    names = {level.number: pen.say(level.name) for level in a.framework.levels}
    rows = [_row(line, a, pen) for line in e.dimensions if line.measured]
    levels = str(e.level_low) if e.level_low == e.level_high else f"{e.level_low}–{e.level_high}"
    return Third(
        level=str(e.level),
        name=names.get(e.level, ""),
        score=pen.score(e.score),
        band=pen.t("estimate.band", levels=levels, score=pen.between(e.low, e.high)),
        strip=_strip(e, a, pen),
        lead=_lead(e, pen),
        rows=rows,
        others=len(e.dimensions) - len(rows),
    )


def column(a: Assessment, pen: Pen) -> dict[str, str]:
    """The estimate of each sub-domain, for the table of sub-domains."""
    lines = a.estimate.dimensions if a.estimate and a.heard else ()
    return {line.dimension: pen.score(line.score) for line in lines}


def _lead(e: Estimate, pen: Pen) -> str:
    if not any(line.difference is not None for line in e.dimensions):
        return pen.t("estimate.nothing")
    way = "estimate.above" if e.lean > 0 else "estimate.below" if e.lean < 0 else "estimate.even"
    return pen.t(way, lean=pen.number(abs(e.lean)), off=pen.number(e.lean_off))


def _strip(e: Estimate, a: Assessment, pen: Pen) -> Markup:
    ticks = [level.from_ for level in a.framework.levels if level.number]
    title, text = pen.t("estimate.title"), f"{pen.score(e.score)} ({pen.between(e.low, e.high)})"
    return charts.strip(e.low, e.high, value=e.score, claim=e.said, scale=5, ticks=ticks, title=title, desc=text)


def _row(line: Estimated, a: Assessment, pen: Pen) -> Row:
    name = next((pen.say(d.name) for d in a.framework.dimensions if d.id == line.dimension), line.dimension)
    none = pen.t("none")
    told = {"measured": line.measured, "asked": line.asked, "count": line.count, "total": line.total}
    return Row(
        code=code(line.dimension),
        name=name,
        why=pen.t("estimate.why", **told),
        said=pen.score(line.said),
        difference=none if line.difference is None else pen.number(line.difference, 3),
        visible=pen.number(line.visible, 3),
        open=none if line.open is None else pen.number(line.open, 3),
        weight=pen.number(line.weight),
        corrected=pen.score(line.corrected),
        evidence=pen.percent(line.evidence),
        score=pen.score(line.score),
        band=pen.between(line.low, line.high),
    )
