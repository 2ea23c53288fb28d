"""Row → machines: what each of them truly is, and in which condition the day finds it. Nothing of the product."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tests.plants.table import Row, Way

Condition = Literal["works", "broken", "idle", "typed", "thin", "flat", "silent", "secured", "walled", "disowned"]
WAYS: tuple[Way, ...] = ("behind", "own", "modbus", "unspoken", "alone", "manual")


@dataclass(frozen=True)
class Machine:
    """One machine of the floor, or a ghost of the register."""

    id: str
    way: Way
    index: int
    stratum: str
    condition: Condition = "works"
    bare: bool = False
    elsewhere: bool = False
    listed: bool = True
    exists: bool = True
    equipped: bool = False
    looked: bool = True
    """Is it among those that we were to look at?"""

    @property
    def even(self) -> bool:
        return self.index % 2 == 0

    @property
    def reached(self) -> bool:
        """Does something of it come to us on the wire?"""
        return self.looked and self.exists and self.listed and self.way in ("behind", "own", "modbus")

    @property
    def passes_little(self) -> bool:
        """Is neither count nor energy of it to be seen behind the aggregator?"""
        return self.bare or self.condition == "thin"

    # What is so, whether or not anyone can see it.

    @property
    def interface(self) -> bool:
        return self.way not in ("alone", "manual")

    @property
    def digital(self) -> bool:
        return self.way != "manual"

    @property
    def current(self) -> bool:
        """Do current values of it come out of it anywhere?"""
        return self.interface and (self.condition not in ("broken", "typed") or self.elsewhere)

    @property
    def networked(self) -> bool:
        """Half of those that we cannot see in a system are in one that we do not look at."""
        if self.way == "behind":
            return self.current
        if self.equipped and self.way == "own":
            return True
        return self.way in ("own", "unspoken") and self.even

    @property
    def open(self) -> bool:
        """Does it speak an open protocol itself? Of those behind every other one does."""
        return self.way in ("own", "modbus") or (self.way == "behind" and self.even)

    @property
    def plate(self) -> bool:
        return self.way == "own" or (self.way in ("modbus", "behind") and self.even)

    @property
    def counts(self) -> bool:
        return self.way in ("own", "unspoken") or (self.way == "behind" and not self.bare)

    @property
    def metered(self) -> bool:
        """By a value of its own, or by a meter: Modbus machines have one; half of those unspoken do."""
        if self.way == "unspoken":
            return self.even
        return self.way in ("own", "modbus") or (self.way == "behind" and not self.bare and self.current)

    @property
    def expects(self) -> tuple[str, ...]:
        if not self.interface:
            return ()
        if self.equipped and self.way == "own":
            return ("state", "counter", "process", "energy", "quality", "alarm", "identity")
        return ("state", "process") if self.way == "modbus" else ("state", "counter", "process")


@cache
def machines(row: Row) -> tuple[Machine, ...]:
    """All machines of a row, ghosts last."""
    made = [machine for way in WAYS for machine in _of(row, way)]
    made += [
        Machine(f"ghost-{i:02}", "own", i, _stratum(row, "own"), condition="silent", exists=False)
        for i in range(row.ghosts)
    ]
    chosen = _chosen(row, tuple(made))
    return tuple(m if m.id in chosen else _aside(m) for m in made)


def _of(row: Row, way: Way) -> Iterator[Machine]:
    total: int = getattr(row, way)
    for i in range(total):
        last = total - i  # 1 for the last one
        yield Machine(
            f"{way}-{i:02}",
            way,
            i,
            _stratum(row, way),
            _condition(row, way, last),
            bare=way == "behind" and i < row.bare,
            elsewhere=row.elsewhere,
            equipped=row.equipped,
            listed=not (way == "behind" and last <= row.unlisted),
        )


def _condition(row: Row, way: Way, last: int) -> Condition:
    befalls: dict[Way, dict[Condition, int]] = {
        "behind": {"broken": row.broken, "idle": row.idle, "typed": row.typed, "thin": row.thin},
        "own": {"silent": row.silent, "secured": row.secured, "walled": row.walled, "flat": row.flat},
        "unspoken": {"disowned": row.disowned},
    }
    for condition, count in befalls.get(way, {}).items():
        if last <= count:
            return condition
        last -= count
    return "works"


def _stratum(row: Row, way: Way) -> str:
    return next((s.id for s in row.strata if way in s.ways), "all")


def chosen(row: Row, stratum: str) -> tuple[str, ...]:
    """Those of one stratum that are looked at."""
    return tuple(m.id for m in machines(row) if m.stratum == stratum and m.looked)


def _chosen(row: Row, made: tuple[Machine, ...]) -> set[str]:
    """A draw is seeded; a hand picks the best connected ones, which stand first."""
    found = {m.id for m in made}
    for stratum in row.strata:
        inside = [m.id for m in made if m.stratum == stratum.id]
        if stratum.selection == "drawn":
            taken = set(random.Random(f"{row.id}/{stratum.id}").sample(inside, stratum.take))
        else:
            taken = set(inside[: stratum.take] if stratum.take else inside)
        found -= set(inside) - taken
    return found


def _aside(machine: Machine) -> Machine:
    return Machine(**{**machine.__dict__, "looked": False})
