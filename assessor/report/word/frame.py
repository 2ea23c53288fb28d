"""What stands on every page: whose report it is, what it is not, and the digest of what it rests on."""

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.section import Section

from assessor.messages import render
from assessor.report.document import Document
from assessor.report.word.markup import field, paragraph, run
from assessor.report.word.stationery import Stationery

TITLE = 48
"""Letters of a title that the head of a page takes."""
USUAL = (4153, 4320, 4680, 8306, 8640, 9360)
"""Where the feet of other templates stop, in twentieths of a point."""


def frame(document: Document, paper: Stationery) -> None:
    """Our line at the head where the page is ours; the foot below whatever a template has there."""
    section = paper.word.sections[-1]
    if paper.numbered:
        _head(document, section, paper)
    feet = [section.footer]
    if section.different_first_page_header_footer:
        feet.append(section.first_page_footer)
    if paper.word.settings.odd_and_even_pages_header_footer:
        feet.append(section.even_page_footer)
    for foot in feet:
        foot.is_linked_to_previous = False
        root = foot._element
        for old in [
            p for p in root if not "".join(p.itertext()).strip() and not len(p.xpath(".//w:drawing|.//w:pict"))
        ]:
            root.remove(old)
        for made in _foot(document, paper):
            root.append(parse_xml(made.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))


def _head(document: Document, section: Section, paper: Stationery) -> None:
    head = section.header
    head.is_linked_to_previous = False
    title = document.title if len(document.title) <= TITLE else document.title[:TITLE] + "…"
    made = paragraph(paper.styles["header"], run(f"{title} · {document.subtitle}", document.language))
    root = head._element
    root[:] = [parse_xml(made.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))]


def _foot(document: Document, paper: Stationery) -> list[str]:
    language = document.language
    before, between, after = _page(document)
    pages = run(before, language) + field("PAGE", run("1", language)) + run(between, language)
    pages += field("NUMPAGES", run("1", language)) + run(after, language)
    stops = "".join(f'<w:tab w:val="clear" w:pos="{place}"/>' for place in USUAL)
    tabs = f'<w:tabs>{stops}<w:tab w:val="right" w:pos="{paper.wide}"/></w:tabs>'
    told = f"{run(document.disclaimer, language, strong=True, colour='0B6660')}<w:r><w:tab/></w:r>{pages}"
    digest = f"{document.digest_of} {document.digest}"
    small = f'<w:r><w:rPr><w:sz w:val="13"/></w:rPr><w:t xml:space="preserve">{digest}</w:t></w:r>'
    return [paragraph(paper.styles["footer"], told, tabs), paragraph(paper.styles["footer"], small)]


def _page(document: Document) -> tuple[str, str, str]:
    """The words around the number of the page and of all pages."""
    told = render("paper.page", document.language, page="\ue000", pages="\ue001")
    before, rest = told.split("\ue000")
    between, after = rest.split("\ue001")
    return before, between, after
