"""EDITIONS on trial: what a framework that is to be would do to the results that an office may see.

Nothing that was filed changes, and nothing of a trial is in force: that is the operator's to bring about, by
installing the file. A report keeps no name: whoever reads it sees those of factories that have opened their
results to the office by now.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic

from assessor.desk.access import Actor
from assessor.desk.desk import MINUTE, Desk, new_id
from assessor.desk.office.overview import get as office_of
from assessor.domain import Message, Plant, Text, sha256
from assessor.errors import AssessorError, InputError, UnknownError
from assessor.indicators import load as indicators
from assessor.portfolio import crew
from assessor.portfolio.again import Order
from assessor.portfolio.candidate import candidate
from assessor.portfolio.impact import Impact, impact
from assessor.portfolio.rerate import rerate_many
from assessor.portfolio.shelf import EACH, Held, Piece, page_of
from assessor.storage import Trial, ledger, papers
from assessor.storage import trials as sql
from assessor.storage.kept_of_offices import Filed

NAMELESS = Text(zh="", en="")
EVERY = 1.0
"""Seconds between two times that progress is kept."""
QUIET = MINUTE
"""What has told nothing for so long broke off, with the server that tried it."""
MOST = 50
"""Trials that an office keeps."""


@dataclass(frozen=True)
class Shown:
    """A trial as somebody may see it."""

    trial: Trial
    running: bool
    report: Impact | None
    unnamed: int = 0
    """Results left out of the list: of factories that have not opened theirs to whoever asks, or no longer."""

    @property
    def broken_off(self) -> bool:
        return not self.running and self.trial.ended is None


def listed(desk: Desk, who: Actor, office: str) -> list[Shown]:
    """The trials of an office, the newest first, without their reports."""
    office_of(desk, who, office)
    who.require("editions.read", office)
    with desk.store.read() as c:
        return [Shown(trial, _runs(desk, trial), None) for trial in sql.of_office(c, office)]


def count(desk: Desk, who: Actor, office: str) -> int:
    """How many results there are to try an edition on."""
    office_of(desk, who, office)
    who.require("editions.read", office)
    with desk.store.read() as c:
        return sql.count(c, office)


def get(desk: Desk, who: Actor, office: str, id_: str) -> Shown:
    """One trial with its report, and names where they may be seen."""
    office_of(desk, who, office)
    who.require("editions.read", office)
    with desk.store.read() as c:
        trial = sql.get(c, office, id_)
        if trial is None:
            raise UnknownError(Message(id="desk.unknown"))
        packed = sql.report(c, id_)
        may = partial(who.may, "result.read")
        plants = sql.plants(c, office)
    if packed is None:
        return Shown(trial, _runs(desk, trial), None)
    report = Impact.model_validate_json(zlib.decompress(packed))
    named = _named(report, {p.survey: Plant.model_validate(p.plant).name for p in plants if may(p.organisation)})
    return Shown(trial, False, named, len(report.moved) - len(named.moved))


def hand_in(desk: Desk, who: Actor, office: str, name: str, data: bytes) -> str:
    """Take a framework's file or a zip of questionnaires, and begin to try it; gives the id of the trial.

    Raises InputError with file and line where the library would refuse it.
    """
    office_of(desk, who, office)
    who.require("editions.try", office)
    candidate(name, data, desk.library, indicators())
    now = desk.clock()
    with desk.store.write() as c:
        if len(sql.of_office(c, office)) >= MOST:
            raise InputError(Message(id="edition.most_trials", params={"most": MOST}))
        new = Trial(new_id(), office, name[:200], sha256(data), who.account, now, sql.count(c, office), 0, now)
        sql.add(c, new, data)
        ledger.note(c, now, who.account, office, "edition tried", new.id)
    _start(desk, new)
    return new.id


def again(desk: Desk, who: Actor, office: str, id_: str) -> None:
    """Begin anew what broke off."""
    office_of(desk, who, office)
    who.require("editions.try", office)
    shown = get(desk, who, office, id_)
    if shown.broken_off:
        with desk.store.write() as c:
            sql.change(c, id_, done=0, told=desk.clock())
        _start(desk, shown.trial)


def remove(desk: Desk, who: Actor, office: str, id_: str) -> None:
    """A trial and its report are gone; what was tried is noted still."""
    office_of(desk, who, office)
    who.require("editions.try", office)
    with desk.store.write() as c:
        if not sql.remove(c, office, id_):
            raise UnknownError(Message(id="desk.unknown"))
        ledger.note(c, desk.clock(), who.account, office, "trial removed", id_)


def _runs(desk: Desk, trial: Trial) -> bool:
    if trial.ended is not None:
        return False
    return desk.trials.running(trial.id) or desk.clock() - trial.told < QUIET


def _named(report: Impact, names: dict[str, Text]) -> Impact:
    """With the names of those that may be seen, without the others."""
    moved = tuple(m.model_copy(update={"name": names[m.file]}) for m in report.moved if m.file in names)
    dropped = tuple(d.model_copy(update={"name": names[d.file]}) for d in report.dropped if d.file in names)
    faults = tuple(f for f in report.faults if f.file in names)
    return report.model_copy(update={"moved": moved, "dropped": dropped, "faults": faults})


# The work -----------------------------------------------------------------------------------------------------


def _start(desk: Desk, trial: Trial) -> None:
    desk.trials.start(trial.id, lambda: _try(desk, trial))


def _try(desk: Desk, trial: Trial) -> None:
    """Judge all again in other processes, and keep what comes of it."""
    try:
        report = _report(desk, trial)
    except _Stopped:
        return
    except AssessorError as error:
        _ended(desk, trial, fault=error.message.model_dump(mode="json"))
        return
    except Exception as problem:
        told = Message(id="edition.not_tried", params={"reason": type(problem).__name__})
        _ended(desk, trial, fault=told.model_dump(mode="json"))
        raise
    kept = _nameless(report)
    _ended(desk, trial, report=zlib.compress(kept.model_dump_json().encode(), 6), done=trial.total)


def _nameless(report: Impact) -> Impact:
    """As it is kept, longer than a consent may hold: plants have numbers in place of names and keys, since whoever
    has a list of credit codes can make the keys out of it."""
    plants = sorted({m.plant for m in report.moved} | {d.plant for d in report.dropped})
    numbers = {key: f"plant-{n}" for n, key in enumerate(plants, 1)}
    moved = tuple(m.model_copy(update={"name": NAMELESS, "plant": numbers[m.plant]}) for m in report.moved)
    dropped = tuple(d.model_copy(update={"name": NAMELESS, "plant": numbers[d.plant]}) for d in report.dropped)
    return report.model_copy(update={"moved": moved, "dropped": dropped})


class _Stopped(Exception):
    """The server goes."""


def _report(desk: Desk, trial: Trial) -> Impact:
    with desk.store.read() as c:
        data = sql.data(c, trial.id)
    other = candidate(trial.name, data, desk.library)
    open_: set[str] = set()
    done, last = 0, monotonic()

    def told(n: int) -> None:
        nonlocal done, last
        done += n
        if desk.trials.stopped.is_set():
            raise _Stopped
        if monotonic() - last > EVERY:
            last = monotonic()
            with desk.store.write() as c:
                sql.change(c, trial.id, done=done, told=desk.clock())

    by = crew.chosen(desk.trials.executor)
    found = rerate_many(
        _pieces(desk, trial.organisation, open_), Order(other.parts, (), desk.library.parts), by, told, workers=1
    )
    open_ |= {one.file for one in found.held if one.differences}
    return impact(desk.library, other, found, frozenset(open_))


def _pieces(desk: Desk, office: str, open_: set[str]) -> Iterator[Piece]:
    """What an office may see now, page by page; `open_` takes the surveys with a difference that is known to be
    open. Of a result from before this was kept its Assessment tells, once it is read."""
    after = ""
    while True:
        with desk.store.read() as c:
            rows = sql.filed_after(c, office, after, EACH)
            old = {r.survey: papers.latest(c, r.survey) for r in rows if r.filed is None}
        if not rows:
            return
        after = rows[-1].survey
        open_ |= {r.survey for r in rows if r.open}
        keys = {r.survey: _key(r) for r in rows}
        kept = [(r.survey, keys[r.survey], zlib.decompress(r.filed)) for r in rows if r.filed is not None]
        if kept:
            yield (page_of(kept),)
        for survey, outcome in old.items():
            if outcome is not None and outcome.assessment is not None:
                yield (Held(survey, outcome.assessment, 1, keys[survey]),)


def _key(filed: Filed) -> str:
    """What tells plants apart: by credit code where there is one, as the picture does."""
    own = filed.key or sha256(f"{filed.organisation}/{filed.plant['id']}".encode())
    return own[:32]


def _ended(desk: Desk, trial: Trial, **values: object) -> None:
    now = desk.clock()
    with desk.store.write() as c:
        sql.change(c, trial.id, ended=now, told=now, **values)


__all__ = ["Shown", "again", "count", "get", "hand_in", "listed", "remove"]
