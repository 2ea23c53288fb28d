"""The whole product on a plant: sealed as a run would have sealed it, and assessed."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor import pipeline
from assessor.bundle import create, open_bundle, seal
from assessor.domain import Answers, Assessment, Sample, canonical
from assessor.frameworks import Library
from tests.plants.build import BEGIN
from tests.plants.table import Row
from tests.plants.wire import SECOND, heard

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""A key of the tests, known to all."""


def assessed(row: Row, answers: Answers, library: Library, folder: Path) -> Assessment:
    """Through a sealed bundle, as any run."""
    given = heard(row)
    clock = "not-synchronised" if row.laptop_ahead else "synchronised"
    with create(folder / row.id, canonical(given.scope), given.scope, began=BEGIN, clock=clock) as work:
        work.samples([Sample(**one) for one in given.samples.to_pylist()])
        for seen in given.observations:
            work.observe(seen)
        work.end(row.truncated)
        seal(work, KEY, folder / f"{row.id}.zip", made=BEGIN + row.seconds * SECOND)
    source = open_bundle(folder / f"{row.id}.zip")
    return pipeline.assess(source, answers, library, made=source.manifest.made)
