"""Passwords with argon2id, and the patience that guessing needs."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessor.desk.desk import MINUTE, Desk, kept_as
from assessor.domain import Message
from assessor.errors import InputError, PatienceError
from assessor.storage import people

LEAST, MOST = 10, 200
WINDOW = 15 * MINUTE
TRIES = {"account": 10, "place": 60, "send": 5, "demo": 20}
"""In a window: for one account or code, from one address, codes to one contact, demonstrations for one address."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory


@cache
def _nobody() -> str:
    """Checked where there is no such account, so that both answers take as long."""
    return _hasher().hash("nobody has this password")


def hashed(password: str) -> str:
    if not LEAST <= len(password) <= MOST:
        raise InputError(Message(id="desk.password_length", params={"least": LEAST, "most": MOST}))
    return _hasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    try:
        return _hasher().verify(kept or _nobody(), password[:MOST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def be_patient(desk: Desk, kind: str, subject: str) -> None:
    """Count a try of something secret; raises PatienceError once there were too many.

    In a transaction of its own: a try that fails must be counted too.
    """
    now, key = desk.clock(), kept_as(f"{kind}:{subject}")
    with desk.store.write() as c:
        people.forget_attempts(c, now - WINDOW)
        tried = people.attempts_since(c, key, now - WINDOW)
        people.add_attempt(c, key, now)
    if tried >= TRIES[kind]:
        raise PatienceError(Message(id="desk.too_many", params={"minutes": WINDOW // MINUTE}))
