"""When a device is left alone: after failures or refusals in a row, when it closes, cannot be reached, or grows
slower. Pure."""

import math
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from assessor.domain import Limits, Message, plain
from connectors.back_off import BackOff

WATCHED = 20
"""Round trips that are compared: the median of the latest so many with that of the first so many."""
SLOWER_BY_MS = 50.0


class Open(Exception):
    """The device is left alone for now; `message` says why. Nothing left."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


@dataclass
class Breaker:
    """What the guard remembers of one device behind an address, or of the address itself. Times in ns."""

    limits: Limits
    failures: int = 0
    closings: int = 0
    refusals: int = 0
    answered: bool = False
    open_until: int | None = None
    stopped: Message | None = None
    away: BackOff = field(init=False)
    """Connections that could not be made, in a row."""
    first: dict[Hashable, list[float]] = field(default_factory=lambda: defaultdict(list))
    latest: dict[Hashable, deque[float]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=WATCHED))
    )

    def __post_init__(self) -> None:
        self.away = BackOff(self.limits.breaker_cooldown)

    def wait(self, now: int) -> float:
        """Seconds until it may be asked again; 0 where it may be asked now."""
        return max(0, (self.open_until or now) - now) / 1e9

    def problem(self, now: int) -> Message | None:
        """Why it is left alone just now; None where it may be asked."""
        if self.stopped:
            return self.stopped
        if not (wait := self.wait(now)):
            return None
        times = max(self.failures, self.closings, self.away.times)
        return Message(id="contact.breaker_open", params={"failures": times, "wait": str(math.ceil(wait))})

    def failed(self, now: int) -> None:
        """No answer, or none to be trusted."""
        self.failures += 1
        if self.failures >= self.limits.breaker_failures:
            self._open(now, self.limits.breaker_cooldown)

    def unreached(self, now: int) -> None:
        """No connection came about: nobody is there to be harmed, and a restart or a cable is soon over."""
        self._open(now, self.away.lost())

    def closed(self, now: int) -> None:
        """A connection was taken and closed without an answer, whichever unit was asked.

        An address that has answered before may close for a unit of its that is dead, so it gets twice as many.
        """
        self.closings += 1
        if self.closings >= self.limits.breaker_failures * (2 if self.answered else 1):
            self._open(now, self.limits.breaker_cooldown)

    def was_answered(self) -> None:
        """Something came back: it is alive."""
        self.answered = True
        self.failures = self.closings = self.away.times = 0
        self.open_until = None

    def was_refused(self, result: str) -> None:
        """It is alive and says no. One that says nothing else is left alone for good."""
        self.refusals += 1
        if self.refusals >= self.limits.refusals:
            params: dict[str, str | int] = {"times": self.refusals, "result": result}
            self.stopped = Message(id="guard.refused_often", params=dict(params))

    def watch(self, took: float, alike: Hashable) -> None:
        """Stop the device for good where its round trips (ms) have grown: we may be the reason."""
        first, latest = self.first[alike], self.latest[alike]
        if len(first) < WATCHED:
            first.append(took)
            return
        latest.append(took)
        if len(latest) < WATCHED:
            return
        before, after = median(first), median(latest)
        if after > before * self.limits.slowdown_factor and after - before >= SLOWER_BY_MS:
            params: dict[str, str | int] = {"before": _seconds(before), "after": _seconds(after)}
            self.stopped = Message(id="contact.slowed_down", params=dict(params))

    def _open(self, now: int, seconds: float) -> None:
        """Opened twice, it stays open for the longer."""
        self.open_until = max(self.open_until or now, now + round(seconds * 1e9))


def _seconds(milliseconds: float) -> str:
    return plain(Fraction(round(milliseconds), 1000))
