"""More registers at a time from a device that has proved itself: what it saves, and that it costs no value."""

import asyncio
import io
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from rich.console import Console

from assessor import present
from assessor.domain import GOOD, UNCERTAIN, Limits, Message, Observation, Point, Profile, Sample, severity
from connectors import modbus
from connectors.guard import Open
from connectors.losses import MOST_STRETCHES, Losses
from connectors.modbus.units import Unit
from connectors.modbus.wire import Line, Refused
from connectors.preview import preview
from tests.interop.catalogue import SERVERS, libmodbus, require
from tests.kept import Kept
from tests.modbus_runs import gathered, profile, scope_for
from tests.servers.processes import serving
from tests.test_modbus_blocks import maps

RUN = profile(*({"id": f"r{at}", "fc": 3, "at": at, "type": "u16"} for at in range(1, 131)))
SCATTERED = profile(*({"id": f"r{at}", "fc": 3, "at": at, "type": "u16"} for at in range(0, 1000, 5)), gaps=True)


class Asked(NamedTuple):
    """A request that reached the device."""

    fc: int
    start: int
    count: int


class Held:
    """A device in memory, as much of a Line as a unit needs. `judge` raises where a request is not answered."""

    def __init__(self, judge: Callable[[Asked], None], value: Callable[[int], int] = lambda at: at + 1) -> None:
        self.judge, self.value = judge, value
        self.asked: list[Asked] = []

    async def read(self, _: int, fc: int, start: int, count: int) -> list[int]:
        self.asked.append(Asked(fc, start, count))
        self.judge(self.asked[-1])
        return [self.value(start + i) % 65536 for i in range(count)]

    async def identify(self, _: int) -> None:
        raise AssertionError("the scope does not allow it")

    report = identify


class Cycle(NamedTuple):
    asked: list[Asked]
    rows: list[Sample]


def cycles(device: Held, held: Profile, n: int, **limits: Any) -> tuple[Unit, list[Cycle], int]:
    """A unit through so many cycles; what each asked and gave, and the requests that were stated for all."""
    scope = scope_for("127.0.0.1:9", held, sampling_interval=60, **limits)
    endpoint = scope.endpoints[0].model_copy(update={"identify": False})
    unit = Unit(endpoint.units[0], endpoint, scope.limits, held, Losses())
    line = cast(Line, device)

    async def run() -> list[Cycle]:
        await unit.learn(line)
        found = []
        for _ in range(n):
            before = len(device.asked)
            rows = await unit.cycle(line)
            found.append(Cycle(device.asked[before:], rows))
        return found

    return unit, asyncio.run(run()), modbus.preview(endpoint, scope, 60 * (n - 1)).requests


@given(
    points=maps(),
    gaps=st.booleans(),
    most=st.integers(4, 125),
    narrow=st.integers(50, 125),
    how=st.sampled_from([2, 3, 4, None]),
    data=st.data(),
)
def test_more_at_a_time_loses_no_value_and_never_touches_what_was_refused(
    points: list[Point], gaps: bool, most: int, narrow: int, how: int | None, data: st.DataObject
) -> None:
    """A device with bad registers that gives no more than `narrow` at a time; the profile allows `most`."""
    refusing = data.draw(st.lists(st.sampled_from(points), max_size=3, unique_by=lambda p: p.id))
    bad = {(p.fc, p.at) for p in refusing}

    def judge(asked: Asked) -> None:
        if asked.count > narrow:
            raise Refused(how) if how else TimeoutError
        if any((asked.fc, asked.start + i) in bad for i in range(asked.count)):
            raise Refused(2)

    held = RUN.model_copy(update={"points": tuple(points), "gaps": gaps, "max_registers": most})
    unit, seen, stated = cycles(Held(judge), held, 20)
    asked = [one for cycle in seen for one in cycle.asked]
    assert max(one.count for one in asked) <= most and len(asked) <= stated
    over = [one for one in asked if one.count > narrow]
    assert len(over) <= 1, "what it did not answer once is not tried again"
    assert bool(over) == (unit.narrowed is not None)
    wide = [i for i, cycle in enumerate(seen) if any(one.count > 50 for one in cycle.asked)]
    names = {tag.id: tag.path for tag in unit.tags(None)}
    good = {f"unit 1/{p.id}" for p in points if p.size <= most} - {f"unit 1/{p.id}" for p in refusing}
    for cycle in seen[(wide or [len(seen)])[0] - 1 :]:
        assert {names[row.tag] for row in cycle.rows if severity(row.status) != UNCERTAIN} <= good
        assert {names[row.tag] for row in cycle.rows} == good, "every value of every cycle"
    places = [p for p in refusing if p.size <= most]
    for p in places:
        touching = [
            i for i, one in enumerate(asked) if one.fc == p.fc and one.start <= p.at < one.start + one.count
        ]
        alone = next(i for i in touching if asked[i].count == p.size)
        assert touching[-1] == alone, "refused by itself, and never asked for again"


@given(points=maps(), n=st.integers(1, 25), seed=st.integers(0, 10**6), moody=st.floats(0, 1))
def test_whatever_a_device_answers_it_is_asked_no_more_often_than_stated(
    points: list[Point], n: int, seed: int, moody: float
) -> None:
    chance = random.Random(seed)

    def judge(_: Asked) -> None:
        if chance.random() < moody:
            code = chance.choice([0, 1, 2, 2, 3, 3, 4, 6, 11])
            raise Refused(code) if code else TimeoutError

    held = RUN.model_copy(update={"points": tuple(points), "gaps": True})
    _, seen, stated = cycles(Held(judge), held, n)
    assert sum(len(cycle.asked) for cycle in seen) <= stated


def test_what_was_read_before_a_larger_request_failed_is_not_asked_for_again() -> None:
    """The second of the larger ones fails: registers 101 to 125 had come with the first, 126 to 150 had not."""
    held = profile(*({"id": f"r{at}", "fc": 3, "at": at, "type": "u16"} for at in range(1, 401)))

    def judge(asked: Asked) -> None:
        if asked.count > 50 and asked.start > 1:
            raise Refused(3)

    _, seen, stated = cycles(Held(judge), held, 3)
    assert [(a.start, a.count) for a in seen[1].asked] == [
        (1, 125), (126, 125), (101, 50), (151, 50), (201, 50), (251, 50), (301, 50), (351, 50)
    ]  # fmt: skip
    assert [len({row.tag for row in cycle.rows}) for cycle in seen] == [400, 400, 400]
    assert len(seen[2].asked) == 8 and sum(len(cycle.asked) for cycle in seen) <= stated


def test_the_stated_load_is_reached_by_a_device_that_falls_apart() -> None:
    """One register a request, and it proves itself in between: no figure of the preview can be much smaller."""

    def judge(asked: Asked) -> None:
        if asked.count > 1:
            raise Refused(2)

    held = RUN.model_copy(update={"points": RUN.points[:16]})
    for n in range(1, 12):
        _, seen, stated = cycles(Held(judge), held, n)
        assert sum(len(cycle.asked) for cycle in seen) <= stated
    _, seen, stated = cycles(Held(judge), held, 40)
    assert [len(cycle.asked) for cycle in seen[:4]] == [1, 2, 4, 4] and len(seen[-1].asked) == 16
    assert 0.8 * stated < sum(len(cycle.asked) for cycle in seen) <= stated


@given(stated=st.integers(1, 125), proven=st.none() | st.integers(1, 125))
def test_a_limit_that_the_scope_states_is_never_exceeded(stated: int, proven: int | None) -> None:
    given_ = {"max_registers": stated} | ({} if proven is None else {"proven_registers": proven})
    limits = Limits.model_validate(given_)
    assert limits.most_registers == max(stated, proven or 0)
    assert Limits.model_validate_json(limits.model_dump_json()) == limits
    scope = scope_for("127.0.0.1:9")
    change = [{"limit": key, "value": value, "why": "agreed"} for key, value in given_.items()]
    changed = type(scope.endpoints[0]).model_validate(scope.endpoints[0].model_dump() | {"changes": change})
    assert scope.limits.most_registers == 125
    assert scope.limits_for(changed).most_registers == limits.most_registers


def test_a_wrong_limit_is_complained_of_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Limits.model_validate({"max_registers": 126})
    assert [fault["loc"] for fault in refused.value.errors()] == [("max_registers",)]


@pytest.mark.parametrize(("stated", "most"), [({"max_registers": 50}, 46), ({"max_registers": 7}, 6), ({}, 121)])
def test_no_request_exceeds_what_the_scope_states(stated: dict[str, int], most: int) -> None:
    _, seen, _ = cycles(Held(lambda _: None), SCATTERED, 3, **stated)
    assert max(one.count for cycle in seen for one in cycle.asked) == most


def test_where_one_failure_is_enough_nothing_larger_is_tried() -> None:
    _, seen, _ = cycles(Held(lambda _: None), SCATTERED, 4, breaker_failures=1)
    assert max(one.count for cycle in seen for one in cycle.asked) <= 50


def test_zeros_are_doubted_as_before_whatever_the_size_of_requests() -> None:
    """Registers 51 to 100 are one smaller block and part of a larger one; 101 to 130 are shared by two."""
    shown: set[int] = {*range(1, 51), 101}
    device = Held(lambda _: None, lambda at: int(at in shown))
    unit, seen, _ = cycles(device, RUN, 3)
    names = {tag.id: int(tag.path.rpartition("/r")[2]) for tag in unit.tags(None)}
    assert [len(cycle.asked) for cycle in seen] == [3, 2, 2]
    for cycle in seen:
        doubted = {names[row.tag] for row in cycle.rows if severity(row.status) == UNCERTAIN}
        assert doubted == set(range(51, 101))
    assert [unread.registers for unread in unit.device().unread] == ["holding 51+50"]


def narrow_run(
    how: str, tmp_path: Path, **more: Any
) -> tuple[Observation, Kept, list[tuple[int, int]], dict[int, Counter[int]]]:
    seen, sink, asked = gathered(f"narrow-{how}", tmp_path, 4, {"identify": False}, held=RUN, **more)
    reads = [(int(line.split()[2]), int(line.split()[3])) for line in asked if line.split()[1] == "3"]
    by_status: dict[int, Counter[int]] = {}
    for row in sink.rows:
        by_status.setdefault(severity(row.status), Counter())[row.tag] += 1
    return seen, sink, reads, by_status


@pytest.mark.wire
@pytest.mark.parametrize("how", ["2", "3", "4", "silent", "short", "close"])
def test_a_device_that_gives_no_more_than_fifty_falls_back_and_loses_no_value(how: str, tmp_path: Path) -> None:
    seen, _, reads, by_status = narrow_run(how, tmp_path)
    assert reads[:3] == [(1, 50), (51, 50), (101, 30)], "small at first"
    assert reads[3] == (1, 125) and max(count for _, count in reads[4:]) == 50, "tried once"
    rounds = reads.count((1, 50))
    assert rounds >= 4 and by_status.keys() == {GOOD}
    assert set(by_status[GOOD].values()) == {rounds} and len(by_status[GOOD]) == 130, "all of each cycle, once"
    assert [(w.id, w.params) for w in seen.warnings] == [
        ("modbus.narrowed", {"where": "unit 1", "most": 125, "few": 50})
    ]
    assert seen.devices[0].problem is None and not seen.devices[0].unread and not seen.gaps


@pytest.mark.wire
def test_the_fewest_refusals_that_a_scope_may_allow_do_not_stop_it(tmp_path: Path) -> None:
    _, _, reads, by_status = narrow_run("3", tmp_path, refusals=2)
    assert reads.count((1, 50)) >= 4 and by_status.keys() == {GOOD}


@pytest.mark.wire
def test_a_device_that_is_busy_with_so_much_is_given_time_and_asked_for_less(tmp_path: Path) -> None:
    seen, _, reads, by_status = narrow_run("6", tmp_path)
    assert [count for _, count in reads].count(125) == 1 and reads[-1][1] <= 50
    assert min(by_status[GOOD].values()) >= 3 and seen.devices[0].answered


@pytest.mark.wire
@pytest.mark.parametrize("how", ["3", "silent"])
def test_a_station_behind_a_serial_gateway_falls_back_too(how: str, tmp_path: Path) -> None:
    more = {"server": "modbus_rtu", "protocol": "modbus-rtu-tcp"}
    _, _, reads, by_status = narrow_run(how, tmp_path, **more)
    rounds = reads.count((1, 50))
    assert [count for _, count in reads].count(125) == 1 and rounds >= 2
    assert by_status.keys() == {GOOD} and set(by_status[GOOD].values()) == {rounds}


@pytest.mark.wire
def test_an_explicit_limit_holds_on_the_wire(tmp_path: Path) -> None:
    _, _, asked = gathered("good", tmp_path, 2, {"identify": False}, held=RUN, max_registers=50)
    assert max(int(line.split()[3]) for line in asked) == 50 and len(asked) > 6


@contextmanager
def maker(name: str, folder: Path) -> Iterator[str]:
    """A thousand holding registers on a server that others wrote."""
    if name == "libmodbus":
        require(next(server for server in SERVERS if server.id == "libmodbus"))
        command = libmodbus(folder, [f"h{at}={at + 1}" for at in range(1000)] + ["i0=0"])
    else:
        words = (f"h{at}={at + 1}" for at in range(1000))
        command = [sys.executable, "-m", "tests.interop.modbus_server", name, *words]
    with serving(command) as told:
        yield told["address"]


def twelve_cycles(address: str, **limits: Any) -> tuple[int, int]:
    """(requests, cycles) of a run over 200 scattered registers that is stopped after a dozen of them."""
    scope, sink, stop = scope_for(address, SCATTERED, **limits), Kept(), asyncio.Event()

    def flushed() -> None:
        if len(sink.rows) >= 12 * 200:
            stop.set()

    sink.flush = flushed  # type: ignore[method-assign]
    seen = asyncio.run(modbus.gather(scope.endpoints[0], scope, sink, seconds=60, stop=stop))
    rounds = Counter(row.tag for row in sink.rows if row.status == GOOD)
    assert len(rounds) == 200 == len(seen.tags) and len(set(rounds.values())) == 1
    assert not seen.warnings and len(sink.requests) <= modbus.preview(scope.endpoints[0], scope, 60).requests
    return len(sink.requests), next(iter(rounds.values()))


@pytest.mark.wire
@pytest.mark.parametrize("name", ["libmodbus", "pyModbusTCP"])
def test_at_the_default_limits_a_run_takes_a_twentieth_of_the_requests(name: str, tmp_path: Path) -> None:
    with maker(name, tmp_path) as address:
        requests, rounds = twelve_cycles(address)
    assert rounds >= 12 and requests * 20 <= 200 * rounds


@pytest.mark.wire
def test_pymodbus_serves_a_run_with_a_twentieth_of_the_requests_too() -> None:
    """The server stands in a thread: what is measured has the event loop to itself."""

    async def serve(told: asyncio.Queue[str]) -> None:
        device = SimDevice(1, simdata=[SimData(0, values=list(range(1, 1001)), datatype=DataType.REGISTERS)])
        server = ModbusTcpServer(device, address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        transport: Any = server.transport
        await told.put(f"127.0.0.1:{transport.sockets[0].getsockname()[1]}")

    async def both() -> tuple[int, int]:
        told: asyncio.Queue[str] = asyncio.Queue()
        await serve(told)
        return await asyncio.to_thread(twelve_cycles, await told.get())

    requests, rounds = asyncio.run(both())
    assert requests * 20 <= 200 * rounds


@pytest.mark.slow
def test_a_unit_that_flaps_for_days_cannot_fill_the_memory_with_gaps() -> None:
    losses, n = Losses(), 3 * MOST_STRETCHES
    turn = iter(range(2 * n + 1))

    def judge(_: Asked) -> None:
        if next(turn) % 2:
            raise Open(Message(id="contact.breaker_open", params={"failures": 2, "wait": "600"}))

    scope = scope_for("127.0.0.1:9")
    endpoint = scope.endpoints[0].model_copy(update={"identify": False})
    unit = Unit(endpoint.units[0], endpoint, scope.limits, scope.profiles[0], losses)
    line = cast(Line, Held(judge))

    async def run() -> None:
        await unit.learn(line)
        for _ in range(2 * n + 1):
            await unit.cycle(line)

    asyncio.run(run())
    assert len(losses.gaps) == MOST_STRETCHES + 1 and {gap.where for gap in losses.gaps} == {"unit 1"}
    assert sum(gap.times for gap in losses.gaps) == n and unit.gap(0) is None


@pytest.mark.parametrize(
    ("limits", "grows"), [({}, True), ({"max_registers": 50}, False), ({"breaker_failures": 1}, False)]
)
def test_the_preview_says_how_much_is_asked_for_at_a_time_and_how_often_no_is_enough(
    limits: dict[str, Any], grows: bool
) -> None:
    out = io.StringIO()
    stated = preview(scope_for("127.0.0.1:9", RUN, refusals=7, **limits), 60)
    present.preview(stated, Console(file=out, width=1000), "en")
    assert "it refuses 7 requests in a row" in out.getvalue()
    assert ("up to 125" in out.getvalue()) == grows
