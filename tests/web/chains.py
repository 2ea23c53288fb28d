"""A chain with its leader, suppliers that it invited, and results that cost no reckoning."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assessor.desk import houses, surveys
from assessor.desk.access import Actor
from assessor.desk.chain import inviting, joining, seeing
from assessor.desk.chain.inviting import Coded
from assessor.desk.desk import Desk
from assessor.desk.entering import known_by_session
from assessor.domain import Assessment, canonical
from assessor.errors import AssessorError
from assessor.portfolio.group import INTEGRATED, brief
from assessor.storage import Outcome, papers
from assessor.storage import surveys as sql
from tests.web.offices import Applicant, code
from tests.web.people import PLANT, Person, come_in, joined

DEMO = Path(__file__).parents[1] / "cases" / "demo" / "assessment.json"


@dataclass(frozen=True)
class Chain:
    """Made for a test."""

    house: str
    leader: Person


def chain(desk: Desk, name: str = "申江整车（测试）", *, demonstration: bool = False) -> Chain:
    house = houses.found(desk, "chain", name, demonstration=demonstration)
    return Chain(house, joined(desk, house, "officer"))


def now(desk: Desk, person: Person) -> Actor:
    """The same person with what others opened to them by now."""
    known = known_by_session(desk, person.token)
    assert known is not None
    return known.actor


def listed(*numbers: int, tier: int | str = 1) -> bytes:
    """A list as it is pasted."""
    return "".join(f"供应商{n},{code(n)},{tier}\n" for n in numbers).encode()


def invited(desk: Desk, at: Chain, *numbers: int) -> list[Coded]:
    return inviting.invite(desk, at.leader.who, at.house, inviting.listed(listed(*numbers)))


def newcomer(desk: Desk, one: Coded, n: int) -> Applicant:
    """Somebody new who came in by a code, and began a survey of the plant with the n-th credit code."""
    owner = come_in(desk, one.code, f"10.1.0.{n}")
    house = owner.who.organisations()[0]
    survey = surveys.begin(desk, owner.who, house, PLANT | {"credit_code": code(n), "name": f"供应商{n}工厂"})
    return Applicant(house, owner, survey)


def member(desk: Desk, at: Chain, n: int) -> Applicant:
    """The n-th supplier, joined."""
    (one,) = invited(desk, at, n)
    made = newcomer(desk, one, n)
    joining.join(desk, made.owner.who, made.survey, one.member.id, agreed=True)
    return made


def answering(desk: Desk, one: Applicant, at: Chain) -> str:
    """The line of a chain that waits for a factory's answer, or has it."""
    (found,) = [i for i in joining.invitations(desk, one.owner.who, one.survey) if i.chain.id == at.house]
    return found.member.id


def with_result(
    desk: Desk, one: Applicant, *, settled: bool = True, heard: bool = True, credit_code: str = ""
) -> Assessment:
    """The result of the simulated plant as that of another one, kept as if it had been reckoned here."""
    with desk.store.read() as c:
        survey = sql.get(c, one.survey)
    assert survey is not None
    done = Assessment.model_validate_json(DEMO.read_bytes())
    whose = {"credit_code": credit_code or survey.plant["credit_code"]}
    changed = {
        "made": desk.clock(),
        "plant": done.plant.model_copy(update=whose),
        "findings": tuple(f.model_copy(update={"settled": settled}) for f in done.findings),
        "source": done.source if heard else None,
    }
    done = done.model_copy(update=changed)
    told = brief(done).model_dump(mode="json")
    new = Outcome(one.survey, survey.version, desk.clock(), zlib.compress(canonical(done)), None, {}, told)
    with desk.store.write() as c:
        papers.keep(c, new)
    return done


def later(desk: Desk, nanoseconds: int) -> Desk:
    """The same desk at another time."""
    return replace(desk, clock=lambda: desk.clock() + nanoseconds)


def refused(act: Callable[[], object], id_: str, kind: type[AssessorError] = AssessorError) -> None:
    with pytest.raises(kind) as told:
        act()
    assert told.value.message.id == id_


def seen(desk: Desk, at: Chain, level: int = INTEGRATED) -> seeing.Picture:
    return seeing.picture(desk, now(desk, at.leader), at.house, level)


def states(desk: Desk, at: Chain) -> dict[str, str]:
    return {line.member.credit_code: line.state for line in seen(desk, at).lines}
