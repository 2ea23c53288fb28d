"""What a working folder has on disk. Acknowledged means: the frame that holds it is whole, on disk, in the tail.

Every flush appends one frame to `tail-000001` and syncs it: one file, one sync, however many callers. Once the
tail is long, its rows are written as segments (Parquet and JSON lines), `journal.jsonl` gets the one line that
names them with their digests, and the next tail begins. A tail whose number the journal has is done with.
"""

import io
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import time_ns
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from assessor.bundle.disk import append, sync_folder, write_synced
from assessor.bundle.rows import parquet, unbatch
from assessor.bundle.tail import Damaged, Frame, Part, framed, frames
from assessor.domain import Message, Time, sha256
from assessor.errors import BundleError

TAIL_ROWS, TAIL_BYTES = 50_000, 32_000_000
"""A tail is written as segments once it holds so much; so is what an earlier process left."""


class Kept(NamedTuple):
    """What is acknowledged in a folder, read without changing it."""

    entries: list[dict[str, Any]]
    frames: list[Frame]
    journal_bytes: int
    tail_bytes: int


class Journal:
    """The files of a working folder, held by one process."""

    def __init__(self, path: Path, kept: Kept) -> None:
        self._path, self.entries = path, kept.entries
        self._journal = _appending(path / "journal.jsonl")
        self._tail = _appending(tail_file(path, len(self.entries) + 1))
        self._times = [frame.at for frame in kept.frames]
        self._rows, self._bytes = _counted(kept.frames, "samples"), kept.tail_bytes
        self._left = bool(kept.frames)  # by an earlier process: its time of death must not be written over
        self.finished = _finished(kept.frames)
        """Did the run come to its end by itself, and was nothing added since?"""

    def add(self, parts: Sequence[Part]) -> None:
        """Put one frame on disk: all of it or nothing. Returns when it is there."""
        if self._left or self._rows >= TAIL_ROWS or self._bytes >= TAIL_BYTES:
            self._roll()
        at = time_ns()
        data = framed(len(self._times) + 1, at, parts)
        append(self._tail, *data)
        self._times.append(at)
        self._bytes += sum(map(len, data))
        self._rows += sum(p.rows for p in parts if p.kind == "samples")
        self.finished = _finished([Frame(at, tuple(parts))])

    def _roll(self) -> None:
        """Write the tail as segments. Where the disk refuses, the tail is still what counts."""
        number = len(self.entries) + 1
        kept, _ = frames(tail_file(self._path, number).read_bytes())
        segments = [_segment(self._path, number, part) for part in _joined(kept)]
        following = tail_file(self._path, number + 1)
        write_synced(following, b"")
        sync_folder(self._path / "segments")
        sync_folder(self._path)
        entry = {"n": number, "at": self._times[-1], "segments": segments}
        append(self._journal, json.dumps(entry).encode() + b"\n")
        self.entries.append(entry)
        self._tail.close()
        self._tail = _appending(following)
        self._times, self._rows, self._bytes, self._left = [], 0, 0, False
        with suppress(OSError):  # it is done with, whether it can be deleted or not
            tail_file(self._path, number).unlink()

    def tables(self) -> Iterator[pa.Table]:
        """All acknowledged samples in the order in which they came, a segment at a time."""
        yield from tables(self._path, Kept(self.entries, self._frames(), 0, 0))

    def latest(self) -> Iterator[pa.Table]:
        """The samples that were acknowledged, the latest first: the tail's, then segment by segment."""
        batches = [unbatch(p.data) for frame in self._frames() for p in frame.parts if p.kind == "samples"]
        if batches:
            yield pa.Table.from_batches(batches)
        for file in reversed(list(_segments(self._path, self.entries, "samples"))):
            yield pq.read_table(file)

    def lines(self, kind: str) -> Iterator[bytes]:
        """All acknowledged JSON lines of one kind, one at a time."""
        for file in _segments(self._path, self.entries, kind):
            with file.open("rb") as lines:
                yield from lines
        for part in (p for frame in self._frames() for p in frame.parts if p.kind == kind):
            yield from io.BytesIO(part.data)

    def _frames(self) -> list[Frame]:
        return frames(tail_file(self._path, len(self.entries) + 1).read_bytes())[0]

    def kept_until(self, moment: Time) -> Time:
        """When something was last put on disk before a moment."""
        times = [*(entry["at"] for entry in self.entries), *self._times]
        return max((at for at in times if at <= moment), default=moment)

    def close(self) -> None:
        self._journal.close()
        self._tail.close()


def tail_file(path: Path, number: int) -> Path:
    """The tail that becomes the segments of the journal's line of that number."""
    return path / f"tail-{number:06d}"


def count(kept: Kept, kind: str) -> int:
    """Acknowledged rows of a kind."""
    written = (s for entry in kept.entries for s in entry["segments"] if s["kind"] == kind)
    return sum(int(s["rows"]) for s in written) + _counted(kept.frames, kind)


def tables(path: Path, kept: Kept) -> Iterator[pa.Table]:
    """Acknowledged samples, a segment at a time, then the tail."""
    for file in _segments(path, kept.entries, "samples"):
        yield pq.read_table(file)
    batches = [unbatch(p.data) for frame in kept.frames for p in frame.parts if p.kind == "samples"]
    if batches:
        yield pa.Table.from_batches(batches)


def read(path: Path) -> Kept:
    """What a folder holds, checked: an unfinished last frame or line does not count, damage is an error."""
    entries, journal_bytes = _entries(path)
    for entry in entries:
        for segment in entry["segments"]:
            _check(path, segment)
    tail = tail_file(path, len(entries) + 1)
    later = [file for file in path.glob("tail-*") if file.name > tail.name]
    if any(file.stat().st_size for file in later) or (later and not tail.exists()):  # the journal has lost lines
        raise BundleError(Message(id="bundle.journal_damaged", params={"line": len(entries) + 1}), str(path))
    try:
        kept, tail_bytes = frames(tail.read_bytes())
    except (OSError, Damaged) as problem:
        raise BundleError(Message(id="bundle.segment_damaged", params={"name": tail.name}), str(path)) from problem
    return Kept(entries, kept, journal_bytes, tail_bytes)


def mend(path: Path, kept: Kept) -> None:
    """Cut off what does not count, and delete tails that are done with."""
    tail = tail_file(path, len(kept.entries) + 1)
    for file in path.glob("tail-*"):
        if file != tail:
            file.unlink()
    for file, size in ((path / "journal.jsonl", kept.journal_bytes), (tail, kept.tail_bytes)):
        if file.stat().st_size != size:
            os.truncate(file, size)


def _finished(kept: Sequence[Frame]) -> bool:
    ends = [p for p in kept[-1].parts if p.kind == "end"] if kept else []
    return bool(ends) and not json.loads(bytes(ends[0].data))["stopped"]


def _counted(kept: Sequence[Frame], kind: str) -> int:
    return sum(p.rows for frame in kept for p in frame.parts if p.kind == kind)


def _joined(kept: Sequence[Frame]) -> Iterator[Part]:
    """The parts of all frames, one a kind. That a run had ended no longer holds, for it goes on."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for frame in kept:
        for part in frame.parts:
            parts[part.kind].append(part)
    parts.pop("end", None)
    for kind, found in sorted(parts.items()):
        data = [p.data for p in found]
        joined = parquet([unbatch(d) for d in data]) if kind == "samples" else b"".join(data)
        yield Part(kind, sum(p.rows for p in found), joined)


def _segment(path: Path, number: int, part: Part) -> dict[str, Any]:
    ending = "parquet" if part.kind == "samples" else "jsonl"
    name = f"segments/{number:06d}-{part.kind}.{ending}"
    write_synced(path / name, part.data)
    return {"kind": part.kind, "name": name, "rows": part.rows, "sha256": sha256(part.data)}


def _segments(path: Path, entries: Sequence[dict[str, Any]], kind: str) -> Iterator[Path]:
    return (path / s["name"] for entry in entries for s in entry["segments"] if s["kind"] == kind)


def _appending(file: Path) -> Any:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(file, flags, 0o644), "r+b", buffering=0)


def _entries(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The journal's lines up to a torn one, and how many bytes they are."""
    lines = (path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    entries: list[dict[str, Any]] = []
    for line in lines:
        entry = _entry(line)
        if entry is None:
            break
        entries.append(entry)
    torn = not any(_entry(line) for line in lines[len(entries) :])
    if not torn or [e["n"] for e in entries] != list(range(1, len(entries) + 1)):
        raise BundleError(Message(id="bundle.journal_damaged", params={"line": len(entries) + 1}), str(path))
    return entries, sum(len(line) for line in lines[: len(entries)])


def _entry(line: bytes) -> dict[str, Any] | None:
    """A whole journal line; None for anything else."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and line.endswith(b"\n") and {"n", "at", "segments"} <= entry.keys()
    whole = whole and isinstance(entry["segments"], list) and all(isinstance(s, dict) for s in entry["segments"])
    return entry if whole else None


def _check(path: Path, segment: dict[str, Any]) -> None:
    """An acknowledged segment is there and is what was acknowledged."""
    try:
        data = (path / segment["name"]).read_bytes()
        whole = sha256(data) == segment["sha256"] and isinstance(segment["rows"], int)
    except (OSError, KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        params: dict[str, Any] = {"name": str(segment.get("name"))}
        raise BundleError(Message(id="bundle.segment_damaged", params=params), str(path))
