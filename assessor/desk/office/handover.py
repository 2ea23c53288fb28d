"""HAND OVER to official platforms: what is to be entered where, what was, and what the platform said of it.

People enter results on a platform themselves. Here stands what they say of it, each step in the office's log.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from assessor.audit import read_assessment
from assessor.bundle import open_bundle
from assessor.desk import surveys
from assessor.desk.access import Action, Actor
from assessor.desk.desk import Desk
from assessor.desk.office.steps import Step, alone, found, get, is_day, nobodys, note, programme_of, still_may
from assessor.domain import Assessment, HandoverAct, HandoverState, Message, Platform, Programme
from assessor.errors import AssessorError, ConflictError, InputError, UnknownError
from assessor.filing import open_pack
from assessor.filing.layout import BUNDLE
from assessor.programmes import handover as way
from assessor.storage import Handover, Voucher, handovers, people
from assessor.storage import vouchers as sql
from assessor.storage.handovers import Filed

A_PAGE = 50
LONGEST = 100
"""Characters of a reference."""


@dataclass(frozen=True)
class Due:
    """One accepted voucher on one platform."""

    filed: Filed
    platform: Platform
    held: Handover | None
    """None: nobody entered it yet."""

    @property
    def state(self) -> HandoverState:
        return self.held.state if self.held else "due"

    @property
    def step(self) -> int:
        """What a form is made upon."""
        return self.held.step if self.held else 0


@dataclass(frozen=True)
class Worklist:
    """What of an office is to be handed over, in the order in which it was accepted."""

    all: tuple[Due, ...]
    """Those that were asked for."""
    counts: dict[HandoverState, int]
    """Of the platform that was asked for, how many are in each state."""
    vouchers: int
    """Accepted vouchers in all."""
    names: dict[str, str]
    """Of accounts whose person is still known."""

    def after(self, entry: int) -> tuple[list[Due], int | None]:
        """A page from after an entry of the log on; what follows it. A voucher's platforms stay on one page."""
        left = [one for one in self.all if one.filed.accepted > entry]
        end = A_PAGE
        while 0 < end < len(left) and left[end].filed.id == left[end - 1].filed.id:
            end += 1
        shown = left[:end]
        return shown, shown[-1].filed.accepted if len(left) > end else None


def fitting(desk: Desk, kind: str) -> tuple[Platform, ...]:
    """Platforms that ask for a framework by which plants of a kind are rated here."""
    rated = [f.id for f in desk.library.frameworks.values() if f.on and f.plant in (None, kind)]
    return way.fitting(desk.library.platforms.values(), rated)


def worklist(desk: Desk, who: Actor, office: str, platform: str = "", state: str = "") -> Worklist:
    """All that is to be handed over; `platform`, `state`: those alone."""
    who.require("office.read", office)
    who.require("handover.read", office)
    with desk.store.read() as c:
        accepted = handovers.filed(c, office, way.OPEN)
        held = {(one.voucher, one.platform): one for one in handovers.of_office(c, office)}
        by_kind = {kind: fitting(desk, kind) for kind in {one.kind for one in accepted}}
        every = [
            Due(one, on, held.get((one.id, on.id)))
            for one in accepted
            for on in by_kind[one.kind]
            if platform in ("", on.id)
        ]
        wanted = tuple(one for one in every if state in ("", one.state))
        names = _names(c, wanted)
    counted = Counter(one.state for one in every)
    return Worklist(wanted, {name: counted[name] for name in way.STATES}, len(accepted), names)


def _names(c: Connection, listed: Sequence[Due]) -> dict[str, str]:
    known = people.people(c, {one.held.account for one in listed if one.held})
    return {id_: person.name for id_, person in known.items()}


@dataclass(frozen=True)
class Own:
    """An accepted voucher of a survey, as its factory hands it over."""

    voucher: Voucher
    office: str
    """Its name."""
    programme: Programme
    due: tuple[tuple[Platform, Handover | None], ...]
    assessment: Assessment | None
    """As it was accepted; None where the pack is not kept any more, or cannot be read."""


def of_survey(desk: Desk, who: Actor, survey_id: str) -> list[Own]:
    """What of a survey is to be entered, and where; with the very Assessment that was accepted."""
    survey = surveys.get(desk, who, survey_id)
    who.require("handover.read", survey.organisation)
    who.require("filing.read", survey.organisation)
    with desk.store.read() as c:
        accepted = [v for v in sql.of_survey(c, survey_id) if v.state in way.OPEN]
        return [_own(desk, c, voucher) for voucher in accepted if voucher.factory == survey.organisation]


def _own(desk: Desk, c: Connection, voucher: Voucher) -> Own:
    office, packs, held = (
        people.organisation(c, voucher.office),
        sql.packs_of(c, voucher.id),
        handovers.of_voucher(c, voucher.id),
    )
    data = sql.pack_data(c, voucher.id, packs[-1].number) if packs else None
    due = tuple((on, held.get(on.id)) for on in fitting(desk, voucher.about["plant"]["kind"]))
    done = accepted_in(data) if data is not None else None
    return Own(voucher, office.name if office else "", programme_of(c, voucher), due, done)


@lru_cache(maxsize=4)
def accepted_in(pack: bytes) -> Assessment | None:
    """The Assessment in the bundle of a pack; None where it holds none that can be read."""
    with tempfile.TemporaryDirectory(prefix="assessor-") as hidden, suppress(AssessorError):
        file = Path(hidden) / "pack.zip"
        file.write_bytes(pack)
        if (bundle := open_pack(file).members.get(BUNDLE)) is not None:
            file.write_bytes(bundle)
            return read_assessment(open_bundle(file).member("assessment.json"), BUNDLE)
    return None


@dataclass(frozen=True)
class Entered:
    """What a factory says of an entry that it made on a platform."""

    reference: str
    day: str


def enter(desk: Desk, who: Actor, id_: str, platform: str, step: int, said: Entered) -> Handover:
    """The factory entered it, under this reference. Once more: the reference is put right, or it was refused."""
    reference = " ".join(said.reference.split())
    if not reference or len(reference) > LONGEST or not reference.isprintable():
        raise InputError(Message(id="handover.bad_reference", params={"most": LONGEST}), "reference")
    with _stepping(desk, who, id_, platform, step, "enter") as one:
        if not is_day(said.day) or said.day > desk.today():
            raise InputError(Message(id="handover.bad_day"), "day")
        return one.keep(reference=reference, day=said.day)


def judge(desk: Desk, who: Actor, id_: str, platform: str, step: int, act: HandoverAct, why: str = "") -> Handover:
    """What the platform said of it, as the office was told; a refusal with its reason."""
    if way.MOVES[act].side != "office":
        raise UnknownError(Message(id="desk.unknown"))
    with _stepping(desk, who, id_, platform, step, act) as one:
        if way.MOVES[act].why and not why.strip():
            raise InputError(Message(id="handover.lacks_why"), "why")
        return one.keep(why=why)


@dataclass
class _Stepping:
    c: Connection
    desk: Desk
    who: Actor
    voucher: Voucher
    platform: str
    held: Handover | None
    after: HandoverState

    def keep(self, *, reference: str = "", day: str = "", why: str = "") -> Handover:
        """The step as it stands from now on, and its entry in the log."""
        held = self.held
        named, on = reference or (held.reference if held else ""), day or (held.day if held else "")
        told: dict[str, Any] = {"platform": self.platform, "state": self.after, "reference": named, "day": on}
        step = Step(self.voucher.id, "handover", why=why, details=told)
        entry = note(self.c, self.desk, self.voucher.office, self.who, step)
        new = Handover(
            voucher=self.voucher.id, platform=self.platform, state=self.after, reference=named, day=on,
            why=entry.why, step=entry.number, account=self.who.account, at=entry.at,
        )  # fmt: skip
        handovers.keep(self.c, new)
        return new


@contextmanager
def _stepping(desk: Desk, who: Actor, id_: str, platform: str, step: int, act: HandoverAct) -> Iterator[_Stepping]:
    """One step, asked for by somebody who saw `step`; its office is held alone until it stands."""
    asked, move = get(desk, who, id_), way.MOVES[act]
    action: Action = "handover.judge" if move.side == "office" else "handover.note"
    side = asked.office if move.side == "office" else asked.factory
    who.require(action, side)
    with desk.store.write() as c:
        alone(c, asked.office)
        voucher = found(c, id_)
        still_may(c, who, action, side)
        if move.side == "office":
            nobodys(c, who, voucher)
        if platform not in {on.id for on in fitting(desk, voucher.about["plant"]["kind"])}:
            raise UnknownError(Message(id="desk.unknown"))
        if voucher.state not in way.OPEN:
            raise ConflictError(Message(id="handover.not_accepted"))
        held = handovers.get(c, id_, platform)
        state: HandoverState = held.state if held else "due"
        if (held.step if held else 0) != step:
            raise ConflictError(Message(id="handover.moved"))
        after = way.after(act, state)
        if after is None:
            raise ConflictError(Message(id=f"handover.no_step.{state}"))
        yield _Stepping(c, desk, who, voucher, platform, held, after)
