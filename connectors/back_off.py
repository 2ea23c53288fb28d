"""How long a line that was lost is left before it is opened again: longer each time, never endless. Pure."""

from dataclasses import dataclass

FIRST = 5.0
"""Seconds before the first attempt; each further one waits twice as long as the one before. Own figure."""
SOUND = 180.0
"""Seconds that a connection has to last for the losses before it to be forgotten. Own figure."""
EARLY, EVERY = 8, 60.0
"""See `most_returns`."""


@dataclass
class BackOff:
    """Counts the losses of one line in a row. `longest`: seconds that a wait grows to at most."""

    longest: float
    times: int = 0

    def lost(self, lasted: float = 0.0) -> float:
        """Seconds to wait now that it was lost, after so many seconds in which it was sound."""
        self.times = 1 if lasted >= SOUND else self.times + 1
        return min(FIRST * 2.0 ** min(self.times - 1, 30), self.longest)


def most_returns(seconds: float, longest: float) -> float:
    """How often a line is opened again in so many seconds, at most, however it breaks.

    The first few come quickly. After that none of a growing wait is shorter than `EVERY`; and a connection that
    lasts long enough for the waits to be short again has itself taken `SOUND` seconds.
    """
    return EARLY + seconds / min(EVERY, longest)
