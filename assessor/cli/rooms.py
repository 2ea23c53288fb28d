"""What the command line can do, by name; a room is opened when one of its commands is called for.

Help lists commands by this table alone: nobody waits for OPC UA to be told that there is a command for a ledger.
"""

from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

ROOMS: dict[str, tuple[str, str]] = {
    "precheck": (
        "precheck",
        "Try the addresses of a scope and nothing else: do they answer, what do they offer, what must be opened?",
    ),
    "prepare": (
        "preparing",
        "Prepare a visit in one zip: a sheet for the plant's IT, a scope, a letter to sign, a plan of interviews.",
    ),
    "preview": ("sampling", "State the load of a run and what it can test."),
    "sample": ("sampling", "Sample the endpoints of a scope, read-only, and seal what was seen."),
    "simulate": (
        "sampling",
        "Serve a simulated plant on this machine until Ctrl-C; writes the scope file to sample it with.",
    ),
    "serve": ("serving", "Serve the web: SQLite in this installation's folder, or what DATABASE_URL names."),
    "invite": (
        "serving",
        "Make an organisation and a code by which its first person comes in: a voucher, an office, yourself.",
    ),
    "demo": ("sampling", "The whole way: start a simulated plant, sample it, rate it, plan, report."),
    "branches": ("branches", "Walk an aggregating server, read-only, and propose its branches as assets."),
    "assess": (
        "judging",
        "Measure, compare with the answers, rate, plan; write assessment.json, report.html, filing.zip.",
    ),
    "verify": ("judging", "Name any changed byte, judge again from what is inside, and compare."),
    "verify-log": (
        "judging",
        "Follow the log of a programme office from its first entry to its seal, and name where it breaks.",
    ),
    "report": ("judging", "Render an Assessment again, years later, in either language."),
    "rate": ("rating", "Rate one set of answers by every framework."),
    "workbook": (
        "rating",
        "Write every sum of an Assessment as live formulas: change an answer, and see what follows.",
    ),
    "short": (
        "short",
        "A pre-check: at most 35 questions, each chosen by the answers so far; P(level) at the end, "
        "and no rating.",
    ),
    "tags": (
        "tags",
        "At most 30 templates of data points to confirm, with proposals; and the lines for the answer file.",
    ),
    "register": (
        "ledger",
        "Read the plant's own ledger: assets for a scope, what to ask, and how a second ledger differs.",
    ),
    "rerate": (
        "portfolio",
        "Judge stored answers and measurements again: who moved, by how much, and whether data or rule "
        "moved them.",
    ),
    "pack": (
        "portfolio",
        "Put what judging again needs of many assessments into one file, without names of people.",
    ),
    "frameworks": ("frameworks", "Maturity models that answers can be rated on."),
    "profiles": (
        "profiles",
        "Register maps: list, show, check, import from a plant's own sheet, try on one unit.",
    ),
    "trust": (
        "trust",
        "Whom we trust, and who trusts us: server certificates accepted for one plant, and our own certificate.",
    ),
    "form": (
        "form",
        "Forms that people fill in: the bank as Excel or on a phone, and back, first as a list of differences.",
    ),
    "peers": (
        "peers",
        "Real plants beside one another: give out a set of peers without names, and compare a plant "
        "with such sets.",
    ),
    "plan": (
        "planning",
        "Plan again for an assessed plant: other budget, people, aim, items on and off.",
    ),
    "compare": (
        "papers",
        "Two assessments of one plant: what moved, and whether data or rule moved it.",
    ),
    "check-report": (
        "papers",
        "Read every number of an edited paper and compare it with the assessment; exit 1 where one was edited.",
    ),
    "programmes": (
        "paying",
        "Hold every programme that is known against a plant: what might apply, why not, which proof is missing.",
    ),
    "match": (
        "paying",
        "Who could carry out each thing of the plan, with the reason for each rank.",
    ),
    "demand": (
        "paying",
        "Write what the plan looks for without the factory's name, code or address, to hand round.",
    ),
    "file": (
        "filing",
        "Make the pack that a city asks for, with what is open in an annex beside it; or check one.",
    ),
    "providers": ("providers", "Providers: a workbook to enter them in, and the file that becomes of it."),
    "exports": ("exports", "Exports of plant systems: look at a file before it stands in a scope."),
}
"""Command → its module in `assessor.cli`, and its line in the list of commands: the first sentence of its help."""


class Rooms(TyperGroup):
    """A group of commands that lists and completes them by the table, and loads the one that is called for."""

    def __init__(self, **options: Any) -> None:
        named: dict[str, Any] = {name: TyperCommand(name, help=line) for name, (_, line) in ROOMS.items()}
        super().__init__(**options | {"commands": named})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """What the arguments call for: its name, the command itself, and the arguments left to it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else opened(name), rest


def opened(name: str) -> TyperCommand | TyperGroup:
    """The command that the table has under a name, or the group where its room gave its app that name."""
    whole = typer.Typer(rich_markup_mode=None)
    whole.add_typer(import_module(f"assessor.cli.{ROOMS[name][0]}").app)
    command: Any = typer.main.get_group(whole).commands[name]
    return cast(TyperCommand | TyperGroup, command)
