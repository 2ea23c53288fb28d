"""An open sum in which answers are tried: one is changed, and only the lines above it are worked out anew.

For looking for answers, thousands of times faster than rating. What is found is rated afterwards: a tree stays as
it was rated first, while other answers may also change which questions are asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.domain import Operation, TableStep, Term
from assessor.rating.ends import End, ends

MARKS = ("reaches", "within", "run", "steps")
"""Lines that answers must reach something in."""


@dataclass(eq=False, slots=True)
class Line:
    """A term whose ends may change."""

    term: Term
    how: Operation
    low: End
    high: End
    factor: Fraction
    at: End
    table: Sequence[TableStep]
    of: list["Line"] = field(default_factory=list)
    above: list["Line"] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.low == 1

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question below, in order, each once; below a line that repeats another is what that one has."""
        asked = (line.term.question for line in self.below())
        return tuple(dict.fromkeys(question for question in asked if question is not None))

    def below(self) -> Iterator["Line"]:
        """This line and all that it rests on, each once."""
        seen, waiting = set[int](), [self]
        while waiting:
            line = waiting.pop()
            if id(line) not in seen:
                seen.add(id(line))
                yield line
                waiting += reversed(line.of)


class Trial:
    """The lines of one sum."""

    def __init__(self, whole: Term) -> None:
        lines: dict[str, Line] = {}
        terms = [whole]
        for term in terms:
            lines[term.id] = Line(term, term.how, term.low, term.high, term.factor, term.at, term.table)
            terms += term.of
        self.whole = lines[whole.id]
        self.answers: dict[str, list[Line]] = {}
        self.worth = Fraction(0)
        """How much is reached in all of the tree: more is better."""
        for line in lines.values():
            parts = [line.term.ref] if line.term.ref is not None else [part.id for part in line.term.of]
            line.of = [lines[part] for part in parts]
            for part in line.of:
                part.above.append(line)
            if line.how == "answer" and line.term.question is not None:
                self.answers.setdefault(line.term.question, []).append(line)
            if line.how in MARKS:
                self.worth += line.low or 0

    def give(self, question: str, value: Fraction) -> None:
        """Answer one question otherwise."""
        waiting: list[Line] = []
        for line in self.answers.get(question, ()):
            if line.low != value:
                line.low = line.high = value
                waiting += line.above
        while waiting:
            line = waiting.pop()
            low, high = ends(line.how, line.of, line.at, line.table)
            if (low, high) != (line.low, line.high):
                if line.how in MARKS:
                    self.worth += (low or 0) - (line.low or 0)
                line.low, line.high = low, high
                waiting += line.above

    def turned(self, question: str, values: Sequence[Fraction], now: Fraction, sign: int) -> Fraction:
        """Of these values the one that serves the whole best (or, with -1, worst), now given."""
        self.give(question, now)
        best, most = now, sign * self.worth
        for value in values:
            self.give(question, value)
            if sign * self.worth > most:
                best, most = value, sign * self.worth
        self.give(question, best)
        return best

    def stairs(self) -> list[list[Line]]:
        """Lines that levels may rest on, each in its order: the parts of every run, the shallowest run first, and
        the comparisons that are met first on the way down."""
        runs, seen, row = list[list[Line]](), set[int](), [self.whole]
        compared = [line for line in self._met(self.whole, set()) if line.how in ("reaches", "within")]
        while row:
            below: list[Line] = []
            for line in row:
                if id(line) not in seen:
                    seen.add(id(line))
                    runs += [line.of] if line.how == "run" else []
                    below += line.of
            row = below
        return [*runs, compared]

    def _met(self, line: Line, seen: set[int]) -> Iterator[Line]:
        if id(line) in seen:
            return
        seen.add(id(line))
        if line.how in ("reaches", "within", "run"):
            yield line
        else:
            for part in line.of:
                yield from self._met(part, seen)

    def descent(
        self, stair: Sequence[Line], given: Mapping[str, Fraction], values: Mapping[str, Sequence[Fraction]]
    ) -> Iterator[dict[str, Fraction]]:
        """Answers as one line after the other is broken, the last first, those before it being kept."""
        now = dict(given)
        for n in reversed(range(len(stair))):
            kept = [line for line in stair[:n] if line.holds]
            if stair[n].holds and self._broken(stair[n], kept, now, values):
                yield dict(now)

    def _broken(
        self, line: Line, kept: Sequence[Line], now: dict[str, Fraction],
        values: Mapping[str, Sequence[Fraction]],
    ) -> bool:  # fmt: skip
        """Answers below a line are withdrawn, each as far as what is to be kept allows, until it does not hold."""
        for question in line.questions:
            if question not in now:
                continue  # what stands in the tree without being asked of this framework
            before = now[question]
            for value in sorted(values[question], key=lambda v: -abs(v - before)):
                self.give(question, value)
                if all(other.holds for other in kept):
                    break  # at the latest as it was before, which is the nearest of the values
            now[question] = value
            if not line.holds:
                return True
        return False
