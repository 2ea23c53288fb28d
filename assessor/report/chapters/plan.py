"""The plan: what to do in which phase, and of each measure the five things an owner reads first."""

from collections.abc import Iterator, Sequence

from assessor.domain import Assessment
from assessor.report import pictures
from assessor.report.chapters.plan_whole import figures, of_whole
from assessor.report.document import Block, Bullets, Heading, Line, Picture, Run, Table, group, line, row
from assessor.report.pen import Pen
from assessor.report.plan import Brings, Plan, Work, plan
from assessor.report.support import Support
from assessor.report.wording import body, lead, listed, note
from assessor.report.worth import Field

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
    yield figures(a, made, pen)
    yield note(pen.t("plan.forecast"))
    yield Heading(2, pen.t("plan.overview"), "plan-measures")
    yield _table(made, pen)
    yield note(pen.paper("plan.table_key"))
    yield Heading(2, pen.t("plan.gantt"), "plan-time")
    yield from timelines(made, pen)
    yield note(pen.paper("plan.gantt_key"))
    yield from of_whole(made, pen)
    yield Heading(2, pen.paper("plan.each"), "plan-each")
    for phase in made.phases:
        for work in phase.works:
            yield from _work(work, phase.number, pen)


def timelines(made: Plan, pen: Pen) -> Iterator[Picture]:
    """Work on a line of months: in one picture, or, where it would not fit on a page, one for each phase."""
    every = sum(len(phase.works) for phase in made.phases)
    parts = [made.phases] if every <= MOST else [[phase] for phase in made.phases if phase.works]
    ticks = [(end, pen.number(end, 0)) for end in made.ends]
    names = [pen.t("plan.phase", n=phase.number) for phase in made.phases]
    for part in parts:
        jobs = [
            pictures.Job(f"{w.number} {pen.say(w.r.title)}", phase.number, *(getattr(w.time, e) for e in ENDS))
            for phase in part
            for w in phase.works
        ]
        told = "; ".join(
            f"{j.label}: {pen.t('plan.span_text', phase=j.phase, months=pen.numbers(j.low, j.high))}" for j in jobs
        )
        title = pen.paper("plan.picture") + (
            "" if len(parts) == 1 else pen.paper("bracket", text=names[part[0].number - 1])
        )
        drawn = pictures.gantt(jobs, ticks, names, pen.t("plan.axis"), title, told)
        yield Picture(pictures.standalone(drawn), title, told)


def _table(made: Plan, pen: Pen) -> Table:
    """Of each measure the five figures, and in how many of the drawn plans it stands."""
    five = tuple(pen.t(x) for x in ("plan.cash", "plan.back", "plan.stands", "plan.days", "plan.pain"))
    drawn = (pen.t("plan.share"),) if made.roadmap.draws else ()
    head = (pen.paper("plan.number"), pen.paper("plan.measure"), *five, *drawn)
    rows: list[tuple[Line, ...]] = []
    for phase in made.phases:
        spent = pen.t("plan.phase_cost", cost=phase.cost, budget=phase.budget)
        name = f"{pen.t('plan.phase', n=phase.number)}{pen.paper('bracket', text=spent)}"
        rows.append(group(name if phase.works else f"{name} {pen.t('plan.empty')}", len(head)))
        for w in phase.works:
            cash, back, *others = w.fields
            told: list[str | Run] = [cash.figure, _back(back), *(f.figure for f in others)]
            rows.append(row(str(w.number), pen.say(w.r.title), *told, *([w.share] if drawn else [])))
    widths = (0.05, 0.29, 0.11, 0.19, 0.09, 0.1, 0.09, 0.08) if drawn else (0.05, 0.33, 0.12, 0.2, 0.1, 0.1, 0.1)
    return Table(pen.paper("plan.table"), head, tuple(rows), widths, frozenset(range(2, len(head))))


def _back(f: Field) -> Run:
    """When it pays back; where none is stated, in weak letters what it would have to bring."""
    return Run(f.aside, weak=True) if f.aside else Run(f.figure)


def _work(w: Work, phase: int, pen: Pen) -> Iterator[Block]:
    yield Heading(3, f"{w.number} {pen.say(w.r.title)}", f"measure-{w.r.id}")
    yield body(pen.say(w.r.what))
    rows = tuple(row(Run(f.name, strong=True), f.text, Run(f.basis, weak=True)) for f in w.fields)
    head = (pen.paper("five.head"), pen.paper("five.here"), pen.paper("five.basis"))
    yield Table(pen.paper("five.caption", phase=phase), head, rows, (0.18, 0.55, 0.27))
    yield body(Run(pen.t("plan.why") + pen.paper("colon"), strong=True), pen.say(w.r.why))
    yield body(Run(pen.t("plan.begin") + pen.paper("colon"), strong=True), pen.say(w.r.begin))
    if w.after:
        yield body(Run(pen.t("plan.after") + pen.paper("colon"), strong=True), listed(pen, w.after))
    yield body(Run(pen.t("plan.risks") + pen.paper("colon"), strong=True), pen.say(w.r.risks))
    if w.effects:
        told = (_effect(e, pen) for e in w.effects)
        yield body(Run(pen.t("plan.effects") + pen.paper("colon"), strong=True), pen.paper("semicolon").join(told))
    if w.lifts:
        yield body(Run(pen.t("plan.lifts") + pen.paper("colon"), strong=True))
        yield Bullets(
            tuple(
                line(f"{place} {question} ".lstrip(), Run(f"{now}\u00a0→\u00a0{then}", strong=True))
                for place, question, now, then in w.lifts
            )
        )
    if w.more_lifts:
        yield note(pen.t("plan.more_lifts", n=w.more_lifts))
    if w.supports:
        heading = Run(pen.t("plan.supports") + pen.paper("colon"), strong=True)
        yield body(heading, pen.paper("semicolon").join(_supports(w.supports, pen)))


def _effect(e: Brings, pen: Pen) -> str:
    """What its source claims, and what is counted of it here."""
    claimed = pen.paper("plan.effect", name=e.name, claimed=e.claimed) if e.source else f"{e.name} {e.claimed}"
    source = pen.paper("bracket", text=e.source) if e.source else ""
    return claimed + source + (pen.paper("comma") + e.counted if e.counted else "")


def _supports(of: Sequence[Support], pen: Pen) -> Iterator[str]:
    """By what is known of their conditions; why stands once for the whole plan."""
    for outcome in dict.fromkeys(s.outcome for s in of):
        names = [
            s.title + (pen.paper("bracket", text=s.amount) if s.amount else "") for s in of if s.outcome == outcome
        ]
        yield f"{outcome}{pen.paper('colon')}{listed(pen, names)}"
