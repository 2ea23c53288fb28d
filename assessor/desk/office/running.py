"""RUN a programme: begin from what the library knows, enter what the notice says, version by version.

A version is never changed: a voucher goes by the rules of the day that it was applied for.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.steps import Step, alone, note
from assessor.documents import explained
from assessor.domain import Message, Period, Programme, Terms, canonical, sha256
from assessor.errors import ConflictError, InputError, UnknownError
from assessor.frameworks.programme import programme_faults
from assessor.messages import LANGUAGES
from assessor.programmes import vouchers as way
from assessor.storage import KeptProgramme
from assessor.storage import vouchers as sql


@dataclass(frozen=True)
class Run:
    """A programme as an office runs it now."""

    kept: KeptProgramme
    rules: Programme

    @property
    def terms(self) -> Terms:
        return self.rules.terms or Terms()

    @property
    def generic(self) -> bool:
        """Are rules of the programme still unknown?"""
        return bool(self.rules.unknown) or not self.terms.periods

    def open_on(self, day: str) -> tuple[Period, ...]:
        """Periods in which one may apply on a day. One without days is open."""
        return tuple(p for p in self.terms.periods if way.against_apply(p, day) is None)


def runs(desk: Desk, who: Actor, office: str) -> list[Run]:
    who.require("office.read", office)
    with desk.store.read() as c:
        return [_run(kept) for kept in sql.programmes_of(c, office)]


def run(desk: Desk, who: Actor, office: str, id_: str) -> Run:
    who.require("office.read", office)
    with desk.store.read() as c:
        kept = sql.programme(c, office, id_)
    if kept is None:
        raise UnknownError(Message(id="desk.unknown"))
    return _run(kept)


def _run(kept: KeptProgramme) -> Run:
    return Run(kept, Programme.model_validate(kept.rules))


def offered(desk: Desk) -> list[Programme]:
    """Vouchers of the library that pay for a diagnosis."""
    return [p for p in desk.library.programmes.values() if p.kind == "voucher" and "diagnosis" in p.pays_for]


def templates(desk: Desk, who: Actor, office: str) -> list[Programme]:
    """Those that the office does not run yet."""
    held = {one.kept.id for one in runs(desk, who, office)}
    return [p for p in offered(desk) if p.id not in held]


def begin(desk: Desk, who: Actor, office: str, id_: str) -> str:
    """Run a programme of the library, with what is known of it and nothing else."""
    who.require("rules.write", office)
    template = next((one for one in offered(desk) if one.id == id_), None)
    if template is None:
        raise UnknownError(Message(id="desk.unknown"))
    with desk.store.write() as c:
        alone(c, office)
        if sql.programme(c, office, id_) is None:
            _keep(c, desk, who, office, template, 1)
    return id_


def change(desk: Desk, who: Actor, office: str, id_: str, version: int, rules: dict[str, Any]) -> int:
    """Enter rules in place of those of a version; gives the new one. An error names the field and its fault."""
    who.require("rules.write", office)
    noun = read_rules(desk, rules)
    if noun.id != id_:
        raise InputError(Message(id="way.other_programme", params={"id": noun.id}), "id")
    with desk.store.write() as c:
        alone(c, office)
        held = sql.programme(c, office, id_)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        if held.version != version:
            raise ConflictError(Message(id="way.rules_moved", params={"version": held.version}))
        if canonical(noun) == canonical(Programme.model_validate(held.rules)):
            return version
        _lose_nothing(c, held, noun)
        _keep(c, desk, who, office, noun, version + 1)
    return version + 1


def read_rules(desk: Desk, rules: dict[str, Any]) -> Programme:
    """Rules as a programme of the library would be read: form first, then what they refer to."""
    try:
        noun = Programme.model_validate(rules)
    except ValidationError as problem:
        raise explained(problem, Programme, rules) from problem
    for where, message in programme_faults(noun, desk.library):
        raise InputError(message, ".".join(map(str, where)))
    terms = noun.terms or Terms()
    if terms.checklist is not None and terms.checklist not in desk.library.checklists:
        known = ", ".join(sorted(desk.library.checklists))
        params: dict[str, Any] = {"id": terms.checklist, "known": known}
        raise InputError(Message(id="way.unknown_checklist", params=params), "terms.checklist")
    return noun


def _lose_nothing(c: Connection, held: KeptProgramme, noun: Programme) -> None:
    """A period that somebody applied in stays; quota and budget are not set below what was granted."""
    terms = noun.terms or Terms()
    for old in (Programme.model_validate(held.rules).terms or Terms()).periods:
        n = sum(sql.counts(c, held.office, held.id, old.id).values())
        now = terms.period(old.id)
        if n and now is None:
            raise InputError(Message(id="way.period_used", params={"id": old.id, "n": n}), "terms.periods")
        held_now = way.Used(*sql.used(c, held.office, held.id, old.id, way.HELD, ""))
        if now is not None and now.quota is not None and now.quota < held_now.vouchers:
            params: dict[str, Any] = {"id": old.id, "n": held_now.vouchers}
            raise InputError(Message(id="way.quota_below", params=params), "terms.periods")
        if now is not None and now.budget is not None and now.budget < held_now.yuan:
            params = {"id": old.id, "yuan": held_now.yuan}
            raise InputError(Message(id="way.budget_below", params=params), "terms.periods")


def _keep(c: Connection, desk: Desk, who: Actor, office: str, noun: Programme, version: int) -> None:
    digest = sha256(canonical(noun))
    kept = KeptProgramme(office, noun.id, version, noun.model_dump(mode="json"), digest, who.account, desk.clock())
    sql.keep_programme(c, kept)
    note(c, desk, office, who, Step(noun.id, "rules", details={"version": version, "sha256": digest}))


def titled(text: str, other: str = "") -> dict[str, str]:
    """A text of an office in both languages; the one stands for the other where only one was given."""
    said = (text.strip(), other.strip())
    return dict(zip(LANGUAGES, (said[0] or said[1], said[1] or said[0]), strict=True))
