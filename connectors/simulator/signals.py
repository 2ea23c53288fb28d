"""Values over time: every signal is a pure function of (seed, tag path, time), vectorised over times.

A machine repeats its pattern of states, so the time it has worked up to any moment has a closed form, and
with it every counter, every hour and every kilowatt-hour: all of them rise and agree with the states shown.
"""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connectors.simulator.plant import Behaviour, Signal

Seconds = NDArray[np.float64]
"""Seconds since the plant's epoch."""
Values = NDArray[Any]
STATES = ("stopped", "idle", "running")
RUNNING = 2


class At(NamedTuple):
    """All that a value may depend on."""

    machine: Behaviour
    seed: int
    path: str
    seconds: Seconds

    @property
    def states(self) -> NDArray[np.int64]:
        return states(self.machine, self.seed, self.seconds)

    @property
    def noise(self) -> Seconds:
        return noise(self.seed, self.path, np.floor(self.seconds).astype(np.int64))

    def worked(self, state: int) -> Seconds:
        return worked(self.machine, self.seed, state, self.seconds)

    def turn(self, period: float) -> Seconds:
        """A number in [-1, 1) that changes once a period."""
        return noise(self.seed, self.path, np.floor(self.seconds / period).astype(np.int64))


def values(signal: Signal, machine: Behaviour, seed: int, path: str, seconds: Seconds) -> Values:
    """What a signal shows at these times."""
    result = _KINDS[signal.kind](signal, At(machine, seed, path, seconds))
    return np.round(result, signal.digits) if result.dtype.kind == "f" else result


def states(machine: Behaviour, seed: int, seconds: Seconds) -> NDArray[np.int64]:
    """0 stopped, 1 idle, 2 running."""
    ends, kinds = _pattern(machine)
    inside = np.mod(seconds + _shift(machine, seed), ends[-1])
    found: NDArray[np.int64] = kinds[np.searchsorted(ends, inside, side="right")]
    return found


def worked(machine: Behaviour, seed: int, state: int, seconds: Seconds) -> Seconds:
    """Seconds spent in one state since the epoch."""
    shift = _shift(machine, seed)
    start: Seconds = _spent(machine, state, np.array([shift]))
    return np.subtract(_spent(machine, state, seconds + shift), start)


def _spent(machine: Behaviour, state: int, seconds: Seconds) -> Seconds:
    ends, kinds = _pattern(machine)
    begins = np.concatenate(([0.0], ends[:-1]))
    rounds, inside = np.divmod(seconds, ends[-1])
    total = np.zeros_like(seconds)
    for begin, end, kind in zip(begins, ends, kinds, strict=True):
        if kind == state:
            total += rounds * (end - begin) + np.clip(inside - begin, 0.0, end - begin)
    return total


def _pattern(machine: Behaviour) -> tuple[Seconds, NDArray[np.int64]]:
    ends = np.cumsum([float(s.seconds) for s in machine.pattern])
    return ends, np.array([STATES.index(s.state) for s in machine.pattern], dtype=np.int64)


def _shift(machine: Behaviour, seed: int) -> float:
    """Machines do not start their day together."""
    length = sum(s.seconds for s in machine.pattern)
    return float(_key(seed, machine.id) % (length * 1000)) / 1000.0


def _key(seed: int, path: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\n{path}".encode()).digest()[:8], "big")


def noise(seed: int, path: str, steps: NDArray[np.int64]) -> Seconds:
    """A number in [-1, 1) for each step, the same in every run (splitmix64 of step and key)."""
    with np.errstate(over="ignore"):
        x = steps.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(_key(seed, path))
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0


def _constant(s: Signal, at: At) -> Values:
    return np.full(at.seconds.shape, s.level)


def _text(s: Signal, at: At) -> Values:
    """One of its texts a period, as orders and programs change."""
    pick = np.floor((at.turn(s.period) + 1) / 2 * len(s.values)).astype(np.int64)
    return np.array(s.values, dtype=object)[pick]


def _state(s: Signal, at: At) -> Values:
    return np.array(s.values, dtype=object if isinstance(s.values[0], str) else np.int64)[at.states]


def _counter(s: Signal, at: At) -> Values:
    pieces = np.floor(at.worked(RUNNING) / at.machine.cycle)
    if s.restarts:
        pieces = np.mod(pieces, s.restarts)
    return (pieces * s.factor + s.level).astype(np.int64)


def _hours(s: Signal, at: At) -> Values:
    return at.worked(RUNNING) / 3600.0 * s.factor + s.level


def _power(s: Signal, at: At) -> Values:
    """Follows the state, breathes with the cycle, and is a little noisy like any measurement."""
    state = at.states
    breath = np.where(state == RUNNING, 0.15 * np.sin(2 * np.pi * at.seconds / at.machine.cycle), 0.0)
    return np.array(at.machine.power)[state] * (1 + breath + 0.01 * at.noise) * s.factor + s.level


def _energy(s: Signal, at: At) -> Values:
    kwh = sum(kw * at.worked(state) for state, kw in enumerate(at.machine.power)) / 3600.0
    return np.asarray(kwh) * s.factor + s.level


def _drift(s: Signal, at: At) -> Values:
    """Slow waves that do not repeat together, and a little noise."""
    phase = [float(_key(at.seed, f"{at.path}#{i}") % 6283) / 1000 for i in range(3)]
    slow = sum(
        weight * np.sin(2 * np.pi * at.seconds / (s.period * stretch) + phase[i])
        for i, (weight, stretch) in enumerate(((0.6, 1.0), (0.25, 0.37), (0.1, 0.13)))
    )
    return np.asarray(s.level + s.swing * (slow + 0.05 * at.noise))


def _cycle(s: Signal, at: At) -> Values:
    """Rises and falls within each cycle while running; near zero otherwise."""
    shape = s.level - s.swing * np.cos(np.pi * np.mod(at.seconds / at.machine.cycle, 1.0)) ** 2
    wobble = 1 + 0.02 * at.noise
    return np.where(at.states == RUNNING, shape * wobble, 0.002 * s.level * np.abs(wobble)) * s.factor


def _setpoint(s: Signal, at: At) -> Values:
    """Stands between the hands of an operator: a new round value once a period."""
    return s.level + np.round(s.swing * at.turn(s.period))


_KINDS: dict[str, Callable[[Signal, At], Values]] = {
    "constant": _constant,
    "text": _text,
    "state": _state,
    "counter": _counter,
    "hours": _hours,
    "power": _power,
    "energy": _energy,
    "drift": _drift,
    "cycle": _cycle,
    "setpoint": _setpoint,
}
