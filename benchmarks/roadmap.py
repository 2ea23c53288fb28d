"""The plan against simpler ways to spend the same money, and against a second solver, on generated factories.

`python -m benchmarks.roadmap` writes roadmap.md. The simpler ways are those that people use: the best gain for a
yuan first, and the largest gap first. The second solver is a branch and bound of its own that shares no line
with the product's programme: it walks sets and knows gains alone.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import mean, median

from assessor.domain import Ladder
from assessor.roadmap import Case, plan
from assessor.roadmap.choice import cost_of
from benchmarks.factories import SIZE, factory, framework

FACTORIES, SECOND, SMALL = 50, 10, 36
SHARES = (0.1, 0.25, 0.5)
PAGE = Path(__file__).with_suffix(".md")
ZERO = Fraction(0)


# Simpler ways --------------------------------------------------------------------------------------------


def greedy(case: Case) -> tuple[str, ...]:
    """Always what gains most for a yuan next, together with what must come before it, while the money lasts."""
    chosen: list[str] = []
    while True:
        now, best, picked = case.gain(chosen), ZERO, list[str]()
        for id_ in case.able:
            more = _with_before(case, id_, chosen)
            if id_ in chosen or not _allowed(case, [*chosen, *more]):
                continue
            cost = cost_of(case, more)
            ratio = (case.gain([*chosen, *more]) - now) / (cost or Fraction(1))
            if ratio > best:
                best, picked = ratio, more
        if not picked:
            return tuple(chosen)
        chosen += picked


def gap_first(case: Case) -> tuple[str, ...]:
    """The requirement with the largest gap first, by what counts; of what closes it the cheapest that fits."""
    chosen: list[str] = []
    gaps = sorted(case.at_stake.items(), key=lambda pair: (-(1 - pair[1].now) * pair[1].worth, pair[0]))
    for question, _ in gaps:
        closing = [id_ for id_, r in case.able.items() if any(lift.question == question for lift in r.lifts)]
        ways = [(cost_of(case, more), more) for id_ in closing if (more := _with_before(case, id_, chosen))]
        if any(id_ in chosen for id_ in closing):
            continue
        for _, more in sorted(ways):
            if _allowed(case, [*chosen, *more]):
                chosen += more
                break
    return tuple(chosen)


def _with_before(case: Case, id_: str, chosen: Sequence[str]) -> list[str]:
    """A recommendation and all that must come before it and is not there yet, in order."""
    if id_ in chosen:
        return []
    found: list[str] = []
    for before in case.able[id_].after:
        found += [more for more in _with_before(case, before, [*chosen, *found]) if more not in found]
    return [*found, id_]


def _allowed(case: Case, ids: Iterable[str]) -> bool:
    ids = set(ids)
    apart = not any(other in ids for id_ in ids for other in case.able[id_].excludes)
    return apart and cost_of(case, ids) <= (case.budget or 0)


# A second solver -----------------------------------------------------------------------------------------


def branch_and_bound(case: Case) -> Fraction:
    """The greatest gain of any allowed set. Bound: what each could still add alone, the best for a yuan first, the
    last one in part; since gains overlap, together they never add more."""
    order = sorted(case.able, key=lambda id_: (-case.gain([id_]) / (case.costs[id_] or 1), id_))
    budget = Fraction(case.budget or 0)
    best = ZERO

    def bound(chosen: list[str], open_: Sequence[str], left: Fraction, now: Fraction) -> Fraction:
        adds = [(case.gain([*chosen, id_]) - now, case.costs[id_]) for id_ in open_]
        total = now
        for add, cost in sorted(adds, key=lambda pair: -pair[0] / (pair[1] or Fraction(1, 10**9))):
            if cost > left:
                return total + add * left / cost
            total, left = total + add, left - cost
        return total

    def walk(chosen: list[str], out: frozenset[str], left: Fraction) -> None:
        nonlocal best
        now = case.gain(chosen)
        best = max(best, now)
        open_ = [id_ for id_ in order if id_ not in chosen and id_ not in out and case.costs[id_] <= left]
        if not open_ or bound(chosen, open_, left, now) <= best:
            return
        first = open_[0]
        more = _with_before(case, first, chosen)
        if not out & set(more) and _allowed(case, [*chosen, *more]):
            walk([*chosen, *more], out, left - cost_of(case, more))
        walk(chosen, out | {first}, left)

    walk([], frozenset(), budget)
    return best


# The page ------------------------------------------------------------------------------------------------


def page() -> str:
    of = framework()
    told = f"""# The plan against simpler ways

`python -m benchmarks.roadmap` writes this page. {FACTORIES} generated factories by `{of.id}`, each with a
catalogue of {SIZE} recommendations of its own (`benchmarks/factories.py`); nothing in them is of a real plant.
Each way spends the same budget, a share of what the whole catalogue would cost. The columns of the simpler ways
say how much less of the weighted gain they reach than the plan: mean · nine in ten · worst. Times are of a machine
with two cores, which other work shared.

| budget | best gain for a yuan first | largest gap first | plan: seconds, median · worst | optimal |
|---|---|---|---|---|
"""
    people = f"""
With the plant's own people as a bound in each of three phases, {SECOND} factories a row:

| budget and people | seconds, median · worst | proven optimal | largest gap left |
|---|---|---|---|
"""
    rows = "".join(_row(of, share) + "\n" for share in SHARES)
    bound = "".join(_with_people(of, share) + "\n" for share in SHARES)
    return f"{told}{rows}{people}{bound}\n{_second(of)}\n"


def _row(of: Ladder, share: float) -> str:
    shorts: dict[Callable[[Case], tuple[str, ...]], list[float]] = {greedy: [], gap_first: []}
    seconds, proven = [], 0
    for seed in range(FACTORIES):
        case = factory(of, seed, share)
        began = time.perf_counter()
        made = plan(case, drawn=False)
        seconds.append(time.perf_counter() - began)
        proven += made.status == "optimal"
        for way, found in shorts.items():
            found.append(float(1 - case.gain(way(case)) / made.objective))
    cells = [_spread(found) for found in shorts.values()]
    times = f"{median(seconds):.2f} · {max(seconds):.2f}"
    return f"| {share:.0%} | {' | '.join(cells)} | {times} | {proven} of {FACTORIES} |"


def _spread(found: list[float]) -> str:
    return f"{mean(found):.1%} · {sorted(found)[int(0.9 * len(found))]:.1%} · {max(found):.1%}"


def _with_people(of: Ladder, share: float) -> str:
    seconds, gaps = [], []
    for seed in range(SECOND):
        case = factory(of, seed, share, days=True)
        began = time.perf_counter()
        made = plan(case, drawn=False)
        seconds.append(time.perf_counter() - began)
        gaps.append(float(made.gap))
    proven = sum(gap == 0 for gap in gaps)
    return f"| {share:.0%} | {median(seconds):.2f} · {max(seconds):.2f} | {proven} of {SECOND} | {max(gaps):.2%} |"


def _second(of: Ladder) -> str:
    """Ten factories with a smaller catalogue, so that a solver without linear relaxation comes to an end."""
    same, theirs, ours = 0, [], []
    for seed in range(SECOND):
        case = factory(of, seed, 0.3, size=SMALL)
        began = time.perf_counter()
        made = plan(case, drawn=False)
        middle = time.perf_counter()
        same += branch_and_bound(case) == made.objective
        ours.append(middle - began)
        theirs.append(time.perf_counter() - middle)
    return f"""Against a second solver (branch and bound over sets, exact, written for this page) on {SECOND}
factories with {SMALL} recommendations at 30 %: the same greatest gain, to the last fraction, in
**{same} of {SECOND}**; median {median(ours):.2f} s against {median(theirs):.2f} s."""


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
