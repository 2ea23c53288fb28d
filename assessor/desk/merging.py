"""MERGE the work of another installation (a laptop's day on site) into a survey here; neither side's word is lost.

What is only there is taken. What stands on both sides and differs is shown, and a person chooses, one by one; the
other word stays in the history. What nobody chose yet waits. Taking the same work twice changes nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection

from assessor.desk import answering, attaching, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed, same_plant
from assessor.desk.carried import Work, read_work
from assessor.desk.desk import Desk
from assessor.domain import Message, Plant, canonical, sha256
from assessor.errors import AssessorError, InputError, UnknownError
from assessor.storage import Given, Note, StoredFile, Survey, ledger, papers
from assessor.storage import surveys as sql

LISTS = {"settlements": "question", "meanings": "tags", "cuts": "dimension"}
"""Settings that are lists, and what tells their items apart."""
WHOLE = ("budget", "plan", "frameworks", "walk")
ONE_COUNTS = ("register", "scope", "network", "bundle")
"""Of these files one counts: whose it is, is chosen."""
DECIDED = "merged"
"""Among the settings of a survey: what was chosen, with the word that did not count."""
Choice = Literal["ours", "theirs"]
Choices = Mapping[str, tuple[Choice, str]]
"""By item: whose word counts, and the mark of ours that was seen."""


@dataclass(frozen=True)
class Item:
    """One thing that stands there and here, and differs."""

    id: str
    """'answer:p1-l1-1', 'settlements:p1-l1-1', 'budget', 'file:scope'"""
    ours: Any
    theirs: Any
    mark: str
    """Of ours: where it is another by now, it is asked again."""


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


def opened(desk: Desk, who: Actor, survey_id: str, file_id: str) -> Work:
    """Work that was handed in, of the same plant."""
    survey = _may(desk, who, survey_id)
    file, data = attaching.content(desk, who, survey_id, file_id)
    if file.kind != "work":
        raise UnknownError(Message(id="desk.unknown"))
    work = read_work(file, data, desk.clock())
    same_plant(work.plant, Plant.model_validate(survey.plant), file.name)
    return work


def _may(desk: Desk, who: Actor, survey_id: str) -> Survey:
    survey = surveys.get(desk, who, survey_id)
    for action in ("survey.read", "survey.manage", "survey.answer", "survey.sample", "raw.read"):
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
    both = [q for q in there if q in here]
    same = [q for q in both if _alike(here[q], there[q])]
    differing = [
        Item(f"answer:{q}", here[q], there[q], str(here[q].version))
        for q in both
        if q not in same and sql.saved_by(c, survey_id, _key(work, q)) is None
    ]
    fresh, clashing = _settings(survey.settings, work, who.may("survey.settle", survey.organisation))
    files = papers.files_of(c, survey_id)
    clashing += _files(files, work)
    open_ = [i for i in clashing if _decision(work, i) not in _decided(survey.settings)]
    missing = [f for f in work.files if _of(f) not in {_of(held) for held in files} and not _loses(f, clashing)]
    new = (len(there) - len(both), len(fresh), len(_notes(desk, c, survey_id, work)), len(missing))
    return Compared(*new, (*differing, *open_), len(same))


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
    """Those that are not here yet. Whoever wrote them is nobody here, so that they stand unsigned."""
    return [
        replace(note, survey=survey_id, account="")
        for note in work.notes
        if note.question in desk.library.questions and sql.note(c, note.id) is None
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
                clashing.append(_item(f"{name}:{item[key]}", own[item[key]], item))
    for name in WHOLE:
        theirs = work.settings.get(name)
        if theirs is not None and here.get(name) is None:
            fresh[name] = theirs
        elif theirs is not None and here.get(name) != theirs:
            clashing.append(_item(name, here.get(name), theirs))
    return fresh, clashing


def _files(here: list[StoredFile], work: Work) -> list[Item]:
    """Files of which one counts, where the two that count are not the same."""
    clashing = []
    for kind in ONE_COUNTS:
        ours, theirs = (_counting(files, kind) for files in (here, work.files))
        if ours is not None and theirs is not None and ours.sha256 != theirs.sha256:
            told = [{"name": f.name, "sha256": f.sha256, "at": f.at} for f in (ours, theirs)]
            clashing.append(_item(f"file:{kind}", *told))
    return clashing


def _counting(files: list[StoredFile] | tuple[StoredFile, ...], kind: str) -> StoredFile | None:
    held = [f for f in files if f.kind == kind]
    return attaching.counting(held) if kind == "bundle" else (held[-1] if held else None)


def _loses(file: StoredFile, clashing: list[Item]) -> bool:
    """Is it one of a kind of which one counts, and not the bundle, which is kept beside the other?"""
    return file.kind != "bundle" and any(i.id == f"file:{file.kind}" for i in clashing)


def _item(id_: str, ours: Any, theirs: Any) -> Item:
    return Item(id_, ours, theirs, sha256(canonical({"is": ours}))[:16])


def _of(file: StoredFile) -> tuple[str, str | None, str]:
    return file.kind, file.question, file.sha256


def _key(work: Work, question: str) -> str:
    return sha256(f"{work.digest}/{question}".encode())[:64]


def _decision(work: Work, item: Item) -> str:
    return f"{work.digest[:16]}/{item.id}"


def _decided(settings: Mapping[str, Any]) -> set[str]:
    return {one["of"] for one in settings.get(DECIDED, ())}


# Taking it ------------------------------------------------------------------------------------------------------


def take(
    desk: Desk, who: Actor, survey_id: str, work: Work, choices: Choices
) -> tuple[Compared, tuple[tuple[str, Message], ...]]:
    """Take what is only there, and what was chosen; gives what still waits, and files that could not be taken.

    What changed here since it was seen is asked again.
    """
    survey = _may(desk, who, survey_id)
    with desk.store.write() as c:
        held = sql.get(c, survey_id, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        _take_answers(desk, c, who, survey_id, work, choices)
        files = _files(papers.files_of(c, survey_id), work)
        _take_settings(desk, c, who, held, work, files, choices)
        for note in _notes(desk, c, survey_id, work):
            sql.add_note(c, note)
        ledger.note(c, desk.clock(), who.account, survey.organisation, "work merged", survey_id)
    refused = _take_files(desk, who, survey_id, work, {i.id: _chosen(i, choices) for i in files})
    return compare(desk, who, survey_id, work), refused


def _chosen(item: Item, choices: Choices) -> Choice | None:
    choice, mark = choices.get(item.id, (None, ""))
    return choice if mark == item.mark else None


def _take_answers(desk: Desk, c: Connection, who: Actor, survey_id: str, work: Work, choices: Choices) -> None:
    here, changed = sql.given(c, survey_id), False
    for question, given in _answers(desk, work).items():
        stands, key = here.get(question), _key(work, question)
        if (stands is not None and _alike(stands, given)) or sql.saved_by(c, survey_id, key) is not None:
            continue
        ours = replace(given, account=who.account)
        choice, mark = choices.get(f"answer:{question}", (None, ""))
        if stands is None or (choice == "theirs" and mark == str(stands.version)):
            sql.put(c, survey_id, key, replace(ours, version=(stands.version if stands else 0) + 1))
            changed = True
        elif choice == "ours" and mark == str(stands.version):
            sql.remember(c, survey_id, key, replace(ours, version=stands.version))
    if changed:
        sql.change(c, survey_id)


def _take_settings(
    desk: Desk, c: Connection, who: Actor, held: Survey, work: Work, files: list[Item], choices: Choices
) -> None:
    fresh, clashing = _settings(held.settings, work, who.may("survey.settle", held.organisation))
    now, decided = dict(held.settings), list(held.settings.get(DECIDED, []))
    for name, value in fresh.items():
        now[name] = [*now.get(name, []), *value] if name in LISTS else value
    for item in (*clashing, *files):
        choice = _chosen(item, choices)
        if choice is None or _decision(work, item) in _decided(held.settings):
            continue
        lost = item.ours if choice == "theirs" else item.theirs
        decided.append({"of": _decision(work, item), "item": item.id, "lost": lost, "at": desk.clock()})
        name, _, own = item.id.partition(":")
        if choice == "theirs" and name != "file":
            key = LISTS.get(name, "")
            now[name] = [item.theirs if i[key] == own else i for i in now[name]] if key else item.theirs
    if decided:
        now[DECIDED] = decided
    if any(now.get(k) != held.settings.get(k) for k in surveys.SETTINGS):
        sql.change(c, held.id, settings=now)
    elif now != held.settings:
        sql.say(c, held.id, settings=now)


def _take_files(
    desk: Desk, who: Actor, survey_id: str, work: Work, chosen: Mapping[str, Choice | None]
) -> tuple[tuple[str, Message], ...]:
    """Each by itself: one that cannot be read does not keep the others away."""
    with desk.store.read() as c:
        here, refused = papers.files_of(c, survey_id), []
    before, known = _counting(here, "bundle"), {_of(f) for f in here}
    for file, data in work.contents():
        lost = file.kind != "bundle" and chosen.get(f"file:{file.kind}", "theirs") != "theirs"
        if _of(file) in known or lost:
            continue
        try:
            if data is None:
                raise InputError(Message(id="desk.damaged", params={"digest": file.sha256}), file.name)
            attaching.attach(desk, who, survey_id, Handed(file.kind, file.name, data, file.question, _about(file)))
        except AssessorError as problem:
            refused.append((file.name, problem.message))
    _count(desk, who, survey_id, before, _counting(work.files, "bundle"), chosen)
    return tuple(refused)


def _about(file: StoredFile) -> dict[str, Any]:
    """What was said of it; a day that is none is left out."""
    try:
        date.fromisoformat(file.about.get("day", "2026-01-01"))
    except ValueError:
        return {k: v for k, v in file.about.items() if k != "day"}
    return dict(file.about)


def _count(
    desk: Desk,
    who: Actor,
    survey_id: str,
    ours: StoredFile | None,
    theirs: StoredFile | None,
    chosen: Mapping[str, Choice | None],
) -> None:
    """The bundle that counts stays the one that did, unless theirs was chosen or there was none."""
    wanted = theirs if ours is None or chosen.get("file:bundle") == "theirs" else ours
    with desk.store.read() as c:
        held = papers.files_of(c, survey_id, "bundle")
    now = attaching.counting(held)
    match = next((f for f in held if wanted is not None and f.sha256 == wanted.sha256), None)
    if match is not None and now is not None and now.id != match.id:
        attaching.count(desk, who, survey_id, match.id)
