"""Laws of the guard: refusals, closings, and the promise that a preview is. On a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Limits, Load, RequestRecord
from connectors.guard import Guard, Open
from tests.test_guard import ALLOWED, Hands, ask, guard, play


def test_a_device_that_only_refuses_is_left_alone_for_good_and_its_neighbour_is_not() -> None:
    async def refuse(watched: Guard, device: str, times: int) -> None:
        for _ in range(times):
            async with watched.request("fc3", device=device) as frame:
                frame.refused(12, 9, "exception 2")

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log, refusals=4)
        await refuse(watched, "unit 1", 3)
        await ask(watched, hands, device="unit 1")  # an answer in between: not in a row
        await refuse(watched, "unit 1", 4)
        hands.time += 10**15  # no cooldown brings it back
        with pytest.raises(Open) as refusal:
            await ask(watched, hands, device="unit 1")
        assert refusal.value.message.id == "guard.refused_often"
        assert refusal.value.message.params["times"] == 4
        await ask(watched, hands, device="unit 2")
        assert not watched.stopped

    play(story)


def test_a_busy_device_is_not_one_that_refuses() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log, refusals=2)
        for _ in range(10):
            async with watched.request("fc3", device="unit 1") as frame:
                frame.done(12, 9, "exception 6")
        assert watched.problem("unit 1") is None

    play(story)


@given(stated=st.integers(0, 12), asked=st.integers(0, 20))
def test_no_more_is_sent_than_was_stated_but_what_closes(stated: int, asked: int) -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        watched.promise(
            Load(
                endpoint="press",
                requests_per_second=1,
                bytes_per_second=1,
                requests=stated,
                connections=1,
                registers_or_nodes=1,
            )
        )
        kept_out = 0
        for _ in range(asked):
            try:
                await ask(watched, hands)
            except Open as refusal:
                kept_out += 1
                assert refusal.message.id == "guard.promise_kept"
        assert len(log) == min(stated, asked) and kept_out == max(0, asked - stated)
        async with watched.request("Read", parting=True) as frame:
            frame.done(1, 1)
        assert len(log) == min(stated, asked) + 1

    play(story)


def test_a_gateway_that_takes_and_closes_is_left_alone_for_all_its_units() -> None:
    async def close(watched: Guard, device: str) -> None:
        async with watched.request("fc3", device=device) as frame:
            frame.failed("lost", 12, closed=True)

    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        await close(watched, "unit 1")
        await close(watched, "unit 2")
        with pytest.raises(Open) as refusal:
            await ask(watched, hands, device="unit 3")
        assert refusal.value.message.id == "contact.breaker_open"
        assert len(log) == 2

    play(story)


def test_a_gateway_that_answers_for_some_units_may_close_for_others() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        watched = guard(hands, log)
        await ask(watched, hands, device="unit 1")
        for _ in range(2):
            async with watched.request("fc3", device="unit 2") as frame:
                frame.failed("lost", 12, closed=True)
        assert watched.problem("unit 2") is not None
        await ask(watched, hands, device="unit 1")

    play(story)


def test_the_log_names_the_asset_that_was_asked() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        assets = {"": "line-server", "unit 3": "press"}
        watched = Guard("e", "plc:502", Limits(), ALLOWED, log.append, hands.clock, assets=assets)
        await ask(watched, hands)
        await ask(watched, hands, device="unit 3")
        await ask(watched, hands, device="unit 4")

    assert [record.asset for record in play(story)] == ["line-server", "press", None]


def test_two_serial_lines_are_two_addresses() -> None:
    async def story(hands: Hands, log: list[RequestRecord]) -> None:
        lines = [guard(hands, log, f"/dev/ttyUSB{n}", request_gap=5) for n in range(2)]
        began = hands.time
        for line in lines:
            await ask(line, hands)
        assert hands.time - began < 5e9, "the one did not wait for the other"

    play(story)
