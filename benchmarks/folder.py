"""Rows into a working folder and into its seal: seconds, bytes and memory. `python -m benchmarks.folder`.

Writes so many rows a second's worth at a time, flushing after each, in a child process whose peak memory the
system tells. Nothing is paced: it shows what the disk side can take, not a plant.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor.bundle import create, reopen, seal
from assessor.documents import parse
from assessor.domain import GOOD, Sample, Scope

SCOPE = """
format: assessor-scope/1
plant: {id: bench, name: {zh: 测, en: Bench}, kind: discrete, simulated: true}
agreement: {role: {zh: 厂长, en: Plant manager}, date: "2026-01-01", reference: A-1}
vantage: control
register: {source: {zh: 台账, en: Ledger}, as_of: "2026-01-01"}
assets: [{id: press, name: {zh: 压机, en: Press}, kind: press, production: true}]
endpoints: [{id: press, protocol: opcua, address: "opc.tcp://127.0.0.1:4840", role: machine, asset: press}]
"""


def peak() -> float:
    """Greatest memory this process ever held, in MB (Linux counts in kB)."""
    # not ru_maxrss: a new process inherits what its parent once needed
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def second(n: int, tags: int) -> Iterator[Sample]:
    """One second of a plant: each tag once, a third of it numbers, flags and counters."""
    at = 1_767_225_600_000_000_000 + n * 1_000_000_000
    for tag in range(tags):
        received = at + tag * 997
        if tag % 3 == 0:
            yield Sample(tag, at, at, received, received, GOOD, number=(tag * 31 + n * 7) % 1009 / 8)
        elif tag % 3 == 1:
            yield Sample(tag, at, None, received, received, GOOD, integer=n * (tag % 5))
        else:
            yield Sample(tag, at, None, received, received, GOOD, flag=(n + tag) % 11 == 0)


def measured(place: Path, tags: int, seconds: int, parts: int) -> dict[str, float]:
    """Write, seal; `parts` callers a second, each with its share and its own flush."""
    scope = parse(Scope, SCOPE, "scope.yaml")[0]
    slowest = 0.0
    begun = time.perf_counter()
    with create(place / "work", SCOPE.encode(), scope) as folder:
        for n in range(seconds):
            rows = list(second(n, tags))
            for k in range(parts):
                asked = time.perf_counter()
                folder.samples(rows[k::parts])
                folder.flush()
                slowest = max(slowest, time.perf_counter() - asked)
        folder.end(False)
    written, held = time.perf_counter() - begun, peak()
    files = [file for file in (place / "work").rglob("*") if file.is_file()]
    kept = sum(file.stat().st_size for file in files)
    begun = time.perf_counter()
    with reopen(place / "work") as folder:
        seal(folder, Ed25519PrivateKey.generate(), place / "sealed.zip")
    return {
        "rows": tags * seconds,
        "flushes": seconds * parts,
        "seconds_to_write": written,
        "slowest_flush_ms": slowest * 1000,
        "files": len(files),
        "folder_mb": kept / 1e6,
        "peak_mb_writing": held,
        "seconds_to_seal": time.perf_counter() - begun,
        "sealed_mb": (place / "sealed.zip").stat().st_size / 1e6,
        "peak_mb": peak(),
    }


def main() -> None:
    """Measure in this process: start it for each measurement anew."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tags", type=int, default=50_000)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--parts", type=int, default=32, help="callers a second that flush, as endpoints do")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = measured(Path(place), given.tags, given.seconds, given.parts)
    sys.stdout.write(json.dumps({key: round(value, 2) for key, value in found.items()}) + "\n")


if __name__ == "__main__":
    main()
