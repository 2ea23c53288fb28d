"""Modbus units against peers in processes of their own: what is read, refused, doubted, left alone."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from assessor.domain import BAD_TIMEOUT, GOOD, UNCERTAIN, Point, Profile, Unit, severity
from connectors import modbus
from connectors.modbus.blocks import plan
from connectors.modbus.values import Read, Zeros
from tests.kept import Kept
from tests.modbus_runs import PROFILE, gathered, profile, scope_for
from tests.servers.processes import serving


@pytest.mark.wire
def test_a_good_peer_is_read_in_one_request_a_cycle(tmp_path: Path) -> None:
    seen, sink, asked = gathered("good", tmp_path)
    assert seen.reached and seen.problem is None and seen.devices[0].answered
    assert {row.integer for row in sink.rows} == set(range(10, 20))
    assert set(asked[1:]) == {"1 3 10 10"}
    assert asked[0].startswith("1 43"), "identification is asked once, and its refusal is no fault"
    assert {r.result for r in sink.requests} == {"ok", "exception 1"}


@pytest.mark.wire
def test_a_refused_register_is_found_by_halves_and_never_asked_for_again(tmp_path: Path) -> None:
    seen, sink, asked = gathered("hole", tmp_path, seconds=4)
    assert {row.integer for row in sink.rows} == set(range(10, 20)) - {12}
    reads = [line.split() for line in asked if line.split()[1] == "3"]
    touching = [i for i, (_, _, at, n) in enumerate(reads) if int(at) <= 12 < int(at) + int(n)]
    assert len(touching) <= 5, "10 registers are halved at most four times"
    assert max(touching) < len(reads) - 3, "afterwards it is left out"
    assert seen.reached


@pytest.mark.wire
def test_a_function_that_the_device_does_not_know_is_asked_once(tmp_path: Path) -> None:
    seen, sink, asked = gathered("nofc", tmp_path, endpoint={"identify": False})
    assert asked == ["1 3 10 10"] and not sink.rows
    assert seen.reached and seen.devices[0].answered, "a refusal is an answer"
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.nothing_there"


GAPPED = PROFILE.model_copy(update={"points": (*PROFILE.points, Point(id="far", fc=3, at=30, type="u16"))})


@pytest.mark.wire
def test_a_register_that_stays_silent_does_not_cost_a_connection_a_cycle(tmp_path: Path) -> None:
    seen, sink, asked = gathered("mute", tmp_path, 3.5, held=GAPPED, endpoint={"identify": False})
    assert [line.split()[2] for line in asked].count("30") == 2, "left alone after two silences"
    assert [line.split()[2] for line in asked].count("10") > 3, "the rest goes on"
    assert seen.devices[0].problem is None
    assert {row.status for row in sink.rows} == {GOOD, BAD_TIMEOUT}


@pytest.mark.wire
def test_zeros_throughout_are_suspicious(tmp_path: Path) -> None:
    seen, sink, _ = gathered("zeros", tmp_path)
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.all_zero"
    assert {severity(row.status) for row in sink.rows} == {UNCERTAIN}


@pytest.mark.wire
def test_a_dead_unit_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    units = tuple(Unit(unit=n, asset=f"u{n}", profile="counting") for n in (2, 1, 3))
    seen, sink, asked = gathered("half", tmp_path, seconds=2, endpoint={"units": units})
    assert seen.reached and seen.problem is None
    assert {d.where: d.answered for d in seen.devices} == {"unit 2": False, "unit 1": True, "unit 3": False}
    assert {d.where: d.problem is None for d in seen.devices} == {"unit 2": False, "unit 1": True, "unit 3": False}
    assert [line.split()[0] for line in asked].count("2") == 2, "the dead unit is left alone after two requests"
    living = {t.id for t in seen.tags if t.asset == "u1"}
    good = [row for row in sink.rows if row.status == GOOD]
    assert good and {row.tag for row in good} == living
    assert {row.status for row in sink.rows if row.tag not in living} == {BAD_TIMEOUT}


@pytest.mark.wire
def test_a_device_that_dies_on_the_way_is_no_longer_free_of_problems(tmp_path: Path) -> None:
    seen, sink, _ = gathered("dying", tmp_path, seconds=3)
    assert seen.reached and seen.devices[0].answered
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.silent"
    assert {row.status for row in sink.rows} == {GOOD, BAD_TIMEOUT}


@pytest.mark.wire
def test_a_map_that_does_not_belong_to_the_device_is_said_and_not_asked_again(tmp_path: Path) -> None:
    seen, sink, asked = gathered("nothing", tmp_path, seconds=5)
    assert seen.reached, "a refusal is an answer"
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "guard.refused_often"
    assert len(asked) == scope_for("127.0.0.1:9").limits.refusals, "then it is left alone for good"
    assert not sink.rows
    reads = [line for line in asked if line.split()[1] == "3"]
    assert len(reads) == len(set(reads)), "no refused block is asked for a second time"


@pytest.mark.wire
def test_where_one_silence_is_enough_values_come_before_identification(tmp_path: Path) -> None:
    _, _, asked = gathered("good", tmp_path, seconds=0.6, breaker_failures=1)
    assert {line.split()[1] for line in asked} == {"3"}


@pytest.mark.wire
def test_a_server_of_another_maker_is_read() -> None:
    server = Path(__file__).parent / "servers/modbus_press.py"
    with serving([sys.executable, str(server)]) as peer:
        scope, sink = scope_for(peer["address"]), Kept()
        units = (Unit(unit=1, asset="press", profile="demo-press"),)
        agreed = scope.endpoints[0].model_copy(update={"units": units})
        seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=1.6, stop=asyncio.Event()))
        stated = modbus.preview(agreed, scope, 1.6)
    assert seen.reached and seen.traffic is not None and seen.traffic.failures == 0
    assert len(sink.requests) <= stated.requests
    by_path = {tag.path: [r for r in sink.rows if r.tag == tag.id and r.status == GOOD] for tag in seen.tags}
    assert {row.integer for row in by_path["unit 1/state"]} == {2}
    assert all(4200 <= (row.integer or 0) < 4300 for row in by_path["unit 1/strokes"])
    assert all(200 < (row.number or 0) < 300 for row in by_path["unit 1/force"])
    assert all(35 < (row.number or 0) < 47 for row in by_path["unit 1/oil_temperature"])
    assert {tag.path: dict(tag.labels) for tag in seen.tags if tag.labels} == {
        "unit 1/state": {0: "stopped", 1: "idle", 2: "running"}
    }
    interval = seen.tags[0].interval_ms
    assert interval is not None and 450 < interval < 1000


@pytest.mark.wire
def test_a_busy_device_is_given_time_and_comes_back(tmp_path: Path) -> None:
    seen, sink, _ = gathered("busy", tmp_path, seconds=2.5)
    assert seen.reached
    assert [row for row in sink.rows if row.status == GOOD]


@pytest.mark.wire
def test_a_unit_with_a_map_and_sunspec_gives_both_each_in_its_own_order(tmp_path: Path) -> None:
    swapped = Profile.model_validate(
        PROFILE.model_dump() | {"order": "CDAB", "points": [{"id": "e", "fc": 3, "at": 10, "type": "u32"}]}
    )
    model = [203, 105, *[0x8000] * 105]
    model[46:48], model[54] = [1, 2], 0
    words = {40000 + i: word for i, word in enumerate([0x5375, 0x6E53, *model, 0xFFFF, 0])}
    file = tmp_path / "words.json"
    file.write_text(json.dumps({"words": words | {10: 7, 11: 1}}))
    with serving([sys.executable, "-m", "tests.servers.modbus_words", str(file), str(tmp_path / "log")]) as peer:
        scope, sink = scope_for(peer["address"], swapped), Kept()
        units = (Unit(unit=1, asset="press", profile="counting", sunspec=True),)
        agreed = scope.endpoints[0].model_copy(update={"units": units})
        seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=0.6, stop=asyncio.Event()))
    paths = {tag.id: tag.path for tag in seen.tags}
    read = {paths[row.tag]: row.integer for row in sink.rows if row.status == GOOD}
    assert read["unit 1/e"] == 65536 + 7, "low word first, as the map says"
    assert read["unit 1/203/TotWhImp"] == 65536 + 2, "high word first, as SunSpec always is"


def test_a_device_may_say_of_itself_as_much_as_a_frame_holds() -> None:
    scope = scope_for("127.0.0.1:9", max_registers=2)
    talks = modbus.preview(scope.endpoints[0], scope, 60)
    assert talks.bytes_per_second >= 260 * talks.requests_per_second
    mute = scope.endpoints[0].model_copy(update={"identify": False})
    assert modbus.preview(mute, scope, 60).bytes_per_second < 30 * talks.requests_per_second


def test_the_preview_contacts_nothing_and_is_an_upper_bound(tmp_path: Path) -> None:
    scope = scope_for("127.0.0.1:9")
    stated = modbus.preview(scope.endpoints[0], scope, 60)
    assert stated.requests >= 60 / scope.limits.sampling_interval
    assert stated.registers_or_nodes == 10


@pytest.mark.wire
def test_what_a_device_refuses_is_a_fact_of_the_device(tmp_path: Path) -> None:
    seen, _, _ = gathered("hole", tmp_path, seconds=4)
    (unread,) = seen.devices[0].unread
    assert unread.registers == "holding 12+1"
    assert unread.why.id == "modbus.registers_refused" and unread.why.params == {"code": 2}


@pytest.mark.wire
def test_a_failure_over_one_register_is_found_by_halves_too(tmp_path: Path) -> None:
    """Some servers answer a whole block with exception 4 where one register of it is not theirs."""
    seen, sink, asked = gathered("failing", tmp_path, seconds=6)
    good = [row for row in sink.rows if row.status == GOOD]
    assert {row.integer for row in good} == set(range(10, 20)) - {12}
    assert [unread.registers for unread in seen.devices[0].unread] == ["holding 12+1"]
    assert asked.count("1 3 12 1") == 2, "left out after two"


@pytest.mark.wire
def test_what_stays_silent_is_a_fact_of_the_device(tmp_path: Path) -> None:
    seen, _, _ = gathered("mute", tmp_path, 3.5, {"identify": False}, held=GAPPED)
    assert [(u.registers, u.why.id) for u in seen.devices[0].unread] == [
        ("holding 30+1", "modbus.registers_silent")
    ]


TWO = profile(*({"id": f"r{i}", "fc": 3, "at": i, "type": "u16"} for i in (*range(10, 20), *range(30, 40))))


@pytest.mark.wire
def test_a_block_of_nothing_but_zeros_is_doubted_while_the_others_live(tmp_path: Path) -> None:
    seen, sink, _ = gathered("idle", tmp_path, held=TWO)
    assert {severity(row.status) for row in sink.rows if row.integer} == {GOOD}
    assert {severity(row.status) for row in sink.rows if row.integer == 0} == {UNCERTAIN}
    assert seen.devices[0].problem is None
    assert [(u.registers, u.why.id) for u in seen.devices[0].unread] == [
        ("holding 30+10", "modbus.registers_zero")
    ]


def test_once_a_block_has_shown_something_its_zeros_are_values() -> None:
    block, other = plan(TWO.points, 50, gaps=False)
    zeros = Zeros()

    def cycle(one: int, two: int) -> frozenset[tuple[int, int]]:
        return zeros.doubted([Read(block, [one] * 10, 0, 0), Read(other, [two] * 10, 0, 0)])

    assert cycle(1, 0) == {other[:2]} and zeros.blocks == (other,)
    assert cycle(1, 7) == frozenset() and zeros.blocks == ()
    assert cycle(1, 0) == frozenset()
    assert cycle(0, 0) == {block[:2], other[:2]}, "a whole cycle of zeros is always doubted"
    assert zeros.throughout is False


def test_bits_that_are_off_are_no_ground_for_doubt_while_registers_live() -> None:
    bits = [Point(id=f"b{i}", fc=1, at=i, type="bool") for i in range(200)]
    coils, registers = plan([*bits, *PROFILE.points], 50, gaps=False, bits=800)
    zeros = Zeros()
    assert zeros.doubted([Read(coils, [0] * 200, 0, 0), Read(registers, [1] * 10, 0, 0)]) == frozenset()
    assert Zeros().doubted([Read(coils, [0] * 200, 0, 0)]) == {coils[:2]}
    few = plan(bits[:8], 50, gaps=False)[0]
    assert Zeros().doubted([Read(few, [0] * 8, 0, 0)]) == frozenset(), "too few to say anything"


@pytest.mark.wire
def test_a_unit_that_is_left_alone_leaves_a_gap(tmp_path: Path) -> None:
    units = tuple(Unit(unit=n, asset=f"u{n}", profile="counting") for n in (2, 1))
    seen, sink, _ = gathered("half", tmp_path, 3, {"units": units})
    (gap,) = seen.gaps
    assert gap.where == "unit 2" and gap.why.id == "contact.breaker_open"
    assert seen.started <= gap.begins < gap.ends <= seen.ended
    dead = {tag.id for tag in seen.tags if tag.asset == "u2"}
    assert not [row for row in sink.rows if row.tag in dead and gap.begins < row.receive < gap.ends]


@pytest.mark.wire
@pytest.mark.parametrize(("mode", "code"), [("busy", 6), ("waits", 5)])
def test_a_device_that_asks_for_time_gets_it(mode: str, code: int, tmp_path: Path) -> None:
    seen, sink, _ = gathered(mode, tmp_path, 4)
    assert f"exception {code}" in [record.result for record in sink.requests]
    assert [row for row in sink.rows if row.status == GOOD] and seen.devices[0].problem is None
    assert seen.traffic is not None and seen.traffic.failures == 0
    if mode == "busy":
        assert [(gap.where, gap.why.id) for gap in seen.gaps] == [("unit 1", "modbus.resting")]
