"""The working folder of a run: the domain Sink on disk. What `flush` returned from is acknowledged.

scope.yaml and meta.json say what the run is; what was handed over stands in segments and in the tail (see
`assessor.bundle.journal`). A killed process leaves at worst half a frame or half a line: both are dropped on
reopening.
"""

import ctypes
import io
import json
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, time_ns
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter

from assessor.bundle import journal
from assessor.bundle.disk import claim, guarded, sync_folder, write_new, write_synced
from assessor.bundle.journal import Journal
from assessor.bundle.rows import batch
from assessor.bundle.tail import Part
from assessor.domain import Message, Observation, RequestRecord, Sample, Scope, Time, canonical, sha256, utf8
from assessor.errors import BundleError

FORMAT = "assessor-folder/2"
OBSERVATION = TypeAdapter(Observation)
ROWS, SECONDS = 20_000, 1.0
"""A frame is written when so many rows wait, or after so long, or when it is asked for."""

RECORDED = 600_000_000 * 10**9
"""A monotonic time of nineteen years or more is no laptop's, but the own time of a row of an exported record."""


def clock_state() -> str:
    """Is this laptop's clock synchronised, by the kernel's own word? 'unknown' where it does not say."""
    if not sys.platform.startswith("linux"):
        return "unknown"
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return "unknown"
    return "unknown" if state < 0 else "not-synchronised" if state == 5 else "synchronised"


class Folder:
    """A domain Sink on disk."""

    def __init__(self, path: Path, lock: io.FileIO, kept: journal.Kept) -> None:
        self.path, self._lock_file = path, lock
        self._journal = Journal(path, kept)
        self.rows, self.requests = journal.count(kept, "samples"), journal.count(kept, "requests")
        self._samples: list[Sample] = []
        self._requests: list[RequestRecord] = []
        self._observations: dict[str, bytes] = {}
        self._seen: dict[str, str] = {}
        """By endpoint: the digest of what was last seen."""
        self._shift: int | None = None if self.rows else 0
        self._lock = threading.RLock()
        self._flushed = monotonic()

    # What connectors hand over

    def samples(self, rows: Sequence[Sample]) -> None:
        with self._lock:
            self._samples.extend(self._rebased(rows))
            self.rows += len(rows)
            self._write_if_due()

    def request(self, record: RequestRecord) -> None:
        with self._lock:
            self._requests.append(record)
            self.requests += 1
            self._write_if_due()

    def observe(self, observation: Observation) -> None:
        """Keep an Observation; one that says nothing new is not written again."""
        line, of = _line(observation), observation.endpoint
        with self._lock:
            if self._seen.get(of) != (digest := sha256(line)):
                self._observations[of], self._seen[of] = line, digest
                self._write()

    def flush(self) -> None:
        """Write what waits, of all callers; returns when it is on disk."""
        with self._lock:
            self._write()

    def note(self, laptop: dict[str, Any]) -> None:
        """Keep what this start of the run found of the laptop; it goes into the sealed meta.json."""
        line = json.dumps(laptop, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        with self._lock:
            self._write(Part("laptop", 1, line))

    def end(self, stopped: bool) -> None:
        """Say that the run came to its end by itself, or was stopped by a person."""
        with self._lock:
            self._write(Part("end", 1, json.dumps({"stopped": stopped}).encode() + b"\n"))

    def _rebased(self, rows: Sequence[Sample]) -> Sequence[Sample]:
        """The monotonic clock begins anew with the laptop: rows of a resumed run come after the earlier ones.

        Rows of an exported record go by their own time and are left as they are.
        """
        first = next((row for row in rows if row.mono < RECORDED), None)
        if self._shift is None and first is not None:
            receive, mono = self._left_at()
            away = max(0, first.receive - receive)
            self._shift = mono + away - first.mono if first.mono < mono else 0
        shift = self._shift
        if not shift:
            return rows
        return [row._replace(mono=row.mono + shift) if row.mono < RECORDED else row for row in rows]

    def _left_at(self) -> tuple[int, int]:
        """When the last row that came from a machine before the interruption came, by both clocks."""
        for table in self._journal.latest():
            live = table.filter(pc.less(table["mono"], RECORDED))
            if live.num_rows:
                return pc.max(live["receive"]).as_py(), pc.max(live["mono"]).as_py()
        return 0, 0

    # How it gets on disk

    def _write_if_due(self) -> None:
        if len(self._samples) >= ROWS or monotonic() - self._flushed >= SECONDS:
            self._write()

    def _write(self, *more: Part) -> None:
        """One frame of all that waits. Where the disk refuses, it goes on waiting."""
        with guarded(self.path):
            parts = [*self._waiting(), *more]
            if parts:
                self._journal.add(parts)
            self._samples, self._requests, self._observations = [], [], {}
            self._flushed = monotonic()

    def _waiting(self) -> Iterator[Part]:
        if self._observations:
            yield from (Part("observations", 1, line) for line in self._observations.values())
        if self._requests:
            text = "".join(json.dumps(r._asdict(), ensure_ascii=False) + "\n" for r in self._requests)
            yield Part("requests", len(self._requests), text.encode("utf-8", "backslashreplace"))
        if self._samples:
            yield Part("samples", len(self._samples), batch(self._samples))

    def close(self) -> None:
        self._journal.close()
        self._lock_file.close()

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def remove(self) -> None:
        """Delete the folder, once what it held is sealed."""
        self.close()
        shutil.rmtree(self.path)

    # What sealing reads

    @property
    def ended(self) -> bool:
        """Did the run end by itself, and was nothing added since?"""
        return self._journal.finished

    def tables(self) -> Iterator[pa.Table]:
        """Acknowledged samples in the order in which they came, a segment at a time."""
        return self._journal.tables()

    def lines(self, kind: str) -> Iterator[bytes]:
        """Acknowledged JSON lines of one kind (requests, observations, laptop), one at a time."""
        return self._journal.lines(kind)

    def kept_until(self, moment: Time) -> Time:
        """When something was last put on disk before a moment."""
        return self._journal.kept_until(moment)

    def member(self, name: str) -> bytes:
        """scope.yaml or meta.json as stored."""
        return (self.path / name).read_bytes()


def _line(seen: Observation) -> bytes:
    """As JSON on one line, without what is as a reader takes it to be anyway."""
    try:
        return OBSERVATION.dump_json(seen, exclude_defaults=True) + b"\n"
    except ValueError:
        return utf8(json.dumps(seen.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n")


def create(
    path: Path, scope_bytes: bytes, scope: Scope, *, began: int | None = None, clock: str | None = None
) -> Folder:
    """A new working folder. The scope goes in as the bytes the plant agreed to."""
    with guarded(path):
        (path / "segments").mkdir(parents=True)
        lock = _claimed(path)
        write_new(path / "scope.yaml", scope_bytes)
        meta = {
            "format": FORMAT,
            "plant": scope.plant.id,
            "began": time_ns() if began is None else began,
            "clock": clock or clock_state(),
        }
        write_new(path / "meta.json", canonical(meta))
        write_synced(journal.tail_file(path, 1), b"")
        write_new(path / "journal.jsonl", b"")
        sync_folder(path.parent)
        return Folder(path, lock, journal.read(path))


def reopen(path: Path) -> Folder:
    """Take up what a run left: every acknowledged row; an unfinished tail is dropped, damage is an error."""
    if not (path / "journal.jsonl").is_file() or _format(path) != FORMAT:
        raise BundleError(Message(id="bundle.not_a_folder"), str(path))
    with guarded(path):
        lock = _claimed(path)
        try:
            kept = journal.read(path)
            journal.mend(path, kept)
            return Folder(path, lock, kept)
        except BaseException:
            lock.close()
            raise


def _format(path: Path) -> Any:
    try:
        return json.loads((path / "meta.json").read_bytes())["format"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _claimed(path: Path) -> io.FileIO:
    """The folder's lock, held by one process at a time."""
    lock = claim(path / "lock")
    if lock is None:
        raise BundleError(Message(id="bundle.in_use"), str(path))
    return lock
