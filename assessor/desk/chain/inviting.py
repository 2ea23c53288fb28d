"""INVITE suppliers: by name, credit code and tier; a code for each, shown once; a list whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from assessor.desk import houses
from assessor.desk.access import Action, Actor
from assessor.desk.attaching import on_disk
from assessor.desk.desk import Desk, kept_as, new_id
from assessor.desk.entering import draw_code, read_code
from assessor.desk.office.steps import still_may
from assessor.domain import Message
from assessor.errors import ConflictError, InputError, UnknownError
from assessor.forms.suppliers import Listed, Supplier, read_list, suppliers
from assessor.programmes import chains as way
from assessor.sheets import ZIP
from assessor.storage import ChainMember, Invitation, Organisation, ledger, people
from assessor.storage import chains as sql

LARGEST = 2_000_000
"""Bytes of a list."""


@dataclass(frozen=True)
class Coded:
    """A supplier with its code, which is shown this once."""

    member: ChainMember
    code: str


def chain(desk: Desk, who: Actor, id_: str) -> Organisation:
    """A chain that one leads; for everybody else there is no such thing."""
    who.require("chain.read", id_)
    return houses.get(desk, who, id_)


def alone(c: Connection, who: Actor, action: Action, id_: str) -> Organisation:
    """The chain, which nobody else changes until the transaction ends; asked once more whether one still may."""
    held = people.organisation(c, id_, lock=True)
    if held is None:
        raise UnknownError(Message(id="desk.unknown"))
    still_may(c, who, action, id_)
    return held


def alone_of(c: Connection, member_id: str) -> tuple[ChainMember, Organisation]:
    """A line and its chain, which nobody else changes until the transaction ends."""
    found = sql.get(c, member_id)
    chain_ = people.organisation(c, found.chain, lock=True) if found else None
    member = sql.get(c, member_id)  # as it is now that nobody else changes it
    if member is None or chain_ is None:
        raise UnknownError(Message(id="desk.unknown"))
    return member, chain_


def listed(data: bytes, name: str = "list.csv") -> list[Listed]:
    """The lines of a list that somebody pasted or handed in, CSV or Excel; nothing is judged yet."""
    if len(data) > LARGEST:
        raise InputError(Message(id="input.too_large", params={"most": LARGEST}), name)
    with on_disk(data, name, ".xlsx" if data.startswith(ZIP) else ".csv") as file:
        return read_list(file)


def invite(desk: Desk, who: Actor, chain_id: str, lines: Sequence[Listed]) -> list[Coded]:
    """Every supplier of a list, or none. Raises ListError with every line that is wrong."""
    who.require("chain.invite", chain_id)
    with desk.store.write() as c:
        house = alone(c, who, "chain.invite", chain_id)
        held = {member.credit_code for member in sql.of_chain(c, chain_id)}
        return _made(desk, c, who, house, suppliers(lines, held))


def _made(desk: Desk, c: Connection, who: Actor, house: Organisation, found: Sequence[Supplier]) -> list[Coded]:
    made: list[Coded] = []
    for one in found:
        factory, invitation, code = _code(desk, c, who, house, one.name)
        now = desk.clock()
        member = ChainMember(
            id=new_id(), chain=house.id, name=one.name, credit_code=one.credit_code, tier=one.tier,
            state="invited", factory=factory, invitation=invitation, by_code=None, made=now,
            made_by=who.account, changed=now,
        )  # fmt: skip
        made.append(Coded(member, code))
        ledger.note(c, now, who.account, house.id, "supplier invited", member.id)
    sql.add_all(c, [one.member for one in made])
    return made


def _code(desk: Desk, c: Connection, who: Actor, house: Organisation, name: str) -> tuple[str, str, str]:
    """A factory that belongs to nobody yet, and a code for its owner: both go where another factory joins."""
    now, code = desk.clock(), draw_code()
    factory = Organisation(new_id(), "factory", name, now, house.demonstration)
    people.add_organisation(c, factory)
    until = now + houses.INVITED
    held = Invitation(new_id(), factory.id, "owner", "owner", now, who.account, until, None, None)
    people.add_invitation(c, held, kept_as(read_code(code)))
    return factory.id, held.id, code


def member_of(c: Connection, chain_id: str, id_: str) -> ChainMember:
    member = sql.get(c, id_)
    if member is None or member.chain != chain_id:
        raise UnknownError(Message(id="desk.unknown"))
    return member


def agrees(c: Connection, member: ChainMember) -> bool:
    """Is the consent of a member in force?"""
    return member.factory is not None and any(
        consent.organisation == member.factory and consent.purpose == "programme"
        for consent in ledger.consents_to(c, [member.chain])
    )


def renew(desk: Desk, who: Actor, chain_id: str, id_: str) -> Coded:
    """Another code in place of the one there was, which opens nothing any more."""
    who.require("chain.invite", chain_id)
    with desk.store.write() as c:
        house = alone(c, who, "chain.invite", chain_id)
        member = member_of(c, chain_id, id_)
        after = way.after("renew", way.stands(member.state, agreed=agrees(c, member)))
        if after is None:
            raise ConflictError(Message(id="chain.joined_already"))
        if member.state == "invited" and member.invitation and people.came_in(c, [member.invitation]):
            raise ConflictError(Message(id="chain.came_in"))  # who came in by it has the invitation with it
        withdraw_code(desk, c, member)
        factory, invitation, code = _code(desk, c, who, house, member.name)
        sql.change(c, id_, state=after, factory=factory, invitation=invitation, by_code=None, changed=desk.clock())
        ledger.note(c, desk.clock(), who.account, chain_id, "supplier invited", id_)
        return Coded(member_of(c, chain_id, id_), code)


def withdraw_code(desk: Desk, c: Connection, member: ChainMember) -> None:
    """Nobody new comes in by a code; the factory that was made for it goes, unless somebody is in it."""
    if member.invitation is None:
        return
    held = people.invitation(c, member.invitation, lock=True)
    if held is None or held.account is not None:
        return
    people.change_invitation(c, held.id, ended=desk.clock())
    sql.forget_unused(c, held.organisation)


def remove(desk: Desk, who: Actor, chain_id: str, id_: str) -> None:
    """Take a supplier off: its code ends, and what it opened is closed. Its own data stay its own."""
    who.require("chain.invite", chain_id)
    with desk.store.write() as c:
        alone(c, who, "chain.invite", chain_id)
        member = member_of(c, chain_id, id_)
        withdraw_code(desk, c, member)
        close(desk, c, who, member)
        sql.remove(c, id_)
        ledger.note(c, desk.clock(), who.account, chain_id, "supplier removed", id_)


def close(desk: Desk, c: Connection, who: Actor, member: ChainMember) -> None:
    """End what a member opened to the chain, unless another line of the chain is the same factory's."""
    if member.factory is None:
        return
    same = [m for m in sql.meant_for(c, [member.factory], None) if m.chain == member.chain]
    if any(m.id != member.id and m.factory == member.factory and m.state == "joined" for m in same):
        return
    for consent in ledger.consents_to(c, [member.chain]):
        if consent.organisation == member.factory and consent.purpose == "programme":
            ledger.end_consent(c, member.factory, consent.id, who.account, desk.clock())
            ledger.note(c, desk.clock(), who.account, member.factory, "consent ended", consent.id)
