"""How often what a subscription does not report is read, to show that it still stands."""

import math

from assessor.domain import Limits

CONFIRMATIONS = 5
"""Readings in a window at least, where it is long enough: fewer rows show no stale value."""
QUICKEST, SLOWEST = 5.0, 60.0
"""Bounds of the time between two readings, in seconds."""
SHARE = 4
"""A reading takes at most one part in so many of the time, whatever the number of values."""


def confirm_every(limits: Limits, points: int, seconds: float) -> float:
    """Seconds between two readings of all subscribed values."""
    calls = math.ceil(points / limits.max_nodes_per_call)
    often = min(max(seconds / CONFIRMATIONS, QUICKEST), SLOWEST)
    return max(often, SHARE * calls * limits.request_gap, limits.sampling_interval)
