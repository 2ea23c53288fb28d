"""WALK the register: ten drawn machines looked for on the floor, ten that stand there looked up in the list.

Lines are kept one by one, with who and when. Whoever saves says what they saw before: what somebody else wrote
meanwhile stays, and what cannot be taken is told line by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import assets_of, counting
from assessor.desk.desk import Desk
from assessor.domain import Asset, Message, Met, RegisterWalk, Sought, drawn, listing, made_with
from assessor.domain.walk import TEN, Found
from assessor.storage import FileKind, Survey, papers

FOUND: tuple[str, ...] = get_args(Found)
LISTED = {"yes": True, "no": False, "": None}
SOURCES: tuple[FileKind, ...] = ("bundle", "register")
"""What the result takes its list from, the first that there is."""


class Looked(NamedTuple):
    """One machine of the draw, as a form says it; `was`: what the form was made with."""

    asset: str
    found: str
    was: str


class Stood(NamedTuple):
    """One thing on the floor, as a form says it."""

    plate: str
    listed: str
    was_plate: str
    was_listed: str


@dataclass(frozen=True)
class Walking:
    """The walk of a survey's list as it stands."""

    survey: Survey
    assets: tuple[Asset, ...]
    """Of the list that the result goes by."""
    ten: tuple[Asset, ...]
    walk: RegisterWalk
    before: bool
    """Is there a walk of another list, which no longer counts?"""


def opened(desk: Desk, who: Actor, survey_id: str) -> Walking:
    """The ten machines to look for, and what was found so far."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    assets = _assets(desk, survey)
    kept = _kept(survey.settings)
    walk = _of(kept, assets, survey.id)
    by_id = {asset.id: asset for asset in assets}
    ten = tuple(by_id[id_] for id_ in drawn(assets, walk.seed))
    return Walking(survey, assets, ten, walk, kept is not None and not made_with(kept, assets))


def _assets(desk: Desk, survey: Survey) -> tuple[Asset, ...]:
    with desk.store.read() as c:
        files = papers.files_of(c, survey.id, *SOURCES)
    registers = [f for f in files if f.kind == "register"]
    file = counting(files) or (registers[-1] if registers else None)
    return assets_of(desk, file) if file is not None else ()


def _kept(settings: dict[str, Any]) -> RegisterWalk | None:
    return RegisterWalk.model_validate(settings["walk"]) if settings.get("walk") else None


def _of(kept: RegisterWalk | None, assets: Sequence[Asset], survey_id: str) -> RegisterWalk:
    """The walk of this list; of one of another list what stood on the floor stays, to be looked up anew. The seed
    was the survey's before there was a list: nobody draws until the ten are to their liking."""
    if kept is not None and made_with(kept, assets):
        return kept
    met = tuple(line.model_copy(update={"listed": None}) for line in kept.met) if kept is not None else ()
    return RegisterWalk(seed=int(survey_id[:8], 16), of=listing(assets), met=met)


def save(
    desk: Desk, who: Actor, survey_id: str, looked: Sequence[Looked], stood: Sequence[Stood]
) -> dict[str, Message]:
    """Take down what was found; gives what cannot be taken, by machine or by number of the line (from '1')."""
    walking = opened(desk, who, survey_id)
    who.require("survey.manage", walking.survey.organisation)
    faults: dict[str, Message] = {}
    by, at = who.speaks_as(walking.survey.organisation), desk.moment()

    def change(stands: dict[str, Any]) -> dict[str, Any]:
        now = _of(_kept(stands), walking.assets, survey_id)
        sought = _sought(now, looked, {asset.id for asset in walking.ten}, by, at, faults)
        met = _met(now, stood, by, at, faults)
        return {"walk": now.model_copy(update={"sought": sought, "met": met}).model_dump(mode="json")}

    if any(one.found != one.was for one in looked) or any(one[:2] != one[2:] for one in stood):
        surveys.rework_settings(desk, who, survey_id, change, "register walked")
    return faults


def _sought(
    now: RegisterWalk, looked: Sequence[Looked], ten: set[str], by: str, at: str, faults: dict[str, Message]
) -> tuple[Sought, ...]:
    lines = {line.asset: line for line in now.sought}
    for one in looked:
        stands = lines[one.asset].found if one.asset in lines else ""
        if one.found in (one.was, stands):
            continue
        if one.asset not in ten:
            faults[one.asset] = Message(id="desk.not_drawn")
        elif stands != one.was:
            faults[one.asset] = Message(id="desk.walked_meanwhile")
        elif one.found in FOUND:
            lines[one.asset] = Sought.model_validate({"asset": one.asset, "found": one.found, "by": by, "at": at})
        else:
            lines.pop(one.asset, None)
    return tuple(lines.values())


def _met(
    now: RegisterWalk, stood: Sequence[Stood], by: str, at: str, faults: dict[str, Message]
) -> tuple[Met, ...]:
    """Lines have no name of their own: what a form was made with says which one it is about."""
    lines = list(now.met)
    for number, one in enumerate(stood, 1):
        old, new = (one.was_plate, LISTED.get(one.was_listed)), (one.plate, LISTED.get(one.listed))
        if new == old:
            continue
        place = next((i for i, line in enumerate(lines) if (line.plate, line.listed) == old), None)
        if not one.plate and new[1] is not None:
            faults[str(number)] = Message(id="desk.no_plate")
        elif one.was_plate and place is None:
            faults[str(number)] = Message(id="desk.walked_meanwhile")
        elif place is None and len(lines) >= TEN:
            faults[str(number)] = Message(id="desk.ten_already", params={"n": TEN})
        elif not one.plate and place is not None:
            del lines[place]
        else:
            at_ = len(lines) if place is None else place
            lines[at_ : at_ + 1] = [Met(plate=one.plate, listed=new[1], by=by, at=at)]
    return tuple(lines)
