"""Signals with a known kind, and machines with known states, for tests and `benchmarks.signals`.

Nothing of it comes from the simulator of plants. `shifted` draws from another world: other looks, windows from 150
samples on, values that are passed on only when they have moved by 1 to 6 % of their span, coarser numbers. Real
signals differ from both; figures show how rules compare, never how well they do on site.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assessor.domain import SAMPLE_COLUMNS, MachineState, Series

Values = NDArray[Any]
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in SAMPLE_COLUMNS])
BEGIN = 1_767_225_600_000_000_000
STATE_NAMES = ("Idle", "Running", "Setup", "Alarm", "Hold", "Off", "Warm-up", "Manual")
KINDS = (
    "static", "live", "state", "counter", "saturated", "counter_reset", "noise", "freezing", "frozen",
)  # fmt: skip
"""What can be drawn. The first five are what the goal is about; the next but last is told by its status alone."""
LAST_USABLE = 0x40900000


class Made(NamedTuple):
    """A signal as it was looked at."""

    kind: str
    values: Values
    poll: float
    """Seconds between two looks."""
    status: NDArray[np.uint32]


def made(kind: str, rng: np.random.Generator, samples: int, shifted: bool = False) -> Made:
    """One signal of a kind."""
    poll = float(rng.choice([0.5, 2.0, 5.0] if shifted else [1.0]))
    if shifted:
        samples = max(int(rng.integers(150, 900)), min(300, int(300 / poll) + 1))
    status = np.zeros(samples, np.uint32)
    if kind == "frozen":
        status[:] = LAST_USABLE
    return Made(kind, _KINDS[kind](rng, samples, shifted), poll, status)


def _walk(rng: np.random.Generator, n: int) -> Values:
    """A quantity that wanders back to its middle, with the noise of its sensor."""
    steps = rng.normal(size=n + 50)
    pull, x = 1 / rng.uniform(20, 200), np.zeros(n + 50)
    for i in range(1, len(x)):
        x[i] = x[i - 1] * (1 - pull) + steps[i]
    return x[50:] / max(float(np.std(x[50:])), 1e-9) + rng.normal(0, 0.05, n)


def _wave(rng: np.random.Generator, n: int) -> Values:
    t = np.arange(n) / rng.uniform(12, 150) + rng.uniform(0, 6)
    return np.sin(2 * np.pi * t) + 0.3 * np.sin(4 * np.pi * t + rng.uniform(0, 6)) + rng.normal(0, 0.03, n)


def _strokes(rng: np.random.Generator, n: int) -> Values:
    """Up and down with each piece, flat between, never twice quite alike."""
    inside = (np.arange(n) / rng.uniform(10, 60)) % 1
    shape = np.where(inside < 0.6, np.sin(np.pi * inside / 0.6) ** 2, 0.0)
    return shape * (1 + rng.normal(0, 0.03, n)) + rng.normal(0.05, 0.01, n)


def _levels(rng: np.random.Generator, n: int) -> Values:
    """Programmed speeds with ripple."""
    holds = rng.integers(15, 90, n)
    levels = np.repeat(rng.uniform(0.2, 1.0, n), holds)[:n]
    return levels * (1 + rng.normal(0, 0.006, n))


def _scaled(rng: np.random.Generator, x: Values, shifted: bool) -> Values:
    """In some unit, with the resolution of some transmitter, far from zero."""
    span = 10 ** rng.uniform(-0.5, 3)
    value = span * (rng.uniform(1.5, 6) + x)
    steps = float(rng.choice([200, 400] if shifted else [1000, 4000, 27648]))
    lsb = 10 ** np.floor(np.log10(max(float(np.ptp(value)), 1e-9) / steps * 3))
    return np.round(value / lsb) * lsb


def _passed_on(rng: np.random.Generator, value: Values) -> Values:
    """Only what has moved by a dead band is passed on."""
    band, out = float(np.ptp(value)) * rng.uniform(0.01, 0.06), value.copy()
    for i in range(1, len(out)):
        if abs(value[i] - out[i - 1]) < band:
            out[i] = out[i - 1]
    return out


def _moving(rng: np.random.Generator, n: int) -> Values:
    return (_walk, _wave, _strokes, _levels)[int(rng.integers(4))](rng, n)


def _live(rng: np.random.Generator, n: int, shifted: bool) -> Values:
    value = _scaled(rng, _moving(rng, n), shifted)
    return _passed_on(rng, value) if shifted else value


def _static(rng: np.random.Generator, n: int, _: bool) -> Values:
    pick = int(rng.integers(4))
    if pick == 0:
        return np.full(n, int(rng.integers(0, 2000)))
    if pick == 1:
        return np.full(n, STATE_NAMES[int(rng.integers(8))], dtype=object)
    if pick == 2:
        return np.full(n, bool(rng.integers(2)))
    return np.full(n, round(float(rng.uniform(-50, 400)), int(rng.integers(0, 4))))


def _state(rng: np.random.Generator, n: int, shifted: bool) -> Values:
    count, usual = int(rng.integers(2, 9)), rng.uniform(6, 40 if shifted else 90)
    while True:
        holds = np.maximum(rng.exponential(usual, n), 1).astype(int)
        order = np.cumsum(rng.integers(1, count, n) if count > 2 else np.ones(n, int)) % count
        held = np.repeat(order, holds)[:n]
        if np.ptp(held):
            break
    pick = int(rng.integers(3))
    if pick == 0:
        return np.array(STATE_NAMES, dtype=object)[held]
    return held.astype(bool) if pick == 1 and count == 2 else held


def _counter(rng: np.random.Generator, n: int, _: bool) -> Values:
    pick = int(rng.integers(3))
    if pick == 0:  # energy
        return np.round(rng.uniform(0, 1e5) + np.cumsum(rng.uniform(0.2, 1.0, n)) * 10 ** rng.uniform(-2, 0), 3)
    pieces = np.cumsum(rng.random(n) < 1 / rng.uniform(2, 25)) if pick == 1 else _pieces(rng, n)
    return int(rng.integers(0, 10**6)) + pieces * int(rng.choice([1, 1, 2, 8]))


def _pieces(rng: np.random.Generator, n: int) -> Values:
    usual = rng.uniform(2, 25)
    done = np.cumsum(usual * (1 + rng.normal(0, 0.08, n)))
    return np.searchsorted(done, np.arange(n))


def _counter_reset(rng: np.random.Generator, n: int, _: bool) -> Values:
    pieces = _pieces(rng, n) + int(rng.integers(20, 3000))
    at = int(rng.integers(n // 5, 4 * n // 5))
    pieces[at:] -= pieces[at]
    return pieces


def _saturated(rng: np.random.Generator, n: int, shifted: bool) -> Values:
    """A moving quantity beyond the end of its range, upwards or downwards, for a fifth to a half of the time."""
    value = _scaled(rng, (_walk, _wave)[int(rng.integers(2))](rng, n), shifted)
    share = rng.uniform(0.2, 0.5)
    if rng.random() < 0.5:
        value = np.minimum(value, np.quantile(value, 1 - share))
    else:
        value = np.maximum(value, np.quantile(value, share))
    return _passed_on(rng, value) if shifted else value


def _noise(rng: np.random.Generator, n: int, _: bool) -> Values:
    spread = 10 ** rng.uniform(-2, 1)
    return np.round(rng.normal(rng.uniform(-1, 1) * spread, spread, n), 4)


def _freezing(rng: np.random.Generator, n: int, _: bool) -> Values:
    value = _live(rng, n, False)
    at = int(rng.integers(n // 3, 2 * n // 3))
    while value[at] in (value[:at].min(), value[:at].max()):
        at += 1
    value[at:] = value[at]
    return value


_KINDS = {
    "static": _static,
    "live": _live,
    "state": _state,
    "counter": _counter,
    "saturated": _saturated,
    "counter_reset": _counter_reset,
    "noise": _noise,
    "freezing": _freezing,
    "frozen": _static,
}


def table(signals: list[Made]) -> pa.Table:
    """Rows of all signals, each polled without jitter and without source times; tags count from 1."""
    return pa.concat_tables([_rows(i, signal) for i, signal in enumerate(signals, 1)])


def _rows(tag: int, signal: Made) -> pa.Table:
    n = len(signal.values)
    at = np.round(np.arange(n) * signal.poll * 1e9).astype(np.int64)
    columns = {name: pa.nulls(n, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {"tag": pa.array(np.full(n, tag)), "receive": pa.array(BEGIN + at), "mono": pa.array(at)}
    columns["status"] = pa.array(signal.status)
    column = {"f": "number", "i": "integer", "b": "flag", "O": "text"}[signal.values.dtype.kind]
    columns[column] = pa.array(signal.values)
    return pa.table(columns, schema=SCHEMA)


class Machine(NamedTuple):
    """Power of a machine, and how long it truly was in each state."""

    power: Series
    truth: dict[MachineState, float]


def machine(
    rng: np.random.Generator,
    hours: float,
    states: int = 3,
    contrast: float = 1.0,
    rough: bool = False,
    step: float = 2.0,
) -> Machine:
    """Cyclic work with rests near idle power inside every cycle, and idle and stopped times between.

    `states`: how many it is in at all (1: it works throughout). `contrast` 0.5 halves the distance of running from
    idle. Cycles last 40 to 240 s and vary by a tenth; 10 to 35 % of each is rest. `rough`: they vary by a quarter,
    products differ by a third in load, a tenth of the rests lasts twice as long, and power is twice as noisy.
    """
    n = int(hours * 3600 / step)
    truth = _periods(rng, n, step, states)
    idle = rng.uniform(1.5, 4)
    running = idle * (1 + contrast * (rng.uniform(3, 6) - 1))
    power = np.array([rng.uniform(0.05, 0.4), idle, running])[truth]
    if rough:
        product = np.cumsum(np.diff(truth, prepend=truth[0]) != 0) // 2 % 2
        power *= np.where((truth == 2) & (product == 1), 0.67, 1.0)
    rest = _in_cycle_rest(rng, n, step, 0.25 if rough else 0.1, 0.1 if rough else 0.0)
    power[(truth == 2) & rest] = idle * rng.uniform(0.95, 1.25)
    load = 1 + 0.12 * np.sin(2 * np.pi * np.arange(n) * step / rng.uniform(300, 900))
    power = power * np.where(truth == 2, load, 1.0) * (1 + rng.normal(0, 0.06 if rough else 0.03, n))
    seconds = np.arange(n) * step
    series = Series(
        at=BEGIN + (seconds * 1e9).astype(np.int64),
        source=np.full(n, np.iinfo(np.int64).min),
        value=np.round(power, 3),
        seconds=seconds,
        held=np.append(np.full(n - 1, step), 0.0),
    )
    order = (MachineState.STOPPED, MachineState.IDLE, MachineState.RUNNING)
    return Machine(series, {state: float((truth == k).sum()) * step for k, state in enumerate(order)})


def _periods(rng: np.random.Generator, n: int, step: float, states: int) -> NDArray[np.int64]:
    """Works for 10 to 60 minutes, then is idle for 4 to 20 or stopped for 8 to 40."""
    if states == 1:
        return np.full(n, 2)
    parts: list[NDArray[np.int64]] = []
    while sum(map(len, parts)) < n:
        rest = 0 if states == 3 and rng.random() < 0.4 else 1
        minutes = rng.uniform(8, 40) if rest == 0 else rng.uniform(4, 20)
        parts += [np.full(int(rng.uniform(10, 60) * 60 / step), 2), np.full(int(minutes * 60 / step), rest)]
    return np.roll(np.concatenate(parts)[:n], int(rng.integers(n)))


def _in_cycle_rest(rng: np.random.Generator, n: int, step: float, vary: float, twice: float) -> NDArray[np.bool_]:
    usual, share = rng.uniform(40, 240) / step, rng.uniform(0.1, 0.35)
    found, at = np.zeros(n, bool), 0.0
    while at < n:
        work = usual * (1 - share) * max(0.4, 1 + rng.normal(0, vary))
        rest = usual * share * max(0.4, 1 + rng.normal(0, vary)) * (2 if rng.random() < twice else 1)
        found[int(at + work) : int(at + work + rest)] = True
        at += work + rest
    return found
