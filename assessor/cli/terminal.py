"""The screen, its language, and the options that commands share."""

import os
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text as Shown

from assessor.domain import Message, Noun, Text, canonical
from assessor.errors import AssessorError, InputError
from assessor.messages import LANGUAGES, Language, render

if TYPE_CHECKING:
    from assessor.forms.changes import Problem


class Screen(Console):
    """A terminal that shows what files and machines say, and obeys none of it."""

    def render_str(self, text: str, **options: Any) -> Shown:
        seen = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)
        return super().render_str(seen, **options)


out = Screen(highlight=False, markup=False, emoji=False)
err = Screen(highlight=False, markup=False, emoji=False, stderr=True)

ScopeFile = Annotated[Path, typer.Argument(help="What the factory agreed to: a scope file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Seconds = Annotated[float, typer.Option(min=1, max=604_800, help="How long to sample.")]


def language() -> Language:
    """ASSESSOR_LANGUAGE, else the locale: Chinese where it says so, English otherwise."""
    wanted = os.environ.get("ASSESSOR_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return next((known for known in LANGUAGES if wanted.lower().startswith(known)), "en")


def say(message: Message | Text | str, **params: Any) -> None:
    """A line of progress."""
    err.print(render(message, language(), **params))


def emit(value: Noun | dict[str, Any] | list[Any]) -> None:
    """A result as JSON, in UTF-8 whatever the terminal speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(canonical(value))
    sys.stdout.buffer.flush()


def faults(found: "Iterable[Problem]") -> list[dict[str, str]]:
    """Cells of a form that cannot be taken, for JSON."""
    return [
        {"sheet": p.sheet, "cell": p.cell, "id": p.message.id, "error": render(p.message, language())}
        for p in found
    ]


def show_faults(found: "Iterable[Problem]") -> None:
    """The same, a line each."""
    for p in found:
        where = f"{p.sheet}!{p.cell}" if p.cell else p.sheet
        err.print(f"{where}: {render(p.message, language())}", style="bold red", soft_wrap=True)


def fail(error: AssessorError, as_json: bool) -> None:
    """Print what is wrong, where, and what to do; leave with the error's exit code."""
    place = f"{error.place}: " if error.place else ""
    text = render(error.message, language())
    if as_json:
        emit({"error": text, "place": error.place, "id": error.message.id})
    err.print(f"{place}{text}", style="bold red" if isinstance(error, InputError) else "red", soft_wrap=True)
    sys.exit(error.exit_code)
