"""SETTLE a difference: what came of clarifying it with the factory. Claim and what was seen both stay visible.

An assessor settles, either way, with the factory's reply, a reason and a proof. Whoever answered may correct the
answer instead: then there is no difference any more.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assessor.desk import attaching, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.answering import written
from assessor.desk.desk import Desk
from assessor.domain import Assessment, Message, Settlement
from assessor.errors import InputError, UnknownError
from assessor.storage import people


@dataclass(frozen=True)
class Clarified:
    """What came of one difference, as a form or a program says it."""

    question: str
    """Of the finding: a question, or one option of a several-of."""
    value: Any
    reply: str
    """What the factory said."""
    reason: str
    kind: str
    """Of proof: 'document', 'screen', 'photograph', 'site', 'export' or 'statement'"""
    title: str
    file: str | None = None
    """The id of a file that was handed in."""


def settled(done: Assessment) -> dict[str, Settlement]:
    """What was settled, by question."""
    return {s.question: s for s in done.answers.settlements}


def settle(desk: Desk, who: Actor, survey_id: str, given: Clarified) -> None:
    """Take down what came of a difference; one of the same question before it gives way."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.settle", survey.organisation)
    done = reckoning.assessment(desk, who, survey_id)
    if given.question not in {f.question for f in done.findings}:
        raise UnknownError(Message(id="desk.no_difference"))
    statement = desk.library.statements[given.question]
    value = written(statement, given.value)
    for name in ("reply", "reason", "title"):
        if not getattr(given, name).strip():
            raise InputError(Message(id=f"desk.settle_lacks.{name}"), given.question)
    if value is None or not isinstance(value, str) or value in ("not-applicable", "do-not-know"):
        raise InputError(Message(id="desk.settle_lacks.value"), given.question)
    said = {
        "question": given.question,
        "value": value,
        "reply": given.reply.strip()[:2000],
        "reason": given.reason.strip()[:2000],
        "proof": _proof(desk, who, survey_id, given),
        "by": _name(desk, who),
        "at": desk.moment(),
    }
    try:
        made = Settlement.model_validate(said).model_dump(mode="json")
    except ValidationError as problem:
        raise InputError(Message(id="desk.settle_lacks.value"), given.question) from problem
    _keep(desk, who, survey_id, given.question, made)


def reopen(desk: Desk, who: Actor, survey_id: str, question: str) -> None:
    """What was settled is open again."""
    who.require("survey.settle", surveys.get(desk, who, survey_id).organisation)
    _keep(desk, who, survey_id, question, None)


def _keep(desk: Desk, who: Actor, survey_id: str, question: str, made: dict[str, Any] | None) -> None:
    def change(stands: dict[str, Any]) -> dict[str, Any]:
        others = [s for s in stands.get("settlements", []) if s["question"] != question]
        return {"settlements": [*others, *([made] if made else [])]}

    surveys.rework_settings(desk, who, survey_id, change)


def _proof(desk: Desk, who: Actor, survey_id: str, given: Clarified) -> dict[str, Any]:
    proof: dict[str, Any] = {"kind": given.kind, "title": given.title.strip()[:200]}
    if given.file:
        held = next((f for f in attaching.listed(desk, who, survey_id) if f.id == given.file), None)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        proof |= {"sha256": held.sha256, "file": held.name}
    return proof


def _name(desk: Desk, who: Actor) -> str:
    with desk.store.read() as c:
        person = people.person(c, who.account)
    if person is None or not person.name:
        raise InputError(Message(id="desk.settle_lacks.name"))
    return person.name
