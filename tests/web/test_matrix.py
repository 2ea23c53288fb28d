"""Every route as everybody: who is let in, who is told no, who does not learn that there is anything.

The routes are those of the application itself: a new one without an entry in `matrix.toml` fails, and so does an
entry without a route.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor.desk import passwords
from assessor.frameworks import Library
from assessor.web.app import create_app
from tests.web.asked import Web, asking, routes_of
from tests.web.conftest import settings_for
from tests.web.matrix import SAFE, Asked, Entry, entries, outcome, quick
from tests.web.matrix_world import World, columns, prepared

pytestmark = pytest.mark.slow

ENTRIES = entries()
UNSAFE = {name: entry for name, entry in ENTRIES.items() if entry.method not in SAFE}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, library: Library) -> World:
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ASSESSOR_HOME", str(folder))
        patched.setattr(passwords, "_hasher", quick)
        return prepared(folder, library)


@pytest.fixture(scope="module")
def web(library: Library) -> Iterator[Web]:
    with asking(create_app(settings_for("sqlite://", demo=False))) as made:
        yield made


@pytest.fixture
def asked(
    web: Web, world: World, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asked]:
    monkeypatch.setattr(passwords, "_hasher", quick)
    made = Asked(web, world, tmp_path / "world.db", library)
    made.restore()
    yield made
    made.close()


def test_every_route_has_an_entry_and_every_entry_a_route(web: Web) -> None:
    told = {entry.route for entry in ENTRIES.values()}
    assert routes_of(web.app) == told


@pytest.mark.parametrize("name", ENTRIES)
def test_who_may_what(asked: Asked, name: str) -> None:
    """One request a role and place; whoever is turned away changed nothing, and neither did who only looked."""
    entry, wrong = ENTRIES[name], []
    for place, who in columns():
        expected = entry.expected(place, who)
        if entry.method in SAFE or expected != "allowed":
            with asked.unchanged():
                answer = asked.send(entry, asked.world.by[place, who])
        else:
            answer = asked.send(entry, asked.world.by[place, who])
            asked.restore()
        if (found := outcome(answer)) != expected:
            wrong.append(f"{who} of {place or 'nowhere'}: {found}, and not {expected}")
    assert not wrong, "\n".join([name, *wrong])


@pytest.mark.parametrize("name", UNSAFE)
def test_a_form_that_is_not_ours_does_nothing(asked: Asked, name: str) -> None:
    """Whoever may do it may not where another site sends it for them: by its guard, and by where it comes from."""
    entry = UNSAFE[name]
    for place, who in columns():
        by = asked.world.by[place, who]
        if not by.session or entry.expected(place, who) not in ("allowed", "refused"):
            continue
        foreign: list[dict[str, str]] = [
            {"origin": "https://elsewhere.example"},
            {"origin": "null"},
            {"origin": "http://["},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ]
        with asked.unchanged():
            for guard in ("", "0" * 64, "é" * 8, by.guard[:-1]):
                assert asked.send(entry, by, guard=guard).status_code == 403, guard
            for headers in foreign:
                assert asked.send(entry, by, **headers).status_code == 403, headers
        break
    else:
        hidden = entry.rule.get("otherwise") == "hidden" or "own-hidden" in entry.rule
        assert hidden, "nobody may do it at all"


def _sample() -> Entry:
    return ENTRIES["POST /surveys/{survey}/answers/{question}"]


def test_a_form_of_ours_comes_through(asked: Asked) -> None:
    """The other way round: what the tests above turn away is turned away for what they say."""
    by = asked.world.by["own", "owner"]
    assert (
        asked.send(_sample(), by, **{"origin": "http://test", "sec-fetch-site": "same-origin"}).status_code == 303
    )
