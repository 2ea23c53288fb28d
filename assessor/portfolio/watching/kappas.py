"""AGREEMENT BETWEEN ASSESSORS over a portfolio: blind second ratings together, and of each two people.

The interval takes each pair of grades for itself; grades of one factory hang together, so that it is a little too
narrow where few factories gave many. The goal is one to hold against, stated with its source.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from assessor.domain.watching import AgreementLimits
from assessor.portfolio.watching.alike import GRADES
from assessor.portfolio.watching.case import Case, Pair, Part, Query, query, told
from models.agreement import FEWEST, agreement, interval

Graded = tuple[Case, Sequence[tuple[str, str]]]


def kappas(cases: Iterable[Case], limits: AgreementLimits, chance: float) -> tuple[list[Query], list[Pair], Part]:
    """First all together, then each two that have enough. `chance`: over all of them, by Bonferroni."""
    held: dict[tuple[str, str], list[Graded]] = defaultdict(list)
    for case in sorted(cases, key=lambda c: c.survey):
        for rating in case.rated:
            for first in sorted(case.assessors - {rating.by}) or [""]:
                held[first, rating.by].append((case, rating.pairs))
    every: list[Graded] = [(case, r.pairs) for case in sorted(cases, key=lambda c: c.survey) for r in case.rated]
    enough = {
        key: graded for key, graded in sorted(held.items())
        if key[0] and sum(len(p) for _, p in graded) >= FEWEST
    }  # fmt: skip
    sure = 1 - 2 * chance / (1 + len(enough))  # asked on one side alone
    found: list[Query] = []
    pairs: list[Pair] = []
    told_: dict[tuple[str, str], list[Graded]] = {("", ""): every, **enough}
    for (first, second), graded in told_.items():
        asked = _below(graded, limits, sure)
        pairs.append(_pair(first, second, graded, asked=asked))
        if asked:
            found.append(_query(pairs[-1], graded, limits.goal))
    rated, surveys = sum(len(p) for _, p in every), len({c.survey for c, _ in every})
    rests = [told("rests.agreement", n=rated, surveys=surveys, pairs=len(enough))]
    if len(held) > len(enough):
        rests.append(told("rests.agreement_few", few=len(held) - len(enough), fewest=FEWEST))
    return found, pairs if rated else [], Part(kind="agreement", rests=tuple(rests))


def _pairs(graded: Sequence[Graded]) -> list[tuple[str, str]]:
    return [pair for _, pairs in graded for pair in pairs]


def _below(graded: Sequence[Graded], limits: AgreementLimits, sure: float) -> bool:
    told = agreement(_pairs(graded), GRADES)
    if told.pairs < limits.least_pairs or len({c.factory for c, _ in graded}) < limits.least_factories:
        return False
    return told.kappa is not None and interval(told.table, sure=sure)[1] < limits.goal


def _pair(first: str, second: str, graded: Sequence[Graded], *, asked: bool) -> Pair:
    told = agreement(_pairs(graded), GRADES)
    return Pair(
        first=first,
        second=second,
        pairs=told.pairs,
        same=told.same,
        surveys=len({c.survey for c, _ in graded}),
        kappa=told.kappa,
        low=told.low,
        high=told.high,
        why=told.why,
        asked=asked,
    )


def _query(pair: Pair, graded: Sequence[Graded], goal: Fraction) -> Query:
    assert pair.kappa is not None and pair.low is not None and pair.high is not None
    name = "agreement" if pair.first else "agreement_all"
    params = {"kappa": pair.kappa, "low": pair.low, "high": pair.high, "goal": goal}
    evidence = [told("evidence.kappa", n=pair.pairs, same=pair.same, surveys=pair.surveys, **params)]
    who = [pair.first, pair.second] if pair.first else []
    weight = float(goal - pair.kappa)
    return query("agreement", name, [c for c, _ in graded], evidence, who, weight=weight)
