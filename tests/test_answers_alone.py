"""An Assessment from answers alone: no machine was heard, every rendering says so, and it can be judged again."""

import io
import json
import re
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rich.console import Console

from assessor import audit, pipeline, present
from assessor.bundle import create, open_bundle, seal, write_assessment
from assessor.domain import Assessment, Plant, Proof, Settlement, canonical
from assessor.errors import InputError
from assessor.filing.keys import KEYS
from assessor.filing.promise import promise
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.messages import LANGUAGES, Language, render
from assessor.portfolio.compare import compared
from assessor.portfolio.peers import as_peer
from assessor.portfolio.rerate import Stored, rerate
from assessor.report import SECTIONS, render_html, sections_of
from assessor.report.checking import check, read
from assessor.report.document import Document, Table
from assessor.report.formats import FORMATS, WRITERS
from assessor.report.papers import PAPERS, written
from assessor.report.pen import Pen
from assessor.report.workbook import told
from assessor.run import DEMO
from connectors.simulator import load_plant
from tests.golden import BEGIN, KEY
from tests.paper_lines import lines
from tests.report_example import example
from tests.test_report import Page

pytestmark = pytest.mark.slow

BARE = Plant.model_validate({"id": "demo", "name": {"zh": "某厂", "en": "A plant"}, "kind": "discrete"})
NOTHING = re.compile(r"\bNone\b|0001-01-01|1970-01-01|undefined")


@cache
def library() -> Library:
    return load_library(known_indicators=indicators())


@cache
def alone() -> Assessment:
    """The demo plant with its register, by its answers."""
    scope = load_plant(DEMO / "plant.yaml").scope
    answers = load_answers(DEMO / "answers.yaml", library().questions)
    more: dict[str, Any] = {"assets": scope.assets, "key_processes": scope.key_processes}
    return pipeline.assess_answers(scope.plant, answers, library(), made=BEGIN, register=scope.register_, **more)


@cache
def bare() -> Assessment:
    """Nothing but a name and answers: no register, no budget, no wishes."""
    answers = alone().answers.model_copy(update={"witnessed": (), "budget": None})
    return pipeline.assess_answers(BARE, answers, library(), made=BEGIN)


def both(function: Any) -> Any:
    return pytest.mark.parametrize("of", [alone, bare], ids=["register", "bare"])(function)


def test_nothing_was_heard_and_verified_is_as_declared() -> None:
    a = alone()
    assert (a.source, a.vantage, a.tested, a.heard) == (None, None, 0, False)
    assert not (a.measurements or a.sights or a.members or a.contacts or a.records or a.findings)
    assert a.testable > 0 and a.roadmap is not None and a.roadmap.worth, "it is planned as ever"
    for weights in a.framework.weight_sets:
        said, seen = (a.rating(column, weights.id) for column in ("declared", "verified"))
        assert said.model_copy(update={"column": "verified"}) == seen
    assert Assessment.model_validate_json(canonical(a)) == a
    assert bare().register_ is None and bare().roadmap is None


def test_it_agrees_in_what_is_declared_with_a_run_that_measured_nothing(tmp_path: Path) -> None:
    scope = load_plant(DEMO / "plant.yaml").scope
    with create(tmp_path / "work", canonical(scope), scope, began=BEGIN, clock="unknown") as work:
        work.end(False)
        seal(work, KEY, tmp_path / "sealed.zip", made=BEGIN)
    heard = pipeline.assess(open_bundle(tmp_path / "sealed.zip"), alone().answers, library(), made=BEGIN)
    assert heard.heard and all(m.value is None for m in heard.measurements if m.unit == "share")
    for a, b in ((heard, alone()), (example(), alone())):
        pairs = [[r for r in one.ratings if r.column == "declared"] for one in (a, b)]
        assert pairs[0] == pairs[1] and pairs[0]
        rated = [[r for one in x.rated for r in one.results if r.column == "declared"] for x in (a, b)]
        assert rated[0] == rated[1]


def test_it_refuses_what_cannot_be_without_a_machine() -> None:
    proof = Proof(kind="statement", title="x")
    settled = Settlement(
        question="p1-l1-1", value=Fraction(1), reply="x", reason="x", proof=proof, by="assessor",
        at="2026-01-02T09:00:00+08:00",
    )  # fmt: skip
    answers = bare().answers
    for changed, id_ in (
        (answers.model_copy(update={"settlements": (settled,)}), "forms.settled_alone"),
        (answers.model_copy(update={"plant": "other"}), "forms.other_plant"),
        (alone().answers, "forms.unknown_asset"),
    ):
        with pytest.raises(InputError) as caught:
            pipeline.assess_answers(BARE, changed, library())
        assert caught.value.message.id == id_
        assert all(render(caught.value.message, language) for language in LANGUAGES)


# What is rendered


@both
def test_the_page_says_so_in_both_languages_and_leaves_out_what_is_empty(of: Any) -> None:
    a = of()
    page = Page(render_html(a))
    assert page.open == []
    assert set(SECTIONS) - set(sections_of(a)) == {"differences", "machines", "measured", "contacts", "left"}
    assert sections_of(example()) == SECTIONS
    ids = {attrs["id"] for _, attrs in page.tags if attrs.get("id")}
    for language in LANGUAGES:
        text = page.text(language)
        cover = text.split(render("report.contents", language))[0]
        assert render("report.alone.title", language) in cover and render("report.alone.text", language) in cover
        assert {s for s in SECTIONS if f"{language}-{s}" in ids} == set(sections_of(a))
        assert render("report.cover.sampled", language) not in text and not NOTHING.search(text)
        word = render("report.level.verified", language)
        assert len(re.findall(rf"(?<![A-Za-z])(?:{word})(?![a-z])", text)) == 1, (
            "only where it says that nothing was"
        )
    assert a.digest in page.text("en")


@both
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_the_report_is_written_in_every_format(of: Any, language: Language, suffix: str) -> None:
    data = FORMATS[suffix](of(), language, None)
    assert len(data) > 10_000
    if suffix in (".pdf", ".docx"):
        found = read(data, f"report{suffix}")
        levels = [render(level.name, language) for level in of().framework.levels]
        assert check(found, written(of(), language), levels).holds
        assert found.token is not None and found.token.digest == of().digest
    if suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            told_ = "".join(file.read(name).decode() for name in file.namelist() if "foot" in name)
        assert render("paper.unheard.digest", language) in told_ and render("paper.digest", language) not in told_


@both
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_says_so_and_has_no_empty_table(of: Any, language: Language, name: str) -> None:
    document: Document = written(of(), language, name)
    text = lines(document)
    assert render("report.alone.title", language) in text and not NOTHING.search(text)
    for block in document.blocks:
        if isinstance(block, Table):
            assert block.rows, block.caption
            assert len(block.head) == len(block.widths) == len(block.rows[0]) and abs(sum(block.widths) - 1) < 1e-9
    assert not document.heard and document.digest == of().digest
    for write in WRITERS.values():
        assert write(document, BEGIN, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_follows_declared_answers_and_holds_no_empty_sheet(language: Language) -> None:
    book = load_workbook(io.BytesIO(FORMATS[".xlsx"](alone(), language, None)))
    names = [render(f"excel.sheet.{name}", language) for name in ("summary", "subdomains", "plan", "record")]
    assert book.sheetnames[:6] == [*names, "results", "answers"]
    assert not [name for name in book.sheetnames if name.endswith("-v")]
    first = [str(cell.value) for row in book[names[0]].iter_rows() for cell in row if cell.value is not None]
    assert render("report.alone.title", language) in first and not any("1970" in text for text in first)
    assert all(r.column == "declared" for one in told(alone()) for r in one.results)
    assert told(example()) == example().rated


def test_the_terminal_and_the_filing_say_so_too() -> None:
    for language in LANGUAGES:
        out = Console(record=True, width=200, file=io.StringIO())
        present.assessment(alone(), out, language)
        text = out.export_text()
        assert (
            render("report.alone.text", language) in text and render("cli.verified", language) not in text.split()
        )
        pen = Pen.of(alone(), language)
        assert promise(alone(), pen)
        values = {name: key(alone(), pen) for name, key in KEYS.items()}
        assert {n for n in values if "verified" in n or "sampled" in n or n.startswith("measured")} == {
            n for n, v in values.items() if v is None and not n.startswith(("plan.", "plant.", "sme.level.d"))
        }
        assert values["level.declared"] == alone().rating("declared").level


def test_it_is_judged_again_and_compared_but_is_no_peer() -> None:
    a = alone()
    later = a.model_copy(update={"made": a.made + 10**18})
    assert all(move.moved_by == "nothing" for move in rerate([Stored("a", a)], library()))
    for pair in ((a, later), (example().model_copy(update={"made": BEGIN}), later)):
        one, other = (Stored(str(i), x) for i, x in enumerate(pair))
        for language in LANGUAGES:
            text = lines(compared(one, other, library(), language))
            assert "None" not in text and a.digest[:16] in text
    with pytest.raises(InputError) as caught:
        as_peer(a)
    assert caught.value.message.id == "peers.not_heard"


# The filing


def filed(folder: Path, done: Assessment) -> Path:
    write_assessment(
        folder / "filing.zip",
        source=None,
        assessment=canonical(done),
        answers=canonical(done.answers),
        parts=library().parts,
        key=KEY,
        made=done.made,
    )
    return folder / "filing.zip"


def said(result: audit.Verification) -> set[str]:
    return {line.id for line in result.lines}


@both
def test_its_filing_is_judged_again_and_named_by_the_digest_of_its_papers(tmp_path: Path, of: Any) -> None:
    file = filed(tmp_path, of())
    result = audit.verify(file, digest=of().digest)
    assert result.holds, result.lines
    assert {"audit.judged_again", "audit.answers_alone", "audit.digest_answers"} <= said(result)
    assert not audit.verify(file, digest="0" * 64).holds
    assert all(render(line, language) for line in result.lines for language in LANGUAGES)
    other = audit.verify(file, sealed=file)
    assert not other.holds and "audit.no_source" in said(other)


def test_a_changed_byte_of_an_answer_is_found_whether_or_not_it_is_signed_anew(tmp_path: Path) -> None:
    file = filed(tmp_path, alone())
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(file) as held, zipfile.ZipFile(changed, "w") as made:
        for one in held.infolist():
            data = held.read(one)
            made.writestr(one, data.replace(b"0.8", b"0.5", 1) if one.filename == "answers.yaml" else data)
    assert not audit.verify(changed).holds
    answers = json.loads(canonical(alone().answers))
    answers["answers"][0]["value"] = "0" if answers["answers"][0]["value"] != "0" else "1"
    forged = alone().model_copy(update={"answers": type(alone().answers).model_validate(answers)})
    (tmp_path / "forged").mkdir()
    result = audit.verify(filed(tmp_path / "forged", forged))
    assert not result.holds and "audit.differs" in said(result)


def test_what_only_machines_can_bring_is_not_believed_without_one(tmp_path: Path) -> None:
    forged = alone().model_copy(update={"sights": example().sights})
    result = audit.verify(filed(tmp_path, forged))
    assert not result.holds and "audit.measured_nothing" in said(result)
