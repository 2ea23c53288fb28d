"""READ and CHECK a bundle that may come from anyone."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessor.bundle.archive import Archive, BadArchive, unpack
from assessor.bundle.key import fingerprint, known_fingerprint
from assessor.bundle.manifest import Manifest
from assessor.bundle.rows import SCHEMA
from assessor.bundle.seal import MANIFEST, SIGNATURE, observations
from assessor.documents import parse
from assessor.domain import Message, Noun, Observation, RequestRecord, Scope, sha256
from assessor.errors import BundleError, InputError

ROW_BYTES = 70
"""What a row takes in memory."""

UNREADABLE = (pa.ArrowException, InputError, OSError, ValueError, TypeError, KeyError, RecursionError, MemoryError)


class Check(Noun):
    """What became of checking one bundle: remarks in order, and whether its bytes are what was signed."""

    kind: str
    holds: bool
    lines: tuple[Message, ...]


@dataclass(frozen=True)
class Bundle:
    """An opened bundle. Its members are checked against the manifest when they are read."""

    file: str
    manifest: Manifest
    digest: str
    """SHA-256 of the manifest's bytes."""
    archive: Archive

    def member(self, name: str) -> bytes:
        """One member, as it was sealed."""
        signed = self._signed(name)
        data = self.archive.read(name)
        if sha256(data) != signed:
            raise BundleError(Message(id="bundle.changed", params={"name": name}), self.file)
        return data

    def _signed(self, name: str) -> str:
        """The digest that a member has to have."""
        listed = next((m for m in self.manifest.members if m.name == name), None)
        if listed is None or name not in self.archive.places:
            which = "bundle.withheld_member" if listed and listed.withheld else "bundle.missing"
            raise BundleError(Message(id=which, params={"name": name}), self.file)
        return listed.sha256

    def scope(self) -> Scope:
        """What the factory agreed to."""
        with self._reading("scope.yaml"):
            return parse(Scope, self.member("scope.yaml").decode("utf-8-sig"), "scope.yaml")[0]

    def observations(self) -> tuple[Observation, ...]:
        """What each connector saw."""
        with self._reading("observations.json"):
            return observations(self.member("observations.json"))

    def samples(self) -> pa.Table:
        """All rows, with the columns of `domain.SAMPLE_COLUMNS`."""
        name = "samples.parquet"
        if self._signed(name) != self.archive.digest(name):
            raise BundleError(Message(id="bundle.changed", params={"name": name}), self.file)
        with self._reading(name), self.archive.open(name) as member:
            parquet = pq.ParquetFile(member)
            if parquet.metadata.num_rows * ROW_BYTES > _memory() or parquet.schema_arrow.names != SCHEMA.names:
                raise ValueError("more rows than fit into memory, or other columns")
            return parquet.read().cast(SCHEMA)

    def requests(self) -> tuple[RequestRecord, ...]:
        """The request log."""
        with self._reading("requests.jsonl"):
            lines = self.member("requests.jsonl").decode().split("\n")  # splitlines would split at U+2028 too
            return tuple(RequestRecord(**json.loads(line)) for line in lines if line)

    @property
    def asked(self) -> int | None:
        """How many requests were sent, by the log; None where the log is withheld."""
        name = "requests.jsonl"
        return self.member(name).count(b"\n") if name in self.archive.places else None

    @cached_property
    def clock(self) -> str:
        """The laptop's clock during the run: 'synchronised', 'not-synchronised' or 'unknown'."""
        with self._reading("meta.json"):
            return str(json.loads(self.member("meta.json"))["clock"])

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Whatever is wrong inside a member is the bundle's fault, and said so."""
        try:
            yield
        except UNREADABLE as problem:
            raise BundleError(
                Message(id="bundle.member_unreadable", params={"name": name}), self.file
            ) from problem


def _memory() -> int:
    """Bytes of memory of this machine; 8 GB where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8_000_000_000


def open_bundle(file: Path) -> Bundle:
    """Open a bundle. Its signature and every member that is read are checked."""
    archive = unpack(file)
    manifest, digest = _manifest(archive)
    if not _is_signed(manifest, archive):
        raise BundleError(Message(id="bundle.signature"), str(file))
    return Bundle(str(file), manifest, digest, archive)


def _manifest(archive: Archive) -> tuple[Manifest, str]:
    """The manifest and its digest."""
    try:
        data = archive.read(MANIFEST)
        return Manifest.model_validate_json(data), sha256(data)
    except (KeyError, ValueError) as problem:
        raise BadArchive(Message(id="bundle.no_manifest"), str(archive.file)) from problem


def _is_signed(manifest: Manifest, archive: Archive) -> bool:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.public_key))
    signature = archive.read(SIGNATURE) if SIGNATURE in archive.places else b""
    if not re.fullmatch(rb"[0-9a-f]{128}\n", signature):  # one way to write it, so that no byte is free
        return False
    try:
        key.verify(bytes.fromhex(signature.decode("ascii")), archive.read(MANIFEST))
    except InvalidSignature:
        return False
    return manifest.fingerprint == fingerprint(key)


def check(file: Path) -> Check:
    """Name every changed, missing or added byte of a bundle; say what it is and what is withheld."""
    try:
        archive = unpack(file)
        manifest, digest = _manifest(archive)
    except BadArchive as problem:
        return Check(kind="unknown", holds=False, lines=(problem.message,))
    faults = [] if _is_signed(manifest, archive) else [Message(id="bundle.signature")]
    inside = {m.name: m for m in manifest.inside}
    for name in sorted({*inside, *archive.places} - {MANIFEST, SIGNATURE}):
        if name not in archive.places:
            faults.append(Message(id="bundle.missing", params={"name": name}))
        elif name not in inside:
            faults.append(Message(id="bundle.added", params={"name": name}))
        elif archive.digest(name) != inside[name].sha256:
            faults.append(Message(id="bundle.changed", params={"name": name}))
    if not faults and not archive.is_sound():
        faults.append(Message(id="bundle.container"))
    lines = [_headline(manifest, digest, len(inside)), *faults]
    if not faults:
        own = known_fingerprint() == manifest.fingerprint
        params = {} if own else {"key": manifest.fingerprint}
        lines.append(Message(id="bundle.own_key" if own else "bundle.other_key", params={**params}))
    lines += [
        Message(id="bundle.withheld", params={"name": m.name, "sha256": m.sha256})
        for m in manifest.members
        if m.withheld is not None
    ]
    if manifest.truncated:
        lines.append(Message(id="bundle.truncated"))
    return Check(kind=manifest.kind, holds=not faults, lines=tuple(lines))


def _headline(manifest: Manifest, digest: str, count: int) -> Message:
    params: dict[str, str | int] = {
        "made": str(manifest.made),
        "key": manifest.fingerprint,
        "n": count,
        "digest": digest,
    }
    return Message(id=f"bundle.is_{manifest.kind}", params=dict(params))
