"""TAKE IN what a run sealed: among the files of its survey, once; and clear away what no survey speaks of."""

import shutil
from pathlib import Path

from assessor.desk.attaching import read_bundle
from assessor.desk.content import MOST, Content, read_content
from assessor.desk.desk import Desk, new_id
from assessor.domain import Message, Plant, sha256
from assessor.errors import AssessorError, InputError
from assessor.storage import Run, StoredFile, ledger, papers, runs
from assessor.storage import surveys as sql
from assessor.visit import apart, live
from assessor.visit.live import Live

YOUNG = 90 * 10**9
"""A run that was noted so short a time ago may not have its process yet."""


def taken_in(desk: Desk, run: Run) -> Run:
    """The run after a look at its folder: one whose process ended is over, with what it left."""
    if run.outcome is not None or desk.runs is None:
        return run
    folder = desk.runs / run.id
    if live.is_alive(folder):
        return run
    sealed = apart.sealed_file(folder)
    if sealed.is_file() and run.fault is None:
        return _kept(desk, run, sealed)
    told = live.read(Live, folder / "live.json")
    gone = told is not None or desk.clock() - run.began > YOUNG
    if gone and not sealed.is_file() and not apart.left_behind(folder):
        return given_up(desk, run, (told.fault if told else None) or Message(id="visit.vanished"))
    return run


def try_again(desk: Desk, run: Run) -> None:
    """To take in a bundle that could not be taken in before."""
    with desk.store.write() as c:
        runs.change(c, run.id, fault=None)
    taken_in(desk, _again(desk, run))


def given_up(desk: Desk, run: Run, fault: Message | None) -> Run:
    """Nothing came of it."""
    said = fault.model_dump(mode="json") if fault is not None else None
    with desk.store.write() as c:
        runs.change(c, run.id, outcome="given_up", ended=desk.clock(), fault=said)
    _clear(desk, run.id)
    return _again(desk, run)


def _kept(desk: Desk, run: Run, sealed: Path) -> Run:
    """Its bundle among the files; where it cannot be, the reason, and the bundle stays where it is."""
    try:
        _file(desk, run, sealed)
    except AssessorError as problem:
        with desk.store.write() as c:
            runs.change(c, run.id, fault=problem.message.model_dump(mode="json"))
        return _again(desk, run)
    _clear(desk, run.id)
    return _again(desk, run)


def _file(desk: Desk, run: Run, sealed: Path) -> None:
    name = f"sampled-{run.id[:8]}.zip"
    if sealed.stat().st_size > MOST:
        raise InputError(Message(id="desk.survey_full", params={"mb": MOST // 1_000_000}), name)
    data = sealed.read_bytes()
    content = read_content("bundle", name, data)
    with desk.store.write() as c:
        survey, held = sql.get(c, run.survey, lock=True), runs.get(c, run.survey, run.id)
        if survey is None or held is None or held.outcome is not None:
            return  # it was erased, or taken in by somebody else meanwhile
        if papers.bytes_of(c, run.survey) + len(data) > MOST:
            raise InputError(Message(id="desk.survey_full", params={"mb": MOST // 1_000_000}), name)
        told, plant = read_bundle(sealed, name, Plant.model_validate(survey.plant))
        file = _as_file(desk, run, content, told | {"run": run.id})
        papers.add_file(c, file, data)
        sql.change(c, run.survey, plant=plant.model_dump(mode="json"))
        runs.change(c, run.id, outcome="kept", ended=file.at, file=file.id)
        ledger.note(c, file.at, run.account, survey.organisation, "bundle added", file.id)


def _as_file(desk: Desk, run: Run, content: Content, about: dict[str, object]) -> StoredFile:
    return StoredFile(
        id=new_id(),
        survey=run.survey,
        kind="bundle",
        question=None,
        name=content.name,
        media=content.media,
        size=len(content.data),
        sha256=sha256(content.data),
        about=about,
        account=run.account,
        at=desk.clock(),
    )


def _again(desk: Desk, run: Run) -> Run:
    with desk.store.read() as c:
        return runs.get(c, run.survey, run.id) or run


def _clear(desk: Desk, run_id: str) -> None:
    assert desk.runs is not None
    shutil.rmtree(desk.runs / run_id, ignore_errors=True)


def sweep(desk: Desk) -> None:
    """Take in what ended while nobody looked; what belongs to no survey any more is stopped and goes."""
    if desk.runs is None or not desk.runs.is_dir():
        return
    with desk.store.read() as c:
        known, open_ = runs.ids(c), runs.not_over(c)
    for run in open_:
        taken_in(desk, run)
    for folder in desk.runs.iterdir():
        if folder.is_dir() and folder.name not in known:
            apart.ask_to_stop(folder)
            if not live.is_alive(folder):
                shutil.rmtree(folder, ignore_errors=True)
