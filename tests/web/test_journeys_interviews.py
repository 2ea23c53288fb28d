"""Interviews on a second device, at an address that is not this machine's own: notes, answers, photographs; the
line cut in the middle, and the server killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import attaching, entering, houses, noting
from assessor.desk.access import Actor
from assessor.frameworks import Library
from assessor.laptop import reached_at
from tests.web.journeys import (
    Factory,
    Faults,
    Room,
    Server,
    behind,
    context_of,
    entered,
    pick,
    picture,
    pill,
    shots,
    sideways,
)  # fmt: skip
from tests.web.test_journeys_plain import PICTURE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Q, SECOND = "p1-l1-1", "p1-l1-2"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Room]:
    """A laptop that listens to the devices round it; without any network only this machine can be one."""
    host = next(iter(reached_at()), "127.0.0.1")
    with Server(tmp_path_factory.mktemp("laptop"), host=host) as server, behind(server, library) as one:
        yield one


def actor(factory: Factory) -> Actor:
    known = entering.known_by_session(factory.room.desk, factory.token)
    assert known is not None
    return known.actor


def notes(factory: Factory) -> list[str]:
    held = noting.listed(factory.room.desk, actor(factory), factory.survey)
    return [one.note.said for all_ in held.values() for one in all_]


def said(page: Page, question: str, text: str) -> None:
    form = page.locator(f".asking[data-question='{question}'] form[data-note]")
    form.locator("textarea").fill(text)
    form.locator("button").click()


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_a_department_is_asked(browser: Browser, factory: Factory, language: str, width: int) -> None:
    kept, faults = shots(), Faults(factory.room.server.address)
    with context_of(browser, factory.room.server, factory.token, width=width, language=language) as context:
        context.add_cookies([{"name": "language", "value": language, "url": factory.room.server.address}])
        page = context.new_page()
        faults.watch(page)
        page.goto(f"{factory.path}/interviews")
        assert not sideways(page)
        picture(page, kept, f"{language}-{width}-interviews")
        page.locator("main ol.tree a").first.click()
        page.wait_for_url("**/interviews/*")
        assert not sideways(page) and page.locator(".asking .how dd").count() > 2
        asked = page.locator(".asking").first
        question = asked.get_attribute("data-question")
        assert question is not None
        said(page, question, "班组长：每天早会看一次")
        pill(page, "saved")
        expect(asked.locator("[data-notes] li")).to_have_text("班组长：每天早会看一次")
        page.reload()
        expect(asked.locator("[data-notes] bdi")).to_have_text("班组长：每天早会看一次")
        picture(page, kept, f"{language}-{width}-interview", whole=False)
        asked.locator("[data-notes] form button").click()
        expect(asked.locator("[data-notes] li")).to_have_count(0)
    plain = [
        fault for fault in faults.found if "Cross-Origin-Opener-Policy" not in fault
    ]  # said of every http page
    assert not plain


def test_a_second_device_goes_on_without_a_line_and_over_a_killed_server(
    browser: Browser, factory: Factory, tmp_path: Path
) -> None:
    server, proof = factory.room.server, tmp_path / "现场.jpg"
    proof.write_bytes(PICTURE)
    with context_of(browser, server, width=390) as context:
        page = context.new_page()
        page.goto("/")
        entered(page, houses.issue(factory.room.desk, factory.house, "consultant", "it"))
        page.goto(f"{factory.path}/interviews/owner")
        form = page.locator(f".asking[data-question='{Q}'] form[data-upload]")
        form.locator("input[type=file]").set_input_files(proof)
        form.locator("button").click()
        expect(page.locator(f"[id='{Q}'] summary .num")).to_have_text("(1)")
        context.set_offline(True)
        pick(page, Q, "0.8")
        said(page, Q, "断网时记的")
        said(page, SECOND, "又一条")
        pill(page, "waiting")
        expect(page.locator("[data-notes] li[data-waiting]")).to_have_count(2)
        server.stop(at_once=True)
        context.set_offline(False)
        server.start()
        pill(page, "saved")
        expect(page.locator("[data-notes] li[data-waiting]")).to_have_count(0)
        said(page, SECOND, "连上之后")
        pill(page, "saved")
    assert factory.said() == {Q: "0.8"} and sorted(notes(factory)) == ["又一条", "断网时记的", "连上之后"]
    files = attaching.listed(factory.room.desk, actor(factory), factory.survey, "proof")
    assert [(f.question, f.media) for f in files] == [(Q, "image/jpeg")]


def test_without_a_script_a_note_is_a_form(browser: Browser, factory: Factory) -> None:
    with context_of(browser, factory.room.server, factory.token, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{factory.path}/interviews/owner")
        said(page, Q, "没有脚本")
        expect(page.locator("[data-notes] bdi").first).to_have_text("没有脚本")
    assert notes(factory) == ["没有脚本"]
