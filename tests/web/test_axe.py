"""axe-core where a page has something to tell: nothing serious, nothing critical. `test_journeys_pages` asks it of
every page as it is opened."""

import pytest
from playwright.sync_api import Browser

from tests.web.journeys import Room, context_of, pick, pill
from tests.web.judging import grave

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_axe_finds_nothing_serious_where_something_is_to_be_told(browser: Browser, room: Room) -> None:
    """An answer that waits, one that is refused, two people at one question, a code that is wrong."""
    factory, found = room.factory(), list[str]()
    with (
        context_of(browser, room.server, factory.token, bypass_csp=True) as mine,
        context_of(browser, room.server, factory.colleague()) as theirs,
    ):
        page, other = mine.new_page(), theirs.new_page()
        for one in (page, other):
            one.goto(f"{factory.path}/sections/p1")
        mine.set_offline(True)
        pick(page, "p1-l1-2", "1")
        pill(page, "waiting")
        found += grave(page)
        mine.set_offline(False)
        pill(page, "saved")
        found += grave(page)
        pick(other, "p1-l1-1", "1")
        pill(other, "saved")
        pick(page, "p1-l1-1", "0.5")
        page.locator("#p1-l1-1 .conflict").wait_for()
        found += grave(page)
        page.goto(f"{factory.path}/sections/shares")
        page.locator("#share-networked input[name=value]").fill("140")
        page.locator("#share-networked input[name=value]").press("Tab")
        page.locator("#share-networked .fault").wait_for()
        found += grave(page)
        mine.clear_cookies(name="assessor")
        page.goto("/enter")
        page.locator("input[name=code]").fill("ABCD-EFGH-JKMN-PQRS")
        page.locator("form[action='/enter/code'] button").click()
        page.get_by_role("alert").wait_for()
        found += grave(page)
    assert "\n".join(found) == ""
