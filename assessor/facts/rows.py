"""Samples as columns sorted by tag and time, each value as bits that are equal where the values are."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assessor.domain import BAD, UNCERTAIN, Series, SeriesOf, Time

Array = NDArray[Any]
NO_TIME = np.iinfo(np.int64).min
TEXT = 4
BLOCK = 2**18
"""Rows that are looked at in one go."""
ONE_CLOCK = 1_000_000
"""ns between source and server time below which one server read one clock for both: own estimate."""
BY_ROW = ("source", "stamped", "receive", "mono", "status", "key", "kind", "number")
Away = Mapping[int, Sequence[tuple[Time, Time]]]
"""By tag: when (ns UTC) nothing could come of it, in order and without overlaps."""


class Rows(NamedTuple):
    """All rows sorted by tag and time. `begin` and `end` bound each tag's rows."""

    tags: Array
    code: Array
    begin: Array
    end: Array
    source: Array
    stamped: Array
    """Did one server make source and server time from one clock? Then the time is not the machine's own."""
    receive: Array
    mono: Array
    status: Array
    key: Array
    """The value as 64 bits: equal if and only if the values are."""
    kind: Array
    """0 no value, 1 number, 2 integer, 3 flag, 4 text."""
    number: Array
    words: pa.Array
    """The different texts; the key of a text is its place among them."""

    @property
    def good(self) -> Array:
        """Is a row Good, and does it hold a value?"""
        found: Array = (self.status & (BAD | UNCERTAIN) == 0) & (self.kind > 0)
        return found


def parts(rows: Rows) -> Iterator[Rows]:
    """The same, a block of whole tags after the other."""
    cuts = np.searchsorted(rows.end, np.arange(BLOCK, len(rows.code), BLOCK)).tolist()
    edges = sorted({0, *cuts, len(rows.tags)})
    for first, last in itertools.pairwise(edges):
        begin, end = rows.begin[first], rows.end[last - 1]
        here = slice(begin, end)
        yield Rows(
            tags=rows.tags[first:last],
            code=rows.code[here] - rows.code[begin],
            begin=rows.begin[first:last] - begin,
            end=rows.end[first:last] - begin,
            **{name: getattr(rows, name)[here] for name in BY_ROW},
            words=rows.words,
        )


def series(rows: Rows, away: Away | None = None) -> SeriesOf:
    """The Good values of any tag, cut out when they are asked for."""
    place = {tag: i for i, tag in enumerate(rows.tags.tolist())}
    gone = away or {}

    def of(tag: int) -> Series | None:
        if (i := place.get(tag)) is None:
            return None
        here = slice(rows.begin[i], rows.end[i])
        kind = rows.kind[here]
        good = np.flatnonzero((rows.status[here] & (BAD | UNCERTAIN) == 0) & (kind > 0))
        if len(good) == 0:
            return None
        key, kind, mono = rows.key[here][good], kind[good], rows.mono[here]
        value = np.where(kind == 3, key.astype(np.float64), rows.number[here][good])
        held = np.append(np.diff(mono).astype(np.float64), 0.0)
        if stretches := gone.get(tag):
            held[:-1] -= np.clip(missed(rows.receive[here], stretches), 0, held[:-1])
        return Series(
            at=rows.receive[here][good],
            source=rows.source[here][good],
            value=value,
            text=_texts(rows.words, key, kind == TEXT),
            key=key,
            seconds=(mono[good] - mono[0]) / 1e9,
            held=held[good] / 1e9,
        )

    return of


def _texts(words: pa.Array, key: Array, text: Array) -> Array | None:
    if not text.any():
        return None
    found = np.full(len(key), None, dtype=object)
    found[text] = words.take(pa.array(key[text])).to_numpy(zero_copy_only=False)
    return found


def missed(at: Array, stretches: Sequence[tuple[Time, Time]]) -> Array:
    """Between each of these times and the next: ns in which nothing could come."""
    edges = np.array(stretches, np.int64)
    before = np.cumsum(edges[:, 1] - edges[:, 0])
    passed = np.column_stack((before - (edges[:, 1] - edges[:, 0]), before)).ravel()
    found: Array = np.diff(np.interp(at - at[0], edges.ravel() - at[0], passed))
    return found


def sort(samples: pa.Table) -> Rows:
    """All rows, those that an exported record holds twice once."""
    code, tags = _numbered(samples.column("tag"))
    times = tuple(_integers(samples, name) for name in ("source", "server", "receive", "mono"))
    status = samples.column("status").cast(pa.uint32()).combine_chunks().to_numpy(zero_copy_only=False)
    typed, words = _typed(samples)
    source, _, _, mono = times
    by_time = _in_time(code, mono) and not _recorded(mono, source)
    columns = Columns(code, (*times, status), typed)
    begin, end, sorted_ = (_dealt if by_time else _ordered)(columns, len(tags))
    source, stamped, receive, mono, status, key, kind = sorted_
    return Rows(
        tags=tags,
        code=np.repeat(np.arange(len(tags), dtype=np.int32), end - begin),
        begin=begin,
        end=end,
        source=source,
        stamped=stamped,
        receive=receive,
        mono=mono,
        status=status,
        key=key,
        kind=kind,
        number=_numbers(key, kind),
        words=words,
    )


class Columns(NamedTuple):
    """Rows as they come."""

    code: Array
    plain: tuple[Array, ...]
    """Source, server, receive and monotonic time; status."""
    typed: "Typed"

    def of(self, block: slice) -> tuple[Array, ...]:
        """Some rows as they are kept: source time, with one sign for none; whether one server made that and the
        server time; receive and monotonic time; status; key; kind."""
        source, server, *more = (column[block] for column in self.plain)
        source = np.where(source > 0, source, NO_TIME)
        both = (source != NO_TIME) & (server != NO_TIME)
        return source, (np.abs(source - server) < ONE_CLOCK) & both, *more, *self.typed.of(block)


HUGE = 1e300
"""What some controllers send for 'no value': the greatest number there is. Nothing on a shop floor comes near."""


class Typed(NamedTuple):
    """Values as they come: numbers, NaN for none; integers, flags and places of texts where there are any."""

    number: Array
    others: tuple[tuple[int, pa.Array], ...]

    def of(self, block: slice) -> tuple[Array, Array]:
        """Key and kind of some rows."""
        number = self.number[block] + 0.0  # one zero, not two
        kind = (np.abs(number) < HUGE).astype(np.int8)  # false of what is no number
        key = number.view(np.int64)
        if not kind.all():
            key[kind == 0] = 0
        for sort, column in self.others:
            here = column.slice(block.start, block.stop - block.start)
            there = np.asarray(here.is_valid()) & (kind == 0)
            if there.any():
                found = np.asarray(here.cast(pa.int64()).fill_null(0))
                kind[there], key[there] = sort, found[there]
        return key, kind


def _blocks(n: int) -> list[slice]:
    """Pieces that stay in a processor's cache while several things are done with them."""
    return [slice(a, min(a + BLOCK, n)) for a in range(0, n, BLOCK)]


def _in_time(code: Array, mono: Array) -> bool:
    """Do rows come by time, and where they share one, of different tags?"""
    for block in _blocks(len(mono) - 1):
        behind = slice(block.start + 1, block.stop + 1)
        later = mono[behind] - mono[block]
        if not ((later > 0) | ((later == 0) & (code[behind] != code[block]))).all():
            return False
    return True


def _recorded(mono: Array, source: Array) -> bool:
    """Does any row come from an exported record? There, the time is the source's own."""
    return any((mono[block] == source[block]).any() for block in _blocks(len(mono)))


Sorted = tuple[Array, Array, tuple[Array, ...]]
"""Where each tag begins and ends, and the columns."""


def _dealt(columns: Columns, tags: int) -> Sorted:
    """Rows that come by time, block by block to where their tag has its place. Their order within it stays.

    Taking each tag's rows from all of memory, a row in ten thousand, would cost several times as long.
    """
    code = columns.code
    count = np.bincount(code, minlength=tags)
    end = np.cumsum(count)
    place = end - count
    types = (np.int64, bool, np.int64, np.int64, np.uint32, np.int64, np.int8)
    into = tuple(np.zeros(len(code), kind) for kind in types)
    for block in _blocks(len(code)):
        mine = code[block]
        order = np.argsort(mine.astype(np.uint16) if tags <= 2**16 else mine, kind="stable")
        mine = mine[order]
        first = np.flatnonzero(np.append(True, mine[1:] != mine[:-1]))
        length = np.diff(np.append(first, len(mine)))
        to = np.arange(len(mine)) + np.repeat(place[mine[first]] - first, length)
        place[mine[first]] += length
        for target, column in zip(into, columns.of(block), strict=True):
            if column.any():
                target[to] = column.take(order)
    return end - count, end, into


def _ordered(columns: Columns, tags: int) -> Sorted:
    """Rows in any order by tag, then time, then source time."""
    code = columns.code
    source, stamped, receive, mono, status, key, kind = columns.of(slice(0, len(code)))
    order = np.lexsort((source, mono, code))
    order = order[_once(*(column[order] for column in (code, mono, source, status, key)))]
    end = np.cumsum(np.bincount(code[order], minlength=tags))
    into = tuple(column[order] for column in (source, stamped, receive, mono, status, key, kind))
    return np.append(0, end[:-1]), end, into


def _once(code: Array, mono: Array, source: Array, status: Array, key: Array) -> Array:
    """All rows but those that an exported record holds again: it may be read twice, as when a run is resumed."""
    again = np.zeros(len(code), bool)
    columns = (code, mono, status, key)
    again[1:] = np.logical_and.reduce([column[1:] == column[:-1] for column in columns])
    kept: Array = ~(again & (mono == source))
    return kept


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
    found: Array = column.fill_null(NO_TIME).to_numpy(zero_copy_only=False)
    return found


def _typed(samples: pa.Table) -> tuple[Typed, pa.Array]:
    """Values, and the texts that they name by their place."""
    column = samples.column("number").cast(pa.float64()).combine_chunks()
    number = column.fill_null(np.nan).to_numpy(zero_copy_only=False)
    others, words = [], pa.array([], pa.string())
    for name, sort in (("integer", 2), ("flag", 3), ("text", TEXT)):
        column = samples.column(name).combine_chunks()
        if column.null_count == len(column):
            continue
        if name == "text":
            coded = column.dictionary_encode()
            column, words = coded.indices, coded.dictionary
        others.append((sort, column))
    return Typed(number, tuple(others)), words


def _numbers(key: Array, kind: Array) -> Array:
    """Numbers and integers as such, NaN for the rest."""
    number: Array = key.view(np.float64)
    if (kind == 1).all():
        return number
    return np.where(kind == 1, number, np.where(kind == 2, key.astype(np.float64), np.nan))
