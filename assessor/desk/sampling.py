"""SAMPLING from a page: what a factory agreed to, what a run will ask of it, a run that goes on by itself.

A run is a process of its own (`assessor.visit.apart`) with a folder of its own. Neither the page, the browser nor
the server needs to stay: what the run is at stands in its folder, and what it sealed is taken in by whoever looks.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import connectors
from assessor.desk import surveys, taking_in
from assessor.desk.access import Actor
from assessor.desk.attaching import read_agreed
from assessor.desk.desk import Desk, new_id
from assessor.desk.taking_in import given_up, taken_in, try_again
from assessor.domain import Message, Scope
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import Run, StoredFile, Survey, ledger, papers, people, runs
from assessor.storage import surveys as sql
from assessor.visit import apart, live
from assessor.visit.live import Chosen, Job, Live, Phase, Picks
from assessor.visit.reach import Place, Reach, check_reach, resolved
from connectors.scope import check_window, load_scope, seconds_left

SHORTEST, LONGEST = 10, 14 * 86_400
"""Seconds of a run"""
MOST_AT_ONCE = 8
"""Runs of one installation: each is a process of some 150 MB."""


@dataclass(frozen=True)
class Agreed:
    """The scope that counts: the newest one that was handed in."""

    file: StoredFile
    scope: Scope
    data: bytes


@dataclass(frozen=True)
class Standing:
    """One run as it stands."""

    run: Run
    phase: Phase | Literal["interrupted", "elsewhere", "kept", "given_up"]
    live: Live | None
    left: bool
    """Did a process that is gone leave something, to go on with or to seal?"""

    @property
    def runs(self) -> bool:
        return self.phase in ("starting", "sampling", "stopping", "sealing")


def agreed(desk: Desk, who: Actor, survey_id: str) -> Agreed | None:
    """The scope that counts, for those who may see addresses of machines."""
    _seen(desk, who, survey_id)
    return _agreed(desk, survey_id)


def _agreed(desk: Desk, survey_id: str) -> Agreed | None:
    with desk.store.read() as c:
        held = papers.files_of(c, survey_id, "scope")
        data = papers.content(c, survey_id, held[-1].sha256) if held else b""
    return Agreed(held[-1], read_agreed(data, held[-1].name), data) if held else None


def _seen(desk: Desk, who: Actor, survey_id: str) -> Survey:
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    who.require("raw.read", survey.organisation)
    return survey


def usual_seconds(desk: Desk, scope: Scope) -> int:
    """Until the agreed window closes; an hour where there is none, or where it is not open yet."""
    left = seconds_left(scope, desk.clock())
    return min(int(left), 12 * 3600) if left else 3600


def free_bytes(desk: Desk) -> int | None:
    """Room on the disk that runs are written to; None where there are none."""
    if desk.runs is None:
        return None
    desk.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(desk.runs).free


# A run and what is asked of it ----------------------------------------------------------------------------------


def start(desk: Desk, who: Actor, survey_id: str, seconds: int, agreed_to: str | None = None) -> Run:
    """Begin a run under the scope that counts. Refused before anything is sent where it may not be begun.

    `agreed_to`: the SHA-256 of the scope whose load somebody has seen; another one is not begun unseen.
    """
    survey, reach, folder = _may_sample(desk, who, survey_id), _reach(desk), _folder(desk)
    if not SHORTEST <= seconds <= LONGEST:
        raise InputError(Message(id="desk.run_length", params={"least": SHORTEST, "days": LONGEST // 86_400}))
    held = _agreed(desk, survey_id)
    if held is None:
        raise InputError(Message(id="desk.no_scope"))
    if agreed_to is not None and agreed_to != held.file.sha256:
        raise InputError(Message(id="desk.other_scope"))
    check_window(held.scope, desk.clock())
    wanted = check_reach(held.scope, reach)
    run = Run(
        new_id(), survey_id, held.file.sha256, seconds, who.account, desk.clock(), taking_in.place_of(folder)
    )
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None:
            raise UnknownError(Message(id="desk.unknown"))
        _alone(desk, folder, run, wanted | _lines(held.scope), runs.not_over(c))
        runs.add(c, run)
        ledger.note(c, run.began, who.account, survey.organisation, "sampling begun", survey_id)
    try:
        begun = apart.begin(folder / run.id, held.data, Job(seconds=seconds, reach=reach.written))
    except Exception:
        given_up(desk, run, None)
        raise
    if begun.phase == "failed" and begun.fault is not None:
        given_up(desk, run, begun.fault)
        raise InputError(begun.fault, begun.place)
    return run


def _may_sample(desk: Desk, who: Actor, survey_id: str) -> Survey:
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.sample", survey.organisation)
    with desk.store.read() as c:
        house = people.organisation(c, survey.organisation)
    if house is not None and house.demonstration:
        raise AccessError(Message(id="desk.demonstration_samples_nothing"))
    return survey


def _reach(desk: Desk) -> Reach:
    """Whoever runs the system says whether it samples at all."""
    if desk.reach is None:
        raise AccessError(Message(id="visit.off"))
    return desk.reach


def _folder(desk: Desk) -> Path:
    """Where runs lie; those of before are there also where nothing may be begun any more."""
    if desk.runs is None:
        raise AccessError(Message(id="visit.off"))
    return desk.runs


def _lines(scope: Scope) -> frozenset[Place]:
    """Serial lines, which only one may ask on."""
    return frozenset((e.address.lower(), 0) for e in scope.endpoints if connectors.is_serial(e.protocol))


def _alone(desk: Desk, folder: Path, new: Run, wanted: frozenset[Place], open_: list[Run]) -> None:
    """One run a survey, so many at once, and nobody else at the same machines."""
    others = [run for run in open_ if run.id != new.id and run.place == new.place]
    if any(run.survey == new.survey for run in others):
        raise InputError(Message(id="desk.run_open"))
    at_it = [run for run in others if live.is_alive(folder / run.id) or desk.clock() - run.began < taking_in.YOUNG]
    if len(at_it) >= MOST_AT_ONCE:
        raise InputError(Message(id="desk.run_many", params={"most": MOST_AT_ONCE}))
    for run in at_it:
        file = folder / run.id / "scope.yaml"
        if file.is_file() and wanted & _places(load_scope(file)):
            raise InputError(Message(id="desk.run_elsewhere"))


def _places(scope: Scope) -> frozenset[Place]:
    """What its addresses come to, however they are written."""
    found = {(str(a), port) for host, port in scope.places for a in resolved(host, port)}
    return frozenset(found) | _lines(scope)


def standing(desk: Desk, who: Actor, survey_id: str, run_id: str) -> Standing:
    """One run as it stands; what it sealed is taken in first."""
    _seen(desk, who, survey_id)
    return _standing(desk, taken_in(desk, _get(desk, survey_id, run_id)))


def all_of(desk: Desk, who: Actor, survey_id: str) -> list[Standing]:
    """Every run of a survey, newest first."""
    _seen(desk, who, survey_id)
    with desk.store.read() as c:
        held = runs.of_survey(c, survey_id)
    return [_standing(desk, taken_in(desk, run)) for run in held]


def _get(desk: Desk, survey_id: str, run_id: str) -> Run:
    with desk.store.read() as c:
        run = runs.get(c, survey_id, run_id)
    if run is None:
        raise UnknownError(Message(id="desk.unknown"))
    return run


def _standing(desk: Desk, run: Run) -> Standing:
    if run.outcome is not None or desk.runs is None:
        return Standing(run, run.outcome or "elsewhere", None, False)
    if not taking_in.is_here(desk, run):
        return Standing(run, "elsewhere", None, False)
    folder = desk.runs / run.id
    alive, told = live.is_alive(folder), live.read(Live, folder / "live.json")
    if alive:
        return Standing(run, told.phase if told else "starting", told, False)
    if told is not None and told.phase in ("sealed", "failed"):
        return Standing(run, told.phase, told, apart.left_behind(folder))
    return Standing(run, "interrupted", told, apart.left_behind(folder))


def stop(desk: Desk, who: Actor, survey_id: str, run_id: str) -> None:
    """Abort: all sessions are closed within two seconds, what was heard is sealed."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.sample", survey.organisation)
    run, folder = _get(desk, survey_id, run_id), _folder(desk)
    if run.outcome is None and (folder / run.id).is_dir():
        apart.ask_to_stop(folder / run.id)
        with desk.store.write() as c:
            ledger.note(c, desk.clock(), who.account, survey.organisation, "sampling stopped", survey_id)


def again(desk: Desk, who: Actor, survey_id: str, run_id: str, how: Literal["resume", "seal"]) -> None:
    """Take up a run whose process is gone: go on until it was to end, or seal what it left."""
    survey, folder = _may_sample(desk, who, survey_id), _folder(desk)
    run = _get(desk, survey_id, run_id)
    place = folder / run.id
    if run.outcome is None and apart.sealed_file(place).is_file():
        try_again(desk, run)
        return
    if run.outcome is not None or not apart.left_behind(place):
        raise InputError(Message(id="desk.nothing_left"))
    ends = run.began + run.seconds * 10**9
    left = max(SHORTEST, (ends - desk.clock()) / 1e9)
    wanted: frozenset[Place] = frozenset()
    if how == "resume":
        scope = load_scope(place / "scope.yaml")
        check_window(scope, desk.clock())
        wanted = check_reach(scope, _reach(desk)) | _lines(scope)
    with desk.store.write() as c:
        if how == "resume":
            _alone(desk, folder, run, wanted, runs.not_over(c))
        ledger.note(c, desk.clock(), who.account, survey.organisation, f"sampling: {how}", survey_id)
    written = desk.reach.written if desk.reach is not None else ""
    begun = apart.again(place, Job(seconds=left, how=how, reach=written))
    if begun.phase == "failed" and begun.fault is not None:
        raise InputError(begun.fault, begun.place)


def close(desk: Desk, who: Actor, survey_id: str, run_id: str) -> None:
    """Say that nothing more comes of a run here: it was carried away by hand, or lies on another machine. What is
    in its folder stays there."""
    survey = _may_sample(desk, who, survey_id)
    run = _get(desk, survey_id, run_id)
    if desk.runs is not None and live.is_alive(desk.runs / run.id):
        raise InputError(Message(id="visit.runs"))
    if run.outcome is None:
        given_up(desk, run, Message(id="visit.closed"), clear=False)
        with desk.store.write() as c:
            ledger.note(c, desk.clock(), who.account, survey.organisation, "sampling closed", survey_id)


def picks(desk: Desk, who: Actor, survey_id: str, run_id: str) -> tuple[Picks, Chosen]:
    """Data points that can be looked at, and those that are."""
    _seen(desk, who, survey_id)
    run, folder = _get(desk, survey_id, run_id), _folder(desk)
    there = live.read(Picks, folder / run.id / "picks.json") or Picks(tags=())
    return there, live.read(Chosen, folder / run.id / "chosen.json") or Chosen()


def choose(desk: Desk, who: Actor, survey_id: str, run_id: str, ids: tuple[int, ...]) -> None:
    """Which data points to draw. Nothing more is asked of any machine for it."""
    who.require("survey.sample", surveys.get(desk, who, survey_id).organisation)
    run, folder = _get(desk, survey_id, run_id), _folder(desk)
    if run.outcome is None and (folder / run.id).is_dir():
        live.write(folder / run.id / "chosen.json", Chosen(ids=ids[: live.MOST_PLOTS]))


def sealed(desk: Desk, who: Actor, survey_id: str, run_id: str) -> Path:
    """The bundle of a run that could not be taken in: to be carried away by hand."""
    _seen(desk, who, survey_id)
    run, folder = _get(desk, survey_id, run_id), _folder(desk)
    file = apart.sealed_file(folder / run.id)
    if run.outcome is not None or not file.is_file():
        raise UnknownError(Message(id="desk.unknown"))
    return file
