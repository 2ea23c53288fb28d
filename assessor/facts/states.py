"""What machines did while they were watched: from a state tag that someone can read, else from power.

A tag of states goes before power, always. Of several the first of: what a person mapped, MachineryItemState,
PackML StateCurrent, MTConnect EXECUTION, numbers whose server gives them words, words, a flag named `running`; of
two alike the one that stands highest in the machine. Numbers that nobody explains stay unknown.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from assessor.domain import (
    Asset,
    Function,
    MachineState,
    Message,
    Series,
    SeriesOf,
    StateShares,
    Tag,
    TagMeaning,
)
from assessor.facts import words
from assessor.facts.power import Levels, levels

LONG = 0.99 * 4 * 3600
"""Seconds of power below which states are indicative: by then most machines have shown all of theirs."""
SHORT = 900.0
"""Seconds of power that show nothing yet. (Own.)"""
PAUSE = 300.0
"""Where no cycle shows what a pause in the work is, rests of so many seconds may be one. (Own.)"""
OFF = 0.05
"""Of two levels the lower is *stopped* where it is below so much of the higher, else nobody can say. (Own.)"""
VAGUE = 0.02
"""Share of the time by which pauses may matter where no cycle says what a pause is. (Own.)"""
POWER_UNITS = {"W": 0.001, "kW": 1.0, "MW": 1000.0, "WTT": 0.001, "KWT": 1.0, "MAW": 1000.0}
"""Spellings of units of power, and how many kW each is."""
READ = 0.5
"""Share of the time in which words must be known for a tag to be taken at its words. (Own.)"""


class Reading(NamedTuple):
    """How a tag of states can be read; the lowest rank goes first."""

    rank: int
    tag: Tag
    known: words.Meanings
    flag: bool = False


def machine_states(
    assets: Iterable[Asset],
    tags: Iterable[Tag],
    meanings: Mapping[int, TagMeaning],
    series: SeriesOf,
    exported: Collection[int] = (),
) -> dict[str, StateShares]:
    """States of each asset that has a tag to tell them by. `exported`: ids of tags that come from a record."""
    held = list(assets)
    of: dict[str, list[Tag]] = {}
    for tag in tags:
        if tag.asset is not None:
            of.setdefault(tag.asset, []).append(tag)
    metered = [asset.metered_by for asset in held]
    found = {}
    for asset in held:
        meter = of.get(asset.metered_by or "", []) if metered.count(asset.metered_by) == 1 else []
        read = [tag for tag in of.get(asset.id, []) if tag.id not in exported]
        kept = [tag for tag in of.get(asset.id, []) if tag.id in exported]
        tries = [partial(_by_tag, read), partial(_by_tag, kept)]
        tries += [partial(_by_power, tags) for tags in (read, meter, kept)]
        if shares := next((made for one in tries if (made := one(meanings, series))), None):
            found[asset.id] = shares.model_copy(update={"exported": shares.tag in exported})
    return found


def _by_tag(tags: Iterable[Tag], meanings: Mapping[int, TagMeaning], series: SeriesOf) -> StateShares | None:
    readings = [reading for tag in tags if (reading := _reading(tag, meanings.get(tag.id)))]
    for reading in sorted(readings, key=lambda r: (r.rank, r.tag.path.count("/"), r.tag.path)):
        values = series(reading.tag.id)
        if values is not None and (shares := _told(reading, values)) is not None:
            return shares
    return None


def _reading(tag: Tag, meaning: TagMeaning | None) -> Reading | None:
    """How this tag can be read; None where it is no state or nobody can read it."""
    name = tag.path.replace(".", "/")
    if meaning is not None and meaning.states:
        return Reading(0, tag, {words.tidy(word): state for word, state in meaning.states.items()})
    if meaning is None or meaning.function is not Function.STATE:
        return Reading(6, tag, {}, flag=True) if meaning is None and _flag(name) else None
    if name.endswith("MachineryItemState/CurrentState"):
        return Reading(1, tag, words.WORDS)
    if name.endswith("Status/StateCurrent"):
        return Reading(2, tag, words.PACKML)
    if tag.description == "EXECUTION" and tag.sampling == "reported":
        return Reading(3, tag, words.EXECUTION)
    if tag.labels:
        return Reading(4, tag, {str(n): words.WORDS.get(words.tidy(word)) for n, word in tag.labels})
    return Reading(6, tag, {}, flag=True) if _flag(name) else Reading(5, tag, words.WORDS)


def _flag(path: str) -> bool:
    return words.FLAG.fullmatch(path.rpartition("/")[2]) is not None


def _told(reading: Reading, values: Series) -> StateShares | None:
    """Time in each state by a tag's own values; None where they mean nothing to anyone."""
    stood = values.stood
    if reading.flag:
        if values.text is not None or not np.isin(values.value, (0, 1)).all():
            return None
        on = float(stood[values.value == 1].sum())
        off = float(stood.sum()) - on
        return _shares(reading, "flag", {MachineState.RUNNING: on}, resting=off)
    seconds: dict[MachineState, float] = {}
    unknown = 0.0
    for word, lasted in _lasted(values, stood).items():
        state = reading.known.get(word)
        if state is None:
            unknown += lasted
        else:
            seconds[state] = seconds.get(state, 0.0) + lasted
    read = sum(seconds.values())
    if read <= 0 or (reading.rank >= 4 and read < READ * (read + unknown)):
        return None
    return _shares(reading, "person" if reading.rank == 0 else "tag", seconds, unknown=unknown)


def _lasted(values: Series, stood: np.ndarray) -> dict[str, float]:
    """Seconds by value, as tables of meanings write it."""
    if values.text is None:
        numbers, place = np.unique(values.value, return_inverse=True)
        written = [f"{number:g}" if number != int(number) else str(int(number)) for number in numbers.tolist()]
    else:
        shown = [f"{v:g}" if w is None else w for v, w in zip(values.value.tolist(), values.text, strict=True)]
        different, place = np.unique(np.array(shown, dtype=object), return_inverse=True)
        written = [words.tidy(word) for word in different.tolist()]
    lasted = np.bincount(place.ravel(), weights=stood, minlength=len(written))
    found: dict[str, float] = {}
    for word, seconds in zip(written, lasted.tolist(), strict=True):
        found[word] = found.get(word, 0.0) + seconds
    return found


def _shares(
    reading: Reading,
    why: str,
    seconds: dict[MachineState, float],
    *,
    resting: float = 0.0,
    unknown: float = 0.0,
) -> StateShares:
    ran = seconds.get(MachineState.RUNNING, 0.0)
    return StateShares(
        source="state",
        tag=reading.tag.id,
        path=reading.tag.path,
        seconds=seconds,
        resting=resting,
        unknown=unknown,
        least=ran,
        most=ran + unknown,
        why=Message(id=f"indicator.why.states_{why}", params={"tag": reading.tag.path}),
    )


def _by_power(tags: Iterable[Tag], meanings: Mapping[int, TagMeaning], series: SeriesOf) -> StateShares | None:
    """From the active power of the whole: of several tags (phases beside a total) the greatest on average."""
    found: list[tuple[float, Tag, Series]] = []
    for tag in tags:
        meaning = meanings.get(tag.id)
        scale = POWER_UNITS.get("".join((tag.unit or "").split()))
        if scale is None or (meaning is not None and meaning.function not in (None, Function.ACTUAL)):
            continue
        values = series(tag.id)
        if values is not None and len(set(values.value[np.isfinite(values.value)].tolist())) > 1:
            found.append((float(np.nanmean(values.value)) * scale, tag, values))
    if not found:
        return None
    _, tag, values = max(found, key=lambda one: (one[0], one[1].path))
    return power_shares(tag, values)


def power_shares(tag: Tag, values: Series) -> StateShares:
    """States by the levels of one tag of power, as far as they can be told apart."""
    shown = levels(values.began, values.stood, values.value)
    watched = float(values.stood.sum())

    def shares(why: str, **more: object) -> StateShares:
        message = Message(id=f"indicator.why.states_{why}", params={"tag": tag.path})
        given = {"source": "power", "tag": tag.id, "path": tag.path, "why": message, "unknown": watched}
        return StateShares.model_validate(given | more)

    if shown is None or watched < SHORT:
        return shares("power_short")
    top = len(shown.cuts)
    if top == 0:
        return shares("one_level")
    seconds = {MachineState.RUNNING: shown.lasted(top)}
    resting = 0.0
    if top == 2:
        seconds |= {MachineState.STOPPED: shown.lasted(0), MachineState.IDLE: shown.lasted(1)}
    elif shown.middles[0] < OFF * shown.middles[1]:
        seconds[MachineState.STOPPED] = shown.lasted(0)
    else:
        resting = shown.lasted(0)
    least, most = shown.bounds(PAUSE)
    doubt = _doubt(shown, watched, most - least)
    return shares(
        doubt or "power",
        seconds=seconds,
        resting=resting,
        unknown=0.0,
        least=least,
        most=most,
        hold=shown.hold,
        cycle=shown.cycle,
        cuts=shown.cuts,
        indicative=doubt is not None,
    )


def _doubt(shown: Levels, watched: float, vague: float) -> str | None:
    """Why it is indicative only; None where it can be built on."""
    if watched < LONG:
        return "power_indicative"
    if shown.cycle is None and len(shown.cuts) == 1:
        return "two_levels"
    return "no_cycle" if shown.cycle is None and vague > VAGUE * watched else None
