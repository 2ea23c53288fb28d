"""The bank as an XLSForm: pyxform and ODK Validate accept it, and what is filled in comes back as answers."""

import io
import shutil
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyxform import xls2xform

from assessor import cli
from assessor.domain import Answer, Answers, Need, Option, Proof, Question, Text, Topic
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.forms.submission import merge_submission, read_submission
from assessor.forms.xlsform import write_xlsform
from assessor.frameworks import load_library

F = Fraction


def text(words: str) -> Text:
    return Text(zh=f"中{words}", en=words)


def question(id_: str, kind: str, **more: object) -> Question:
    return Question.model_validate({"id": id_, "kind": kind, "text": text(id_), "knows": "it"} | more)


OPTIONS = (Option(id="some-a", text=text("A")), Option(id="some-b", text=text("B")))
SMALL = Topic(
    format="assessor-bank/1",
    id="small",
    title=text("Small"),
    questions=(
        question("a-degree", "degree"),
        question("a-rubric", "rubric", sentences=(text("one"), text("two"))),
        question("a-share", "share", step=F(1, 10)),
        question("a-yes", "yes-no", asked_if=Need(question="a-degree", at_least=F(1, 2))),
        question("a-number", "number", unit=text("kWh"), asked_if=Need(question="some-b", at_least=F(1))),
        question("a-count", "count", unit=text("pieces")),
        question(
            "some", "several", options=(Option(id="some-a", text=text("A")), Option(id="some-b", text=text("B")))
        ),
    ),
)
QUESTIONS = {q.id: q for q in SMALL.questions}


@cache
def instance() -> str:
    """The empty document that the form of the small bank fills in."""
    data = write_xlsform([SMALL], form_id="small", version="1")
    return str(xls2xform.convert(io.BytesIO(data), file_type=".xlsx").xform)


def filled(tmp_path: Path, **fields: str) -> Path:
    """A submission, made of the form's own instance; a name's hyphens are written as underscores here."""
    root = ElementTree.fromstring(instance())
    made = next(e for e in root.iter() if e.tag.endswith("}instance"))[0]
    wanted = {"plant": "demo", "role": "it", "ended": "2026-11-26T10:00:00.000+08:00"} | fields
    left = {name.replace("__", "--").replace("_", "-"): value for name, value in wanted.items()}
    for element in made.iter():
        name = element.tag.rpartition("}")[2]
        if name in left:
            element.text = left.pop(name)
    assert not left, f"the form has no such fields: {left}"
    file = tmp_path / "submission.xml"
    file.write_bytes(ElementTree.tostring(made))
    return file


@pytest.mark.slow
def test_the_shipped_bank_is_a_form_that_odk_accepts() -> None:
    topics = load_library().topics
    data = write_xlsform(topics, form_id="assessor", version="1")
    warnings: list[str] = []
    made = xls2xform.convert(
        io.BytesIO(data), warnings=warnings, validate=bool(shutil.which("java")), file_type=".xlsx"
    )
    assert warnings == []
    for topic in topics:
        for asked in topic.questions:
            assert f"/{asked.id}" in made.xform


def test_what_is_filled_in_comes_back(tmp_path: Path) -> None:
    file = filled(
        tmp_path,
        a_degree="0.8",
        a_degree__target="1",
        a_rubric="0",
        a_share__state="given",
        a_share="37.5",
        a_yes="not-applicable",
        a_yes__reason="none here",
        a_number__state="do-not-know",
        a_count__state="given",
        a_count="12",
        some__state="given",
        some="some-b",
    )
    given = read_submission(file, QUESTIONS)
    assert (given.plant, {a.by for a in given.answers}) == ("demo", {"it"})
    values = {a.question: a.value for a in given.answers}
    assert values == {
        "a-degree": F(4, 5),
        "a-rubric": F(0),
        "a-share": F(3, 8),
        "a-yes": "not-applicable",
        "a-number": "do-not-know",
        "a-count": F(12),
        "some": ("some-b",),
    }
    degree: Answer = given.answers[0]
    assert (degree.target, degree.at) == (F(1), "2026-11-26T10:00:00.000+08:00")


def test_nothing_ticked_is_an_answer_and_nothing_said_is_none(tmp_path: Path) -> None:
    given = read_submission(filled(tmp_path, some__state="given"), QUESTIONS)
    assert [(a.question, a.value) for a in given.answers] == [("some", ())]


@pytest.mark.parametrize(
    ("fields", "message", "field"),
    [
        ({"a_degree": "0.7"}, "forms.off_scale", "a-degree"),
        ({"a_degree": "plenty"}, "forms.submission_value", "a-degree"),
        ({"a_share__state": "given", "a_share": "120"}, "forms.off_scale", "a-share"),
        ({"a_yes": "not-applicable"}, "forms.no_reason", "a-yes"),
        ({"some__state": "given", "some": "some-c"}, "forms.unknown_option", "some"),
        ({"a_count__state": "given", "a_count": "1.5"}, "forms.not_whole", "a-count"),
        ({"a_degree": "1", "a_degree__target": "2"}, "forms.off_scale", "a-degree--target"),
        ({"role": "nobody"}, "forms.submission_value", "role"),
        ({"plant": ""}, "forms.submission_lacks", None),
    ],
)
def test_what_cannot_be_taken_is_named(
    tmp_path: Path, fields: dict[str, str], message: str, field: str | None
) -> None:
    file = filled(tmp_path, **fields)
    with pytest.raises(InputError) as caught:
        read_submission(file, QUESTIONS)
    assert caught.value.message.id == message
    assert caught.value.place == (f"{file}: {field}" if field else str(file))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" * 5000])
def test_what_is_no_submission_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "submission.xml"
    file.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_submission(file, QUESTIONS)
    assert caught.value.message.id == "forms.not_a_submission"


def test_conditions_become_the_forms_own() -> None:
    made = instance()
    assert "selected( /data/topic-small/some , 'some-b')" in made.replace("&gt;", ">").replace("  ", " ")
    assert "number( /data/topic-small/a-degree ) >= 0.5" in made.replace("&gt;", ">").replace("  ", " ")


def test_submissions_are_held_against_the_answers_that_there_are(tmp_path: Path) -> None:
    proof = Proof(kind="document", title="plan", sha256="0" * 64)
    old = Answer(question="a-degree", value=F(1, 2), by="it", at="2026-11-01", proofs=(proof,))
    other = Answer(question="a-degree", value=F(0), by="hr", at="2026-11-01")
    base = Answers(format="assessor-answers/1", plant="demo", answers=(old, other), budget=5)
    good = filled(tmp_path, a_degree="0.8", a_count__state="given", a_count="3").rename(tmp_path / "good.xml")
    bad = filled(tmp_path, a_degree="0.7").rename(tmp_path / "bad.xml")
    foreign = filled(tmp_path, plant="elsewhere", a_degree="1").rename(tmp_path / "foreign.xml")
    merged = merge_submission([bad, good, foreign], QUESTIONS, base)
    assert [(c.sheet, c.cell, c.before, c.after) for c in merged.changes] == [
        ("good.xml", "a-degree", "0.5", "0.8"),
        ("good.xml", "a-count", None, "3"),
    ]
    assert [(p.sheet, p.cell, p.message.id) for p in merged.problems] == [
        ("bad.xml", "a-degree", "forms.off_scale"),
        ("foreign.xml", "plant", "forms.book.other_plant"),
    ]
    assert merged.answers is not None
    after = {(a.question, a.by): a for a in merged.answers.answers}
    assert after["a-degree", "hr"] == other and merged.answers.budget == 5
    moved = after["a-degree", "it"]
    assert (moved.value, moved.proofs, moved.at) == (F(4, 5), (proof,), "2026-11-26T10:00:00.000+08:00")
    assert merge_submission([good], QUESTIONS, merged.answers).changes == (), "sent twice is sent once"


def test_the_command_shows_a_submission_and_then_writes_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor.cli.form.load_library", lambda: replace(load_library(), questions=QUESTIONS))
    sent, new = filled(tmp_path, a_degree="0.8"), tmp_path / "new.yaml"
    for extra in ([], ["--apply", "-o", str(new)]):
        assert not new.exists()
        with pytest.raises(SystemExit) as left:
            cli.main(["form", "submission", str(sent), "--json", *extra])
        assert left.value.code == 0
        assert '"of": "a-degree"' in capfd.readouterr().out
    assert [a.value for a in load_answers(new, QUESTIONS).answers] == [F(4, 5)]
