"""Judging thousands again: the same ratings as of one at a time, whoever does it, and nothing lost on the way."""

import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import choosing, cli
from assessor.audit import read_assessment
from assessor.domain import Answer, Assessment, Cut, Ladder, Proof, Question, Settlement, canonical
from assessor.errors import InputError
from assessor.frameworks import Library, load_library
from assessor.messages import render
from assessor.portfolio import crew, shelf
from assessor.portfolio.again import Order, concerned, library
from assessor.portfolio.candidate import candidate
from assessor.portfolio.filed import Filed, filed
from assessor.portfolio.impact import Impact, impact
from assessor.portfolio.judging import Judging
from assessor.portfolio.rerate import Rerated, judged, known, rerate_many, standing
from assessor.portfolio.stored import Stored
from assessor.rating import rate_library
from assessor.reconcile import reconcile
from benchmarks.portfolio import portfolio
from tests.crews import dying, square
from tests.golden import CASE
from tests.waiting import until
from tests.web.editions import CMMM, newer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LIBRARY = load_library()
DONE = read_assessment(CASE.read_bytes(), "demo")
JUDGING = Judging.of(LIBRARY)
"""One for all cases: what it keeps of one must not get into another."""
STYLES = ("siri-style", "impuls-style", "dmat-style", "acatech-style")
PROOF = Proof(kind="document", title="note")


# The same as one at a time -------------------------------------------------------------------------------------


def said(question: Question, drawn: random.Random, by: str) -> Answer:
    """Anything that can be said to a question, also that it does not apply."""
    at = f"2026-01-{drawn.randint(1, 28):02d}"
    if (kind := drawn.random()) < 0.1:
        value: Any = "not-applicable" if kind < 0.05 else "do-not-know"
        return Answer(question=question.id, value=value, by=by, at=at, reason="none")
    if question.kind == "several":
        value = tuple(o.id for o in question.options if drawn.random() < 0.5)
    elif question.scale is not None:
        value = drawn.choice(question.scale)
    else:
        value = Fraction(drawn.randint(0, 10), 10 if question.kind == "share" else 1)
    target = drawn.choice(question.scale) if question.scale and drawn.random() < 0.1 else None
    return Answer(question=question.id, value=value, by=by, at=at, target=target)


def assessment(seed: int) -> Assessment:
    """A plant of either kind that answers anything, settles some, cuts some and asks for frameworks of its own."""
    drawn = random.Random(seed)
    kind = drawn.choice(("discrete", "process"))
    ladder = LIBRARY.frameworks[f"cmmm-2020-{kind}"]
    assert isinstance(ladder, Ladder)
    share = drawn.random()
    asked = [q for q in LIBRARY.questions.values() if drawn.random() < share]
    given_ = [said(q, drawn, by) for q in asked for by in ("it", "owner") if by == "it" or drawn.random() < 0.2]
    settled = [q for q in asked if q.kind == "degree" and drawn.random() < 0.05]
    cuts = [d.id for d in ladder.dimensions if d.may_be_cut and drawn.random() < 0.2]
    answers = DONE.answers.model_copy(
        update={
            "answers": tuple(given_),
            "settlements": tuple(
                Settlement(
                    question=q.id,
                    value=Fraction(1, 2),
                    reply="a",
                    reason="b",
                    proof=PROOF,
                    by="c",
                    at="2026-02-01",
                )
                for q in settled
            ),
            "cuts": tuple(Cut(dimension=id_, reason="none") for id_ in cuts),
            "frameworks": tuple(id_ for id_ in STYLES if drawn.random() < 0.5),
        }
    )
    plant = DONE.plant.model_copy(update={"kind": kind})
    measurements = tuple(m for m in DONE.measurements if drawn.random() < 0.8)
    framework = ladder.of_plant(kind)  # type: ignore[arg-type]
    update = {"plant": plant, "answers": answers, "measurements": measurements, "framework": framework}
    return DONE.model_copy(update=update)


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_many_at_once_stand_where_each_stands_alone(seed: int) -> None:
    """By every framework: the whole evidence, every sum opened, against the end alone."""
    done = assessment(seed)
    answers = known(done.answers, LIBRARY)
    asked = tuple(LIBRARY.questions.values())
    ladders = [f for f in LIBRARY.frameworks.values() if isinstance(f, Ladder)]
    evidence = reconcile(asked, answers, done.measurements, ladders)
    main = choosing.choose_ladder(LIBRARY, done.framework.id, done.plant.kind)
    rated_by = choosing.wanted(LIBRARY, answers, main)
    alone = {
        r.head.id: standing(r) for r in rate_library(rated_by, asked, evidence, answers.cuts, done.plant.kind)
    }
    kept = Filed.model_validate_json(filed(done).model_dump_json(exclude_defaults=True))
    assert dict(JUDGING.judge(kept, "x").standings) == alone


def test_the_golden_case_stands_where_the_whole_pipeline_puts_it() -> None:
    alone = judged(Stored("demo", DONE), LIBRARY)
    assert {id_: standing(r) for id_, r in alone.rated.items()} == dict(JUDGING.judge(filed(DONE), "x").standings)
    assert filed(DONE).stood == dict(JUDGING.judge(filed(DONE), "x").standings)


def test_what_is_kept_names_no_person_and_gives_no_reason() -> None:
    told = filed(DONE).model_dump_json()
    assert len(told) < len(canonical(DONE)) / 50
    answers = DONE.answers.answers
    said = [answer.reason for answer in answers if answer.reason]
    titles = [proof.title for answer in answers for proof in answer.proofs]
    assert said and not [word for word in (*said, *titles) if word in told]


# Whoever does it -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 generated Assessments in a pack, and an edition that is to be."""
    made = tmp_path_factory.mktemp("many")
    assert shelf.write_pack(made / "all.pack", portfolio([DONE], LIBRARY, 200)) == 200
    (made / "newer.yaml").write_bytes(newer(LIBRARY))
    return made


@pytest.fixture(scope="module")
def order() -> Order:
    other = candidate("newer.yaml", newer(LIBRARY), LIBRARY)
    return Order(other.parts, (), LIBRARY.parts)


@pytest.fixture(scope="module")
def serial(folder: Path, order: Order) -> bytes:
    return told(rerate_many(shelf.pieces([folder / "all.pack"]), order), order)


def told(found: Rerated, order: Order) -> bytes:
    report = impact(library(order.before or {}), library(order.parts), found)
    assert report.plants == 200 and not report.faults and report.moved
    return canonical(report)


def test_a_pool_of_processes_gives_the_same(folder: Path, order: Order, serial: bytes) -> None:
    done: list[int] = []
    found = rerate_many(shelf.pieces([folder / "all.pack"]), order, "processes", done.append, workers=2)
    assert told(found, order) == serial and sum(done) == 200


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers of Dask on the loopback, in processes of their own."""
    file, env = tmp_path / "scheduler.json", os.environ | {"PYTHONPATH": str(ROOT)}
    quiet: dict[str, Any] = {"env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", str(file)], **quiet)]
    try:
        until(file.exists)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
        worker += ["--nthreads", "1", "--no-dashboard", "--no-nanny"]
        started += [subprocess.Popen(worker, cwd=tmp_path, **quiet) for _ in range(2)]
        yield json.loads(file.read_text())["address"]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait(30)


@pytest.mark.wire
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_gives_the_same(folder: Path, order: Order, serial: bytes, scheduler: str) -> None:
    found = rerate_many(shelf.pieces([folder / "all.pack"]), order, scheduler)
    assert told(found, order) == serial


@pytest.mark.wire
@pytest.mark.filterwarnings("ignore")
def test_where_no_scheduler_answers_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "PATIENCE", 1)
    with pytest.raises(InputError) as caught:
        list(crew.run(square, 0, [1], "tcp://127.0.0.1:9"))
    assert caught.value.message.id == "edition.no_scheduler"


def test_without_dask_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError) as caught:
        list(crew.run(square, 0, [1], "tcp://127.0.0.1:9"))
    assert caught.value.message.id == "edition.no_dask"
    with pytest.raises(InputError) as caught:
        crew.chosen("sometimes")
    assert caught.value.message.id == "edition.executor"


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    found = {one.place: one.result for one in crew.run(dying, str(tmp_path), range(12), "processes", 2)}
    assert isinstance(found.pop(5), crew.Lost)
    assert found == {n: n * n for n in range(12) if n != 5}


# Nothing lost on the way ---------------------------------------------------------------------------------------


def test_one_unreadable_file_is_named_and_takes_nothing_along(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_bytes(canonical(DONE))
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "c.pack").write_bytes((folder / "all.pack").read_bytes())
    assert ran("rerate", str(tmp_path), "--json") == 4
    caught = capfd.readouterr()
    assert len({m["plant"] for m in json.loads(caught.out)}) == 201
    assert "b.json" in caught.err and "a.json" not in caught.err
    (tmp_path / "d.pack").write_bytes(b"none")
    assert ran("rerate", str(tmp_path / "d.pack"), "--json") == 4


def test_a_bad_pack_is_named_with_what_is_wrong_and_takes_nothing_along(folder: Path, tmp_path: Path) -> None:
    """Damaged, encrypted, cut off, other JSON, an entry that is none: an error each, with place and reason."""
    sound = (folder / "all.pack").read_bytes()
    with zipfile.ZipFile(io.BytesIO(sound)) as pack:
        name, page = pack.namelist()[0], zlib.decompress(pack.read(pack.namelist()[0]))
    locked = bytearray(sound)
    for at in (sound.index(b"PK\x03\x04") + 6, sound.index(b"PK\x01\x02") + 8):
        locked[at] |= 1  # says that it is encrypted
    held = json.loads(page)
    held["held"][2]["filed"]["made"] = "yesterday"
    wrong = {
        "a-none.pack": (b"none", "edition.not_a_pack"),
        "b-cut.pack": (sound[: len(sound) // 2], "edition.not_a_pack"),
        "c-locked.pack": (bytes(locked), "edition.not_a_pack"),
        "d-other.pack": (packed_as(name, zlib.compress(b"[]")), "edition.not_a_pack"),
        "e-raw.pack": (packed_as(name, page), "edition.not_a_pack"),
        "f-short.pack": (packed_as(name, zlib.compress(page)[:-9]), "edition.not_a_pack"),
        "g-entry.pack": (packed_as(name, zlib.compress(json.dumps(held).encode())), "edition.bad_entry"),
        "h-count.pack": (packed_as(name.replace("-100", "-99"), zlib.compress(page)), "edition.pack_count"),
    }
    for file, (data, _) in wrong.items():
        (tmp_path / file).write_bytes(data)
    (tmp_path / "z.json").write_bytes(canonical(DONE))
    order = Order(LIBRARY.parts)
    files = shelf.shelved([tmp_path])
    assert shelf.count(files) > len(wrong)
    found = rerate_many(shelf.pieces(files), order)
    told = {Path(f.file.partition(".pack")[0]).name + ".pack": f.why for f in found.faults}
    assert {file: why.id for file, why in told.items()} == {file: id_ for file, (_, id_) in wrong.items()}
    assert told["g-entry.pack"].params == {"n": 3, "at": "made"}
    assert len(found.moves) > 0


def packed_as(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr(name, data)
    return out.getvalue()


def test_an_assessment_that_is_none_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{\n  "format": "assessor-assessment/1",\n  "plant": 3\n}')
    (tmp_path / "b.json").write_text('{\n  "format": \n')
    found = rerate_many(shelf.pieces(shelf.shelved([tmp_path])), Order(LIBRARY.parts))
    places = sorted(Path(f.file).name for f in found.faults)
    assert [place.partition(":")[0] for place in places] == ["a.json", "b.json"]
    assert all(re.match(r"\w\.json:\d+", place) for place in places), places


def test_the_command_tells_whom_a_candidate_moves(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], serial: bytes
) -> None:
    pack, edition = str(folder / "all.pack"), str(folder / "newer.yaml")
    assert ran("rerate", pack, "--candidate", edition, "-o", str(tmp_path / "r.json"), "--json") == 0
    assert (tmp_path / "r.json").read_bytes() == serial == capfd.readouterr().out.encode()
    assert ran("rerate", pack, "--candidate", edition, "-o", str(tmp_path / "r.xlsx")) == 0
    told = render("edition.part.satisfied_at", "en").split()  # in a cell that may be narrow
    assert set(told) <= set(capfd.readouterr().out.split()) and (tmp_path / "r.xlsx").stat().st_size > 5000
    assert ran("rerate", pack, "--candidate", edition, "-o", str(tmp_path / "r.txt")) == 2
    assert ran("rerate", pack, "--candidate", str(tmp_path / "none.yaml")) == 2
    (tmp_path / "one.json").write_bytes(canonical(DONE))
    assert ran("pack", str(tmp_path / "one.json"), "-o", str(tmp_path / "one.pack")) == 0
    assert shelf.count([tmp_path / "one.pack"]) == 1
    assert ran("pack", str(tmp_path / "one.json"), "-o", str(tmp_path / "one.zip")) == 2


def ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


# Who moves and why ---------------------------------------------------------------------------------------------


def report(before: Library, data: bytes, held: list[tuple[str, Filed]]) -> Impact:
    other = candidate("newer.yaml", data, before)
    order = Order(other.parts, (), before.parts)
    return impact(before, other, rerate_many(((page,) for page in shelf.paged(held)), order))


def test_each_mover_hangs_on_the_change_that_moves_it_alone(folder: Path) -> None:
    """Held against libraries with one change alone, each judged by itself."""
    held = list(portfolio([DONE], LIBRARY, 30))
    mark, weight = {"satisfied_at: 0.8": "satisfied_at: 0.6"}, {"      p1: 1\n": "      p1: 9\n"}
    found = report(LIBRARY, newer(LIBRARY, **mark, **weight), held)
    single = {f"{CMMM}/satisfied_at": mark, f"{CMMM}/weight_sets/equal": weight}
    assert {one.change.id for one in found.hanging} == set(single)
    moved = {id_: {m.plant for m in report(LIBRARY, newer(LIBRARY, **c), held).moved} for id_, c in single.items()}
    assert all(moved.values())
    for one in found.moved:
        assert set(one.hangs) == {id_ for id_, plants in moved.items() if one.plant in plants}
    for matrix in found.matrices:
        assert sum(c.plants for c in matrix.cells) == sum(matrix.ways.values())
    assert sum(m.ways.get("up", 0) for m in found.matrices) == sum(m.way == "up" for m in found.moved)


def test_what_does_not_differ_is_not_judged_twice_and_what_hangs_on_it_is() -> None:
    """The frameworks that are left out stand where they stood, for plants with cuts and gates too."""
    other = candidate("newer.yaml", newer(LIBRARY), LIBRARY)
    only, beside = concerned(LIBRARY, other)
    assert CMMM in only - beside and "smart-factory-tiers-2025" in only - beside
    now = Judging.of(other)
    for seed in range(12):
        kept = filed(assessment(seed))
        before, after = JUDGING.judge(kept, "x").standings, now.judge(kept, "x").standings
        without = beside if not kept.cuts else frozenset()
        differing = {id_ for id_ in before if before[id_] != after[id_]}
        assert differing <= only - without
