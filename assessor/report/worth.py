"""The five things an owner reads first of a recommendation, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Assessment, Message, Range, Recommendation, Span, Worth
from assessor.report.pen import Pen
from assessor.report.wording import listed, together
from assessor.roadmap import outlay


@dataclass(frozen=True)
class Field:
    """One of the five: its name, what is said, and what that rests on."""

    name: str
    figure: str
    """The one figure that an eye looks for; a dash where there is none."""
    aside: str
    """What narrows it: a range, or what stands in its place."""
    more: str
    """What else is to be said of it."""
    text: str
    """All of it as running text."""
    basis: str


Told = tuple[str, str, str, str, str]
"""Of a field all but its name."""


def worth_of(a: Assessment, recommendation: str) -> Worth | None:
    """What it is worth in this plant; None where the plan did not reckon it."""
    held = a.roadmap.worth if a.roadmap else ()
    return next((w for w in held if w.recommendation == recommendation), None)


def five(a: Assessment, r: Recommendation, pen: Pen) -> list[Field]:
    """Cash, payback, stoppage, people and time, pain."""
    w = worth_of(a, r.id)
    told = (_cash(r, w, pen), _payback(a, w, pen), _stoppage(r, w, pen), _people(r, w, pen), _pain(r, w, pen))
    names = ("cash", "payback", "stoppage", "people", "pain")
    return [Field(pen.paper(f"five.name.{name}"), *one) for name, one in zip(names, told, strict=True)]


def unstated(a: Assessment, why: Message | None, pen: Pen) -> str:
    """Why no payback is stated; what would have to come first is called by its title."""
    if why is None:
        return pen.paper("five.not_reckoned")
    if why.id == "plan.waits":
        titles = {r.id: pen.say(r.title) for r in a.recommendations}
        ids = str(why.params["ids"]).split(", ")
        return pen.say(Message(id=why.id, params={"ids": listed(pen, [titles.get(i, i) for i in ids])}))
    return pen.say(why)


def months(span: Span | Range, pen: Pen) -> str:
    """Low to high, in months."""
    return pen.paper("five.months", n=between(span, pen))


def payback(w: Worth | None, pen: Pen) -> str:
    """In months, or a dash that says there is none."""
    if w is None or w.payback_low is None:
        return pen.paper("five.none")
    if w.payback_high is None:
        return pen.paper("five.from", n=pen.number(w.payback_low, 0))
    return pen.paper("five.months", n=pen.numbers(w.payback_low, w.payback_high, 0))


def between(values: Span | Range, pen: Pen) -> str:
    """Low to high, with one place at most."""
    return pen.numbers(values.low, values.high)


def _money(span: Span, pen: Pen) -> str:
    low, high = pen.money(span.low), pen.money(span.high)
    return low if low == high else pen.paper("five.cash_range", low=low, high=high, mid=pen.money(span.mid))


def _sources(ranges: Iterable[Range | None], pen: Pen) -> str:
    """Classes of source, each once, with what is cited of it."""
    told: dict[str, dict[str, None]] = {}
    for held in ranges:
        if held is not None:
            cited = told.setdefault(pen.t(f"source.{held.source}"), {})
            cited |= {pen.say(held.reference): None} if held.reference else {}
    words = [f"{word} · {listed(pen, list(cited))}" if cited else word for word, cited in told.items()]
    return pen.paper("semicolon").join(words)


def _cash(r: Recommendation, w: Worth | None, pen: Pen) -> Told:
    cost = w.cost if w else outlay(r, {})
    figure, text = pen.money(cost.mid), []
    if w is None:
        text.append(pen.paper("five.uncounted"))
    elif w.confirmed:
        net = _after(cost, w.confirmed)
        figure = pen.paper("five.net", before=figure, after=pen.money(net.mid))
        text.append(pen.paper("five.after", confirmed=pen.money(w.confirmed), cost=_money(net, pen)))
    else:
        text.append(pen.paper("five.no_subsidy"))
    if w and w.reserve:
        text.append(pen.paper("five.reserve", reserve=pen.money(w.reserve)))
    basis = _sources((x for s in r.spends for x in (s.once, s.yearly)), pen)
    between = "" if cost.low == cost.high else f"{pen.money(cost.low)}–{pen.money(cost.high)}"
    more = _joined([pen.paper("five.scope"), *text], pen)
    return figure, between, more, _joined([pen.paper("five.before", cost=_money(cost, pen)), *text], pen), basis


def _after(cost: Span, confirmed: Fraction) -> Span:
    """What is left once a confirmed subsidy is off; never below nothing."""
    low, mid, high = (max(x - confirmed, Fraction(0)) for x in (cost.low, cost.mid, cost.high))
    return Span(low=low, mid=mid, high=high)


def _payback(a: Assessment, w: Worth | None, pen: Pen) -> Told:
    none = pen.paper("five.none")
    if w is None:
        told = pen.paper("five.not_reckoned")
        return none, "", told, told, ""
    basis = pen.paper("five.own_share", share=w.own_share) if w.own_share is not None else ""
    if w.payback_low is not None:
        brings = (
            ""
            if w.yearly_low is None or w.yearly_high is None
            else pen.paper("five.yearly", low=pen.money(w.yearly_low), high=pen.money(w.yearly_high))
        )
        figure = payback(w, pen)
        return figure, "", brings, _joined([figure, *filter(None, [brings])], pen), basis
    text = [unstated(a, w.why, pen)]
    if w.needed is not None:
        text.append(pen.paper("five.needed", needed=w.needed))
    if w.missing:
        text.append(pen.paper("five.missing", list=listed(pen, [pen.question(q) for q in w.missing])))
    aside = pen.paper("five.needs", needed=w.needed) if w.needed is not None else ""
    joined = together(pen, *text)
    told_already = w.why is not None and w.why.id == "plan.own_estimates"
    return none, aside, joined, joined, "" if told_already else basis


def _stoppage(r: Recommendation, w: Worth | None, pen: Pen) -> Told:
    told = [pen.say(r.stoppage.when), pen.paper(f"five.reversible.{r.stoppage.reversible}")]
    told.append(pen.say(r.stoppage.back))
    if r.stoppage.hours is None:
        told.append(pen.paper("five.no_hours"))
    hours, text = r.stoppage.hours, together(pen, *filter(None, [stands(r, w, pen)]), *told)
    own = w is not None and r.stoppage.whole
    held = w.stoppage if w is not None and own else hours
    if held is None:
        figure, aside = pen.paper("five.none"), ""
    elif not held.high:
        figure, aside = pen.paper("five.runs_on"), ""
    else:
        figure = pen.paper("five.h", n=between(held, pen))
        aside = "" if own else _each(r.stoppage.per, pen)
    return figure, aside, together(pen, *told), text, _sources([hours], pen)


def stands(r: Recommendation, w: Worth | None, pen: Pen) -> str:
    """How long production stands; nothing where nobody can say, or where it does not stand."""
    if w and w.stoppage is not None and r.stoppage.whole:
        return pen.paper("five.hours", n=between(w.stoppage, pen)) if w.stoppage.high else ""
    if (w is None or not r.stoppage.whole) and r.stoppage.hours is not None and r.stoppage.hours.high:
        return pen.paper(f"five.hours_per.{r.stoppage.per}", n=between(r.stoppage.hours, pen))
    return ""


def _people(r: Recommendation, w: Worth | None, pen: Pen) -> Told:
    who = listed(pen, [pen.role(role) for role in r.effort.roles])
    held, per = (w.days, "plant") if w else (r.effort.days, r.effort.per)
    days = pen.paper(f"five.days_per.{per}", n=between(held, pen))
    until = pen.paper("five.until", months=months(w.months if w else r.months, pen))
    figure, aside = pen.paper("five.d", n=between(held, pen)), _each(per, pen)
    text = _joined([who, days, until], pen)
    return figure, aside, _joined([who, until], pen), text, _sources([r.effort.days, r.months], pen)


def _each(per: str, pen: Pen) -> str:
    """What one figure stands for where it is not of the whole plant."""
    return "" if per == "plant" else pen.paper(f"five.each.{per}")


def _pain(r: Recommendation, w: Worth | None, pen: Pen) -> Told:
    text = pen.say(r.pain.text)
    if w and w.pain is not None and r.pain.costs:
        basis = pen.paper("five.base", base=pen.t(f"base.{r.pain.costs}"))
        told = text + pen.paper("five.pain", cost=w.pain)
        return pen.money(w.pain), pen.paper("five.a_month"), text, told, basis
    told = text + pen.paper("five.pain_unknown" if r.pain.costs else "five.pain_uncounted")
    return pen.paper("five.none"), "", told, told, ""


def _joined(texts: list[str], pen: Pen) -> str:
    return pen.paper("semicolon").join(texts)
