"""The page of an office's watch over quality in Chromium: a look from its button to its end, both languages, phone
and desk, every kind of question and both pictures on it; axe finds nothing serious."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import entering, houses
from assessor.portfolio.watching import KINDS, Case
from assessor.portfolio.watching.case import Stand
from benchmarks.portfolios import ITEMS, again, copy, honest, second
from tests.web.journeys import Faults, Room, context_of, picture, shots
from tests.web.judging import faults_of, grave, unfold
from tests.web.watched_offices import fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOK = 120_000
"""ms that a look may take where others are at work."""


def everything() -> list[Case]:
    """Something of every kind."""
    cases = honest(130, 5, assessors=8)
    for k in (0, 1):
        cases[k] = replace(copy(cases[k], cases[9], 0.97, k), files=cases[9].files)
    lift = Stand(3, (cases[0].declared.score or 0) + 2)
    for n, c in enumerate(cases):
        if "a0003" in c.assessors:
            cases[n] = replace(c, declared=replace(lift, score=(c.declared.score or 0) + 1.3))
        if "a0005" in c.assessors:
            cases[n] = replace(cases[n], plan=ITEMS[:6])
    cases = [second(c, "r1" if n % 2 else "r2", 0.75 if n % 2 else 0.2, n) for n, c in enumerate(cases)]
    later = [again(c, 5, n) for n, c in enumerate(cases[40:50])]
    return [
        *cases,
        *(replace(c, declared=Stand(5, 4.9), machines=4 * (c.machines or 10)) for c in later[:2]),
        *later[2:],
    ]


@pytest.fixture(scope="module")
def office(room: Room) -> tuple[str, str]:
    """An office to which 130 generated factories opened their results, and the session of its officer."""
    desk, id_ = room.desk, houses.found(room.desk, "office", "某区经济委员会（测试）")
    code = houses.issue(desk, id_, "officer")
    token = entering.by_code(desk, code, "10.0.3.1", "zh").token
    fill(desk, id_, everything(), generated=True, represents={"a0005": ITEMS[:6], "a0001": None})
    return id_, token


def looked(page: Page, path: str) -> None:
    """Begin a look by its button, where none has been; wait until the page shows what it found."""
    page.goto(path)
    if page.locator("#proofs").count() == 0:
        page.locator("#look button").click()
        page.locator("#proofs").wait_for(timeout=LOOK)
        expect(page.locator("#look .spin")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_quality(
    browser: Browser, room: Room, office: tuple[str, str], width: int, language: str
) -> None:
    id_, token = office
    path, faults = f"/offices/{id_}/quality", Faults(room.server.address)
    with context_of(browser, room.server, token, width=width, language=language, bypass_csp=True) as context:
        page = context.new_page()
        faults.watch(page)
        page.goto(f"{path}?language={language}")
        looked(page, path)
        for kind in KINDS:
            assert page.locator(f"#{kind} article").count() >= 1, kind
        assert page.locator("svg.funnel").count() == 2 and page.locator("#agreement table svg").count() >= 3
        page.evaluate("document.querySelectorAll('svg circle title').forEach(one => one.remove())")  # names
        assert faults_of(page, width, language) == []
        picture(page, shots(), f"quality-{language}-{width}")
        unfold(page)
        assert grave(page) == []
    assert faults.found == []


def test_an_officer_notes_what_came_of_a_question(browser: Browser, room: Room, office: tuple[str, str]) -> None:
    """By the keyboard alone, without a script: what is noted stays, and the question leaves those to ask."""
    id_, token = office
    path = f"/offices/{id_}/quality"
    with context_of(browser, room.server, token, width=1280, java_script_enabled=False) as context:
        page = context.new_page()
        looked(page, path)
        first = page.locator("#proofs article").first
        key = first.get_attribute("id")
        first.locator("details:has(form) summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("三家同属一个集团")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/quality?show=all*")
        noted = page.locator(f"[id='{key}']")
        expect(noted.locator(".chip.dark")).to_have_text("已答复")
        expect(noted.locator(".note")).to_contain_text("三家同属一个集团")
        page.goto(path)
        expect(page.locator(f"[id='{key}']")).to_have_count(0)
