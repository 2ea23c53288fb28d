"""What judging again needs of a stored Assessment, and where it stood: some kilobytes instead of some megabytes.

It is taken out of the Assessment once and kept beside it. Nothing in it is worded or weighed anew: of each role
the answer that counts, of each measurement what a rating hangs on, of each framework where the plant stood. Names
of people, reasons, proofs and samples are not in it.
"""

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain import (
    Answer,
    Assessment,
    Cut,
    Exact,
    Measurement,
    Message,
    Noun,
    Proof,
    Rated,
    Result,
    Settlement,
    Size,
    Slug,
    State,
    Text,
    Time,
    plain,
)
from assessor.rating import Kind
from assessor.reconcile import known_by, when

BANDS: tuple[tuple[int, Size], ...] = ((20, "micro"), (300, "small"), (1000, "medium"))
AT = "1970-01-01"
"""Of each role the answer that counts is kept; when it was given makes no further difference."""
TAKEN = Message(id="edition.as_filed")
NO_PROOF = Proof(kind="statement", title="")


class Standing(Noun):
    """Where a plant stands by one framework: the verified column under the default variant."""

    version: str
    level: int | None
    score: Exact | None


Said = tuple[tuple[str, str], ...]
"""Role and value, as in an answer file; of a several-of its options, apart by commas after a colon."""
Figure = tuple[str, str, str, bool]
"""Indicator, lowest and highest that it may be, whether absence was tested."""


class Filed(Noun):
    """Of one stored Assessment what judging again needs, and where it stood."""

    format: Literal["assessor-filed/1"]
    plant: Slug
    name: Text
    kind: Kind
    simulated: bool = False
    industry: str | None = None
    """Division of GB/T 4754: two digits."""
    size: Size | None = None
    """By employees alone."""
    district: Text | None = None
    made: Time
    framework: Slug
    """The one that it was judged by."""
    frameworks: tuple[Slug, ...] = ()
    """Asked for beside those that are on."""
    said: dict[str, Said]
    """By question, of each role the last."""
    settled: tuple[tuple[str, str], ...] = ()
    """Question and value of what was clarified."""
    cuts: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    """What was measured: of what could not be, no rating moves."""
    stood: dict[Slug, Standing]
    """By every framework that it was rated by."""
    differences: Annotated[int, Field(ge=0)] = 0
    """Differences still to be clarified."""


def filed(done: Assessment) -> Filed:
    """What of an Assessment judging again needs; what counts as of its date, where it was judged as of one."""
    answers = done.answers if done.as_of is None else known_by(done.answers, done.as_of)
    plant = done.plant
    latest: dict[str, dict[str, str]] = {}
    for a in sorted(answers.answers, key=when):
        latest.setdefault(a.question, {})[a.by] = _written(a)
    settled = {s.question: plain(s.value) for s in sorted(answers.settlements, key=when)}
    return Filed(
        format="assessor-filed/1",
        plant=plant.id,
        name=plant.name,
        kind=plant.kind,
        simulated=plant.simulated,
        industry=division(plant.industry),
        size=size(plant.employees),
        district=plant.district,
        made=done.made,
        framework=done.framework.id,
        frameworks=answers.frameworks,
        said={question: tuple(sorted(roles.items())) for question, roles in sorted(latest.items())},
        settled=tuple(settled.items()),
        cuts=tuple(cut.dimension for cut in answers.cuts),
        figures=tuple(figure for m in done.measurements if (figure := _figure(m))),
        stood={one.head.id: standing(one) for one in done.rated},
        differences=sum(not finding.settled for finding in done.findings),
    )


def division(industry: str | None) -> str | None:
    """Two digits of a code of GB/T 4754."""
    return industry.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[:2] if industry else None


def size(employees: int | None) -> Size | None:
    """The statistical class by employees alone; turnover, which decides with it, is not known."""
    if employees is None:
        return None
    return next((name for limit, name in BANDS if employees < limit), "large")


def standing(rated: Rated) -> Standing:
    """The verified column under the default variant."""
    result: Result = next(r for r in rated.results if r.column == "verified")
    return Standing(version=rated.head.version, level=result.level, score=result.score)


def _written(answer: Answer) -> str:
    value = answer.value
    if isinstance(value, tuple):
        return ":" + ",".join(value)
    return value if isinstance(value, str) else plain(value)


def _figure(m: Measurement) -> Figure | None:
    low, high = m.value if m.low is None else m.low, m.value if m.high is None else m.high
    if m.state is not State.MEASURED or low is None or high is None:
        return None
    return m.indicator, plain(low), plain(high), m.absence_tested


# Back into what the stages take -------------------------------------------------------------------------------


def answers_to(question: str, said: Said) -> tuple[Answer, ...]:
    """What was said to one question."""
    return tuple(
        Answer.model_validate({"question": question, "value": _read(value), "by": by, "at": AT})
        for by, value in said
    )


def _read(value: str) -> str | tuple[str, ...]:
    return tuple(filter(None, value[1:].split(","))) if value.startswith(":") else value


@lru_cache(maxsize=20_000)
def settlement(question: str, value: str) -> Settlement:
    given = {"question": question, "value": value, "reply": "", "reason": "", "by": "", "at": AT}
    return Settlement.model_validate(given | {"proof": NO_PROOF})


@lru_cache(maxsize=1_000)
def cut(dimension: str) -> Cut:
    return Cut(dimension=dimension, reason="")


@lru_cache(maxsize=50_000)
def measured(figure: Figure) -> Measurement:
    indicator, low, high, tested = figure
    given = {"indicator": indicator, "state": "measured", "unit": "number", "low": low, "high": high}
    return Measurement.model_validate(given | {"absence_tested": tested, "method": TAKEN, "why": TAKEN})
