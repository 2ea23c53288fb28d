"""STATE the most that a run asks of a Modbus address, before anything is sent. Every figure is an upper bound."""

import math
from typing import NamedTuple

from assessor.domain import Endpoint, Limits, Load, Message, Scope, Text, Unit
from connectors.modbus.blocks import PROBES
from connectors.modbus.units import planned
from connectors.modbus.wire import BASIC, MOST_ANSWERS, REGULAR
from connectors.profiles import profile_for
from connectors.serial_line import bits_a_character, silence
from connectors.sunspec import most_requests

IDENTIFY_REQUESTS, REPORT_REQUESTS = MOST_ANSWERS * len((BASIC, REGULAR)), 1
REQUEST_BYTES, ANSWER_BYTES, LONGEST_ANSWER = 12, 9, 260


def limits_of(endpoint: Endpoint, scope: Scope) -> Limits:
    """The limits of an endpoint; on a serial line the silence between frames comes on top of the pause."""
    limits = scope.limits_for(endpoint)
    if endpoint.serial is None:
        return limits
    return limits.model_copy(update={"request_gap": limits.request_gap + silence(endpoint.serial)})


class _Asked(NamedTuple):
    """The most that one unit is asked for."""

    once: int
    """Requests before sampling begins."""
    blocks: int
    """Requests of the first cycle."""
    room: int
    """Requests of any cycle: what a device refuses is halved, down to single points."""
    registers: int
    """Of one cycle."""
    longest: int
    """Bytes of values in one answer."""

    def sampling(self, cycles: int, tries_more: bool) -> int:
        """Requests of so many cycles: each takes up to `PROBES` more than the one before while it is searched."""
        growing = min(cycles, math.ceil((self.room - self.blocks) / PROBES))
        searching = growing * self.blocks + PROBES * growing * (growing - 1) // 2
        return searching + self.room * (cycles - growing) + self.more(tries_more)

    def more(self, tries_more: bool) -> int:
        """Requests on top of the one cycle that goes on with the smaller blocks once a larger one has failed.

        Those read before stand for as many smaller ones at least, but for one that they share with the failed one.
        """
        return 2 if tries_more and self.blocks > 1 else 0


def _asked(unit: Unit, endpoint: Endpoint, scope: Scope, limits: Limits) -> _Asked:
    once = blocks = room = registers = longest = 0
    if not unit.sunspec and limits.breaker_failures > 1:  # as `learn` of units.py
        once = IDENTIFY_REQUESTS * endpoint.identify + REPORT_REQUESTS * endpoint.report_id
    if unit.sunspec:
        once = blocks = room = most_requests(limits.max_registers)
        registers = room * limits.max_registers  # what the walk did not read is not read later either
        longest = 2 * limits.most_registers
    if unit.profile:
        profile = profile_for(scope, unit.profile)
        sizes = [planned(profile, limits, size) for size in (limits.max_registers, limits.most_registers)]
        blocks, room = blocks + len(sizes[0]), room + len(profile.points)
        registers += max(sum(block.length for block in size) for size in sizes)
        longest = max(longest, *(block.size for size in sizes for block in size), 0)
    return _Asked(once, blocks, room, registers, longest)


def most(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this address. Contacts nothing."""
    limits = limits_of(endpoint, scope)
    units = [_asked(unit, endpoint, scope, limits) for unit in endpoint.units]
    fastest, tries_more = 1 / limits.request_gap, limits.most_registers > limits.max_registers
    cycles = math.floor(seconds / limits.sampling_interval) + 1
    last_cycle = sum(unit.room + unit.more(tries_more) for unit in units)
    paced = math.floor(seconds * fastest) + 1 + last_cycle  # the last cycle may begin as time is up
    asked = sum(unit.sampling(cycles, tries_more) for unit in units)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=fastest,
        bytes_per_second=_bytes(endpoint, max((unit.longest for unit in units), default=0), fastest),
        requests=sum(unit.once for unit in units) + min(asked, paced),
        connections=1,
        registers_or_nodes=sum(unit.registers for unit in units),
        warnings=_sole_master(endpoint),
    )


def _bytes(endpoint: Endpoint, longest: int, fastest: float) -> float:
    """Bytes a second both ways, at most: a device may say of itself as much as a frame holds."""
    talks = endpoint.identify or endpoint.report_id
    a_request = REQUEST_BYTES + (LONGEST_ANSWER if talks else ANSWER_BYTES + longest)
    line = endpoint.serial.baudrate / bits_a_character(endpoint.serial) if endpoint.serial else math.inf
    return min(fastest * a_request, line)


def _sole_master(endpoint: Endpoint) -> tuple[Message, ...]:
    params: dict[str, str | int | Text] = {"address": endpoint.address}
    return (Message(id="modbus.sole_master", params=params),) if endpoint.serial else ()
