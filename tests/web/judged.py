"""A factory with three people: who answers for it, who assesses it, who reviews the assessment."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from assessor.desk import accounts, answering, declaring, reckoning, reviewing, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.entering import enter
from assessor.errors import AssessorError
from assessor.storage import Role
from assessor.storage import surveys as sql
from tests.web.asked import AtOnce
from tests.web.people import entry, factory, joined

Q = "m5-l2-1"
WHY = "看了结果、差异和抽样证据"


@dataclass
class Case:
    """A factory with three people: owner, consultant, reviewer; one answer, and its result."""

    desk: Desk
    house: str
    survey: str
    owner: Actor
    consultant: Actor
    reviewer: Actor

    @property
    def version(self) -> int:
        return surveys.get(self.desk, self.owner, self.survey).version

    def named(self, role: Role, name: str) -> Actor:
        person = joined(self.desk, self.house, role).who
        accounts.rename(self.desk, person, name)
        return person

    def session(self, who: Actor) -> str:
        """Another one of somebody who is there."""
        return enter(self.desk, who.account).token

    def say(self, who: Actor, value: str = "1", question: str = Q) -> None:
        with self.desk.store.read() as c:
            stands = sql.answer(c, self.survey, question)
        answering.save(self.desk, who, self.survey, entry(question, value, stands.version if stands else 0))

    def reckon(self) -> None:
        assert reckoning.result(self.desk, self.owner, self.survey).done is not None

    def declare(self, *who: Actor) -> None:
        for one in who:
            declaring.declare(self.desk, one, self.survey, ["none"])

    def hand_in(self, who: Actor | None = None, why: str = "") -> None:
        self.reckon()
        reviewing.hand_in(self.desk, who or self.consultant, self.survey, self.version, why)

    def sign(self, who: Actor | None = None, version: int | None = None, why: str = WHY) -> None:
        told = self.version if version is None else version
        reviewing.sign_off(self.desk, who or self.reviewer, self.survey, told, why)

    def state(self) -> tuple[str, bool]:
        found = reviewing.review(self.desk, self.owner, self.survey)
        return found.state, found.old

    def against(self, who: Actor | None = None) -> set[str]:
        return {m.id for m in reviewing.against(self.desk, who or self.reviewer, self.survey)}


def three(desk: Desk) -> Case:
    """All of them with names, and one answer."""
    desk = replace(desk, reckoner=AtOnce())
    house, owner, survey = factory(desk)
    accounts.rename(desk, owner.who, "厂长")
    made = Case(desk, house, survey, owner.who, owner.who, owner.who)
    made.consultant, made.reviewer = made.named("consultant", "顾问甲"), made.named("reviewer", "复核乙")
    made.say(owner.who, "0.5")
    return made


def refused(act: Callable[[], object], id_: str, kind: type[AssessorError] = AssessorError) -> None:
    with pytest.raises(kind) as told:
        act()
    assert told.value.message.id == id_
