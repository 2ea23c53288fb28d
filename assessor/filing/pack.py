"""MAKE a pack: what a city files of one assessment, in a fixed order, signed; and the internal annex beside it.

The report for filing is written anew and shows settled differences alone. While a difference is open, everything
that tells of it stays out: reports and the bundle are named with their digests and held back, entries that hang on
it are left empty, and the annex says what is to be clarified.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import time_ns

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessor.audit import read_assessment
from assessor.bundle import fingerprint, open_bundle
from assessor.documents import read_bounded
from assessor.domain import Assessment, Checklist, Message, Platform, Time, sha256
from assessor.errors import InputError
from assessor.filing import sheets
from assessor.filing.anew import PRODUCT, filed, tables
from assessor.filing.attachments import LARGEST, collect
from assessor.filing.container import HeldBack, PackManifest, PackMember, signed
from assessor.filing.layout import (
    BUNDLE,
    CHECKLIST,
    FILED,
    FORMS,
    PROMISE,
    README,
    inside,
)
from assessor.filing.promise import promise
from assessor.filing.readme import readme
from assessor.filing.reports import beside
from assessor.filing.slots import fill
from assessor.messages import Language
from assessor.report.pen import Pen

OPEN = Message(id="filing.why_open")


@dataclass(frozen=True)
class Wanted:
    """What a pack is to be made of."""

    folder: Path
    """As `assess` wrote it: assessment.json, filing.zip, and reports beside them."""
    checklist: Checklist
    checklist_data: bytes
    """Its very file, which goes into the pack."""
    platforms: Sequence[Platform]
    language: Language
    attachments: Path | None = None
    forms: Sequence[Path] = ()


@dataclass(frozen=True)
class Made:
    """A pack that was made, not yet written."""

    files: dict[str, bytes]
    annex: bytes | None
    """Differences that are still open, to be kept beside the pack; None where there are none."""
    left: tuple[Message, ...]
    """Attachments and reports that were not taken, each with the reason."""


@dataclass
class _Members:
    """What goes into the pack, as it is gathered."""

    data: dict[str, bytes] = field(default_factory=dict)
    about: dict[str, PackMember] = field(default_factory=dict)
    held_back: list[HeldBack] = field(default_factory=list)

    def add(self, name: str, data: bytes, items: tuple[str, ...] = (), was: str | None = None) -> None:
        self.data[name] = data
        self.about[name] = PackMember(name=name, sha256=sha256(data), bytes=len(data), items=items, was=was)


def make_pack(wanted: Wanted, key: Ed25519PrivateKey, made: Time | None = None) -> Made:
    """Gather, fill in, sign. Raises InputError where the folder holds no assessment, or another one's bundle."""
    source = read_bounded(wanted.folder / "assessment.json", LARGEST)
    a = read_assessment(source, str(wanted.folder / "assessment.json"))
    pen = Pen.of(a, wanted.language)
    open_ = any(not finding.settled for finding in a.findings)
    members = _Members()
    _tables(members, wanted, a, pen)
    unfit = _documents(members, wanted, source, a)
    _file(members, FILED, filed(a, wanted.language), open_)
    for form in wanted.forms:
        taken = [name.removeprefix(f"{FORMS}/") for name in members.data if name.startswith(FORMS)]
        members.add(f"{FORMS}/{inside(form.name, taken)}", fill(form, a, pen), was=form.name)
    attached, left = collect(wanted.attachments, wanted.checklist)
    for one in attached:
        members.add(one.name, one.data, one.items, one.was)
    members.add(PROMISE, promise(a, pen))
    members.add(README, readme(a, wanted.checklist, members.about, members.held_back))
    public = key.public_key()
    manifest = PackManifest(
        format="assessor-pack/1",
        product=PRODUCT,
        made=time_ns() if made is None else made,
        language=wanted.language,
        plant=a.plant,
        assessment=sha256(source),
        checklist=wanted.checklist.id,
        members=tuple(members.about[name] for name in sorted(members.about)),
        held_back=tuple(members.held_back),
        public_key=public.public_bytes_raw().hex(),
        fingerprint=fingerprint(public),
    )
    return Made(signed(manifest, members.data, key), sheets.annex(a, pen) if open_ else None, (*unfit, *left))


def _tables(members: _Members, wanted: Wanted, a: Assessment, pen: Pen) -> None:
    """Answers for each platform, settled differences, the checklist for people and for the program."""
    for name, data in tables(a, pen, wanted.platforms):
        members.add(name, data)
    members.add(f"{CHECKLIST}/{wanted.checklist.id}.yaml", wanted.checklist_data)
    members.add(f"{CHECKLIST}/{wanted.checklist.id}.xlsx", sheets.checklist(wanted.checklist, a, pen))


def _documents(members: _Members, wanted: Wanted, source: bytes, a: Assessment) -> list[Message]:
    """Bundle and reports; held back while a difference is open. Gives back which are not filed, and why."""
    open_ = any(not finding.settled for finding in a.findings)
    bundle = wanted.folder / "filing.zip"
    if bundle.is_file():
        if open_bundle(bundle).member("assessment.json") != source:
            raise InputError(Message(id="filing.other_bundle"), str(bundle))
        _file(members, BUNDLE, read_bounded(bundle, LARGEST), open_)
    left = []
    for found in beside(wanted.folder, a, wanted.language):
        if isinstance(found, Message):
            left.append(found)
        else:
            _file(members, *found, open_)
    return left


def _file(members: _Members, name: str, data: bytes, open_: bool) -> None:
    """Take it in; while a difference is open, name it and hold it back."""
    if open_:
        members.held_back.append(HeldBack(name=name, sha256=sha256(data), why=OPEN))
    else:
        members.add(name, data)
