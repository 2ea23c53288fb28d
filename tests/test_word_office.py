"""What LibreOffice makes of the report: every letter, every page, and all of it again when it saves."""

import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from assessor.domain import canonical
from assessor.messages import LANGUAGES, Language, render
from assessor.report.document import Heading, Picture, Table, marks
from assessor.report.word import render_word
from assessor.report.word.reading import figures
from tests.large import MACHINES, TAGS, large
from tests.papers import paper
from tests.report_example import example
from tests.test_word import document, file, found, letters
from tests.written import converted, pictures, told


@pytest.fixture(scope="module", params=LANGUAGES)
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Language, Path, Path]:
    """The language, the PDF and the file saved again."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "report.docx").write_bytes(file(request.param))
    again = folder / "again"
    return (
        request.param,
        converted(folder / "report.docx", "pdf", folder / "pdf"),
        converted(folder / "report.docx", "docx", again),
    )


@pytest.mark.slow
def test_libreoffice_reads_all_of_it_and_lacks_no_letter(office: tuple[Language, Path, Path]) -> None:
    language, pdf, _ = office
    fonts = [row.split()[0].partition("+")[2] for row in told("pdffonts", pdf).splitlines()[2:]]
    assert fonts and all(name.startswith("NotoSansSC") for name in fonts), "a letter from elsewhere is one we lack"
    text = re.sub(r"\s", "", told("pdftotext", pdf, "-"))
    for block in document(language).blocks:
        if isinstance(block, Heading):
            assert re.sub(r"\s", "", block.text) in text, block.text
    pages = int(re.findall(r"Pages:\s+(\d+)", told("pdfinfo", pdf))[0])
    assert text.count(re.sub(r"\s", "", render("report.disclaimer", language))) >= pages
    assert text.count(example().source.bundle) >= pages


@pytest.mark.slow
def test_every_page_holds_something_and_nothing_runs_off_it(
    office: tuple[Language, Path, Path], tmp_path: Path
) -> None:
    _, pdf, _ = office
    for number, (wide, high, grey) in enumerate(pictures(pdf, tmp_path), 1):
        rows = [grey[y * wide : (y + 1) * wide] for y in range(high)]
        edge = wide * 15 // 210
        assert all(min(r[:edge]) > 200 and min(r[-edge:]) > 200 for r in rows), f"page {number}: off the margin"
        middle = rows[high // 12 : high - high // 10]
        assert sum(value < 160 for r in middle for value in r) > 40, f"page {number}: empty"


@pytest.mark.slow
def test_what_libreoffice_saves_still_holds_it(office: tuple[Language, Path, Path]) -> None:
    language, _, again = office
    word = docx.Document(str(again))
    made = document(language)
    assert len(word.tables) == sum(isinstance(b, Table) for b in made.blocks)
    headings = [p.text for p in word.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert headings == [b.text for b in made.blocks if isinstance(b, Heading)]
    assert [p.get("descr") for p in found(word, ".//wp:docPr")] == [
        b.alt for b in made.blocks if isinstance(b, Picture)
    ]
    wanted = marks(made)
    places = figures(again.read_bytes(), wanted, again.name)
    assert {mark: set(texts) for mark, texts in places.items()} == {mark: {text} for mark, text in wanted.items()}
    for held, table in zip(word.tables, (b for b in made.blocks if isinstance(b, Table)), strict=True):
        for tr, cells in zip(held._tbl.tr_lst[1:], table.rows, strict=True):
            assert letters(tr) == "".join(run.text for cell in cells for run in cell)


FORMATS_ALL = """
import re, sys, time
from pathlib import Path
from assessor.audit import read_assessment
from assessor.report.formats import FORMATS
began = time.monotonic()
a = read_assessment(Path(sys.argv[1]).read_bytes(), sys.argv[1])
for language in ("zh", "en"):
    for write in FORMATS.values():
        assert len(write(a, language, None)) > 10_000
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(time.monotonic() - began, peak)
"""


# The peak is that of the process itself: what getrusage tells begins with the size of the parent.
@pytest.mark.slow
def test_300_machines_and_5000_tags_in_every_format_take_half_a_minute_and_a_gigabyte(tmp_path: Path) -> None:
    a = large()
    assert sum(x.production and x.in_use for x in a.assets) == MACHINES and sum(s.tags for s in a.sights) >= TAGS
    (tmp_path / "large.json").write_bytes(canonical(a))
    done = subprocess.run(
        [sys.executable, "-c", FORMATS_ALL, str(tmp_path / "large.json")],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 30 and kilobytes < 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_is_one_page_with_small_title_and_no_numbers(language: Language, tmp_path: Path) -> None:
    source = tmp_path / "summary.docx"
    source.write_bytes(render_word(paper("summary", language), example().made))
    pdf = converted(source, "pdf", tmp_path / "pdf")
    assert re.search(r"Pages:\s+1\n", told("pdfinfo", pdf))
    said = told("pdftotext", "-layout", pdf, "-")
    heading = render("summary.decide", language)
    assert re.search(rf"(?m)^\s*{heading}$", said), "heading without a number"
