"""Editions: what a framework says under one version never changes. Its fingerprint is recorded, and held to.

`editions.json` beside the folders of the questionnaires holds a digest for each 'id@version'. It covers what the
file says, not how: comments and layout may change.
"""

import json
from collections.abc import Iterable, Mapping
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


def fingerprints(frameworks: Iterable[Framework]) -> dict[str, str]:
    """The fingerprint of each, by edition."""
    return {edition(framework): fingerprint(framework) for framework in frameworks}


def unchanged(root: Traversable | Path, frameworks: Iterable[Framework]) -> None:
    """Refuse a framework that says something else than it did under the same version."""
    hold_to(root, fingerprints(frameworks))


def hold_to(root: Traversable | Path, found: Mapping[str, str]) -> None:
    """The same of fingerprints by edition."""
    known = recorded(root)
    for name, digest in found.items():
        if known.get(name, digest) != digest:
            id_, _, version = name.partition("@")
            raise InputError(Message(id="library.changed_edition", params={"id": id_, "version": version}), id_)


def record(root: Path, frameworks: Iterable[Framework]) -> list[str]:
    """Record what is not yet recorded; the names of the new editions. A changed one is refused, never replaced."""
    found = fingerprints(frameworks)
    hold_to(root, found)
    known = recorded(root)
    new = {name: digest for name, digest in found.items() if name not in known}
    root.joinpath(FILE).write_bytes(canonical(known | new))
    return sorted(new)
