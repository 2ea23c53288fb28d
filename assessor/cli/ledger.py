"""The factory's own ledgers: assets for a scope, and how two ledgers differ."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from assessor import run
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.domain import Message
from assessor.errors import InputError
from assessor.forms.register import Comparison, Draft, Ledger, compare, draft, read_ledger
from assessor.forms.writing import yaml_lines
from assessor.messages import render

app = typer.Typer(no_args_is_help=True)


@app.command()
def register(
    ledger: Annotated[Path, typer.Argument(help="The ledger of machines (设备台账), CSV or Excel.")],
    other: Annotated[Path | None, typer.Argument(help="Another one (固定资产台账) to compare with.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of the first; that with most columns else.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="key=header, where a column goes by another name, such as name=Descr.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the assets as YAML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read the plant's own ledger: assets for a scope, what to ask, and how a second ledger differs."""
    held = read_ledger(ledger, sheet, given(column or []))
    found = draft(held)
    compared = None if other is None else compare(held, read_ledger(other))
    text = yaml_lines(
        {
            "assets": [a.model_dump(mode="json", exclude_defaults=True) for a in found.assets],
            "key_processes": [p.model_dump(mode="json") for p in found.processes],
        }
    )
    if output is not None:
        run.write_text(output, text)
    if as_json:
        emit(_document(held, found, compared, text))
        return
    _show(held, found)
    if compared is not None and other is not None:
        _show_compared(compared, ledger, other)
    if output is not None:
        say("cli.written", folder=str(output))
    else:
        out.print(render("register.assets", language()), style="bold")
        out.print(text, soft_wrap=True)


def given(pairs: list[str]) -> dict[str, str]:
    """Columns by 'key=header'."""
    found = {}
    for pair in pairs:
        key, sign, header = pair.partition("=")
        if not sign or not header:
            raise InputError(Message(id="register.column_pair", params={"given": pair[:80]}))
        found[key.strip()] = header.strip()
    return found


def _show(held: Ledger, found: Draft) -> None:
    columns = ", ".join(f"{key} = {header}" for key, header in held.columns.items())
    params = {"file": held.file, "n": len(held.machines), "columns": columns}
    out.print(render("register.read", language(), **params), soft_wrap=True)
    if held.unused:
        out.print(render("register.unused", language(), names=", ".join(held.unused)), soft_wrap=True)
    if found.questions:
        out.print(render("register.questions", language()), style="bold")
    for question in found.questions:
        out.print(f"  - {render(question, language())}", soft_wrap=True)


def _show_compared(found: Comparison, first: Path, second: Path) -> None:
    table = Table(render("register.machine", language()), render("register.where", language()), "")
    for machine in (*found.only_first, *found.only_second):
        table.add_row(machine["name"], machine.place, render("register.only", language()))
    for d in found.differing:
        params = {"column": d.column, "a": d.first[d.column], "b": d.second[d.column]}
        place = f"{d.first.place} · {d.second.place}"
        table.add_row(d.first["name"], place, render("register.says", language(), **params))
    out.print(table)
    counts: dict[str, Any] = {"both": len(found.both), "n": len(found.only_first), "m": len(found.only_second)}
    files = {"first": first.name, "second": second.name, "d": len(found.differing)}
    out.print(render("register.compared", language(), **counts, **files), soft_wrap=True)


def _document(held: Ledger, found: Draft, compared: Comparison | None, text: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "columns": dict(held.columns),
        "unused": list(held.unused),
        "machines": len(held.machines),
        "questions": [render(question, language()) for question in found.questions],
        "scope": text,
    }
    if compared is not None:
        document["compared"] = {
            "both": [[a.place, b.place] for a, b in compared.both],
            "only_first": [m.place for m in compared.only_first],
            "only_second": [m.place for m in compared.only_second],
            "differing": [[d.first.place, d.second.place, d.column] for d in compared.differing],
        }
    return document
