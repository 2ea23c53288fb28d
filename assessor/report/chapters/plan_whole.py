"""The plan as a whole: what its payback hangs on, which choices hold, what it lifts, and the figures behind it."""

from collections.abc import Iterator, Sequence

from assessor.domain import Assessment
from assessor.report import pictures
from assessor.report.document import Block, Bullets, Heading, Picture, Run, Table, line, row
from assessor.report.pen import Pen
from assessor.report.plan import Plan
from assessor.report.whole import Held, Whole
from assessor.report.wording import body, listed, note


def figures(a: Assessment, made: Plan, pen: Pen) -> Table:
    """The plan at a glance."""
    r, formal, of = made.roadmap, a.rating("verified").level, made.whole
    reached = pen.t("level.score", score=pen.score(r.score_after))
    spread = pen.paper("five.cash_range", low=made.cost_low, high=made.cost_high, mid=made.cost_mid)
    yearly = f"{of.yearly}{pen.paper('bracket', text=pen.t('plan.yearly_note'))}"
    back = of.payback if not of.why else of.why
    found = pen.paper("plan.found", status=pen.known("plan.status", r.status), gap=made.gap)
    rows = [
        row(pen.t("plan.aim_"), of.aim),
        row(pen.t("plan.budget"), pen.money(r.budget)),
        row(pen.paper("plan.cost"), spread),
        row(pen.t("plan.yearly"), yearly),
        row(pen.paper("plan.payback"), back),
        row(pen.t("plan.level_after"), f"{formal} → {r.level_after}{pen.paper('bracket', text=reached)}"),
        row(pen.t("plan.how_good"), found),
        row(pen.paper("plan.saving"), of.saving or pen.t("plan.no_saving")),
    ]
    rows += [row(label, warning) for label, warning in of.warnings]
    if r.least is not None:
        rows.append(row(pen.paper("plan.short"), pen.t("plan.least", least=r.least)))
    if r.lacking:
        short = pen.paper("semicolon").join(pen.say(one) for one in r.lacking)
        rows.append(row(pen.paper("plan.short"), f"{pen.t('plan.lacking')} {short}"))
    return Table(pen.paper("plan.figures"), (pen.paper("item"), pen.paper("told")), tuple(rows), (0.26, 0.74))


def of_whole(made: Plan, pen: Pen) -> Iterator[Block]:
    """All of it, part by part; what an older document does not hold is left out."""
    yield from _sensitivity(made.whole, pen)
    yield from _holds(made, pen)
    yield from _elsewhere(made.whole, pen)
    yield from _behind(made.whole, pen)
    yield from _programmes(made, pen)


def _sensitivity(of: Whole, pen: Pen) -> Iterator[Block]:
    if not of.swings:
        return
    title = pen.t("plan.sensitivity")
    yield Heading(2, title, "plan-sensitivity")
    told = "; ".join(f"{s.name} {pen.t('plan.swing', worse=s.worse, better=s.better)}" for s in of.swings)
    drawn = [(s.name, *s.ends) for s in of.swings]
    picture = pictures.swings(drawn, of.until, pen.t("plan.axis"), title, told)
    yield Picture(pictures.standalone(picture), title, told)
    columns = tuple(pen.paper(f"plan.{x}") for x in ("assumption", "worse", "better"))
    rows = tuple(row(s.name, s.worse, s.better) for s in of.swings)
    yield Table(title, columns, rows, (0.56, 0.22, 0.22), frozenset({1, 2}))


def _holds(made: Plan, pen: Pen) -> Iterator[Block]:
    of, title = made.whole, pen.t("plan.holds")
    named = ((pen.t("plan.core"), of.core), (pen.t("plan.loose"), of.loose), (pen.t("plan.fringe"), of.fringe))
    groups = [(name, held) for name, held in named if held]
    if not groups:
        return
    yield Heading(2, title, "plan-holds")
    yield note(pen.t("plan.holds_key", draws=made.roadmap.draws))
    told = "; ".join(f"{x.name} {x.text}" for _, held in groups for x in held)
    drawn = pictures.bars([(name, _bars(held, name != named[2][0])) for name, held in groups], title, told)
    yield Picture(pictures.standalone(drawn), title, told)


def _bars(held: Sequence[Held], chosen: bool) -> list[pictures.Bar]:
    return [pictures.Bar(x.name, x.share, x.text, chosen and x.strong) for x in held]


def _elsewhere(of: Whole, pen: Pen) -> Iterator[Block]:
    if not of.elsewhere:
        return
    rows = [
        row(title, before, Run(f"→ {after}" if rises else after, strong=rises))
        for title, before, after, rises in of.elsewhere
    ]
    yield Heading(2, pen.t("plan.elsewhere"), "plan-elsewhere")
    head = (pen.t("frameworks.framework"), pen.paper("plan.before"), pen.paper("plan.after"))
    yield Table(pen.t("plan.elsewhere_key"), head, tuple(rows), (0.5, 0.25, 0.25))


def _behind(of: Whole, pen: Pen) -> Iterator[Block]:
    """The plant's own figures, and those that nobody gave."""
    if not of.known and not of.missing:
        return
    yield Heading(2, pen.t("plan.figures"), "plan-figures")
    if of.spent:
        title = pen.t("plan.spent")
        told = "; ".join(f"{x.name} {x.text}" for x in of.spent)
        drawn = pictures.bars([("", [pictures.Bar(x.name, x.share, x.text, True) for x in of.spent])], title, told)
        yield Picture(pictures.standalone(drawn), title, told)
    if of.unspent:
        yield note(pen.t("plan.unspent", list=listed(pen, of.unspent)))
    if of.missing:
        yield body(Run(pen.t("plan.missing") + pen.paper("colon"), strong=True))
        yield Bullets(tuple(line(x.name) for x in of.missing))
    else:
        yield note(pen.t("plan.none_missing"))
    if of.known:
        head = tuple(pen.paper(f"plan.{x}") for x in ("asked", "value", "source"))
        rows = tuple(row(x.name, x.value, x.source) for x in of.known)
        yield Table(pen.t("plan.figures"), head, rows, (0.6, 0.24, 0.16), frozenset({1}))


def _programmes(made: Plan, pen: Pen) -> Iterator[Block]:
    if not made.supports:
        return
    yield Heading(2, pen.t("plan.supports"), "plan-programmes")
    yield note(pen.t("plan.support.only_confirmed"))
    rows = []
    for s in made.supports:
        numbers = pen.t("plan.support.measures") + pen.paper("colon") + listed(pen, s.measures)
        about = pen.paper("semicolon").join(filter(None, (s.outcome, s.amount, numbers)))
        name = line(f"{s.title} ", Run(pen.paper("bracket", text=about).strip(), weak=True))
        rows.append(row(name, " ".join(s.open), " ".join(s.proofs)))
    head = (pen.t("plan.support.programme"), pen.t("plan.support.open"), pen.t("plan.support.proofs"))
    yield Table(pen.t("plan.supports"), head, tuple(rows), (0.3, 0.46, 0.24))
