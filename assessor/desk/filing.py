"""FILE a survey: the list that it is accepted by, what people bring for each of its items, one signed pack.

A pack is made of the newest result when somebody asks for it: that takes a second or two, and nobody's save waits.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assessor.bundle import installation_key
from assessor.desk import attaching, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.content import read_content
from assessor.desk.desk import Desk
from assessor.domain import Assessment, Checklist, Item, Message, canonical
from assessor.errors import InputError, UnknownError
from assessor.filing import Wanted, make_pack, sheets, zipped
from assessor.filing.attachments import HEADER, name_for
from assessor.filing.container import PackMember
from assessor.filing.foreseen import Foreseen, Ground, foresee
from assessor.filing.proof import blank
from assessor.filing.write import BESIDE, GENERIC, checklist_of
from assessor.messages import Language
from assessor.report.pen import Pen
from assessor.storage import StoredFile, papers


@dataclass(frozen=True)
class Brought:
    """A file that somebody handed in for an item, and what it is called in the pack."""

    file: StoredFile
    item: str
    name: str


@dataclass(frozen=True)
class Entry:
    """One item of the list as it stands."""

    foreseen: Foreseen
    files: tuple[StoredFile, ...]


@dataclass(frozen=True)
class Ready:
    """How far the pack has come."""

    checklist: Checklist
    entries: tuple[Entry, ...]
    left: tuple[StoredFile, ...]
    """Handed in for no item of this list: they stay out."""
    open: int
    """Differences that are still to be settled."""

    @property
    def lacking(self) -> int:
        """Items that are missing or held back."""
        return sum(entry.foreseen.state in ("missing", "held") for entry in self.entries)


def checklist(desk: Desk, id_: str) -> Checklist:
    """One of the library's by its id, the generic one where none is named; never a file."""
    found = desk.library.checklists.get(id_ or GENERIC)
    if found is None:
        raise UnknownError(Message(id="desk.unknown"))
    return found


def ready(desk: Desk, who: Actor, survey_id: str, by: Checklist, language: Language) -> Ready:
    """Each item with its state, by the rules of the check that the pack will be put to."""
    done = _filed(desk, who, survey_id)
    brought, left = _brought(desk, survey_id, by)
    with desk.store.read() as c:
        data = {one.name: papers.head(c, survey_id, one.file.sha256, HEADER) for one in brought}
    members = [
        PackMember(name=b.name, sha256=b.file.sha256, bytes=b.file.size, items=(b.item,), was=b.name)
        for b in brought
    ]
    platforms = tuple(desk.library.platforms.values())
    found = foresee(Ground(done, by, platforms, members, data, language, desk.clock()))
    entries = tuple(Entry(one, tuple(b.file for b in brought if b.item == one.item.id)) for one in found)
    return Ready(by, entries, tuple(left), _open(done))


def _filed(desk: Desk, who: Actor, survey_id: str) -> Assessment:
    """The newest result, for whoever may see what is filed."""
    who.require("filing.read", surveys.get(desk, who, survey_id).organisation)
    return reckoning.assessment(desk, who, survey_id)


def _open(done: Assessment) -> int:
    return sum(not finding.settled for finding in done.findings)


def _brought(desk: Desk, survey_id: str, by: Checklist) -> tuple[list[Brought], list[StoredFile]]:
    """Attachments under their names in the pack, and those that are for no item of this list."""
    with desk.store.read() as c:
        files = papers.files_of(c, survey_id, "attachment")
    items, taken, left = {item.id: item for item in by.items}, list[Brought](), list[StoredFile]()
    for file in files:
        item = items.get(file.about.get("item", ""))
        day = date.fromisoformat(file.about["day"]) if "day" in file.about else None
        name = name_for(file.name, item, by.items, [b.name for b in taken], day) if item else None
        if item is None or name is None:
            left.append(file)
        else:
            taken.append(Brought(file, item.id, name))
    return taken, left


def hand_in(
    desk: Desk, who: Actor, survey_id: str, item: Item, by: Checklist, files: Sequence[tuple[str, bytes]], day: str
) -> None:
    """Keep files for one item, all or none. A person's word says which item that is, and of which day they are."""
    who.require("file.add", surveys.get(desk, who, survey_id).organisation)
    about = {"item": item.id} | ({"day": _day(day)} if day and item.dated else {})
    for name, data in files:
        shown = read_content("attachment", name, data).name
        if blank(data):
            raise InputError(Message(id="desk.empty_file"), shown)
        if name_for(shown, item, by.items, (), None) is None:
            raise InputError(Message(id="desk.not_asked_for", params={"files": " ".join(item.files)}), shown)
    for name, data in files:
        attaching.attach(desk, who, survey_id, Handed("attachment", name, data, about=about))


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError as problem:
        raise InputError(Message(id="desk.bad_day"), said[:20]) from problem


def pack(desk: Desk, who: Actor, survey_id: str, by: Checklist, language: Language) -> bytes:
    """What `assessor file` makes of the same result and attachments, as one zip."""
    done = _filed(desk, who, survey_id)
    with tempfile.TemporaryDirectory(prefix="assessor-") as hidden:
        folder = Path(hidden)
        (folder / "assessment.json").write_bytes(canonical(done))
        (folder / "filing.zip").write_bytes(reckoning.filing(desk, who, survey_id, done))
        (folder / "report.html").touch()  # its name asks for it: it is written anew, for filing
        wanted = Wanted(
            folder=folder,
            checklist=by,
            checklist_data=checklist_of(by.id, desk.library)[1],
            platforms=tuple(desk.library.platforms.values()),
            language=language,
            attachments=_on_disk(desk, survey_id, by, folder / BESIDE),
        )
        made = make_pack(wanted, installation_key(), desk.clock())
    return zipped(made.files)


def _on_disk(desk: Desk, survey_id: str, by: Checklist, folder: Path) -> Path:
    """Attachments in a folder, each under the name that says what it is for."""
    folder.mkdir()
    brought, _ = _brought(desk, survey_id, by)
    for one in brought:
        with desk.store.read() as c:
            (folder / one.name).write_bytes(papers.content(c, survey_id, one.file.sha256))
    return folder


def annex(desk: Desk, who: Actor, survey_id: str, language: Language) -> bytes:
    """Differences that are still open: the factory's own, never filed. UnknownError where there are none."""
    who.require("survey.read", surveys.get(desk, who, survey_id).organisation)
    done = _filed(desk, who, survey_id)
    if not _open(done):
        raise UnknownError(Message(id="desk.unknown"))
    return sheets.annex(done, Pen.of(done, language))
