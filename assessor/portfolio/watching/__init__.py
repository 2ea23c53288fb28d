"""WATCH over the quality of a portfolio: what is worth asking about, with its evidence. Judges nobody.

One module a question; each gives queries and says what it rests on. What they share is in `case`, how chance is
reckoned in `chance`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessor.domain import Watching
from assessor.portfolio.watching.assessors import assessors
from assessor.portfolio.watching.case import KINDS, POOLED, Case, Kind, Look, Query
from assessor.portfolio.watching.copied import copied
from assessor.portfolio.watching.jumps import jumps
from assessor.portfolio.watching.kappas import kappas
from assessor.portfolio.watching.own_products import own_products
from assessor.portfolio.watching.proofs import proofs

Told = Callable[[Kind, int, int], None]


@dataclass(frozen=True)
class Portfolio:
    """What one office may look at."""

    cases: tuple[Case, ...]
    topics: Mapping[str, str]
    """Topic of each question that is answered by a degree."""
    represents: Mapping[str, frozenset[str] | None]
    """Accounts that declared to sell or represent solutions: which recommendations; None: they did not say."""


def look(held: Portfolio, rules: Watching, progress: Told = lambda _kind, _done, _of: None) -> Look:
    """All questions over a portfolio. `progress`: hears which kind is at what."""
    cases, chance = held.cases, float(rules.chance)
    found: list[Query] = []
    progress("proofs", 0, 1)
    queries, shared = proofs(cases, rules.proofs)
    found += queries
    progress("copied", 0, len(cases))
    queries, alike = copied(cases, held.topics, rules.copied, chance, lambda n, of: progress("copied", n, of))
    found += queries
    progress("jumps", 0, 1)
    queries, jumped = jumps(cases, rules.jumps)
    found += queries
    progress("assessors", 0, 1)
    queries, funnels, far = assessors(cases, rules.assessors, chance)
    found += queries
    progress("own_products", 0, 1)
    queries, own = own_products(cases, held.represents, rules.own_products, chance)
    found += queries
    progress("agreement", 0, 1)
    queries, pairs, agreed = kappas(cases, rules.agreement, chance)
    found += queries
    return Look(
        surveys=len(cases),
        factories=len({c.factory for c in cases}),
        parts=(shared, alike, jumped, far, own, agreed),
        queries=tuple(sorted(found, key=lambda q: (KINDS.index(q.kind), -q.weight, q.id))),
        funnels=tuple(funnels),
        pairs=tuple(pairs),
    )


__all__ = ["KINDS", "POOLED", "Case", "Kind", "Look", "Portfolio", "Query", "Told", "look"]
