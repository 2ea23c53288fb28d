"""How much of the time that it was sampled an endpoint could be reached: a mean over those that answered at all.

From the gaps that the connectors noted. Of a gateway each device counts alike, and its own silence counts with
that of the whole address. What was our own doing (the laptop slept, the run was interrupted or stopped) counts
as not sampled. An endpoint that never answered may be switched off, so it stands beside, uncounted. At least
300 s are needed of each; a share of so short a time says little of the weeks before.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from assessor.domain import Gap, Line, Measurement, Observation, Outcome, Time
from assessor.indicators.figure import bounded, needed, told, undetermined
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "share"
AREA = "interfaces"
SECONDS = 300
LEAST = SECONDS * 10**9
"""Sampled time needed, in seconds and in ns. (Own threshold.)"""
OURS = frozenset({"sampling.slept", "sampling.clock_set", "sampling.stopped_early", "bundle.interrupted"})
"""Gaps that the other side has no part in."""
Stretch = tuple[Time, Time]


def measure(seen: Seen) -> Measurement:
    longest = max((_length(_sampled(o)) for o in seen.observations if o.reached), default=0)
    long = longest >= LEAST
    judged = [_judge(o, short=not long) for o in seen.observations]  # where all are short, each is shown
    lines, known = [own for own, _ in judged], [own.value for own, _ in judged if own.value is not None]
    if not known:
        return undetermined("link_availability", "share", told("nothing_reached"), of=(0, len(lines)))
    least = [low for own, low in judged if own.value is not None]
    value = sum(known, Fraction(0)) / len(known)
    enough = needed("duration", "sampled", long, {"seconds": SECONDS}, {"seconds": str(longest / 1e9)})
    return bounded(
        "link_availability",
        "share",
        value,
        told("links_held", n=len(known), open=len(lines) - len(known)),
        lines,
        of=(len(known), len(lines)),
        within=(sum(least, Fraction(0)) / len(least), value),
        conditions=(enough,),
    )


def _judge(seen: Observation, *, short: bool) -> tuple[Line, Fraction]:
    """An endpoint with its share, and the least that this may be. `short`: count it though sampled briefly."""
    sampled = _sampled(seen)
    length = _length(sampled)
    if not seen.reached or not length:
        return line(seen.endpoint, Outcome.NOT_DETERMINED, "silent"), Fraction(0)
    if length < LEAST and not short:
        seconds = str(length / 1e9)
        return line(seen.endpoint, Outcome.NOT_DETERMINED, "link_short", seconds=seconds), Fraction(0)
    places = [device.where for device in seen.devices if device.answered] or [""]
    value, low = (_held(seen, sampled, places, often=often) for often in (False, True))
    outcome = Outcome.MET if value == 1 else Outcome.PARTLY_MET if value else Outcome.NOT_MET
    lost = str(float(Fraction(length, 10**9) * (1 - value)))
    own = line(seen.endpoint, outcome, "link_of", lost=lost, seconds=str(length / 1e9))
    return own.model_copy(update={"value": value}), low


def _held(seen: Observation, sampled: list[Stretch], places: list[str], *, often: bool) -> Fraction:
    """Mean over its devices of the time in which each could be reached."""
    gone = sum(_length(_cut(sampled, _gone(seen.gaps, place, often))) for place in places)
    return 1 - Fraction(gone, _length(sampled) * len(places))


def _sampled(seen: Observation) -> list[Stretch]:
    """When it was sampled, without what was our own doing."""
    whole = [(seen.started, max(seen.ended, seen.started))]
    ours = _joined((g.begins, g.ends) for g in seen.gaps if g.why.id in OURS and g.where is None and g.tag is None)
    return _without(whole, ours)


def _gone(gaps: Sequence[Gap], place: str, often: bool) -> list[Stretch]:
    """When nothing came of one device: stretches of its own and of its whole endpoint, once each.

    `often`: with those in which it was gone several times, nobody knows for how long.
    """
    found = [g for g in gaps if g.tag is None and g.lost is None and g.why.id not in OURS]
    found = [g for g in found if often or g.times == 1]
    return _joined((g.begins, g.ends) for g in found if g.where in (None, place))


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, none overlapping another."""
    found: list[Stretch] = []
    for begins, ends in sorted(s for s in stretches if s[0] < s[1]):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found


def _without(stretches: Sequence[Stretch], taken: Sequence[Stretch]) -> list[Stretch]:
    """What is left of stretches when others are taken out of them."""
    left = []
    for begins, ends in stretches:
        edges = [begins, *(edge for stretch in taken for edge in stretch if begins < edge < ends), ends]
        pieces = pairwise(edges)
        left += [(a, b) for a, b in pieces if a < b and not any(start <= a and b <= stop for start, stop in taken)]
    return left


def _cut(stretches: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What two sets of stretches have in common."""
    both = [(max(a, c), min(b, d)) for a, b in stretches for c, d in others]
    return [s for s in both if s[0] < s[1]]


def _length(stretches: Iterable[Stretch]) -> int:
    return sum(ends - begins for begins, ends in stretches)
