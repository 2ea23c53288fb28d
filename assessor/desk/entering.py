"""COME IN: by a code, a one-time code, a password, another house's sign-in; and who somebody is from then on."""

import re
import secrets
import unicodedata
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from assessor.desk.access import Actor
from assessor.desk.contact import read_contact
from assessor.desk.desk import DAY, MINUTE, Desk, kept_as, new_id, new_secret
from assessor.desk.passwords import be_patient, matches
from assessor.domain import Message
from assessor.errors import InputError
from assessor.messages import Language, render
from assessor.storage import Account, Membership, Person, Session, ledger, people

SESSION = 30 * DAY
PASSCODE, PASSCODE_TRIES = 10 * MINUTE, 5
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of codes that people type: no 0, 1, I, L or O."""


@dataclass(frozen=True)
class Entered:
    """A session that has begun: the secret of its cookie, once and never again."""

    account: str
    token: str


def draw_code() -> str:
    """A code for a person to type, 16 signs: 'ABCD-EFGH-JKMN-PQRS'."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(16))
    return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))


def read_code(text: str) -> str:
    """A code as it was typed, in the one way it is kept."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def by_code(desk: Desk, code: str, place: str, language: Language) -> Entered:
    """By an invitation or a voucher: who comes first becomes its holder, and may come again by it."""
    be_patient(desk, "place", place)
    now = desk.clock()
    with desk.store.write() as c:
        held = people.invitation_by(c, kept_as(read_code(code)))
        if held is None or held.ended is not None or held.expires < now:
            raise InputError(Message(id="desk.bad_code"))
        account = held.account or _new_account(desk, c, language)
        if held.account is None:
            people.change_invitation(c, held.id, account=account)
            joined = Membership(account, held.organisation, held.role, held.department, now)
            people.add_membership(c, joined)
            ledger.note(c, now, account, held.organisation, "joined", held.id)
        return _begin(desk, c, account)


def join(desk: Desk, who: Actor, code: str) -> str:
    """Somebody who has an account takes up an invitation; gives the organisation."""
    be_patient(desk, "account", who.account)
    now = desk.clock()
    with desk.store.write() as c:
        held = people.invitation_by(c, kept_as(read_code(code)))
        if held is None or held.ended is not None or held.expires < now or held.account not in (None, who.account):
            raise InputError(Message(id="desk.bad_code"))
        if held.account == who.account:  # they came in by it: it gives no role twice, and stays their way in
            return held.organisation
        people.change_invitation(c, held.id, account=who.account, ended=now)
        people.add_membership(c, Membership(who.account, held.organisation, held.role, held.department, now))
        ledger.note(c, now, who.account, held.organisation, "joined", held.id)
    return held.organisation


def send_passcode(desk: Desk, contact: str, place: str, language: Language) -> str:
    """Send six digits that hold for ten minutes; gives the contact as it is kept."""
    kept = read_contact(contact)
    be_patient(desk, "place", place)
    send_digits(desk, kept, kept, "desk.passcode", language)
    return kept


def send_digits(desk: Desk, subject: str, contact: str, text: str, language: Language) -> None:
    """Six digits to a contact, for one subject: what was sent to sign in proves nothing else."""
    be_patient(desk, "send", contact)
    code = f"{secrets.randbelow(10**6):06d}"
    with desk.store.write() as c:
        people.add_passcode(c, new_id(), kept_as(subject), kept_as(subject + code), desk.clock() + PASSCODE)
    desk.sender.send(contact, render(text, language, code=code, minutes=PASSCODE // MINUTE))


def take_digits(desk: Desk, subject: str, code: str) -> None:
    """Raises InputError where they are not those that were sent for a subject, or came too late."""
    plain = unicodedata.normalize("NFKC", code).strip()
    with desk.store.write() as c:  # the try is counted even where it fails
        right = people.take_passcode(c, kept_as(subject), kept_as(subject + plain), desk.clock(), PASSCODE_TRIES)
    if not right:
        raise InputError(Message(id="desk.bad_passcode"))


def by_passcode(desk: Desk, contact: str, code: str, place: str, language: Language) -> Entered:
    """By the digits that were sent; a contact nobody has yet gets an account of its own."""
    be_patient(desk, "place", place)
    kept = read_contact(contact)
    take_digits(desk, kept, code)
    with desk.store.write() as c:
        held = people.person_by(c, contact=kept)
        account = held.account if held else _new_account(desk, c, language, contact=kept)
        return _begin(desk, c, account)


def by_password(desk: Desk, contact: str, password: str, place: str) -> Entered:
    kept = read_contact(contact)
    be_patient(desk, "place", place)
    be_patient(desk, "account", kept)
    with desk.store.read() as c:
        held = people.person_by(c, contact=kept)
        account = people.account(c, held.account) if held else None
    if not matches(account.password if account else None, password) or account is None:
        raise InputError(Message(id="desk.bad_password"))
    with desk.store.write() as c:
        return _begin(desk, c, account.id)


def by_subject(desk: Desk, subject: str, name: str, language: Language) -> Entered:
    """By another house that vouches for somebody (OpenID Connect); `subject`: its issuer and its name for them."""
    with desk.store.write() as c:
        held = people.person_by(c, subject=subject)
        account = held.account if held else _new_account(desk, c, language, name=name[:100], subject=subject)
        return _begin(desk, c, account)


def enter(desk: Desk, account: str) -> Entered:
    """Without a question: for an account that a password was just set for, and for the demonstration."""
    with desk.store.write() as c:
        return _begin(desk, c, account)


def leave(desk: Desk, token: str) -> None:
    with desk.store.write() as c:
        people.remove_session(c, kept_as(token))


def _new_account(desk: Desk, c: Connection, language: Language, **known: str) -> str:
    now, id_ = desk.clock(), new_id()
    nobody = Person(account=id_, name="", contact=None, subject=None)
    people.add_account(c, Account(id_, now, language, None, None), replace(nobody, **known))
    ledger.note(c, now, id_, None, "account made", id_)
    return id_


def _begin(desk: Desk, c: Connection, account: str) -> Entered:
    token, now = new_secret(), desk.clock()
    people.add_session(c, Session(account, kept_as(new_secret()), now, now + SESSION), kept_as(token))
    ledger.note(c, now, account, None, "entered")
    return Entered(account, token)


# Who somebody is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Who asks, as a page greets them."""

    actor: Actor
    person: Person
    account: Account
    guard: str
    """Of a session: what its forms bring along. Empty for a token."""


def known_by_session(desk: Desk, token: str) -> Known | None:
    with desk.store.read() as c:
        held = people.session(c, kept_as(token), desk.clock())
        return None if held is None else _known(c, held.account, held.guard, None)


def known_by_token(desk: Desk, secret: str) -> Known | None:
    with desk.store.read() as c:
        held = people.token_by(c, kept_as(secret), desk.clock())
        return None if held is None else _known(c, held.account, "", tuple(held.scopes))


def _known(c: Connection, id_: str, guard: str, scopes: tuple[str, ...] | None) -> Known | None:
    account, person = people.account(c, id_), people.person(c, id_)
    if account is None or person is None or account.ended is not None:
        return None
    memberships = tuple(people.memberships_of(c, id_))
    own = [m.organisation for m in memberships]
    agreed, chains = tuple(ledger.consents_to(c, own)), people.of_kind(c, own, "chain")
    return Known(Actor(id_, memberships, agreed, scopes, chains), person, account, guard)
