"""The table of contents: a field that is filled already, so that it is not empty before somebody updates it."""

from dataclasses import dataclass

from assessor.messages import Language, render
from assessor.report.word.markup import paragraph, run

BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
SEPARATE = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
INSTRUCTION = r'<w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \h \z \u </w:instrText></w:r>'
GALLERY = (
    '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    "</w:sdtPr>"
)


@dataclass(frozen=True)
class Entry:
    """A heading as the contents name it."""

    level: int
    text: str
    anchor: str


def contents(entries: list[Entry], styles: dict[str, str], wide: int, language: Language) -> str:
    """Each entry links to its heading. Page numbers come when somebody updates the field: F9, or print preview.

    Only the program that lays out the pages knows them. Nothing asks to be updated on opening, since Word would
    then ask its user, and a reader in the plant need not answer.
    """
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{wide}"/></w:tabs>'
    lines = []
    for i, entry in enumerate(entries):
        told = run(entry.text, language)
        link = f'<w:hyperlink w:anchor="{entry.anchor}" w:history="1">{told}</w:hyperlink>'
        first = BEGIN + INSTRUCTION + SEPARATE if i == 0 else ""
        last = END if i == len(entries) - 1 else ""
        lines.append(paragraph(styles[f"toc{entry.level}"], first + link + last, tab))
    title = paragraph(styles["contents"], run(render("paper.contents", language), language))
    return f"<w:sdt>{GALLERY}<w:sdtContent>{title}{''.join(lines)}</w:sdtContent></w:sdt>"
