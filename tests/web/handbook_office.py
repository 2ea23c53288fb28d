"""The pictures of the handbooks for officers and auditors: an office with vouchers on their way, of factories that
are generated and say so."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from assessor.desk import accounts, entering, houses, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import DAY, Desk
from assessor.desk.office import applying, deciding
from assessor.messages import Language
from assessor.storage import Voucher
from tests.web.handbook_day import WIDTH, Shoot
from tests.web.journeys import Factory, Room, context_of
from tests.web.offices import PROGRAMME, Office, code, run_by, wanted
from tests.web.people import PLANT, joined
from tests.web.test_journeys_filing import begun
from tests.web.test_journeys_office import People, coded, complete, handed_in

NAMES: dict[Language, tuple[str, ...]] = {
    "zh": ("周敏", "吴海", "郑洁"),
    "en": ("Zhou Min", "Wu Hai", "Zheng Jie"),
}
"""Two officers and an auditor."""
OTHERS: dict[Language, tuple[str, ...]] = {
    "zh": ("示例轴承厂", "示例模具厂", "示例食品厂", "示例电机厂", "示例印刷厂", "示例泵阀厂", "示例纺织厂"),
    "en": tuple(
        f"Example {name}" for name in ("bearings", "moulds", "foods", "motors", "print", "pumps", "textiles")
    ),
}
SAID: dict[Language, dict[str, str]] = {
    "zh": {
        "office": "示例区智评券项目办", "owner": "王建国",
        "provider": "甲诊断公司", "other": "乙研究院", "site": "一号厂区",
        "ground": "申请条件已电话核对，记录在案", "return": "请写清楚是哪一个厂区", "use": "诊断对您有用吗",
        "agree": "同意向项目办开放评估结果", "audit": "同意向项目办的审计人员开放申报材料",
    },
    "en": {
        "office": "Example district office", "owner": "Wang Jianguo",
        "provider": "Provider A", "other": "Institute B", "site": "Site one",
        "ground": "Conditions were checked by telephone; note on file", "return": "Say which of the sites it is",
        "use": "Was the diagnosis of use", "agree": "The office may see the result",
        "audit": "The office's auditors may see the filing",
    },
}  # fmt: skip


@dataclass
class Case:
    """An office with everybody's pages, and the one voucher that goes all the way."""

    room: Room
    at: Office
    by: People
    factory: Factory
    owner: Actor
    language: Language

    @property
    def said(self) -> dict[str, str]:
        return SAID[self.language]

    def voucher(self) -> Voucher:
        return applying.of_survey(self.room.desk, self.owner, self.factory.survey)[0][0]

    def open(self, page: Page, more: str = "") -> None:
        page.goto(f"{self.by.office}/vouchers/{self.voucher().id}{more}")


def offices(browser: Browser, room: Room, language: Language, shoot: Shoot) -> None:
    """From the rules to a log that an auditor follows."""
    with opened(browser, room, language) as case, tempfile.TemporaryDirectory() as folder:
        rules(case, shoot)
        decided(case, shoot)
        accepted(case, shoot, Path(folder))
        settled(case, shoot)
        audited(case, shoot)


@contextmanager
def opened(browser: Browser, room: Room, language: Language) -> Iterator[Case]:
    """The office, its people and programme, vouchers of others, and the demonstration plant with its result."""
    at = founded(room.desk, language)
    others(room.desk, at, language)
    tokens = ("", *(one.token for one in (*at.officers, at.auditor)))
    contexts = [context_of(browser, room.server, one, width=WIDTH, language=language) for one in tokens]
    try:
        for context in contexts:
            context.set_default_timeout(90_000)  # a pack is made and checked while one waits
            context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
        pages = [context.new_page() for context in contexts]
        factory = begun(pages[0], room)
        factory.token = next(c["value"] for c in contexts[0].cookies() if c["name"] == "assessor")
        known = entering.known_by_session(room.desk, factory.token)
        assert known is not None
        accounts.rename(room.desk, known.actor, SAID[language]["owner"])
        by = People(*pages, Path(), language, f"/offices/{at.house}")
        yield Case(room, at, by, factory, known.actor, language)
    finally:
        for context in contexts:
            context.close()


def founded(desk: Desk, language: Language) -> Office:
    """With names, a list of providers, two people, and no day that a notice did not set."""
    said = SAID[language]
    house = houses.found(desk, "office", said["office"], demonstration=True)
    officers = (joined(desk, house, "officer"), joined(desk, house, "officer"))
    began = desk.clock() - 41 * DAY  # before the first application of `others`
    before = replace(desk, clock=lambda: began)
    at = run_by(
        before, house, officers, joined(desk, house, "auditor"), cap=20_000, share="0.5", share_of="contract",
        two_people=True, periods=[{"id": "2026", "quota": 10, "budget": 150_000}],
        providers=[{"id": "a", "name": said["provider"]}, {"id": "b", "name": said["other"]}],
        consents=[
            {"id": "result", "text": both("agree"), "opens": "programme"},
            {"id": "filing", "text": both("audit"), "opens": "audit"},
        ],
        asks=[{"id": "use", "text": both("use")}],
    )  # fmt: skip
    for person, name in zip((*at.officers, at.auditor), NAMES[language], strict=True):
        accounts.rename(desk, person.who, name)
    return at


def both(name: str) -> dict[str, str]:
    return {language: said[name] for language, said in SAID.items()}


def asked(desk: Desk, at: Office, who: Actor, survey: str, language: Language) -> Voucher:
    return applying.apply(desk, who, survey, wanted(at, SAID[language]["site"], ("result", "filing")))


def others(desk: Desk, at: Office, language: Language) -> None:
    """Factories that applied in the weeks before: one waits, one has no provider yet, five have one;
    the first was sent back once."""
    first, said = at.first.who, SAID[language]
    for n, name in enumerate(OTHERS[language]):
        house = houses.found(desk, "factory", name, demonstration=True)
        owner = joined(desk, house, "owner").who
        plant = PLANT | {"name": name, "name_en": name, "credit_code": code(n + 1)}
        survey = surveys.begin(desk, owner, house, plant)
        began = desk.clock() - (40 - 4 * n) * DAY

        def on(day: float, began: int = began) -> Desk:
            moment = began + int(day * DAY)
            return replace(desk, clock=lambda: moment)

        made = asked(on(0), at, owner, survey, language)
        if n == len(OTHERS[language]) - 1:
            continue
        if n == 0:
            deciding.send_back(on(0.5), first, made.id, made.step, "return", said["return"])
            made = asked(on(0.9), at, owner, survey, language)
        made = deciding.grant(on(1 + n / 4), first, made.id, made.step, "18000", said["ground"])
        if n < 5:
            applying.choose(on(1.7 + n * 0.45), owner, made.id, made.step, "ab"[n % 2])


def at_top(page: Page, selector: str) -> None:
    """Bring something to the top of the page."""
    page.evaluate("found => document.querySelector(found).scrollIntoView()", selector)


def rules(case: Case, shoot: Shoot) -> None:
    page = case.by.officer
    page.goto(f"{case.by.office}/programmes/{PROGRAMME}")
    at_top(page, "h2:has(+ p + .two [name=share])")
    shoot(page, "office-rules")


def decided(case: Case, shoot: Shoot) -> None:
    """Applied for, and granted after the conditions were looked at."""
    desk = case.room.desk
    coded(case.by, case.factory)
    made = asked(desk, case.at, case.owner, case.factory.survey, case.language)
    case.open(case.by.officer)
    at_top(case.by.officer, ".facts")
    shoot(case.by.officer, "office-decide")
    made = deciding.grant(desk, case.at.first.who, made.id, made.step, "20000", case.said["ground"])
    applying.choose(desk, case.owner, made.id, made.step, "a")


def accepted(case: Case, shoot: Shoot, folder: Path) -> None:
    """Handed in by the factory's own pages; while it waits, the office at a glance; then accepted."""
    complete(case.by, case.room, case.factory, folder)
    handed_in(case.by, case.factory, case.voucher().id)
    page = case.by.officer
    page.goto(case.by.office)
    shoot(page, "office-overview")
    case.open(page)
    form = page.locator("form:has(input[value=accept])")
    form.evaluate("one => one.scrollIntoView({block: 'end'})")
    shoot(page, "office-accept")
    for one in form.locator("label.pick").all():
        one.click()
    form.locator("button").click()
    page.locator(".v-accepted").wait_for()


def settled(case: Case, shoot: Shoot) -> None:
    """By the second officer; the invoice is of more than twice what is paid."""
    page, today = case.by.second, case.room.desk.moment()[:10]
    case.open(page)
    form = page.locator("form:has(input[value=settle])")
    typed = {"invoice": "26312000000000000001", "invoiced": "36000", "day": today, "pay": "18000"}
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    at_top(page, "#decide")
    shoot(page, "office-settle")
    form.locator("button").click()
    page.locator(".v-settled").wait_for()
    page.goto(f"{case.by.office}/flow")
    shoot(page, "office-flow")


def audited(case: Case, shoot: Shoot) -> None:
    """The log is followed, the file is checked anew, the record of one voucher is read."""
    page = case.by.auditor
    page.goto(f"{case.by.office}/log?follow=1")
    shoot(page, "office-log")
    case.open(page, "?verify=1")
    at_top(page, "#again")
    shoot(page, "office-anew")
    at_top(page, "#packs")
    shoot(page, "office-history")
