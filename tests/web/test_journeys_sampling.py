"""A day's sampling in a real browser, against a plant that is really there: begun, watched, the server killed
again and again, stopped by its key; and once without a script."""

import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.bundle import open_bundle
from assessor.desk import attaching, entering, noting
from assessor.desk.access import Actor
from assessor.frameworks import Library
from assessor.visit import live
from tests.sampled import end_all, plant_scope, process_of
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

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = 20261127
QUESTIONS = ("p1-l1-1", "p1-l1-2", "p1-l2-1", "p1-l2-2")


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with plant_scope() as one:
        file = tmp_path_factory.mktemp("scope") / "scope.yaml"
        file.write_bytes(one)
        yield file


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Room]:
    """A server that may sample on this machine."""
    folder = tmp_path_factory.mktemp("room")
    with Server(folder, sample="127.0.0.0/8") as server, behind(server, library) as one:
        yield one
    end_all(folder / "runs")


def owner(factory: Factory) -> Actor:
    known = entering.known_by_session(factory.room.desk, factory.token)
    assert known is not None
    return known.actor


def agreed(page: Page, factory: Factory, scope: Path, minutes: int) -> None:
    """Hand in the scope, see the load, begin."""
    page.goto(f"{factory.path}/sampling")
    page.locator("#scope input[type=file]").set_input_files(scope)
    page.locator("#scope form[data-upload] button").click()
    page.locator("#preview").wait_for()
    page.locator("input[name=minutes]").first.fill(str(minutes))
    page.locator("#preview form[method=get] button").click()
    expect(page.locator("#preview .endpoints li")).to_have_count(2)
    page.locator("#preview form[method=post] button").click()
    page.locator("#live").wait_for()


def rows(page: Page) -> int:
    """What the page says came so far."""
    tiles = page.locator("#live .tiles dd")
    return int(tiles.first.inner_text().replace(",", "")) if tiles.count() else 0


def bundle_of(factory: Factory, folder: Path) -> int:
    """Rows of the bundle that was taken in."""
    desk, who = factory.room.desk, owner(factory)
    file = attaching.listed(desk, who, factory.survey, "bundle")[-1]
    (folder / "sealed.zip").write_bytes(attaching.content(desk, who, factory.survey, file.id)[1])
    return open_bundle(folder / "sealed.zip").samples().num_rows


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_a_run_from_the_scope_to_its_bundle(
    browser: Browser, factory: Factory, scope: Path, tmp_path: Path, language: str, width: int
) -> None:
    kept, faults = shots(), Faults(factory.room.server.address)
    with context_of(browser, factory.room.server, factory.token, width=width, language=language) as context:
        page = context.new_page()
        faults.watch(page)
        page.goto(f"{factory.path}/site")
        assert not sideways(page)
        picture(page, kept, f"{language}-{width}-site-empty")
        agreed(page, factory, scope, 30)
        until(lambda: rows(page) > 20)
        page.reload()  # changes nothing
        page.locator("details.picker summary").click()
        for box in page.locator("input[name=tag]").all()[:2]:
            box.check()
        page.locator("form[action$='/plots'] button").click()
        expect(page.locator("figure.plot polyline")).to_have_count(2)
        before = rows(page)
        until(lambda: rows(page) > before)  # by itself, without a reload
        assert not sideways(page)
        picture(page, kept, f"{language}-{width}-sampling-live")
        page.locator("form[action$='/stop'] button").click()
        expect(page.locator("#runs .chip.dark")).to_be_visible(timeout=60_000)
        assert page.locator("#live").count() == 0 and not sideways(page)
        picture(page, kept, f"{language}-{width}-sampling-after")
        page.goto(f"{factory.path}/site")
        expect(page.locator(".day .done")).to_have_count(2)
        picture(page, kept, f"{language}-{width}-site-sampled")
    assert bundle_of(factory, tmp_path) >= before and not faults.found, faults.found


def killed(room: Room) -> None:
    """As when the power fails, and is back."""
    room.server.stop(at_once=True)
    room.server.start()


def test_the_server_is_killed_at_ten_instants_of_the_day_and_nothing_acknowledged_is_lost(
    browser: Browser, factory: Factory, scope: Path, tmp_path: Path
) -> None:
    """What was said of the visit, the scope, answers, a note, the run and all it heard, its bundle, the result."""
    with context_of(browser, factory.room.server, factory.token) as context:
        page, asking = context.new_page(), context.new_page()
        morning(page, factory, scope)
        said, seen = meanwhile(page, asking, factory)
        evening(page, factory)
    assert factory.said() == said and bundle_of(factory, tmp_path) >= seen
    held = noting.listed(factory.room.desk, owner(factory), factory.survey)
    assert [one.note.said for all_ in held.values() for one in all_] == ["记下了"]


def morning(page: Page, factory: Factory, scope: Path) -> None:
    page.goto(f"{factory.path}/prepare")
    page.locator("input[name=minutes]").fill("77")
    page.locator("#visit form button").click()
    expect(page.locator("input[name=minutes]")).to_have_value("77")
    killed(factory.room)  # 1
    page.goto(f"{factory.path}/sampling")
    page.locator("#scope input[type=file]").set_input_files(scope)
    page.locator("#scope form[data-upload] button").click()
    page.locator("#preview").wait_for()
    killed(factory.room)  # 2
    page.goto(f"{factory.path}/sampling?minutes=60")
    page.locator("#preview form[method=post] button").click()
    page.locator("#live").wait_for()


def meanwhile(page: Page, asking: Page, factory: Factory) -> tuple[dict[str, str], int]:
    """Answers while it samples; gives them, and the rows that the page told of."""
    draw, server, said, seen = random.Random(SEED), factory.room.server, dict[str, str](), 0
    asking.goto(f"{factory.path}/interviews/owner")
    for n, question in enumerate(QUESTIONS):
        said[question] = ("0.5", "1")[n % 2]
        pick(asking, question, said[question])
        pill(asking, "saved")
        time.sleep(draw.uniform(0, 1.5))  # the instant
        server.stop(at_once=True)  # 3 to 6
        expect(page.locator("#lost")).to_be_visible()
        server.start()
        expect(page.locator("#lost")).to_be_hidden(timeout=60_000)
        now = rows(page)
        assert now > seen, "the run stood still"
        seen = now
    asking.locator("form[data-note] textarea").first.fill("记下了")
    asking.locator("form[data-note] button").first.click()
    pill(asking, "saved")
    killed(factory.room)  # 7
    return said, seen


def evening(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/sampling")
    page.locator("form[action$='/stop'] button").click()
    killed(factory.room)  # 8, while it is sealed or taken in
    page.goto(f"{factory.path}/sampling")
    expect(page.locator("#runs .chip.dark")).to_be_visible(timeout=60_000)
    page.goto(f"{factory.path}/result")
    killed(factory.room)  # 9, while it is reckoned
    page.goto(f"{factory.path}/result")
    page.locator("#papers").wait_for(timeout=120_000)
    killed(factory.room)  # 10
    page.goto(f"{factory.path}/result")
    page.locator("#papers").wait_for(timeout=10_000)
    page.goto(f"{factory.path}/prepare")
    expect(page.locator("input[name=minutes]")).to_have_value("77")


def full(*pids: int) -> Callable[[], None]:
    """No file of these processes may grow: a write fails as on a full disk. Gives what makes room again."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))

    def room() -> None:
        for pid, limits in before.items():
            if psutil.pid_exists(pid):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    return room


def test_the_disk_is_full_once_and_nothing_acknowledged_is_lost(
    browser: Browser, factory: Factory, scope: Path, tmp_path: Path
) -> None:
    """The run ends, an answer waits in the page; with room again the one is sealed and the other saved."""
    server = factory.room.server
    with context_of(browser, server, factory.token) as context:
        page, asking = context.new_page(), context.new_page()
        agreed(page, factory, scope, 60)
        until(lambda: rows(page) > 20)
        asking.goto(f"{factory.path}/interviews/owner")
        pick(asking, QUESTIONS[0], "0.5")
        pill(asking, "saved")
        seen, run = rows(page), (page.locator("#live").get_attribute("data-from") or "").split("/")[-2]
        folder = server.folder / "runs" / run
        assert server.process is not None
        make_room = full(server.process.pid, process_of(folder).pid)
        pick(asking, QUESTIONS[1], "1")
        pill(asking, "waiting")
        until(lambda: not live.is_alive(folder))
        make_room()
        asking.bring_to_front()
        pill(asking, "saved")
        page.goto(f"{factory.path}/sampling")
        page.locator("form[action$='/again'] button[value=seal]").click()
        expect(page.locator("#runs .chip.dark")).to_be_visible(timeout=60_000)
    assert factory.said() == {QUESTIONS[0]: "0.5", QUESTIONS[1]: "1"}
    assert bundle_of(factory, tmp_path) >= seen


def test_the_browser_may_go_and_a_page_without_a_script_does_all_of_it(
    browser: Browser, factory: Factory, scope: Path
) -> None:
    with context_of(browser, factory.room.server, factory.token, java_script_enabled=False) as context:
        page = context.new_page()
        agreed(page, factory, scope, 30)
    with context_of(browser, factory.room.server, factory.again(), java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{factory.path}/sampling")
        until(lambda: rows(page) > 20)  # the page looks again by itself
        page.locator("form[action$='/stop'] button").click()
        until(lambda: page.locator("#runs .chip.dark").count() == 1)
