"""Results: from answers alone, from a bundle, from exports of the plant's systems; the plan's what-if; peers."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from assessor import audit
from assessor.bundle import Bundle, open_bundle
from assessor.desk import (
    answering,
    attaching,
    consenting,
    demonstration,
    entering,
    exports,
    houses,
    reckoning,
    surveys,
)
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.desk.erasing import end_of_keeping
from assessor.desk.exports import Said
from assessor.domain import Assessment, State
from assessor.errors import AccessError, InputError, UnknownError
from assessor.forms import load_answers
from assessor.run import DEMO
from assessor.storage import StoredFile, papers
from connectors.export.draft import Draft
from tests.waiting import until
from tests.web.people import again, come_in, entry, factory, joined

REGISTER = (
    "设备编号,设备名称,类别,接口,控制系统\nCNC01,数控车床,生产设备,OPC UA,FANUC\nCNC02,数控铣床,生产设备,无,PLC\n"
)
ROWS = "".join(f"2026-11-24 {8 + m // 60:02d}:{m % 60:02d}:00,{10 + m % 7},{20 + m % 5}\n" for m in range(0, 480))
EXPORT = f"时间,CNC01.功率(kW),CNC02.功率(kW)\n{ROWS}"
SAID = Said(
    role="scada", system="WinCC 7.5", taken_by="设备科", taken_at="2026-11-25T08:00:00+08:00", time="时间",
    time_format="iso", time_zone="Asia/Shanghai", assets={"CNC01.": "cnc01", "CNC02.": "cnc02"},
    units={"CNC01.功率(kW)": "kW", "CNC02.功率(kW)": "kW"},
)  # fmt: skip


pytestmark = pytest.mark.slow


def reckoned(desk: Desk, who: Actor, survey: str) -> Assessment:
    """The result of a survey as it stands, once it is there."""

    def there() -> bool:
        standing = reckoning.result(desk, who, survey)
        assert standing.fault is None, standing.fault
        return standing.done is not None and not standing.old

    until(there)
    return reckoning.assessment(desk, who, survey)


def handed(desk: Desk, who: Actor, survey: str, kind: str, name: str, data: str | bytes) -> StoredFile:
    content = data.encode() if isinstance(data, str) else data
    return attaching.attach(desk, who, survey, Handed(kind, name, content))  # type: ignore[arg-type]


def verified(data: bytes, file: Path) -> Bundle:
    """A bundle for filing that holds, judged again."""
    file.write_bytes(data)
    found = audit.verify(file)
    assert found.holds, found.lines
    return open_bundle(file)


def test_answers_alone_give_a_result_that_says_no_machine_was_heard(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    told = reckoning.result(lite, owner.who, survey)
    assert told.done is None and told.fault is not None and told.fault.id == "desk.no_answers" and not told.running
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    done = reckoned(lite, owner.who, survey)
    assert done.source is None and done.tested == 0 and not done.measurements
    assert done.plant.name.zh == "申江测试厂" and len(done.answers.answers) == 1
    before = done.made
    answering.save(lite, owner.who, survey, entry("m5-l2-2", "0.5"))
    assert reckoning.result(lite, owner.who, survey).old
    assert reckoned(lite, owner.who, survey).made > before


def test_a_result_that_ends_while_somebody_asks_is_the_one_that_is_told(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never the one from before with nothing under way: nobody would know to look again."""
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(lite, owner.who, survey)
    answering.save(lite, owner.who, survey, entry("m5-l2-2", "0.5"))
    running = lite.reckoner.running

    def ended(key: tuple[str, int]) -> bool:
        until(lambda: not running(key))
        return running(key)

    monkeypatch.setattr(lite.reckoner, "running", ended)
    standing = reckoning.result(lite, owner.who, survey)
    assert not standing.running and not standing.old


def test_the_demonstration_has_machines_heard_and_goes_away_with_its_visitor(lite: Desk) -> None:
    entered, survey = demonstration.enter(lite, "127.0.0.1", "zh")
    known = entering.known_by_session(lite, entered.token)
    assert known is not None
    done = reckoned(lite, known.actor, survey)
    assert done.plant.simulated and done.source is not None and done.tested > 0 and done.findings
    differing = reckoning.differing(lite, surveys.get(lite, known.actor, survey))
    assert differing and set(differing) <= set(lite.library.questions)
    given = load_answers(DEMO / "answers.yaml", lite.library.questions)
    assert {a.question for a in done.answers.answers} == {a.question for a in given.answers}
    made = reckoning.what_if(lite, known.actor, survey, {"budget": 300_000, "plan": {}})
    assert made.budget == 300_000 and sum(c.cost for c in made.choices) <= 300_000
    nothing = reckoning.what_if(lite, known.actor, survey, {"budget": 0, "plan": {"aim": {"kind": "most"}}})
    assert not nothing.choices
    with pytest.raises(InputError):
        reckoning.what_if(lite, known.actor, survey, {"budget": -5})


def test_a_filing_holds_with_the_wishes_of_its_plan(lite: Desk, tmp_path: Path) -> None:
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    wishes = {"aim": {"kind": "payback"}, "phase_days": [10, 20, 30], "without": ["andon"]}
    surveys.change_settings(lite, owner.who, survey, budget=500_000, plan=wishes)
    done = reckoned(lite, owner.who, survey)
    assert done.answers.plan.without == ("andon",)
    assert b"payback" in verified(reckoning.filing(lite, owner.who, survey, done), tmp_path / "f.zip").member(
        "answers.yaml"
    )


def test_an_export_becomes_evidence_once_a_person_says_how_to_read_it(lite: Desk, tmp_path: Path) -> None:
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    export = handed(lite, owner.who, survey, "export", "历史.csv", EXPORT)
    found = Draft.model_validate(export.about["draft"])
    assert exports.named(found) == ("CNC01.", "CNC02.")
    with pytest.raises(InputError) as told:
        exports.confirm(lite, owner.who, survey, export.id, SAID)
    assert told.value.message.id == "desk.register_first"
    handed(lite, owner.who, survey, "register", "台账.csv", REGISTER)
    assert reckoned(lite, owner.who, survey).source is None
    exports.confirm(lite, owner.who, survey, export.id, SAID)
    done = reckoned(lite, owner.who, survey)
    assert done.source is not None and [r.system for r in done.records] == ["WinCC 7.5"]
    networked = next(m for m in done.measurements if m.indicator == "networked")
    assert networked.state is State.MEASURED and networked.low == Fraction(1)
    listed = {f.id: f for f in attaching.listed(lite, owner.who, survey)}
    assert listed[export.id].about["record"]["rows"] == 480
    assert done.vantage is None and done.register_ is not None and "上传" in done.register_.source.zh
    filed = verified(reckoning.filing(lite, owner.who, survey, done), tmp_path / "filing.zip")
    assert filed.manifest.source == done.source.bundle
    assert {m.name for m in filed.manifest.members if m.withheld} >= {
        "source/scope.yaml",
        "source/samples.parquet",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"taken_at": "yesterday"},
        {"role": "machine"},
        {"assets": {"CNC01.": "nobody"}},
        {"time": "no such column"},
        {"time_format": "%d.%m.%Y"},
    ],
)
def test_a_wrong_word_on_an_export_is_named_and_changes_nothing(lite: Desk, wrong: dict[str, object]) -> None:
    _, owner, survey = factory(lite)
    handed(lite, owner.who, survey, "register", "台账.csv", REGISTER)
    export = handed(lite, owner.who, survey, "export", "历史.csv", EXPORT)
    version = surveys.get(lite, owner.who, survey).version
    with pytest.raises(InputError) as told:
        exports.confirm(lite, owner.who, survey, export.id, Said(**{**vars(SAID), **wrong}))  # type: ignore[arg-type]
    assert told.value.place == "历史.csv"
    assert surveys.get(lite, owner.who, survey).version == version


def test_a_bundle_makes_the_plant_its_own_and_one_of_another_firm_is_refused(lite: Desk, tmp_path: Path) -> None:
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    handed(lite, owner.who, survey, "bundle", "sealed.zip", demonstration.sampled())
    assert surveys.get(lite, owner.who, survey).plant["id"] == "demo"
    done = reckoned(lite, owner.who, survey)
    assert done.source is not None and done.sights
    filed = reckoning.filing(lite, owner.who, survey, done)
    _, other, theirs = factory(lite, "乙厂")
    surveys.change_plant(lite, other.who, theirs, {"name": "乙厂", "credit_code": "91310000MA1FL11111"})
    with pytest.raises(InputError) as told:
        handed(lite, other.who, theirs, "bundle", "filing.zip", filed)
    assert told.value.message.id == "desk.other_plant"
    surveys.change_plant(lite, other.who, theirs, {"name": "乙厂"})
    answering.save(lite, other.who, theirs, entry("m5-l2-1", "0.5"))
    handed(lite, other.who, theirs, "bundle", "filing.zip", filed)
    theirs_done = reckoned(lite, other.who, theirs)
    assert theirs_done.measurements == done.measurements
    first, again_ = (
        verified(data, tmp_path / f"{n}.zip")
        for n, data in enumerate((filed, reckoning.filing(lite, other.who, theirs, theirs_done)))
    )
    assert done.source.bundle == first.manifest.source == again_.manifest.source
    assert [m.name for m in first.manifest.members if m.withheld] == [
        m.name for m in again_.manifest.members if m.withheld
    ]
    assert [a.value for a in theirs_done.answers.answers] == [Fraction(1, 2)]


def test_an_office_sees_results_while_the_factory_agrees_and_nothing_else(lite: Desk) -> None:
    house, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(lite, owner.who, survey)
    office = houses.found(lite, "office", "区项目办")
    officer = joined(lite, office, "officer")
    with pytest.raises(UnknownError):
        reckoning.result(lite, officer.who, survey)
    given = consenting.agree(lite, owner.who, house, "programme", office)
    seen = again(lite, officer).who
    assert reckoning.result(lite, seen, survey).done is not None
    assert [s.id for s in surveys.opened_to(lite, seen)] == [survey]
    for act in (surveys.opened, attaching.listed):
        with pytest.raises(AccessError):
            act(lite, seen, survey)
    consenting.end(lite, owner.who, house, given.id)
    with pytest.raises(UnknownError):
        reckoning.result(lite, again(lite, officer).who, survey)


def test_no_peers_below_ten_real_plants_that_were_heard(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    handed(lite, owner.who, survey, "register", "台账.csv", REGISTER)
    export = handed(lite, owner.who, survey, "export", "历史.csv", EXPORT)
    exports.confirm(lite, owner.who, survey, export.id, SAID)
    done = reckoned(lite, owner.who, survey)
    with lite.store.read() as c:
        kept = papers.latest(c, survey)
    assert kept is not None
    for n in range(10):
        assert reckoning.among(done, reckoning.peers(lite, survey)) is None
        house, other, theirs = factory(lite, f"厂 {n}")
        with lite.store.write() as c:
            papers.keep(c, replace(kept, survey=theirs))
        consenting.agree(lite, other.who, house, "peers")
    assert reckoning.among(done, reckoning.peers(lite, survey)) is not None
    unheard = done.model_copy(update={"source": None})
    assert reckoning.among(unheard, reckoning.peers(lite, survey)) is None


def test_no_office_sees_an_open_difference(lite: Desk) -> None:
    entered, survey = demonstration.enter(lite, "127.0.0.1", "en")
    known = entering.known_by_session(lite, entered.token)
    assert known is not None
    done = reckoned(lite, known.actor, survey)
    assert any(not f.settled for f in done.findings)
    office = houses.found(lite, "office", "District office", demonstration=True)
    officer = joined(lite, office, "officer")
    consenting.agree(lite, known.actor, surveys.get(lite, known.actor, survey).organisation, "programme", office)
    shown = reckoning.result(lite, again(lite, officer).who, survey)
    assert shown.done is None and shown.fault is not None and shown.fault.id == "desk.not_settled"


def test_a_programme_says_how_long_data_are_kept(lite: Desk) -> None:
    office = houses.found(lite, "office", "市项目办")
    officer = joined(lite, office, "officer")
    houses.keep_for(lite, officer.who, office, 30)
    owner = come_in(lite, houses.grant_voucher(lite, officer.who, office, "甲厂"))
    survey = surveys.begin(lite, owner.who, owner.who.organisations()[0], {"name": "甲厂", "kind": "discrete"})
    until = surveys.get(lite, owner.who, survey).keep_until
    assert until is not None
    assert end_of_keeping(lite) == 0
    assert end_of_keeping(replace(lite, clock=lambda: until + 1)) == 1
    with pytest.raises(UnknownError):
        surveys.get(lite, owner.who, survey)
