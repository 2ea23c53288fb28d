"""A second person looks at it: declared interests, hand-in, return with remarks, sign-off of one version; on
either database, also where two act at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assessor.desk import accounts, answering, attaching, declaring, erasing, houses, reckoning, reviewing, surveys
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.reviewing import Remark
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.storage import ledger, people, quality
from tests.web.asked import AtOnce, by_session, site
from tests.web.judged import WHY, Case, Q, refused, three
from tests.web.people import again, at_once, entry, factory, joined
from tests.web.test_leaving import rows

pytestmark = pytest.mark.slow

WHOLE = [Remark("whole", None, "请补充能源部分的证据")]


@pytest.fixture
def case(desk: Desk) -> Case:
    return three(desk)


# The way through ------------------------------------------------------------------------------------------------


def test_it_is_handed_in_returned_handed_in_again_and_signed_off(case: Case) -> None:
    assert case.state() == ("draft", False)
    refused(case.sign, "desk.review_not_handed_in", ConflictError)
    refused(case.hand_in, "desk.review_undeclared", InputError)
    case.declare(case.consultant)
    case.hand_in()
    assert case.state() == ("handed-in", False)
    reviewing.give_back(
        case.desk,
        case.reviewer,
        case.survey,
        [*WHOLE, Remark("question", Q, "谁看过？"), Remark("whole", None, " ")],
    )
    assert case.state() == ("returned", False)
    refused(case.hand_in, "desk.review_lacks.answer", InputError)
    case.say(case.owner, "0.8")
    assert case.state() == ("returned", True)
    case.hand_in(why="已补充证据")
    assert case.against() == {"desk.review_undeclared"}
    refused(case.sign, "desk.review_undeclared", InputError)
    case.declare(case.reviewer)
    assert case.against() == set()
    refused(lambda: case.sign(why="  "), "desk.review_lacks.why", InputError)
    case.sign()
    assert case.state() == ("signed-off", False)
    refused(case.sign, "desk.review_not_handed_in", ConflictError)
    refused(case.hand_in, "desk.review_signed", InputError)
    steps = reviewing.review(case.desk, case.reviewer, case.survey).steps
    assert [(s.number, s.act, s.why, s.account) for s in steps] == [
        (1, "handed-in", "", case.consultant.account),
        (2, "returned", "", case.reviewer.account),
        (3, "handed-in", "已补充证据", case.consultant.account),
        (4, "signed-off", WHY, case.reviewer.account),
    ]
    assert [(r["about"], r["question"]) for r in steps[1].remarks] == [("whole", None), ("question", Q)]
    with case.desk.store.read() as c:
        noted = [e.action for e in ledger.events_of(c, case.house, None) if e.action.startswith("review")]
    assert noted[0] == "review: signed-off" and len(noted) == 4


def test_whatever_changes_later_leaves_a_sign_off_of_an_earlier_version(case: Case) -> None:
    case.declare(case.consultant, case.reviewer)
    case.hand_in()
    case.sign()
    signed = case.version
    changes: list[Callable[[], object]] = [
        lambda: case.say(case.owner, "1"),
        lambda: surveys.change_settings(case.desk, case.owner, case.survey, budget=800_000),
        lambda: surveys.change_plant(case.desk, case.owner, case.survey, {"name": "改名厂"}),
        lambda: attaching.attach(
            case.desk, case.owner, case.survey, Handed("register", "a.csv", "设备编号,设备名称\nA,车床\n".encode())
        ),
    ]
    for change in changes:
        before = case.version
        change()
        assert case.version > before and case.state() == ("signed-off", True)
    found = reviewing.review(case.desk, case.reviewer, case.survey)
    assert found.signed is not None and found.signed.version == signed != case.version
    case.hand_in()
    assert case.state() == ("handed-in", False)
    found = reviewing.review(case.desk, case.reviewer, case.survey)
    assert found.signed is not None and found.signed.version == signed  # still to be seen
    case.sign()
    assert [
        s.version for s in reviewing.review(case.desk, case.owner, case.survey).steps if s.act == "signed-off"
    ] == [
        signed,
        case.version,
    ]


def test_a_version_that_was_not_looked_at_is_neither_handed_in_nor_signed_off(case: Case) -> None:
    case.declare(case.consultant, case.reviewer)
    case.reckon()
    seen = case.version
    case.say(case.owner, "0.8")
    refused(
        lambda: reviewing.hand_in(case.desk, case.consultant, case.survey, seen),
        "desk.review_changed",
        ConflictError,
    )
    current = case.version
    refused(
        lambda: reviewing.hand_in(case.desk, case.consultant, case.survey, current),
        "desk.review_no_result",
        InputError,
    )
    case.hand_in()
    handed = case.version
    case.say(case.owner, "1")
    for version in (handed, case.version, -1):
        refused(lambda version=version: case.sign(version=version), "desk.review_changed", ConflictError)  # type: ignore[misc]
    case.hand_in()
    case.hand_in(case.owner)  # the same once more does nothing, whoever asks
    assert [s.act for s in reviewing.review(case.desk, case.owner, case.survey).steps] == [
        "handed-in",
        "handed-in",
    ]
    case.sign()


# Never the same person ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("did", ["answered", "settled", "register", "proof", "plant", "handed-in"])
def test_whoever_took_part_does_not_sign_off(case: Case, did: str) -> None:
    """Who holds both roles is a consultant of it as soon as they do something."""
    both = case.named("consultant", "身兼二职")
    with case.desk.store.write() as c:
        held = people.memberships_in(c, both.account, case.house)[0]
        people.add_membership(c, replace(held, role="reviewer"))
    both = replace(both, memberships=houses.memberships(case.desk, both.account))
    case.declare(case.consultant, case.reviewer, both)
    given: dict[str, Callable[[], object]] = {
        "answered": lambda: case.say(both, "1", "m5-l2-2"),
        "settled": lambda: surveys.rework_settings(case.desk, both, case.survey, lambda _: {"settlements": []}),
        "register": lambda: attaching.attach(
            case.desk, both, case.survey, Handed("register", "a.csv", "设备编号,设备名称\nA,车床\n".encode())
        ),
        "proof": lambda: attaching.attach(case.desk, both, case.survey, Handed("proof", "a.txt", b"note", Q)),
        "plant": lambda: surveys.change_plant(case.desk, both, case.survey, {"name": "改名厂"}),
        "handed-in": lambda: None,
    }
    given[did]()
    if did == "answered":
        case.say(case.owner, "0.5", "m5-l2-2")  # somebody else's stands by now: they gave it all the same
    case.hand_in(both if did == "handed-in" else None)
    expected = "desk.review_own" if did == "handed-in" else "desk.review_took_part"
    assert case.against(both) == {expected}
    refused(lambda: case.sign(both), expected, AccessError)
    if did == "handed-in":
        refused(lambda: reviewing.give_back(case.desk, both, case.survey, WHOLE), "desk.review_own", AccessError)
    assert case.state() == ("handed-in", False)
    case.sign()


def test_roles_are_asked_at_the_desk_and_again_in_the_transaction(case: Case) -> None:
    case.declare(case.consultant, case.reviewer)
    member = case.named("member", "成员")
    for who in (member, case.reviewer):
        refused(lambda who=who: case.hand_in(who), "desk.not_allowed", AccessError)  # type: ignore[misc]
    case.hand_in(case.owner)
    for who in (member, case.owner, case.consultant):
        refused(lambda who=who: case.sign(who), "desk.not_allowed", AccessError)  # type: ignore[misc]
        refused(
            lambda who=who: reviewing.give_back(case.desk, who, case.survey, WHOLE),
            "desk.not_allowed",
            AccessError,  # type: ignore[misc]
        )
    for who in (member, case.owner):
        with pytest.raises(AccessError):
            case.declare(who)
    _, stranger, _ = factory(case.desk, "别的厂")
    for act in (
        lambda: case.sign(stranger.who),
        lambda: reviewing.review(case.desk, stranger.who, case.survey),
        lambda: declaring.declared(case.desk, stranger.who, case.survey),
    ):
        with pytest.raises(UnknownError):
            act()
    houses.dismiss(case.desk, case.owner, case.house, case.reviewer.account, "reviewer")
    refused(case.sign, "desk.not_allowed", AccessError)  # an Actor from before: the request was under way
    assert case.state() == ("handed-in", False)


def test_no_token_of_a_program_hands_in_declares_or_signs_off(case: Case) -> None:
    case.declare(case.consultant, case.reviewer)
    case.hand_in()
    for who in (case.consultant, case.reviewer):
        program = replace(who, scopes=("read", "write"))
        for act in (
            lambda p=program: reviewing.hand_in(case.desk, p, case.survey, case.version),  # type: ignore[misc]
            lambda p=program: case.sign(p),  # type: ignore[misc]
            lambda p=program: case.declare(p),  # type: ignore[misc]
        ):
            with pytest.raises(AccessError):
                act()


def test_every_consultant_has_declared_and_who_signs_has_a_name(case: Case) -> None:
    case.declare(case.consultant, case.reviewer)
    case.hand_in()
    silent = case.named("consultant", "顾问丙")
    refused(case.sign, "desk.review_silent", InputError)
    case.declare(silent)
    nameless = joined(case.desk, case.house, "reviewer").who
    case.declare(nameless)
    assert case.against(nameless) == {"desk.review_lacks.name"}
    refused(lambda: case.sign(nameless), "desk.review_lacks.name", InputError)
    refused(
        lambda: reviewing.give_back(case.desk, nameless, case.survey, WHOLE), "desk.review_lacks.name", InputError
    )
    case.sign()


# Remarks and declarations ---------------------------------------------------------------------------------------


def test_a_remark_is_about_something_that_is_there(case: Case) -> None:
    case.declare(case.consultant)
    case.hand_in()
    for about, question in (
        ("question", None), ("question", "no-such"), ("whole", Q), ("difference", Q), ("else", None),
    ):  # fmt: skip
        refused(
            lambda a=about, q=question: reviewing.give_back(
                case.desk, case.reviewer, case.survey, [Remark(a, q, "?")]
            ),  # type: ignore[misc]
            "desk.review_about",
            InputError,
        )
    for nothing in ([], [Remark("whole", None, "  ")]):
        refused(
            lambda n=nothing: reviewing.give_back(case.desk, case.reviewer, case.survey, n),  # type: ignore[misc]
            "desk.review_lacks.remark",
        )
    many = WHOLE * (reviewing.MOST + 1)
    refused(lambda: reviewing.give_back(case.desk, case.reviewer, case.survey, many), "desk.review_many")
    reviewing.give_back(case.desk, case.reviewer, case.survey, WHOLE)
    refused(lambda: reviewing.give_back(case.desk, case.reviewer, case.survey, WHOLE), "desk.review_not_handed_in")


@pytest.mark.parametrize(
    "kinds, years, text, lacking",
    [
        ((), None, "", "kind"), (("none", "other"), None, "x", "kind"), (("rich",), None, "x", "kind"),
        (("represents",), None, " ", "text"), (("contract",), None, "x", "years"),
        (("contract",), 0, "x", "years"), (("contract",), 99, "x", "years"),
    ],
)  # fmt: skip
def test_a_declaration_says_what_it_is(
    case: Case, kinds: tuple[str, ...], years: int | None, text: str, lacking: str
) -> None:
    refused(
        lambda: declaring.declare(case.desk, case.reviewer, case.survey, kinds, years, text),
        f"desk.declare_lacks.{lacking}",
        InputError,
    )
    assert declaring.declared(case.desk, case.owner, case.survey) == {}


def test_what_was_declared_before_is_still_seen_and_goes_with_the_person(case: Case) -> None:
    declaring.declare(case.desk, case.consultant, case.survey, ["none"])
    text = "代理某品牌MES"
    declaring.declare(case.desk, case.consultant, case.survey, ["contract", "represents"], 2, text)
    case.declare(case.reviewer)
    held = declaring.declared(case.desk, case.owner, case.survey)
    assert [(d.kinds, d.years) for d in held[case.consultant.account]] == [
        (["none"], None),
        (["represents", "contract"], 2),
    ]
    case.hand_in()
    case.sign()
    told = erasing.export_account(case.desk, case.consultant)
    assert [d["text"] for d in told["declarations"]] == ["", text]
    erasing.erase_account(case.desk, case.consultant)
    assert not rows(case.desk, text) and not rows(case.desk, "顾问甲")
    assert "steps" in rows(case.desk, case.consultant.account)
    assert set(declaring.declared(case.desk, case.owner, case.survey)) == {case.reviewer.account}
    found = reviewing.review(case.desk, case.owner, case.survey)
    assert found.state == "signed-off" and case.consultant.account not in found.names
    packed = erasing.export_survey(case.desk, case.owner, case.survey)
    assert b"review.json" in packed
    erasing.erase_survey(case.desk, case.owner, case.survey)
    assert set(rows(case.desk, case.survey)) == {"events"}


# At once --------------------------------------------------------------------------------------------------------


def test_of_two_who_sign_off_at_once_one_does(case: Case) -> None:
    others = [case.named("reviewer", f"复核{n}") for n in range(4)]
    case.declare(case.consultant, *others)
    case.hand_in()
    version = case.version
    found = at_once(*(lambda who=who: case.sign(who, version) for who in others))  # type: ignore[misc]
    assert found.count(None) == 1
    assert all(isinstance(f, ConflictError) for f in found if f is not None)
    steps = reviewing.review(case.desk, case.owner, case.survey).steps
    assert [s.act for s in steps] == ["handed-in", "signed-off"]


def test_a_change_during_a_sign_off_is_before_it_or_after_it(case: Case) -> None:
    """Never in it: what is signed off at a version is what was handed in at that version."""
    case.declare(case.consultant, case.reviewer)
    values = ("0.8", "1", "0.5", "0", "0.8", "1")
    for value in values:
        case.hand_in()
        version = case.version
        signed, changed = at_once(
            lambda version=version: case.sign(version=version),  # type: ignore[misc]
            lambda value=value: case.say(case.owner, value),  # type: ignore[misc]
        )
        assert changed is None and (signed is None or isinstance(signed, ConflictError))
        state, old = case.state()
        assert old and state == ("signed-off" if signed is None else "handed-in")
        steps = reviewing.review(case.desk, case.owner, case.survey).steps
        assert steps[-1].version == version == case.version - 1


def test_of_returned_and_signed_off_at_once_one_is_done(case: Case) -> None:
    other = case.named("reviewer", "复核丁")
    case.declare(case.consultant, case.reviewer, other)
    case.hand_in()
    version = case.version
    found = at_once(
        lambda: case.sign(version=version),
        lambda: reviewing.give_back(case.desk, other, case.survey, WHOLE),
    )
    assert found.count(None) == 1 and len(reviewing.review(case.desk, case.owner, case.survey).steps) == 2


# Pages ----------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(lite: Desk) -> None:
    desk = replace(lite, reckoner=AtOnce())
    house, owner, survey = factory(desk)
    people_ = {role: joined(desk, house, role) for role in ("consultant", "reviewer")}  # type: ignore[arg-type]
    for name, person in people_.items():
        accounts.rename(desk, person.who, f"<b>{name}</b>")
    answering.save(desk, owner.who, survey, entry(Q, "1"))
    reckoning.result(desk, owner.who, survey)
    here = f"/surveys/{survey}/review"
    with site(desk) as web:
        consultant, reviewer = (by_session(desk, again(desk, p).token) for p in people_.values())
        wrong = web.post(f"{here}/declare", consultant, data={"kind": "other", "text": ""})
        assert wrong.status_code == 422 and 'value="other" checked' in wrong.text
        assert web.post(f"{here}/declare", consultant, data={"kind": "none"}).status_code == 303
        version = surveys.get(desk, owner.who, survey).version
        stale = web.post(f"{here}/hand-in", consultant, data={"version": "x", "why": "先看能源"})
        assert stale.status_code == 409 and "先看能源</textarea>" in stale.text
        assert web.post(f"{here}/hand-in", consultant, data={"version": version}).status_code == 303
        typed = {"about": ["whole", "question"], "question": ["", "no-such"], "text": ["整体意见", "哪里？"]}
        wrong = web.post(f"{here}/return", reviewer, data=typed)
        assert wrong.status_code == 422 and "整体意见</textarea>" in wrong.text and 'value="no-such"' in wrong.text
        shown = web.get(here, reviewer)
        assert f'action="{here}/sign"' not in shown.text and f'action="{here}/return"' in shown.text
        assert web.post(f"{here}/declare", reviewer, data={"kind": "none"}).status_code == 303
        assert f'action="{here}/sign"' in web.get(here, reviewer).text
        assert web.post(f"{here}/sign", reviewer, data={"version": version, "why": WHY}).status_code == 303
        for path in ("", "/review", "/result", "/people"):
            page = web.get(f"/surveys/{survey}{path}", reviewer)
            assert page.status_code == 200 and "<b>reviewer</b>" not in page.text
        assert WHY in web.get(here, reviewer).text
    with desk.store.read() as c:
        assert len(quality.steps_of(c, survey)) == 2
