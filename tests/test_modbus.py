"""Modbus maps: decoding by law, and maps that do not fit together."""

import math
import struct
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Point
from assessor.errors import InputError
from connectors.modbus.blocks import plan
from connectors.modbus.decode import arranged, decode
from connectors.profiles import load_profile, names, read_profile

TYPES = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}


@given(kind=st.sampled_from(list(TYPES)), order=st.sampled_from(["ABCD", "CDAB", "BADC", "DCBA"]), data=st.data())
def test_decoding_undoes_encoding_in_every_order(kind: str, order: Any, data: st.DataObject) -> None:
    bits = int(kind[1:])
    if kind[0] == "f":
        value: Any = data.draw(st.floats(width=32 if bits == 32 else 64, allow_nan=False, allow_infinity=False))
    else:
        low, high = (0, 2**bits - 1) if kind[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        value = data.draw(st.integers(low, high))
    raw = struct.pack(">" + TYPES[kind], value)
    words = [raw[i : i + 2] for i in range(0, len(raw), 2)]
    if order in ("CDAB", "DCBA"):
        words.reverse()
    registers = [int.from_bytes(w, "little" if order in ("BADC", "DCBA") else "big") for w in words]
    point = Point(id="p", fc=3, at=0, type=kind)  # type: ignore[arg-type]
    assert arranged(registers, order) == raw
    # an integer column holds 63 bits and a sign; what is larger is a number
    assert decode(point, registers, order) == (value if abs(value) < 2**63 or kind[0] != "u" else float(value))


def test_scales_are_exact_and_none_is_none() -> None:
    scaled = Point(id="p", fc=3, at=0, type="s16", scale=Fraction("0.1"), absent=(0x8000,))
    assert decode(scaled, [413], "ABCD") == 41.3
    assert decode(scaled, [0x8000], "ABCD") is None
    assert decode(Point(id="p", fc=3, at=0, type="u16"), [7], "ABCD") == 7
    nan = struct.unpack(">HH", struct.pack(">f", math.nan))
    assert decode(Point(id="p", fc=3, at=0, type="f32"), nan, "ABCD") is None


def test_a_number_that_no_column_holds_is_never_handed_on() -> None:
    """Devices can send anything: no overflow, no infinity, no integer of more than 64 bits."""
    wide = Point(id="p", fc=3, at=0, type="u64")
    assert decode(wide, [0xFFFF] * 4, "ABCD") == float(2**64 - 1)
    assert isinstance(decode(wide, [0xFFFF] * 4, "ABCD"), float)
    assert decode(wide, [0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF], "ABCD") == 2**63 - 1
    largest = [int.from_bytes(b, "big") for b in struct.unpack(">2s2s2s2s", struct.pack(">d", 1.7e308))]
    assert decode(Point(id="p", fc=3, at=0, type="f64", scale=Fraction(1000)), largest, "ABCD") is None


@pytest.mark.parametrize("name", names())
def test_a_shipped_profile_can_be_read_within_its_limits(name: str) -> None:
    profile = load_profile(name)
    assert profile.confidence in ("verified-from-documents", "check-on-site", "site")
    for block in plan(profile.points, min(50, profile.max_registers), profile.gaps):
        assert block.length <= profile.max_registers


BAD_PROFILE = """format: assessor-profile/1
id: x
title: {zh: 表, en: meter}
source: a document
confidence: site
points:
  - {id: a, fc: 3, at: 0, type: u32}
  - {id: b, fc: 3, at: 1, type: u16}
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BAD_PROFILE, "profile_overlap"),
        (BAD_PROFILE.replace("at: 1,", "at: 2,").replace("id: b", "id: a"), "profile_twice"),
        (BAD_PROFILE.replace("at: 1, type: u16", "at: 65535, type: f32"), "profile_beyond"),
    ],
)
def test_a_profile_that_does_not_fit_together_is_named_by_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"m.yaml:8: modbus.{message}"):
        read_profile(text, "m.yaml")
