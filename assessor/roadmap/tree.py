"""An open sum as rows of a programme: how far its lines may be lifted, so that any law can be asked for a target.

Each line becomes at most what it could be; since better answers never lower a level, that is what a search for the
cheapest way needs. Where a line could be less than its rows say (a product, the greatest of several amounts), the
law itself is asked about the result and has the last word. A line that might fall as answers rise stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.domain import Message, Recommendation, Term, Text
from assessor.roadmap.solver import Programme

ROUNDING = 1e-9
CONDITIONS = ("least", "most", "run", "reaches", "within")
"""Lines that hold or do not."""
ENOUGH = "term.enough_"
"""Texts of conditions that stand for themselves; others only say what kind of line it is."""
NAMED = 12
"""How many lines are named of what stays missing."""


@dataclass(frozen=True)
class Linear:
    """A constant and factors of variables, none of them negative."""

    constant: float
    terms: Mapping[int, float] = field(default_factory=dict)
    most: float = 0.0
    """The highest that it can be."""

    @classmethod
    def of(cls, constant: float) -> "Linear":
        return cls(constant, {}, constant)


class Tree:
    """The sums of some frameworks, of which one may rest on the level of another."""

    def __init__(
        self,
        programme: Programme,
        sums: Mapping[str, Term],
        able: Mapping[str, Recommendation],
        done: Callable[[str], int],
    ) -> None:
        self.programme, self.able, self.done, self.sums = programme, able, done, sums
        self.index = {f: {term.id: term for term in _walk(whole)} for f, whole in sums.items()}
        self.found: dict[tuple[str, str], Linear] = {}
        self.lifts: dict[str, list[tuple[Fraction, str]]] = {}
        for id_, r in able.items():
            for lift in r.lifts:
                self.lifts.setdefault(lift.question, []).append((lift.to, id_))
        self.steps: dict[tuple[str, Fraction], int] = {}

    def require(self, framework: str, level: int) -> bool:
        """Put the target into the programme; False where it is out of reach whatever is done."""
        value = self.value(framework, level_of(self.sums[framework]))
        if value.most < level - ROUNDING:
            return False
        self.programme.at_least(level - value.constant - ROUNDING, value.terms)
        return True

    def value(self, framework: str, term: Term) -> Linear:
        """What a line can be."""
        key = framework, term.id
        if key not in self.found:
            self.found[key] = self._made(framework, term)
        return self.found[key]

    def _made(self, framework: str, term: Term) -> Linear:
        if term.how == "answer":
            return self._answer(term)
        below = [self.value(framework, part) for part in term.of]
        factors = [float(part.factor) for part in term.of]
        if term.how == "same":
            return self.value(framework, self.index[framework][term.ref or ""])
        if not any(part.terms for part in below):
            return Linear.of(float(term.low or 0))
        if term.how in ("sum", "mean", "ratio", "product"):
            return self._reckoned(term, below, factors)
        match term.how:
            case "least":
                return self._under(below)
            case "most":
                return self._over(below)
            case "run":
                return self._run(below)
            case "reaches":
                return self._reaches(term.of[0], below[0], float(term.at or 0))
            case "steps":
                return self._steps(term, below[0])
        return Linear.of(float(term.low or 0))

    def _reckoned(self, term: Term, below: list[Linear], factors: list[float]) -> Linear:
        if term.how == "product":
            return self._under(below) if max(part.most for part in below) <= 1 + ROUNDING else _scaled(below, term)
        if term.how == "ratio":
            fixed = below[1].terms or not below[1].constant
            return Linear.of(float(term.low or 0)) if fixed else _sum(below[:1], [1 / below[1].constant])
        whole = sum(factors) if term.how == "mean" else 1.0
        return _sum(below, [factor / whole for factor in factors])

    def _answer(self, term: Term) -> Linear:
        """Steps up from what it is now, each reached as soon as someone brings it."""
        now = term.low or Fraction(0)
        if term.framework in self.sums and term.question is None:
            return self.value(term.framework or "", level_of(self.sums[term.framework or ""]))
        terms: dict[int, float] = {}
        below = now
        for to in sorted({to for to, _ in self.lifts.get(term.question or "", ()) if to > now}):
            terms[self._step(term.question or "", to)] = float(to - below)
            below = to
        return Linear(float(now), terms, float(below))

    def _step(self, question: str, to: Fraction) -> int:
        by = [self.done(id_) for target, id_ in self.lifts[question] if target >= to]
        if len(by) == 1:
            return by[0]
        if (question, to) not in self.steps:
            z = self.steps[question, to] = self.programme.variable()
            self.programme.at_most(0, {z: 1.0} | dict.fromkeys(by, -1.0))
        return self.steps[question, to]

    def _under(self, parts: list[Linear]) -> Linear:
        """At most each of them."""
        v = self.programme.variable(min(part.most for part in parts))
        for part in parts:
            self.programme.at_most(part.constant, {v: 1.0} | {z: -f for z, f in part.terms.items()})
        return Linear(0.0, {v: 1.0}, self.programme.bounds[v])

    def _over(self, parts: list[Linear]) -> Linear:
        """At most all of them together, and no more than the greatest can be."""
        whole = _sum(parts, [1.0] * len(parts))
        v = self.programme.variable(max(part.most for part in parts))
        self.programme.at_most(whole.constant, {v: 1.0} | {z: -f for z, f in whole.terms.items()})
        return Linear(0.0, {v: 1.0}, self.programme.bounds[v])

    def _run(self, parts: list[Linear]) -> Linear:
        """Each counts if it holds and the one before counts."""
        terms: dict[int, float] = {}
        before: int | None = None
        for part in parts:
            t = self.programme.variable(whole=True)
            self.programme.at_most(part.constant, {t: 1.0} | {z: -f for z, f in part.terms.items()})
            if before is not None:
                self.programme.at_most(0, {t: 1.0, before: -1.0})
            terms[t], before = 1.0, t
        return Linear(0.0, terms, float(len(parts)))

    def _reaches(self, term: Term, value: Linear, at: float) -> Linear:
        """1 once it is there. Of a single answer that is one of its steps."""
        if value.constant >= at - ROUNDING:
            return Linear.of(1.0)
        if value.most < at - ROUNDING:
            return Linear.of(0.0)
        if term.how == "answer" and term.question is not None:
            to = min(to for to, _ in self.lifts[term.question] if float(to) >= at - ROUNDING)
            return Linear(0.0, {self._step(term.question, to): 1.0}, 1.0)
        b = self.programme.variable(whole=True)
        rising = at - value.constant - ROUNDING
        self.programme.at_most(0, {b: rising} | {z: -f for z, f in value.terms.items()})
        return Linear(0.0, {b: 1.0}, 1.0)

    def _steps(self, term: Term, value: Linear) -> Linear:
        """A table that only rises: each of its steps where it is reached."""
        gives = [step.gives for step in term.table]
        if gives != sorted(gives):
            return Linear.of(float(term.low or 0))
        parts, factors, below = [], [], Fraction(0)
        for step in term.table:
            at = float(step.from_) if step.from_ is not None else float(step.above or 0) + 10 * ROUNDING
            parts.append(self._reaches(term.of[0], value, at))
            factors.append(float(step.gives - below))
            below = step.gives
        return _sum(parts, factors)


def level_of(whole: Term) -> Term:
    """The line of a framework's sum that is its level."""
    return next((term for term in whole.of if term.id == "level"), whole)


def lacking(whole: Term, level: int) -> tuple[Text | Message, ...]:
    """What keeps a sum from a level: conditions that do not hold, and what of them is short, heaviest first."""
    index = {term.id: term for term in _walk(whole)}
    found = dict[str, Text | Message]()
    for name in _lacking(level_of(whole), index, level, set()):
        found.setdefault(repr(name), name)
    return tuple(found.values())[:NAMED]


def _lacking(term: Term, index: Mapping[str, Term], level: int, seen: set[str]) -> Iterator[Text | Message]:
    if term.id in seen:
        return
    seen.add(term.id)
    for part in _short(term, level):
        target = index[part.ref] if part.ref else part
        held, name = target.how in CONDITIONS, target.name
        if isinstance(name, Text) or (name is not None and name.id.startswith(ENOUGH)):
            yield name
        if held or not isinstance(target.name, Text):
            yield from _lacking(target, index, level, seen)


def _short(term: Term, level: int) -> list[Term]:
    """The parts of a line that keep it low."""
    if term.how == "run":
        return [part for part in term.of[:level] if part.low != 1][:1]
    if term.how in ("reaches", "steps", "ratio"):
        return list(term.of[:1])
    short = [part for part in term.of if part.how != "constant" and (part.low is None or part.low < 1)]
    if term.how in ("sum", "mean") and not any(isinstance(part.name, Text) for part in short):
        return short[:1]  # such as level after level: the first that is not there
    return sorted(short, key=lambda part: -part.factor * (1 - (part.low or 0)))


def _walk(term: Term) -> Iterator[Term]:
    yield term
    for part in term.of:
        yield from _walk(part)


def _sum(parts: list[Linear], factors: list[float]) -> Linear:
    terms: dict[int, float] = {}
    for part, factor in zip(parts, factors, strict=True):
        for z, f in part.terms.items():
            terms[z] = terms.get(z, 0.0) + factor * f
    constant = sum(factor * part.constant for part, factor in zip(parts, factors, strict=True))
    most = sum(factor * part.most for part, factor in zip(parts, factors, strict=True))
    return Linear(constant, terms, most)


def _scaled(parts: list[Linear], term: Term) -> Linear:
    """A product of one line that may rise and of others that do not; of more than one it stays as it is."""
    rising = [part for part in parts if part.terms]
    if len(rising) != 1:
        return Linear.of(float(term.low or 0))
    factor = 1.0
    for part in parts:
        factor *= 1.0 if part.terms else part.constant
    return _sum(rising, [factor])
