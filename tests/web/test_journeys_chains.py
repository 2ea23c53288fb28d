"""In Chromium: a leader invites, a supplier comes in and joins, leaves again; and every page of chains and of the
hand-over in both languages, on a phone and on a desk."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from assessor.desk.chain import inviting, joining
from assessor.desk.office import handover
from assessor.desk.office.handover import Entered
from assessor.messages import LANGUAGES
from tests.web.chains import Chain, chain, member, with_result
from tests.web.handed import accepted
from tests.web.journeys import Faults, Room, context_of, picture, shots
from tests.web.judging import faults_of, grave, unfold
from tests.web.offices import Applicant, Office, applicant, code, office

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLATFORM, OTHER = "cmmm-self-diagnosis", "miit-sme-self-test"


@dataclass(frozen=True)
class Scene:
    at: Chain
    asked: Applicant
    """Invited by its credit code, and has not answered."""
    office: Office
    filed: Applicant

    def stops(self) -> Iterator[tuple[str, str, str]]:
        """Session, path, what to call the picture."""
        leader, chain_ = self.at.leader.token, f"/chains/{self.at.house}"
        yield leader, "/plants", "chain-plants"
        yield leader, chain_, "chain"
        yield leader, f"{chain_}?level=1", "chain-level-1"
        yield self.asked.owner.token, f"/surveys/{self.asked.survey}/chains", "chains-own"
        yield self.asked.owner.token, f"/surveys/{self.asked.survey}/leaves", "leaves"
        yield self.office.first.token, f"/offices/{self.office.house}/handover", "handover"
        yield self.office.first.token, f"/offices/{self.office.house}/handover?state=entered", "handover-entered"
        yield self.office.first.token, f"/offices/{self.office.house}/log", "handover-log"
        yield self.filed.owner.token, f"/surveys/{self.filed.survey}/handover", "handover-own"
        yield self.asked.owner.token, f"/surveys/{self.asked.survey}/handover", "handover-none"


@pytest.fixture(scope="module")
def scene(room: Room) -> Iterator[Scene]:
    desk, at = room.desk, chain(room.desk)
    for n in (1, 2, 3):
        with_result(desk, member(desk, at, n), heard=n != 2)
    with_result(desk, member(desk, at, 4), settled=False)
    gone = member(desk, at, 5)
    (left,) = joining.invitations(desk, gone.owner.who, gone.survey)
    joining.leave(desk, gone.owner.who, gone.survey, left.member.id)
    lines = [(n, (f"二级供应商{n}", code(n), "2" if n < 9 else "")) for n in (6, 7, 8, 9)]
    inviting.invite(desk, at.leader.who, at.house, lines)
    asked, unsure = applicant(desk, 6), applicant(desk, 7)
    (no,) = joining.invitations(desk, unsure.owner.who, unsure.survey)
    joining.decline(desk, unsure.owner.who, unsure.survey, no.member.id)
    office_ = office(desk, periods=[{"id": "2026", "quota": 9, "budget": 50_000}])
    filed, other = applicant(desk, 21), applicant(desk, 22)
    with pytest.MonkeyPatch.context() as patch:
        voucher = accepted(desk, office_, filed, patch)
        accepted(desk, office_, other, patch)
    first = handover.enter(desk, filed.owner.who, voucher.id, PLATFORM, 0, Entered("C3-2026-00017", "2026-03-02"))
    handover.judge(desk, office_.first.who, voucher.id, PLATFORM, first.step, "refuse", "缺少盖章的承诺书")
    handover.enter(desk, filed.owner.who, voucher.id, OTHER, 0, Entered("SME-88", "2026-03-03"))
    yield Scene(at, asked, office_, filed)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(browser: Browser, room: Room, scene: Scene, width: int, language: str) -> None:
    folder, faults = shots(), Faults(room.server.address)
    for token, path, name in scene.stops():
        with context_of(browser, room.server, token, width=width, language=language, bypass_csp=True) as context:
            context.add_cookies([{"name": "language", "value": language, "url": room.server.address}])
            page = context.new_page()
            faults.watch(page)
            answer = page.goto(path)
            assert answer is not None and answer.status == 200, path
            picture(page, folder, f"{name}-{language}-{width}")
            unfold(page)
            picture(page, folder, f"{name}-open-{language}-{width}")
            faults.found += [f"{name}: {fault}" for fault in faults_of(page, width, language)]
            if width == 390:
                faults.found += [f"{name}: {fault}" for fault in grave(page)]
    assert "\n".join(faults.found) == ""


def send(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).click()


def test_from_the_list_to_leaving(browser: Browser, room: Room) -> None:
    """The leader pastes a list, with a slip first; a supplier comes in by its code, joins, and leaves again."""
    at, folder = chain(room.desk, "另一条链（测试）"), shots()
    with context_of(browser, room.server, at.leader.token) as theirs, context_of(browser, room.server) as mine:
        leader, own = theirs.new_page(), mine.new_page()
        leader.goto(f"/chains/{at.house}")
        leader.locator("textarea[name=list]").fill(f"新厂,{code(41)},1\n旧厂,1234,1\n")
        send(leader, "textarea[name=list] >> xpath=ancestor::form >> css=button")
        picture(leader, folder, "chain-fault-zh-390")
        assert "第 2 行" in leader.get_by_role("alert").inner_text()
        leader.locator("textarea[name=list]").fill(f"新厂,{code(41)},1\n旧厂,{code(42)},1\n")
        send(leader, "textarea[name=list] >> xpath=ancestor::form >> css=button")
        picture(leader, folder, "chain-codes-zh-390")
        given = leader.locator(".codes .code").all_inner_texts()
        assert len(given) == 2
        own.goto("/enter")
        own.locator("input[name=code]").fill(given[0])
        send(own, "form[action='/enter/code'] button")
        assert "另一条链（测试）" in own.locator(".notice").inner_text()
        picture(own, folder, "newcomer-zh-390")
        own.goto("/plants/new")
        own.locator("input[name=name]").fill("新厂")
        own.locator("input[name=credit_code]").fill(code(41))
        own.locator("input[name=kind][value=discrete]").check()
        send(own, "main form button")
        own.goto("/plants")
        send(own, ".notice a")
        own.locator(".card input[name=agreed]").check()
        send(own, ".card button:has-text('加入')")
        assert own.locator(".card .chip").first.inner_text() == "已加入"
        leader.goto(f"/chains/{at.house}")
        assert leader.locator("#members .chip").all_inner_texts() == ["已加入", "待答复"]
        send(own, ".card button.danger")
        leader.reload()
        assert leader.locator("#members .chip").all_inner_texts() == ["已退出", "待答复"]
