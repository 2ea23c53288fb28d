"""A journey on a phone in Chinese: from a voucher to a result, with the line cut in the middle."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.frameworks import Library
from tests.web.conftest import own_database
from tests.web.journeys import (
    Factory,
    Room,
    Server,
    behind,
    context_of,
    entered,
    pick,
    picture,
    pill,
    questions_on,
    shots,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def room(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("journeys")
    if request.param == "sqlite":
        with Server(folder) as server, behind(server, library) as one:
            yield one
        return
    with (
        own_database(request.getfixturevalue("postgresql")) as address,
        Server(folder, address) as server,
        behind(server, library) as one,
    ):
        yield one


def test_a_self_assessment_on_a_phone_with_the_line_cut_in_the_middle(browser: Browser, room: Room) -> None:
    folder = shots()
    with context_of(browser, room.server) as context:
        page = context.new_page()
        page.goto("/")
        picture(page, folder, "phone-1-door")
        entered(page, room.voucher())
        page.get_by_role("link", name="开始一次新的评估").click()
        page.get_by_label("工厂名称").fill("浦江旅程测试厂")
        page.get_by_label("员工人数").fill("85")
        page.locator("label.pick:has(input[value=discrete])").click()
        page.get_by_role("button", name="开始评估").click()
        page.wait_for_url("**/surveys/*")
        factory = Factory.at(room, page.url)
        picture(page, folder, "phone-2-begun")
        asked = short_form(page)
        assert 5 <= asked <= 35
        expect(page.get_by_text("这是可能性，不是评级")).to_be_visible()
        picture(page, folder, "phone-3-short-form")
        assert len(factory.said()) == asked
        whole_section(page, factory, folder)
        page.get_by_role("link", name="结果", exact=True).click()
        page.locator("#papers").wait_for(timeout=180_000)
        expect(page.get_by_text("以下只根据回答")).to_be_visible()
        picture(page, folder, "phone-5-result")


def short_form(page: Page) -> int:
    """One at a time until it says that it is done; gives how many were asked."""
    page.get_by_role("link", name="开始", exact=True).click()
    for n in range(36):
        question = page.locator("[data-question]")
        expect(question.or_(page.get_by_text("快速预评已完成。"))).to_be_visible()
        if question.count() == 0:
            return n
        id_ = str(question.get_attribute("id"))
        page.locator("label.pick:has(input[name=value])").nth(n % 3).click()
        page.get_by_role("link", name="下一题").click()  # at once: it waits for the answer by itself
        expect(page.locator(f"[id='{id_}']")).to_have_count(0)
    raise AssertionError("it does not come to an end")


def whole_section(page: Page, factory: Factory, folder: Path | None) -> None:
    """Two answers with a line, three without, the rest with it again."""
    page.goto(f"{factory.path}/sections/r1")
    before, asked = factory.said(), questions_on(page)
    assert len(asked) > 8
    values = {q: "2" if q.endswith("rubric") else "0.8" for q in asked}
    for question in asked[:2]:
        pick(page, question, values[question])
    pill(page, "saved")
    page.context.set_offline(True)
    for question in asked[2:5]:
        pick(page, question, values[question])
    pill(page, "waiting")
    expect(page.locator("#pill")).to_contain_text("3")
    picture(page, folder, "phone-4-no-line", whole=False)
    assert not set(asked[2:5]) & (factory.said().keys() - before.keys())
    page.context.set_offline(False)
    pill(page, "saved")
    for question in asked[5:]:
        pick(page, question, values[question])
        expect(page.locator(f"#{question} [data-said]")).not_to_be_empty()
    pill(page, "saved")
    assert factory.said() == before | values
    new = {q: n for q, n in factory.versions().items() if q not in before}
    assert set(new.values()) == {1}  # none doubled
    page.reload()
    for question in asked:
        expect(page.locator(f"#{question} input[name=value][value='{values[question]}']")).to_be_checked()
