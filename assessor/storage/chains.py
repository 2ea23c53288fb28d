"""SQL of chains: the suppliers that a leader named, and what became of each."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from assessor.storage.kept_of_offices import ChainMember
from assessor.storage.rows import columns, insert_all, many, one
from assessor.storage.tables import chain_members as members
from assessor.storage.tables import invitations, memberships, organisations, results, surveys


def add_all(c: Connection, new: Collection[ChainMember]) -> None:
    insert_all(c, members, [vars(one_) for one_ in new])


def change(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(members).where(members.c.id == id_).values(**values))


def remove(c: Connection, id_: str) -> None:
    c.execute(delete(members).where(members.c.id == id_))


def get(c: Connection, id_: str) -> ChainMember | None:
    return one(ChainMember, c, select(members).where(members.c.id == id_))


def invited(c: Connection, chains: Collection[str], factory: str, credit_code: str | None) -> bool:
    """Did one of these chains invite a plant of this code, and did this factory join as it?"""
    own = members.c.chain.in_(chains) & (members.c.factory == factory) & (members.c.state == "joined")
    wanted = select(members.c.id).where(own & (members.c.credit_code == credit_code)).limit(1)
    return credit_code is not None and c.execute(wanted).first() is not None


def of_chain(c: Connection, chain: str) -> list[ChainMember]:
    """By tier, those of no tier last; within it by name."""
    own = select(members).where(members.c.chain == chain)
    return many(ChainMember, c, own.order_by(members.c.tier.nulls_last(), members.c.name, members.c.id))


def by_code(c: Connection, code: str) -> ChainMember | None:
    """The supplier that a code was made for; `code` as it is kept."""
    named = select(members).join(invitations, invitations.c.id == members.c.invitation)
    return one(ChainMember, c, named.where(invitations.c.code == code))


def meant_for(c: Connection, factories: Collection[str], credit_code: str | None) -> list[ChainMember]:
    """Those that a factory answered or may answer: by its id, or by the credit code that it says it has."""
    own: list[ColumnElement[bool]] = [members.c.factory.in_(factories)]
    if credit_code is not None:
        own.append(members.c.credit_code == credit_code)
    return many(ChainMember, c, select(members).where(or_(*own)).order_by(members.c.made, members.c.id))


def forget_unused(c: Connection, factory: str) -> None:
    """A factory that was made for a code goes, and its code with it, where nobody is in it."""
    if any(
        c.execute(select(func.count()).select_from(table).where(table.c.organisation == factory)).scalar()
        for table in (memberships, surveys)
    ):
        return
    c.execute(delete(organisations).where(organisations.c.id == factory))


@dataclass(frozen=True)
class Brief:
    """The newest Assessment of a survey, without itself."""

    survey: str
    version: int
    made: int
    brief: dict[str, Any] | None
    """As `Outcome` has it."""


def newest_results(c: Connection, survey_ids: Collection[str]) -> dict[str, Brief]:
    """By survey; those without an Assessment are left out."""
    own = results.c.survey.in_(survey_ids) & results.c.assessment.is_not(None)
    wanted = select(*columns(Brief, results)).where(own).order_by(results.c.version)
    return {held.survey: held for held in many(Brief, c, wanted)}
