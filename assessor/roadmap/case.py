"""All that a plan rests on, given by a caller who knows laws and files; and what can take part in it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from assessor.domain import (
    PHASES,
    Aim,
    Evidence,
    Measurement,
    Message,
    Need,
    Recommendation,
    Result,
    Slug,
    State,
    Trigger,
    Wishes,
)
from assessor.errors import InputError
from assessor.roadmap.figures import PlantFigures
from assessor.roadmap.gain import Judge, Stake, candidates, gain, lift, met, missing_part, stakes
from assessor.roadmap.outlay import outlay
from assessor.roadmap.worth import confirmed_by

Results = Callable[[tuple[Evidence, ...], str | None], Mapping[str, Result]]
"""The verified column under the default variant, by framework: all that rate the plant, or the one named and those
that it rests on."""


@dataclass(frozen=True)
class Factors:
    """What a kilowatt-hour is in standard coal (kgce) and in carbon dioxide (kg), by named sets."""

    coal_set: Slug
    coal: Fraction
    carbon_set: Slug
    carbon: Fraction


@dataclass(frozen=True)
class Case:
    """One plant and what could be done there."""

    evidence: tuple[Evidence, ...]
    known: Mapping[str, Recommendation]
    judge: Judge
    budget: int | None
    """Yuan; None: not bounded, which only a plan for a target can be."""
    wishes: Wishes = field(default_factory=Wishes)
    figures: PlantFigures = field(default_factory=PlantFigures)
    needed: frozenset[str] = frozenset()
    """Recommendations of which a trigger holds."""
    asked: frozenset[str] | None = None
    """What the frameworks ask that the plant is rated by; None: all of which there is evidence."""
    results: Results = field(default=lambda _evidence, _framework: {})
    factors: Factors | None = None
    only: frozenset[str] | None = None
    """What alone is on offer, once a set is settled; None: all that can take part."""

    @cached_property
    def aim(self) -> Aim:
        return self.wishes.aim or Aim()

    @property
    def allowed(self) -> int | None:
        """The whole budget in yuan; None where none was named."""
        return self.budget if self.budget is not None else sum(self.wishes.phase_budgets) or None

    @cached_property
    def at_stake(self) -> dict[str, Stake]:
        return stakes(self.judge(self.evidence))

    @cached_property
    def able(self) -> dict[str, Recommendation]:
        """What can take part, in the order of ids; what must be in the plan is among it."""
        self._refuse_unknown()
        kept, without = set(self.wishes.keep), self.wishes.without
        able = candidates(self.known, self._useful, kept | self.needed, without, self.met - kept)
        for id_ in self.wishes.keep:
            if id_ not in able:
                raise InputError(Message(id="plan.kept_apart", params={"id": id_}))
        return able if self.only is None else {id_: r for id_, r in able.items() if id_ in self.only}

    def _refuse_unknown(self) -> None:
        wishes = self.wishes
        for id_ in (*wishes.keep, *wishes.without, *(grant.recommendation for grant in wishes.grants)):
            if id_ not in self.known:
                known = ", ".join(sorted(self.known))
                raise InputError(Message(id="plan.no_such", params={"id": id_, "known": known}))

    def _useful(self, r: Recommendation) -> bool:
        """For a gain: what lifts a requirement known to be below. For a target also what lifts an unknown one or
        one of another framework. For a payback: what has an effect."""
        if self.aim.kind == "target":
            return bool(lift([r], self.evidence))
        if self.aim.kind == "payback" and any(effect.change for effect in r.effects) and self.missing(r.id):
            return True
        return gain([r], self.at_stake) > 0

    @cached_property
    def costs(self) -> dict[str, Fraction]:
        """The middle cost of every recommendation over three years in this plant, in yuan."""
        return {id_: outlay(r, self.figures.amounts).mid for id_, r in self.known.items()}

    @cached_property
    def days(self) -> dict[str, Fraction]:
        """The middle person-days of the plant's own people."""
        amounts = self.figures.amounts
        return {id_: amounts.get(r.effort.per, Fraction(1)) * r.effort.days.mid for id_, r in self.known.items()}

    @cached_property
    def confirmed(self) -> Mapping[str, Fraction]:
        """Confirmed subsidy by recommendation, in yuan: of each at most what it costs."""
        self._refuse_unknown()
        told = confirmed_by((grant.recommendation, grant.amount) for grant in self.wishes.grants)
        return {id_: min(amount, self.costs[id_]) for id_, amount in told.items()}

    @cached_property
    def met(self) -> frozenset[str]:
        """Recommendations of which all that they would lift is there, whatever a trigger says."""
        return frozenset(met(self.known, self.evidence, self.asked))

    def missing(self, id_: str) -> Fraction | None:
        """How much of what a recommendation brings is not there yet; None where nobody knows."""
        return missing_part(self.known[id_], self.evidence)

    def open(self, id_: str) -> tuple[str, ...]:
        """Questions that would tell how much of it is there; none where something is known of it."""
        if self.missing(id_) is not None:
            return ()
        asked = {e.question for e in self.evidence} if self.asked is None else self.asked
        return tuple(item.question for item in self.known[id_].lifts if item.question in asked)

    def gain(self, chosen: Iterable[str]) -> Fraction:
        """Weighted degrees gained by some of the recommendations, in levels."""
        return gain([self.known[id_] for id_ in chosen], self.at_stake, self.needed)

    def waits_for(self, id_: str, there: Collection[str]) -> tuple[str, ...]:
        """Prerequisites, however far back, that are neither met nor among `there`."""
        found: set[str] = set()
        waiting = list(self.known[id_].after)
        while waiting:
            before = waiting.pop()
            if before not in self.met and before not in found:
                found.add(before)
                waiting += self.known[before].after if before in self.known else ()
        return tuple(sorted(found - set(there)))


def split(budget: int) -> tuple[int, ...]:
    """The budget in equal parts; the odd yuan go to the first phases."""
    return tuple(budget // PHASES + (i < budget % PHASES) for i in range(PHASES))


def triggered(
    recommendations: Iterable[Recommendation],
    holds: Callable[[Need], bool],
    measurements: Iterable[Measurement],
) -> frozenset[str]:
    """Recommendations of which a trigger holds for sure: by answers, or by the whole interval of a measurement."""
    measured = {m.indicator: m for m in measurements if m.state is State.MEASURED}
    return frozenset(r.id for r in recommendations if any(_holds(t, holds, measured) for t in r.triggers))


def _holds(trigger: Trigger, holds: Callable[[Need], bool], measured: Mapping[str, Measurement]) -> bool:
    if trigger.need is not None:
        return holds(trigger.need)
    found = measured.get(trigger.indicator or "")
    if found is None or found.low is None or found.high is None:
        return False
    if trigger.at_least is not None:
        return found.low >= trigger.at_least
    return trigger.at_most is not None and found.high <= trigger.at_most
