"""What a rating opens into: a tree of terms in which every value follows from those below it.

One set of operations serves all laws, so that a report, a spreadsheet with live formulas and an auditor read
every framework alike. assessor/rating/terms.py holds the arithmetic of each operation, once.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from assessor.domain.framework import Grade, Head
from assessor.domain.noun import Exact, Message, Noun, Slug, Status, Text

Operation = Literal[
    "answer", "constant", "sum", "mean", "least", "most", "product", "ratio", "difference",
    "steps", "reaches", "within", "run", "list", "same",
]  # fmt: skip
"""answer: of one question. constant: a fact of the file. sum: Σ factor·term. mean: Σ factor·term / Σ factor.
least, most: of the terms (of terms that are 0 or 1: all, any). product; ratio: first over second; difference:
first less the others. steps: a table read at the one term. reaches: 1 where the one term is `at` or more, else 0.
within: 1 where it is `at` or less. run: how many terms, from the first on, are 1. list: terms side by side,
without a value of their own. same: a term that stands elsewhere in the tree, before or after, under `ref`."""


class TableStep(Noun):
    """One line of a table: from (or only above) this value on, this result."""

    from_: Annotated[Exact | None, Field(alias="from")] = None
    above: Exact | None = None
    """Exactly one of the two is given."""
    gives: Exact


class Term(Noun):
    """One line of an open sum."""

    id: str
    """Path of slugs, unique in its tree: 'a/network/control'."""
    name: Text | Message | None = None
    """None for an answer: its question says it."""
    how: Operation
    low: Exact | None = None
    high: Exact | None = None
    """What holds whatever the unknown turns out to be. None: not determined, and `why` says so."""
    factor: Exact = Field(default=1, validate_default=True)
    """How it counts in the line above: a weight or points; 1 where that line does not weigh."""
    at: Exact | None = None
    table: tuple[TableStep, ...] = ()
    """By rising bounds; below the first step the result is 0."""
    unit: Text | None = None
    question: Slug | None = None
    source: Literal["answer", "rubric", "measured", "settled", "unknown"] | None = None
    """Answers: where the value comes from."""
    why: Message | None = None
    status: Status | None = None
    cite: Slug | None = None
    """Key of the framework's sources."""
    note: Text | None = None
    ref: str | None = None
    """Id of the term that this one repeats."""
    framework: Slug | None = None
    """Of an answer that no question gives: the framework whose level it is."""
    of: tuple["Term", ...] = ()

    @model_serializer(mode="wrap")
    def _short(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A tree has thousands of lines: what is not there is not written."""
        return {
            key: value
            for key, value in write(self).items()
            if value not in (None, []) and (key, value) != ("factor", "1")
        }


class Result(Noun):
    """One framework in one column under one variant of what its sources leave open."""

    column: Literal["declared", "verified"]
    variant: Slug
    """A weight set, a factor set, a reading of a rule; 'default' where there is only one."""
    variant_name: Text | None = None
    status: Status
    """Of the variant."""
    level: Annotated[int, Field(ge=0)] | None = None
    """The formal level: what holds whatever the unknown turns out to be. None: the framework has no levels."""
    level_high: Annotated[int, Field(ge=0)] | None = None
    score: Exact | None = None
    score_high: Exact | None = None
    """The number before the level, on the framework's own scale, where it has one."""
    score_name: Text | None = None
    coverage: Exact
    """Share of what it asks, by weight, that has an answer."""
    open_questions: tuple[Slug, ...] = ()
    """Questions without an answer that it would need."""
    sum: Term
    """In an Assessment line by line under the default variant alone; of others the end without its lines."""


class Rated(Noun):
    """All results by one framework, with what a reader must know of it."""

    head: Head
    grades: tuple[Grade, ...] = ()
    covered: Exact
    """Share of what the framework asks for that the bank can answer at all."""
    results: tuple[Result, ...]
    """The default variant first; declared before verified."""
    target: Result | None = None
    """As the plant wants to be in three years, under the default variant; None where it named no target."""
