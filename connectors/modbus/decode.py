"""DECODE registers into values: width, sign, byte and word order, scale, and what says 'none'. Pure."""

import math
import struct
from collections.abc import Sequence
from fractions import Fraction

from assessor.domain import Order, Point

_FORMATS = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}


def decode(
    point: Point, registers: Sequence[int], order: Order, factor: Fraction = Fraction(1)
) -> int | float | bool | None:
    """The value of a point from its registers: int where it is a whole number by nature, None for 'none'.

    `factor` is what the device itself says the value is to be multiplied by (SunSpec).
    """
    if point.type == "bool":
        return bool(registers[0])
    data = arranged(registers, point.order or order)
    if int.from_bytes(data, "big") in point.absent:
        return None
    raw: int | float = struct.unpack(">" + _FORMATS[point.type], data)[0]
    scale = point.scale * factor
    if isinstance(raw, float):
        value = raw if scale == 1 else raw * float(scale)
        return value if math.isfinite(value) else None
    if scale.denominator == 1 and -(1 << 63) <= (whole := int(raw * scale)) < 1 << 63:
        return whole
    return float(raw * scale)


def arranged(registers: Sequence[int], order: Order) -> bytes:
    """The bytes of a value, most significant first. Letters name bytes as the device sends them."""
    swap_words, swap_bytes = order in ("CDAB", "DCBA"), order in ("BADC", "DCBA")
    words = reversed(registers) if swap_words else registers
    return b"".join(word.to_bytes(2, "little" if swap_bytes else "big") for word in words)
