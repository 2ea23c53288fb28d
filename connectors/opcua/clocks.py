"""The laptop's own clocks in a run of hours: did it sleep, and was its clock set?"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assessor.domain import Message
from connectors.losses import Losses

EVERY = 1.0
HELD_UP = 10.0
"""Seconds by which this program may be late before it counts as halted."""
STEP = 1.0
"""Seconds by which the clock may differ from what has passed before it counts as set."""


def _awake() -> int:
    """Time in ns that goes on while the laptop sleeps. Linux has a clock for it, and on Windows the monotonic one
    does; where neither holds, a sleep looks like a clock that was set."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime_ns(clock) if clock is not None else time.monotonic_ns()


@dataclass
class Clocks:
    """Compares three clocks each second: UTC, the monotonic one, and one that goes on during sleep."""

    losses: Losses
    now: Callable[[], int] = time.time_ns
    mono: Callable[[], int] = time.monotonic_ns
    through: Callable[[], int] = _awake
    _last: tuple[int, int, int] | None = field(default=None, init=False)

    async def watch(self) -> None:
        """Look every second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY)

    def look(self) -> None:
        """Note what the clocks did since the last look. The monotonic clock of some systems stops in sleep."""
        now = self.now(), self.mono(), self.through()
        before, self._last = self._last, now
        if before is None:
            return
        wall, _, through = ((b - a) / 1e9 for a, b in zip(before, now, strict=True))
        if through > EVERY + HELD_UP:
            why = Message(id="sampling.slept", params={"seconds": str(round(through))})
            self.losses.stretch(before[0], before[0] + round(through * 1e9), why)
        if abs(wall - through) > STEP:
            why = Message(id="sampling.clock_set", params={"seconds": f"{wall - through:+.1f}"})
            self.losses.stretch(min(before[0], now[0]), max(before[0], now[0]), why, lost=0)
