"""Stretches of equal Good values: what a signal did, without the rows in which it did nothing."""

from typing import NamedTuple

import numpy as np

from assessor.facts.rows import Array, Rows


class Runs(NamedTuple):
    """Stretches in order of tag and time: where each begins (row), whose it is, and whether it is a change."""

    row: Array
    code: Array
    change: Array
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


def runs_of(rows: Rows) -> Runs:
    """All stretches. Rows that are not Good neither end nor begin one."""
    good = np.flatnonzero(rows.good)
    code, key, kind = rows.code[good], rows.key[good], rows.kind[good]
    opens = np.ones(len(good), bool)
    opens[1:] = code[1:] != code[:-1]
    change = np.zeros(len(good), bool)
    change[1:] = (key[1:] != key[:-1]) | (kind[1:] != kind[:-1])
    change &= ~opens
    begins = opens | change
    tags = np.flatnonzero(opens)
    change = change[begins]
    return Runs(
        row=good[begins],
        code=code[begins],
        change=change,
        present=code[tags],
        first=np.flatnonzero(~change),
        last=good[np.append(tags[1:], len(good)) - 1] if len(good) else good,
    )
