"""TAGS TO CONFIRM: data points that nobody vouches for, by their effect on the level, as `assessor tags` has them.

The list is made in the other process and kept, one a survey. What a person confirms stands in the answers and
counts in the next result; a template that nobody knows is set aside, and says nothing.
"""

import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import counting
from assessor.desk.desk import Desk
from assessor.desk.reckoner import Job, Reckoned
from assessor.desk.work import ask
from assessor.domain import Answers, ConfirmedMeaning, Message, canonical
from assessor.errors import InputError, UnknownError
from assessor.storage import Asks, StoredFile, Survey, papers
from assessor.storage import surveys as sql
from assessor.unexplained import Ask, Unexplained

ASIDE = "tags_aside"
"""What is kept of templates that nobody knew, beside the parts of the answers."""


@dataclass(frozen=True)
class Aside:
    """A template that was asked about in vain."""

    tags: str
    by: str
    at: str


@dataclass(frozen=True)
class Listed:
    """What to ask, as far as it is known, and what was said."""

    survey: Survey
    heard: bool
    """Is there a sealed bundle, which the result rests on?"""
    found: Unexplained | None
    """The newest list that there is."""
    without: Message | None
    """Why the text model of names proposes nothing."""
    fault: Message | None
    running: bool
    old: bool
    """Has something been changed since?"""
    said: tuple[ConfirmedMeaning, ...]
    aside: tuple[Aside, ...]

    @property
    def open(self) -> list[Ask]:
        """What is still to be asked: without what was confirmed or set aside since the list was made."""
        done = {one.tags for one in self.said} | {one.tags for one in self.aside}
        return [one for one in self.found.asks if one.tags[0] not in done] if self.found else []


@dataclass(frozen=True)
class Said:
    """What a person says of one template."""

    tags: str
    """Its first pattern."""
    quantity: str | None
    function: str | None
    unit: str | None = None


def listed(desk: Desk, who: Actor, survey_id: str) -> Listed:
    """What to ask about data points; begins to find out where that has not been done for the present version."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    who.require("raw.read", survey.organisation)
    heard = _begin(desk, survey)
    # asked before what is kept is read: what ends between the two has been kept, and is found
    running = desk.reckoner.running(_key(survey))
    with desk.store.read() as c:
        held = papers.asks_of(c, survey.id)
    found, without = _read(held.found) if held and held.found and heard else (None, None)
    fault = Message.model_validate(held.fault) if held and held.fault else None
    old = held is None or held.version != survey.version
    said = Answers.model_validate(_said(survey)).meanings
    aside = tuple(Aside(**one) for one in survey.settings.get(ASIDE, ()))
    return Listed(survey, heard, found, without, None if old else fault, running, old, said, aside)


def sampled(desk: Desk, survey: Survey) -> StoredFile | None:
    """The sealed bundle that the result rests on; a filing holds no data points to confirm."""
    with desk.store.read() as c:
        bundle = counting(papers.files_of(c, survey.id, "bundle"))
    return bundle if bundle is not None and bundle.about["bundle"] == "sample" else None


def _said(survey: Survey) -> dict[str, Any]:
    given = {"format": "assessor-answers/1", "plant": survey.plant["id"], "answers": ()}
    return given | {"meanings": survey.settings.get("meanings", ())}


def _key(survey: Survey) -> tuple[str, int]:
    return f"tags of {survey.id}", survey.version


def _begin(desk: Desk, survey: Survey) -> bool:
    """Make the list of this version, unless that has been done or begun; False where nothing was sampled."""
    bundle = sampled(desk, survey)
    if bundle is None:
        return False
    with desk.store.read() as c:
        held = papers.asks_of(c, survey.id)
    if held is None or held.version != survey.version:
        desk.reckoner.start(
            _key(survey), ask, lambda: _job(desk, survey, bundle.sha256), lambda made: _keep(desk, survey, made)
        )
    return True


def _job(desk: Desk, survey: Survey, digest: str) -> Job:
    sheet = surveys.sheet(desk, survey)
    with desk.store.read() as c:
        bundle = papers.content(c, survey.id, digest)
    given = canonical(surveys.answers(sheet))
    aside = tuple(one["tags"] for one in survey.settings.get(ASIDE, ()))
    return Job(canonical(sheet.plant), given, sheet.framework.id, desk.clock(), bundle, aside=aside)


def _keep(desk: Desk, survey: Survey, made: Reckoned) -> None:
    with desk.store.write() as c:
        if sql.get(c, survey.id, lock=True) is not None:  # unless it was erased meanwhile
            papers.keep_asks(c, Asks(survey.id, survey.version, made.asks, made.fault))


def _read(packed: bytes) -> tuple[Unexplained, Message | None]:
    told = json.loads(zlib.decompress(packed))
    without = Message.model_validate(told["without"]) if told["without"] else None
    return Unexplained.model_validate(told["found"]), without


# What a person says ---------------------------------------------------------------------------------------------


def confirm(desk: Desk, who: Actor, survey_id: str, said: Said) -> None:
    """Record what a template means; what was said of it before gives way. It counts in the next result."""
    survey = _allowed(desk, who, survey_id)
    asked = _asked(desk, survey, said.tags)
    entry = {name: getattr(said, name) or None for name in ("quantity", "function", "unit")}
    entry |= _signed(desk, who, survey)
    try:
        made = [ConfirmedMeaning(tags=tags, **entry).model_dump(mode="json") for tags in asked.tags]
    except ValidationError as problem:
        raise InputError(Message(id="desk.no_meaning"), said.tags) from problem
    _change(desk, who, survey_id, asked.tags, "meaning confirmed", meanings=made)


def set_aside(desk: Desk, who: Actor, survey_id: str, tags: str) -> None:
    """Nobody knows what it means: it stays without a meaning, and is asked about last."""
    survey = _allowed(desk, who, survey_id)
    asked = _asked(desk, survey, tags)
    aside = [{"tags": tags, **_signed(desk, who, survey)}]
    _change(desk, who, survey_id, asked.tags, "meaning not known", aside=aside)


def take_back(desk: Desk, who: Actor, survey_id: str, tags: str) -> None:
    """What was said of a pattern no longer counts, nor what was said of others in the same breath."""
    survey = _allowed(desk, who, survey_id)
    said = Answers.model_validate(_said(survey)).meanings
    named = {at_once(one) for one in said if one.tags == tags}
    _change(desk, who, survey_id, {tags, *(x.tags for x in said if at_once(x) in named)}, "meaning taken back")


def at_once(one: ConfirmedMeaning) -> tuple[Any, ...]:
    """What the patterns of one template have in common."""
    return one.quantity, one.function, one.unit, one.by, one.at


def _allowed(desk: Desk, who: Actor, survey_id: str) -> Survey:
    survey = surveys.get(desk, who, survey_id)
    who.require("raw.read", survey.organisation)
    who.require("survey.manage", survey.organisation)
    return survey


def _signed(desk: Desk, who: Actor, survey: Survey) -> dict[str, str]:
    return {"by": who.speaks_as(survey.organisation), "at": desk.moment()}


def _asked(desk: Desk, survey: Survey, tags: str) -> Ask:
    with desk.store.read() as c:
        held = papers.asks_of(c, survey.id)
    asks = _read(held.found)[0].asks if held and held.found else ()
    found = next((one for one in asks if one.tags[0] == tags), None)
    if found is None:  # it was made anew meanwhile
        raise UnknownError(Message(id="desk.not_asked"))
    return found


def _change(
    desk: Desk, who: Actor, survey_id: str, tags: Collection[str], act: str, meanings: Any = (), aside: Any = ()
) -> None:
    """Whatever was said of these patterns gives way to what is said now."""

    def change(stands: dict[str, Any]) -> dict[str, Any]:
        kept = {name: [x for x in stands.get(name, ()) if x["tags"] not in tags] for name in ("meanings", ASIDE)}
        return {"meanings": [*kept["meanings"], *meanings] or None, ASIDE: [*kept[ASIDE], *aside] or None}

    surveys.rework_settings(desk, who, survey_id, change, act)
