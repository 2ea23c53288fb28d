"""The five things an owner reads first of a recommendation, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessor.domain import Assessment, Range, Recommendation, Span, Worth
from assessor.report.pen import Pen
from assessor.report.wording import listed, together
from assessor.roadmap import outlay


@dataclass(frozen=True)
class Field:
    """One of the five: its name, what is said, and what that rests on."""

    name: str
    text: str
    basis: str


def worth_of(a: Assessment, recommendation: str) -> Worth | None:
    """What it is worth in this plant; None where the plan did not reckon it."""
    held = a.roadmap.worth if a.roadmap else ()
    return next((w for w in held if w.recommendation == recommendation), None)


def five(a: Assessment, r: Recommendation, pen: Pen) -> list[Field]:
    """Cash, payback, stoppage, people and time, pain."""
    w = worth_of(a, r.id)
    told = (_cash(r, w, pen), _payback(w, pen), _stoppage(r, w, pen), _people(r, w, pen), _pain(r, w, pen))
    names = ("cash", "payback", "stoppage", "people", "pain")
    return [
        Field(pen.paper(f"five.name.{name}"), text, basis) for name, (text, basis) in zip(names, told, strict=True)
    ]


def months(span: Span | Range, pen: Pen) -> str:
    """Low to high, in months."""
    return pen.paper("five.months", n=_between(span, pen))


def payback(w: Worth | None, pen: Pen) -> str:
    """In months, or a dash that says there is none."""
    if w is None or w.payback_low is None:
        return pen.paper("five.none")
    if w.payback_high is None:
        return pen.paper("five.from", n=pen.number(w.payback_low, 0))
    low, high = pen.number(w.payback_low, 0), pen.number(w.payback_high, 0)
    return pen.paper("five.months", n=low if low == high else f"{low}–{high}")


def _between(span: Span | Range, pen: Pen, places: int = 1) -> str:
    low, high = pen.number(span.low, places), pen.number(span.high, places)
    return low if low == high else f"{low}–{high}"


def _money(span: Span, pen: Pen) -> str:
    low, high = pen.money(span.low), pen.money(span.high)
    return low if low == high else pen.paper("five.cash_range", low=low, high=high, mid=pen.money(span.mid))


def _sources(ranges: Iterable[Range | None], pen: Pen) -> str:
    """Classes of source, each once, with what is cited."""
    told: dict[str, None] = {}
    for held in ranges:
        if held is not None:
            word = pen.t(f"source.{held.source}")
            told[f"{word} · {pen.say(held.reference)}" if held.reference else word] = None
    return pen.paper("semicolon").join(told)


def _cash(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    cost = w.cost if w else outlay(r, {})
    text = [pen.paper("five.before", cost=_money(cost, pen))]
    if w is None:
        text.append(pen.paper("five.uncounted"))
    elif w.confirmed:
        low, mid, high = (max(x - w.confirmed, 0 * x) for x in (cost.low, cost.mid, cost.high))
        after = _money(Span(low=low, mid=mid, high=high), pen)
        text.append(pen.paper("five.after", confirmed=pen.money(w.confirmed), cost=after))
    else:
        text.append(pen.paper("five.no_subsidy"))
    if w and w.reserve:
        text.append(pen.paper("five.reserve", reserve=pen.money(w.reserve)))
    return _joined(text, pen), _sources((x for s in r.spends for x in (s.once, s.yearly)), pen)


def _payback(w: Worth | None, pen: Pen) -> tuple[str, str]:
    if w is None:
        return pen.paper("five.not_reckoned"), ""
    basis = pen.paper("five.own_share", share=w.own_share) if w.own_share is not None else ""
    if w.payback_low is not None:
        brings = (
            []
            if w.yearly_low is None or w.yearly_high is None
            else [pen.paper("five.yearly", low=pen.money(w.yearly_low), high=pen.money(w.yearly_high))]
        )
        return _joined([payback(w, pen), *brings], pen), basis
    text = [pen.say(w.why) if w.why else pen.paper("five.not_reckoned")]
    if w.needed is not None:
        text.append(pen.paper("five.needed", needed=w.needed))
    if w.missing:
        text.append(pen.paper("five.missing", list=listed(pen, [pen.question(q) for q in w.missing])))
    return together(pen, *text), basis


def _stoppage(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    told = [stands(r, w, pen), pen.say(r.stoppage.when), pen.paper(f"five.reversible.{r.stoppage.reversible}")]
    told.append(pen.say(r.stoppage.back))
    if r.stoppage.hours is None:
        told.append(pen.paper("five.no_hours"))
    return together(pen, *told), _sources([r.stoppage.hours], pen)


def stands(r: Recommendation, w: Worth | None, pen: Pen) -> str:
    """How long production stands; nothing where nobody can say, or where it does not stand."""
    if w and w.stoppage is not None and r.stoppage.whole:
        return pen.paper("five.hours", n=_between(w.stoppage, pen)) if w.stoppage.high else ""
    if (w is None or not r.stoppage.whole) and r.stoppage.hours is not None and r.stoppage.hours.high:
        return pen.paper(f"five.hours_per.{r.stoppage.per}", n=_between(r.stoppage.hours, pen))
    return ""


def _people(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    who = listed(pen, [pen.role(role) for role in r.effort.roles])
    if w is None:
        days = pen.paper(f"five.days_per.{r.effort.per}", n=_between(r.effort.days, pen))
    else:
        days = pen.paper("five.days_per.plant", n=_between(w.days, pen))
    until = pen.paper("five.until", months=months(w.months if w else r.months, pen))
    return _joined([who, days, until], pen), _sources([r.effort.days, r.months], pen)


def _pain(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    text = pen.say(r.pain.text)
    if w and w.pain is not None and r.pain.costs:
        return text + pen.paper("five.pain", cost=w.pain), pen.paper(
            "five.base", base=pen.t(f"base.{r.pain.costs}")
        )
    return text + pen.paper("five.pain_unknown" if r.pain.costs else "five.pain_uncounted"), ""


def _joined(texts: list[str], pen: Pen) -> str:
    return pen.paper("semicolon").join(texts)
