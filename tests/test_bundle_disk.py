"""The working folder on a disk that is full, and how little of memory it takes."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assessor.bundle import check, create, open_bundle, reopen, seal
from assessor.bundle import journal as files
from assessor.errors import StorageError
from tests.test_bundle import KEY, SCOPE, SCOPE_BYTES, filled, row
from tests.test_bundle_folder import TAIL, kept, written


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file may grow beyond `size`: a write fails where it would on a full disk, with an errno."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_frame_that_found_no_room_is_none_and_the_retry_counts_every_row_once(tmp_path: Path) -> None:
    written(tmp_path / "w", 40)
    tail = tmp_path / "w" / TAIL
    whole = tail.read_bytes()
    folder = reopen(tmp_path / "w")
    folder._journal._left = False  # else the tail would be written as segments first, which the next test is about
    with full_at(len(whole) + 30):
        folder.samples([row(40, 40)])
        with pytest.raises(StorageError, match="disk_full"):
            folder.flush()
        assert tail.read_bytes() == whole, "half a frame is taken back"
    folder.samples([row(41, 41)])
    folder.end(False)
    seal(folder, KEY, tmp_path / "s.zip")
    folder.close()
    assert kept(tmp_path / "w") == 42
    assert open_bundle(tmp_path / "s.zip").samples()["receive"].to_pylist() == list(range(42))


def test_segments_that_found_no_room_leave_the_tail_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "TAIL_ROWS", 40)
    folder = create(tmp_path / "w", SCOPE_BYTES, SCOPE)
    for n in range(40):
        folder.samples([row(n, n)])
        folder.flush()
    with full_at(1000):
        folder.samples([row(40, 40)])
        with pytest.raises(StorageError, match="disk_full"):
            folder.flush()
        folder.samples([row(41, 41)])
        with pytest.raises(StorageError, match="disk_full"):
            folder.flush()
    folder.flush()
    folder.end(False)
    seal(folder, KEY, tmp_path / "s.zip")
    folder.close()
    assert open_bundle(tmp_path / "s.zip").samples()["receive"].to_pylist() == list(range(42))


def test_a_folder_on_a_full_disk_closes_and_is_sealed_elsewhere(tmp_path: Path) -> None:
    written(tmp_path / "w", 40)
    folder = reopen(tmp_path / "w")
    with full_at(200):
        folder.samples([row(40, 40)])
        with pytest.raises(StorageError):
            folder.flush()
        folder.close()
    with reopen(tmp_path / "w") as again:
        assert again.rows == 40
        assert seal(again, KEY, tmp_path / "s.zip").manifest.truncated
    assert check(tmp_path / "s.zip").holds


def test_no_half_bundle_where_sealing_finds_no_room(tmp_path: Path) -> None:
    with filled(tmp_path / "w") as folder:
        with full_at(1000), pytest.raises(StorageError, match="disk_full"):
            seal(folder, KEY, tmp_path / "s.zip")
        assert [file.name for file in tmp_path.iterdir()] == ["w"]
        seal(folder, KEY, tmp_path / "s.zip")
    assert check(tmp_path / "s.zip").holds


def grown(seconds: int) -> float:
    """MB that a process of its own needs at the most to write so many seconds of 10 000 tags and to seal them."""
    asked = ["--tags", "10000", "--seconds", str(seconds), "--parts", "4"]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.folder", *asked],
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    ).stdout
    return float(json.loads(told)["peak_mb"])


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length_of_a_run() -> None:
    """Three times the rows; kept in memory they would take 56 MB more as columns, and ten times that as rows."""
    short, long = grown(40), grown(120)
    assert long < short + 40, (short, long)
    assert long < 500
