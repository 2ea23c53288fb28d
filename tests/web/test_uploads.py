"""Files from outside: whatever is handed in is kept whole or refused by name, and never comes back as a page."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from assessor.desk import attaching, demonstration, surveys
from assessor.desk.content import TAKEN
from assessor.desk.desk import Desk
from assessor.storage import FileKind
from assessor.storage.tables import contents
from assessor.web import shield
from tests.web.asked import By, Web, by_session, site
from tests.web.hostile_files import BOMBS, EXPORT, NAMES, PAGE, PIXEL, POLYGLOTS, REGISTER, cut, sheet
from tests.web.people import PLANT, factory

pytestmark = pytest.mark.slow

KINDS: tuple[FileKind, ...] = ("proof", "register", "export", "bundle")
SOUND = {"proof": PIXEL, "register": sheet(), "export": EXPORT}


class Counter:
    """One survey's files, over the web and in its store."""

    def __init__(self, desk: Desk, web: Web) -> None:
        self.desk, self.web = desk, web
        self.house, person, self.survey = factory(desk)
        self.who, self.by = person.who, by_session(desk, person.token)

    def hand_in(self, kind: str, name: str, data: bytes, *, page: bool = False, **form: str) -> httpx.Response:
        files = {"file": (name, data)}
        if page:
            return self.web.post(
                f"/surveys/{self.survey}/files", self.by, data={"kind": kind, **form}, files=files
            )
        path = f"/surveys/{self.survey}/files"
        return self.web.api("POST", path, self.by, data={"kind": kind, **form}, files=files)

    def kept(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.web.api("GET", f"/surveys/{self.survey}/files", self.by).json()
        return found

    def sound(self) -> None:
        """What is kept is whole: each file with its bytes, and no bytes without a file."""
        held = self.kept()
        for file in held:
            _, data = attaching.content(self.desk, self.who, self.survey, file["id"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])
        with self.desk.store.read() as c:
            assert c.execute(select(func.count()).select_from(contents)).scalar() == len(
                {f["sha256"] for f in held}
            )

    def take(self, answer: httpx.Response) -> str:
        """Refused by name, or kept whole; gives the id of what is kept."""
        assert answer.status_code in (201, 422), (answer.status_code, answer.text[:300])
        self.sound()
        return str(answer.json()["id"]) if answer.status_code == 201 else ""


@pytest.fixture
def counter(lite: Desk) -> Iterator[Counter]:
    with site(lite) as web:
        yield Counter(lite, web)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BOMBS)
def test_what_was_made_to_do_harm_does_none(counter: Counter, name: str, kind: str) -> None:
    refused = counter.hand_in(kind, "a.xlsx", BOMBS[name])
    if counter.take(refused) == "":
        assert refused.json()["place"] and refused.json()["detail"] and not counter.kept()


@pytest.mark.parametrize("kind", KINDS)
def test_what_broke_on_the_way_is_refused(counter: Counter, kind: FileKind) -> None:
    whole = demonstration.sampled() if kind == "bundle" else sheet()
    for part in cut(whole):
        counter.take(counter.hand_in(kind, "a.xlsx", part))
    assert all(file["media"] in TAKEN[kind] and file["media"] == "text/plain" for file in counter.kept())


@hypothesis.settings(suppress_health_check=list(HealthCheck), database=None)
@given(
    kind=st.sampled_from(KINDS),
    data=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode(errors="replace"))),
    head=st.sampled_from(
        (b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xfe", REGISTER)
    ),
    name=st.text(max_size=40),
)
def test_any_bytes_are_kept_whole_or_refused(
    counter: Counter, kind: FileKind, data: bytes, head: bytes, name: str
) -> None:
    counter.take(counter.hand_in(kind, name.encode(errors="replace").decode() or "x", head + data))


@hypothesis.settings(suppress_health_check=list(HealthCheck), database=None)
@given(kind=st.sampled_from(("register", "export", "proof")), where=st.lists(st.integers(0, 10**6), max_size=8),
       what=st.integers(0, 255))  # fmt: skip
def test_a_sheet_with_bytes_that_turned_is_kept_whole_or_refused(
    counter: Counter, kind: FileKind, where: list[int], what: int
) -> None:
    turned = bytearray(SOUND["register"])
    for at in where:
        turned[at % len(turned)] ^= what
    counter.take(counter.hand_in(kind, "a.xlsx", bytes(turned)))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_and_never_followed(counter: Counter, name: str) -> None:
    id_ = counter.take(counter.hand_in("proof", name, b"a note", question="m5-l2-1"))
    assert id_, "a name alone is no reason"
    (file,) = counter.kept()
    assert not set(file["name"]) & set("/\\\r\n\x00\u202e") and 0 < len(file["name"]) <= 120
    read = counter.web.get(f"/surveys/{counter.survey}/files/{id_}", counter.by)
    assert read.content == b"a note" and "set-cookie" not in read.headers
    shown = counter.web.get(f"/surveys/{counter.survey}/files", counter.by)
    assert shown.status_code == 200 and "<script>alert(1)" not in shown.text


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a.png", "a"])
@pytest.mark.parametrize("what", POLYGLOTS)
def test_nothing_that_was_handed_in_comes_back_as_a_page(counter: Counter, what: str, name: str) -> None:
    id_ = counter.take(counter.hand_in("proof", name, POLYGLOTS[what]))
    assert id_
    for read in (
        counter.web.get(f"/surveys/{counter.survey}/files/{id_}", counter.by),
        counter.web.api("GET", f"/surveys/{counter.survey}/files/{id_}", counter.by),
    ):
        media = read.headers["content-type"].partition(";")[0]
        assert read.headers["x-content-type-options"] == "nosniff"
        assert not any(bad in media for bad in ("html", "svg", "script", "xml"))
        policy, disposition = read.headers["content-security-policy"], read.headers["content-disposition"]
        if disposition == "inline":
            assert media in ("image/jpeg", "image/png", "image/webp") and "default-src 'none'" in policy
        else:
            assert disposition.startswith("attachment; filename*=UTF-8''") and policy.startswith("sandbox")


@pytest.mark.parametrize("page", [True, False])
def test_what_came_in_damaged_is_not_kept(counter: Counter, page: bool) -> None:
    """The sender's digest is held against what came."""
    wrong, right = hashlib.sha256(b"other").hexdigest(), hashlib.sha256(b"a note").hexdigest()
    assert counter.hand_in("proof", "a.txt", b"a note", page=page, sha256=wrong).status_code == 422
    assert not counter.kept()
    kept = counter.hand_in("proof", "a.txt", b"a note", page=page, sha256=right.upper())
    assert kept.status_code in (201, 303) and counter.kept()[0]["sha256"] == right
    counter.sound()


@pytest.mark.parametrize("page", [True, False])
@pytest.mark.parametrize("name, data", [("a.txt", b""), ("", b"x"), ("", b"")])
def test_nothing_is_no_file(counter: Counter, name: str, data: bytes, page: bool) -> None:
    answer = counter.hand_in("proof", name, data, page=page)
    assert answer.status_code == 422 and not counter.kept()


def test_a_kind_and_a_question_that_are_none_are_refused(counter: Counter) -> None:
    assert counter.hand_in("poem", "a.txt", b"a note").status_code == 422
    assert counter.hand_in("poem", "a.txt", b"a note", page=True).status_code == 422
    assert counter.hand_in("proof", "a.txt", b"a note", question="none").status_code == 404
    assert not counter.kept()


def test_a_bundle_of_another_plant_is_refused_and_leaves_the_plant_as_it_is(counter: Counter) -> None:
    sampled = demonstration.sampled()
    for other in ({"kind": "process"}, {"credit_code": "91310000MA1FL0000X"}):
        plant = PLANT | other
        counter.survey = surveys.begin(counter.desk, counter.who, counter.house, plant)
        before = surveys.get(counter.desk, counter.who, counter.survey)
        answer = counter.hand_in("bundle", "sealed.zip", sampled)
        assert (answer.status_code, answer.json()["title"]) == (422, "desk.other_plant")
        assert surveys.get(counter.desk, counter.who, counter.survey) == before and not counter.kept()


def test_the_same_content_is_kept_once_and_goes_with_its_last_file(counter: Counter) -> None:
    ids = [counter.take(counter.hand_in("proof", f"{n}.png", PIXEL)) for n in range(3)]
    for id_ in ids:
        path = f"/surveys/{counter.survey}/files/{id_}"
        assert counter.web.get(path, counter.by).content == PIXEL
        assert counter.web.api("DELETE", path, counter.by).status_code == 204
        counter.sound()
    assert not counter.kept()


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 50_000):
        yield b"a" * 50_000


@pytest.mark.parametrize("path", ["/language", "/enter/code", "/account/name", "/plants/new"])
@pytest.mark.parametrize("told", [True, False])
def test_a_form_without_end_is_cut_off(counter: Counter, path: str, told: bool) -> None:
    """By what it says of its length, and where it says nothing, by what comes."""
    headers = {"content-type": "application/x-www-form-urlencoded", "x-guard": counter.by.guard}
    content: Any = b"a" * 1_100_000 if told else _pieces(1_100_000)
    answer = counter.web.send("POST", path, counter.by, headers=headers, content=content)
    assert answer.status_code == 413 and "traceback" not in answer.text.lower()


@pytest.mark.parametrize("told", [True, False])
def test_a_json_or_a_file_without_end_is_cut_off(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(shield, "LARGE", 300_000)
    body = f"--x\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\n{'a' * 400_000}\r\n--x--".encode()
    for path, media, content in (
        (f"/surveys/{counter.survey}/files", "multipart/form-data; boundary=x", body),
        (f"/api/v1/surveys/{counter.survey}/files", "multipart/form-data; boundary=x", body),
        ("/api/v1/surveys", "application/json", b" " * 1_100_000),
    ):
        sent: Any = content if told else _all(content)
        headers = {"content-type": media, "x-guard": counter.by.guard}
        answer = counter.web.send("POST", path, counter.by, headers=headers, content=sent)
        assert answer.status_code == 413, (path, answer.text[:200])
    assert not counter.kept()
    counter.sound()


async def _all(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 50_000):
        yield content[at : at + 50_000]


def test_a_file_and_a_survey_hold_so_much_and_no_more(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    large = counter.hand_in("proof", "a.txt", b"a" * 20_000_001)
    assert (large.status_code, large.json()["title"]) == (422, "desk.too_large")
    monkeypatch.setattr(attaching, "MOST", 1000)
    assert counter.take(counter.hand_in("proof", "a.txt", b"a" * 900))
    full = counter.hand_in("proof", "b.txt", b"b" * 101)
    assert (full.status_code, full.json()["title"]) == (422, "desk.survey_full")
    assert counter.take(counter.hand_in("proof", "c.txt", b"c" * 100)) and len(counter.kept()) == 2


PART = b"--x\r\ncontent-disposition: form-data; name="
CUT = b"file; filename=a\r\n\r\nabc"  # and the line broke


@pytest.mark.parametrize(
    "media, body",
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"\x00" * 500),
        ("multipart/form-data; boundary=x", PART + b"kind\r\n\r\nproof\r\n" + PART + CUT),
        ("multipart/form-data; boundary=x; charset=none", PART + b"kind\r\n\r\n\xff\r\n--x--"),
        ("multipart/form-data; boundary=x", (PART + b"a\r\n\r\n1\r\n") * 2000 + b"--x--"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2000))),
        ("application/x-www-form-urlencoded; charset=none", b"kind=%ff"),
        ("text/plain", PAGE),
        ("", b"x"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Starlette leaves a cut part open
def test_a_body_that_is_no_form_is_refused(counter: Counter, media: str, body: bytes) -> None:
    for base in ("", "/api/v1"):
        headers = {"content-type": media, "x-guard": counter.by.guard}
        path = f"{base}/surveys/{counter.survey}/files"
        answer = counter.web.send("POST", path, counter.by, headers=headers, content=body)
        assert answer.status_code in (400, 413, 422), (base, answer.status_code, answer.text[:200])
    assert not counter.kept()


def test_only_who_may_hands_in(counter: Counter) -> None:
    stranger = by_session(counter.desk, factory(counter.desk, "别的厂")[1].token)
    counter.by, own = stranger, counter.by
    assert counter.hand_in("proof", "a.txt", b"a note").status_code == 404
    counter.by = By()
    assert counter.hand_in("proof", "a.txt", b"a note").status_code == 401
    counter.by = own
    counter.sound()
