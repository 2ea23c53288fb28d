"""A simulated plant that is really there, two of its machines in a scope: for tests that sample from a page."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from connectors.simulator import load_plant, start
from connectors.simulator.serve import DEMO

TAKEN = ("packer", "robot")


@contextmanager
def plant_scope(taken: tuple[str, ...] = TAKEN) -> Iterator[bytes]:
    """While it lasts the demo plant's servers run; gives a scope that allows some of them."""
    with (
        tempfile.TemporaryDirectory(prefix="plant-") as folder,
        start(load_plant(DEMO), Path(folder)) as running,
    ):
        yield only(running.scope_file.read_text("utf-8"), taken).encode()


def only(scope: str, taken: tuple[str, ...]) -> str:
    """A scope file of the simulator with some of its endpoints."""
    head, rest = scope.split("\nendpoints:\n", 1)
    ends = re.search(r"^\w", rest, re.MULTILINE)
    block, tail = (rest[: ends.start()], rest[ends.start() :]) if ends else (rest, "")
    entries = re.split(r"(?m)^(?=- )", block)
    kept = [e for e in entries if any(re.search(rf"\bid: {name}\b", e) for name in taken)]
    assert len(kept) == len(taken), block[:300]
    return f"{head}\nendpoints:\n{''.join(kept)}{tail}"


def process_of(folder: Path) -> psutil.Process:
    """The process that works on a run."""
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in (process.info["cmdline"] or []):
            return process
    raise AssertionError(f"nobody works on {folder}")


def end_all(runs: Path) -> None:
    """Every process that a test began and did not end, by its own folder."""
    for folder in runs.iterdir() if runs.is_dir() else ():
        for process in psutil.process_iter(["cmdline"]):
            if str(folder) in (process.info["cmdline"] or []):
                process.kill()
                process.wait(10)
