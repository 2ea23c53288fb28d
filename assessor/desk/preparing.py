"""BEFORE the visit: what is said of it, the sheet that came back from the factory's IT, the pack, the scope.

Nothing here contacts anything, and nothing here changes a result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assessor.desk import attaching, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed, on_disk
from assessor.desk.content import read_content
from assessor.desk.desk import Desk
from assessor.desk.exports import registered
from assessor.domain import Asset, KeyProcess, Message
from assessor.errors import InputError, UnknownError
from assessor.forms.changes import Problem
from assessor.forms.register import Draft
from assessor.messages import Language
from assessor.precheck import Precheck
from assessor.precheck.reading import Held, against, read_precheck
from assessor.preparing.network import Network
from assessor.preparing.pack import Brought, Prepared, Written, prepare
from assessor.preparing.reading import read_network
from assessor.preparing.scope import NAME, draft_scope
from assessor.preparing.visit import Visit
from assessor.storage import StoredFile, ledger
from assessor.storage import surveys as sql

SAID = "visit"
"""Among the settings of a survey: what a person said of the visit."""


@dataclass(frozen=True)
class Standing:
    """How far the preparation has come."""

    visit: Visit
    register: StoredFile | None
    network: StoredFile | None
    scope: StoredFile | None
    """The one that counts."""
    letters: list[StoredFile]
    """Signed ones that were handed in for it."""
    chosen: int | None
    """So many machines are to be drawn; None: all are looked at."""
    precheck: "Prechecked | None"
    """The newest one that was handed in."""


@dataclass(frozen=True)
class Prechecked:
    """What was tried before the visit."""

    file: StoredFile
    result: Precheck | None
    held: Held | None = None
    """Against the scope that counts; None where there is no scope."""
    fault: Message | None = None
    """Why it cannot be told by this version, which is not the one that took it in."""


def standing(desk: Desk, who: Actor, survey_id: str) -> Standing:
    """For those who may see addresses of machines."""
    held = surveys.opened(desk, who, survey_id)
    who.require("raw.read", held.survey.organisation)
    files = attaching.listed(desk, who, survey_id)
    newest = {f.kind: f for f in files}
    scope = newest.get("scope")
    signed = [f for f in files if scope is not None and f.about.get("signs") == scope.sha256]
    said = held.survey.settings.get(SAID, {})
    visit = _visit(desk, who, survey_id, said, newest.get("register"))
    chosen = visit.strata[0].number if visit.strata else None
    tried = _prechecked(desk, who, survey_id, newest.get("precheck"), scope)
    return Standing(visit, newest.get("register"), newest.get("network"), scope, signed, chosen, tried)


def _prechecked(
    desk: Desk, who: Actor, survey_id: str, file: StoredFile | None, scope: StoredFile | None
) -> Prechecked | None:
    if file is None:
        return None
    try:
        found = read_precheck(attaching.content(desk, who, survey_id, file.id)[1], file.name)
    except InputError as problem:
        return Prechecked(file, None, fault=problem.message)
    if scope is None:
        return Prechecked(file, found)
    return Prechecked(file, found, against(found, _scope(desk, who, survey_id, scope).scope))


def _scope(desk: Desk, who: Actor, survey_id: str, file: StoredFile) -> Written:
    data = attaching.content(desk, who, survey_id, file.id)[1]
    return Written(data, attaching.read_agreed(data, file.name))


def _visit(desk: Desk, who: Actor, survey_id: str, said: Mapping[str, Any], register: StoredFile | None) -> Visit:
    held = surveys.opened(desk, who, survey_id)
    known: dict[str, Any] = {
        "format": "assessor-visit/1",
        "plant": held.plant.model_dump(mode="json"),
        "framework": held.framework.id,
    }
    if register is not None:
        known["register"] = registered(register)
    return Visit.model_validate(known | dict(said))


def say(desk: Desk, who: Actor, survey_id: str, said: Mapping[str, Any]) -> None:
    """Keep what a person says of the visit. Raises InputError that names the field."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.sample", survey.organisation)
    kept = {key: value for key, value in said.items() if value not in (None, "", [], {})}
    try:
        _visit(desk, who, survey_id, kept, None)
    except ValidationError as problem:
        field = ".".join(str(part) for part in problem.errors()[0]["loc"][:2])
        raise InputError(Message(id="desk.bad_visit", params={"field": field}), field) from problem
    with desk.store.write() as c:
        held = sql.get(c, survey_id, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        sql.say(c, survey_id, settings=held.settings | {SAID: kept})
        ledger.note(c, desk.clock(), who.account, survey.organisation, "visit said", survey_id)


def hand_in_network(desk: Desk, who: Actor, survey_id: str, name: str, data: bytes) -> tuple[Problem, ...]:
    """Take the network sheet, or tell every cell that cannot be taken: then nothing is kept."""
    who.require("file.add", surveys.get(desk, who, survey_id).organisation)
    register = standing(desk, who, survey_id).register
    content = read_content("network", name, data)
    with on_disk(data, content.name, ".xlsx") as file:
        problems = read_network(file, _draft(register).assets if register else None).problems
    if not problems:
        attaching.attach(desk, who, survey_id, Handed("network", name, data))
    return problems


def _draft(register: StoredFile) -> Draft:
    about = register.about
    return Draft(
        tuple(Asset.model_validate(a) for a in about["assets"]),
        tuple(KeyProcess.model_validate(p) for p in about["processes"]),
        tuple(Message.model_validate(q) for q in about["questions"]),
    )


def pack(desk: Desk, who: Actor, survey_id: str) -> Prepared:
    """All papers that can be written by now, and why the others cannot."""
    stands = standing(desk, who, survey_id)
    register = _draft(stands.register) if stands.register else None
    scope = _scope(desk, who, survey_id, stands.scope) if stands.scope else None
    network = _network(desk, who, survey_id, stands, register)
    return prepare(Brought(stands.visit, register, network, scope), desk.library, desk.clock())


def _network(desk: Desk, who: Actor, survey_id: str, stands: Standing, register: Draft | None) -> Network | None:
    if stands.network is None:
        return None
    file, data = attaching.content(desk, who, survey_id, stands.network.id)
    with on_disk(data, file.name, ".xlsx") as given:
        return read_network(given, register.assets if register else None).sound()


def draft(desk: Desk, who: Actor, survey_id: str, language: Language) -> StoredFile:
    """The scope, out of register, sheet and what was said, among the files: to be read and agreed to."""
    who.require("survey.sample", surveys.get(desk, who, survey_id).organisation)
    stands = standing(desk, who, survey_id)
    if stands.register is None:
        raise InputError(Message(id="desk.register_first"))
    register = _draft(stands.register)
    network = _network(desk, who, survey_id, stands, register)
    if network is None:
        raise InputError(Message(id="desk.network_first"))
    drafted = draft_scope(stands.visit, register, network, language)
    return attaching.attach(desk, who, survey_id, Handed("scope", NAME, drafted.text.encode()))
