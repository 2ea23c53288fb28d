"""Sampling at the desk: who may, under what, one at a time; what a run sealed is taken in once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assessor.bundle import open_bundle
from assessor.desk import (
    answering,
    attaching,
    demonstration,
    entering,
    erasing,
    reckoning,
    sampling,
    surveys,
    taking_in,
)
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.sampling import Standing
from assessor.errors import AccessError, ContactError, InputError, UnknownError
from assessor.storage import Run, papers, runs
from assessor.visit import apart, live
from assessor.visit.reach import read_reach
from connectors.preview import preview
from tests.sampled import end_all, plant_scope, process_of
from tests.waiting import until
from tests.web.matrix_world import SCOPE as CLOSED
from tests.web.people import Person, at_once, entry, factory, joined
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scope() -> Iterator[bytes]:
    with plant_scope() as one:
        yield one


@pytest.fixture
def floor(lite: Desk, tmp_path: Path) -> Iterator[Desk]:
    """A desk that may sample on this machine."""
    yield replace(lite, reach=read_reach("127.0.0.0/8"), runs=tmp_path / "runs")
    end_all(tmp_path / "runs")


def plant(desk: Desk, scope: bytes | str, name: str = "测试厂") -> tuple[Person, str]:
    """A factory with a scope; its consultant."""
    house, owner, survey = factory(desk, name)
    consultant = joined(desk, house, "consultant")
    data = scope.encode() if isinstance(scope, str) else scope
    attaching.attach(desk, owner.who, survey, Handed("scope", "scope.yaml", data))
    return consultant, survey


def told(desk: Desk, who: Person, survey: str, run: Run) -> Standing:
    return sampling.standing(desk, who.who, survey, run.id)


def place(desk: Desk, run: Run) -> Path:
    assert desk.runs is not None
    return desk.runs / run.id


def heard(desk: Desk, run: Run, rows: int = 30) -> int:
    """Wait until so many rows came."""

    def enough() -> bool:
        at = live.read(live.Live, place(desk, run) / "live.json")
        return at is not None and (at.sampled >= rows or at.phase == "failed")

    until(enough)
    at = live.read(live.Live, place(desk, run) / "live.json")
    assert at is not None and at.fault is None
    return at.sampled


def refused(desk: Desk, who: Person, survey: str, seconds: int = 60) -> str:
    with pytest.raises((InputError, AccessError, ContactError)) as problem:
        sampling.start(desk, who.who, survey, seconds)
    return problem.value.message.id


def test_a_day_from_the_scope_to_a_result_that_rests_on_it(floor: Desk, scope: bytes) -> None:
    who, survey = plant(floor, scope)
    held = sampling.agreed(floor, who.who, survey)
    assert held is not None and len(held.scope.endpoints) == 2
    stated = preview(held.scope, 600)
    assert stated.requests and stated.connections == 2
    run = sampling.start(floor, who.who, survey, 600)
    heard(floor, run)
    assert told(floor, who, survey, run).runs
    assert refused(floor, who, survey) == "desk.run_open"
    sampling.stop(floor, who.who, survey, run.id)
    until(lambda: told(floor, who, survey, run).phase == "kept")
    kept = told(floor, who, survey, run).run
    bundles = attaching.listed(floor, who.who, survey, "bundle")
    assert [f.id for f in bundles] == [kept.file] and not place(floor, run).exists()
    answering.save(floor, who.who, survey, entry("m5-l2-1", "1"))
    done = reckoned(floor, who.who, survey)
    assert done.source is not None and done.source.bundle == bundles[0].about["digest"]
    assert surveys.get(floor, who.who, survey).plant["simulated"], "the plant is as its scope says"


def test_another_run_takes_the_place_of_the_one_before_unless_somebody_says_otherwise(
    floor: Desk, scope: bytes
) -> None:
    who, survey = plant(floor, scope)
    files = []
    for _ in range(2):
        run = sampling.start(floor, who.who, survey, 10)
        until(lambda run=run: told(floor, who, survey, run).phase == "kept")  # type: ignore[misc]
        files.append(told(floor, who, survey, run).run.file)
    bundles = attaching.listed(floor, who.who, survey, "bundle")
    counting = attaching.counting(bundles)
    assert counting is not None and counting.id == files[1]
    answering.save(floor, who.who, survey, entry("m5-l2-1", "1"))
    by_id: dict[str | None, Any] = {f.id: f.about["digest"] for f in bundles}
    assert _source(floor, who, survey) == by_id[files[1]]
    assert files[0] is not None
    attaching.count(floor, who.who, survey, files[0])
    assert _source(floor, who, survey) == by_id[files[0]]


def _source(desk: Desk, who: Person, survey: str) -> str:
    done = reckoned(desk, who.who, survey)
    assert done.source is not None
    return done.source.bundle


def test_what_may_not_be_begun(floor: Desk, scope: bytes) -> None:
    house, owner, bare = factory(floor, "没有范围的厂")
    assert refused(floor, owner, bare) == "desk.no_scope"
    who, survey = plant(floor, CLOSED, "窗口已过的厂")
    assert refused(floor, who, survey) == "contact.window_closed"
    who, survey = plant(floor, scope, "测试厂")
    for seconds in (0, 9, 15 * 86_400):
        assert refused(floor, who, survey, seconds) == "desk.run_length"
    assert refused(replace(floor, reach=None), who, survey) == "visit.off"
    assert refused(replace(floor, reach=read_reach("10.0.0.0/8")), who, survey) == "visit.reach.outside"
    for role in ("member", "reviewer"):
        colleague = joined(floor, surveys.get(floor, who.who, survey).organisation, role)  # type: ignore[arg-type]
        assert refused(floor, colleague, survey) == "desk.not_allowed"
    stranger = joined(floor, house, "owner")
    with pytest.raises(UnknownError):
        sampling.start(floor, stranger.who, survey, 60)
    entered, demo = demonstration.enter(floor, "127.0.0.1", "zh")
    visitor = entering.known_by_session(floor, entered.token)
    assert visitor is not None
    with pytest.raises(AccessError, match="demonstration"):
        sampling.start(floor, visitor.actor, demo, 60)
    with floor.store.read() as c:
        assert not runs.not_over(c), "nothing is noted of what was refused"
    assert floor.runs is not None and {file.name for file in floor.runs.glob("*")} <= {"place"}


def test_no_scope_leads_to_files_and_secrets_of_the_server(floor: Desk, scope: bytes) -> None:
    secret = (
        "- {id: spy, protocol: opcua, address: 'opc.tcp://127.0.0.1:4999', role: machine, "
        "credential: {user: u, secret: 'env:PATH'}}\n"
    )
    line = (
        "- {id: line, protocol: modbus-rtu, address: /dev/ttyS0, role: meter, "
        "serial: {sole_master: true}, units: [{unit: 1, asset: pck-01}]}\n"
    )
    for n, (text, why) in enumerate(((secret, "credential"), (line, "line"))):
        who, survey = plant(floor, scope.decode().replace("\nendpoints:\n", "\nendpoints:\n" + text), f"厂{n}")
        assert refused(floor, who, survey) == f"visit.reach.{why}"


def test_a_device_is_asked_for_one_survey_at_a_time(floor: Desk, scope: bytes) -> None:
    who, survey = plant(floor, scope, "甲厂")
    other, second = plant(floor, scope, "乙厂")
    run = sampling.start(floor, who.who, survey, 600)
    assert refused(floor, other, second) == "desk.run_elsewhere"
    sampling.stop(floor, who.who, survey, run.id)
    until(lambda: told(floor, who, survey, run).phase == "kept")
    again = sampling.start(floor, other.who, second, 10)
    until(lambda: told(floor, other, second, again).phase == "kept")


@pytest.mark.parametrize("how", ["resume", "seal"])
def test_a_run_whose_process_was_killed_waits_for_somebodys_word(floor: Desk, scope: bytes, how: str) -> None:
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 600)
    rows = heard(floor, run)
    process = process_of(place(floor, run))
    process.kill()
    process.wait(10)
    stands = told(floor, who, survey, run)
    assert stands.phase == "interrupted" and stands.left and not stands.runs
    taking_in.sweep(floor)
    assert place(floor, run).exists(), "nobody clears away what was heard"
    assert refused(floor, who, survey) == "desk.run_open"
    sampling.again(floor, who.who, survey, run.id, how)  # type: ignore[arg-type]
    if how == "resume":
        assert told(floor, who, survey, run).runs
        sampling.stop(floor, who.who, survey, run.id)
    until(lambda: told(floor, who, survey, run).phase == "kept")
    with pytest.raises(InputError):
        sampling.again(floor, who.who, survey, run.id, "seal")
    file = attaching.listed(floor, who.who, survey, "bundle")[0]
    _, data = attaching.content(floor, who.who, survey, file.id)
    (place(floor, run).parent / "taken.zip").write_bytes(data)
    assert open_bundle(place(floor, run).parent / "taken.zip").samples().num_rows >= rows


def test_a_run_that_came_to_nothing_does_not_stand_in_the_way(floor: Desk, scope: bytes) -> None:
    who, survey = plant(floor, scope)
    assert floor.runs is not None
    run = Run("0" * 32, survey, "0" * 64, 60, who.who.account, floor.clock(), taking_in.place_of(floor.runs))
    with floor.store.write() as c:
        runs.add(c, run)  # the power failed between the note and the process
    assert told(floor, who, survey, run).phase == "interrupted" and refused(floor, who, survey) == "desk.run_open"
    later = replace(floor, clock=lambda: run.began + 100 * 10**9)
    assert told(later, who, survey, run).phase == "given_up"
    begun = sampling.start(floor, who.who, survey, 10)
    until(lambda: told(floor, who, survey, begun).phase == "kept")


def test_what_was_sealed_is_taken_in_once(desk: Desk, scope: bytes, tmp_path: Path) -> None:
    """By however many look at the same moment; on either database."""
    floor = replace(desk, reach=read_reach("127.0.0.0/8"), runs=tmp_path / "runs")
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 10)
    until(lambda: not live.is_alive(place(floor, run)))
    assert apart.sealed_file(place(floor, run)).exists()
    found = at_once(*[lambda: told(floor, who, survey, run)] * 4, *[lambda: taking_in.sweep(floor)] * 2)
    assert not [f for f in found if isinstance(f, Exception)], found
    assert told(floor, who, survey, run).phase == "kept"
    assert len(attaching.listed(floor, who.who, survey, "bundle")) == 1
    end_all(tmp_path / "runs")


def test_a_bundle_that_finds_no_room_stays_until_there_is_some(
    floor: Desk, scope: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 10)
    until(lambda: not live.is_alive(place(floor, run)))
    monkeypatch.setitem(taking_in.LARGEST, "bundle", 1000)
    stands = told(floor, who, survey, run)
    assert stands.phase == "sealed" and stands.run.fault is not None
    assert sampling.sealed(floor, who.who, survey, run.id).stat().st_size > 1000
    monkeypatch.undo()
    assert told(floor, who, survey, run).phase == "sealed", "tried again when somebody says so"
    sampling.again(floor, who.who, survey, run.id, "seal")
    assert told(floor, who, survey, run).phase == "kept"
    with pytest.raises(UnknownError):
        sampling.sealed(floor, who.who, survey, run.id)


def test_an_erased_survey_takes_its_run_along(floor: Desk, scope: bytes) -> None:
    _, owner, survey = factory(floor)
    attaching.attach(floor, owner.who, survey, Handed("scope", "scope.yaml", scope))
    run = sampling.start(floor, owner.who, survey, 600)
    heard(floor, run)
    erasing.erase_survey(floor, owner.who, survey)

    def gone() -> bool:
        taking_in.sweep(floor)
        return not place(floor, run).exists()

    until(gone)
    with floor.store.read() as c:
        assert not runs.not_over(c) and papers.files_of(c, survey) == []


def test_data_points_are_drawn_for_those_who_may(floor: Desk, scope: bytes) -> None:
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 600)
    heard(floor, run)
    until(lambda: bool(sampling.picks(floor, who.who, survey, run.id)[0].tags))
    ids = tuple(t.id for t in sampling.picks(floor, who.who, survey, run.id)[0].tags)
    sampling.choose(floor, who.who, survey, run.id, (*ids[:9], 1, -5, 2**70))
    assert sampling.picks(floor, who.who, survey, run.id)[1].ids == ids[: live.MOST_PLOTS]
    reader = joined(floor, surveys.get(floor, who.who, survey).organisation, "reviewer")
    for act in (sampling.agreed, sampling.all_of):
        with pytest.raises(AccessError):
            act(floor, reader.who, survey)
    with pytest.raises(AccessError):
        sampling.choose(floor, reader.who, survey, run.id, ids)
    assert reckoning.result(floor, reader.who, survey).done is None
    sampling.stop(floor, who.who, survey, run.id)
    until(lambda: told(floor, who, survey, run).phase == "kept")


def test_only_what_somebody_looked_at_is_begun_and_only_by_those_who_may_is_it_changed(
    floor: Desk, scope: bytes
) -> None:
    who, survey = plant(floor, scope)
    held = sampling.agreed(floor, who.who, survey)
    assert held is not None
    attaching.attach(floor, who.who, survey, Handed("scope", "scope.yaml", scope + b"\n# another\n"))
    with pytest.raises(InputError, match="other_scope"):
        sampling.start(floor, who.who, survey, 60, held.file.sha256)
    member = joined(floor, surveys.get(floor, who.who, survey).organisation, "member")
    for kind in ("scope", "network", "precheck", "work"):
        with pytest.raises(AccessError):
            attaching.attach(floor, member.who, survey, Handed(kind, "x", scope))  # type: ignore[arg-type]


def test_another_installation_touches_no_run_that_is_not_its_own(
    floor: Desk, scope: bytes, tmp_path: Path
) -> None:
    """Two servers on one database, each with a home; and another database on the same home."""
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 600)
    heard(floor, run)
    other = replace(floor, runs=tmp_path / "other", clock=lambda: run.began + 10**12)
    assert sampling.standing(other, who.who, survey, run.id).phase == "elsewhere"
    taking_in.sweep(other)
    assert told(floor, who, survey, run).runs
    place(floor, run).with_name("f" * 32).mkdir()
    taking_in.sweep(floor)  # a folder that no row of this database speaks of
    assert place(floor, run).with_name("f" * 32).exists()
    sampling.stop(floor, who.who, survey, run.id)
    until(lambda: told(floor, who, survey, run).phase == "kept")


def test_a_run_is_closed_without_deleting_what_it_left_and_seen_where_nothing_may_begin(
    floor: Desk, scope: bytes
) -> None:
    who, survey = plant(floor, scope)
    run = sampling.start(floor, who.who, survey, 600)
    heard(floor, run)
    off = replace(floor, reach=None)
    assert sampling.picks(off, who.who, survey, run.id) and sampling.standing(off, who.who, survey, run.id).runs
    with pytest.raises(InputError):
        sampling.close(floor, who.who, survey, run.id)
    process = process_of(place(floor, run))
    process.kill()
    process.wait(10)
    with pytest.raises(AccessError):
        sampling.again(off, who.who, survey, run.id, "resume")
    sampling.close(off, who.who, survey, run.id)
    assert told(floor, who, survey, run).phase == "given_up" and apart.left_behind(place(floor, run))
    begun = sampling.start(floor, who.who, survey, 10)
    until(lambda: told(floor, who, survey, begun).phase == "kept")


def test_a_plant_keeps_what_its_people_said_of_it(floor: Desk, scope: bytes) -> None:
    _, owner, survey = factory(floor)
    surveys.change_plant(floor, owner.who, survey, {"name": "甲厂", "employees": 777, "district": "嘉定区"})
    without = "\n".join(line for line in scope.decode().splitlines() if not line.startswith("  employees"))
    attaching.attach(floor, owner.who, survey, Handed("scope", "scope.yaml", without.encode()))
    assert surveys.get(floor, owner.who, survey).plant["employees"] == 777
