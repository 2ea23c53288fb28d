"""What the journeys share: a real server that can be stopped and started, real Chromium, people with codes."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from assessor.desk import entering, houses, surveys
from assessor.desk.desk import Desk
from assessor.frameworks import Library
from assessor.storage import Role, Store
from assessor.storage import surveys as sql
from tests.web.conftest import ROOT, Kept
from tests.web.people import PLANT

PHONE_HEIGHT, DESK_HEIGHT = 844, 900
WITHOUT_STORE = "indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };"


@dataclass
class Server:
    """`assessor serve` in a process of its own, always on the same port and database."""

    folder: Path
    database: str = ""
    address: str = ""
    process: subprocess.Popen[bytes] | None = None
    sample: str = ""
    """Where it may sample."""
    host: str = "127.0.0.1"
    """By which its pages are opened; another than this machine's own: it listens to other devices."""

    def __post_init__(self) -> None:
        self.database = self.database or f"sqlite:///{self.folder / 'assessor.db'}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://{self.host}:{free.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        env = os.environ | {
            "ASSESSOR_HOME": str(self.folder), "ASSESSOR_LANGUAGE": "en", "DATABASE_URL": self.database,
            "ASSESSOR_SAMPLE": self.sample,
        }  # fmt: skip
        port = self.address.rpartition(":")[2]
        listens = "127.0.0.1" if self.host == "127.0.0.1" else "0.0.0.0"
        command = [sys.executable, "-m", "assessor", "serve", "--host", listens, "--port", port, "--demo"]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        said = self.process.stdout.readline().decode().strip()
        assert said == f"http://{listens}:{port}", (self.folder / "serve.log").read_text()
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:  # it listens a moment later
            client.get(f"{self.address}/health", timeout=30).raise_for_status()

    def stop(self, *, at_once: bool = False) -> None:
        """`at_once`: as when the power fails."""
        if self.process is None:
            return
        if at_once:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None


@dataclass
class Room:
    """The same database as the server's, seen from behind: to hand out codes, and to look what was saved."""

    server: Server
    desk: Desk

    def voucher(self, name: str = "旅程测试厂") -> str:
        return houses.issue(self.desk, houses.found(self.desk, "factory", name), "owner", "owner")

    def factory(self, name: str = "旅程测试厂") -> "Factory":
        """With an owner and a survey begun."""
        house = houses.found(self.desk, "factory", name)
        entered = entering.by_code(self.desk, houses.issue(self.desk, house, "owner", "owner"), "10.0.0.1", "zh")
        known = entering.known_by_session(self.desk, entered.token)
        assert known is not None
        survey = surveys.begin(self.desk, known.actor, house, PLANT)
        return Factory(self, house, entered.token, survey)


@dataclass
class Factory:
    room: Room
    house: str
    token: str
    """Of its owner's session; empty where a browser came in by itself."""
    survey: str

    @classmethod
    def at(cls, room: Room, url: str) -> Self:
        """Of the survey that an address names."""
        survey = url.split("/surveys/")[1].split("/", maxsplit=1)[0]
        with room.desk.store.read() as c:
            held = sql.get(c, survey)
        assert held is not None
        return cls(room, held.organisation, "", survey)

    @property
    def path(self) -> str:
        return f"/surveys/{self.survey}"

    def colleague(self, role: Role = "member", department: str = "production") -> str:
        """The session of somebody new."""
        code = houses.issue(self.room.desk, self.house, role, department)
        return entering.by_code(self.room.desk, code, f"10.0.0.{len(code)}", "zh").token

    def again(self) -> str:
        """Another session of the same owner."""
        known = entering.known_by_session(self.room.desk, self.token)
        assert known is not None
        return entering.enter(self.room.desk, known.actor.account).token

    def said(self) -> dict[str, Any]:
        """What stands, as the server's database has it."""
        known = entering.known_by_session(self.room.desk, self.colleague("reviewer"))
        assert known is not None
        held = surveys.opened(self.room.desk, known.actor, self.survey)
        return {id_: given.value for id_, given in held.given.items()}

    def versions(self) -> dict[str, int]:
        """How often each answer was saved."""
        known = entering.known_by_session(self.room.desk, self.colleague("reviewer"))
        assert known is not None
        return {i: g.version for i, g in surveys.opened(self.room.desk, known.actor, self.survey).given.items()}


@contextmanager
def behind(server: Server, library: Library) -> Iterator[Room]:
    store = Store(server.database)
    store.upgrade()
    desk = Desk(store, library, Kept())
    try:
        yield Room(server, desk)
    finally:
        desk.reckoner.close()
        store.close()


@dataclass
class Faults:
    """What a page complained of, and whom it asked besides its own server."""

    address: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda m: self.found.append(f"{page.url}: {m.text}") if m.type != "log" else None)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("request", lambda r: None if self._ours(r.url) else self.found.append(f"elsewhere: {r.url}"))

    def _ours(self, url: str) -> bool:
        return url.startswith((f"{self.address}/", "data:", "blob:"))


def context_of(
    browser: Browser, server: Server, token: str = "", *, width: int = 390, language: str = "zh", **more: Any
) -> BrowserContext:
    """A browser of somebody's own: a phone where it is narrow, signed in where there is a token."""
    view = ViewportSize(width=width, height=PHONE_HEIGHT if width == 390 else DESK_HEIGHT)
    touch: dict[str, Any] = {"has_touch": True, "is_mobile": True} if width == 390 else {}
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = browser.new_context(viewport=view, locale=locale, base_url=server.address, **(touch | more))
    context.set_default_timeout(60_000)
    context.set_default_navigation_timeout(60_000)
    if token:
        context.add_cookies([{"name": "assessor", "value": token, "url": server.address}])
    return context


def entered(page: Page, code: str) -> None:
    """Come in by a code, from the front page or the one for signing in."""
    page.locator("input[name=code]").fill(code)
    page.locator("form[action='/enter/code'] button").click()
    page.wait_for_url(lambda url: "/enter" not in url)


def pick(page: Page, question: str, value: str) -> None:
    """Choose an answer, as a thumb does: on its words."""
    page.locator(f"[id='{question}'] label.pick:has(input[value='{value}'])").first.click()


def pill(page: Page, state: str) -> None:
    """Wait until the line at the bottom says so."""
    expect(page.locator("#pill")).to_have_attribute("data-state", state)


def questions_on(page: Page) -> list[str]:
    """Those that are put."""
    ids = page.locator("[data-question]:not([hidden])").evaluate_all("all => all.map(one => one.id)")
    return [str(one) for one in ids]


def sideways(page: Page) -> bool:
    """Does it have to be pushed sideways to be read?"""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def shots() -> Path | None:
    """Where pictures are kept for looking: the folder `SCREENSHOTS`, if it is set."""
    if not (named := os.environ.get("SCREENSHOTS")):
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def picture(page: Page, folder: Path | None, name: str, *, whole: bool = True) -> None:
    """A page as it is seen, for people to judge; no test looks at it, so it is taken where somebody will."""
    if folder is not None:
        path = folder / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png"
        page.screenshot(path=path, full_page=whole, animations="disabled")
