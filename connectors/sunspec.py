"""SunSpec: a device that describes itself. Marker, chain of models, and the points we can read.

The models are pysunspec2's data; every register is read through our own guarded line. Looked for only where the
scope says so, at the three base addresses the specification allows.
"""

import math
import struct
from collections.abc import Awaitable, Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from sunspec2.device import get_model_def

from assessor.domain import Function, Nameplate, Point, RegisterType

Read = Callable[[int, int], Awaitable[list[int]]]
"""(start, count) → holding registers of the unit."""
BASES = (40000, 0, 50000)
MARK = [0x5375, 0x6E53]
END = 0xFFFF
COMMON, STRINGS = 1, 160
TYPES: dict[str, RegisterType] = {
    "int16": "s16", "uint16": "u16", "int32": "s32", "uint32": "u32", "int64": "s64", "uint64": "u64",
    "acc16": "u16", "acc32": "u32", "acc64": "u64", "float32": "f32", "float64": "f64", "enum16": "u16",
}  # fmt: skip
ABSENT: dict[str, int] = {
    "int16": 0x8000, "uint16": 0xFFFF, "int32": 0x80000000, "uint32": 0xFFFFFFFF, "int64": 1 << 63,
    "uint64": (1 << 64) - 1, "acc16": 0, "acc32": 0, "acc64": 0, "enum16": 0xFFFF,
}  # fmt: skip
"""How each type says 'not implemented'. An accumulator says so by zero."""
FLOATS = {"float32": ">f", "float64": ">d"}
FACTORS = range(-10, 11)
"""Powers of ten that a scale factor may hold; anything else says 'not implemented'."""
QUANTITIES = {"Wh": "energy", "VAh": "energy", "varh": "energy", "C": "temperature"}
UNITS = {"C": "°C"}


class Model(NamedTuple):
    """One model in the chain: its id, where its header stands, its length without header."""

    id: int
    start: int
    length: int


class Scaled(NamedTuple):
    """A point and the register of its scale factor, which may change while the device runs."""

    point: Point
    factor: Point | None


class SelfDescription(NamedTuple):
    """What a SunSpec unit says of itself."""

    nameplate: Nameplate | None
    models: tuple[Model, ...]
    points: tuple[Scaled, ...]


def most_requests(most: int) -> int:
    """How many requests a walk may take at so many registers each: enough for a meter with six models."""
    return 40 + math.ceil(500 / most)


class _Walk:
    """Reads in pieces, and no more than a walk may take, whatever length a device claims."""

    def __init__(self, read: Read, most: int) -> None:
        self._read, self._most, self._left = read, most, most_requests(most)

    async def registers(self, start: int, count: int) -> list[int]:
        """So many registers, or none where they reach too far or take too long."""
        if start + count > 65536 or math.ceil(count / self._most) > self._left:
            return []
        found: list[int] = []
        while len(found) < count:
            self._left -= 1
            found += await self._read(start + len(found), min(self._most, count - len(found)))
        return found


async def describe(read: Read, most: int, refused: type[Exception]) -> SelfDescription | None:
    """Walk the chain of models; None where no base address carries the marker."""
    walk = _Walk(read, most)
    for base in BASES:
        try:
            marked = await walk.registers(base, 2) == MARK
        except refused:
            continue
        if marked:
            return await _chain(walk, base + 2, refused)
    return None


async def _chain(walk: _Walk, start: int, refused: type[Exception]) -> SelfDescription:
    """Model after model, to the end mark or to what the device refuses."""
    models: list[Model] = []
    nameplate, points = None, list[Scaled]()
    while True:
        try:
            header = await walk.registers(start, 2)
            if not header or header[0] == END or not header[1]:
                break
            model = Model(header[0], start, header[1])
            known = model.id == COMMON or _known(model.id)
            registers = await walk.registers(start, model.length + 2) if known else []
        except refused:
            break
        models.append(model)
        if model.id == COMMON and registers:
            nameplate = _nameplate(registers)
        elif registers:
            points += points_of(model, registers)
        start += model.length + 2
    return SelfDescription(nameplate, tuple(models), tuple(points))


def _known(model: int) -> dict[str, Any] | None:
    """The definition of a model that holds live values: inverters (101-113), strings (160), meters (201-214)."""
    if not (101 <= model <= 113 or model == STRINGS or 201 <= model <= 214):
        return None
    try:
        found: dict[str, Any] = get_model_def(model)["group"]
    except Exception:  # pysunspec2 raises kinds of its own for a model it has no file of
        return None
    return found


def points_of(model: Model, registers: list[int]) -> list[Scaled]:
    """The points of a model that the device implements, each with its scale factor."""
    group = _known(model.id)
    points: list[Scaled] = []
    factors: dict[str, Point] = {}
    placed: list[tuple[str, dict[str, Any], int]] = []
    for name, point, offset in _layout(group, len(registers)) if group else ():
        words = registers[offset : offset + int(point["size"])]
        if point["type"] == "sunssf" and factor(words[0]) is not None:
            factors[name] = Point(id=f"{model.id}/{name}", fc=3, at=model.start + offset, type="s16")
        elif point["type"] in TYPES and point["name"] not in ("ID", "L"):
            data = b"".join(w.to_bytes(2, "big") for w in words)
            if not _absent(data, point["type"]):
                placed.append((name, point, offset))
    for name, point, at in placed:
        named = point.get("sf")
        if named is None or named in factors:
            points.append(Scaled(_point(model, name, point, at), factors[named] if named else None))
    return points


def _layout(group: dict[str, Any], length: int) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Each point that lies wholly inside, with its name and offset; a repeating group as often as it fits."""
    offset = 0
    for point in group["points"]:
        if offset + int(point["size"]) <= length:
            yield point["name"], point, offset
        offset += int(point["size"])
    for part in group.get("groups", ()):
        size = sum(int(point["size"]) for point in part["points"])
        for number in range(1, (length - offset) // size + 1):
            at = offset + (number - 1) * size
            for point in part["points"]:
                yield f"{part['name']} {number}/{point['name']}", point, at
                at += int(point["size"])
        offset = length


def _absent(data: bytes, type_: str) -> bool:
    """Does the device say that it does not implement this value? A float says so by being no number."""
    if type_ in FLOATS:
        return math.isnan(struct.unpack(FLOATS[type_], data)[0])
    return int.from_bytes(data, "big") == ABSENT[type_]


def factor(register: int) -> Fraction | None:
    """10 to the power that a scale factor's register holds; None where it is not implemented."""
    power = register - 0x10000 if register > 0x7FFF else register
    return Fraction(10) ** power if power in FACTORS else None


def _point(model: Model, name: str, point: dict[str, Any], at: int) -> Point:
    unit, type_ = point.get("units"), point["type"]
    is_state = type_ == "enum16"
    accumulates = type_.startswith("acc") or QUANTITIES.get(unit or "") == "energy"
    counts = Function.COUNTER if accumulates else Function.ACTUAL
    return Point(
        id=f"{model.id}/{name}",
        fc=3,
        at=model.start + at,
        type=TYPES[type_],
        order="ABCD",
        unit=UNITS.get(unit, unit) if unit else None,
        quantity="state" if is_state else QUANTITIES.get(unit or "", "electrical"),
        function=Function.STATE if is_state else counts,
        absent=(ABSENT[type_],) if type_ in ABSENT and not type_.startswith("acc") else (),
        states={int(s["value"]): str(s["name"]) for s in point.get("symbols", ())} if is_state else {},
    )


def _nameplate(registers: list[int]) -> Nameplate:
    """Model 1: manufacturer, model, version, serial number."""

    def text(at: int, size: int) -> str | None:
        data = b"".join(word.to_bytes(2, "big") for word in registers[at : at + size])
        return data.decode("utf-8", "replace").partition("\0")[0].strip() or None

    return Nameplate(
        source="sunspec model 1",
        manufacturer=text(2, 16),
        model=text(18, 16),
        software=text(42, 8),
        serial=text(50, 16),
    )
