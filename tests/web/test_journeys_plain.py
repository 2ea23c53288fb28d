"""Without a script: every kind of question, a choice between two answers, files, a result, a plan, a language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.journeys import Factory, Room, context_of, entered, pick

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REGISTER = "设备编号,设备名称,数量\nA-1,注塑机 1 号,1\nA-2,空压机,1\n"
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


@pytest.fixture
def page(browser: Browser, factory: Factory) -> Iterator[Page]:
    with context_of(browser, factory.room.server, factory.token, java_script_enabled=False) as context:
        yield context.new_page()


def save(page: Page, question: str) -> None:
    with page.expect_navigation():
        page.locator(f"[id='{question}'] button.save").click()


def test_coming_in_and_the_short_form(browser: Browser, room: Room) -> None:
    with context_of(browser, room.server, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        entered(page, room.voucher())
        page.get_by_role("link", name="开始一次新的评估").click()
        page.get_by_label("工厂名称").fill("无脚本的厂")
        page.locator("label.pick:has(input[value=discrete])").click()
        page.get_by_role("button", name="开始评估").click()
        page.get_by_role("link", name="开始", exact=True).click()
        seen: list[str] = []
        for _ in range(3):  # each save brings the next question by itself
            seen.append(str(page.locator("[data-question]").get_attribute("id")))
            page.locator("label.pick:has(input[name=value])").nth(1).click()
            save(page, seen[-1])
        assert len(set(seen)) == 3
        expect(page.get_by_text("已问 3").or_(page.get_by_text("第 3 题之后"))).to_be_visible()


def test_every_kind_of_question(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/sections/p1")
    pick(page, "p1-rubric", "2")
    save(page, "p1-rubric")
    assert page.url.endswith("#p1-rubric")
    pick(page, "p1-l1-1", "0.8")
    save(page, "p1-l1-1")
    page.goto(f"{factory.path}/sections/smart-factory")
    pick(page, "smart-clean-record", "1")
    save(page, "smart-clean-record")
    page.goto(f"{factory.path}/sections/shares")
    fill(page, "share-networked", "35.5")
    page.goto(f"{factory.path}/sections/figures")
    fill(page, "machines-in-use", "1,200")
    fill(page, "money-output", "12.5")
    pick(page, "energy-carriers", "uses-electricity")
    pick(page, "energy-carriers", "uses-natural-gas")
    save(page, "energy-carriers")
    expect(page.locator("#energy-natural-gas")).to_be_visible()  # asked from now on
    expect(page.locator("#energy-coal")).to_be_hidden()
    assert factory.said() == {
        "p1-rubric": "2", "p1-l1-1": "0.8", "smart-clean-record": "1", "share-networked": "0.355",
        "machines-in-use": "1200", "money-output": "12.5",
        "energy-carriers": ["uses-electricity", "uses-natural-gas"],
    }  # fmt: skip


def fill(page: Page, question: str, value: str) -> None:
    page.locator(f"[id='{question}'] input[name=value]").fill(value)
    save(page, question)


def test_what_is_set_aside_needs_its_reason(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/sections/p1")
    pick(page, "p1-l1-2", "not-applicable")
    save(page, "p1-l1-2")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    pick(page, "p1-l1-2", "not-applicable")
    page.locator("#p1-l1-2 textarea").fill("集团统一安排")
    save(page, "p1-l1-2")
    page.goto(f"{factory.path}/sections/figures")
    pick(page, "machines-cloud", "do-not-know")
    save(page, "machines-cloud")
    assert factory.said() == {"p1-l1-2": "not-applicable", "machines-cloud": "do-not-know"}
    page.goto(f"{factory.path}/questions/p1-l1-2")
    expect(page.locator(".history")).to_contain_text("集团统一安排")


@pytest.mark.parametrize("mine", [True, False])
def test_two_people_and_one_question(browser: Browser, page: Page, factory: Factory, mine: bool) -> None:
    page.goto(f"{factory.path}/sections/p1")
    with context_of(browser, factory.room.server, factory.colleague(), java_script_enabled=False) as context:
        theirs = context.new_page()
        theirs.goto(f"{factory.path}/sections/p1")
        pick(theirs, "p1-l1-1", "0.8")
        save(theirs, "p1-l1-1")
    pick(page, "p1-l1-1", "0.5")
    save(page, "p1-l1-1")
    for told in ("别人刚刚保存了另一个回答", "大部分满足", "部分满足", "生产"):
        expect(page.locator("main")).to_contain_text(told)
    assert factory.said() == {"p1-l1-1": "0.8"}  # nothing is done before somebody has chosen
    if mine:
        page.get_by_role("button", name="改用我的").click()
    else:
        page.get_by_role("link", name="保留已保存的").click()
    page.locator(f"#p1-l1-1 input[name=value][value='{'0.5' if mine else '0.8'}']:checked").wait_for()
    assert factory.said() == {"p1-l1-1": "0.5" if mine else "0.8"}


def switch(page: Page) -> None:
    """To the other language; whatever page it is, one that can be read comes."""
    before = page.locator("html").get_attribute("lang")
    with page.expect_navigation() as answer:
        page.locator("form[action='/language'] button").click()
    assert answer.value.ok
    assert page.locator("html").get_attribute("lang") != before


def test_two_people_and_one_number(browser: Browser, page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/sections/shares")
    with context_of(browser, factory.room.server, factory.colleague(), java_script_enabled=False) as context:
        theirs = context.new_page()
        theirs.goto(f"{factory.path}/sections/shares")
        fill(theirs, "share-networked", "40")
    fill(page, "share-networked", "60")
    expect(page.locator("main")).to_contain_text("40 %")
    page.get_by_role("button", name="改用我的").click()
    assert factory.said() == {"share-networked": "0.6"}


def test_files(page: Page, factory: Factory, tmp_path: Path) -> None:
    register, proof = tmp_path / "台账.csv", tmp_path / "现场.jpg"
    register.write_text(REGISTER, "utf-8")
    proof.write_bytes(PICTURE)
    page.goto(f"{factory.path}/files")
    page.locator("#register input[type=file]").set_input_files(register)
    page.locator("#register form[data-upload] button").click()
    expect(page.locator("#register")).to_contain_text("读出 2 台设备")
    page.goto(f"{factory.path}/questions/p1-l1-1")
    page.locator("input[type=file]").set_input_files(proof)
    page.locator("form[data-upload] button").click()
    expect(page.locator("#files bdi")).to_have_text("现场.jpg")
    page.locator("#files").get_by_role("button", name="移除").click()
    expect(page.locator("#files bdi")).to_have_count(0)


def test_a_result_and_a_plan_by_other_wishes(browser: Browser, room: Room) -> None:
    """The page looks again by itself, without a script, until the result is there."""
    with context_of(browser, room.server, width=1280, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="先看看演示工厂").click()
        page.get_by_role("link", name="查看结果").click()
        page.locator("#papers").wait_for(timeout=240_000)
        page.get_by_role("link", name="改造方案", exact=True).click()
        page.locator("input[name=budget]").fill("30")
        page.locator("select[name=aim]").select_option("payback")
        page.get_by_role("button", name="测算").click()
        expect(page.get_by_text("这是试算。")).to_be_visible(timeout=60_000)
        assert "budget=30" in page.url
        page.get_by_role("button", name="保留为本厂方案").click()
        while page.get_by_role("link", name="再看一次").count():  # until it is reckoned by the new wishes
            page.get_by_role("link", name="再看一次").click()
        expect(page.locator("input[name=budget]")).to_have_value("30")
        switch(page)


def test_the_language_can_be_changed_wherever_one_is(page: Page, factory: Factory) -> None:
    """Pages that a form led to are no dead ends."""
    page.goto("/account")
    page.locator("form[action='/account/tokens'] input[name=name]").fill("试用")
    page.locator("form[action='/account/tokens'] button").click()
    switch(page)
    page.goto(f"{factory.path}/people")
    page.locator(f"form[action='{factory.path}/people'] button").click()
    switch(page)
    page.goto("/nowhere")
    switch(page)
    page.context.clear_cookies(name="assessor")
    page.goto("/enter")
    page.locator("form[action='/enter/send'] input[name=contact]").fill("somebody@example.com")
    page.locator("form[action='/enter/send'] button").click()
    expect(page.locator("input[name=passcode]")).to_be_visible()
    switch(page)
    page.locator("input[name=code]").fill("ABCD-EFGH-JKMN-PQRS")
    page.locator("form[action='/enter/code'] button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    switch(page)
