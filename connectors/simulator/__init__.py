"""A plant from one YAML file: real OPC UA and Modbus servers on loopback, or hours of it at once.

Everything here is simulated and says so; the truth stands beside each plant.
"""

from connectors.simulator.generate import generate
from connectors.simulator.loading import load_plant
from connectors.simulator.plant import SimulatedPlant
from connectors.simulator.recorder import Recorded
from connectors.simulator.running import Running, start
from connectors.simulator.serve import serve
from connectors.simulator.truth import Truth, load_truth

__all__ = [
    "Recorded",
    "Running",
    "SimulatedPlant",
    "Truth",
    "generate",
    "load_plant",
    "load_truth",
    "serve",
    "start",
]
