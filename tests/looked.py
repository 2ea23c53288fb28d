"""A plant for tests whose data points have real samples: figures and series are made as in a run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import pyarrow as pa

from assessor import indicators
from assessor.domain import (
    SAMPLE_COLUMNS,
    Browse,
    Device,
    Function,
    Measurement,
    Observation,
    Outcome,
    Record,
    Sample,
    Scope,
    Tag,
    TagMeaning,
    away,
    tag_id,
)
from assessor.facts import facts, series, sort
from assessor.indicators import looked_at
from assessor.indicators.seen import Seen, look
from tests.test_bundle import SCOPE

BEGIN, SECOND = 1_767_225_600_000_000_000, 1_000_000_000
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in SAMPLE_COLUMNS])
KINDS = {bool: "flag", int: "integer", float: "number", str: "text"}
WHOLE = Browse(nodes=9, complete=True)
YES, NO, SOME = Outcome.MET, Outcome.NOT_MET, Outcome.PARTLY_MET
OPEN = Outcome.NOT_DETERMINED


def machine(id_: str, **more: Any) -> dict[str, Any]:
    """A line of the register: production equipment in use that speaks OPC UA."""
    usual = {"name": {"zh": id_, "en": id_}, "kind": "machine", "production": True, "interface": "opcua"}
    return {"id": id_} | usual | more


class Plant:
    """Endpoints and data points put on the table one by one, then looked at."""

    def __init__(self, *machines: str | dict[str, Any], seconds: int = 4000) -> None:
        self.assets = [machine(m) if isinstance(m, str) else m for m in machines]
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, dict[str, Any]] = {}
        self.devices: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, list[Tag]] = {}
        self.rows: list[Sample] = []
        self.meanings: dict[int, TagMeaning] = {}
        self.ended = BEGIN + seconds * SECOND

    def at(self, id_: str, role: str = "machine", protocol: str = "opcua", **seen: Any) -> Self:
        """An endpoint, and what its Observation says beside the usual."""
        self.endpoints[id_] = {"id": id_, "protocol": protocol, "address": f"{id_}:1", "role": role}
        self.seen[id_] = seen
        return self

    def is_(self, asset: str, **more: Any) -> Self:
        """What its device says beside the usual: nameplate, companions, space."""
        self.devices[asset] = more
        return self

    def put(
        self,
        where: str,
        asset: str | None,
        path: str,
        values: Iterable[Any] = (),
        *,
        every: float = 1.0,
        means: tuple[str | None, str | None] | None = None,
        status: int = 0,
        at: Sequence[float] | None = None,
        **more: Any,
    ) -> Self:
        """A data point with its values, one each so many seconds, or at the seconds given."""
        if where not in self.endpoints:
            self.at(where)
        id_ = tag_id(where, path)
        self.tags.setdefault(where, []).append(
            Tag(id=id_, endpoint=where, asset=asset, address=path, path=path, **more)
        )
        recorded = "record" in self.seen[where]
        for i, value in enumerate(values):
            passed = round((at[i] if at else i * every) * SECOND)
            typed = {KINDS[type(value)]: value}
            receive, mono = (self.ended, BEGIN + passed) if recorded else (BEGIN + passed, passed)
            self.rows.append(Sample(id_, BEGIN + passed, None, receive, mono, status, **typed))
        if means:
            use = Function(means[1]) if means[1] else None
            self.meanings[id_] = TagMeaning(tag=id_, quantity=means[0], function=use, source="person")
        return self

    def scope(self) -> Scope:
        document = SCOPE.model_dump(mode="json")
        return Scope.model_validate(
            document | {"assets": self.assets, "endpoints": list(self.endpoints.values()), "strata": []}
        )

    def look(self) -> Seen:
        """All of it, as indicators get it."""
        plan = self.scope()
        seen = [self._observation(id_) for id_ in self.endpoints]
        every = {t.id: s for o in seen for t in o.tags if (s := looked_at(t)) is not None}
        columns = list(zip(*self.rows, strict=True)) or [()] * len(SAMPLE_COLUMNS)
        rows = sort(pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA))
        gone = {t.id: apart for o in seen if (apart := away(o.gaps)) for t in o.tags}
        return look(plan, seen, facts(rows, every, gone), self.meanings, (), series(rows, gone))

    def _observation(self, id_: str) -> Observation:
        tags, told = self.tags.get(id_, []), self.seen[id_]
        names = sorted({t.asset for t in tags if t.asset} | {a for a in self.devices if told.get("of") == a})
        devices = tuple(
            Device.model_validate({"asset": n, "where": n, "answered": True} | self.devices.get(n, {}))
            for n in names
        )
        usual: dict[str, Any] = {
            "endpoint": id_, "protocol": self.endpoints[id_]["protocol"], "connector": "t", "started": BEGIN,
            "ended": self.ended, "reached": True, "tags": tuple(tags), "devices": devices, "browse": WHOLE,
        }  # fmt: skip
        return Observation(**(usual | {k: v for k, v in told.items() if k != "of"}))

    def measured(self, indicator: str) -> Measurement:
        return indicators.load()[indicator].measure(self.look())

    def outcomes(self, indicator: str) -> Mapping[str, Outcome]:
        return {line.subject: line.outcome for line in self.measured(indicator).lines}


def record(hours: float = 1.0) -> Record:
    """An export of a system of the plant that begins with the plant's time."""
    return Record(
        system="WinCC", taken_by="shift leader", taken_at=BEGIN, sha256="0" * 64, bytes=1, encoding="utf-8",
        time_zone=None, rows=9, first=BEGIN, last=BEGIN + round(hours * 3600) * SECOND,
    )  # fmt: skip
