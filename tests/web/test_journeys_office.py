"""A voucher from the notice to settlement in real browsers: an officer enters rules, a factory applies, is sent
back, is granted, hands in what the system checks, is rejected once, accepted; two officers settle at once and
one does; the factory says how it was; an auditor follows the log and checks the file anew, here and outside."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor import logbook
from assessor.desk import entering, houses
from assessor.filing import check_pack
from assessor.storage import Role
from assessor.storage import vouchers as sql
from tests.waiting import until
from tests.web.journeys import Factory, Faults, Room, context_of, picture, shots, sideways
from tests.web.offices import PROGRAMME
from tests.web.test_journeys_filing import begun, brought, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


SETTLE = "form:has(input[value=settle]) button"


SIMULATED = "91000000DEM0PLANTQ"
"""The credit code of the plant whose machines were heard; no other one may hand in what they said."""


@dataclass
class People:
    """Pages of everybody, and where pictures of them go."""

    owner: Page
    officer: Page
    second: Page
    auditor: Page
    folder: Path | None
    tag: str
    office: str

    def shot(self, page: Page, name: str) -> None:
        assert not sideways(page), f"{name} has to be pushed sideways"
        picture(page, self.folder, f"{self.tag}-{name}")


@contextmanager
def everybody(browser: Browser, room: Room, language: str, widths: tuple[int, int]) -> Iterator[People]:
    """A factory's owner who is nobody yet, two officers, an auditor; the office is one for what is generated."""
    desk, faults = room.desk, Faults(room.server.address)
    house = houses.found(desk, "office", "旅程项目办", demonstration=True)
    roles: tuple[Role, ...] = ("officer", "officer", "auditor")
    codes = (houses.issue(desk, house, role) for role in roles)
    tokens = ("", *(entering.by_code(desk, given, f"10.9.0.{n}", "zh").token for n, given in enumerate(codes)))
    view: dict[str, Any] = {"language": language, "accept_downloads": True}
    with ExitStack() as stack:
        pages = []
        for token in tokens:
            width = widths[1] if token else widths[0]
            context = stack.enter_context(context_of(browser, room.server, token, width=width, **view))
            context.set_default_timeout(90_000)  # a pack is made and checked while one waits
            context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
            page = context.new_page()
            faults.watch(page)
            pages.append(page)
        yield People(*pages, shots(), f"office-{language}", f"/offices/{house}")
    ours = [fault for fault in faults.found if "status of 4" not in fault]  # a refusal is a page with its reason
    assert not ours, ours


def rules(by: People) -> None:
    """What a notice says, entered in the form."""
    page = by.officer
    page.goto(by.office)
    by.shot(page, "begin")
    page.goto(f"{by.office}/programmes")
    page.locator("select[name=programme]").select_option(PROGRAMME)
    page.locator("main form button").click()
    form = page.locator("form.wide")
    for name, value in {"share": "50", "cap": "20000", "providers": "甲诊断公司\n乙研究院"}.items():
        form.locator(f"[name={name}]").fill(value)
    for name, value in {"id": "2026", "quota": "2", "budget": "abc"}.items():
        form.locator(f"[name=period_{name}]").first.fill(value)
    form.locator("[name=consent_zh]").first.fill("同意向项目办开放评估结果")
    form.locator("[name=consent_opens]").first.select_option("programme")
    form.locator("[name=ask_zh]").first.fill("诊断对您有用吗")
    form.locator("> button").click()
    expect(page.locator(".fault")).to_be_visible()  # a budget of letters is none; nothing that was typed is lost
    expect(form.locator("[name=period_quota]").first).to_have_value("2")
    form.locator("[name=period_budget]").first.fill("100000")
    form.locator("> button").click()
    expect(page.locator(".fault")).to_have_count(0)
    expect(form.locator("[name=share]")).to_have_value("50")
    by.shot(page, "rules")


def apply(by: People, factory: Factory, *, again: bool = False) -> None:
    page = by.owner
    page.goto(f"{factory.path}/vouchers")
    offer = page.locator(f"[id='{by.office.rpartition('/')[2]}-{PROGRAMME}']")
    offer.locator("details summary").last.click()
    form = offer.locator("form")
    form.locator("[name=site]").fill("一号厂区")
    form.locator("label.pick").first.click()
    if not again:
        by.shot(page, "apply")
    form.locator("button").click()
    expect(page.locator(".v-applied")).to_be_visible()


def opened(by: People, page: Page, voucher: str) -> None:
    page.goto(f"{by.office}/vouchers/{voucher}")


def back(by: People, act: str, why: str) -> None:
    """Send it back, with the reason."""
    form = by.officer.locator(f"details:has(input[value={act}])")
    form.locator("summary").click()
    form.locator("textarea").fill(why)
    form.locator("button").click()
    expect(by.officer.locator("#history")).to_contain_text(why)


def complete(by: People, room: Room, factory: Factory, tmp_path: Path) -> None:
    """Everything that the list asks for."""
    page = by.owner
    page.goto(f"{factory.path}/filing")
    brought(page, tmp_path)
    settled(room, factory)

    def whole() -> bool:
        page.goto(f"{factory.path}/filing")
        return page.locator(".entries > .missing, .entries > .held, .notice").count() == 0

    until(whole)


def handed_in(by: People, factory: Factory, voucher: str) -> None:
    page = by.owner
    page.goto(f"{factory.path}/vouchers/{voucher}")
    page.locator("#hand-in button").click()
    expect(page.locator(".v-handed-in")).to_be_visible(timeout=60_000)


def accepted(by: People) -> None:
    page = by.officer
    form = page.locator("form:has(input[value=accept])")
    form.locator("button").click()
    expect(page.locator(".fault")).to_be_visible()  # nobody ticked what is for a person to look at
    for pick in form.locator("label.pick").all():
        pick.click()
    by.shot(page, "accept")
    form.locator("button").click()
    expect(page.locator(".v-accepted")).to_be_visible()


def settle(page: Page, invoice: str) -> None:
    form = page.locator("form:has(input[value=settle])")
    for name, value in {"invoice": invoice, "invoiced": "30000", "day": "2026-11-20", "pay": "15000"}.items():
        form.locator(f"[name={name}]").fill(value)


@pytest.mark.parametrize(("language", "widths"), [("zh", (390, 1280)), ("en", (1280, 390))])
def test_a_voucher_from_the_notice_to_settlement(
    browser: Browser, room: Room, tmp_path: Path, language: str, widths: tuple[int, int]
) -> None:
    with everybody(browser, room, language, widths) as by:
        rules(by)
        factory = begun(by.owner, room)
        coded(by, factory)
        apply(by, factory)
        voucher = by.owner.url.rpartition("/")[2]
        granted(by, factory, voucher)
        diagnosed(by, room, factory, voucher, tmp_path)
        paid(by, room, voucher)
        rated(by, factory, voucher)
        audited(by, factory, voucher, tmp_path)


def coded(by: People, factory: Factory) -> None:
    """Without a credit code nobody applies."""
    page = by.owner
    page.goto(f"{factory.path}/vouchers")
    expect(page.locator(".notice").first).to_be_visible()
    page.goto(f"{factory.path}/plant")
    page.locator("[name=credit_code]").fill(SIMULATED)
    page.locator("main form button").click()
    page.wait_for_url(f"**{factory.path}")


def granted(by: People, factory: Factory, voucher: str) -> None:
    """Returned with a reason, applied for again, granted within the cap."""
    opened(by, by.officer, voucher)
    by.shot(by.officer, "decide")
    back(by, "return", "请写清楚厂区")
    by.owner.goto(f"{factory.path}/vouchers/{voucher}")
    expect(by.owner.locator(".notice")).to_contain_text("请写清楚厂区")
    apply(by, factory, again=True)
    opened(by, by.officer, voucher)
    form = by.officer.locator("form:has(input[value=grant])")
    form.locator("[name=yuan]").fill("20001")
    form.locator("textarea").fill("条件经人工核对")
    form.locator("button").click()
    expect(by.officer.locator(".fault")).to_contain_text("20,000")  # more than the cap
    form.locator("[name=yuan]").fill("20000")
    form.locator("button").click()
    expect(by.officer.locator(".v-granted")).to_be_visible()


def diagnosed(by: People, room: Room, factory: Factory, voucher: str, tmp_path: Path) -> None:
    """A provider of the list; what is missing is named and completed; handed in, rejected, handed in, accepted."""
    page = by.owner
    page.goto(f"{factory.path}/vouchers/{voucher}")
    page.locator("select[name=provider]").select_option(label="甲诊断公司")
    page.locator("form:has(input[value=assign]) button").click()
    expect(page.locator(".v-assigned")).to_be_visible()
    page.locator("#hand-in button").click()
    expect(page.locator("#hand-in .fault")).to_be_visible()
    by.shot(page, "lacking")
    complete(by, room, factory, tmp_path)
    handed_in(by, factory, voucher)
    opened(by, by.officer, voucher)
    back(by, "reject", "合同页看不清，请重新扫描")
    page.goto(f"{factory.path}/vouchers/{voucher}")
    expect(page.locator(".notice")).to_contain_text("请重新扫描")
    by.shot(page, "rejected")
    handed_in(by, factory, voucher)
    opened(by, by.officer, voucher)
    accepted(by)


def paid(by: People, room: Room, voucher: str) -> None:
    """Not by whoever accepted it; by one of two others who pay at the same time."""
    opened(by, by.officer, voucher)
    by.shot(by.officer, "settle")
    settle(by.officer, "26312000000000000009")
    form = by.officer.locator("form:has(input[value=settle])")
    form.locator("button").click()
    expect(form.locator(".fault")).to_be_visible()
    both(by, room, voucher)


def both(by: People, room: Room, voucher: str) -> None:
    """Two others settle at once: each has the page open as it stands, and only one of them pays."""
    third = entering.by_code(
        room.desk, houses.issue(room.desk, by.office.rpartition("/")[2], "officer"), "10.9.1.1", "zh"
    )
    browser = by.second.context.browser
    assert browser is not None
    with context_of(browser, room.server, third.token, width=1280, language=by.tag[-2:]) as context:
        other = context.new_page()
        for n, page in enumerate((by.second, other), 1):
            opened(by, page, voucher)
            settle(page, f"2631200000000000000{n}")
        for page in (by.second, other):  # sent before either has an answer
            page.evaluate(
                "setTimeout(() => document.querySelector('form:has(input[value=settle]) button').click())"
            )
        for page in (by.second, other):
            expect(page.locator(".v-settled")).to_be_visible()
        assert sum(page.locator(".fault").count() for page in (by.second, other)) == 1
    with room.desk.store.read() as c:
        paid = sql.settlement(c, voucher)
        entries = [e for e in sql.entries_of(c, by.office.rpartition("/")[2]) if e.act == "settle"]
    assert paid is not None and paid.paid == 15_000 and len(entries) == 1
    by.shot(by.second, "settled")


def rated(by: People, factory: Factory, voucher: str) -> None:
    by.owner.goto(f"{factory.path}/vouchers/{voucher}")
    by.owner.locator("#rate label.pick").nth(3).click()
    by.owner.locator("#rate button").click()
    expect(by.owner.locator("#satisfaction")).to_contain_text("4")
    by.shot(by.owner, "rated")


def audited(by: People, factory: Factory, voucher: str, tmp_path: Path) -> None:
    """An auditor's day: the log followed here and outside, a file checked anew here and outside."""
    page = by.auditor
    page.goto(f"{by.office}/log")
    page.locator("a[href$='follow=1']").click()
    expect(page.locator(".card b")).to_be_visible()
    by.shot(page, "log")
    with page.expect_download() as log:
        page.locator("a[href$='log.jsonl']").click()
    log.value.save_as(tmp_path / "log.jsonl")
    assert logbook.follow(tmp_path / "log.jsonl").holds
    changed = (tmp_path / "log.jsonl").read_text().replace("20000", "90000")
    (tmp_path / "changed.jsonl").write_text(changed)
    assert not logbook.follow(tmp_path / "changed.jsonl").holds
    opened(by, page, voucher)
    expect(page.locator("#decide")).to_have_count(0)
    page.locator("#packs a[href*='verify=2']").click()
    expect(page.locator("#again .notice")).to_be_visible(timeout=60_000)
    by.shot(page, "verified")
    with page.expect_download() as pack:
        page.locator("#packs a[href$='packs/2.zip']").click()
    pack.value.save_as(tmp_path / "pack.zip")
    found = check_pack(tmp_path / "pack.zip")
    assert found.holds and found.verified
    page.goto(f"{by.office}/flow")
    by.shot(page, "flow")
    page.goto(f"{factory.path}/result")
    assert page.locator("#papers").count() == 0  # the factory opened its result to officers alone
