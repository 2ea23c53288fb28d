"""Register maps: list, show, check, import from a plant's own sheet, try on one unit."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assessor.cli import trying
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.documents import parse
from assessor.domain import Message, Order, Profile, Scope, plain
from assessor.errors import InputError
from assessor.messages import render
from connectors.profiles import load_profile, names, read_file
from connectors.profiles.addresses import NUMBERINGS, Numbering
from connectors.profiles.families import Area, load_family
from connectors.profiles.sheet import Imported, Wanted, import_sheet
from connectors.profiles.writing import into_scope, write_new, yaml_of

app = typer.Typer(name="profiles", help=__doc__, no_args_is_help=True)
app.command("try")(trying.profiles_try)


@app.command("list")
def profiles_list(as_json: AsJson = False) -> None:
    """Every shipped register map and how far it is to be believed."""
    held = [load_profile(name) for name in names()]
    if as_json:
        emit([{"id": p.id, "points": len(p.points), "confidence": p.confidence, "source": p.source} for p in held])
        return
    table = Table("id", _word("device"), _word("points"), _word("standing"))
    for p in held:
        table.add_row(p.id, render(p.title, language()), str(len(p.points)), _word(p.confidence))
    out.print(table)


@app.command("show")
def profiles_show(id_: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """One register map: its source and its points, as printed and as they are on the wire."""
    profile = load_profile(id_)
    if as_json:
        emit(profile.model_dump(mode="json") | {"wire": {p.id: p.place for p in profile.points}})
    else:
        _show(profile)


@app.command("check")
def profiles_check(
    file: Annotated[
        Path | None, typer.Argument(help="A map of your own; all shipped ones if none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the shipped register maps, or a file of your own. An error names its line."""
    held = [load_profile(name) for name in names()] if file is None else [read_file(file)]
    points = sum(len(p.points) for p in held)
    if as_json:
        emit({"profiles": [p.id for p in held], "points": points})
    else:
        out.print(render("profiles.checked", language(), n=len(held), m=points))


Base = Annotated[
    str | None, typer.Option(help="How plain addresses count: 0, 1, or reference (40001 is the first).")
]
Devices = Annotated[
    list[str] | None,
    typer.Option("--device", help="Where devices begin on the wire, set by the plant: D=0, or M=0:1 for coils."),
]


@app.command("import")
def profiles_import(  # noqa: PLR0913, PLR0917 - each is an option of the command
    sheet_file: Annotated[Path, typer.Argument(metavar="SHEET", help="The plant's own list: CSV or Excel.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    into: Annotated[Path | None, typer.Option(help="Write a copy of this scope that holds the map.")] = None,
    base: Base = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of the workbook.")] = None,
    plc: Annotated[str | None, typer.Option(help="Family of controllers that device names belong to.")] = None,
    device: Devices = None,
    fc: Annotated[int | None, typer.Option(min=1, max=4, help="Function code where the sheet has none.")] = None,
    order: Annotated[str | None, typer.Option(help="Order of bytes: ABCD, CDAB, BADC or DCBA.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="Id of the map; from the file's name if not given.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Name of the device.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a register map from a plant's own sheet. What the sheet does not say is asked for, or stated."""
    family = load_family(plc) if plc else None
    wanted = Wanted(
        id=id_, title=title, sheet=sheet, numbering=_numbering(base), fc=fc,  # type: ignore[arg-type]
        order=_order(order) or (family.order if family else None), family=plc,
        areas=(*_devices(device or ()), *(family.areas if family else ())),
    )  # fmt: skip
    made = _asked(sheet_file, wanted)
    if into:
        text = into_scope(made.profile, into)
        parse(Scope, text, str(output))
    else:
        text = yaml_of(made.profile)
        parse(Profile, text, str(output))
    write_new(output, text)
    if as_json:
        assumed = [render(m, language()) for m in made.assumed]
        emit({"file": str(output), "profile": made.profile.model_dump(mode="json"), "assumed": assumed})
        return
    _show(made.profile)
    for message in made.assumed:
        say("profiles.assumed", what=render(message, language()))
    out.print(render("profiles.written", language(), file=str(output), n=len(made.profile.points)), soft_wrap=True)


def _asked(file: Path, wanted: Wanted) -> Imported:
    """Import; where only the base is missing and a person sits there, ask for it with what the data suggest."""
    try:
        return import_sheet(file, wanted)
    except InputError as refused:
        if not refused.message.id.startswith("profiles.base_") or not sys.stdin.isatty():
            raise
        say(refused.message)
        proposed = str(refused.message.params["base"]) or None
        given = typer.prompt("--base", default=proposed, err=True)
        return import_sheet(file, Wanted(**(vars(wanted) | {"numbering": _numbering(given)})))


def _numbering(text: str | None) -> Numbering | None:
    return None if text is None else _one_of(text, NUMBERINGS, "--base")


def _order(text: str | None) -> Order | None:
    orders: tuple[Order, ...] = ("ABCD", "CDAB", "BADC", "DCBA")
    return None if text is None else _one_of(text.upper(), orders, "--order")


def _one_of(text: str, known: tuple[Any, ...], option: str) -> Any:
    if text not in known:
        params: dict[str, Any] = {"given": text, "option": option, "known": ", ".join(known)}
        raise InputError(Message(id="profiles.no_option", params=params))
    return text


def _devices(given: tuple[str, ...] | list[str]) -> tuple[Area, ...]:
    """'D=0' or 'M=8192:1' (address on the wire, function code)."""
    areas = []
    for text in given:
        letters, _, rest = text.partition("=")
        at, _, fc = rest.partition(":")
        try:
            areas.append(Area.model_validate({"letters": letters.upper(), "fc": int(fc or 3), "at": int(at, 0)}))
        except ValueError as problem:
            params: dict[str, Any] = {"given": text, "option": "--device", "known": "D=0, M=0:1"}
            raise InputError(Message(id="profiles.no_option", params=params)) from problem
    return tuple(areas)


def _word(name: str) -> str:
    return render(f"profiles.word.{name}", language())


def _show(profile: Profile) -> None:
    out.print(f"{profile.id}  {render(profile.title, language())}")
    out.print(f"{_word(profile.confidence)} · {profile.source}", soft_wrap=True)
    if profile.note:
        out.print(render(profile.note, language()), soft_wrap=True)
    table = Table(
        Column(_word("point"), overflow="fold"),
        "fc",
        _word("printed"),
        _word("wire"),
        _word("type"),
        _word("factor"),
        _word("unit"),
    )
    table.add_column(_word("use"))
    for p in profile.points:
        bits = f" [{p.bits[0]}+{p.bits[1]}]" if p.bits else ""
        offset = f" {'+' if p.offset > 0 else ''}{plain(p.offset)}" if p.offset else ""
        factor = plain(p.scale) + offset if p.scale != 1 or offset else ""
        order = f" {p.order or profile.order}" if p.size > 1 and p.type != "text" else ""
        use = f"{p.quantity or '-'} / {p.function.value}"
        wire = f"{p.at} ({p.at:04X}H)"
        table.add_row(
            p.id, str(p.fc), str(p.at + profile.base), wire, f"{p.type}{bits}{order}", factor, p.unit or "", use
        )
    out.print(table)
