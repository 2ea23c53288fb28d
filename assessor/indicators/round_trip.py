"""How long an answer takes: 95 % of the answers to our requests came within so many milliseconds.

Over all endpoints together; each one's own figure stands beside it. From the round trips that the guard counts by
classes of four to a doubling, so that bounds are the ends of a class and the figure is its upper end. Waiting for
something to happen (Publish) is no round trip, and neither is silence. At least 20 answers are needed.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from assessor.domain import Line, Measurement, Observation, Outcome
from assessor.indicators.figure import bounded, needed, told, undetermined
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "ms"
AREA = "interfaces"
ENOUGH = 20
"""Answers needed: of fewer, 19 in 20 is all of them."""
PER_DOUBLING, SHORTEST, LONGEST = 4, -40, 100
"""Classes to a doubling; those beyond these, 1 µs and nine hours, cannot be a round trip."""


def measure(seen: Seen) -> Measurement:
    counts = {o.endpoint: _counts(o) for o in seen.observations}
    every: Counter[int] = sum(counts.values(), Counter())
    if not every:
        return undetermined("round_trip", "ms", told("no_round_trips"), of=(0, len(counts)))
    low, high = quantile(every)
    n = every.total()
    return bounded(
        "round_trip",
        "ms",
        high,
        told("round_trips", n=n),
        [_line(id_, of) for id_, of in counts.items()],
        within=(low, high),
        of=(sum(bool(of) for of in counts.values()), len(counts)),
        conditions=(needed("count", "answers", n >= ENOUGH, {"n": ENOUGH}, {"n": n}),),
    )


def quantile(counts: Mapping[int, int]) -> tuple[Fraction, Fraction]:
    """The two ends, in ms, of the class that 95 % of the answers reach."""
    due, passed = Fraction(95, 100) * sum(counts.values()), 0
    for number, n in sorted(counts.items()):
        passed += n
        if passed >= due:
            return _edge(number), _edge(number + 1)
    raise ValueError("no answers")


def _counts(seen: Observation) -> Counter[int]:
    found = seen.traffic.round_trips if seen.traffic else {}
    return Counter({k: n for k, n in found.items() if SHORTEST <= k <= LONGEST and n > 0})


def _edge(number: int) -> Fraction:
    """Where a class begins, to the microsecond."""
    return Fraction(round(2 ** (number / PER_DOUBLING) * 1000), 1000)


def _line(endpoint: str, counts: Counter[int]) -> Line:
    if not counts:
        return line(endpoint, Outcome.NOT_DETERMINED, "no_round_trips")
    value = quantile(counts)[1]
    return line(endpoint, Outcome.MET, "answers_of", n=counts.total()).model_copy(update={"value": value})
