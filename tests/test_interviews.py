"""The plan of interviews asks what the framework, the machines and the plan need, once each, of who knows it."""

import io
import re

import docx
import pytest

from assessor.domain import Plant
from assessor.errors import InputError
from assessor.messages import LANGUAGES, Language, render
from assessor.preparing.interviews import LONG, LOOK, OPENING, SHORT, STEP, framework_for, interviews, sessions
from assessor.report.document import Document, Heading, Table, names_group
from assessor.report.pdf import render_pdf
from assessor.report.word import render_word
from tests.paying import LIBRARY
from tests.visits import visit

DISCRETE = visit().plant
PROCESS = DISCRETE.model_copy(update={"kind": "process"})
MADE = 1_795_000_000 * 10**9


def planned(plant: Plant = DISCRETE, language: Language = "en", named: str | None = None) -> Document:
    return interviews(LIBRARY, framework_for(LIBRARY, plant, named), plant, language)


@pytest.mark.parametrize("named", [None, *sorted(f.id for f in LIBRARY.frameworks.values() if f.plant is None)])
@pytest.mark.parametrize("plant", [DISCRETE, PROCESS], ids=["discrete", "process"])
def test_everything_that_a_framework_goes_by_is_asked_once_of_who_knows(plant: Plant, named: str | None) -> None:
    framework = framework_for(LIBRARY, plant, named)
    held = sessions(LIBRARY, framework)
    asked = [q for session in held for q in session.questions]
    assert len({q.id for q in asked}) == len(asked)
    assert set(framework.asks) <= {s.id for q in asked for s in q.statements}
    assert all(q.knows == session.role for session in held for q in session.questions)
    statements = {s.id for q in asked for s in q.statements}
    for question in asked:
        for name in question.asked_if.names() if question.asked_if else ():
            assert name in statements, f"whether {question.id} is asked hangs on {name}"
    planning = {q.id for t in LIBRARY.topics if t.for_plan for q in t.questions}
    compared = {q.id for t in LIBRARY.topics_for([framework]) for q in t.questions if q.tests}
    assert planning | compared <= {q.id for q in asked}


def test_each_kind_of_plant_has_the_framework_of_its_kind() -> None:
    assert framework_for(LIBRARY, DISCRETE).id == "cmmm-2020-discrete"
    assert framework_for(LIBRARY, PROCESS).id == "cmmm-2020-process"
    with pytest.raises(InputError) as caught:
        framework_for(LIBRARY, DISCRETE, "cmmm-2020-process")
    assert caught.value.message.id == "forms.other_kind"


def test_the_time_is_reckoned_by_the_rule_that_the_paper_states() -> None:
    document = planned()
    rule = render("interviews.rule", "en", opening=OPENING, short=SHORT, long=LONG, look=LOOK, step=STEP)
    assert "own estimate" in rule and "自行估计" in render("interviews.rule", "zh", **dict.fromkeys(
        ("opening", "short", "long", "look", "step"), 1))  # fmt: skip
    assert any(rule in "".join(run.text for run in getattr(b, "line", ())) for b in document.blocks)
    for session in sessions(LIBRARY, framework_for(LIBRARY, DISCRETE)):
        needed = OPENING
        for q in session.questions:
            needed += SHORT if q.kind in ("degree", "yes-no") else LONG
            needed += LOOK if {"on-site", "demonstration"} & set(q.methods) else 0
        assert session.minutes % STEP == 0 and 0 <= session.minutes - needed < STEP


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_department_has_its_page_with_room_for_name_time_and_notes(language: Language) -> None:
    document = planned(language=language)
    held = sessions(LIBRARY, framework_for(LIBRARY, DISCRETE))
    heads = [b.text.casefold() for b in document.blocks if isinstance(b, Heading)][1:]
    assert heads == [render(f"forms.role.{s.role.replace('-', '_')}", language).casefold() for s in held]
    tables = [b for b in document.blocks if isinstance(b, Table)]
    for session, who, asked in zip(held, tables[1::2], tables[2::2], strict=True):
        assert [render(f"interviews.column.{c}", language) for c in ("name", "time")] == [who.head[0], who.head[2]]
        rows = [row for row in asked.rows if not names_group(row)]
        assert [row[0][0].text for row in rows] == [q.id for q in session.questions]
        for question, row in zip(session.questions, rows, strict=True):
            told = "".join(run.text for run in row[3])
            assert all(render(proof, language) in told for proof in question.proofs) and told
            assert not "".join(run.text for run in row[4]), "notes are for the interviewer"
    assert document.disclaimer == render("report.disclaimer", language)


@pytest.mark.slow
def test_word_can_be_edited_and_pdf_is_the_same_every_time() -> None:
    document = planned(language="zh")
    word, pdf = render_word(document, MADE), render_pdf(document, MADE)
    assert (render_word(document, MADE), render_pdf(document, MADE)) == (word, pdf)
    text = "\n".join(cell.text for t in docx.Document(io.BytesIO(word)).tables for cell in t._cells)
    assert "采用参数化" in text and re.search(r"(?m)^m1-l1-1$", text)
