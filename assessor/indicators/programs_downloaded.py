"""Machines whose program or recipe comes from a system, of those that run by one; most often nobody can tell.

Looked at is the data point that names the program or recipe in force. That a system shows the same name proves
only that it is connected. It counts as sent where the same new name stood in a system of the plant first and at
the machine within 30 s, at each of at least three changes: nobody types that fast and that regularly. Names
that the machine's status calls typed in by a person (LocalOverride) are a no. All else stays open, and machines
without a controller have no program to be sent. Times are those of arrival at our laptop, compared for what was
read alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from assessor.domain import SYSTEMS, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag, looked_at
from assessor.indicators.held import Value, values
from assessor.indicators.names import listed, place, words
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, share, strata, unseen

UNIT = "share"
AREA = "production"
CHANGES, SECONDS = 3, 30
"""Changes of a program that must all follow a system, each within so many seconds. (Own thresholds.)"""
PROGRAM = listed("program programs prog programme recipe recipes formula ncprogram partprogram")
PROGRAM_ZH = listed("程序 配方 工艺号")
OTHER = listed(
    "count step line block row runtime time status state running end ended start stop select selected request path"
    " requested next error alarm load size lock cmd command enable"
)
OTHER_ZH = listed("步 行号 数量 状态 时间 启动 停止 报警 请求")
"""Words of what belongs to a program without naming the one in force. (Own lists.)"""
AWAY = 0.001
"""Seconds by which a value stood for less than the time to the next one, where contact was lost between them."""
Change = tuple[int, int, Value]
"""Until when the one before was seen to hold, when the new one was, both in ns, and the new one."""


def measure(seen: Seen) -> Measurement:
    known = [_by_value(_changes(seen, t)) for t in seen.tags if t.endpoint.role in SYSTEMS and _names(t)]
    lines = [_judge(seen, machine, known) for machine in seen.machines]
    return share(
        "programs_downloaded", lines, seen.scope, strata=strata(seen.machines), nothing="nothing_registered"
    )


def _judge(seen: Seen, machine: SeenAsset, known: list[Mapping[Value, list[int]]]) -> Line:
    id_ = machine.asset.id
    if machine.asset.numerical_control is False:
        return line(id_, Outcome.NOT_APPLICABLE, "no_program")
    named = [tag for tag in machine.tags if _names(tag) and machine.has(tag)]
    if any(tag.typed_in for tag in named):
        return line(id_, Outcome.NOT_MET, "program_typed")
    own = [tag for tag in named if tag.endpoint.role not in SYSTEMS]
    changes = max((list(_changes(seen, tag)) for tag in own), key=len, default=[])
    if len(changes) >= CHANGES and any(all(_led(one, change) for change in changes) for one in known):
        return line(id_, Outcome.MET, "program_sent", n=len(changes), seconds=str(SECONDS))
    if named:
        return line(id_, Outcome.NOT_DETERMINED, "program_named", tag=named[0].tag.path, n=len(changes))
    return line(id_, Outcome.NOT_DETERMINED, "no_program_tag") if machine.live else unseen(machine)


def _by_value(changes: Iterable[Change]) -> Mapping[Value, list[int]]:
    found: dict[Value, list[int]] = defaultdict(list)
    for _, at, value in changes:
        found[value].append(at)
    return found


def _names(tag: SeenTag) -> bool:
    """Does it name the program or recipe in force?"""
    name = place(tag.tag.path)[1]
    parts = set(words(name))
    if not PROGRAM.isdisjoint(parts):
        return OTHER.isdisjoint(parts)
    return any(word in name for word in PROGRAM_ZH) and not any(word in name for word in OTHER_ZH)


def _changes(seen: Seen, tag: SeenTag) -> Iterator[Change]:
    """Every change to another name or number. The first value is none: nobody saw it come."""
    series = seen.series(tag.tag.id)
    if series is None:
        return
    whole = np.append(np.diff(series.began) - series.stood[:-1] < AWAY, False).tolist()
    shown = [row for row in zip(series.at.tolist(), values(series), whole, strict=True) if row[1]]
    every = looked_at(tag.tag)
    for (last, before, looked), (at, value, _) in pairwise(shown):
        if value != before:  # who reports changes alone looked all the while, if it was in contact
            yield last if every is None or not looked else max(last, at - round(every * 1e9)), at, value


def _led(system: Mapping[Value, list[int]], change: Change) -> bool:
    """Did the same name come up in the system shortly before, and while the machine still showed the old one?

    Else the system may have read it from the machine, and been looked at sooner.
    """
    last, at, value = change
    return any(then <= last and at - then <= SECONDS * 10**9 for then in system.get(value, ()))
