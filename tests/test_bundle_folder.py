"""The working folder: acknowledged rows survive, damage is said, and a retry repairs what a full disk broke."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.bundle import Folder, check, create, installation_key, open_bundle, reopen, seal
from assessor.bundle import folder as module
from assessor.bundle.folder import clock_state
from assessor.domain import GOOD, RequestRecord, Sample
from assessor.errors import BundleError, StorageError
from tests.test_bundle import ASKED, KEY, SCOPE, SCOPE_BYTES, SEEN, filled, row


def written(path: Path, times: int) -> list[int]:
    """A folder with so many acknowledged rows, one a segment; sizes of its journal after each."""
    sizes = [0]
    with create(path, SCOPE_BYTES, SCOPE) as folder:
        for n in range(times):
            folder.samples([row(n, n)])
            folder.flush()
            sizes.append((path / "journal.jsonl").stat().st_size)
    return sizes


def kept(path: Path) -> int:
    with reopen(path) as folder:
        return folder.rows


@settings(max_examples=40)
@given(cut=st.floats(0, 1), junk=st.binary(max_size=8))
def test_wherever_the_journal_is_torn_exactly_the_whole_lines_count(
    tmp_path_factory: pytest.TempPathFactory, cut: float, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("torn") / "w"
    sizes = written(path, 4)
    at = int(cut * sizes[-1])
    journal = path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:at] + junk.replace(b"}", b"?"))
    whole = sum(size <= at for size in sizes) - 1
    assert kept(path) == whole
    assert journal.stat().st_size == sizes[whole], "the torn tail is gone, so the next line begins cleanly"


def test_a_damaged_line_before_acknowledged_ones_is_an_error_and_destroys_nothing(tmp_path: Path) -> None:
    written(tmp_path / "w", 3)
    journal = tmp_path / "w/journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    for damaged in ([lines[0], b"garbage\n", lines[2]], [lines[0], lines[2]]):
        journal.write_bytes(b"".join(damaged))
        with pytest.raises(BundleError, match="journal_damaged"):
            reopen(tmp_path / "w")
        assert journal.read_bytes() == b"".join(damaged)


def test_an_acknowledged_segment_that_is_gone_is_an_error(tmp_path: Path) -> None:
    written(tmp_path / "w", 3)
    sorted((tmp_path / "w/segments").iterdir())[1].unlink()
    with pytest.raises(BundleError, match="segment_damaged") as refused:
        reopen(tmp_path / "w")
    assert str(refused.value.message.params["name"]).startswith("segments/000002")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with filled(tmp_path / "w"), pytest.raises(BundleError, match="in_use"):
        reopen(tmp_path / "w")
    assert kept(tmp_path / "w") == 100
    with pytest.raises(BundleError, match="not_a_folder"):
        reopen(tmp_path)


def test_a_resumed_run_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    written(tmp_path / "w", 3)
    later = SEEN.model_copy(update={"ended": 10})
    with reopen(tmp_path / "w") as folder:
        folder.observe(SEEN)
        folder.observe(later)
        folder.samples([row(3, 3)])
        folder.end(False)
        assert not seal(folder, KEY, tmp_path / "s.zip").manifest.truncated
    bundle = open_bundle(tmp_path / "s.zip")
    assert bundle.samples()["receive"].to_pylist() == [0, 1, 2, 3]
    assert bundle.observations() == (later,), "the later observation of an endpoint replaces the earlier"


def test_a_run_that_a_person_stopped_or_that_went_on_after_its_end_is_truncated(tmp_path: Path) -> None:
    with filled(tmp_path / "a") as folder:
        assert folder.ended
        folder.samples([row(1, 1)])
        folder.flush()
        assert not folder.ended
    with create(tmp_path / "b", SCOPE_BYTES, SCOPE) as folder:
        folder.end(True)
        assert seal(folder, KEY, tmp_path / "b.zip").manifest.truncated


def test_rows_are_written_by_themselves_after_a_while_and_when_many_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", 10)
    segments = tmp_path / "w/segments"
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:
        monkeypatch.setattr(module, "SECONDS", 3600.0)
        folder.samples([row(n, n) for n in range(9)])
        assert not list(segments.iterdir())
        folder.samples([row(9, 9)])
        assert len(list(segments.iterdir())) == 1
        monkeypatch.setattr(module, "SECONDS", 0.0)
        folder.request(ASKED)
        assert len(list(segments.iterdir())) == 2
    with reopen(tmp_path / "w") as again:
        assert (again.rows, again.requests) == (10, 1)


def test_threads_may_hand_over_at_the_same_time(tmp_path: Path) -> None:
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:

        def work(first: int) -> None:
            for n in range(first, first + 20):
                folder.samples([row(n, n)])
                folder.flush()

        threads = [threading.Thread(target=work, args=(k * 20,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with reopen(tmp_path / "w") as again:
        again.end(False)
        seal(again, KEY, tmp_path / "s.zip")
    assert sorted(open_bundle(tmp_path / "s.zip").samples()["receive"].to_pylist()) == list(range(80))


ODD = Sample(1, None, None, 1, 1, GOOD)


def test_what_a_column_cannot_hold_is_kept_as_text_and_costs_no_other_row(tmp_path: Path) -> None:
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:
        folder.samples([row(1, 1), ODD._replace(integer=2**64 - 1), ODD._replace(text="a\udc80"), row(2, 2)])
        folder.request(RequestRecord(1, "press", "Read", "温度\u2028\x85\udc80\n\r", 1, 1, 1.0, "ok"))
        folder.end(False)
        seal(folder, KEY, tmp_path / "s.zip")
    bundle = open_bundle(tmp_path / "s.zip")
    table = bundle.samples()
    assert table["text"].to_pylist() == [None, str(2**64 - 1), "a\\udc80", None]
    assert table["integer"].to_pylist() == [None] * 4
    assert [record.detail for record in bundle.requests()] == ["温度\u2028\x85\udc80\n\r"]


@settings(max_examples=30)
@given(
    rows=st.lists(
        st.builds(
            Sample,
            tag=st.integers(0, 2**63 - 1),
            source=st.none() | st.integers(-(2**63), 2**63 - 1),
            server=st.none() | st.integers(0, 2**62),
            receive=st.integers(0, 2**62),
            mono=st.integers(0, 2**62),
            status=st.integers(0, 2**32 - 1),
            number=st.none() | st.floats(allow_nan=False),
            integer=st.none() | st.integers(-(2**63), 2**63 - 1),
            flag=st.none() | st.booleans(),
            text=st.none() | st.text(max_size=5),
        ),
        max_size=6,
    )
)
def test_every_row_comes_back_as_it_went_in(tmp_path_factory: pytest.TempPathFactory, rows: list[Sample]) -> None:
    path = tmp_path_factory.mktemp("rows")
    with create(path / "w", SCOPE_BYTES, SCOPE) as folder:
        folder.samples(rows)
        folder.end(False)
        seal(folder, KEY, path / "s.zip")
    found = open_bundle(path / "s.zip").samples()
    assert [Sample(**line) for line in found.to_pylist()] == rows


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


def long_journal(path: Path) -> Folder:
    """A folder whose journal has outgrown its segments, so that it is what fills up first."""
    folder = create(path, SCOPE_BYTES, SCOPE)
    for n in range(40):
        folder.samples([row(n, n)])
        folder.flush()
    return folder


def test_a_line_that_found_no_room_is_no_line_and_the_retry_counts_every_row_once(tmp_path: Path) -> None:
    folder = long_journal(tmp_path / "w")
    journal = tmp_path / "w/journal.jsonl"
    whole = journal.read_bytes()
    with full_at(len(whole) + 30):
        folder.samples([row(40, 40)])
        with pytest.raises(StorageError, match="disk_full"):
            folder.flush()
        assert journal.read_bytes() == whole, "half a line is taken back"
    folder.samples([row(41, 41)])
    folder.end(False)
    seal(folder, KEY, tmp_path / "s.zip")
    folder.close()
    assert kept(tmp_path / "w") == 42
    assert open_bundle(tmp_path / "s.zip").samples()["receive"].to_pylist() == list(range(42))


def test_a_folder_on_a_full_disk_closes_and_is_sealed_elsewhere(tmp_path: Path) -> None:
    folder = long_journal(tmp_path / "w")
    with full_at((tmp_path / "w/journal.jsonl").stat().st_size + 30):
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


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: the kernel's own word is asked on Linux only")
def test_the_clock_state_is_the_kernels_word_or_unknown() -> None:
    assert clock_state() in ("synchronised", "not-synchronised", "unknown")


def test_where_the_system_does_not_say_the_clock_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessor.bundle.folder.sys.platform", "win32")
    assert clock_state() == "unknown"


def test_keys_made_at_the_same_time_are_one_key(home: Path) -> None:
    code = (
        "from assessor.bundle import installation_key as k; "
        "import sys; sys.stdout.write(k().private_bytes_raw().hex())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ))
        for _ in range(4)
    ]
    found = {process.communicate(timeout=60)[0] for process in running}
    assert found == {installation_key().private_bytes_raw().hex().encode()}
    assert [file.name for file in home.iterdir()] == ["signing-key"]
