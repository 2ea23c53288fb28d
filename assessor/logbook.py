"""THE LOG as a file: given out so that anybody can follow it without this system, and followed.

One JSON object a line: every entry, then a seal with the digest of the last one, signed by the installation. The
signature proves which key sealed it, not that it is true. Whoever kept an earlier export can tell whether anything
before its end was changed, left out or cut off since.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from assessor.bundle import fingerprint
from assessor.documents import read_bounded
from assessor.domain import Digest, LogEntry, Message, Noun
from assessor.errors import InputError
from assessor.programmes.vouchers import chained

N = TypeVar("N", bound=Noun)
LARGEST = 2_000_000_000
"""Bytes of an export: some million entries."""


class LogSeal(Noun):
    """The last line."""

    format: Literal["assessor-log-seal/1"] = "assessor-log-seal/1"
    office: str
    entries: int
    head: Digest | None
    """None: nothing was done yet."""
    algorithm: Literal["Ed25519"] = "Ed25519"
    key: str
    """The public key, raw, as hexadecimal digits."""
    signature: str

    @property
    def signed(self) -> bytes:
        """What the signature is of."""
        return _line(self.model_dump(mode="json", exclude={"signature"}))


class Followed(Noun):
    """An export that was followed to its end."""

    office: str
    entries: int
    head: Digest | None
    fingerprint: str
    holds: bool
    lines: tuple[Message, ...]


def written(office: str, entries: Iterable[LogEntry], key: Ed25519PrivateKey) -> Iterator[bytes]:
    """A log as lines, sealed."""
    count, head = 0, None
    for entry in entries:
        count, head = count + 1, entry.digest
        yield _line(entry.model_dump(mode="json"))
    public = key.public_key().public_bytes_raw().hex()
    bare = LogSeal(office=office, entries=count, head=head, key=public, signature="")
    yield _line(bare.model_copy(update={"signature": key.sign(bare.signed).hex()}).model_dump(mode="json"))


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def follow(file: Path, earlier: Path | None = None) -> Followed:
    """Follow an export from its first entry to its seal; with an earlier export of the same office, whether that
    one is its beginning. Raises InputError, with the line, where it is no export."""
    entries, seal = _read(file)
    found = chained(entries)
    told = [Message(id="logbook.entries", params={"n": len(entries)})]
    faults: list[Message] = []
    if found.broken_at is not None:
        faults.append(Message(id="logbook.broken", params={"at": found.broken_at}))
    if (seal.entries, seal.head, seal.office) != (len(entries), found.head, _office(entries, seal)):
        faults.append(Message(id="logbook.other_end", params={"sealed": seal.entries, "n": len(entries)}))
    if not _signed(seal):
        faults.append(Message(id="logbook.not_signed"))
    if earlier is not None:
        faults += _goes_on(entries, seal, *_read(earlier))
        told.append(Message(id="logbook.compared"))
    mark = fingerprint(Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.key)))
    told.append(Message(id="logbook.key", params={"fingerprint": mark}))
    return Followed(
        office=seal.office, entries=len(entries), head=found.head, fingerprint=mark,
        holds=not faults, lines=(*told, *faults),
    )  # fmt: skip


def _office(entries: list[LogEntry], seal: LogSeal) -> str:
    return entries[0].office if entries else seal.office


def _goes_on(entries: list[LogEntry], seal: LogSeal, old: list[LogEntry], before: LogSeal) -> Iterator[Message]:
    """Is the earlier export the beginning of this one?"""
    if before.office != seal.office:
        yield Message(id="logbook.other_office")
    elif len(old) > len(entries):
        yield Message(id="logbook.cut_off", params={"n": len(old), "left": len(entries)})
    elif (differs := next((a.number for a, b in zip(old, entries, strict=False) if a != b), None)) is not None:
        yield Message(id="logbook.changed_since", params={"at": differs})


def _signed(seal: LogSeal) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.key))
        key.verify(bytes.fromhex(seal.signature), seal.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(file: Path) -> tuple[list[LogEntry], LogSeal]:
    lines = read_bounded(file, LARGEST).splitlines()
    if not lines:
        raise InputError(Message(id="logbook.no_export"), str(file))
    entries = [_parsed(LogEntry, line, file, n) for n, line in enumerate(lines[:-1], 1)]
    seal = _parsed(LogSeal, lines[-1], file, len(lines))
    if len(seal.key) != 64 or not all(sign in "0123456789abcdef" for sign in seal.key):
        raise InputError(Message(id="logbook.no_export"), f"{file}:{len(lines)}")
    return entries, seal


def _parsed(kind: type[N], line: bytes, file: Path, number: int) -> N:
    try:
        return kind.model_validate_json(line)
    except ValidationError as problem:
        raise InputError(Message(id="logbook.no_export"), f"{file}:{number}") from problem
