"""What nobody types and some send: odd signs, endless numbers, pieces of other languages, in every field of every
route. Whatever comes is refused by name or kept as it is, on both databases; nothing breaks and nothing runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from assessor.desk import entering, passwords
from assessor.desk.desk import Desk
from assessor.frameworks import Library
from assessor.storage import Store
from assessor.web.app import create_app
from tests.web.asked import AtOnce, By, TriedAtOnce, asking, by_session
from tests.web.conftest import Kept, own_database, settings_for
from tests.web.matrix import SAFE, Asked, Entry, entries, quick
from tests.web.matrix_world import World, populated

pytestmark = pytest.mark.slow

ODD = ("\x00", "a\x00b@example.cn", "9" * 5000, "\U0001f3ed" * 300, "٣", "²")
"""For both databases: what one of them may not be able to keep."""
OTHER = (
    "1e999999999", "a:" + "9" * 5000, "-1", "NaN", "Infinity", "½", "1/0", "a" * 100_000,
    "../../etc/passwd",    "<script>alert(1)</script>",
    "'; drop table surveys; --", "{{ 7 * 7 }}", "\r\nset-cookie: a=b", "\u202e", "%00", "\ufeff",
    "//elsewhere.example", "", " ",
)  # fmt: skip
QUERIES = {
    "GET /enter": ("next", "language"),
    "GET /surveys/{survey}/sections/{topic}": ("show", "language"),
    "GET /surveys/{survey}/plan": ("budget", "aim", "days", "without", "keep"),
    "GET /enter/openid/back": ("state", "code"),
    "GET /static/{name}": ("v",),
    "GET /api/v1/surveys": ("after", "limit"),
    "GET /api/v1/surveys/{survey}/answers": ("after", "limit"),
    "GET /api/v1/surveys/{survey}/papers/{name}": ("language",),
}
PLANT = ("name_en", "kind", "credit_code", "industry", "district", "employees", "above_scale")
FIELDS = {
    "POST /enter/code": ("next", "guard"),
    "POST /enter/password": ("next",),
    "POST /language": ("next",),
    "POST /plants/new": (*PLANT, "organisation"),
    "POST /surveys/{survey}/plant": PLANT,
    "POST /surveys/{survey}/plan": ("days", "without", "keep"),
    "POST /surveys/{survey}/answers/{question}": ("reason", "target", "aside", "back"),
    "POST /surveys/{survey}/files": ("question", "sha256", "system"),
    "POST /account/password": ("old",),
}
"""What a form may hold beside what the table sends."""
SLOW = ("GET /surveys/{survey}/plan", "POST /surveys/{survey}/exports/{file}")
ENTRIES = {name: entry for name, entry in entries().items() if name not in ("POST /leave", "POST /account/erase")}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ASSESSOR_HOME", str(folder))
        patched.setattr(passwords, "_hasher", quick)
        if request.param == "sqlite":
            yield from _asked(f"sqlite:///{folder / 'world.db'}", folder, library)
            return
        with own_database(request.getfixturevalue("postgresql")) as address:
            yield from _asked(address, folder, library)


def _asked(address: str, folder: Path, library: Library) -> Iterator[Asked]:
    store = Store(address)
    store.upgrade()
    desk = Desk(store, library, Kept(), AtOnce(), TriedAtOnce())
    ids, by = populated(desk)
    with asking(create_app(settings_for(address, demo=False), desk)) as web:
        yield Asked(web, World(b"", ids, by), folder / "world.db", library)
    store.close()


def variants(entry: Entry, asked: Asked, values: tuple[str, ...]) -> Iterator[Entry]:
    """The entry with one field, piece of its path or of its question replaced by each value."""
    for kind in ("form", "json"):
        for key in entry.sent.get(kind, {}):
            for value in values:
                yield replace(entry, sent=entry.sent | {kind: entry.sent[kind] | {key: value}})
    for key in FIELDS.get(entry.route, ()):
        for value in values:
            yield replace(entry, sent=entry.sent | {"form": entry.sent.get("form", {}) | {key: value}})
    for key in asked.named(entry):
        for value in values:
            yield replace(entry, path={**entry.path, key: quote(value[:2000], safe="") or "-"})
    for key in QUERIES.get(entry.route, ()):
        for value in values:
            yield replace(entry, query={key: value[:6000]})


@pytest.mark.parametrize("name", ENTRIES)
def test_whatever_comes_is_refused_or_kept(asked: Asked, name: str) -> None:
    entry, desk = ENTRIES[name], asked.app.state.desk
    values = (*ODD, *OTHER[:: 3 if name in SLOW else 1]) if desk.store.lite else ODD
    account = entering.known_by_session(desk, asked.world.by["own", "owner"].session)
    who = _again(desk, account.account.id) if account else asked.world.by["own", "administrator"]
    for one in variants(entry, asked, values):
        answer = asked.send(one, who)
        what = (one.path, one.sent, answer.status_code, answer.text[:300])
        assert answer.status_code < 500, what
        assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"], what
        assert not answer.headers.get("location", "").startswith(("//", "http")), what
        if "html" in answer.headers.get("content-type", ""):
            assert "<script>alert(1)" not in answer.text and ">49<" not in answer.text, what
        if entry.method not in SAFE and "text/html" not in answer.headers.get("content-type", ""):
            assert answer.status_code != 200 or entry.is_api or answer.content, what


def _again(desk: Desk, account: str) -> By:
    """A session of its own for each test: a password that is set ends those before it."""
    return by_session(desk, entering.enter(desk, account).token)
