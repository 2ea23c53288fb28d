"""Every machine of the register: how it was seen, or why it was not."""

from dataclasses import dataclass

from markupsafe import Markup

from assessor.domain import Assessment, Asset, Outcome, Sight, made_with
from assessor.report import charts
from assessor.report.pen import Pen

MARKS = ("readable", "connectable", "networked")


@dataclass(frozen=True)
class Tile:
    """One machine."""

    name: str
    id: str
    interface: str
    marks: list[tuple[str, str, str]]
    """What was looked for, its outcome, and the outcome in words."""
    why: str
    source: str
    tags: int
    samples: int


@dataclass(frozen=True)
class Set:
    """Machines that were seen in the same way."""

    id: str
    name: str
    text: str
    tiles: list[Tile]


@dataclass(frozen=True)
class Count:
    """One of the three shares, as counts."""

    name: str
    met: int
    absent: int
    open: int


@dataclass(frozen=True)
class Machines:
    total: int
    """All production equipment in use, by the register."""
    counts: list[Count]
    units: Markup
    sets: list[Set]
    untested: int
    walks: tuple[str, ...]
    """What came of walking the register, one line a direction, and who walked it where a line says so."""


def machines(a: Assessment, pen: Pen) -> Machines:
    """The register in groups, the denominator first, the rest apart."""
    sights = {s.asset: s for s in a.sights}
    pairs = [(asset, sights.get(asset.id)) for asset in a.assets]
    inside = [(x, s) for x, s in pairs if x.production and x.in_use]
    inside.sort(key=lambda pair: (_rank(pair[1]), pair[0].id))
    columns = [(mark, [_state(s, mark) for _, s in inside]) for mark in MARKS]
    counts = [_count(pen.t(f"machines.{mark}"), states) for mark, states in columns]
    text = pen.t("machines.units_text", list="; ".join(f"{c.name} {c.met} / {len(inside)}" for c in counts))
    sets = [
        Set(name, pen.t(f"machines.set.{name}.name"), pen.t(f"machines.set.{name}.text"), tiles)
        for name in ("networked", "readable", "absent", "untested", "idle", "other")
        if (tiles := [_tile(x, s, pen) for x, s in pairs if _set(x, s) == name])
    ]
    return Machines(
        total=len(inside),
        counts=counts,
        units=charts.units(columns, [pen.subject(x.id) for x, _ in inside], pen.t("machines.units"), text),
        sets=sets,
        untested=sum(_set(x, s) == "untested" for x, s in inside),
        walks=_walks(a, pen),
    )


def _walks(a: Assessment, pen: Pen) -> tuple[str, ...]:
    if a.register_ is None:
        return ()
    told = []
    for name, walk in (("floor", a.register_.floor_to_list), ("list", a.register_.list_to_floor)):
        id_ = f"machines.walk_{name}"
        told.append(pen.t(f"{id_}_none") if walk is None else pen.t(id_, agreed=walk.agreed, walked=walk.walked))
    walk_ = a.answers.walk
    if walk_ is not None and made_with(walk_, a.assets) and (last := walk_.latest) is not None:
        told.append(pen.t("machines.walk_by", by=pen.role(last.by), day=last.at[:10]))
    return tuple(told)


def _state(sight: Sight | None, mark: str) -> str:
    outcome: Outcome = getattr(sight, mark) if sight else Outcome.NOT_DETERMINED
    return outcome.value


def _rank(sight: Sight | None) -> tuple[int, ...]:
    order = {"met": 0, "partly_met": 1, "not_met": 2, "not_applicable": 3}
    return tuple(order.get(_state(sight, mark), 4) for mark in reversed(MARKS))


def _count(name: str, states: list[str]) -> Count:
    met, absent = states.count("met"), states.count("not_met")
    return Count(name, met, absent, len(states) - met - absent)


def _set(asset: Asset, sight: Sight | None) -> str:
    """Which group it stands in: by the strongest thing that was shown of it."""
    if not asset.production:
        return "other"
    if not asset.in_use:
        return "idle"
    states = [_state(sight, mark) for mark in MARKS]
    if states[2] == "met":
        return "networked"
    if "met" in states or "partly_met" in states:
        return "readable"
    return "absent" if "not_met" in states else "untested"


def _tile(asset: Asset, sight: Sight | None, pen: Pen) -> Tile:
    states = [(mark, _state(sight, mark)) for mark in MARKS]
    return Tile(
        name=pen.say(asset.name),
        id=asset.id,
        interface=pen.known("interface", asset.interface.value),
        marks=[(pen.t(f"machines.{mark}"), state, pen.t(f"outcome.{state}")) for mark, state in states],
        why=pen.say(sight.why) if sight else pen.t("machines.no_sight"),
        source=pen.evidence(sight.evidence if sight else None),
        tags=sight.tags if sight else 0,
        samples=sight.samples if sight else 0,
    )
