"""The plan over time: what to do in which phase, what it costs, what it lifts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Benefit, Choice, Effect, Range, Recommendation, Roadmap, Span, Worth
from assessor.report import charts
from assessor.report.pen import Pen
from assessor.report.support import Support, of_plan, supports
from assessor.report.whole import Whole, whole
from assessor.report.worth import Field, between, five, worth_of
from assessor.roadmap import outlay


@dataclass(frozen=True)
class Brings:
    """One effect: what its source claims, what is counted of it, and what that comes to in this plant."""

    name: str
    claimed: str
    source: str
    counted: str
    """With the plant's own base and yuan a year; empty where the plan did not reckon it."""


@dataclass(frozen=True)
class Work:
    """One recommendation in the plan."""

    number: int
    r: Recommendation
    cost: str
    mid: str
    days: str
    time: Span
    """Months to the first effect, in this plant where it was reckoned."""
    span: Markup
    fields: list[Field]
    """The five things an owner reads first."""
    lifts: list[tuple[str, str, str, str]]
    """Sub-domain, question, answer before and after: of questions that this plant was asked."""
    more_lifts: int
    """Questions of other frameworks that it would lift too."""
    effects: list[Brings]
    supports: list[Support]
    after: list[str]
    share: str
    """In how many of the drawn plans it stands, such as '176 / 200'; empty where none were drawn."""


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
    whole: Whole
    supports: list[Support]


Pairs = Sequence[tuple[Choice, Recommendation]]


def plan(a: Assessment, pen: Pen) -> Plan | None:
    """The roadmap with its recommendations; None where no plan was made."""
    if a.roadmap is None:
        return None
    pairs = chosen(a)
    ends = _ends(a, pairs)
    works = [(c.phase, _work(i, c, r, ends, a, pen)) for i, (c, r) in enumerate(pairs, 1)]
    marks = [(Fraction(0), "0"), *dict.fromkeys((end, pen.number(end, 0)) for end in ends)]
    costs = [_cost(a, r) for _, r in pairs]
    return Plan(
        roadmap=a.roadmap,
        cost_low=pen.money(_sum(cost.low for cost in costs)),
        cost_mid=pen.money(_sum(c.cost for c, _ in pairs)),
        cost_high=pen.money(_sum(cost.high for cost in costs)),
        phases=_phases(a.roadmap, pairs, works, pen),
        axis=charts.axis(marks, ends[-1], pen.t("plan.axis")),
        ends=ends,
        gap=pen.percent(a.roadmap.gap),
        whole=whole(a, [(w.number, r) for (_, w), (_, r) in zip(works, pairs, strict=True)], pen),
        supports=of_plan(((i, worth_of(a, r.id)) for i, (_, r) in enumerate(pairs, 1)), pen),
    )


def chosen(a: Assessment) -> Pairs:
    """What the plan does: phase by phase, longest first."""
    known = {r.id: r for r in a.recommendations}
    pairs = [
        (c, known[c.recommendation]) for c in (a.roadmap.choices if a.roadmap else ()) if c.recommendation in known
    ]
    return sorted(pairs, key=lambda pair: (pair[0].phase, -_months(a, pair[1]).mid, pair[1].id))


def _phases(roadmap: Roadmap, pairs: Pairs, works: Sequence[tuple[int, Work]], pen: Pen) -> list[Phase]:
    phases, spent = [], Fraction(0)
    for number in (1, 2, 3):
        there = sum(roadmap.phase_budgets[:number]) - spent
        cost = _sum(c.cost for c, _ in pairs if c.phase == number)
        phases.append(
            Phase(number, pen.money(there), pen.money(cost), [w for phase, w in works if phase == number])
        )
        spent += cost
    return phases


def _cost(a: Assessment, r: Recommendation) -> Span:
    """What it costs in this plant."""
    worth = worth_of(a, r.id)
    return worth.cost if worth else outlay(r, {})


def _months(a: Assessment, r: Recommendation) -> Span:
    """To its first effect in this plant."""
    worth = worth_of(a, r.id)
    return worth.months if worth else Span(low=r.months.low, mid=r.months.mid, high=r.months.high)


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _ends(a: Assessment, pairs: Pairs) -> list[Fraction]:
    """Months at which the phases end, if each begins when the longest work before it may be done."""
    ends, at = [], Fraction(0)
    for number in (1, 2, 3):
        at += max((_months(a, r).high for c, r in pairs if c.phase == number), default=Fraction(0))
        ends.append(at)
    return ends if at else [Fraction(1)] * 3


def _work(number: int, choice: Choice, r: Recommendation, ends: list[Fraction], a: Assessment, pen: Pen) -> Work:
    begin = (Fraction(0), *ends)[choice.phase - 1]
    worth, cost, time = worth_of(a, r.id), _cost(a, r), _months(a, r)
    text = pen.t("plan.span_text", phase=choice.phase, months=between(time, pen))
    lifts = _lifts(r, a, pen)
    drawn = a.roadmap.draws if a.roadmap else 0
    return Work(
        number=number,
        r=r,
        cost=f"{pen.money(cost.low)}–{pen.money(cost.high)}",
        mid=pen.money(choice.cost),
        days=between(worth.days if worth else r.effort.days, pen),
        time=time,
        span=charts.tenure(begin, time.low, time.mid, time.high, ends, pen.say(r.title), text),
        fields=five(a, r, pen),
        lifts=lifts,
        more_lifts=sum(lift.question not in pen.questions for lift in r.lifts),
        effects=_effects(r, worth, pen),
        supports=supports(worth, pen),
        after=[pen.say(x.title) for x in a.recommendations if x.id in r.after],
        share="" if choice.in_draws is None or not drawn else f"{choice.in_draws} / {drawn}",
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
        if lift.question in pen.questions and ((held := now.get(lift.question)) is None or held < lift.to)
    ]


def _short(value: Fraction | None, pen: Pen) -> str:
    return pen.t("unknown") if value is None else pen.number(value)


def _effects(r: Recommendation, worth: Worth | None, pen: Pen) -> list[Brings]:
    """Those with a source have a benefit each, in the same order."""
    held = iter(worth.benefits if worth else ())
    return [_effect(e, next(held, None) if e.change is not None else None, pen) for e in r.effects]


def _effect(e: Effect, b: Benefit | None, pen: Pen) -> Brings:
    name = pen.t(f"base.{e.acts_on}")
    if e.change is None:
        return Brings(name, pen.t("plan.no_figure"), "", "")
    claimed = pen.shares(e.change.low, e.change.high)
    if b is None:
        return Brings(name, claimed, _source(e.change, pen), "")
    claimed, counted = pen.shares(b.claimed_low, b.claimed_high), pen.shares(b.counted_low, b.counted_high)
    if b.base is None or b.low is None or b.high is None:
        told = pen.t("plan.counted_of_unknown", counted=counted)
    else:
        ends = {"low": pen.money(b.low), "high": pen.money(b.high)}
        told = pen.t("plan.counted", counted=counted, base=pen.money(b.base), **ends)
    return Brings(name, claimed, _source(e.change, pen), told)
