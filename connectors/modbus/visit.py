"""All units of one address during a run, and what the run says of them."""

import time
from dataclasses import dataclass, field

from assessor.domain import Endpoint, Limits, Observation
from connectors.guard import Guard
from connectors.losses import Losses
from connectors.modbus.units import Unit


@dataclass
class Visit:
    """All units of one address during a run."""

    endpoint: Endpoint
    limits: Limits
    guard: Guard
    units: tuple[Unit, ...]
    losses: Losses
    started: int = field(default_factory=time.time_ns)
    interval_ms: float | None = None

    def observation(self) -> Observation:
        """What was seen so far."""
        now = time.time_ns()
        reached = any(unit.answered for unit in self.units)
        problems = [unit.problem for unit in self.units if unit.problem]
        return Observation(
            endpoint=self.endpoint.id,
            protocol=self.endpoint.protocol,
            connector="modbus",
            started=self.started,
            ended=now,
            reached=reached,
            problem=problems[0] if problems and not reached else None,
            devices=tuple(unit.device() for unit in self.units),
            tags=tuple(tag for unit in self.units for tag in unit.tags(self.interval_ms)),
            traffic=self.guard.traffic((now - self.started) / 1e9),
            gaps=(*self.losses.gaps, *(gap for unit in self.units if (gap := unit.gap(now)))),
            warnings=tuple(unit.narrowed for unit in self.units if unit.narrowed),
        )
