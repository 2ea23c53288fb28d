"""The report in a real browser: width, language, print, contrast, and names that mean harm."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from assessor.messages import LANGUAGES, render
from assessor.report import SECTIONS, render_html
from tests.conftest import need
from tests.report_example import example, hostile, six_verdicts

pytestmark = pytest.mark.browser
CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const lum = c => {
    const [r, g, b] = c.slice(0, 3).map(v => linear(v / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const back = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > .9) return c;
    }
    return [255, 255, 255];
  };
  const poor = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.getClientRects().length || e.closest('svg, script, style')) continue;
    seen++;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(back(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(n.data.trim().slice(0, 30));
  }
  return [seen, poor];
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_html(example()), "utf-8")
    return file.as_uri()


def opened(browser: Browser, address: str, width: int = 1280, scripts: bool = True) -> tuple[Page, list[str]]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, offline=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith("file:") else faults.append(r.url))
    page.on("dialog", lambda d: faults.append(f"dialog {d.message}"))
    page.goto(address)
    return page, faults


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_the_screen_and_can_be_read(browser: Browser, report: str, width: int, language: str) -> None:
    page, faults = opened(browser, f"{report}#{language}", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seen, poor = page.evaluate(CONTRAST)
    assert seen > 500 and poor == [] and faults == []
    for section in SECTIONS:
        assert page.locator(f"#{language}-{section} h2").is_visible()
    page.context.close()


def test_the_switch_works_with_and_without_scripts(browser: Browser, report: str) -> None:
    for scripts in (True, False):
        page, _ = opened(browser, report, scripts=scripts)
        assert page.locator("main.zh").is_visible() and not page.locator("main.en").is_visible()
        page.locator("label[for=pick-en]").click()
        page.locator("main.en").wait_for(state="visible")
        assert not page.locator("main.zh").is_visible()
        page.context.close()


def test_the_address_picks_language_and_place(browser: Browser, report: str) -> None:
    page, _ = opened(browser, f"{report}#en-plan")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == render("report.page_title", "en", plant=example().plant.name)
    top = page.locator("#en-plan").bounding_box()
    assert top is not None and abs(top["y"]) < 120
    page.locator("label[for=pick-zh]").click()
    page.wait_for_function("location.hash === '#zh-plan'")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_names_that_mean_harm_do_nothing(browser: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(render_html(hostile()), "utf-8")
    page, faults = opened(browser, file.as_uri(), width)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#zh-machines h2").is_visible()
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_page_says_that_it_is_no_certificate(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    reader = need("pdftotext")
    source, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    source.write_text(render_html(six_verdicts()), "utf-8")
    page, _ = opened(browser, f"{source.as_uri()}#{language}")
    page.pdf(path=paper, prefer_css_page_size=True)
    page.context.close()
    text = subprocess.run(
        [reader, "-layout", paper, "-"], capture_output=True, check=True, timeout=60
    ).stdout.decode()
    pages = text.removesuffix("\f").split("\f")
    other = "en" if language == "zh" else "zh"
    wanted, unwanted = (render("report.disclaimer", lang) for lang in (language, other))  # type: ignore[arg-type]
    assert 10 <= len(pages) <= 60
    assert [i for i, one in enumerate(pages, 1) if wanted not in one] == []
    assert unwanted not in text
