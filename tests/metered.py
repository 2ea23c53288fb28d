"""Plants with meters for tests: series made by hand, or taken from the simulator's own signals without a wire."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessor import indicators
from assessor.domain import (
    Device,
    Function,
    Measurement,
    Observation,
    Record,
    Scope,
    Series,
    SignalKind,
    Tag,
    TagFacts,
    TagMeaning,
)
from assessor.indicators.seen import Seen, look
from assessor.messages import LANGUAGES, render
from connectors.simulator.observed import modbus_tag, read_points, unit_asset
from connectors.simulator.plant import ModbusServer, SimulatedPlant
from connectors.simulator.registers import point_values
from tests.test_indicators_rules import asset, endpoint, scope

SECOND = 10**9
MIDNIGHT = 1_767_196_800
"""2026-01-01 00:00 in Shanghai, in seconds UTC: a full quarter hour."""
HOUR = 3600
NIGHT = MIDNIGHT - 2 * HOUR
"""22:00 in Shanghai."""
NO_TIME = np.iinfo(np.int64).min


def meter(id_: str, **more: Any) -> dict[str, Any]:
    return asset(id_, kind="energy-meter", production=False) | more


def mains(id_: str = "m", **more: Any) -> dict[str, Any]:
    return asset(id_, kind="mains-meter", production=False) | more


def every(seconds: float, count: int, begin: float = MIDNIGHT) -> NDArray[np.int64]:
    """So many looks, so far apart."""
    return (np.round((begin + np.arange(count) * seconds) * 1000) * 10**6).astype(np.int64)


class Metered:
    """Data points with their rows, put on assets one by one, and looked at."""

    def __init__(self, *assets: dict[str, Any], **more: Any) -> None:
        more = {"meanings": (), "window": None} | more
        ends = [endpoint("e"), endpoint("s", "scada"), endpoint("x", "ems")]
        self.plan = Scope.model_validate(scope(assets, ends).model_dump(mode="json") | more)
        self.tags: list[Tag] = []
        self.meanings: dict[int, TagMeaning] = {}
        self.rows: dict[int, Series] = {}
        self.gaps: tuple[Any, ...] = ()

    def put(
        self,
        of: str,
        path: str,
        unit: str | None,
        at: NDArray[np.int64],
        value: Any,
        *,
        quantity: str = "electrical",
        function: str | None = "actual",
        where: str = "e",
        **more: Any,
    ) -> "Metered":
        id_ = len(self.tags) + 1
        self.tags.append(
            Tag(id=id_, endpoint=where, asset=of, address=f"{where} {id_}", path=path, unit=unit, **more)
        )
        use = Function(function) if function else None
        self.meanings[id_] = TagMeaning(tag=id_, quantity=quantity, function=use, source="person")
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), at.shape)
        self.rows[id_] = Series(at, at if where == "x" else np.full(len(at), NO_TIME), values)
        return self

    def counts(self, of: str, path: str, at: NDArray[np.int64], value: Any, **more: Any) -> "Metered":
        return self.put(of, path, "kWh", at, value, **({"quantity": "energy", "function": "counter"} | more))

    def look(self) -> Seen:
        observations = [_observed(e, self.tags, self.rows, self.gaps) for e in ("e", "s", "x")]
        facts = {id_: facts_of(id_, rows) for id_, rows in self.rows.items() if len(rows.at)}
        return look(self.plan, observations, facts, self.meanings, series=self.rows.get)


def _observed(end: str, tags: Sequence[Tag], rows: dict[int, Series], gaps: tuple[Any, ...]) -> Observation:
    here = [tag for tag in tags if tag.endpoint == end]
    times = [t for tag in here for t in rows[tag.id].at.tolist()] or [0]
    record = None
    if end == "x":
        record = Record(
            system="EMS", taken_by="energy", taken_at=max(times), sha256="0" * 64, bytes=1, encoding="utf-8",
            time_zone="+08:00", rows=len(times),
        )  # fmt: skip
    return Observation(
        endpoint=end, protocol="opcua", connector="t", started=min(times), ended=max(times), reached=True,
        tags=tuple(here), gaps=gaps if end == "e" else (), record=record,
        devices=tuple(Device(asset=a, where=a, answered=True) for a in sorted({t.asset for t in here if t.asset})),
    )  # fmt: skip


def facts_of(id_: int, rows: Series) -> TagFacts:
    """Figures of a series of Good values that are current."""
    n, values = len(rows.at), rows.value[np.isfinite(rows.value)]
    return TagFacts(
        tag=id_, rows=n, good=n, uncertain=0, bad=0, changes=int(np.sum(np.diff(values) != 0)),
        distinct=len(np.unique(values)), first=int(rows.at.min()), last=int(rows.at.max()),
        seconds=float(np.ptp(rows.at)) / SECOND, longest_gap=1.0, kind=SignalKind.LIVE, stale=None,
        minimum=float(values.min()) if len(values) else None, maximum=float(values.max()) if len(values) else None,
    )  # fmt: skip


def simulated(plant: SimulatedPlant, endpoint_id: str, at: NDArray[np.int64]) -> Seen:
    """What polling one Modbus server of a simulated plant at these times would bring."""
    server = next(s for s in plant.servers if isinstance(s, ModbusServer) and s.endpoint == endpoint_id)
    where = plant.endpoint(server)
    tags, rows, meanings = [], {}, {}
    for unit in server.units:
        for point in read_points(plant, unit):
            tag = modbus_tag(plant, where, unit, point)
            tags.append(tag)
            rows[tag.id] = Series(
                at, np.full(len(at), NO_TIME), point_values(plant, unit, point, at).astype(float)
            )
            use = Function(point.function) if point.function else None
            meanings[tag.id] = TagMeaning(tag=tag.id, quantity=point.quantity, function=use, source="profile")
    devices = [Device(asset=unit_asset(where, u), where=f"unit {u.unit}", answered=True) for u in server.units]
    observed = Observation(
        endpoint=where.id, protocol="modbus-tcp", connector="simulator", started=int(at[0]), ended=int(at[-1]),
        reached=True, tags=tuple(tags), devices=tuple(devices),
    )  # fmt: skip
    facts = {id_: facts_of(id_, series) for id_, series in rows.items()}
    return look(plant.scope, [observed], facts, meanings, series=rows.get)


def measured(name: str, seen: Seen | Metered) -> Measurement:
    found = indicators.load()[name].measure(seen.look() if isinstance(seen, Metered) else seen)
    texts = [found.why, found.method, *(line.why for line in found.lines)]
    texts += [text for c in found.conditions for text in (c.needed, c.found)]
    assert all(render(text, language) for text in texts for language in LANGUAGES)
    assert Measurement.model_validate_json(found.model_dump_json()) == found
    return found


def interval(found: Measurement) -> tuple[Any, Any, Any]:
    return tuple(None if x is None else float(x) for x in (found.low, found.value, found.high))  # type: ignore[return-value]


def why(found: Measurement) -> dict[str, str]:
    return {line.subject: line.why.id.removeprefix("indicator.why.") for line in found.lines}


def day(night: float, by_day: float, **more: Any) -> Metered:
    """From 22:00 to 22:00 of the next day at one look a minute."""
    at = every(60, 24 * 60 + 1, NIGHT)
    kw = np.where(at < (NIGHT + 8 * HOUR) * SECOND, night, by_day)
    return Metered(mains(), **more).put("m", "power_total", "kW", at, kw)
