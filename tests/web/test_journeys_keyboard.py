"""By the keyboard alone, from the door to an answer and a file; at every stop the focus can be seen."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.journeys import Factory, Room, context_of, pill, questions_on

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


FOCUS = """() => {
  const at = document.activeElement;
  const seen = at.closest("label.pick") || at;
  const box = seen.getBoundingClientRect(), style = getComputedStyle(seen);
  return {
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    what: at.outerHTML.slice(0, 120),
  };
}"""


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Tab until the focus is there; at every stop it can be seen where one is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here["what"].startswith("<body"):
            continue
        assert here["ring"] and here["inside"], here["what"]
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def enter(page: Page) -> None:
    """Enter, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_door_to_an_answer_and_a_file(browser: Browser, room: Room, tmp_path: Path, width: int) -> None:
    with context_of(browser, room.server, width=width) as context:
        page = context.new_page()
        proof = tmp_path / "现场照片.jpg"
        proof.write_bytes(PICTURE)
        page.on("filechooser", lambda chooser: chooser.set_files(proof))  # the window of the system, answered
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        factory = Factory.at(room, begun(page, room.voucher()))
        tab_to(page, ".tree a")
        enter(page)
        first = questions_on(page)[1]
        tab_to(page, f"[id='{first}'] input[name=value]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        pill(page, "saved")
        expect(page.locator(f"[id='{first}'] [data-said]")).not_to_be_empty()
        assert factory.said()[first] == "0.8"
        tab_to(page, f"[id='{first}'] summary")
        page.keyboard.press("Enter")
        tab_to(page, f"[id='{first}'] .more a")
        enter(page)
        handed_in(page)


def begun(page: Page, code: str) -> str:
    """A survey of a plant that was not there before; gives its address."""
    tab_to(page, "input[name=code]")
    page.keyboard.type(code)
    enter(page)
    tab_to(page, "main a[href='/plants/new']")
    enter(page)
    tab_to(page, "input[name=name]")
    page.keyboard.type("键盘测试厂")
    tab_to(page, "input[name=kind]")
    page.keyboard.press("ArrowDown")
    enter(page)
    return page.url


def handed_in(page: Page) -> None:
    tab_to(page, "input[type=file]")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=file]")).to_have_value(re.compile("现场照片"))
    tab_to(page, "form[data-upload] button")
    enter(page)
    expect(page.locator(".files bdi")).to_have_text("现场照片.jpg")
