"""What a data point says of automatic or by hand: by the words it shows, by a standard's numbers, by its name.

A free number without a standard's list means nothing to us, and neither does a switch that may be read both ways.
"""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import Function, Series
from assessor.indicators.data_points import SeenTag
from assessor.indicators.held import Times, Value, changed, times, until
from assessor.indicators.names import listed, place, plain, words
from assessor.indicators.seen import Seen
from assessor.indicators.share import thousandth

UA = "http://opcfoundation.org/UA/"
AUTOMATIC = listed(
    "auto automatic aut automat automode automaticmode autoexternal automaticexternal external ext"
    " production produce producing processing continuous"
    " cas cascade rcas remotecascade"
    " 自动 全自动 自动模式 自动运行 自动状态 联动 联机 生产 生产模式 串级 远程串级"
)
BY_HAND = listed(
    "manual man manu hand manualmode jog jogging inch inching handwheel handle mdi mda manualdatainput edit"
    " semiautomatic semiauto semi autowithmanualintervention setup setting adjust adjustment teach teaching"
    " reference homing step singlestep maintenance service calibration clean cleaning"
    " manualreducedspeed manualhighspeed t1 t2 iman lo os oos outofservice"
    " 手动 手动模式 手动状态 半自动 点动 手轮 单步 单动 调整 调试 对模 维修 维护 检修 保养 示教 编辑 回零"
)
"""Words of controllers, loops and companion specifications, without case and dashes. (Own list.)"""
LISTS: dict[str, tuple[str, dict[int, bool]]] = {
    "Status/UnitModeCurrent": (f"{UA}PackML/", {1: True, 2: False, 3: False}),
    "OperationMode": (f"{UA}MachineTool/", {0: False, 1: True, 2: False, 3: False, 4: False}),
    "OperationalMode": (f"{UA}Robotics/", {1: False, 2: False, 3: True, 4: True}),
}
"""Numbers that companion specifications fix: OPC 30050 (PackML), 40501-1, 40010-1; others are a maker's own."""
FIELDBUS = {0x80: False, 0x40: False, 0x20: False, 0x10: False, 0x08: True, 0x04: True, 0x02: True}
"""Actual mode of a function block (Foundation Fieldbus): out of service, initialising, local override, manual,
automatic, cascade, remote cascade. Remote output (1) is neither."""
BEFORE_MODE = listed(
    "operation operating operational op oper run running unit machine control controller ctrl work working"
    " channel auto"
)
NOT_NOW = listed(
    "request requested req cmd command set setpoint sp change supported last allowed permitted target normal"
    " enable enabled reset button pb in"
)
"""Words of modes that somebody wants or may have, not of the one that is."""
NAMED = listed("运行方式 运行模式 工作方式 工作模式 操作方式 操作模式 控制方式 控制模式 手自动 手动自动")
AUTO_FLAG = listed("auto inauto isauto autoon autoactive automatic automode 自动 自动状态 自动模式 自动运行")
HAND_FLAG = listed("manual man inmanual ismanual manon manualon manualmode 手动 手动状态 手动模式")
TWO_WAYS = frozenset({"Boolean", "bool", "BOOL", "bit", "coil", "discrete"})

Reading = Callable[[Value], bool | None]
"""From a value to automatic (True), by hand (False), or nobody knows."""


class Share(NamedTuple):
    """How long a mode was seen."""

    automatic: Fraction
    """Seconds."""
    known: Fraction

    @property
    def value(self) -> Fraction | None:
        """Share of the known time; None where no time is known."""
        return self.automatic / self.known if self.known else None


def reading(tag: SeenTag, companions: Collection[str]) -> Reading | None:
    """How its values are to be read; None where it is no mode. `companions`: those its machine is typed by."""
    path, name = tag.tag.path, place(tag.tag.path)[1]
    for ending, (namespace, numbers) in LISTS.items():
        if namespace in companions and path.endswith(ending):
            return by_list(numbers)
    if path.endswith("MachineryOperationMode/CurrentState") or tag.tag.description == "CONTROLLER_MODE":
        return by_word
    flag = plain(name)
    if flag in AUTO_FLAG | HAND_FLAG and _is_switch(tag):
        return by_flag(flag in AUTO_FLAG)
    return by_word if _named(name) else None


def vouched(tag: SeenTag, companions: Collection[str]) -> bool:
    """Does more than a name say that this is the machine's mode? A name shows one, and speaks against none."""
    path = tag.tag.path
    listed_ = any(uri in companions and path.endswith(ending) for ending, (uri, _) in LISTS.items())
    typed = path.endswith("MachineryOperationMode/CurrentState") or tag.tag.description == "CONTROLLER_MODE"
    said = tag.meaning is not None and tag.meaning.function is Function.STATE and not tag.by_name("function")
    return listed_ or typed or said


def by_block(value: Value) -> bool | None:
    """The actual mode of a control block, as a word or as a bit of Foundation Fieldbus."""
    return by_list(FIELDBUS)(value)


def by_word(value: Value) -> bool | None:
    """What a word says; a number says nothing by itself."""
    word = plain(value) if isinstance(value, str) else ""
    return True if word in AUTOMATIC else False if word in BY_HAND else None


def by_list(numbers: Mapping[int, bool]) -> Reading:
    """A standard's numbers, or the words that some servers give for them."""

    def read(value: Value) -> bool | None:
        if isinstance(value, float):
            return numbers.get(int(value)) if value.is_integer() else None
        return by_word(value)

    return read


def by_flag(automatic: bool) -> Reading:
    """A switch that is named for one of its two ways."""
    return lambda value: (value == 1) is automatic if value in (0, 1) else None


def share(seen: Seen, tag: SeenTag, read: Reading, *, recorded: bool = False) -> Share:
    """For how long its values said automatic, and for how long they said anything."""
    series = seen.series(tag.tag.id)
    if series is None:
        return Share(Fraction(0), Fraction(0))
    stood = _stood(seen, tag, series, recorded).stood
    says = _says(series, read)
    return Share(thousandth(float(stood[says == 1].sum())), thousandth(float(stood[says >= 0].sum())))


def _stood(seen: Seen, tag: SeenTag, series: Series, recorded: bool) -> Times:
    found = times(tag, series, recorded=recorded)
    observation = next((o for o in seen.observations if o.endpoint == tag.tag.endpoint), None)
    if tag.tag.sampling != "reported" or observation is None:
        return found
    return until(found, observation.ended, observation.gaps)


def _says(series: Series, read: Reading) -> NDArray[np.int8]:
    """1 automatic, 0 by hand, -1 unknown, row by row; each different value is read once."""
    rows, shown = changed(series)
    told = {value: read(value) for value in set(shown)}
    said = np.array([-1 if told[value] is None else int(bool(told[value])) for value in shown], np.int8)
    return np.repeat(said, np.diff(rows, append=len(series.at)))


def _named(name: str) -> bool:
    """Is it called a mode that is, not one that is asked for?"""
    if any(chinese in plain(name) for chinese in NAMED):
        return True
    parts = [word for word in words(name) if not word.isdigit()]
    if "mode" not in parts or not NOT_NOW.isdisjoint(parts):
        return False
    return set(parts) <= BEFORE_MODE | {"mode", "current", "actual", "act", "state", "status"}


def _is_switch(tag: SeenTag) -> bool:
    """Can it be nothing but yes or no?"""
    told = tag.tag.data_type
    ends = (tag.facts.minimum, tag.facts.maximum) if tag.facts else (None, None)
    return told in TWO_WAYS or (told is None and all(end in (0.0, 1.0) for end in ends))
