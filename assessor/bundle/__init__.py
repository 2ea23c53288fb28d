"""BUNDLE: what was sampled and what was judged, each sealed so that any changed byte shows.

A run writes a working folder, acknowledged row by row; `seal` makes one signed zip of it. `write_assessment`
makes the second bundle, which embeds the first one's digest and leaves its raw members with the plant.
"""

from assessor.bundle.archive import BadArchive
from assessor.bundle.filing import withhold, write_assessment
from assessor.bundle.folder import Folder, create, reopen
from assessor.bundle.key import fingerprint, installation_key
from assessor.bundle.manifest import Manifest, ManifestMember
from assessor.bundle.read import Bundle, Check, check, open_bundle
from assessor.bundle.seal import Sealed, seal

__all__ = [
    "BadArchive",
    "Bundle",
    "Check",
    "Folder",
    "Manifest",
    "ManifestMember",
    "Sealed",
    "check",
    "create",
    "fingerprint",
    "installation_key",
    "open_bundle",
    "reopen",
    "seal",
    "withhold",
    "write_assessment",
]
