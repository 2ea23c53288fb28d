"""What the values of a state mean for a machine: by standards, by words in two languages, by flags that say so.

*Running*: it does its work. *Idle*: it is on and could, and does not. *Stopped*: off, halted or out of order.
A word that stands in no list means nothing to us, and a number only where a standard, its server or a person gives
it a meaning.
"""

import re
from collections.abc import Mapping

from assessor.domain import MachineState

RUNNING, IDLE, STOPPED = MachineState.RUNNING, MachineState.IDLE, MachineState.STOPPED
Meanings = Mapping[str, MachineState | None]
"""State by value as written; None where the standard itself leaves it open."""


def _listed(running: str, idle: str, stopped: str) -> dict[str, MachineState]:
    lists = ((RUNNING, running), (IDLE, idle), (STOPPED, stopped))
    return {word: state for state, words in lists for word in words.split()}


MACHINERY = _listed("executing", "notexecuting", "outofservice notavailable")
"""MachineryItemState (OPC 40001-1)."""
EXECUTION = _listed(
    "active",
    "ready interrupted wait feedhold optionalstop programstopped programoptionalstop programcompleted",
    "stopped",
)
"""EXECUTION of MTConnect."""
PACKML = _listed("6", "3 4 5 10 11 12 13 14 15 16 17", "1 2 7 8 9")
"""StateCurrent by number (ISA-TR88.00.02): Execute; Starting, Idle, Suspended, Holding to Complete; Clearing,
Stopped, Stopping, Aborting, Aborted. 0, undefined, is none."""
WORDS = MACHINERY | _listed(
    "running run execute processing producing production working machining inproduction autorunning cutting"
    " 运行 运行中 正在运行 加工 加工中 正在加工 生产 生产中 正在生产 工作 工作中 自动运行 自动运行中"
    " forward reverse 正转 反转",
    "idle idling ready standby waiting wait feedhold held holding hold paused pause suspended complete starved"
    " blocked setup 待机 待机中 空闲 空闲中 就绪 等待 等待中 暂停 暂停中 空转 待料 准备就绪 换模 调机",
    "stopped stop aborted fault faulted emergency emergencystop estop maintenance down shutdown poweroff"
    " 停止 停止中 已停止 停机 停机中 关机 断电 故障 急停 维修 维修中 维护 维护中 检修 停产",
)
FLAG = re.compile(r"(?i)(.*[^a-z])?((is|machine)?_?running)|.*(运行中|正在运行|运行信号|运行标志)")
"""Names of flags that say whether a machine runs; while false it is idle or stopped, and which is not told."""


def tidy(word: str) -> str:
    """A word without case, spaces, and strokes: 'Not Executing', 'NOT_EXECUTING' and 'notExecuting' are one."""
    return re.sub(r"[\s_\-/.:：]+", "", word).casefold()
