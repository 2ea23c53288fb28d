"""The pictures of the handbooks, taken from the running system: `python -m tests.web.handbook` makes them anew."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.messages import LANGUAGES, Language
from tests.chromium import chromium
from tests.sampled import end_all, plant_scope
from tests.web.conftest import ROOT
from tests.web.handbook_day import Shoot, day, differences, unexplained
from tests.web.handbook_office import offices
from tests.web.journeys import Factory, Room, Server, behind, context_of, pick, pill

FOLDER = ROOT / "docs/handbook"
PAGES: dict[str, dict[Language, str]] = {
    "factories": {"zh": "factories.zh.md", "en": "factories.md"},
    "consultants": {"zh": "consultants.zh.md", "en": "consultants.md"},
    "officers": {"zh": "officers.zh.md", "en": "officers.md"},
    "auditors": {"zh": "auditors.zh.md", "en": "auditors.md"},
}
"""Each handbook in each language."""
LARGEST = 180_000
"""Bytes of one picture."""


def door(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    with context_of(browser, room.server, language=language) as context:
        page = context.new_page()
        page.goto("/")
        page.locator(".ways").scroll_into_view_if_needed()
        page.evaluate("document.querySelector('.hero h1').scrollIntoView()")
        shoot(page, "enter")


def answering(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    """A plant that begins: the short form, a section, a line that drops, two people."""
    factory = room.factory("示例机械厂")
    with context_of(browser, room.server, factory.token, language=language) as context:
        page = context.new_page()
        page.goto(f"/plants?language={language}")
        page.goto(f"{factory.path}/short")
        for n in range(6):
            page.locator("label.pick:has(input[name=value])").nth(n % 2).click()
            pill(page, "saved")
            page.locator("a.after").click()
            page.wait_for_load_state()
        shoot(page, "short-form")
        page.goto(f"{factory.path}/sections/r1")
        pick(page, "r1-l1-1", "1")
        pill(page, "saved")
        context.set_offline(True)
        pick(page, "r1-l1-2", "0.8")
        pill(page, "waiting")
        page.evaluate("document.getElementById('r1-l1-1').scrollIntoView()")
        shoot(page, "no-network")
        context.set_offline(False)
        pill(page, "saved")
        conflict(browser, factory, page, language, shoot)
        page.goto(f"{factory.path}/people")
        shoot(page, "colleagues")


def conflict(browser: Browser, factory: Factory, page: Page, language: Language, shoot: Shoot) -> None:
    with context_of(browser, factory.room.server, factory.colleague(), language=language) as context:
        theirs = context.new_page()
        theirs.goto(f"{factory.path}/sections/r1")
        pick(theirs, "r1-l2-1", "1")
        pill(theirs, "saved")
    pick(page, "r1-l2-1", "0.5")
    page.locator("#r1-l2-1 .conflict").wait_for()
    page.evaluate("document.getElementById('r1-l2-1').scrollIntoView()")
    shoot(page, "two-answers")


def results(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    """The demonstration plant: its result, its plan, its files, and what leaves it."""
    with context_of(browser, room.server, language=language) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("form[action='/enter/demo'] button").click()
        page.wait_for_url("**/surveys/*")
        path = page.url
        page.goto(f"{path}/result")
        page.locator("#papers").wait_for(timeout=180_000)
        page.evaluate("document.querySelector('#level-heading').scrollIntoView()")
        shoot(page, "result")
        page.goto(f"{path}/plan")
        shoot(page, "plan")
        page.goto(f"{path}/leaves")
        shoot(page, "what-leaves")


def pictures(into: Path, languages: tuple[Language, ...] = LANGUAGES) -> list[Path]:
    """Take them all; gives their files."""
    made: list[Path] = []

    def shooter(language: Language) -> Shoot:
        def shoot(page: Page, name: str) -> None:
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.wait_for_load_state("networkidle")
            made.append(into / f"{name}.{language}.png")
            page.screenshot(path=made[-1], animations="disabled", caret="hide")

        return shoot

    folder = Path(tempfile.mkdtemp(prefix="assessor-handbook-"))
    library = load_library(known_indicators=indicators())
    with (
        Server(folder, sample="127.0.0.0/8") as server,
        behind(server, library) as room,
        chromium() as browser,
        plant_scope() as scope,
    ):
        for language in languages:
            for part in (door, answering, results, unexplained, differences, offices):
                part(browser, room, language, shooter(language))
            day(browser, room, language, shooter(language), scope)
    end_all(folder / "runs")
    return made


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for made in pictures(FOLDER):
        assert made.stat().st_size < LARGEST, f"{made.name} is too large"


if __name__ == "__main__":
    main()
