"""What people say, brought together: one claim a question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property
from typing import Literal

from assessor.domain import (
    Answer,
    ConfirmedMeaning,
    Ladder,
    Message,
    Met,
    Question,
    Settlement,
    Sought,
    Text,
    Witness,
)
from assessor.errors import InputError

Said = Literal["answered", "prefilled", "not-applicable", "do-not-know", "unanswered"]


@dataclass(frozen=True)
class Claim:
    """What people say to one question, once respondents are brought together."""

    value: Fraction | None
    said: Said
    highest: Fraction | None = None
    """The highest answer, where roles differ; the lowest is the claim."""
    roles: int = 0
    """How many roles gave a value."""
    target: Fraction | None = None

    @cached_property
    def _digest(self) -> int:
        return hash((self.value, self.said, self.highest, self.roles, self.target))

    def __hash__(self) -> int:
        """Reckoned once: of fractions it is slow."""
        return self._digest


UNANSWERED = Claim(None, "unanswered")


def when(item: Answer | Settlement | Witness | ConfirmedMeaning | Sought | Met) -> datetime:
    """When it was said or seen; a time without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(item.at)
    except ValueError as problem:
        of = {Witness: "asset", Sought: "asset", Met: "plate", ConfirmedMeaning: "tags"}.get(
            type(item), "question"
        )
        of = str(getattr(item, of))
        params: dict[str, str | int | Text] = {"question": of, "at": item.at}
        raise InputError(Message(id="verdict.not_a_time", params=params), of) from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def bring_together(answers: Sequence[Answer], questions: Iterable[Question] = ()) -> dict[str, Claim]:
    """Within a role the latest answer counts; between roles the lowest value is the claim.

    An answer to a several-of of `questions` says of each option whether it holds.
    """
    several = {q.id: [option.id for option in q.options] for q in questions if q.kind == "several"}
    latest: dict[str, dict[str, Answer]] = {}
    for answer in sorted(answers, key=when):
        for single in _single(answer, several.get(answer.question)):
            latest.setdefault(single.question, {})[single.by] = single
    return {question: _claim(tuple(by_role.values())) for question, by_role in latest.items()}


def _single(answer: Answer, options: Sequence[str] | None) -> Iterable[Answer]:
    """The answer itself, or one for each option: 1 where it was chosen, 0 where it was not."""
    if options is None:
        return [answer]
    return [
        answer.model_copy(
            update={
                "question": option,
                "value": _chosen(answer.value, option),
                "target": _chosen(answer.target, option),
            }
        )
        for option in options
    ]


def _chosen(given: object, option: str) -> object:
    return Fraction(option in given) if isinstance(given, tuple) else given


def _claim(given: Sequence[Answer]) -> Claim:
    values = [a.value for a in given if isinstance(a.value, Fraction)]
    targets = [a.target for a in given if isinstance(a.target, Fraction)]
    target = min(targets, default=None)
    if values:
        highest = max(values) if max(values) != min(values) else None
        return Claim(min(values), "answered", highest, len(values), target)
    set_aside = any(a.value == "not-applicable" for a in given)
    return Claim(None, "not-applicable" if set_aside else "do-not-know", target=target)


def prefilled(claims: Mapping[str, Claim], ladders: Iterable[Ladder]) -> dict[str, Claim]:
    """Degrees that a rubric suggests: 1 up to the level chosen, 0 above. A direct answer replaces them."""
    found: dict[str, Claim] = {}
    for dimension in (d for ladder in ladders for d in ladder.dimensions):
        chosen = claims.get(dimension.rubric or "", UNANSWERED).value
        if chosen is None:
            continue
        for cell in dimension.cells:
            degree = Fraction(1 if cell.level <= chosen else 0)
            found |= {question: Claim(degree, "prefilled") for question in cell.requirements}
    return found
