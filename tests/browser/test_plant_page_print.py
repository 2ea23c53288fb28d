"""The page for the plant, as the kit brings it, prints on one sheet."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scripts import kit
from tests.browser.test_report_page import opened
from tests.conftest import need

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["for-the-plant", "for-the-plant.zh"])
def test_the_page_for_the_plant_is_one_sheet(name: str, browser: Browser, tmp_path: Path) -> None:
    kit.write_manual(tmp_path / "manual")
    page, faults = opened(browser, (tmp_path / f"manual/{name}.html").as_uri(), 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    page.context.close()
    told = subprocess.run(
        [need("pdfinfo"), str(tmp_path / "page.pdf")], capture_output=True, text=True, check=True
    ).stdout
    assert "Pages:           1\n" in told and not faults
