"""STAND: level and score of many plants by the same frameworks, and nothing else of a result.

What an Assessment opens line by line is reckoned here by the same functions, as far as its end; what hangs on a
library alone is prepared once, and what hangs on a few answers alone is kept. That the end is that of
`rate_library` is held by property tests, for every law.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from assessor.domain import Cut, Evidence, Framework, Gates, Ladder, Question
from assessor.rating import criteria, gates, points
from assessor.rating.asked import under_conditions
from assessor.rating.cuts import after_cuts
from assessor.rating.ladder import Rungs, not_applicable, rungs, set_aside, standing_on
from assessor.rating.values import MOST_KEPT, Kept, Kind, Known, Value, value_of

Stand = tuple[int | None, Fraction | None]
"""Level and score in the verified column under the default variant; None where the framework has none."""
STANDS: Mapping[str, Callable[[Any, Mapping[str, Question], Known], Stand]] = {
    "points-and-scenes": points.stands,
    "formulas": lambda *_: (None, None),
    "bands": criteria.stands,
    "weakest-link": criteria.stands,
    "mean": criteria.stands,
    "gates": gates.stands,
}
"""Every law but the ladder. Figures side by side have neither level nor score. Gates come last."""
Climb = Callable[[Mapping[str, Fraction]], tuple[int, Fraction]]
"""A ladder made ready: from degrees to level and score."""


@dataclass
class Heard:
    """A bank made ready to tell what is known of it at one kind of plant; for all frameworks over this bank."""

    plant: Kind
    statements: Mapping[str, Question]
    conditional: tuple[Question, ...]
    """Questions that are asked on a condition."""
    unheard: Mapping[str, Value]
    """What is known of each statement where there is no Evidence."""
    values: dict[int, tuple[Evidence, Value]] = field(default_factory=dict)
    conditions: Kept = field(default_factory=dict)
    """Whether a question is asked, by the values that this hangs on."""
    last: tuple[Sequence[Evidence], Known] | None = None
    degrees: tuple[Sequence[Evidence], frozenset[str], dict[str, Fraction]] | None = None

    @classmethod
    def of(cls, questions: Iterable[Question], plant: Kind) -> "Heard":
        questions = tuple(questions)
        statements = {s.id: s for question in questions for s in question.statements}
        unheard = {id_: value_of(s, None, "verified") for id_, s in statements.items()}
        return cls(plant, statements, tuple(q for q in questions if q.asked_if is not None), unheard)

    def known(self, evidence: Sequence[Evidence]) -> Known:
        """Every statement with what is known of it, as `asked.known` has it."""
        if self.last is None or self.last[0] is not evidence:
            values = dict(self.unheard)
            values.update([(e.question, self._value(e)) for e in evidence])
            every = Known("verified", values, self.plant, {}, self.conditions)
            self.last = evidence, under_conditions(self.conditional, every)
        return self.last[1]

    def climbing(self, evidence: Sequence[Evidence]) -> tuple[frozenset[str], dict[str, Fraction]]:
        """What a ladder looks at: the requirements that are set aside, and the degrees of others."""
        if self.degrees is None or self.degrees[0] is not evidence:
            degrees = {e.question: e.verified for e in evidence if e.verified is not None}
            self.degrees = evidence, not_applicable(evidence, "verified"), degrees
        return self.degrees[1:]

    def _value(self, evidence: Evidence) -> Value:
        """One value for one Evidence, and the Evidence is held so that its place is no other's."""
        found = self.values.get(id(evidence))
        if found is None:
            if len(self.values) > MOST_KEPT:
                self.values.clear()
            found = evidence, value_of(self.statements[evidence.question], evidence, "verified")
            self.values[id(evidence)] = found
        return found[1]


@dataclass(frozen=True)
class Standings:
    """Frameworks of a library, made ready to rate one kind of plant again and again."""

    frameworks: tuple[Framework, ...]
    """Those for this kind of plant, of a ladder what it has for it; in the order of `rate_library`."""
    heard: Heard
    only: frozenset[str]
    """Those of them that are asked for, by id; and those that the levels of these hang on."""
    asks: Mapping[str, frozenset[str]]
    """Requirements of each ladder, by its id."""
    ladders: dict[tuple[str, tuple[str, ...]], tuple[Ladder, Rungs]] = field(default_factory=dict)
    """Each with what the plant has of it, and its rungs, by its id and by what was cut."""
    kept: dict[str, Kept] = field(default_factory=dict)

    @classmethod
    def of(cls, frameworks: Iterable[Framework], heard: Heard, only: Collection[str] | None = None) -> "Standings":
        plant = heard.plant
        ours = [f.of_plant(plant) if isinstance(f, Ladder) else f for f in frameworks if f.plant in (None, plant)]
        order = ["ladder", *STANDS]
        ours.sort(key=lambda f: (order.index(f.law), f.id))
        named = {f.id for f in ours} if only is None else set(only)
        named |= {id_ for f in ours if isinstance(f, Gates) and f.id in named for id_ in f.rests_on}
        asks = {f.id: frozenset(f.asks) for f in ours if isinstance(f, Ladder)}
        return cls(tuple(ours), heard, frozenset(named), asks)

    def rate(
        self, evidence: Sequence[Evidence], cuts: tuple[Cut, ...], without: Collection[str] = ()
    ) -> dict[str, Stand]:
        """By framework id; `without`: those that nobody asks for this time."""
        aside, degrees = self.heard.climbing(evidence)
        found: dict[str, Stand] = {}
        for framework in (f for f in self.frameworks if f.id in self.only and f.id not in without):
            if isinstance(framework, Ladder):
                found[framework.id] = self._climbed(framework, cuts, aside)(degrees)
            else:
                kept = self.kept.setdefault(framework.id, {})
                # a formal level hangs on formal levels alone: how high another may be makes no difference to it
                levels = {id_: (level, level) for id_, (level, _) in found.items() if level is not None}
                told = replace(self.heard.known(evidence), levels=levels, kept=kept)
                found[framework.id] = STANDS[framework.law](framework, self.heard.statements, told)
        return found

    def _climbed(self, framework: Ladder, cuts: tuple[Cut, ...], aside: frozenset[str]) -> Climb:
        """The ladder, made ready for plants with these cuts, for one that sets these requirements aside."""
        key = (framework.id, tuple(cut.dimension for cut in cuts))
        if key not in self.ladders:
            if len(self.ladders) > MOST_KEPT // 100:
                self.ladders.clear()
            ladder, own = after_cuts(framework, cuts, [f for f in self.frameworks if isinstance(f, Ladder)])
            self.ladders[key] = ladder, rungs(ladder, own, ())
        ladder, climbed = self.ladders[key]
        return standing_on(ladder, set_aside(climbed, aside & self.asks[framework.id]))
