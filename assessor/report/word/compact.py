"""A document of one page: small title, headings without numbers, little space between the lines."""

from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Mm

LOOK = {"size": "17", "cell": "16"}
"""Instead of the sizes of a long document, in half points."""
SPACES = {
    "Title": (0, 20, 350, 28),
    "Subtitle": (0, 60, 240, 19),
    "Heading1": (100, 30, 260, 22),
    "Caption": (40, 20, 196, 15),
    "BodyText": (30, 0, 220, 17),
    "AssessorNote": (0, 0, 20, 2),
    "ListBullet": (8, 0, 220, 17),
    "ListNumber": (8, 0, 220, 17),
    "AssessorFact": (0, 0, 210, 16),
    "AssessorCell": (4, 4, 196, 16),
}
"""Before and after a paragraph and the height of its lines in twentieths of a point, its letters in half points.

The height is exact: fonts of different systems differ by a third in what they take."""


def compact(word: Word) -> None:
    """Make our styles and our page those of a document of one page."""
    section = word.sections[0]
    section.left_margin = section.right_margin = Mm(17)
    section.top_margin, section.bottom_margin = Mm(13), Mm(18)
    section.header_distance = section.footer_distance = Mm(8)
    for margins in word.styles.element.iter(qn("w:tblCellMar")):
        for side in margins.iterchildren(qn("w:top"), qn("w:bottom")):
            side.set(qn("w:w"), "0")
    for style in word.styles.element.iterchildren(qn("w:style")):
        if (held := SPACES.get(style.get(qn("w:styleId")))) is None:
            continue
        before, after, line, size = held
        for numbers in style.iter(qn("w:numId")):
            numbers.set(qn("w:val"), "0")
        for space in style.iter(qn("w:spacing")):
            space.set(qn("w:before"), str(before))
            space.set(qn("w:after"), str(after))
            space.set(qn("w:line"), str(line))
            space.set(qn("w:lineRule"), "exact")
        for tag in ("w:sz", "w:szCs"):
            for letters in style.iter(qn(tag)):
                letters.set(qn("w:val"), str(size))
