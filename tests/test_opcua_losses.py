"""What sampling says of itself: numbered messages, gap records, clocks, and what is judged of reported changes."""

import asyncio
import itertools
import math
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary
from asyncua.ua.uaerrors import UaStatusCodeError
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import SAMPLE_COLUMNS, Gap, Limits, Message, Sample, Tag, away
from assessor.facts import facts, sort
from assessor.indicators import completeness, good_status, look
from connectors.losses import MOST_COUNTED, MOST_STRETCHES, Losses
from connectors.opcua.clocks import Clocks
from connectors.opcua.confirming import confirm_every
from connectors.opcua.publishing import MOST_REPUBLISHED, NUMBERS, Delivery, Subscription
from tests.test_opcua import agreed

SECOND = 10**9
WHY = Message(id="sampling.overflow")
LIMITS = Limits.model_validate({"sampling_interval": 0.5, "request_gap": 0.02})


class Server:
    """Answers Publish and Republish from lists; stands for the guarded client."""

    def __init__(self, *answers: bytes | Exception, held: dict[int, ua.NotificationMessage] | None = None) -> None:
        self.uaclient = self
        self.answers, self.held = list(answers), held or {}
        self.acknowledged: list[list[int]] = []
        self.asked: list[int] = []

    async def held_publish(self, acknowledged: list[ua.SubscriptionAcknowledgement], _: float) -> Buffer:
        self.acknowledged.append([int(a.SequenceNumber) for a in acknowledged])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Buffer(answer)

    async def _send_request(self, request: Any) -> Buffer:
        number = int(request.Parameters.RetransmitSequenceNumber)
        self.asked.append(number)
        if number not in self.held:
            raise UaStatusCodeError(ua.StatusCodes.BadMessageNotAvailable)
        return Buffer(struct_to_binary(ua.RepublishResponse(NotificationMessage=self.held[number])))


def message(number: int, *values: int, status: int | None = None) -> ua.NotificationMessage:
    items = [
        ua.MonitoredItemNotification(
            ClientHandle=ua.UInt32(1), Value=ua.DataValue(ua.Variant(v, ua.VariantType.Int64))
        )
        for v in values
    ]
    data: list[Any] = [ua.DataChangeNotification(MonitoredItems=items)] if items else []
    if status is not None:
        data.append(ua.StatusChangeNotification(Status=ua.StatusCode(ua.UInt32(status))))
    return ua.NotificationMessage(SequenceNumber=ua.UInt32(number), NotificationData=data)


def published(sent: ua.NotificationMessage, *available: int, subscription: int = 0) -> bytes:
    result = ua.PublishResult(
        SubscriptionId=ua.UInt32(subscription),
        AvailableSequenceNumbers=[ua.UInt32(n) for n in available],
        MoreNotifications=False,
        NotificationMessage=sent,
    )
    return struct_to_binary(ua.PublishResponse(Parameters=result))


def drain(server: Server, turns: int, due: int = 1) -> list[Delivery]:
    made = Subscription(server, LIMITS, 1)  # type: ignore[arg-type]
    made._id, made._due, made._spacing = 0, due, 0

    async def go() -> list[Delivery]:
        return [await made.next() for _ in range(turns)]

    return asyncio.run(go())


def values(delivery: Delivery) -> list[int]:
    return [value.columns[1] for value in delivery.values if value.columns and value.columns[1] is not None]


def test_messages_in_order_are_acknowledged_one_by_one() -> None:
    server = Server(published(message(1, 10)), published(message(2, 11, 12)), published(message(3)))
    found = drain(server, 3)
    assert [values(d) for d in found] == [[10], [11, 12], []] and not any(d.missing for d in found)
    assert server.acknowledged == [[], [1], [2]]


def test_a_missing_message_is_asked_for_again_and_comes_first() -> None:
    server = Server(published(message(1, 10)), published(message(4, 13), 2, 4), held={2: message(2, 11)})
    _, second = drain(server, 2)
    assert values(second) == [11, 13] and second.missing == 1 and server.asked == [2]


def test_a_keep_alive_shows_what_is_missing_and_uses_no_number_up() -> None:
    server = Server(published(message(1, 10)), published(message(3)), published(message(3, 12)))
    assert [d.missing for d in drain(server, 3)] == [0, 1, 0]


def test_a_message_that_comes_twice_counts_once() -> None:
    server = Server(published(message(1, 10)), published(message(1, 10)), published(message(2, 11)))
    assert [values(d) for d in drain(server, 3)] == [[10], [], [11]]


def test_after_the_greatest_number_comes_one() -> None:
    server = Server(published(message(NUMBERS - 1, 10)), published(message(1, 11)), published(message(2, 12)))
    found = drain(server, 3, due=NUMBERS - 1)
    assert [values(d) for d in found] == [[10], [11], [12]] and not any(d.missing for d in found)


def test_a_leap_of_numbers_costs_a_bounded_number_of_requests() -> None:
    server = Server(published(message(2**30, 10), *range(2, 2000)))
    (only,) = drain(server, 1)
    assert only.missing == 2**30 - 1 and len(server.asked) == MOST_REPUBLISHED and values(only) == [10]


def test_messages_of_other_subscriptions_are_none_of_ours() -> None:
    server = Server(published(message(7, 10), subscription=9), published(message(1, 11)))
    assert [values(d) for d in drain(server, 2)] == [[], [11]]


def test_the_end_of_a_subscription_is_told() -> None:
    (only,) = drain(Server(published(message(1, status=ua.StatusCodes.BadTimeout))), 1)
    assert only.ended == ua.StatusCodes.BadTimeout


def test_bytes_that_make_no_sense_cost_one_message() -> None:
    broken = published(message(1, 10))[:-20]
    server = Server(broken, published(message(2, 11)))
    first, second = drain(server, 2)
    assert first.undecodable and values(second) == [11] and not second.missing
    assert server.acknowledged == [[], [1]]


@pytest.mark.slow
def test_a_publish_that_timed_out_at_the_server_is_sent_again_but_not_for_ever() -> None:
    late = UaStatusCodeError(ua.StatusCodes.BadTimeout)
    made = Server(late, published(message(1, 10)))
    assert values(drain(made, 1)[0]) == [10]
    with pytest.raises(UaStatusCodeError):
        drain(Server(*[late] * 50), 1)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_whatever_is_lost_the_values_and_the_missing_add_up(kept: list[bool]) -> None:
    sent = [message(n, n) for n, keep in enumerate(kept, 1) if keep]
    server = Server(*map(published, sent), published(message(len(kept) + 1)))
    found = drain(server, len(sent) + 1)
    assert sum(len(d.values) for d in found) + sum(d.missing for d in found) == len(kept)


def test_losses_of_a_tag_become_one_record() -> None:
    losses = Losses()
    for _ in range(3):
        losses.count(WHY, tag=7, lost=2)
    losses.count(Message(id="sampling.undecodable"))
    one, other = sorted(losses.gaps, key=lambda g: g.why.id)
    assert (one.tag, one.lost, one.times) == (7, 6, 3) and (other.tag, other.lost) == (None, None)
    assert one.begins <= one.ends


def test_a_hostile_server_cannot_fill_the_memory_with_gaps() -> None:
    losses = Losses()
    for i in range(3 * MOST_COUNTED):
        losses.count(WHY, tag=i, lost=1)
        losses.stretch(i, i + 1, Message(id="contact.dropped"))
    assert len(losses.gaps) <= MOST_COUNTED + MOST_STRETCHES + 2
    assert sum(g.lost or 0 for g in losses.gaps) == 3 * MOST_COUNTED
    assert sum(g.times for g in losses.gaps if g.lost is None) == 3 * MOST_COUNTED


def clocks(*ticks: tuple[float, float, float]) -> list[Gap]:
    """UTC, monotonic and through-sleep seconds at each look."""
    losses, at = Losses(), iter(ticks)
    now = [0.0, 0.0, 0.0]
    made = Clocks(losses, *(lambda i=i: round(now[i] * SECOND) for i in range(3)))  # type: ignore[misc]
    for tick in at:
        now[:] = tick
        made.look()
    return list(losses.gaps)


def test_the_laptop_s_sleep_is_a_gap_and_a_clock_that_is_set_is_none() -> None:
    assert clocks((1000, 0, 0), (1001, 1, 1), (1003.5, 3.4, 3.4)) == []
    (slept,) = clocks((1000, 0, 0), (1001, 1, 1), (1602, 2, 602))
    assert slept.why.id == "sampling.slept" and slept.ends - slept.begins == 601 * SECOND and slept.lost is None
    (set_,) = clocks((1000, 0, 0), (4601, 1, 1))
    assert set_.why.params == {"seconds": "+3600.0"} and set_.lost == 0
    (back,) = clocks((5000, 0, 0), (1401, 1, 1))
    assert back.why.params == {"seconds": "-3600.0"} and back.begins <= back.ends
    both = clocks((1000, 0, 0), (2000, 1, 601))
    assert {g.why.id for g in both} == {"sampling.slept", "sampling.clock_set"}


def table(rows: list[Sample]) -> pa.Table:
    return pa.table({name: pa.array([getattr(r, name) for r in rows], kind) for name, kind in SAMPLE_COLUMNS})


BEGUN = 10**6
"""Seconds: when the window of these tests began."""


def row(tag: int, at: float, value: float, status: int = 0, source: float | None = None) -> Sample:
    """A row so many seconds into the window; `source` likewise."""
    then, stamped = (round((BEGUN + t) * SECOND) for t in (at, at if source is None else source))
    return Sample(tag, stamped, then, then, then, status, value)


def after(seconds: float) -> int:
    return round((BEGUN + seconds) * SECOND)


def reported(tag: int, **more: Any) -> Tag:
    given_ = {"sampling": "subscribe", "interval_ms": 1000.0, "queue": 4} | more
    return Tag(id=tag, endpoint="e1", asset=None, address=str(tag), path=str(tag), **given_)


def seen_of(tags: list[Tag], rows: list[Sample], gaps: tuple[Gap, ...] = ()) -> Any:
    scope = agreed("opc.tcp://127.0.0.1:1/")
    observation = SimpleNamespace(endpoint="e1", tags=tags, devices=(), gaps=gaps, record=None)
    every = {t.id: 1.0 for t in tags if t.sampling == "subscribe"}
    gone = dict.fromkeys((t.id for t in tags), away(gaps))
    return look(scope, [observation], facts(sort(table(rows)), every, gone), {})  # type: ignore[list-item]


STEADY = [row(1, at, 5, source=-86400) for at in range(0, 601, 60)]
BUSY = [row(2, at, at % 7) for at in range(601)]


def test_a_value_that_stands_still_is_not_incomplete_and_one_that_is_stale_shows() -> None:
    seen = seen_of([reported(1), reported(2)], STEADY + BUSY)
    assert completeness.measure(seen).value == 1
    one, two = seen.tags
    assert one.facts.stale is True and two.facts.stale is False and one.facts.kind == "static"
    assert one.looks == two.looks == 601


def test_without_confirmations_nobody_can_say_whether_a_value_is_stale() -> None:
    (one,) = seen_of([reported(1)], STEADY[:1]).tags
    assert one.facts.stale is None


def test_gaps_and_losses_count_as_missing_once() -> None:
    why = Message(id="contact.dropped")
    gaps = (
        Gap(begins=after(100), ends=after(160), why=why),
        Gap(begins=after(130), ends=after(160), why=Message(id="sampling.slept")),
        Gap(begins=0, ends=after(600), why=Message(id="sampling.clock_set"), lost=0),
        Gap(begins=after(200), ends=after(600), why=WHY, tag=2, lost=41, times=41),
    )
    found = completeness.measure(seen_of([reported(1), reported(2)], STEADY + BUSY, gaps))
    assert found.why.params == {"came": 2 * 601 - 2 * 60 - 41, "due": 2 * 601}


def test_a_status_counts_for_as_long_as_it_held() -> None:
    bad = 0x80000000
    flaps = [
        row(1, 0, 1),
        *(row(1, 300 + k / 10, 1, bad if k % 2 == 0 else 0) for k in range(11)),
        row(1, 600, 1, bad),
    ]
    found = good_status.measure(seen_of([reported(1)], flaps))
    assert found.value is not None and abs(float(found.value) - 0.5) < 0.01
    polled = good_status.measure(seen_of([reported(1, sampling="poll")], flaps))
    assert polled.value == sum(r.status == 0 for r in flaps) / len(flaps) or math.isclose(
        float(polled.value or 0), sum(r.status == 0 for r in flaps) / len(flaps)
    )


def test_a_status_does_not_hold_through_a_stretch_in_which_nothing_could_come() -> None:
    bad, why = 0x80000000, Message(id="contact.dropped")
    rows = [row(1, 0, 1), row(1, 90, 1), row(1, 500, 1, bad), row(1, 600, 1, bad)]
    lost = (Gap(begins=after(100), ends=after(500), why=why),)
    through = good_status.measure(seen_of([reported(1)], rows)).value
    (tag,) = seen_of([reported(1)], rows, lost).tags
    assert (tag.facts.seconds, tag.facts.away_seconds, tag.facts.good_seconds) == (600, 400, 100)
    assert (tag.looks, tag.good_looks) == (201, 100), "half of what was seen was Good, whatever was not seen"
    assert through is not None and float(through) > 0.8, "as it would be if the gap were not known"


@given(
    st.lists(st.tuples(st.floats(0, 600), st.booleans()), min_size=2, max_size=20),
    st.lists(st.tuples(st.floats(-50, 650), st.floats(0, 300)), max_size=6),
)
def test_no_gap_makes_more_looks_nor_more_good_ones(rows: list[tuple[float, bool]], lost: Any) -> None:
    made = [row(1, at, 1, 0 if good else 0x80000000) for at, good in sorted(rows)]
    gaps = tuple(Gap(begins=after(b), ends=after(b + n), why=WHY) for b, n in lost)
    (without,), (with_,) = seen_of([reported(1)], made).tags, seen_of([reported(1)], made, gaps).tags
    f = with_.facts
    assert 0 <= f.good_seconds <= f.seconds - f.away_seconds + 1e-6 and f.away_seconds <= f.seconds + 1e-6
    assert without.facts.away_seconds == 0 and 0 <= with_.good_looks <= with_.looks
    if f.seconds > f.away_seconds:
        assert with_.looks <= without.looks and with_.good_looks <= without.good_looks + 1


def test_a_tag_that_was_polled_in_the_end_owes_no_row_for_what_it_reported() -> None:
    """Ten minutes by subscription with a row a minute, then ten minutes with a row a second; a minute lost."""
    rows = STEADY + [row(1, at, 5, source=-86400) for at in range(660, 1261)]
    lost = (Gap(begins=after(600), ends=after(660), why=Message(id="contact.dropped")),)
    found = completeness.measure(seen_of([reported(1, queue=None)], rows, lost))
    assert found.why.params == {"came": 1261 - 60, "due": 1261}


def test_a_server_cannot_gain_weight_by_boasting_of_its_diligence() -> None:
    seen = seen_of([reported(1, interval_ms=1e-9)], STEADY)
    assert seen.tags[0].looks <= 10 * 601


@given(st.integers(1, 50_000), st.floats(1, 86_400))
def test_confirmations_never_take_more_than_their_share(points: int, seconds: float) -> None:
    limits = Limits()
    calls = math.ceil(points / limits.max_nodes_per_call)
    assert confirm_every(limits, points, seconds) >= 4 * calls * limits.request_gap
    few = [confirm_every(limits, 1, s) for s in (1.0, 25.0, 600.0, 86_400.0)]
    assert few == [5, 5, 60, 60] and all(a <= b for a, b in itertools.pairwise(few))
