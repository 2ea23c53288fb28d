"""Process values that have their setpoint beside them, so that a deviation can be seen and not only a value.

Looked at are actual values of temperature, pressure, flow, speed, force and level. A setpoint stands beside one
where it belongs to the same machine, is of the same quantity, and its name is the same but for words such as set,
actual or current; or where it stands in the same object and its name says nothing but the quantity, as one
setpoint for several zones does. A no needs a machine that was looked at as a whole and all of whose data points
have a meaning; otherwise the setpoint may be one that nobody explained.
"""

from collections import defaultdict

from assessor.domain import Function, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.names import listed, place, words
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "data"
QUANTITIES = frozenset(["temperature", "pressure", "flow", "speed", "force", "level"])
APART = listed(
    "set sp sv setpoint target tgt cmd command nominal ref reference desired demand required"
    " actual act pv cur current measured meas value val process mach"
)
"""Words in which names of a value and of its setpoint differ. (Own list.)"""
APART_ZH = sorted(
    listed("设定值 设定 给定值 给定 目标值 目标 实际值 实际 测量值 测量 当前值 当前 反馈"),
    key=lambda w: (-len(w), w),
)
"""Longest first, so that of 设定值 nothing is left."""
BARE = listed(
    "temperature temp t pressure press p flow f speed velocity v force level l 温度 压力 流量 速度 转速 力 液位"
)
"""Names that say nothing but the quantity."""
Setpoints = dict[tuple[str | None, str | None], list[SeenTag]]


def measure(seen: Seen) -> Measurement:
    setpoints: Setpoints = defaultdict(list)
    for tag in seen.tags:
        if tag.means(function=Function.SETPOINT) and tag.meaning is not None:
            setpoints[tag.tag.asset, tag.meaning.quantity].append(tag)
    looked = [tag for tag in seen.tags if _is_process(tag)]
    lines = [_judge(tag, setpoints, seen.by_id.get(tag.tag.asset or "")) for tag in looked]
    return share("setpoint_beside", lines, seen.scope, nothing="no_process_value")


def _is_process(tag: SeenTag) -> bool:
    return tag.means(function=Function.ACTUAL) and tag.meaning is not None and tag.meaning.quantity in QUANTITIES


def _judge(tag: SeenTag, setpoints: Setpoints, machine: SeenAsset | None) -> Line:
    path = tag.tag.path
    assert tag.meaning is not None
    near = setpoints[tag.tag.asset, tag.meaning.quantity] if tag.tag.asset else []
    found = next((one for one in near if _beside(tag, one)), None)
    if found is not None and machine is not None and machine.has(found):
        return line(path, Outcome.MET, "setpoint_there", tag=found.tag.path)
    if found is not None:
        return line(path, Outcome.NOT_DETERMINED, "setpoint_old", tag=found.tag.path)
    if machine is not None and machine.walked and not _unsure(machine, tag.meaning.quantity):
        return line(path, Outcome.NOT_MET, "no_setpoint")
    return line(path, Outcome.NOT_DETERMINED, "setpoint_unknown")


def _unsure(machine: SeenAsset, quantity: str | None) -> bool:
    """Has it values of this quantity of which nobody, or nothing but their names, says what they are for?"""
    of = [tag for tag in machine.tags if tag.meaning is not None and tag.meaning.quantity == quantity]
    return any(tag.meaning is None or tag.meaning.function is None or tag.by_name("function") for tag in of)


def _beside(tag: SeenTag, other: SeenTag) -> bool:
    """Is this the setpoint of that value?"""
    (holder, name), (beside, setpoint) = place(tag.tag.path), place(other.tag.path)
    core, same = _core(setpoint), holder == beside
    if same and (not core or core <= BARE):
        return True
    if _core(name) != core:
        return False
    return same or _core(place(holder)[1]) == _core(place(beside)[1]) or holder.startswith(f"{beside}/")


def _core(name: str) -> frozenset[str]:
    """What a name says but for value or setpoint."""
    for word in APART_ZH:
        name = name.replace(word, " ")
    return frozenset(words(name)) - APART
