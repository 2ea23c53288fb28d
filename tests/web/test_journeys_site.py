"""A day on site: data points confirmed, branches assigned, the register walked; on a phone without a script, at a
desk in English."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import branches, entering, surveys, walking
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed, attach
from tests.waiting import until
from tests.web.aggregated import MACHINES, aggregated
from tests.web.journeys import Factory, context_of, picture, shots
from tests.web.points import DOOR, LONG, MELT, SIGNALS, sampled
from tests.web.test_walking import LIST

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=[(390, "zh", False), (1280, "en", True)], ids=["phone-zh-plain", "desk-en"])
def page(request: pytest.FixtureRequest, browser: Browser, factory: Factory) -> Iterator[Page]:
    """Of the factory's consultant, with a script and without one."""
    width, language, script = request.param
    token = factory.colleague("consultant")
    with context_of(
        browser, factory.room.server, token, width=width, language=language, java_script_enabled=script
    ) as context:
        context.add_cookies([{"name": "language", "value": language, "url": factory.room.server.address}])
        yield context.new_page()


def hand_in(factory: Factory, handed: Handed) -> None:
    attach(factory.room.desk, owner(factory), factory.survey, handed)


def owner(factory: Factory) -> Actor:
    known = entering.known_by_session(factory.room.desk, factory.token)
    assert known is not None
    return known.actor


def called(page: Page, name: str) -> str:
    return f"{name}-{page.viewport_size['width'] if page.viewport_size else 0}"


def card(page: Page, pattern: str) -> str:
    """Where a template stands in the list."""
    return f"article.tagged:has(input[name=tags][value='{pattern}'])"


def say(page: Page, pattern: str, choice: str, quantity: str = "") -> None:
    one = page.locator(card(page, pattern))
    one.locator(f"label.pick:has(input[value='{choice}'])").click()
    if quantity:
        one.locator("select[name=quantity]").select_option(quantity)
    with page.expect_navigation():
        one.locator("button").click()


def fits(page: Page) -> bool:
    """Does nothing stand out to the side? What is asked of the page needs no script in it."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_data_points_are_confirmed_one_by_one(page: Page, factory: Factory) -> None:
    folder, name = shots(), called(page, "tags")
    hand_in(factory, Handed("bundle", "封存包.zip", sampled(4)))
    page.goto(f"{factory.path}/files")
    page.locator(f"a[href='{factory.path}/tags']").click()
    page.locator("article.tagged").first.wait_for(timeout=60_000)  # the page looks again by itself
    assert fits(page)
    picture(page, folder, name)
    asked = page.locator("article.tagged").count()
    assert page.locator("article.tagged").filter(has_text=LONG).count() == 4
    say(page, MELT, "temperature/actual")
    expect(page.locator(card(page, MELT))).to_have_count(0)
    say(page, DOOR, "other")  # neither a quantity nor a function: a slip
    expect(page.locator(card(page, DOOR)).get_by_role("alert")).to_be_visible()
    expect(page.locator(card(page, DOOR)).locator("input[value=other]")).to_be_checked()
    assert fits(page)
    picture(page, folder, f"{name}-slip")
    say(page, DOOR, "other", "other")
    say(page, SIGNALS, "unknown")
    expect(page.locator("article.tagged")).to_have_count(asked - 3)
    picture(page, folder, f"{name}-said")
    held = surveys.answers(surveys.opened(factory.room.desk, owner(factory), factory.survey))
    assert [(m.tags, m.quantity, m.by) for m in held.meanings] == [
        (MELT, "temperature", "consultant"),
        (DOOR, "other", "consultant"),
    ]
    with page.expect_navigation():
        page.locator("li", has_text=MELT).locator("button").click()
    expect(page.locator("li", has_text=MELT)).to_have_count(0)

    def asked_again() -> bool:
        page.goto(f"{factory.path}/tags")
        return page.locator(card(page, MELT)).count() == 1

    until(asked_again)


def test_branches_of_an_aggregating_server_are_assigned(page: Page, factory: Factory) -> None:
    folder, name = shots(), called(page, "branches")
    scope, sealed = aggregated()
    hand_in(factory, Handed("scope", "scope.yaml", scope.encode()))
    hand_in(factory, Handed("bundle", "封存包.zip", sealed))
    page.goto(f"{factory.path}/tags")
    page.locator(f"a[href='{factory.path}/branches']").click(timeout=60_000)  # the page before looks by itself
    chosen = page.locator("#e-scada select")
    expect(chosen).to_have_count(MACHINES)
    assert fits(page)
    picture(page, folder, name)
    with page.expect_navigation():
        page.locator("#e-scada button").click()  # nothing was chosen, nothing is taken for granted: a slip
    expect(page.get_by_role("alert")).to_be_visible()
    first, second = (chosen.nth(n) for n in (0, 1))
    expect(first.locator("option").nth(1)).to_have_attribute("value", "imm-01")
    first.select_option("imm-01")
    second.select_option("imm-08")
    with page.expect_navigation():
        page.locator("#e-scada button").click()
    expect(chosen).to_have_count(MACHINES - 2)
    expect(page.locator("#due a")).to_have_attribute("href", f"{factory.path}/sampling")
    page.locator("#e-scada summary").click()
    assert fits(page)
    picture(page, folder, f"{name}-said")
    (scada,) = branches.standing(factory.room.desk, owner(factory), factory.survey).aggregators
    assert [(b.path, b.asset) for b in scada.since] == [("Line1.IMM01.", "imm-01"), ("Line1.IMM02.", "imm-08")]
    page.locator("#due a").click()
    expect(page.locator("#scope")).to_contain_text("scope.yaml")


def test_the_register_is_walked_both_ways(page: Page, factory: Factory) -> None:
    folder, name = shots(), called(page, "walk")
    hand_in(factory, Handed("register", "台账.csv", LIST.encode()))
    page.goto(f"{factory.path}/files")
    page.locator(f"a[href='{factory.path}/walk']").click()
    ten = page.locator("fieldset.card")
    expect(ten).to_have_count(10)
    assert fits(page)
    picture(page, folder, name)
    first, second = ten.nth(0), ten.nth(1)
    first.locator("label.pick:has(input[value='as-listed'])").click()
    second.locator("label.pick:has(input[value='differs'])").click()
    page.locator("#f-1 input[name=plate]").fill("车床 7 号 M-07")
    page.locator("#f-1 label.pick:has(input[value=yes])").click()
    page.locator("#f-2 input[name=plate]").fill("没有编号的焊接工作站，靠近东门，铭牌磨损看不清")
    page.locator("#f-3 label.pick:has(input[value=no])").click()  # nothing written down: a slip
    with page.expect_navigation():
        second.locator("button").click()  # whichever is pressed, all of it is saved
    expect(page.locator("#f-3 .fault")).to_be_visible()
    expect(page.locator("#f-3 input[value=no]")).to_be_checked()
    assert fits(page)
    picture(page, folder, f"{name}-slip")
    page.locator("#f-3 input[name=plate]").fill("旧冲床")
    with page.expect_navigation():
        page.locator("#f-3 button").click()
    assert page.url.endswith("#f-3")
    expect(page.locator(".fault")).to_have_count(0)
    walk = walking.opened(factory.room.desk, owner(factory), factory.survey).walk
    assert [line.found for line in walk.sought] == ["as-listed", "differs"]
    assert [(m.listed, m.by) for m in walk.met] == [
        (True, "consultant"),
        (None, "consultant"),
        (False, "consultant"),
    ]
    expect(page.locator("#f-1")).to_contain_text("m-07")
    picture(page, folder, f"{name}-saved")
