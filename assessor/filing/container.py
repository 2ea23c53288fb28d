"""A pack as bytes: members by name, a signed manifest of them, in one zip or as a folder."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field

from assessor.bundle import fingerprint
from assessor.bundle.archive import BadArchive, pack_into, unpack
from assessor.bundle.key import known_fingerprint
from assessor.domain import Digest, Message, Noun, Plant, Slug, Time, canonical, sha256
from assessor.errors import InputError
from assessor.filing.layout import MANIFEST, SIGNATURE
from assessor.messages import Language

MOST = 4_000_000_000
"""Bytes of a folder that is read as a pack."""


class PackMember(Noun):
    """One file of a pack."""

    name: str
    sha256: Digest
    bytes: Annotated[int, Field(ge=0)]
    items: tuple[Slug, ...] = ()
    """Items of the checklist that it is there for."""
    was: str | None = None
    """Of an attachment: the name it came under."""


class HeldBack(Noun):
    """A file that is named and left out."""

    name: str
    sha256: Digest
    why: Message


class PackManifest(Noun):
    """What a pack holds and who vouches for it; signed as a whole."""

    format: Literal["assessor-pack/1"]
    product: str
    made: Time
    language: Language
    plant: Plant
    """A simulated one says so."""
    assessment: Digest
    """SHA-256 of the assessment.json that it was made from."""
    checklist: Slug
    members: tuple[PackMember, ...]
    held_back: tuple[HeldBack, ...] = ()
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    fingerprint: str


@dataclass(frozen=True)
class Pack:
    """An opened pack and what is wrong with its bytes; empty `faults`: every byte is what was signed."""

    manifest: PackManifest
    members: Mapping[str, bytes]
    faults: tuple[Message, ...]
    own_key: bool


def signed(manifest: PackManifest, members: Mapping[str, bytes], key: Ed25519PrivateKey) -> dict[str, bytes]:
    """All files of a pack by name, manifest and signature among them."""
    data = canonical(manifest)
    return {**members, MANIFEST: data, SIGNATURE: key.sign(data).hex().encode() + b"\n"}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The one container that holds these files."""
    buffer = io.BytesIO()
    pack_into(buffer, files.items())
    return buffer.getvalue()


def open_pack(place: Path) -> Pack:
    """Read a pack and name what differs from its manifest. Raises InputError where it is no pack at all."""
    files, faults = _folder(place) if place.is_dir() else _zip(place)
    try:
        manifest = PackManifest.model_validate_json(files[MANIFEST])
    except (KeyError, ValueError) as problem:
        raise InputError(Message(id="filing.no_manifest"), str(place)) from problem
    if not _is_signed(manifest, files):
        faults.append(Message(id="bundle.signature"))
    listed = {m.name: m for m in manifest.members}
    for name in sorted({*listed, *files} - {MANIFEST, SIGNATURE}):
        which = "missing" if name not in files else "added" if name not in listed else "changed"
        if which != "changed" or sha256(files[name]) != listed[name].sha256:
            faults.append(Message(id=f"bundle.{which}", params={"name": name}))
    known = {name: data for name, data in files.items() if name in listed}
    return Pack(manifest, known, tuple(faults), known_fingerprint() == manifest.fingerprint)


def _zip(place: Path) -> tuple[dict[str, bytes], list[Message]]:
    try:
        archive = unpack(place)
        files = {name: archive.read(name) for name in archive.places}
    except BadArchive as problem:
        raise InputError(problem.message, str(place)) from problem
    return files, [] if archive.is_sound() else [Message(id="bundle.container")]


def _folder(place: Path) -> tuple[dict[str, bytes], list[Message]]:
    """A pack that was unpacked; links that lead elsewhere are not followed."""
    found = [f for f in sorted(place.rglob("*")) if f.is_file() and not f.is_symlink()]
    if sum(f.stat().st_size for f in found) > MOST:
        raise InputError(Message(id="input.too_large", params={"most": MOST}), str(place))
    return {f.relative_to(place).as_posix(): f.read_bytes() for f in found}, []


def _is_signed(manifest: PackManifest, files: Mapping[str, bytes]) -> bool:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.public_key))
    signature = files.get(SIGNATURE, b"")
    if not re.fullmatch(rb"[0-9a-f]{128}\n", signature):
        return False
    try:
        key.verify(bytes.fromhex(signature.decode("ascii")), files[MANIFEST])
    except InvalidSignature:
        return False
    return manifest.fingerprint == fingerprint(key)
