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
import pyarrow.parquet as pq

from assessor.bundle.disk import guarded, sync_folder, write_new
from assessor.domain import (
    SAMPLE_COLUMNS,
    Message,
    Observation,
    RequestRecord,
    Sample,
    Scope,
    canonical,
    sha256,
)
from assessor.errors import BundleError

SCHEMA = pa.schema([(name, getattr(pa, "bool_" if kind == "bool" else kind)()) for name, kind in SAMPLE_COLUMNS])
ROWS, SECONDS = 20_000, 1.0
"""A segment is written when so many rows wait, or after so long, or when it is asked for."""


def clock_state() -> str:
    """Is this laptop's clock synchronised, by the kernel's own word? 'unknown' where it does not say."""
    if not sys.platform.startswith("linux"):
        return "unknown"
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return "unknown"
    return "unknown" if state < 0 else "not synchronised" if state == 5 else "synchronised"


class Folder:
    """A domain Sink on disk."""

    def __init__(self, path: Path, journal: list[dict[str, Any]]) -> None:
        self.path, self._entries = path, journal
        self.rows = sum(e.get("rows", 0) for e in journal if e["kind"] == "samples")
        self.requests = sum(e.get("rows", 0) for e in journal if e["kind"] == "requests")
        self._samples: list[Sample] = []
        self._requests: list[RequestRecord] = []
        self._observations: dict[str, Observation] = {}
        self._lock = threading.RLock()
        self._flushed = monotonic()
        self._journal = (path / "journal.jsonl").open("ab")

    # What connectors hand over

    def samples(self, rows: Sequence[Sample]) -> None:
        with self._lock:
            self._samples.extend(rows)
            self.rows += len(rows)
            if len(self._samples) >= ROWS:
                self._write()

    def request(self, record: RequestRecord) -> None:
        with self._lock:
            self._requests.append(record)
            self.requests += 1

    def observe(self, observation: Observation) -> None:
        with self._lock:
            self._observations[observation.endpoint] = observation
            self._write()

    def flush(self) -> None:
        """Write what waits. Many callers flush every second; one write a second serves them all."""
        with self._lock:
            self._write()

    # How it gets on disk

    def _write(self) -> None:
        with guarded(self.path):
            if self._observations:
                data = canonical([o.model_dump(mode="json") for o in self._observations.values()])
                self._segment("observations", data, len(self._observations), "json")
                self._observations = {}
            if self._requests:
                lines = "".join(json.dumps(r._asdict(), ensure_ascii=False) + "\n" for r in self._requests)
                self._segment("requests", lines.encode(), len(self._requests), "jsonl")
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
        self._journal.write(json.dumps(entry).encode() + b"\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())
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

    def member(self, name: str) -> bytes:
        """scope.yaml or meta.json as stored."""
        return (self.path / name).read_bytes()


def encode(rows: Sequence[Sample]) -> bytes:
    """Rows as one Parquet file."""
    columns = list(zip(*rows, strict=True)) or [()] * len(SAMPLE_COLUMNS)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), out, compression="zstd")
    return out.getvalue()


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
    return Folder(path, [])


def reopen(path: Path) -> Folder:
    """Take up what a run left: every acknowledged row; an unfinished tail is dropped."""
    journal = path / "journal.jsonl"
    entries: list[dict[str, Any]] = []
    kept = 0
    try:
        for line in journal.read_bytes().splitlines(keepends=True):
            entry = _entry(line, path)
            if entry is None:
                break
            entries.append(entry)
            kept += len(line)
    except OSError as problem:
        raise BundleError(Message(id="bundle.not_a_folder"), str(path)) from problem
    with guarded(path):
        os.truncate(journal, kept)
    return Folder(path, entries)


def _entry(line: bytes, path: Path) -> dict[str, Any] | None:
    """A journal line whose segment is there and whole; None for a torn one."""
    try:
        entry: dict[str, Any] = json.loads(line)
        if not line.endswith(b"\n") or not isinstance(entry, dict):
            return None
        if entry["kind"] != "end" and sha256((path / entry["name"]).read_bytes()) != entry["sha256"]:
            params: dict[str, Any] = {"name": entry["name"]}
            raise BundleError(Message(id="bundle.segment_damaged", params=params), str(path))
    except (ValueError, KeyError, OSError):
        return None
    return entry
