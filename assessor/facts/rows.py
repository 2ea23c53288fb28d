"""Samples as columns sorted by tag and time, each value as bits that are equal where the values are."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assessor.domain import BAD, UNCERTAIN, Series, SeriesOf

Array = NDArray[Any]
NO_TIME = np.iinfo(np.int64).min


class Rows(NamedTuple):
    """All rows sorted by tag and time. `begin` and `end` bound each tag's rows."""

    tags: Array
    code: Array
    begin: Array
    end: Array
    source: Array
    server: Array
    receive: Array
    mono: Array
    status: Array
    key: Array
    """The value as 64 bits: equal if and only if the values are."""
    kind: Array
    """0 no value, 1 number, 2 integer, 3 flag, 4 text."""
    number: Array

    @property
    def good(self) -> Array:
        """Is a row Good, and does it hold a value?"""
        found: Array = (self.status & (BAD | UNCERTAIN) == 0) & (self.kind > 0)
        return found


def series(rows: Rows) -> SeriesOf:
    """The Good values of any tag, cut out when they are asked for."""
    place = {tag: i for i, tag in enumerate(rows.tags.tolist())}
    usable = rows.good

    def of(tag: int) -> Series | None:
        if (i := place.get(tag)) is None:
            return None
        here = np.arange(rows.begin[i], rows.end[i])
        good = here[usable[here]]
        value = np.where(rows.kind[good] == 3, rows.key[good].astype(np.float64), rows.number[good])
        return Series(rows.receive[good], rows.source[good], value, rows.key[good]) if len(good) else None

    return of


def sort(samples: pa.Table) -> Rows:
    """All rows, those that an exported record holds twice once."""
    code, tags = _numbered(samples.column("tag"))
    mono, source = _integers(samples, "mono"), _integers(samples, "source")
    source[source <= 0] = NO_TIME
    status = _integers(samples, "status")
    key, kind, number = _typed(samples)
    order = _order(code, mono, source, len(tags))
    if (mono == source).any():
        order = order[_once(code[order], mono[order], source[order], status[order], key[order])]
    code = code[order]
    begin = np.searchsorted(code, np.arange(len(tags)))
    return Rows(
        tags=tags,
        code=code,
        begin=begin,
        end=np.append(begin[1:], len(code)),
        source=source[order],
        server=_integers(samples, "server")[order],
        receive=_integers(samples, "receive")[order],
        mono=mono[order],
        status=status[order],
        key=key[order],
        kind=kind[order],
        number=number[order],
    )


def _once(code: Array, mono: Array, source: Array, status: Array, key: Array) -> Array:
    """All rows but those that an exported record holds again: it may be read twice, as when a run is resumed."""
    again = np.zeros(len(code), bool)
    columns = (code, mono, status, key)
    again[1:] = np.logical_and.reduce([column[1:] == column[:-1] for column in columns])
    kept: Array = ~(again & (mono == source))
    return kept


def _order(code: Array, mono: Array, source: Array, tags: int) -> Array:
    """By tag, then time, then source time. Numbers of 16 bits are sorted by radix, several times as fast."""
    later = np.diff(mono)
    sorted_ = bool(((later > 0) | ((later == 0) & (np.diff(code) != 0))).all())
    by_time = None if sorted_ else np.lexsort((source, mono))
    code = code if by_time is None else code[by_time]
    order = np.argsort(code.astype(np.uint16) if tags <= 2**16 else code, kind="stable")
    return order if by_time is None else by_time[order]


def _numbered(column: pa.ChunkedArray) -> tuple[Array, Array]:
    """For each row the place of its tag in the ordered list of tags, and that list."""
    coded = column.combine_chunks().dictionary_encode()
    tags = coded.dictionary.to_numpy()
    order = np.argsort(tags)
    place = np.empty(len(tags), np.int32)
    place[order] = np.arange(len(tags), dtype=np.int32)
    return place[coded.indices.to_numpy()], tags[order]


def _integers(samples: pa.Table, name: str) -> Array:
    column = samples.column(name).cast(pa.int64()).combine_chunks()
    return np.array(column.fill_null(NO_TIME).to_numpy(zero_copy_only=False))


def _typed(samples: pa.Table) -> tuple[Array, Array, Array]:
    """Key, kind and (for numbers and integers) the value of each row, from the typed columns."""
    number = np.array(samples.column("number").cast(pa.float64()).combine_chunks().fill_null(np.nan))
    number = np.asarray(number, np.float64) + 0.0  # one zero, not two
    kind = np.where(np.isfinite(number), 1, 0).astype(np.int8)
    number[kind == 0] = np.nan
    key = np.where(kind == 1, number.view(np.int64), 0)
    for name, sort in (("integer", 2), ("flag", 3), ("text", 4)):
        column = samples.column(name).combine_chunks()
        if column.null_count == len(column):
            continue
        there = np.asarray(column.is_valid()) & (kind == 0)
        if name == "text":
            column = column.dictionary_encode().indices
        found = np.asarray(column.cast(pa.int64()).fill_null(0))
        kind[there], key[there] = sort, found[there]
        if name == "integer":
            number[there] = found[there]
    return key, kind, number
