"""Rules for signals against signals whose truth is known; `python -m benchmarks.signals` rewrites its page.

Kinds, update intervals under polling, clock skew, machine states from power, and ten million rows against the
clock, which `--quick` leaves out. Seeds are fixed; what differs by less than two or three points is noise.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from assessor.domain import MachineState, Tag
from assessor.facts import facts, sort
from assessor.facts.states import power_shares
from benchmarks.made_signals import BEGIN, KINDS, SCHEMA, Made, Values, machine, made, table

PAGE = Path(__file__).with_suffix(".md")
FIVE = KINDS[:5]
"""The kinds that the goal is about."""
MERGED = {"counter_reset": "counter"}
ROWS, TAGS = 10_000_000, 2_000


def told(
    kinds: Sequence[str], per: int, samples: int, seed: int, shifted: bool = False
) -> Counter[tuple[str, str]]:
    """How many signals of each true kind were told to be which."""
    rng = np.random.default_rng(seed)
    signals = [made(kind, rng, samples, shifted) for kind in kinds for _ in range(per)]
    found = facts(sort(table(signals)))
    return Counter((signal.kind, found[i].kind.value) for i, signal in enumerate(signals, 1))


def f1(counts: Counter[tuple[str, str]], kind: str) -> float:
    """Harmonic mean of precision and recall; one with a reset is a counter where that is no kind asked for."""
    asked = {true for true, _ in counts}
    same = {k: k if k in asked else MERGED.get(k, k) for pair in counts for k in pair}
    hit = sum(n for (true, said), n in counts.items() if kind == true == same[said])
    said = sum(n for (_, said), n in counts.items() if same[said] == kind)
    true = sum(n for (true, _), n in counts.items() if true == kind)
    return 2 * hit / (said + true) if hit else 0.0


def macro(counts: Counter[tuple[str, str]]) -> float:
    return float(np.mean([f1(counts, kind) for kind in {true for true, _ in counts}]))


class Renewed(NamedTuple):
    """How well an update interval was found: relative errors of the runs that gave one."""

    errors: tuple[float, ...]
    hidden: int
    """Runs that said it may be any shorter one."""
    silent: int
    """Runs with fewer than 30 changes."""


def renewed(poll: float, interval: float, share: float, by_source: bool, runs: int = 12) -> Renewed:
    """A value renewed at an interval, changing in a share of the renewals, polled with a jitter of 2 %."""
    signals, seconds = [], max(300.0, 60 * interval)
    for seed in range(runs):
        rng = np.random.default_rng([seed, int(1000 * poll), int(1000 * interval)])
        at = np.arange(0, seconds, poll) + rng.uniform(0, 0.02 * poll, int(np.ceil(seconds / poll)))
        update = np.floor((at + rng.uniform(0, interval)) / interval).astype(np.int64)
        changed = rng.random(update[-1] + 1) < share
        last = np.maximum.accumulate(np.where(changed, np.arange(len(changed)), 0))
        stamps = BEGIN + np.round(last[update] * interval * 1e9).astype(np.int64)
        signals.append((at, last[update].astype(float), stamps if by_source else None))
    found = facts(sort(pa.concat_tables([_looked(i, *s) for i, s in enumerate(signals)])))
    given = [f for f in found.values() if f.update_interval is not None]
    errors = tuple(abs(f.update_interval - interval) / interval for f in given if f.update_interval is not None)
    return Renewed(errors, sum(f.update_hidden for f in given), runs - len(given))


def _looked(
    tag: int, at: Values, values: Values, source: Values | None, receive: Values | None = None
) -> pa.Table:
    n = len(at)
    mono = np.round(at * 1e9).astype(np.int64)
    columns: dict[str, Any] = {name: pa.nulls(n, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {"tag": pa.array(np.full(n, tag)), "mono": pa.array(mono), "number": pa.array(values)}
    columns |= {
        "receive": pa.array(BEGIN + mono if receive is None else receive),
        "status": pa.array(np.zeros(n, np.uint32)),
    }
    if source is not None:
        columns["source"] = pa.array(source)
    return pa.table(columns, schema=SCHEMA)


def skews(runs: int = 40) -> list[float]:
    """Errors in seconds: 200 rows, latency gamma with 3 % spikes, values up to half a second old."""
    errors = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        off, at = float(rng.uniform(-3600, 3600)), np.arange(200.0)
        late = rng.gamma(2, 0.01, 200) + np.where(rng.random(200) < 0.03, rng.uniform(0.3, 2, 200), 0)
        taken = at - late - rng.uniform(0, 0.5, 200) + off
        source = BEGIN + np.round(taken * 1e9).astype(np.int64)
        (found,) = facts(sort(_looked(1, at, rng.random(200), source))).values()
        assert found.skew is not None
        errors.append(abs(found.skew - off))
    return errors


class Concluded(NamedTuple):
    """How well states were concluded from power."""

    errors: tuple[float, ...]
    """Of the running share, in points, where it counts."""
    outside: int
    """Of those, how often the truth lay outside the bounds."""
    indicative: int
    none: int
    invented: int
    """Runs that told more states than there were, beyond a hundredth of the time."""


POWER = Tag(id=1, endpoint="e", asset="m", address="P", path="P", unit="kW")


def concluded(hours: float, states: int, contrast: float, rough: bool, runs: int = 40) -> Concluded:
    """Against machines whose states are known."""
    errors, outside, indicative, none, invented = [], 0, 0, 0, 0
    for seed in range(runs):
        of = machine(np.random.default_rng(seed), hours, states, contrast, rough)
        found = power_shares(POWER, of.power)
        true = of.truth[MachineState.RUNNING] / sum(of.truth.values())
        none += not found.seconds
        indicative += found.indicative
        invented += sum(v > 0.01 * found.watched for v in found.seconds.values()) > sum(
            map(bool, of.truth.values())
        )
        if found.known or (found.seconds and hours < 4):
            errors.append(100 * abs(found.running / found.watched - true))
            outside += not found.least / found.watched <= true <= found.most / found.watched
    return Concluded(tuple(errors), outside, indicative, none, invented)


# Ten million rows -----------------------------------------------------------------------------------------


def many(rows: int = ROWS, tags: int = TAGS) -> pa.Table:
    """As polling gives them: every tag once a second in turn; numbers of many kinds, with all three times."""
    n = rows // tags
    rng = np.random.default_rng(1)
    signals = [made(KINDS[i % 8], rng, 600) for i in range(80)]
    numeric = [s for s in signals if s.values.dtype.kind in "fi"]
    kept = [np.resize(s.values.astype(float), n) for s in numeric]
    number = np.empty((n, tags))
    for i in range(tags):
        number[:, i] = kept[i % len(kept)]
    at = np.repeat(np.arange(n) * 1_000_000_000, tags) + np.tile(np.arange(tags) * 100_000, n)
    columns: dict[str, Any] = {name: pa.nulls(n * tags, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {"tag": pa.array(np.tile(np.arange(1, tags + 1) * 7_919, n)), "mono": pa.array(at)}
    columns |= {"receive": pa.array(at + BEGIN + 5_000_000), "source": pa.array(at + BEGIN)}
    columns |= {"server": pa.array(at + BEGIN + 1_000), "number": pa.array(number.ravel())}
    columns["status"] = pa.array(np.zeros(n * tags, np.uint32))
    return pa.table(columns, schema=SCHEMA)


def clocked() -> dict[str, float]:
    """Seconds and gigabytes of one pass over ten million rows, in a process of its own."""
    code = "from benchmarks.signals import _clock; _clock()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def _clock() -> None:
    rows = many()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table_gb, cpu = rows.nbytes / 1e9, time.process_time()
    begun = time.perf_counter()
    sorted_ = sort(rows)
    between = time.perf_counter()
    found = facts(sorted_)
    ended, cpu = time.perf_counter(), time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(found) == TAGS
    figures = {"sort": between - begun, "facts": ended - between, "table": table_gb, "cpu": cpu}
    sys.stdout.write(json.dumps(figures | {"peak": peak * 1024 / 1e9, "before": before * 1024 / 1e9}))


if __name__ == "__main__":
    from benchmarks.signals_page import page

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    PAGE.write_text(page(quick=parser.parse_args().quick), "utf-8")

__all__ = ["FIVE", "Made", "clocked", "concluded", "f1", "macro", "renewed", "skews", "told"]
