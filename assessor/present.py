"""Results as tables of a terminal. Words come by id; nothing is decided here."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from assessor.audit import Verification
from assessor.bundle import Sealed
from assessor.domain import (
    Assessment,
    Criteria,
    Formulas,
    Framework,
    Ladder,
    Message,
    Outcome,
    Question,
    Rated,
    State,
    WeightSet,
    plain,
)
from assessor.messages import Language, number, percent, render
from assessor.pipeline import counts
from assessor.portfolio.rerate import Move, Standing
from assessor.portfolio.rerate import change as moved
from connectors.preview import Preview


def _table(language: Language, *heads: str, title: str | None = None) -> Table:
    table = Table(title=render(title, language) if title else None, title_justify="left", title_style="bold")
    for head in heads:
        table.add_column(render(head, language))
    return table


def preview(stated: Preview, out: Console, language: Language) -> None:
    """The load of a run and what it can test, before anything is sent."""
    out.print(_loads(stated, language))
    _reach(stated, out, language)
    _care(stated, out, language)
    _maps(stated, out, language)
    for change in stated.changes:
        out.print(render("cli.changed_limit", language, **change.model_dump()), soft_wrap=True)
    for load in stated.loads:
        for warning in load.warnings:
            params = {"endpoint": load.endpoint, "problem": render(warning, language)}
            out.print(render("cli.endpoint_problem", language, **params), style="bold yellow", soft_wrap=True)
    out.print(render("preview.how_to_stop", language), soft_wrap=True)
    out.print(render("cli.nothing_sent", language), style="bold")


def _loads(stated: Preview, language: Language) -> Table:
    heads = (
        "cli.endpoint",
        "cli.requests_per_second",
        "cli.bytes_per_second",
        "cli.requests",
        "cli.connections",
    )
    table = _table(language, *heads, "cli.share_of_limit", title="cli.load")
    for load in stated.loads:
        limit = "-" if load.share_of_server_limit is None else percent(f"{load.share_of_server_limit:.4f}")
        table.add_row(
            load.endpoint,
            number(f"{load.requests_per_second:.2f}"),
            number(f"{load.bytes_per_second:.0f}"),
            number(load.requests, 0),
            str(load.connections),
            limit,
        )
    return table


def _reach(stated: Preview, out: Console, language: Language) -> None:
    """Machines that can be tested, that are known from a record only, and that cannot be asked."""
    reach = stated.reach
    params = {"n": len(reach.testable), "of": reach.machines, "seconds": f"{stated.seconds:g}"}
    out.print(render("cli.reach", language, **params), soft_wrap=True)
    if reach.recorded:
        out.print(render("export.reach", language, n=len(reach.recorded)), soft_wrap=True)
    for machine in reach.untestable:
        why = render(machine.why, language)
        out.print("  " + render("cli.untestable", language, asset=machine.asset, why=why), soft_wrap=True)


def _maps(stated: Preview, out: Console, language: Language) -> None:
    """Register maps that are to be checked on site, or that have something peculiar to know."""
    for used in stated.maps:
        if used.confidence == "check-on-site" or used.note:
            word = render(f"profiles.word.{used.confidence}", language)
            note = render(used.note, language) if used.note else ""
            params = {"endpoint": used.endpoint, "unit": used.unit, "profile": used.profile, "standing": word}
            out.print(render("profiles.map_used", language, note=note, **params).rstrip(), soft_wrap=True)


def _care(stated: Preview, out: Console, language: Language) -> None:
    """What may be sent, how many are worked at together, and what each device is spared."""
    for one in stated.allowed:
        if one.services:
            params = {"protocol": one.protocol, "services": ", ".join(one.services)}
            out.print(render("preview.allowed", language, **params), soft_wrap=True)
    limits = stated.limits
    at_once = min(len(stated.loads), limits.hosts_at_a_time)
    rule = {"all": len(stated.loads), "most": at_once, "hosts": limits.hosts_at_a_time}
    out.print(render("preview.hosts", language, connections=stated.connections, **rule), soft_wrap=True)
    fastest = max((load.requests_per_second for load in stated.loads), default=0.0)
    pace = {
        "gap": f"{limits.request_gap:g}",
        "rate": f"{fastest:.2f}",
        "failures": limits.breaker_failures,
        "cooldown": f"{limits.breaker_cooldown:g}",
        "factor": f"{limits.slowdown_factor:g}",
        "refusals": limits.refusals,
    }
    out.print(render("preview.pace", language, **pace), soft_wrap=True)
    if limits.most_registers > limits.max_registers and any("fc3" in one.services for one in stated.allowed):
        sizes = {"few": limits.max_registers, "most": limits.most_registers}
        out.print(render("preview.registers", language, **sizes), soft_wrap=True)


def sealed_facts(bundle: Path, sealed: Sealed) -> dict[str, Any]:
    """What `sample --json` prints."""
    return {
        "bundle": str(bundle),
        "digest": sealed.digest,
        "fingerprint": sealed.manifest.fingerprint,
        "truncated": sealed.manifest.truncated,
        "members": [m.model_dump(mode="json") for m in sealed.manifest.members],
    }


def sealed(bundle: Path, result: Sealed, out: Console, language: Language) -> None:
    """Where the bundle is and what is in it."""
    table = _table(language, "cli.member", "cli.bytes", "cli.digest", title="cli.sealed")
    for member in result.manifest.members:
        table.add_row(member.name, number(member.bytes, 0), member.sha256[:16] + "…")
    out.print(table)
    key = "cli.sealed_truncated" if result.manifest.truncated else "cli.sealed_whole"
    out.print(
        render(key, language, file=str(bundle), key=result.manifest.fingerprint, digest=result.digest),
        soft_wrap=True,
    )


def assessment(done: Assessment, out: Console, language: Language) -> None:
    """The result on one screen: levels, verdicts, what was seen of the machines, the plan."""
    title = "cli.pre_assessment" if done.pre_assessment else "cli.assessment"
    table = _table(language, "cli.weights", "cli.declared", "cli.verified", "cli.coverage", title=title)
    for weights in done.framework.weight_sets:
        declared, verified = (done.rating(column, weights.id) for column in ("declared", "verified"))
        table.add_row(
            f"{render(weights.name, language)} ({render(f'report.status.{weights.status}', language)})",
            f"{declared.level}  ({number(declared.score)})",
            Shown.assemble((str(verified.level), "bold"), f"  ({number(verified.score)})"),
            percent(verified.coverage),
        )
    out.print(table)
    _headline(done, out, language)
    _machines(done, out, language)
    _differences(done, out, language)
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
    line = "cli.holds_under_all" if low == high else "cli.depends_on_weights"
    out.print(render(line, language, low=str(low), high=str(high)), soft_wrap=True)
    params = {"testable": done.testable, "of": len(done.framework.dimensions), "tested": done.tested}
    out.print(render(Message(id="cli.testable", params=dict(params)), language), soft_wrap=True)


def _machines(done: Assessment, out: Console, language: Language) -> None:
    heads = ("cli.indicator", "cli.value", "cli.interval", "cli.n", "export.rests_on")
    table = _table(language, *heads, title="cli.measured")
    for m in done.measurements:
        write = percent if m.unit == "share" else (lambda v: f"{number(v)} s")
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
    table = _table(language, *heads, title="cli.differences")
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
    verdicts = [f"{render(f'report.verdict.{v}', language)} {n}" for v, n in counts(done.evidence).items()]
    out.print(" · ".join(verdicts), soft_wrap=True)


def verification(result: Verification, out: Console, language: Language) -> None:
    """What was checked, and what differs."""
    for line in result.lines:
        out.print(render(line, language), soft_wrap=True)
    style = "bold green" if result.holds else "bold red"
    out.print(render("cli.verify_holds" if result.holds else "cli.verify_differs", language), style=style)


def rated(found: Iterable[Rated], out: Console, language: Language, column: str) -> None:
    """Every framework in one column under its default variant: level, score, coverage, standing."""
    table = _table(language, "cli.title", "cli.level", "cli.score", "cli.coverage", "cli.status")
    for one in found:
        result = next(r for r in one.results if r.column == column)
        table.add_row(
            render(one.head.title, language),
            _span(result.level, result.level_high, partial(_grade, one, language)),
            _span(result.score, result.score_high, number),
            percent(result.coverage),
            one.head.status.value,
        )
    out.print(table)
    out.print(render("report.disclaimer", language), soft_wrap=True)


def _grade(one: Rated, language: Language, level: int) -> str:
    return next((render(g.name, language) for g in one.grades if g.number == level), str(level))


def _span(low: Fraction | int | None, high: Fraction | int | None, write: Callable[..., str]) -> str:
    """One value, or from … to where the unknown leaves it open; a dash where there is none."""
    if low is None or high is None:
        return "–"
    return write(low) if low == high else f"{write(low)} … {write(high)}"


def moves(found: Sequence[Move], out: Console, language: Language) -> None:
    """Who moved, by how much, and why."""
    table = _table(
        language, "rerate.plant", "cli.title", "rerate.filed", "rerate.now", "rerate.change", "rerate.why"
    )
    for move in found:
        change = moved(move)
        table.add_row(
            move.plant,
            move.framework,
            _stood(move.before),
            _stood(move.after),
            "–" if change is None else f"{'+' if change > 0 else ''}{number(change, 3)}",
            render(f"rerate.{move.moved_by}", language),
        )
    out.print(table)
    steps = [(m.before.level, m.after.level) for m in found if m.before]
    up = sum(a is not None and b is not None and b > a for a, b in steps)
    down = sum(a is not None and b is not None and b < a for a, b in steps)
    n = sum(m.moved_by != "nothing" for m in found)
    out.print(render("rerate.summary", language, n=len(found), moved=n, up=up, down=down), soft_wrap=True)
    for plant, names in {m.plant: m.dropped for m in found if m.dropped}.items():
        out.print(render("rerate.dropped", language, plant=plant, names=", ".join(names)), soft_wrap=True)


def _stood(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    level = "–" if standing.level is None else str(standing.level)
    return f"{level} ({number(standing.score, 3)}) v{standing.version}" if standing.score is not None else level


def framework(held: Framework, questions: dict[str, Question], out: Console, language: Language) -> None:
    """A framework, its standing and its levels; of a ladder its tree and weights too."""
    out.print(render(held.title, language), style="bold")
    for said in (held.source, held.loses, held.disclaimer):
        out.print(render(said, language), soft_wrap=True)
    if isinstance(held, Ladder):
        _ladder(held, questions, out, language)
    elif isinstance(held, Formulas):
        table = _table(language, "cli.figure", "cli.title", "cli.status")
        for figure in held.figures:
            unit = f" ({render(figure.unit, language)})" if figure.unit else ""
            table.add_row(figure.id, render(figure.name, language) + unit, figure.status)
        out.print(table)
    elif isinstance(held, Criteria):
        table = _table(language, "cli.dimension", "cli.criteria", "cli.status")
        for aspect in held.dimensions:
            criteria = ", ".join(render(criterion.name, language) for criterion in aspect.criteria)
            table.add_row(render(aspect.name, language), criteria, aspect.status)
        out.print(table)
    else:
        table = _table(language, "cli.grade", "cli.title")
        for grade in held.grades:
            table.add_row(str(grade.number), render(grade.name, language))
        out.print(table)
        out.print(render("cli.asks", language, n=len(held.asks), bank=len(questions)), soft_wrap=True)


def _ladder(held: Ladder, questions: dict[str, Question], out: Console, language: Language) -> None:
    """The tree with the number of requirements a cell, its weights and their standing."""
    table = _table(language, "cli.dimension", "cli.element")
    for level in held.levels[1:]:
        table.add_column(str(level.number), justify="right")
    for weights in held.weight_sets:
        table.add_column(weights.id, justify="right")
    names = {g.id: g.name for g in held.elements}
    for d in held.dimensions:
        cells = {c.level: str(len(c.requirements) or "-") for c in d.cells}
        shares = [_weight(w, d.id) for w in held.weight_sets]
        row = [cells.get(level.number, "-") for level in held.levels[1:]]
        table.add_row(render(d.name, language), render(names[d.element], language), *row, *shares)
    out.print(table)
    out.print(render("cli.asked", language, n=len(held.asks), bank=len(questions)), soft_wrap=True)
    out.print(render(held.stop_rule.why, language), soft_wrap=True)


def _weight(held: WeightSet, dimension: str) -> str:
    given = held.weights.get(dimension)
    return "-" if given is None else percent(given / sum(held.weights.values()))
