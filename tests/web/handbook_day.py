"""The pictures of the consultants' handbook: a day on site, with a plant that is really there."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from assessor.desk import (
    accounts,
    answering,
    attaching,
    declaring,
    entering,
    erasing,
    meanings,
    preparing,
    surveys,
    walking,
)
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.messages import Language
from tests.waiting import until
from tests.web import points
from tests.web.journeys import Factory, Room, context_of
from tests.web.people import entry
from tests.web.test_preparing import REGISTER, SAID

Shoot = Callable[[Page, str], None]
WIDTH = 1024
"""Of a laptop beside which somebody talks."""


def day(browser: Browser, room: Room, language: Language, shoot: Shoot, scope: bytes) -> None:
    """Preparation, a run under way, what it came to, the steps, what is merged."""
    factory = room.factory("示例机械厂" if language == "zh" else "Example works")
    token = factory.colleague("consultant", "it")
    who = actor(factory, token)
    accounts.rename(room.desk, who, "陈顾问" if language == "zh" else "Chen Wei")
    attaching.attach(room.desk, who, factory.survey, Handed("register", "台账.csv", REGISTER.encode()))
    room_says(room, who, factory.survey)
    with context_of(browser, room.server, token, width=WIDTH, language=language) as context:
        context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
        page = context.new_page()
        page.goto(f"{factory.path}/prepare")
        shoot(page, "prepare")
        attaching.attach(room.desk, who, factory.survey, Handed("scope", "scope.yaml", scope))
        page.goto(f"{factory.path}/sampling?minutes=30")
        page.locator("#preview form[method=post] button").click()
        tile = page.locator("#live .tiles dd").first
        until(lambda: tile.count() == 1 and int(tile.inner_text().replace(",", "")) > 60)
        page.reload()
        page.locator("details.picker summary").click()
        for box in page.locator("input[name=tag]").all()[1:3]:
            box.check()
        page.locator("form[action$='/plots'] button").click()
        figures = page.locator("figure.plot polyline")
        until(lambda: figures.count() == 2 and len((figures.nth(1).get_attribute("points") or "").split()) > 8)
        shoot(page, "sampling")
        page.locator("form[action$='/stop'] button").click()
        expect(page.locator("#runs .chip.dark")).to_be_visible(timeout=60_000)
        declaring.declare(room.desk, who, factory.survey, ["none"])
        page.goto(f"{factory.path}/result")
        page.locator("#papers").wait_for(timeout=120_000)
        page.goto(f"{factory.path}/review")
        shoot(page, "second-person")
        page.goto(f"{factory.path}/site")
        shoot(page, "day")
        merged(page, room, factory, who)
        shoot(page, "merging")


def actor(factory: Factory, token: str) -> Actor:
    known = entering.known_by_session(factory.room.desk, token)
    assert known is not None
    return known.actor


def room_says(room: Room, who: Actor, survey: str) -> None:
    """A visit, and some answers."""
    preparing.say(room.desk, who, survey, SAID)
    for question, value in (("p1-l1-1", "1"), ("p1-l1-2", "0.8"), ("m5-l2-1", "1")):
        answering.save(room.desk, who, survey, entry(question, value))


def merged(page: Page, room: Room, factory: Factory, who: Actor) -> None:
    """The same plant on another installation, of which one answer differs."""
    other = surveys.begin(room.desk, owner(factory), factory.house, {"name": "示例机械厂", "kind": "discrete"})
    for question, value in (("p1-l1-1", "0.5"), ("p1-l1-2", "0.8"), ("p1-l2-1", "0.5")):
        answering.save(room.desk, who, other, entry(question, value))
    work = erasing.export_survey(room.desk, who, other)
    file = attaching.attach(room.desk, who, factory.survey, Handed("work", "laptop.zip", work))
    page.goto(f"{factory.path}/merge/{file.id}")


def owner(factory: Factory) -> Actor:
    return actor(factory, factory.token)


def unexplained(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    """Data points to confirm, and the register to be walked."""
    factory = room.factory("示例注塑厂" if language == "zh" else "Example moulding")
    who, survey = owner(factory), factory.survey
    attaching.attach(room.desk, who, survey, Handed("register", "台账.csv", REGISTER.encode()))
    with context_of(browser, room.server, factory.token, width=390, language=language) as context:
        context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
        page = context.new_page()
        page.goto(f"{factory.path}/walk")
        assert walking.opened(room.desk, who, survey).assets
        shoot(page, "register-walk")
    attaching.attach(room.desk, who, survey, Handed("bundle", "sampled.zip", points.sampled()))
    until(lambda: meanings.listed(room.desk, who, survey).found is not None)
    with context_of(browser, room.server, factory.token, width=WIDTH, language=language) as context:
        context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
        page = context.new_page()
        page.goto(f"{factory.path}/tags")
        shoot(page, "points")


def differences(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    """What is to be clarified in the demonstration."""
    with context_of(browser, room.server, width=WIDTH, language=language) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("form[action='/enter/demo'] button").click()
        page.wait_for_url("**/surveys/*")
        path = page.url
        page.goto(f"{path}/result")
        page.locator("#papers").wait_for(timeout=180_000)
        page.goto(f"{path}/clarify")
        shoot(page, "to-clarify")
