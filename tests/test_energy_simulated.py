"""Energy figures against what the simulated plant is known to draw."""

from fractions import Fraction

import numpy as np
import pytest

from assessor.domain import State
from assessor.run import DEMO
from connectors.simulator import SimulatedPlant, load_plant
from connectors.simulator.plant import Behaviour
from connectors.simulator.signals import worked
from tests.metered import (
    HOUR,
    MIDNIGHT,
    NIGHT,
    every,
    interval,
    measured,
    simulated,
)

# The simulated plant, whose truth is known


@pytest.fixture(scope="module")
def demo() -> SimulatedPlant:
    return load_plant(DEMO / "plant.yaml")


def drawn(machine: Behaviour, seed: int, begin: float, end: float) -> float:
    """kWh by the closed form of the states that a machine went through."""
    times = np.array([begin, end])
    return (
        sum(float(np.diff(worked(machine, seed, s, times))[0]) * kw for s, kw in enumerate(machine.power)) / 3600
    )


EPOCH = 1_735_660_800
"""2025-01-01 00:00 in Shanghai: the epoch of the plant."""
SERVED = ("ovn-01", "pnt-01", "cmp-01", "prs-01", "pck-01")


def test_two_hours_of_the_simulated_plant_hold_its_known_truth(demo: SimulatedPlant) -> None:
    seen = simulated(demo, "gateway", every(1, 2 * HOUR + 1))
    begin = MIDNIGHT - EPOCH
    truth = {id_: drawn(demo.behaviour(id_), demo.seed, begin, begin + 2 * HOUR) for id_ in SERVED}
    energy = measured("window_energy", seen)
    for i, id_ in enumerate(SERVED, 1):
        line = next(line for line in energy.lines if line.subject == f"em-0{i}")
        assert float(line.value or 0) == pytest.approx(truth[id_], rel=0.01), id_
    low, value, high = interval(energy)
    assert low <= sum(truth.values()) <= high and value == pytest.approx(sum(truth.values()), rel=0.002)
    carbon = measured("window_carbon", seen)
    assert float(carbon.value or 0) == pytest.approx(0.5737 * value, abs=0.001)
    unloaded = measured("compressor_unloaded", seen)
    assert unloaded.low is not None and unloaded.high is not None
    assert unloaded.low <= Fraction(90, 300) <= unloaded.high, "90 s idle in every 300 s"
    fit = measured("meter_fit", seen)
    assert (fit.low, fit.high) == (Fraction(4, 16), 1), "4 main consumers with a meter; mains and 11 others open"
    for name in ("base_load", "maximum_demand", "power_factor", "compressor_specific_power"):
        assert measured(name, seen).state is State.NOT_DETERMINED, name
    assert measured("carbon_year", seen).state is State.UNUSABLE
    assert (measured("phase_imbalance", seen).high or 1) < Fraction(1, 100), "its phases are alike but for noise"


def test_a_day_of_the_simulated_plant_behind_one_meter(demo: SimulatedPlant) -> None:
    """The meter of the oven taken as that of the mains: a pattern of an hour, so every night and year is alike."""
    document = demo.scope.model_dump(mode="json")
    for one in document["assets"]:
        if one["id"].startswith("em-"):
            one.update({"kind": "mains-meter"} if one["id"] == "em-01" else {"metered_by": "em-01"})
    scope = type(demo.scope).model_validate(document)
    seen = simulated(demo.model_copy(update={"scope": scope}), "gateway", every(10, 8641, NIGHT))
    machine, begin = demo.behaviour("ovn-01"), NIGHT - EPOCH
    quarters = [drawn(machine, demo.seed, begin + 900 * i, begin + 900 * (i + 1)) * 4 for i in range(96)]
    demand, base, year = (measured(name, seen) for name in ("maximum_demand", "base_load", "carbon_year"))
    assert demand.low is not None and demand.high is not None
    assert float(demand.low) <= max(quarters) <= float(demand.high)
    assert float(demand.value or 0) == pytest.approx(max(quarters), rel=0.01)
    assert float(base.value or 0) == pytest.approx(float(np.median(quarters[:32])), rel=0.01)
    mean = sum(quarters) / 96 * 8760 * 0.5737
    assert float(year.value or 0) == pytest.approx(mean, rel=0.01)
    assert year.low is not None and year.high is not None and float(year.low) <= mean <= float(year.high)
    assert [c.id for c in year.conditions] == ["duration", "coverage", "load"]
