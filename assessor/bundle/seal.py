"""SEAL: one signed container of what a working folder acknowledged."""

import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from time import time_ns
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from assessor.bundle.archive import pack
from assessor.bundle.disk import guarded, write_new
from assessor.bundle.folder import SCHEMA, Folder
from assessor.bundle.key import fingerprint
from assessor.bundle.manifest import Manifest, ManifestMember
from assessor.bundle.resumed import joined
from assessor.domain import Message, Observation, canonical, sha256
from assessor.errors import InputError

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
OBSERVATIONS = TypeAdapter(tuple[Observation, ...])


@dataclass(frozen=True)
class Sealed:
    """A bundle that was written."""

    manifest: Manifest
    digest: str
    """SHA-256 of the manifest's bytes: the bundle's name for others."""


def seal(
    folder: Folder,
    key: Ed25519PrivateKey,
    out: Path,
    *,
    truncated: bool = False,
    made: int | None = None,
) -> Sealed:
    """Make one bundle of a folder. It is written whole or not at all, and replaces nothing."""
    folder.flush()
    with guarded(folder.path):
        members = {
            "meta.json": folder.member("meta.json"),
            "observations.json": _observations(folder),
            "requests.jsonl": b"".join(folder.segments("requests")),
            "samples.parquet": _samples(folder),
            "scope.yaml": folder.member("scope.yaml"),
        }
    listed = tuple(ManifestMember(name=n, sha256=sha256(d), bytes=len(d)) for n, d in sorted(members.items()))
    cut = truncated or not folder.ended
    return write(out, "sample", members, listed, key, made=made, truncated=cut)


def write(
    out: Path,
    kind: Literal["sample", "assessment"],
    members: Mapping[str, bytes],
    listed: tuple[ManifestMember, ...],
    key: Ed25519PrivateKey,
    *,
    made: int | None,
    truncated: bool,
    source: str | None = None,
) -> Sealed:
    """Sign what is listed and write the container."""
    public = key.public_key()
    manifest = Manifest(
        format="assessor-bundle/1",
        kind=kind,
        product=version("plant-assessor"),
        made=time_ns() if made is None else made,
        truncated=truncated,
        source=source,
        algorithm="ed25519",
        public_key=public.public_bytes_raw().hex(),
        fingerprint=fingerprint(public),
        members=listed,
    )
    data = canonical(manifest)
    signed = {MANIFEST: data, SIGNATURE: key.sign(data).hex().encode() + b"\n"}
    with guarded(out):
        try:
            write_new(out, pack([*members.items(), *signed.items()]))
        except FileExistsError as problem:
            raise InputError(Message(id="bundle.exists", params={"file": str(out)})) from problem
    return Sealed(manifest, sha256(data))


def _observations(folder: Folder) -> bytes:
    """One observation of each endpoint: the last of each part of the run, joined where it was resumed."""
    parts: dict[str, dict[int, Observation]] = defaultdict(dict)
    for segment in folder.segments("observations"):
        for seen in observations(segment):
            parts[seen.endpoint][seen.started] = seen
    whole = [
        reduce(lambda a, b: joined(a, b, folder.kept_until(b.started)), parts[id_].values())
        for id_ in sorted(parts)
    ]
    return canonical([seen.model_dump(mode="json") for seen in whole])


def observations(data: bytes) -> tuple[Observation, ...]:
    """Observations from their JSON."""
    return OBSERVATIONS.validate_json(data)


def _samples(folder: Folder) -> bytes:
    """All rows as one Parquet file, in the order in which they came."""
    parts = [pq.read_table(io.BytesIO(data)) for data in folder.segments("samples")]
    table = pa.concat_tables([SCHEMA.empty_table(), *parts])
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", row_group_size=1_000_000)
    return out.getvalue()
