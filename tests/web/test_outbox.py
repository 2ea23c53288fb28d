"""The outbox in a real browser: no line, no server, no store; nothing is lost and nothing is doubled."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.waiting import until
from tests.web.journeys import WITHOUT_STORE, Factory, context_of, pick, pill

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIRST, SECOND, THIRD, FOURTH = "p1-l1-1", "p1-l1-2", "p1-l2-1", "p1-l2-2"
ANSWERS = "**/answers/*"
CUT_OFF = 15_000
"""Milliseconds after which an answer is no longer waited for."""


@pytest.fixture
def page(browser: Browser, factory: Factory) -> Iterator[Page]:
    """The first section on a phone, signed in, with a clock that can be run ahead."""
    with context_of(browser, factory.room.server, factory.token) as context:
        one = context.new_page()
        one.clock.install()
        one.goto(f"{factory.path}/sections/p1")
        yield one


def waiting(page: Page) -> list[str]:
    """What the browser's own store holds, in its order."""
    held: list[str] = page.evaluate("""() => new Promise(done => {
      const asked = indexedDB.open("assessor", 1);
      asked.onsuccess = () => {
        const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.map(e => e.question)); };
      };
    })""")
    return held


def soon(page: Page) -> None:
    """As if the time until the next try had passed."""
    page.clock.run_for(31_000)


def test_what_is_said_without_a_line_is_saved_in_order_once_there_is_one(page: Page, factory: Factory) -> None:
    page.context.set_offline(True)
    for question, value in ((FIRST, "1"), (SECOND, "0.8"), (THIRD, "0.5")):
        pick(page, question, value)
    pick(page, FIRST, "0")  # another word on what still waits
    pill(page, "waiting")
    expect(page.locator("#pill")).to_contain_text("3")
    assert waiting(page) == [FIRST, SECOND, THIRD, FIRST]  # what was tried may have arrived
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url.rpartition("/")[2]) if r.method == "POST" else None)
    page.context.set_offline(False)
    pill(page, "saved")
    assert sent == [FIRST, SECOND, THIRD, FIRST]
    assert factory.said() == {FIRST: "0", SECOND: "0.8", THIRD: "0.5"}
    assert factory.versions() == {FIRST: 2, SECOND: 1, THIRD: 1} and waiting(page) == []


def test_a_page_is_not_left_while_answers_wait_and_there_is_no_line(page: Page) -> None:
    page.context.set_offline(True)
    pick(page, FIRST, "1")
    pill(page, "waiting")
    before = page.url
    page.locator("nav.turn a[rel=next]").click()
    expect(page.locator("#pill")).to_have_text(str(page.locator("#pill").get_attribute("data-stay")))
    assert page.url == before
    page.context.set_offline(False)
    pill(page, "saved")
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url("**/sections/p2")


def test_a_server_killed_and_started_again_finds_what_waited(page: Page, factory: Factory) -> None:
    pick(page, FIRST, "1")
    pill(page, "saved")
    factory.room.server.stop(at_once=True)
    try:
        pick(page, FIRST, "0.5")
        pick(page, SECOND, "1")
        pill(page, "waiting")
    finally:
        factory.room.server.start()
    soon(page)
    pill(page, "saved")
    assert factory.said() == {FIRST: "0.5", SECOND: "1"} and factory.versions() == {FIRST: 2, SECOND: 1}


def test_what_waited_is_sent_by_the_next_page_where_the_first_was_closed(page: Page, factory: Factory) -> None:
    page.context.set_offline(True)
    pick(page, FIRST, "1")
    pick(page, SECOND, "0.5")
    pill(page, "waiting")
    expect(page.locator("#pill")).to_contain_text("2")
    assert waiting(page) == [FIRST, SECOND]
    page.close()
    later = factory_page(page, factory, "questions/p1-l2-1")  # a page that shows neither question
    pill(later, "saved")
    assert factory.said() == {FIRST: "1", SECOND: "0.5"}


def factory_page(page: Page, factory: Factory, path: str) -> Page:
    """Another page in the same browser, once the line is back."""
    page.context.set_offline(False)
    later = page.context.new_page()
    later.goto(f"{factory.path}/{path}")
    return later


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_is_asked_again_ever_more_slowly(page: Page, factory: Factory, status: int) -> None:
    page.evaluate("""() => {
      const later = window.setTimeout;
      window.delays = [];
      window.setTimeout = (act, delay, ...all) => { delays.push(delay); return later(act, delay, ...all); };
    }""")
    tries: list[int] = []

    def fail(route: Route) -> None:
        tries.append(status)
        route.fulfill(status=status, body="no")

    page.route(ANSWERS, fail)
    pick(page, FIRST, "1")
    pill(page, "waiting")

    def waited() -> list[int]:
        page.clock.run_for(250)
        delays: list[int] = page.evaluate("delays")
        return [one for one in delays if one != CUT_OFF]

    until(lambda: len(waited()) >= 4)
    assert waited()[:4] == [1000, 2000, 4000, 8000] and len(tries) >= 4
    page.unroute(ANSWERS)
    soon(page)
    pill(page, "saved")
    assert factory.versions() == {FIRST: 1}


def test_an_acknowledgement_that_is_lost_does_not_save_twice(page: Page, factory: Factory) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(ANSWERS, lose, times=1)
    pick(page, FIRST, "1")
    pill(page, "waiting")
    pick(page, FIRST, "0.5")  # a second word, before the first is known to have arrived
    soon(page)
    pill(page, "saved")
    assert factory.said() == {FIRST: "0.5"} and factory.versions() == {FIRST: 2}


def test_a_page_of_the_network_in_between_is_no_acknowledgement(page: Page, factory: Factory) -> None:
    """A hotel's or a plant's own gateway answers 200 with its sign-in page."""
    page.route(ANSWERS, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>"))
    pick(page, FIRST, "1")
    pill(page, "waiting")
    page.unroute(ANSWERS)
    soon(page)
    pill(page, "saved")
    assert factory.said() == {FIRST: "1"}


def test_what_the_server_does_not_take_is_said_at_the_question(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/sections/shares")
    field = page.locator("#share-networked input[name=value]")
    field.fill("140")
    field.press("Tab")
    expect(page.locator("#share-networked .fault")).to_be_visible()
    pill(page, "failed")
    field.fill("40")
    field.press("Tab")
    pill(page, "saved")
    expect(page.locator("#share-networked .fault")).to_be_hidden()
    assert factory.said() == {"share-networked": "0.4"}


def test_a_flag_waits_like_an_answer(page: Page, factory: Factory) -> None:
    page.context.set_offline(True)
    page.locator(f"#{FIRST} .mark button").click()
    expect(page.locator(f"#{FIRST} .mark button")).to_have_attribute("aria-pressed", "true")
    pill(page, "waiting")
    page.context.set_offline(False)
    pill(page, "saved")
    page.goto(f"{factory.path}/sections/p1?show=flagged")
    expect(page.locator(f"#{FIRST}")).to_be_visible()
    expect(page.locator("[data-question]:visible")).to_have_count(1)


# The browser's store ------------------------------------------------------------------------------------------


def test_a_store_evicted_half_way_loses_nothing(page: Page, factory: Factory) -> None:
    page.context.set_offline(True)
    pick(page, FIRST, "1")
    pick(page, SECOND, "0.5")
    pill(page, "waiting")
    page.evaluate("""() => new Promise(done => {
      const asked = indexedDB.deleteDatabase("assessor");
      asked.onsuccess = asked.onblocked = done;
    })""")
    pick(page, THIRD, "0.8")
    expect(page.locator("#pill")).not_to_contain_text("不要关闭")
    assert sorted(waiting(page)) == [FIRST, SECOND, THIRD]  # kept anew
    page.context.set_offline(False)
    pill(page, "saved")
    assert factory.said() == {FIRST: "1", SECOND: "0.5", THIRD: "0.8"}


def test_without_a_store_it_says_so_and_the_page_is_not_left_unasked(browser: Browser, factory: Factory) -> None:
    with context_of(browser, factory.room.server, factory.token) as context:
        context.add_init_script(WITHOUT_STORE)
        page = context.new_page()
        page.goto(f"{factory.path}/sections/p1")
        context.set_offline(True)
        pick(page, FIRST, "1")
        expect(page.locator("#pill")).to_contain_text("不要关闭页面")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        assert asked == ["beforeunload"] and not page.is_closed()
        context.set_offline(False)
        pill(page, "saved")
        assert factory.said() == {FIRST: "1"}
