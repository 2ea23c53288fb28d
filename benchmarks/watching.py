"""Watching over quality, measured: `python -m benchmarks.watching` writes watching.md (some ten minutes).

How long a look over 5,000 generated factories takes and how much memory; how often an honest portfolio is asked
about; which share of copied answers is found; how long the page of such a portfolio takes.
"""

import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from assessor.desk import houses, looking_over, watching
from assessor.desk.desk import Desk
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.portfolio.watching import look
from assessor.portfolio.watching.copied import copied
from assessor.storage import Store
from benchmarks.portfolios import copy, honest, items, portfolio, whole
from tests.web.asked import AtOnce, by_session, site
from tests.web.conftest import Kept
from tests.web.people import joined
from tests.web.watched_offices import fill

FILE = Path(__file__).with_suffix(".md")
FACTORIES, PORTFOLIOS = 5000, 200
SHARES = (1.0, 0.9, 0.8, 0.7, 0.6)


def seconds_and_memory(count: int) -> tuple[float, int, int, int]:
    """Of a look: seconds, MB at most in its process and before it, queries."""
    held = portfolio(honest(count, 1))
    before = _memory()
    begun = time.monotonic()
    found = look(held, looking_over.rules())
    return time.monotonic() - begun, _memory(), before, len(found.queries)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def honest_portfolio(seed: int) -> tuple[str, ...]:
    """Kinds that an honest portfolio is asked about."""
    return tuple(sorted({q.kind for q in look(whole(seed), looking_over.rules()).queries}))


def copies(share: float) -> tuple[int, int, int]:
    """Of copied pairs in three portfolios of 300: found, planted; and pairs asked about that are none."""
    found = wrong = 0
    rules = looking_over.rules()
    for seed in range(3):
        cases = honest(300, seed)
        for k in range(10):
            cases[k] = copy(cases[k], cases[k + 100], share, k)
        planted = {(f"o{k:05d}", f"o{k + 100:05d}") for k in range(10)}
        asked = {q.factories for q in copied(cases, items().topics, rules.copied, float(rules.chance))[0]}
        found, wrong = found + len(planted & asked), wrong + len(asked - planted)
    return found, 30, wrong


def styles(seed: int) -> int:
    """Questions about 300 factories a third of whom know only yes and no, a fifth only the middle of the scale."""
    rng, cases = np.random.default_rng(seed), honest(300, seed)
    yes = {"0": "0", "0.5": "0", "0.8": "1", "1": "1"}
    middle = {"0": "0.5", "0.5": "0.5", "0.8": "0.8", "1": "0.8"}
    ways = rng.choice(3, len(cases), p=[0.3, 0.2, 0.5])
    told = [
        replace(c, answers={q: (yes, middle)[w][g] for q, g in c.answers.items()}) if w < 2 else c
        for c, w in zip(cases, ways, strict=True)
    ]
    rules = looking_over.rules()
    return len(copied(told, items().topics, rules.copied, float(rules.chance))[0])


def page(count: int) -> tuple[float, float, float, float, float]:
    """Seconds of a look out of the database; of the page median and p95 of 60 requests in a row, and the CPU
    seconds of one; the load average then."""
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'assessor.db'}")
        store.upgrade()
        desk = Desk(store, load_library(known_indicators=indicators()), Kept(), AtOnce())
        office = houses.found(desk, "office", "经信委")
        officer = joined(desk, office, "officer")
        cases = honest(count, 3)
        for k in range(60):
            cases[k] = copy(cases[k], cases[k + 100], 0.95, k)
        fill(desk, office, cases, generated=True)
        begun = time.monotonic()
        watching.begin(desk, officer.who, office)
        while watching.standing(desk, officer.who, office).running:
            time.sleep(0.5)
        took = time.monotonic() - begun
        with site(desk) as web:
            by, times, spent = by_session(desk, officer.token), [], time.process_time()
            for _ in range(61):
                begun = time.monotonic()
                assert web.get(f"/offices/{office}/quality", by).status_code == 200
                times.append(time.monotonic() - begun)
            spent = (time.process_time() - spent) / len(times)
        desk.looker.close()
        store.close()
    return took, statistics.median(times[1:]), sorted(times[1:])[56], spent, os.getloadavg()[0]


def written() -> str:
    """The page."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        took, most, before, queries = alone.submit(seconds_and_memory, FACTORIES).result()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        asked = list(pool.map(honest_portfolio, range(PORTFOLIOS), chunksize=5))
        found = list(pool.map(copies, SHARES))
        styled = sum(pool.map(styles, range(10)))
    kinds = Counter(kind for one in asked for kind in one)
    told = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())) or "none"
    looked, median, p95, spent, load = page(FACTORIES)
    rows = [f"| {share:.0%} | {f} of {n} | {wrong} |" for share, (f, n, wrong) in zip(SHARES, found, strict=True)]
    return "\n".join([
        "# Watching over quality",
        "",
        f"Written by `python -m benchmarks.watching` on {datetime.now(UTC):%Y-%m-%d}: 2 cores, {platform.system()}"
        f" {platform.machine()}, CPython {platform.python_version()}, numpy {np.__version__}; other work shared"
        " the machine. Every factory here is generated (`benchmarks/portfolios.py`); limits are those of"
        " `questionnaires/watching.yaml`.",
        "",
        f"- A look over {FACTORIES:,} factories ({FACTORIES * (FACTORIES - 1) // 2:,} pairs,"
        f" {len(items().ids)} questions): **{took:.0f} s**, {most:,} MB at most ({before:,} MB before it),"
        f" {queries} questions about honest factories.",
        f"- Out of a database, in its own process, with reading and keeping: {looked:.0f} s.",
        f"- The page of it: median {1000 * median:.0f} ms, **p95 {1000 * p95:.0f} ms** of 60 requests in a row,"
        f" {1000 * spent:.0f} ms of CPU each; load average of the two cores meanwhile {load:.1f}.",
        f"- Honest portfolios (150 factories, 60 of them assessed again, 360 pairs of blind grades, 12 assessors):"
        f" **{sum(map(bool, asked))} of {PORTFOLIOS}** were asked about anything (by kind: {told})."
        " Goal: at most 5 %.",
        f"- Ten portfolios of 300, half of whose factories use a part of the scale only: {styled} questions.",
        "",
        "Copied pairs among 300 factories, by how much of the answers was taken over:",
        "",
        "| taken over | found | others asked about |",
        "|---|---|---|",
        *rows,
        "",
    ])  # fmt: skip


def main() -> None:
    """Write watching.md and show it."""
    text = written()
    FILE.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
