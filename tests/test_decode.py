"""Decoding by law: what is encoded comes back, for every type, order and scale; what is no value is None."""

import math
import struct
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain import Point, Profile, Sample, canonical
from assessor.errors import InputError
from connectors.modbus.blocks import plan
from connectors.modbus.decode import column, decode
from connectors.profiles import read_profile

FORMATS = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}
ORDERS = st.sampled_from(["ABCD", "CDAB", "BADC", "DCBA"])
SCALES = st.sampled_from(
    [Fraction(1), Fraction("0.1"), Fraction("0.001"), Fraction(1, 7200), Fraction(10), Fraction(-3, 7)]
)
OFFSETS = st.sampled_from([Fraction(0), Fraction(-40), Fraction("0.5"), Fraction(1, 3)])


def sent(data: bytes, order: str) -> list[int]:
    """Registers as a device with this order sends the bytes of a value (most significant first)."""
    pairs = [data[i : i + 2] for i in range(0, len(data), 2)]
    if order in ("CDAB", "DCBA"):
        pairs.reverse()
    if order in ("BADC", "DCBA"):
        pairs = [pair[::-1] for pair in pairs]
    return [int.from_bytes(pair, "big") for pair in pairs]


def point(type_: str, **more: Any) -> Point:
    return Point.model_validate({"id": "p", "fc": 3, "at": 0, "type": type_} | more)


@given(kind=st.sampled_from(sorted(FORMATS)), order=ORDERS, scale=SCALES, offset=OFFSETS, data=st.data())
def test_a_number_comes_back_exactly_scaled(
    kind: str, order: Any, scale: Fraction, offset: Fraction, data: st.DataObject
) -> None:
    bits = int(kind[1:])
    if kind[0] == "f":
        raw: Any = data.draw(st.floats(width=32 if bits == 32 else 64, allow_nan=False, allow_infinity=False))
    else:
        low, high = (0, 2**bits - 1) if kind[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        raw = data.draw(st.integers(low, high))
    registers = sent(struct.pack(">" + FORMATS[kind], raw), order)
    value = decode(point(kind, scale=scale, offset=offset), registers, order)
    exact = Fraction(raw) * scale + offset
    if value is None:
        assert abs(exact) > Fraction(1.7e308), "only what no column can hold"
    else:
        assert value == (exact if isinstance(value, int) else float(exact))
        whole = kind[0] != "f" and scale.denominator == offset.denominator == 1 and abs(exact) < 2**63
        assert isinstance(value, int) == whole, "the kind of a value follows from its map, not from its size"


@given(digits=st.integers(1, 2).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 10 ** (4 * n) - 1))),
       order=ORDERS, scale=SCALES)  # fmt: skip
def test_decimal_digits_come_back(digits: tuple[int, int], order: Any, scale: Fraction) -> None:
    words, number = digits
    registers = sent(bytes.fromhex(f"{number:0{4 * words}d}"), order)
    assert decode(point(f"bcd{16 * words}", scale=scale), registers, order) == (
        number if scale.denominator == 1 and scale == 1 else pytest.approx(float(number * scale), rel=1e-15)
    )


@pytest.mark.parametrize("word", [0x123A, 0xFFFF, 0xA000, 0x0F00])
def test_a_nibble_that_is_no_digit_is_no_value(word: int) -> None:
    assert decode(point("bcd16"), [word], "ABCD") is None
    assert decode(point("bcd32"), [0, word], "ABCD") is None
    assert decode(point("bcd16", absent=[0x9999]), [0x9999], "ABCD") is None


@given(word=st.integers(0, 0xFFFFFFFF), first=st.integers(0, 31), count=st.integers(1, 32), order=ORDERS)
def test_bits_are_cut_out_of_the_whole_value(word: int, first: int, count: int, order: Any) -> None:
    if first + count > 32:
        with pytest.raises(ValidationError, match="bits lie inside"):
            point("u32", bits=[first, count])
        return
    value = decode(point("u32", bits=[first, count]), sent(word.to_bytes(4, "big"), order), order)
    digits = f"{word:032b}"[::-1][first : first + count][::-1]
    assert value == int(digits, 2)
    assert isinstance(value, bool) == (count == 1)


@pytest.mark.parametrize("special", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("scale", ["1", "0.1"])
def test_what_is_no_number_is_none(special: float, scale: str) -> None:
    for kind in ("f32", "f64"):
        registers = sent(struct.pack(">" + FORMATS[kind], special), "DCBA")
        assert decode(point(kind, scale=scale), registers, "DCBA") is None


@given(kind=st.sampled_from(["u16", "s16", "u32", "s32", "u64", "s64", "bcd16", "bcd32"]), order=ORDERS)
def test_a_mark_for_none_is_compared_without_sign_and_before_scaling(kind: str, order: Any) -> None:
    bits = int(kind.removeprefix("bcd").lstrip("us"))
    mark = int("9" * (bits // 4), 16) if kind.startswith("bcd") else 1 << (bits - 1)
    held = point(kind, absent=[mark], scale="0.1", offset="5")
    assert decode(held, sent(mark.to_bytes(bits // 8, "big"), order), order) is None
    assert (
        decode(
            held, sent((mark - 1 if bits == 16 and kind[0] == "b" else 1).to_bytes(bits // 8, "big"), order), order
        )
        is not None
    )


def test_bits_of_an_absent_register_are_absent() -> None:
    assert decode(point("u16", bits=[0, 1], absent=[0xFFFF]), [0xFFFF], "ABCD") is None
    assert decode(point("u16", bits=[0, 1], absent=[0xFFFF]), [0xFFFE], "ABCD") is False


def test_coils_are_truth_values_and_texts_are_texts() -> None:
    coil = point("bool", fc=1)
    assert (decode(coil, [1], "ABCD"), decode(coil, [0], "DCBA")) == (True, False)
    name = [0x4142, 0x4300, 0x5858]
    assert decode(point("text", length=3), name, "ABCD") == "ABC"
    assert decode(point("text", length=3), name, "CDAB") == "ABC", "words of a text are never turned"
    assert decode(point("text", length=2), [0x4241, 0x0043], "BADC") == "ABC"
    assert decode(point("text", length=2), [0, 0], "ABCD") is None
    assert decode(point("text", length=3), [0xE9AA, 0xA8E6, 0x9CBA], "ABCD") == "骨机"
    assert decode(point("text", length=2), [0xFFFF, 0x1B41], "ABCD") == "A", "a terminal obeys no device"


@given(words=st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=8), order=ORDERS)
def test_whatever_a_device_sends_as_text_is_a_text_that_can_be_stored(words: list[int], order: Any) -> None:
    value = decode(point("text", length=len(words)), words, order)
    assert value is None or (isinstance(value, str) and value.encode("utf-8") and value.isprintable())


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "flag"), (3, "integer"), (0.5, "number"), ("x", "text"), (None, None)]
)
def test_each_kind_of_value_has_its_column(value: Any, expected: str | None) -> None:
    row = Sample(1, None, None, 0, 0, 0)._replace(**column(value))
    filled = {f for f in ("number", "integer", "flag", "text") if getattr(row, f) is not None}
    assert filled == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"type": "bool", "fc": 3}, "of type bool"),
        ({"type": "u16", "fc": 1}, "of type bool"),
        ({"type": "text"}, "length"),
        ({"type": "u16", "length": 2}, "length"),
        ({"type": "u16", "bits": [15, 2]}, "bits lie"),
        ({"type": "s16", "bits": [0, 1]}, "bits lie"),
        ({"type": "u16", "bits": [0, 1], "scale": "0.1"}, "no scale"),
        ({"type": "bool", "fc": 2, "offset": 1}, "no scale"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Point.model_validate({"id": "p", "fc": 3, "at": 0} | wrong)


MAP = """format: assessor-profile/1
id: x
title: {zh: 表, en: meter}
source: a document
confidence: site
base: 1
points:
  - {id: run, fc: 3, at: 10, type: u16, bits: [0, 1]}
  - {id: mode, fc: 3, at: 10, type: u16, bits: [1, 3]}
  - {id: power, fc: 3, at: 11, type: f32}
  - {id: on, fc: 1, at: 1, type: bool}
"""


def test_a_map_that_counts_from_one_is_read_as_printed_and_kept_as_on_the_wire() -> None:
    profile = read_profile(MAP, "m.yaml")
    assert [(p.fc, p.at) for p in profile.points] == [(3, 9), (3, 9), (3, 10), (1, 0)]
    assert read_profile(canonical(profile).decode(), "m.json") == profile, "written and read again it is the same"
    assert b'"at": 11' in canonical(profile)
    assert Profile.model_validate(profile.model_dump()) == profile
    with pytest.raises(InputError, match=r"m\.yaml:8: input\.wrong_value"):
        read_profile(MAP.replace("at: 10, type: u16, bits: [0", "at: 0, type: u16, bits: [0"), "m.yaml")
    with pytest.raises(InputError, match=r"m\.yaml:6: input\.wrong_value"):
        read_profile(MAP.replace("base: 1", "base: 2"), "m.yaml")


@pytest.mark.parametrize(
    "changed",
    [
        ("bits: [1, 3]", "bits: [0, 2]"),  # the same bit twice
        ("bits: [1, 3]}", "bits: [1, 3], order: DCBA}"),  # bits counted in two ways
        (", bits: [1, 3]", ""),  # the whole register and a bit of it
        ("at: 10, type: u16, bits: [1, 3]", "at: 9, type: u32, bits: [1, 3]"),
    ],
)
def test_only_different_bits_of_one_value_share_a_register(changed: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=r"m\.yaml:9: modbus\.profile_overlap"):
        read_profile(MAP.replace(*changed), "m.yaml")


def test_bits_of_one_register_are_read_with_one_request_and_are_tags_of_their_own() -> None:
    profile = read_profile(MAP, "m.yaml")
    blocks = plan(profile.points, 50, gaps=False)
    assert [(b.fc, b.start, b.length, len(b.points)) for b in blocks] == [(1, 0, 1, 1), (3, 9, 3, 3)]
    assert len({p.place for p in profile.points}) == len(profile.points)
