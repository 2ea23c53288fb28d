"""LIVE: what a run in a process of its own is at, and what is asked of it, as files that any other process reads.

scope.yaml   under which agreement         job.json     what it is to do
live.json    what it is at; written anew about once a second, whole
picks.json   data points that can be drawn chosen.json  those that somebody wants to see
stop         it is asked to end            alive        locked while the process lives
sealed.zip   what came of it
"""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from assessor.bundle.disk import claim
from assessor.domain import Message, Noun, Time, canonical
from assessor.home import replace
from assessor.laptop import Network
from assessor.watch import State

Phase = Literal["starting", "sampling", "stopping", "sealing", "sealed", "failed"]
MOST_PLOTS = 6
"""Data points that are drawn at once."""
Kept = TypeVar("Kept", bound=Noun)


class Job(Noun):
    """What a process of its own is to do."""

    seconds: float
    """How long it may take from now on."""
    how: Literal["begin", "resume", "seal"] = "begin"
    reach: str
    """Where it may go, as `assessor.visit.reach` reads it."""


class Row(Noun):
    """One endpoint as it stands."""

    endpoint: str
    state: State
    rows: int
    rate: float
    """Rows a second, lately"""
    round_trip_ms: float | None
    errors: int
    gaps: int
    told: tuple[Message, ...] = ()
    """What is wrong with it and what to know besides."""


class Noted(Noun):
    """Something that happened to the laptop meanwhile."""

    at: Time
    what: Message


class Pick(Noun):
    """A data point that can be looked at."""

    id: int
    endpoint: str
    path: str
    unit: str | None = None


class Plot(Noun):
    """The last minutes of one data point: seconds before now and value, oldest first."""

    tag: Pick
    points: tuple[tuple[float, float], ...]


class Picks(Noun):
    tags: tuple[Pick, ...]
    more: int = 0
    """Data points that are not among these."""


class Chosen(Noun):
    ids: tuple[int, ...] = ()


class Live(Noun):
    """What a run is at."""

    phase: Phase
    began: Time
    at: Time
    seconds: float
    left: float
    rows: tuple[Row, ...] = ()
    noted: tuple[Noted, ...] = ()
    awake: bool | None = None
    networks: tuple[Network, ...] = ()
    warning: Message | None = None
    """What to know of the networks that the laptop stands in."""
    plots: tuple[Plot, ...] = ()
    fault: Message | None = None
    place: str | None = None
    stopped: bool = False

    @property
    def sampled(self) -> int:
        return sum(row.rows for row in self.rows)

    @property
    def errors(self) -> int:
        return sum(row.errors for row in self.rows)

    @property
    def gaps(self) -> int:
        return sum(row.gaps for row in self.rows)


def read(kind: type[Kept], file: Path) -> Kept | None:
    """What was last written; None where nothing was, or nothing that can be read."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def write(file: Path, value: Noun) -> None:
    replace(file, canonical(value))


def is_alive(folder: Path) -> bool:
    """Does a process work on this run?"""
    if not folder.is_dir():
        return False
    held = claim(folder / "alive")
    if held is not None:
        held.close()
    return held is None
