"""Of an assessment: its result on one screen, and whether it can be worked out again."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from rich.console import Console
from rich.text import Text as Shown

from assessor.audit import Verification
from assessor.domain import Assessment, Flag, Message, Outcome, State, Verdict, plain
from assessor.logbook import Followed
from assessor.messages import Language, number, percent, render, text_id
from assessor.present.tables import titled
from assessor.report.leads import todo
from assessor.report.pen import Pen


def assessment(done: Assessment, out: Console, language: Language) -> None:
    """The result on one screen: levels, verdicts, what was seen of the machines, the plan."""
    title = "cli.pre_assessment" if done.pre_assessment else "cli.assessment"
    heads = ("cli.weights", "cli.declared", *(("cli.verified",) if done.heard else ()), "cli.coverage")
    table = titled(language, *heads, title=title)
    for weights in done.framework.weight_sets:
        declared, verified = (done.rating(column, weights.id) for column in ("declared", "verified"))
        table.add_row(
            f"{render(weights.name, language)} ({render(f'report.status.{weights.status}', language)})",
            f"{declared.level}  ({number(declared.score)})",
            *(
                [Shown.assemble((str(verified.level), "bold"), f"  ({number(verified.score)})")]
                if done.heard
                else []
            ),
            percent(verified.coverage),
        )
    out.print(table)
    _headline(done, out, language)
    if done.heard:
        _machines(done, out, language)
        _differences(done, out, language)
    _leads(done, out, language)
    if done.roadmap:
        params = {
            "n": str(len(done.roadmap.choices)),
            "cost": plain(sum((c.cost for c in done.roadmap.choices), start=0 * done.roadmap.objective)),
            "budget": str(done.roadmap.budget),
            "level": str(done.roadmap.level_after),
            "score": number(done.roadmap.score_after),
        }
        out.print(render("cli.plan", language, **params), soft_wrap=True)
    out.print(render("report.disclaimer", language), style="italic")


def _headline(done: Assessment, out: Console, language: Language) -> None:
    low, high = done.level_spread
    if not done.heard:
        out.print(render("report.alone.text", language), style="bold", soft_wrap=True)
    line = "holds_under_all" if low == high else "depends_on_weights"
    out.print(render(text_id("cli", line, done.heard), language, low=str(low), high=str(high)), soft_wrap=True)
    params = {"testable": done.testable, "of": len(done.framework.dimensions), "tested": done.tested}
    out.print(render(Message(id="cli.testable", params=dict(params)), language), soft_wrap=True)
    if (e := done.estimate) is not None and done.heard:
        told = {"score": e.score, "lean": e.lean, "level": e.level, "low": e.level_low, "high": e.level_high}
        out.print(render("cli.estimate", language, **told), soft_wrap=True)


def _leads(done: Assessment, out: Console, language: Language) -> None:
    """What to do while still on site, in the words of the report."""
    found = todo(done, Pen.of(done, language))
    if found:
        out.print(render("report.leads.title", language), style="bold")
    for one in found:
        out.print(f"- {one.kind}: {one.name} ({one.moves}). {one.why}", soft_wrap=True)


def _figure(unit: str, language: Language, value: Fraction) -> str:
    return render(f"unit.{unit}", language, x=value)


def _machines(done: Assessment, out: Console, language: Language) -> None:
    heads = ("cli.indicator", "cli.value", "cli.interval", "cli.n", "export.rests_on")
    table = titled(language, *heads, title="cli.measured")
    for m in done.measurements:
        write = partial(_figure, m.unit, language)
        if m.state is State.MEASURED:
            value = "-" if m.value is None else write(m.value)
        else:
            value = render(f"report.state.{m.state}", language)
        bounds = f"{write(m.low)} … {write(m.high)}" if m.low is not None and m.high is not None else "-"
        title, counted = render(f"indicator.{m.indicator}.title", language), f"{m.count}/{m.total}"
        classes = " + ".join(render(f"report.evidence.{kind}", language) for kind in m.rests_on)
        table.add_row(title, value, bounds, counted, classes or "-")
    out.print(table)
    seen = sum(s.readable is Outcome.MET for s in done.sights)
    out.print(render("cli.sights", language, n=seen, total=len(done.sights)), soft_wrap=True)


def _differences(done: Assessment, out: Console, language: Language) -> None:
    heads = ("cli.question", "cli.claim", "cli.seen", "cli.ask")
    table = titled(language, *heads, title="cli.differences")
    claims = {e.question: e for e in done.evidence}
    for finding in done.findings:
        claim = claims[finding.question].claim
        table.add_row(
            finding.question,
            "-" if claim is None else number(claim),
            render(finding.seen, language),
            render(finding.ask, language),
        )
    out.print(table)
    counts = {v: sum(e.verdict is v for e in done.evidence) for v in Verdict}
    verdicts = [f"{render(f'report.verdict.{v}', language)} {n}" for v, n in counts.items()]
    out.print(" · ".join(verdicts), soft_wrap=True)


def followed(found: Followed, out: Console, language: Language) -> None:
    """How far a log holds, line by line."""
    for line in found.lines:
        out.print(render(line, language), soft_wrap=True)
    verdict = "logbook.holds" if found.holds else "logbook.does_not_hold"
    out.print(render(verdict, language), style="bold" if found.holds else "bold red", soft_wrap=True)


def verification(result: Verification, out: Console, language: Language) -> None:
    """What was checked, and what differs."""
    for line in result.lines:
        out.print(render(line, language), soft_wrap=True)
    style = "bold green" if result.holds else "bold red"
    out.print(render("cli.verify_holds" if result.holds else "cli.verify_differs", language), style=style)


def flags(found: Sequence[Flag], out: Console, language: Language) -> None:
    """What to ask about once more; nothing where there is nothing."""
    if not found:
        return
    out.print(render("report.open.flags", language), style="bold")
    out.print(render("report.open.flags_note", language), soft_wrap=True)
    for flag in found:
        named = f" ({', '.join(flag.questions)})" if flag.questions else ""
        out.print(f"· {render(flag.ask, language)}{named}", soft_wrap=True)
