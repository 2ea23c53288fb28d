"""Machine count against the MES: machines whose own counter agrees with what the MES reports for the same hours.

The report is an exported record of a MES with a count for each machine. Whether its rows count each period anew
(function `actual`) or run on (function `counter`) a person confirms. Nobody says whether a row of periods stands
at its period's end or at its begin, so both are tried. The counter is the machine's own, or a copy of it in
another system; of several the one that comes closest is taken, and named. Agreement is a report within the
counter's bounds, widened by two parts in a hundred (own threshold). Compared is the longest stretch that both
hold without a break; at least one whole hour of it is needed. Where both say zero nothing was compared.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import (
    EvidenceClass,
    Expect,
    Function,
    Line,
    Measurement,
    Outcome,
    Role,
    Series,
    State,
    plain,
)
from assessor.indicators.counting import Made, made, numbers
from assessor.indicators.data_points import SeenTag
from assessor.indicators.figure import needed
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, share, strata, thousandth

UNIT = "share"
AREA = "production"
HOUR = 3600 * 10**9
WITHIN = Fraction(2, 100)
"""Own threshold: a report that is rounded, or kept by a clock that is a little off, still agrees."""
WIDEST = Fraction(1, 10)
"""Own threshold: where gaps leave more of the count open than this, a report inside the bounds shows nothing."""


RANK = ("agrees", "wide", "differs", "idle")
"""Which of several comparisons tells most of a machine."""
OUTCOME = {"agrees": Outcome.MET, "differs": Outcome.NOT_MET}


class Periods(NamedTuple):
    """What a report says was made in stretches that follow one another: begin and end (ns), and pieces, NaN where
    its total fell."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    pieces: NDArray[np.float64]


class Compared(NamedTuple):
    """A report beside a counter over the same stretch."""

    tag: SeenTag
    report: SeenTag
    begins: int
    ends: int
    reported: Fraction
    counted: Made

    @property
    def agreement(self) -> Fraction:
        """The smaller of both over the larger: the counter by the middle of its bounds."""
        counted = (self.counted.low + self.counted.high) / 2
        larger = max(self.reported, counted)
        return min(self.reported, counted) / larger if larger else Fraction(1)

    @property
    def result(self) -> str:
        """What comes of it: one of RANK."""
        low, high = self.counted
        if self.reported == low == 0:
            return "idle"
        if not low * (1 - WITHIN) <= self.reported <= high * (1 + WITHIN):
            return "differs"
        return "agrees" if high - low <= WIDEST * high else "wide"


def measure(seen: Seen) -> Measurement:
    if not any(_told(m) for m in seen.machines):
        return share("count_agreement", (), seen.scope, nothing="no_mes_count")
    machines = [m for m in seen.machines if _told(m) or Expect.COUNTER in m.asset.expects]
    compared = {m.asset.id: list(_compared(m, seen)) for m in machines if _reports(m) and _counters(m)}
    lines = [_line(m, compared.get(m.asset.id, [])) for m in machines]
    longest = max((c.ends - c.begins for c in chain.from_iterable(compared.values())), default=0)
    hour = needed("duration", "shared_hour", longest >= HOUR, {}, {"minutes": longest // (60 * 10**9)})
    conditions = (hour,) if compared else ()
    found = share("count_agreement", lines, seen.scope, strata=strata(machines), conditions=conditions)
    if hour.holds or not compared:
        return found
    return found.model_copy(update={"state": State.UNUSABLE, "why": hour.found})


def _told(machine: SeenAsset) -> list[SeenTag]:
    """Counts that a MES reports of it."""
    found = [one.seen for one in machine.recorded if one.seen.endpoint.role is Role.MES]
    return [tag for tag in found if tag.means("count")]


def _reports(machine: SeenAsset) -> list[SeenTag]:
    """Those of which a person says whether they run on or count each period anew."""
    known = (Function.ACTUAL, Function.COUNTER)
    return [tag for tag in _told(machine) if any(tag.means(function=function) for function in known)]


def _counters(machine: SeenAsset) -> list[SeenTag]:
    """Its own counter first, then copies in systems other than the MES, read or exported."""
    tags = [*machine.tags, *(one.seen for one in machine.recorded)]
    found = [t for t in tags if t.means("count", Function.COUNTER) and t.endpoint.role is not Role.MES]
    return sorted(found, key=lambda tag: tag.relayed)


def _compared(machine: SeenAsset, seen: Seen) -> Iterator[Compared]:
    """Every report of it beside every counter of it, whatever the length of what they share."""
    exported = {one.seen.tag.id for one in machine.recorded}
    for tag in _counters(machine):
        series = seen.series(tag.tag.id)
        if series is None:
            continue
        at, value = numbers(series, series.source if tag.tag.id in exported else series.at)
        for report in _reports(machine):
            told = seen.series(report.tag.id)
            for periods in _readings(report, told) if told is not None and len(at) > 1 else ():
                if (run := _shared(periods, int(at[0]), int(at[-1]))) is None:
                    continue
                begins, ends = int(run.begins[0]), int(run.ends[-1])
                if counted := made(at, value, begins, ends):
                    yield Compared(tag, report, begins, ends, thousandth(float(run.pieces.sum())), counted)


def _readings(report: SeenTag, series: Series) -> list[Periods]:
    """What its rows may mean: counts at the end or at the begin of their period; a total has one reading."""
    at, value = numbers(series, series.source)
    begins, ends = at[:-1], at[1:]
    if report.means(function=Function.COUNTER):
        step = np.diff(value)
        return [Periods(begins, ends, np.where(step >= 0, step, np.nan))]
    return [Periods(begins, ends, value[1:]), Periods(begins, ends, value[:-1])]


def _shared(periods: Periods, first: int, last: int) -> Periods | None:
    """The longest stretch of periods between two moments whose pieces are known."""
    usable = (periods.begins >= first) & (periods.ends <= last) & (periods.pieces >= 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], usable, [False]])))
    runs = [slice(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
    if not runs:
        return None
    best = max(runs, key=lambda run: int(periods.ends[run][-1] - periods.begins[run][0]))
    return Periods(periods.begins[best], periods.ends[best], periods.pieces[best])


def _line(machine: SeenAsset, compared: Sequence[Compared]) -> Line:
    """Of several counters the one that agrees; a difference is claimed where none may agree."""
    id_, long = machine.asset.id, [c for c in compared if c.ends - c.begins >= HOUR]
    if not long:
        why = "no_hour" if _counters(machine) else "no_counter"
        why = why if _reports(machine) else "kind_open" if _told(machine) else "unreported"
        return line(id_, Outcome.NOT_DETERMINED, f"count_{why}")
    best = min(long, key=lambda c: (RANK.index(c.result), -c.agreement))
    shown = line(
        id_,
        OUTCOME.get(best.result, Outcome.NOT_DETERMINED),
        f"count_{best.result}",
        tag=best.tag.tag.path,
        report=best.report.tag.path,
        reported=plain(best.reported),
        low=plain(best.counted.low),
        high=plain(best.counted.high),
        begins=best.begins,
        ends=best.ends,
    )
    value = best.agreement if best.result in OUTCOME else None
    return shown.model_copy(update={"evidence": EvidenceClass.EXPORTED, "value": value})
