"""What a recorded run is held against: only what may be asked, and no more than was stated."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assessor.domain import Load
from connectors.guard import MODBUS_FUNCTIONS, OPCUA_SERVICES

ALLOWED = OPCUA_SERVICES | MODBUS_FUNCTIONS | {"Hello"}
WINDOW_NS = 2 * 10**9
"""A rate is counted over so long."""


def offences(
    frames: Sequence[Mapping[str, Any]], loads: Iterable[Load], allowed: frozenset[str] = ALLOWED
) -> list[str]:
    """Every way in which the frames of a recorder break the rules; empty for a run that kept them."""
    by_endpoint: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for frame in frames:
        by_endpoint[frame["endpoint"]].append(frame)
    stated = {load.endpoint: load for load in loads}
    found = []
    for endpoint, asked in by_endpoint.items():
        strange = Counter(f["service"] for f in asked if f["service"] not in allowed)
        found += [f"{endpoint}: {service} was sent {times} times" for service, times in strange.items()]
        if endpoint in stated:
            found += [f"{endpoint}: {fault}" for fault in _load(asked, stated[endpoint])]
        else:
            found.append(f"{endpoint}: contacted, and in no preview")
    return found


def _load(asked: Sequence[Mapping[str, Any]], stated: Load) -> list[str]:
    """Requests, rate, bytes and connections of one endpoint, each against what was stated for it."""
    faults = []
    if len(asked) > stated.requests:
        faults.append(f"{len(asked)} requests, {stated.requests} stated")
    times = [f["time"] for f in asked]
    most = stated.requests_per_second * WINDOW_NS / 1e9 + 2  # the two at the window's edges
    burst = max(sum(begin <= t < begin + WINDOW_NS for t in times[i:]) for i, begin in enumerate(times))
    if burst > most:
        faults.append(f"{burst} requests in {WINDOW_NS / 1e9:g} s, {stated.requests_per_second:g} a second stated")
    seconds = max(1.0, (times[-1] - times[0]) / 1e9)
    moved = sum(f["bytes"] + f["answered"] for f in asked)
    if moved > stated.bytes_per_second * seconds:
        faults.append(f"{moved / seconds:.0f} bytes a second, {stated.bytes_per_second:.0f} stated")
    if (open_ := _at_a_time(asked)) > stated.connections:
        faults.append(f"{open_} connections at a time, {stated.connections} stated")
    return faults


def _at_a_time(asked: Sequence[Mapping[str, Any]]) -> int:
    """The most connections that were in use at one time: from the first to the last request of each."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for index, frame in enumerate(asked):
        first.setdefault(frame["connection"], index)
        last[frame["connection"]] = index
    return max(sum(first[c] <= i <= last[c] for c in first) for i in range(len(asked)))
