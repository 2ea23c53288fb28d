"""Watching over quality at the desk and on its page, on both databases: what is read, seen, said and kept."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from assessor.desk import answering, consenting, declaring, houses, looking_over, watching
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.watching import Standing
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.portfolio.watching import Case
from assessor.storage import LookRun, Step, ledger, quality, tables
from assessor.storage import surveys as storage_surveys
from assessor.storage import watching as sql
from benchmarks.portfolios import ITEMS, again, honest, second
from tests.waiting import until
from tests.web.asked import LookAtOnce, by_session, site
from tests.web.people import Person, entry, factory, joined
from tests.web.people import again as known_again
from tests.web.watched_offices import Filled, fill

pytestmark = pytest.mark.slow

COUNT = 45


@pytest.fixture
def here(desk: Desk) -> Desk:
    """A desk that looks at once."""
    return replace(desk, looker=LookAtOnce())


def planted() -> list[Case]:
    """Honest factories, with one of each kind of thing among them."""
    cases = honest(COUNT, 5, assessors=3)
    cases[3] = replace(cases[3], answers=cases[9].answers, files=cases[9].files)
    score = 0.0
    cases[20] = replace(cases[20], declared=replace(cases[20].declared, level=1, score=score))
    later = again(cases[20], 5, 1)
    cases.append(replace(later, declared=replace(later.declared, level=4, score=4.0)))
    cases[30] = second(cases[30], "r1", 0.5, 1)
    return cases


def office(desk: Desk, role: Any = "officer") -> tuple[str, Person]:
    id_ = houses.found(desk, "office", "经信委")
    return id_, joined(desk, id_, role)


def looked(desk: Desk, cases: Sequence[Case], **more: Any) -> tuple[str, Person, Filled, Standing]:
    id_, officer = office(desk)
    held = fill(desk, id_, cases, **more)
    officer = known_again(desk, officer)
    watching.begin(desk, officer.who, id_)
    return id_, officer, held, watching.standing(desk, officer.who, id_)


def kinds(told: Standing) -> list[str]:
    return [s.query.kind for s in told.shown]


def test_a_look_finds_what_was_planted_and_names_it(here: Desk) -> None:
    _, _, held, told = looked(here, planted())
    assert told.look is not None and (told.look.surveys, told.look.factories) == (COUNT + 1, COUNT)
    assert kinds(told) == ["proofs", "copied", "jumps"]
    for shown in told.shown[:2]:
        assert set(shown.query.factories) == {held.houses["o00003"], held.houses["o00009"]}
    assert told.factories[held.houses["o00003"]] == "工厂 o00003" and not told.running and not told.old
    assert told.look.pairs[0].pairs == 12 and told.shown[0].questions == ()
    assert told.now is not None and told.now.step == "agreement"


def test_what_changed_since_the_result_and_what_is_open_is_not_looked_at(here: Desk) -> None:
    cases = planted()
    id_, officer, held, told = looked(here, cases, open_=["s00003"])
    assert told.look is not None and told.look.open == 1 and told.look.surveys == COUNT
    assert "copied" not in kinds(told) and "proofs" not in kinds(told)
    with here.store.write() as c:
        c.execute(tables.extracts.update().values(version=1))
    with here.store.read() as c:
        few = dict(sql.degrees_of(c, [held.surveys["s00009"]], ["0", "0.5", "0.8", "1"]))
    assert len(few[held.surveys["s00009"]].split(" ")) == (len(cases[9].answers) + 8) // 9
    assert watching.standing(here, officer.who, id_).old


def test_only_what_was_opened_to_this_office(here: Desk) -> None:
    id_, officer = office(here)
    other, _ = office(here)
    fill(here, other, planted())
    fill(here, id_, planted(), purposes=["audit"])
    watching.begin(here, known_again(here, officer).who, id_)
    told = watching.standing(here, officer.who, id_)
    assert told.look is not None and told.look.surveys == 0 and told.shown == ()
    with pytest.raises(UnknownError):
        watching.standing(here, officer.who, other)


def test_whoever_ended_their_consent_is_not_shown_any_more(here: Desk) -> None:
    id_, officer, held, told = looked(here, planted())
    house = held.houses["o00009"]
    owner = joined(here, house, "owner")
    (given,) = consenting.given(here, owner.who, house)
    consenting.end(here, owner.who, house, given.id)
    now = watching.standing(here, known_again(here, officer).who, id_)
    assert kinds(now) == ["jumps"] and now.withdrawn == 1 and now.hidden == 2 and now.old
    assert house not in now.factories
    with pytest.raises(UnknownError):
        watching.say(here, officer.who, id_, told.shown[0].query.id, "aside", "x", told.shown[0].query.stands)
    watching.begin(here, officer.who, id_)
    now = watching.standing(here, officer.who, id_)
    assert now.withdrawn == 0 and now.look is not None and now.look.factories == COUNT - 1


def test_which_questions_sees_only_whom_the_filings_are_open_to(here: Desk) -> None:
    id_, officer, held, _ = looked(here, planted(), purposes=["programme", "audit"])
    auditor = joined(here, id_, "auditor")
    told = watching.standing(here, auditor.who, id_)
    copied = next(s for s in told.shown if s.query.kind == "copied")
    assert copied.questions == copied.query.questions and copied.questions
    assert all(s.questions == () for s in watching.standing(here, officer.who, id_).shown)
    owner = joined(here, held.houses["o00003"], "owner")
    given = next(g for g in consenting.given(here, owner.who, held.houses["o00003"]) if g.purpose == "audit")
    consenting.end(here, owner.who, held.houses["o00003"], given.id)
    told = watching.standing(here, known_again(here, auditor).who, id_)
    assert next(s for s in told.shown if s.query.kind == "copied").questions == ()


def test_what_was_said_holds_until_the_evidence_changes(here: Desk) -> None:
    cases = planted()
    id_, officer, held, told = looked(here, cases)
    query = told.shown[0].query

    def say(state: str, why: str = "", stands: str = "") -> None:
        watching.say(here, officer.who, id_, query.id, state, why, stands or query.stands)

    for state in ("answered", "aside"):
        with pytest.raises(InputError):
            say(state, "  ")
    with pytest.raises(InputError):
        say("guilty", "x")
    with pytest.raises(ConflictError):
        say("aside", "x", "0" * 64)
    say("aside", "同一集团的制度文件")
    shown = watching.standing(here, officer.who, id_).shown[0]
    assert (shown.state, shown.changed, shown.said[-1].why) == ("aside", False, "同一集团的制度文件")
    watching.begin(here, officer.who, id_)
    assert watching.standing(here, officer.who, id_).shown[0].state == "aside"
    with here.store.write() as c:
        survey, gone = held.surveys["s00003"], cases[3].files[0].digest
        c.execute(tables.files.delete().where((tables.files.c.survey == survey) & (tables.files.c.sha256 == gone)))
    watching.begin(here, officer.who, id_)
    shown = watching.standing(here, officer.who, id_).shown[0]
    assert (shown.query.id, shown.state, shown.changed, len(shown.said)) == (query.id, "open", True, 1)
    with here.store.read() as c:
        acts = [e.action for e in ledger.events_of(c, id_, None)]
    assert acts.count("quality: aside") == 1 and acts.count("quality looked at") == 3


def test_an_auditor_reads_and_does_nothing(here: Desk) -> None:
    id_, _, _, told = looked(here, planted())
    auditor = joined(here, id_, "auditor")
    query = told.shown[0].query
    assert watching.standing(here, auditor.who, id_).shown
    for act in (
        lambda: watching.begin(here, auditor.who, id_),
        lambda: watching.say(here, auditor.who, id_, query.id, "aside", "x", query.stands),
    ):
        with pytest.raises(AccessError):
            act()
    stranger = Actor("0" * 32, ())
    with pytest.raises(UnknownError):
        watching.standing(here, stranger, id_)


def test_the_table_names_nobody(here: Desk) -> None:
    cases = [replace(c, assessors=frozenset({"a1"})) for c in planted()]
    id_, officer, held, told = looked(here, cases)
    rows = list(csv.reader(io.StringIO(watching.exported(here, officer.who, id_, "zh").decode("utf-8-sig"))))
    assert len(rows) == 1 + len(told.shown) and rows[1][2] == "2"
    text = repr(rows)
    for name in ("工厂 o", "评估师 a", *held.houses.values(), *held.people.values(), *held.surveys.values()):
        assert name not in text


def test_real_and_generated_factories_are_never_looked_at_together(here: Desk) -> None:
    id_, officer = office(here)
    fill(here, id_, planted(), generated=True)
    officer = known_again(here, officer)
    watching.begin(here, officer.who, id_)
    told = watching.standing(here, officer.who, id_)
    assert told.look is not None and told.look.generated and kinds(told)
    fill(here, id_, honest(3, 1))
    watching.begin(here, officer.who, id_)
    told = watching.standing(here, officer.who, id_)
    assert told.look is not None and not told.look.generated and told.look.surveys == 3


def test_what_somebody_represents_is_declared_and_read(here: Desk) -> None:
    id_, officer = office(here)
    house, _, survey = factory(here)
    consultant = joined(here, house, "consultant")
    some = sorted(here.library.recommendations)[:2]
    with pytest.raises(InputError):
        declaring.declare(here, consultant.who, survey, ["represents"], None, "代理", ["no-such-thing"])
    declaring.declare(here, consultant.who, survey, ["represents"], None, "代理", some)
    declaring.declare(here, consultant.who, survey, ["other"], None, "x", some)
    with here.store.read() as c:
        assert [d.solutions for d in quality.declared(c, survey)] == [some, None]
        assert sql.represented(c, [survey]) == {consultant.who.account: set(some)}  # whatever is said of it later
    cases = honest(60, 3, assessors=2)
    own = [replace(c, plan=ITEMS[:5] if "a0000" in c.assessors else ITEMS[20:26]) for c in cases]
    held = fill(here, id_, own, represents={"a0000": ITEMS[:5], "a0001": None})
    watching.begin(here, known_again(here, officer).who, id_)
    told = watching.standing(here, known_again(here, officer).who, id_)
    (shown,) = [s for s in told.shown if s.query.kind == "own_products"]
    assert shown.query.assessors == (held.people["a0000"],) and told.people[held.people["a0000"]] == "评估师 a0000"


def test_whose_assessment_it_is(here: Desk) -> None:
    """Whoever answered as a consultant, or handed it in as one of that factory; not its owner, nor a stranger."""
    house, owner, survey = factory(here)
    one, other, elsewhere = (joined(here, house, "consultant") for _ in range(3))
    away = joined(here, houses.found(here, "factory", "别处"), "consultant")
    answering.save(here, one.who, survey, entry("m5-l2-1", "1"))
    answering.save(here, owner.who, survey, entry("m5-l2-2", "1"))
    with here.store.write() as c:
        for n, who in enumerate((other, owner, away), 1):
            quality.add_step(c, survey, Step(n, "handed-in", 1, who.who.account, n, "", []))
        quality.add_step(c, survey, Step(4, "returned", 1, elsewhere.who.account, 4, "", []))
    with here.store.read() as c:
        found = set(sql.assessors_of(c, [survey]))
    assert found == {(survey, one.who.account), (survey, other.who.account)}


def test_a_look_that_is_lost_or_silent_can_be_begun_anew(desk: Desk) -> None:
    class Nobody(LookAtOnce):
        def start(self, _work: Any, _job: Any, lost: Any) -> None:
            self.lost = lost

    looker = Nobody()
    here = replace(desk, looker=looker)
    id_, officer = office(here)
    watching.begin(here, officer.who, id_)
    told = watching.standing(here, officer.who, id_)
    assert told.running and told.look is None
    watching.begin(here, officer.who, id_)
    with here.store.read() as c:
        assert len(c.execute(tables.looks.select()).all()) == 1
    looker.lost()
    told = watching.standing(here, officer.who, id_)
    assert not told.running and told.now is not None and told.now.fault == {"id": "watching.lost", "params": {}}
    with here.store.write() as c:
        old = here.clock() - watching.SILENT - 1
        sql.begin(c, LookRun("f" * 32, id_, officer.who.account, here.clock(), "copied", 5, 9, old))
    assert not watching.standing(here, officer.who, id_).running
    watching.begin(replace(here, looker=LookAtOnce()), officer.who, id_)
    told = watching.standing(here, officer.who, id_)
    assert told.look is not None and told.look.surveys == 0


def test_a_look_says_that_it_is_still_there(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_over, "BEAT", 0.01)
    id_, officer = office(here)
    long_ago = here.clock() - 2 * watching.SILENT
    with here.store.write() as c:
        sql.begin(c, LookRun("f" * 32, id_, officer.who.account, long_ago, "copied", 5, 9, long_ago))
    assert not watching.standing(here, officer.who, id_).running
    with looking_over._alive(here.store, "f" * 32):
        until(lambda: watching.standing(here, officer.who, id_).running)


def test_a_look_in_a_process_of_its_own(desk: Desk) -> None:
    id_, officer = office(desk)
    fill(desk, id_, planted())
    officer = known_again(desk, officer)
    watching.begin(desk, officer.who, id_)
    try:
        until(lambda: not watching.standing(desk, officer.who, id_).running, 240)
        told = watching.standing(desk, officer.who, id_)
        assert told.now is not None and told.now.fault is None
        assert kinds(told) == ["proofs", "copied", "jumps"]
    finally:
        desk.looker.close()


def test_what_is_erased_is_gone_from_the_next_look(here: Desk) -> None:
    id_, officer, held, _ = looked(here, planted())
    with here.store.write() as c:
        storage_surveys.remove(c, held.surveys["s00009"])
    watching.begin(here, officer.who, id_)
    assert kinds(watching.standing(here, officer.who, id_)) == ["jumps"]


def test_the_page_asks_and_keeps_what_is_said(lite: Desk) -> None:
    here = replace(lite, looker=LookAtOnce())
    id_, officer = office(here)
    with site(here) as web:
        by = by_session(here, officer.token)
        path = f"/offices/{id_}/quality"
        assert "还没有查看过" in web.get(path, by).text
        fill(here, id_, planted(), generated=True)
        assert web.post(f"{path}/look", by).status_code == 303
        page = web.get(path, by).text
        assert page.count('<article class="card asked"') == 3 and "工厂 o00003" in page and "模拟" in page
        query = watching.standing(here, known_again(here, officer).who, id_).shown[0].query
        form = {"query": query.id, "stands": query.stands, "state": "answered", "why": ""}
        refused = web.post(f"{path}/answer", by, data=form)
        assert refused.status_code == 422 and "请写明" in refused.text
        late = web.post(f"{path}/answer", by, data=form | {"why": "<b>问过</b>", "stands": "0"})
        assert late.status_code == 409 and "&lt;b&gt;问过" in late.text
        assert web.post(f"{path}/answer", by, data=form | {"why": "<b>问过</b>"}).status_code == 303
        shown = web.get(f"{path}?show=all", by).text
        assert "已答复" in shown and "&lt;b&gt;问过" in shown
        assert web.get(path, by).text.count('<article class="card asked"') == 2
        table = web.get(f"{path}.csv", by)
        assert table.headers["content-type"].startswith("text/csv") and "已答复" in table.text
        assert f'href="{path}"' in web.get(f"/offices/{id_}", by).text
