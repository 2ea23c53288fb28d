"""EXPORTS: what a system of the plant recorded is evidence once a person says how to read it and of what it is.

A draft proposes; time zone, system and machines are a person's word. Nothing is contacted: a file is read.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessor.bundle import Folder, create, installation_key, seal
from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.content import SHEET, Content
from assessor.desk.desk import Desk
from assessor.domain import Asset, Message, Observation, Register, Scope, Text, canonical
from assessor.errors import AssessorError, InputError, UnknownError
from assessor.forms.register.ledger import alike
from assessor.gathering import gather
from assessor.messages import moment, render
from assessor.storage import StoredFile, ledger, papers
from assessor.storage import surveys as sql
from connectors.export.draft import Draft, draft
from connectors.export.opening import Unreadable
from connectors.scope import load_scope

AS_FOUND = ("layout", "date", "tag", "value", "quality", "skip_rows", "header_rows")
"""Of a draft, what shows in the file itself and needs nobody's word."""
Kept = Mapping[str, Any]
"""Something as JSON."""


@dataclass(frozen=True)
class Said:
    """What a person says of one export."""

    role: str
    """'scada', 'mes' or 'ems'"""
    system: str
    taken_by: str
    taken_at: str
    time: str
    time_format: str
    time_zone: str | None
    decimal: str = "."
    assets: Mapping[str, str] = field(default_factory=dict)
    """By the start of a tag's name, or by its whole name: the machine that it is of."""
    units: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)


def looked_at(content: Content) -> dict[str, Any]:
    """What a file looks like, as JSON. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        file = Path(folder) / f"export{suffix(content.media)}"
        file.write_bytes(content.data)
        try:
            return draft(file).model_copy(update={"file": content.name}).model_dump(mode="json")
        except Unreadable as problem:
            raise InputError(problem.message, content.name) from problem


def suffix(media: str) -> str:
    return ".xlsx" if media == SHEET else ".csv"


def named(found: Draft) -> tuple[str, ...]:
    """What has to be given a machine: starts of names that several tags share, else every tag."""
    return found.prefixes or found.tags


def proposed(names: Sequence[str], assets: Sequence[Asset]) -> dict[str, str]:
    """The machine whose number or name stands in a name; none where none or several do."""
    found = {}
    for name in names:
        plain = alike(name)
        fitting = [
            a.id for a in assets if any(alike(t) and alike(t) in plain for t in (a.id, a.name.zh, a.name.en))
        ]
        if len(fitting) == 1:
            found[name] = fitting[0]
    return found


def confirm(desk: Desk, who: Actor, survey_id: str, file_id: str, said: Said) -> StoredFile:
    """Take a person's word for how to read an export, and read it whole; what was left out is told."""
    survey = surveys.get(desk, who, survey_id)
    who.require("file.add", survey.organisation)
    who.require("raw.read", survey.organisation)
    with desk.store.read() as c:
        file = papers.file(c, survey_id, file_id)
        held = papers.files_of(c, survey_id)
        if file is None or file.kind != "export":
            raise UnknownError(Message(id="desk.unknown"))
        data = papers.content(c, survey_id, file.sha256)
    register = next((f for f in reversed(held) if f.kind == "register"), None)
    if register is None:
        raise InputError(Message(id="desk.register_first"), file.name)
    endpoint = _endpoint(Draft.model_validate(file.about["draft"]), said)
    told = survey.plant, register.about["assets"], register.about["processes"], registered(register)
    seen = _tried(_scope(*told, [(endpoint, file.media, data)]), endpoint, file, data)
    record = seen.record.model_dump(mode="json") if seen.record else {}
    about = file.about | {"endpoint": endpoint, "record": record, "system": said.system}
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None or papers.file(c, survey_id, file_id) is None:
            raise UnknownError(Message(id="desk.unknown"))  # it was taken away meanwhile
        papers.say_of_file(c, file_id, about)
        sql.change(c, survey_id)
        ledger.note(c, desk.clock(), who.account, survey.organisation, "export confirmed", file_id)
    return file


def registered(file: StoredFile) -> dict[str, Any]:
    """Where the denominator comes from. The day is that of handing it in, and says so: nobody said its own."""
    source = Text(
        zh=render("desk.register_of", "zh", name=file.name), en=render("desk.register_of", "en", name=file.name)
    )
    return Register(source=source, as_of=moment(file.at, "%Y-%m-%d")).model_dump(mode="json")


def _endpoint(found: Draft, said: Said) -> dict[str, Any]:
    """One endpoint of a scope, as JSON; its address is the file's own name once it lies beside the scope."""
    how = {key: getattr(found, key) for key in AS_FOUND}
    how |= {
        key: getattr(said, key) for key in ("system", "taken_by", "taken_at", "time", "time_format", "time_zone")
    }
    how |= {"decimal": said.decimal, "statuses": dict(said.statuses)}
    how |= {"sheets": [found.sheet] if len(found.sheets) > 1 and found.sheet else []}
    given = {name: asset for name, asset in said.assets.items() if asset}
    tags: dict[str, dict[str, str]] = {}
    for name, unit in said.units.items():
        if unit:
            tags.setdefault(name, {})["unit"] = unit
    if not found.prefixes:
        for name, asset in given.items():
            tags.setdefault(name, {})["asset"] = asset
    how["tags"] = [{"name": name, **known} for name, known in tags.items()]
    branches = [{"path": name, "asset": asset} for name, asset in given.items()] if found.prefixes else []
    kept = {key: value for key, value in how.items() if value is not None}
    return {"protocol": "export", "role": said.role, "branches": branches, "export": kept}


Exported = tuple[Kept, str, bytes]
"""An endpoint as it was confirmed, the kind of its file, and the file."""


def _scope(
    plant: Kept, assets: Any, processes: Any, register: Kept, exports: Sequence[Exported]
) -> dict[str, Any]:
    """What was agreed to by handing the files in: these files, of these machines, and no network at all."""
    endpoints = [
        {**endpoint, "id": f"export-{n}", "address": f"export-{n}{suffix(media)}"}
        for n, (endpoint, media, _) in enumerate(exports, 1)
    ]
    heard = sorted(
        {branch["asset"] for e in endpoints for branch in e["branches"]}
        | {tag["asset"] for e in endpoints for tag in e["export"]["tags"] if "asset" in tag}
    )
    role = Text(zh="网页上传", en="Handed in on the web").model_dump()
    # Nobody stood in a network: a scope wants a place, and an Assessment without a live look names none.
    return {
        "format": "assessor-scope/1",
        "plant": plant,
        "agreement": {"role": role, "date": register["as_of"], "reference": "-"},
        "vantage": "office",
        "register": register,
        "strata": [{"id": "all", "selection": "hand-picked", "chosen": heard}],
        "key_processes": processes,
        "assets": assets,
        "endpoints": endpoints,
    }


def _tried(scope: dict[str, Any], endpoint: Kept, file: StoredFile, data: bytes) -> Observation:
    """Read it once as it would be read for a result. A fault names the file."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="assessor-") as folder,
            _gathered(scope, [(endpoint, file.media, data)], Path(folder)) as (_, seen),
        ):
            pass
    except AssessorError as problem:
        problem.place = file.name
        raise
    if seen[0].problem is not None:
        raise InputError(seen[0].problem, file.name)
    if seen[0].record is None or seen[0].record.first is None:
        raise InputError(Message(id="desk.nothing_read"), file.name)
    return seen[0]


@contextmanager
def _gathered(
    scope: dict[str, Any], exports: Sequence[Exported], folder: Path
) -> Iterator[tuple[Folder, tuple[Observation, ...]]]:
    """The files beside their scope, read into a working folder."""
    text = canonical(scope)
    (folder / "scope.yaml").write_bytes(text)
    for n, (_, media, data) in enumerate(exports, 1):
        (folder / f"export-{n}{suffix(media)}").write_bytes(data)
    agreed: Scope = load_scope(folder / "scope.yaml")
    with create(folder / "work", text, agreed) as work:

        async def run() -> tuple[Observation, ...]:
            return await gather(agreed, work, seconds=1, stop=asyncio.Event())

        seen = asyncio.run(run())
        work.end(False)
        yield work, seen


def sealed(
    plant: Kept, assets: Any, processes: Any, register: Kept, exports: Sequence[Exported], folder: Path
) -> Path:
    """A sealed bundle of confirmed exports, as if a laptop had read them."""
    with _gathered(_scope(plant, assets, processes, register, exports), exports, folder) as (work, _):
        seal(work, installation_key(), folder / "sealed.zip")
    return folder / "sealed.zip"
