"""Truths of what a plant with equipment does over hours: by the closed forms of its machines' lives.

What a plant without equipment has none of, nothing is stated of."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from connectors.simulator import signals
from connectors.simulator.plant import nanoseconds
from tests.plants.build import BEGIN, plant
from tests.plants.equipment import AIR, COMPRESSORS, FACTOR, ROBOTS, THIRD, TRAFFIC
from tests.plants.machines import Machine
from tests.plants.stated import TRUTHS, Truth, exactly, real, share, states
from tests.plants.table import Row

STOPPED, IDLE, RUNNING = range(3)
QUARTER, NIGHT = 900, range(32)
"""Seconds of a quarter hour, and those of the night: 22:00 to 06:00."""
TO_NIGHT = 12 * 3600
"""Seconds from the begin (10:00) to 22:00."""
CARBON = Fraction("0.5306")
"""kg of CO2 a kWh: the national mean of 2023 (secondary)."""
Value = Callable[[Row], Fraction | float | int]


def of_the_equipped(indicator: str, within: Callable[[Row], Fraction] | None = None) -> Callable[[Value], Value]:
    """Registers a figure that only plants with equipment have, with a tolerance for the moments of looking."""

    def add(value: Value) -> Value:
        def stated(row: Row) -> Truth | None:
            if not row.equipped:
                return None
            return Truth(Fraction(value(row)), within(row) if within else Fraction(0))

        TRUTHS[indicator] = stated
        return value

    return add


def by_looks(row: Row) -> Fraction:
    """Shares of time: each change of state, some four a pattern, is seen up to a look late."""
    return Fraction(row.every, 700)


def equal(_: Row) -> Fraction:
    """The product writes figures to the thousandth."""
    return Fraction(1, 1000)


def _own(row: Row, *, even: bool = False) -> list[Machine]:
    return [m for m in real(row) if m.way == "own" and (m.even or not even)]


@cache
def spent(row: Row, machine: str, state: int, begin: int = 0, end: int | None = None) -> float:
    """Seconds that a machine spent in a state, of those from `begin` to `end` after the begin."""
    made = plant(row)
    since = (BEGIN - nanoseconds(made.epoch)) / 10**9
    last = (row.seconds - 1) // row.every * row.every if end is None else end
    times = np.array([since + begin, since + last])
    return float(np.diff(signals.worked(made.behaviour(machine), made.seed, state, times))[0])


def length(row: Row) -> int:
    """Seconds from the first look to the last."""
    return (row.seconds - 1) // row.every * row.every


def kwh(row: Row, machine: str, begin: int = 0, end: int | None = None) -> float:
    kw = plant(row).behaviour(machine).power
    return sum(spent(row, machine, state, begin, end) * kw[state] for state in range(3)) / 3600


def quarters(row: Row, first: int = 0, count: int | None = None) -> NDArray[np.float64]:
    """Mean kW at the mains in each whole quarter hour from the begin on, which is one of the clock."""
    many = length(row) // QUARTER if count is None else count
    ends = [(first + QUARTER * i, first + QUARTER * (i + 1)) for i in range(many)]
    return np.array([kwh(row, "mains", *pair) * 4 for pair in ends])


# Energy --------------------------------------------------------------------------------------------------------


@of_the_equipped("window_energy")
def _window_energy(row: Row) -> float:
    return kwh(row, "mains")


@of_the_equipped("window_carbon")
def _window_carbon(row: Row) -> Fraction:
    return Fraction(kwh(row, "mains")) * CARBON


@states("carbon_year")
def _carbon_year(row: Row) -> Truth | None:
    if not row.equipped or row.seconds < 25 * 3600:
        return None
    return Truth(Fraction(kwh(row, "mains")) / length(row) * 3600 * 8760 * CARBON)


@states("base_load")
def _base_load(row: Row) -> Truth | None:
    """The night begins twelve hours after the look does."""
    if not row.equipped or row.seconds < TO_NIGHT + len(NIGHT) * QUARTER:
        return None
    return Truth(Fraction(median(quarters(row, TO_NIGHT, len(NIGHT)).tolist())))


@of_the_equipped("maximum_demand")
def _maximum_demand(row: Row) -> float:
    return float(quarters(row).max())


@of_the_equipped("power_factor", equal)
def _power_factor(row: Row) -> float:
    return FACTOR


@of_the_equipped("phase_imbalance", equal)
def _phase_imbalance(row: Row) -> float:
    mean = (2 + THIRD) / 3
    return (mean - THIRD) / mean


@of_the_equipped("compressor_unloaded")
def _compressor_unloaded(row: Row) -> float:
    unloaded = sum(spent(row, id_, IDLE) for id_ in COMPRESSORS)
    return unloaded / (unloaded + sum(spent(row, id_, RUNNING) for id_ in COMPRESSORS))


@of_the_equipped("compressor_specific_power")
def _compressor_specific_power(row: Row) -> float:
    delivered = sum(AIR * spent(row, id_, RUNNING) / 60 for id_ in COMPRESSORS)
    return sum(kwh(row, id_) for id_ in COMPRESSORS) * 60 / delivered


@states("meter_fit")
def _meter_fit(row: Row) -> Truth | None:
    """The mains and both compressors have a meter of their own; a main consumer among the machines has none."""
    return share(dict.fromkeys(("mains", *COMPRESSORS), True) | {"own-00": False}) if row.equipped else None


# Production and control ----------------------------------------------------------------------------------------


@of_the_equipped("running_share", by_looks)
def _running_share(row: Row) -> float:
    """Of the machines that say their states in the words of a standard."""
    own = _own(row)
    return sum(spent(row, m.id, RUNNING) for m in own) / (len(own) * length(row))


@of_the_equipped("automatic_mode", by_looks)
def _automatic_mode(row: Row) -> Fraction:
    """Every other machine with a server is in manual while it stands; what has no controller always is."""
    hands = [spent(row, m.id, STOPPED) / length(row) for m in _own(row, even=True)]
    everyone = real(row)
    return 1 - Fraction(sum(hands) + sum(m.way == "manual" for m in everyone)) / len(everyone)


@of_the_equipped("loops_automatic", by_looks)
def _loops_automatic(row: Row) -> Fraction:
    of = _own(row, even=True)
    return 1 - Fraction(sum(spent(row, m.id, STOPPED) for m in of)) / (len(of) * length(row))


@of_the_equipped("alarm_rate")
def _alarm_rate(row: Row) -> Fraction:
    """One alarm whenever a machine that shows any stops."""
    return Fraction(sum(_rises(row, m.id) for m in _own(row, even=True)) * 3600, 2 * length(row))


def _rises(row: Row, machine: str) -> int:
    made, grid = plant(row), np.arange(length(row) + 1, dtype=np.float64)
    since = (BEGIN - nanoseconds(made.epoch)) / 10**9
    stands = signals.states(made.behaviour(machine), made.seed, since + grid) == STOPPED
    return int((stands[1:] & ~stands[:-1]).sum())


@states("alarm_readable")
def _alarm_readable(row: Row) -> Truth | None:
    if not row.equipped:
        return None
    points = [f"{m.id}/Alarms/" for m in _own(row, even=True)]
    return share({f"{p}{name}": name != "Alarm1" for p in points for name in ("OverheatAlarm", "Alarm1")})


def _every_other(indicator: str, expect: str) -> None:
    TRUTHS[indicator] = lambda row: share({m.id: m.even for m in real(row) if expect in m.expects})


_every_other("alarm_signal", "alarm")
_every_other("quality_signal", "quality")
_every_other("identity", "identity")


@of_the_equipped("identity_age")
def _identity_age(row: Row) -> Fraction:
    """Since the order or the program of a machine last changed."""
    return Fraction(median([_age(row, m.id) for m in _own(row, even=True)]))


def _age(row: Row, machine: str) -> int:
    made = plant(row)
    since, grid = (BEGIN - nanoseconds(made.epoch)) / 10**9, np.arange(length(row) + 1, dtype=np.float64)
    ages = []
    for variable in made.shape("cell").variables:
        if variable.signal.kind == "text":
            path = f"{machine}/{variable.name}"
            shown = signals.values(variable.signal, made.behaviour(machine), made.seed, path, since + grid)
            ages.append(length(row) - 1 - int(np.flatnonzero(shown[1:] != shown[:-1])[-1]))
    return min(ages)


@states("count_agreement")
def _count_agreement(row: Row) -> Truth | None:
    """The MES reports twice the count of every other machine with a server of its own."""
    return share({m.id: _counted(m) for m in real(row) if "counter" in m.expects}) if row.equipped else None


def _counted(m: Machine) -> bool:
    return m.counts and (m.way != "own" or m.even)


@states("programs_downloaded")
def _programs_downloaded(row: Row) -> Truth | None:
    if not row.equipped:
        return None
    return share({m.id: m.way == "own" and m.even for m in real(row) if m.digital})


@of_the_equipped("time_to_system")
def _time_to_system(row: Row) -> int:
    """The MES shows counts the moment they change."""
    return 0


@states("robots_found")
def _robots_found(row: Row) -> Truth | None:
    return share({id_: kind == "robot" for id_, kind in ROBOTS.items()}) if row.equipped else None


# Our own requests ----------------------------------------------------------------------------------------------


@states("round_trip")
def _round_trip(row: Row) -> Truth | None:
    return exactly(str(TRAFFIC.slowest_ms)) if row.equipped else None


@states("load_caused")
def _load_caused(row: Row) -> Truth | None:
    return Truth(Fraction(TRAFFIC.requests, TRAFFIC.stated or 1)) if row.equipped else None
