"""Packs for tests: the demo plant's, complete; one of a plant with open differences; what can be done to them."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from assessor import pipeline
from assessor.bundle import Bundle, open_bundle, write_assessment
from assessor.domain import Answers, Assessment, canonical
from assessor.filing import Made, Wanted, demo_pack, make_pack, zipped
from assessor.filing.demonstration import attachments
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.messages import Language
from assessor.run import DEMO
from tests.golden import KEY, assessed

LIST = "diagnosis-generic"


@cache
def library() -> Library:
    return load_library(known_indicators=indicators())


@cache
def answers() -> Answers:
    return load_answers(DEMO / "answers.yaml", library().questions)


@cache
def sealed() -> Bundle:
    """The sealed bundle that the example was assessed from; it lies in a folder that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="assessor-packs-"))
    assessed(folder)
    return open_bundle(folder / "sealed.zip")


@cache
def first() -> Assessment:
    """Assessed once: its differences are open."""
    return pipeline.assess(sealed(), answers(), library(), made=sealed().manifest.made)


@cache
def complete(language: Language = "zh") -> Made:
    """The demo plant's pack."""
    return demo_pack(sealed(), answers(), first(), library(), KEY, language)


def results(folder: Path, a: Assessment | None = None) -> Path:
    """A folder as `assess -o` writes it, with attachments beside."""
    done = a or first()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assessment.json").write_bytes(canonical(done))
    (folder / "report.html").write_text("<html>the report</html>", "utf-8")
    write_assessment(
        folder / "filing.zip",
        source=sealed(),
        assessment=canonical(done),
        answers=(DEMO / "answers.yaml").read_bytes(),
        parts=library().parts,
        key=KEY,
        made=done.made,
    )
    attachments(folder / "attachments", done)
    return folder


def wanted(folder: Path, language: Language = "zh", **more: object) -> Wanted:
    """A pack by the generic list for all platforms."""
    given = {
        "folder": folder,
        "checklist": library().checklists[LIST],
        "checklist_data": library().parts[f"checklists/{LIST}.yaml"],
        "platforms": tuple(library().platforms.values()),
        "language": language,
        "attachments": folder / "attachments",
    }
    return Wanted(**given | more)  # type: ignore[arg-type]


def pack_of(folder: Path, **more: object) -> Made:
    """A pack of the results in a folder."""
    return make_pack(wanted(folder, **more), KEY, first().made)  # type: ignore[arg-type]


def changed(file: Path, change: Callable[[bytearray], None]) -> Path:
    """A copy of a file with some of its bytes changed."""
    data = bytearray(file.read_bytes())
    change(data)
    other = file.with_name(f"changed-{file.name}")
    other.write_bytes(data)
    return other


def saved(made: Made, file: Path) -> Path:
    """A pack as one zip."""
    file.write_bytes(zipped(made.files))
    return file


def texts(name: str, data: bytes) -> str:
    """All words of a member, unpacked where it is an Office file or a bundle."""
    if name.endswith((".xlsx", ".docx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(texts(inner, archive.read(inner)) for inner in archive.namelist())
    return data.decode("utf-8", "replace")
