"""The page of a precheck in a real browser: it fits a phone and a screen, and prints on one page."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from assessor.domain import Message
from assessor.laptop import Networks
from assessor.messages import LANGUAGES
from assessor.precheck import Answered, Checked, Precheck, Who
from assessor.precheck.page import page
from tests.browser.test_report_page import CONTRAST, opened
from tests.conftest import need
from tests.test_bundle import SCOPE, SEEN
from tests.test_precheck import HELD, NOW, OFFERS

pytestmark = pytest.mark.browser
SILENT = Message(id="contact.silent", params={"address": "opc.tcp://192.168.10.7:4840/machines/line-1"})


def result(count: int) -> Precheck:
    """So many endpoints, every third of them silent."""

    def one(n: int) -> Checked:
        lost = n % 3 == 2
        seen = SEEN.model_copy(
            update={
                "reached": not lost,
                "problem": SILENT if lost else None,
                "offers": () if lost else OFFERS,
                "certificate": None if lost else HELD,
            }
        )
        return Checked(
            endpoint=f"injection-moulding-{n:02d}", protocol="opcua",
            address=f"opc.tcp://192.168.10.{n}:4840/machines/line-1", host=f"192.168.10.{n}", port=4840,
            answered=Answered.NO if lost else Answered.YES, ask=Who.NETWORK if lost else Who.NOBODY, requests=2,
            seen=seen,
        )  # fmt: skip

    alone = Networks(networks=(), plant=(), forwarding=None, bridged=False)
    return Precheck(
        plant=SCOPE.plant.name, simulated=True, agreement=SCOPE.agreement, vantage="office", made=NOW,
        laptop=alone, checked=tuple(one(n) for n in range(count)),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits(language: str, width: int, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(result(6), language), "utf-8")  # type: ignore[arg-type]
    seen, faults = opened(browser, file.as_uri(), width, scripts=width == 390)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.locator(f"main.{language}").is_visible()
    other = "en" if language == "zh" else "zh"
    assert not seen.locator(f"main.{other}").is_visible()
    seen.locator(f"label[for=pick-{other}]").click()
    assert seen.locator(f"main.{other}").is_visible()
    if width == 390:
        count, poor = seen.evaluate(CONTRAST)
        assert count > 20 and not poor
    assert not faults
    seen.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 11, 32])
def test_it_prints_on_one_page(count: int, language: str, browser: Browser, tmp_path: Path) -> None:
    info = need("pdfinfo")
    file, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(page(result(count), language), "utf-8")  # type: ignore[arg-type]
    seen, _ = opened(browser, file.as_uri())
    seen.pdf(path=str(pdf), prefer_css_page_size=True)
    seen.context.close()
    told = subprocess.run([info, str(pdf)], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1\n" in told, told
