"""Render one Assessment as every paper, in all formats and languages: `python scripts/reports.py FILE FOLDER`.

Beside them picture.png, pages of these papers side by side: the one that the README shows.
"""

import sys
from pathlib import Path

import typst
from pypdf import PdfReader

from assessor import run
from assessor.domain import Assessment
from assessor.errors import InputError
from assessor.messages import LANGUAGES, Language, render
from assessor.report.document import Heading
from assessor.report.formats import FORMATS, WRITERS
from assessor.report.papers import PAPERS, written

SHOWN = (("summary.en.pdf", None), ("report.zh.pdf", "picture"), ("report.en.pdf", "plan"))
"""Papers of the picture, and the chapter on whose page they are opened; None: their first page."""
PICTURE = """
#set page(width: auto, height: auto, margin: 10mm, fill: rgb("#e9eceb"))
#grid(columns: 3, gutter: 7mm, ..PAGES)
"""


def main(assessment: Path, folder: Path) -> None:
    """What an earlier call made gives way; nothing else in the folder is touched."""
    done = run.load_assessment(assessment)
    for language in LANGUAGES:
        for paper in PAPERS:
            for suffix in FORMATS if paper == "report" else WRITERS:
                file = folder / f"{paper}.{language}{suffix}"
                file.unlink(missing_ok=True)
                try:
                    run.write_report(done, file, language, paper=paper)
                except InputError as refused:  # such as what is for filing, while differences are open
                    sys.stdout.write(f"{file}: {render(refused.message, 'en')}\n")
                else:
                    sys.stdout.write(f"{file}\n")
    shown = [(name, _page(done, folder / name, chapter)) for name, chapter in SHOWN]
    pages = ", ".join(
        f'box(fill: white, stroke: 0.4pt + luma(190), image("{name}", page: {at}, width: 105mm, alt: "{name}"))'
        for name, at in shown
    )
    source = folder / "picture.typ"
    source.write_text(PICTURE.replace("PAGES", f"({pages})"), "utf-8")
    typst.compile(str(source), output=str(folder / "picture.png"), format="png", ppi=110)
    source.unlink()
    sys.stdout.write(f"{folder / 'picture.png'}\n")


def _page(done: Assessment, file: Path, chapter: str | None) -> int:
    """The page, from 1, on which a chapter begins."""
    if chapter is None:
        return 1
    language: Language = "zh" if ".zh." in file.name else "en"
    headings = [block for block in written(done, language).blocks if isinstance(block, Heading)]
    title = next(heading.text for heading in headings if heading.id == chapter)
    reader = PdfReader(file)
    found = next(one for one in reader.outline if not isinstance(one, list) and title in str(one.title))
    return (reader.get_destination_page_number(found) or 0) + 1


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
