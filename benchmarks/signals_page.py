"""The page of `benchmarks.signals`: what was measured, in tables."""

import os
import platform
import time
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.made_signals import KINDS
from benchmarks.signals import FIVE, ROWS, TAGS, clocked, concluded, f1, macro, renewed, skews, told

HEAD = """# Rules for signals, against signals whose truth is known

Written by `python -m benchmarks.signals` on {day}: {cores} cores, Linux {machine}, CPython {python}, numpy
{numpy}.

All signals are made (`benchmarks/made_signals.py`), by the author of the rules, and no real plant's are among
them: figures show where rules hold and where they stop, not how well they do on site. Differences below two or
three points are noise.
"""
OF_KINDS = """## Kinds

F1 of each kind, 150 signals each. Goals: macro-F1 0.95 at 600 samples, 0.85 in another world (looks each 0.5, 2
or 5 s, dead bands of 1 to 6 %, coarse numbers, 150 to 900 samples).

{five}
{all}
Of 750 signals of 60 samples {short} are *too short to say*; the others are *live*, which is all that is said of a
short window. Most frequent mistakes in another world: {missed}.
"""
OF_INTERVALS = """## Update interval under polling

Relative error, median of 12 runs over 60 intervals and at least 300 s, where 30 changes came. *0.6*: the value
changes at 60 % of the updates. *Bound*: runs in which it is told as an upper bound only. Goal: 0.1 where an
interval lasts three looks.

{table}"""
OF_SKEW = """## Clock skew

200 rows, latency with spikes, values up to half a second old: error of the greatest source time less receive time
{usual:.0f} ms, 95 %: {most:.0f} ms. Goal: 50 ms.
"""
OF_STATES = """## Running share from power

40 machines each, power every 2 s, cyclic work with rests near idle power in every cycle. Goal: error of 2
points from 4 h on with three states. *Rough*: cycles vary by a quarter, products differ by a third in load, a
tenth of the rests lasts twice as long, power is twice as noisy. *Indicative* ones stand in no figure of the
product (those of 1 h are shown here all the same).

{table}"""
OF_SPEED = """## Ten million rows

{rows:,} rows of {tags:,} polled tags with all three times, each run in a process of its own, load average
{load:.1f}. Goal: 3 s and 2 GB. Gigabytes are the peak of the whole process, {table:.2f} of them the rows as
they come. Where the load is above the number of cores, seconds tell of the neighbours, and CPU seconds
are too high as well: run it again on a quiet machine.

{runs}"""
POLLS = ((0.2, (0.1, 0.25, 0.5, 0.6, 1.0, 10.0)), (1.0, (1.0, 2.0, 3.0, 5.0, 12.0, 60.0)))
MACHINES = (
    ("4 h", 4, 3, 1.0, False),
    ("8 h", 8, 3, 1.0, False),
    ("4 h, contrast halved", 4, 3, 0.5, False),
    ("4 h, never stopped", 4, 2, 1.0, False),
    ("4 h, works throughout", 4, 1, 1.0, False),
    ("4 h, rough", 4, 3, 1.0, True),
    ("8 h, rough", 8, 3, 1.0, True),
    ("4 h, rough, contrast halved", 4, 3, 0.5, True),
    ("1 h", 1, 3, 1.0, False),
)
JUDGED = ("machines", "count", "mean error", "p90", "worst", "truth outside", "indicative", "silent", "invented")
POLLED = ("look / true", "by value, all", "by value, 0.6", "by source time, all", "by source time, 0.6")


def page(*, quick: bool) -> str:
    """Everything, as Markdown."""
    told_of = {"machine": platform.machine(), "python": platform.python_version(), "numpy": np.__version__}
    head = HEAD.format(day=time.strftime("%Y-%m-%d", time.gmtime()), cores=os.cpu_count(), **told_of)
    parts = [head, _kinds(), _intervals(), _skew(), _states()]
    return "\n".join(parts if quick else [*parts, _speed()])


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def _kinds() -> str:
    runs = {f"{n} samples": told(FIVE, 150, n, seed=1) for n in (300, 450, 600)}
    runs["another world"] = told(FIVE, 150, 0, seed=2, shifted=True)
    more = {"600 samples": told(KINDS, 150, 600, seed=3), "another world": told(KINDS, 150, 0, 3, shifted=True)}
    wrong = Counter({pair: n for pair, n in more["another world"].items() if pair[0] != pair[1]})
    short = sum(n for (_, kind), n in told(FIVE, 150, 60, seed=1).items() if kind == "too_short")
    return OF_KINDS.format(
        five=_table(["five kinds", "macro-F1", *FIVE], _scores(runs, FIVE)),
        all=_table(["all kinds", "macro-F1", *KINDS], _scores(more, KINDS)),
        short=short,
        missed="; ".join(f"{true} told as {said} {n}" for (true, said), n in wrong.most_common(6)),
    )


def _scores(runs: dict[str, Counter[tuple[str, str]]], kinds: Sequence[str]) -> list[list[str]]:
    return [[name, f"{macro(c):.3f}", *(f"{f1(c, kind):.2f}" for kind in kinds)] for name, c in runs.items()]


def _intervals() -> str:
    rows = []
    for poll, intervals in POLLS:
        for interval in intervals:
            cells = [_found(poll, interval, share, of) for of in (False, True) for share in (1.0, 0.6)]
            rows.append([f"{poll} s / {interval} s", *cells])
    return OF_INTERVALS.format(table=_table(POLLED, rows))


def _found(poll: float, interval: float, share: float, by_source: bool) -> str:
    found = renewed(poll, interval, share, by_source)
    if not found.errors:
        return "-"
    bound = f", bound {found.hidden}/{len(found.errors)}" if found.hidden else ""
    return f"{np.median(found.errors):.3f} (p90 {np.percentile(found.errors, 90):.3f}{bound})"


def _skew() -> str:
    errors = np.array(skews()) * 1000
    return OF_SKEW.format(usual=np.median(errors), most=np.percentile(errors, 95))


def _states() -> str:
    rows = []
    for name, *what in MACHINES:
        c = concluded(*what)  # type: ignore[arg-type]
        e = c.errors or (float("nan"),)
        errors = [f"{x:.2f}" for x in (np.mean(e), np.percentile(e, 90), max(e))]
        rows.append([name, len(c.errors), *errors, c.outside, c.indicative, c.none, c.invented])
    return OF_STATES.format(table=_table(JUDGED, rows))


def _speed() -> str:
    load = os.getloadavg()[0]
    runs = [clocked() for _ in range(3)]
    head = ("run", "sort, s", "facts, s", "together, s", "CPU, s", "GB")
    rows = [
        [i, *(f"{x:.2f}" for x in (r["sort"], r["facts"], r["sort"] + r["facts"], r["cpu"], r["peak"]))]
        for i, r in enumerate(runs, 1)
    ]
    return OF_SPEED.format(rows=ROWS, tags=TAGS, load=load, table=runs[0]["table"], runs=_table(head, rows))
