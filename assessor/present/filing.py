"""Of a pack: its checklist item by item, what was left out, and whether its bytes are what was signed."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text as Shown

from assessor.domain import Message
from assessor.messages import Language, render
from assessor.present.tables import titled

if TYPE_CHECKING:  # a run that samples writes no workbook
    from assessor.filing import Checked

LOOKS = {"met": "green", "missing": "bold red", "by-hand": "yellow"}


def pack(found: "Checked", out: Console, language: Language) -> None:
    """The checklist as a table, and the verdict on a line."""
    title = Message(id="filing.title_check", params={"plant": found.plant, "checklist": found.checklist})
    out.print(render(title, language), style="bold", soft_wrap=True)
    table = titled(language, *(f"filing.column.{name}" for name in ("item", "outcome", "found")))
    for item in found.items:
        outcome = Shown(render(f"filing.outcome.{item.outcome}", language), style=LOOKS[item.outcome])
        marked = f" {render('filing.simulated', language)}" if item.simulated else ""
        table.add_row(render(item.text, language), outcome, render(item.why, language) + marked)
    out.print(table)
    for line in found.warnings:
        out.print(render(line, language), style="bold yellow", soft_wrap=True)
    for line in (*found.faults, *found.held_back, found.key):
        out.print(render(line, language), soft_wrap=True)
    if by_hand := sum(item.outcome == "by-hand" for item in found.items):
        out.print(render("filing.by_hand_left", language, n=by_hand), soft_wrap=True)
    verdict = "filing.holds" if found.holds else "filing.holds_not"
    out.print(render(verdict, language), style="bold" if found.holds else "bold red", soft_wrap=True)
