"""SQL of reviews, of what interest those who judge declare, and of second ratings."""

from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from assessor.storage.kept import Declaration, Sample, Second, Step
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import changes, declarations, events, files, samples, seconds, steps


def declare(c: Connection, new: Declaration) -> None:
    c.execute(insert(declarations).values(**vars(new)))


def declared(c: Connection, survey_id: str) -> list[Declaration]:
    """Everything that was ever declared for a survey by people who are still known, oldest first."""
    wanted = select(*columns(Declaration, declarations)).where(declarations.c.survey == survey_id)
    return many(Declaration, c, wanted.order_by(declarations.c.id))


def declared_by(c: Connection, account_id: str) -> list[Declaration]:
    wanted = select(*columns(Declaration, declarations)).where(declarations.c.account == account_id)
    return many(Declaration, c, wanted.order_by(declarations.c.id))


def add_step(c: Connection, survey_id: str, new: Step) -> None:
    c.execute(insert(steps).values(survey=survey_id, **vars(new)))


def steps_of(c: Connection, survey_id: str) -> list[Step]:
    """All of them, the first one first."""
    wanted = select(*columns(Step, steps)).where(steps.c.survey == survey_id)
    return many(Step, c, wanted.order_by(steps.c.number))


JUDGING = (
    "interest declared", "review: returned", "review: signed-off",
    "second rating begun", "rated a second time", "second rating: finished", "second rating: given-up",
)  # fmt: skip
"""What somebody does with a survey who only looks at it. Whatever else is noted of it counts as taking part."""


def took_part(c: Connection, survey_id: str, account_id: str) -> bool:
    """Did somebody ever answer, settle, change what was wished or known, or hand in a file or the survey?"""
    said = select(changes.c.key).where((changes.c.survey == survey_id) & (changes.c.account == account_id))
    held = select(files.c.id).where(files.c.survey == survey_id)
    handed = held.where(files.c.account == account_id)
    did = select(events.c.id).where(
        (events.c.account == account_id)
        & or_(
            (events.c.subject == survey_id) & events.c.action.not_in(JUDGING),
            events.c.subject.in_(held) & (events.c.action == "export confirmed"),
        )
    )
    return any(c.execute(wanted.limit(1)).first() is not None for wanted in (said, handed, did))


def draw(c: Connection, new: Sample) -> None:
    c.execute(insert(samples).values(**vars(new)))


def sample(c: Connection, survey_id: str, account_id: str) -> Sample | None:
    own = (samples.c.survey == survey_id) & (samples.c.account == account_id)
    return one(Sample, c, select(samples).where(own))


def samples_of(c: Connection, survey_id: str) -> list[Sample]:
    """Of everybody, in the order that they were drawn."""
    wanted = select(samples).where(samples.c.survey == survey_id)
    return many(Sample, c, wanted.order_by(samples.c.at, samples.c.account))


def samples_by(c: Connection, account_id: str) -> list[Sample]:
    wanted = select(samples).where(samples.c.account == account_id)
    return many(Sample, c, wanted.order_by(samples.c.at, samples.c.survey))


def rates_blind(c: Connection, account_id: str) -> set[str]:
    """Surveys of which somebody is rating a sample now."""
    own = (samples.c.account == account_id) & samples.c.ended.is_(None)
    return set(c.execute(select(samples.c.survey).where(own)).scalars())


def end_sample(c: Connection, survey_id: str, account_id: str, **values: Any) -> None:
    own = (samples.c.survey == survey_id) & (samples.c.account == account_id)
    c.execute(update(samples).where(own).values(**values))


def rate(c: Connection, survey_id: str, account_id: str, new: Second) -> None:
    """What somebody says of one question of their sample, in place of what they said before."""
    own = (seconds.c.survey == survey_id) & (seconds.c.account == account_id)
    c.execute(delete(seconds).where(own & (seconds.c.question == new.question)))
    c.execute(insert(seconds).values(survey=survey_id, account=account_id, **vars(new)))


def seconds_of(c: Connection, survey_id: str, account_id: str) -> dict[str, Second]:
    own = (seconds.c.survey == survey_id) & (seconds.c.account == account_id)
    wanted = select(*columns(Second, seconds)).where(own).order_by(seconds.c.question)
    return {s.question: s for s in many(Second, c, wanted)}
