"""What a hostile reading of the web found, each held here so that it does not come back."""

import json
import re
import time
from dataclasses import replace

import pytest

from assessor.desk import accounts, answering, attaching, consenting, entering, erasing, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.contact import read_contact
from assessor.desk.desk import DAY, Desk, kept_as, new_id
from assessor.errors import AccessError, InputError, UnknownError
from assessor.forms import load_answers
from assessor.storage import Account, Membership, Person, people
from assessor.storage import surveys as sql
from connectors.simulator.serve import DEMO
from tests.web.asked import AtOnce, by_session, site
from tests.web.conftest import Kept
from tests.web.people import again, come_in, factory, joined, with_password

pytestmark = pytest.mark.slow

CONTACT, PASSWORD = "13800000000", "correct horse battery"


def digits(desk: Desk) -> str:
    assert isinstance(desk.sender, Kept)
    return re.findall(r"\d{6}", desk.sender.sent[-1][1])[0]


# A contact is proved before it is an account's ------------------------------------------------------------------


def test_nobody_takes_a_contact_that_they_do_not_prove(desk: Desk) -> None:
    """A squatter would be signed in to by whoever the contact belongs to."""
    _, squatter, _ = factory(desk)
    entering.send_passcode(desk, CONTACT, "10.0.0.1", "en")  # digits to sign in by prove nothing else
    for wrong in ("", "000000", digits(desk)):
        with pytest.raises(InputError):
            accounts.set_password(desk, squatter.who, CONTACT, PASSWORD, passcode=wrong)
    entered = entering.by_passcode(desk, CONTACT, digits(desk), "10.0.0.1", "en")
    assert entered.account != squatter.who.account
    accounts.send_proof(desk, squatter.who, "new@example.cn", "en")
    with pytest.raises(InputError):  # nor do they let in whoever was sent them for an account
        entering.by_passcode(desk, "new@example.cn", digits(desk), "10.0.0.1", "en")
    _, other, _ = factory(desk, "别的厂")
    with pytest.raises(InputError):  # and they are of the account that asked
        accounts.set_password(desk, other.who, "new@example.cn", PASSWORD, passcode=digits(desk))
    accounts.set_password(desk, squatter.who, "new@example.cn", PASSWORD, passcode=digits(desk))
    assert entering.by_password(desk, "NEW@example.cn", PASSWORD, "10.0.0.1").account == squatter.who.account


def test_whose_a_contact_is_is_told_to_whoever_proved_it_and_the_proof_holds_once(desk: Desk) -> None:
    _, first, _ = factory(desk)
    _, second, _ = factory(desk, "别的厂")
    with_password(desk, first.who, CONTACT, PASSWORD)
    told = set()
    for contact in (CONTACT, "13900000000"):
        assert accounts.send_proof(desk, second.who, contact, "zh").startswith("+86")
        with pytest.raises(InputError) as wrong:
            accounts.set_password(desk, second.who, contact, PASSWORD, passcode="nothing")
        told.add(wrong.value.message.id)
    assert told == {"desk.bad_passcode"}
    accounts.send_proof(desk, second.who, CONTACT, "en")
    proof = digits(desk)
    for expected in ("desk.contact_taken", "desk.bad_passcode"):
        with pytest.raises(InputError) as wrong:
            accounts.set_password(desk, second.who, CONTACT, PASSWORD, passcode=proof)
        assert wrong.value.message.id == expected


def test_digits_for_a_contact_are_guessed_five_times(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    accounts.send_proof(desk, owner.who, CONTACT, "en")
    right = digits(desk)
    for n in range(5):
        with pytest.raises(InputError):
            accounts.set_password(
                desk, owner.who, CONTACT, PASSWORD, passcode=f"{(int(right) + 1 + n) % 10**6:06d}"
            )
    with pytest.raises(InputError):
        accounts.set_password(desk, owner.who, CONTACT, PASSWORD, passcode=right)


def test_the_page_asks_for_the_digits_and_then_for_a_password(lite: Desk) -> None:
    """As plain forms; what is wrong stands on the page of the account, in its language."""
    _, owner, _ = factory(lite)
    with site(lite) as web:
        by = by_session(lite, owner.token)
        first = web.get("/account?language=en", by).text
        assert 'action="/account/contact"' in first and 'action="/account/password"' not in first
        sent = web.post("/account/contact?language=en", by, data={"contact": "13800000000"})
        assert sent.status_code == 200 and 'name="passcode"' in sent.text
        assert 'name="contact" value="+8613800000000"' in sent.text
        form = {"contact": "+8613800000000", "passcode": "000000x", "password": PASSWORD}
        wrong = web.post("/account/password?language=en", by, data=form)
        assert wrong.status_code == 422 and "This is not the code" in wrong.text and PASSWORD not in wrong.text
        assert web.post("/account/contact", by, data={"contact": "x"}).status_code == 422
        done = web.post("/account/password", by, data=form | {"passcode": digits(lite)})
        assert done.status_code == 303
        by = by_session(lite, done.cookies["assessor"])
        page = web.get("/account?language=en", by).text
        assert "+8613800000000" in page and 'name="old"' in page and 'name="passcode"' not in page
        changed = web.post("/account/password", by, data={"old": PASSWORD, "password": "battery staple correct"})
        assert changed.status_code == 303  # of a contact that one has, without new digits


def test_a_contact_is_the_same_however_it_is_typed_and_names_one_mailbox() -> None:
    assert read_contact("１３８ ０００００ ０００") == read_contact("13800000000") == "+8613800000000"
    assert read_contact("a＠ｂ.cn") == "a@b.cn"
    for wrong in ("a(remark)@b.cn", "group:a@b.cn", "a\x00@b.cn", "a@b(c).cn", "a\\@b.cn", "[a@b.cn"):
        with pytest.raises(InputError):
            read_contact(wrong)


# Who learns what, and who comes back ----------------------------------------------------------------------------


def test_what_is_known_of_a_person_tells_nothing_of_others(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    _, other, _ = factory(desk, "别的厂")
    told = erasing.export_account(desk, owner.who)
    assert {event["account"] for event in told["events"]} == {owner.who.account}
    assert other.who.account not in json.dumps(told)


def test_an_office_that_sees_results_is_shown_no_single_answer(lite: Desk) -> None:
    """As it stands beside the consent; an auditor checks the filing."""
    desk = replace(lite, reckoner=AtOnce())
    house, owner, survey = factory(desk)
    answers = load_answers(DEMO.parent / "answers.yaml", desk.library.questions)
    answering.take_over(desk, owner.who, surveys.opened(desk, owner.who, survey), answers)
    reckoning.result(desk, owner.who, survey)
    office = houses.found(desk, "office", "主管部门")
    officer, auditor = joined(desk, office, "officer"), joined(desk, office, "auditor")
    consenting.agree(desk, owner.who, house, "programme", office)
    consenting.agree(desk, owner.who, house, "audit", office)
    whole = ("assessment.json", "filing.zip", "record.docx", "report.xlsx", "report.docx", "report.html")
    with site(desk) as web:
        for person, refused in ((officer, True), (auditor, False)):
            by = by_session(desk, person.token)
            page = web.get(f"/surveys/{survey}/result", by).text
            assert "papers/summary.pdf" in page and "papers/annex" not in page
            for name in whole:
                assert (f"papers/{name}" in page) is not refused, name
                assert (web.get(f"/surveys/{survey}/papers/{name}", by).status_code in (403, 404)) is refused, name
                if name != "assessment.json":
                    told = web.api("GET", f"/surveys/{survey}/papers/{name}", by)
                    assert (told.status_code in (403, 404)) is refused, name
            assert (web.api("GET", f"/surveys/{survey}/result", by).status_code == 403) is refused
            assert ("/result/sums" in page) is not refused
            for path in ("result/sums", "result/frameworks", "result/plan", "plan", "clarify"):
                assert (web.get(f"/surveys/{survey}/{path}", by).status_code == 403) is refused, path
            question = desk.library.questions["m5-l2-1"].text
            assert not any(text in page for text in (question.zh, question.en))


def test_who_was_dismissed_does_not_come_back_by_a_code_of_before(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    code = houses.issue(desk, house, "owner", "owner")
    second = come_in(desk, code)
    spare = houses.invite(desk, second.who, house, "member", "production")
    houses.dismiss(desk, owner.who, house, second.who.account, "owner")
    gone = again(desk, second).who
    entering.join(desk, gone, code)  # theirs: it lets them in, and gives no role again
    assert again(desk, second).who.memberships == ()
    with pytest.raises(InputError):
        entering.join(desk, gone, spare)
    with pytest.raises(UnknownError):
        surveys.opened(desk, again(desk, second).who, survey)


def test_a_code_that_is_typed_again_by_whoever_came_in_by_it_stays_their_way_in(desk: Desk) -> None:
    house = houses.found(desk, "factory", "测试厂")
    code = houses.issue(desk, house, "owner", "owner")
    owner = come_in(desk, code)
    assert entering.join(desk, owner.who, code) == house
    assert come_in(desk, code).who.account == owner.who.account


def test_the_end_of_a_demonstration_takes_nobody_along_who_belongs_elsewhere(desk: Desk) -> None:
    """A colleague who was invited to look, or a visitor who began for a factory of their own."""
    now, visitor, survey = desk.clock(), new_id(), ""
    demo = houses.found(desk, "factory", "演示", demonstration=True)
    with desk.store.write() as c:
        people.add_account(c, Account(visitor, now, "zh", None, None), Person(visitor, "", None, None))
        people.add_membership(c, Membership(visitor, demo, "owner", "owner", now))
    who = Actor(visitor, houses.memberships(desk, visitor))
    survey = surveys.begin(desk, who, demo, {"name": "演示", "kind": "discrete"})
    with desk.store.write() as c:
        sql.change(c, survey, keep_until=now + 1)
    house, owner, own = factory(desk)
    entering.join(desk, owner.who, houses.invite(desk, who, demo, "reviewer"))
    later = replace(desk, clock=lambda: now + DAY)
    assert erasing.end_of_keeping(later) == 1
    known = entering.known_by_session(later, owner.token)
    assert known is not None and {m.organisation for m in known.actor.memberships} == {house}
    assert surveys.opened(later, known.actor, own).survey.id == own
    with desk.store.read() as c:
        assert people.person(c, visitor) is None and people.organisation(c, demo) is None


def test_sessions_and_codes_whose_time_is_over_are_forgotten(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    entering.send_passcode(desk, CONTACT, "10.0.0.1", "zh")
    later = replace(desk, clock=lambda: time.time_ns() + entering.SESSION + DAY)
    erasing.end_of_keeping(later)
    with desk.store.read() as c:
        assert people.session(c, kept_as(owner.token), 0) is None
        assert c.exec_driver_sql("select count(*) from passcodes").scalar() == 0


# Two at once ----------------------------------------------------------------------------------------------------


def test_a_password_that_was_forgotten_is_set_anew_by_digits_to_the_contact_one_has(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    with_password(desk, owner.who, CONTACT, PASSWORD)
    with pytest.raises(InputError):
        accounts.set_password(desk, owner.who, CONTACT, "another one entirely", "wrong")
    accounts.send_proof(desk, owner.who, CONTACT, "zh")
    with pytest.raises(InputError):
        accounts.set_password(desk, owner.who, "13900000000", "another one entirely", "", digits(desk))
    with pytest.raises(InputError):
        accounts.set_password(desk, owner.who, CONTACT, "another one entirely", "", "000000x")
    accounts.set_password(desk, owner.who, CONTACT, "another one entirely", "", digits(desk))
    assert entering.by_password(desk, CONTACT, "another one entirely", "10.0.0.1").account == owner.who.account


def test_who_may_not_read_raw_data_does_not_remove_them(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    export = attaching.attach(
        desk, owner.who, survey, Handed("export", "h.csv", b"time,a\n2026-11-24 08:00:00,1\n")
    )
    member = joined(desk, house, "member").who
    with pytest.raises(AccessError):
        attaching.remove(desk, member, survey, export.id)
    attaching.remove(desk, owner.who, survey, export.id)
    assert attaching.listed(desk, owner.who, survey) == []
