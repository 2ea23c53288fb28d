"""Share of their running time in which compressors ran unloaded: by a loaded signal, or by their power.

By power against the level that was exceeded a twentieth of the time, 'full': below 5 % of it a compressor
stands, up to 45 % it runs unloaded, from 65 % on it is loaded; between these, and while it passes from one to
the other, it is open (own thresholds; a screw compressor runs unloaded at some 15 to 40 %). Where one of the two
levels was never met, or a fifth of the running time lies between them, as with variable speed, power does not
tell. A signal named loaded or unloaded that is only ever 0 or 1 tells in any case, together with power that
shows that it ran. At least half an hour of running, three changes between the two, nine tenths of the window
seen (own thresholds). For the bounds what is open or unseen counts as loaded, and as unloaded.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import EvidenceClass, Line, Measurement, Message
from assessor.indicators.compressors import Signal, compressors, loaded, power
from assessor.indicators.figure import covered, figure, long_enough, needed, unknown, valued
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import SECOND, Floats, Steps, Total, drawn, split

UNIT = "share"
AREA = "energy"
HALF_AN_HOUR = 1800.0
CHANGES = 3
FULL, STANDS, IDLES, LOADS, STEPLESS = 0.95, 0.05, 0.45, 0.65, 0.2
STANDING, UNLOADED, LOADED, OPEN = 0, 1, 2, 3


class Run(NamedTuple):
    """How one compressor ran, in seconds."""

    unloaded: float
    loaded: float
    open: float
    """Running or standing, loaded or not: not known."""
    unseen: float
    span: float
    changes: int
    how: str
    evidence: EvidenceClass

    @property
    def running(self) -> float:
        return self.unloaded + self.loaded

    @property
    def share(self) -> Total:
        """Of the running time; for the bounds what is not known counts as loaded, and as unloaded."""
        doubt = self.open + self.unseen
        whole = self.running + doubt
        return Total(self.unloaded / whole, self.unloaded / self.running, (self.unloaded + doubt) / whole)


class Untold(NamedTuple):
    """Why nothing can be said of one compressor, and how many seconds it was looked at."""

    why: str
    span: float = 0.0


def measure(seen: Seen) -> Measurement:
    every = compressors(seen)
    held = {one.asset.id: _run(seen, one) for one in every}
    lines = [_line(id_, run) for id_, run in held.items()]
    runs = [run for run in held.values() if isinstance(run, Run)]
    if not runs:
        why = Message(id="indicator.why.no_compressor_power" if every else "indicator.why.no_compressor")
        short = [run.span for run in held.values() if isinstance(run, Untold) and run.why == "too_short_for_it"]
        trust_ = (long_enough(max(short), HALF_AN_HOUR),) if short else ()
        return figure("compressor_unloaded", "share", None, why, lines, trust_)
    changes = min(run.changes for run in runs)
    often = needed(
        "count",
        "changes",
        changes >= CHANGES or all(run.how == "signal" for run in runs),
        {"n": CHANGES},
        {"n": changes},
    )
    seen_ = min(1 - run.unseen / run.span for run in runs)
    trust = (long_enough(min(run.running for run in runs), HALF_AN_HOUR), often, covered(seen_))
    why = Message(id="indicator.why.unloaded_of", params={"n": len(runs), "of": len(every)})
    evidence = [run.evidence for run in runs]
    return figure("compressor_unloaded", "share", _together(runs).share, why, lines, trust, evidence)


def _together(runs: list[Run]) -> Run:
    unloaded, loaded_, open_, unseen, span = (sum(run[i] for run in runs) for i in range(5))  # type: ignore[misc]
    return Run(unloaded, loaded_, open_, unseen, span, 0, "", EvidenceClass.MEASURED)


def _run(seen: Seen, of: SeenAsset) -> Run | Untold:
    why = Untold("no_compressor_load")
    for exported in (False, True):
        kw = power(seen, of, exported)
        if kw is None or not kw.seen:
            continue
        signal = loaded(seen, of, exported)
        evidence = EvidenceClass.EXPORTED if exported else EvidenceClass.MEASURED
        found = _told(drawn(kw), signal, evidence) if kw.span >= HALF_AN_HOUR else "too_short_for_it"
        if isinstance(found, Run):
            return found
        why = Untold(found, kw.span)
    return why


def _told(kw: Steps, signal: Signal | None, evidence: EvidenceClass) -> Run | str:
    full = _full(kw)
    if full <= 0:
        return "compressor_stood"
    if signal is not None:
        late = (signal.steps.origin - kw.origin) / SECOND
        kw = split(kw, np.concatenate((signal.steps.begin, signal.steps.end)) + late)
    low, high = _level(kw.low / full), _level(kw.high / full)
    states = np.where(low == high, low, OPEN)
    if signal is not None:
        states = _signalled(kw, np.where(kw.low / full >= STANDS, LOADED, states), signal)
    wide = kw.end - kw.begin
    unloaded, loaded_, open_ = (float(np.sum(wide[states == state])) for state in (UNLOADED, LOADED, OPEN))
    if not unloaded + loaded_:
        return "load_untold" if open_ else "compressor_stood"
    if signal is None and not (unloaded and loaded_):
        return "one_level"
    if signal is None and open_ > STEPLESS * (unloaded + loaded_ + open_):
        return "stepless"
    clear = states[(states == UNLOADED) | (states == LOADED)]
    how = "signal" if signal else "power"
    unseen = max(0.0, kw.span - kw.seen)
    return Run(unloaded, loaded_, open_, unseen, kw.span, int(np.sum(np.diff(clear) != 0)), how, evidence)


def _full(kw: Steps) -> float:
    """The power that was exceeded a twentieth of the time."""
    order = np.argsort(kw.mid, kind="stable")
    share = np.cumsum((kw.end - kw.begin)[order]) / kw.seen
    return float(kw.mid[order][min(int(np.searchsorted(share, FULL)), len(order) - 1)])


def _level(share: Floats) -> NDArray[np.int64]:
    levels = [share < STANDS, share <= IDLES, share < LOADS]
    return np.select(levels, [STANDING, UNLOADED, OPEN], LOADED)


def _signalled(kw: Steps, states: NDArray[np.int64], signal: Signal) -> NDArray[np.int64]:
    """Where it ran, what the signal says; open where the signal was not seen or changed."""
    steps = signal.steps
    middle = (kw.begin + kw.end) / 2 + (kw.origin - steps.origin) / SECOND
    place = np.searchsorted(steps.begin, middle, side="right") - 1
    inside = (place >= 0) & (middle < np.append(steps.end, -np.inf)[place])
    low, high = (np.append(x, np.nan)[place] for x in (steps.low, steps.high))
    said = np.where(inside & (low == high), np.where(high > 0, LOADED, UNLOADED), OPEN)
    return np.where(states == LOADED, said, states)


def _line(subject: str, run: Run | Untold) -> Line:
    if isinstance(run, Untold):
        return unknown(subject, run.why)
    return valued(subject, f"unloaded_by_{run.how}", run.share.mid, run.evidence)
