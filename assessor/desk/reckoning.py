"""RESULTS: what a survey comes to as it stands now; reckoned once a version, kept, shown to whoever may see it."""

import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from assessor import pipeline
from assessor.advising import case, planned
from assessor.bundle import installation_key, open_bundle, write_assessment
from assessor.desk import extracting, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import counting
from assessor.desk.desk import Desk
from assessor.desk.exports import registered
from assessor.desk.reckoner import Job, Reckoned
from assessor.desk.surveys import Sheet
from assessor.desk.work import reckon
from assessor.domain import Answers, Assessment, Comparison, Message, Proof, Roadmap, canonical
from assessor.errors import InputError, UnknownError
from assessor.forms.writing import write_answers
from assessor.funding import funded
from assessor.portfolio.group import NOT_SHOWN, open_differences
from assessor.portfolio.peers import as_peer
from assessor.roadmap import plan as make
from assessor.storage import Outcome, StoredFile, Survey, chains, extracts, ledger, papers, people
from assessor.storage import surveys as sql
from models.peers import FEWEST, compare


@dataclass(frozen=True)
class Standing:
    """The result of a survey, as far as there is one."""

    survey: Survey
    done: Assessment | None
    """The newest one that there is."""
    fault: Message | None
    """Why the survey as it stands has none."""
    running: bool
    """Is one being reckoned?"""
    old: bool
    """Has something been changed since?"""


def result(desk: Desk, who: Actor, survey_id: str) -> Standing:
    """What a survey comes to; begins to reckon it where that has not been done for its present version.

    An office that the factory opened its results to sees the newest one there is, makes no new one, and sees none
    while a difference is open: that is a question to the factory first, and its figures would tell it.
    """
    survey = surveys.get(desk, who, survey_id)
    who.require("result.read", survey.organisation)
    fault = _begin(desk, survey) if who.may("survey.read", survey.organisation) else None
    # asked before what is kept is read: what ends between the two has been kept, and is found
    running = desk.reckoner.running((survey.id, survey.version))
    with desk.store.read() as c:
        now, newest = papers.outcome(c, survey.id, survey.version), papers.latest(c, survey.id)
    if now is not None and now.fault:
        fault = Message.model_validate(now.fault)
    done = _read(newest.assessment) if newest and newest.assessment else None
    if by := who.by_chain(survey.organisation):  # a leader invited a credit code, and sees no plant but that
        codes = [survey.plant.get("credit_code"), *([done.plant.credit_code] if done else [])]
        with desk.store.read() as c:
            if not all(chains.invited(c, by, survey.organisation, code) for code in codes):
                raise UnknownError(Message(id="desk.unknown"))
    if done is not None and not who.may("survey.read", survey.organisation) and open_differences(done):
        done, fault = None, NOT_SHOWN
    return Standing(survey, done, fault, running, newest is None or newest.version != survey.version)


def _begin(desk: Desk, survey: Survey) -> Message | None:
    """Reckon the present version, unless that has been done or begun; says why it cannot be."""
    with desk.store.read() as c:
        if papers.outcome(c, survey.id, survey.version) is not None:
            return None
    held = surveys.sheet(desk, survey)
    if all(g.value is None for g in held.given.values()):
        return Message(id="desk.no_answers")
    desk.reckoner.start(
        (survey.id, survey.version),
        reckon,
        lambda: _job(desk, held),
        lambda made: _keep(desk, survey, made),
    )
    return None


def _job(desk: Desk, held: Sheet) -> Job:
    survey = held.survey
    with desk.store.read() as c:
        files = papers.files_of(c, survey.id)
        newest = {f.kind: f for f in files}
        heard = counting(files)
        bundle = papers.content(c, survey.id, heard.sha256) if heard is not None else None
        confirmed = [f for f in files if "endpoint" in f.about and bundle is None]
        exports = tuple((f.about["endpoint"], f.media, papers.content(c, survey.id, f.sha256)) for f in confirmed)
    answers = _proved(surveys.answers(held), files)
    if bundle is None and not exports:  # no machine was heard: there is nothing to differ from
        answers = answers.model_copy(update={"settlements": ()})
    ledger_ = newest.get("register")
    register = registered(ledger_) if ledger_ is not None else None
    about: Mapping[str, Any] = ledger_.about if ledger_ else {}
    return Job(
        plant=canonical(held.plant),
        answers=canonical(answers),
        framework=held.framework.id,
        made=desk.clock(),
        bundle=bundle,
        assets=tuple(about.get("assets", ())),
        processes=tuple(about.get("processes", ())),
        register=register,
        exports=exports,
    )


def _proved(answers: Answers, files: Sequence[StoredFile]) -> Answers:
    """Each answer with the proofs that were handed in for it."""
    handed: dict[str, tuple[Proof, ...]] = {}
    for file in files:
        if file.kind == "proof" and file.question is not None:
            handed[file.question] = (*handed.get(file.question, ()), _proof(file))
    said = (a.model_copy(update={"proofs": handed.get(a.question, ())}) for a in answers.answers)
    return answers.model_copy(update={"answers": tuple(said)})


def _proof(file: StoredFile) -> Proof:
    kind: Literal["photograph", "document"] = "photograph" if file.media.startswith("image/") else "document"
    return Proof(kind=kind, title=file.name, sha256=file.sha256)


def _keep(desk: Desk, survey: Survey, made: Reckoned) -> None:
    with desk.store.write() as c:
        if sql.get(c, survey.id, lock=True) is None:
            return  # it was erased meanwhile
        told = made.assessment, made.fault, made.differing, made.brief
        new = Outcome(survey.id, survey.version, desk.clock(), *told)
        papers.keep(c, new, made.sealed, made.filed)
        if made.extract is not None:
            extracts.keep(c, extracting.extracted(survey.id, survey.organisation, survey.version, *made.extract))


@lru_cache(maxsize=16)
def _read(packed: bytes) -> Assessment:
    return Assessment.model_validate_json(zlib.decompress(packed))


def assessment(desk: Desk, who: Actor, survey_id: str) -> Assessment:
    """The newest result; InputError where there is none."""
    found = result(desk, who, survey_id)
    if found.done is None:
        raise InputError(found.fault or Message(id="desk.no_result"))
    return found.done


def differing(desk: Desk, survey: Survey) -> dict[str, str]:
    """Questions whose answer a machine differs from, by the newest result, and the verdict of each."""
    with desk.store.read() as c:
        return papers.differing(c, survey.id)


def what_if(desk: Desk, who: Actor, survey_id: str, wishes: Mapping[str, Any]) -> Roadmap:
    """Another plan for the same result, by other money, people, aim and items; changes nothing.

    `wishes`: parts of an answer file, `budget` and `plan`.
    """
    done = assessment(desk, who, survey_id)
    try:
        changed = done.answers.model_dump(mode="json", exclude={"answers"}) | {"answers": ()} | dict(wishes)
        answers = Answers.model_validate(changed).model_copy(update={"answers": done.answers.answers})
    except ValueError as problem:
        raise InputError(Message(id="desk.bad_setting", params={"field": "plan"})) from problem
    if not planned(answers):
        raise InputError(Message(id="desk.nothing_wanted"))
    ground = pipeline.grounds(
        done.framework, desk.library, done.evidence, answers, done.measurements, done.plant, done.assets
    )
    roadmap = make(case(ground, desk.library))
    told = funded(done.model_copy(update={"answers": answers, "roadmap": roadmap}), desk.library).roadmap
    assert told is not None
    return told


def peers(desk: Desk, survey_id: str) -> list[Assessment]:
    """Results of other real factories that were heard and agreed to be compared; none below ten."""
    with desk.store.read() as c:
        agreed = ledger.agreed(c, "peers")
        real = {o.id for o in people.organisations_of_kind(c, "factory") if not o.demonstration}
        ids = [s.id for s in sql.of_organisations(c, sorted(agreed & real)) if s.id != survey_id]
        held = papers.latest_of(c, ids)
    found = [_read(o.assessment) for o in held if o.assessment]
    heard = [done for done in found if done.source is not None and not done.plant.simulated]
    return heard if len(heard) >= FEWEST else []


def among(done: Assessment, held: list[Assessment]) -> Comparison | None:
    """Where a plant stands among real peers; None where there are too few, or no machine of its own was heard."""
    if not held or done.source is None:
        return None
    return compare(as_peer(done), [as_peer(one) for one in held])


def packed(done: Assessment) -> bytes:
    return canonical(done)


def _rests_on(c: Connection, survey_id: str, digest: str) -> bytes | None:
    """What an Assessment was made from: a bundle that was handed in, a filing that rests on the same, or what was
    sealed of exports. Not one that was handed in since."""
    held = [f for f in papers.files_of(c, survey_id, "bundle") if digest in (f.about["digest"], f.about["source"])]
    return papers.content(c, survey_id, held[-1].sha256) if held else papers.sealed(c, survey_id)


def filing(desk: Desk, who: Actor, survey_id: str, done: Assessment) -> bytes:
    """A bundle for filing: the result, the answers, the data files it was judged by; never what machines said."""
    survey, data = surveys.get(desk, who, survey_id), None
    if done.source is not None:
        with desk.store.read() as c:
            data = _rests_on(c, survey.id, done.source.bundle)
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        source = None
        if data is not None:
            (Path(folder) / "sealed.zip").write_bytes(data)
            source = open_bundle(Path(folder) / "sealed.zip")
        out = Path(folder) / "filing.zip"
        write_assessment(
            out,
            source=source,
            assessment=canonical(done),
            answers=write_answers(done.answers),
            parts=desk.library.parts,
            key=installation_key(),
            made=done.made,
        )
        return out.read_bytes()
