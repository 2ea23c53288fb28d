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
    evidence: Iterable[Evidence],
    useful: Callable[[Recommendation], bool],
    wanted: Collection[str] = (),
    without: Collection[str] = (),
) -> dict[str, Recommendation]:
    """What can take part: all that is wanted or useful, and what must come before it. In the order of ids.

    A prerequisite is met where all that it would lift is there already; then it is neither needed nor
    offered. `after` of a candidate names only candidates. What is not wanted, and what cannot do without it,
    takes no part.
    """
    done = met(known, evidence) - set(wanted)
    able: set[str] = set()
    for id_, r in known.items():
        if id_ in wanted or (id_ not in done and useful(r)):
            needed = _with_all_before(id_, known, done)
            if needed <= set(known) - set(without):
                able |= needed
    return {
        id_: known[id_].model_copy(update={"after": tuple(b for b in known[id_].after if b not in done)})
        for id_ in sorted(able)
    }


def met(known: Mapping[str, Recommendation], evidence: Iterable[Evidence]) -> set[str]:
    """Recommendations of which all that they would lift is there already, as far as this plant was asked: what no
    framework of it asks about says nothing, what nobody knew may be missing."""
    asked = {e.question: e.verified for e in evidence if e.verified is not None or e.claimed == "do-not-know"}
    return {id_ for id_, r in known.items() if _done(r, asked)}


def _done(recommendation: Recommendation, asked: Mapping[str, Fraction | None]) -> bool:
    found = [(asked[item.question], item.to) for item in recommendation.lifts if item.question in asked]
    return bool(found) and all(now is not None and now >= to for now, to in found)


def _with_all_before(start: str, known: Mapping[str, Recommendation], done: set[str]) -> set[str]:
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
