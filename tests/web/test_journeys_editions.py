"""An officer hands in a framework that is to be: first a faulty one, then one that moves factories; on a phone
in Chinese and at a desk in English. The server judges in another process meanwhile."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import answering, consenting, entering, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.forms import load_answers
from assessor.run import DEMO
from tests.waiting import until
from tests.web.editions import newer
from tests.web.journeys import Room, context_of, picture, shots
from tests.web.judging import grave, unfold

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def actor(desk: Desk, token: str) -> Actor:
    known = entering.known_by_session(desk, token)
    assert known is not None
    return known.actor


@pytest.fixture(scope="module")
def office(room: Room) -> tuple[str, str]:
    """An office, its officer's session; three factories opened their results to it."""
    desk = room.desk
    house = houses.found(desk, "office", "智能化评估项目办公室")
    for name in ("甲厂", "乙厂", "丙厂"):
        ours = room.factory(name)
        who = actor(desk, ours.token)
        answers = load_answers(DEMO / "answers.yaml", desk.library.questions)
        answering.take_over(desk, who, surveys.opened(desk, who, ours.survey), answers)
        consenting.agree(desk, who, ours.house, "programme", house)
        reckoning.result(desk, who, ours.survey)
        until(lambda w=who, s=ours.survey: reckoning.result(desk, w, s).done is not None)
    return house, entering.by_code(desk, houses.issue(desk, house, "officer"), "10.0.0.9", "zh").token


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "language"), [(390, "zh"), (1280, "en"), (390, "en"), (1280, "zh")])
def test_an_officer_tries_an_edition(
    browser: Browser, room: Room, office: tuple[str, str], width: int, language: str, tmp_path: Path
) -> None:
    house, token = office
    folder, tag = shots(), f"editions-{width}-{language}"
    (tmp_path / "faulty.yaml").write_bytes(
        newer(room.desk.library, **{"satisfied_at: 0.8": "satisfied_at: eight"})
    )
    both = {"satisfied_at: 0.8": "satisfied_at: 0.5", "      p1: 1\n": "      p1: 4\n"}
    (tmp_path / "cmmm-99.yaml").write_bytes(newer(room.desk.library, **both))
    with context_of(browser, room.server, token, width=width, language=language, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"/plants?language={language}")
        page.locator(f"a[href='/offices/{house}']").click()
        page.locator(f".tabs a[href='/offices/{house}/editions']").click()
        page.locator("input[type=file]").set_input_files(tmp_path / "faulty.yaml")
        page.locator("form[enctype] button").click()
        expect(page.locator(".fault")).to_contain_text("faulty.yaml:29")
        picture(page, folder, f"{tag}-faulty")
        assert not grave(page) and not sideways(page)
        page.locator("input[type=file]").set_input_files(tmp_path / "cmmm-99.yaml")
        page.locator("form[enctype] button").click()
        page.wait_for_url(f"**/offices/{house}/editions/*")
        picture(page, folder, f"{tag}-running")
        page.locator("#movers").wait_for(timeout=120_000)
        unfold(page)
        picture(page, folder, f"{tag}-report")
        assert not grave(page) and not sideways(page)
        expect(page.locator("section[aria-labelledby=movers] tbody tr").first).to_contain_text(
            "满足线" if language == "zh" else "mark"
        )
        with page.expect_download() as got:
            page.locator("a[href$='impact.xlsx']").click()
        assert Path(got.value.path()).read_bytes().startswith(b"PK")
