"""The walk of the register: two walk it at once, nothing that was typed is lost, the result says how it went."""

from pathlib import Path

import pytest

from assessor.desk import answering, attaching, demonstration, reckoning, surveys, walking
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.walking import Looked, Stood
from assessor.domain import Walk, drawn
from assessor.errors import AccessError
from assessor.storage import ledger, papers
from tests.web.asked import by_session, site
from tests.web.people import Person, entry, factory, joined
from tests.web.test_reckoning import REGISTER, reckoned, verified

pytestmark = pytest.mark.slow
LIST = "设备编号,设备名称,类别\n" + "".join(f"M-{n:02d},车床 {n} 号,生产设备\n" for n in range(1, 31))


def at_plant(desk: Desk, rows: str = LIST) -> tuple[str, Person, str]:
    house, owner, survey = factory(desk)
    attaching.attach(desk, owner.who, survey, Handed("register", "台账.csv", rows.encode()))
    return house, owner, survey


def new(plate: str, listed: str = "") -> Stood:
    return Stood(plate, listed, "", "")


def test_ten_are_drawn_from_the_register_and_stay_the_same(lite: Desk) -> None:
    house, owner, survey = at_plant(lite)
    first = walking.opened(lite, owner.who, survey)
    assert len(first.ten) == 10 and len(first.assets) == 30 and not first.before
    assert walking.opened(lite, joined(lite, house, "reviewer").who, survey).ten == first.ten
    assert [a.id for a in first.ten] == list(drawn(first.assets, int(survey[:8], 16)))
    _, other, theirs = at_plant(lite)
    assert walking.opened(lite, other.who, theirs).ten != first.ten, "another survey draws others"


def test_what_was_found_stands_in_the_result_its_report_and_its_filing(lite: Desk, tmp_path: Path) -> None:
    house, owner, survey = at_plant(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    before = reckoned(lite, owner.who, survey)
    assert before.register_ is not None and before.register_.list_to_floor is None
    ten = [a.id for a in walking.opened(lite, owner.who, survey).ten]
    consultant = joined(lite, house, "consultant").who
    looked = [Looked(ten[0], "as-listed", ""), Looked(ten[1], "differs", ""), Looked(ten[2], "not-found", "")]
    looked.append(Looked(ten[3], "", ""))
    assert not walking.save(
        lite, consultant, survey, looked, [new("M-07", "yes"), new("无名焊机", "no"), new("M 9")]
    )
    done = reckoned(lite, owner.who, survey)
    assert done.register_ is not None
    assert done.register_.list_to_floor == Walk(walked=3, agreed=1)
    assert done.register_.floor_to_list == Walk(walked=2, agreed=1), "what was not looked up does not count"
    assert done.answers.walk is not None and {line.by for line in done.answers.walk.sought} == {"consultant"}
    filed = verified(reckoning.filing(lite, owner.who, survey, done), tmp_path / "filing.zip")
    assert "无名焊机".encode() in filed.member("answers.yaml")
    with lite.store.read() as c:
        assert ledger.events_of(c, house, None)[0].action == "register walked"


def test_a_bundle_s_list_goes_before_the_register_s(lite: Desk) -> None:
    _, owner, survey = at_plant(lite, REGISTER)
    assert len(walking.opened(lite, owner.who, survey).ten) == 2
    attaching.attach(lite, owner.who, survey, Handed("bundle", "sealed.zip", demonstration.sampled()))
    held = walking.opened(lite, owner.who, survey)
    assert len(held.ten) == 10 and {"cnc01", "cnc02"}.isdisjoint({a.id for a in held.assets})
    walking.save(lite, owner.who, survey, [Looked(held.ten[0].id, "not-found", "")], [])
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    done = reckoned(lite, owner.who, survey)
    assert done.register_ is not None and done.register_.list_to_floor == Walk(walked=1, agreed=0)
    assert done.register_.floor_to_list == Walk(walked=10, agreed=10), "as the scope says: nobody walked it anew"
    with lite.store.write() as c:  # as a bundle was kept before its machines were told
        file = papers.files_of(c, survey, "bundle")[0]
        papers.say_of_file(c, file.id, {k: v for k, v in file.about.items() if k != "assets"})
    assert walking.opened(lite, owner.who, survey).assets == held.assets


def test_another_list_is_walked_anew_and_what_stood_on_the_floor_is_kept(lite: Desk) -> None:
    _, owner, survey = at_plant(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    first = walking.opened(lite, owner.who, survey)
    walking.save(lite, owner.who, survey, [Looked(first.ten[0].id, "as-listed", "")], [new("M-07", "yes")])
    grown = LIST + "M-31,新磨床,生产设备\n"
    attaching.attach(lite, owner.who, survey, Handed("register", "新台账.csv", grown.encode()))
    held = walking.opened(lite, owner.who, survey)
    assert held.before and not held.walk.sought
    assert [(m.plate, m.listed) for m in held.walk.met] == [("M-07", None)]
    done = reckoned(lite, owner.who, survey)
    assert (
        done.register_ is not None
        and done.register_.list_to_floor is None
        and done.register_.floor_to_list is None
    )
    assert not walking.save(lite, owner.who, survey, [], [Stood("M-07", "yes", "M-07", "")])
    assert not walking.opened(lite, owner.who, survey).before
    attaching.attach(lite, owner.who, survey, Handed("register", "又一份.csv", grown.encode()))
    assert not walking.opened(lite, owner.who, survey).before, "the same list in another file is the same list"


def test_two_who_walk_at_once_lose_nothing(lite: Desk) -> None:
    house, owner, survey = at_plant(lite)
    other = joined(lite, house, "consultant").who
    ten = [a.id for a in walking.opened(lite, owner.who, survey).ten]
    blank = [Looked(id_, "", "") for id_ in ten[2:]]
    mine = [Looked(ten[0], "as-listed", ""), Looked(ten[1], "differs", ""), *blank]
    assert not walking.save(lite, owner.who, survey, mine, [new("A"), new("B", "no")])
    theirs = [Looked(ten[0], "not-found", ""), Looked(ten[1], "differs", ""), Looked(ten[2], "as-listed", "")]
    faults = walking.save(lite, other, survey, theirs, [new("C", "yes")])
    assert faults.keys() == {ten[0]} and faults[ten[0]].id == "desk.walked_meanwhile"
    held = walking.opened(lite, owner.who, survey).walk
    assert {line.asset: line.found for line in held.sought} == {
        ten[0]: "as-listed", ten[1]: "differs", ten[2]: "as-listed",
    }  # fmt: skip
    assert [m.plate for m in held.met] == ["A", "B", "C"]
    walking.save(lite, owner.who, survey, [], [Stood("", "", "A", ""), Stood("B", "yes", "B", "no")])
    late = walking.save(lite, other, survey, [], [Stood("A", "yes", "A", ""), Stood("B", "no", "B", "no")])
    assert late.keys() == {"1"} and late["1"].id == "desk.walked_meanwhile"
    assert [(m.plate, m.listed) for m in walking.opened(lite, owner.who, survey).walk.met] == [
        ("B", True), ("C", True),
    ]  # fmt: skip
    walking.save(lite, other, survey, [Looked(ten[1], "", "differs")], [])
    assert ten[1] not in {line.asset for line in walking.opened(lite, owner.who, survey).walk.sought}


def test_there_are_ten_lines_and_nothing_changes_where_nothing_was_changed(lite: Desk) -> None:
    _, owner, survey = at_plant(lite)
    assert not walking.save(lite, owner.who, survey, [], [new(f"P{n}") for n in range(10)])
    assert walking.save(lite, owner.who, survey, [], [new("one more")])["1"].id == "desk.ten_already"
    version = surveys.get(lite, owner.who, survey).version
    stands = [Stood(f"P{n}", "", f"P{n}", "") for n in range(10)]
    assert not walking.save(lite, owner.who, survey, [Looked("m-01", "", "")], stands)
    assert surveys.get(lite, owner.who, survey).version == version
    faults = walking.save(lite, owner.who, survey, [Looked("no-such", "as-listed", "")], [])
    assert faults["no-such"].id == "desk.not_drawn"


def test_who_only_reads_sees_it_and_changes_nothing(lite: Desk) -> None:
    house, owner, survey = at_plant(lite)
    for role in ("member", "reviewer"):
        colleague = joined(lite, house, role)  # type: ignore[arg-type]
        with pytest.raises(AccessError):
            walking.save(lite, colleague.who, survey, [], [new("M-07")])
        with site(lite) as web:
            shown = web.get(f"/surveys/{survey}/walk", by_session(lite, colleague.token)).text
            assert "<fieldset disabled>" in shown and 'name="at"' not in shown
    assert not walking.opened(lite, owner.who, survey).walk.met


def test_a_slip_gives_back_what_was_typed_and_saves_the_rest(lite: Desk) -> None:
    _, owner, survey = at_plant(lite)
    with site(lite) as web:
        by, path = by_session(lite, owner.token), f"/surveys/{survey}/walk"
        ten = [a.id for a in walking.opened(lite, owner.who, survey).ten]
        form = {"asset": ten, "plate": ["", "  铭牌   M 07 ", *[""] * 8], "was-plate": [""] * 10}
        form |= {"was-listed": [""] * 10, "listed-1": "no", "listed-2": "yes", f"found-{ten[0]}": "differs"}
        slip = web.post(path, by, data=form)
        assert slip.status_code == 422 and slip.text.count('class="fault"') == 2
        held = walking.opened(lite, owner.who, survey).walk
        assert [(m.plate, m.listed) for m in held.met] == [("铭牌 M 07", True)]
        assert [(line.asset, line.found) for line in held.sought] == [(ten[0], "differs")]
        assert 'name="listed-2" value="no" checked' in slip.text, "after what stands, the line that was not taken"
        done = web.post(path, by, data=form | {"listed-1": "", "at": "f-2", "plate": [""] * 10, "listed-2": ""})
        assert done.status_code == 303 and done.headers["location"] == f"{path}#f-2"
        assert web.get(path, by).text.count("可能是") == 1, "what it may be in the list is told"
        strange = {"plate": ["\x00\u202e冲\x1b床\x07"], "was-plate": [""], "was-listed": [""], "listed-1": "yes"}
        assert web.post(path, by, data=strange).status_code == 303
        assert walking.opened(lite, owner.who, survey).walk.met[-1].plate == "冲床"
        late = {"plate": ["X9"], "was-plate": ["gone"], "was-listed": [""], "listed-1": "no"}
        told = web.post(path, by, data=late)
        assert told.status_code == 422 and 'value="X9"' in told.text
