"""The working folder of a run. Acknowledged means: the journal line that names it is on disk.

segments/000001.parquet and the like hold rows; journal.jsonl, which only grows, names each with its digest.
A killed process leaves at worst a segment that no line names, or half a line: both are dropped on reopening.
"""

import ctypes
import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, time_ns
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assessor.bundle.disk import append, claim, guarded, sync_folder, write_new
from assessor.domain import (
    SAMPLE_COLUMNS,
    Message,
    Observation,
    RequestRecord,
    Sample,
    Scope,
    Time,
    canonical,
    sha256,
)
from assessor.errors import BundleError

SCHEMA = pa.schema([(name, getattr(pa, "bool_" if kind == "bool" else kind)()) for name, kind in SAMPLE_COLUMNS])
ROWS, SECONDS = 20_000, 1.0
"""A segment is written when so many rows wait, or after so long, or when it is asked for."""

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

    def __init__(self, path: Path, journal: io.FileIO, entries: list[dict[str, Any]]) -> None:
        self.path, self._journal, self._entries = path, journal, entries
        self.rows = sum(e["rows"] for e in entries if e["kind"] == "samples")
        self.requests = sum(e["rows"] for e in entries if e["kind"] == "requests")
        self._samples: list[Sample] = []
        self._requests: list[RequestRecord] = []
        self._observations: dict[str, Observation] = {}
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
        with self._lock:
            self._observations[observation.endpoint] = observation
            self._write()

    def flush(self) -> None:
        """Write what waits, of all callers; returns when it is on disk."""
        with self._lock:
            self._write()

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
        for data in reversed(self.segments("samples")):
            table = pq.read_table(io.BytesIO(data), columns=["receive", "mono"])
            live = table.filter(pc.less(table["mono"], RECORDED))
            if live.num_rows:
                return pc.max(live["receive"]).as_py(), pc.max(live["mono"]).as_py()
        return 0, 0

    # How it gets on disk

    def _write_if_due(self) -> None:
        if len(self._samples) >= ROWS or monotonic() - self._flushed >= SECONDS:
            self._write()

    def _write(self) -> None:
        with guarded(self.path):
            if self._observations:
                data = canonical([o.model_dump(mode="json") for o in self._observations.values()])
                self._segment("observations", data, len(self._observations), "json")
                self._observations = {}
            if self._requests:
                lines = "".join(json.dumps(r._asdict(), ensure_ascii=False) + "\n" for r in self._requests)
                self._segment("requests", lines.encode("utf-8", "backslashreplace"), len(self._requests), "jsonl")
                self._requests = []
            if self._samples:
                self._segment("samples", encode(self._samples), len(self._samples), "parquet")
                self._samples = []
            self._flushed = monotonic()

    def _segment(self, kind: str, data: bytes, rows: int, ending: str) -> None:
        number = len(self._entries) + 1
        name = f"segments/{number:06d}-{kind}.{ending}"
        file = self.path / name
        with file.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        sync_folder(file.parent)
        entry = {
            "n": number,
            "kind": kind,
            "name": name,
            "rows": rows,
            "sha256": sha256(data),
            "at": time_ns(),
        }
        self._acknowledge(entry)

    def _acknowledge(self, entry: dict[str, Any]) -> None:
        append(self._journal, json.dumps(entry).encode() + b"\n")
        self._entries.append(entry)

    def end(self, stopped: bool) -> None:
        """Say that the run came to its end by itself, or was stopped by a person."""
        with self._lock, guarded(self.path):
            self._write()
            self._acknowledge({"n": len(self._entries) + 1, "kind": "end", "stopped": stopped, "at": time_ns()})

    def close(self) -> None:
        self._journal.close()

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
        """Did the run end by itself?"""
        last = self._entries[-1] if self._entries else {}
        return last.get("kind") == "end" and not last["stopped"]

    def segments(self, kind: str) -> list[bytes]:
        """Acknowledged segments of one kind, in the order in which they were written."""
        return [(self.path / e["name"]).read_bytes() for e in self._entries if e["kind"] == kind]

    def kept_until(self, moment: Time) -> Time:
        """When something was last put on disk before a moment."""
        return max((e["at"] for e in self._entries if e["at"] <= moment), default=moment)

    def member(self, name: str) -> bytes:
        """scope.yaml or meta.json as stored."""
        return (self.path / name).read_bytes()


def encode(rows: Sequence[Sample]) -> bytes:
    """Rows as one Parquet file."""
    try:
        table = _table(rows)
    except (OverflowError, UnicodeEncodeError):
        table = _table([_storable(row) for row in rows])
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _table(rows: Sequence[Sample]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(SAMPLE_COLUMNS)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _storable(row: Sample) -> Sample:
    """A value that its column cannot hold, as text: an integer beyond int64, half a character escaped."""
    if row.integer is not None and not -(1 << 63) <= row.integer < 1 << 63:
        row = row._replace(integer=None, text=str(row.integer))
    if row.text is not None:
        row = row._replace(text=row.text.encode("utf-8", "backslashreplace").decode())
    return row


def create(
    path: Path, scope_bytes: bytes, scope: Scope, *, began: int | None = None, clock: str | None = None
) -> Folder:
    """A new working folder. The scope goes in as the bytes the plant agreed to."""
    with guarded(path):
        (path / "segments").mkdir(parents=True)
        write_new(path / "scope.yaml", scope_bytes)
        meta = {
            "format": "assessor-folder/1",
            "plant": scope.plant.id,
            "began": time_ns() if began is None else began,
            "clock": clock or clock_state(),
        }
        write_new(path / "meta.json", canonical(meta))
        write_new(path / "journal.jsonl", b"")
        sync_folder(path.parent)
    return Folder(path, _claimed(path), [])


def reopen(path: Path) -> Folder:
    """Take up what a run left: every acknowledged row; an unfinished tail is dropped, damage is an error."""
    journal = _claimed(path)
    try:
        entries, kept = _acknowledged(path)
        with guarded(path):
            os.ftruncate(journal.fileno(), kept)
    except BaseException:
        journal.close()
        raise
    return Folder(path, journal, entries)


def _claimed(path: Path) -> io.FileIO:
    """The journal, opened for adding to, by one process at a time."""
    try:
        journal = io.FileIO(
            os.open(path / "journal.jsonl", os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)), "r+"
        )
    except OSError as problem:
        raise BundleError(Message(id="bundle.not_a_folder"), str(path)) from problem
    if not claim(journal):
        journal.close()
        raise BundleError(Message(id="bundle.in_use"), str(path))
    return journal


def _acknowledged(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The journal's lines up to a torn tail, and how many bytes they are."""
    lines = (path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    entries: list[dict[str, Any]] = []
    for line in lines:
        entry = _entry(line)
        if entry is None:
            break
        entries.append(entry)
    tail = lines[len(entries) :]
    torn = not any(_entry(line) for line in tail)
    if not torn or [e.get("n") for e in entries] != list(range(1, len(entries) + 1)):
        raise BundleError(Message(id="bundle.journal_damaged", params={"line": len(entries) + 1}), str(path))
    for entry in entries:
        if entry["kind"] != "end":
            _check_segment(path, entry)
    return entries, sum(len(line) for line in lines[: len(entries)])


def _entry(line: bytes) -> dict[str, Any] | None:
    """A whole journal line; None for anything else."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and line.endswith(b"\n") and "kind" in entry else None


def _check_segment(path: Path, entry: dict[str, Any]) -> None:
    """An acknowledged segment is there and is what was acknowledged."""
    try:
        whole = sha256((path / entry["name"]).read_bytes()) == entry["sha256"] and isinstance(entry["rows"], int)
    except (OSError, KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        params: dict[str, Any] = {"name": str(entry.get("name"))}
        raise BundleError(Message(id="bundle.segment_damaged", params=params), str(path))
