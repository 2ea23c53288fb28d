"""ONE'S OWN ACCOUNT: name, password, contact, tokens for programs."""

from assessor.desk.access import SCOPES, Actor
from assessor.desk.contact import read_contact
from assessor.desk.desk import DAY, Desk, kept_as, new_id, new_secret
from assessor.desk.entering import Entered, enter
from assessor.desk.passwords import be_patient, hashed, matches
from assessor.domain import Message
from assessor.errors import AccessError, InputError, UnknownError
from assessor.messages import Language
from assessor.storage import Token, ledger, people

TOKEN_DAYS = 365


def rename(desk: Desk, who: Actor, name: str) -> None:
    _person(who)
    with desk.store.write() as c:
        people.change_person(c, who.account, name=" ".join(name.split())[:100])


def choose_language(desk: Desk, who: Actor, language: Language) -> None:
    with desk.store.write() as c:
        people.change_account(c, who.account, language=language)


def set_password(desk: Desk, who: Actor, contact: str, password: str, old: str = "") -> Entered:
    """A contact to be found by and a password. Every other session ends, and so does the code one came in by."""
    _person(who)
    kept, hash_ = read_contact(contact), hashed(password)
    be_patient(desk, "account", who.account)
    with desk.store.read() as c:
        account, taken = people.account(c, who.account), people.person_by(c, contact=kept)
    if account is not None and account.password is not None and not matches(account.password, old):
        raise InputError(Message(id="desk.bad_password"))
    if taken is not None and taken.account != who.account:
        raise InputError(Message(id="desk.contact_taken"))
    with desk.store.write() as c:
        people.change_account(c, who.account, password=hash_)
        people.change_person(c, who.account, contact=kept)
        people.end_invitations_held(c, who.account, desk.clock())
        people.remove_sessions(c, who.account)
        ledger.note(c, desk.clock(), who.account, None, "password set")
    return enter(desk, who.account)


def make_token(
    desk: Desk, who: Actor, name: str, scopes: tuple[str, ...], days: int = TOKEN_DAYS
) -> tuple[Token, str]:
    """A token and its secret, which is shown this once."""
    _person(who)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InputError(Message(id="desk.bad_scopes", params={"known": ", ".join(SCOPES)}))
    if not 1 <= days <= TOKEN_DAYS:
        raise InputError(Message(id="desk.token_days", params={"most": TOKEN_DAYS}))
    now, secret = desk.clock(), f"assessor_{new_secret()}"
    token = Token(
        new_id(), who.account, name.strip()[:100] or "-", tuple(dict.fromkeys(scopes)), now, now + days * DAY
    )
    with desk.store.write() as c:
        people.add_token(c, token, kept_as(secret))
        ledger.note(c, now, who.account, None, "token made", token.id)
    return token, secret


def tokens(desk: Desk, who: Actor) -> list[Token]:
    with desk.store.read() as c:
        return people.tokens_of(c, who.account)


def remove_token(desk: Desk, who: Actor, id_: str) -> None:
    _person(who)
    with desk.store.write() as c:
        if not people.remove_token(c, who.account, id_):
            raise UnknownError(Message(id="desk.unknown"))
        ledger.note(c, desk.clock(), who.account, None, "token removed", id_)


def _person(who: Actor) -> None:
    """A program that holds a token does not change the account that made it."""
    if who.scopes is not None:
        raise AccessError(Message(id="desk.session_only"))
