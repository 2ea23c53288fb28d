"""An office tries an edition on the results that were opened to it: what it sees, and what it does not."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from assessor.desk import answering, consenting, editions, erasing, houses, reckoning, surveys
from assessor.desk.desk import MINUTE, Desk
from assessor.desk.trials import Trials
from assessor.errors import AccessError, InputError, UnknownError
from assessor.forms import load_answers
from assessor.frameworks import Library
from assessor.portfolio.filed import filed
from assessor.present.moving_book import book
from assessor.run import DEMO
from assessor.storage import papers
from assessor.storage import trials as sql
from assessor.storage.tables import extracts
from tests.waiting import until
from tests.web.asked import AtOnce, TriedAtOnce
from tests.web.editions import CMMM, newer
from tests.web.people import Person, again, factory, joined

pytestmark = pytest.mark.slow


@pytest.fixture
def at_once(desk: Desk) -> Desk:
    return replace(desk, reckoner=AtOnce(), trials=TriedAtOnce())


def assessed(desk: Desk, office: str, name: str) -> tuple[str, Person, str]:
    """A factory with a result, opened to an office."""
    house, owner, survey = factory(desk, name)
    answers = load_answers(DEMO / "answers.yaml", desk.library.questions)
    answering.take_over(desk, owner.who, surveys.opened(desk, owner.who, survey), answers)
    consenting.agree(desk, owner.who, house, "programme", office)
    assert reckoning.result(desk, owner.who, survey).done is not None
    return house, again(desk, owner), survey


@pytest.fixture
def office(at_once: Desk) -> Iterator[tuple[str, Person]]:
    house = houses.found(at_once, "office", "主管部门")
    yield house, joined(at_once, house, "officer")


def test_who_moves_and_why(at_once: Desk, office: tuple[str, Person], library: Library) -> None:
    """Two factories of one plant's name stay two; what is named is by consent, and in force is what was."""
    house, officer = office
    owned = [assessed(at_once, house, name) for name in ("甲厂", "乙厂")]
    factory(at_once, "没有同意的厂")
    who = again(at_once, officer).who
    assert editions.count(at_once, who, house) == 2
    before = library.fingerprints
    id_ = editions.hand_in(at_once, who, house, "newer.yaml", newer(library))
    shown = editions.get(at_once, who, house, id_)
    report = shown.report
    assert report is not None and not shown.running and report.plants == 2 and report.faults == ()
    assert {m.file for m in report.moved} == {survey for _, _, survey in owned}
    assert {m.name.zh for m in report.moved} == {"申江测试厂"}
    moved = [m for m in report.moved if m.framework == CMMM]
    assert {m.hangs for m in moved} == {(f"{CMMM}/satisfied_at",)}
    (hanging,) = report.hanging
    assert hanging.moved[CMMM] == 2 and [(t.before, t.after) for t in hanging.change.told] == [("0.8", "0.5")]
    assert all(m.before and m.after and m.after.version == "99" for m in moved)
    assert at_once.library.fingerprints == before
    done = reckoning.result(at_once, owned[0][1].who, owned[0][2]).done
    assert done is not None and done.rating("verified").score == moved[0].before.score  # type: ignore[union-attr]
    sheet = load_workbook(io.BytesIO(book(report, shown.trial.made, "zh")))
    assert sheet["变化的工厂"].max_row == len(report.moved) + 1


def test_consent_that_ended_takes_the_name_out_of_the_report(at_once: Desk, office: tuple[str, Person]) -> None:
    """So does erasing; an auditor sees names only where filings were opened. The report itself keeps no name."""
    house, officer = office
    ours, owner, survey = assessed(at_once, house, "甲厂")
    _, other, erased = assessed(at_once, house, "乙厂")
    who = again(at_once, officer).who
    id_ = editions.hand_in(at_once, who, house, "newer.yaml", newer(at_once.library))
    found = editions.get(at_once, who, house, id_)
    assert found.report is not None and found.unnamed == 0
    all_ = len(found.report.moved)
    with at_once.store.read() as c:
        assert "申江" not in zlib.decompress(sql.report(c, id_) or b"").decode()
    erasing.erase_survey(at_once, other.who, erased)
    (given,) = [c for c in consenting.given(at_once, owner.who, ours) if c.ended is None]
    part = editions.get(at_once, who, house, id_)
    assert part.report is not None and {m.file for m in part.report.moved} == {survey}
    consenting.end(at_once, owner.who, ours, given.id)
    gone = editions.get(at_once, who, house, id_)
    assert gone.report is not None and gone.report.moved == () and gone.unnamed == all_
    auditor = joined(at_once, house, "auditor").who
    seen = editions.get(at_once, auditor, house, id_)
    assert seen.report is not None and seen.report.moved == ()
    with pytest.raises(AccessError):
        editions.hand_in(at_once, auditor, house, "newer.yaml", newer(at_once.library))


def test_what_is_still_to_be_clarified_is_counted_and_not_shown(at_once: Desk, office: tuple[str, Person]) -> None:
    house, officer = office
    _, _, survey = assessed(at_once, house, "甲厂")
    with at_once.store.write() as c:
        kept = papers.latest(c, survey)
        assert kept is not None
        papers.keep(c, replace(kept, differing={"m5-l2-1": "difference-lower"}))
    id_ = editions.hand_in(at_once, again(at_once, officer).who, house, "newer.yaml", newer(at_once.library))
    report = editions.get(at_once, again(at_once, officer).who, house, id_).report
    assert report is not None and (report.hidden, report.plants, report.moved) == (1, 0, ())


def test_nothing_older_stands_in_for_a_result_that_is_still_to_be_clarified(
    at_once: Desk, office: tuple[str, Person]
) -> None:
    """Two firms assess one plant, known by its credit code; of the later result a difference is open."""
    house, officer = office
    found = [assessed(at_once, house, name) for name in ("甲厂", "乙厂")]
    with at_once.store.write() as c:
        for _, _, survey in found:
            assert c.execute(extracts.update().where(extracts.c.survey == survey).values(plant="f" * 64)).rowcount
    who = again(at_once, officer).who

    def tried() -> tuple[int, int, int]:
        id_ = editions.hand_in(at_once, who, house, "newer.yaml", newer(at_once.library))
        report = editions.get(at_once, who, house, id_).report
        assert report is not None
        return report.hidden, report.plants, report.earlier

    assert tried() == (0, 1, 1)
    with at_once.store.write() as c:
        last = papers.latest(c, found[1][2])
        assert last is not None
        papers.keep(c, replace(last, differing={"m5-l2-1": "difference-lower"}))
    assert tried() == (1, 0, 1)


def test_a_result_from_before_this_was_kept_is_read_whole(at_once: Desk, office: tuple[str, Person]) -> None:
    house, officer = office
    _, owner, survey = assessed(at_once, house, "甲厂")
    who = again(at_once, officer).who
    first = editions.get(
        at_once, who, house, editions.hand_in(at_once, who, house, "a.yaml", newer(at_once.library))
    )
    with at_once.store.write() as c:
        kept = papers.latest(c, survey)
        assert kept is not None
        papers.keep(c, kept)  # without what judging again needs
    other = editions.get(
        at_once, who, house, editions.hand_in(at_once, who, house, "a.yaml", newer(at_once.library))
    )
    assert first.report == other.report
    done = reckoning.result(at_once, owner.who, survey).done
    assert done is not None and filed(done).stood[CMMM].level == done.rating("verified").level


@pytest.mark.parametrize(
    ("name", "change", "at"),
    [
        ("newer.yaml", {"law: ladder": "law: ladders"}, "newer.yaml:"),
        ("newer.yaml", {"satisfied_at: 0.8": "satisfied_at: eight"}, "newer.yaml:29"),
        ("newer.yaml", {"      p1: 1\n": ""}, f"frameworks/{CMMM}.yaml:"),
    ],
)
def test_a_faulty_edition_is_refused_with_its_line(
    at_once: Desk, office: tuple[str, Person], name: str, change: dict[str, str], at: str
) -> None:
    house, officer = office
    with pytest.raises(InputError) as caught:
        editions.hand_in(at_once, officer.who, house, name, newer(at_once.library, **change))
    assert (caught.value.place or "").startswith(at)
    assert editions.listed(at_once, officer.who, house) == []


def test_a_zip_is_a_whole_library_and_what_changed_bears_another_version(
    at_once: Desk, office: tuple[str, Person]
) -> None:
    house, officer = office
    parts = dict(at_once.library.parts)
    same = parts | {
        f"frameworks/{CMMM}.yaml": parts[f"frameworks/{CMMM}.yaml"].replace(b"d_at: 0.8", b"d_at: 0.7")
    }
    for given, id_ in ((parts, "edition.nothing_changed"), (same, "library.changed_edition")):
        with pytest.raises(InputError) as caught:
            editions.hand_in(at_once, officer.who, house, "q.zip", zipped(given))
        assert caught.value.message.id == id_
    for data, id_ in ((b"PK no zip", "edition.not_a_zip"), (zipped({"x/y.yaml": b""}), "edition.nothing_in_zip")):
        with pytest.raises(InputError) as caught:
            editions.hand_in(at_once, officer.who, house, "q.zip", data)
        assert caught.value.message.id == id_
    whole = parts | {f"frameworks/{CMMM}.yaml": newer(at_once.library)}
    made = editions.hand_in(at_once, officer.who, house, "q.zip", zipped(whole))
    assert editions.get(at_once, officer.who, house, made).report is not None


def zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for name, data in parts.items():
            out.writestr(f"questionnaires/{name}", data)
    return held.getvalue()


def test_a_trial_that_broke_off_is_told_and_begun_anew(lite: Desk) -> None:
    """The server went while it ran: nobody says that it is done, nor that it goes on for ever."""
    now = [10**18]
    never = Trials()
    never.stopped.set()
    desk = replace(lite, reckoner=AtOnce(), trials=never, clock=lambda: now[0])
    house = houses.found(desk, "office", "主管部门")
    who = joined(desk, house, "officer").who
    id_ = editions.hand_in(desk, who, house, "newer.yaml", newer(desk.library))
    until(lambda: not never.running(id_))
    assert editions.get(desk, who, house, id_).running, "it told of itself a moment ago"
    now[0] += 2 * MINUTE
    assert editions.get(desk, who, house, id_).broken_off
    later = replace(desk, trials=TriedAtOnce())
    editions.again(later, who, house, id_)
    shown = editions.get(later, who, house, id_)
    assert shown.report is not None and shown.report.plants == 0
    editions.remove(later, who, house, id_)
    with pytest.raises(UnknownError):
        editions.get(later, who, house, id_)


def test_other_processes_do_the_work_of_a_server(lite: Desk) -> None:
    """As it is served: a thread beside the pages, and a pool that judges."""
    desk = replace(lite, reckoner=AtOnce(), trials=Trials("processes"))
    house = houses.found(desk, "office", "主管部门")
    officer = joined(desk, house, "officer")
    assessed(desk, house, "甲厂")
    who = again(desk, officer).who
    id_ = editions.hand_in(desk, who, house, "newer.yaml", newer(desk.library))
    until(lambda: not editions.get(desk, who, house, id_).running)
    desk.trials.close()
    report = editions.get(desk, who, house, id_).report
    assert report is not None and report.plants == 1 and report.moved
