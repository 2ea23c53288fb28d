"""The short form in the terminal: asked, gone back on, left, taken up again, and told as a pre-check only."""

import io
import json
from pathlib import Path

import pytest

from assessor import choosing, cli, pipeline
from assessor.domain import Answers
from assessor.forms import load_answers
from assessor.forms.writing import write_answers
from assessor.frameworks import load_library
from models.short_form import CAP

LIBRARY = load_library()
LADDER = choosing.choose_ladder(LIBRARY, "cmmm-2020-discrete", "discrete")
DEMO = Path(__file__).parent.parent / "connectors/simulator/plants/demo/answers.yaml"


def short(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "", code: int = 0) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed.split())))
    with pytest.raises(SystemExit) as left:
        cli.main(["short", *arguments])
    assert left.value.code == code


def read(file: Path) -> Answers:
    return load_answers(file, LIBRARY.questions)


def test_an_answer_file_is_written_as_it_is_read(tmp_path: Path) -> None:
    given = load_answers(DEMO, LIBRARY.questions)
    (tmp_path / "again.yaml").write_bytes(write_answers(given))
    assert read(tmp_path / "again.yaml") == given


def test_answers_are_kept_gone_back_on_and_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    short(monkeypatch, str(file), "--id", "p1", "--by", "it", typed="b 2 d b 3 99 q")
    kept = read(file)
    assert kept.plant == "p1" and [a.value for a in kept.answers] == [2, 3]
    assert {a.by for a in kept.answers} == {"it"}
    short(monkeypatch, str(file), "--id", "p1", code=2)
    short(monkeypatch, str(file), "--resume", typed="d")
    assert read(file).answers[:2] == kept.answers
    assert read(file).answers[2].value == "do-not-know"


@pytest.mark.slow
def test_it_ends_with_a_pre_check_and_the_probability_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.yaml"
    short(monkeypatch, str(file), "--id", "p1", typed=" ".join("1" * CAP))
    shown = capsys.readouterr()
    assert "Pre-check (no rating)" in shown.out and "A diagnosis, not a certificate" in shown.out
    assert "Pre-check:" not in shown.err and "probability" not in shown.err, "nothing is told while it asks"
    at = pipeline.short_form(LIBRARY, LADDER, read(file))
    assert at.following is None and f"after {at.asked} questions level {at.level}" in shown.out
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "zh")
    short(monkeypatch, str(file), "--resume")
    assert "预评估（不是评级）" in capsys.readouterr().out


def test_json_states_where_it_stands_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "a.yaml"
    short(monkeypatch, str(file), "--id", "p1", typed="2 d q")
    before = file.read_bytes()
    capsysbinary.readouterr()
    short(monkeypatch, str(file), "--json")
    told = json.loads(capsysbinary.readouterr().out)
    assert told["pre_check"] is True and told["asked"] == 2
    assert told["next"] in LIBRARY.questions and told["next"] not in before.decode()
    assert sum(told["chances"].values()) == pytest.approx(1)
    assert file.read_bytes() == before


@pytest.mark.parametrize("plant", [[], ["--id", "Not a slug"]])
def test_a_new_file_needs_the_id_of_a_plant(
    plant: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short(monkeypatch, str(tmp_path / "a.yaml"), *plant, code=2)
    assert "my-plant" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_what_is_not_applicable_is_left_out_and_what_is_unknown_is_not_asked_again() -> None:
    first = pipeline.short_form(LIBRARY, LADDER, Answers(format="assessor-answers/1", plant="p", answers=()))
    assert first.following is not None
    entry = {"question": first.following, "by": "it", "at": "2026-01-01", "reason": "none here"}
    for value in ("not-applicable", "do-not-know"):
        given = Answers.model_validate(
            {"format": "assessor-answers/1", "plant": "p", "answers": [entry | {"value": value}]}
        )
        then = pipeline.short_form(LIBRARY, LADDER, given)
        assert then.asked == 1 and then.following not in (None, first.following)
