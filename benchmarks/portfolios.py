"""Generated portfolios of factories in which the truth is known: honest ones, and what is planted among them.

Abilities, sub-domains and answers are drawn by the graded response model over the requirements of a real ladder;
sub-domains of one industry lean together, so that honest factories are more alike than their levels say.
Nothing here is of a real factory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from assessor.domain import Ladder, sha256
from assessor.frameworks import load_library
from assessor.portfolio.watching import Case, Portfolio
from assessor.portfolio.watching.alike import GRADES
from assessor.portfolio.watching.case import Held, Rated, Stand
from models.graded_response import MIDDLE, OWN, SHARPNESS, SPREAD
from models.short_form import Bank

DAY = 86_400 * 10**9
START = 1_767_225_600 * 10**9
"""2026-01-01"""
INDUSTRIES = ("33", "34", "35", "36", "38", "39")
SIZES = ("micro", "small", "medium", "large")
KIN = 0.3
"""Standard deviation of a sub-domain of one industry, in levels."""
LEAN = 0.05
"""Of what honest assessors are apart, in levels."""
ITEMS = tuple(f"item-{n:02d}" for n in range(40))
"""What plans may hold."""


@dataclass(frozen=True)
class Items:
    """The requirements of a ladder, as a population answers them."""

    ids: tuple[str, ...]
    topics: Mapping[str, str]
    groups: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    """(answer above the lowest, item)"""


@cache
def items(framework: str = "cmmm-2020-discrete") -> Items:
    held = load_library().frameworks[framework]
    assert isinstance(held, Ladder)
    bank = Bank.of(held)
    chosen = [(n, item) for n, item in enumerate(bank.items) if len(item.thresholds) == len(GRADES) - 1]
    columns = np.array([n for n, _ in chosen])
    topics = {item.id: held.dimensions[item.group].id for _, item in chosen}
    ids = tuple(item.id for _, item in chosen)
    return Items(ids, topics, bank.groups[columns], bank.thresholds[: len(GRADES) - 1, columns])


def honest(count: int, seed: int, assessors: int = 0) -> list[Case]:
    """So many factories, each assessed once by one of the assessors, each with a plan and some proofs."""
    rng, bank = np.random.default_rng(seed), items()
    assessors = assessors or max(count // 20, 1)
    domains = int(bank.groups.max()) + 1
    industry = rng.integers(0, len(INDUSTRIES), count)
    size = rng.integers(0, len(SIZES), count)
    who = rng.integers(0, assessors, count)
    lean = rng.normal(0, LEAN, assessors)
    kin = rng.normal(0, KIN, (len(INDUSTRIES), domains))
    theta = rng.normal(MIDDLE, SPREAD, count) + 0.2 * size
    ability = theta[:, None] + rng.normal(0, OWN, (count, domains)) + kin[industry] + lean[who][:, None]
    answers = answered(bank, ability, rng)
    apart = np.abs(rng.normal(0.2, 0.3, count))
    return [
        Case(
            survey=f"s{n:05d}",
            organisation=f"o{n:05d}",
            factory=f"o{n:05d}",
            plant=f"p{n:05d}",
            made=START + int(rng.integers(0, 300)) * DAY,
            framework="cmmm-2020-discrete@1",
            industry=INDUSTRIES[industry[n]],
            size=SIZES[size[n]],
            declared=_stand(ability[n].mean() + lean[who[n]]),
            verified=_stand(ability[n].mean() - apart[n]) if rng.random() < 0.6 else None,
            answers=_given(bank, answers[n], rng),
            reasons={bank.ids[int(q)]: "本厂没有这项业务，不涉及" for q in rng.integers(0, len(bank.ids), 4)},
            files=tuple(_file(f"{seed} {n} {k}", bank.ids[int(rng.integers(0, len(bank.ids)))]) for k in range(6)),
            machines=int(rng.integers(10, 300)),
            robots=int(rng.integers(0, 40)),
            assessors=frozenset({f"a{who[n]:04d}"}),
            plan=tuple(rng.choice(ITEMS, int(rng.integers(5, 12)), replace=False).tolist()),
        )
        for n in range(count)
    ]  # fmt: skip


def answered(bank: Items, ability: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Grades from 0 to 3 of each factory at each requirement."""
    reached = expit(SHARPNESS * (ability[:, bank.groups][:, None, :] - bank.thresholds[None]))
    return np.asarray((rng.random((len(ability), 1, len(bank.ids))) < reached).sum(axis=1))


def _given(bank: Items, grades: Sequence[int] | NDArray[np.int64], rng: np.random.Generator) -> dict[str, str]:
    """Some requirements are not answered by a degree."""
    said = rng.random(len(bank.ids)) < 0.95
    return {q: GRADES[int(g)] for q, g, s in zip(bank.ids, grades, said, strict=True) if s}


def _stand(score: float) -> Stand:
    score = float(min(max(score, 0.0), 5.0))
    return Stand(int(score + 0.2), score)


def _file(name: str, question: str) -> Held:
    return Held(sha256(name.encode()), 40_000, question, proof=True)


# What is planted


def copy(case: Case, of: Case, share: float, seed: int) -> Case:
    """A factory that took over so much of another's answers."""
    rng = np.random.default_rng(seed)
    taken = {q: g for q, g in of.answers.items() if rng.random() < share}
    return replace(case, answers={**case.answers, **taken})


def again(case: Case, months: float, seed: int, up: float = 0.3) -> Case:
    """The same plant later: some answers a grade better with new proofs, the score a little higher."""
    rng, score = np.random.default_rng(seed), case.declared.score or 0.0
    better = dict(zip(GRADES, GRADES[1:] + GRADES[-1:], strict=True))
    answers = {q: better[g] if rng.random() < 0.1 else g for q, g in case.answers.items()}
    later = _stand(min(score + abs(rng.normal(0, up)), score + 0.99))
    return replace(
        case,
        survey=case.survey + "-again",
        made=case.made + int(months * 30.4375) * DAY,
        declared=replace(later, level=min(later.level or 0, (case.declared.level or 0) + 1)),
        verified=case.verified,
        answers=answers,
        files=(*case.files, _file(f"again {case.survey}", next(iter(case.answers)))),
        machines=None if case.machines is None else round(case.machines * rng.uniform(0.9, 1.3)),
        robots=None if case.robots is None else case.robots + int(rng.integers(0, 3)),
    )


def second(case: Case, by: str, same: float, seed: int, count: int = 12) -> Case:
    """A blind second rating in which so much is graded alike, and the rest as any other grade."""
    rng = np.random.default_rng(seed)
    questions = sorted(case.answers)[:: max(len(case.answers) // count, 1)][:count]
    pairs = []
    for q in questions:
        at = GRADES.index(case.answers[q])
        step = 0 if rng.random() < same else int(rng.integers(1, len(GRADES)))
        pairs.append((GRADES[at], GRADES[(at + step) % len(GRADES)]))
    return replace(case, rated=(*case.rated, Rated(by, tuple(pairs))))


def portfolio(cases: Sequence[Case], represents: Mapping[str, frozenset[str] | None] | None = None) -> Portfolio:
    return Portfolio(tuple(cases), items().topics, represents or {})


def whole(seed: int) -> Portfolio:
    """Honest through and through: again after some months, second ratings, people who declare what they sell."""
    cases = honest(150, 1000 + seed, assessors=12)
    later = [again(c, 8, seed * 1000 + n) for n, c in enumerate(cases[:60])]
    rated = {c.survey: second(c, "r1", 0.8, n) for n, c in enumerate(cases[60:90])}
    cases = [rated.get(c.survey, c) for c in cases]
    represents = {f"a{n:04d}": frozenset(ITEMS[3 * n : 3 * n + 5]) for n in range(4)}
    return portfolio([*cases, *later], represents)
