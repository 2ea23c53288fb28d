"""The plan as a whole: what it brings, what that hangs on, which choices hold, and the figures behind it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.domain import Assessment, Message, PlantFigure, Recommendation, Roadmap, Saving
from assessor.report import charts
from assessor.report.pen import Pen
from assessor.report.wording import together
from assessor.report.worth import unstated

HALF = Fraction(1, 2)
"""What stands in at least so many of the drawn plans holds."""


@dataclass(frozen=True)
class Held:
    """One measure, and in how many of the drawn plans it stands."""

    name: str
    share: Fraction
    text: str
    strong: bool
    """Does it hold?"""
    bar: Markup


@dataclass(frozen=True)
class Swing:
    """Payback of the whole when one assumption is worse or better."""

    name: str
    worse: str
    better: str
    ends: tuple[Fraction | None, Fraction | None]
    """Months, better and worse; None: never, or nobody can tell."""
    strip: Markup


@dataclass(frozen=True)
class Known:
    """One figure of the plant: what is asked, the figure with its unit, and where it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Spent:
    """What the plant spends or loses a year on one base."""

    name: str
    share: Fraction
    """Of the greatest."""
    text: str
    bar: Markup


@dataclass(frozen=True)
class Whole:
    aim: str
    yearly: str
    """Net a year, low to high; a dash where none can be reckoned."""
    payback: str
    why: str
    """Why no payback is stated, and what it would have to bring; empty where one is."""
    warnings: list[tuple[str, str]]
    """What is counted as one of each, and what stands above the budget."""
    saving: str
    core: list[Held]
    """In the plan and in most of the drawn ones."""
    loose: list[Held]
    """In the plan, and in fewer than half of the drawn ones."""
    fringe: list[Held]
    """Not in the plan, and in some of the drawn ones."""
    swings: list[Swing]
    until: Fraction
    """Months at the end of the line of swings."""
    axis: Markup
    elsewhere: list[tuple[str, str, str, bool]]
    """Framework, level before and after, and whether it rises."""
    known: list[Known]
    missing: list[Known]
    spent: list[Spent]
    unspent: list[str]
    """Bases that cannot be reckoned, for want of figures."""


def whole(a: Assessment, chosen: Sequence[tuple[int, Recommendation]], pen: Pen) -> Whole:
    """Of a plan with these measures, by their number."""
    r = a.roadmap
    assert r is not None, "a whole is of a plan"
    held = _drawn(r, chosen, pen)
    titles = {x.id: pen.say(x.title) for x in a.recommendations}
    fringe = sorted(r.fringe.items(), key=lambda pair: (-pair[1], pair[0]))
    until = _until(r)
    figures = [(f, _known(f, pen)) for f in r.figures]
    return Whole(
        aim=_aim(a, r, pen),
        yearly=_span(r.yearly_low, r.yearly_high, pen),
        payback=payback(r, pen),
        why=_why(a, r, pen),
        warnings=list(_warnings(r, pen)),
        saving=_saving(a, r.saving, pen) if r.saving else "",
        core=[one for one in held if one.strong],
        loose=[one for one in held if not one.strong],
        fringe=[_held(titles.get(id_, id_), n, r.draws, pen) for id_, n in fringe] if r.draws else [],
        swings=_swings(r, until, pen),
        until=until,
        axis=charts.axis(_ticks(until, pen), until, pen.t("plan.axis")),
        elsewhere=_elsewhere(a, r, pen),
        known=[known for f, known in figures if f.value is not None],
        missing=[known for f, known in figures if f.value is None],
        spent=_spent(r, pen),
        unspent=[pen.t(f"base.{b.base}") for b in r.bases if b.yearly is None],
    )


def payback(r: Roadmap, pen: Pen) -> str:
    """Of the whole, in months; a dash where none is stated."""
    if r.payback_low is None or r.payback_high is None:
        return pen.paper("five.none")
    return pen.paper("five.months", n=pen.numbers(r.payback_low, r.payback_high, 0))


def _aim(a: Assessment, r: Roadmap, pen: Pen) -> str:
    if r.aim.framework is None:
        return pen.known("plan.aim", r.aim.kind)
    one = next((x for x in a.rated if x.head.id == r.aim.framework), None)
    name = pen.say(one.head.title) if one else r.aim.framework
    grades = {g.number: pen.say(g.name) for g in one.grades} if one else {}
    level = "" if r.aim.level is None else grades.get(r.aim.level, str(r.aim.level))
    return pen.t("plan.aim.target", framework=name, level=level)


def _span(low: Fraction | None, high: Fraction | None, pen: Pen) -> str:
    if low is None or high is None:
        return pen.paper("five.none")
    return pen.money(low) if low == high else pen.t("plan.to", low=pen.money(low), high=pen.money(high))


def _why(a: Assessment, r: Roadmap, pen: Pen) -> str:
    if r.payback_low is not None:
        return ""
    needed = pen.paper("five.needed", needed=r.needed) if r.needed is not None else ""
    return together(pen, unstated(a, r.why, pen), needed)


def _saving(a: Assessment, s: Saving, pen: Pen) -> str:
    ends = {k: pen.number(getattr(s, k), 1) for k in ("tce_low", "tce_high", "tco2_low", "tco2_high")}
    names = {
        result.variant: pen.say(result.variant_name)
        for one in a.rated
        for result in one.results
        if result.variant_name is not None
    }

    def called(set_: str) -> str:
        return names.get(set_) or pen.known("plan.factors", set_)

    return pen.paper("plan.saving_text", factors=called(s.factors), coal=called(s.coal), **ends)


# What holds, and what depends --------------------------------------------------------------------------


def _drawn(r: Roadmap, chosen: Sequence[tuple[int, Recommendation]], pen: Pen) -> list[Held]:
    counts = {c.recommendation: c.in_draws for c in r.choices}
    found = [(n, f"{number} {pen.say(x.title)}") for number, x in chosen if (n := counts[x.id]) is not None]
    found.sort(key=lambda pair: -pair[0])
    return [_held(name, n, r.draws, pen) for n, name in found] if r.draws else []


def _held(name: str, n: int, of: int, pen: Pen) -> Held:
    share = Fraction(n, of)
    strong = share >= HALF
    bar = charts.bar(share, name, pen.t("plan.drawn", n=n, of=of), strong=strong)
    return Held(name, share, f"{n} / {of}", strong, bar)


def _until(r: Roadmap) -> Fraction:
    """Whole quarters that hold every payback."""
    ends = [x for s in r.sensitivity for x in (s.worse, s.better) if x is not None]
    ends += [x for x in (r.payback_low, r.payback_high) if x is not None]
    return Fraction(max(3, -(-max(ends, default=Fraction(0)) // 3) * 3))


def _ticks(until: Fraction, pen: Pen) -> list[tuple[Fraction, str]]:
    return [(until * k / 3, pen.number(until * k / 3, 0)) for k in range(4)]


def _swings(r: Roadmap, until: Fraction, pen: Pen) -> list[Swing]:
    if not r.sensitivity:
        return []
    found = [(pen.t("plan.as_planned"), r.payback_high, r.payback_low)]
    found += [(pen.say(s.assumption), s.worse, s.better) for s in r.sensitivity]
    made = []
    for i, (name, worse, better) in enumerate(found):
        words = [_month(x, pen) for x in (worse, better)]
        text = pen.t("plan.swing", worse=words[0], better=words[1])
        strip = charts.swing(better, worse, until, name, text, strong=not i)
        made.append(Swing(name, words[0], words[1], (better, worse), strip))
    return made


def _month(months: Fraction | None, pen: Pen) -> str:
    if months is None:
        return pen.paper("five.never")
    return pen.paper("five.months", n=pen.number(months, 0 if months >= 10 else 1))


# Elsewhere, and what it was reckoned with ------------------------------------------------------------------


def _elsewhere(a: Assessment, r: Roadmap, pen: Pen) -> list[tuple[str, str, str, bool]]:
    rated = {one.head.id: one for one in a.rated}
    rows = []
    for e in r.elsewhere:
        names = {g.number: pen.say(g.name) for g in rated[e.framework].grades} if e.framework in rated else {}
        title = pen.say(rated[e.framework].head.title) if e.framework in rated else e.framework
        ends = [pen.paper("five.none") if n is None else names.get(n, str(n)) for n in (e.before, e.after)]
        rises = e.before is not None and e.after is not None and e.after > e.before
        rows.append((title, ends[0], ends[1], rises))
    return rows


def _known(f: PlantFigure, pen: Pen) -> Known:
    asked = pen.questions.get(f.id)
    if f.value is None:
        value, unit = pen.paper("five.none"), ""
    else:
        value = pen.answer(f.id, f.value) if asked else pen.number(f.value)
        unit = pen.say(asked.unit) if asked and asked.unit else ""
    name = pen.say(asked.text) if asked else pen.known("plan.figure", re.sub(r"[.:]", "-", f.id))
    return Known(name, f"{value} {unit}".strip(), pen.known("plan.from", f.source))


def _spent(r: Roadmap, pen: Pen) -> list[Spent]:
    known = [(b.yearly, pen.t(f"base.{b.base}")) for b in r.bases if b.yearly is not None]
    most = max([yearly for yearly, _ in known], default=Fraction(0)) or Fraction(1)
    return [
        Spent(
            name, yearly / most, pen.money(yearly), charts.bar(yearly / most, name, pen.money(yearly), strong=True)
        )
        for yearly, name in sorted(known, key=lambda pair: (-pair[0], pair[1]))
    ]


def _warnings(r: Roadmap, pen: Pen) -> Iterator[tuple[str, str]]:
    if r.uncounted:
        named = pen.paper("comma").join(pen.question(question) for question in r.uncounted)
        yield pen.paper("plan.uncounted"), pen.say(Message(id="plan.one_each", params={"ids": named}))
    if r.over_budget:
        over = Message(id="plan.over_budget", params={"over": str(r.over_budget)})
        yield pen.paper("plan.above"), pen.say(over)
