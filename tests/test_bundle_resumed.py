"""A run in two parts is one run: what the first part saw is not forgotten because the second saw less."""

import time
from pathlib import Path

from assessor.bundle import create, open_bundle, reopen, seal
from assessor.bundle.resumed import joined
from assessor.domain import AddressSpace, Browse, Device, Message, Nameplate, Tag, Traffic
from tests.test_bundle import KEY, SCOPE, SCOPE_BYTES, SEEN, row


def test_a_resumed_run_that_finds_a_dead_device_keeps_what_was_seen_of_it_before(tmp_path: Path) -> None:
    tag = Tag(id=7, endpoint="press", asset="press", address="ns=1;s=a", path="a")
    plate = Nameplate(source="test", manufacturer="Works")
    device = Device(asset="press", where="Objects", answered=True, nameplate=plate)
    traffic = Traffic(requests=5, failures=0, bytes_sent=1, bytes_received=1, seconds=2, slowest_ms=3)
    browse = Browse(nodes=9, complete=True)
    first = SEEN.model_copy(
        update={"tags": (tag,), "devices": (device,), "traffic": traffic, "browse": browse, "started": 1}
    )
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:
        folder.observe(first)
        folder.samples([row(7, 1)])
        folder.end(True)
    lost, now = Message(id="bundle.too_large"), time.time_ns()
    dead = Device(asset="press", where="Objects", answered=False, problem=lost)
    with reopen(tmp_path / "w") as folder:
        later = SEEN.model_copy(
            update={"started": now, "ended": now + 1, "reached": False, "problem": lost, "devices": (dead,)}
        )
        folder.observe(later.model_copy(update={"ended": now, "traffic": traffic}))
        folder.observe(later.model_copy(update={"traffic": traffic}))
        folder.end(False)
        assert not seal(folder, KEY, tmp_path / "s.zip").manifest.truncated, "the later part came to its end"
    (seen,) = open_bundle(tmp_path / "s.zip").observations()
    assert seen.reached and seen.tags == (tag,) and seen.browse == browse
    assert (seen.started, seen.ended, seen.problem) == (1, now + 1, lost)
    assert seen.devices == (device.model_copy(update={"problem": lost}),)
    assert seen.traffic is not None and seen.traffic.requests == 10, "each part once"
    (gap,) = seen.gaps
    assert gap.ends == now and now - 60_000_000_000 < gap.begins <= now


def test_what_answers_again_is_free_of_its_problem_and_new_tags_come_to_the_old() -> None:
    old, new = (Tag(id=n, endpoint="press", asset="press", address=f"a{n}", path=f"p{n}") for n in (1, 2))
    plate, problem = Nameplate(source="test", serial="9"), Message(id="modbus.silent")
    silent = Device(asset="press", where="unit 1", answered=False, problem=problem)
    first = SEEN.model_copy(update={"tags": (old,), "devices": (silent,), "reached": False, "problem": problem})
    well = silent.model_copy(update={"answered": True, "problem": None, "nameplate": plate})
    second = SEEN.model_copy(update={"started": 50, "ended": 60, "tags": (new,), "devices": (well,)})
    both = joined(first, second, 40)
    assert both.tags == (old, new) and both.devices == (well,) and both.reached and both.problem is None
    assert [(gap.begins, gap.ends) for gap in both.gaps] == [(40, 50)]
    space = AddressSpace(variables=3)
    both = both.model_copy(update={"space": space, "barred": {"BadUserAccessDenied": 2}})
    third = second.model_copy(update={"started": 90, "devices": (well.model_copy(update={"nameplate": None}),)})
    whole = joined(both, third, 80)
    assert whole.devices == (well,), "it said who it is before"
    assert (whole.space, whole.barred) == (space, {"BadUserAccessDenied": 2}), "the later run did not get so far"
    assert [(gap.begins, gap.ends) for gap in whole.gaps] == [(40, 50), (80, 90)]


def test_a_restarted_laptop_does_not_turn_time_back(tmp_path: Path) -> None:
    """Its monotonic clock begins anew; the rows still follow one another, as far apart as they were."""
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:
        folder.samples([row(1, 5_000)._replace(receive=100_000), row(1, 6_000)._replace(receive=101_000)])
        folder.flush()
    with reopen(tmp_path / "w") as folder:
        for at in (10, 1_010):
            folder.samples([row(1, at)._replace(receive=200_000 + at)])
        folder.flush()
    with reopen(tmp_path / "w") as folder:
        folder.samples([row(1, 300_000)._replace(receive=301_010)])
        folder.end(False)
        seal(folder, KEY, tmp_path / "s.zip")
    table = open_bundle(tmp_path / "s.zip").samples()
    assert table["mono"].to_pylist() == [5_000, 6_000, 105_010, 106_010, 300_000]
    assert table["receive"].to_pylist() == [100_000, 101_000, 200_010, 201_010, 301_010], "the wall clock stays"
