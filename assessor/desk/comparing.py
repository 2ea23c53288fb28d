"""COMPARE with the last assessment of the plant: an earlier survey of it in the same organisation, or a filing
that was handed in. What moved, and whether data or rule moved it, `portfolio.compare` says."""

from dataclasses import dataclass

from assessor.desk import attaching, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Assessment, Message, Plant
from assessor.errors import AccessError, UnknownError
from assessor.messages import Language
from assessor.portfolio.compare import compared
from assessor.portfolio.rerate import Stored, stored
from assessor.report.document import Document
from assessor.storage import Survey
from assessor.storage import surveys as sql


@dataclass(frozen=True)
class Earlier:
    """One assessment of the plant that another can be compared with."""

    id: str
    """Of a survey, or of a file that was handed in."""
    file: str | None
    """The name of the file; None: it is a survey."""
    done: Assessment


def same(one: Plant, other: Plant) -> bool:
    """Of one plant? By its id or its credit code; where either has no code, by kind and name."""
    if one.kind != other.kind:
        return False
    if one.id == other.id:
        return True
    if one.credit_code and other.credit_code:
        return one.credit_code == other.credit_code
    return one.name.zh == other.name.zh


def earlier(desk: Desk, who: Actor, survey_id: str) -> list[Earlier]:
    """What there is to compare its newest result with, the latest first; of the same framework, made before it."""
    survey = surveys.get(desk, who, survey_id)
    who.require("filing.read", survey.organisation)
    done = reckoning.result(desk, who, survey_id).done
    if done is None:
        return []
    found = [*_surveyed(desk, who, survey), *_handed(desk, who, survey)]
    fit = [e for e in found if e.done.framework.id == done.framework.id and same(e.done.plant, done.plant)]
    return sorted((e for e in fit if e.done.made < done.made), key=lambda e: -e.done.made)


def _surveyed(desk: Desk, who: Actor, survey: Survey) -> list[Earlier]:
    with desk.store.read() as c:
        others = [s for s in sql.of_organisations(c, [survey.organisation]) if s.id != survey.id]
    plant, found = Plant.model_validate(survey.plant), list[Earlier]()
    for other in others:
        if same(Plant.model_validate(other.plant), plant):
            done = _result(desk, who, other.id)
            found += [Earlier(other.id, None, done)] if done is not None else []
    return found


def _result(desk: Desk, who: Actor, survey_id: str) -> Assessment | None:
    """None also where it may not be seen now, as by whoever rates it blind."""
    try:
        return reckoning.result(desk, who, survey_id).done
    except AccessError:
        return None


def _handed(desk: Desk, who: Actor, survey: Survey) -> list[Earlier]:
    """Filings among what was handed in, for whoever may read raw data."""
    if not who.may("file.read", survey.organisation):
        return []
    held = attaching.listed(desk, who, survey.id, "bundle")
    filings = [f for f in held if f.about.get("bundle") == "assessment"]
    return [Earlier(f.id, f.name, _read(desk, who, survey.id, f.id)) for f in filings]


def _read(desk: Desk, who: Actor, survey_id: str, file_id: str) -> Assessment:
    file, data = attaching.content(desk, who, survey_id, file_id)
    with attaching.on_disk(data, file.name, ".zip") as path:
        return stored(path).done


def comparison(
    desk: Desk, who: Actor, survey_id: str, other: str, language: Language
) -> tuple[Document, Assessment]:
    """The paper of both, and the later of them. Raises UnknownError where there is no such earlier one."""
    found = next((e for e in earlier(desk, who, survey_id) if e.id == other), None)
    if found is None:
        raise UnknownError(Message(id="desk.unknown"))
    now = reckoning.assessment(desk, who, survey_id)
    before = found.done.model_copy(update={"plant": found.done.plant.model_copy(update={"id": now.plant.id})})
    return compared(Stored(found.file or found.id, before), Stored(survey_id, now), desk.library, language), now
