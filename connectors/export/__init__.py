"""GATHER from exported records: CSV and Excel files that a SCADA, historian, MES, EMS or logger wrote.

Checklist: read-only (the file is opened for reading, nothing is contacted, formulas are not run); times out (it
stops between blocks of rows when it is told to; a file has no line to wait for); limits load (none: no request is
sent; rows are streamed, and sizes are bounded); keeps status of every value (blank is no value, not zero) and the
time that the file gives, in the zone that a person named; says what it left out, with the first place of each.
Known limits: no .xls, no protected workbooks; wide Excel sheets are slow. Tested on real hardware: not applicable;
on files of real systems: no, on files written for the tests.

What it reads is an *exported record*: weaker than a measurement, with its system, person, time and digest.
"""

# ruff: noqa: ARG001 - every connector takes the same, and a file needs less of it

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assessor.domain import (
    Device,
    Endpoint,
    Load,
    Message,
    Observation,
    Record,
    RequestRecord,
    Scope,
    Sink,
    Traffic,
)
from connectors.export import times
from connectors.export.layout import Reading
from connectors.export.opening import Opened, Unreadable, look, unchanged

PROTOCOLS = ("export",)
SCHEME = "file"
"""An address is the path of a file, not a place in the network."""
BLOCK = 5_000
"""Rows handed over at a time."""


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """Nothing: a file is read, no machine is asked."""
    return Load(
        endpoint=endpoint.id,
        requests_per_second=0,
        bytes_per_second=0,
        requests=0,
        connections=0,
        registers_or_nodes=0,
    )


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Read the whole file, however long that takes, unless `stop` is set. A bad file is a `problem`."""
    started = time.time_ns()
    reading = _reading(endpoint)
    over = threading.Event()
    try:
        opened, problem = await asyncio.to_thread(
            _read, endpoint, reading, sink, lambda: stop.is_set() or over.is_set()
        )
    finally:
        over.set()  # a thread does not end with the task that waits for it
    seen = _observation(endpoint, reading, opened, started, problem)
    sink.observe(seen)
    sink.flush()
    return seen


async def precheck(endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]) -> Observation:
    """Is the file there, and readable as what it was said to be? Its rows are not read."""
    started, problem, opened = time.time_ns(), None, None
    try:
        opened = await asyncio.to_thread(look, Path(endpoint.address), _reading(endpoint).how.encoding)
    except Unreadable as found:
        problem = found.message
    return _observation(endpoint, _reading(endpoint), opened, started, problem)


def _reading(endpoint: Endpoint) -> Reading:
    assert endpoint.export is not None, "load_scope refuses an export without it"
    taken = datetime.fromisoformat(endpoint.export.taken_at)
    return Reading(endpoint, endpoint.export, times.nanoseconds(taken))


def _read(
    endpoint: Endpoint, reading: Reading, sink: Sink, stopped: Callable[[], bool]
) -> tuple[Opened | None, Message | None]:
    """Hand every row over; what was read before a fault stays, with the fault named."""
    opened = None
    try:
        opened = look(Path(endpoint.address), reading.how.encoding)
        rows = reading.samples(opened, stopped)
        while block := list(itertools.islice(rows, BLOCK)):
            sink.samples(block)
        if not unchanged(opened):
            return opened, Message(id="export.changed")
        if not reading.tags:
            return opened, Message(id="export.empty")
    except Unreadable as problem:
        return opened, problem.message
    except OSError as problem:
        params: dict[str, str | int] = {"file": endpoint.address, "reason": problem.strerror or str(problem)}
        return opened, Message(id="export.unreadable", params={**params})
    return opened, None


def _observation(
    endpoint: Endpoint, reading: Reading, opened: Opened | None, started: int, problem: Message | None
) -> Observation:
    tags = tuple(held.tag for held in reading.tags.values())
    assets = dict.fromkeys(tag.asset for tag in tags)
    ended = time.time_ns()
    return Observation(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        connector="export",
        started=started,
        ended=ended,
        reached=opened is not None,
        problem=problem,
        devices=tuple(
            Device(asset=asset, where=Path(endpoint.address).name, answered=opened is not None) for asset in assets
        ),
        tags=tags,
        traffic=Traffic(
            requests=0,
            failures=0,
            bytes_sent=0,
            bytes_received=0,
            seconds=(ended - started) / 1e9,
            slowest_ms=0,
        ),
        record=_record(reading, opened) if opened else None,
    )


def _record(reading: Reading, opened: Opened) -> Record:
    how = reading.how
    return Record(
        system=how.system,
        taken_by=how.taken_by,
        taken_at=reading.taken,
        sha256=opened.sha256,
        bytes=opened.bytes,
        encoding=opened.encoding,
        time_zone=how.time_zone,
        rows=reading.rows,
        first=reading.first,
        last=reading.last,
        doubts=reading.doubts.messages(),
    )
