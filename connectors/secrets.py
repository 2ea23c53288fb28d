"""Secrets: read where the scope says they are kept, at the moment of use, and shown nowhere.

A scope holds a reference only: `env:NAME`, `file:PATH` (mode 0600) or `keyring:SERVICE`. Nothing here puts a
secret into a message, and a `Secret` shows itself to no log, no traceback and no serialiser.
"""

import os
import stat
from pathlib import Path
from typing import Any, NoReturn

from assessor.domain import Message
from assessor.errors import InputError
from assessor.home import is_private

FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe would never answer; Windows would change line ends."""
LARGEST = 65_536
"""Bytes of a secret's or a key's file; more is a mistake."""


class Secret:
    """A text that only `reveal` gives out."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: to be passed on at once and kept in no variable that lives on."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be stored")


def read(reference: str, user: str | None = None) -> Secret:
    """The secret behind a reference; `user` is whose it is in a keyring.

    Raises InputError that names the reference and what to do, never what was found there.
    """
    kind, _, place = reference.partition(":")
    found = {"env": _of_environment, "file": _of_file, "keyring": _of_keyring}[kind](place, user or "")
    return Secret(found)


def _of_environment(name: str, _: str) -> str:
    if not (value := os.environ.get(name)):
        raise _wrong("env_missing", name=name)
    return value


def _of_file(place: str, _: str) -> str:
    data = private_bytes(Path(place).expanduser())
    try:
        text = data.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text:
        raise _wrong("not_one_line", file=place)
    return text


def private_bytes(file: Path) -> bytes:
    """What a secret file holds. Refused where others than its owner can read it."""
    try:
        handle = os.open(file, FLAGS)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise _wrong("no_file", file=str(file))
            if not is_private(status):
                raise _wrong("open_to_others", file=str(file))
            data = os.read(handle, LARGEST + 1)
        finally:
            os.close(handle)
    except OSError as problem:
        raise _wrong("unreadable", file=str(file), reason=problem.strerror or "?") from None
    if len(data) > LARGEST:
        raise _wrong("not_one_line", file=str(file))
    return data


def _of_keyring(service: str, user: str) -> str:
    import keyring  # slow to load, and few need it  # noqa: PLC0415

    try:
        value = keyring.get_password(service, user)
    except Exception as problem:  # each system's keyring fails in ways of its own
        raise _wrong("keyring_failed", reason=type(problem).__name__, service=service) from None
    if not value:
        raise _wrong("keyring_empty", service=service, user=user)
    return value


def _wrong(what: str, **params: Any) -> InputError:
    return InputError(Message(id=f"doors.secret.{what}", params=params))
