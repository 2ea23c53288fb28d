"""FILES: what is handed in is acknowledged by its SHA-256, and read at once where the product can read it."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from assessor.bundle import Bundle, open_bundle
from assessor.desk import exports, surveys
from assessor.desk.access import Actor
from assessor.desk.content import MOST, SHEET, Content, read_content
from assessor.desk.desk import Desk, new_id
from assessor.domain import Asset, Message, Plant, Scope, sha256
from assessor.errors import AssessorError, InputError, UnknownError
from assessor.forms.register import draft, read_ledger
from assessor.precheck.reading import read_precheck
from assessor.storage import FileKind, StoredFile, ledger, papers, quality
from assessor.storage import surveys as sql
from connectors.scope import load_scope

RAW: frozenset[FileKind] = frozenset({"export", "bundle", "scope", "network", "precheck", "work"})
"""Kinds that hold what machines said, or where they are: for those who may read raw data, and for nobody else."""
VISIT: frozenset[FileKind] = frozenset({"scope", "network", "precheck", "work"})
"""Kinds that say what is contacted, or bring the work of others: for those who may sample."""
JUDGED: frozenset[FileKind] = frozenset({"register", "export", "bundle"})
"""Kinds that a result follows from, beside proofs of answers."""


@dataclass(frozen=True)
class Handed:
    """One file as somebody hands it in."""

    kind: FileKind
    name: str
    data: bytes
    question: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    """What its sender says of it."""
    expected: str | None = None
    """The SHA-256 that its sender reckoned."""
    follows: str | None = None
    """The SHA-256 of the newest file of its kind, where it was made from that one and must follow on it."""


def attach(desk: Desk, who: Actor, survey_id: str, handed: Handed) -> StoredFile:
    """Keep one file. Another digest than its sender reckoned means that it came in damaged: nothing is kept."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.sample" if handed.kind in VISIT else "file.add", survey.organisation)
    if handed.question is not None and handed.question not in desk.library.questions:
        raise UnknownError(Message(id="desk.unknown_question", params={"question": handed.question[:64]}))
    content, digest = read_content(handed.kind, handed.name, handed.data), sha256(handed.data)
    if handed.expected and handed.expected.lower() != digest:
        raise InputError(Message(id="desk.damaged", params={"digest": digest}), content.name)
    told, plant = _read(handed.kind, content, survey.plant)
    file = StoredFile(
        id=new_id(),
        survey=survey_id,
        kind=handed.kind,
        question=handed.question,
        name=content.name,
        media=content.media,
        size=len(handed.data),
        sha256=digest,
        about={**handed.about, **told},
        account=who.account,
        at=desk.clock(),
    )
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None:  # it was erased meanwhile; and files are added one by one
            raise UnknownError(Message(id="desk.unknown"))
        _check_follows(c, survey_id, handed)
        if papers.bytes_of(c, survey_id) + file.size > MOST:
            raise InputError(Message(id="desk.survey_full", params={"mb": MOST // 1_000_000}), content.name)
        papers.add_file(c, file, handed.data)
        if plant is not None and (_judged(file) or plant != Plant.model_validate(survey.plant)):
            sql.change(c, survey_id, plant=plant.model_dump(mode="json"))
        elif _judged(file):
            sql.change(c, survey_id)
        ledger.note(c, file.at, who.account, survey.organisation, f"{file.kind} added", file.id)
    return file


def _judged(file: StoredFile) -> bool:
    """Does a result follow from it?"""
    return file.kind in JUDGED or (file.kind == "proof" and file.question is not None)


def _check_follows(c: Connection, survey_id: str, handed: Handed) -> None:
    """What was made from a file that is no longer the newest would undo what came in between."""
    if handed.follows is None:
        return
    held = papers.files_of(c, survey_id, handed.kind)
    if not held or held[-1].sha256 != handed.follows:
        raise InputError(Message(id="desk.file_meanwhile"), handed.name)


def _read(kind: FileKind, content: Content, plant: dict[str, Any]) -> tuple[dict[str, Any], Plant | None]:
    """What the product finds in it, and the plant as it says; a fault names the file."""
    if kind == "register":
        return _register(content), None
    if kind == "export":
        return {"draft": exports.looked_at(content)}, None
    if kind == "scope":
        return _scope(content, Plant.model_validate(plant))
    if kind == "precheck":
        found = read_precheck(content.data, content.name)
        return {"made": found.made, "endpoints": len(found.checked)}, None
    if kind == "bundle":
        with on_disk(content.data, content.name, ".zip") as file:
            return read_bundle(file, content.name, Plant.model_validate(plant))
    return {}, None


def _register(content: Content) -> dict[str, Any]:
    with on_disk(content.data, content.name, ".xlsx" if content.media == SHEET else ".csv") as file:
        held = read_ledger(file)
        found = draft(held)
    return {
        "assets": _listing(found.assets),
        "processes": [p.model_dump(mode="json") for p in found.processes],
        "columns": dict(held.columns),
        "unused": list(held.unused),
        "questions": [q.model_dump(mode="json") for q in found.questions],
    }


def _scope(content: Content, plant: Plant) -> tuple[dict[str, Any], Plant]:
    """What a factory agreed to. Read, and nothing in it contacted."""
    scope = read_agreed(content.data, content.name)
    told = {
        "agreement": scope.agreement.model_dump(mode="json"),
        "endpoints": len(scope.endpoints),
        "assets": len(scope.assets),
    }
    return told, same_plant(scope.plant, plant, content.name)


def read_agreed(data: bytes, name: str) -> Scope:
    """A scope from its file's bytes; an error names the file as its sender called it."""
    with on_disk(data, name, ".yaml") as file:
        return load_scope(file)


def read_bundle(file: Path, name: str, plant: Plant) -> tuple[dict[str, Any], Plant]:
    """What a bundle is, and the plant that it speaks of."""
    bundle = open_bundle(file)
    found, assets = _about(bundle, name)
    manifest = bundle.manifest
    told = {"bundle": manifest.kind, "digest": bundle.digest, "source": manifest.source}
    return told | {"assets": _listing(assets)}, same_plant(found, plant, name)


def same_plant(found: Plant, plant: Plant, name: str) -> Plant:
    """The plant as what was handed in has it, unless the two are two legal persons; what only the survey knows of
    it stays."""
    codes = {found.credit_code, plant.credit_code} - {None}
    if found.kind != plant.kind or len(codes) > 1:
        raise InputError(Message(id="desk.other_plant", params={"plant": found.name}), name)
    known = {key: value for key, value in plant if value is not None and getattr(found, key) is None}
    return found.model_copy(update=known | {"simulated": found.simulated or plant.simulated})


def _about(bundle: Bundle, name: str) -> tuple[Plant, tuple[Asset, ...]]:
    """The plant that a bundle is of, and its machines."""
    if bundle.manifest.kind == "sample":
        scope = bundle.scope()
        return scope.plant, scope.assets
    from assessor.audit import read_assessment  # noqa: PLC0415 - the judging half of the product

    done = read_assessment(bundle.member("assessment.json"), name)
    return done.plant, done.assets


def _listing(assets: Iterable[Asset]) -> list[dict[str, Any]]:
    return [a.model_dump(mode="json", exclude_defaults=True) for a in assets]


def assets_of(desk: Desk, file: StoredFile) -> tuple[Asset, ...]:
    """The machines of a register or a bundle, as they were read when it was handed in."""
    held = file.about.get("assets")
    if held is None:  # a bundle from before they were told of it
        with desk.store.read() as c:
            data = papers.content(c, file.survey, file.sha256)
        with on_disk(data, file.name, ".zip") as place:
            return _about(open_bundle(place), file.name)[1]
    return tuple(Asset.model_validate(asset) for asset in held)


@contextmanager
def on_disk(data: bytes, name: str, suffix: str) -> Iterator[Path]:
    """A file of our own naming for readers that want one; errors speak of it by its sender's name."""
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        file = Path(folder) / f"given{suffix}"
        file.write_bytes(data)
        try:
            yield file
        except AssessorError as problem:
            place = (problem.place or "").replace(str(file), name).replace(file.name, name)
            problem.place = place or name
            raise


def listed(desk: Desk, who: Actor, survey_id: str, *kinds: FileKind) -> list[StoredFile]:
    """What was handed in (of some kinds, or all) without its content; raw data only where they may be read."""
    survey = surveys.get(desk, who, survey_id, blind=True)  # without content there is no answer in it
    who.require("file.read", survey.organisation)
    raw = who.may("raw.read", survey.organisation)
    with desk.store.read() as c:
        return [f for f in papers.files_of(c, survey_id, *kinds) if raw or f.kind not in RAW]


def content(desk: Desk, who: Actor, survey_id: str, id_: str) -> tuple[StoredFile, bytes]:
    """A file as it was handed in. Proofs are there for whoever rates blind; a bundle may hold answers."""
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("file.read", survey.organisation)
    with desk.store.read() as c:
        held = papers.file(c, survey_id, id_)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        if held.kind in RAW:
            who.require("raw.read", survey.organisation)
        if held.kind != "proof" and survey_id in quality.rates_blind(c, who.account):
            raise surveys.BlindError(survey_id)
        return held, papers.content(c, survey_id, held.sha256)


def remove(desk: Desk, who: Actor, survey_id: str, id_: str) -> None:
    survey = surveys.get(desk, who, survey_id)
    who.require("file.add", survey.organisation)
    with desk.store.write() as c:
        held = papers.file(c, survey_id, id_)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        if held.kind in RAW:
            who.require("raw.read", survey.organisation)
        papers.remove_file(c, survey_id, id_)
        if _judged(held):
            sql.change(c, survey_id)
        ledger.note(c, desk.clock(), who.account, survey.organisation, f"{held.kind} removed", id_)
        if _judged(held):
            ledger.note(c, desk.clock(), who.account, survey.organisation, "file removed", survey_id)


def counting(files: Sequence[StoredFile]) -> StoredFile | None:
    """Of several bundles the one that the result rests on: handed in last, or taken last by a person's word."""
    held = [f for f in files if f.kind == "bundle"]
    return max(held, key=lambda f: f.about.get("counts", f.at), default=None)


def count(desk: Desk, who: Actor, survey_id: str, id_: str) -> None:
    """Let the result rest on this bundle, though another one came later."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.manage", survey.organisation)
    with desk.store.write() as c:
        held = papers.file(c, survey_id, id_)
        if sql.get(c, survey_id, lock=True) is None or held is None or held.kind != "bundle":
            raise UnknownError(Message(id="desk.unknown"))
        papers.say_of_file(c, id_, held.about | {"counts": desk.clock()})
        sql.change(c, survey_id)
        ledger.note(c, desk.clock(), who.account, survey.organisation, "bundle counts", survey_id)
