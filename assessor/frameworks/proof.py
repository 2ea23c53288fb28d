"""PROVE that a framework can be reached: for every level there are answers that give it, by its own law.

Nothing here knows a law. Good answers are found in the open sum of the best ones (`trial`). From them answers
are withdrawn so that its lines fall one after the other, the last first; a level not found so is looked for on a
climb from the worst answers to the best, by halves, since better answers never lower a level. Everything found is
rated by `rate_library` before it counts. What was not found is named: nobody then can reach it, or no way of ours
does, and both want a look.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from assessor.domain import Evidence, Framework, Message, Need, Noun, Question, Result, Text, Verdict
from assessor.frameworks.trial import Trial
from assessor.frameworks.walk import walk
from assessor.rating import Kind, rate_library

KINDS: tuple[Kind, ...] = ("discrete", "process")
FIGURES = (Fraction(0), Fraction(1), Fraction(100), Fraction(10**6))
"""What numbers and counts are tried at, besides the bounds that the framework names."""
ROUNDS = 3
"""How often the best answers are turned: better ones may bring questions that were not asked before."""
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
    lacking: tuple[Text, ...] = ()
    """Where levels were missed: what does not hold even with the best answers that were found."""


def reach(
    framework: Framework, frameworks: Mapping[str, Framework], questions: Mapping[str, Question]
) -> tuple[Reach, ...]:
    """Every variant at every kind of plant the framework is for; nothing where it has no levels.

    `frameworks`: all that are held, since a level may rest on the level of another. `questions`: the bank.
    """
    if not framework.grades:
        return ()
    kinds = [kind for kind in KINDS if framework.plant in (None, kind)]
    return tuple(found for kind in kinds for found in _Search(framework, frameworks, questions, kind).found())


class _Search:
    """The search for one framework at one kind of plant."""

    def __init__(
        self, framework: Framework, held: Mapping[str, Framework], questions: Mapping[str, Question], kind: Kind
    ) -> None:
        self.framework, self.kind = framework, kind
        self.rated_by = with_others(framework, held)
        self.questions = put(self.rated_by, questions)
        names = _names(self.rated_by, questions.values())
        statements = sorted((s for q in self.questions for s in q.statements if s.id in names), key=lambda s: s.id)
        self.statements = {statement.id: statement for statement in statements}
        bounds = _bounds((*self.rated_by, *self.questions))
        self.values = {id_: _values(s, bounds.get(id_, set())) for id_, s in self.statements.items()}
        self.wanted = {grade.number for grade in framework.grades}
        self.seen: dict[str, set[int]] = {}

    def found(self) -> Iterator[Reach]:
        best, results = self._best()
        for result in results:
            self._descend(best, result)
        if not self._all_seen():
            self._climb(best, results[0])
        for result in results:
            seen = self.seen[result.variant]
            missed = tuple(sorted(self.wanted - seen))
            lacking = _lacking(result) if missed else ()
            yield Reach(self.kind, result.variant, tuple(sorted(seen & self.wanted)), missed, lacking)

    def _all_seen(self) -> bool:
        return bool(self.seen) and all(seen >= self.wanted for seen in self.seen.values())

    def _rated(self, given: Given) -> tuple[Result, ...]:
        """Answers by the law itself, a result a variant; the levels they give are seen."""
        evidence = [_evidence(question, value) for question, value in given.items()]
        found = rate_library(self.rated_by, self.questions, evidence, (), self.kind, ("declared",))
        results = next(rated.results for rated in found if rated.head.id == self.framework.id)
        for result in results:
            self.seen.setdefault(result.variant, set()).add(result.level or 0)
        return results

    # The best answers

    def _best(self) -> tuple[Given, tuple[Result, ...]]:
        """The top of every scale; of what may count either way (numbers, counts, shares) what serves best."""
        given = {id_: values[-1] for id_, values in self.values.items()}
        for _ in range(ROUNDS):
            results, before = self._rated(given), dict(given)
            self._turn(Trial(results[0].sum), given, 1)
            if given == before:
                return given, results
        return given, self._rated(given)

    def _turn(self, trial: Trial, given: dict[str, Fraction], sign: int) -> None:
        for id_, statement in self.statements.items():
            if statement.scale is None:
                given[id_] = trial.turned(id_, self.values[id_], given[id_], sign)

    # Down from the best answers

    def _descend(self, best: Given, result: Result) -> None:
        """Line by line of the sum of one variant, of those lines first that stand nearest to its result."""
        stair, stairs = 0, 1
        while stair < stairs and not self.seen[result.variant] >= self.wanted:
            trial = Trial(result.sum)
            found = trial.stairs()
            for given in trial.descent(found[stair], best, self.values):
                self._rated(given)
                if self.seen[result.variant] >= self.wanted:
                    return
            stair, stairs = stair + 1, len(found)

    # Up from the worst

    def _climb(self, best: Given, result: Result) -> None:
        trial = Trial(result.sum)
        worst = {id_: values[0] for id_, values in self.values.items()}
        self._turn(trial, worst, -1)
        for climb in self._orders(trial, worst, best):
            self._search(worst, climb)
            if self._all_seen():
                return  # the rest of the climbs would show nothing new

    def _search(self, worst: Given, climb: Sequence[Step]) -> None:
        """By halves: between two points of a climb with the same levels there are no others."""

        def levels(count: int) -> list[int]:
            return [result.level or 0 for result in self._rated({**worst, **dict(climb[:count])})]

        waiting = [(0, levels(0), len(climb), levels(len(climb)))]
        while waiting and not self._all_seen():
            low, under, high, over = waiting.pop()
            if under == over or high - low < 2:
                continue
            middle = (low + high) // 2
            between = levels(middle)
            waiting += [(middle, between, high, over), (low, under, middle, between)]

    def _orders(self, trial: Trial, worst: Given, best: Given) -> Iterator[list[Step]]:
        """Question by question as the open sum has them, from its other end, and step by step of all questions."""
        order = [id_ for id_ in trial.whole.questions if id_ in best]
        others = [id_ for id_ in best if id_ not in set(order)]
        yield [(id_, best[id_]) for id_ in [*others, *order]]
        yield [(id_, best[id_]) for id_ in [*others, *reversed(order)]]
        paths = {id_: self._between(id_, worst[id_], best[id_]) for id_ in [*others, *order]}
        longest = max(map(len, paths.values()))
        yield [(id_, path[n]) for n in range(longest) for id_, path in paths.items() if n < len(path)]

    def _between(self, id_: str, low: Fraction, high: Fraction) -> list[Fraction]:
        """The steps from one answer to another, without the first."""
        steps = [value for value in self.values[id_] if min(low, high) <= value <= max(low, high)]
        return [value for value in sorted(steps, reverse=low > high) if value != low] or [high]


def _lacking(result: Result) -> tuple[Text, ...]:
    """What does not hold: the first such line of the stair nearest to the result, and what fails just below it."""
    first = next((line for line in Trial(result.sum).stairs()[0] if not line.holds), None)
    failing = [] if first is None else [first, *(line for line in first.of if not line.holds)]
    return tuple(line.term.name for line in failing if isinstance(line.term.name, Text))


def _values(statement: Question, bounds: Collection[Fraction]) -> list[Fraction]:
    """What a statement may be answered with, as far as conditions can tell the difference; rising."""
    if statement.scale is not None:
        return list(statement.scale)
    top = statement.top
    found = {*bounds, *(FIGURES if top is None else (Fraction(0), Fraction(1)))}
    return sorted(value for value in found if top is None or value <= top)


def with_others(framework: Framework, held: Mapping[str, Framework]) -> tuple[Framework, ...]:
    """A framework and every other that it names, however far back: gates rest on levels of others."""
    found, waiting = {framework.id: framework}, [framework]
    while waiting:
        strings = {value for _, value in walk(waiting.pop()) if isinstance(value, str)}
        for id_ in strings & set(held) - set(found):
            found[id_] = held[id_]
            waiting.append(held[id_])
    return tuple(found.values())


def put(frameworks: Sequence[Framework], questions: Mapping[str, Question]) -> tuple[Question, ...]:
    """Questions of the bank that a result by these frameworks can hang on; all others leave it as it is."""
    names = _names(frameworks, questions.values())
    return tuple(q for q in questions.values() if not names.isdisjoint(_ids(q)))


def _names(frameworks: Sequence[Framework], questions: Collection[Question]) -> set[str]:
    """Statements that are rated, named in a condition, or a condition of being asked."""
    needs = [value for f in frameworks for _, value in walk(f) if isinstance(value, Need)]
    found = {id_ for f in frameworks for id_ in f.asks} | {id_ for need in needs for id_ in need.names()}
    before: set[str] = set()
    while found != before:
        before = set(found)
        asked_if = [q.asked_if for q in questions if q.asked_if and not found.isdisjoint(_ids(q))]
        found |= {name for need in asked_if for name in need.names()}
    return found


def _ids(question: Question) -> set[str]:
    return {question.id} | {option.id for option in question.options}


def _bounds(nouns: Sequence[Noun]) -> dict[str, set[Fraction]]:
    """Values that conditions of frameworks and questions hold an answer against, by statement."""
    found: dict[str, set[Fraction]] = {}
    for noun in nouns:
        for _, value in walk(noun):
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
