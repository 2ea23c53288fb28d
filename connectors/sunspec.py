"""SunSpec: a device that describes itself. Marker, chain of models, and the points we can read.

The models are pysunspec2's data; every register is read through our own guarded line. Looked for only where the
scope says so, at the three base addresses the specification allows.
"""

from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any, NamedTuple

from sunspec2.device import get_model_def

from assessor.domain import Function, Nameplate
from connectors.profiles import Point, Type

Read = Callable[[int, int], Awaitable[list[int]]]
"""(start, count) → holding registers of the unit."""
BASES = (40000, 0, 50000)
MARK = [0x5375, 0x6E53]
END = 0xFFFF
MOST_MODELS = 30
COMMON = 1
TYPES: dict[str, Type] = {
    "int16": "s16", "uint16": "u16", "int32": "s32", "uint32": "u32", "int64": "s64", "uint64": "u64",
    "acc16": "u16", "acc32": "u32", "acc64": "u64", "float32": "f32", "float64": "f64",
}  # fmt: skip
ABSENT: dict[str, int] = {
    "int16": 0x8000, "uint16": 0xFFFF, "int32": 0x80000000, "uint32": 0xFFFFFFFF, "int64": 1 << 63,
    "uint64": (1 << 64) - 1, "acc16": 0, "acc32": 0, "acc64": 0,
}  # fmt: skip
"""How each type says 'not implemented'. An accumulator says so by zero."""
NO_SCALE = 0x8000
QUANTITIES = {"Wh": "energy", "VAh": "energy", "varh": "energy", "C": "temperature", "h": "time"}


class Model(NamedTuple):
    """One model in the chain: its id, where its header stands, its length without header."""

    id: int
    start: int
    length: int


class SelfDescription(NamedTuple):
    """What a SunSpec unit says of itself."""

    nameplate: Nameplate | None
    models: tuple[Model, ...]
    points: tuple[Point, ...]


async def describe(read: Read, most: int, refused: type[Exception]) -> SelfDescription | None:
    """Walk the chain of models; None where no base address carries the marker."""
    for base in BASES:
        try:
            if await read(base, 2) == MARK:
                return await _walk(read, base + 2, most)
        except refused:
            continue
    return None


async def _walk(read: Read, start: int, most: int) -> SelfDescription:
    models: list[Model] = []
    nameplate, points = None, list[Point]()
    while len(models) < MOST_MODELS:
        id_, length = await read(start, 2)
        if id_ == END or not length:
            break
        models.append(Model(id_, start, length))
        registers = await _all(read, start, length + 2, most) if id_ == COMMON or _known(id_) else []
        if id_ == COMMON:
            nameplate = _nameplate(registers)
        elif registers:
            points += points_of(models[-1], registers)
        start += length + 2
    return SelfDescription(nameplate, tuple(models), tuple(points))


async def _all(read: Read, start: int, count: int, most: int) -> list[int]:
    registers: list[int] = []
    while len(registers) < count:
        registers += await read(start + len(registers), min(most, count - len(registers)))
    return registers


def _known(model: int) -> dict[str, Any] | None:
    """The definition of a model that holds live values: inverters (101-113), meters (201-214)."""
    if not (101 <= model <= 113 or 201 <= model <= 214):
        return None
    try:
        found: dict[str, Any] = get_model_def(model)["group"]
    except Exception:
        return None
    return found


def points_of(model: Model, registers: list[int]) -> list[Point]:
    """The points of a model that the device implements, with their scale factors applied."""
    group = _known(model.id)
    points: list[Point] = []
    if group is None:
        return points
    factors, placed = {}, []
    offset = 0
    for point in group["points"]:
        size = int(point["size"])
        words = registers[offset : offset + size]
        if point["type"] == "sunssf" and words:
            factors[point["name"]] = words[0]
        elif point["type"] in TYPES and len(words) == size and point["name"] not in ("ID", "L"):
            placed.append((point, offset, int.from_bytes(b"".join(w.to_bytes(2, "big") for w in words), "big")))
        offset += size
    for point, at, raw in placed:
        scale = _scale(point, factors)
        if scale is not None and raw != ABSENT.get(point["type"], -1):
            points.append(_point(model, point, at, scale))
    return points


def _scale(point: dict[str, Any], factors: dict[str, int]) -> Fraction | None:
    """10 to the scale factor; None where the factor is not implemented."""
    named = point.get("sf")
    if named is None:
        return Fraction(1)
    raw = named & 0xFFFF if isinstance(named, int) else factors.get(named, NO_SCALE)
    if raw == NO_SCALE:
        return None
    return Fraction(10) ** (raw - 0x10000 if raw > 0x7FFF else raw)


def _point(model: Model, point: dict[str, Any], at: int, scale: Fraction) -> Point:
    unit = point.get("units")
    counts = point["type"].startswith("acc")
    return Point(
        id=f"{model.id}/{point['name']}",
        fc=3,
        at=model.start + at,
        type=TYPES[point["type"]],
        scale=scale,
        unit=unit,
        quantity=QUANTITIES.get(unit or "", "electrical"),
        function=Function.COUNTER if counts else Function.ACTUAL,
        absent=(ABSENT[point["type"]],) if point["type"] in ABSENT and not counts else (),
    )


def _nameplate(registers: list[int]) -> Nameplate:
    """Model 1: manufacturer, model, version, serial number."""

    def text(at: int, size: int) -> str | None:
        data = b"".join(word.to_bytes(2, "big") for word in registers[at : at + size])
        return data.decode("utf-8", "replace").strip("\0 ") or None

    return Nameplate(
        source="sunspec model 1",
        manufacturer=text(2, 16),
        model=text(18, 16),
        software=text(42, 8),
        serial=text(50, 16),
    )
