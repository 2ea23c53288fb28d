"""SEAL: one signed container of what a working folder acknowledged."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time_ns
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from assessor.bundle.archive import pack_into
from assessor.bundle.disk import guarded, write_new
from assessor.bundle.folder import Folder
from assessor.bundle.key import fingerprint
from assessor.bundle.manifest import Manifest, ManifestMember
from assessor.bundle.resumed import joined
from assessor.bundle.rows import write_parquet
from assessor.domain import Message, Observation, canonical, canonical_pieces, sha256
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
    with guarded(out), TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as hidden:
        samples, requests, seen = (Path(hidden) / name for name in ("samples", "requests", "observations"))
        write_parquet(samples, folder.tables())
        with requests.open("wb") as lines:
            lines.writelines(folder.lines("requests"))
        with seen.open("wb") as pieces:
            pieces.writelines(canonical_pieces(_observations(folder)))
        members: dict[str, bytes | Path] = {
            "meta.json": _meta(folder),
            "observations.json": seen,
            "requests.jsonl": requests,
            "samples.parquet": samples,
            "scope.yaml": folder.member("scope.yaml"),
        }
        listed = tuple(_listed(name, data) for name, data in sorted(members.items()))
        cut = truncated or not folder.ended
        return write(out, "sample", members, listed, key, made=made, truncated=cut)


def _listed(name: str, data: bytes | Path) -> ManifestMember:
    if isinstance(data, bytes):
        return ManifestMember(name=name, sha256=sha256(data), bytes=len(data))
    with data.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ManifestMember(name=name, sha256=digest, bytes=data.stat().st_size)


def write(
    out: Path,
    kind: Literal["sample", "assessment"],
    members: Mapping[str, bytes] | Mapping[str, bytes | Path],
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
            write_new(out, lambda file: pack_into(file, [*members.items(), *signed.items()]))
        except FileExistsError as problem:
            raise InputError(Message(id="bundle.exists", params={"file": str(out)})) from problem
    return Sealed(manifest, sha256(data))


def _meta(folder: Folder) -> bytes:
    """What was noted when the folder was made, and of the laptop at each start of the run."""
    meta = folder.member("meta.json")
    laptop = [json.loads(line) for line in folder.lines("laptop")]
    return canonical({**json.loads(meta), "laptop": laptop}) if laptop else meta


def _observations(folder: Folder) -> list[Observation]:
    """One observation of each endpoint: the last of each part of the run, joined where it was resumed."""
    parts: dict[str, dict[int, Observation]] = defaultdict(dict)
    for line in folder.lines("observations"):
        seen = Observation.model_validate_json(line)
        parts[seen.endpoint][seen.started] = seen
    return [
        reduce(lambda a, b: joined(a, b, folder.kept_until(b.started)), parts[id_].values())
        for id_ in sorted(parts)
    ]


def observations(data: bytes) -> tuple[Observation, ...]:
    """Observations from their JSON."""
    return OBSERVATIONS.validate_json(data)
