"""ONE'S OWN DATA: all of it in one file, and gone when it is to be gone. What was done stays, by ids alone."""

import io
import json
import zipfile
import zlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from assessor.desk import houses, surveys, taking_in
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office import handing
from assessor.domain import Message
from assessor.errors import AccessError, InputError
from assessor.forms.writing import write_answers
from assessor.storage import Sample, ledger, papers, people, quality, runs
from assessor.storage import surveys as sql


def export_account(desk: Desk, who: Actor) -> dict[str, Any]:
    """What is known of a person: who they are here, where they belong, what they did."""
    if who.scopes is not None:
        raise AccessError(Message(id="desk.session_only"))
    with desk.store.read() as c:
        account, person = people.account(c, who.account), people.person(c, who.account)
        events = ledger.events_of(c, None, who.account, most=100_000)
        tokens = people.tokens_of(c, who.account)
        said = quality.declared_by(c, who.account)
        ratings = [_rating(c, sample, own=True) for sample in quality.samples_by(c, who.account)]
    assert account is not None and person is not None
    return {
        "account": {"id": account.id, "made": account.made, "language": account.language},
        "person": asdict(person),
        "memberships": [asdict(m) for m in who.memberships],
        "tokens": [asdict(t) for t in tokens],
        "declarations": [asdict(d) for d in said],
        "second_ratings": ratings,
        "events": [asdict(e) for e in reversed(events)],
    }


def export_survey(desk: Desk, who: Actor, survey_id: str) -> bytes:
    """All of a survey as a zip: answers as the command line reads them, their history, files, the result."""
    held = surveys.opened(desk, who, survey_id)
    who.require("data.export", held.survey.organisation)
    with desk.store.read() as c:
        history = [asdict(g) for g in sql.history(c, survey_id)]
        files, done = papers.files_of(c, survey_id), papers.latest(c, survey_id)
        steps, said = quality.steps_of(c, survey_id), quality.declared(c, survey_id)
        ratings = [_rating(c, s) for s in quality.samples_of(c, survey_id) if s.ended is not None]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("survey.json", _json(asdict(held.survey)))
            archive.writestr("answers.yaml", write_answers(surveys.answers(held)))
            archive.writestr("standing.json", _json([asdict(g) for g in held.given.values()]))
            archive.writestr("history.json", _json(history))
            archive.writestr("notes.json", _json([asdict(note) for note in sql.notes(c, survey_id)]))
            review = {
                "steps": [asdict(s) for s in steps],
                "declarations": [asdict(d) for d in said],
                "second_ratings": ratings,
            }
            archive.writestr("review.json", _json(review))
            archive.writestr("files.json", _json([asdict(f) for f in files]))
            for file in files:
                archive.writestr(f"files/{file.id}/{file.name}", papers.content(c, survey_id, file.sha256))
            if done is not None and done.assessment is not None:
                archive.writestr("assessment.json", zlib.decompress(done.assessment))
    return out.getvalue()


def _rating(c: Connection, sample: Sample, *, own: bool = False) -> dict[str, Any]:
    """A second rating; to whoever is rating it yet without what was said first."""
    told = asdict(sample)
    if own and sample.ended is None:
        told["first"] = [question for question, _ in sample.first]
    return told | {"second": [asdict(s) for s in quality.seconds_of(c, sample.survey, sample.account).values()]}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def erase_survey(desk: Desk, who: Actor, survey_id: str) -> None:
    """Answers, history, files and results go; that there was one stays, by its id."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.erase", survey.organisation)
    with desk.store.write() as c:
        gone = runs.of_survey(c, survey_id)
        handing.forget(desk, c, who, survey_id)
        sql.remove(c, survey_id)
        ledger.note(c, desk.clock(), who.account, survey.organisation, "survey erased", survey_id)
    taking_in.erased(desk, gone)


def erase_account(desk: Desk, who: Actor) -> None:
    """The person goes. Whoever is the last owner of a factory erases its surveys first, or names another owner."""
    if who.scopes is not None:
        raise AccessError(Message(id="desk.session_only"))
    for membership in who.memberships:
        if membership.role != "owner":
            continue
        others = [p for p in houses.colleagues(desk, who, membership.organisation) if p.person is not None]
        if any(p.membership.account != who.account and p.membership.role == "owner" for p in others):
            continue
        with desk.store.read() as c:
            left = sql.of_organisations(c, [membership.organisation])
        if left:
            raise InputError(Message(id="desk.surveys_left", params={"n": len(left)}))
    with desk.store.write() as c:
        people.erase_person(c, who.account)
        people.end_invitations_held(c, who.account, desk.clock())
        people.change_account(c, who.account, ended=desk.clock(), password=None)
        ledger.note(c, desk.clock(), who.account, None, "account erased", who.account)


def end_of_keeping(desk: Desk) -> int:
    """Erase what was to be kept until now, a visitor's demonstration with the visitor; gives how many went."""
    now = desk.clock()
    with desk.store.write() as c:
        people.forget_ended(c, now)
        gone = sql.ended(c, now)
        sampled = [run for survey in gone for run in runs.of_survey(c, survey.id)]
        for survey in gone:
            house = people.organisation(c, survey.organisation)
            handing.forget(desk, c, None, survey.id)
            sql.remove(c, survey.id)
            ledger.note(c, now, None, survey.organisation, "kept long enough", survey.id)
            if house is not None and house.demonstration:
                for member in people.members(c, house.id):
                    if {m.organisation for m in people.memberships_of(c, member.account)} == {house.id}:
                        people.erase_person(c, member.account)  # who belongs elsewhere too only looked round here
                        people.change_account(c, member.account, ended=now)
                people.remove_organisation(c, house.id)
    taking_in.erased(desk, sampled)
    return len(gone)
