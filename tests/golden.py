"""The golden case: ten generated minutes of the demo plant, assessed. `python -m tests.golden` rewrites it.

The bytes of tests/cases/demo/assessment.json change only when judging changes on purpose; the documents beside it,
as lines of text, when what a report says or shows does.
"""

import shutil
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor import pipeline
from assessor.bundle import create, open_bundle, seal
from assessor.domain import Assessment, canonical
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.messages import LANGUAGES
from assessor.rating import Kind
from assessor.report.papers import PAPERS, written
from assessor.run import DEMO
from connectors.simulator import generate, load_plant
from tests.paper_lines import lines

CASE = Path(__file__).parent / "cases/demo/assessment.json"
BEGIN, SECONDS = 1_767_225_600_000_000_000, 600
"""2026-01-01 00:00 UTC, ten minutes."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""A key of the tests, known to all."""


def assessed(folder: Path, framework: str | None = None, kind: Kind = "discrete") -> Assessment:
    """Generate, seal, assess; deterministic to the byte. As another kind of plant: the same, called otherwise."""
    plant = load_plant(DEMO / "plant.yaml")
    called = plant.scope.model_copy(update={"plant": plant.scope.plant.model_copy(update={"kind": kind})})
    plant = plant.model_copy(update={"scope": called})
    library = load_library(known_indicators=indicators())
    answers = load_answers(DEMO / "answers.yaml", library.questions)
    scope = canonical(plant.scope)
    with create(folder / "work", scope, plant.scope, began=BEGIN, clock="synchronised") as work:
        generate(plant, work, BEGIN, SECONDS)
        work.end(False)
        seal(work, KEY, folder / "sealed.zip", made=BEGIN + SECONDS * 1_000_000_000)
    source = open_bundle(folder / "sealed.zip")
    return pipeline.assess(source, answers, library, framework, made=source.manifest.made)


def papers(made: Assessment) -> dict[str, str]:
    """Every document of an Assessment in both languages, as lines of text, by file name."""
    return {f"{name}.{one}.txt": lines(written(made, one, name)) for name in PAPERS for one in LANGUAGES}


def rewrite() -> None:
    """Put what comes out now in place of what is stored."""
    folder = Path(tempfile.mkdtemp())
    try:
        CASE.parent.mkdir(parents=True, exist_ok=True)
        made = assessed(folder)
        CASE.write_bytes(canonical(made))
        for name, text in papers(made).items():
            (CASE.parent / name).write_text(text, "utf-8")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    rewrite()
