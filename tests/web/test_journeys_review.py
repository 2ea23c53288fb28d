"""Three people and one assessment: handed in, rated blind, returned with remarks, handed in again, signed off; and
then changed, which leaves the sign-off of an earlier version. On a phone in Chinese, at a desk in English."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.desk import entering, surveys
from assessor.desk.answering import take_over
from assessor.forms import load_answers
from connectors.simulator.serve import DEMO
from tests.web.journeys import Factory, context_of, pick, picture, pill, shots

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def prepared(factory: Factory) -> None:
    """Somebody of the factory answered."""
    known = entering.known_by_session(factory.room.desk, factory.token)
    assert known is not None
    answers = load_answers(DEMO.parent / "answers.yaml", factory.room.desk.library.questions)
    take_over(
        factory.room.desk, known.actor, surveys.opened(factory.room.desk, known.actor, factory.survey), answers
    )


def named(page: Page, name: str) -> None:
    page.goto("/account")
    page.locator("input[name=name]").first.fill(name)
    page.locator("form[action='/account/name'] button").click()


def declare(page: Page, kind: str, text: str = "") -> None:
    form = page.locator("form[action$='/review/declare']")
    form.locator(f"label.pick:has(input[value={kind}])").click()
    form.locator("textarea").fill(text)
    form.locator("button").click()
    expect(page.locator("#interests .list")).to_contain_text(text)


def reckoned(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/result")
    page.locator("#papers").wait_for(timeout=180_000)


def hand_in(page: Page, factory: Factory, why: str) -> None:
    page.goto(f"{factory.path}/review")
    form = page.locator("form[action$='/review/hand-in']")
    form.locator("textarea").fill(why)
    form.locator("button").click()
    expect(form).to_have_count(0)


def rate_blind(page: Page, factory: Factory, folder: Path | None, tag: str) -> None:
    """Nothing else is open meanwhile: whatever they ask for, they come back to what is to be rated."""
    page.goto(f"{factory.path}/second")
    page.locator("label.pick:has(input[name=unseen])").click()
    page.locator(f"form[action='{factory.path}/second'] button").click()
    expect(page.locator("article.question")).to_have_count(12)
    page.goto(f"{factory.path}/result")
    expect(page).to_have_url(f"{factory.room.server.address}{factory.path}/second")
    for n in range(12):
        left = page.locator("article.question:not(:has(.said))").first
        left.locator("label.pick").nth(n % 4).click()
        left.locator("button").click()
        expect(page.locator("article.question .said")).to_have_count(n + 1)
        if n == 5:
            picture(page, folder, f"{tag}-rating")
    page.locator("button[value=finish]").click()
    expect(page.locator("table.grid")).to_be_visible()
    picture(page, folder, f"{tag}-rated")


def give_back(page: Page, factory: Factory) -> None:
    page.goto(f"{factory.path}/review")
    row = page.locator("form[action$='/review/return'] fieldset").first
    row.locator("select").select_option("question")
    row.locator("input").fill("m5-l2-1")
    row.locator("textarea").fill("请补照片 / please add a photograph")
    page.locator("form[action$='/review/return'] > button").click()
    expect(page.locator("#history")).to_contain_text("please add a photograph")


@pytest.mark.parametrize("width, language", [(390, "zh"), (1280, "en")])
def test_three_people_and_a_sign_off(browser: Browser, factory: Factory, width: int, language: str) -> None:
    folder, tag = shots(), f"review-{language}-{width}"
    prepared(factory)
    view = {"width": width, "language": language}
    with (
        context_of(browser, factory.room.server, factory.token, **view) as first,  # type: ignore[arg-type]
        context_of(browser, factory.room.server, factory.colleague("consultant"), **view) as second,  # type: ignore[arg-type]
        context_of(browser, factory.room.server, factory.colleague("reviewer"), **view) as third,  # type: ignore[arg-type]
    ):
        for context in (first, second, third):
            address = factory.room.server.address
            context.add_cookies([{"name": "language", "value": language, "url": address}])
        owner, consultant, reviewer = first.new_page(), second.new_page(), third.new_page()
        named(consultant, "Chen")
        named(reviewer, "Zhang")
        reckoned(consultant, factory)
        consultant.goto(f"{factory.path}/review")
        declare(consultant, "represents", "MES")
        hand_in(consultant, factory, "能源 / energy")
        rate_blind(reviewer, factory, folder, tag)
        give_back(reviewer, factory)
        consultant.goto(f"{factory.path}/review")
        expect(consultant.locator("#history a[href$='questions/m5-l2-1']")).to_be_visible()
        picture(consultant, folder, f"{tag}-returned")
        hand_in(consultant, factory, "已补 / added")
        reviewer.goto(f"{factory.path}/review")
        expect(reviewer.locator("form[action$='/review/sign']")).to_have_count(0)  # no interest declared yet
        declare(reviewer, "none")
        picture(reviewer, folder, f"{tag}-to-sign")
        reviewer.locator("form[action$='/review/sign'] textarea").fill("看了结果 / looked at it")
        reviewer.locator("form[action$='/review/sign'] button").click()
        expect(reviewer.locator(".chip.dark")).to_be_visible()
        owner.goto(f"{factory.path}/result")
        expect(owner.locator("main .chip.dark").first).to_be_visible()
        expect(owner.get_by_text("Zhang")).to_be_visible()
        owner.goto(f"{factory.path}/sections/p1")
        value = "0" if factory.said()["p1-l1-1"] != "0" else "1"
        pick(owner, "p1-l1-1", value)
        pill(owner, "saved")
        owner.goto(f"{factory.path}/review")
        expect(owner.locator(".card.strong b")).to_be_visible()  # of an earlier version
        expect(owner.locator(".card.strong .chip.dark")).to_have_count(0)
        picture(owner, folder, f"{tag}-earlier")
