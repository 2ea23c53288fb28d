"""What a machine did while it was watched: how long in which state, and who says so."""

from enum import StrEnum
from typing import Literal

from assessor.domain.noun import Message, Noun


class MachineState(StrEnum):
    """Does it do its work; is it on, and does not; is it off, halted or out of order?"""

    RUNNING = "running"
    IDLE = "idle"
    STOPPED = "stopped"


class StateShares(Noun):
    """How long a machine was seen in each state. Neither OEE nor availability: no calendar, no ideal cycle, no
    good count stands behind it. Seconds."""

    source: Literal["state", "power"]
    """'state': a data point whose values someone can read (a standard, its server, a person). It always goes
    before 'power', from which states are only concluded."""
    tag: int
    path: str
    seconds: dict[MachineState, float] = {}
    """Of each state that was told apart; empty where none was."""
    resting: float = 0
    """Not running, and nobody says whether idle or stopped."""
    unknown: float = 0
    """Watched, and what was seen cannot be read: it may have been any state."""
    least: float = 0
    most: float = 0
    """Bounds of the time it ran: what is unknown counted against it and for it; of power, with half and with twice
    the hold."""
    hold: float | None = None
    """Power: a rest shorter than this is a part of the work cycle."""
    cycle: float | None = None
    """Power: the work cycle that the hold was estimated from."""
    cuts: tuple[float, ...] = ()
    """Power: levels between the states, in the unit of the tag."""
    indicative: bool = False
    """Too little was seen to build on; `why` says what."""
    exported: bool = False
    """Read from an exported record."""
    why: Message

    @property
    def running(self) -> float:
        """Seconds that it ran, as far as anybody can tell."""
        return self.seconds.get(MachineState.RUNNING, 0.0)

    @property
    def watched(self) -> float:
        """Seconds in which something was seen, whether or not it can be read."""
        return sum(self.seconds.values()) + self.resting + self.unknown

    @property
    def known(self) -> bool:
        """Can it be built on?"""
        return bool(self.seconds) and not self.indicative
