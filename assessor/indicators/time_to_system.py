"""How long values take from a machine to a system of the plant: the median over machines, in seconds.

A change is matched where a value that was taken once at the machine was taken once in the system too, by tags of
one meaning (so counters and measured values count, states that come back do not). Both were read by this laptop,
so one clock timed both; the interval allows for the time between two looks on either side. At least 20 matched
changes a machine. Where no machine was read in both places, an exported record stands for the system: its times
are those of the system's clock against the laptop's. A change seen in the system before the machine made it shows
that the clocks do not fit: where more than one in twenty does, that machine is left open. No question rests on
this.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import (
    SYSTEMS,
    Condition,
    EvidenceClass,
    Line,
    Measurement,
    Message,
    Outcome,
    Series,
    State,
)
from assessor.indicators.data_points import SeenTag, looked_at
from assessor.indicators.figure import needed
from assessor.indicators.identity import last_name
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, thousandth

UNIT = "seconds"
AREA = "production"
ENOUGH = 20
EARLY = Fraction(1, 20)
"""Own threshold: so many changes may come early by chance before clocks are called unfit."""
MOST = 8
"""Data points of a system that one of a machine is compared with, at most."""
METHOD = Message(id="indicator.time_to_system.method")


class Changes(NamedTuple):
    """Values that a tag took once: the value, when it was first seen, and the look before (ns)."""

    value: NDArray[np.float64]
    at: NDArray[np.int64]
    before: NDArray[np.int64]


class Matched(NamedTuple):
    """Changes of one machine that were found in a system: delays in seconds, the least and most they may be."""

    tag: SeenTag
    system: SeenTag
    low: NDArray[np.float64]
    delay: NDArray[np.float64]
    high: NDArray[np.float64]
    recorded: bool

    @property
    def early(self) -> int:
        """How many came before they can have been made."""
        return int((self.high < 0).sum())

    @property
    def fits(self) -> bool:
        return self.early <= EARLY * len(self.delay)


def measure(seen: Seen) -> Measurement:
    found = [(m, max(pairs, key=_worth)) for m in seen.machines if (pairs := list(_pairs(m, seen)))]
    read = [(m, one) for m, one in found if not one.recorded and len(one.delay) >= ENOUGH]
    taken = [(m, one) for m, one in found if not one.recorded or not read]
    most = max((len(one.delay) for _, one in taken), default=0)
    lines = [_line(m, one) for m, one in taken]
    good = [one for (_, one), shown in zip(taken, lines, strict=True) if shown.outcome is Outcome.MET]
    count = needed("count", "matched", most >= ENOUGH, {"n": ENOUGH}, {"n": most})
    conditions = (count, _clock([one for _, one in taken])) if taken else ()
    if not good:
        failed = next((c.found for c in conditions if not c.holds), None)
        return Measurement(
            indicator="time_to_system",
            state=State.UNUSABLE if failed else State.NOT_DETERMINED,
            unit="seconds",
            total=len(taken),
            method=METHOD,
            why=failed or Message(id="indicator.why.not_both"),
            conditions=conditions,
            lines=tuple(lines),
        )
    low, value, high = (
        thousandth(max(median(float(np.median(getattr(one, name))) for one in good), 0.0))
        for name in ("low", "delay", "high")
    )
    return Measurement(
        indicator="time_to_system",
        state=State.MEASURED,
        unit="seconds",
        value=value,
        low=low,
        high=high,
        count=len(good),
        total=len(taken),
        method=METHOD,
        why=Message(id=f"indicator.why.{'delay_by_record' if not read else 'delay_by_laptop'}"),
        conditions=conditions,
        absence_tested=True,
        lines=tuple(lines),
    )


def _pairs(machine: SeenAsset, seen: Seen) -> Iterator[Matched]:
    """Each tag of the machine itself beside each of a system that means the same."""
    own = [tag for tag in machine.tags if not tag.relayed and tag.meaning is not None]
    systems = [(tag, False) for tag in machine.tags if tag.endpoint.role in SYSTEMS]
    systems += [(one.seen, True) for one in machine.recorded if one.seen.endpoint.role in SYSTEMS]
    arrived: dict[int, Changes | None] = {}
    for tag in own if systems else ():
        if (made := _changes(seen.series(tag.tag.id), _look(tag, seen))) is None:
            continue
        for system, recorded in _beside(tag, systems):
            id_ = system.tag.id
            if id_ not in arrived:
                arrived[id_] = _changes(seen.series(id_), None if recorded else _look(system, seen), recorded)
            if (come := arrived[id_]) and (found := _matched(tag, system, made, come, recorded)):
                yield found


def _beside(tag: SeenTag, systems: Sequence[tuple[SeenTag, bool]]) -> list[tuple[SeenTag, bool]]:
    """Data points of one meaning with it. Where a system has very many, those of its name, or those that change
    most."""
    assert tag.meaning is not None
    same = [
        (one, recorded)
        for one, recorded in systems
        if one.meaning
        and (one.meaning.quantity, one.meaning.function) == (tag.meaning.quantity, tag.meaning.function)
    ]
    if len(same) <= MOST:
        return same
    named = [pair for pair in same if last_name(pair[0]) == last_name(tag)]
    return sorted(named or same, key=lambda pair: -(pair[0].facts.changes if pair[0].facts else 0))[:MOST]


def _look(tag: SeenTag, seen: Seen) -> float | None:
    """Seconds from a change to its report, at most, of a tag that reports changes: a look and a message."""
    every = looked_at(tag.tag)
    sampling = next((o.sampling for o in seen.observations if o.endpoint == tag.tag.endpoint), None)
    return None if every is None else every + ((sampling.publishing or 0) if sampling else 0)


def _changes(series: Series | None, look: float | None, recorded: bool = False) -> Changes | None:
    """Values that it took once; the first, of which nobody knows when it was taken, is none."""
    if series is None:
        return None
    times = series.source if recorded else series.at
    usable = np.isfinite(series.value) & (times > 0)
    order = np.argsort(times[usable], kind="stable")
    at, value = times[usable][order], series.value[usable][order]
    new = np.flatnonzero(np.diff(value) != 0) + 1
    taken, first, often = np.unique(np.append(value[:1], value[new]), return_index=True, return_counts=True)
    once = (often == 1) & (first > 0)
    place = new[first[once] - 1]
    before = at[place - 1] if look is None else np.maximum(at[place - 1], at[place] - int(look * 1e9))
    return Changes(taken[once], at[place], before) if len(place) else None


def _matched(tag: SeenTag, system: SeenTag, made: Changes, come: Changes, recorded: bool) -> Matched | None:
    _, mine, theirs = np.intersect1d(made.value, come.value, assume_unique=True, return_indices=True)
    if not len(mine):
        return None
    delay = come.at[theirs] - made.at[mine]
    earlier = come.at[theirs] - come.before[theirs]
    later = made.at[mine] - made.before[mine]
    return Matched(tag, system, (delay - earlier) / 1e9, delay / 1e9, (delay + later) / 1e9, recorded)


def _worth(one: Matched) -> tuple[bool, int, float]:
    """Enough changes that were read come first, then many, then those that lie close together."""
    enough = len(one.delay) >= ENOUGH
    return (enough and not one.recorded, len(one.delay), -abs(float(np.median(one.delay))))


def _clock(found: Sequence[Matched]) -> Condition:
    """Of machines with enough changes one at least must fit; with too few nothing is said of clocks."""
    early, of = sum(one.early for one in found), sum(len(one.delay) for one in found)
    enough = [one for one in found if len(one.delay) >= ENOUGH]
    return Condition(
        id="clock",
        needed=Message(id="indicator.needs.none_early"),
        found=Message(id="indicator.found.early", params={"n": early, "of": of}),
        holds=not enough or any(one.fits for one in enough),
    )


def _line(machine: SeenAsset, one: Matched) -> Line:
    id_, n = machine.asset.id, len(one.delay)
    names = {"tag": one.tag.tag.path, "system": one.system.tag.path}
    told = line(id_, Outcome.MET, "delay", n=n, **names)
    if n < ENOUGH:
        told = line(id_, Outcome.NOT_DETERMINED, "delay_few", n=n, **names)
    elif not one.fits:
        told = line(id_, Outcome.NOT_DETERMINED, "delay_early", n=one.early, of=n, **names)
    elif one.recorded:
        told = line(id_, Outcome.MET, "delay_recorded", n=n, **names)
    value = thousandth(float(np.median(one.delay))) if told.outcome is Outcome.MET else None
    evidence = EvidenceClass.EXPORTED if one.recorded else EvidenceClass.MEASURED
    return told.model_copy(update={"value": value, "evidence": evidence})
