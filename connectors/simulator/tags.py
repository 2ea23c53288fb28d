"""What the OPC UA servers show at any time: value, source time and status, served and generated alike."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import GOOD
from connectors.simulator import signals
from connectors.simulator.plant import OpcUaServer, Place, SimulatedPlant, Variable, nanoseconds

SECOND = 1_000_000_000
BAD_SENSOR_FAILURE, UNCERTAIN_SENSOR = 0x808C0000, 0x40930000
Times = NDArray[np.int64]
"""ns UTC."""


class Shown(NamedTuple):
    """One tag of one place of a server."""

    place: Place
    variable: Variable
    path: str
    """Browse names below Objects."""
    address: str
    renews: int = 1
    """Seconds between two looks of its server at its machine."""


class Series(NamedTuple):
    """A tag over several times. Where the status is Bad no value is shown."""

    values: signals.Values
    source: Times
    status: NDArray[np.int64]


def shown(plant: SimulatedPlant, server: OpcUaServer) -> list[Shown]:
    """All tags of a server, in the order of its file."""
    return [
        Shown(place, variable, path, f"nsu={server.namespace};s={path}", server.renews)
        for place in server.places
        for variable in plant.shape(place.shape).variables
        for path in [join(place, variable.name)]
    ]


def join(place: Place, name: str) -> str:
    """A flat place is a prefix; any other is a branch."""
    return place.path + name if place.path.endswith(".") else f"{place.path}/{name}"


def series(plant: SimulatedPlant, tag: Shown, times: Times) -> Series:
    """What a tag shows at these times: values change on the full second, or when its server looks again."""
    tick = times // SECOND * SECOND
    variable = tag.variable
    quality, clock = variable.quality, variable.clock
    lives = times // (tag.renews * SECOND) * (tag.renews * SECOND)
    if tag.place.stands_since:
        lives = np.minimum(lives, nanoseconds(tag.place.stands_since))
    seconds = (lives - nanoseconds(plant.epoch)) / SECOND
    machine = plant.behaviour(tag.place.machine)
    values = signals.values(variable.signal, machine, plant.seed, tag.path, seconds)
    source = lives
    if clock:
        source = lives + round(clock.offset * SECOND)
        if clock.stands_at:
            source = np.minimum(source, nanoseconds(clock.stands_at))
    status = np.full(times.shape, GOOD, dtype=np.int64)
    if quality:
        inside = tick // SECOND % quality.period
        status[inside < quality.bad + quality.uncertain] = UNCERTAIN_SENSOR
        status[inside < quality.bad] = BAD_SENSOR_FAILURE
    return Series(values, source, status)
