"""What the Modbus units hold at any time, register by register."""

import struct
from typing import Any

import numpy as np
from sunspec2.device import get_model_def

from connectors.simulator import signals
from connectors.simulator.plant import Plate, Point, SimulatedPlant, SimulatedUnit, nanoseconds
from connectors.simulator.tags import SECOND, Times

_FORMATS = {"f32": ">f", "s16": ">h", "u16": ">H", "u32": ">I", "s64": ">q"}
SUNSPEC_BASE = 40000
MARK = (0x5375, 0x6E53)
"""'SunS'"""


def point_values(plant: SimulatedPlant, unit: SimulatedUnit, point: Point, times: Times) -> signals.Values:
    """A point in its unit of measure, as a reader gets it back: the device's own resolution is in it."""
    seconds = (times // SECOND * SECOND - nanoseconds(plant.epoch)) / SECOND
    path = f"{unit.map}/{unit.machine}/{point.id}"
    values = signals.values(point.signal, plant.behaviour(unit.machine), plant.seed, path, seconds)
    if point.type == "f32":
        return values.astype(np.float32).astype(np.float64)
    raw = np.round(values / point.scale).astype(np.int64)
    return raw if point.scale == 1.0 else raw * point.scale


def registers(plant: SimulatedPlant, unit: SimulatedUnit, time: int) -> dict[int, int]:
    """All registers of a unit at one time (ns UTC)."""
    found: dict[int, int] = {}
    times = np.array([time], dtype=np.int64)
    for point in plant.map(unit.map).points:
        value = point_values(plant, unit, point, times)[0]
        raw = float(value) if point.type == "f32" else round(float(value) / point.scale)
        for i, word in enumerate(_words(point, raw)):
            found[point.at + i] = word
    return _sunspec(unit, found) if unit.sunspec else found


def _words(point: Point, raw: float | int) -> list[int]:
    data = struct.pack(_FORMATS[point.type], raw)
    words = [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
    return words[::-1] if point.order == "CDAB" else words


def _sunspec(unit: SimulatedUnit, points: dict[int, int]) -> dict[int, int]:
    """The map from 'SunS' over models 1 and 203 to the end mark; what a meter lacks says so."""
    common = _texts(_empty(1, 66), unit.plate)
    meter = _empty(203, 105)
    for offset, word in points.items():
        meter[offset] = word
    words = [*MARK, *common, *meter, 0xFFFF, 0]
    return {SUNSPEC_BASE + i: word for i, word in enumerate(words)}


def _empty(model: int, length: int) -> list[int]:
    """A block with all points at 'not implemented'."""
    words: list[int] = []
    for point in get_model_def(model)["group"]["points"]:
        words += _missing(point)
    words[0], words[1] = model, length
    return words[: length + 2]


def _missing(point: dict[str, Any]) -> list[int]:
    size = int(point["size"])
    match point["type"]:
        case "int16" | "sunssf":
            return [0x8000]
        case "int32" | "int64":
            return [0x8000] + [0] * (size - 1)
        case "acc32" | "acc64" | "string":
            return [0] * size
        case "float32":
            return [0x7FC0, 0]
    return [0xFFFF] * size


def _texts(words: list[int], plate: Plate | None) -> list[int]:
    """Manufacturer, model, version and serial number of model 1."""
    if plate is None:
        return words
    for at, size, text in (
        (2, 16, plate.manufacturer),
        (18, 16, plate.model),
        (42, 8, plate.software or ""),
        (50, 16, plate.serial or ""),
    ):
        data = text.encode("ascii").ljust(size * 2, b"\0")
        words[at : at + size] = [int.from_bytes(data[i : i + 2], "big") for i in range(0, size * 2, 2)]
    return words
