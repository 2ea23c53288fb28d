"""READ a precheck that was made elsewhere, and hold it against a scope: were these the agreed addresses?"""

from dataclasses import dataclass

import connectors
from assessor.documents import parse
from assessor.domain import Endpoint, Message, Scope
from assessor.errors import InputError
from assessor.messages import LANGUAGES
from assessor.precheck import Checked, Precheck
from assessor.precheck.page import page


def read_precheck(data: bytes, name: str) -> Precheck:
    """What `precheck --json` wrote. It names texts by their ids: one that cannot be told here is none of ours."""
    try:
        found = parse(Precheck, data.decode("utf-8-sig"), name)[0]
    except UnicodeDecodeError as problem:
        raise InputError(Message(id="input.not_utf8", params={"at": problem.start}), name) from problem
    try:
        for language in LANGUAGES:
            page(found, language)
    except (LookupError, ValueError, TypeError, ArithmeticError, OSError) as problem:
        raise InputError(Message(id="precheck.not_told", params={"reason": str(problem)[:100]}), name) from problem
    return found


@dataclass(frozen=True)
class Held:
    """A precheck against a scope, by ids of endpoints."""

    untried: tuple[str, ...]
    """Of the scope, and not tried under this address."""
    strangers: tuple[str, ...]
    """Tried, and not in the scope under this address."""


def against(found: Precheck, scope: Scope) -> Held:
    agreed, tried = {_place(e) for e in scope.endpoints}, {_place(one) for one in found.checked}
    files = {
        e.id for e in scope.endpoints if connectors.scheme(e.protocol) == "file"
    }  # each machine has its own path
    return Held(
        tuple(e.id for e in scope.endpoints if e.id not in files and _place(e) not in tried),
        tuple(c.endpoint for c in found.checked if c.endpoint not in files and _place(c) not in agreed),
    )


def _place(one: Endpoint | Checked) -> tuple[str, str]:
    return one.protocol, one.address
