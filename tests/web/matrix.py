"""The authorisation matrix as data: `matrix.toml`, read and asked."""

import contextlib
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from assessor.desk.desk import Desk
from assessor.frameworks import Library
from assessor.storage import Store
from assessor.visit.reach import read_reach
from tests.web.asked import AtOnce, By, LookAtOnce, TriedAtOnce, Web
from tests.web.conftest import Kept
from tests.web.matrix_world import PLACES, TOKENS, World

TABLE = Path(__file__).with_name("matrix.toml")
SAFE = ("GET", "HEAD")
OUTCOMES = ("allowed", "forbidden", "hidden", "refused")


@dataclass(frozen=True)
class Entry:
    """One route with what is sent to it, and who is let in."""

    method: str
    template: str
    rule: Mapping[str, str]
    path: Mapping[str, str]
    sent: Mapping[str, Any]
    """form, json, file"""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def route(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def is_api(self) -> bool:
        return self.template.startswith("/api/")

    def expected(self, place: str, who: str) -> str:
        if not place or (who in TOKENS and not self.is_api):
            return self.rule.get("nobody", "signed-out")
        if who in self.rule.get(place, "").split():
            return "allowed"
        for outcome in OUTCOMES:
            if who in self.rule.get(f"{place}-{outcome}", "").split():
                return outcome
        return self.rule.get("otherwise", "hidden" if place == "other" else "forbidden")


def entries() -> dict[str, Entry]:
    """By name: a route, or 'route # case' where it has several."""
    with TABLE.open("rb") as file:
        told = tomllib.load(file)
    for name, rule in told["rules"].items():
        known = {"otherwise", "nobody", *PLACES, *(f"{p}-{o}" for p in PLACES for o in OUTCOMES)}
        assert set(rule) <= known, f"{name}: {set(rule) - known}"
    made = {}
    for name, route in told["routes"].items():
        assert set(route) <= {"rule", "path", "form", "json", "file"}, name
        method, template = name.split(" # ")[0].split()
        sent = {key: route[key] for key in ("form", "json", "file") if key in route}
        made[name] = Entry(method, template, told["rules"][route["rule"]], route.get("path", {}), sent)
    return made


def quick() -> PasswordHasher:
    """What passwords cost is another test's."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Asked:
    """The application over a copy of the world that can be put back."""

    def __init__(self, web: Web, world: World, file: Path, library: Library) -> None:
        self.web, self.world, self.file, self.library = web, world, file, library

    @property
    def app(self) -> FastAPI:
        return self.web.app

    def restore(self) -> None:
        """The world as it was prepared."""
        self.close()
        for name in (self.file, Path(f"{self.file}-wal"), Path(f"{self.file}-shm")):
            name.unlink(missing_ok=True)
        self.file.write_bytes(self.world.data)
        store = Store(f"sqlite:///{self.file}")
        runs = self.file.with_name("runs")
        self.app.state.desk = Desk(
            store,
            self.library,
            Kept(),
            AtOnce(),
            TriedAtOnce(),
            reach=read_reach("127.0.0.0/8"),
            runs=runs,
            looker=LookAtOnce(),
        )

    def close(self) -> None:
        if self.app.state.desk is not None:
            self.app.state.desk.store.close()
        self.app.state.desk = None

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What happens here writes nothing."""
        with contextlib.closing(sqlite3.connect(self.file)) as looking:
            before = looking.execute("PRAGMA data_version").fetchone()
            yield
            assert looking.execute("PRAGMA data_version").fetchone() == before, "something was written"

    def send(self, entry: Entry, by: By, *, guard: str | None = None, **headers: str) -> httpx.Response:
        """One request of the table; `guard` in place of the session's own."""
        path = entry.template
        for name, value in self.named(entry).items():
            path = path.replace(f"{{{name}}}", value)
        guard = by.guard if guard is None else guard
        form = {key: self._told(value) for key, value in entry.sent.get("form", {}).items()}
        given: dict[str, Any] = {"params": dict(entry.query)} if entry.query else {}
        if entry.is_api:
            headers |= {"x-guard": guard} if guard else {}
        elif entry.method not in SAFE:
            form["guard"] = guard
        if form:
            given["data"] = form
        if "json" in entry.sent:
            given["json"] = {key: self._told(value) for key, value in entry.sent["json"].items()}
        if "file" in entry.sent:
            given["files"] = {"file": ("note.txt", entry.sent["file"].encode())}
        return self.web.send(entry.method, path, by, headers=headers, **given)

    def named(self, entry: Entry) -> dict[str, str]:
        """What its path names."""
        ours = {name: f"${name}" for name in self.world.ids} | {"organisation": "$house", "office": "$house"}
        told = ours | dict(entry.path)
        return {key: self._told(value) for key, value in told.items() if f"{{{key}}}" in entry.template}

    def _told(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.world.ids[value[1:]]
        return value


def outcome(answer: httpx.Response) -> str:
    """What came of a request, in the words of the table."""
    status, to = answer.status_code, answer.headers.get("location", "")
    if status == 401 or (status == 303 and to.startswith("/enter?next=")):
        return "signed-out"
    named = {403: "forbidden", 404: "hidden", 422: "refused"}
    return "allowed" if status < 400 else named.get(status, f"{status}: {answer.text[:200]}")
