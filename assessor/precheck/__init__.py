"""PRECHECK: do the agreed addresses answer, and what must be opened? A week before, by the plant's own IT.

Each address of the scope is asked whether it answers and what it offers; nothing else is contacted, no value is
read. It keeps to the window that the plant agreed to: `precheck_window`, or `window` where the scope has none.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from time import time_ns

import connectors
from assessor.domain import Agreement, Endpoint, Message, Noun, Observation, RequestRecord, Scope, Text, Time
from assessor.laptop import Networks, looked_at
from connectors.guard import limit_hosts
from connectors.scope import check_window

LONGEST = 60.0
"""Seconds that one endpoint may take in all."""


class Answered(StrEnum):
    """What an address said."""

    YES = "yes"
    BUT = "but"
    """It answered, and a run would still be kept out: see the problem."""
    NO = "no"


class Who(StrEnum):
    """Who can do something about it."""

    NOBODY = "nobody"
    """Nothing is to be done."""
    NETWORK = "network"
    MACHINE = "machine"


class Checked(Noun):
    """One endpoint: what it answered and what is to be done."""

    endpoint: str
    protocol: str
    address: str
    host: str | None = None
    port: int | None = None
    """What a firewall must let through: TCP from the laptop to this place. None for a file or a serial line."""
    answered: Answered
    ask: Who
    requests: int
    seen: Observation


class Precheck(Noun):
    """The whole result: one line an endpoint, and the laptop it was tried from."""

    plant: Text
    simulated: bool
    agreement: Agreement
    vantage: str
    made: Time
    laptop: Networks
    checked: tuple[Checked, ...]

    def count(self, answered: Answered) -> int:
        return sum(one.answered is answered for one in self.checked)


def allowed(scope: Scope, now: Time) -> None:
    """Raise a ContactError outside the window in which the addresses may be tried."""
    check_window(scope.model_copy(update={"window": scope.precheck_window or scope.window}), now)


async def precheck(scope: Scope, done: Callable[[Checked], None] = lambda _: None) -> Precheck:
    """Try every endpoint of the scope, each behind its guard and no more at a time than the limits say."""
    hosts, made = limit_hosts(scope.limits), time_ns()

    async def one(endpoint: Endpoint) -> Checked:
        async with hosts:
            found = await _checked(endpoint, scope)
        done(found)
        return found

    checked = await asyncio.gather(*(one(endpoint) for endpoint in scope.endpoints))
    return Precheck(
        plant=scope.plant.name,
        simulated=scope.plant.simulated,
        agreement=scope.agreement,
        vantage=scope.vantage.value,
        made=made,
        laptop=looked_at(scope),
        checked=tuple(checked),
    )


async def _checked(endpoint: Endpoint, scope: Scope) -> Checked:
    log: list[RequestRecord] = []
    started = time_ns()
    try:
        work = connectors.get(endpoint.protocol).precheck(endpoint, scope, log.append)
        seen = await asyncio.wait_for(work, LONGEST)
    except TimeoutError:
        why = Message(id="precheck.too_long", params={"seconds": f"{LONGEST:g}"})
        seen = Observation(
            endpoint=endpoint.id,
            protocol=endpoint.protocol,
            connector="none",
            started=started,
            ended=time_ns(),
            reached=False,
            problem=why,
        )
    host, port = _place(endpoint.address)
    answered = Answered.NO if not seen.reached else Answered.BUT if seen.problem else Answered.YES
    return Checked(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        address=endpoint.address,
        host=host,
        port=port,
        answered=answered,
        ask=_ask(answered, seen, host),
        requests=len(log),
        seen=seen,
    )


def _ask(answered: Answered, seen: Observation, host: str | None) -> Who:
    """Silence is most often a firewall; a refusal or an answer comes from the machine itself."""
    if answered is Answered.YES:
        return Who.NOBODY
    refused = seen.problem is not None and seen.problem.id.endswith(".refused")
    return Who.MACHINE if answered is Answered.BUT or refused or host is None else Who.NETWORK


def _place(address: str) -> tuple[str | None, int | None]:
    """Host and port of an address; None for a file or a serial line."""
    host, _, port = address.rpartition("//")[2].partition("/")[0].rpartition(":")
    return (host, int(port)) if host and port.isdigit() else (None, None)
