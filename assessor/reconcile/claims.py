"""What people say, brought together: one claim a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

from assessor.domain import Answer, Framework, Message, Settlement, Text
from assessor.errors import InputError

Said = Literal["answered", "prefilled", "not-applicable", "do-not-know", "unanswered"]


@dataclass(frozen=True)
class Claim:
    """What people say to one question, once respondents are brought together."""

    value: Fraction | None
    said: Said
    highest: Fraction | None = None
    """The highest answer, where roles differ; the lowest is the claim."""
    roles: int = 1


UNANSWERED = Claim(None, "unanswered")


def when(item: Answer | Settlement) -> datetime:
    """When it was said; a time without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(item.at)
    except ValueError as problem:
        params: dict[str, str | int | Text] = {"question": item.question, "at": item.at}
        raise InputError(Message(id="verdict.not_a_time", params=params), item.question) from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def bring_together(answers: Sequence[Answer]) -> dict[str, Claim]:
    """Within a role the latest answer counts; between roles the lowest value is the claim."""
    latest: dict[str, dict[str, Answer]] = {}
    for answer in sorted(answers, key=when):
        latest.setdefault(answer.question, {})[answer.by] = answer
    return {question: _claim([a.value for a in by_role.values()]) for question, by_role in latest.items()}


def _claim(given: Sequence[Fraction | Literal["not-applicable", "do-not-know"]]) -> Claim:
    values = [v for v in given if isinstance(v, Fraction)]
    if values:
        highest = max(values) if max(values) != min(values) else None
        return Claim(min(values), "answered", highest, len(values))
    return Claim(None, "not-applicable" if "not-applicable" in given else "do-not-know")


def prefilled(claims: Mapping[str, Claim], framework: Framework) -> dict[str, Claim]:
    """Degrees that a rubric suggests: 1 up to the level chosen, 0 above. A direct answer replaces them."""
    found: dict[str, Claim] = {}
    for dimension in framework.dimensions:
        chosen = claims.get(dimension.rubric, UNANSWERED).value
        if chosen is None:
            continue
        for cell in dimension.cells:
            degree = Fraction(1 if cell.level <= chosen else 0)
            found |= {question: Claim(degree, "prefilled") for question in cell.requirements}
    return found
