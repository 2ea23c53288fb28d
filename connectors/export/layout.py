"""Rows of an export → tags and samples, in the layout that was agreed. What is left out is counted and named."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assessor.domain import UNCERTAIN, Endpoint, Export, Message, Sample, Tag, Time, severity, tag_id
from connectors.export import cells, times
from connectors.export.header import column, named, place
from connectors.export.opening import Opened, Unreadable
from connectors.export.rows import Row, Value, rows

MOST_TAGS = 50_000
LATE = 300 * 10**9
"""ns that a row may lie after the taking of its export: clocks differ by minutes, zones by hours."""


@dataclass
class Doubts:
    """What was left out or looks wrong, by kind: how often, and where first."""

    held: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, kind: str, where: str) -> None:
        count, first = self.held.get(kind, (0, where))
        self.held[kind] = count + 1, first

    def messages(self) -> tuple[Message, ...]:
        return tuple(
            Message(id=f"export.doubt.{kind}", params={"n": count, "place": first})
            for kind, (count, first) in self.held.items()
        )


@dataclass
class _Held:
    """One tag while its rows are read."""

    tag: Tag
    last: Time = 0
    numbers: bool = False


@dataclass
class Reading:
    """One reading of one file: gives samples, and keeps what is to be said of them."""

    endpoint: Endpoint
    how: Export
    taken: Time
    doubts: Doubts = field(default_factory=Doubts)
    tags: dict[str, _Held] = field(default_factory=dict)
    rows: int = 0
    first: Time | None = None
    last: Time | None = None

    def __post_init__(self) -> None:
        self._time, self._value = times.reader(self.how), cells.reader(self.how)
        self._told = {tag.name: tag for tag in self.how.tags}

    def samples(self, opened: Opened, stopped: Callable[[], bool] = lambda: False) -> Iterator[Sample]:
        """Every value of the file, in the order of its rows, until it is stopped. Raises Unreadable."""
        for _, sheet in itertools.groupby(rows(opened, self.how), key=lambda row: row.sheet):
            here = iter(sheet)
            top, head = named(here, self.how)
            read = self._wide(top, head) if self.how.layout == "wide" else self._long(top, head)
            for row in here:
                if stopped():
                    raise Unreadable("stopped", place(row))
                if any(cell not in (None, "") for cell in row.cells):
                    self.rows += 1
                    yield from read(row)
        for name in self._told.keys() - self.tags.keys():
            self.doubts.add("no_tag", name)

    def _wide(self, top: Row, head: Sequence[str]) -> Callable[[Row], Iterator[Sample]]:
        """One column a tag: all columns but those of time, date and status."""
        when = self._when(top, head)
        qualities = {
            told.name: column(head, told.quality, top) for told in self.how.tags if told.quality is not None
        }
        other = {self.how.time, self.how.date} | {told.quality for told in self.how.tags}
        values: list[tuple[int, _Held, int | None]] = []
        for at, name in enumerate(head):
            if name and name not in other:
                column(head, name, top)  # a name that stands twice would be one tag with two values
                path = f"{top.sheet}/{name}" if top.sheet else name
                values.append((at, self._tag(path, f"column '{name}'"), qualities.get(path)))
        width = len(head)

        def read(row: Row) -> Iterator[Sample]:
            self._width(row, width)
            moment = self._moment(row, when)
            if moment is None:
                return
            for at, held, status in values:
                yield self._sample(row, at, held, moment, status)

        return read

    def _long(self, top: Row, head: Sequence[str]) -> Callable[[Row], Iterator[Sample]]:
        """One row a value, its tag named beside it."""
        when = self._when(top, head)
        assert self.how.tag is not None and self.how.value is not None
        names, at = column(head, self.how.tag, top), column(head, self.how.value, top)
        status = column(head, self.how.quality, top) if self.how.quality is not None else None
        width = len(head)

        def read(row: Row) -> Iterator[Sample]:
            self._width(row, width)
            name = str(_cell(row, names) or "").strip()
            if not name:
                self.doubts.add("no_name", place(row))
                return
            moment = self._moment(row, when)
            if moment is not None:
                path = f"{row.sheet}/{name}" if row.sheet else name
                held = self.tags.get(path) or self._tag(path, f"tag '{name}'")
                yield self._sample(row, at, held, moment, status)

        return read

    def _width(self, row: Row, width: int) -> None:
        """A text row of another length may have shifted; in a sheet, empty cells at the end are just not there."""
        if isinstance(row.cells, list) and (len(row.cells) < width or any(row.cells[width:])):
            self.doubts.add("width", place(row))

    def _when(self, top: Row, head: Sequence[str]) -> Callable[[Row], Value]:
        at = column(head, self.how.time, top)
        if self.how.date is None:
            return lambda row: _cell(row, at)
        day = column(head, self.how.date, top)
        return lambda row: f"{_cell(row, day) or ''} {_cell(row, at) or ''}".strip()

    def _tag(self, path: str, address: str) -> _Held:
        if len(self.tags) >= MOST_TAGS:
            raise Unreadable("many_tags", most=MOST_TAGS)
        told = self._told.get(path)
        tag = Tag(
            id=tag_id(self.endpoint.id, path),
            endpoint=self.endpoint.id,
            asset=told.asset if told and told.asset else self._asset(path),
            address=address,
            path=path,
            unit=told.unit if told else None,
        )
        self.tags[path] = _Held(tag)
        return self.tags[path]

    def _asset(self, path: str) -> str | None:
        """By the longest prefix that was agreed, else the asset that the whole file is of."""
        fitting = [branch for branch in self.endpoint.branches if path.startswith(branch.path)]
        nearest = max(fitting, key=lambda branch: len(branch.path), default=None)
        return nearest.asset if nearest else self.endpoint.asset

    def _moment(self, row: Row, when: Callable[[Row], Value]) -> Time | None:
        """The row's time; None where it has none that can be trusted, which is counted."""
        try:
            moment = self._time(when(row))
        except times.NoTime as problem:
            if str(problem) == "no_zone":
                raise Unreadable("no_zone", place(row)) from problem
            self.doubts.add(f"time_{problem}", place(row))
            return None
        if moment > self.taken + LATE:
            self.doubts.add("after_taking", place(row))
            return None
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)
        return moment

    def _sample(self, row: Row, at: int, held: _Held, moment: Time, status: int | None) -> Sample:
        if moment < held.last:
            self.doubts.add("backwards", place(row))
        held.last = moment
        read = self._value(_cell(row, at))
        code = read.status
        if status is not None:
            told = cells.status_of(_cell(row, status), self.how.statuses)
            if told is None:
                self.doubts.add("unknown_status", place(row, status))
                told = UNCERTAIN
            code = max(code, told, key=severity)
        if read.number is not None:
            held.numbers = True
        elif read.text is not None and held.numbers:
            self.doubts.add("text_among_numbers", place(row, at))
        return Sample(
            tag=held.tag.id,
            source=moment,
            server=None,
            receive=self.taken,
            mono=moment,
            status=code,
            number=read.number,
            flag=read.flag,
            text=read.text,
        )


def _cell(row: Row, at: int) -> Value:
    return row.cells[at] if at < len(row.cells) else None
