"""Modbus: plans and decoding by law, and behaviour against peers that misbehave, each in its own process."""

import asyncio
import json
import math
import socket
import struct
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import (
    BAD,
    BAD_TIMEOUT,
    GOOD,
    UNCERTAIN,
    Endpoint,
    Limits,
    Observation,
    Point,
    Profile,
    RequestRecord,
    Role,
    Sample,
    Scope,
    Unit,
    severity,
)
from assessor.errors import InputError
from connectors import modbus
from connectors.guard import MODBUS_FUNCTIONS, Forbidden, Guard
from connectors.modbus.blocks import plan
from connectors.modbus.decode import arranged, decode
from connectors.modbus.wire import Line
from connectors.profiles import load_profile, names, read_profile
from tests.servers.processes import serving
from tests.test_bundle import SCOPE

TYPES = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}


@st.composite
def maps(draw: st.DrawFn) -> list[Point]:
    """A register map without overlaps."""
    points, at = [], 0
    for i in range(draw(st.integers(1, 60))):
        at += draw(st.sampled_from([0, 0, 0, 1, 5, 30]))
        kind = draw(st.sampled_from(list(TYPES)))
        point = Point(id=f"p{i}", fc=draw(st.sampled_from([3, 3, 4])), at=at, type=kind)
        points.append(point)
        at += point.size
    return points


@given(points=maps(), most=st.integers(4, 125), gaps=st.booleans())
def test_a_plan_reads_every_point_once_within_the_limit_and_nothing_unlisted(
    points: list[Point], most: int, gaps: bool
) -> None:
    blocks = plan(points, most, gaps)
    assert sorted(p.id for b in blocks for p in b.points) == sorted(p.id for p in points)
    listed = {(p.fc, p.at + i) for p in points for i in range(p.size)}
    for block in blocks:
        assert block.length <= most
        touched = {(block.fc, block.start + i) for i in range(block.length)}
        assert {(p.fc, p.at + i) for p in block.points for i in range(p.size)} <= touched
        assert gaps or touched <= listed
    assert len(blocks) <= len(points)


def test_two_hundred_scattered_registers_take_a_twentieth_of_the_requests() -> None:
    points = [Point(id=f"p{i}", fc=3, at=5 * i, type="u16") for i in range(200)]
    assert len(plan(points, 125, gaps=True)) * 20 <= len(plan(points, 125, gaps=False))


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


def test_a_value_wider_than_the_agreed_limit_is_not_read() -> None:
    points = [Point(id="a", fc=3, at=0, type="u64"), Point(id="b", fc=3, at=4, type="u16")]
    assert [b.length for b in plan(points, 2, gaps=False)] == [1]


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


class Kept:
    """A sink in memory; stops the run after so many requests where told to."""

    def __init__(self, stop: asyncio.Event | None = None, after: int = 0) -> None:
        self.stop, self.after = stop, after
        self.rows: list[Sample] = []
        self.log: list[RequestRecord] = []
        self.seen: list[Observation] = []

    def samples(self, rows: Sequence[Sample]) -> None:
        self.rows.extend(rows)

    def request(self, record: RequestRecord) -> None:
        self.log.append(record)
        if self.stop is not None and len(self.log) >= self.after:
            self.stop.set()

    def observe(self, observation: Observation) -> None:
        self.seen.append(observation)

    def flush(self) -> None:
        pass


PROFILE = Profile.model_validate(
    {
        "format": "assessor-profile/1",
        "id": "counting",
        "title": {"zh": "计数", "en": "counting"},
        "source": "tests",
        "confidence": "site",
        "points": [{"id": f"r{i}", "fc": 3, "at": i, "type": "u16"} for i in range(10, 20)],
    }
)


def scope_for(address: str, **limits: Any) -> Scope:
    endpoint = Endpoint.model_validate(
        {
            "id": "press",
            "protocol": "modbus-tcp",
            "address": address,
            "role": Role.MACHINE,
            "units": [{"unit": 1, "asset": "press", "profile": "counting"}],
        }
    )
    fast = {"request_gap": 0.02, "connect_spacing": 0.2, "pause_after_connect": 0, "timeout": 0.4}
    changed = Limits.model_validate(fast | {"sampling_interval": 0.5} | limits)
    return SCOPE.model_copy(update={"endpoints": (endpoint,), "limits": changed})


def gathered(
    mode: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float = 1.2,
    endpoint: dict[str, Any] | None = None,
    stop: asyncio.Event | None = None,
    stop_after: int = 0,
    **limits: Any,
) -> tuple[Observation, Kept, list[str]]:
    """One run against a misbehaving peer; what the peer was asked, as 'unit fc start count'."""
    monkeypatch.setattr("connectors.profiles.load_profile", lambda _: PROFILE)
    asked = tmp_path / "asked.txt"
    asked.touch()
    with serving([sys.executable, "-m", "tests.servers.modbus_bad", mode, str(asked)]) as peer:
        scope, sink = scope_for(peer["address"], **limits), Kept(stop, stop_after)
        agreed = scope.endpoints[0].model_copy(update=endpoint or {})
        run = modbus.gather(agreed, scope, sink, seconds=seconds, stop=stop or asyncio.Event())
        observation = asyncio.run(run)
    return observation, sink, asked.read_text().splitlines()


@pytest.mark.wire
def test_a_good_peer_is_read_in_one_request_a_cycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, sink, asked = gathered("good", tmp_path, monkeypatch)
    assert seen.reached and seen.problem is None and seen.devices[0].answered
    assert {row.integer for row in sink.rows} == set(range(10, 20))
    assert set(asked[1:]) == {"1 3 10 10"}
    assert asked[0].startswith("1 43"), "identification is asked once, and its refusal is no fault"
    assert {r.result for r in sink.log} == {"ok", "exception 1"}


@pytest.mark.wire
def test_a_peer_that_closes_is_reported_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    seen, sink, asked = gathered("close", tmp_path, monkeypatch, seconds=2.5, timeout=20)
    assert not seen.reached and seen.problem is not None
    assert seen.problem.id == "modbus.lost"
    assert time.monotonic() - begun < 15, "the time-out of 20 s was not waited for"
    assert not [row for row in sink.rows if severity(row.status) == GOOD]
    assert asked == ["connect"] * 2, "left alone after two failures: not even a connection is opened"


@pytest.mark.wire
def test_a_silent_peer_is_left_alone_after_two_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _, asked = gathered("silent", tmp_path, monkeypatch, seconds=3)
    assert not seen.reached and seen.problem is not None
    assert len(asked) == 2, "the circuit breaker opens after two"


@pytest.mark.wire
def test_a_late_answer_is_never_taken_for_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, sink, _ = gathered("late", tmp_path, monkeypatch, seconds=2, breaker_failures=5)
    assert not [row for row in sink.rows if severity(row.status) == GOOD]


@pytest.mark.wire
@pytest.mark.parametrize("mode", ["garbage", "short"])
def test_what_cannot_be_trusted_gives_no_value(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, sink, _ = gathered(mode, tmp_path, monkeypatch, seconds=1)
    assert all(row.status & BAD and row.integer is None and row.number is None for row in sink.rows)
    assert not seen.devices[0].answered or mode == "short"


@pytest.mark.wire
def test_a_refused_register_is_found_by_halves_and_never_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, sink, asked = gathered("hole", tmp_path, monkeypatch, seconds=4)
    assert {row.integer for row in sink.rows} == set(range(10, 20)) - {12}
    reads = [line.split() for line in asked if line.split()[1] == "3"]
    touching = [i for i, (_, _, at, n) in enumerate(reads) if int(at) <= 12 < int(at) + int(n)]
    assert len(touching) <= 5, "10 registers are halved at most four times"
    assert max(touching) < len(reads) - 3, "afterwards it is left out"
    assert seen.reached


@pytest.mark.wire
def test_a_function_that_the_device_does_not_know_is_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, sink, asked = gathered("nofc", tmp_path, monkeypatch, endpoint={"identify": False})
    assert asked == ["1 3 10 10"] and not sink.rows
    assert seen.reached and seen.devices[0].answered, "a refusal is an answer"
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.nothing_there"


GAPPED = PROFILE.model_copy(update={"points": (*PROFILE.points, Point(id="far", fc=3, at=30, type="u16"))})


@pytest.mark.wire
def test_a_register_that_stays_silent_does_not_cost_a_connection_a_cycle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PROFILE", GAPPED)
    seen, sink, asked = gathered("mute", tmp_path, monkeypatch, seconds=3.5, endpoint={"identify": False})
    assert [line.split()[2] for line in asked].count("30") == 2, "left alone after two silences"
    assert [line.split()[2] for line in asked].count("10") > 3, "the rest goes on"
    assert seen.devices[0].problem is None
    assert {row.status for row in sink.rows} == {GOOD, BAD_TIMEOUT}


@pytest.mark.wire
def test_nothing_is_asked_once_the_run_is_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two requests, not only between two cycles: a window may close in the middle of one."""
    single = PROFILE.model_copy(update={"max_registers": 1})
    monkeypatch.setattr(sys.modules[__name__], "PROFILE", single)
    stop = asyncio.Event()
    seen, sink, asked = gathered("good", tmp_path, monkeypatch, seconds=9, stop=stop, stop_after=4)
    assert len(asked) == 4
    assert {row.integer for row in sink.rows} == {10, 11, 12}, "what had been read is kept"
    assert seen.reached


@pytest.mark.wire
def test_zeros_throughout_are_suspicious(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, sink, _ = gathered("zeros", tmp_path, monkeypatch)
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.all_zero"
    assert {severity(row.status) for row in sink.rows} == {UNCERTAIN}


@pytest.mark.wire
def test_a_dead_unit_does_not_stop_its_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units = tuple(Unit(unit=n, asset=f"u{n}", profile="counting") for n in (2, 1, 3))
    seen, sink, asked = gathered("half", tmp_path, monkeypatch, seconds=2, endpoint={"units": units})
    assert seen.reached and seen.problem is None
    assert {d.where: d.answered for d in seen.devices} == {"unit 2": False, "unit 1": True, "unit 3": False}
    assert {d.where: d.problem is None for d in seen.devices} == {"unit 2": False, "unit 1": True, "unit 3": False}
    assert [line.split()[0] for line in asked].count("2") == 2, "the dead unit is left alone after two requests"
    living = {t.id for t in seen.tags if t.asset == "u1"}
    good = [row for row in sink.rows if row.status == GOOD]
    assert good and {row.tag for row in good} == living
    assert {row.status for row in sink.rows if row.tag not in living} == {BAD_TIMEOUT}


@pytest.mark.wire
def test_a_device_that_dies_on_the_way_is_no_longer_free_of_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, sink, _ = gathered("dying", tmp_path, monkeypatch, seconds=3)
    assert seen.reached and seen.devices[0].answered
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.silent"
    assert {row.status for row in sink.rows} == {GOOD, BAD_TIMEOUT}


@pytest.mark.wire
def test_a_map_that_does_not_belong_to_the_device_is_said_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, sink, asked = gathered("nothing", tmp_path, monkeypatch, seconds=5)
    assert seen.reached, "a refusal is an answer"
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "guard.refused_often"
    assert len(asked) == scope_for("127.0.0.1:9").limits.refusals, "then it is left alone for good"
    assert not sink.rows
    reads = [line for line in asked if line.split()[1] == "3"]
    assert len(reads) == len(set(reads)), "no refused block is asked for a second time"


@pytest.mark.wire
@pytest.mark.parametrize("allowed", [True, False])
def test_report_id_is_asked_only_where_the_scope_says_so(
    allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, _, asked = gathered("named", tmp_path, monkeypatch, seconds=0.6, endpoint={"report_id": allowed})
    assert [line.split()[1] for line in asked].count("17") == allowed
    plate = seen.devices[0].nameplate
    assert (plate and plate.model) == ("PRESS-1" if allowed else None)


@pytest.mark.wire
def test_where_one_silence_is_enough_values_come_before_identification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, asked = gathered("good", tmp_path, monkeypatch, seconds=0.6, breaker_failures=1)
    assert {line.split()[1] for line in asked} == {"3"}


@pytest.mark.wire
def test_a_server_of_another_maker_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Path(__file__).parent / "servers/modbus_press.py"
    with serving([sys.executable, str(server)]) as peer:
        scope, sink = scope_for(peer["address"]), Kept()
        units = (Unit(unit=1, asset="press", profile="demo-press"),)
        agreed = scope.endpoints[0].model_copy(update={"units": units})
        seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=1.6, stop=asyncio.Event()))
        stated = modbus.preview(agreed, scope, 1.6)
    assert seen.reached and seen.traffic is not None and seen.traffic.failures == 0
    assert len(sink.log) <= stated.requests
    by_path = {tag.path: [r for r in sink.rows if r.tag == tag.id and r.status == GOOD] for tag in seen.tags}
    assert {row.integer for row in by_path["unit 1/state"]} == {2}
    assert all(4200 <= (row.integer or 0) < 4300 for row in by_path["unit 1/strokes"])
    assert all(200 < (row.number or 0) < 300 for row in by_path["unit 1/force"])
    assert all(35 < (row.number or 0) < 47 for row in by_path["unit 1/oil_temperature"])
    interval = seen.tags[0].interval_ms
    assert interval is not None and 450 < interval < 1000


@pytest.mark.wire
def test_no_frame_gets_into_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gathered("silent", tmp_path, monkeypatch, seconds=1)
    assert not [r for r in caplog.records if r.name.startswith("pymodbus")]


def test_nothing_listening_is_a_problem_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.profiles.load_profile", lambda _: PROFILE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    scope, sink = scope_for(address), Kept()
    seen = asyncio.run(modbus.gather(scope.endpoints[0], scope, sink, seconds=1, stop=asyncio.Event()))
    assert not seen.reached and seen.problem is not None and not seen.devices[0].answered
    assert len(sink.seen) == 2, "seen before sampling and after it"


@pytest.mark.wire
def test_a_busy_device_is_given_time_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, sink, _ = gathered("busy", tmp_path, monkeypatch, seconds=2.5)
    assert seen.reached
    assert [row for row in sink.rows if row.status == GOOD]


@pytest.mark.wire
def test_nothing_but_reading_can_leave(tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.touch()

    async def attempt(address: str) -> None:
        scope = scope_for(address)
        guard = Guard("press", address, scope.limits, MODBUS_FUNCTIONS, lambda _: None)
        line = Line(scope.endpoints[0], scope.limits, guard, asyncio.Event())
        client = await line._link.client()
        for call in (
            lambda: client.write_register(1, 2, device_id=1),
            lambda: client.write_coil(1, True, device_id=1),
            lambda: client.write_registers(1, [1, 2], device_id=1),
            lambda: client.mask_write_register(address=1, device_id=1),
            lambda: client.report_device_id(device_id=1),
            lambda: client.diag_restart_communication(True, device_id=1),
        ):
            with pytest.raises(Forbidden):
                await call()
        assert await line.read(1, 3, 5, 2) == [5, 6], "the line still reads"
        line.close()

    with serving([sys.executable, "-m", "tests.servers.modbus_bad", "good", str(asked)]) as peer:
        asyncio.run(attempt(peer["address"]))
    assert asked.read_text().splitlines() == ["1 3 5 2"], "nothing else reached the wire"


@pytest.mark.wire
def test_a_unit_with_a_map_and_sunspec_gives_both_each_in_its_own_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = Profile.model_validate(
        PROFILE.model_dump() | {"order": "CDAB", "points": [{"id": "e", "fc": 3, "at": 10, "type": "u32"}]}
    )
    monkeypatch.setattr("connectors.profiles.load_profile", lambda _: swapped)
    model = [203, 105, *[0x8000] * 105]
    model[46:48], model[54] = [1, 2], 0
    words = {40000 + i: word for i, word in enumerate([0x5375, 0x6E53, *model, 0xFFFF, 0])}
    file = tmp_path / "words.json"
    file.write_text(json.dumps({"words": words | {10: 7, 11: 1}}))
    with serving([sys.executable, "-m", "tests.servers.modbus_words", str(file), str(tmp_path / "log")]) as peer:
        scope, sink = scope_for(peer["address"]), Kept()
        units = (Unit(unit=1, asset="press", profile="counting", sunspec=True),)
        agreed = scope.endpoints[0].model_copy(update={"units": units})
        seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=0.6, stop=asyncio.Event()))
    paths = {tag.id: tag.path for tag in seen.tags}
    read = {paths[row.tag]: row.integer for row in sink.rows if row.status == GOOD}
    assert read["unit 1/e"] == 65536 + 7, "low word first, as the map says"
    assert read["unit 1/203/TotWhImp"] == 65536 + 2, "high word first, as SunSpec always is"


def test_a_device_may_say_of_itself_as_much_as_a_frame_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.profiles.load_profile", lambda _: PROFILE)
    scope = scope_for("127.0.0.1:9", max_registers=2)
    talks = modbus.preview(scope.endpoints[0], scope, 60)
    assert talks.bytes_per_second >= 260 * talks.requests_per_second
    mute = scope.endpoints[0].model_copy(update={"identify": False})
    assert modbus.preview(mute, scope, 60).bytes_per_second < 30 * talks.requests_per_second


def test_the_preview_contacts_nothing_and_is_an_upper_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.profiles.load_profile", lambda _: PROFILE)
    scope = scope_for("127.0.0.1:9")
    stated = modbus.preview(scope.endpoints[0], scope, 60)
    assert stated.requests >= 60 / scope.limits.sampling_interval
    assert stated.registers_or_nodes == 10
