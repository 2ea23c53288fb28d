"""Generated factories with a catalogue each: what can be done there, what it costs, what must come first.

Nothing here comes from a real plant. All figures are drawn with a seed, so that everyone gets the same factories.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from assessor.domain import (
    Evidence,
    Ladder,
    Lift,
    Message,
    Range,
    Recommendation,
    Spend,
    Stoppage,
    Text,
    Verdict,
    Wishes,
)
from assessor.domain.recommendation import Effort, Pain
from assessor.frameworks import load_library
from assessor.rating import rate
from assessor.roadmap import Case

SIZE = 60
DEGREES = (Fraction(0), Fraction(1, 2), Fraction(4, 5), Fraction(1))
X = Text(zh="生成", en="generated")


def framework() -> Ladder:
    found = load_library().frameworks["cmmm-2020-discrete"]
    assert isinstance(found, Ladder)
    return found


def factory(of: Ladder, seed: int, share: float, size: int = SIZE, days: bool = False) -> Case:
    """One factory: its degrees, a catalogue of `size`, and a budget that is a share of all it would cost."""
    random = np.random.default_rng([20261126, seed, size])
    offered = catalogue(of, random, size)
    whole = sum(spend.once.mid for r in offered for spend in r.spends if spend.once)
    people = sum(r.effort.days.mid for r in offered)
    third = int(share * float(people)) // 3
    wishes = Wishes(phase_days=(third, third, third)) if days else Wishes()
    return Case(
        evidence=evidence(of, random),
        known={r.id: r for r in offered},
        judge=lambda found: rate(of, "verified", found),
        budget=int(share * float(whole)),
        wishes=wishes,
    )


def evidence(of: Ladder, random: np.random.Generator) -> tuple[Evidence, ...]:
    """Higher levels are met less, by a strength of the plant and one of each sub-domain."""
    plant = random.normal(2.2, 0.7)
    found = []
    for dimension in of.dimensions:
        strength = plant + random.normal(0, 0.6)
        for cell in dimension.cells:
            for question in cell.requirements:
                met = 1 / (1 + np.exp(1.6 * (cell.level - strength)))
                value = DEGREES[int(random.binomial(3, met))]
                found.append(
                    Evidence(
                        question=question,
                        claim=value,
                        claimed="answered",
                        verified=value,
                        verdict=Verdict.UNTESTED,
                        why=Message(id="verdict.no_test"),
                    )
                )
    return tuple(found)


def catalogue(of: Ladder, random: np.random.Generator, size: int) -> list[Recommendation]:
    """Each lifts requirements of one or two sub-domains; two in five wait for others; some exclude another."""
    found: list[Recommendation] = []
    for i in range(size):
        level = int(random.integers(1, 5))
        places = random.choice(len(of.dimensions), size=int(random.integers(1, 3)), replace=False)
        cells = [c for d in places for c in of.dimensions[d].cells if c.level in (level, level + 1)]
        asked = [q for cell in cells for q in cell.requirements]
        picked = random.choice(len(asked), size=min(len(asked), int(random.integers(2, 7))), replace=False)
        lifts = tuple(Lift(question=asked[k], to=DEGREES[int(random.integers(2, 4))]) for k in sorted(picked))
        cost = int(np.exp(random.normal(11.3 + 0.35 * level, 0.7)) / 1000) * 1000
        few = min(len(found), int(random.integers(1, 3))) if random.random() < 0.4 else 0
        after = [found[k].id for k in random.choice(len(found), size=few, replace=False)] if few else []
        other = int(random.integers(0, len(found))) if found and random.random() < 0.1 else None
        excludes = () if other is None or found[other].id in _before(after, found) else (found[other].id,)
        found.append(_made(f"r{i:02d}", cost, lifts, sorted(after), excludes, int(random.integers(5, 120))))
    return found


def _before(after: Sequence[str], found: Sequence[Recommendation]) -> set[str]:
    by_id, seen, waiting = {r.id: r for r in found}, set[str](), list(after)
    while waiting:
        id_ = waiting.pop()
        seen.add(id_)
        waiting += by_id[id_].after
    return seen


def _made(
    id_: str, cost: int, lifts: tuple[Lift, ...], after: Sequence[str], excludes: tuple[str, ...], days: int
) -> Recommendation:
    span = Range(low=Fraction(cost * 6, 10), mid=Fraction(cost), high=Fraction(cost * 16, 10), source="own")
    work = Range(low=Fraction(days, 2), mid=Fraction(days), high=Fraction(2 * days), source="own")
    month = Range(low=Fraction(1), mid=Fraction(3), high=Fraction(6), source="own")
    return Recommendation(
        format="assessor-recommendation/2",
        id=id_,
        title=X,
        what=X,
        why=X,
        begin=X,
        risks=X,
        pain=Pain(text=X),
        spends=(Spend(what=X, kind="service", once=span),),
        effort=Effort(days=work, roles=("it",)),
        months=month,
        stoppage=Stoppage(when=X, reversible="yes", back=X),
        lifts=lifts,
        after=tuple(after),
        excludes=excludes,
    )
