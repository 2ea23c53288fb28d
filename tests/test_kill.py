"""A sampling run, killed at random instants: no acknowledged row is lost, and `verify` is right each time."""

import itertools
import multiprocessing
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from assessor import cli
from assessor.bundle import open_bundle
from tests.servers import sampler
from tests.test_bundle import SCOPE_BYTES

KILLS = 50
SEED = 20261125
ENDPOINTS = ("e1", "e2", "e3")


def scope(file: Path) -> None:
    """Three endpoints at three addresses."""
    one = SCOPE_BYTES.decode().splitlines()[-1]
    text = SCOPE_BYTES.decode().replace(one, "endpoints:\n")
    for n, name in enumerate(ENDPOINTS):
        text += (
            f'  - {{id: {name}, protocol: opcua, address: "opc.tcp://127.0.0.1:{4840 + n}", role: machine, '
            "asset: press}\n"
        )
    file.write_text(text, "utf-8")


FORKS = multiprocessing.get_context("forkserver")  # each run is a process forked off one that has imported all
FORKS.set_forkserver_preload(["tests.servers.sampler"])


def killed(folder: Path, wait: float, *more: str) -> dict[str, tuple[int, int]]:
    """Start the run, kill it at an instant; rows and requests that it had been promised, by endpoint."""
    notes = folder / "promised"
    notes.unlink(missing_ok=True)
    process = FORKS.Process(target=sampler.sample, args=(folder, *more))
    process.start()
    try:
        deadline = time.monotonic() + 120
        while not (notes.exists() and b"\n" in notes.read_bytes()):
            assert process.is_alive() and time.monotonic() < deadline, "it ended before it began"
            time.sleep(0.005)
        time.sleep(wait)  # the instant
        assert process.is_alive()
    finally:
        process.kill()
        process.join()
    promised = {}
    for line in notes.read_text("ascii").splitlines(keepends=True):
        if line.endswith("\n"):
            name, rows, requests = line.split()
            promised[name] = (int(rows), int(requests))
    return promised


def ran(*arguments: str | Path) -> int:
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def held(file: Path, parts: int) -> dict[str, tuple[int, int]]:
    """Rows and requests in a bundle, by endpoint; each part of the run holds 0, 1, 2 … with nothing missing."""
    bundle = open_bundle(file)
    table = bundle.samples()
    rows: dict[str, list[int]] = defaultdict(list)
    for tag, number in zip(table["tag"].to_pylist(), table["number"].to_pylist(), strict=True):
        rows[f"e{tag}"].append(round(number * 3))
    for name, numbers in rows.items():
        starts = [i for i, n in enumerate(numbers) if n == 0] + [len(numbers)]
        assert len(starts) - 1 == parts, name
        for begin, end in itertools.pairwise(starts):
            assert numbers[begin:end] == list(range(end - begin)), f"{name}: a row is missing, twice, or moved"
    requests: dict[str, int] = defaultdict(int)
    for record in bundle.requests():
        requests[record.endpoint] += 1
    return {name: (len(rows[name]), requests[name]) for name in rows}


@pytest.mark.slow
def test_killed_at_random_instants_nothing_acknowledged_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    chance = random.Random(SEED)
    segments = 0
    for i in range(KILLS):
        folder = tmp_path / f"k{i}"
        folder.mkdir()
        scope(folder / "scope.yaml")
        wait = chance.uniform(0, 0.5)
        promised = killed(folder, wait)
        segments += len(list((folder / "out.zip.work/segments").iterdir()))
        assert ran("sample", folder / "scope.yaml", "-o", folder / "out.zip", "--seal-only") == 0
        assert ran("verify", folder / "out.zip") == 0
        found = held(folder / "out.zip", 1)
        told = f"seed {SEED}, kill {i} after {wait:.3f} s: promised {promised}, held {found}"
        sys.stdout.write(told + "\n")
        for name, (rows, requests) in promised.items():
            assert found[name][0] >= rows and found[name][1] >= requests, told
        assert open_bundle(folder / "out.zip").manifest.truncated
    assert segments > KILLS, "kills met runs that write segments"


@pytest.mark.slow
def test_killed_again_and_again_while_resuming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    chance, times = random.Random(SEED + 1), 4
    scope(tmp_path / "scope.yaml")
    promised: dict[str, int] = defaultdict(int)
    for i in range(times):
        seen = killed(tmp_path, chance.uniform(0.1, 0.4), *(["--resume"] if i else []))
        for name, (rows, _) in seen.items():
            promised[name] += rows
    assert ran("sample", tmp_path / "scope.yaml", "-o", tmp_path / "out.zip", "--seal-only") == 0
    assert ran("verify", tmp_path / "out.zip") == 0
    found = held(tmp_path / "out.zip", times)
    assert all(found[name][0] >= rows for name, rows in promised.items())
