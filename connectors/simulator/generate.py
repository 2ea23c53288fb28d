"""GENERATE hours of a plant at once: what polling its servers once a second would bring."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from assessor.domain import GOOD, Gap, Message, Observation, Sample, Sink
from connectors.simulator.observed import modbus_tag, observe, opcua_tag, read_points
from connectors.simulator.plant import ModbusServer, OpcUaServer, SimulatedPlant
from connectors.simulator.registers import point_values
from connectors.simulator.tags import SECOND, Times, series, shown

LATENCY = 4_000_000
"""Nanoseconds between a request and its answer."""
AWAY = 2
"""Seconds until a dropped connection is open again."""
TOGETHER = 60
"""Polls handed over in one call."""


class Column(NamedTuple):
    """One tag over all polls."""

    tag: int
    source: list[int] | None
    status: list[int]
    fields: dict[str, list[Any]]


def generate(plant: SimulatedPlant, sink: Sink, begin_ns: int, seconds: int, every: int = 1) -> None:
    """Hand over what a run of so many seconds would have seen, asking once in `every` seconds."""
    for server in plant.servers:
        observation = observe(plant, server, begin_ns, begin_ns + seconds * SECOND)
        if every != 1:
            tags = tuple(replace(tag, interval_ms=every * 1000.0) for tag in observation.tags)
            observation = observation.model_copy(update={"tags": tags})
        times = begin_ns + np.arange(0, seconds, every, dtype=np.int64) * SECOND
        if isinstance(server, OpcUaServer):
            times, observation = _without_drops(server, times, observation, every * SECOND)
            _hand_over(sink, _opcua(plant, server, times), times, begin_ns, served=True)
        elif isinstance(server, ModbusServer):
            _hand_over(sink, _modbus(plant, server, times), times, begin_ns, served=False)
        sink.observe(observation)
    sink.flush()


def _without_drops(
    server: OpcUaServer, times: Times, observation: Observation, every: int
) -> tuple[Times, Observation]:
    """Polls that fall into the seconds after a drop are lost, and said to be."""
    if not server.drops:
        return times, observation
    away = (times // SECOND) % server.drops < AWAY
    gaps: list[Gap] = []
    for time in times[away]:
        if gaps and gaps[-1].ends == int(time):
            gaps[-1] = gaps[-1].model_copy(update={"ends": int(time) + every})
        else:
            why = Message(id="simulator.dropped")
            gaps.append(Gap(begins=int(time), ends=int(time) + every, why=why))
    return times[~away], observation.model_copy(update={"gaps": tuple(gaps)})


def _opcua(plant: SimulatedPlant, server: OpcUaServer, times: Times) -> Iterator[Column]:
    endpoint = plant.endpoint(server)
    for tag in shown(plant, server):
        found = series(plant, tag, times)
        status = found.status.tolist()
        kind = tag.variable.type
        values = [None if s & 0x80000000 else v for v, s in zip(_typed(kind, found.values), status, strict=True)]
        yield Column(opcua_tag(endpoint, tag).id, found.source.tolist(), status, {_field(kind): values})


def _typed(kind: str, values: Any) -> list[Any]:
    if kind == "Float":
        return [float(v) for v in values.astype(np.float32)]
    if kind == "Boolean":
        return [bool(v) for v in values]
    if kind in ("String", "LocalizedText"):
        return [str(v) for v in values]
    return [int(v) for v in values] if _field(kind) == "integer" else [float(v) for v in values]


def _field(kind: str) -> str:
    match kind:
        case "Double" | "Float":
            return "number"
        case "Boolean":
            return "flag"
        case "String" | "LocalizedText":
            return "text"
    return "integer"


def _modbus(plant: SimulatedPlant, server: ModbusServer, times: Times) -> Iterator[Column]:
    endpoint = plant.endpoint(server)
    good = [GOOD] * len(times)
    for unit in server.units:
        for point in read_points(plant, unit):
            values = point_values(plant, unit, point, times)
            field = "number" if values.dtype.kind == "f" else "integer"
            yield Column(modbus_tag(plant, endpoint, unit, point).id, None, good, {field: values.tolist()})


def _hand_over(sink: Sink, columns: Iterator[Column], times: Times, begin: int, *, served: bool) -> None:
    """Rows in the order in which a poller gets them: all tags of one time, then the next."""
    made = list(columns)
    rows: list[Sample] = []
    for i, time in enumerate(times.tolist()):
        receive = time + LATENCY
        server = time // SECOND * SECOND if served else None
        for column in made:
            values = {name: of[i] for name, of in column.fields.items()}
            source = column.source[i] if column.source is not None else None
            rows.append(Sample(column.tag, source, server, receive, receive - begin, column.status[i], **values))
        if (i + 1) % TOGETHER == 0:
            sink.samples(rows)
            rows = []
    if rows:
        sink.samples(rows)
