"""Every page there is, as the demonstration plant's owner, a stranger and an office meet them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from assessor.desk import entering, houses, surveys
from assessor.desk.attaching import Handed, attach
from tests.web.journeys import Room, context_of, pick, pill
from tests.web.test_reckoning import EXPORT, REGISTER

LANGUAGES = ("zh", "en")
STRANGER = ("/", "/enter")
OWNER = (
    "/plants", "/plants/new", "/account", "/nowhere", "{s}", "{s}/short", "{s}/plant", "{s}/sections/p1",
    "{s}/sections/figures", "{s}/sections/smart-factory", "{s}/sections/plan", "{s}/sections/m5?show=differing",
    "{s}/questions/m5-l2-1", "{s}/plan", "{s}/plan?budget=30&aim=payback", "{s}/files", "{s}/people",
    "{s}/leaves", "{s}/erase", "{s}/clarify", "{s}/filing",
)  # fmt: skip
"""Beside these: every part of the result, which the result itself names."""


@dataclass(frozen=True)
class Guide:
    """Who may walk where: sessions, the demonstration's survey, and its pages of the result."""

    room: Room
    demo: str
    survey: str
    parts: tuple[str, ...]
    office: str
    fresh: str
    """A survey that has only begun, of the same owner."""
    export: str
    """A file in it that waits for a person's word."""
    consultant: str
    """A session of somebody who may settle the demonstration's differences."""

    def stops(self) -> list[tuple[str, str]]:
        """(session, path) of every page."""
        here = f"/surveys/{self.survey}"
        own = [path.replace("{s}", here) for path in OWNER]
        begun = [
            f"/surveys/{self.fresh}{rest}" for rest in ("", "/short", "/sections/r1", "/result", "/plan", "/files")
        ]
        return [
            *(("", path) for path in STRANGER),
            *((self.demo, path) for path in (*own, *self.parts, *begun)),
            (self.demo, f"/surveys/{self.fresh}/exports/{self.export}"),
            (self.consultant, f"{here}/clarify"),
            (self.office, "/plants"),
        ]


def guide(browser: Browser, room: Room) -> Guide:
    """The demonstration, reckoned; and an office that makes vouchers."""
    with context_of(browser, room.server, width=1280) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("form[action='/enter/demo'] button").click()
        page.wait_for_url("**/surveys/*")
        survey = page.url.rpartition("/")[2]
        page.goto("/plants/new")
        page.locator("input[name=name]").fill("新开评估的测试厂")
        page.locator("input[name=kind][value=discrete]").check()
        page.locator("main form button").click()
        page.wait_for_url("**/surveys/*")
        fresh = page.url.rpartition("/")[2]
        page.goto(f"/surveys/{fresh}/sections/p1")
        pick(page, "p1-l1-1", "0.8")
        pill(page, "saved")
        cookie = next(c["value"] for c in context.cookies() if c["name"] == "assessor")
        known = entering.known_by_session(room.desk, cookie)
        assert known is not None
        attach(room.desk, known.actor, fresh, Handed("register", "台账.csv", REGISTER.encode()))
        export = attach(room.desk, known.actor, fresh, Handed("export", "历史.csv", EXPORT.encode())).id
        page.goto(f"/surveys/{fresh}/result")
        page.locator("#papers").wait_for(timeout=90_000)
        page.goto(f"/surveys/{survey}/result")
        page.locator("#papers").wait_for(timeout=90_000)
        parts = page.locator("nav.sub a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    house = surveys.get(room.desk, known.actor, survey).organisation
    code = houses.issue(room.desk, house, "consultant", "it")
    consultant = entering.by_code(room.desk, code, "10.0.1.2", "zh").token
    code = houses.issue(room.desk, houses.found(room.desk, "office", "项目办（测试）"), "officer")
    office = entering.by_code(room.desk, code, "10.0.1.1", "zh").token
    return Guide(room, cookie, survey, tuple(parts), office, fresh, export, consultant)


def walk(
    browser: Browser, along: Guide, width: int, language: str, prepared: Callable[[Page], None], **more: object
) -> Iterator[tuple[Page, str]]:
    """Every page in one language and width: the page, and what to call its picture."""
    for session in dict.fromkeys(session for session, _ in along.stops()):
        with context_of(browser, along.room.server, session, width=width, language=language, **more) as context:
            context.add_cookies([{"name": "language", "value": language, "url": along.room.server.address}])
            page = context.new_page()
            prepared(page)
            for path in (path for whose, path in along.stops() if whose == session):
                page.goto(path)
                yield page, called(path, language, width, along)


def called(path: str, language: str, width: int, along: Guide) -> str:
    short = path.replace(f"/surveys/{along.survey}", "demo").replace(f"/surveys/{along.fresh}", "new")
    return f"{language}-{width}-{re.sub(r'[^a-z0-9]+', '-', short.strip('/')) or 'door'}"
