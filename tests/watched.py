"""A plant for tests of indicators that read rows: values at seconds, read or exported, through the real facts."""

from collections.abc import Iterable, Sequence
from typing import Any

from assessor import indicators
from assessor.domain import (
    GOOD,
    Browse,
    Companion,
    Device,
    Function,
    Line,
    Measurement,
    Observation,
    Record,
    Sample,
    Sampling,
    Tag,
    TagMeaning,
)
from assessor.facts import facts, series, sort
from assessor.indicators.seen import Seen, look
from assessor.messages import LANGUAGES, render
from tests.test_facts import BEGIN, SECOND, table
from tests.test_indicators_rules import WHOLE, asset, endpoint, scope

Point = tuple[float, Any]


def ticks(begins: float, ends: float, every: float) -> list[float]:
    return [begins + i * every for i in range(round((ends - begins) / every) + 1)]


def pieces(cycle: float, looks: Iterable[float], first: int = 1000) -> list[Point]:
    """A counter of one piece every `cycle` seconds, looked at now and then."""
    return [(at, first + int(at // cycle)) for at in looks]


class Watched:
    """Data points put on assets behind endpoints of a plan, one by one, and looked at."""

    def __init__(self, assets: Sequence[dict[str, Any]], endpoints: Sequence[dict[str, Any]]) -> None:
        self.plan = scope(assets, endpoints)
        self.rows: list[Sample] = []
        self.tags: dict[str, list[Tag]] = {}
        self.meanings: dict[int, TagMeaning] = {}
        self.records: set[str] = set()
        self.devices: list[tuple[str, Device]] = []
        self.companions: dict[str, tuple[Companion, ...]] = {}

    def put(
        self,
        where: str,
        of: str,
        points: Iterable[Point],
        quantity: str | None = None,
        function: str | None = None,
        *,
        path: str | None = None,
        recorded: bool = False,
        source: Any = "now",
        **more: Any,
    ) -> "Watched":
        """`source`: 'now', None, or seconds at which its source says that every value was written."""
        id_ = sum(map(len, self.tags.values())) + 1
        name = path or f"{of}.{id_}"
        self.tags.setdefault(where, []).append(
            Tag(id=id_, endpoint=where, asset=of, address=str(id_), path=name, **more)
        )
        if quantity or function:
            use = Function(function) if function else None
            self.meanings[id_] = TagMeaning(tag=id_, quantity=quantity, function=use, source="person")
        taken = BEGIN + 10**6 * SECOND
        if recorded:
            self.records.add(where)
        for at, value in points:
            moment = BEGIN + round(at * SECOND)
            written = moment if source == "now" else None if source is None else BEGIN + round(source * SECOND)
            kind = {bool: "flag", int: "integer", float: "number", str: "text"}[type(value)]
            received = (taken, moment) if recorded else (moment, moment)
            stamp = moment if recorded else written
            self.rows.append(Sample(id_, stamp, None, *received, GOOD, **{kind: value}))
        return self

    def device(self, where: str, **more: Any) -> "Watched":
        """A device by what is said of it; those with tags are there without being named."""
        self.devices.append((where, Device(**{"where": "x", "answered": True} | more)))
        return self

    def look(self, browse: Browse | None = WHOLE, sampling: Sampling | None = None) -> Seen:
        rows = sort(table(self.rows))
        observations = []
        for found in self.plan.endpoints:
            tags = self.tags.get(found.id, [])
            named = [d for where, d in self.devices if where == found.id]
            silent = sorted({t.asset for t in tags if t.asset} - {d.asset for d in named})
            devices = (*named, *(Device(asset=name, where=name, answered=True) for name in silent))
            observations.append(
                Observation(
                    endpoint=found.id, protocol=found.protocol, connector="t", started=1, ended=2, reached=True,
                    tags=tuple(tags), browse=browse, devices=devices, sampling=sampling,
                    companions=self.companions.get(found.id, ()),
                    record=_record(len(self.rows)) if found.id in self.records else None,
                )
            )  # fmt: skip
        return look(self.plan, observations, facts(rows), self.meanings, (), series(rows))


def _record(rows: int) -> Record:
    return Record(
        system="MES 3",
        taken_by="planner",
        taken_at=BEGIN + 10**6 * SECOND,
        sha256="0" * 64,
        bytes=1,
        encoding="utf-8",
        time_zone="Asia/Shanghai",
        rows=rows,
        first=BEGIN,
        last=BEGIN + 86_400 * SECOND,
    )


OWN = [endpoint("a-own", asset="a"), endpoint("b-own", asset="b"), endpoint("mes", "mes")]
LOOK = ticks(0, 600, 5)


def measured(name: str, seen: Seen) -> Measurement:
    """By `measure_all`, as a run does it: with its area and the rows behind it."""
    found = next(m for m in indicators.measure_all(seen) if m.indicator == name)
    texts = [found.why, found.method, *(t for c in found.conditions for t in (c.needed, c.found))]
    for text in (*texts, *(one.why for one in found.lines)):
        assert all(render(text, language) for language in LANGUAGES)
    return found


def lines(found: Measurement) -> dict[str, Line]:
    return {one.subject: one for one in found.lines}


def why(line: Line) -> str:
    return line.why.id.removeprefix("indicator.why.")


BOTH = [asset("a"), asset("b")]
PLACES = [
    endpoint("a-own", asset="a"),
    endpoint("b-own", asset="b"),
    endpoint("mes", "mes"),
    endpoint("h", "scada"),
]


def passed(
    delay: float, *, looks: float = 1.0, cycle: float = 10, recorded: bool = False, span: float = 600
) -> Seen:
    """A counter at the machine, and the same value so many seconds later in the MES."""
    later = [(t, 1000 + int((t - delay) // cycle)) for t in ticks(0, span, looks)]
    plant = Watched(BOTH, PLACES).put("a-own", "a", pieces(cycle, ticks(0, span, looks)), "count", "counter")
    plant.put("a-own", "a", pieces(7, ticks(0, span, 1), 5), "count", "counter", path="other")
    return plant.put("mes", "a", later, "count", "counter", recorded=recorded).look()
