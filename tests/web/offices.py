"""An office with officers and auditors, a programme that it runs, and factories that may apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessor.desk import houses, surveys
from assessor.desk.desk import Desk
from assessor.desk.office import applying, deciding, handing, running
from assessor.desk.office.applying import Wanted
from assessor.domain import Message, check_sign, sha256
from assessor.filing.checking import Checked
from assessor.storage import KeptPack, Voucher
from assessor.storage import vouchers as sql
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


def seen(desk: Desk) -> list[tuple[str, str]]:
    """(session, path) of the pages of an office with vouchers in several states, and of the factories' own."""
    providers = [{"id": "a", "name": "甲诊断公司"}, {"id": "b", "name": "乙研究院", "credit_code": code(99)}]
    at = office(desk, cap=20_000, providers=providers)
    by = [applicant(desk, n, district="上海市松江区") for n in range(40, 48)]
    made, who = [applied(desk, at, one) for one in by], at.first.who
    pack = held_pack()
    for voucher, state in zip(made, ("accepted", "handed-in", "assigned", "settled"), strict=False):
        checked = pack.checked.model_dump(mode="json")
        kept = KeptPack(
            voucher.id, 1, voucher.survey, sha256(pack.data), 6, checked, None, who.account, desk.clock()
        )
        with desk.store.write() as c:
            sql.change(c, voucher.id, state=state, granted=20_000, provider=providers[0] | {"credit_code": None})
            sql.add_pack(c, kept, pack.data)
    deciding.send_back(desk, who, made[4].id, made[4].step, "return", "请补充厂区地址")
    here = f"/offices/{at.house}"
    rests = (
        "", "/vouchers", "/vouchers?state=applied&q=测试", "/programmes", f"/programmes/{PROGRAMME}", "/flow",
        "/log?follow=1", "/people", "/picture", "/targets", "/outline", "/supply", "/quality", "/editions",
        "/handover",
    )  # fmt: skip
    paths = [(at.first.token, f"{here}{rest}") for rest in rests]
    paths += [(at.first.token, f"{here}/vouchers/{made[n].id}") for n in (0, 1, 5)]
    paths += [(at.auditor.token, f"{here}/vouchers/{made[1].id}?verify=1"), (at.auditor.token, "/plants")]
    for n in (1, 2, 3, 4, 5):
        paths += [(by[n].owner.token, f"/surveys/{by[n].survey}/vouchers/{made[n].id}")]
    return [
        *paths,
        *((by[2].owner.token, f"/surveys/{by[2].survey}{rest}") for rest in ("/vouchers", "/chains", "/handover")),
    ]
