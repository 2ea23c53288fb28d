"""SQL of organisations, accounts and how they come in."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from assessor.storage.kept import Account, Invitation, Membership, Organisation, Person, Role, Session, Token
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import (
    accounts,
    attempts,
    declarations,
    invitations,
    memberships,
    organisations,
    passcodes,
    persons,
    sessions,
    tokens,
)


def add_organisation(c: Connection, organisation: Organisation) -> None:
    c.execute(insert(organisations).values(**vars(organisation)))


def organisation(c: Connection, id_: str, *, lock: bool = False) -> Organisation | None:
    """One organisation; `lock`: who else asks so waits until the transaction ends."""
    wanted = select(organisations).where(organisations.c.id == id_)
    return one(Organisation, c, wanted.with_for_update() if lock else wanted)


def organisations_of_kind(c: Connection, *kinds: str) -> list[Organisation]:
    named = select(organisations).where(organisations.c.kind.in_(kinds))
    return many(Organisation, c, named.order_by(organisations.c.made, organisations.c.id))


def of_kind(c: Connection, ids: Collection[str], kind: str) -> frozenset[str]:
    """Those of these organisations that are of a kind."""
    own = organisations.c.id.in_(ids) & (organisations.c.kind == kind)
    return frozenset(c.execute(select(organisations.c.id).where(own)).scalars()) if ids else frozenset()


def change_organisation(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(organisations).where(organisations.c.id == id_).values(**values))


def remove_organisation(c: Connection, id_: str) -> None:
    """With everything that belongs to it."""
    c.execute(delete(organisations).where(organisations.c.id == id_))


def add_account(c: Connection, account: Account, person: Person) -> None:
    c.execute(insert(accounts).values(**vars(account)))
    c.execute(insert(persons).values(**vars(person)))


def account(c: Connection, id_: str) -> Account | None:
    return one(Account, c, select(accounts).where(accounts.c.id == id_))


def change_account(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(accounts).where(accounts.c.id == id_).values(**values))


def person(c: Connection, account_id: str) -> Person | None:
    return one(Person, c, select(persons).where(persons.c.account == account_id))


def people(c: Connection, account_ids: set[str]) -> dict[str, Person]:
    found = many(Person, c, select(persons).where(persons.c.account.in_(account_ids)))
    return {person.account: person for person in found}


def change_person(c: Connection, account_id: str, **values: Any) -> None:
    c.execute(update(persons).where(persons.c.account == account_id).values(**values))


def person_by(c: Connection, *, contact: str | None = None, subject: str | None = None) -> Person | None:
    wanted = persons.c.contact == contact if contact is not None else persons.c.subject == subject
    return one(Person, c, select(persons).where(wanted))


def erase_person(c: Connection, account_id: str) -> None:
    """Name, contact, declared interests and ways in are gone; the id stays as what did things."""
    c.execute(delete(persons).where(persons.c.account == account_id))
    for table in (sessions, tokens, memberships, declarations):
        c.execute(delete(table).where(table.c.account == account_id))


def add_membership(c: Connection, membership: Membership) -> None:
    """Who has the role already keeps it."""
    if not any(m.role == membership.role for m in memberships_in(c, membership.account, membership.organisation)):
        c.execute(insert(memberships).values(**vars(membership)))


def memberships_of(c: Connection, account_id: str) -> list[Membership]:
    wanted = select(memberships).where(memberships.c.account == account_id)
    return many(Membership, c, wanted.order_by(memberships.c.since, memberships.c.role))


def memberships_in(c: Connection, account_id: str, organisation_id: str) -> list[Membership]:
    return [m for m in memberships_of(c, account_id) if m.organisation == organisation_id]


def members(c: Connection, organisation_id: str) -> list[Membership]:
    wanted = select(memberships).where(memberships.c.organisation == organisation_id)
    return many(Membership, c, wanted.order_by(memberships.c.since, memberships.c.role))


def set_department(c: Connection, account_id: str, organisation_id: str, department: str) -> None:
    own = (memberships.c.account == account_id) & (memberships.c.organisation == organisation_id)
    c.execute(update(memberships).where(own).values(department=department))


def remove_membership(c: Connection, account_id: str, organisation_id: str, role: Role) -> None:
    own = (memberships.c.account == account_id) & (memberships.c.organisation == organisation_id)
    c.execute(delete(memberships).where(own & (memberships.c.role == role)))


def add_invitation(c: Connection, invitation: Invitation, code: str) -> None:
    c.execute(insert(invitations).values(**vars(invitation), code=code))


def invitation_by(c: Connection, code: str) -> Invitation | None:
    """Until the transaction ends it is whoever asks first that comes in by it."""
    wanted = select(*columns(Invitation, invitations)).where(invitations.c.code == code)
    return one(Invitation, c, wanted.with_for_update())


def invitations_of(c: Connection, organisation_id: str) -> list[Invitation]:
    wanted = select(*columns(Invitation, invitations)).where(invitations.c.organisation == organisation_id)
    return many(Invitation, c, wanted.order_by(invitations.c.made, invitations.c.id))


def invitation(c: Connection, id_: str, *, lock: bool = False) -> Invitation | None:
    """One of them; `lock`: until the transaction ends nobody else comes in by it."""
    wanted = select(*columns(Invitation, invitations)).where(invitations.c.id == id_)
    return one(Invitation, c, wanted.with_for_update() if lock else wanted)


def came_in(c: Connection, ids: Collection[str]) -> set[str]:
    """Those of these invitations that somebody came in by."""
    own = invitations.c.id.in_(ids) & invitations.c.account.is_not(None)
    return set(c.execute(select(invitations.c.id).where(own)).scalars()) if ids else set()


def change_invitation(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(invitations).where(invitations.c.id == id_).values(**values))


def end_invitations_held(c: Connection, account_id: str, now: int) -> None:
    """Whoever has another way in no longer comes in by a code."""
    own = (invitations.c.account == account_id) & invitations.c.ended.is_(None)
    c.execute(update(invitations).where(own).values(ended=now))


def add_session(c: Connection, session: Session, token: str) -> None:
    c.execute(insert(sessions).values(**vars(session), token=token))


def session(c: Connection, token: str, now: int) -> Session | None:
    alive = (sessions.c.token == token) & (sessions.c.expires > now)
    return one(Session, c, select(*columns(Session, sessions)).where(alive))


def remove_session(c: Connection, token: str) -> None:
    c.execute(delete(sessions).where(sessions.c.token == token))


def remove_sessions(c: Connection, account_id: str) -> None:
    c.execute(delete(sessions).where(sessions.c.account == account_id))


def add_passcode(c: Connection, id_: str, contact: str, code: str, expires: int) -> None:
    """The newest code for a contact is the one that counts."""
    c.execute(delete(passcodes).where(passcodes.c.contact == contact))
    c.execute(insert(passcodes).values(id=id_, contact=contact, code=code, expires=expires, tries=0))


def take_passcode(c: Connection, contact: str, code: str, now: int, most: int) -> bool:
    """True once, for the right code in time; every try counts."""
    c.execute(update(passcodes).where(passcodes.c.contact == contact).values(tries=passcodes.c.tries + 1))
    alive = (passcodes.c.contact == contact) & (passcodes.c.expires > now) & (passcodes.c.tries <= most)
    found = c.execute(select(passcodes.c.id).where(alive & (passcodes.c.code == code))).scalar()
    if found is not None:
        c.execute(delete(passcodes).where(passcodes.c.id == found))
    return found is not None


def attempts_since(c: Connection, subject: str, since: int) -> int:
    wanted = (attempts.c.subject == subject) & (attempts.c.at > since)
    return int(c.execute(select(func.count()).where(wanted).select_from(attempts)).scalar_one())


def add_attempt(c: Connection, subject: str, now: int) -> None:
    c.execute(insert(attempts).values(subject=subject, at=now))


def forget_attempts(c: Connection, before: int) -> None:
    c.execute(delete(attempts).where(attempts.c.at < before))


def forget_ended(c: Connection, now: int) -> None:
    """Sessions and codes whose time is over."""
    for table in (sessions, passcodes):
        c.execute(delete(table).where(table.c.expires < now))


def add_token(c: Connection, token: Token, secret: str) -> None:
    c.execute(insert(tokens).values(**vars(token), token=secret))


def token_by(c: Connection, secret: str, now: int) -> Token | None:
    alive = (tokens.c.token == secret) & (tokens.c.expires > now)
    return one(Token, c, select(*columns(Token, tokens)).where(alive))


def tokens_of(c: Connection, account_id: str) -> list[Token]:
    wanted = select(*columns(Token, tokens)).where(tokens.c.account == account_id)
    return many(Token, c, wanted.order_by(tokens.c.made, tokens.c.id))


def remove_token(c: Connection, account_id: str, id_: str) -> bool:
    gone = c.execute(delete(tokens).where((tokens.c.account == account_id) & (tokens.c.id == id_)))
    return gone.rowcount > 0
