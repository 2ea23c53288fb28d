"""The true value of indicators, from a plant's parameters alone: nothing of the product is asked.

A new indicator joins by one function here, under its id:

    @states("my_indicator")
    def _my_indicator(row: Row) -> Truth | None:
        return share({m.id: m.counts for m in real(row)})

`share` is for shares over subjects: each subject is true or false, and every line of the measurement is held
against it as well. `exactly` is for other figures, with a tolerance for what depends on the moment of sampling.
`None` says that in this plant there is nothing to state. An indicator without a function is reported as "no truth
stated" and fails nothing. What it needs of a plant is one more field of `Row` (in `table`), shown in `build`.
"""

from collections.abc import Callable
from fractions import Fraction

from tests.plants import truth_day, truth_points
from tests.plants.build import FLAT_ANALOGUE, PROCESSES, TYPED_ANALOGUE, TYPED_WHOLE
from tests.plants.equipment import MORE_ANALOGUE, MORE_TYPED, MORE_WHOLE, PLANNED, ROBOTS
from tests.plants.machines import Machine
from tests.plants.stated import TRUTHS, Truth, cells, entered, exactly, real, share, states, tags, truth
from tests.plants.table import Row

__all__ = ["TRUTHS", "Truth", "truth", "truth_day", "truth_points"]


def _of_machines(indicator: str, holds: Callable[[Machine], bool]) -> None:
    TRUTHS[indicator] = lambda row: share({m.id: holds(m) for m in real(row)})


def _of_expected(indicator: str, expect: str, holds: Callable[[Machine], bool]) -> None:
    TRUTHS[indicator] = lambda row: share({m.id: m.current and holds(m) for m in real(row) if expect in m.expects})


_of_machines("readable", lambda m: m.interface and m.condition not in ("broken", "typed"))
_of_machines("connectable", lambda m: m.interface)
_of_machines("networked", lambda m: m.networked)
_of_machines("digital", lambda m: m.digital)
_of_machines("open_protocol", lambda m: m.open)
_of_machines("nameplate", lambda m: m.plate)
_of_machines("energy_metered", lambda m: m.metered)
_of_expected("state_signal", "state", lambda m: m.interface)
_of_expected("counter_signal", "counter", lambda m: m.counts)
_of_expected("process_data", "process", lambda m: m.condition != "flat")


@states("networked_of_digital")
def _networked_of_digital(row: Row) -> Truth | None:
    return share({m.id: m.networked for m in real(row) if m.digital})


@states("numerical_control")
def _numerical_control(row: Row) -> Truth | None:
    """Every machine but the manual ones is under numerical control, so a process is where it has one such."""
    there = {m.way for m in real(row)}
    return share({id_: way != "manual" for id_, way in PROCESSES if way in there})


# Of servers and tags: of what was within reach on the day, as these indicators say of themselves.


@states("protected_access")
def _protected_access(row: Row) -> Truth | None:
    behind, own = entered(row)
    found = {f"scada-{i}": False for i in range(min(row.servers, len(behind)))}
    found |= {f"server-{m.id}": False for m in own}
    if not row.witnessed:
        looked = [m for m in real(row) if m.looked]
        found |= {f"server-{m.id}": True for m in looked if m.condition == "secured"}
        if any(m.way == "modbus" for m in looked):
            found["line"] = False
    return share(found)


@states("boundary")
def _boundary(row: Row) -> Truth | None:
    if row.vantage != "office":
        return None
    found = {f"server-{m.id}": m.condition == "walled" for m in real(row) if m.way == "own"}
    return share(found | ({"line": False} if row.modbus else {}))


@states("clock_skew")
def _clock_skew(row: Row) -> Truth | None:
    """How far the worst clock of what we entered is off. A tag's newest source time is up to a second old."""
    behind, own = entered(row)
    if not behind and not own:
        return None
    offsets = [Fraction(row.clock_ahead) for _ in own] + [Fraction(0) for _ in behind]
    return Truth(max(offsets), within=Fraction(1, 2) + row.renews - 1)


@states("good_status")
def _good_status(row: Row) -> Truth | None:
    behind, own = entered(row)
    modbus = [m for m in real(row) if m.looked and m.way == "modbus"] if not row.witnessed else []
    if not behind and not own and not modbus:
        return None
    return exactly(0 if row.bad else 1)


@states("completeness")
def _completeness(row: Row) -> Truth | None:
    """Machines' own servers drop us for two seconds of every so many; polls that fall into these are lost."""
    behind, own = entered(row)
    units = [m for m in real(row) if m.looked and m.way == "modbus"] if not row.witnessed else []
    rows = tags(row, behind) + 6 * len(own) + 3 * len(units)
    if not rows:
        return None
    lost = Fraction(6 * len(own), rows) * Fraction(row.every, row.drops) if row.drops else Fraction(0)
    return Truth(1 - lost, within=Fraction(1, 100))


@states("frozen_tags")
def _frozen_tags(row: Row) -> Truth | None:
    """Everything of a broken machine, and the three process values of a flat-lined one. No setpoints."""
    behind, own = entered(row)
    frozen = sum(3 if m.passes_little else 5 for m in behind if m.condition == "broken" and not row.restamped)
    frozen += sum(3 for m in own if m.condition == "flat")
    total = tags(row, behind) - len(behind) + 6 * len(own) + MORE_TYPED * cells(row, own)
    return Truth(Fraction(frozen, total)) if total else None


@states("update_interval")
def _update_interval(row: Row) -> Truth | None:
    behind, own = entered(row)
    units = [m for m in real(row) if m.looked and m.way == "modbus"] if not row.witnessed else []
    behind = [m for m in real(row) if m.looked and m.way == "behind"] if row.aggregator == "record" else behind
    if row.bad or not (behind or own or units):
        return None
    slow = len(behind) > len(own) + len(units)
    return exactly(row.renews if slow else 1, "1/20")


@states("typed_instances")
def _typed_instances(row: Row) -> Truth | None:
    """Counted of the register's production equipment alone, which the robots of these plants are not."""
    behind, own = entered(row)
    typed = 6 * len(own) + MORE_TYPED * cells(row, own)
    flat = tags(row, [m for m in behind if m.listed]) + (PLANNED * len(own) if row.equipped else 0)
    return Truth(Fraction(typed, typed + flat)) if typed + flat else None


@states("units_ranges")
def _units_ranges(row: Row) -> Truth | None:
    behind, own = entered(row)
    total = FLAT_ANALOGUE * len(behind) + TYPED_ANALOGUE * len(own)
    total += MORE_ANALOGUE * cells(row, own) + (len(ROBOTS) if row.equipped else 0)
    whole = TYPED_WHOLE * len(own) + MORE_WHOLE * cells(row, own) + (len(ROBOTS) if row.equipped else 0)
    return Truth(Fraction(whole, total)) if total and not row.bad else None
