"""PLANS THAT LEAD TO THE DIAGNOSER'S OWN PRODUCTS: how much of them is what the diagnoser declared to sell or
represent, against the same share of everybody else's plans. Corrected for the number of diagnosers by Holm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from statistics import mean

from assessor.domain.watching import ProductLimits
from assessor.portfolio.watching.assessors import assessed
from assessor.portfolio.watching.case import Case, Part, Query, newest, query, told
from assessor.portfolio.watching.chance import bound, holm, interval, written


@dataclass(frozen=True)
class Share:
    """Of one diagnoser: the mean share of own items in their plans, and in those of all others."""

    account: str
    cases: list[Case]
    own: float
    others: float
    of_others: int
    log_chance: float


def own_products(
    cases: Iterable[Case], represents: Mapping[str, frozenset[str] | None], limits: ProductLimits, chance: float
) -> tuple[list[Query], Part]:
    """`represents`: who declared to sell or represent solutions, and which recommendations these carry out; None:
    they did not say which, and nothing can be reckoned."""
    planned = [case for case in newest(cases) if case.plan]
    by = assessed(planned)
    silent = sum(not represents[a] for a in by if a in represents)
    told_ = {a: items for a in by if (items := represents.get(a))}
    shares = [
        share for a, items in sorted(told_.items())
        if len(by[a]) >= limits.least and (share := _share(a, by[a], planned, items)) is not None
    ]  # fmt: skip
    keep = holm([s.log_chance for s in shares], len(shares), chance)
    found = [
        _query(s) for s, kept in zip(shares, keep, strict=True)
        if kept and s.own - s.others >= float(limits.difference)
    ]  # fmt: skip
    rests = [told("rests.own_products", n=len(shares), plans=len(planned))]
    if len(told_) > len(shares):
        rests.append(told("rests.own_few", few=len(told_) - len(shares), least=limits.least))
    if silent:
        rests.append(told("rests.own_silent", n=silent))
    return found, Part(kind="own_products", rests=tuple(rests))


def _share(account: str, own: list[Case], planned: list[Case], items: frozenset[str]) -> Share | None:
    """None where nobody else has a plan to hold it against.

    A plan counts as one, however long. Under the null a diagnoser's plans are drawn from all of them.
    """
    others = [case for case in planned if account not in case.assessors]
    if not others:
        return None
    mine, theirs = mean(_of(c, items) for c in own), mean(_of(c, items) for c in others)
    whole = mean(_of(c, items) for c in planned)
    chance = bound(mine, whole, len(own))
    return Share(account, own, mine, theirs, len(others), log(max(chance, 1e-300)))


def _of(case: Case, items: frozenset[str]) -> float:
    plan = case.plan or ()
    return sum(item in items for item in plan) / len(plan)


def _query(share: Share) -> Query:
    low, high = interval(share.own, len(share.cases))
    evidence = [
        told("evidence.own_products", n=len(share.cases), own=share.own, low=low, high=high),
        told("evidence.others", n=share.of_others, others=share.others, chance=written(share.log_chance)),
    ]
    facts: list[str | int] = [len(share.cases), f"{share.own:.4f}"]
    weight = share.own - share.others
    return query(
        "own_products", "own_products", share.cases, evidence, [share.account], facts=facts, weight=weight
    )
