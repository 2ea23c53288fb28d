"""EXTRACTS: what may be counted of each newest result, kept beside it; results kept before are made up for."""

import logging
import zlib
from typing import Any

from assessor.desk.desk import Desk
from assessor.domain import Assessment, sha256
from assessor.portfolio.extract import FORMAT, extract_of, identity
from assessor.storage import Extracted, extracts

log = logging.getLogger("assessor.desk")
BATCH = 10
"""Results read again at one look: each takes a tenth of a second or more of the server's time."""


def extracted(survey: str, organisation: str, version: int, plant: str, row: dict[str, Any]) -> Extracted:
    """As it is kept. `plant`: what `identity` says; where that is no credit code it holds in one organisation."""
    code = len(plant) == 18 and plant.isascii() and plant.isalnum()
    key = plant if code else f"{organisation} {plant}"
    return Extracted(survey, organisation, version, row["made"], sha256(key.encode()), FORMAT, row)


def sweep(desk: Desk, most: int = BATCH) -> int:
    """Make up for results that have none, so many at once; gives how many it made. One that cannot be read is
    noted as such, and not tried again until there is a newer result."""
    with desk.store.read() as c:
        found = extracts.missing(c, FORMAT, most)
    for survey, organisation, version, packed in found:
        new = _made(desk, survey, organisation, version, packed)
        with desk.store.write() as c:
            if extracts.still_there(c, survey):
                extracts.keep(c, new)
    return len(found)


def _made(desk: Desk, survey: str, organisation: str, version: int, packed: bytes) -> Extracted:
    try:
        done = Assessment.model_validate_json(zlib.decompress(packed))
        row = extract_of(done, desk.library).model_dump(mode="json")
        return extracted(survey, organisation, version, identity(done.plant), row)
    except Exception:  # whatever it is: one result never keeps those after it from being counted
        log.exception("a result could not be counted: %s", survey)
        return Extracted(survey, organisation, version, 0, sha256(survey.encode()), FORMAT, None)
