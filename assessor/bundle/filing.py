"""The second bundle: what was judged, and by digest what it was judged from. It may leave the plant."""

from collections.abc import Collection, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor.bundle.manifest import ManifestMember
from assessor.bundle.read import Bundle, open_bundle
from assessor.bundle.seal import Sealed, write
from assessor.domain import Message, sha256

SOURCE = "source/"
"""Before the names of members that are of the first bundle."""
STAYS = Message(id="bundle.stays")
"""Raw samples, addresses and the request log stay with the plant unless it decides otherwise."""


def write_assessment(
    out: Path,
    *,
    source: Bundle | None,
    assessment: bytes,
    answers: bytes,
    parts: Mapping[str, bytes],
    key: Ed25519PrivateKey,
    made: int,
) -> Sealed:
    """Assessment, answers and the data files themselves; the members of the first bundle by digest only.

    `source`: the first bundle, or an earlier filing that rests on it and names its members; None where no machine
    was heard, so that there is no first bundle.
    """
    members = {"assessment.json": assessment, "answers.yaml": answers}
    members |= {f"parts/{name}": data for name, data in parts.items()}
    listed = [ManifestMember(name=n, sha256=sha256(d), bytes=len(d)) for n, d in members.items()]
    rests_on, cut = None, False
    if source is not None:
        filed, cut = source.manifest.kind == "assessment", source.manifest.truncated
        rests_on = source.manifest.source if filed else source.digest
        listed += [m for m in source.manifest.members if m.name.startswith(SOURCE)] if filed else _named(source)
    ordered = tuple(sorted(listed, key=lambda m: m.name))
    return write(out, "assessment", members, ordered, key, made=made, truncated=cut, source=rests_on)


def _named(source: Bundle) -> list[ManifestMember]:
    """The members of the first bundle, by digest."""
    return [
        ManifestMember(name=SOURCE + m.name, sha256=m.sha256, bytes=m.bytes, withheld=STAYS)
        for m in source.manifest.members
    ]


def withhold(file: Path, names: Collection[str], reason: Message, out: Path, key: Ed25519PrivateKey) -> Sealed:
    """A copy of a bundle in which some members are named by digest and left out."""
    bundle = open_bundle(file)
    for name in names:
        bundle.member(name)
    listed = tuple(
        m.model_copy(update={"withheld": reason}) if m.name in names else m for m in bundle.manifest.members
    )
    kept = {m.name: bundle.member(m.name) for m in listed if m.withheld is None}
    old = bundle.manifest
    return write(out, old.kind, kept, listed, key, made=old.made, truncated=old.truncated, source=old.source)
