"""TELL: a run in a process of its own writes what it is at, and looks whether it is asked to stop."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from time import monotonic, time, time_ns

from assessor.domain import Message, Sample, Scope, Tag
from assessor.errors import AssessorError
from assessor.laptop import Awake, Networks, looked_at
from assessor.visit.live import MOST_PLOTS, Chosen, Live, Noted, Phase, Pick, Picks, Plot, Row, read, write
from assessor.visit.sampling import signals
from assessor.watch import Watched

EVERY = 1.0
"""Seconds between two writings."""
NETWORKS_EVERY = 10.0
SLEPT = 5.0
"""Seconds that the two clocks may drift apart, or that a look may be late, before it is told."""
MOST_PICKS = 2000
PAST = 600
"""Values that are kept of a data point that is drawn."""
MOST_NOTED = 50


@dataclass
class Clocks:
    """Both clocks at the last look: what they say together tells sleep from a clock that was set."""

    wall: float
    mono: float

    def looked(self, wall: float, mono: float) -> Message | None:
        """What happened since, if anything did."""
        apart, late = (wall - self.wall) - (mono - self.mono), mono - self.mono
        self.wall, self.mono = wall, mono
        if apart < -SLEPT:
            return Message(id="visit.set_back", params={"seconds": f"{-apart:.0f}"})
        if apart > SLEPT:  # a clock that stands still in sleep, as on Linux
            return Message(id="visit.slept", params={"seconds": f"{apart + late:.0f}"})
        if late > SLEPT:  # one that goes on, as on Windows; or a process that was held
            return Message(id="visit.held", params={"seconds": f"{late:.0f}"})
        return None


class Teller:
    """The onlooker that is a folder of files."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self._folder, self._seconds = folder, seconds
        self._began, self._since = time_ns(), monotonic()
        self._stood: Networks | None = None
        self._awake: bool | None = None
        self._noted: list[Noted] = []
        self._watched: Watched | None = None
        self._drawn: dict[int, tuple[Pick, deque[tuple[float, float]]]] = {}
        self._tags: dict[int, Tag] = {}
        self._due = self._networks_due = 0.0
        self._clocks = Clocks(time(), monotonic())
        self.on_site = True
        """A laptop's networks are the plant's business; those of a server that others share are not."""

    # What `sampling.sample` calls

    def laptop(self, stood: Networks | None, kept_awake: Awake) -> None:
        self._stood, self._awake = stood, kept_awake.kept
        self.tell("starting")

    @contextmanager
    def watching(self, watched: Watched, stop: asyncio.Event) -> Iterator[Callable[[], None]]:
        self._watched = watched
        watched.listener = self._listen
        with signals(stop):
            yield lambda: self._look(watched, stop)

    def sealing(self) -> None:
        self.tell("sealing")

    # What it looks at

    def _look(self, watched: Watched, stop: asyncio.Event) -> None:
        if (self._folder / "stop").exists():
            stop.set()
        now = monotonic()
        if happened := self._clocks.looked(time(), now):
            self._note(happened)
        if now < self._due:
            return
        self._due = now + EVERY
        if self.on_site and now >= self._networks_due:
            self._networks_due = now + NETWORKS_EVERY
            self._look_at_networks(watched.scope)
        self._choose(watched)
        self.tell("stopping" if stop.is_set() else "sampling")

    def _note(self, what: Message) -> None:
        self._noted = [*self._noted, Noted(at=time_ns(), what=what)][-MOST_NOTED:]

    def _look_at_networks(self, scope: Scope) -> None:
        stands = looked_at(scope)
        if self._stood is not None and stands.networks != self._stood.networks:
            params = {"before": _named(self._stood), "after": _named(stands)}
            self._note(Message(id="visit.networks_changed", params=params))
        self._stood = stands

    def _listen(self, rows: Sequence[Sample]) -> None:
        """Keep what is drawn; most rows are of other data points."""
        for row in rows if self._drawn else ():
            if (held := self._drawn.get(row.tag)) and (value := _value(row)) is not None:
                held[1].append((row.receive / 1e9, value))

    def _choose(self, watched: Watched) -> None:
        """Take over which data points somebody wants to see, and tell which there are."""
        tags = watched.tags()
        if len(tags) != len(self._tags):
            self._tags = {tag.id: tag for tag in tags}
            picks = tuple(_pick(tag) for tag in tags[:MOST_PICKS])
            self._write("picks.json", Picks(tags=picks, more=max(0, len(tags) - MOST_PICKS)))
        chosen = read(Chosen, self._folder / "chosen.json") or Chosen()
        wanted = [id_ for id_ in chosen.ids if id_ in self._tags][:MOST_PLOTS]
        for id_ in wanted:
            self._drawn.setdefault(id_, (_pick(self._tags[id_]), deque(maxlen=PAST)))
        self._drawn = {id_: self._drawn[id_] for id_ in wanted}

    # What it tells

    def tell(self, phase: Phase, fault: AssessorError | None = None, *, stopped: bool = False) -> None:
        now = time_ns()
        live = Live(
            phase=phase,
            began=self._began,
            at=now,
            seconds=self._seconds,
            left=max(0.0, self._seconds - (monotonic() - self._since)),
            rows=_rows(self._watched) if self._watched else (),
            noted=tuple(self._noted),
            awake=self._awake,
            networks=self._stood.networks if self._stood else (),
            warning=self._stood.warning if self._stood else None,
            plots=tuple(_plot(pick, past, now / 1e9) for pick, past in self._drawn.values()),
            fault=fault.message if fault else None,
            place=fault.place if fault else None,
            stopped=stopped,
        )
        self._write("live.json", live)

    def _write(self, name: str, value: Live | Picks) -> None:
        """A full disk ends the run where its rows are kept, and not here."""
        with suppress(OSError):
            write(self._folder / name, value)


def _named(stood: Networks) -> str:
    return ", ".join(f"{n.interface} ({n.network})" for n in stood.networks) or "-"


def _pick(tag: Tag) -> Pick:
    return Pick(id=tag.id, endpoint=tag.endpoint, path=tag.path, unit=tag.unit)


def _plot(pick: Pick, past: Sequence[tuple[float, float]], now: float) -> Plot:
    return Plot(tag=pick, points=tuple((round(now - at, 1), value) for at, value in past))


def _value(row: Sample) -> float | None:
    """What can be drawn of a row; a text cannot."""
    found = next((v for v in (row.number, row.integer, row.flag) if v is not None), None)
    return float(found) if found is not None and isfinite(found) else None


def _rows(watched: Watched) -> tuple[Row, ...]:
    now = watched.clock()
    return tuple(
        Row(
            endpoint=line.endpoint,
            state=line.state(now),
            rows=line.rows,
            rate=round(line.rate(now), 1),
            round_trip_ms=line.round_trip_ms,
            errors=line.errors,
            gaps=line.gaps,
            told=line.told(),
        )
        for line in watched.lines.values()
    )
