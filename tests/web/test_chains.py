"""Chains of suppliers: a list whole or not, a code that one factory takes, and who may what."""

import io
from collections.abc import Callable

import pytest

from assessor.desk import consenting, houses, reckoning
from assessor.desk.access import Actor
from assessor.desk.chain import inviting, joining, seeing
from assessor.desk.desk import DAY, Desk
from assessor.desk.office import deciding, logged, running
from assessor.domain import Message
from assessor.errors import AccessError, AssessorError, ConflictError, InputError, UnknownError
from assessor.forms.suppliers import ListError, suppliers
from assessor.programmes import chains as way
from assessor.storage import chains as sql
from assessor.storage import ledger, people
from tests.web.chains import (
    answering,
    chain,
    invited,
    later,
    member,
    newcomer,
    now,
    refused,
    seen,
    states,
    with_result,
)
from tests.web.offices import Applicant, applicant, code, office
from tests.web.people import at_once, come_in, joined

pytestmark = pytest.mark.slow


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
