"""Chains of suppliers: a list whole or not, a code that one factory takes, consent that opens and closes."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from assessor.desk import answering as answering_
from assessor.desk import consenting, entering, houses, reckoning, surveys
from assessor.desk.access import Actor
from assessor.desk.chain import inviting, joining, seeing
from assessor.desk.desk import DAY, Counted, Desk
from assessor.desk.office import deciding, logged, running
from assessor.domain import Message
from assessor.errors import AccessError, AssessorError, ConflictError, InputError, UnknownError
from assessor.forms.suppliers import ListError, suppliers
from assessor.portfolio.group import INTEGRATED, Brief, brief, groups
from assessor.programmes import chains as way
from assessor.storage import chains as sql
from assessor.storage import ledger, people, tables
from tests.web.asked import by_session, site
from tests.web.chains import (
    Chain,
    answering,
    chain,
    invited,
    later,
    listed,
    member,
    newcomer,
    now,
    with_result,
)
from tests.web.offices import Applicant, applicant, code, office
from tests.web.people import PLANT, at_once, come_in, entry, joined
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow


def refused(act: Callable[[], object], id_: str, kind: type[AssessorError] = AssessorError) -> None:
    with pytest.raises(kind) as told:
        act()
    assert told.value.message.id == id_


def seen(desk: Desk, at: Chain, level: int = INTEGRATED) -> seeing.Picture:
    return seeing.picture(desk, now(desk, at.leader), at.house, level)


def states(desk: Desk, at: Chain) -> dict[str, str]:
    return {line.member.credit_code: line.state for line in seen(desk, at).lines}


# The list -------------------------------------------------------------------------------------------------------


def test_a_list_names_every_line_that_is_wrong_and_invites_nobody(lite: Desk) -> None:
    at = chain(lite)
    invited(lite, at, 7)
    wrong = "\n".join((
        "企业名称,统一社会信用代码,层级", f"甲,{code(1)},1", f",{code(2)},1", "丙,123,2", f"丁,{code(1)},", "",
        f"戊,{code(7)},10", f"己,{code(3)},2,多", f"庚,{code(4)[:-1]}{'0' if code(4)[-1] != '0' else '1'},3",
    ))  # fmt: skip
    with pytest.raises(ListError) as told:
        inviting.invite(lite, at.leader.who, at.house, inviting.listed(wrong.encode()))
    assert [(f.line, f.message.id) for f in told.value.faults] == [
        (3, "chain.list.name"), (4, "filing.check.code_length"), (5, "chain.list.twice"), (7, "chain.list.held"),
        (7, "chain.list.tier"), (8, "chain.list.cells"), (9, "filing.check.code_check"),
    ]  # fmt: skip
    assert told.value.faults[2].message.params == {"code": code(1), "line": 2}
    with lite.store.read() as c:
        assert [m.credit_code for m in sql.of_chain(c, at.house)] == [code(7)]
        assert len(people.organisations_of_kind(c, "factory")) == 1


@pytest.mark.parametrize("given", [
    f"某某厂\t{code(1)}\t2", f"某某厂；x,{code(1).lower()},第2级", f"名称;代码;层级\n某某厂;{code(1)};2",
    f" 某某厂 , {code(1)[:9]} {code(1)[9:]} ,Tier 2", f"某某厂,{code(1)},２",
])  # fmt: skip
def test_a_list_is_read_as_it_is_written(given: str) -> None:
    (one,) = suppliers(inviting.listed(given.encode()))
    assert (one.name[:3], one.credit_code, one.tier) == ("某某厂", code(1), 2)


def test_a_list_out_of_a_spreadsheet_is_read_too() -> None:
    from openpyxl import Workbook  # noqa: PLC0415

    book, out = Workbook(), io.BytesIO()
    for row in (("供应商名称", "信用代码", "层级"), ("甲", code(1), 1), ("乙", code(2), None)):
        book.active.append(row)
    book.save(out)
    found = suppliers(inviting.listed(out.getvalue(), "名单.xlsx"))
    assert [(s.name, s.credit_code, s.tier) for s in found] == [("甲", code(1), 1), ("乙", code(2), None)]


def test_an_empty_list_and_too_long_a_one_are_told() -> None:
    refused(lambda: suppliers(inviting.listed("企业名称,代码\n\n".encode())), "chain.list.empty", InputError)
    many = [(n, (f"厂{n}", code(n))) for n in range(1, 1002)]
    refused(lambda: suppliers(many), "chain.list.too_many", InputError)
    assert len(suppliers(many[:1000])) == 1000


def test_two_lists_at_once_invite_a_supplier_once(desk: Desk) -> None:
    at = chain(desk)
    found = at_once(*[lambda: invited(desk, at, 1, 2)] * 4)
    assert sum(isinstance(one, list) for one in found) == 1
    assert all(isinstance(one, list | ListError) for one in found), found
    with desk.store.read() as c:
        assert len(sql.of_chain(c, at.house)) == 2
        assert len(people.organisations_of_kind(c, "factory")) == 2


# The code, and who takes it -------------------------------------------------------------------------------------


def test_somebody_new_comes_in_by_the_code_and_finds_the_invitation(desk: Desk) -> None:
    at = chain(desk)
    (one,) = invited(desk, at, 1)
    owner = come_in(desk, one.code, "10.9.0.1")
    assert owner.who.roles(owner.who.organisations()[0]) == ("owner",)
    assert [(f.name, c.id) for f, c in joining.waiting(desk, owner.who)] == [("供应商1", at.house)]
    made = newcomer(desk, one, 1)  # the code is their way in until they have another
    assert states(desk, at) == {code(1): "invited"} and seen(desk, at).lines[0].came_in
    joining.join(desk, made.owner.who, made.survey, answering(desk, made, at), agreed=True)
    (line,) = seen(desk, at).lines
    assert (line.state, line.member.by_code, line.why) == ("joined", True, Message(id="chain.no_result"))
    assert joining.waiting(desk, owner.who) == []


def test_a_factory_that_is_here_joins_by_the_code_and_nothing_is_left_of_the_one_made_for_it(desk: Desk) -> None:
    at, own = chain(desk), applicant(desk, 1)
    (one,) = invited(desk, at, 1)
    joining.join_by_code(desk, own.owner.who, own.survey, one.code, agreed=True)
    (line,) = seen(desk, at).lines
    assert (line.state, line.member.factory, line.member.by_code) == ("joined", own.house, True)
    with desk.store.read() as c:
        assert [o.id for o in people.organisations_of_kind(c, "factory")] == [own.house]
    refused(lambda: come_in(desk, one.code, "10.9.0.2"), "desk.bad_code", InputError)


def test_two_factories_take_one_code_and_one_of_them_joins(desk: Desk) -> None:
    at = chain(desk)
    (one,) = invited(desk, at, 1)
    both = [applicant(desk, 1) for _ in range(2)]

    def take(own: Applicant) -> str:
        joining.join_by_code(desk, own.owner.who, own.survey, one.code, agreed=True)
        return own.house

    found = at_once(*(lambda own=own: take(own) for own in both))  # type: ignore[misc]
    (winner,) = [house for house in found if isinstance(house, str)]
    assert [p.message.id for p in found if isinstance(p, AssessorError)] == ["desk.bad_code"]
    with desk.store.read() as c:
        (member,) = sql.of_chain(c, at.house)
        assert (member.factory, member.state, member.invitation) == (winner, "joined", None)
        assert [x.organisation for x in ledger.consents_to(c, [at.house])] == [winner]


def test_of_a_newcomer_and_a_factory_that_is_here_one_takes_the_code(desk: Desk) -> None:
    """Whoever comes in by it first has it, and the other is told; never both, whoever was quicker."""
    at, own = chain(desk), applicant(desk, 1)
    (one,) = invited(desk, at, 1)
    found = at_once(
        lambda: joining.join_by_code(desk, own.owner.who, own.survey, one.code, agreed=True),
        lambda: come_in(desk, one.code, "10.9.1.1"),
    )
    assert [p.message.id for p in found if isinstance(p, AssessorError)] == ["desk.bad_code"], found
    with desk.store.read() as c:
        (member,) = sql.of_chain(c, at.house)
        came = member.invitation is not None and bool(people.came_in(c, [member.invitation]))
    assert (member.state == "joined") != came


def test_two_factories_with_one_credit_code_answer_an_invitation_and_one_does(desk: Desk) -> None:
    at, both = chain(desk), [applicant(desk, 1) for _ in range(2)]
    invited(desk, at, 1)
    ids = {answering(desk, own, at) for own in both}
    assert len(ids) == 1
    (id_,) = ids
    join = [
        lambda own=own: joining.join(desk, own.owner.who, own.survey, id_, agreed=True)  # type: ignore[misc]
        for own in both
    ]
    found = at_once(*join)
    assert sorted(str(getattr(p, "message", Message(id="chain.state.joined")).id) for p in found) == [
        "chain.state.joined", "chain.taken",
    ]  # fmt: skip
    (line,) = seen(desk, at).lines
    assert (line.state, line.member.by_code) == ("joined", False)  # and the leader is told so
    assert sum(bool(joining.invitations(desk, own.owner.who, own.survey)) for own in both) == 1


def test_once_somebody_came_in_by_the_code_no_other_finds_the_invitation(lite: Desk) -> None:
    at, other = chain(lite), applicant(lite, 1)
    (one,) = invited(lite, at, 1)
    assert answering(lite, other, at)
    made = newcomer(lite, one, 1)
    assert joining.invitations(lite, other.owner.who, other.survey) == []
    refused(lambda: joining.join(lite, other.owner.who, other.survey, one.member.id, agreed=True), "chain.taken")
    refused(lambda: inviting.renew(lite, at.leader.who, at.house, one.member.id), "chain.came_in", ConflictError)
    joining.join(lite, made.owner.who, made.survey, one.member.id, agreed=True)


def test_a_code_opens_nothing_but_the_credit_code_that_was_invited(lite: Desk) -> None:
    at, other = chain(lite), applicant(lite, 2)
    (one,) = invited(lite, at, 1)
    join = lambda: joining.join_by_code(lite, other.owner.who, other.survey, one.code, agreed=True)  # noqa: E731
    refused(join, "chain.other_code", InputError)
    assert states(lite, at) == {code(1): "invited"}
    newcomer(lite, one, 1)  # and it was not used up


def test_nobody_joins_without_having_agreed(lite: Desk) -> None:
    at, own = chain(lite), applicant(lite, 1)
    (one,) = invited(lite, at, 1)
    refused(lambda: joining.join(lite, own.owner.who, own.survey, one.member.id, agreed=False), "chain.not_agreed")
    refused(
        lambda: joining.join_by_code(lite, own.owner.who, own.survey, one.code, agreed=False), "chain.not_agreed"
    )
    assert consenting.given(lite, own.owner.who, own.house) == []


def test_a_code_that_is_too_old_or_was_replaced_opens_nothing(lite: Desk) -> None:
    at, own = chain(lite), applicant(lite, 1)
    (one,) = invited(lite, at, 1)
    old = later(lite, houses.INVITED + DAY)
    refused(lambda: joining.join_by_code(old, own.owner.who, own.survey, one.code, agreed=True), "desk.bad_code")
    new = inviting.renew(lite, at.leader.who, at.house, one.member.id)
    assert new.code != one.code and new.member.id == one.member.id
    refused(lambda: joining.join_by_code(lite, own.owner.who, own.survey, one.code, agreed=True), "desk.bad_code")
    joining.join_by_code(lite, own.owner.who, own.survey, new.code, agreed=True)
    refused(lambda: inviting.renew(lite, at.leader.who, at.house, one.member.id), "chain.joined_already")


def test_what_is_generated_and_what_is_real_do_not_meet(lite: Desk) -> None:
    at, own = chain(lite, demonstration=True), applicant(lite, 1)
    (one,) = invited(lite, at, 1)
    assert joining.invitations(lite, own.owner.who, own.survey) == []
    refused(
        lambda: joining.join_by_code(lite, own.owner.who, own.survey, one.code, agreed=True), "chain.other_world"
    )


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


# Who may what ---------------------------------------------------------------------------------------------------


def test_an_office_is_no_chain_and_a_chain_no_office(lite: Desk) -> None:
    at, programme = chain(lite), office(lite)
    leader, officer = at.leader.who, programme.first.who
    foreign: list[Callable[[], object]] = [
        lambda: running.runs(lite, leader, at.house),
        lambda: running.begin(lite, leader, at.house, "shanghai-assessment-voucher"),
        lambda: deciding.listed(lite, leader, at.house, deciding.Search()),
        lambda: logged.log(lite, leader, at.house),
        lambda: houses.grant_voucher(lite, leader, at.house, "某厂"),
        lambda: houses.keep_for(lite, leader, at.house, 30),
        lambda: seeing.picture(lite, officer, programme.house, 3),
        lambda: inviting.invite(lite, officer, programme.house, [(1, ("甲", code(1)))]),
        lambda: seeing.picture(lite, officer, at.house, 3),
        lambda: running.runs(lite, leader, programme.house),
    ]
    for act in foreign:
        refused(act, "desk.unknown", UnknownError)
    auditor = joined(lite, at.house, "auditor").who
    refused(lambda: seeing.picture(lite, auditor, at.house, 3), "desk.not_allowed", AccessError)


def test_of_another_chain_nobody_learns_anything(lite: Desk) -> None:
    at, other = chain(lite), chain(lite, "另一条链")
    own = member(lite, at, 1)
    with_result(lite, own)
    (line,) = seen(lite, at).lines
    strange: list[Callable[[Actor], object]] = [
        lambda who: seeing.picture(lite, who, at.house, 3),
        lambda who: inviting.remove(lite, who, at.house, line.member.id),
        lambda who: inviting.remove(lite, who, other.house, line.member.id),
        lambda who: inviting.renew(lite, who, other.house, line.member.id),
        lambda who: reckoning.result(lite, who, own.survey),
    ]
    for act in strange:
        refused(lambda act=act: act(now(lite, other.leader)), "desk.unknown", UnknownError)  # type: ignore[misc]
    assert seen(lite, other).lines == ()


def test_a_chain_is_opened_results_to_and_nothing_else(lite: Desk) -> None:
    at, own = chain(lite), applicant(lite, 1)
    for purpose in ("audit", "raw"):
        refused(
            lambda purpose=purpose: consenting.agree(lite, own.owner.who, own.house, purpose, at.house),  # type: ignore[misc]
            "desk.bad_receiver",
        )


def test_whoever_was_dismissed_meanwhile_invites_nobody(lite: Desk) -> None:
    at = chain(lite)
    with lite.store.write() as c:
        people.remove_membership(c, at.leader.who.account, at.house, "officer")
    refused(lambda: invited(lite, at, 1), "desk.not_allowed", AccessError)


# Laws of the table ----------------------------------------------------------------------------------------------


def test_every_state_has_a_way_on_and_only_a_factory_opens_itself() -> None:
    known = ("invited", "joined", "declined", "left")
    for state in known:
        assert way.allowed(state, "factory"), state
        for act, move in way.MOVES.items():
            after = way.after(act, state)
            assert (after is None) == (state not in move.before) and after in (None, *known)
            assert after != "joined" or move.side == "factory"
    for agreed in (True, False):
        for state in known:
            assert way.stands(state, agreed=agreed) == ("left" if (state, agreed) == ("joined", False) else state)


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
