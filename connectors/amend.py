"""AMEND a scope file: confirmed branches go into a copy of it, comments and order kept. Nothing is overwritten."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from assessor.documents import parse
from assessor.domain import Branch, Scope

WIDEST = 4096
"""Characters; lines of the file are not broken anew."""


def with_branches(text: str, endpoint: str, branches: Sequence[Branch], name: str) -> str:
    """The text of a scope file with branches added to one of its endpoints.

    `name` stands for the new file in errors. Raises InputError where the result would be no scope.
    """
    yaml = _writer(text)
    document = yaml.load(text)
    entry: Any = next(e for e in document["endpoints"] if str(e["id"]) == endpoint)
    held = entry.setdefault("branches", CommentedSeq())
    for branch in branches:
        held.append(CommentedMap(path=branch.path, asset=branch.asset))
    out = io.StringIO()
    yaml.dump(document, out)
    parse(Scope, out.getvalue(), name)
    return out.getvalue()


def write_branches(scope: Path, endpoint: str, branches: Sequence[Branch], target: Path) -> None:
    """Write the amended copy. Raises FileExistsError where something stands at `target`."""
    text = with_branches(scope.read_text("utf-8-sig"), endpoint, branches, str(target))
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _writer(text: str) -> YAML:
    """A round trip in the file's own indentation, as its first list shows it."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDEST
    first = re.search(r"^\w[^\n#]*:[ ]*(?:#[^\n]*)?\n(?:[ ]*#[^\n]*\n|[ ]*\n)*([ ]*)- ", text, re.MULTILINE)
    offset = len(first[1]) if first else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml
