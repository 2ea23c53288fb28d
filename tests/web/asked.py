"""Requests to the application itself, without a socket: what tests of routes ask by."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from assessor.desk.desk import Desk
from assessor.desk.entering import known_by_session
from assessor.desk.looker import Looker, LookJob
from assessor.desk.reckoner import Job, Reckoned, Reckoner
from assessor.desk.trials import Trials
from assessor.web.app import create_app
from assessor.web.settings import Settings

HOME = "http://test"


@dataclass(frozen=True)
class By:
    """How a request says who it is of."""

    session: str = ""
    guard: str = ""
    token: str = ""

    def headers(self, cookie: str = "assessor") -> dict[str, str]:
        told = {"cookie": f"{cookie}={self.session}"} if self.session else {}
        return told | ({"authorization": f"Bearer {self.token}"} if self.token else {})


NOBODY = By()


def by_session(desk: Desk, token: str) -> By:
    known = known_by_session(desk, token)
    assert known is not None
    return By(token, known.guard)


class AtOnce(Reckoner):
    """Reckons here and now, where it is not the other process that is tested."""

    def start(
        self,
        _: tuple[str, int],
        work: Callable[[Job], Reckoned],
        job: Callable[[], Job],
        kept: Callable[[Reckoned], None],
    ) -> None:
        kept(work(job()))


class LookAtOnce(Looker):
    """Looks here and now, where it is not the other process that is tested."""

    def start(self, work: Callable[[LookJob], None], job: LookJob, _: Callable[[], None]) -> None:
        work(job)


class TriedAtOnce(Trials):
    """Tries editions here and now, in this process."""

    def __init__(self) -> None:
        super().__init__("serial")

    def start(self, _: str, work: Callable[[], None]) -> None:
        work()


@dataclass
class Web:
    """An application and one who asks it."""

    app: FastAPI
    runner: asyncio.Runner
    base: str = HOME
    more: dict[str, Any] = field(default_factory=dict)

    def send(self, method: str, path: str, by: By = NOBODY, **given: Any) -> httpx.Response:
        """One request as it is, without a guard; a fault of the application is its answer 500."""
        headers = by.headers(self.app.state.settings.cookie) | dict(given.pop("headers", None) or {})
        return self.runner.run(self._send(method, path, headers, given))

    async def _send(self, method: str, path: str, headers: Mapping[str, str], given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
            sent = {name: value.encode() for name, value in headers.items()}
            return await client.request(method, path, headers=sent, **given)

    def get(self, path: str, by: By = NOBODY, **given: Any) -> httpx.Response:
        return self.send("GET", path, by, **given)

    def post(self, path: str, by: By = NOBODY, **given: Any) -> httpx.Response:
        """A form of our pages: with the guard of its session."""
        form = dict(given.pop("data", None) or {})
        return self.send("POST", path, by, data={"guard": by.guard, **form}, **given)

    def api(self, method: str, path: str, by: By = NOBODY, **given: Any) -> httpx.Response:
        """A program, or a script of our pages."""
        headers = dict(given.pop("headers", None) or {}) | ({"x-guard": by.guard} if by.guard else {})
        return self.send(method, f"/api/v1{path}", by, headers=headers, **given)


@contextmanager
def asking(app: FastAPI, base: str = HOME) -> Iterator[Web]:
    with asyncio.Runner() as runner:
        yield Web(app, runner, base)


@contextmanager
def site(desk: Desk, **changed: Any) -> Iterator[Web]:
    """The application over a desk; `changed`: of its settings."""
    settings = Settings(database="sqlite://", sender=desk.sender, **changed)
    with asking(create_app(settings, desk), settings.public or HOME) as web:
        yield web


def routes_of(app: FastAPI) -> set[str]:
    """Every 'METHOD /path' that the application answers; HEAD where GET is told is none of its own."""
    found = set[str]()
    for route in iter_route_contexts(app.routes):
        assert route.path and route.methods, f"a route that no entry can name: {route}"
        methods = route.methods - ({"HEAD"} if "GET" in route.methods else set())
        found |= {f"{method} {route.path}" for method in methods}
    return found
