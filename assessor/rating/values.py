"""What is known of each question in one column: the only thing a law learns about a plant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, TypeVar

from assessor.domain import Evidence, Need, Question, Term

M = TypeVar("M")

Column = Literal["declared", "verified"]
COLUMNS: tuple[Column, ...] = ("declared", "verified")
Kind = Literal["discrete", "process"]
"""Of plant."""
Source = Literal["answer", "rubric", "measured", "settled", "unknown"]


@dataclass(frozen=True)
class Value:
    """An answer in one column. Both ends None: a number that nobody gave."""

    low: Fraction | None
    high: Fraction | None
    source: Source
    applies: bool = True
    """False: set aside as not applicable, as if the question did not exist."""

    @cached_property
    def _digest(self) -> int:
        return hash((self.low, self.high, self.source, self.applies))

    def __hash__(self) -> int:
        """Reckoned once: of fractions it is slow, and what is kept by values is looked up by the thousand."""
        return self._digest


Kept = dict[Any, Any]
"""What hangs on a framework and some values alone, by its place in the tree and these values."""
MOST_KEPT = 100_000

ASIDE = Value(None, None, "unknown", applies=False)


@dataclass(frozen=True)
class Known:
    """Everything a law may look at: values by question, the kind of plant, levels by other frameworks."""

    column: Column
    values: Mapping[str, Value]
    plant: Kind
    levels: Mapping[str, tuple[int, int]]
    """Formal level and highest possible level by framework id, under its default variant, in this column."""
    kept: Kept | None = field(default=None, compare=False)
    """Of one framework and one kind of plant, where many plants are rated; None: nothing is kept."""

    def once(self, id_: str, names: Callable[[], Iterable[str]], make: Callable[[], M]) -> M:
        """What `make` gives: a piece of the tree that hangs on the values of these questions alone. Plants that
        answer them alike share it."""
        kept = self.kept
        if kept is None:
            return make()
        asked = kept.get(id_)
        if asked is None:
            asked = kept[id_] = tuple(dict.fromkeys(names()))
        key = (id_, *map(self.values.get, asked))
        if key not in kept:
            if len(kept) > MOST_KEPT:
                kept.clear()
                kept[id_] = asked
            kept[key] = make()
        found: M = kept[key]
        return found

    def after(self, id_: str, term: Term, make: Callable[[], M]) -> M:
        """The same of what hangs on one piece that was kept. It is held, so that its place is no other's."""
        kept = self.kept
        if kept is None:
            return make()
        key = (id_, id(term))
        if key not in kept:
            kept[key] = term, make()
        found: M = kept[key][1]
        return found

    def value(self, question: str) -> Value:
        """What is known of a question; of one that nobody ever met, nothing."""
        return self.values.get(question, Value(None, None, "unknown"))

    def holds(self, need: Need) -> tuple[bool, bool] | None:
        """(holds for sure, may hold); None where the need speaks only of what is not applicable."""
        if need.plant is not None:
            same = need.plant == self.plant
            return same, same
        if need.question is not None:
            return self._held(need)
        parts = [part for part in (self.holds(n) for n in (*need.all, *need.any)) if part is not None]
        if not parts:
            return None
        several = all if need.all else any
        return several(sure for sure, _ in parts), several(may for _, may in parts)

    def _held(self, need: Need) -> tuple[bool, bool] | None:
        value = self.value(need.question or "")
        if not value.applies:
            return None
        if value.low is None or value.high is None:
            return False, True
        if need.at_least is not None:
            return value.low >= need.at_least, value.high >= need.at_least
        assert need.at_most is not None
        return value.high <= need.at_most, value.low <= need.at_most


def values(questions: Iterable[Question], evidence: Iterable[Evidence], column: Column) -> dict[str, Value]:
    """Every statement of the bank with what is known of it. Without evidence it is open: 0 to its best answer."""
    by_question = {e.question: e for e in evidence}
    statements = (statement for question in questions for statement in question.statements)
    return {s.id: value_of(s, by_question.get(s.id), column) for s in statements}


def value_of(question: Question, evidence: Evidence | None, column: Column) -> Value:
    """What is known of one statement, by its Evidence."""
    settled = evidence is not None and evidence.settlement is not None and column == "verified"
    if evidence is not None and evidence.claimed == "not-applicable" and not settled:
        return ASIDE
    value = None
    if evidence is not None:
        value = evidence.claim if column == "declared" else evidence.verified
    if evidence is None or value is None:
        bottom = None if question.top is None else Fraction(0)
        return Value(bottom, question.top, "unknown")
    source: Source = "rubric" if evidence.claimed == "prefilled" else "answer"
    if settled:
        source = "settled"
    elif column == "verified" and evidence.claim != value:
        source = "measured"
    return Value(value, value, source)
