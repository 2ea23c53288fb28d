"""The plan over time: what to do in which phase, what it costs, what it lifts."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Choice, Range, Recommendation, Roadmap
from assessor.report import charts
from assessor.report.pen import Pen
from assessor.roadmap import outlay


@dataclass(frozen=True)
class Work:
    """One recommendation in the plan."""

    number: int
    r: Recommendation
    cost: str
    mid: str
    days: str
    days_source: str
    months: str
    months_source: str
    span: Markup
    lifts: list[tuple[str, str, str, str]]
    """Sub-domain, question, answer before and after."""
    effects: list[tuple[str, str, str]]
    after: list[str]


@dataclass(frozen=True)
class Phase:
    """The work of one phase."""

    number: int
    budget: str
    cost: str
    works: list[Work]


@dataclass(frozen=True)
class Plan:
    roadmap: Roadmap
    cost_low: str
    cost_mid: str
    cost_high: str
    phases: list[Phase]
    axis: Markup
    ends: list[Fraction]
    """Months at which the phases end."""
    gap: str


def plan(a: Assessment, pen: Pen) -> Plan | None:
    """The roadmap with its recommendations; None where no plan was made."""
    if a.roadmap is None:
        return None
    known = {r.id: r for r in a.recommendations}
    pairs = [(c, known[c.recommendation]) for c in a.roadmap.choices if c.recommendation in known]
    pairs.sort(key=lambda pair: (pair[0].phase, -pair[1].months.mid, pair[1].id))
    ends = _ends(pairs)
    phases, count, spent = [], 0, Fraction(0)
    for number in (1, 2, 3):
        of = [(c, r) for c, r in pairs if c.phase == number]
        works = [_work(count + i, c, r, ends, a, pen) for i, (c, r) in enumerate(of, 1)]
        count += len(of)
        there, cost = sum(a.roadmap.phase_budgets[:number]) - spent, _sum(c.cost for c, _ in of)
        phases.append(Phase(number, pen.money(there), pen.money(cost), works))
        spent += cost
    marks = [(Fraction(0), "0"), *dict.fromkeys((end, pen.number(end, 0)) for end in ends)]
    return Plan(
        roadmap=a.roadmap,
        cost_low=pen.money(_sum(outlay(r, {}).low for _, r in pairs)),
        cost_mid=pen.money(_sum(c.cost for c, _ in pairs)),
        cost_high=pen.money(_sum(outlay(r, {}).high for _, r in pairs)),
        phases=phases,
        axis=charts.axis(marks, ends[-1], pen.t("plan.axis")),
        ends=ends,
        gap=pen.percent(a.roadmap.gap),
    )


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _ends(pairs: list[tuple[Choice, Recommendation]]) -> list[Fraction]:
    """Months at which the phases end, if each begins when the longest work before it may be done."""
    ends, at = [], Fraction(0)
    for number in (1, 2, 3):
        at += max((r.months.high for c, r in pairs if c.phase == number), default=Fraction(0))
        ends.append(at)
    return ends if at else [Fraction(1)] * 3


def _range(values: Range, pen: Pen) -> str:
    low, high = pen.number(values.low, 1), pen.number(values.high, 1)
    return low if low == high else f"{low}–{high}"


def _work(number: int, choice: Choice, r: Recommendation, ends: list[Fraction], a: Assessment, pen: Pen) -> Work:
    begin = (Fraction(0), *ends)[choice.phase - 1]
    name, months = pen.say(r.title), _range(r.months, pen)
    text = pen.t("plan.span_text", phase=choice.phase, months=months)
    return Work(
        number=number,
        r=r,
        cost=f"{pen.money(outlay(r, {}).low)} – {pen.money(outlay(r, {}).high)}",
        mid=pen.money(choice.cost),
        days=_range(r.effort.days, pen),
        days_source=_source(r.effort.days, pen),
        months=months,
        months_source=_source(r.months, pen),
        span=charts.tenure(begin, r.months.low, r.months.mid, r.months.high, ends, name, text),
        lifts=_lifts(r, a, pen),
        effects=[_effect(e.acts_on, e.change, pen) for e in r.effects],
        after=[pen.say(x.title) for x in a.recommendations if x.id in r.after],
    )


def _source(values: Range, pen: Pen) -> str:
    word = pen.t(f"source.{values.source}")
    return f"{word} · {pen.say(values.reference)}" if values.reference else word


def _lifts(r: Recommendation, a: Assessment, pen: Pen) -> list[tuple[str, str, str, str]]:
    now = {e.question: e.verified for e in a.evidence}
    return [
        (
            pen.places.get(lift.question, ""),
            pen.question(lift.question),
            _short(now.get(lift.question), pen),
            _short(lift.to, pen),
        )
        for lift in r.lifts
        if (held := now.get(lift.question)) is None or held < lift.to
    ]


def _short(value: Fraction | None, pen: Pen) -> str:
    return pen.t("unknown") if value is None else pen.number(value)


def _effect(base: str, change: Range | None, pen: Pen) -> tuple[str, str, str]:
    if change is None:
        return pen.t(f"base.{base}"), pen.t("plan.no_figure"), ""
    return pen.t(f"base.{base}"), pen.shares(change.low, change.high), _source(change, pen)
