"""ONE'S OWN ACCOUNT: name, password, contact, tokens for programs."""

from assessor.desk.access import SCOPES, Actor
from assessor.desk.contact import read_contact
from assessor.desk.desk import DAY, Desk, kept_as, new_id, new_secret
from assessor.desk.entering import Entered, enter, send_digits, take_digits
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


def send_proof(desk: Desk, who: Actor, contact: str, language: Language) -> str:
    """Digits to a contact that somebody wants to have; gives the contact as it is kept.

    Whose it is by now is not told before they came back: that would tell who has an account.
    """
    _person(who)
    kept = read_contact(contact)
    be_patient(desk, "account", who.account)
    send_digits(desk, proof_of(who.account, kept), kept, "desk.passcode_contact", language)
    return kept


def proof_of(account: str, contact: str) -> str:
    """What the digits prove: that this account may have this contact, and nothing else."""
    return f"{account}:{contact}"


def set_password(
    desk: Desk, who: Actor, contact: str, password: str, old: str = "", passcode: str = ""
) -> Entered:
    """A contact to be found by and a password. Every other session ends, and so does the code one came in by.

    A contact that the account has not yet is proved by the digits that were sent there: whoever it belongs to
    signs in by it. Digits to the contact that it has stand for a password that was forgotten.
    """
    _person(who)
    kept, hash_ = read_contact(contact), hashed(password)
    be_patient(desk, "account", who.account)
    with desk.store.read() as c:
        account, person = people.account(c, who.account), people.person(c, who.account)
    has_it = person is not None and person.contact == kept
    forgotten = has_it and bool(passcode)
    if (
        account is not None
        and account.password is not None
        and not forgotten
        and not matches(account.password, old)
    ):
        raise InputError(Message(id="desk.bad_password"))
    if passcode or not has_it:
        take_digits(desk, proof_of(who.account, kept), passcode)
    with desk.store.write() as c:
        taken = people.person_by(c, contact=kept)
        if taken is not None and taken.account != who.account:
            raise InputError(Message(id="desk.contact_taken"))
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
        new_id(), who.account, name.strip()[:100] or "-", list(dict.fromkeys(scopes)), now, now + days * DAY
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
