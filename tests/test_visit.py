"""A run in a process of its own, against real servers: it tells what it is at, stops when asked, outlives whoever
began it, and what it had on disk is there after any end."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor.bundle import check, open_bundle
from assessor.documents import parse
from assessor.domain import Message, Scope
from assessor.laptop import Network, Networks
from assessor.messages import LANGUAGES, render
from assessor.visit import apart, live, telling
from assessor.visit.live import Chosen, Job, Live, Picks
from assessor.visit.telling import Clocks, Teller
from tests.sampled import end_all, plant_scope, process_of
from tests.waiting import until

pytestmark = pytest.mark.slow
LOOPBACK = "127.0.0.0/8"


@pytest.fixture(scope="module")
def scope() -> Iterator[bytes]:
    with plant_scope() as one:
        yield one


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "runs"
    end_all(tmp_path / "runs")


def job(seconds: float = 600, how: str = "begin", reach: str = LOOPBACK) -> Job:
    return Job(seconds=seconds, how=how, reach=reach)  # type: ignore[arg-type]


def at(folder: Path) -> Live:
    told = live.read(Live, folder / "live.json")
    assert told is not None
    return told


def sampling(folder: Path, rows: int = 40) -> Live:
    until(lambda: at(folder).sampled >= rows or at(folder).phase == "failed")
    assert at(folder).fault is None
    return at(folder)


def over(folder: Path) -> Live:
    until(lambda: not live.is_alive(folder), 60)
    return at(folder)


def test_it_tells_what_it_is_at_draws_what_is_asked_and_stops_when_told(runs: Path, scope: bytes) -> None:
    folder = runs / "a"
    begun = apart.begin(folder, scope, job())
    assert begun.phase in ("starting", "sampling") and live.is_alive(folder)
    told = sampling(folder)
    assert {row.endpoint for row in told.rows} == {"packer", "robot"} and told.left < told.seconds
    picks = live.read(Picks, folder / "picks.json")
    assert picks is not None and not picks.more
    wanted = tuple(pick.id for pick in picks.tags[:2])
    live.write(folder / "chosen.json", Chosen(ids=wanted))
    until(lambda: len(at(folder).plots) == 2 and all(len(plot.points) > 2 for plot in at(folder).plots))
    assert {plot.tag.id for plot in at(folder).plots} == set(wanted)
    before = at(folder).sampled
    apart.ask_to_stop(folder)
    until(lambda: at(folder).phase in ("sealing", "sealed"), 30)
    done = over(folder)
    assert done.phase == "sealed" and done.stopped and done.sampled >= before
    bundle = open_bundle(apart.sealed_file(folder))
    assert check(apart.sealed_file(folder)).holds and bundle.manifest.truncated
    assert bundle.samples().num_rows == done.sampled and bundle.member("scope.yaml") == scope
    assert not apart.left_behind(folder)


def test_a_run_ends_by_itself_and_its_bundle_is_whole(runs: Path, scope: bytes) -> None:
    apart.begin(runs / "a", scope, job(12))
    done = over(runs / "a")
    assert done.phase == "sealed" and not done.stopped and done.left == 0
    assert not open_bundle(apart.sealed_file(runs / "a")).manifest.truncated


def test_it_outlives_whoever_began_it(runs: Path, scope: bytes) -> None:
    """The beginning process is killed with its whole group, as a server that is ended at a terminal."""
    (runs.parent / "scope").write_bytes(scope)
    code = (
        "import sys, time; from pathlib import Path; from assessor.visit import apart; "
        "from assessor.visit.live import Job; "
        "apart.begin(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), "
        f"Job(seconds=600, reach='{LOOPBACK}')); print('begun', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(runs / "a"), str(runs.parent / "scope")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert parent.stdout is not None and parent.stdout.readline() == b"begun\n"
    os.killpg(parent.pid, 9)
    parent.wait(10)
    parent.stdout.close()
    rows = sampling(runs / "a").sampled
    until(lambda: at(runs / "a").sampled > rows)
    apart.ask_to_stop(runs / "a")
    assert over(runs / "a").phase == "sealed"


@pytest.mark.parametrize("how", ["resume", "seal"])
def test_what_a_killed_run_left_is_taken_up_and_nothing_acknowledged_is_lost(
    runs: Path, scope: bytes, how: str
) -> None:
    folder = runs / "a"
    apart.begin(folder, scope, job())
    rows = sampling(folder).sampled
    process = process_of(folder)
    process.kill()
    process.wait(10)
    assert not live.is_alive(folder) and apart.left_behind(folder)
    apart.again(folder, job(12 if how == "resume" else 600, how))
    done = over(folder)
    assert done.phase == "sealed", done
    bundle = open_bundle(apart.sealed_file(folder))
    assert check(apart.sealed_file(folder)).holds
    assert bundle.samples().num_rows >= rows, "what the page showed was on disk, but for the last second"
    assert bundle.manifest.truncated == (how == "seal")


def test_a_full_disk_ends_the_run_and_what_was_kept_is_sealed_once_there_is_room(runs: Path, scope: bytes) -> None:
    folder = runs / "a"
    apart.begin(folder, scope, job())
    sampling(folder)
    tail = next((folder / "sealed.zip.work").glob("tail*"))
    process = process_of(folder)
    usual = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (tail.stat().st_size + 200, usual[1]))
    done = over(folder)
    assert done.phase == "failed" and done.fault is not None and done.fault.id == "bundle.disk_full"
    assert apart.left_behind(folder)
    apart.again(folder, job(how="seal"))
    assert over(folder).phase == "sealed" and check(apart.sealed_file(folder)).holds


def test_what_may_not_be_begun_is_refused_before_anything_is_sent(runs: Path, scope: bytes) -> None:
    closed = scope + b"\nwindow: {opens: '2026-01-10T08:00:00+08:00', closes: '2026-01-10T18:00:00+08:00'}\n"
    for name, text, reach, why in (
        ("a", scope, "10.0.0.0/8", "visit.reach.outside"),
        ("b", scope, "", "visit.off"),
        ("c", closed, LOOPBACK, "contact.window_closed"),
    ):
        told = apart.begin(runs / name, text, job(reach=reach))
        assert told.phase == "failed" and told.fault is not None and told.fault.id == why
        assert not apart.left_behind(runs / name)


def test_two_processes_do_not_work_on_one_run(runs: Path, scope: bytes) -> None:
    folder = runs / "a"
    apart.begin(folder, scope, job())
    second = subprocess.run([sys.executable, "-m", "assessor.visit", str(folder)], check=False, timeout=60)
    assert second.returncode == 0 and sampling(folder).phase == "sampling"


# What happens to the laptop -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "mono", "told"),
    [
        (0.5, 0.5, None),
        (4.0, 0.5, None),
        (600.5, 0.5, "visit.slept"),
        (600.0, 600.0, "visit.held"),
        (-3599.5, 0.5, "visit.set_back"),
    ],
)
def test_sleep_a_pause_and_a_clock_that_is_set_are_told_apart(wall: float, mono: float, told: str | None) -> None:
    clocks = Clocks(1000.0, 50.0)
    found = clocks.looked(1000 + wall, 50 + mono)
    assert (found.id if found else None) == told
    assert clocks.looked(1000.5 + wall, 50.5 + mono) is None, "it is told once"
    for language in LANGUAGES:
        assert found is None or render(found, language)


def test_a_network_that_changes_is_noted(tmp_path: Path, scope: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = parse(Scope, scope.decode(), "scope.yaml")[0]
    before, after = ((Network(interface="eth0", network=net),) for net in ("10.20.0.0/16", "192.168.1.0/24"))
    stood = Networks(networks=before, plant=("eth0",), forwarding=False, bridged=False)
    teller = Teller(tmp_path, 60)
    teller._stood = stood
    monkeypatch.setattr(telling, "looked_at", lambda _: stood.model_copy(update={"networks": after}))
    teller._look_at_networks(plant)
    teller.tell("sampling")
    told = at(tmp_path)
    assert [one.what.id for one in told.noted] == ["visit.networks_changed"] and told.networks == after
    assert isinstance(told.noted[0].what, Message) and "192.168.1.0/24" in render(told.noted[0].what, "zh")


def test_a_folder_that_is_no_run_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "live.json").write_text("{", "utf-8")
    assert live.read(Live, tmp_path / "live.json") is None
    assert not live.is_alive(tmp_path / "nowhere") and not apart.left_behind(tmp_path)
