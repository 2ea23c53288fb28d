"""What a minute of saves came to, and how `benchmarks.web` writes it down."""

import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

FACTORIES, PEOPLE = 50, 4
EVERY, SECONDS = 4, 60
"""Seconds between two saves of one person, and of all of it."""
LOOKS = 50
GOAL_MS, GOAL_TIMES = 150, 3


class Save(NamedTuple):
    """One answer as the outbox of a page sends it."""

    survey: str
    question: str
    value: str
    base: int
    key: str

    @property
    def path(self) -> str:
        return f"/surveys/{self.survey}/answers/{self.question}"

    @property
    def form(self) -> dict[str, str]:
        return {"value": self.value, "reason": "", "target": "", "base": str(self.base), "key": self.key}


class Run(NamedTuple):
    """What a minute came to."""

    acknowledged: list[Save]
    seconds: list[float]
    """Of each save, from the moment that it was due."""
    again: list[Save]
    """Those that had to be sent again, under their key, since a connection broke."""
    took: float
    cpu: float
    """Seconds of processor of the server, without its database where that is a process of its own."""
    load: float
    """Of the machine, when it began."""

    def ms(self, share: float) -> float:
        return 1000 * at(self.seconds, share)


def at(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


class Measured(NamedTuple):
    kind: str
    version: str
    ours: Run
    bare: Run
    looks: dict[str, list[float]]


def introduction(found: Sequence[Measured], load: float) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn", "sqlalchemy", "psycopg"))
    servers = ", ".join(f"{m.kind} {m.version}" for m in found)
    count = len(found[0].ours.acknowledged)
    return f"""# Saving answers, beside a bare server

Written by `make bench-web` on {time.strftime("%Y-%m-%d")}: {os.cpu_count()} cores, {platform.system()}
{platform.machine()}, CPython {platform.python_version()}, {packages},
{servers}.
Load average at the start: {load:.1f}; priority of everything here (nice): {os.nice(0)}. Other work on the machine
shows in every time below, the bare server's too.

{FACTORIES * PEOPLE} sessions in {FACTORIES} factories, each saving one answer every {EVERY} s for {SECONDS} s,
their phases spread evenly, each on a connection that it keeps: {count:,} saves. Half of the questions had answers
before. Ours is `assessor serve` as it comes. *Bare* is FastAPI with one function that takes the same form, inserts
one row and echoes it, opened by the same `Store`: the same commit to disk, writers waiting in the same order. Each
is one process. The client shares the cores with both, and a time counts from the moment that a save was due until
it was acknowledged. Ours had its minute first, the bare server right after it. Then both were killed, and **every
save that was acknowledged was found in the database**, by its key and its value; else this page would not be here.
"""


def saves_table(found: Sequence[Measured]) -> str:
    text = """
## Saves

| database | server | saves a second | p50 ms | p95 ms | p99 ms | most ms | sent again | CPU ms a save | load |
|---|---|---|---|---|---|---|---|---|---|
"""
    for m in found:
        for name, run in (("ours", m.ours), ("bare", m.bare)):
            count = len(run.seconds)
            times = " | ".join(f"{run.ms(share):.1f}" for share in (0.5, 0.95, 0.99, 1))
            text += f"| {m.kind} | {name} | {count / run.took:.1f} | {times} | {len(run.again)} | "
            text += f"{1000 * run.cpu / count:.1f} | {run.load:.1f} |\n"
    text += """
*CPU*: of the server's own process; PostgreSQL's processes are not in it, SQLite's work is. *Load*: the machine's
load average when the minute began. *Sent again*: a connection broke, and the save went out anew under its key.

"""
    for m in found:
        ours, times = m.ours.ms(0.95), m.ours.ms(0.95) / m.bare.ms(0.95)
        met = "met" if ours <= GOAL_MS or times <= GOAL_TIMES else "**not met**"
        cpu = m.ours.cpu / m.bare.cpu
        text += f"- {m.kind}: p95 {ours:.1f} ms, {times:.1f} times the bare server's, at {cpu:.1f} times its CPU. "
        text += f"Goal\n  (p95 at most {GOAL_MS} ms, or at most {GOAL_TIMES} times): {met}.\n"
    return text


def looks_table(found: Sequence[Measured]) -> str:
    text = f"""
## Pages

Time to the first byte of {LOOKS} requests one after the other, in turns with the bare save, after both minutes.

| database | what | p50 ms | p95 ms | p95, of the bare save |
|---|---|---|---|---|
"""
    names = {"section": "a section's page", "overview": "the overview", "bare": "the bare save"}
    for m in found:
        bare = at(m.looks["bare"], 0.95)
        for name, shown in names.items():
            middle, high = at(m.looks[name], 0.5), at(m.looks[name], 0.95)
            text += f"| {m.kind} | {shown} | {1000 * middle:.1f} | {1000 * high:.1f} | {high / bare:.1f} |\n"
    return text
