"""One Assessment as it was filed, out of a bundle or a file."""

from dataclasses import dataclass
from pathlib import Path

from assessor.audit import bundle_file, inside, read_assessment
from assessor.bundle import open_bundle
from assessor.domain import Assessment, Message
from assessor.errors import BundleError


@dataclass(frozen=True)
class Stored:
    """One Assessment as it was filed."""

    file: str
    done: Assessment


def stored(file: Path) -> Stored:
    """A filing bundle, or an assessment.json."""
    if bundle_file(file).suffix == ".json":
        return Stored(str(file), read_assessment(file.read_bytes(), str(file)))
    bundle = open_bundle(file)
    if bundle.manifest.kind != "assessment":
        raise BundleError(Message(id="rerate.no_assessment"), str(file))
    inside(bundle)  # that its own data files can be read is what lets an auditor follow the earlier result
    return Stored(str(file), read_assessment(bundle.member("assessment.json"), str(file)))
