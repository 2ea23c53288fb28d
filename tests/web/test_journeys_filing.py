"""The pack for filing in a real browser: what is missing is handed in, differences are settled, the pack holds.

On a phone with a script, on a PC without.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import accounts, entering, reckoning
from assessor.filing import check_pack
from assessor.filing.demonstration import photograph
from tests.waiting import until
from tests.web.journeys import Factory, Faults, Room, context_of, picture, shots, sideways
from tests.web.settled import settle_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCANS = {"contract": 4, "provider-listing": 5, "opening-meeting": 6, "closing-meeting": 7, "promise": 8}


def begun(page: Page, room: Room) -> Factory:
    """The demonstration, with its result."""
    page.goto("/")
    page.locator("form[action='/enter/demo'] button").click()
    page.wait_for_url("**/surveys/*")
    factory = Factory.at(room, page.url)
    page.goto(f"{factory.path}/result")
    until(lambda: there(page))
    return factory


def there(page: Page) -> bool:
    """Is there a result? The page looks again by itself."""
    return page.locator("#papers").count() == 1


def hand_in(page: Page, item: str, files: list[Path], day: str = "") -> None:
    box = page.locator(f"[id='{item}']")
    box.locator("summary").click()
    box.locator("input[type=file]").set_input_files(files)
    if day:
        box.locator("input[name=day]").fill(day)
    box.locator("details button").click()
    expect(page.locator(f"[id='{item}'] ul.held a")).to_have_count(len(files))


def brought(page: Page, folder: Path) -> None:
    """Everything that people bring."""
    for item, stripes in SCANS.items():
        (folder / "image.png").write_bytes(photograph(stripes))
        hand_in(page, item, [folder / "image.png"])
    pictures = [folder / f"IMG_{n}.png" for n in (1, 2, 3)]
    for n, file in enumerate(pictures, 1):
        file.write_bytes(photograph(n))
    hand_in(page, "photographs", pictures, "2026-11-24")


def settled(room: Room, factory: Factory) -> None:
    """By a consultant, behind the scenes."""
    known = entering.known_by_session(room.desk, factory.colleague("consultant"))
    assert known is not None
    accounts.rename(room.desk, known.actor, "评估员")
    done = reckoning.assessment(room.desk, known.actor, factory.survey)
    settle_all(room.desk, known.actor, factory.survey, done)


@pytest.mark.parametrize(("language", "width", "script"), [("zh", 390, True), ("en", 1280, False)])
def test_from_what_is_missing_to_a_pack_that_holds(
    browser: Browser, room: Room, tmp_path: Path, language: str, width: int, script: bool
) -> None:
    kept, faults = shots(), Faults(room.server.address)
    with context_of(
        browser, room.server, width=width, language=language, java_script_enabled=script, accept_downloads=True
    ) as context:
        page = context.new_page()
        faults.watch(page)
        factory = begun(page, room)
        page.locator("#papers a[href$='/filing']").click()
        expect(page.locator(".entries > .held")).to_have_count(5)
        assert not sideways(page)
        picture(page, kept, f"{language}-{width}-filing-open")
        with page.expect_download() as annex:
            page.locator("#pack a[href$='annex.xlsx']").click()
        assert annex.value.path().read_bytes()[:2] == b"PK"
        brought(page, tmp_path)
        expect(page.locator(".entries > .missing")).to_have_count(1)
        picture(page, kept, f"{language}-{width}-filing-handed-in")
        settled(room, factory)
        until(lambda: _complete(page, factory))
        assert not sideways(page)
        picture(page, kept, f"{language}-{width}-filing-complete")
        with page.expect_download() as pack:
            page.locator("#pack a[href*='pack.zip']").click()
        pack.value.save_as(tmp_path / "pack.zip")
        page.goto(f"{factory.path}/site")
        assert not sideways(page)
    found = check_pack(tmp_path / "pack.zip")
    assert found.holds, [one for one in found.items if one.outcome == "missing"]
    assert not faults.found, faults.found


def _complete(page: Page, factory: Factory) -> bool:
    page.goto(f"{factory.path}/filing")
    return page.locator(".entries > .missing, .entries > .held, .notice").count() == 0
