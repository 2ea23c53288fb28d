"""DECODE registers into values: width, sign, order of bytes and words, bits, scale, and what says 'none'. Pure."""

import math
import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from assessor.domain import Order, Point

Value = bool | int | float | str
_FORMATS = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}


def decode(point: Point, registers: Sequence[int], order: Order, factor: Fraction = Fraction(1)) -> Value | None:
    """The value of a point from its registers; None for 'none', and for what is no value of its type.

    A whole number by nature is an int, a coil or a single bit a bool, a text a str, the rest floats. `registers`
    holds one 0 or 1 for a coil. `factor` is what the device itself says a value is multiplied by (SunSpec).
    """
    used = point.order or order
    if point.type == "bool":
        return None if registers[0] in point.absent else bool(registers[0])
    if point.type == "text":
        return _text(registers, used)
    data = arranged(registers, used)
    whole = int.from_bytes(data, "big")
    if whole in point.absent:
        return None
    if point.bits:
        first, count = point.bits
        field = whole >> first & (1 << count) - 1
        return bool(field) if count == 1 else field
    if point.type in ("bcd16", "bcd32"):
        digits = data.hex()
        return _scaled(int(digits), point, factor) if digits.isdecimal() else None
    raw: int | float = struct.unpack(">" + _FORMATS[point.type], data)[0]
    return _scaled(raw, point, factor)


def _scaled(raw: int | float, point: Point, factor: Fraction) -> int | float | None:
    """Raw × scale + offset without loss, rounded once at the end; None where no number can hold it."""
    scale, offset = point.scale * factor, point.offset
    if isinstance(raw, float) and (not math.isfinite(raw) or (scale == 1 and offset == 0)):
        return raw if math.isfinite(raw) else None
    exact = Fraction(raw) * scale + offset
    if isinstance(raw, int) and scale.denominator == offset.denominator == 1 and -(1 << 63) <= exact < 1 << 63:
        return int(exact)
    try:
        return float(exact)
    except OverflowError:
        return None


def _text(registers: Sequence[int], order: Order) -> str | None:
    """Letters in the order of the registers; only the two of one register may be swapped. Ends at a zero byte."""
    swapped = order in ("BADC", "DCBA")
    data = b"".join(word.to_bytes(2, "little" if swapped else "big") for word in registers)
    text = data.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd").strip() or None


def arranged(registers: Sequence[int], order: Order) -> bytes:
    """The bytes of a value, most significant first. Letters name bytes as the device sends them."""
    swap_words, swap_bytes = order in ("CDAB", "DCBA"), order in ("BADC", "DCBA")
    words = reversed(registers) if swap_words else registers
    return b"".join(word.to_bytes(2, "little" if swap_bytes else "big") for word in words)


def column(value: Value | None) -> dict[str, Any]:
    """The column of a sample row that a value belongs in, by the value's kind; none for None."""
    match value:
        case None:
            return {}
        case bool():
            return {"flag": value}
        case int():
            return {"integer": value}
        case float():
            return {"number": value}
    return {"text": value}
