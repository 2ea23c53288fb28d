"""axe-core on every page, in both languages, on a phone: nothing serious, nothing critical."""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.web.journeys import Room, context_of, pick, pill
from tests.web.tour import LANGUAGES, Guide, guide, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def along(browser: Browser, room: Room) -> Guide:
    return guide(browser, room)


def grave(page: Page) -> list[str]:
    """What axe finds that keeps somebody out. The policy of the pages lets no script in: it is set aside here."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:150]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in GRAVE
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious_on_any_page(browser: Browser, along: Guide, language: str) -> None:
    found = []
    for page, name in walk(browser, along, 390, language, lambda _: None, bypass_csp=True):
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        found += [f"{name}: {fault}" for fault in grave(page)]
    assert "\n".join(found) == ""


def test_nor_where_something_is_to_be_told(browser: Browser, room: Room) -> None:
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
