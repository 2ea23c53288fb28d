"""The five things an owner reads first of a recommendation, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessor.domain import Assessment, Range, Recommendation, Span, Worth
from assessor.report.pen import Pen
from assessor.report.wording import listed, paper
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
        Field(paper(pen, f"five.name.{name}"), text, basis)
        for name, (text, basis) in zip(names, told, strict=True)
    ]


def months(span: Span | Range, pen: Pen) -> str:
    """Low to high, in months."""
    return paper(pen, "five.months", n=_between(span, pen))


def payback(w: Worth | None, pen: Pen) -> str:
    """In months, or a dash that says there is none."""
    if w is None or w.payback_low is None:
        return paper(pen, "five.none")
    if w.payback_high is None:
        return paper(pen, "five.from", n=pen.number(w.payback_low, 0))
    low, high = pen.number(w.payback_low, 0), pen.number(w.payback_high, 0)
    return paper(pen, "five.months", n=low if low == high else f"{low}–{high}")


def _between(span: Span | Range, pen: Pen, places: int = 1) -> str:
    low, high = pen.number(span.low, places), pen.number(span.high, places)
    return low if low == high else f"{low}–{high}"


def _money(span: Span, pen: Pen) -> str:
    low, high = pen.money(span.low), pen.money(span.high)
    return low if low == high else paper(pen, "five.cash_range", low=low, high=high, mid=pen.money(span.mid))


def _sources(ranges: Iterable[Range | None], pen: Pen) -> str:
    """Classes of source, each once, with what is cited."""
    told: dict[str, None] = {}
    for held in ranges:
        if held is not None:
            word = pen.t(f"source.{held.source}")
            told[f"{word} · {pen.say(held.reference)}" if held.reference else word] = None
    return paper(pen, "semicolon").join(told)


def _cash(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    cost = w.cost if w else outlay(r, {})
    text = [paper(pen, "five.before", cost=_money(cost, pen))]
    if w is None:
        text.append(paper(pen, "five.uncounted"))
    elif w.confirmed:
        low, mid, high = (max(x - w.confirmed, 0 * x) for x in (cost.low, cost.mid, cost.high))
        after = _money(Span(low=low, mid=mid, high=high), pen)
        text.append(paper(pen, "five.after", confirmed=pen.money(w.confirmed), cost=after))
    else:
        text.append(paper(pen, "five.no_subsidy"))
    if w and w.reserve:
        text.append(paper(pen, "five.reserve", reserve=pen.money(w.reserve)))
    return _joined(text, pen), _sources((x for s in r.spends for x in (s.once, s.yearly)), pen)


def _payback(w: Worth | None, pen: Pen) -> tuple[str, str]:
    if w is None:
        return paper(pen, "five.not_reckoned"), ""
    basis = paper(pen, "five.own_share", share=w.own_share) if w.own_share is not None else ""
    if w.payback_low is not None:
        brings = (
            []
            if w.yearly_low is None or w.yearly_high is None
            else [paper(pen, "five.yearly", low=pen.money(w.yearly_low), high=pen.money(w.yearly_high))]
        )
        return _joined([payback(w, pen), *brings], pen), basis
    text = [pen.say(w.why) if w.why else paper(pen, "five.not_reckoned")]
    if w.needed is not None:
        text.append(paper(pen, "five.needed", needed=w.needed))
    if w.missing:
        text.append(paper(pen, "five.missing", list=listed(pen, [pen.question(q) for q in w.missing])))
    return " ".join(text) if pen.language == "en" else "".join(text), basis


def _stoppage(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    hours = w.stoppage if w else None
    many = paper(pen, "five.hours", n=_between(hours, pen)) if hours else paper(pen, "five.no_hours")
    if w is None and r.stoppage.hours is not None:
        many = paper(pen, f"five.hours_per.{r.stoppage.per}", n=_between(r.stoppage.hours, pen))
    told = [
        many,
        pen.say(r.stoppage.when),
        paper(pen, f"five.reversible.{r.stoppage.reversible}"),
        pen.say(r.stoppage.back),
    ]
    return (" " if pen.language == "en" else "").join(told), _sources([r.stoppage.hours], pen)


def _people(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    who = listed(pen, [pen.role(role) for role in r.effort.roles])
    if w is None:
        days = paper(pen, f"five.days_per.{r.effort.per}", n=_between(r.effort.days, pen))
    else:
        days = paper(pen, "five.days_per.plant", n=_between(w.days, pen))
    until = paper(pen, "five.until", months=months(w.months if w else r.months, pen))
    return _joined([who, days, until], pen), _sources([r.effort.days, r.months], pen)


def _pain(r: Recommendation, w: Worth | None, pen: Pen) -> tuple[str, str]:
    text = pen.say(r.pain.text)
    if w and w.pain is not None and r.pain.costs:
        return text + paper(pen, "five.pain", cost=w.pain), paper(
            pen, "five.base", base=pen.t(f"base.{r.pain.costs}")
        )
    return text + paper(pen, "five.pain_unknown" if r.pain.costs else "five.pain_uncounted"), ""


def _joined(texts: list[str], pen: Pen) -> str:
    return paper(pen, "semicolon").join(texts)
