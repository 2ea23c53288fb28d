"""The walk of the register, made for a phone: one form, so that no line is lost by saving another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import walking
from assessor.desk.exports import proposed
from assessor.desk.walking import Looked, Stood, Walking
from assessor.domain import Asset, Message, Met, Register, Sought, Text, walked
from assessor.domain.walk import TEN, counted
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text

router = APIRouter()
SAID = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True)
class Line:
    """A line as it is shown: what is in its fields, and what stands."""

    shown: Looked | Stood
    stands: Sought | Met | None
    fault: Message | None = None


@router.get("/surveys/{survey}/walk")
def walk(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Ten machines to look for, ten to write down; with what was found so far."""
    held = walking.opened(desk, who, survey)
    return page(request, "walk", _values(who, held, {}, (), ()))


@router.post("/surveys/{survey}/walk")
def save(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Save every line that was changed; those that cannot be taken come back as they were typed."""
    looked, stood = _looked(form), _stood(form)
    faults = walking.save(desk, who, survey, looked, stood)
    if faults:
        held = walking.opened(desk, who, survey)
        return page(request, "walk", _values(who, held, faults, looked, stood), 422)
    at = text(form, "at")
    return RedirectResponse(f"/surveys/{survey}/walk" + (f"#{at}" if at.replace("-", "").isalnum() else ""), 303)


def _looked(form: Posted) -> list[Looked]:
    return [Looked(a, text(form, f"found-{a}"), text(form, f"was-{a}")) for a in _texts(form, "asset")]


def _stood(form: Posted) -> list[Stood]:
    """Ten lines, or some more where two people filled them."""
    plates = zip(_texts(form, "plate"), _texts(form, "was-plate"), _texts(form, "was-listed"), strict=False)
    return [Stood(plate, text(form, f"listed-{n}"), *was) for n, (plate, *was) in enumerate(plates, 1)]


def _texts(form: Posted, name: str) -> list[str]:
    """What can be read of each field, on one line."""
    lines = (" ".join(str(value).split()) for value in form.getlist(name))
    return ["".join(sign for sign in line if sign.isprintable())[:200] for line in lines]


def _values(
    who: PageWho, held: Walking, faults: Mapping[str, Message], looked: Sequence[Looked], stood: Sequence[Stood]
) -> dict[str, Any]:
    organisation = held.survey.organisation
    floor = _floor(held, faults, stood)
    empty = Register(source=Text(zh="", en=""), as_of="1970-01-01")
    lines = [line.shown.plate for line in floor if isinstance(line.shown, Stood) and line.shown.plate]
    by_id = {asset.id: asset for asset in held.assets}
    return {
        "survey": held.survey,
        "may": lambda action: who.may(action, organisation),
        "name": held.survey.plant["name"],
        "held": held,
        "list": [(asset, _of_list(held, asset, faults, looked)) for asset in held.ten],
        "floor": floor,
        "sums": walked(empty, held.assets, held.walk),
        "whole": [by_id[id_] for id_ in counted(held.assets)],
        "hints": {plate: by_id[id_] for plate, id_ in proposed(lines, held.assets).items()},
        "found": walking.FOUND,
        "faults": len(faults),
    }


def _of_list(held: Walking, asset: Asset, faults: Mapping[str, Message], looked: Sequence[Looked]) -> Line:
    stands = next((line for line in held.walk.sought if line.asset == asset.id), None)
    now = stands.found if stands else ""
    typed = next((one.found for one in looked if one.asset == asset.id and asset.id in faults), now)
    return Line(Looked(asset.id, typed, now), stands, faults.get(asset.id))


def _floor(held: Walking, faults: Mapping[str, Message], stood: Sequence[Stood]) -> list[Line]:
    """What stands, then what could not be taken where it is about none of that, then empty lines up to ten."""
    lines = [Line(Stood(m.plate, SAID[m.listed], m.plate, SAID[m.listed]), m) for m in held.walk.met]
    for number, one in enumerate(stood, 1):
        if (fault := faults.get(str(number))) is None:
            continue
        own = (i for i, line in enumerate(lines) if line.shown[2:] == one[2:] and line.fault is None)
        place = next(own, len(lines)) if one.was_plate else len(lines)
        stands = lines[place].stands if place < len(lines) else None
        was = one[2:] if stands else ("", "")
        lines[place : place + 1] = [Line(Stood(*one[:2], *was), stands, fault)]
    return lines + [Line(Stood("", "", "", ""), None)] * max(TEN - len(lines), 0)
