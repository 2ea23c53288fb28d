"""What recommendations bring: requirements at stake, what they are worth, and what is lifted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Evidence, Message, Rating, Recommendation, Verdict

Judge = Callable[[tuple[Evidence, ...]], Rating]
"""Rates the verified column; given by the caller, since advice does not know the law."""

ABOVE, BELOW = Fraction(1, 2), Fraction(1, 10)
"""Own rule: each level above the next one to reach counts half of the one below it; a level that is already
satisfied counts a tenth."""
NEEDED = Fraction(1, 100)
"""Own rule, in levels: what it counts to do something of which a trigger holds, whatever it lifts."""


@dataclass(frozen=True)
class Stake:
    """A requirement that counts: its degree now, and what a whole degree of it is worth in levels."""

    now: Fraction
    worth: Fraction


def stakes(rating: Rating) -> dict[str, Stake]:
    """Requirements whose degree is known. One that nobody knows promises no gain: it may be met already."""
    aim = next((line.level for line in rating.levels if not line.satisfied), len(rating.levels) + 1)
    return {
        line.question: Stake(line.low, factor(cell.level, aim) * cell.weight / len(cell.requirements))
        for cell in rating.cells
        for line in cell.requirements
        if line.source != "unknown"
    }


def factor(level: int, aim: int) -> Fraction:
    """How much a level counts where `aim` is the lowest one not yet satisfied."""
    return BELOW if level < aim else ABOVE ** (level - aim)


def gain(
    chosen: Iterable[Recommendation], at_stake: Mapping[str, Stake], needed: Collection[str] = ()
) -> Fraction:
    """Weighted degrees gained. Of several lifts of one requirement the highest counts, not their sum.

    `needed`: recommendations of which a trigger holds.
    """
    best: dict[str, Fraction] = {}
    chosen = tuple(chosen)
    for recommendation in chosen:
        for item in recommendation.lifts:
            if item.question in at_stake:
                best[item.question] = max(best.get(item.question, at_stake[item.question].now), item.to)
    lifted = sum(((to - at_stake[q].now) * at_stake[q].worth for q, to in best.items()), Fraction(0))
    return lifted + NEEDED * sum(r.id in needed for r in chosen)


def candidates(
    known: Mapping[str, Recommendation],
    useful: Callable[[Recommendation], bool],
    wanted: Collection[str] = (),
    without: Collection[str] = (),
    done: Collection[str] = (),
) -> dict[str, Recommendation]:
    """What can take part: all that is wanted or useful, and what must come before it. In the order of ids.

    `done`: what is there already; it is neither needed nor offered, wanted or not. `after` of a candidate names
    only candidates. What is not wanted, and what cannot do without it, takes no part.
    """
    able: set[str] = set()
    for id_, r in known.items():
        if id_ not in done and (id_ in wanted or useful(r)):
            needed = _with_all_before(id_, known, done)
            if needed <= set(known) - set(without):
                able |= needed
    return {
        id_: known[id_].model_copy(update={"after": tuple(b for b in known[id_].after if b not in done)})
        for id_ in sorted(able)
    }


def met(
    known: Mapping[str, Recommendation], evidence: Iterable[Evidence], asked: Collection[str] | None = None
) -> set[str]:
    """Recommendations of which all that they would lift is there already.

    `asked`: questions of the frameworks that the plant is rated by; None: all of which there is evidence. What
    nobody knew or answered of these may be missing; what none of them asks about and nobody told says nothing.
    """
    told = {e.question: e for e in evidence}
    apart = {q for q, e in told.items() if e.claimed == "not-applicable" and e.verified is None}
    open_ = set(told if asked is None else asked) - apart
    now = dict.fromkeys(open_) | {q: e.verified for q, e in told.items() if e.verified is not None}
    return {id_ for id_, r in known.items() if _done(r, now)}


def missing_part(recommendation: Recommendation, evidence: Iterable[Evidence]) -> Fraction | None:
    """How much of what it lifts is not there yet, 0 to 1: the mean of (to - now) / to over the lifted questions
    that are known. None where none of them is; 1 where it lifts nothing."""
    if not recommendation.lifts:
        return Fraction(1)
    now = {e.question: e.verified for e in evidence}
    known = [(found, item.to) for item in recommendation.lifts if (found := now.get(item.question)) is not None]
    missing = [_short(found, to) for found, to in known]
    return sum(missing, Fraction(0)) / len(missing) if missing else None


def _short(now: Fraction, to: Fraction) -> Fraction:
    if now >= to:
        return Fraction(0)
    return min((to - now) / to, Fraction(1)) if to > 0 else Fraction(1)


def _done(recommendation: Recommendation, asked: Mapping[str, Fraction | None]) -> bool:
    found = [(asked[item.question], item.to) for item in recommendation.lifts if item.question in asked]
    return bool(found) and all(now is not None and now >= to for now, to in found)


def _with_all_before(start: str, known: Mapping[str, Recommendation], done: Collection[str]) -> set[str]:
    """A recommendation and everything not yet met that must come before it, however far back."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        id_ = waiting.pop()
        if id_ not in found and id_ not in done:
            found.add(id_)
            waiting += known[id_].after if id_ in known else ()
    return found


def lift(chosen: Iterable[Recommendation], evidence: Iterable[Evidence]) -> dict[str, Fraction]:
    """The answer that each lifted question would reach; what is there or does not apply stays."""
    now = {e.question: e for e in evidence}
    lifted: dict[str, Fraction] = {}
    for recommendation in chosen:
        for item in recommendation.lifts:
            found = now.get(item.question)
            if found and found.claimed == "not-applicable" and not found.settlement:
                continue
            if found is None or found.verified is None or found.verified < item.to:
                lifted[item.question] = max(lifted.get(item.question, item.to), item.to)
    return dict(sorted(lifted.items()))


def lifted_evidence(evidence: Iterable[Evidence], lifted: Mapping[str, Fraction]) -> tuple[Evidence, ...]:
    """The evidence as it would be once the plan is carried out: for the level that follows, nothing else."""
    evidence = tuple(evidence)
    moved = [
        e.model_copy(update={"verified": lifted[e.question]}) if e.question in lifted else e for e in evidence
    ]
    new = sorted(set(lifted) - {e.question for e in evidence})
    return (*moved, *(_new(question, lifted[question]) for question in new))


def _new(question: str, verified: Fraction) -> Evidence:
    return Evidence(
        question=question,
        claim=None,
        claimed="unanswered",
        verified=verified,
        verdict=Verdict.UNTESTED,
        why=Message(id="plan.by_plan"),
    )
