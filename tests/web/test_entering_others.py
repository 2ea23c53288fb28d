"""Coming in by way of other houses: one that vouches for people, one that brings mail; both real."""

import base64
import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.policy import default
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey

from assessor.desk import entering
from assessor.desk.desk import Desk
from assessor.desk.sending import Mail, plugged
from assessor.errors import InputError, StorageError
from assessor.web.pages import openid
from assessor.web.settings import OpenId, settings
from tests.web.asked import Web, site
from tests.web.houses_of_others import OTHER_KEY, Provider, mailbox, provider

pytestmark = pytest.mark.slow


@dataclass
class Door:
    web: Web
    desk: Desk
    house: Provider

    def begin(self) -> tuple[str, dict[str, str]]:
        """To the other house: gives the cookie that was set, and what was asked."""
        answer = self.web.get("/enter/openid")
        assert answer.status_code == 303
        to = urlsplit(answer.headers["location"])
        assert f"{to.scheme}://{to.netloc}{to.path}" == f"{self.house.issuer}/authorize"
        asked = {name: values[0] for name, values in parse_qs(to.query).items()}
        self.house.nonce = asked["nonce"]
        return answer.cookies["openid"], asked

    def back(self, cookie: str, **query: str) -> httpx.Response:
        return self.web.get("/enter/openid/back", params=query, headers={"cookie": f"openid={cookie}"})

    def through(self) -> httpx.Response:
        cookie, asked = self.begin()
        return self.back(cookie, state=asked["state"], code="one-time")


@pytest.fixture
def door(lite: Desk) -> Iterator[Door]:
    openid._discovered.cache_clear()
    with provider() as house:
        held = OpenId(house.issuer, house.client, "secret", "house.example")
        with site(lite, openid=held) as web:
            yield Door(web, lite, house)


def accounts_of(desk: Desk) -> int:
    with desk.store.read() as c:
        return int(c.exec_driver_sql("select count(*) from accounts").scalar_one())


def test_who_is_vouched_for_comes_in_and_comes_again_as_the_same(door: Door) -> None:
    cookie, asked = door.begin()
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and asked["state"]
    answer = door.back(cookie, state=asked["state"], code="one-time")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plants")
    (sent,) = door.house.asked
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"][0].encode()).digest()).rstrip(b"=")
    assert challenge.decode() == asked["code_challenge"] and sent["code"] == ["one-time"]
    assert sent["redirect_uri"] == [asked["redirect_uri"]] == ["http://test/enter/openid/back"]
    assert base64.b64decode(sent["authorization"][0].split()[1]) == b"assessor:secret"
    known = entering.known_by_session(door.desk, answer.cookies["assessor"])
    assert known is not None and known.person.name == "李工"
    again = door.through()
    second = entering.known_by_session(door.desk, again.cookies["assessor"])
    assert second is not None and second.account == known.account and accounts_of(door.desk) == 1


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"without": ("nonce",)},
    "another audience": {"claims": {"aud": "another"}},
    "no audience": {"without": ("aud",)},
    "among audiences of another": {"claims": {"aud": ["another", "third"]}},
    "another issuer": {"claims": {"iss": "http://elsewhere.example"}},
    "no issuer": {"without": ("iss",)},
    "too late": {"claims": {"exp": int(time()) - 3600, "iat": int(time()) - 7200}},
    "without an end": {"without": ("exp",)},
    "nobody": {"without": ("sub",)},
    "another signature": {"key": OTHER_KEY},
    "a secret as key": {"key": OctKey.import_key("secret" * 8), "header": {"alg": "HS256", "kid": "one"}},
    "no token": {"broken": {"/token": b"{}"}},
    "a token that is none": {"broken": {"/token": b'{"id_token": "a.b.c"}'}},
    "a token that is a list": {"broken": {"/token": b'{"id_token": [1]}'}},
    "a list": {"broken": {"/token": b"[]"}},
    "no json": {"broken": {"/token": b"<html>"}},
    "refused": {"broken": {"/token": b"refused"}},
    "no keys": {"broken": {"/keys": b'{"keys": []}'}},
    "keys that are none": {"broken": {"/keys": b'{"keys": [{"kty": "x"}]}'}},
    "a page for keys": {"broken": {"/keys": b"<html>"}},
}


@pytest.mark.parametrize("name", WRONG)
def test_who_is_not_rightly_vouched_for_stays_outside(door: Door, name: str) -> None:
    for field, value in WRONG[name].items():
        setattr(door.house, field, value)
    answer = door.through()
    assert answer.status_code == 422 and "assessor" not in answer.cookies, answer.text[:300]
    assert accounts_of(door.desk) == 0


def test_unsigned_is_no_signature(door: Door) -> None:
    cookie, asked = door.begin()
    head, claims = (
        base64.urlsafe_b64encode(t).rstrip(b"=").decode() for t in (b'{"alg":"none"}', b'{"sub":"person-1"}')
    )
    door.house.broken["/token"] = f'{{"id_token": "{head}.{claims}."}}'.encode()
    assert door.back(cookie, state=asked["state"], code="x").status_code == 422


def test_only_who_went_comes_back(door: Door) -> None:
    """Another state, or none, or another browser: nothing is asked of the other house."""
    cookie, asked = door.begin()
    for kept, query in (
        (cookie, {"state": "another", "code": "x"}),
        (cookie, {"code": "x"}),
        (cookie, {"error": "access_denied", "state": "another"}),
        ("", {"state": asked["state"], "code": "x"}),
        ("a.b", {"state": "a", "code": "x"}),
        ("..", {"state": "", "code": "x"}),
    ):
        assert door.back(kept, **query).status_code == 422
    assert not door.house.asked and accounts_of(door.desk) == 0


@pytest.mark.parametrize("told", [b"<html>", b"[]", b"{}", b"refused", b'{"issuer": "http://elsewhere.example"}'])
def test_a_house_that_does_not_say_who_it_is_is_told_to_be_silent(door: Door, told: bytes) -> None:
    door.house.broken["/.well-known/openid-configuration"] = told
    assert door.web.get("/enter/openid").status_code == 503


def test_a_house_that_says_half_of_it_is_told_to_be_silent(door: Door) -> None:
    half = f'{{"issuer": "{door.house.issuer}"}}'.encode()
    door.house.broken["/.well-known/openid-configuration"] = half
    assert door.web.get("/enter/openid").status_code == 503


def test_a_house_that_is_not_there_is_told_to_be_silent(lite: Desk) -> None:
    with site(lite, openid=OpenId("http://127.0.0.1:1", "a", "b", "house.example")) as web:
        assert web.get("/enter/openid").status_code == 503


# Mail -------------------------------------------------------------------------------------------------------


def test_digits_come_by_mail_and_let_in(lite: Desk) -> None:
    with mailbox() as box:
        desk = replace(lite, sender=Mail("127.0.0.1", box.port, "assessor@factory.example"))
        with site(desk) as web:
            assert web.post("/enter/send", data={"contact": "Someone@Example.cn"}).status_code == 200
            ((sender, to, text),) = box.got
            mail = email.message_from_string(text, policy=default)
            (digits,) = re.findall(r"\b\d{6}\b", str(mail.get_content()))
            assert ("assessor@factory.example" in sender, "someone@example.cn" in to) == (True, True)
            assert mail["Subject"] and digits not in mail["Subject"]
            form = {"contact": "someone@example.cn", "passcode": digits}
            assert web.post("/enter/passcode", data=form).status_code == 303


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_mail_that_is_refused_is_told_and_nobody_waits_for_it(lite: Desk, verb: str) -> None:
    with mailbox() as box:
        box.refuses = verb
        desk = replace(lite, sender=Mail("127.0.0.1", box.port, "assessor@factory.example"))
        with site(desk) as web:
            assert web.post("/enter/send", data={"contact": "a@example.cn"}).status_code == 503
            assert web.post("/enter/send", data={"contact": "13800000000"}).status_code == 422


def test_a_server_for_mail_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError):
        Mail("127.0.0.1", 1, "a@factory.example").send("a@example.cn", "123456")


def test_an_operator_plugs_in_what_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plugged("tests.web.conftest:Kept").name == "kept"
    for name in (
        "no.module:Kept",
        "tests.web.conftest:Nothing",
        "tests.web.conftest",
        "",
        "os:getcwd:x",
        "os:path",
    ):
        with pytest.raises(InputError):
            plugged(name)
    held = settings({"ASSESSOR_SENDER": "tests.web.conftest:Kept", "ASSESSOR_PUBLIC_URL": "https://a.example/"})
    assert held.secure and held.cookie == "__Host-assessor" and held.public == "https://a.example"
