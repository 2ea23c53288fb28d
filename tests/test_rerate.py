"""Judging again: who moved, and whether data or rule moved them; editions that cannot change unseen."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessor import audit, cli, pipeline
from assessor.bundle import open_bundle, write_assessment
from assessor.domain import Answer, Assessment, canonical
from assessor.errors import InputError
from assessor.frameworks import Library, load_library, read_library
from assessor.frameworks.editions import FILE, fingerprint, record, unchanged
from assessor.portfolio.rerate import Stored, change, rerate, stored
from assessor.run import DEMO
from tests.golden import KEY, assessed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
CMMM = "cmmm-2020-discrete"
LAXER = {"satisfied_at: 0.8": "satisfied_at: 0.79"}
SMALL = ROOT / "tests/cases/library/base"


def revised(**changes: str) -> Library:
    """The shipped library with an edition '99' of CMMM in force and the present one as an earlier edition."""
    parts = load_library().parts
    name = f"frameworks/{CMMM}.yaml"
    text = parts[name].decode()
    version = load_library().frameworks[CMMM].version
    newer = text.replace(f'version: "{version}"', 'version: "99"')
    for before, after in changes.items():
        assert before in newer
        newer = newer.replace(before, after)
    return read_library(parts | {name: newer.encode(), f"frameworks/{CMMM}@{version}.yaml": parts[name]})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assessment]:
    folder = tmp_path_factory.mktemp("rerate")
    return folder, assessed(folder)


def later(done: Assessment, value: Fraction) -> Assessment:
    """A later Assessment of the plant in which every answer of level 1 and 2 is this degree."""
    low = tuple(
        a.model_copy(update={"value": value}) if "-l1-" in a.question or "-l2-" in a.question else a
        for a in done.answers.answers
    )
    answers = done.answers.model_copy(update={"answers": low})
    library = load_library()
    judged = pipeline.judge(done.framework, library, answers, done.measurements, done.plant.kind)
    return done.model_copy(update={"answers": answers, "made": done.made + 1, **judged.parts})


def test_the_same_library_moves_nobody(made: tuple[Path, Assessment]) -> None:
    moves = rerate([Stored("a", made[1])], load_library())
    assert {m.framework for m in moves} >= {CMMM}
    assert all(m.moved_by == "nothing" and m.before == m.after for m in moves)


def test_a_changed_rule_moves_by_the_rule(made: tuple[Path, Assessment]) -> None:
    """A mark of 0.79 instead of 0.8 satisfies level 2, which had missed it by a hair."""
    library = revised(**LAXER)
    (move,) = rerate([Stored("a", made[1])], library, [CMMM])
    assert (move.moved_by, move.after.version) == ("rule", "99")
    assert (change(move) or 0) > 0
    version = load_library().frameworks[CMMM].version
    (former,) = rerate([Stored("a", made[1])], library, [f"{CMMM}@{version}"])
    assert former.moved_by == "nothing", "an earlier edition stays runnable"


def test_changed_answers_move_by_the_data(made: tuple[Path, Assessment]) -> None:
    done = made[1]
    worse = later(done, Fraction(0))
    (move,) = rerate([Stored("b", worse), Stored("a", done)], load_library(), [CMMM])
    assert (move.files, move.moved_by) == (("a", "b"), "data")
    both = rerate([Stored("b", worse), Stored("a", done)], revised(**LAXER), [CMMM])
    assert both[0].moved_by == "both"


def test_a_question_that_is_gone_is_named_and_does_not_count(made: tuple[Path, Assessment]) -> None:
    answer = Answer(question="long-gone", value=Fraction(1), by="it", at="2026-01-01")
    done = made[1]
    answers = done.answers.model_copy(update={"answers": (*done.answers.answers, answer)})
    (move,) = rerate([Stored("a", done.model_copy(update={"answers": answers}))], load_library(), [CMMM])
    assert (move.dropped, move.moved_by) == (("long-gone",), "nothing")


@pytest.mark.slow
def test_the_command_reads_filing_bundles(
    made: tuple[Path, Assessment], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, done = made
    file = tmp_path / "filing.zip"
    write_assessment(
        file,
        source=open_bundle(folder / "sealed.zip"),
        assessment=canonical(done),
        answers=(DEMO / "answers.yaml").read_bytes(),
        parts=load_library().parts,
        key=KEY,
        made=done.made,
    )
    assert audit.verify(file).holds and stored(file).done == done
    assert _ran("rerate", str(file), "--json") == 0
    told: list[dict[str, Any]] = json.loads(capfd.readouterr().out)
    assert {move["moved_by"] for move in told} == {"nothing"}
    assert _ran("rerate", str(file), "--framework", "nonesuch") == 2
    assert _ran("rerate", str(folder / "sealed.zip")) == 4
    assert _ran("rerate", str(tmp_path / "none.zip")) == 2


def _ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


# Editions


def test_what_is_shipped_is_recorded_and_unchanged() -> None:
    library = load_library()
    root = ROOT / "questionnaires"
    recorded = json.loads((root / FILE).read_bytes())
    held = [*library.frameworks.values(), *library.earlier.values()]
    assert {f"{f.id}@{f.version}" for f in held} <= recorded.keys(), "run `make docs`"


def test_a_changed_file_under_an_unchanged_version_is_refused(tmp_path: Path) -> None:
    for file in SMALL.rglob("*.yaml"):
        there = tmp_path / file.relative_to(SMALL)
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(file.read_bytes())
    assert record(tmp_path, load_library(tmp_path).frameworks.values()) == ["small@1"]
    file = tmp_path / "frameworks/small.yaml"
    text = file.read_text("utf-8")
    file.write_text("# a remark\n" + text, "utf-8")
    assert load_library(tmp_path).frameworks, "how it is written may change"
    file.write_text(text.replace("satisfied_at: 0.8", "satisfied_at: 0.9"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_library(tmp_path)
    assert caught.value.message.id == "library.changed_edition"
    raised = text.replace("satisfied_at: 0.8", "satisfied_at: 0.9").replace('version: "1"', 'version: "2"')
    file.write_text(raised, "utf-8")
    library = load_library(tmp_path)
    assert record(tmp_path, library.frameworks.values()) == ["small@2"]
    (tmp_path / FILE).write_text("[]", "utf-8")
    with pytest.raises(InputError) as caught:
        unchanged(tmp_path, library.frameworks.values())
    assert caught.value.message.id == "library.editions_unreadable"


def test_a_fingerprint_covers_all_that_is_said() -> None:
    framework = load_library().frameworks[CMMM]
    assert fingerprint(framework) != fingerprint(framework.model_copy(update={"satisfied_at": Fraction(1)}))
