"""The pages of an office in Chromium: an officer looks at a city, imports outlines, takes the numbers away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assessor.frameworks import Library
from assessor.messages import LANGUAGES
from tests.web import generated
from tests.web.journeys import Room, context_of, picture, shots
from tests.web.judging import faults_of, grave, unfold
from tests.web.people import joined
from tests.web.test_picture import GEOJSON

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = (
    "picture",
    "picture?by=district&show=networked",
    "picture?by=industry",
    "picture?by=size",
    "targets",
    "outline",
)


@pytest.fixture(scope="module")
def officer(room: Room, library: Library) -> Iterator[tuple[str, str]]:
    """An office that looks at 400 generated factories, and a session of its officer."""
    office = generated.office(room.desk)
    generated.fill(room.desk, office, generated.city([generated.judged(library)], library, 400))
    yield office, joined(room.desk, office, "officer").token


def test_an_officer_looks_draws_a_map_and_takes_the_numbers_away(
    browser: Browser, room: Room, officer: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "districts.geojson").write_bytes(GEOJSON)
    with context_of(browser, room.server, officer[1]) as context:
        page = context.new_page()
        page.goto(f"/offices/{officer[0]}")
        page.get_by_role("navigation").get_by_role("link", name="评估概况").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("评估概况")
        page.get_by_role("link", name="按区").click()
        expect(page.get_by_text("还没有导入各区的轮廓")).to_be_visible()
        page.get_by_role("link", name="导入轮廓").click()
        page.get_by_label("GeoJSON 文件").set_input_files(tmp_path / "districts.geojson")
        page.get_by_label("轮廓的来源").fill("测试用方格")
        page.get_by_role("button", name="导入").click()
        expect(page.locator("svg.map path")).to_have_count(3)
        page.get_by_role("link", name="联网设备占比").click()
        expect(page.get_by_text("轮廓：测试用方格")).to_be_visible()
        for name in ("CSV 表格", "Excel 表格"):
            with page.expect_download() as taken:
                page.get_by_role("link", name=name).click()
            assert taken.value.path().stat().st_size > 5_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_fits_and_keeps_nobody_out(
    browser: Browser, room: Room, officer: tuple[str, str], width: int, language: str
) -> None:
    office, token = officer
    with context_of(browser, room.server, token, width=width, bypass_csp=True) as context:
        context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
        page, found = context.new_page(), list[str]()
        for path in PAGES:
            page.goto(f"/offices/{office}/{path}")
            unfold(page)
            found += [f"{path}: {fault}" for fault in (*faults_of(page, width, language), *grave(page))]
            expect(page.locator(".stamp").first).to_be_visible()
            picture(page, shots(), f"{language}-{width}-{path}")
        assert "\n".join(found) == ""
