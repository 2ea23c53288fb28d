"""What a leader sees of a chain: it opens by joining and closes by leaving; nothing unknown is shown as none."""

import csv
import io
import re
from collections import Counter
from dataclasses import replace

import pytest

from assessor.desk import answering as answering_
from assessor.desk import consenting, entering, houses, reckoning, surveys
from assessor.desk.chain import inviting, joining, seeing
from assessor.desk.desk import DAY, Counted, Desk
from assessor.domain import Message
from assessor.errors import UnknownError
from assessor.portfolio.group import Brief, brief, groups
from assessor.storage import chains as sql
from assessor.storage import tables
from tests.web.asked import by_session, site
from tests.web.chains import (
    chain,
    invited,
    later,
    listed,
    member,
    now,
    refused,
    seen,
    states,
    with_result,
)
from tests.web.offices import Applicant, applicant, code, office
from tests.web.people import PLANT, come_in, entry
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow


# What a leader sees ---------------------------------------------------------------------------------------------


def test_joining_opens_leaving_closes_and_both_are_seen_at_once(desk: Desk) -> None:
    at = chain(desk)
    own = member(desk, at, 1)
    done = with_result(desk, own)
    (line,) = seen(desk, at).lines
    assert line.brief is not None and line.survey == own.survey
    assert (line.brief.declared, line.brief.verified) == (
        done.rating("declared").level, done.rating("verified").level
    )  # fmt: skip
    assert reckoning.result(desk, now(desk, at.leader), own.survey).done is not None
    joining.leave(desk, own.owner.who, own.survey, line.member.id)
    (line,) = seen(desk, at).lines
    assert (line.state, line.brief, line.survey) == ("left", None, None) and seen(desk, at).groups == ()
    refused(lambda: reckoning.result(desk, now(desk, at.leader), own.survey), "desk.unknown", UnknownError)
    joining.join(desk, own.owner.who, own.survey, line.member.id, agreed=True)
    assert seen(desk, at).lines[0].brief is not None


def test_ending_the_consent_on_its_own_page_is_leaving(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    with_result(lite, own)
    (consent,) = consenting.given(lite, own.owner.who, own.house)
    after = later(lite, DAY)
    consenting.end(after, own.owner.who, own.house, consent.id)
    (line,) = seen(lite, at).lines
    assert (line.state, line.brief) == ("left", None) and line.since > line.member.changed
    (found,) = joining.invitations(lite, own.owner.who, own.survey)
    assert (found.state, found.acts) == ("left", ("join",))
    inviting.renew(lite, at.leader.who, at.house, line.member.id)
    assert states(lite, at) == {code(1): "invited"}


def test_a_result_with_an_open_difference_is_shown_to_no_leader(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    with_result(lite, own, settled=False)
    (line,) = seen(lite, at).lines
    assert (line.brief, line.why) == (None, Message(id="desk.not_settled"))
    told = reckoning.result(lite, now(lite, at.leader), own.survey)
    assert (told.done, told.fault) == (None, Message(id="desk.not_settled"))


def test_a_leader_sees_the_page_of_the_result_and_takes_no_paper_away(lite: Desk) -> None:
    """The one-page summary holds the plan and what may be spent on it: an office reads it, a customer does not."""
    at, programme = chain(lite), office(lite)
    own = member(lite, at, 1)
    with_result(lite, own)
    consenting.agree(lite, own.owner.who, own.house, "programme", programme.house)
    for person, may in ((at.leader, False), (programme.first, True), (own.owner, True)):
        who = now(lite, person)
        assert who.may("result.read", own.house) and who.may("summary.read", own.house) is may
    with site(lite) as web:
        leader, officer = (by_session(lite, one.token) for one in (at.leader, programme.first))
        page = web.get(f"/surveys/{own.survey}/result", leader)
        assert page.status_code == 200 and "/papers/" not in page.text
        assert web.get(f"/surveys/{own.survey}/papers/summary.docx", leader).status_code == 404
        assert web.get(f"/surveys/{own.survey}/plan", leader).status_code == 403
        assert "/papers/summary.docx" in web.get(f"/surveys/{own.survey}/result", officer).text


def test_a_leader_sees_no_other_plant_of_a_factory_that_joined(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    with_result(lite, own)
    other = surveys.begin(lite, own.owner.who, own.house, PLANT | {"credit_code": code(2)})
    bundled = surveys.begin(lite, own.owner.who, own.house, PLANT | {"credit_code": code(1)})
    with_result(lite, Applicant(own.house, own.owner, other), credit_code=code(2))
    with_result(lite, Applicant(own.house, own.owner, bundled), credit_code=code(77))
    leader = now(lite, at.leader)
    assert reckoning.result(lite, leader, own.survey).done is not None
    for survey in (other, bundled):
        with pytest.raises(UnknownError):
            reckoning.result(lite, leader, survey)
    assert surveys.opened_to(lite, leader) == []


def test_a_result_of_another_firm_stands_on_no_line(lite: Desk) -> None:
    """A factory may assess plants of several firms, and a bundle says itself of whom it is."""
    at = chain(lite)
    own = member(lite, at, 1)
    with_result(lite, own, credit_code=code(77))
    (line,) = seen(lite, at).lines
    assert (line.state, line.brief, line.why) == ("joined", None, Message(id="chain.other_result"))
    second = surveys.begin(lite, own.owner.who, own.house, PLANT | {"credit_code": code(1)})
    with_result(lite, Applicant(own.house, own.owner, second))
    (line,) = seen(lite, at).lines
    assert line.survey == second and line.brief is not None and line.others == 0


def test_a_leader_takes_a_member_off_and_sees_nothing_of_it(desk: Desk) -> None:
    at = chain(desk)
    own = member(desk, at, 1)
    with_result(desk, own)
    inviting.remove(desk, at.leader.who, at.house, seen(desk, at).lines[0].member.id)
    assert seen(desk, at).lines == () and now(desk, at.leader).agreed == ()
    assert surveys.get(desk, own.owner.who, own.survey).organisation == own.house
    (one,) = invited(desk, at, 1)  # and may ask again
    assert joining.invitations(desk, own.owner.who, own.survey)[0].member.id == one.member.id


def test_who_declines_is_counted_as_such_and_may_think_again(lite: Desk) -> None:
    at, own = chain(lite), applicant(lite, 1)
    (one,) = invited(lite, at, 1)
    joining.decline(lite, own.owner.who, own.survey, one.member.id)
    assert states(lite, at) == {code(1): "declined"}
    refused(lambda: joining.leave(lite, own.owner.who, own.survey, one.member.id), "chain.no_step.declined")
    joining.join(lite, own.owner.who, own.survey, one.member.id, agreed=True)
    assert states(lite, at) == {code(1): "joined"}


def test_the_group_counts_members_and_sums_machines(lite: Desk) -> None:
    at = chain(lite)
    two = [member(lite, at, n) for n in (1, 2)]
    done = with_result(lite, two[0])
    with_result(lite, two[1], heard=False)
    whole = seen(lite, at)
    (group,) = whole.groups
    level = done.rating("verified").level
    assert (group.plants, group.heard, whole.heard) == (2, 1, 1)
    assert sum(group.declared.values()) == 2 and group.verified == {level: 1}
    used = [a for a in done.assets if a.production and a.in_use]
    machines, own = whole.machines, {a.id for a in used}
    assert machines.of == len(used) >= machines.readable + machines.readable_unknown
    networked = Counter(s.networked.value for s in done.sights if s.asset in own)
    assert machines.networked == networked["met"]
    assert machines.networked_unknown == networked["not_determined"] > 0  # answers to a laptop leave it open
    assert whole.unheard == 1
    short = {c.dimension for c in done.rating("verified").cells if c.level == level + 1 and c.low < 1}
    assert {id_ for id_, _ in group.holds} <= short and all(n == 2 for _, n in group.holds)
    for one in group.reach:
        assert one.reach + one.short + one.unknown == one.of <= 2
    easy, hard = (seen(lite, at, n).groups[0].reach for n in (1, 5))
    assert all(a.reach >= b.reach for a, b in zip(easy, hard, strict=True))


@pytest.mark.parametrize("settled", [True, False])
def test_a_result_from_before_they_were_kept_in_brief_is_told_the_same(lite: Desk, settled: bool) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    done = with_result(lite, own, settled=settled)
    new = seen(lite, at).lines[0]
    with lite.store.write() as c:
        c.execute(tables.results.update().values(brief=None))
    lite = replace(lite, counted=Counted())
    old = seen(lite, at).lines[0]
    assert (old.brief, old.why) == (new.brief, new.why) and (old.brief is None) == (not settled)
    assert Brief.model_validate(brief(done).model_dump(mode="json")) == brief(done)


def test_what_is_reckoned_is_kept_in_brief(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    answering_.save(lite, own.owner.who, own.survey, entry("m5-l2-1", "1"))
    done = reckoned(lite, own.owner.who, own.survey)
    with lite.store.read() as c:
        assert sql.newest_results(c, [own.survey])[own.survey].brief == brief(done).model_dump(mode="json")
    (line,) = seen(lite, at).lines
    assert line.brief is not None and not line.brief.heard and line.brief.machines is None


def test_what_holds_a_plant_back_are_the_cells_of_its_next_level() -> None:
    from tests.web.chains import DEMO, Assessment  # type: ignore[attr-defined]  # noqa: PLC0415

    done = Assessment.model_validate_json(DEMO.read_bytes())
    told = brief(done)
    cells = {c.dimension: c for c in done.rating("verified").cells if c.level == told.verified + 1}
    assert told.holds and all(cells[id_].low < done.framework.satisfied_at for id_ in told.holds)
    others = [c for id_, c in cells.items() if id_ not in told.holds and c.requirements]
    assert all(c.low >= done.framework.satisfied_at for c in others)
    (group,) = groups([told] * 7)
    assert {n for _, n in group.holds} == {7}


# Pages ----------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_list_to_the_picture(lite: Desk) -> None:
    at = chain(lite)
    with site(lite) as web:
        by = by_session(lite, at.leader.token)
        shown = web.send(
            "POST", f"/chains/{at.house}/suppliers", by, data={"guard": by.guard, "list": "甲,1\n乙,2"}
        )
        assert shown.status_code == 422 and "第 1 行" in shown.text and "第 2 行" in shown.text
        assert "甲,1\n乙,2" in shown.text  # what was typed is not lost
        told = {"guard": by.guard, "list": listed(1, 2).decode()}
        shown = web.send("POST", f"/chains/{at.house}/suppliers", by, data=told)
        codes = re.findall(r'class="mono code">([A-Z0-9-]{19})<', shown.text)
        assert shown.status_code == 200 and len(codes) == 2
        page = web.send("GET", f"/chains/{at.house}", by).text
        assert page.count('class="chip">待答复') == 2 and not any(code_ in page for code_ in codes)
        own = applicant(lite, 1)
        mine = by_session(lite, own.owner.token)
        asked = web.send("GET", f"/surveys/{own.survey}/chains", mine).text
        assert "申江整车（测试）" in asked and "任何一题的回答" in asked
        joined_ = {"guard": mine.guard, "code": codes[0], "agreed": "1"}
        assert web.send("POST", f"/surveys/{own.survey}/chains", mine, data=joined_).status_code == 303
        with_result(lite, own)
        page = web.send("GET", f"/chains/{at.house}", by).text
        assert "级，核实后" in page and 'class="chip dark">已加入' in page
        table = web.send("GET", f"/chains/{at.house}/members.csv", by).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [r["状态"] for r in rows] == ["已加入", "待答复"] and rows[0]["核实后等级"].isdecimal()
        assert "/surveys/" not in table and rows[1]["自报等级"] == ""
        home = web.send("GET", "/plants", by).text
        assert f'href="/chains/{at.house}"' in home
        leave = {"guard": mine.guard, "act": "leave"}
        (line,) = [x for x in seen(lite, at).lines if x.state == "joined"]
        to = f"/surveys/{own.survey}/chains/{line.member.id}"
        assert web.send("POST", to, mine, data=leave).status_code == 303
        assert "级，核实后" not in web.send("GET", f"/chains/{at.house}", by).text


def test_what_is_not_known_of_machines_is_not_shown_as_none(lite: Desk) -> None:
    """Of a member that was not heard nothing is known; of one that was, what its machines leave open."""
    at = chain(lite)
    two = [member(lite, at, n) for n in (1, 2)]
    with site(lite) as web:
        by = by_session(lite, at.leader.token)
        with_result(lite, two[1], heard=False)
        page = web.get(f"/chains/{at.house}", by).text
        assert "1 家未采集设备，设备台数和状况未知" in page and "在用生产设备 0 台" not in page
        done = with_result(lite, two[0])
        told = brief(done).machines
        assert told is not None
        page = web.get(f"/chains/{at.house}", by).text
        assert "有可显示结果的 2 家中，1 家采集了设备" in page and "1 家未采集设备" in page
        assert f"已联网 {told.networked} 台（另有 {told.networked_unknown} 台不清楚）" in page
        table = web.get(f"/chains/{at.house}/members.csv", by).content.decode("utf-8-sig")
        heard, unheard = sorted(
            csv.DictReader(io.StringIO(table)), key=lambda row: row["统一社会信用代码"] != code(1)
        )
        assert (heard["已联网"], heard["已联网：不清楚"]) == (str(told.networked), str(told.networked_unknown))
        assert (unheard["在用生产设备"], unheard["已联网"]) == ("", "") and "状况未知" in unheard["说明"]


def test_a_brief_of_an_earlier_format_is_made_anew(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    done = with_result(lite, own)
    old = brief(done).model_dump(mode="json", exclude={"format"}) | {"machines": {"of": 1, "untested": 0}}
    with lite.store.write() as c:
        c.execute(tables.results.update().values(brief=old))
    assert seen(replace(lite, counted=Counted()), at).lines[0].brief == brief(done)


def test_joining_promises_what_the_leader_is_shown(lite: Desk) -> None:
    at = chain(lite)
    own = member(lite, at, 1)
    with_result(lite, own)
    with site(lite) as web:
        asked = web.get(f"/surveys/{own.survey}/chains", by_session(lite, own.owner.token)).text
        leader = by_session(lite, at.leader.token)
        result = web.get(f"/surveys/{own.survey}/result", leader).text
    for words in ("另有几份", "可能性", "有答案的要求占多少", "不清楚的各多少台", "尚未了结", "是否用了邀请码"):
        assert words in asked, words
    for there in ("各等级的可能性", "有答案的要求", "能力子域"):
        assert there in result, there


def test_a_name_in_the_table_acts_in_no_spreadsheet(lite: Desk) -> None:
    at = chain(lite)
    inviting.invite(lite, at.leader.who, at.house, [(1, ('=HYPERLINK("x")', code(1), "1"))])
    with site(lite) as web:
        by = by_session(lite, at.leader.token)
        table = web.send("GET", f"/chains/{at.house}/members.csv", by).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in table and '\n"=' not in table and "\n=" not in table


def test_by_the_terminal_a_chain_is_made_with_its_first_person(lite: Desk) -> None:
    house = houses.found(lite, houses.kind_of("chain"), "某链主")
    person = come_in(lite, houses.issue(lite, house, houses.FIRST["chain"]), "10.9.3.1")
    assert person.who.chains == {house} and seeing.picture(lite, person.who, house, 3).lines == ()
    assert entering.known_by_session(lite, person.token) is not None
