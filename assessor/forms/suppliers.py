"""SUPPLIERS in: the list by which whoever leads a chain invites them, one a line: name, credit code, tier.

All or nothing: every line that is wrong is named, each with what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessor.domain import Message, credit_fault
from assessor.errors import InputError
from assessor.tables import read_tables

MOST = 1000
"""Suppliers of one chain."""
LONGEST = 200
TIERS = range(1, 10)
HEADS = frozenset({"name", "supplier", "名称", "企业名称", "供应商", "供应商名称", "单位名称"})
"""How the first cell of a line of heads reads."""
TIER = re.compile(r"(?:第?([1-9])级?|tier ?([1-9]))")


@dataclass(frozen=True)
class Supplier:
    """One line of the list."""

    name: str
    credit_code: str
    tier: int | None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line, counted from 1 as whoever wrote it sees it."""

    line: int
    message: Message


class ListError(InputError):
    """A list of which nothing was taken, with every line that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        params: dict[str, str | int] = {"n": len(faults), "line": first.line}
        super().__init__(Message(id="chain.list.wrong", params=params))
        self.faults = tuple(faults)


Listed = tuple[int, Sequence[str]]
"""A line by its number, and its cells."""


def read_list(file: Path) -> list[Listed]:
    """The lines of a CSV or Excel file that say something, without the line of heads."""
    tables = read_tables(file)
    lines: list[Listed] = [(n, row) for table in tables[:1] for n, row in enumerate(table.rows, 1) if any(row)]
    return lines[1:] if lines and _plain(lines[0][1][0]).lower() in HEADS else lines


def suppliers(lines: Sequence[Listed], held: Collection[str] = ()) -> tuple[Supplier, ...]:
    """What these lines say. `held`: credit codes that the chain has already. Raises ListError."""
    if not lines:
        raise InputError(Message(id="chain.list.empty"))
    if len(lines) + len(held) > MOST:
        raise InputError(Message(id="chain.list.too_many", params={"most": MOST, "held": len(held)}))
    first: dict[str, int] = {}
    faults = [Fault(n, message) for n, row in lines for message in _faults(n, row, held, first)]
    if faults:
        raise ListError(faults)
    return tuple(supplier(row) for _, row in lines)


def supplier(row: Sequence[str]) -> Supplier:
    """A line that has no fault."""
    name, code, tier = _cells(row)
    return Supplier(name, code, _tier(tier))


def _cells(row: Sequence[str]) -> tuple[str, str, str]:
    cells = [*row, "", ""][:3]
    return " ".join(cells[0].split()), "".join(_plain(cells[1]).split()).upper(), _plain(cells[2]).lower()


def _plain(text: str) -> str:
    """As it is meant: the wide letters of a Chinese keyboard are the narrow ones."""
    return unicodedata.normalize("NFKC", text).strip()


def _tier(text: str) -> int | None:
    found = TIER.fullmatch(text)
    return int(found[1] or found[2]) if found else None


def _faults(line: int, row: Sequence[str], held: Collection[str], first: dict[str, int]) -> Iterator[Message]:
    """Everything that is wrong with a line; `first`: where each credit code stood first."""
    name, code, tier = _cells(row)
    if not name or len(name) > LONGEST:
        yield _wrong("name", most=LONGEST)
    if fault := credit_fault(code):
        yield Message(id=f"filing.check.code_{fault}", params={"code": code[:40] or "-"})
    elif code in held:
        yield _wrong("held", code=code)
    elif code in first:
        yield _wrong("twice", code=code, line=first[code])
    else:
        first[code] = line
    if tier and (_tier(tier) is None):
        yield _wrong("tier", given=tier[:20], most=TIERS[-1])
    if any(row[3:]):
        yield _wrong("cells", n=len(row))


def _wrong(name: str, **params: str | int) -> Message:
    return Message(id=f"chain.list.{name}", params=params)
