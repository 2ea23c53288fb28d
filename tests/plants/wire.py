"""Row → what connectors would have handed over: observations and rows, as the simulator generates them at once."""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa

from assessor.bundle.rows import batch, unbatch
from assessor.domain import Message, Observation, Offer, Record, Sample, Scope
from connectors.simulator import generate
from tests.kept import Kept
from tests.plants.build import BEGIN, HELD, plant
from tests.plants.equipment import TRAFFIC
from tests.plants.machines import machines
from tests.plants.table import Row

SECOND = 1_000_000_000
LEAD = 2
"""Looks by which the MES has a program before its machine."""
LOCAL_OVERRIDE = 0x00960000
"""GoodLocalOverride (OPC 10000-8)"""
CLOSED = (Offer(mode="SignAndEncrypt", policy="Basic256Sha256", tokens=("UserName",)),)
NOBODY = Message(id="doors.nobody_refused", params={"status": "BadIdentityTokenRejected"})


@dataclass(frozen=True)
class Heard:
    """All that judging a plant starts from, answers apart."""

    scope: Scope
    observations: tuple[Observation, ...]
    samples: pa.Table


@cache
def heard(row: Row) -> Heard:
    """Generated, then bent where the simulator has no word for it: doors that are shut, records, our own clock."""
    made, kept = plant(row), Kept()
    generate(made, kept, BEGIN, row.seconds, row.every)
    observations, rows = list(kept.observed), kept.rows
    exports = {e.id: e.export for e in made.scope.endpoints if e.export}
    for i, seen in enumerate(observations):
        if made.scope.endpoints and _secured(made.scope, seen):
            observations[i] = _shut(seen)
            rows = _without(rows, seen)
        elif seen.endpoint in exports:
            ours = {tag.id for tag in seen.tags}
            observations[i] = _recorded(seen, sum(row_.tag in ours for row_ in rows))
            rows = [_exported(row_) if row_.tag in ours else row_ for row_ in rows]
    rows = _by_the_aggregator(row, observations, rows)
    if row.equipped:
        observations = [_fitted_out(o) for o in observations]
        rows = _programs(row, observations, rows)
    if row.laptop_ahead:
        ahead = round(row.laptop_ahead * SECOND)
        rows = [row_._replace(receive=row_.receive + ahead) for row_ in rows]
        observations = [
            o.model_copy(update={"started": o.started + ahead, "ended": o.ended + ahead}) for o in observations
        ]
    return Heard(made.scope, tuple(observations), pa.Table.from_batches([unbatch(batch(rows))]))


def _by_the_aggregator(row: Row, observations: list[Observation], rows: list[Sample]) -> list[Sample]:
    """Old values under its own times, and values that a person typed in."""
    of = {m.id: m.condition for m in machines(row)}
    tags = {tag.id: of.get(tag.asset or "") for o in observations for tag in o.tags}
    if row.restamped:
        rows = [r._replace(source=r.server) if tags[r.tag] == "broken" else r for r in rows]
    if row.typed:
        rows = [r._replace(status=LOCAL_OVERRIDE) if tags[r.tag] == "typed" else r for r in rows]
    return rows


def _fitted_out(seen: Observation) -> Observation:
    """Servers of the simulator keep no history; every other one is said to keep a temperature's. It has no
    guard either that counts requests."""
    odd = ("1", "3", "5", "7", "9")
    tags = tuple(
        replace(t, historizing=True) if t.path.endswith(HELD) and (t.asset or "1")[-1] not in odd else t
        for t in seen.tags
    )
    return seen.model_copy(update={"tags": tags, "traffic": TRAFFIC if seen.record is None else None})


def _programs(row: Row, observations: list[Observation], rows: list[Sample]) -> list[Sample]:
    """Of every other machine the MES has each program first, and its machine follows; of the rest somebody types
    into the MES what is in force."""
    tags = {t.id: t for o in observations for t in o.tags if t.path.endswith("ActiveProgram")}
    of: dict[tuple[str | None, bool], list[int]] = defaultdict(list)
    for i, one in enumerate(rows):
        if tag := tags.get(one.tag):
            of[tag.asset, tag.endpoint == "mes-live"].append(i)
    done = list(rows)
    for (asset, in_mes), places in of.items():
        machine = of.get((asset, False))
        for k, i in enumerate(places if in_mes else ()):
            if machine is None:
                done[i] = rows[i]._replace(status=LOCAL_OVERRIDE)
            else:
                later = rows[machine[min(k + LEAD, len(machine) - 1)]]
                done[i] = rows[i]._replace(text=later.text)
    return done


def _secured(scope: Scope, seen: Observation) -> bool:
    return next(e for e in scope.endpoints if e.id == seen.endpoint).security.mode != "None"


def _shut(seen: Observation) -> Observation:
    """Reached, its doors described, and not entered: what the OPC UA connector reports of such a server."""
    devices = tuple(
        d.model_copy(update={"answered": False, "problem": NOBODY, "nameplate": None, "companions": (),
                             "item_state": None, "space": None})
        for d in seen.devices
    )  # fmt: skip
    bare = {"tags": (), "browse": None, "space": None, "companions": (), "namespaces": (), "gaps": ()}
    return seen.model_copy(update={"problem": NOBODY, "offers": CLOSED, "devices": devices} | bare)


def _without(rows: list[Sample], seen: Observation) -> list[Sample]:
    gone = {tag.id for tag in seen.tags}
    return [row for row in rows if row.tag not in gone]


def _recorded(seen: Observation, rows: int) -> Observation:
    record = Record(
        system="SCADA", taken_by="engineer", taken_at=seen.ended, sha256="0" * 64, bytes=1, encoding="utf-8",
        time_zone="+08:00", rows=rows, first=seen.started, last=seen.ended,
    )  # fmt: skip
    plain = {
        "offers": (),
        "browse": None,
        "space": None,
        "companions": (),
        "namespaces": (),
        "operation_limits": {},
    }
    return seen.model_copy(update={"protocol": "export", "connector": "export", "record": record} | plain)


def _exported(row: Sample) -> Sample:
    """In a record the monotonic time is the source time itself."""
    assert row.source is not None
    return row._replace(mono=row.source, server=None)
