"""The demo plant's pack: replies, sheets and photographs that a real plant would bring, made up and saying so."""

import struct
import tempfile
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor import pipeline
from assessor.bundle import Bundle, write_assessment
from assessor.domain import Answers, Assessment, Proof, Settlement, canonical
from assessor.filing.pack import Made, Wanted, make_pack
from assessor.filing.write import GENERIC
from assessor.forms.writing import write_answers
from assessor.frameworks import Library
from assessor.messages import LANGUAGES, Language, moment, render
from assessor.report import render_html
from assessor.report.excel import render_excel

PAPERS = ("contract", "listing")
SCANS = ("opening", "closing", "promise")
"""What is signed by hand and comes as a picture."""
LETTERS = {
    "S": ("01111", "10000", "01110", "00001", "11110"),
    "I": ("01110", "00100", "00100", "00100", "01110"),
    "M": ("10001", "11011", "10101", "10001", "10001"),
}
SCALE = 24
"""Pixels of a dot of a letter."""


def demo_pack(
    source: Bundle,
    answers: Answers,
    first: Assessment,
    library: Library,
    key: Ed25519PrivateKey,
    language: Language,
) -> Made:
    """As after the plant's replies: differences settled as measured, assessed anew, with made-up attachments."""
    settled = answers.model_copy(update={"settlements": (*answers.settlements, *_settlements(first))})
    done = pipeline.assess(source, settled, library, made=first.made)
    with tempfile.TemporaryDirectory(prefix="assessor-pack-") as hidden:
        folder = Path(hidden)
        data = canonical(done)
        (folder / "assessment.json").write_bytes(data)
        written = write_answers(settled, as_json=True)
        write_assessment(
            folder / "filing.zip",
            source=source,
            assessment=data,
            answers=written,
            parts=library.parts,
            key=key,
            made=done.made,
        )
        (folder / "report.xlsx").write_bytes(render_excel(done, language))
        (folder / "report.html").write_text(render_html(done, language=language, filed=True), "utf-8")
        wanted = Wanted(
            folder=folder,
            checklist=library.checklists[GENERIC],
            checklist_data=library.parts[f"checklists/{GENERIC}.yaml"],
            platforms=tuple(library.platforms.values()),
            language=language,
            attachments=attachments(folder / "attachments", done),
        )
        return make_pack(wanted, key, done.made)


def _settlements(a: Assessment) -> list[Settlement]:
    """A made-up reply to each open difference: that the measurement is right."""
    evidence = {e.question: e for e in a.evidence}
    texts = {name: _both(f"filing.demo.{name}") for name in ("reply", "reason", "proof")}
    at = moment(a.made, "%Y-%m-%dT%H:%M:%S+00:00")
    return [
        Settlement(
            question=finding.question,
            value=value,
            reply=texts["reply"],
            reason=texts["reason"],
            proof=Proof(kind="statement", title=texts["proof"]),
            by="assessor",
            at=at,
        )
        for finding in a.findings
        if not finding.settled and (value := evidence[finding.question].verified) is not None
    ]


def _both(id_: str, **params: str) -> str:
    return " / ".join(render(id_, language, **params) for language in LANGUAGES)


def attachments(folder: Path, a: Assessment) -> Path:
    """A folder of papers and photographs, each of which says that it is simulated."""
    folder.mkdir(parents=True, exist_ok=True)
    day = moment(a.made, "%Y-%m-%d")
    for paper in PAPERS:
        lines = [_both("filing.demo.simulated"), _both(f"filing.demo.{paper}"), _both("filing.demo.day", day=day)]
        name = render(f"filing.demo.file_{paper}", "zh")
        (folder / f"{name}.txt").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    for i, paper in enumerate(SCANS, 4):
        name = render(f"filing.demo.file_{paper}", "zh")
        (folder / f"{name}.png").write_bytes(photograph(i))
    for i in range(1, 4):
        (folder / f"{day}-现场照片-photograph-{i}-simulated.png").write_bytes(photograph(i))
    return folder


def photograph(number: int) -> bytes:
    """A grey picture with the letters SIM on it, and so many stripes below: nobody takes it for a photograph."""
    word = [" ".join(LETTERS[letter][row] for letter in "SIM").replace(" ", "0") for row in range(5)]
    dots = ["0" * 19, *(f"0{row}0" for row in word), "0" * 19, *(["1" * 19, "0" * 19] * number)]
    dots = [row.ljust(19, "0") for row in dots]
    lines = []
    for row in dots:
        line = b"\0" + b"".join((b"\x20" if dot == "1" else b"\xc8") * SCALE for dot in row)
        lines += [line] * SCALE
    size = struct.pack(">IIBBBBB", 19 * SCALE, len(dots) * SCALE, 8, 0, 0, 0, 0)
    text = b"Comment\0simulated"
    parts = ((b"IHDR", size), (b"tEXt", text), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
