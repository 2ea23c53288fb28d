"""The report from answers alone in a real browser: it fits, and says at once that nothing was verified."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from assessor.messages import LANGUAGES, Language, render
from assessor.report import SECTIONS, render_html, sections_of
from tests.browser.test_report_page import CONTRAST, opened
from tests.test_answers_alone import alone

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_and_says_so_on_the_first_screen(
    browser: Browser,
    tmp_path: Path,
    width: int,
    language: Language,
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_html(alone()), "utf-8")
    page, faults = opened(browser, f"{file.as_uri()}#{language}", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seen, poor = page.evaluate(CONTRAST)
    assert seen > 300 and poor == [] and faults == []
    told = page.locator(f"#{language}-cover .unheard strong")
    assert told.inner_text() == render("report.alone.title", language)
    box = told.bounding_box()
    assert box is not None and box["y"] + box["height"] < 900
    for section in SECTIONS:
        assert page.locator(f"#{language}-{section}").count() == (section in sections_of(alone()))
    page.context.close()
