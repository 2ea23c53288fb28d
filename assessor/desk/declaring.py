"""WHAT INTEREST somebody has in a factory that they assess or review: said by themselves, shown to all in it.

It names a person's ties: whoever has themselves erased takes it along; the record of acts holds that it was said.
"""

from collections.abc import Sequence
from typing import cast, get_args

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Message
from assessor.errors import InputError, UnknownError
from assessor.storage import Declaration, Interest, ledger, quality
from assessor.storage import surveys as sql

KINDS: tuple[Interest, ...] = get_args(Interest)
LONGEST = 1000
MOST_YEARS = 50


def declare(
    desk: Desk,
    who: Actor,
    survey_id: str,
    kinds: Sequence[str],
    years: int | None = None,
    text: str = "",
    solutions: Sequence[str] = (),
) -> None:
    """Say what interest one has, or that one has none. What was said before is still shown; the newest counts.
    `solutions`: recommendations that what one sells or represents carries out."""
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("survey.declare", survey.organisation)
    said = cast(list[Interest], [kind for kind in KINDS if kind in kinds])
    text = text.strip()[:LONGEST]
    if not said or set(kinds) - set(KINDS) or ("none" in said and len(said) > 1):
        raise InputError(Message(id="desk.declare_lacks.kind"), "kind")
    if said != ["none"] and not text:
        raise InputError(Message(id="desk.declare_lacks.text"), "text")
    if "contract" not in said:
        years = None
    elif years is None or not 1 <= years <= MOST_YEARS:
        raise InputError(Message(id="desk.declare_lacks.years", params={"most": MOST_YEARS}), "years")
    if unknown := set(solutions) - set(desk.library.recommendations):
        raise InputError(Message(id="desk.no_recommendation", params={"id": min(unknown)[:LONGEST]}), "solutions")
    named = sorted(set(solutions)) if "represents" in said and solutions else None
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None:
            raise UnknownError(Message(id="desk.unknown"))
        now = desk.clock()
        quality.declare(c, Declaration(survey_id, who.account, said, years, text, now, named))
        ledger.note(c, now, who.account, survey.organisation, "interest declared", survey_id)


def declared(desk: Desk, who: Actor, survey_id: str) -> dict[str, list[Declaration]]:
    """By account, what each said of themselves, oldest first; nothing of those who had themselves erased."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    with desk.store.read() as c:
        all_ = quality.declared(c, survey_id)
    return {account: [d for d in all_ if d.account == account] for account in {d.account for d in all_}}
