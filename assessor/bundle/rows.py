"""Rows as bytes: Arrow batches while a run goes on, Parquet once many of them lie together."""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assessor.domain import SAMPLE_COLUMNS, Sample

SCHEMA = pa.schema([(name, getattr(pa, "bool_" if kind == "bool" else kind)()) for name, kind in SAMPLE_COLUMNS])
pa.set_memory_pool(pa.system_memory_pool())
"""One allocator for all: what a segment took is free again for whatever comes next, Arrow's own would keep it."""
GROUP = 250_000
"""Rows of a row group of the sealed file: what sealing holds in memory at a time."""


def batch(rows: Sequence[Sample]) -> bytes:
    """Rows as one Arrow record batch, without its schema."""
    try:
        found = _batch(rows)
    except (OverflowError, UnicodeEncodeError):
        found = _batch([_storable(row) for row in rows])
    return bytes(found.serialize())


def unbatch(data: bytes | memoryview) -> pa.RecordBatch:
    """The rows of a batch."""
    return pa.ipc.read_record_batch(pa.py_buffer(data), SCHEMA)


def parquet(batches: Iterable[pa.RecordBatch]) -> bytes:
    """Batches as one Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_batches(batches, SCHEMA), out, compression="zstd")
    return out.getvalue()


def write_parquet(file: Path, tables: Iterable[pa.Table]) -> None:
    """All rows as one Parquet file, in the order in which they came, a row group at a time in memory."""
    with pq.ParquetWriter(file, SCHEMA, compression="zstd") as out:
        for group in _groups(tables):
            out.write_table(group, row_group_size=GROUP)


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting = SCHEMA.empty_table()
    for table in tables:
        waiting = pa.concat_tables([waiting, table])
        while waiting.num_rows >= GROUP:
            yield waiting.slice(0, GROUP)
            waiting = waiting.slice(GROUP)
    if waiting.num_rows:
        yield waiting


def _batch(rows: Sequence[Sample]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(SAMPLE_COLUMNS)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _storable(row: Sample) -> Sample:
    """A value that its column cannot hold, as text: an integer beyond int64, half a character escaped."""
    if row.integer is not None and not -(1 << 63) <= row.integer < 1 << 63:
        row = row._replace(integer=None, text=str(row.integer))
    if row.text is not None:
        row = row._replace(text=row.text.encode("utf-8", "backslashreplace").decode())
    return row
