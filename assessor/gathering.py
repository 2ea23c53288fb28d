"""GATHER: every endpoint of a scope at once, each behind its guard, within the agreed window.

What is seen goes to a Sink as it comes; this module knows when to begin, when to halt and what to do with a
connector that does not end by itself.
"""

import asyncio
import contextlib
from collections.abc import Callable
from time import time_ns

import connectors
from assessor.domain import Endpoint, Message, Observation, Scope, Sink
from assessor.errors import AssessorError
from connectors.abort import within
from connectors.guard import limit_hosts
from connectors.scope import seconds_left


async def gather(
    scope: Scope,
    sink: Sink,
    *,
    seconds: float,
    stop: asyncio.Event,
    ended: Callable[[Observation], None] = lambda _: None,
) -> tuple[Observation, ...]:
    """Sample every endpoint of the scope at once, each behind its guard, no longer than the scope's window.

    A dead device is an Observation. Only our own failures end the run, after the others were stopped: a full
    disk, or a fault in a connector. Once `stop` is set all sessions are closed within two seconds: a connector
    that takes longer is cut off, and what it had seen up to then counts.
    """
    hosts, halt, kept = limit_hosts(scope.limits), asyncio.Event(), _Kept(sink)

    async def one(endpoint: Endpoint) -> Observation:
        async with hosts:
            if stop.is_set() or halt.is_set():
                seen = _not_begun(endpoint)
            else:
                connector = connectors.get(endpoint.protocol)
                work = connector.gather(endpoint, scope, kept, seconds=seconds, stop=halt)
                seen = await within(work, halt) or _cut_off(endpoint, kept.seen.get(endpoint.id))
        sink.observe(seen)
        ended(seen)
        return seen

    halting = asyncio.create_task(_halt(scope, stop, halt))
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one(endpoint)) for endpoint in scope.endpoints]
    except BaseExceptionGroup as problems:
        raise _ours(problems) from None
    finally:
        halting.cancel()
    sink.flush()
    return tuple(task.result() for task in running)


class _Kept:
    """The sink as connectors get it; remembers what was last seen of each endpoint."""

    def __init__(self, sink: Sink) -> None:
        self.samples, self.request, self.flush, self._sink = sink.samples, sink.request, sink.flush, sink
        self.seen: dict[str, Observation] = {}

    def observe(self, observation: Observation) -> None:
        self.seen[observation.endpoint] = observation
        self._sink.observe(observation)


def _cut_off(endpoint: Endpoint, seen: Observation | None) -> Observation:
    """What was last seen of an endpoint whose connector did not end by itself."""
    why = Message(id="contact.cut_off")
    return (seen or _not_begun(endpoint)).model_copy(update={"ended": time_ns(), "problem": why})


def _ours(problems: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error that a user is meant to read, out of all that ended a run; all of them where none is."""
    ours = problems.subgroup(AssessorError)
    if ours is None:
        return problems
    found: BaseException = ours
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


async def _halt(scope: Scope, stop: asyncio.Event, halt: asyncio.Event) -> None:
    """Halt all connectors when a person says so or the agreed window closes, whatever they are at."""
    left = seconds_left(scope, time_ns())
    with contextlib.suppress(TimeoutError):
        if left != 0:
            await asyncio.wait_for(stop.wait(), left)
    halt.set()


def _not_begun(endpoint: Endpoint) -> Observation:
    now, why = time_ns(), Message(id="contact.not_begun")
    return Observation(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        connector="none",
        started=now,
        ended=now,
        reached=False,
        problem=why,
    )
