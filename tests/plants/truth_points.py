"""Truths of data points and links: what servers show of machines, and how reliably."""

from fractions import Fraction

from tests.plants.build import HELD
from tests.plants.equipment import ROBOTS
from tests.plants.machines import Machine
from tests.plants.stated import Truth, entered, exactly, real, share, states
from tests.plants.table import Row

AWAY = 2
"""Seconds that a server which drops us is gone."""


@states("companion_spec")
def _companion_spec(row: Row) -> Truth | None:
    """Of all machines those with a server of their own are typed by a companion specification."""
    return share({m.id: m.way == "own" for m in real(row)})


@states("collected")
def _collected(row: Row) -> Truth | None:
    """Every kind of data that the register expects of a machine, and whether it is there."""
    cells = [m.current and holds(m, kind) for m in real(row) for kind in m.expects if kind in KINDS]
    return Truth(Fraction(sum(cells), len(cells))) if cells else None


KINDS = ("state", "counter", "process", "energy", "quality", "alarm")


def holds(m: Machine, kind: str) -> bool:
    """Does a machine of which current values come out anywhere show this kind of data?"""
    if kind == "counter":
        return m.counts
    if kind == "process":
        return m.condition != "flat"
    if kind in ("quality", "alarm"):
        return m.even
    return kind != "energy" or m.metered


def _process(row: Row) -> dict[str, Machine]:
    """Numeric process values of OPC UA servers, without setpoints, by path."""
    behind, own = entered(row)
    found = {f"L{i}.{m.id}.{name}": m for m in behind for i in [m.index % row.servers]
             for name in ("Temperature", "Pressure")}  # fmt: skip
    found |= {f"{m.id}/Monitoring/{name}": m for m in own for name in ("Temperature", "Speed", "Load")}
    if row.equipped:
        found |= {f"{m.id}/TIC101/{name}": m for m in own if m.even for name in ("PV", "OP")}
        found |= {f"{robot}/Speed": own[0] for robot in ROBOTS}
    return found


@states("history_available")
def _history_available(row: Row) -> Truth | None:
    """Temperatures of every other machine with a server of its own are kept by it, in some plants."""
    return (
        None
        if row.bad
        else share({path: row.equipped and path.endswith(HELD) and m.even for path, m in _process(row).items()})
    )


@states("setpoint_beside")
def _setpoint_beside(row: Row) -> Truth | None:
    """Behind the aggregator the temperature has its setpoint beside it, and loops have; nothing else has."""
    behind, own = entered(row)
    units = [m for m in real(row) if m.looked and m.way == "modbus"] if not row.witnessed else []
    without = ("/Load", "/OP")
    found = {path: path.endswith((".Temperature", "/PV")) for path in _process(row) if not path.endswith(without)}
    found |= {f"unit {2 * m.index + 1}/temperature": False for m in units}
    return share(found) if behind or own or units else None


@states("naming_scheme")
def _naming_scheme(row: Row) -> Truth | None:
    """All names are words joined with capitals."""
    behind, own = entered(row)
    recorded = [m for m in real(row) if m.looked and m.way == "behind"] if row.aggregator == "record" else []
    return exactly(1) if behind or own or recorded else None


@states("seen_twice")
def _seen_twice(row: Row) -> Truth | None:
    """No machine is listed twice."""
    return exactly(0)


@states("link_availability")
def _link_availability(row: Row) -> Truth | None:
    """A mean over what answered; what drops us is gone for two seconds of every so many, and to us until we ask
    again."""
    behind, own = entered(row)
    if row.witnessed:
        return None
    shut = [m for m in real(row) if m.looked and m.condition == "secured"]
    lines = any(m.looked and m.way == "modbus" for m in real(row))
    scadas = min(row.servers, len(behind))
    answered = scadas + len(own) + len(shut) + lines
    if not answered:
        return None
    if not row.drops:
        return exactly(1)
    part = Fraction(len(own), answered * row.drops)
    return Truth(1 - AWAY * part, within=(row.every - AWAY) * part + Fraction(row.every, row.seconds))
