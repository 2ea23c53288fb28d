"""A consultant's day, from the pack to the merged filing: a laptop without a network beside a plant that is really
there, and a server that its work is carried to. Pictures and the time of each screen are kept."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.audit import verify
from assessor.bundle import open_bundle
from assessor.frameworks import Library
from tests.sampled import end_all, plant_scope
from tests.waiting import until
from tests.web.journeys import (
    Factory,
    Faults,
    Room,
    Server,
    behind,
    context_of,
    pick,
    picture,
    pill,
    shots,
    sideways,
)
from tests.web.test_preparing import REGISTER, filled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Day:
    """A browser that keeps a picture and the time of every screen."""

    page: Page
    folder: Path | None
    name: str
    took: dict[str, float] = field(default_factory=dict)

    def at(self, path: str, name: str) -> Page:
        self.page.goto(path)
        return self.seen(name)

    def seen(self, name: str) -> Page:
        self.took[name] = self.page.evaluate("performance.getEntriesByType('navigation')[0].duration")
        assert not sideways(self.page), name
        picture(self.page, self.folder, f"{self.name}-{len(self.took):02d}-{name}")
        return self.page


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, tuple[str, int]]]:
    """Where the plant's two machines are, by their numbers in its register."""
    with plant_scope() as scope:
        ports = re.findall(rb"opc\.tcp://127\.0\.0\.1:(\d+)/", scope)
        yield {"pck01": ("127.0.0.1", int(ports[0])), "rob01": ("127.0.0.1", int(ports[1]))}


@contextmanager
def standing(folder: Path, library: Library, sample: str) -> Iterator[Room]:
    with Server(folder, sample=sample) as server, behind(server, library) as room:
        yield room
    end_all(folder / "runs")


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Room]:
    with standing(tmp_path_factory.mktemp("laptop"), library, "site") as room:
        yield room


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Room]:
    """A server that samples nothing."""
    with standing(tmp_path_factory.mktemp("office"), library, "") as room:
        yield room


def taken(page: Page, link: str) -> bytes:
    with page.expect_download() as download:
        page.locator(link).first.click()
    return Path(str(download.value.path())).read_bytes()


def before(day: Day, factory: Factory, addresses: dict[str, tuple[str, int]]) -> None:
    """A week before: register, pack, what comes back, scope, the signed letter."""
    page = day.at(f"{factory.path}/site", "site")
    page.goto(f"{factory.path}/files")
    page.locator("#register input[type=file]").set_input_files(
        {"name": "台账.csv", "mimeType": "text/csv", "buffer": REGISTER.encode()}
    )
    page.locator("#register form[data-upload] button").click()
    expect(page.locator("#register dl.facts")).to_be_visible()
    page = day.at(f"{factory.path}/prepare", "prepare")
    for name, value in (("role", "厂长"), ("date", "2026-11-20"), ("reference", "R-2026-1"), ("minutes", "120")):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("select[name=vantage]").select_option("control")
    page.locator("#visit form button").click()
    expect(page.locator("input[name=reference]")).to_have_value("R-2026-1")
    with zipfile.ZipFile(io.BytesIO(taken(page, "#pack a"))) as pack:
        sheet = filled(pack.read("network.xlsx"), addresses)
    page.locator("#network input[type=file]").set_input_files(
        {"name": "network.xlsx", "mimeType": "application/octet-stream", "buffer": sheet}
    )
    page.locator("#network form button").click()
    page.locator("#scope form button").click()
    expect(page.locator("#letter .notice")).to_be_visible()
    page.locator("#letter input[type=file]").set_input_files(
        {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    )
    page.locator("#letter form button").click()
    expect(page.locator("#letter .notice")).to_have_count(0)
    day.seen("prepared")


def on_site(day: Day, asking: Page, factory: Factory) -> None:
    """Sampling runs by itself while people are asked."""
    page = day.at(f"{factory.path}/sampling", "load")
    page.locator("#preview form[method=post] button").click()
    page.locator("#live").wait_for()
    asking.goto(f"{factory.path}/sections/p1")
    for question, value in (("p1-l1-1", "1"), ("p1-l1-2", "0.8"), ("p1-l2-1", "0.5")):
        pick(asking, question, value)
        pill(asking, "saved")
    tile = page.locator("#live .tiles dd").first
    until(lambda: tile.count() == 1 and int(tile.inner_text().replace(",", "")) > 100)
    day.seen("sampling")
    page.locator("form[action$='/stop'] button").click()
    expect(page.locator("#runs .chip.dark")).to_be_visible(timeout=60_000)
    day.at(f"{factory.path}/result", "waiting")
    page.locator("#papers").wait_for(timeout=120_000)
    day.seen("result")
    day.at(f"{factory.path}/clarify", "differences")
    day.at(f"{factory.path}/site", "site-evening")


def _anew(page: Page) -> bool:
    """Is the result the one of now? Looked at again until it is."""
    page.reload()
    return page.locator("#papers").count() == 1 and page.locator("main > .notice").count() == 0


def handed_over(day: Day, factory: Factory, work: bytes, folder: Path) -> None:
    """At the office: what the server knows already stays, what differs is chosen, the filing holds."""
    page = day.at(f"{factory.path}/sections/p1", "office-section")
    pick(page, "p1-l1-1", "0.5")
    pill(page, "saved")
    day.at(f"{factory.path}/site", "office-site")
    page.locator("#carry input[type=file]").set_input_files(
        {"name": "laptop.zip", "mimeType": "application/zip", "buffer": work}
    )
    page.locator("#carry form button").click()
    page.locator("#carry a[href*='/merge/']").click()
    day.seen("merge")
    page.locator("label.pick:has(input[value=theirs])").click()
    page.locator("main form.wide button").click()
    expect(page.locator(".statement")).to_be_visible()
    day.seen("merged")
    assert factory.said() == {"p1-l1-1": "1", "p1-l1-2": "0.8", "p1-l2-1": "0.5"}
    page.goto(f"{factory.path}/result")
    until(lambda: _anew(page))
    day.seen("office-result")
    (folder / "filing.zip").write_bytes(taken(page, "a[href$='/papers/filing.zip']"))


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 390)])
def test_a_day_from_the_pack_to_the_merged_filing(
    browser: Browser, laptop: Room, office: Room, addresses: dict[str, tuple[str, int]], tmp_path: Path,
    language: str, width: int,
) -> None:  # fmt: skip
    kept, there, here = shots(), laptop.factory("走访的厂"), office.factory("走访的厂")
    faults, took = [Faults(room.server.address) for room in (laptop, office)], dict[str, float]()
    how = {"width": width, "language": language}
    consultant = there.colleague("consultant", "it")
    with context_of(browser, laptop.server, consultant, **how) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": "language", "value": language, "url": laptop.server.address}])
        day = Day(context.new_page(), kept, f"day-{language}-{width}", took)
        faults[0].watch(day.page)
        before(day, there, addresses)
        on_site(day, context.new_page(), there)
        work = taken(day.page, "#carry a[download]")
    with context_of(browser, office.server, here.colleague("consultant", "it"), **how) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": "language", "value": language, "url": office.server.address}])
        day = Day(context.new_page(), kept, f"day-{language}-{width}", took)
        faults[1].watch(day.page)
        handed_over(day, here, work, tmp_path)
    found = verify(tmp_path / "filing.zip")
    assert found.holds, found.lines
    assert json.loads(open_bundle(tmp_path / "filing.zip").member("assessment.json"))["source"] is not None
    if kept is not None:
        seconds = {name: round(ms / 1000, 2) for name, ms in took.items()}
        (kept / f"day-{language}-{width}-seconds.json").write_text(json.dumps(seconds, indent=1), "utf-8")
    complaints = [one for fault in faults for one in fault.found]
    assert not complaints and max(took.values()) < 20_000, (complaints, took)
