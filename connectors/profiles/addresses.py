"""READ addresses in the many ways that sheets write them, and say where they are on the wire. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple

from connectors.profiles.families import Area, FunctionCode, Place, locate

Numbering = Literal["0", "1", "reference"]
NUMBERINGS: tuple[Numbering, ...] = ("0", "1", "reference")
"""Plain numbers count from 0, from 1, or name their table as 40001 does."""
Kind = Literal["plain", "hex", "table", "device"]

_BIT = r"(?:[.:](?:BIT)?(?P<bit>[0-9]{1,2}|[A-F]))?"
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("table", re.compile(rf"(?P<table>[134])X(?P<number>[0-9]{{1,5}}){_BIT}")),
    ("hex", re.compile(rf"(?:0X(?P<number>[0-9A-F]{{1,4}})|(?P<ending>[0-9A-F]{{1,5}})H){_BIT}")),
    ("plain", re.compile(rf"(?P<number>[0-9]{{1,6}}){_BIT}")),
    ("device", re.compile(r"%?(?:DB[0-9]+[.,])?DBX(?P<number>[0-9]{1,5})\.(?P<bit>[0-7])(?P<letters>)")),
    ("device", re.compile(r"%?(?:DB[0-9]+[.,])?DB[BWD](?P<number>[0-9]{1,5})(?P<bit>)(?P<letters>)")),
    ("device", re.compile(rf"%?(?P<letters>[A-Z]{{1,4}})(?P<number>[0-9]{{1,5}}){_BIT}")),
)
_RANGE = re.compile(r"(?P<first>.+?)(?:-|~|–|—|至|到|\.\.\.?|TO)(?P<last>.+)")
TABLES: dict[str, FunctionCode] = {"0": 1, "1": 2, "3": 4, "4": 3}
"""Function code by the digit that a reference number begins with."""


class Address(NamedTuple):
    """An address as a sheet writes it, taken apart but not yet placed."""

    kind: Kind
    number: str
    letters: str = ""
    """Of a device; the digit of a table; empty for the rest."""
    bit: int | None = None
    span: int | None = None
    """Addresses that a range ('40001-40002') names."""


class Unplaced(Exception):
    """Where an address cannot be on the wire; the reason is the id of a text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_address(text: str) -> Address | None:
    """Take an address apart; None for what is none."""
    tidy = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if found := _one(tidy):
        return found
    span = _RANGE.fullmatch(tidy)
    first, last = (_one(span["first"]), _one(span["last"])) if span else (None, None)
    if first is None or last is None or first[:1] + first[2:] != last[:1] + last[2:] or first.bit is not None:
        return None
    base = 16 if first.kind == "hex" else 10
    count = int(last.number, base) - int(first.number, base) + 1
    return first._replace(span=count) if count > 0 else None


def _one(tidy: str) -> Address | None:
    for kind, form in _FORMS:
        if not (found := form.fullmatch(tidy)):
            continue
        parts = found.groupdict()
        bit = int(parts["bit"], 10 if parts["bit"].isdigit() else 16) if parts["bit"] else None
        if bit is not None and bit > 31:
            return None
        letters = parts.get("letters") or parts.get("table") or ("DB" if kind == "device" else "")
        return Address(kind, parts["number"] or parts.get("ending") or "", letters, bit)
    return None


def propose(addresses: Iterable[Address]) -> Numbering | None:
    """How plain numbers seem to count. A proposal for a person to confirm: None where nothing tells."""
    found = list(addresses)
    plain = [a for a in found if a.kind == "plain"]
    if not plain:
        return None
    if all(_of_table(a.number) for a in plain) and any(len(a.number) >= 5 for a in plain):
        return "reference"
    numbers = [int(a.number) for a in plain]
    if 0 in numbers:
        return "0"
    return "1" if min(numbers) == 1 else None


def _of_table(number: str) -> tuple[FunctionCode, int] | None:
    """Function code and address on the wire of a reference number of five or six digits."""
    digits = number.zfill(5)
    table, rest = TABLES.get(digits[0]), int(digits[1:])
    return (table, rest - 1) if table and 1 <= rest <= 65536 else None


def place(
    address: Address, numbering: Numbering, fc: FunctionCode, areas: tuple[Area, ...], single: bool
) -> Place:
    """Where it is on the wire. `fc` is for addresses that do not name their table; `single` asks for a coil.

    Raises Unplaced with the reason.
    """
    match address.kind:
        case "device":
            if not areas:
                raise Unplaced("profiles.device_unknown")
            found = locate(areas, address.letters, address.number, address.bit, single)
            if found is None and single:  # a bit of a register
                found = locate(areas, address.letters, address.number, address.bit, False)
            if found is None:
                raise Unplaced("profiles.device_outside")
        case "table":
            found = Place(TABLES[address.letters], int(address.number) - 1, address.bit)
        case "hex":
            found = Place(fc, int(address.number, 16) - (1 if numbering == "1" else 0), address.bit)
        case _ if numbering == "reference":
            named = _of_table(address.number)
            if named is None:
                raise Unplaced("profiles.no_reference")
            found = Place(*named, address.bit)
        case _:
            found = Place(fc, int(address.number) - int(numbering), address.bit)
    if not 0 <= found.at <= 0xFFFF:
        raise Unplaced("profiles.outside")
    return found
