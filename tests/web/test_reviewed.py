"""What a hostile reading of the web found, each held here so that it does not come back."""

import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import QueryParams

from assessor.desk import accounts, answering, attaching, consenting, entering, erasing, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.contact import read_contact
from assessor.desk.desk import DAY, Desk, kept_as, new_id
from assessor.desk.reckoner import MOST_LOST, Reckoned, Reckoner
from assessor.errors import InputError, UnknownError
from assessor.forms import load_answers
from assessor.storage import Account, Membership, Outcome, Person, papers, people
from assessor.storage import surveys as sql
from assessor.web.cards import hundredths
from assessor.web.wishes import read_wishes
from connectors.simulator.serve import DEMO
from tests.web.asked import AtOnce, by_session, site
from tests.web.conftest import Kept
from tests.web.people import again, come_in, entry, factory, joined, with_password

CONTACT, PASSWORD = "13800000000", "correct horse battery"


def digits(desk: Desk) -> str:
    assert isinstance(desk.sender, Kept)
    return re.findall(r"\d{6}", desk.sender.sent[-1][1])[0]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """All of them in threads of their own; what each gave, or the fault it ended with."""
    found: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(n: int) -> None:
        ready.wait()
        try:
            found[n] = acts[n]()
        except Exception as problem:
            found[n] = problem

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


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
    whole = ("assessment.json", "filing.zip", "record.docx", "report.xlsx")
    with site(desk) as web:
        for person, refused in ((officer, True), (auditor, False)):
            by = by_session(desk, person.token)
            page = web.get(f"/surveys/{survey}/result", by).text
            assert "papers/report.docx" in page and "papers/annex" not in page
            for name in whole:
                assert (f"papers/{name}" in page) is not refused, name
                assert (web.get(f"/surveys/{survey}/papers/{name}", by).status_code in (403, 404)) is refused, name
                if name != "assessment.json":
                    told = web.api("GET", f"/surveys/{survey}/papers/{name}", by)
                    assert (told.status_code in (403, 404)) is refused, name
            assert (web.api("GET", f"/surveys/{survey}/result", by).status_code == 403) is refused


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


def test_what_two_agree_to_at_once_is_agreed_to_once(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    found = at_once(*[lambda: consenting.agree(desk, owner.who, house, "peers")] * 6)
    assert len({one.id for one in found}) == 1, found
    assert len(consenting.given(desk, owner.who, house)) == 1


def test_what_two_change_in_the_settings_at_once_both_stands(desk: Desk) -> None:
    _, owner, survey = factory(desk)

    def more(name: str) -> Callable[[], Any]:
        def change(stands: dict[str, Any]) -> dict[str, Any]:
            return {"frameworks": [*stands.get("frameworks", []), name]}

        return lambda: surveys.rework_settings(desk, owner.who, survey, change)

    names = [f"framework-{n}" for n in range(6)]
    at_once(*[more(name) for name in names])
    assert sorted(surveys.get(desk, owner.who, survey).settings["frameworks"]) == names


def test_files_that_come_at_once_do_not_take_more_than_there_is_room_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST", 250)
    _, owner, survey = factory(desk)
    found = at_once(
        *[
            lambda n=n: attaching.attach(
                desk, owner.who, survey, Handed("proof", f"{n}.txt", bytes([65 + n]) * 100)
            )
            for n in range(6)
        ]
    )
    assert sum(isinstance(one, InputError) for one in found) == 4, found


def test_what_comes_for_a_survey_that_was_erased_meanwhile_is_told_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owner, survey = factory(desk)
    held = surveys.get(desk, owner.who, survey)
    erasing.erase_survey(desk, owner.who, survey)
    monkeypatch.setattr(surveys, "get", lambda *_: held)
    for act in (
        lambda: attaching.attach(desk, owner.who, survey, Handed("proof", "a.txt", b"a")),
        lambda: answering.mark(desk, owner.who, survey, "m5-l2-1", True),
        lambda: surveys.change_plant(desk, owner.who, survey, {"name": "x"}),
    ):
        with pytest.raises(UnknownError):
            act()


# Results --------------------------------------------------------------------------------------------------------


def test_a_fault_leaves_the_result_from_before(desk: Desk) -> None:
    _, _, survey = factory(desk)
    fault = {"id": "desk.no_answers", "params": {}}
    with desk.store.write() as c:
        papers.keep(c, Outcome(survey, 1, 1, b"one", None, {}))
        papers.keep(c, Outcome(survey, 2, 2, None, fault, None))
        papers.keep(c, Outcome(survey, 3, 3, None, fault, None))
        newest, second, third = (
            papers.latest(c, survey),
            papers.outcome(c, survey, 2),
            papers.outcome(c, survey, 3),
        )
    assert newest is not None and newest.version == 1
    assert second is None and third is not None
    with desk.store.write() as c:
        papers.keep(c, Outcome(survey, 4, 4, b"four", None, {}))
        assert [papers.outcome(c, survey, n) is None for n in (1, 3, 4)] == [True, True, False]


def test_what_a_process_died_over_is_tried_again_and_given_up_in_the_end() -> None:
    reckoner, kept = Reckoner(), list[Reckoned]()
    for n in range(MOST_LOST):
        dead: Future[Reckoned] = Future()
        dead.set_exception(BrokenProcessPool("gone"))
        reckoner._ended(("survey", 1), dead, kept.append)
        assert len(kept) == (n == MOST_LOST - 1)
    assert kept[0].fault is not None and kept[0].assessment is None
    stopped: Future[Reckoned] = Future()
    assert stopped.cancel()
    reckoner._ended(("survey", 2), stopped, kept.append)
    assert len(kept) == 1


def test_a_wish_for_what_does_not_exist_is_told_at_once(desk: Desk) -> None:
    """And not by a result that cannot be reckoned any more."""
    _, owner, survey = factory(desk)
    for plan in (
        {"aim": {"kind": "target", "framework": "nowhere", "level": 3}},
        {"without": ["nothing"]},
        {"keep": ["nothing"]},
    ):
        with pytest.raises(InputError):
            surveys.change_settings(desk, owner.who, survey, plan=plan)
    assert "plan" not in surveys.get(desk, owner.who, survey).settings


def test_what_is_reckoned_for_a_survey_that_was_erased_is_kept_nowhere(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    held = surveys.get(desk, owner.who, survey)
    erasing.erase_survey(desk, owner.who, survey)
    reckoning._keep(desk, held, Reckoned(b"done", None, {}))
    with desk.store.read() as c:
        assert papers.latest(c, survey) is None


def test_a_fault_of_the_database_does_not_tell_what_was_to_be_kept(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    with pytest.raises(IntegrityError) as fault, desk.store.write() as c:
        people.add_account(c, Account(owner.who.account, 0, "zh", None, None), Person("x", "secret", None, None))
    assert "SQL parameters hidden" in str(fault.value)


# What people write ----------------------------------------------------------------------------------------------


def test_a_share_of_endless_digits_is_refused_at_once() -> None:
    begun = time.monotonic()
    assert hundredths("1e20000000") == "1e20000000"
    assert time.monotonic() - begun < 1
    assert (hundredths("35.5"), hundredths("1/3"), hundredths("0.3")) == ("71/200", "1/300", "3/1000")


@pytest.mark.parametrize("budget", [0, 1, 7, 12_345_678, 9_999_999_999, 1_000_000 * 10_000])
def test_money_comes_back_as_it_was_given(budget: int) -> None:
    shown = read_wishes(
        QueryParams(
            {"budget": str(budget / 10_000) if budget < 10**6 else f"{budget // 10_000}.{budget % 10_000:04d}"}
        ),
        None,
    )
    assert shown.budget == budget
    assert read_wishes(QueryParams({"budget": shown.ten_thousands}), None).budget == budget
    assert "e" not in shown.ten_thousands


def test_money_and_days_as_people_type_them() -> None:
    assert read_wishes(QueryParams({"budget": "１，２３４．５"}), None).budget == 12_345_000
    for wrong in ("1e999999999", "nan", "-1", "x", "1e5000"):
        with pytest.raises(InputError):
            read_wishes(QueryParams({"budget": wrong}), None)
    with pytest.raises(InputError):  # days of two phases of three would not have counted
        read_wishes(QueryParams([("budget", "1"), ("days", "10"), ("days", "20"), ("days", "")]), None)


def test_numbers_as_a_chinese_keyboard_writes_them(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    share = next(q.id for q in lite.library.questions.values() if q.kind == "share")
    with site(lite) as web:
        by = by_session(lite, owner.token)
        form = {"value": "３５．５％", "base": "0", "key": new_id()}
        assert web.post(f"/surveys/{survey}/answers/{share}", by, data=form).status_code == 303
        assert surveys.opened(lite, owner.who, survey).given[share].value == "0.355"
        assert 'value="35.5"' in web.get(f"/surveys/{survey}/questions/{share}", by).text


@pytest.mark.parametrize("value", ["1e999", "9" * 200, 10**16, "10000000000000000/3"])
def test_a_number_that_no_plant_has_is_refused_and_breaks_no_result(lite: Desk, value: Any) -> None:
    _, owner, survey = factory(lite)
    with pytest.raises(InputError):
        answering.save(lite, owner.who, survey, entry("plan-products", value))


# Pages ----------------------------------------------------------------------------------------------------------


def test_head_says_what_get_would_without_a_body(lite: Desk) -> None:
    with site(lite) as web:
        for path, status in (
            ("/", 200),
            ("/health", 200),
            ("/plants", 303),
            ("/nowhere", 404),
            ("/api/v1/me", 401),
        ):
            looked, got = web.send("HEAD", path), web.get(path)
            assert (looked.status_code, looked.content) == (status, b""), path
            assert looked.headers["content-length"] == got.headers["content-length"]
        assert web.send("HEAD", "/leave").status_code == 405


def test_a_language_is_chosen_for_the_very_page(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    with site(lite) as web:
        by = by_session(lite, owner.token)
        topic = surveys.topics(lite, surveys.opened(lite, owner.who, survey))[0].id
        page = web.get(f"/surveys/{survey}/sections/{topic}?show=open&language=en", by).text
        assert f'name="next" value="/surveys/{survey}/sections/{topic}?show=open"' in page
        asked = web.get(f"/surveys/{survey}/plan?budget=80&aim=most")
        assert asked.headers["location"].endswith("%3Fbudget%3D80%26aim%3Dmost".replace("%3D", "%3D"))
        assert 'value="/enter?next=/plants/new"' in web.get("/enter?next=/plants/new").text


def test_whoever_is_signed_out_comes_back_to_the_page_of_their_form(lite: Desk) -> None:
    _, _, survey = factory(lite)
    at = f"/surveys/{survey}/sections/x"
    with site(lite) as web:
        for referer, expected in (
            (f"http://test{at}", at),
            ("http://elsewhere.example/x", "/"),
            ("http://test//elsewhere.example", "/"),
            ("http://test/\\elsewhere.example", "/"),
        ):
            answer = web.post(f"/surveys/{survey}/answers/m5-l2-1", headers={"referer": referer})
            assert answer.headers["location"] == f"/enter?next={expected}", referer


def test_what_is_turned_away_before_anybody_is_known_says_why_in_both_languages(lite: Desk) -> None:
    with site(lite) as web:
        for headers, status in (({"sec-fetch-site": "cross-site"}, 403), ({"content-length": "9" * 12}, 413)):
            answer = web.send("POST", "/enter/code", headers=headers)
            assert answer.status_code == status
            assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.text) and answer.text.isascii() is False


def test_tries_from_one_network_of_the_sixth_version_are_counted_together(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.requests import Request  # noqa: PLC0415

    from assessor.web.gate import place  # noqa: PLC0415

    def asked(host: str) -> str:
        return place(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert asked("2001:db8::1") == asked("2001:db8::ffff:2") != asked("2001:db8:0:1::1")
    assert (asked("::ffff:10.0.0.1"), asked("10.0.0.1"), asked("nobody")) == ("10.0.0.1", "10.0.0.1", "nobody")
