"""REVIEW: what one person hands in, a second one returns with remarks or signs off; never who handed it in, never
who gave an answer of it, settled a difference or changed what its result rests on.

Each step is of one version of the survey. Whatever changes later leaves the sign-off where it is and makes it one
of an earlier version. All that is asked is asked in the transaction that keeps the step: whoever changes something
meanwhile comes before it, and is seen, or after it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection

from assessor.desk import reckoning, surveys
from assessor.desk.access import ROLES, Actor
from assessor.desk.desk import Desk
from assessor.domain import Message
from assessor.errors import AccessError, AssessorError, ConflictError, InputError, UnknownError
from assessor.storage import Act, Membership, Step, Survey, ledger, papers, people, quality
from assessor.storage import surveys as sql

About = Literal["whole", "question", "difference"]
LONGEST, MOST = 2000, 40


@dataclass(frozen=True)
class Remark:
    """What a reviewer wants to have looked at again."""

    about: str
    """'whole', 'question' or 'difference'"""
    question: str | None
    text: str


@dataclass(frozen=True)
class Review:
    """How far a review has come."""

    survey: Survey
    steps: tuple[Step, ...]
    names: dict[str, str]
    """Of those who took a step, by account; empty where nobody is known any more."""

    @property
    def state(self) -> Literal["draft"] | Act:
        return self.steps[-1].act if self.steps else "draft"

    @property
    def old(self) -> bool:
        """Has something been changed since the last step?"""
        return bool(self.steps) and self.steps[-1].version != self.survey.version

    @property
    def signed(self) -> Step | None:
        """The last sign-off there is, of this version or an earlier one."""
        return next((step for step in reversed(self.steps) if step.act == "signed-off"), None)


def review(desk: Desk, who: Actor, survey_id: str) -> Review:
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    with desk.store.read() as c:
        steps = quality.steps_of(c, survey_id)
        known = people.people(c, {step.account for step in steps})
    return Review(survey, tuple(steps), {id_: person.name for id_, person in known.items()})


def hand_in(desk: Desk, who: Actor, survey_id: str, version: int, why: str = "") -> None:
    """Ask a second person to look at this version. Where that has been done already nothing is done."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.hand_in", survey.organisation)
    why = why.strip()[:LONGEST]
    with desk.store.write() as c:
        held, steps, roles = _locked(c, who, survey_id)
        if not any("survey.hand_in" in ROLES[m.role] for m in roles):
            raise AccessError(Message(id="desk.not_allowed", params={"action": "survey.hand_in"}))
        last = steps[-1] if steps else None
        if last is not None and last.version == held.version and last.act != "returned":
            if last.act == "handed-in":
                return
            raise InputError(Message(id="desk.review_signed"))
        if version != held.version:
            raise ConflictError(Message(id="desk.review_changed"))
        if last is not None and last.act == "returned" and not why:
            raise InputError(Message(id="desk.review_lacks.answer"), "why")
        if lacking := _lacking(c, who, held):
            raise lacking[0]
        if any(m.role == "consultant" for m in roles) and who.account not in _declared(c, survey_id):
            raise InputError(Message(id="desk.review_undeclared"))
        _step(desk, c, who, held, "handed-in", why)


def give_back(desk: Desk, who: Actor, survey_id: str, remarks: Sequence[Remark]) -> None:
    """Return what was handed in, with what is to be looked at again."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.review", survey.organisation)
    checked = [_checked(desk, survey, remark) for remark in remarks if remark.text.strip()]
    if not checked:
        raise InputError(Message(id="desk.review_lacks.remark"), "text")
    if len(checked) > MOST:
        raise InputError(Message(id="desk.review_many", params={"most": MOST}), "text")
    with desk.store.write() as c:
        held, steps, _ = _locked(c, who, survey_id)
        if not steps or steps[-1].act != "handed-in":
            raise ConflictError(Message(id="desk.review_not_handed_in"))
        if steps[-1].account == who.account:
            raise AccessError(Message(id="desk.review_own"))
        if not _name(c, who):
            raise InputError(Message(id="desk.review_lacks.name"))
        _step(desk, c, who, held, "returned", "", checked)


def sign_off(desk: Desk, who: Actor, survey_id: str, version: int, why: str) -> None:
    """Say that this version was looked at and stands. `version`: the one that was looked at."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.review", survey.organisation)
    why = why.strip()[:LONGEST]
    if not why:
        raise InputError(Message(id="desk.review_lacks.why"), "why")
    with desk.store.write() as c:
        held, steps, roles = _locked(c, who, survey_id)
        if not any("survey.review" in ROLES[m.role] for m in roles):
            raise AccessError(Message(id="desk.not_allowed", params={"action": "survey.review"}))
        if version != held.version:
            raise ConflictError(Message(id="desk.review_changed"))
        if found := _against(c, who, held, steps):
            raise found[0]
        _step(desk, c, who, held, "signed-off", why)


def against(desk: Desk, who: Actor, survey_id: str) -> list[Message]:
    """What keeps somebody from signing off now; the same that is asked when they do."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.review", survey.organisation)
    with desk.store.read() as c:
        return [fault.message for fault in _against(c, who, survey, quality.steps_of(c, survey_id))]


def _against(c: Connection, who: Actor, survey: Survey, steps: Sequence[Step]) -> list[AssessorError]:
    last = steps[-1] if steps else None
    if last is None or last.act != "handed-in":
        return [ConflictError(Message(id="desk.review_not_handed_in"))]
    found: list[AssessorError] = []
    if last.account == who.account:
        found.append(AccessError(Message(id="desk.review_own")))
    elif quality.took_part(c, survey.id, who.account):
        found.append(AccessError(Message(id="desk.review_took_part")))
    if last.version != survey.version:
        found.append(ConflictError(Message(id="desk.review_changed")))
    said = _declared(c, survey.id)
    if who.account not in said:
        found.append(InputError(Message(id="desk.review_undeclared")))
    consultants = {m.account for m in people.members(c, survey.organisation) if m.role == "consultant"}
    if silent := consultants - said - {who.account}:
        found.append(InputError(Message(id="desk.review_silent", params={"n": len(silent)})))
    return [*found, *_lacking(c, who, survey)]


def _locked(c: Connection, who: Actor, survey_id: str) -> tuple[Survey, list[Step], list[Membership]]:
    """The survey, which nobody changes until the transaction ends, and what one is there by now."""
    held = sql.get(c, survey_id, lock=True)
    if held is None:
        raise UnknownError(Message(id="desk.unknown"))
    return held, quality.steps_of(c, survey_id), people.memberships_in(c, who.account, held.organisation)


def _lacking(c: Connection, who: Actor, survey: Survey) -> list[AssessorError]:
    """A name to stand under it, and a result of this very version."""
    made = papers.outcome(c, survey.id, survey.version)
    named, reckoned = bool(_name(c, who)), made is not None and made.assessment is not None
    told = {"desk.review_lacks.name": named, "desk.review_no_result": reckoned}
    return [InputError(Message(id=id_)) for id_, there in told.items() if not there]


def _name(c: Connection, who: Actor) -> str:
    person = people.person(c, who.account)
    return person.name if person else ""


def _declared(c: Connection, survey_id: str) -> set[str]:
    return {d.account for d in quality.declared(c, survey_id)}


def differences(desk: Desk, survey: Survey) -> set[str]:
    """What a remark can be about: open ones, and those that were settled."""
    return {*reckoning.differing(desk, survey), *(s["question"] for s in survey.settings.get("settlements", ()))}


def _checked(desk: Desk, survey: Survey, remark: Remark) -> dict[str, str | None]:
    known = {
        "whole": remark.question is None,
        "question": remark.question in desk.library.questions,
        "difference": remark.question in differences(desk, survey),
    }
    if not known.get(remark.about, False):
        params = {"question": (remark.question or "")[:64]}
        raise InputError(Message(id="desk.review_about", params=dict(params)), remark.question)
    return asdict(Remark(remark.about, remark.question, remark.text.strip()[:LONGEST]))


def _step(
    desk: Desk,
    c: Connection,
    who: Actor,
    survey: Survey,
    act: Act,
    why: str,
    remarks: Sequence[dict[str, str | None]] = (),
) -> None:
    now, number = desk.clock(), len(quality.steps_of(c, survey.id)) + 1
    quality.add_step(c, survey.id, Step(number, act, survey.version, who.account, now, why, list(remarks)))
    ledger.note(c, now, who.account, survey.organisation, f"review: {act}", survey.id)
