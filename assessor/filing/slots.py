"""FILL a city's own form: every `{{key}}` of a Word or Excel file, wherever it stands. All else stays as it is.

Only the XML that holds a slot is written anew; styles, pictures and whatever else the file has are passed on.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from assessor.documents import read_bounded
from assessor.domain import Assessment, Message
from assessor.errors import InputError
from assessor.filing.entries import cut_off
from assessor.filing.keys import KEYS, RESTS_ON_DIFFERENCES, Filled
from assessor.messages import number, render
from assessor.report.inert import inert
from assessor.report.pen import Pen
from assessor.sheets import BROKEN, BadWorkbook, checked

SLOT = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
"""Also with the wide braces of a Chinese keyboard."""
LARGEST, UNPACKED = 50_000_000, 500_000_000
"""Bytes of a form, and what it may unpack to."""
SHARED = "xl/sharedStrings.xml"
"""Texts of cells; one of them stays here though a number took its place in the cell."""
EPOCH = (1980, 1, 1, 0, 0, 0)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class Slots:
    """Values of one Assessment for the slots of one file."""

    def __init__(self, a: Assessment, pen: Pen, file: str) -> None:
        self.a, self.pen, self.file = a, pen, file
        self.open = any(not finding.settled for finding in a.findings)

    def value(self, key: str, place: str) -> Filled:
        """What a key stands for; nothing where it is not known, or hangs on a difference that is open."""
        if key not in KEYS:
            nearest = difflib.get_close_matches(key, KEYS, 3) or list(KEYS)
            params: dict[str, str | int] = {"key": key[:80], "known": ", ".join(nearest)}
            raise InputError(Message(id="filing.unknown_slot", params=dict(params)), f"{self.file}/{place}")
        if self.open and key in RESTS_ON_DIFFERENCES:
            return None
        return KEYS[key](self.a, self.pen)

    def written(self, key: str, place: str) -> str:
        """The same in words; what is not known says so."""
        value = self.value(key, place)
        if value is None:
            pending = self.open and key in RESTS_ON_DIFFERENCES
            return render("filing.slot_pending" if pending else "filing.slot_unknown", self.pen.language)
        return number(cut_off(value, 3), 3) if isinstance(value, Fraction) else str(inert(value))


def fill(form: Path, a: Assessment, pen: Pen) -> bytes:
    """The form with its slots filled: the same bytes for the same Assessment.

    Raises InputError for a key that is not known, and for a file that is no form.
    """
    suffix = form.suffix.lower()
    if suffix not in FORMS:
        raise InputError(Message(id="filing.not_a_form", params={"known": ", ".join(FORMS)}), str(form))
    data = read_bounded(form, LARGEST)
    try:
        checked(io.BytesIO(data), UNPACKED)
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            parts = {entry.filename: given.read(entry) for entry in given.infolist() if not entry.is_dir()}
        filled = parts | FORMS[suffix](parts, Slots(a, pen, str(form)))
        _none_left(filled, str(form))
        return packed(filled)
    except (BadWorkbook, *BROKEN) as problem:
        detail = (str(problem) or type(problem).__name__)[:200]
        raise InputError(Message(id="filing.form_damaged", params={"detail": detail}), str(form)) from problem


def _none_left(parts: Mapping[str, bytes], form: str) -> None:
    """Slots in places that are not filled, such as a page's head in Excel, a comment or a chart, are an error."""
    for name, data in parts.items():
        if name.startswith(("word/", "xl/")) and name.endswith((".xml", ".vml")) and name != SHARED:
            text = re.sub(r"<[^>]*>", "", data.decode("utf-8", "replace"))
            if found := SLOT.search(text):
                raise InputError(Message(id="filing.slot_left", params={"slot": found[0][:80]}), f"{form}/{name}")


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Parts of an Office file as one, in their order, each with one fixed time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            made.writestr(entry, content)
    return out.getvalue()


def _parsed(data: bytes) -> Any:
    from lxml import etree  # noqa: PLC0415 - slow to load, and most runs fill no form

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _bytes(root: Any) -> bytes:
    from lxml import etree  # noqa: PLC0415

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _filled(pieces: Sequence[Any], slots: Slots, place: str) -> bool:
    """Fill the slots of one text. An editor splits it into pieces as it likes, so that a slot may begin in one and
    end in another: its value goes where it begins, with the looks of that piece. True where there were any."""
    texts = [piece.text or "" for piece in pieces]
    starts = [sum(map(len, texts[:i])) for i in range(len(texts))]
    matches = list(SLOT.finditer("".join(texts)))
    for match in reversed(matches):
        value = slots.written(match[1], place)
        for i in reversed(range(len(texts))):
            begin, end = max(match.start() - starts[i], 0), match.end() - starts[i]
            if end > 0 and begin < len(pieces[i].text or ""):
                own = value if match.start() >= starts[i] else ""
                texts[i] = texts[i][:begin] + own + texts[i][end:]
    for piece, text in zip(pieces, texts, strict=True):
        if (piece.text or "") != text:
            piece.text = text
            piece.set(SPACE, "preserve")
    return bool(matches)


def _word(parts: Mapping[str, bytes], slots: Slots) -> dict[str, bytes]:
    """Paragraphs of the body, of cells and text boxes however deep, of heads, feet and notes."""
    changed = {}
    for name, data in parts.items():
        if not (name.startswith("word/") and name.endswith(".xml") and name.count("/") == 1):
            continue
        root, found = _parsed(data), False
        for i, paragraph in enumerate(root.iter(f"{WORD}p"), 1):
            pieces = [t for t in paragraph.iter(f"{WORD}t") if next(t.iterancestors(f"{WORD}p")) is paragraph]
            found |= _filled(pieces, slots, f"{name.removeprefix('word/')} ¶{i}")
        if found:
            changed[name] = _bytes(root)
    return changed


def _excel(parts: Mapping[str, bytes], slots: Slots) -> dict[str, bytes]:
    """Texts of cells. A slot that is alone in its cell gives a number as a number; a text is never a formula."""
    table = _parsed(parts[SHARED]) if SHARED in parts else None
    strings = list(table.iterchildren(f"{SHEET}si")) if table is not None else []
    places: dict[int, str] = {}
    changed = {}
    for name in (n for n in parts if n.startswith("xl/worksheets/") and n.endswith(".xml")):
        root, found = _parsed(parts[name]), False
        for cell in root.iter(f"{SHEET}c"):
            place = f"{Path(name).stem}!{cell.get('r', '?')}"
            for text, at in _texts(cell, strings):
                alone = SLOT.fullmatch("".join(t.text or "" for t in text.iter(f"{SHEET}t")).strip())
                value = slots.value(alone[1], place) if alone else None
                if isinstance(value, Fraction):
                    _number(cell, value)
                    found = True
                elif at is not None:
                    places.setdefault(at, place)
                else:
                    found |= _filled(list(text.iter(f"{SHEET}t")), slots, place)
        if found:
            changed[name] = _bytes(root)
    filled = [_filled(list(strings[at].iter(f"{SHEET}t")), slots, place) for at, place in places.items()]
    if any(filled):
        changed[SHARED] = _bytes(table)
    return changed


def _texts(cell: Any, strings: Sequence[Any]) -> Iterator[tuple[Any, int | None]]:
    """The text of a cell: its own, or a shared one with its place in the table of texts."""
    if cell.get("t") == "s" and (held := cell.findtext(f"{SHEET}v", "")).isdigit() and int(held) < len(strings):
        yield strings[int(held)], int(held)
    elif cell.get("t") == "inlineStr":
        yield cell, None


def _number(cell: Any, value: Fraction) -> None:
    """Put a number in place of a text."""
    cell.attrib.pop("t", None)
    for child in list(cell):
        cell.remove(child)
    written = cell.makeelement(f"{SHEET}v", {}, None)
    written.text = str(value.numerator) if value.denominator == 1 else repr(float(cut_off(value, 3)))
    cell.append(written)


FORMS: dict[str, Callable[[Mapping[str, bytes], Slots], dict[str, bytes]]] = {".docx": _word, ".xlsx": _excel}
