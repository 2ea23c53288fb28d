"""The world of the authorisation matrix: one factory, another one, an office that the factory agreed to, a chain
that it joined, and everybody in each; as a SQLite file that every request finds as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from assessor.desk import (
    accounts,
    answering,
    attaching,
    consenting,
    declaring,
    editions,
    houses,
    noting,
    reckoning,
    reviewing,
    surveys,
)
from assessor.desk.attaching import Handed
from assessor.desk.chain import inviting, joining
from assessor.desk.desk import DAY, Desk, kept_as, new_id
from assessor.desk.entering import known_by_session
from assessor.desk.office import applying, handover
from assessor.desk.office.handover import Entered
from assessor.domain import sha256
from assessor.forms import load_answers
from assessor.frameworks import Library
from assessor.storage import KeptPack, Purpose, Role, Run, Store, people, runs, vouchers
from connectors.simulator.serve import DEMO
from tests.web.asked import NOBODY, AtOnce, By, TriedAtOnce, by_session
from tests.web.conftest import Kept
from tests.web.editions import newer
from tests.web.offices import PROGRAMME, code, held_pack, run_by, wanted
from tests.web.people import PLANT, Person, again, factory, joined, with_password

PLACES = ("own", "other", "consented", "chain")
PEOPLE: tuple[Role, ...] = get_args(Role)
TOKENS = ("token-read", "token-write")
IN_CHAIN = ("officer", "auditor", "token-read")
"""Who there is in a chain."""
CONTACT, DIGITS, PASSWORD = "someone@example.cn", "482913", "correct horse battery"
NEW = "new@example.cn"
PLATFORM = "cmmm-self-diagnosis"
REGISTER = "设备编号,设备名称,类别,接口,控制系统\nCNC01,数控车床,生产设备,OPC UA,FANUC\n"
SCOPE = """
format: assessor-scope/1
plant: {id: shenjiang, name: {zh: 申江测试厂, en: Test plant}, kind: discrete}
agreement: {role: {zh: 厂长, en: Plant manager}, date: 2026-01-05, reference: T-1}
window: {opens: "2026-01-10T08:00:00+08:00", closes: "2026-01-10T18:00:00+08:00"}
vantage: office
register: {source: {zh: 台账, en: Ledger}, as_of: 2026-01-05}
assets: [{id: press, name: {zh: 压机, en: Press}, kind: press, production: true, interface: opcua}]
endpoints: [{id: press, protocol: opcua, address: "opc.tcp://127.0.0.1:4840", role: machine, asset: press}]
"""
"""Of a window that is closed: nothing is ever begun under it."""
EXPORT = "时间,CNC01.功率(kW)\n" + "".join(f"2026-11-24 08:{m:02d}:00,{10 + m % 7}\n" for m in range(60))


@dataclass(frozen=True)
class World:
    """A database as it was prepared, and who is in it."""

    data: bytes
    ids: dict[str, str]
    """What paths and forms name: '$survey', '$file', ..."""
    by: dict[tuple[str, str], By]
    """Place and who, such as ('own', 'owner') or ('other', 'token-read')."""


def columns() -> Iterator[tuple[str, str]]:
    """Everybody who asks: place and who."""
    yield "", "nobody"
    for place in PLACES:
        for who in IN_CHAIN if place == "chain" else (*PEOPLE, *TOKENS):
            yield place, who


def prepared(folder: Path, library: Library) -> World:
    """Made once; what is asked of it changes a copy."""
    store = Store(f"sqlite:///{folder / 'world.db'}")
    store.upgrade()
    ids, by = populated(Desk(store, library, Kept(), AtOnce(), TriedAtOnce()))
    store.close()
    return World((folder / "world.db").read_bytes(), ids, by)


def populated(desk: Desk) -> tuple[dict[str, str], dict[tuple[str, str], By]]:
    """Everybody and everything, in a database that is empty."""
    house, owner, survey = factory(desk)
    other, stranger, _ = factory(desk, "别的厂")
    office = houses.found(desk, "office", "主管部门")
    officer = joined(desk, office, "officer")
    purposes: tuple[Purpose, ...] = ("programme", "audit", "raw")
    given = [consenting.agree(desk, owner.who, house, purpose, office) for purpose in purposes]
    by: dict[tuple[str, str], By] = {("", "nobody"): NOBODY}
    lead, leader, chained = _chained(desk, owner, survey)
    places = {"own": (house, owner), "other": (other, stranger), "consented": (office, officer)}
    for place, (where, first) in (places | {"chain": (lead, leader)}).items():
        for role in PEOPLE:
            person = first if role in first.who.roles(where) else joined(desk, where, role)
            by[place, role] = by_session(desk, person.token)
        for scope in ("read", "write"):
            by[place, f"token-{scope}"] = By(token=accounts.make_token(desk, first.who, scope, (scope,))[1])
    _asked_for(desk, [one.session for one in by.values() if one.session])
    ids = {"house": house, "survey": survey, "office": office, "consent": given[0].id, "question": "m5-l2-1"}
    ids |= chained | _said(desk, again(desk, owner), house, survey)
    ids |= _paid_for(desk, office, officer, again(desk, owner), survey)
    tried = editions.hand_in(desk, again(desk, officer).who, office, "newer.yaml", newer(desk.library))
    ids["trial"] = tried
    return ids | {"version": _handed_in(desk, survey, by)}, by


def _chained(desk: Desk, owner: Person, survey: str) -> tuple[str, Person, dict[str, str]]:
    """A chain that the factory joined, with another supplier that has not answered; and one that waits for it."""
    surveys.change_plant(desk, owner.who, survey, PLANT | {"credit_code": code(1)})
    lead, other = houses.found(desk, "chain", "链主"), houses.found(desk, "chain", "另一个链主")
    leader, stranger = joined(desk, lead, "officer"), joined(desk, other, "officer")
    one, supplier = inviting.invite(desk, leader.who, lead, [(n, (f"供应商{n}", code(n), "1")) for n in (1, 2)])
    joining.join(desk, owner.who, survey, one.member.id, agreed=True)
    (waits,) = inviting.invite(desk, stranger.who, other, [(1, ("供应商1", code(1), ""))])
    named = {"chain": lead, "member": one.member.id, "supplier": supplier.member.id, "chain_code": waits.code}
    return lead, leader, named


def _paid_for(desk: Desk, office: str, officer: Person, owner: Person, survey: str) -> dict[str, str]:
    """A programme with two vouchers: one that waits to be granted, one that waits to be settled."""
    at = run_by(desk, office, (officer,), joined(desk, office, "auditor"))
    first, second = (
        applying.apply(desk, owner.who, survey, wanted(at, site)) for site in ("一号厂区", "二号厂区")
    )
    checked = held_pack().checked.model_dump(mode="json")
    pack = KeptPack(second.id, 1, survey, sha256(b"a pack"), 6, checked, None, owner.who.account, desk.clock())
    with desk.store.write() as c:
        vouchers.change(c, second.id, state="accepted", granted=1000)
        vouchers.add_pack(c, pack, b"a pack")
    entered = handover.enter(desk, owner.who, second.id, PLATFORM, 0, Entered("PT-1", "2026-01-05"))
    return {
        "entered_step": str(entered.step),
        "programme": PROGRAMME,
        "voucher": first.id,
        "step": str(first.step),
        "accepted": second.id,
        "accepted_step": str(second.step),
        "leaving": at.auditor.who.account,
    }


def _handed_in(desk: Desk, survey: str, by: dict[tuple[str, str], By]) -> str:
    """For review: everybody who has to has declared their interest; gives the version."""
    people_ = [known_by_session(desk, by["own", role].session) for role in ("consultant", "reviewer", "owner")]
    for known in people_:
        assert known is not None
        accounts.rename(desk, known.actor, f"某人{known.account.id[:4]}")
        if "owner" not in {m.role for m in known.actor.memberships}:
            declaring.declare(desk, known.actor, survey, ["contract"], 3, "2024 年的诊断合同")
    consultant = people_[0]
    assert consultant is not None
    version = surveys.get(desk, consultant.actor, survey).version
    reviewing.hand_in(desk, consultant.actor, survey, version, "请看能源部分")
    return str(version)


def _asked_for(desk: Desk, sessions: list[str]) -> None:
    """Everybody asked to have one contact, and was sent digits for it."""
    for session in sessions:
        known = known_by_session(desk, session)
        assert known is not None
        subject = accounts.proof_of(known.account.id, NEW)
        with desk.store.write() as c:
            people.add_passcode(c, new_id(), kept_as(subject), kept_as(subject + DIGITS), desk.clock() + DAY)


def _said(desk: Desk, owner: Person, house: str, survey: str) -> dict[str, str]:
    """Answers, files, a result; a colleague to dismiss, a code to come in by, digits that were sent."""
    who, answers = owner.who, load_answers(DEMO.parent / "answers.yaml", desk.library.questions)
    answering.take_over(desk, who, surveys.opened(desk, who, survey), answers)
    proof = Handed("proof", "note.txt", b"a note", "m5-l2-1")
    handed = {
        "file": proof,
        "register": Handed("register", "register.csv", REGISTER.encode()),
        "export": Handed("export", "export.csv", EXPORT.encode()),
        "scope": Handed("scope", "scope.yaml", SCOPE.encode()),
    }
    files = {name: attaching.attach(desk, who, survey, one).id for name, one in handed.items()}
    assert reckoning.result(desk, who, survey).running is False
    assert reckoning.result(desk, who, survey).done is not None
    note = noting.add(desk, who, survey, "m5-l2-1", "一条记录", new_id()).id
    run = Run(new_id(), survey, "0" * 64, 60, who.account, desk.clock(), "0" * 32, desk.clock(), "given_up")
    with desk.store.write() as c:
        runs.add(c, run)
    with_password(desk, joined(desk, house, "reviewer").who, "other@example.cn", PASSWORD)
    leaving = joined(desk, house, "reviewer")
    code = houses.issue(desk, house, "reviewer")
    token = accounts.make_token(desk, who, "to remove", ("read",))[0]
    with desk.store.write() as c:
        people.add_passcode(c, new_id(), kept_as(CONTACT), kept_as(CONTACT + DIGITS), desk.clock() + DAY)
    invitation = houses.invitations(desk, who, house)[-1].id
    return files | {
        "code": code,
        "invitation": invitation,
        "account": leaving.who.account,
        "token": token.id,
        "run": run.id,
        "note": note,
    }
