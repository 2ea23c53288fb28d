"""The tail: one file that grows by a frame at each flush, until its rows are written as segments. Pure.

A frame is a line and a payload. The line holds the SHA-256 of all that follows it in the frame, then JSON:
`n` (1, 2, 3 … in this file), `at` (ns UTC) and `parts`, each a kind, its rows and its bytes of the payload.
One frame is appended at a time, so that a killed process leaves at most one that is not whole: the last.
"""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from assessor.domain import Time, sha256

HEAD = re.compile(rb"([0-9a-f]{64}) (\{[^\n]*\})\n")


class Part(NamedTuple):
    """What a frame or a segment holds of one kind: samples, requests, observations, laptop or end."""

    kind: str
    rows: int
    data: bytes | memoryview


class Frame(NamedTuple):
    """What one flush put on disk."""

    at: Time
    parts: tuple[Part, ...]


class Damaged(ValueError):
    """Whole frames follow one that is not whole: acknowledged rows were lost."""


def framed(n: int, at: Time, parts: Sequence[Part]) -> list[bytes | memoryview]:
    """The bytes of a frame, in pieces: no second copy of what they hold."""
    said = {"n": n, "at": at, "parts": [[p.kind, p.rows, len(p.data)] for p in parts]}
    line = json.dumps(said).encode() + b"\n"
    payload = [p.data for p in parts]
    return [f"{sha256(line, *payload)} ".encode(), line, *payload]


def frames(data: bytes) -> tuple[list[Frame], int]:
    """The whole frames from the beginning, and how many bytes they take. What follows them is a torn one.

    Raises Damaged where it cannot be, because another whole frame comes after it.
    """
    found: list[Frame] = []
    end = 0
    while (read := _frame(data, end, len(found) + 1)) is not None:
        frame, end = read
        found.append(frame)
    if any(_frame(data, head.start()) for head in HEAD.finditer(data, end)):
        raise Damaged(f"frame {len(found) + 1}")
    return found, end


def _frame(data: bytes, at: int, n: int | None = None) -> tuple[Frame, int] | None:
    """The whole frame that begins at a place, and where it ends; None for anything else."""
    head = HEAD.match(data, at)
    if head is None:
        return None
    try:
        said = json.loads(head[2])
        sizes = [(str(kind), int(rows), int(size)) for kind, rows, size in said["parts"]]
        end = head.end() + sum(size for _, _, size in sizes)
        number, written = int(said["n"]), int(said["at"])
    except (ValueError, KeyError, TypeError):
        return None
    view = memoryview(data)  # a tail is large: nothing of it is copied before somebody needs it
    whole = end <= len(data) and sha256(view[head.start(2) : end]).encode() == head[1]
    if not whole or n not in (None, number):
        return None
    parts, begin = [], head.end()
    for kind, rows, size in sizes:
        parts.append(Part(kind, rows, view[begin : begin + size]))
        begin += size
    return Frame(written, tuple(parts)), end
