"""An office with officers and auditors, a programme that it runs, and factories that may apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessor.desk import houses, surveys
from assessor.desk.desk import Desk
from assessor.desk.office import applying, handing, running
from assessor.desk.office.applying import Wanted
from assessor.domain import Message, check_sign
from assessor.filing.checking import Checked
from assessor.storage import Voucher
from tests.web.people import PLANT, Person, factory, joined

PROGRAMME = "shanghai-assessment-voucher"


def code(n: int) -> str:
    """A credit code that can be right, the n-th of them."""
    seventeen = f"913100{n:011d}"
    return seventeen + check_sign(seventeen)


@dataclass(frozen=True)
class Office:
    """Made for a test."""

    house: str
    officers: tuple[Person, ...]
    auditor: Person
    version: int

    @property
    def first(self) -> Person:
        return self.officers[0]


@dataclass(frozen=True)
class Applicant:
    """A factory with a survey begun."""

    house: str
    owner: Person
    survey: str


def terms(**more: Any) -> dict[str, Any]:
    """As an office may enter them."""
    both = {"zh": "同意向主管部门开放评估结果", "en": "The office may see the result"}
    told: dict[str, Any] = {
        "periods": [{"id": "2026", "quota": 2, "budget": 50_000}],
        "consents": [{"id": "result", "text": both, "opens": "programme"}],
        "asks": [{"id": "use", "text": {"zh": "诊断有用吗", "en": "Was it of use"}}],
        "two_people": False,
    }
    return told | more


def office(desk: Desk, n: int = 2, *, demonstration: bool = False, **more: Any) -> Office:
    """With so many officers, an auditor, and the voucher of the library run with terms of its own."""
    house = houses.found(desk, "office", "项目办（测试）", demonstration=demonstration)
    people = tuple(joined(desk, house, "officer") for _ in range(n))
    return run_by(desk, house, people, joined(desk, house, "auditor"), **more)


def run_by(desk: Desk, house: str, people: tuple[Person, ...], auditor: Person, **more: Any) -> Office:
    """The voucher of the library, run by an office that there is."""
    who = people[0].who
    running.begin(desk, who, house, PROGRAMME)
    rules = running.run(desk, who, house, PROGRAMME).kept.rules
    told = {key: more.pop(key) for key in ("cap", "share", "share_of") if key in more}
    unknown = [name for name in rules["unknown"] if name not in told]
    changed = rules | told | {"unknown": unknown, "terms": terms(**more)}
    version = running.change(desk, who, house, PROGRAMME, 1, changed)
    return Office(house, people, auditor, version)


def applicant(desk: Desk, n: int, **plant: Any) -> Applicant:
    """The n-th factory, with a credit code of its own."""
    house, owner, survey = factory(desk, f"测试厂{n}")
    surveys.change_plant(desk, owner.who, survey, PLANT | {"credit_code": code(n)} | plant)
    return Applicant(house, owner, survey)


def wanted(
    at: Office, site: str = "一号厂区", consents: Sequence[str] = ("result",), *, period: str = "2026"
) -> Wanted:
    return Wanted(at.house, PROGRAMME, at.version, period, site, frozenset(consents))


def applied(desk: Desk, at: Office, one: Applicant) -> Voucher:
    return applying.apply(desk, one.owner.who, one.survey, wanted(at))


def held_pack(*_: Any) -> handing.Handed:
    """What a real pack comes to is tried in the journeys; here it takes no seconds."""
    both = {"zh": "厂", "en": "Plant"}
    told = {"plant": both, "simulated": False, "checklist": both, "items": (), "faults": (), "held_back": ()}
    key = Message(id="bundle.own_key")
    return handing.Handed(
        b"a pack", Checked.model_validate(told | {"key": key, "verified": True, "holds": True}), None
    )
