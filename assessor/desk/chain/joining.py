"""JOIN a chain, decline, leave: a factory's own word, by the code it was sent or by its credit code.

To join is to agree: one transaction holds consent and membership, so that neither stands without the other.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from assessor.desk import consenting, surveys
from assessor.desk.access import Actor
from assessor.desk.chain.inviting import agrees, alone_of, close, withdraw_code
from assessor.desk.desk import Desk, kept_as
from assessor.desk.entering import read_code
from assessor.desk.office.steps import still_may
from assessor.desk.passwords import be_patient
from assessor.domain import Message, Plant
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.programmes import chains as way
from assessor.storage import ChainMember, MemberState, Organisation, Survey, ledger, people
from assessor.storage import chains as sql


@dataclass(frozen=True)
class Invited:
    """A chain as a factory meets it."""

    member: ChainMember
    chain: Organisation
    state: MemberState
    """As it stands: a consent that was ended is a membership that was left."""
    acts: tuple[way.Act, ...]


def invitations(desk: Desk, who: Actor, survey_id: str) -> list[Invited]:
    """Chains that invited this factory, and those that it joined, declined or left."""
    survey = surveys.get(desk, who, survey_id, blind=True)  # no answer is shown
    who.require("consent.read", survey.organisation)
    with desk.store.read() as c:
        return _invitations(c, who, survey)


def _invitations(c: Connection, who: Actor, survey: Survey) -> list[Invited]:
    house = people.organisation(c, survey.organisation)
    code = Plant.model_validate(survey.plant).credit_code
    found = []
    for member in sql.meant_for(c, _own(who, survey.organisation), code):
        chain = people.organisation(c, member.chain)
        if chain is None or house is None or chain.demonstration != house.demonstration:
            continue
        if not _theirs(c, who, survey.organisation, member):
            continue
        state = way.stands(member.state, agreed=agrees(c, member))
        found.append(Invited(member, chain, state, way.allowed(state, "factory")))
    return found


def _own(who: Actor, organisation: str) -> list[str]:
    """This factory, and others that the same person owns: they may have come in by the code as a new one."""
    return [organisation, *(o for o in who.organisations() if o != organisation and who.may("chain.join", o))]


def _theirs(c: Connection, who: Actor, organisation: str, member: ChainMember) -> bool:
    """Is it this factory's to answer? Whoever answered it, or came in by its code, has it; before that it is for
    any factory that says it has the credit code, and the leader is told by which of both it was answered."""
    if member.factory == organisation:
        return True
    if member.state != "invited":
        return False
    came_in = member.invitation is not None and bool(people.came_in(c, [member.invitation]))
    return not came_in or (member.factory is not None and who.may("chain.join", member.factory))


def waiting(desk: Desk, who: Actor) -> list[tuple[Organisation, Organisation]]:
    """Factories of one's own that came in by a chain's code and have not answered it, each with the chain."""
    own = [id_ for id_ in who.organisations() if who.may("chain.join", id_)]
    with desk.store.read() as c:
        found = [m for m in sql.meant_for(c, own, None) if m.state == "invited"] if own else []
        pairs = [(people.organisation(c, m.factory or ""), people.organisation(c, m.chain)) for m in found]
    return [(factory, chain) for factory, chain in pairs if factory is not None and chain is not None]


def join(desk: Desk, who: Actor, survey_id: str, member_id: str, *, agreed: bool) -> None:
    """Join, and open to the leader what joining opens. `agreed`: they said that they read what that is."""
    _agreed(agreed)
    _answer(desk, who, survey_id, "join", member_id)


def decline(desk: Desk, who: Actor, survey_id: str, member_id: str) -> None:
    _answer(desk, who, survey_id, "decline", member_id)


def leave(desk: Desk, who: Actor, survey_id: str, member_id: str) -> None:
    """Leave, and close what was open, at once."""
    _answer(desk, who, survey_id, "leave", member_id)


def _agreed(said: bool) -> None:
    if not said:
        raise InputError(Message(id="chain.not_agreed"), "agreed")


def join_by_code(desk: Desk, who: Actor, survey_id: str, code: str, *, agreed: bool) -> None:
    """The same by the code that was sent, which nobody came in by yet; of two that take it one joins."""
    who.require("chain.join", surveys.get(desk, who, survey_id, blind=True).organisation)
    _agreed(agreed)
    be_patient(desk, "account", who.account)
    kept = kept_as(read_code(code))
    with desk.store.read() as c:
        member = sql.by_code(c, kept)
    if member is None:
        raise InputError(Message(id="desk.bad_code"))
    _answer(desk, who, survey_id, "join", member.id, code=kept)


def _answer(desk: Desk, who: Actor, survey_id: str, act: way.Act, member_id: str, code: str = "") -> None:
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("chain.join", survey.organisation)
    with desk.store.write() as c:
        member, chain = alone_of(c, member_id)
        still_may(c, who, "chain.join", survey.organisation)
        if code:
            _holds(c, desk, member, code)
        elif not _theirs(c, who, survey.organisation, member):
            raise ConflictError(Message(id="chain.taken"))
        _fits(c, survey, member, chain)
        state = way.stands(member.state, agreed=agrees(c, member))
        after = way.after(act, state)
        if after is None:
            raise ConflictError(Message(id=f"chain.no_step.{state}"))
        by_code = bool(code) or (member.factory == survey.organisation and member.by_code is not False)
        withdraw_code(desk, c, member)
        if after == "joined":
            consenting.kept(desk, c, who, survey.organisation, "programme", chain.id)
        values = {"state": after, "factory": survey.organisation, "invitation": None, "by_code": by_code}
        sql.change(c, member.id, **values, changed=desk.clock())
        if after == "left":
            close(desk, c, who, member)
        ledger.note(c, desk.clock(), who.account, survey.organisation, f"chain: {after}", member.id)


def _holds(c: Connection, desk: Desk, member: ChainMember, code: str) -> None:
    """Does the code still open it? Until the transaction ends nobody else comes in by it."""
    held = people.invitation_by(c, code)
    if held is None or held.id != member.invitation or held.ended is not None or held.account is not None:
        raise InputError(Message(id="desk.bad_code"))
    if held.expires < desk.clock():
        raise InputError(Message(id="desk.bad_code"))


def _fits(c: Connection, survey: Survey, member: ChainMember, chain: Organisation) -> None:
    """The leader invited a credit code, and sees no other; what is generated never meets what is real."""
    house = people.organisation(c, survey.organisation)
    if house is None or house.kind != "factory":
        raise UnknownError(Message(id="desk.unknown"))
    if house.demonstration != chain.demonstration:
        raise AccessError(Message(id="chain.other_world"))
    own = Plant.model_validate(survey.plant).credit_code
    if own != member.credit_code:
        params = {"invited": member.credit_code, "own": own or "-"}
        raise InputError(Message(id="chain.other_code", params=params), "credit_code")
