"""20,000 stored Assessments judged again, with the report of who moves: serial, in processes, through a scheduler.

`python -m benchmarks.rerating [N]` rewrites rerating.md (some ten minutes of two cores). The Assessments are
generated (benchmarks/portfolio.py): seeded variations of plants that went through the whole product. All runs on
this machine, the scheduler and its workers in processes of their own on the loopback.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from assessor.audit import read_assessment
from assessor.domain import Assessment, canonical, sha256
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.portfolio import shelf
from assessor.portfolio.again import Order
from assessor.portfolio.candidate import candidate
from assessor.portfolio.filed import filed
from assessor.portfolio.impact import impact
from assessor.portfolio.rerate import rerate_many
from benchmarks.portfolio import bases, portfolio

PAGE = Path(__file__).with_suffix(".md")
ROOT = Path(__file__).parent.parent
COUNT, BASES, CORES = 20_000, 8, 2
GOAL = 60
"""Seconds, in a pool and through a scheduler."""
CHANGES = {"satisfied_at: 0.8": "satisfied_at: 0.75", "      p1: 1\n": "      p1: 2\n"}
"""What the candidate says otherwise of cmmm-2020-discrete: a mark, and a weight."""


@dataclass(frozen=True)
class Run:
    """One way of doing it."""

    seconds: float
    cpu: float
    """Seconds of processor, of all processes."""
    memory: int
    """Bytes, the most of any one process."""
    load: float
    """Of the machine when it began."""
    digest: str
    """Of the report."""
    moved: int


def newer(library: Library) -> Library:
    name = "frameworks/cmmm-2020-discrete.yaml"
    text = library.parts[name].decode()
    held = library.frameworks["cmmm-2020-discrete"]
    for before, after in {f'version: "{held.version}"': 'version: "99"', **CHANGES}.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return candidate("newer.yaml", text.encode(), library)


def told(pack: Path, order: Order, library: Library, other: Library) -> Callable[[str], tuple[str, int]]:
    """The whole of it: reading the pack, judging on all sides, the report."""

    def by(executor: str) -> tuple[str, int]:
        found = rerate_many(shelf.pieces([pack]), order, executor, workers=CORES)
        assert len(found.held) == shelf.count([pack]) and not found.faults
        report = impact(library, other, found)
        return sha256(canonical(report)), len(report.moved)

    return by


def timed(work: Callable[[str], tuple[str, int]], executor: str, others: list[psutil.Process]) -> Run:
    load = os.getloadavg()[0]
    before, began = _cpu(others), time.perf_counter()
    digest, moved = work(executor)
    seconds, cpu = time.perf_counter() - began, _cpu(others) - before
    whose = resource.RUSAGE_SELF if executor == "serial" else resource.RUSAGE_CHILDREN
    most = max([resource.getrusage(whose).ru_maxrss * 1024, *(_most(p) for p in others)])
    return Run(seconds, cpu, most, load, digest, moved)


def _cpu(others: list[psutil.Process]) -> float:
    own = os.times()
    return (
        own.user
        + own.system
        + own.children_user
        + own.children_system
        + sum(sum(p.cpu_times()[:2]) for p in others)
    )


def _most(process: psutil.Process) -> int:
    """The most memory that it ever had, as Linux tells."""
    line = next(x for x in Path(f"/proc/{process.pid}/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """A scheduler and as many workers as cores, each a process of its own."""
    file, env = folder / "scheduler.json", os.environ | {"PYTHONPATH": str(ROOT)}
    quiet: dict[str, Any] = {"cwd": folder, "env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", str(file)], **quiet)]
    try:
        while not file.exists():
            time.sleep(0.1)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
        worker += ["--nthreads", "1", "--no-dashboard", "--no-nanny"]
        started += [subprocess.Popen(worker, **quiet) for _ in range(CORES)]
        yield json.loads(file.read_text())["address"], [psutil.Process(p.pid) for p in started]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait(30)


def whole(made: tuple[Assessment, ...]) -> tuple[float, float, int, int]:
    """Seconds to read one whole Assessment and to take out of it what judging again needs; bytes of both."""
    data = [canonical(done) for done in made]
    began = time.perf_counter()
    for one in data:
        filed(read_assessment(one, "x"))
    each = (time.perf_counter() - began) / len(data)
    small = [filed(done).model_dump_json(exclude_defaults=True).encode() for done in made]
    from assessor.portfolio.rerate import Stored, judged  # noqa: PLC0415

    library = load_library(known_indicators=indicators())
    began = time.perf_counter()
    judged(Stored("x", made[0]), library)
    return each, time.perf_counter() - began, sum(map(len, data)) // len(data), sum(map(len, small)) // len(small)


def main(count: int = COUNT) -> None:
    library = load_library(known_indicators=indicators())
    other = newer(library)
    order = Order(other.parts, (), library.parts)
    made = bases(library, BASES)
    one = whole(made)
    with tempfile.TemporaryDirectory(prefix="assessor-") as place:
        pack = Path(place) / "all.pack"
        shelf.write_pack(pack, portfolio(made, library, count))
        work = told(pack, order, library, other)
        runs = {"processes": timed(work, "processes", [])}
        with scheduler(Path(place)) as (address, others):
            runs["scheduler"] = timed(work, address, others)
        runs["serial"] = timed(work, "serial", [])
        plain = Order(library.parts)

        def every(executor: str) -> tuple[str, int]:
            found = rerate_many(shelf.pieces([pack]), plain, executor, workers=CORES)
            return "", sum(m.moved_by != "nothing" for m in found.moves)

        all_ = timed(every, "processes", [])
        size = pack.stat().st_size
    if len({run.digest for run in runs.values()}) != 1:
        sys.exit("the three ways differ")
    PAGE.write_text(page(count, runs, all_, one, size), "utf-8")


def page(count: int, runs: dict[str, Run], all_: Run, one: tuple[float, float, int, int], size: int) -> str:
    serial = runs["serial"]
    rows = [
        f"| {name} | {run.seconds:.1f} | {serial.seconds / run.seconds:.2f} | {run.cpu:.0f} "
        f"| {run.cpu / count * 1000:.2f} | {run.memory / 1e6:.0f} | {run.load:.1f} |"
        for name, run in runs.items()
    ]
    goals = [
        f"- {name}: {run.seconds:.1f} s. Goal (at most {GOAL} s): {'met' if run.seconds <= GOAL else 'missed'}."
        for name, run in runs.items()
        if name != "serial"
    ]
    read, judge, large, small = one
    return f"""# Judging stored assessments again

Written by `make bench-rerating` on {time.strftime("%Y-%m-%d")}: {os.cpu_count()} cores, {platform.system()}
{platform.machine()}, CPython {platform.python_version()}, pydantic {version("pydantic")}, dask {version("dask")},
distributed {version("distributed")}. Other work on the machine shows in every time below; *load* is the machine's
load average when a run began, and processor time is what a run itself took.

{count:,} generated assessments, seeded variations of {BASES} plants that went through the whole product (a sealed
bundle, measured, judged): a third of the degrees a step or two off, shares of machines moved by up to a fifth,
some questions set aside or without an answer. They lie in one pack of {size / 1e6:.0f} MB. The candidate says two
things of `cmmm-2020-discrete` otherwise, a mark and a weight. Each is judged under the library in force, under the
candidate and, where it moved, under each change alone; the report is made of that. {serial.moved:,} results move.
Processes and workers: {CORES}. Reading libraries and starting processes count; starting the scheduler does not.

| by | seconds | times as fast as serial | processor s | ms each | MB, the largest process | load |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}

The reports are the same to the byte, SHA-256 `{serial.digest[:16]}…`; else this page would not be here.

{chr(10).join(goals)}

Without a candidate, by every framework that a plant is rated by (`assessor rerate`), in {CORES} processes:
{all_.seconds:.1f} s, {all_.cpu / count * 1000:.2f} ms of processor each, load {all_.load:.1f} at the beginning;
{all_.moved:,} results moved (they were generated under this library).

## What it rests on

A whole assessment has {large / 1e6:.1f} MB of JSON and takes {read * 1000:.0f} ms to read here; judging it by the
whole pipeline (chances, estimate, findings, leads) takes {judge * 1000:.0f} ms. What judging again needs of it is
{small / 1e3:.0f} kB, taken out once: when a result is kept, or by `assessor pack`. A folder of {count:,} whole
files is read at that pace, whatever the number of changes.

Not measured: workers on other machines, and a candidate with another bank, under which every framework is judged
on every side.
"""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
