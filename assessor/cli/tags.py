"""Data points that nobody vouches for: what to ask people of the plant, in the order of its effect on the level.

With --json stdout holds how many data points stand how, what to ask with its proposals and their reasons as text
ids, why the text model is not used (null where it is), and the lines for the answer file.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assessor import audit
from assessor.bundle import open_bundle
from assessor.cli.terminal import AsJson, emit, out
from assessor.cli.terminal import language as usual
from assessor.domain import Message
from assessor.errors import BundleError
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.messages import LANGUAGES, Language, render
from assessor.present.tables import titled
from assessor.unexplained import Ask, Unexplained, block, unexplained
from models.tags.asking import Proposal
from models.tags.text import Refused, TextProposer, load

app = typer.Typer(no_args_is_help=True)


@app.command()
def tags(
    bundle: Annotated[Path, typer.Argument(help="A sealed bundle, as `sample` wrote it.")],
    answers: Annotated[Path | None, typer.Option(help="The answer file, with what was confirmed before.")] = None,
    by: Annotated[str, typer.Option(help="Role of the person who confirms, for the lines to paste.")] = "",
    lang: Annotated[str | None, typer.Option(help="zh or en; the terminal's language if none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """At most 30 templates of data points to confirm, with proposals; and the lines for the answer file."""
    language: Language = next((known for known in LANGUAGES if known == lang), usual())
    if lang not in (None, *LANGUAGES):
        raise typer.BadParameter(f"--lang is one of {', '.join(LANGUAGES)}")
    library = load_library(known_indicators=indicators())
    given = load_answers(answers, library.questions) if answers else None
    source = open_bundle(audit.bundle_file(bundle))
    if source.manifest.kind != "sample":
        raise BundleError(Message(id="cli.not_samples"), str(bundle))
    text = load()
    found = unexplained(source, given, library, None if isinstance(text, Refused) else TextProposer(text))
    lines = block(found, by, date.today())
    without = text.why if isinstance(text, Refused) else None
    if as_json:
        why = without and without.model_dump(mode="json")
        emit(found.model_dump(mode="json") | {"yaml": lines, "no_text_model": why})
        return
    _show(found, lines, language)
    if without is not None:
        out.print(render(without, language), style="dim", soft_wrap=True)


def _show(found: Unexplained, lines: str, language: Language) -> None:
    facts = {name: getattr(found, name) for name in ("points", "vouched", "named", "unknown")}
    out.print(render("tags.stand", language, **facts), soft_wrap=True)
    if not found.asks:
        out.print(render("tags.nothing", language), soft_wrap=True)
        return
    table = titled(language, *(f"tags.head.{name}" for name in ("tags", "points", "holds", "proposals")))
    for ask in found.asks:
        table.add_row(_tags(ask), str(ask.points), _holds(ask, language), _proposed(ask, language))
    out.print(table)
    if found.left:
        out.print(render("tags.left", language, n=found.left), soft_wrap=True)
    out.print(render("tags.paste", language), style="bold", soft_wrap=True)
    out.print(lines, soft_wrap=True)


def _tags(ask: Ask) -> str:
    more = f" … +{len(ask.tags) - 1}" if len(ask.tags) > 1 else ""
    return ask.tags[0] + more


def _holds(ask: Ask, language: Language) -> str:
    return "\n".join(render(f"indicator.{one}.title", language) for one in ask.indicators) or "-"


def _proposed(ask: Ask, language: Language) -> str:
    return "\n".join(_proposal(one, language) for one in ask.proposals) or render("tags.no_proposal", language)


def _proposal(one: Proposal, language: Language) -> str:
    heads = [
        render(f"tags.quantity.{one.quantity}", language) if one.quantity else "?",
        render(f"tags.function.{one.function}", language) if one.function else "?",
    ]
    why = "; ".join(dict.fromkeys(render(reason, language) for reason in one.explain))
    return f"{' · '.join(heads)} ({why})" if why else " · ".join(heads)
