"""Who pays and who could do it, as tables of a terminal."""

from collections.abc import Iterable, Mapping

from rich.console import Console

from assessor.domain import Demand, Eligibility, Match, Programme
from assessor.messages import Language, money, render
from assessor.present.tables import titled


def programmes(
    found: Iterable[Eligibility], held: Mapping[str, Programme], out: Console, language: Language
) -> None:
    """Every programme held against a plant: what came out, and why."""
    table = titled(
        language, "programme.title", "programme.outcome", "cli.status", "programme.why", title="programme.heading"
    )
    for one in found:
        programme = held[one.programme]
        why = [render(check.why, language) for check in one.checks if check.outcome != "met"]
        why += [render(message, language) for message in one.missing]
        outcome = render(f"programme.outcome_{one.outcome.value}", language)
        table.add_row(render(programme.title, language), outcome, programme.status.value, "\n".join(why))
    out.print(table)
    out.print(render("programme.only_confirmed", language), soft_wrap=True)


def matches(found: Iterable[Match], out: Console, language: Language) -> None:
    """For each recommendation of a plan, who could carry it out, best first, and why."""
    for one in found:
        out.print(render("match.phase", language, title=one.title, phase=one.phase), style="bold")
        if not one.providers:
            out.print("  " + render("match.nobody", language), soft_wrap=True)
            continue
        table = titled(language, "match.rank", "match.provider", "match.reasons", "match.remark")
        for ranked in one.providers:
            reasons = "\n".join(render(reason, language) for reason in ranked.reasons)
            mark = render(ranked.affiliation, language) if ranked.affiliation else ""
            table.add_row(str(ranked.rank), ranked.name, reasons, mark)
        out.print(table)
    out.print(render("match.order", language), soft_wrap=True)


def demand(held: Demand, out: Console, language: Language) -> None:
    """What is looked for, line by line."""
    table = titled(language, "demand.wanted", "demand.phase", "demand.budget", title="demand.title")
    for wanted in held.wanted:
        ends = [money(end, language) for end in (wanted.budget_from, wanted.budget_to) if end is not None]
        table.add_row(render(wanted.title, language), str(wanted.phase), " … ".join(ends))
    out.print(table)
