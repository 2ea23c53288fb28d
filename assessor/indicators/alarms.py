"""Alarm points: which data points are alarms, when one of them was raised, and what their texts say."""

import re
from itertools import pairwise

import numpy as np

from assessor.domain import Function, Series
from assessor.indicators.data_points import SeenTag
from assessor.indicators.held import Value, changed
from assessor.indicators.names import CJK, listed, place, words

ALARM = listed("alarm alarms alm fault faults warning warnings estop")
ALARM_ZH = listed("报警 故障 警报 告警 急停")
NONE_ITSELF = listed(
    "limit limits threshold count counter ack acked acknowledge enable enabled disable reset time text message msg"
    " sp set setpoint delay hysteresis deadband priority severity history list number suppressed"
    " shelved state statustext"
)
"""Words of what belongs to an alarm without being one. (Own lists.)"""
NONE_ITSELF_ZH = listed("限 次数 计数 确认 复位 设定 使能 屏蔽 延时 时间 时长 率 文本 信息 历史 列表")
MEASURED = listed("Double Float Decimal Number")
"""Types of numbers that no alarm has."""
ACTIVE = ("/ActiveState", "/ActiveState/Id")
"""Ends of the path of an alarm condition (OPC 10000-9): whether it is active, in words or as a switch."""
BITS = listed("word words bits register flags")
QUIET = listed("0 none normal ok unavailable false inactive inaktiv off 无 正常 无报警 未激活 非活动") | {
    "",
    "no alarm",
    "no fault",
}
"""Texts of an alarm point that say that there is no alarm; those of MTConnect among them."""
GENERIC = re.compile(
    r"报警|故障|警报|告警|代码|编号|状态|字|号|位|第|点|\b(?:alarms?|alm|faults?|errors?|err|warnings?|warn|codes?|numbers?|no|nr"
    r"|id|bits?|words?|status|state|active|msg|message|text|tag|signal|value|plc|db|di|do|reg|register)\b",
    re.IGNORECASE,
)
CYCLIC = 0.8
"""Share of the distances between rows that are alike in a log of values. (Own threshold.)"""
LETTERS, CHARACTERS = 4, 2
"""Latin letters, or Chinese characters, that must be left of a text to say anything. (Own threshold.)"""


def is_alarm(tag: SeenTag) -> bool:
    """Is it an alarm: by its meaning, as the active state of a condition, or, where nobody says, by its name?"""
    if tag.tag.path.endswith(ACTIVE):
        return True
    if tag.meaning is not None:
        return tag.means(function=Function.ALARM)
    name = place(tag.tag.path)[1]
    parts = set(words(name))
    if tag.tag.data_type in MEASURED:  # 'AlarmHigh' is a limit then
        return False
    return (
        about_alarms(name) and NONE_ITSELF.isdisjoint(parts) and not any(word in name for word in NONE_ITSELF_ZH)
    )


def raised(tag: SeenTag, series: Series, *, exported: bool = False) -> int:
    """How often it was raised: not what stood at the beginning, for nobody saw it come.

    A switch and a text count when they leave their rest; a code counts when another one comes; of a word of bits
    each bit does. `exported`: in a record every row is an alarm that came, where none tells
    of an end and rows do not follow at one interval: an alarm list is so, and a log of values is not.
    """
    _, shown = changed(series)
    if exported and all(map(_is_raised, shown)) and not _is_cyclic(series):
        return len(series.at)
    bits = not BITS.isdisjoint(words(place(tag.tag.path)[1])) or "字" in place(tag.tag.path)[1]
    return sum(_new(before, now, bits) for before, now in pairwise(shown))


def about_alarms(name: str) -> bool:
    """Does a name speak of alarms?"""
    return not ALARM.isdisjoint(words(name)) or any(word in name for word in ALARM_ZH)


def condition(path: str) -> str:
    """The path of an alarm: of a condition the object that has the active state."""
    return path.partition("/ActiveState")[0] if path.endswith(ACTIVE) else path


def says(*texts: str | None) -> bool:
    """Does any of these texts say what is wrong, rather than that something is, or under which number?"""
    return any(_speaks(text) for text in texts if text)


def _is_cyclic(series: Series) -> bool:
    """Do rows follow each other at one interval, to the second?"""
    gaps = np.diff(series.source) / 1e9
    return len(gaps) > 1 and float((np.abs(gaps - np.median(gaps)) <= 1).mean()) >= CYCLIC


def _is_raised(value: Value) -> bool:
    return value.strip().casefold() not in QUIET if isinstance(value, str) else bool(value)


def _new(before: Value, now: Value, bits: bool) -> int:
    """How many alarms came from one value to the next."""
    if before == now or not _is_raised(now):
        return 0
    if bits and (old := _whole(before)) is not None and (new := _whole(now)) is not None:
        return (new & ~old).bit_count()
    return 1


def _whole(value: Value) -> int | None:
    """A word of bits; beyond 53 of them a number does not hold each."""
    return int(value) if isinstance(value, float) and 0 <= value < 2**53 and value.is_integer() else None


def _speaks(text: str) -> bool:
    parted = " ".join(words(text)) if text.isascii() else text
    left = re.sub(r"[\W\d_]+", " ", GENERIC.sub(" ", parted))
    return len(CJK.findall(left)) >= CHARACTERS or sum(len(w) for w in left.split() if w.isascii()) >= LETTERS
