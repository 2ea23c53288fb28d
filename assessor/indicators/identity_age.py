"""How old the identity of the work is while a machine produces: the median over machines, in seconds.

Looked at are machines that show what they are making and counted pieces meanwhile; one that stood says nothing,
and where none produced, or all looks took less than five minutes, the figure is not used. The age is the time
since the identity last changed, at the last look: seen by us, or by its source time where that stands still and
lies before our first look. Where neither tells, it is at least as long as we looked. Longer than a week while
pieces are made is worth a question (own threshold): orders seldom last so long. No question rests on this.
"""

from collections.abc import Sequence
from math import inf
from statistics import median
from typing import NamedTuple

import numpy as np

from assessor.domain import Condition, Function, Line, Measurement, Message, Outcome, Series, State
from assessor.indicators.figure import needed
from assessor.indicators.identity import identifies
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, thousandth

UNIT = "seconds"
AREA = "production"
OLD = 7 * 86_400.0
LOOKED = 300.0
"""Own thresholds, seconds: an order that is old, and a look too short to say that a machine produces."""
MADE_BY_SERVER = 2 * 10**9
"""ns: a source time so near to our first look may be when the server was first asked (own threshold)."""
METHOD = Message(id="indicator.identity_age.method")


class Age(NamedTuple):
    """Seconds since the identity changed, at least and at most, and how often it changed while we looked."""

    low: float
    high: float
    changes: int
    looked: float
    """From the first look to the last."""


def measure(seen: Seen) -> Measurement:
    named = [(m, age) for m in seen.machines if (age := _age(m, seen)) is not None]
    judged = [(age, _line(m, age)) for m, age in named]
    ages = [age for age, shown in judged if shown.why.id != "indicator.why.identity_idle"]
    conditions = _conditions(len(ages), [age for _, age in named])
    failed = next((c for c in conditions if not c.holds), None)
    high = median(age.high for age in ages) if ages else inf
    measured = failed is None and high < inf
    low = thousandth(median(age.low for age in ages)) if measured else None
    why = Message(
        id=f"indicator.why.{'identity_median' if measured else 'identity_open'}", params={"n": len(ages)}
    )
    return Measurement(
        indicator="identity_age",
        state=State.MEASURED if measured else State.UNUSABLE if failed else State.NOT_DETERMINED,
        unit="seconds",
        value=low,
        low=low,
        high=thousandth(high) if measured else None,
        count=sum(age.high < inf for age in ages),
        total=len(named),
        method=METHOD,
        why=failed.found if failed else why if named else Message(id="indicator.why.no_identity"),
        conditions=conditions,
        absence_tested=measured,
        lines=tuple(shown for _, shown in judged),
    )


def _conditions(producing: int, named: Sequence[Age]) -> tuple[Condition, ...]:
    """Of machines that show an identity: were they looked at long enough, and did any of them produce?"""
    if not named:
        return ()
    longest = max(age.looked for age in named)
    long = needed(
        "duration",
        "looked",
        longest >= LOOKED,
        {"seconds": str(int(LOOKED))},
        {"seconds": str(float(thousandth(longest)))},
    )
    load = needed("load", "producing", producing > 0, {}, {"n": producing, "of": len(named)})
    return long, load


def _age(machine: SeenAsset, seen: Seen) -> Age | None:
    """Of several tags the one that changed last; None where it shows no identity."""
    series = [seen.series(tag.tag.id) for tag in machine.tags if identifies(tag) and machine.has(tag)]
    return min((_since(one) for one in series if one is not None), default=None)


def _since(series: Series) -> Age:
    key = series.value if series.key is None else series.key
    changed = np.flatnonzero(key[1:] != key[:-1]) + 1
    first, end = int(series.at[0]), int(series.at[-1])
    looked = (end - first) / 1e9
    if len(changed):
        i = int(changed[-1])
        return Age((end - int(series.at[i])) / 1e9, (end - int(series.at[i - 1])) / 1e9, len(changed), looked)
    source = int(series.source[-1])
    stands = source > 0 and bool((series.source == source).all())
    if stands and source < first - MADE_BY_SERVER:
        return Age((end - source) / 1e9, (end - source) / 1e9, 0, looked)
    return Age(looked, inf, 0, looked)


def _line(machine: SeenAsset, age: Age) -> Line:
    id_ = machine.asset.id
    counters = [tag for tag in machine.tags if tag.means("count", Function.COUNTER) and tag.facts]
    if not any(tag.facts.changes for tag in counters if tag.facts):
        return line(id_, Outcome.NOT_DETERMINED, "identity_idle")
    known = thousandth(age.low)
    if age.changes:
        return line(id_, Outcome.MET, "identity_changed", n=age.changes).model_copy(update={"value": known})
    if age.low > OLD:
        why = "identity_old" if age.high < inf else "identity_old_at_least"
        return line(id_, Outcome.NOT_MET, why).model_copy(update={"value": known})
    if age.high < inf:
        return line(id_, Outcome.MET, "identity_written").model_copy(update={"value": known})
    return line(id_, Outcome.NOT_DETERMINED, "identity_no_time", seconds=str(float(known)))
