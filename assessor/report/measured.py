"""What was measured, how far it may be trusted, and what was not determined."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from assessor.domain import Area, Assessment, EvidenceClass, Measurement, Outcome, State
from assessor.report import charts
from assessor.report.pen import Pen, code

MOST = 40
"""Names listed of one group; the Assessment itself holds them all."""


@dataclass(frozen=True)
class Counted:
    """Subjects that counted alike for the same reason."""

    outcome: str
    word: str
    why: str
    names: list[str]
    more: int
    source: str
    """Class of the evidence; empty where it is measured or nothing was determined."""


@dataclass(frozen=True)
class Figure:
    """One indicator."""

    m: Measurement
    name: str
    state: str
    value: str
    interval: str
    strip: Markup
    selection: str
    counted: list[Counted]
    rests_on: str
    """Classes of the evidence in words; empty where nothing was determined."""
    blind: str
    """What it cannot see."""
    rule: str
    """By which rule its interval came about."""
    rows: str
    """How many rows of how many data points stand behind it, and from when to when."""


@dataclass(frozen=True)
class Gap:
    """Something that was not determined, with its reason."""

    order: int
    heading: str
    why: str
    names: list[str]
    more: int


def figures(a: Assessment, pen: Pen) -> list[tuple[str, list[Figure]]]:
    """All measurements by what they are about; within an area those with a value first."""
    made = sorted(a.measurements, key=lambda m: m.state is not State.MEASURED)
    by_area = {area: [_figure(m, pen) for m in made if m.area == area] for area in get_args(Area)}
    return [(pen.t(f"area.{area}"), of) for area, of in by_area.items() if of]


def _words(m: Measurement, pen: Pen) -> tuple[str, str]:
    value = pen.measured(m.unit, m.value) if m.value is not None else ""
    bounds = [pen.measured(m.unit, x) for x in (m.low, m.high) if x is not None]
    return value, " – ".join(dict.fromkeys(bounds))


def _figure(m: Measurement, pen: Pen) -> Figure:
    name, state = pen.indicator(m.indicator), pen.t(f"state.{m.state.value}")
    value, interval = _words(m, pen)
    text = f"{state}. {value} {interval}"
    if m.state is State.MEASURED and m.unit == "share":
        strip = charts.strip(m.low, m.high, value=m.value, ticks=(), title=name, desc=text)
    elif m.state is State.MEASURED:
        strip = Markup()
    else:
        strip = charts.nothing(name, text)
    selection = pen.t(f"selection.{m.selection.value}")
    rests_on = pen.t("measured.rests_on", list=pen.classes(m.rests_on)) if m.rests_on else ""
    return Figure(
        m=m,
        name=name,
        state=state,
        value=value,
        interval=interval,
        strip=strip,
        selection=selection,
        counted=_counted(m, pen),
        rests_on=rests_on,
        blind=pen.blind(m.indicator),
        rule=_rule(m, pen),
        rows=_rows(m, pen),
    )


def _rule(m: Measurement, pen: Pen) -> str:
    """The rule of its own, where an indicator has one; else that of a share by how its subjects were chosen."""
    if own := pen.rule(m.indicator):
        return own
    return pen.t(f"rule.{m.selection.value}" if m.unit == "share" else "rule.figure")


def _rows(m: Measurement, pen: Pen) -> str:
    if (rows := m.sampled) is None:
        return pen.t("rows.nothing" if m.low is None and m.high is None else "rows.none")
    text = pen.t("rows.text", rows=rows.rows, tags=rows.tags, first=rows.first, last=rows.last)
    return text + (" " + pen.t("rows.recorded", rows=rows.recorded) if rows.recorded else "")


def _counted(m: Measurement, pen: Pen) -> list[Counted]:
    same: dict[tuple[str, str, str], list[str]] = {}
    for line in m.lines:
        plain = line.evidence is EvidenceClass.MEASURED or line.outcome is Outcome.NOT_DETERMINED
        source = "" if plain else pen.evidence(line.evidence)
        name = pen.subject(line.subject)
        if line.value is not None:
            name = f"{name} {pen.measured(m.unit, line.value)}"
        same.setdefault((line.outcome.value, pen.say(line.why), source), []).append(name)
    return [
        Counted(outcome, pen.t(f"outcome.{outcome}"), why, names[:MOST], max(0, len(names) - MOST), source)
        for (outcome, why, source), names in same.items()
    ]


def gaps(a: Assessment, pen: Pen) -> list[Gap]:
    """Everything without an answer: machines, indicators, requirements, what the plant does not have."""
    figures = (
        (pen.say(m.why), pen.indicator(m.indicator)) for m in a.measurements if m.state is not State.MEASURED
    )
    cut = ((c.reason, _dimension(a, pen, c.dimension)) for c in a.answers.cuts)
    kinds = {"machine": _unseen(a, pen), "indicator": figures, "requirement": _unknown(a, pen), "cut": cut}
    return [
        gap for i, (kind, pairs) in enumerate(kinds.items()) for gap in _alike(i, pen.t(f"open.{kind}"), pairs)
    ]


def _unseen(a: Assessment, pen: Pen) -> Iterable[tuple[str, str]]:
    """Machines of which nothing is known; then those that answer, but of which nobody knows whether they are
    networked. Only the first matter outside the denominator."""
    networked = (m for m in a.measurements if m.indicator == "networked")
    reasons = {line.subject: line.why for m in networked for line in m.lines}
    later = []
    for sight in a.sights:
        name = pen.subject(sight.asset)
        if sight.readable is Outcome.NOT_DETERMINED:
            yield pen.say(sight.why), name
        elif sight.networked is Outcome.NOT_DETERMINED and sight.asset in reasons:
            later.append((pen.t("open.networked", why=pen.say(reasons[sight.asset])), name))
    yield from later


def _unknown(a: Assessment, pen: Pen) -> Iterable[tuple[str, str]]:
    """Requirements that neither people nor machines answered, by level."""
    for cell in a.rating("verified").cells:
        count = sum(r.source == "unknown" for r in cell.requirements)
        if count:
            name = _dimension(a, pen, cell.dimension)
            yield pen.t("open.unanswered", level=cell.level), f"{name} ({pen.number(count)})"


def _dimension(a: Assessment, pen: Pen, name: str) -> str:
    found = next((d for d in a.framework.dimensions if d.id == name), None)
    return f"{code(name)} {pen.say(found.name)}" if found else name


def _alike(order: int, heading: str, pairs: Iterable[tuple[str, str]]) -> list[Gap]:
    """One entry a reason, not one a thing."""
    same: dict[str, list[str]] = {}
    for why, name in pairs:
        same.setdefault(why, []).append(name)
    return [Gap(order, heading, why, names[:MOST], max(0, len(names) - MOST)) for why, names in same.items()]
