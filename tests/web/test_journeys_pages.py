"""Every page in both languages, on a phone and on a desk: it fits, complains of nothing, asks nobody else."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response

from tests.web.journeys import Faults, Room, context_of, picture, shots
from tests.web.tour import LANGUAGES, Guide, guide, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LEFT = r"\b(web|desk|report|forms|plan)\.[a-z_]+|\{[a-z_]*\}|undefined|None(?! \w)|NaN"
"""What a text looks like that was not rendered."""
TERM = "(规上)"
"""The one Chinese term that an English page explains."""
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > document.documentElement.clientWidth + 1 && box.width > 2
    && !e.closest('.tabs, .filters, .scroll, .hidden, .skip, [class*=scroll]');
}).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def along(browser: Browser, room: Room) -> Guide:
    return guide(browser, room)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(browser: Browser, along: Guide, width: int, language: str) -> None:
    folder, faults, seen = shots(), Faults(along.room.server.address), 0
    for page, name in walk(browser, along, width, language, faults.watch):
        seen += 1
        assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide != [width, width]:
            faults.found.append(f"{name} is {wide} wide: {page.evaluate(WIDE)[:4]}")
        faults.found += [f"{name}: {text}" for text in unrendered(page)]
        faults.found += [f"{name}: {text}" for text in foreign(page, language)]
        assert page.locator("h1").count() == 1, name
        assert page.title().strip()
        picture(page, folder, name)
    ours = [fault for fault in faults.found if "/nowhere" not in fault]  # which is a 404, and is said to be one
    assert "\n".join(ours) == "" and seen > 35


def unrendered(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """pattern => [...new Set(document.body.innerText.match(new RegExp(pattern, "g")) || [])]""", LEFT
    )
    return found


def foreign(page: Page, language: str) -> list[str]:
    """Chinese in an English page, but for names and the switch to Chinese."""
    if language == "zh":
        return []
    text = page.locator("main").evaluate("""main => {
      const copy = main.cloneNode(true);
      copy.querySelectorAll("bdi, [lang], input, textarea, option, select, code, .mono").forEach(e => e.remove());
      return copy.textContent;
    }""")
    return sorted(
        {line.strip()[:60] for line in text.splitlines() if re.search("[\u4e00-\u9fff]", line.replace(TERM, ""))}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_is_light(browser: Browser, room: Room, language: str) -> None:
    """Under 100 kB over the wire, its icon included: for a phone in a workshop."""
    with context_of(browser, room.server, language=language) as context:
        page, answers = context.new_page(), list[Response]()

        def heard(answer: Response) -> None:
            answers.append(answer)

        page.on("response", heard)
        page.goto("/", wait_until="networkidle")
        weight = {a.url.split("?")[0].rpartition("/")[2]: on_the_wire(a) for a in answers}
        assert weight.keys() >= {"", "web.css", "outbox.js"}
        icon = httpx.get(room.server.address + str(page.locator("link[rel=icon]").get_attribute("href")))
        assert sum(weight.values()) + len(icon.content) < 100_000


def on_the_wire(answer: Response) -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
