"""Editions: what a framework says under one version never changes. Its fingerprint is recorded, and held to.

`editions.json` beside the folders of the questionnaires holds a digest for each 'id@version'. It covers what the
file says, not how: comments and layout may change.
"""

import json
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

from assessor.domain import Framework, Message, canonical, sha256
from assessor.errors import InputError

FILE = "editions.json"


def edition(framework: Framework) -> str:
    """'id@version'."""
    return f"{framework.id}@{framework.version}"


def fingerprint(framework: Framework) -> str:
    """SHA-256 of all that a framework's file says."""
    return sha256(canonical(framework))


def recorded(root: Traversable | Path) -> dict[str, str]:
    """Fingerprints by edition; empty where a folder keeps none."""
    file = root.joinpath(FILE)
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_bytes())
    except ValueError as problem:
        raise InputError(Message(id="library.editions_unreadable"), f"{root}/{FILE}") from problem
    if not isinstance(found, dict) or not all(isinstance(digest, str) for digest in found.values()):
        raise InputError(Message(id="library.editions_unreadable"), f"{root}/{FILE}")
    return found


def unchanged(root: Traversable | Path, frameworks: Iterable[Framework]) -> None:
    """Refuse a framework that says something else than it did under the same version."""
    known = recorded(root)
    for framework in frameworks:
        if known.get(edition(framework), fingerprint(framework)) != fingerprint(framework):
            params: dict[str, str | int] = {"id": framework.id, "version": framework.version}
            raise InputError(Message(id="library.changed_edition", params=dict(params)), framework.id)


def record(root: Path, frameworks: Iterable[Framework]) -> list[str]:
    """Record what is not yet recorded; the names of the new editions. A changed one is refused, never replaced."""
    frameworks = tuple(frameworks)
    unchanged(root, frameworks)
    known = recorded(root)
    new = {edition(f): fingerprint(f) for f in frameworks if edition(f) not in known}
    root.joinpath(FILE).write_bytes(canonical(known | new))
    return sorted(new)
