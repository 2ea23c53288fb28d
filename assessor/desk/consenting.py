"""CONSENT: what leaves the plant, to whom, for what; given by an owner, ended at any time, never forgotten."""

from sqlalchemy import Connection

from assessor.desk.access import Actor
from assessor.desk.desk import Desk, new_id
from assessor.domain import Message
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import Consent, Purpose, ledger, people

PURPOSES: dict[Purpose, bool] = {"programme": True, "audit": True, "raw": True, "peers": False}
"""Purposes, and whether each is towards one organisation that is named."""
RECEIVERS = ("office", "chain")
"""Kinds of organisations that something can be opened to."""


def given(desk: Desk, who: Actor, organisation: str) -> list[Consent]:
    who.require("consent.read", organisation)
    with desk.store.read() as c:
        return ledger.consents_of(c, organisation)


def agree(desk: Desk, who: Actor, organisation: str, purpose: Purpose, receiver: str | None = None) -> Consent:
    """Open something to an office that is named, or to the anonymous comparison with peers."""
    who.require("consent.give", organisation)
    if purpose not in PURPOSES:
        raise InputError(Message(id="desk.bad_purpose", params={"known": ", ".join(PURPOSES)}))
    if PURPOSES[purpose] != (receiver is not None):
        raise InputError(Message(id="desk.bad_receiver"))
    with desk.store.write() as c:
        return kept(desk, c, who, organisation, purpose, receiver)


def kept(
    desk: Desk, c: Connection, who: Actor, organisation: str, purpose: Purpose, receiver: str | None
) -> Consent:
    """A consent in force: the one there is, or a new one. For whoever was asked already what it is about."""
    new = Consent(new_id(), organisation, purpose, receiver, desk.clock(), who.account, None, None)
    # the receiver first, as whoever applies holds its office already; of two who agree at once the second finds
    # what the first did
    house = people.organisation(c, receiver, lock=True) if receiver else None
    own = people.organisation(c, organisation, lock=True)
    if receiver and (house is None or house.kind not in RECEIVERS):
        raise UnknownError(Message(id="desk.unknown"))
    if house is not None and own is not None and house.demonstration != own.demonstration:
        raise AccessError(Message(id="desk.other_world"))
    if house is not None and house.kind == "chain" and purpose != "programme":
        raise InputError(Message(id="desk.bad_receiver"))  # results and nothing else: a chain audits nobody
    for old in ledger.consents_of(c, organisation):
        if old.ended is None and (old.purpose, old.receiver) == (purpose, receiver):
            return old
    ledger.add_consent(c, new)
    ledger.note(c, new.given, who.account, organisation, f"agreed: {purpose}", new.id)
    return new


def end(desk: Desk, who: Actor, organisation: str, id_: str) -> None:
    who.require("consent.give", organisation)
    with desk.store.write() as c:
        if not ledger.end_consent(c, organisation, id_, who.account, desk.clock()):
            raise UnknownError(Message(id="desk.unknown"))
        ledger.note(c, desk.clock(), who.account, organisation, "consent ended", id_)
