"""HAND IN what a voucher pays for: the pack of a survey, checked by the programme's own list before it is taken.

What can be told by a machine is told to the factory at once; what only a person can judge waits for the office.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from assessor.desk import filing, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.steps import Step, alone, get, note, programme_of, taking
from assessor.domain import Assessment, Checklist, Message, Terms, sha256
from assessor.errors import BundleError, ConflictError, InputError, UnknownError
from assessor.filing import check_pack
from assessor.filing.checking import Checked
from assessor.messages import Language, render
from assessor.programmes import vouchers as way
from assessor.report import checking
from assessor.report.papers import PAPERS, written
from assessor.storage import KeptPack, Voucher, extracts
from assessor.storage import vouchers as sql


@dataclass(frozen=True)
class Handed:
    """A pack with what was found in it, and an edited report that came along."""

    data: bytes
    checked: Checked
    report: dict[str, Any] | None


def hand_in(
    desk: Desk, who: Actor, id_: str, step: int, language: Language, report: tuple[str, bytes] | None = None
) -> Voucher:
    """Hand in the survey as it stands. InputError names every item that is missing; nothing is taken then."""
    voucher = get(desk, who, id_)
    who.require("voucher.hand_in", voucher.factory)
    if voucher.step != step:
        raise ConflictError(Message(id="way.moved"))
    handed = _made(desk, who, voucher, language, report)  # takes a second or two, and nobody waits for it
    with taking(desk, who, id_, "hand-in", step, "voucher.hand_in", side="factory") as one:
        period = one.terms.period(one.voucher.period)
        if period is not None and (fault := way.against_hand_in(period, desk.today())):
            raise InputError(fault)
        if not extracts.still_there(one.c, one.voucher.survey):  # it was erased while the pack was made
            raise UnknownError(Message(id="desk.unknown"))
        number = len(sql.packs_of(one.c, id_)) + 1
        digest = sha256(handed.data)
        found = handed.checked.model_dump(mode="json")
        about = (one.voucher.survey, digest, len(handed.data), found, handed.report)
        kept = KeptPack(id_, number, *about, who.account, desk.clock())
        sql.add_pack(one.c, kept, handed.data)
        told = {"pack": number, "sha256": digest, "simulated": handed.checked.simulated}
        if handed.report is not None:
            told |= {"report": handed.report["sha256"], "report_holds": handed.report["holds"]}
        return one.take(details=told)


def list_of(desk: Desk, terms: Terms) -> Checklist:
    """The list that a programme accepts by; the generic one where it names none."""
    return filing.checklist(desk, terms.checklist or "")


def _made(
    desk: Desk, who: Actor, voucher: Voucher, language: Language, report: tuple[str, bytes] | None
) -> Handed:
    with desk.store.read() as c:
        by = list_of(desk, programme_of(c, voucher).terms or Terms())
    done = reckoning.assessment(desk, who, voucher.survey)
    if done.plant.credit_code != voucher.credit_code:  # of whom machines were heard says its bundle
        params: dict[str, Any] = {"own": done.plant.credit_code or "-", "given": voucher.credit_code}
        raise InputError(Message(id="way.other_code", params=params))
    data = filing.pack(desk, who, voucher.survey, by, language)
    checked = checked_now(data)
    lacking = [item for item in checked.items if item.outcome == "missing"]
    if lacking:
        names = render("web.list_sep", language).join(render(item.text, language) for item in lacking)
        raise InputError(Message(id="way.lacking", params={"n": len(lacking), "items": names}))
    if checked.faults:
        raise InputError(checked.faults[0])
    if not checked.verified:  # nothing is missing by the list, which does not ask for the bundle
        raise InputError(Message(id="way.not_verified"))
    return Handed(data, checked, None if report is None else check_report(done, *report))


def checked_now(data: bytes) -> Checked:
    """What the check of packs finds, bundle judged again, every byte against its signature."""
    with tempfile.TemporaryDirectory(prefix="assessor-") as hidden:
        file = Path(hidden) / "pack.zip"
        file.write_bytes(data)
        return check_pack(file)


def check_report(done: Assessment, name: str, data: bytes) -> dict[str, Any]:
    """An edited report against what it was written from; InputError where it is of another assessment, or none."""
    paper = checking.read(data, name)
    token = paper.token
    if token is None or token.paper not in PAPERS:
        raise InputError(Message(id="edited.no_token"), name)
    if token.digest != done.digest:
        params: dict[str, Any] = {"own": token.digest, "given": done.digest}
        raise InputError(Message(id="edited.other_bundle", params=params), name)
    levels = [render(level.name, token.language) for level in done.framework.levels]
    found = checking.check(paper, written(done, token.language, token.paper), levels)
    return found.told() | {"name": name[:200], "sha256": sha256(data), "paper": token.paper}


def pack(desk: Desk, who: Actor, id_: str, number: int) -> tuple[KeptPack, bytes]:
    """A file as it was handed in: for the office that it was handed to, and for whoever handed it in."""
    voucher = get(desk, who, id_)
    if not who.may("pack.read", voucher.office):
        surveys.get(desk, who, voucher.survey)  # whoever rates it blind has no look at what was handed in either
        who.require("filing.read", voucher.factory)
    with desk.store.read() as c:
        kept = next((one for one in sql.packs_of(c, id_) if one.number == number), None)
        data = sql.pack_data(c, id_, number)
    if kept is None or data is None:
        raise UnknownError(Message(id="desk.unknown"))
    return kept, data


def forget(desk: Desk, c: Connection, who: Actor | None, survey: str) -> None:
    """What is in files that were handed in goes with their survey, but for those that were accepted: money is paid
    on these. Digests stay, and the log says that it was so."""
    for voucher in sql.handed_in_from(c, survey):
        alone(c, voucher.office)
        kept = {
            e.details.get("pack")
            for e in sql.entries_of(c, voucher.office, subject=voucher.id)
            if e.act == "accept"
        }
        gone = [p.number for p in sql.packs_of(c, voucher.id) if p.survey == survey and p.number not in kept]
        if gone and sql.forget_packs(c, voucher.id, gone):
            note(c, desk, voucher.office, who, Step(voucher.id, "forget", details={"packs": gone}))


@dataclass(frozen=True)
class Again:
    """A pack that was checked once more: is it the very file of the log, and what is in it now."""

    kept: KeptPack
    same: bool
    checked: Checked | None
    fault: Message | None = None
    """Why it could not be read at all: its bytes are no longer those of a pack."""


def verify(desk: Desk, who: Actor, id_: str, number: int) -> Again:
    """An auditor's look: the file against its digest in the log, and everything in it reckoned anew."""
    kept, data = pack(desk, who, id_, number)
    with desk.store.read() as c:
        entries = sql.entries_of(c, get(desk, who, id_).office, subject=id_)
    logged = [e for e in entries if e.details.get("pack") == number]
    same = bool(logged) and all(e.details["sha256"] == sha256(data) == kept.sha256 for e in logged)
    try:
        return Again(kept, same, checked_now(data))
    except (InputError, BundleError) as problem:  # a disk that is full is no fault of the file
        return Again(kept, same, None, problem.message)
