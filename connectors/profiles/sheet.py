"""IMPORT a register map that was made for one plant from its own sheet. What was assumed is said, what is unclear
is refused with its cell."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from assessor.domain import SIZES, Message, Order, Point, Profile, RegisterType, Text
from assessor.errors import InputError
from assessor.tables import Table, read_tables
from connectors.profiles import fault_of
from connectors.profiles.addresses import Address, Numbering, Unplaced, place, propose, read_address
from connectors.profiles.families import Area, FunctionCode, Place
from connectors.profiles.rows import Row, Sheet, chosen
from connectors.profiles.spelling import Typed, read_fc, read_order, read_scale, read_states, read_type, read_use

HOLDING: FunctionCode = 3
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Wanted:
    """What a person says of a sheet. None: not said."""

    id: str | None = None
    title: str | None = None
    sheet: str | None = None
    numbering: Numbering | None = None
    fc: FunctionCode | None = None
    order: Order | None = None
    areas: tuple[Area, ...] = ()
    family: str | None = None


class Imported(NamedTuple):
    """A map, and everything that the sheet itself did not say."""

    profile: Profile
    assumed: tuple[Message, ...]


def import_sheet(file: Path, wanted: Wanted) -> Imported:
    """The register map of a sheet. Raises InputError at the first cell that is wrong, with how many there are."""
    sheet = chosen(read_tables(file), wanted.sheet, str(file))
    rows = list(sheet.rows())
    if not rows:
        raise InputError(Message(id="profiles.no_rows"), sheet.table.cell(sheet.header, 0))
    addresses = _each(rows, lambda row: _address(row, wanted))
    numbering = _numbering(addresses, wanted, sheet)
    points = _each(list(zip(rows, addresses, strict=True)), lambda both: _point(*both, numbering, wanted))
    try:
        profile = Profile(
            format="assessor-profile/1",
            id=wanted.id or _slug(file),
            title=Text(zh=wanted.title or file.stem, en=wanted.title or file.stem),
            source=_source(file, sheet.table),
            confidence="site",
            order=wanted.order or "ABCD",
            base=1 if numbering == "1" else 0,
            points=points,
        )
    except ValidationError as problem:
        raise InputError(
            Message(id="profiles.no_id", params={"id": wanted.id or _slug(file)}), str(file)
        ) from problem
    if fault := fault_of(profile):
        i, message = fault
        raise InputError(message, rows[i].cells["address"])
    return Imported(profile, tuple(_assumed(sheet, addresses, numbering, points, wanted)))


def _each(items: list[T], made: Callable[[T], R]) -> tuple[R, ...]:
    """Do for every row; the first error names the others' cells too."""
    found, faults = list[R](), list[InputError]()
    for item in items:
        try:
            found.append(made(item))
        except InputError as fault:
            faults.append(fault)
    if faults:
        others = [str(f.place).rpartition("!")[2] for f in faults[1:]]
        more = f" (+{len(others)}: {', '.join(others[:20])})" if others else ""
        raise InputError(faults[0].message, f"{faults[0].place}{more}")
    return tuple(found)


def _address(row: Row, wanted: Wanted) -> Address:
    text = row.texts.get("address", "")
    found = read_address(text)
    if found is None:
        row.refuse("no_address", "address")
    if wanted.family == "siemens-s7" and found.kind == "plain":  # a list of a data block: offsets in bytes
        single = (read_type(row.texts.get("type", "")) or Typed("u16")).type == "bool"
        return found._replace(kind="device", letters="DB", bit=found.bit if single else None)
    return found


def _numbering(addresses: tuple[Address, ...], wanted: Wanted, sheet: Sheet) -> Numbering:
    """How numbers count: said by a person, never guessed. Where no number needs it, it does not matter."""
    if wanted.numbering is not None:
        return wanted.numbering
    if not any(a.kind in ("plain", "hex") for a in addresses):
        return "0"
    proposed = propose(addresses)
    first = next(a.number for a in addresses if a.kind in ("plain", "hex"))
    name = "base_proposed" if proposed else "base_unclear"
    params: dict[str, str | int | Text] = {"first": first, "base": proposed or ""}
    place_ = sheet.table.cell(sheet.header, sheet.columns["address"])
    raise InputError(Message(id=f"profiles.{name}", params=params), place_)


def _point(row: Row, address: Address, numbering: Numbering, wanted: Wanted) -> Point:
    typed = _read(row, "type", "no_type", read_type)
    fc: FunctionCode = _read(row, "fc", "no_fc", read_fc) or wanted.fc or HOLDING
    bit_ = _whole(row, "bit")
    if bit_ is not None:
        address = address._replace(bit=bit_)
    try:
        at = place(address, numbering, fc, wanted.areas, typed is not None and typed.type == "bool")
    except Unplaced as problem:
        row.refuse(problem.reason.removeprefix("profiles."), "address")
    kind, bits = _kind(row, typed, at)
    length = _length(row, kind, typed, address)
    name = " ".join(row.texts.get("name", "").split())
    if not name:
        row.refuse("no_name", "name")
    states = next((s for f in ("states", "note", "about") if (s := read_states(row.texts.get(f, "")))), {})
    use = read_use(name, row.texts.get("unit"), kind, bits is not None, bool(states))
    point = {
        "id": name, "fc": at.fc, "at": at.at, "type": kind, "bits": bits, "length": length,
        "order": _read(row, "order", "no_order", read_order), "scale": _scale(row), "offset": _offset(row),
        "unit": row.texts.get("unit"), "quantity": use.quantity, "function": use.function, "states": states,
    }  # fmt: skip
    try:
        return Point.model_validate(point)
    except ValidationError as problem:
        row.refuse("no_point", "type", detail=problem.errors()[0]["msg"].removeprefix("Value error, "))


def _read(row: Row, field_: str, refusal: str, read: Callable[[str], T | None]) -> T | None:
    """A cell in its meaning; None where it is empty, an error where it is not understood."""
    text = row.texts.get(field_)
    if text is None:
        return None
    value = read(text)
    return row.refuse(refusal, field_) if value is None else value


def _whole(row: Row, field_: str) -> int | None:
    return _read(row, field_, "no_whole", lambda text: int(text) if re.fullmatch(r"\d{1,3}", text) else None)


def _kind(row: Row, typed: Typed | None, at: Place) -> tuple[RegisterType, tuple[int, int] | None]:
    """The type, and the bit where it is one of a register."""
    if at.fc in (1, 2):
        if typed and typed.type != "bool":
            row.refuse("coil_type", "type")
        return "bool", None
    if at.bit is not None:
        if typed and typed.type not in ("bool", "u16", "u32"):
            row.refuse("bit_type", "type")
        return "u32" if at.bit > 15 or (typed and typed.type == "u32") else "u16", (at.bit, 1)
    if typed is None:
        row.refuse("type_missing", "type")
    if typed.type == "bool":
        row.refuse("which_bit", "address")
    return typed.type, None


def _length(row: Row, kind: RegisterType, typed: Typed | None, address: Address) -> int | None:
    """Registers of a text; of a number it must be what its type takes."""
    said = _whole(row, "length") or address.span
    if kind == "text":
        length = (typed.length if typed else None) or said
        if not length:
            row.refuse("text_length", "type")
        return length
    size = SIZES.get(kind, 1)
    if said and said != size:
        row.refuse("length_differs", "length" if "length" in row.texts else "address", said=said, size=size)
    return None


def _scale(row: Row) -> Fraction:
    scale = _read(row, "scale", "no_scale", read_scale) or Fraction(1)
    divisor = _read(row, "divisor", "no_scale", read_scale) or Fraction(1)
    return scale / divisor / Fraction(10) ** min(_whole(row, "decimals") or 0, 9)


def _offset(row: Row) -> Fraction:
    text = row.texts.get("offset", "0")
    value = Fraction(0) if text in ("0", "") else read_scale(text)
    if value is None:
        row.refuse("no_scale", "offset")
    return value


def _slug(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")


def _source(file: Path, table: Table) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{file.name}{'' if table.name is None else f', sheet {table.name}'}, sha256 {digest}"


def _assumed(
    sheet: Sheet, addresses: tuple[Address, ...], numbering: Numbering, points: tuple[Point, ...], wanted: Wanted
) -> Iterator[Message]:
    """What the sheet does not say, to be confirmed by who knows the machine."""
    numbers = any(a.kind in ("plain", "hex") for a in addresses)
    if numbers:
        yield Message(id=f"profiles.assumed_base_{numbering}")
    if numbers and numbering != "reference" and "fc" not in sheet.columns and wanted.fc is None:
        yield Message(id="profiles.assumed_fc")
    wide = [p for p in points if p.size > 1 and p.type != "text" and p.order is None]
    if wide and wanted.order is None:
        yield Message(id="profiles.assumed_order", params={"n": len(wide)})
    if not {"scale", "divisor", "decimals"} & sheet.columns.keys():
        yield Message(id="profiles.assumed_scale")
    if sheet.skipped:
        yield Message(
            id="profiles.skipped", params={"n": len(sheet.skipped), "cells": ", ".join(sheet.skipped[:10])}
        )
    if sheet.unused:
        yield Message(id="profiles.unused", params={"columns": ", ".join(sheet.unused)})
