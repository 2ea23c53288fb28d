"""The plan: what to do in which phase, and of each measure the five things an owner reads first."""

from collections.abc import Iterator
from fractions import Fraction

from assessor.domain import Assessment, Message, Roadmap
from assessor.report import pictures
from assessor.report.document import Block, Bullets, Heading, Line, Picture, Run, Table, group, line, row
from assessor.report.pen import Pen
from assessor.report.plan import Plan, Work, plan
from assessor.report.wording import body, lead, listed, note
from assessor.report.worth import five, months, payback, worth_of

MOST = 34
"""Lines of a picture that stay legible on one page."""
ENDS = ("low", "mid", "high")


def measures_of_plan(a: Assessment, pen: Pen) -> Iterator[Block]:
    """The choice, its time, what it would do; then each recommendation."""
    yield Heading(1, pen.t("section.plan"), "plan")
    yield lead(pen.t("lead.plan"))
    made = plan(a, pen)
    if made is None or not made.roadmap.choices:
        yield body(pen.t("plan.none" if made is None else "plan.nothing"))
        return
    yield _figures(a, made, pen)
    yield note(pen.t("plan.forecast"))
    yield Heading(2, pen.t("plan.gantt"), "plan-time")
    yield from timelines(made, pen)
    yield note(pen.paper("plan.gantt_key"))
    yield _table(a, made, pen)
    yield from _sure(a, made.roadmap, pen)
    yield from _elsewhere(a, made.roadmap, pen)
    yield Heading(2, pen.paper("plan.each"), "plan-each")
    for phase in made.phases:
        for work in phase.works:
            yield from _work(a, work, phase.number, pen)


def timelines(made: Plan, pen: Pen) -> Iterator[Picture]:
    """Work on a line of months: in one picture, or, where it would not fit on a page, one for each phase."""
    every = sum(len(phase.works) for phase in made.phases)
    parts = [made.phases] if every <= MOST else [[phase] for phase in made.phases if phase.works]
    ticks = [(end, pen.number(end, 0)) for end in made.ends]
    names = [pen.t("plan.phase", n=phase.number) for phase in made.phases]
    for part in parts:
        jobs = [
            pictures.Job(f"{w.number} {pen.say(w.r.title)}", phase.number, *(getattr(w.r.months, e) for e in ENDS))
            for phase in part
            for w in phase.works
        ]
        told = "; ".join(
            f"{j.label}: {pen.t('plan.span_text', phase=j.phase, months=months_of(j, pen))}" for j in jobs
        )
        title = pen.paper("plan.picture") + (
            "" if len(parts) == 1 else pen.paper("bracket", text=names[part[0].number - 1])
        )
        drawn = pictures.gantt(jobs, ticks, names, pen.t("plan.axis"), title, told)
        yield Picture(pictures.standalone(drawn), title, told)


def months_of(job: pictures.Job, pen: Pen) -> str:
    low, high = pen.number(job.low, 1), pen.number(job.high, 1)
    return low if low == high else f"{low}–{high}"


def _figures(a: Assessment, made: Plan, pen: Pen) -> Table:
    r, formal = made.roadmap, a.rating("verified").level
    reached = pen.t("level.score", score=pen.score(r.score_after))
    after = f"{formal} → {r.level_after}{pen.paper('bracket', text=reached)}"
    spread = pen.paper("five.cash_range", low=made.cost_low, high=made.cost_high, mid=made.cost_mid)
    rows = [
        row(pen.t("plan.budget"), pen.money(r.budget)),
        row(pen.paper("plan.cost"), spread),
        row(pen.t("plan.level_after"), after),
        row(pen.paper("plan.payback"), _whole(r, pen)),
        row(
            pen.t("plan.how_good"),
            pen.paper("plan.found", status=pen.known("plan.status", r.status), gap=made.gap),
        ),
    ]
    if r.uncounted:
        named = Message(id="plan.one_each", params={"ids": ", ".join(r.uncounted)})
        rows.append(row(pen.paper("plan.uncounted"), pen.say(named)))
    if r.over_budget:
        over = Message(id="plan.over_budget", params={"over": str(r.over_budget)})
        rows.append(row(pen.paper("plan.above"), pen.say(over)))
    if r.saving is not None:
        ends = {k: pen.number(getattr(r.saving, k), 1) for k in ("tce_low", "tce_high", "tco2_low", "tco2_high")}
        rows.append(row(pen.paper("plan.saving"), pen.paper("plan.saving_text", factors=r.saving.factors, **ends)))
    return Table(pen.paper("plan.figures"), (pen.paper("item"), pen.paper("told")), tuple(rows), (0.26, 0.74))


def _whole(r: Roadmap, pen: Pen) -> str:
    if r.payback_low is not None and r.payback_high is not None:
        low, high = pen.number(r.payback_low, 0), pen.number(r.payback_high, 0)
        return pen.paper("five.months", n=low if low == high else f"{low}–{high}")
    return pen.say(r.why) if r.why else pen.paper("five.not_reckoned")


def _table(a: Assessment, made: Plan, pen: Pen) -> Table:
    head = tuple(pen.paper(f"plan.{x}") for x in ("number", "measure", "cost", "days", "months", "back"))
    drawn = made.roadmap.draws > 0
    held = {c.recommendation: c.in_draws for c in made.roadmap.choices}
    head += (pen.paper("plan.in_draws", n=made.roadmap.draws),) if drawn else ()
    rows: list[tuple[Line, ...]] = []
    for phase in made.phases:
        spent = pen.t("plan.phase_cost", cost=phase.cost, budget=phase.budget)
        name = f"{pen.t('plan.phase', n=phase.number)}{pen.paper('bracket', text=spent)}"
        rows.append(group(name if phase.works else f"{name} {pen.t('plan.empty')}", len(head)))
        for w in phase.works:
            found = worth_of(a, w.r.id)
            time = months(found.months if found else w.r.months, pen)
            cells = [str(w.number), pen.say(w.r.title), w.mid, w.days, time, payback(found, pen)]
            rows.append(row(*cells, *([str(held[w.r.id] or 0)] if drawn else [])))
    widths = (0.06, 0.3, 0.13, 0.12, 0.15, 0.13, 0.11) if drawn else (0.06, 0.36, 0.15, 0.13, 0.16, 0.14)
    return Table(pen.paper("plan.table"), head, tuple(rows), widths, frozenset(range(2, len(head))))


def _sure(a: Assessment, r: Roadmap, pen: Pen) -> Iterator[Block]:
    """How far the choice hangs on what is assumed."""
    known = {x.id: pen.say(x.title) for x in a.recommendations}
    if r.fringe:
        yield Heading(2, pen.paper("plan.fringe"), "plan-fringe")
        yield body(pen.paper("plan.fringe_text", draws=r.draws))
        ordered = sorted(r.fringe.items(), key=lambda pair: (-pair[1], pair[0]))
        chosen = tuple(row(known.get(id_, id_), str(n)) for id_, n in ordered)
        head = (pen.paper("plan.measure"), pen.paper("plan.in_draws", n=r.draws))
        yield Table(pen.paper("plan.fringe"), head, chosen, (0.75, 0.25), frozenset({1}))
    if r.sensitivity:
        yield Heading(2, pen.paper("plan.sensitivity"), "plan-sensitivity")
        columns = tuple(pen.paper(f"plan.{x}") for x in ("assumption", "worse", "better"))
        rows = tuple(
            row(pen.say(s.assumption), _month(s.worse, pen), _month(s.better, pen)) for s in r.sensitivity
        )
        yield Table(pen.paper("plan.sensitivity"), columns, rows, (0.5, 0.25, 0.25), frozenset({1, 2}))


def _month(value: Fraction | None, pen: Pen) -> str:
    return pen.paper("five.none") if value is None else pen.paper("five.months", n=pen.number(value, 0))


def _elsewhere(a: Assessment, r: Roadmap, pen: Pen) -> Iterator[Block]:
    if not r.elsewhere:
        return
    rated = {one.head.id: one for one in a.rated}
    rows = []
    for e in r.elsewhere:
        names = {g.number: pen.say(g.name) for g in rated[e.framework].grades} if e.framework in rated else {}
        title = pen.say(rated[e.framework].head.title) if e.framework in rated else e.framework
        ends = [pen.paper("five.none") if n is None else names.get(n, str(n)) for n in (e.before, e.after)]
        rows.append(row(title, *ends))
    yield Heading(2, pen.paper("plan.elsewhere"), "plan-elsewhere")
    head = (pen.t("frameworks.framework"), pen.paper("plan.before"), pen.paper("plan.after"))
    yield Table(pen.paper("plan.elsewhere"), head, tuple(rows), (0.5, 0.25, 0.25))


def _work(a: Assessment, w: Work, phase: int, pen: Pen) -> Iterator[Block]:
    yield Heading(3, f"{w.number} {pen.say(w.r.title)}", f"measure-{w.r.id}")
    yield body(pen.say(w.r.what))
    rows = tuple(row(Run(f.name, strong=True), f.text, Run(f.basis, weak=True)) for f in five(a, w.r, pen))
    head = (pen.paper("five.head"), pen.paper("five.here"), pen.paper("five.basis"))
    yield Table(pen.paper("five.caption", phase=phase), head, rows, (0.18, 0.57, 0.25))
    yield body(Run(pen.t("plan.why") + pen.paper("colon"), strong=True), pen.say(w.r.why))
    yield body(Run(pen.t("plan.begin") + pen.paper("colon"), strong=True), pen.say(w.r.begin))
    if w.after:
        yield body(Run(pen.t("plan.after") + pen.paper("colon"), strong=True), listed(pen, w.after))
    yield body(Run(pen.t("plan.risks") + pen.paper("colon"), strong=True), pen.say(w.r.risks))
    if w.effects:
        told = [
            f"{name} {change}{pen.paper('bracket', text=source) if source else ''}"
            for name, change, source in w.effects
        ]
        yield body(Run(pen.t("plan.effects") + pen.paper("colon"), strong=True), pen.paper("semicolon").join(told))
    if w.lifts:
        yield body(Run(pen.t("plan.lifts") + pen.paper("colon"), strong=True))
        yield Bullets(
            tuple(
                line(f"{place} {question} ", Run(f"{now}\u00a0→\u00a0{then}", strong=True))
                for place, question, now, then in w.lifts
            )
        )
