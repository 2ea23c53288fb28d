"""What a hostile reading found of saving, reckoning and reading what people type, each held here."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import QueryParams

from assessor.desk import answering, attaching, consenting, erasing, reckoning, surveys
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk, new_id
from assessor.desk.reckoner import MOST_LOST, Reckoned, Reckoner
from assessor.errors import InputError, UnknownError
from assessor.storage import Account, Outcome, Person, papers, people
from assessor.web.cards import hundredths
from assessor.web.wishes import read_wishes
from tests.web.asked import by_session, site
from tests.web.people import at_once, entry, factory


@pytest.mark.slow
def test_what_two_agree_to_at_once_is_agreed_to_once(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    found = at_once(*[lambda: consenting.agree(desk, owner.who, house, "peers")] * 6)
    assert len({one.id for one in found}) == 1, found
    assert len(consenting.given(desk, owner.who, house)) == 1


@pytest.mark.slow
def test_what_two_change_in_the_settings_at_once_both_stands(desk: Desk) -> None:
    _, owner, survey = factory(desk)

    def more(name: str) -> Callable[[], Any]:
        def change(stands: dict[str, Any]) -> dict[str, Any]:
            return {"frameworks": [*stands.get("frameworks", []), name]}

        return lambda: surveys.rework_settings(desk, owner.who, survey, change)

    names = [f"framework-{n}" for n in range(6)]
    at_once(*[more(name) for name in names])
    assert sorted(surveys.get(desk, owner.who, survey).settings["frameworks"]) == names


def test_files_that_come_at_once_do_not_take_more_than_there_is_room_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST", 250)
    _, owner, survey = factory(desk)
    found = at_once(
        *[
            lambda n=n: attaching.attach(
                desk, owner.who, survey, Handed("proof", f"{n}.txt", bytes([65 + n]) * 100)
            )
            for n in range(6)
        ]
    )
    assert sum(isinstance(one, InputError) for one in found) == 4, found


def test_what_comes_for_a_survey_that_was_erased_meanwhile_is_told_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owner, survey = factory(desk)
    held = surveys.get(desk, owner.who, survey)
    erasing.erase_survey(desk, owner.who, survey)
    monkeypatch.setattr(surveys, "get", lambda *_: held)
    for act in (
        lambda: attaching.attach(desk, owner.who, survey, Handed("proof", "a.txt", b"a")),
        lambda: answering.mark(desk, owner.who, survey, "m5-l2-1", True),
        lambda: surveys.change_plant(desk, owner.who, survey, {"name": "x"}),
    ):
        with pytest.raises(UnknownError):
            act()


# Results --------------------------------------------------------------------------------------------------------


def test_a_fault_leaves_the_result_from_before(desk: Desk) -> None:
    _, _, survey = factory(desk)
    fault = {"id": "desk.no_answers", "params": {}}
    with desk.store.write() as c:
        papers.keep(c, Outcome(survey, 1, 1, b"one", None, {}))
        papers.keep(c, Outcome(survey, 2, 2, None, fault, None))
        papers.keep(c, Outcome(survey, 3, 3, None, fault, None))
        newest, second, third = (
            papers.latest(c, survey),
            papers.outcome(c, survey, 2),
            papers.outcome(c, survey, 3),
        )
    assert newest is not None and newest.version == 1
    assert second is None and third is not None
    with desk.store.write() as c:
        papers.keep(c, Outcome(survey, 4, 4, b"four", None, {}))
        assert [papers.outcome(c, survey, n) is None for n in (1, 3, 4)] == [True, True, False]


def test_what_a_process_died_over_is_tried_again_and_given_up_in_the_end() -> None:
    reckoner, kept = Reckoner(), list[Reckoned]()
    for n in range(MOST_LOST):
        dead: Future[Reckoned] = Future()
        dead.set_exception(BrokenProcessPool("gone"))
        reckoner._ended(("survey", 1), dead, kept.append)
        assert len(kept) == (n == MOST_LOST - 1)
    assert kept[0].fault is not None and kept[0].assessment is None
    stopped: Future[Reckoned] = Future()
    assert stopped.cancel()
    reckoner._ended(("survey", 2), stopped, kept.append)
    assert len(kept) == 1


@pytest.mark.slow
def test_a_wish_for_what_does_not_exist_is_told_at_once(desk: Desk) -> None:
    """And not by a result that cannot be reckoned any more."""
    _, owner, survey = factory(desk)
    for plan in (
        {"aim": {"kind": "target", "framework": "nowhere", "level": 3}},
        {"without": ["nothing"]},
        {"keep": ["nothing"]},
    ):
        with pytest.raises(InputError):
            surveys.change_settings(desk, owner.who, survey, plan=plan)
    assert "plan" not in surveys.get(desk, owner.who, survey).settings


@pytest.mark.slow
def test_what_is_reckoned_for_a_survey_that_was_erased_is_kept_nowhere(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    held = surveys.get(desk, owner.who, survey)
    erasing.erase_survey(desk, owner.who, survey)
    reckoning._keep(desk, held, Reckoned(b"done", None, {}))
    with desk.store.read() as c:
        assert papers.latest(c, survey) is None


@pytest.mark.slow
def test_a_fault_of_the_database_does_not_tell_what_was_to_be_kept(desk: Desk) -> None:
    _, owner, _ = factory(desk)
    with pytest.raises(IntegrityError) as fault, desk.store.write() as c:
        people.add_account(c, Account(owner.who.account, 0, "zh", None, None), Person("x", "secret", None, None))
    assert "SQL parameters hidden" in str(fault.value)


# What people write ----------------------------------------------------------------------------------------------


def test_a_share_of_endless_digits_is_refused_at_once() -> None:
    begun = time.monotonic()
    assert hundredths("1e20000000") == "1e20000000"
    assert time.monotonic() - begun < 1
    assert (hundredths("35.5"), hundredths("1/3"), hundredths("0.3")) == ("71/200", "1/300", "3/1000")


@pytest.mark.parametrize("budget", [0, 1, 7, 12_345_678, 9_999_999_999, 1_000_000 * 10_000])
def test_money_comes_back_as_it_was_given(budget: int) -> None:
    shown = read_wishes(
        QueryParams(
            {"budget": str(budget / 10_000) if budget < 10**6 else f"{budget // 10_000}.{budget % 10_000:04d}"}
        ),
        None,
    )
    assert shown.budget == budget
    assert read_wishes(QueryParams({"budget": shown.ten_thousands}), None).budget == budget
    assert "e" not in shown.ten_thousands


def test_money_and_days_as_people_type_them() -> None:
    assert read_wishes(QueryParams({"budget": "１，２３４．５"}), None).budget == 12_345_000
    for wrong in ("1e999999999", "nan", "-1", "x", "1e5000"):
        with pytest.raises(InputError):
            read_wishes(QueryParams({"budget": wrong}), None)
    with pytest.raises(InputError):  # days of two phases of three would not have counted
        read_wishes(QueryParams([("budget", "1"), ("days", "10"), ("days", "20"), ("days", "")]), None)


def test_numbers_as_a_chinese_keyboard_writes_them(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    share = next(q.id for q in lite.library.questions.values() if q.kind == "share")
    with site(lite) as web:
        by = by_session(lite, owner.token)
        form = {"value": "３５．５％", "base": "0", "key": new_id()}
        assert web.post(f"/surveys/{survey}/answers/{share}", by, data=form).status_code == 303
        assert surveys.opened(lite, owner.who, survey).given[share].value == "0.355"
        assert 'value="35.5"' in web.get(f"/surveys/{survey}/questions/{share}", by).text


@pytest.mark.slow
@pytest.mark.parametrize("value", ["1e999", "9" * 200, 10**16, "10000000000000000/3"])
def test_a_number_that_no_plant_has_is_refused_and_breaks_no_result(lite: Desk, value: Any) -> None:
    _, owner, survey = factory(lite)
    with pytest.raises(InputError):
        answering.save(lite, owner.who, survey, entry("plan-products", value))


# Pages ----------------------------------------------------------------------------------------------------------


def test_head_says_what_get_would_without_a_body(lite: Desk) -> None:
    with site(lite) as web:
        for path, status in (
            ("/", 200),
            ("/health", 200),
            ("/plants", 303),
            ("/nowhere", 404),
            ("/api/v1/me", 401),
        ):
            looked, got = web.send("HEAD", path), web.get(path)
            assert (looked.status_code, looked.content) == (status, b""), path
            assert looked.headers["content-length"] == got.headers["content-length"]
        assert web.send("HEAD", "/leave").status_code == 405


def test_a_language_is_chosen_for_the_very_page(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    with site(lite) as web:
        by = by_session(lite, owner.token)
        topic = surveys.topics(lite, surveys.opened(lite, owner.who, survey))[0].id
        page = web.get(f"/surveys/{survey}/sections/{topic}?show=open&language=en", by).text
        assert f'name="next" value="/surveys/{survey}/sections/{topic}?show=open"' in page
        asked = web.get(f"/surveys/{survey}/plan?budget=80&aim=most")
        assert asked.headers["location"].endswith("%3Fbudget%3D80%26aim%3Dmost".replace("%3D", "%3D"))
        assert 'value="/enter?next=/plants/new"' in web.get("/enter?next=/plants/new").text


def test_whoever_is_signed_out_comes_back_to_the_page_of_their_form(lite: Desk) -> None:
    _, _, survey = factory(lite)
    at = f"/surveys/{survey}/sections/x"
    with site(lite) as web:
        for referer, expected in (
            (f"http://test{at}", at),
            ("http://elsewhere.example/x", "/"),
            ("http://test//elsewhere.example", "/"),
            ("http://test/\\elsewhere.example", "/"),
        ):
            answer = web.post(f"/surveys/{survey}/answers/m5-l2-1", headers={"referer": referer})
            assert answer.headers["location"] == f"/enter?next={expected}", referer


def test_what_is_turned_away_before_anybody_is_known_says_why_in_both_languages(lite: Desk) -> None:
    with site(lite) as web:
        for headers, status in (({"sec-fetch-site": "cross-site"}, 403), ({"content-length": "9" * 12}, 413)):
            answer = web.send("POST", "/enter/code", headers=headers)
            assert answer.status_code == status
            assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.text) and answer.text.isascii() is False


def test_tries_from_one_network_of_the_sixth_version_are_counted_together(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.requests import Request  # noqa: PLC0415

    from assessor.web.gate import place  # noqa: PLC0415

    def asked(host: str) -> str:
        return place(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert asked("2001:db8::1") == asked("2001:db8::ffff:2") != asked("2001:db8:0:1::1")
    assert (asked("::ffff:10.0.0.1"), asked("10.0.0.1"), asked("nobody")) == ("10.0.0.1", "10.0.0.1", "nobody")
