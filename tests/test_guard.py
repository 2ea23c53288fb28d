"""Laws of the wire guard, on a clock of the test's own."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Limits, Message, RequestRecord
from connectors.guard import (
    MODBUS_FUNCTIONS,
    OPCUA_SERVICES,
    WATCHED,
    Clock,
    Forbidden,
    Guard,
    Open,
    limit_hosts,
)

ALLOWED = frozenset({"Read", "fc3", "Publish"})


class Hands:
    """A clock that moves only when someone waits, or when told to."""

    def __init__(self) -> None:
        self.time = 10**18

    def read(self) -> int:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += max(1, round(seconds * 1e9))
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(self.read, self.read, self.sleep)


def play(story: Callable[[Hands, list[RequestRecord]], Coroutine[Any, Any, None]]) -> list[RequestRecord]:
    log: list[RequestRecord] = []
    asyncio.run(story(Hands(), log))
    return log


def guard(hands: Hands, log: list[RequestRecord], address: str = "plc:502", **limits: float) -> Guard:
    return Guard("press", address, Limits.model_validate(limits), ALLOWED, log.append, hands.clock)


async def ask(guard_: Guard, hands: Hands, took: float = 0.01, device: str = "", ok: bool = True) -> None:
    async with guard_.request("Read", "1 x Value", device=device) as frame:
        await hands.sleep(took)
        if ok:
            frame.done(10, 20)
        else:
            frame.failed("timeout", 10)


def test_the_allow_lists_are_those_of_the_design() -> None:
    assert len(OPCUA_SERVICES) == 25
    for service in ("Write", "Call", "HistoryUpdate", "AddNodes", "DeleteNodes", "SetTriggering", "Cancel"):
        assert service not in OPCUA_SERVICES
    assert frozenset({"fc1", "fc2", "fc3", "fc4", "fc43/14"}) == MODBUS_FUNCTIONS


def test_the_default_limits_are_pinned() -> None:
    usual = Limits()
    assert usual.connect_spacing >= 1 and usual.pause_after_connect >= 0.5 and usual.request_gap >= 0.1
    assert usual.retries == 0 and usual.breaker_failures <= 3 and usual.breaker_cooldown >= 600
    assert usual.max_registers == 50 and usual.proven_registers == usual.most_registers == 125
    assert usual.max_nodes_per_call <= 100 and usual.sampling_interval >= 1
    assert usual.session_timeout == 60 and usual.slowdown_factor <= 2
    assert usual.refusals == 10 and usual.max_bits == 800 and usual.hosts_at_a_time == 32


@given(st.text(max_size=20).filter(lambda name: name not in ALLOWED))
def test_what_is_not_allowed_is_refused_before_the_block_is_entered(name: str) -> None:
    entered = []

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        with pytest.raises(Forbidden):
            watched.check(name)
        with pytest.raises(Forbidden):
            async with watched.request(name):
                entered.append(name)

    assert play(story) == [] and entered == []


def test_an_address_that_was_stopped_is_left_alone_but_for_parting() -> None:
    why = Message(id="doors.no_certificate")

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        await ask(watched, hands)
        watched.stop(why)
        await hands.sleep(10**6)
        for device in ("", "unit 3"):
            with pytest.raises(Open) as kept_out:
                await ask(watched, hands, device=device)
            assert kept_out.value.message == why
        with pytest.raises(Open):
            async with watched.connecting():
                raise AssertionError
        async with watched.request("Read", parting=True) as frame:
            frame.done(1, 0)
        assert watched.stopped

    assert len(play(story)) == 2


@given(
    gap=st.floats(0.02, 2),
    pause=st.floats(0, 2),
    took=st.lists(st.floats(0.001, 3), min_size=1, max_size=6),
    devices=st.integers(1, 3),
)
def test_requests_to_one_address_never_overlap_and_keep_their_distance(
    gap: float, pause: float, took: list[float], devices: int
) -> None:
    connected: list[int] = []

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        guards = [guard(hands, log, request_gap=gap, pause_after_connect=pause) for _ in range(devices)]
        async with guards[0].connecting():
            pass
        connected.append(hands.time)
        await asyncio.gather(*(ask(g, hands, t) for t in took for g in guards))

    log = play(story)
    assert len(log) == devices * len(took)
    spans = sorted((r.time, r.time + round(r.round_trip_ms * 1e6)) for r in log)
    for (_, ended), (begins, _) in itertools.pairwise(spans):
        assert begins - ended >= gap * 1e9 - 1000
    assert spans[0][0] - connected[0] >= pause * 1e9 - 1000


def test_connections_of_a_run_are_spaced_whatever_their_address() -> None:
    begun: list[int] = []

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        async def connect(address: str) -> None:
            async with guard(hands, log, address).connecting():
                begun.append(hands.time)

        await asyncio.gather(*(connect(f"10.0.0.{i}:502") for i in range(5)))

    play(story)
    assert len(begun) == 5
    assert all(b - a >= 10**9 - 1000 for a, b in itertools.pairwise(begun))


def test_the_breaker_opens_after_failures_in_a_row_and_closes_after_the_cooldown() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log, breaker_failures=2, breaker_cooldown=60)
        await ask(watched, hands, ok=False)
        await ask(watched, hands)  # an answer in between: not in a row
        await ask(watched, hands, ok=False)
        await ask(watched, hands, ok=False)
        with pytest.raises(Open) as refusal:
            await ask(watched, hands)
        assert refusal.value.message.id == "contact.breaker_open"
        assert len(log) == 4
        hands.time += 61 * 10**9
        await ask(watched, hands, ok=False)  # one try, and it is open again
        with pytest.raises(Open):
            await ask(watched, hands)
        hands.time += 61 * 10**9
        await ask(watched, hands)
        assert watched.problem() is None
        traffic = watched.traffic(3)
        assert (traffic.requests, traffic.failures) == (6, 4)
        assert (traffic.bytes_sent, traffic.bytes_received) == (60, 40)

    play(story)


def test_a_silent_unit_does_not_take_its_gateway_along() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        for _ in range(2):
            await ask(watched, hands, device="unit 5", ok=False)
        with pytest.raises(Open):
            await ask(watched, hands, device="unit 5")
        await ask(watched, hands, device="unit 1")

    play(story)


def test_a_refused_connection_counts_for_the_whole_address_and_each_wait_is_longer() -> None:
    waits: list[float] = []

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log, breaker_cooldown=60)
        for _ in range(6):
            with pytest.raises(ConnectionRefusedError):
                async with watched.connecting():
                    raise ConnectionRefusedError
            with pytest.raises(Open) as refusal:
                await ask(watched, hands, device="unit 1")
            assert refusal.value.message.id == "contact.breaker_open"
            with pytest.raises(Open):
                async with watched.connecting():
                    raise AssertionError("must not be entered")
            waits.append(watched.wait())
            hands.time += round(waits[-1] * 1e9)
        async with watched.connecting():
            pass
        await ask(watched, hands)  # somebody is there again: what was is forgotten
        with pytest.raises(ConnectionRefusedError):
            async with watched.connecting():
                raise ConnectionRefusedError
        waits.append(watched.wait())

    assert len(play(story)) == 1
    assert waits == [5, 10, 20, 40, 60, 60, 5]


def test_a_device_that_takes_connections_and_answers_nothing_gets_the_whole_cooldown() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log, breaker_cooldown=600)
        for _ in range(2):
            async with watched.connecting():
                pass
            await ask(watched, hands, ok=False)
        assert watched.wait() == 600
        with pytest.raises(Open):
            await ask(watched, hands)
        async with watched.request("Read", parting=True):  # what closes may go out; its silence is nothing new
            pass
        assert watched.wait() < 600

    assert len(play(story)) == 3


@given(before=st.floats(0.001, 0.2), factor=st.floats(0.3, 8))
def test_a_device_is_stopped_exactly_where_it_grew_by_the_factor_and_by_50_ms(
    before: float, factor: float
) -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        for _ in range(WATCHED):
            await ask(watched, hands, before)
        for _ in range(WATCHED):
            await ask(watched, hands, before * factor)
        grown = factor > 2 + 1e-6 and before * (factor - 1) > 0.0501
        clear = factor < 2 - 1e-6 or before * (factor - 1) < 0.0499
        if grown:
            assert watched.stopped
            hands.time += 10**15  # no cooldown brings it back
            with pytest.raises(Open) as refusal:
                await ask(watched, hands)
            assert refusal.value.message.id == "contact.slowed_down"
            async with watched.request("Read", parting=True) as frame:  # what is ours may still be closed
                frame.done(1, 1)
        elif clear:
            assert not watched.stopped

    play(story)


def test_an_exception_and_a_cancelled_block_are_logged_and_the_line_is_free_again() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        with pytest.raises(OSError):
            async with watched.request("Read"):
                raise OSError("cable")

        entered = asyncio.Event()

        async def long() -> None:
            async with watched.request("Read"):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(long())
        await entered.wait()
        task.cancel()
        await ask(watched, hands)
        assert [r.result for r in log] == ["lost", "cancelled", "ok"]
        assert watched.traffic(1).failures == 1  # to be told to stop is no failure of the device

    play(story)


def test_no_more_hosts_at_a_time_than_the_limit() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        slots, most, now = limit_hosts(Limits(hosts_at_a_time=3)), 0, 0

        async def visit() -> None:
            nonlocal most, now
            async with slots:
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*(visit() for _ in range(10)))
        assert most == 3

    play(story)


def test_a_held_request_waits_its_turn_and_leaves_the_address_free() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        plc = guard(hands, log, request_gap=0.1, breaker_failures=1)
        answered = asyncio.Event()

        async def hold() -> None:
            async with plc.request("Publish", held=True) as frame:
                await answered.wait()
                frame.done(5, 500)

        await ask(plc, hands)
        ended = hands.time
        holding = asyncio.create_task(hold())
        while hands.time < ended + 10**8:  # noqa: ASYNC110 - a clock of the test's own has no events
            await asyncio.sleep(0)
        await ask(plc, hands)
        await ask(plc, hands)
        answered.set()
        await holding
        assert [r.service for r in log] == ["Read", "Read", "Read", "Publish"]
        sent = sorted(log, key=lambda r: r.time)
        assert [r.service for r in sent] == ["Read", "Publish", "Read", "Read"]
        gaps = [b.time - a.time for a, b in itertools.pairwise(sent)]
        assert all(gap >= 10**8 for gap in gaps), "spaced as any other"
        traffic = plc.traffic(1)
        assert traffic.slowest_ms < 20 and (traffic.requests, traffic.bytes_received) == (4, 560)

    play(story)


def test_the_silence_of_a_held_request_is_counted_but_opens_no_breaker() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        plc = guard(hands, log, breaker_failures=1)
        with pytest.raises(TimeoutError):
            async with plc.request("Publish", held=True):
                await hands.sleep(20)
                raise TimeoutError
        assert plc.traffic(1).failures == 1 and log[0].result == "timeout" and plc.problem() is None
        await ask(plc, hands)
        with pytest.raises(Forbidden):
            async with plc.request("Write", held=True):
                raise AssertionError

    play(story)


def test_what_is_held_long_is_never_called_slow() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        plc = guard(hands, log)
        for turn in range(3 * WATCHED):
            async with plc.request("Publish", held=True) as frame:
                await hands.sleep(0.01 if turn < WATCHED else 9)
                frame.done(5, 50)
        assert not plc.stopped

    play(story)
