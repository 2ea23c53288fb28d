"""Control loops found by the names of their parts: measured value, setpoint, output and mode side by side."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from assessor.indicators import modes
from assessor.indicators.data_points import SeenTag
from assessor.indicators.names import listed, place, plain
from assessor.indicators.seen import Seen

Role = Literal["pv", "sp", "mv", "mode", "auto", "hand"]
ROLES: dict[Role, str] = {
    "pv": "pv pvin processvalue 测量值 过程值 测量",
    "sp": "sp sv spint spext cursp setpoint setvalue targetsetpoint activesetpoint workingsetpoint"
    " 设定值 给定值 设定 给定",
    "mv": "mv op out cv co lmn output workingoutput outputheating 输出 输出值 阀位",
    "mode": "mode mod modeblk actualmode curmode 方式 控制方式 回路方式 模式",
    "auto": "auto aut inauto autoon autoact qaut isauto 自动 自动状态",
    "hand": "man manual inmanual manon manact qman ismanual manualmode 手动 手动状态",
}
"""As controllers of several makers name them, without case and dashes. (Own list.)"""
PARTS: dict[str, Role] = {name: role for role, names in ROLES.items() for name in names.split()}
INSIDE = listed("cv value val actual act current")
"""Names of the value inside a part: 'PV.CV', 'MODE.ACTUAL'."""
SEPARATORS, LEVELS = "_- ", re.compile("[/.]")
Key = tuple[str, str]


@dataclass(frozen=True)
class Loop:
    """One loop: its parts by role, each with whether it comes from an exported record."""

    name: str
    parts: dict[Role, tuple[SeenTag, bool]] = field(default_factory=dict)

    @property
    def switch(self) -> tuple[SeenTag, bool, modes.Reading] | None:
        """The part that tells its mode, whether it is a recorded one, and how to read it."""
        for role in ("mode", "auto", "hand"):
            if role in self.parts:
                tag, recorded = self.parts[role]
                return tag, recorded, modes.by_block if role == "mode" else modes.by_flag(role == "auto")
        return None

    @property
    def current(self) -> bool:
        """Does its measured value still come? A mode may rightly stand still."""
        tag, recorded = self.parts["pv"]
        if recorded:
            return tag.facts is not None and tag.facts.changes > 0
        return tag.moves if tag.relayed else tag.fresh


def loops(seen: Seen) -> tuple[Loop, ...]:
    """Every loop once: a measured value and a setpoint side by side, with an output or a mode.

    What another endpoint shows of the same asset under the same name, or as the end of a longer one, is the same
    loop; what was read goes before what was recorded.
    """
    found: list[Loop] = []
    of: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    everything = [(tag, False) for tag in seen.tags] + [(one.seen, True) for one in seen.recorded]
    for (endpoint, stem), parts in _groups(everything).items():
        if not ({"pv", "sp"} <= parts.keys() and len(parts) > 2):
            continue
        asset, name = parts["pv"][0].tag.asset, "/".join(plain(level) for level in LEVELS.split(stem))
        known = of[asset or f"{endpoint}:", name.rpartition("/")[2]]
        if not any(endpoint != where and _same(name, other) for where, other in known):
            found.append(Loop(stem, parts))
            known.append((endpoint, name))
    return tuple(sorted(found, key=lambda loop: loop.name))


def _same(name: str, other: str) -> bool:
    """Is one of two names the end of the other, level by level?"""
    return f"/{name}".endswith(f"/{other}") or f"/{other}".endswith(f"/{name}")


def _groups(tags: Iterable[tuple[SeenTag, bool]]) -> dict[Key, dict[Role, tuple[SeenTag, bool]]]:
    """Parts by endpoint and by what is left of their path without the part's own name."""
    groups: dict[Key, dict[Role, tuple[SeenTag, bool]]] = defaultdict(dict)
    for tag, recorded in tags:
        for stem, role in _parts(tag.tag.path):
            groups[tag.tag.endpoint, stem].setdefault(role, (tag, recorded))
    return groups


def _parts(path: str) -> list[tuple[str, Role]]:
    """What loop a path may be a part of, and as what."""
    holder, name = place(path)
    if plain(name) in INSIDE and plain(place(holder)[1]) in PARTS:
        holder, name = place(holder)
    if holder and (role := PARTS.get(plain(name))):
        return [(holder, role)]
    for separator in SEPARATORS:
        stem, found, last = name.rpartition(separator)
        if found and stem and (role := PARTS.get(plain(last))):
            return [(f"{holder}/{stem}" if holder else stem, role)]
    return []
