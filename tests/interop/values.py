"""What the servers hold: one set of values for all of them, so that what is read can be told right or wrong.

`TYPED` are the variables of the OPC UA servers, by the name of their type. `POINTS` are those of the Modbus
servers: written into registers here, from the document's words and not with the product's decoder.
"""

import struct
from typing import Any, NamedTuple

TYPED: dict[str, Any] = {
    "Boolean": True,
    "Int16": -12345,
    "UInt16": 54321,
    "Int32": -1234567890,
    "UInt32": 4123456789,
    "Int64": -9007199254740993,
    "UInt64": 9007199254740995,
    "Float": -2.5,
    "Double": 0.1,
    "String": "液压机 №7",
}


class Held(NamedTuple):
    """One value in registers: where, how it is written there, and what it means."""

    id: str
    fc: int
    at: int
    type: str
    order: str
    raw: float
    scale: str
    value: float


POINTS = (
    Held("state", 3, 100, "u16", "ABCD", 2, "1", 2),
    Held("strokes", 3, 101, "u32", "ABCD", 123456789, "1", 123456789),
    Held("force", 3, 103, "f32", "ABCD", 251.5, "1", 251.5),
    Held("oil", 3, 105, "s16", "ABCD", -73, "0.1", -7.3),
    Held("energy", 3, 106, "u64", "ABCD", 9876543210123, "1", 9876543210123),
    Held("flow", 3, 112, "f32", "CDAB", 18.25, "1", 18.25),
    Held("balance", 3, 114, "s32", "CDAB", -100000, "1", -100000),
    Held("swapped", 3, 116, "u16", "BADC", 4660, "1", 4660),
    Held("coolant", 4, 10, "s16", "ABCD", -55, "1", -55),
    Held("power", 4, 11, "f64", "DCBA", 1234.0625, "1", 1234.0625),
)
TURNS = 110
"""A holding register that moves: multiples of seven."""
GONE = 118
"""A holding register that no server has: the first after the last."""
WIDTHS = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "f32": "f", "f64": "d"}


def words(held: Held) -> list[int]:
    """The registers of a value, in the order in which its bytes stand on the wire."""
    size = struct.calcsize(">" + WIDTHS[held.type])
    raw = int(held.raw) if held.type[0] != "f" else held.raw
    data = struct.pack((">" if held.order in ("ABCD", "CDAB", "BADC") else "<") + WIDTHS[held.type], raw)
    if held.order == "CDAB":  # the last word first
        data = b"".join(data[i : i + 2] for i in range(size - 2, -1, -2))
    if held.order == "BADC":  # the bytes of each word the other way round
        data = b"".join(data[i + 1 : i + 2] + data[i : i + 1] for i in range(0, size, 2))
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, size, 2)]


def registers() -> dict[str, int]:
    """By 'h100' (holding) or 'i10' (input): every word that a server is to hold, gaps within as zeros."""
    found = {f"h{at}": 0 for at in range(100, GONE)} | {f"i{at}": 0 for at in range(10, 15)}
    for held in POINTS:
        for i, word in enumerate(words(held)):
            found[f"{'h' if held.fc == 3 else 'i'}{held.at + i}"] = word
    return found


def arguments() -> list[str]:
    """The same for a command line: 'h100=2' and so on."""
    return [f"{place}={word}" for place, word in registers().items()]
