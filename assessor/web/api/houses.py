"""Organisations: who belongs to them, and what they agreed to."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from assessor.desk import consenting, houses
from assessor.desk import picture as desk_picture
from assessor.web.api.shapes import FAULTS, ConsentIn, Id, InvitationIn
from assessor.web.gate import DeskOf, Who

router = APIRouter(tags=["organisations"], responses=FAULTS)


@router.get("/organisations")
def mine(desk: DeskOf, who: Who) -> list[dict[str, Any]]:
    """Those one belongs to."""
    return [asdict(house) for house in houses.mine(desk, who)]


@router.get("/organisations/{organisation}/colleagues")
def colleagues(desk: DeskOf, who: Who, organisation: Id) -> list[dict[str, Any]]:
    """Who belongs to one, in which role, for which department."""
    return [
        asdict(p.membership) | {"name": p.person.name if p.person else None}
        for p in houses.colleagues(desk, who, organisation)
    ]


@router.post("/organisations/{organisation}/invitations", status_code=201)
def invite(desk: DeskOf, who: Who, organisation: Id, given: InvitationIn) -> dict[str, str]:
    """A code for a colleague; it is told this once."""
    return {"code": houses.invite(desk, who, organisation, given.role, given.department)}


@router.get("/organisations/{organisation}/consents")
def consents(desk: DeskOf, who: Who, organisation: Id) -> list[dict[str, Any]]:
    """Everything that was ever agreed to, with when it ended."""
    return [asdict(consent) for consent in consenting.given(desk, who, organisation)]


@router.post("/organisations/{organisation}/consents", status_code=201)
def agree(desk: DeskOf, who: Who, organisation: Id, given: ConsentIn) -> dict[str, Any]:
    """Open something to an office that is named, or to the comparison with peers."""
    return asdict(consenting.agree(desk, who, organisation, given.purpose, given.receiver))


@router.delete("/organisations/{organisation}/consents/{consent}", status_code=204)
def end(desk: DeskOf, who: Who, organisation: Id, consent: Id) -> None:
    """From now on they see nothing; that it was agreed to stays on record."""
    consenting.end(desk, who, organisation, consent)


@router.get("/offices/{office}/picture")
def picture(desk: DeskOf, who: Who, office: Id) -> dict[str, Any]:
    """What factories that open their results to an office come to together: the figures of its page.

    `city` is null where they are fewer than five; null within it is withheld, or not known where `why` says so.
    """
    shown = desk_picture.picture(desk, who, office)
    return {
        "office": shown.office.id,
        "generated": shown.office.demonstration,
        "city": None if shown.city is None else shown.city.model_dump(mode="json"),
    }
