"""Of a paper that was read back: the figures that are not as they were written."""

from rich.console import Console

from assessor.messages import Language, render
from assessor.present.tables import titled
from assessor.report.checking import Checked

MOST = 60


def checked(result: Checked, out: Console, language: Language) -> None:
    """What fails first, then what was removed or added; the verdict last."""
    heads = ("edited.what", "edited.where", "edited.before", "edited.after")
    if result.edits:
        table = titled(language, *heads, title="edited.title")
        ordered = sorted(result.edits, key=lambda edit: not edit.fails)
        for edit in ordered[:MOST]:
            table.add_row(render(f"edited.kind.{edit.kind}", language), edit.place, edit.before, edit.after)
        out.print(table)
        if len(ordered) > MOST:
            out.print(render("edited.more", language, n=len(ordered) - MOST))
    failing = sum(edit.fails for edit in result.edits)
    verdict = "edited.holds" if result.holds else "edited.differs"
    style = "bold green" if result.holds else "bold red"
    out.print(render(verdict, language, n=result.figures, edited=failing), style=style)
