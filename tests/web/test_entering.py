"""The ways in: codes, digits that were sent, passwords; how patient each is; what a session and its cookie are."""

import re
import threading
from dataclasses import replace
from typing import Any

import httpx
import pytest

from assessor.desk import accounts, entering, houses, passwords
from assessor.desk.desk import DAY, MINUTE, Desk
from assessor.errors import AccessError, InputError, PatienceError, UnknownError
from assessor.storage import ledger, people
from tests.web.asked import By, by_session, site
from tests.web.people import Person, again, come_in, factory, joined, with_password

pytestmark = pytest.mark.slow

CONTACT, PASSWORD = "13800000000", "correct horse battery"


def later(desk: Desk, by: int) -> Desk:
    """The same desk, by so many ns later."""
    now = desk.clock() + by
    return replace(desk, clock=lambda: now)


def sent_to(desk: Desk) -> str:
    """The digits that were sent last."""
    return re.findall(r"\d{6}", desk.sender.sent[-1][1])[0]  # type: ignore[attr-defined]


def send(desk: Desk, place: str = "10.9.9.9") -> str:
    entering.send_passcode(desk, CONTACT, place, "zh")
    return sent_to(desk)


def test_a_code_lets_one_person_in_as_often_as_they_come_until_they_have_another_way(desk: Desk) -> None:
    house = houses.found(desk, "factory", "测试厂")
    code = houses.issue(desk, house, "owner", "owner")
    first, second = come_in(desk, code), come_in(desk, code.lower().replace("-", " "))
    assert first.who.account == second.who.account and first.token != second.token
    with_password(desk, first.who, CONTACT, PASSWORD)
    with pytest.raises(InputError):
        entering.by_code(desk, code, "10.0.0.1", "zh")
    assert entering.known_by_session(desk, first.token) is None  # and every session before it ended


def test_a_code_ends_with_its_time_and_where_it_is_withdrawn(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    code = houses.invite(desk, owner.who, house, "member")
    with pytest.raises(InputError):
        entering.by_code(later(desk, houses.INVITED + MINUTE), code, "10.0.0.1", "zh")
    invitation = next(i for i in houses.invitations(desk, owner.who, house) if i.account is None)
    houses.withdraw(desk, owner.who, house, invitation.id)
    for wrong in (code, "", "ABCD-EFGH-JKMN-PQRS", "码" * 16):
        with pytest.raises(InputError):
            entering.by_code(desk, wrong, "10.0.0.2", "zh")


def test_of_two_who_come_by_one_code_at_once_one_comes_in(desk: Desk) -> None:
    house = houses.found(desk, "factory", "测试厂")
    code, ready, found = houses.issue(desk, house, "owner"), threading.Barrier(8), list[str]()

    def run(n: int) -> None:
        ready.wait()
        found.append(entering.by_code(desk, code, f"10.0.0.{n}", "zh").account)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with desk.store.read() as c:
        assert len(people.members(c, house)) == 1 and len(found) == 8 and len(set(found)) == 1


def test_who_has_an_account_takes_an_invitation_up_once(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    _, other, _ = factory(desk, "别的厂")
    code = houses.invite(desk, owner.who, house, "consultant")
    assert entering.join(desk, other.who, code) == house
    assert again(desk, other).who.roles(house) == ("consultant",)
    with pytest.raises(InputError):
        entering.join(desk, owner.who, code)
    with pytest.raises(InputError):
        entering.by_code(desk, code, "10.0.0.3", "zh")


def test_digits_hold_once_and_for_ten_minutes_and_the_newest_alone(desk: Desk) -> None:
    old, new = send(desk), send(desk)
    if old != new:
        with pytest.raises(InputError):
            entering.by_passcode(desk, CONTACT, old, "10.0.0.1", "zh")
    with pytest.raises(InputError):
        entering.by_passcode(later(desk, 10 * MINUTE + 1), CONTACT, new, "10.0.0.1", "zh")
    with pytest.raises(InputError):
        entering.by_passcode(desk, "13800000001", new, "10.0.0.1", "zh")
    entered = entering.by_passcode(desk, f"+86 {CONTACT}", f" {new} ", "10.0.0.1", "zh")
    with pytest.raises(InputError):
        entering.by_passcode(desk, CONTACT, new, "10.0.0.1", "zh")
    assert entering.by_passcode(desk, CONTACT, send(desk), "10.0.0.1", "zh").account == entered.account


def test_digits_stand_five_tries(desk: Desk) -> None:
    right = send(desk)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for n in range(5):
        with pytest.raises(InputError):
            entering.by_passcode(desk, CONTACT, wrong, f"10.0.1.{n}", "zh")
    with pytest.raises(InputError):
        entering.by_passcode(desk, CONTACT, right, "10.0.1.9", "zh")


def test_a_password_is_kept_as_argon2id_and_its_change_ends_every_session(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    other = come_in_again(desk, owner)
    entered = with_password(desk, owner.who, CONTACT, PASSWORD)
    with desk.store.read() as c:
        held = people.account(c, owner.who.account)
    assert held is not None and str(held.password).startswith("$argon2id$") and PASSWORD not in str(held.password)
    assert [entering.known_by_session(desk, t) is None for t in (owner.token, other, entered.token)] == [
        True,
        True,
        False,
    ]
    assert entering.by_password(desk, f"+86{CONTACT}", PASSWORD, "10.0.0.1").account == owner.who.account
    for wrong in ("", PASSWORD[:-1], PASSWORD.upper(), PASSWORD * 50):
        with pytest.raises(InputError):
            entering.by_password(desk, CONTACT, wrong, "10.0.0.2")
    with pytest.raises(InputError):
        accounts.set_password(desk, owner.who, CONTACT, "battery staple correct", "wrong")
    for length in (9, 201):
        with pytest.raises(InputError):
            with_password(desk, owner.who, CONTACT, "a" * length, old=PASSWORD)
    stranger = joined(desk, houses.found(desk, "factory", "别的厂"), "owner")
    with pytest.raises(InputError):
        with_password(desk, stranger.who, CONTACT, PASSWORD)


def come_in_again(desk: Desk, person: Person) -> str:
    return entering.enter(desk, person.who.account).token


def test_nobody_and_somebody_are_told_the_same(lite: Desk) -> None:
    _, owner, _ = factory(lite)
    with_password(lite, owner.who, CONTACT, PASSWORD)
    told = set()
    for contact in (CONTACT, "13900000000"):
        with pytest.raises(InputError) as wrong:
            entering.by_password(lite, contact, "wrong wrong wrong", "10.0.0.1")
        told.add(repr(wrong.value.message))
    assert len(told) == 1


def test_tries_are_counted_by_place_by_account_and_by_contact_and_forgotten_in_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "TRIES", {"account": 3, "place": 5, "send": 2})
    _, owner, _ = factory(desk)
    with_password(desk, owner.who, CONTACT, PASSWORD)
    for n in range(3):
        with pytest.raises(InputError):
            entering.by_password(desk, CONTACT, "wrong wrong wrong", f"10.1.0.{n}")
    with pytest.raises(PatienceError):
        entering.by_password(desk, CONTACT, PASSWORD, "10.1.0.9")
    for _ in range(5):
        with pytest.raises(InputError):
            entering.by_code(desk, "ABCD", "10.2.0.1", "zh")
    with pytest.raises(PatienceError):
        entering.by_code(desk, "ABCD", "10.2.0.1", "zh")
    for _ in range(2):
        send(desk)
    with pytest.raises(PatienceError):
        send(desk)
    calm = later(desk, passwords.WINDOW + 1)
    assert entering.by_password(calm, CONTACT, PASSWORD, "10.1.0.9").account == owner.who.account


def test_too_many_tries_are_429_and_say_how_long_to_wait(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "TRIES", {"account": 1, "place": 1, "send": 1})
    with site(lite) as web:
        for headers in ({}, {"accept": "application/json"}):
            answers = [web.post("/enter/code", data={"code": "ABCD"}, headers=headers) for _ in range(2)]
            assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "900")


def test_a_session_ends_with_its_time_by_leaving_and_with_its_account(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    other = come_in_again(desk, owner)
    assert entering.known_by_session(later(desk, entering.SESSION - MINUTE), owner.token) is not None
    assert entering.known_by_session(later(desk, entering.SESSION + MINUTE), owner.token) is None
    entering.leave(desk, owner.token)
    assert entering.known_by_session(desk, owner.token) is None
    assert entering.known_by_session(desk, other) is not None


def test_tokens_are_made_by_people_shown_once_and_end(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    token, secret = accounts.make_token(desk, owner.who, "laptop", ("read",), days=10)
    known = entering.known_by_token(desk, secret)
    assert known is not None and known.actor.scopes == ("read",)
    assert entering.known_by_token(later(desk, 10 * DAY + 1), secret) is None
    for act in (
        lambda: accounts.make_token(desk, known.actor, "more", ("write",)),
        lambda: with_password(desk, known.actor, CONTACT, PASSWORD),
        lambda: accounts.rename(desk, known.actor, "x"),
        lambda: accounts.remove_token(desk, known.actor, token.id),
    ):
        with pytest.raises(AccessError):
            act()
    for scopes, days in (((), 1), (("all",), 1), (("read",), 0), (("read",), 366)):
        with pytest.raises(InputError):
            accounts.make_token(desk, owner.who, "x", scopes, days)
    _, other, _ = factory(desk, "别的厂")
    with pytest.raises(UnknownError):
        accounts.remove_token(desk, other.who, token.id)
    accounts.remove_token(desk, owner.who, token.id)
    assert entering.known_by_token(desk, secret) is None


def test_no_secret_is_kept_as_it_is(lite: Desk) -> None:
    house, owner, _ = factory(lite)
    code = houses.invite(lite, owner.who, house, "member")
    _, secret = accounts.make_token(lite, owner.who, "laptop", ("read",))
    digits = send(lite)
    raw = lite.store.engine.raw_connection()
    told = "\n".join(raw.driver_connection.iterdump())  # type: ignore[union-attr]
    raw.close()
    kept = (code, entering.read_code(code), secret, owner.token, f"'{digits}'")
    assert not [one for one in kept if one in told]


def cookies(answer: httpx.Response) -> dict[str, str]:
    return {c.partition("=")[0]: c.lower() for c in answer.headers.get_list("set-cookie")}


@pytest.mark.parametrize("public", ["", "https://assess.example"])
def test_a_cookie_is_of_this_site_alone_and_travels_by_https(lite: Desk, public: str) -> None:
    house = houses.found(lite, "factory", "测试厂")
    name = "__Host-assessor" if public else "assessor"
    with site(lite, public=public) as web:
        answer = web.post("/enter/code", data={"code": houses.issue(lite, house, "owner")})
        told = cookies(answer)[name]
        assert "httponly" in told and "samesite=lax" in told and "path=/;" in told and "domain" not in told
        assert ("secure" in told) == bool(public)
        assert ("strict-transport-security" in answer.headers) == bool(public)
        by = by_session(lite, answer.cookies[name])
        for path, gone in (("/leave", 303), ("/account/erase", 303)):
            ended = web.post(path, by)
            assert ended.status_code == gone
            left = cookies(ended)[name]
            assert "max-age=0" in left and ("secure" in left) == bool(public), "a browser keeps it"
            by = by_session(lite, entering.enter(lite, _account(lite, house)).token) if path == "/leave" else By()
        plain = web.get("/plants", headers={"cookie": "assessor=x; __Host-assessor=y"})
        assert plain.status_code == 303


def _account(desk: Desk, house: str) -> str:
    with desk.store.read() as c:
        return people.members(c, house)[0].account


ELSEWHERE = (
    "https://else.example", "//else.example", "/\\else.example", "\\\\else.example", "else.example",
    "http:else.example", "javascript:alert(1)", "/\t/else.example", "/\n/else.example", "", " //else.example",
)  # fmt: skip


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_no_way_in_leads_elsewhere(lite: Desk, next_: str) -> None:
    house = houses.found(lite, "factory", "测试厂")
    with site(lite) as web:
        code = houses.issue(lite, house, "owner")
        answers: list[Any] = [web.post("/enter/code", data={"code": code, "next": next_})]
        answers.append(web.post("/language", data={"language": "en", "next": next_}))
        for answer in answers:
            assert answer.status_code == 303
            assert str(answer.headers["location"]) == "/plants", next_
        page = web.get("/enter", params={"next": next_})
        assert f'value="{next_}"' not in page.text or not next_


def test_who_comes_and_goes_is_noted_by_ids_alone(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    accounts.rename(desk, owner.who, "王小明")
    with_password(desk, owner.who, CONTACT, PASSWORD)
    with desk.store.read() as c:
        events = ledger.events_of(c, house, owner.who.account)
    told = {e.action for e in events}
    assert {
        "organisation made",
        "invited",
        "joined",
        "entered",
        "account made",
        "password set",
        "survey made",
    } <= told
    assert not [e for e in events if CONTACT in repr(e) or "王小明" in repr(e)]
