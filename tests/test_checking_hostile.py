"""A file that is made to harm, or damaged, where an edited paper is expected: read, or refused in words."""

import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from assessor.errors import InputError
from assessor.messages import LANGUAGES, render
from assessor.report.checking import read
from assessor.report.pdf import render_pdf
from tests.papers import MADE, every_block, with_body, word

pytestmark = pytest.mark.slow

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/"), text)
    return out.getvalue()


RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def bomb(_: bytes) -> bytes:
    text = f'<w:document xmlns:w="{W}"><w:body>{"<w:p/>" * 20_000_000}</w:body></w:document>'
    return archive(**{"_rels__.rels".replace("_rels__", "_rels/"): RELS, "word__document.xml": text})


def entities(_: bytes) -> bytes:
    text = f'<!DOCTYPE x [<!ENTITY a "bbbbbbbb">]><w:document xmlns:w="{W}"><w:body/></w:document>'
    return archive(**{"_rels/.rels": RELS, "word__document.xml": text})


def deep(_: bytes) -> bytes:
    text = f'<w:document xmlns:w="{W}"><w:body>{"<w:sdt>" * 9000}{"</w:sdt>" * 9000}</w:body></w:document>'
    return archive(**{"_rels/.rels": RELS, "word__document.xml": text})


def encrypted(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


HARM: Sequence[tuple[Callable[[bytes], bytes], str]] = (
    (lambda _: b"", "edited.not_a_paper"),
    (lambda _: b"plain text", "edited.not_a_paper"),
    (lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "edited.encrypted"),
    (lambda pdf: pdf[:300], "edited.unreadable"),
    (lambda _: b"%PDF-1.7\n" + b"\xff" * 5000, "edited.unreadable"),
    (encrypted, "edited.encrypted"),
    (lambda _: archive(a="b"), "edited.unreadable"),
    (lambda _: word("summary")[:4000], "edited.unreadable"),
    (lambda _: with_body(word("summary"), "<w:document>"), "edited.unreadable"),
    (entities, "edited.unreadable"),
    (deep, "edited.unreadable"),
    (bomb, "edited.too_large"),
)


@pytest.mark.parametrize(("harm", "id_"), HARM)
def test_a_file_made_to_harm_is_an_error_by_name(harm: Callable[[bytes], bytes], id_: str) -> None:
    with pytest.raises(InputError) as caught:
        read(harm(render_pdf(every_block(contents=False), MADE)), "file")
    assert caught.value.message.id == id_
    for language in LANGUAGES:
        assert render(caught.value.message, language)


@given(st.data())
@settings(max_examples=40)
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    source = bytearray(
        data.draw(st.sampled_from([word("summary"), render_pdf(every_block(contents=False), MADE)]))
    )
    for _ in range(data.draw(st.integers(1, 20))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(source), "file")
    except InputError as error:
        assert error.message.id.startswith("edited.")
