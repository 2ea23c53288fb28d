"""PROVE that a framework can be reached: for every level there are answers that give it, by its own law.

Nothing here knows a law. Answers climb from the worst to the best, a step of one question at a time, and are
rated by `rate_library`; since better answers never lower a level, a climb is searched by halves. Several orders
are climbed, first that of the open sum, until each level was given under each variant. What was not reached is
named: nobody then can reach it, or no climb of ours does, and both want a look.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from assessor.domain import Evidence, Framework, Message, Need, Question, Rated, Term, Verdict
from assessor.frameworks.walk import walk
from assessor.rating import Kind, rate_library

KINDS: tuple[Kind, ...] = ("discrete", "process")
FIGURES = (Fraction(0), Fraction(1), Fraction(100), Fraction(10**6))
"""What numbers and counts are tried at, besides the bounds that the framework names."""
Given = Mapping[str, Fraction]
"""Answers by statement."""
Step = tuple[str, Fraction]


@dataclass(frozen=True)
class Reach:
    """Which levels answers were found for, of one variant at one kind of plant."""

    plant: Kind
    variant: str
    reached: tuple[int, ...]
    missed: tuple[int, ...]


def reach(
    framework: Framework, frameworks: Mapping[str, Framework], questions: Mapping[str, Question]
) -> tuple[Reach, ...]:
    """Every variant at every kind of plant the framework is for; nothing where it has no levels.

    `frameworks`: all that are held, since a level may rest on the level of another. `questions`: the bank.
    """
    if not framework.grades:
        return ()
    kinds = [kind for kind in KINDS if framework.plant in (None, kind)]
    return tuple(found for kind in kinds for found in _Climbs(framework, frameworks, questions, kind).found())


class _Climbs:
    """The search for one framework at one kind of plant."""

    def __init__(
        self, framework: Framework, held: Mapping[str, Framework], questions: Mapping[str, Question], kind: Kind
    ) -> None:
        self.framework, self.kind = framework, kind
        self.rated_by = with_others(framework, held)
        statements = {s.id: s for question in questions.values() for s in question.statements}
        names = _names(self.rated_by, statements, questions)
        self.statements = {id_: statements[id_] for id_ in sorted(names)}
        parents = {s.part_of or id_ for id_, s in self.statements.items()}
        self.questions = tuple(question for id_, question in questions.items() if id_ in parents)
        self.bounds = _bounds(self.rated_by)
        self.seen: dict[str, set[int]] = {}

    def found(self) -> Iterator[Reach]:
        best, worst = self._best(), self._worst()
        wanted = {grade.number for grade in self.framework.grades}
        for climb in self._orders(worst, best):
            self._search(worst, climb)
            if all(seen >= wanted for seen in self.seen.values()):
                break  # the rest of the climbs would show nothing new
        for variant, seen in self.seen.items():
            yield Reach(self.kind, variant, tuple(sorted(seen & wanted)), tuple(sorted(wanted - seen)))

    def _rated(self, given: Given) -> Rated:
        evidence = [_evidence(question, value) for question, value in given.items()]
        rated = rate_library(self.rated_by, self.questions, evidence, (), self.kind, ("declared",))
        return next(r for r in rated if r.head.id == self.framework.id)

    def _levels(self, given: Given) -> tuple[int, ...]:
        results = self._rated(given).results
        levels = tuple(result.level or 0 for result in results)
        for result, level in zip(results, levels, strict=True):
            self.seen.setdefault(result.variant, set()).add(level)
        return levels

    def _search(self, worst: Given, climb: Sequence[Step]) -> None:
        """By halves: between two points of a climb with the same levels there are no others."""

        def at(count: int) -> Given:
            return {**worst, **dict(climb[:count])}

        wanted = {grade.number for grade in self.framework.grades}
        waiting = [(0, self._levels(at(0)), len(climb), self._levels(at(len(climb))))]
        while waiting and not all(seen >= wanted for seen in self.seen.values()):
            low, under, high, over = waiting.pop()
            if under == over or high - low < 2:
                continue
            middle = (low + high) // 2
            levels = self._levels(at(middle))
            waiting += [(middle, levels, high, over), (low, under, middle, levels)]

    def _orders(self, worst: Given, best: Given) -> Iterator[list[Step]]:
        """Question by question as the open sum has them, from its other end, and step by step of all questions."""
        open_sum = self._rated(best).results[0].sum
        order = dict.fromkeys(id_ for id_ in _in_order(open_sum) if id_ in best)
        others = [id_ for id_ in best if id_ not in order]
        questions = [*others, *order]
        yield [(id_, best[id_]) for id_ in questions]
        yield [(id_, best[id_]) for id_ in [*others, *reversed(questions[len(others) :])]]
        paths = {id_: self._between(id_, worst[id_], best[id_]) for id_ in questions}
        longest = max(map(len, paths.values()))
        yield [(id_, paths[id_][n]) for n in range(longest) for id_ in questions if n < len(paths[id_])]

    def _between(self, id_: str, low: Fraction, high: Fraction) -> list[Fraction]:
        """The steps from one answer to another, without the first."""
        steps = [value for value in self._values(id_) if min(low, high) <= value <= max(low, high)]
        return [value for value in sorted(steps, reverse=low > high) if value != low] or [high]

    def _values(self, id_: str) -> list[Fraction]:
        """What a statement may be answered with, as far as the framework can tell the difference."""
        statement = self.statements[id_]
        if statement.scale is not None:
            return list(statement.scale)
        top = statement.top
        found = {*self.bounds.get(id_, ()), *(FIGURES if top is None else (Fraction(0), Fraction(1)))}
        return sorted(value for value in found if top is None or value <= top)

    def _best(self) -> Given:
        return self._turned({id_: self._values(id_)[-1] for id_ in self.statements}, 1)

    def _worst(self) -> Given:
        return self._turned({id_: self._values(id_)[0] for id_ in self.statements}, -1)

    def _turned(self, given: dict[str, Fraction], sign: int) -> Given:
        """Of what may count either way (numbers, counts, shares) the values that serve best, or worst."""

        def worth(trial: Given) -> tuple[Fraction, Fraction]:
            result = self._rated(trial).results[0]
            return sign * Fraction(result.level or 0), sign * (result.score or Fraction(0))

        value = worth(given)
        either = [id_ for id_, s in self.statements.items() if s.scale is None]
        if worth({**given, **{id_: self._values(id_)[-1 if sign < 0 else 0] for id_ in either}}) == value:
            return given  # figures that stand beside and decide nothing
        for id_ in either:
            for other in self._values(id_):
                if other != given[id_] and (better := worth({**given, id_: other})) > value:
                    given, value = {**given, id_: other}, better
        return given


def _in_order(open_sum: Term) -> Iterator[str]:
    """Questions as a sum comes to them; a line that repeats another stands for what is below that one."""
    lines: dict[str, Term] = {}
    waiting = [open_sum]
    while waiting:
        term = waiting.pop()
        lines[term.id] = term
        waiting += term.of
    waiting, seen = [open_sum], set[str]()
    while waiting:
        term = waiting.pop()
        if term.id in seen:
            continue
        seen.add(term.id)
        if term.question is not None:
            yield term.question
        waiting += [lines[term.ref]] if term.ref in lines else reversed(term.of)


def with_others(framework: Framework, held: Mapping[str, Framework]) -> tuple[Framework, ...]:
    """A framework and every other that it names, however far back: gates rest on levels of others."""
    found, waiting = {framework.id: framework}, [framework]
    while waiting:
        strings = {value for _, value in walk(waiting.pop()) if isinstance(value, str)}
        for id_ in strings & set(held) - set(found):
            found[id_] = held[id_]
            waiting.append(held[id_])
    return tuple(found.values())


def _names(
    frameworks: Sequence[Framework], statements: Collection[str], questions: Mapping[str, Question]
) -> set[str]:
    """Statements that a result can hang on: rated, named in a condition, or a condition of being asked."""
    needs = [value for f in frameworks for _, value in walk(f) if isinstance(value, Need)]
    found = {id_ for f in frameworks for id_ in f.asks} | {id_ for need in needs for id_ in need.names()}
    before: set[str] = set()
    while found != before:
        before = set(found)
        asked = [q for q in questions.values() if q.asked_if and any(s.id in found for s in q.statements)]
        found |= {name for q in asked if q.asked_if for name in q.asked_if.names()}
    return found & set(statements)


def _bounds(frameworks: Sequence[Framework]) -> dict[str, set[Fraction]]:
    """Values that conditions of the frameworks hold an answer against, by statement."""
    found: dict[str, set[Fraction]] = {}
    for framework in frameworks:
        for _, value in walk(framework):
            if isinstance(value, Need) and value.question is not None:
                bounds = {bound for bound in (value.at_least, value.at_most) if bound is not None}
                found.setdefault(value.question, set()).update(bounds)
    return found


@cache
def _evidence(question: str, value: Fraction) -> Evidence:
    return Evidence(
        question=question,
        claim=value,
        claimed="answered",
        verified=value,
        verdict=Verdict.UNTESTED,
        why=Message(id="verdict.no_test"),
    )
