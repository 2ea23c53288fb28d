"""Every page in both languages, on a phone and on a desk: it fits, complains of nothing, asks nobody else, and
keeps nobody out."""

import httpx
import pytest
from playwright.sync_api import Browser, Response

from assessor.messages import LANGUAGES
from tests.web.journeys import Faults, Room, context_of, picture, shots
from tests.web.judging import faults_of, grave, unfold
from tests.web.tour import Guide, guide, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def along(browser: Browser, room: Room) -> Guide:
    return guide(browser, room)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(browser: Browser, along: Guide, width: int, language: str) -> None:
    """On a desk under the pages' own policy; on a phone axe is let in beside it."""
    folder, faults, seen, phone = shots(), Faults(along.room.server.address), 0, width == 390
    for page, name in walk(browser, along, width, language, faults.watch, bypass_csp=phone):
        seen += 1
        faults.found += [f"{name}: {fault}" for fault in faults_of(page, width, language)]
        picture(page, folder, name)
        if phone:
            unfold(page)
            faults.found += [f"{name}: {fault}" for fault in grave(page)]
    ours = [fault for fault in faults.found if "/nowhere" not in fault]  # which is a 404, and is said to be one
    assert "\n".join(ours) == "" and seen > 35


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
