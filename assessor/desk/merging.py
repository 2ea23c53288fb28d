"""MERGE the work of another installation (a laptop's day on site) into a survey here; neither side's word is lost.

What is only there is taken. What stands on both sides and differs is shown, and a person chooses, one by one; the
other word stays in the history. What nobody chose yet waits. Taking the same work twice changes nothing more.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection

from assessor.desk import answering, attaching, noting, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed, same_plant
from assessor.desk.desk import Desk
from assessor.domain import Answers, Message, Plant, sha256
from assessor.errors import AssessorError, InputError, UnknownError
from assessor.storage import FileKind, Given, Note, StoredFile, Survey, ledger, papers
from assessor.storage import surveys as sql

LISTS = {"settlements": "question", "meanings": "tags", "cuts": "dimension"}
"""Settings that are lists, and what tells their items apart."""
WHOLE = ("budget", "plan", "frameworks", "walk")
KEPT_ABOUT = ("system", "taken_by", "taken_at", "signs", "item", "day")
"""What a person said of a file; what was read out of it is read again here."""
CARRIED: tuple[FileKind, ...] = (
    "register", "scope", "network", "precheck", "proof", "attachment", "export", "bundle",
)  # fmt: skip
"""In this order: what a later one is read by stands there already."""
PARTS = ("survey", "history", "notes", "files")
Choice = Literal["ours", "theirs"]


@dataclass(frozen=True)
class Work:
    """What another installation holds of the same plant."""

    digest: str
    plant: Plant
    settings: Mapping[str, Any]
    answers: Mapping[str, Given]
    notes: tuple[Note, ...]
    files: tuple[tuple[StoredFile, bytes], ...]


@dataclass(frozen=True)
class Item:
    """One thing that stands there and here, and differs."""

    id: str
    """'answer:p1-l1-1', 'settlements:p1-l1-1', 'budget'"""
    ours: Any
    theirs: Any
    base: int
    """Of an answer: the version that stands here."""


@dataclass(frozen=True)
class Compared:
    """What the work would bring."""

    new_answers: int
    new_settings: int
    new_notes: int
    new_files: int
    differing: tuple[Item, ...]
    same: int
    """Answers that both sides give alike."""


def read_work(file: StoredFile, data: bytes) -> Work:
    """What was carried over. Raises InputError for what is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            told = {name: json.loads(archive.read(f"{name}.json")) for name in PARTS}
            files = tuple(_files(archive, told["files"]))
        said = sorted((Given(**g) for g in told["history"]), key=lambda g: (g.at, g.version))
        notes = tuple(Note(**one) for one in told["notes"])
        plant = Plant.model_validate(told["survey"]["plant"])
        settings = dict(told["survey"]["settings"])
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as problem:
        raise InputError(Message(id="desk.no_work"), file.name) from problem
    return Work(file.sha256, plant, settings, {g.question: g for g in said}, notes, files)


def _files(archive: zipfile.ZipFile, listed: list[dict[str, Any]]) -> Iterator[tuple[StoredFile, bytes]]:
    for one in listed:
        held = StoredFile(**one)
        data = archive.read(f"files/{held.id}/{held.name}")
        if held.kind in CARRIED and sha256(data) == held.sha256:
            yield held, data


def opened(desk: Desk, who: Actor, survey_id: str, file_id: str) -> Work:
    """Work that was handed in, of the same plant."""
    survey = _may(desk, who, survey_id)
    file, data = attaching.content(desk, who, survey_id, file_id)
    if file.kind != "work":
        raise UnknownError(Message(id="desk.unknown"))
    work = read_work(file, data)
    same_plant(work.plant, Plant.model_validate(survey.plant), file.name)
    return work


def _may(desk: Desk, who: Actor, survey_id: str) -> Survey:
    survey = surveys.get(desk, who, survey_id)
    for action in ("survey.read", "survey.manage", "survey.answer", "raw.read"):
        who.require(action, survey.organisation)
    return survey


def compare(desk: Desk, who: Actor, survey_id: str, work: Work) -> Compared:
    """What taking the work would bring; changes nothing."""
    _may(desk, who, survey_id)
    with desk.store.read() as c:
        return _compared(desk, c, who, survey_id, work)


def _compared(desk: Desk, c: Connection, who: Actor, survey_id: str, work: Work) -> Compared:
    survey = sql.get(c, survey_id)
    if survey is None:
        raise UnknownError(Message(id="desk.unknown"))
    here, there = sql.given(c, survey_id), _answers(desk, work)
    new = [q for q in there if q not in here]
    both = [q for q in there if q in here]
    same = [q for q in both if _alike(here[q], there[q])]
    differing = [
        Item(f"answer:{q}", here[q], there[q], here[q].version)
        for q in both
        if q not in same and sql.saved_by(c, survey_id, _key(work, q)) is None
    ]
    fresh, clashing = _settings(survey.settings, work, who.may("survey.settle", survey.organisation))
    decided = survey.settings.get("merged", [])
    kept = [i for i in clashing if _decision(work, i) not in decided]
    known = _known(papers.files_of(c, survey_id))
    files = [f for f, _ in work.files if (f.kind, f.question, f.sha256) not in known]
    notes = len(_notes(desk, c, survey_id, work))
    return Compared(len(new), len(fresh), notes, len(files), (*differing, *kept), len(same))


def _answers(desk: Desk, work: Work) -> dict[str, Given]:
    """Those that this library's questions take; nothing that was taken back."""
    found = {}
    for question_id, given in work.answers.items():
        question = desk.library.questions.get(question_id)
        if question is None or given.value is None:
            continue
        try:
            value, target = (answering.written(question, v) for v in (given.value, given.target))
        except InputError:
            continue
        found[question_id] = replace(given, value=value, target=target)
    return found


def _notes(desk: Desk, c: Connection, survey_id: str, work: Work) -> list[Note]:
    """Those that are not here yet; whoever wrote them is somebody of the other installation."""
    return [
        replace(note, survey=survey_id)
        for note in work.notes
        if noting.KEY.fullmatch(note.id)
        and note.question in desk.library.questions
        and 0 < len(note.said) <= noting.LONGEST
        and sql.note(c, note.id) is None
    ]


def _alike(a: Given, b: Given) -> bool:
    return (a.value, a.target, a.reason) == (b.value, b.target, b.reason)


def _settings(here: Mapping[str, Any], work: Work, may_settle: bool) -> tuple[dict[str, Any], list[Item]]:
    """What is only there, as the settings that would hold it; and what stands on both sides and differs."""
    fresh: dict[str, Any] = {}
    clashing: list[Item] = []
    for name, key in LISTS.items():
        if name == "settlements" and not may_settle:
            continue
        own = {item[key]: item for item in here.get(name, [])}
        for item in work.settings.get(name, []):
            if item[key] not in own:
                fresh.setdefault(name, []).append(item)
            elif own[item[key]] != item:
                clashing.append(Item(f"{name}:{item[key]}", own[item[key]], item, 0))
    for name in WHOLE:
        theirs = work.settings.get(name)
        if theirs is not None and here.get(name) is None:
            fresh[name] = theirs
        elif theirs is not None and here.get(name) != theirs:
            clashing.append(Item(name, here.get(name), theirs, 0))
    return fresh, clashing


def _known(files: list[StoredFile]) -> set[tuple[str, str | None, str]]:
    return {(f.kind, f.question, f.sha256) for f in files}


def _key(work: Work, question: str) -> str:
    return sha256(f"{work.digest}/{question}".encode())[:64]


def _decision(work: Work, item: Item) -> str:
    return f"{work.digest[:16]}/{item.id}"


# Taking it ------------------------------------------------------------------------------------------------------


def take(
    desk: Desk, who: Actor, survey_id: str, work: Work, choices: Mapping[str, tuple[Choice, int]]
) -> tuple[Compared, tuple[tuple[str, Message], ...]]:
    """Take what is only there, and what was chosen; gives what still waits, and files that could not be taken.

    `choices`: by item, whose word counts and the version of ours that was seen. What changed here meanwhile is
    asked again.
    """
    survey = _may(desk, who, survey_id)
    with desk.store.write() as c:
        held = sql.get(c, survey_id, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        _take_answers(desk, c, who, survey_id, work, choices)
        _take_settings(c, who, held, work, choices)
        for note in _notes(desk, c, survey_id, work):
            sql.add_note(c, note)
        ledger.note(c, desk.clock(), who.account, survey.organisation, "work merged", survey_id)
    refused = _take_files(desk, who, survey_id, work)
    return compare(desk, who, survey_id, work), refused


def _take_answers(
    desk: Desk, c: Connection, who: Actor, survey_id: str, work: Work, choices: Mapping[str, tuple[Choice, int]]
) -> None:
    here, changed = sql.given(c, survey_id), False
    for question, given in _answers(desk, work).items():
        stands, key = here.get(question), _key(work, question)
        if (stands is not None and _alike(stands, given)) or sql.saved_by(c, survey_id, key) is not None:
            continue
        ours = replace(given, account=who.account)
        choice, base = choices.get(f"answer:{question}", (None, 0))
        if stands is None or (choice == "theirs" and base == stands.version):
            sql.put(c, survey_id, key, replace(ours, version=(stands.version if stands else 0) + 1))
            changed = True
        elif choice == "ours" and base == stands.version:
            sql.remember(c, survey_id, key, replace(ours, version=stands.version))
    if changed:
        sql.change(c, survey_id)


def _take_settings(
    c: Connection, who: Actor, held: Survey, work: Work, choices: Mapping[str, tuple[Choice, int]]
) -> None:
    fresh, clashing = _settings(held.settings, work, who.may("survey.settle", held.organisation))
    now, decided = dict(held.settings), list(held.settings.get("merged", []))
    for name, value in fresh.items():
        now[name] = [*now.get(name, []), *value] if name in LISTS else value
    for item in clashing:
        choice, _ = choices.get(item.id, (None, 0))
        if choice == "theirs":
            name, _, own = item.id.partition(":")
            key = LISTS.get(name, "")
            now[name] = [item.theirs if i[key] == own else i for i in now[name]] if key else item.theirs
        elif choice == "ours":
            decided.append(_decision(work, item))
    judged = {k: v for k, v in now.items() if k in surveys.SETTINGS}
    try:
        Answers.model_validate({"format": "assessor-answers/1", "plant": held.plant["id"], "answers": ()} | judged)
    except ValueError as problem:
        raise InputError(Message(id="desk.no_work")) from problem
    if decided:
        now["merged"] = list(dict.fromkeys(decided))
    if any(now.get(k) != held.settings.get(k) for k in surveys.SETTINGS):
        sql.change(c, held.id, settings=now)
    elif now != held.settings:
        sql.say(c, held.id, settings=now)


def _take_files(desk: Desk, who: Actor, survey_id: str, work: Work) -> tuple[tuple[str, Message], ...]:
    """Each by itself: one that cannot be read does not keep the others away."""
    with desk.store.read() as c:
        known, refused = _known(papers.files_of(c, survey_id)), []
    for kind in CARRIED:
        for file, data in work.files:
            if file.kind != kind or (kind, file.question, file.sha256) in known:
                continue
            about = {k: v for k, v in file.about.items() if k in KEPT_ABOUT}
            try:
                attaching.attach(desk, who, survey_id, Handed(kind, file.name, data, file.question, about))
            except AssessorError as problem:
                refused.append((file.name, problem.message))
    return tuple(refused)
