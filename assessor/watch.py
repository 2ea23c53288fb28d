"""WATCH: what a run is at, on one screen: a line an endpoint. It looks at what passes to the sink, no further."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from assessor.domain import Message, Observation, RequestRecord, Sample, Scope, Sink, Tag
from assessor.messages import Language, number, render

SHORTEST_GAP = 5.0
"""Seconds without a row before a sampled endpoint is said to be silent, and three sampling intervals at least."""
RATE_OVER = 10.0
"""Seconds that a rate is taken over."""


PLAIN_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class State(StrEnum):
    """What an endpoint is at."""

    WAITING = "waiting"
    LEARNING = "learning"
    SAMPLING = "sampling"
    GAP = "gap"
    LEFT_ALONE = "left_alone"
    DONE = "done"
    FAILED = "failed"


LOOK = {State.GAP: "yellow", State.LEFT_ALONE: "yellow", State.FAILED: "red", State.SAMPLING: "green"}
TROUBLE = (State.FAILED, State.LEFT_ALONE, State.GAP)


@dataclass
class Line:
    """One endpoint as the screen shows it."""

    endpoint: str
    patience: float
    """Seconds without a row after which it is silent."""
    breaker: int
    """Requests in a row without an answer after which the guard leaves it alone."""
    rows: int = 0
    requests: int = 0
    errors: int = 0
    gaps: int = 0
    round_trip_ms: float | None = None
    unanswered: int = 0
    last_row: float | None = None
    seen: Observation | None = None
    ended: bool = False
    past: deque[tuple[float, int]] = field(default_factory=deque)

    def state(self, now: float) -> State:
        """What it is at, by the monotonic clock."""
        if self.ended:
            return State.FAILED if self.seen and self.seen.problem else State.DONE
        if self.unanswered >= self.breaker:
            return State.LEFT_ALONE
        if self.last_row is not None:
            return State.GAP if now - self.last_row > self.patience else State.SAMPLING
        return State.LEARNING if self.requests else State.WAITING

    def told(self) -> tuple[Message, ...]:
        """What is wrong with it, and what to know besides."""
        if self.seen is None:
            return ()
        return (*([self.seen.problem] if self.seen.problem else []), *self.seen.warnings)

    def rate(self, now: float) -> float:
        """Rows a second, lately."""
        self.past.append((now, self.rows))
        while len(self.past) > 2 and now - self.past[0][0] > RATE_OVER:
            self.past.popleft()
        then, rows = self.past[0]
        return (self.rows - rows) / (now - then) if now > then else 0.0


class Watched:
    """A domain Sink that counts what goes through it to another one."""

    def __init__(self, sink: Sink, scope: Scope, clock: Callable[[], float] = monotonic) -> None:
        self._sink, self.scope, self.clock = sink, scope, clock
        self._tags: dict[int, str] = {}
        self.lines: dict[str, Line] = {}
        self.listener: Callable[[Sequence[Sample]], None] = lambda _: None
        """Whoever wants to see the rows themselves."""
        for endpoint in scope.endpoints:
            limits = scope.limits_for(endpoint)
            patience = max(SHORTEST_GAP, 3 * limits.sampling_interval)
            self.lines[endpoint.id] = Line(endpoint.id, patience, limits.breaker_failures)

    def samples(self, rows: Sequence[Sample]) -> None:
        """Rows handed over together are of one endpoint: the first one's tag tells which."""
        self._sink.samples(rows)
        if rows and (line := self.lines.get(self._tags.get(rows[0].tag, ""))):
            line.rows += len(rows)
            line.last_row = self.clock()
        self.listener(rows)

    def request(self, record: RequestRecord) -> None:
        self._sink.request(record)
        if line := self.lines.get(record.endpoint):
            line.requests += 1
            if (
                record.service != "Publish"
            ):  # a server holds its answer to that one until there is something to tell
                line.round_trip_ms = record.round_trip_ms
            line.errors += record.result not in ("ok", "cancelled")
            answered = record.bytes_received > 0 or record.result in ("ok", "cancelled")
            line.unanswered = 0 if answered else line.unanswered + 1

    def observe(self, observation: Observation) -> None:
        self._sink.observe(observation)
        if line := self.lines.get(observation.endpoint):
            line.seen, line.gaps = observation, len(observation.gaps)
            self._tags.update((tag.id, observation.endpoint) for tag in observation.tags)

    def flush(self) -> None:
        self._sink.flush()

    def ended(self, observation: Observation) -> None:
        """An endpoint is done with."""
        if line := self.lines.get(observation.endpoint):
            line.ended, line.seen = True, observation

    def problems(self) -> list[tuple[str, Message]]:
        """What went wrong and what to know besides, by endpoint, in the order of the scope."""
        return [(name, message) for name, line in self.lines.items() for message in line.told()]

    def tags(self) -> list[Tag]:
        """Every data point that was found so far, by endpoint in the order of the scope."""
        return [tag for line in self.lines.values() if line.seen for tag in line.seen.tags]


@dataclass(frozen=True)
class Screen:
    """Draws a run. `seconds` is how long it may take in all; its clock is the one that the run is watched by."""

    watched: Watched
    seconds: float
    language: Language
    clock: Callable[[], float] = monotonic
    began: float = field(default_factory=monotonic)

    def text(self, id_: str, **params: str | int) -> str:
        return render(f"watch.{id_}", self.language, **params)

    def summary(self, stopping: bool = False) -> str:
        """Totals in a line: done, rows, requests, errors, gaps, time left."""
        lines, now = self.watched.lines.values(), self.clock()
        params: dict[str, str | int] = {
            "done": sum(line.ended for line in lines),
            "all": len(lines),
            "rows": sum(line.rows for line in lines),
            "requests": sum(line.requests for line in lines),
            "errors": sum(line.errors for line in lines),
            "gaps": sum(line.gaps for line in lines),
            "trouble": sum(line.state(now) in TROUBLE for line in lines),
            "left": _clocked(max(0.0, self.seconds - (now - self.began))),
        }
        return self.text("stopping" if stopping else "summary", **params)

    def draw(self, console: Console, stopping: bool = False) -> RenderableType:
        """The whole screen, no wider and no higher than the terminal."""
        now = self.clock()
        table = Table(box=None, padding=(0, 1), pad_edge=False)
        for head in ("endpoint", "state_head"):
            table.add_column(self.text(head), no_wrap=True, overflow="ellipsis", max_width=20)
        for head in ("rows", "rate", "round_trip", "errors", "gaps"):
            table.add_column(self.text(head), justify="right", no_wrap=True)
        room = max(3, console.height - 6)
        lines = list(self.watched.lines.values())
        if len(lines) > room:
            lines.sort(key=lambda line: line.state(now) not in TROUBLE)
        for line in lines[:room]:
            self._row(table, line, now)
        more = [Text(self.text("more", n=len(lines) - room), style="dim")] if len(lines) > room else []
        foot = Text(self.text("how_to_stop"), style="dim", overflow="fold")
        return Group(Text(self.summary(stopping), style="bold", overflow="fold"), table, *more, foot)

    def _row(self, table: Table, line: Line, now: float) -> None:
        state, trip = line.state(now), line.round_trip_ms
        table.add_row(
            line.endpoint,
            Text(self.text(f"state.{state.value}"), style=LOOK.get(state, "")),
            number(line.rows, 0),
            number(f"{line.rate(now):.1f}", 1),
            "-" if trip is None else number(f"{trip:.0f}", 0),
            number(line.errors, 0),
            number(line.gaps, 0),
        )


@contextmanager
def shown(screen: Screen, err: Console) -> Iterator[Callable[[bool], None]]:
    """What shows a run: a live screen on a terminal; elsewhere a plain line every ten seconds, and at the end."""
    if err.is_terminal:
        with Live(console=err, auto_refresh=False, vertical_overflow="crop") as live:
            yield lambda stopping: live.update(screen.draw(err, stopping), refresh=True)
        return
    due = monotonic() + PLAIN_EVERY

    def line(stopping: bool) -> None:
        nonlocal due
        if monotonic() >= due:
            due = monotonic() + PLAIN_EVERY
            err.print(screen.summary(stopping), soft_wrap=True)

    yield line
    err.print(screen.summary(), soft_wrap=True)


def _clocked(seconds: float) -> str:
    """'1:05:09' of a number of seconds."""
    whole = int(seconds + 0.5)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
