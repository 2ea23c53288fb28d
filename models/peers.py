"""COMPARE a plant with its nearest peers: real ones, enough of them, and with intervals. Informs, never rates.

The distance between two plants is the sum of four parts, each from 0 (alike) to 1: kind of plant, industry, size
and automation; what is not known of either counts a half. Of the peers rated by the same edition the thirty
nearest are taken, and whoever is as near as the thirtieth, so that their order in a file changes nothing. With
fewer than thirty all are taken and no percentile is given; with fewer than ten nothing is said at all. The card
is peers.md.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb

import scipy

from assessor.domain import Comparison, Message, Peer, Quantile

FEWEST, ENOUGH = 10, 30
"""Below the first nothing is shown (also so that nobody is found out), below the second no percentile."""
SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
HALF = Fraction(1, 2)
SIZES = ("micro", "small", "medium", "large")
SURE = Fraction(95, 100)


def compare(plant: Peer, peers: Sequence[Peer]) -> Comparison:
    """Where a plant stands among its peers. Simulated peers count for a simulated plant alone, and it says so."""
    held = [p for p in peers if (p.framework, p.version) == (plant.framework, plant.version)]
    held = [p for p in held if p.simulated == plant.simulated]
    params: dict[str, str | int] = {"n": len(held), "fewest": FEWEST, "enough": ENOUGH}
    if len(held) < FEWEST:
        return _of(plant, held, (), Message(id="peers.too_few", params=dict(params)))
    near = nearest(plant, held)
    scores = sorted(p.score for p in near)
    quantiles = tuple(quantile(scores, share) for share in SHARES)
    if len(held) < ENOUGH:
        why = Message(id="peers.no_percentile", params=dict(params))
        return _of(plant, held, near, why).model_copy(update={"quantiles": quantiles})
    below, low, high = percentile(plant.score, scores)
    why = Message(id="peers.of_nearest", params=dict(params) | {"used": len(near)})
    shown = {"quantiles": quantiles, "below": below, "below_low": low, "below_high": high}
    return _of(plant, held, near, why).model_copy(update=shown)


def _of(plant: Peer, held: Sequence[Peer], near: Sequence[Peer], why: Message) -> Comparison:
    return Comparison(
        framework=plant.framework,
        version=plant.version,
        score=plant.score,
        simulated=plant.simulated,
        comparable=len(held),
        used=len(near),
        nearest=_alike(plant, near),
        why=why,
    )


def nearest(plant: Peer, peers: Sequence[Peer]) -> list[Peer]:
    """The thirty nearest, and all that are as near as the thirtieth."""
    if len(peers) <= ENOUGH:
        return list(peers)
    limit = sorted(distance(plant, p) for p in peers)[ENOUGH - 1]
    return [p for p in peers if distance(plant, p) <= limit]


def distance(a: Peer, b: Peer) -> Fraction:
    """0 (alike in all four respects) to 4."""
    apart = Fraction(a.kind != b.kind)
    apart += HALF if a.industry is None or b.industry is None else Fraction(a.industry != b.industry)
    if a.size is None or b.size is None:
        apart += HALF
    else:
        apart += Fraction(abs(SIZES.index(a.size) - SIZES.index(b.size)), len(SIZES) - 1)
    known = a.automation is not None and b.automation is not None
    return apart + (abs(a.automation - b.automation) if known else HALF)  # type: ignore[operator]


def _alike(plant: Peer, near: Sequence[Peer]) -> tuple[Message, ...]:
    """How many of those taken are alike in each respect: a reader sees how near the nearest are."""
    if not near:
        return ()
    same: dict[str, Callable[[Peer], bool]] = {
        "kind": lambda p: p.kind == plant.kind,
        "industry": lambda p: plant.industry is not None and p.industry == plant.industry,
        "size": lambda p: plant.size is not None and p.size == plant.size,
    }
    return tuple(
        Message(id=f"peers.same_{name}", params={"n": sum(map(is_, near)), "of": len(near)})
        for name, is_ in same.items()
    )


def quantile(scores: Sequence[Fraction], share: Fraction) -> Quantile:
    """A quantile of sorted scores, with the 95 % interval that their order gives whatever their distribution."""
    n = len(scores)
    value = scores[min(n - 1, int(share * n))]
    chances = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    outside = (1 - SURE) / 2
    low = max((i for i in range(n) if sum(chances[: i + 1]) <= outside), default=None)
    high = min((i for i in range(n) if sum(chances[i + 1 :]) <= outside), default=None)
    return Quantile(
        share=share,
        value=value,
        low=None if low is None else scores[low],
        high=None if high is None else scores[high],
    )


def percentile(score: Fraction, scores: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Share of scores below, equal ones by half, with the exact 95 % interval, to a thousandth and outwards."""
    n = len(scores)
    under = sum(s < score for s in scores) + HALF * sum(s == score for s in scores)
    k, tail = float(under), float((1 - SURE) / 2)
    low = scipy.special.betaincinv(k, n - k + 1, tail) if under > 0 else 0.0
    high = scipy.special.betaincinv(k + 1, n - k, 1 - tail) if under < n else 1.0
    return under / n, Fraction(int(low * 1000), 1000), Fraction(-int(-high * 1000 // 1), 1000)
