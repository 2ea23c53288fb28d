"""Compressors of the register: the electric power of each, and its signal of being loaded."""

from typing import NamedTuple

import numpy as np

from assessor.domain import EvidenceClass, Function
from assessor.indicators.electric import last, words_of
from assessor.indicators.looks import rows
from assessor.indicators.metering import Points, words
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import Steps

LOADED, UNLOADED = frozenset({"loaded", "load", "onload"}), frozenset({"unloaded", "unload", "offload"})
BESIDE = frozenset({"state", "status", "on", "is", "compressor", "signal"})
CHINESE = {"加载": "loaded", "卸载": "unloaded", "空载": "unloaded", "状态": "state", "信号": "signal"}


class Signal(NamedTuple):
    """0 and 1 over time, 1 for loaded."""

    steps: Steps
    evidence: EvidenceClass


def compressors(seen: Seen) -> tuple[SeenAsset, ...]:
    """Assets in use whose kind has the word 'compressor'."""
    return tuple(one for one in seen.assets if one.asset.in_use and "compressor" in words(one.asset))


def power(seen: Seen, of: SeenAsset, exported: bool) -> Steps | None:
    """kW of one compressor: of the meter that serves it alone, else its own."""
    meter = seen.by_id.get(of.asset.metered_by or "")
    behind = [one for one in seen.assets if meter and one.asset.metered_by == meter.asset.id]
    if meter and len(behind) == 1 and (found := Points(seen, meter, exported).power()) is not None:
        return found
    return Points(seen, of, exported).power()


def loaded(seen: Seen, of: SeenAsset, exported: bool) -> Signal | None:
    """Its one current signal by that name that is a truth value or a confirmed state, and was only ever 0 or 1."""
    every = [one.seen for one in of.recorded] if exported else of.tags
    tags = [tag for tag in every if tag.fresh and not tag.typed_in and not tag.restamped]
    evidence = EvidenceClass.EXPORTED if exported else EvidenceClass.MEASURED
    found = []
    for tag in tags:
        read, sense = rows(seen, tag, exported), _sense(tag.tag.path)
        state = tag.means(function=Function.STATE) or (tag.tag.data_type or "").lower() in ("bool", "boolean")
        if read is None or sense is None or not state or not np.isin(read.value, (0.0, 1.0)).all():
            continue
        found.append(Signal(read.steps(read.value if sense else 1 - read.value), evidence))
    return found[0] if len(found) == 1 else None


def _sense(path: str) -> bool | None:
    """True of a name that says loaded, False of one that says unloaded, None of any other."""
    name = last(path)
    for chinese, english in CHINESE.items():
        name = name.replace(chinese, f" {english} ")
    said = words_of(name)
    if not said <= LOADED | UNLOADED | BESIDE or bool(said & LOADED) == bool(said & UNLOADED):
        return None
    return bool(said & LOADED)
