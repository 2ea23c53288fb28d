"""Pairs of assets that look like one controller seen twice: to be cleared up, for one controller is one asset.

Counted are pairs of different assets of the register, or of one of them and a device that none of them claims,
that carry the same serial number (with makers and models that agree) or the same unique product identifier, or
that show a counter whose values were the same and rose together. Nothing is merged: a person says which of them
is the asset. The same asset seen over several endpoints is one already, by the scope.
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from assessor.domain import Line, Measurement, Nameplate, Outcome, Series, SignalKind
from assessor.indicators.data_points import SeenTag
from assessor.indicators.figure import bounded, told, undetermined
from assessor.indicators.names import listed, plain
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "number"
AREA = "interfaces"
RISES, ALIKE, STEPS, MOST = 10, 0.5, 2, 50
"""Changes that a counter needs; share of its rows that must be equal; steps that none may be apart, as looks at
two endpoints do not coincide; pairs that are named, and neighbours that are compared. (Own thresholds.)"""
NO_SERIAL = listed("unknown none na n/a null default serialnumber notavailable tbd test 12345678 123456 00000000")
Pair = tuple[str, str]


def measure(seen: Seen) -> Measurement:
    plates, counters = list(_plates(seen)), _counters(seen)
    named = _compared(plates, counters)
    if len(named) < 2:
        return undetermined("seen_twice", "number", told("nothing_to_compare"), of=(0, len(seen.machines)))
    found: dict[Pair, str] = dict.fromkeys(_moving_together(seen, counters), "same_counter")
    found |= dict.fromkeys(_same_plate(plates), "same_plate")
    lines = [_line(pair, why) for pair, why in sorted(found.items())[:MOST]]
    why = told("pairs_alike", n=len(found), of=len(named))
    return bounded("seen_twice", "number", Fraction(len(found)), why, lines, of=(len(named), len(named)))


def _compared(plates: list[tuple[str, Nameplate]], counters: list[SeenTag]) -> set[str]:
    """Who has something that at least one other has too: a maker's name alone tells no device from another."""
    uris = {who for who, plate in plates if plate.product_instance_uri}
    serials = {who for who, plate in plates if _serial(plate)}
    counting = {tag.tag.asset for tag in counters if tag.tag.asset}
    return {who for alike in (uris, serials, counting) if len(alike) > 1 for who in alike}


def _line(pair: Pair, why: str) -> Line:
    return line(pair[0], Outcome.NOT_DETERMINED, why, other=pair[1])


def _plates(seen: Seen) -> Iterator[tuple[str, Nameplate]]:
    """Who carries which nameplate: an asset, or the place behind an endpoint that none claims."""
    for o in seen.observations:
        for device in o.devices:
            if device.nameplate is not None:
                yield device.asset or f"{o.endpoint} {device.where}", device.nameplate


def _same_plate(plates: list[tuple[str, Nameplate]]) -> Iterator[Pair]:
    by: dict[Pair, list[tuple[str, Nameplate]]] = defaultdict(list)
    for who, plate in plates:
        if plate.product_instance_uri:
            by["uri", plate.product_instance_uri.strip()].append((who, plate))
        if serial := _serial(plate):
            by["serial", serial].append((who, plate))
    for (kind, _), alike in by.items():
        for (who, plate), (other, second) in combinations(alike[:MOST], 2):
            if who != other and (kind == "uri" or _agree(plate, second)):
                yield min(who, other), max(who, other)


def _serial(plate: Nameplate) -> str | None:
    """A serial number that can tell one device from another."""
    serial = plain(plate.serial or "")
    fit = len(serial) >= 4 and len(set(serial)) > 1 and any(c.isdigit() for c in serial)
    return serial if fit and serial not in NO_SERIAL else None


def _agree(one: Nameplate, other: Nameplate) -> bool:
    """Makers and models that both name are the same."""
    pairs = ((one.manufacturer, other.manufacturer), (one.model, other.model))
    return all(a is None or b is None or plain(a) == plain(b) for a, b in pairs)


def _counters(seen: Seen) -> list[SeenTag]:
    found = [tag for tag in seen.tags if tag.tag.asset and _counts(tag)]
    return sorted(found, key=lambda tag: tag.facts.maximum if tag.facts and tag.facts.maximum is not None else 0.0)


def _counts(tag: SeenTag) -> bool:
    f = tag.facts
    return f is not None and f.kind is SignalKind.COUNTER and f.changes >= RISES and f.maximum is not None


def _moving_together(seen: Seen, counters: list[SeenTag]) -> Iterator[Pair]:
    """Counters of different assets that end near one another, then row by row. The register of a meter may rightly
    be passed on by the machine that it measures."""
    related = {(id_, known.asset.metered_by or "") for id_, known in seen.by_id.items()}
    for i, tag in enumerate(counters):
        for other in counters[i + 1 : i + 1 + MOST]:
            names = tag.tag.asset or "", other.tag.asset or ""
            apart = len({*names}) == 2 and not related & {names, names[::-1]}
            if apart and _near(tag, other) and _together(seen, tag, other):
                yield min(names), max(names)


def _step(tag: SeenTag) -> float:
    f = tag.facts
    assert f is not None and f.maximum is not None and f.minimum is not None
    return (f.maximum - f.minimum) / f.changes


def _near(tag: SeenTag, other: SeenTag) -> bool:
    assert tag.facts is not None and other.facts is not None
    apart = (other.facts.maximum or 0.0) - (tag.facts.maximum or 0.0)
    return apart <= (STEPS + 1) * max(_step(tag), _step(other))


def _together(seen: Seen, tag: SeenTag, other: SeenTag) -> bool:
    """At the times of one, was the other the same, or a step behind or ahead as looks do not coincide?"""
    one, two = seen.series(tag.tag.id), seen.series(other.tag.id)
    if one is None or two is None:
        return False
    mine, theirs = _at_same_times(one, two)
    if len(mine) < RISES or len(np.unique(mine)) < RISES:
        return False
    step = max(_step(tag), _step(other))
    return float((mine == theirs).mean()) >= ALIKE and bool((np.abs(mine - theirs) <= STEPS * step).all())


def _at_same_times(one: Series, two: Series) -> tuple[np.ndarray, np.ndarray]:
    """Values of the first within the time of the second, and what the second showed last then."""
    place = np.searchsorted(two.at, one.at, side="right") - 1
    inside = (place >= 0) & (one.at <= two.at[-1])
    return one.value[inside], two.value[place[inside]]
