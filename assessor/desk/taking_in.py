"""TAKE IN what a run sealed: among the files of its survey, once; and clear away what was erased.

A run is judged by the installation alone whose folder it lies in. A folder goes when its bundle was taken in, when
nothing came of it, or when its survey was erased, and for no other reason.
"""

import logging
import shutil
from contextlib import suppress
from pathlib import Path

from assessor.desk.attaching import read_bundle, same_plant
from assessor.desk.content import LARGEST, MOST, Content, read_content
from assessor.desk.desk import Desk, new_id
from assessor.domain import Message, Plant, sha256
from assessor.errors import AssessorError, InputError
from assessor.home import create_file
from assessor.storage import Run, StoredFile, ledger, papers, runs
from assessor.storage import surveys as sql
from assessor.visit import apart, live
from assessor.visit.live import Live

log = logging.getLogger("assessor.desk")
YOUNG = 90 * 10**9
"""A run that was noted so short a time ago may not have its process yet."""
ERASED = "erased"
"""Stands in the folder of a run whose survey is gone."""


def place_of(folder: Path) -> str:
    """Which folder of runs this is, whatever it is called: an id that is drawn once."""
    file = folder / "place"
    with suppress(FileExistsError):
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            create_file(file, new_id().encode())
    return file.read_text("ascii")


def is_here(desk: Desk, run: Run) -> bool:
    return desk.runs is not None and run.place == place_of(desk.runs)


def taken_in(desk: Desk, run: Run) -> Run:
    """The run after a look at its folder: one whose process ended is over, with what it left."""
    if run.outcome is not None or desk.runs is None or not is_here(desk, run):
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


def given_up(desk: Desk, run: Run, fault: Message | None, *, clear: bool = True) -> Run:
    """Nothing came of it here. `clear`: nor is there anything that somebody might carry away."""
    said = fault.model_dump(mode="json") if fault is not None else None
    with desk.store.write() as c:
        runs.change(c, run.id, outcome="given_up", ended=desk.clock(), fault=said)
    if clear:
        _clear(desk, run.id)
    return _again(desk, run)


def _kept(desk: Desk, run: Run, sealed: Path) -> Run:
    """Its bundle among the files; where it cannot be, the reason, and the bundle stays where it is."""
    try:
        _file(desk, run, sealed)
    except FileNotFoundError:  # somebody else took it in meanwhile
        return _again(desk, run)
    except AssessorError as problem:
        with desk.store.write() as c:
            held = runs.get(c, run.survey, run.id)
            if held is not None and held.outcome is None and sealed.is_file():
                runs.change(c, run.id, fault=problem.message.model_dump(mode="json"))
        return _again(desk, run)
    _clear(desk, run.id)
    return _again(desk, run)


def _file(desk: Desk, run: Run, sealed: Path) -> None:
    name = f"sampled-{run.id[:8]}.zip"
    if sealed.stat().st_size > LARGEST["bundle"]:  # it is not read to be told so
        raise InputError(Message(id="desk.too_large", params={"mb": LARGEST["bundle"] // 1_000_000}), name)
    with desk.store.read() as c:
        before = sql.get(c, run.survey)
    if before is None:
        return
    data = sealed.read_bytes()
    content = read_content("bundle", name, data)
    told, plant = read_bundle(sealed, name, Plant.model_validate(before.plant))
    with desk.store.write() as c:
        survey, held = sql.get(c, run.survey, lock=True), runs.get(c, run.survey, run.id)
        if survey is None or held is None or held.outcome is not None:
            return  # it was erased, or taken in by somebody else meanwhile
        if papers.bytes_of(c, run.survey) + len(data) > MOST:
            raise InputError(Message(id="desk.survey_full", params={"mb": MOST // 1_000_000}), name)
        plant = same_plant(plant, Plant.model_validate(survey.plant), name)
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


def erased(desk: Desk, gone: list[Run]) -> None:
    """The surveys of these runs are gone: what was heard goes too, once nobody works on it."""
    for run in gone:
        if is_here(desk, run) and desk.runs is not None and (folder := desk.runs / run.id).is_dir():
            apart.ask_to_stop(folder)
            (folder / ERASED).touch()


def sweep(desk: Desk) -> None:
    """Take in what ended while nobody looked; what was erased goes. One that fails does not keep the others."""
    if desk.runs is None or not desk.runs.is_dir():
        return
    with desk.store.read() as c:
        open_ = runs.not_over(c)
    for run in open_:
        try:
            taken_in(desk, run)
        except Exception:
            log.exception("a run was not taken in")
    for folder in desk.runs.iterdir():
        if (folder / ERASED).exists() and not live.is_alive(folder):
            shutil.rmtree(folder, ignore_errors=True)
