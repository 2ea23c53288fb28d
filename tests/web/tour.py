"""Every page there is, as the demonstration plant's owner, a stranger and an office meet them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from assessor.desk import accounts, declaring, entering, houses, meanings, reviewing, second, surveys
from assessor.desk.access import Actor
from assessor.desk.answering import take_over
from assessor.desk.attaching import Handed, attach
from assessor.desk.reviewing import Remark
from tests.waiting import until
from tests.web import points
from tests.web.journeys import Room, context_of, pick, pill
from tests.web.offices import seen
from tests.web.people import PLANT
from tests.web.test_reckoning import EXPORT, REGISTER

STRANGER = ("/", "/enter")
OWNER = (
    "/plants", "/plants/new", "/account", "/nowhere", "{s}", "{s}/short", "{s}/plant", "{s}/sections/p1",
    "{s}/sections/figures", "{s}/sections/smart-factory", "{s}/sections/plan", "{s}/sections/m5?show=differing",
    "{s}/questions/m5-l2-1", "{s}/plan", "{s}/plan?budget=30&aim=payback", "{s}/files", "{s}/people",
    "{s}/leaves", "{s}/erase", "{s}/clarify", "{s}/review", "{s}/second", "{s}/compare", "{s}/tags", "{s}/walk",
    "{s}/site", "{s}/sampling", "{s}/prepare", "{s}/interviews", "{s}/interviews/production", "{s}/filing",
    "{s}/branches",
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
    """A session of somebody who may settle the demonstration's differences, and handed it in for review."""
    again: str
    """Another survey of the demonstration's plant, made later."""
    reviewer: str
    blind: str
    """A session of somebody who is rating a sample of it without seeing first answers."""
    sampled: str
    """A survey of the same owner whose data points nobody explains."""
    offices: tuple[tuple[str, str], ...]
    """(session, path) of an office with vouchers, and of factories that applied."""

    def stops(self) -> list[tuple[str, str]]:
        """(session, path) of every page."""
        here = f"/surveys/{self.survey}"
        own = [path.replace("{s}", here) for path in OWNER]
        begun = [
            f"/surveys/{self.fresh}{rest}"
            for rest in ("", "/short", "/sections/r1", "/result", "/plan", "/files", "/tags", "/walk")
        ]
        begun += [f"/surveys/{self.sampled}{rest}" for rest in ("", "/files", "/tags", "/branches")]
        return [
            *(("", path) for path in STRANGER),
            *((self.demo, path) for path in (*own, *self.parts, *begun)),
            (self.demo, f"/surveys/{self.fresh}/exports/{self.export}"),
            *((self.consultant, f"{here}{rest}") for rest in ("/clarify", "/review", "/people")),
            *((self.reviewer, f"{here}{rest}") for rest in ("/review", "/second")),
            (self.blind, f"{here}/second"),
            (self.demo, f"/surveys/{self.fresh}/review"),
            (self.demo, f"/surveys/{self.again}/compare"),
            (self.office, "/plants"),
            *self.offices,
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
        page.locator("#papers").wait_for(timeout=180_000)
        page.goto(f"/surveys/{survey}/result")
        page.locator("#papers").wait_for(timeout=180_000)
        again = once_more(room, known.actor, survey)
        page.goto(f"/surveys/{again}/result")
        page.locator("#papers").wait_for(timeout=180_000)
        page.goto(f"/surveys/{survey}/result")
        parts = page.locator("nav.sub a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    house = surveys.get(room.desk, known.actor, survey).organisation
    sampled = unexplained(room, known.actor, house)
    until(lambda: meanings.listed(room.desk, known.actor, survey).found is not None)
    code = houses.issue(room.desk, house, "consultant", "it")
    consultant = entering.by_code(room.desk, code, "10.0.1.2", "zh").token
    code = houses.issue(room.desk, houses.found(room.desk, "office", "项目办（测试）"), "officer")
    office = entering.by_code(room.desk, code, "10.0.1.1", "zh").token
    reviewer, blind = judged(room, house, survey, consultant)
    return Guide(
        room, cookie, survey, tuple(parts), office, fresh, export, consultant, again, reviewer, blind, sampled,
        tuple(seen(room.desk)),
    )  # fmt: skip


def once_more(room: Room, owner: Actor, survey: str) -> str:
    """The same plant a second time, with the same answers."""
    desk, held = room.desk, surveys.opened(room.desk, owner, survey)
    told = {"name": held.plant.name.zh, "name_en": held.plant.name.en, "kind": held.plant.kind}
    again = surveys.begin(desk, owner, held.survey.organisation, told, held.framework.id)
    take_over(desk, owner, surveys.opened(desk, owner, again), surveys.answers(held))
    return again


def judged(room: Room, house: str, survey: str, consultant: str) -> tuple[str, str]:
    """Handed in for review, rated a second time, and under way once more; sessions of two who review it."""
    desk, tokens = room.desk, dict[str, str]()
    for name in ("张复核", "李复核", "王复核"):
        code = houses.issue(desk, house, "reviewer", "it")
        tokens[name] = entering.by_code(desk, code, f"10.0.2.{len(tokens)}", "zh").token
    known = {
        name: entering.known_by_session(desk, token) for name, token in (tokens | {"陈顾问": consultant}).items()
    }
    who = {name: one.actor for name, one in known.items() if one is not None}
    for name, actor in who.items():
        accounts.rename(desk, actor, name)
    declaring.declare(
        desk, who["陈顾问"], survey, ["represents", "contract"], 2, "代理某品牌 MES；2025 年做过诊断"
    )
    declaring.declare(desk, who["张复核"], survey, ["none"])
    version = surveys.get(desk, who["陈顾问"], survey).version
    reviewing.hand_in(desk, who["陈顾问"], survey, version, "能源部分请细看")
    reviewing.give_back(
        desk, who["张复核"], survey,
        [Remark("question", "m5-l2-1", "只凭口头回答，请补照片"), Remark("whole", None, "请写明访谈对象")],
    )  # fmt: skip
    reviewing.hand_in(desk, who["陈顾问"], survey, version, "已补")
    second.draw(desk, who["王复核"], survey, unseen=True)
    rating = second.mine(desk, who["王复核"], survey)
    assert rating is not None
    for n, question in enumerate(rating.questions):
        second.rate(
            desk,
            who["王复核"],
            survey,
            question,
            ("1", "0.8", "0.5", "0.5")[n % 4],
            "看了现场" if n % 5 == 0 else "",
        )
    second.end(desk, who["王复核"], survey, finished=True)
    second.draw(desk, who["李复核"], survey, unseen=True)
    rating = second.mine(desk, who["李复核"], survey)
    assert rating is not None
    second.rate(desk, who["李复核"], survey, rating.questions[0], "0.8", "车间看板")
    return tokens["张复核"], tokens["李复核"]


def unexplained(room: Room, who: Actor, house: str) -> str:
    """A survey with data points to confirm, some confirmed and some asked about in vain, their list made."""
    survey = surveys.begin(room.desk, who, house, PLANT)
    attach(room.desk, who, survey, Handed("scope", "scope.yaml", points.agreed()))
    attach(room.desk, who, survey, Handed("bundle", "封存包.zip", points.sampled(8)))
    until(lambda: meanings.listed(room.desk, who, survey).found is not None)
    meanings.confirm(room.desk, who, survey, meanings.Said(points.DOOR, "other", None))
    meanings.set_aside(room.desk, who, survey, points.SIGNALS)
    until(lambda: not meanings.listed(room.desk, who, survey).old)
    return survey


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
    named = {along.survey: "demo", along.fresh: "new", along.sampled: "sampled", along.again: "again"}
    short = re.sub("/surveys/([0-9a-f]{32})", lambda found: named.get(found[1], "paid"), path)
    short = re.sub("([0-9a-f]{4})[0-9a-f]{28}", r"\1", short)
    return f"{language}-{width}-{re.sub(r'[^a-z0-9]+', '-', short.strip('/')) or 'door'}"
