"""The letter that a plant's IT signs says what the preview says, in both languages, and nothing beyond it."""

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from assessor.domain import Endpoint, LimitChange, Message, Role, Scope, Text, Unit
from assessor.errors import InputError
from assessor.messages import LANGUAGES, Language, catalogue, render
from assessor.preparing.letter import NEVER, STAYS, letter
from assessor.preparing.network import Network
from assessor.preparing.scope import draft_scope
from assessor.report.document import Document, Heading, Table, runs
from assessor.report.pdf import render_pdf
from assessor.report.word import render_word
from connectors.preview import Preview, care, preview
from tests.visits import REGISTER, visit

MADE = 1_795_000_000 * 10**9
ENDPOINTS = (
    Endpoint(id="mc-01", protocol="opcua", address="opc.tcp://10.0.0.7:4840/UA", role=Role.MACHINE, asset="mc-01",
             changes=(LimitChange(limit="request_gap", value=0.5, why="an old controller"),)),
    Endpoint(id="gateway-1", protocol="modbus-tcp", address="10.0.0.8:502", role=Role.GATEWAY,
             units=(Unit(unit=3, asset="cmp-01"), Unit(unit=7, asset="em-01"))),
    Endpoint(id="scada-1", protocol="opcua", address="opc.tcp://10.0.0.9:4840", role=Role.SCADA),
)  # fmt: skip


def scope(**more: Any) -> Scope:
    return draft_scope(visit(**more), REGISTER, Network(entries=(), endpoints=ENDPOINTS), "en").scope


def stated(held: Scope) -> Preview:
    return preview(held, 14_400)


def written(language: Language, held: Scope | None = None, visitor: Text | None = None) -> Document:
    held = held or scope()
    return letter(held, stated(held), "ab" * 32, language, visitor)


def text(document: Document) -> str:
    facts = " ".join(f"{label} {value}" for label, value in document.facts)
    heads = " ".join(b.text for b in document.blocks if isinstance(b, Heading))
    return f"{document.title} {facts} {heads} " + "\n".join(run.text for run in runs(document.blocks))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_every_address_and_whom_it_stands_for(language: Language) -> None:
    held = scope()
    said = text(written(language, held))
    for endpoint in held.endpoints:
        assert endpoint.address in said and endpoint.id in said
    unit = {"zh": "站号 7：设备 em-01", "en": "unit 7: Machine em-01"}[language]
    assert unit in said and render("letter.unassigned", language) in said, (
        "a SCADA without branches claims nothing"
    )
    for value in ("R-2026-1", "2026-11-20", "2026-11-24 08:00 +08:00", "2026-11-24 18:00 +08:00"):
        assert value in said
    assert render("precheck.vantage.control", language) in said
    assert render("report.disclaimer", language) == written(language).disclaimer


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_sent_and_the_load_are_those_of_the_preview(language: Language) -> None:
    held = scope()
    told = stated(held)
    document = written(language, held)
    said = text(document)
    for one in told.allowed:
        assert ", ".join(one.services) in said
    for one in care(told):
        assert render(one, language) in said
    assert not re.search(r"\bWrite\b|\bfc(5|6|15|16)\b|\bCall\b", said)
    [load] = [b for b in document.blocks if isinstance(b, Table) and len(b.rows) == len(told.loads) + 1
              and b.numbers]  # fmt: skip
    whole = ["".join(run.text for run in cell).replace(",", "") for cell in load.rows[-1]]
    assert whole[3] == str(told.requests) and whole[4] == str(told.connections)
    assert [row[0][0].text for row in load.rows[:-1]] == [one.endpoint for one in told.loads]
    assert "an old controller" in said, "a limit that was changed is told"
    params = {"n": len(told.reach.testable), "of": told.reach.machines}
    assert render("letter.reach", language, **params) in said


def test_what_never_happens_and_what_stays_is_said_in_full() -> None:
    assert {id_.rpartition(".")[2] for id_ in catalogue() if id_.startswith("letter.never.")} == set(NEVER)
    assert {id_.rpartition(".")[2] for id_ in catalogue() if id_.startswith("letter.stays.")} == set(STAYS)


def test_a_scope_without_a_time_says_that_nothing_is_held_back_by_the_clock() -> None:
    timeless = scope().model_copy(update={"window": None})
    assert render("letter.no_window", "en") in text(written("en", timeless))
    assert render("letter.no_window", "en") not in text(written("en"))


def test_the_firm_is_named_where_it_is_known_and_left_to_be_entered_where_it_is_not() -> None:
    firm = Text(zh="某诊断公司", en="A Firm")
    assert "某诊断公司" in text(written("zh", visitor=firm))
    assert render("letter.fact.nobody", "en") in text(written("en"))


def test_a_simulated_plant_says_so() -> None:
    held = scope()
    plant = held.plant.model_copy(update={"simulated": True})
    assert "simulated" in written("en", held.model_copy(update={"plant": plant})).subtitle


def test_without_an_address_there_is_nothing_to_sign() -> None:
    held = scope().model_copy(update={"endpoints": ()})
    with pytest.raises(InputError) as caught:
        letter(held, stated(held), "ab" * 32, "en")
    assert caught.value.message == Message(id="letter.no_address")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_word_and_pdf_hold_it_and_are_the_same_every_time(tmp_path: Path, language: Language) -> None:
    document = written(language)
    word, pdf = render_word(document, MADE), render_pdf(document, MADE)
    assert render_word(document, MADE) == word and render_pdf(document, MADE) == pdf
    read = docx.Document(io.BytesIO(word))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    assert "10.0.0.8:502" in cells and render("letter.column.signature", language) in cells
    pages = [re.sub(r"[\s\u200b]", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) <= 3 and "10.0.0.8:502" in pages[0], "a letter has no page of its own for its title"
    for page in pages:
        assert render("report.disclaimer", language).replace(" ", "") in page and "ab" * 32 in page
        bundle = render("paper.digest", language).replace(" ", "")
        assert bundle not in page, "it rests on a scope and on no bundle"
