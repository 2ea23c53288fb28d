"""A draft as the lines of a scope file, with a mark at each place that a person has to fill in."""

import json
from collections.abc import Iterator

from connectors.export.agreed import OPEN
from connectors.export.draft import Draft

FOUND_AGAIN = frozenset({"utf-8-sig", "gb18030", "utf-16", "xlsx"})
"""Encodings that need no naming."""


def snippet(found: Draft) -> str:
    """YAML to be put under `endpoints:`."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Draft) -> Iterator[str]:
    yield "  - id: export-1"
    yield "    protocol: export"
    yield f"    address: {_quoted(found.file)}"
    yield f"    role: {OPEN}  # scada, mes or ems"
    if found.prefixes:
        yield "    branches:"
        yield from (f"      - {{path: {_quoted(prefix)}, asset: {OPEN}}}" for prefix in found.prefixes)
    else:
        yield f"    asset: {OPEN}  # or one for each tag below"
    yield "    export:"
    yield f"      system: {OPEN}"
    yield f"      taken_by: {OPEN}"
    yield f"      taken_at: {OPEN}  # such as 2026-11-24T08:00:00+08:00"
    yield from (f"      {key}: {value}" for key, value in _reading(found))
    yield from _tags(found)


def _reading(found: Draft) -> Iterator[tuple[str, str]]:
    """How the file is to be read, as far as it shows."""
    yield "layout", found.layout
    yield from _when(found)
    for key in ("tag", "value", "quality"):
        if (name := getattr(found, key)) is not None:
            yield key, _quoted(name)
    if found.statuses:
        yield "statuses", "{" + ", ".join(f"{_quoted(s)}: {OPEN}" for s in found.statuses[:20]) + "}"
    shown = {
        "sheets": f"[{_quoted(found.sheet or '')}]" if len(found.sheets) > 1 else "",
        "skip_rows": str(found.skip_rows or ""),
        "header_rows": "" if found.header_rows == 1 else str(found.header_rows),
        "encoding": "" if found.encoding in FOUND_AGAIN else found.encoding,
        "decimal": {".": "", ",": '","', "?": OPEN}[found.decimal],
    }
    yield from ((key, value) for key, value in shown.items() if value)


def _when(found: Draft) -> Iterator[tuple[str, str]]:
    yield "time", OPEN if found.time is None else _quoted(found.time)
    if found.date is not None:
        yield "date", _quoted(found.date)
    if len(found.time_formats) == 1:
        yield "time_format", _quoted(found.time_formats[0])
    else:
        yield "time_format", f"{OPEN}  # {' or '.join(found.time_formats)}"
    if not found.has_offset:
        yield "time_zone", f"{OPEN}  # such as Asia/Shanghai"


def _tags(found: Draft) -> Iterator[str]:
    units = {guess.tag: guess.unit for guess in found.units}
    if not units:
        return
    yield "      tags:  # a unit counts only where it stands here: strike what is wrong"
    for tag in found.tags:
        if tag in units:
            yield f"        - {{name: {_quoted(tag)}, unit: {OPEN}}}  # {units[tag]}?"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
