"""One cycle of an MTConnect visit asks twice at most and loses no value in silence, whatever the agent answers."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from assessor.domain import Message, Sample, Scope
from assessor.markup import Element, parse
from connectors.guard import Guard
from connectors.mtconnect.visit import RENEWED, Visit
from connectors.mtconnect.wire import SERVICES, Problem, TooLarge, Wire
from tests.servers.mtconnect_agent import DEVICES, ERROR, LINEAR, STREAMS, VALUE
from tests.test_mtconnect import plan

BUFFER = 20
AT = "2026-01-01T00:00:00Z"


class Turn(NamedTuple):
    """What happens at one request: so many new values first, then this kind of answer."""

    new: int
    kind: str


TURNS = st.builds(
    Turn,
    st.sampled_from((0, 1, 5, BUFFER - 1, BUFFER, 3 * BUFFER)),
    st.sampled_from(("good", "good", "good", "silent", "large", "error")),
)


@dataclass
class Agent(Wire):
    """Answers from memory as the public schema says. The k-th value is the number k."""

    turns: list[Turn]
    last: int = 10
    asked: int = 0

    async def get(self, resource: str, query: str = "") -> Element:
        self.asked += 1
        turn = self.turns.pop(0) if self.turns else Turn(0, "good")
        self.last += turn.new
        if turn.kind == "silent":
            raise Problem(Message(id="contact.silent", params={"address": "x"}))
        if turn.kind == "large":
            raise TooLarge(Message(id="mtconnect.too_large", params={"most": 1}))
        return parse(self._answer(resource, query, turn.kind).encode())

    def _answer(self, resource: str, query: str, kind: str) -> str:
        told: dict[str, Any] = {"header": 'instanceId="1"', "buffer": BUFFER}
        first = max(1, self.last - BUFFER + 1)
        if kind == "error":
            return ERROR.format(**told, code="INTERNAL_ERROR", text="sorry")
        if resource == "probe":
            return DEVICES.format(**told)
        start, end = self.last, self.last
        if resource == "sample":
            start, count = (int(part.partition("=")[2]) for part in query.split("&"))
            end = min(self.last, start + count - 1)
        if not first <= start <= self.last + 1:
            return ERROR.format(**told, code="OUT_OF_RANGE", text="gone")
        held = "".join(VALUE.format(at=AT, k=k) for k in range(start, end + 1))
        told |= {"first": first, "last": self.last, "next": end + 1}
        return STREAMS.format(**told, mill=LINEAR.format(held=held), lathe="")


def visited(turns: list[Turn], batch: int) -> tuple[Visit, Agent]:
    of: Scope = plan("http://127.0.0.1:1")
    limits = of.limits.model_copy(update={"max_nodes_per_call": batch})
    wire = Agent(turns)
    guard = Guard("agent", "http://127.0.0.1:1", limits, SERVICES, lambda _: None)
    return Visit(of.endpoints[0], limits, guard, wire, started=time.time_ns()), wire


@given(turns=st.lists(TURNS, max_size=40), batch=st.sampled_from((1, 3, 10, 100)))
@example([Turn(0, "good"), Turn(0, "good"), Turn(15, "good"), Turn(3 * BUFFER, "good")], 10)
def test_two_requests_a_cycle_and_every_missing_value_is_told(turns: list[Turn], batch: int) -> None:
    visit, agent = visited(turns, batch)
    seen: list[int] = []
    while agent.turns:
        asked = agent.asked
        rows: list[Sample] = list(asyncio.run(visit.cycle()))
        assert agent.asked - asked <= RENEWED
        seen += [int(row.number) for row in rows if row.number is not None]
    seen += [int(row.number) for row in asyncio.run(visit.cycle()) if row.number is not None]
    assert seen == sorted(set(seen))
    missing = sum(b - a - 1 for a, b in itertools.pairwise(seen))
    gaps = visit.observation().gaps
    told = sum(int(gap.why.params.get("n", 0)) for gap in gaps)
    assert told >= missing - len(gaps) and (gaps or not missing)


def test_values_that_came_are_kept_when_the_second_answer_fails() -> None:
    for fault in ("silent", "error", "large"):
        visit, _ = visited([Turn(0, "good"), Turn(0, "good"), Turn(15, "good"), Turn(0, fault)], 10)
        asyncio.run(visit.cycle())
        first = asyncio.run(visit.cycle())
        then = asyncio.run(visit.cycle())
        assert [int(row.number or 0) for row in (*first, *then)] == list(range(11, 26)), fault
        assert not visit.observation().gaps


def test_what_the_agent_dropped_at_the_end_of_a_run_is_a_gap() -> None:
    visit, _ = visited([Turn(0, "good"), Turn(0, "good"), Turn(15, "good"), Turn(3 * BUFFER, "good")], 10)
    asyncio.run(visit.cycle())
    assert len(asyncio.run(visit.cycle())) == 10
    assert [gap.why.id for gap in visit.observation().gaps] == ["mtconnect.overrun_unknown"]
