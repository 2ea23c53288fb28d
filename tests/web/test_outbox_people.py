"""The outbox between people: two at one question, a session that ends, another person at the same browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.journeys import Factory, Room, context_of, pick, pill

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Q, OTHER = "p1-l1-1", "p1-l1-2"


def section(context: BrowserContext, factory: Factory, path: str = "sections/p1") -> Page:
    page = context.new_page()
    page.goto(f"{factory.path}/{path}")
    return page


@pytest.fixture
def two(browser: Browser, factory: Factory) -> Iterator[tuple[Page, Page]]:
    """The owner and a colleague, each with the same section before them."""
    server = factory.room.server
    with (
        context_of(browser, server, factory.token) as mine,
        context_of(browser, server, factory.colleague()) as theirs,
    ):
        yield section(mine, factory), section(theirs, factory)


def overtaken(two: tuple[Page, Page]) -> Page:
    """The colleague saves first; the owner is told."""
    mine, theirs = two
    pick(theirs, Q, "0.8")
    pill(theirs, "saved")
    pick(mine, Q, "0.5")
    expect(mine.locator(f"#{Q} .conflict")).to_be_visible()
    return mine


def test_who_is_overtaken_sees_both_values_and_whose_they_are(two: tuple[Page, Page], factory: Factory) -> None:
    mine = overtaken(two)
    box = mine.locator(f"#{Q} .conflict")
    for told in ("大部分满足", "部分满足", "生产"):
        expect(box).to_contain_text(told)
    pill(mine, "failed")  # one is not saved, until a person has chosen
    assert factory.said() == {Q: "0.8"}
    pick(mine, OTHER, "1")  # the next question is not held up by it
    expect(mine.locator(f"#{OTHER} [data-said]")).not_to_be_empty()
    assert factory.said() == {Q: "0.8", OTHER: "1"}


def test_keeping_theirs_shows_theirs(two: tuple[Page, Page], factory: Factory) -> None:
    mine = overtaken(two)
    with mine.expect_navigation():
        mine.locator(f"#{Q} .conflict button").first.click()
    expect(mine.locator(f"#{Q} input[name=value][value='0.8']")).to_be_checked()
    assert factory.versions() == {Q: 1}


def test_using_mine_saves_it_upon_theirs(two: tuple[Page, Page], factory: Factory) -> None:
    mine = overtaken(two)
    mine.locator(f"#{Q} .conflict button.quiet").click()
    pill(mine, "saved")
    expect(mine.locator(f"#{Q} .conflict")).to_be_hidden()
    assert factory.said() == {Q: "0.5"} and factory.versions() == {Q: 2}


def test_the_same_answer_from_two_people_asks_nobody(two: tuple[Page, Page], factory: Factory) -> None:
    mine, theirs = two
    pick(theirs, Q, "0.8")
    pill(theirs, "saved")
    pick(mine, Q, "0.8")
    pill(mine, "saved")
    assert factory.versions() == {Q: 1}


def test_a_choice_that_is_due_on_another_page_is_led_to(two: tuple[Page, Page], factory: Factory) -> None:
    mine, theirs = two
    mine.context.set_offline(True)
    pick(mine, Q, "0.5")
    pill(mine, "waiting")
    pick(theirs, Q, "0.8")
    pill(theirs, "saved")
    context = mine.context
    mine.close()
    context.set_offline(False)
    later = section(context, factory, "sections/p2")
    pill(later, "failed")
    later.locator("#pill a").click()
    later.wait_for_url(f"**/questions/{Q}")
    later.locator(f"#{Q} .conflict button.quiet").click()
    pill(later, "saved")
    assert factory.said() == {Q: "0.5"}


# Sessions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(browser: Browser, factory: Factory) -> Iterator[Page]:
    with context_of(browser, factory.room.server, factory.token) as context:
        yield section(context, factory)


def sign_out(page: Page, factory: Factory) -> None:
    """Elsewhere, or since the session was too old."""
    page.context.clear_cookies(name="assessor")


def sign_in(context: BrowserContext, factory: Factory, token: str) -> None:
    context.add_cookies([{"name": "assessor", "value": token, "url": factory.room.server.address}])


def test_signed_out_in_the_middle_it_says_so_and_saves_after_signing_in(
    browser: Browser, room: Room, factory: Factory
) -> None:
    """By the voucher, on the page that the line at the bottom leads to."""
    code = room.voucher("登录测试厂")
    with context_of(browser, room.server) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("input[name=code]").fill(code)
        page.locator("form[action='/enter/code'] button").click()
        page.locator("a[href='/plants/new']").click()
        page.locator("input[name=name]").fill("登录测试厂")
        page.locator("input[name=kind][value=discrete]").check()
        page.locator("main form button").click()
        page.wait_for_url("**/surveys/*")
        page.goto(f"{page.url}/sections/p1")
        sign_out(page, factory)
        pick(page, Q, "1")
        pick(page, OTHER, "0.5")
        pill(page, "out")
        page.locator("#pill a").click()
        page.locator("input[name=code]").fill(code)
        page.locator("form[action='/enter/code'] button").click()
        page.wait_for_url("**/sections/p1")
        pill(page, "saved")
        for question, value in ((Q, "1"), (OTHER, "0.5")):
            expect(page.locator(f"#{question} input[name=value][value='{value}']")).to_be_checked()
            expect(page.locator(f"#{question} [data-said]")).not_to_be_empty()
        page.reload()
        expect(page.locator(f"#{OTHER} input[name=value][value='0.5']")).to_be_checked()


def test_a_session_begun_in_another_tab_is_taken_up_by_the_page(alone: Page, factory: Factory) -> None:
    """The page's forms carry the guard of the session before; they get the new one."""
    fresh = factory.again()
    sign_in(alone.context, factory, fresh)
    pick(alone, Q, "1")
    pill(alone, "saved")
    assert factory.said() == {Q: "1"}


def test_another_person_at_the_same_browser_neither_sees_nor_sends_what_waits(
    alone: Page, factory: Factory
) -> None:
    context = alone.context
    context.set_offline(True)
    pick(alone, Q, "1")
    pill(alone, "waiting")
    alone.close()
    sign_in(context, factory, factory.colleague())
    context.set_offline(False)
    theirs = section(context, factory)
    pick(theirs, OTHER, "0.5")
    pill(theirs, "saved")
    expect(theirs.locator(f"#{Q} input[name=value][value='1']")).not_to_be_checked()
    assert factory.said() == {OTHER: "0.5"}
    sign_in(context, factory, factory.token)
    mine = section(context, factory)
    pill(mine, "saved")
    assert factory.said() == {OTHER: "0.5", Q: "1"}
