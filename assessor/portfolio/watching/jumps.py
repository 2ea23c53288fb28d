"""JUMPS between two assessments of one plant, up or down, by limits that are data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from assessor.domain.watching import JumpLimits
from assessor.portfolio.watching.case import Case, Part, Query, Stand, query, told

MONTH = 2_629_800 * 10**9
"""ns of a twelfth of 365.25 days"""


def jumps(cases: Iterable[Case], limits: JumpLimits) -> tuple[list[Query], Part]:
    """Each plant's assessments against the one before."""
    plants: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda c: (c.made, c.survey)):
        plants[case.plant].append(case)
    found: list[Query] = []
    compared = far = 0
    for _, held in sorted(plants.items()):
        for before, after in pairwise(held):
            if after.made - before.made > limits.months * MONTH:
                far += 1
                continue
            compared += 1
            found += _of(before, after, limits)
    rests = [told("rests.jumps", n=compared, plants=len(plants), months=limits.months)]
    if far:
        rests.append(told("rests.jumps_far", n=far, months=limits.months))
    return found, Part(kind="jumps", rests=tuple(rests))


def _of(before: Case, after: Case, limits: JumpLimits) -> Iterator[Query]:
    months = max(1, round((after.made - before.made) / MONTH))
    both = [before, after]
    if before.framework == after.framework:
        yield from _levels(both, months, limits)
    yield from _answers(both, months, limits)
    for name, old, new, factor, least in (
        ("machines", before.machines, after.machines, limits.machines, limits.least_machines),
        ("robots", before.robots, after.robots, limits.robots, limits.least_robots),
    ):
        if old is None or new is None or max(old, new) < least:
            continue
        if max(old, new) > factor * min(old, new):
            evidence = [told(f"evidence.{name}", before=old, after=new, months=months, factor=factor)]
            yield query(
                "jumps", name, both, evidence, weight=float(Fraction(max(old, new), max(min(old, new), 1)))
            )


def _levels(both: list[Case], months: int, limits: JumpLimits) -> Iterator[Query]:
    """Of each column that both have; a change of edition explains a change of level, and is not asked about."""
    before, after = both
    columns: list[tuple[str, Stand | None, Stand | None]] = [
        ("declared", before.declared, after.declared),
        ("verified", before.verified, after.verified),
    ]
    told_: dict[str, list[tuple[str, int, int]]] = {"level_up": [], "level_down": []}
    for name, old, new in columns:
        if old is None or new is None or old.level is None or new.level is None:
            continue
        if new.level - old.level > limits.levels_up:
            told_["level_up"].append((name, old.level, new.level))
        if old.level - new.level > limits.levels_down:
            told_["level_down"].append((name, old.level, new.level))
    for name, moved in told_.items():
        if moved:
            most = limits.levels_up if name == "level_up" else limits.levels_down
            evidence = [
                told(f"evidence.{name}_{column}", before=a, after=b, months=months, most=most)
                for column, a, b in moved
            ]
            weight = max(abs(b - a) for _, a, b in moved)
            yield query("jumps", name, both, evidence, weight=weight)


def _answers(both: list[Case], months: int, limits: JumpLimits) -> Iterator[Query]:
    """From nothing to in full, without one proof that was not there before."""
    before, after = both
    none = [q for q, value in before.answers.items() if value == "0" and q in after.answers]
    full = [q for q in none if after.answers[q] == "1"]
    if len(full) < limits.answers or len(full) < limits.answers_share * len(none):
        return
    known = {f.digest for f in before.files}
    if any(f.proof and f.digest not in known for f in after.files):
        return
    evidence = [told("evidence.answers_up", n=len(full), of=len(none), months=months)]
    yield query("jumps", "answers_up", both, evidence, questions=full, weight=len(full))
