"""Stretches of equal Good values: what a signal did, without the rows in which it did nothing."""

from typing import NamedTuple

import numpy as np

from assessor.facts.rows import Array, Rows


class Runs(NamedTuple):
    """Stretches in order of tag and time: where each begins (row), whose it is, if it is a change, its number."""

    row: Array
    code: Array
    change: Array
    number: Array
    present: Array
    """Codes of the tags that have any."""
    first: Array
    """Of each of those: its first stretch."""
    last: Array
    """Of each of those: the last Good row."""

    @property
    def lengths(self) -> Array:
        """Stretches of each tag that has any."""
        return np.diff(np.append(self.first, len(self.row)))

    @property
    def end(self) -> Array:
        """Of each tag that has any: the place behind its last stretch."""
        return np.append(self.first[1:], len(self.row))[: len(self.first)]


def runs_of(rows: Rows) -> Runs:
    """All stretches. Rows that are not Good neither end nor begin one."""
    good = rows.good
    whole = bool(good.all())
    good = np.arange(len(good)) if whole else np.flatnonzero(good)
    code, key, kind = (c if whole else c[good] for c in (rows.code, rows.key, rows.kind))
    opens = np.ones(len(good), bool)
    opens[1:] = code[1:] != code[:-1]
    change = np.zeros(len(good), bool)
    change[1:] = (key[1:] != key[:-1]) | (kind[1:] != kind[:-1])
    change &= ~opens
    begins = opens | change
    tags = np.flatnonzero(opens)
    row, change = good[begins], change[begins]
    return Runs(
        row=row,
        code=code[begins],
        change=change,
        number=rows.number[row],
        present=code[tags],
        first=np.flatnonzero(~change),
        last=good[np.append(tags[1:], len(good)) - 1] if len(good) else good,
    )


def counted(mask: Array, begin: Array, end: Array) -> Array:
    """How many are true in each of many pieces: five times as fast as `np.add.reduceat`, which casts."""
    if not mask.any():
        return np.zeros(len(begin), np.int64)
    pieces = zip(begin.tolist(), end.tolist(), strict=True)
    return np.array([np.count_nonzero(mask[a:b]) for a, b in pieces], np.int64)
