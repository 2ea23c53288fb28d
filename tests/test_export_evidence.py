"""What an exported record may prove: that data arrived in a system, never that a machine was read; and says so."""

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessor import gathering, indicators, pipeline
from assessor.bundle import create, open_bundle, reopen, seal
from assessor.domain import EvidenceClass, Measurement, Outcome, Scope, State, sha256
from assessor.errors import InputError
from assessor.facts import facts, sort
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators.seen import Seen, look
from assessor.interpret import interpret
from assessor.messages import LANGUAGES, render
from assessor.report import render_html
from assessor.report.pen import Pen
from assessor.report.unspoken import unspoken
from connectors.export import gather
from tests.exports import TAKEN, WIDE, ns
from tests.kept import Kept
from tests.report_example import altered, example
from tests.test_bundle import KEY, row
from tests.test_facts import table
from tests.test_indicators_rules import STALE, Bench, asset, endpoint, scope

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
ASSETS = [asset("cnc", interface="focas"), asset("press", interface="s7"), asset("saw", interface="none")]


pytestmark = pytest.mark.slow


def written(folder: Path, every: int = 10, rows: int = 60, value: str = "{i}.5") -> Path:
    """An hour of one machine's energy, as an EMS stored it."""
    lines = [
        f"2026-11-24 {i * every // 60:02d}:{i * every % 60:02d}:00,{value.format(i=i)}\n" for i in range(rows)
    ]
    file = folder / "ems.csv"
    file.write_text("time,Energy\n" + "".join(lines), "utf-8")
    return file


def plant(file: Path, of: str = "cnc", *more: dict[str, Any]) -> Scope:
    told = WIDE | {"tags": [{"name": "Energy", "asset": of, "unit": "kWh"}]}
    export = {"id": "ems", "protocol": "export", "address": str(file), "role": "ems", "export": told}
    return scope(ASSETS, [export, *more])


def gathered(plan: Scope, bench: Bench | None = None) -> Seen:
    """The export read for real, beside what a bench put on other endpoints."""
    kept = Kept()
    export = plan.endpoints[0]
    seen = asyncio.run(gather(export, plan, kept, seconds=1, stop=asyncio.Event()))
    other = bench.look(plan) if bench else None
    observations = [seen, *(other.observations if other else ())]
    figures = facts(sort(table(kept.rows))) | (bench.facts if bench else {})
    return look(plan, observations, figures, interpret([seen], plan))


def measured(seen: Seen) -> dict[str, Measurement]:
    return {m.indicator: m for m in indicators.measure_all(seen)}


def outcome(m: Measurement, of: str) -> tuple[Outcome, str, EvidenceClass]:
    line = next(one for one in m.lines if one.subject == of)
    return line.outcome, line.why.id.removeprefix("indicator.why."), line.evidence


def test_a_record_shows_arrival_and_metering_and_says_that_it_is_a_record(tmp_path: Path) -> None:
    found = measured(gathered(plant(written(tmp_path))))
    for name in ("networked", "energy_metered", "digital"):
        assert outcome(found[name], "cnc") == (YES, "recorded", EvidenceClass.EXPORTED)
        assert EvidenceClass.EXPORTED in found[name].rests_on
        assert EvidenceClass.MEASURED not in found[name].rests_on
    why = next(one.why for one in found["networked"].lines if one.subject == "cnc")
    text = render(why, "en")
    assert all(part in text for part in ("WinCC 7.5", "shift leader", "2026-11-25", "Energy"))


def test_a_record_never_shows_that_a_machine_can_be_read_or_connected(tmp_path: Path) -> None:
    found = measured(gathered(plant(written(tmp_path))))
    for name in ("readable", "connectable", "open_protocol"):
        line = outcome(found[name], "cnc")
        assert line[0] is not YES and line[2] is not EvidenceClass.EXPORTED
    silent = ("clock_skew", "protected_access", "good_status", "completeness", "frozen_tags", "units_ranges")
    assert {name: found[name].state for name in silent} == dict.fromkeys(silent, State.NOT_DETERMINED)


def test_the_interval_of_a_record_is_only_an_upper_bound(tmp_path: Path) -> None:
    lines = [
        f"2026-11-24 {i // 6:02d}:{i % 6}0:00," + ",".join(str(i * k + 0.5) for k in range(1, 7))
        for i in range(60)
    ]
    file = tmp_path / "ems.csv"
    file.write_text("time,A,B,C,D,E,F\n" + "\n".join(lines), "utf-8")
    found = measured(gathered(plant(file)))["update_interval"]
    assert (found.low, found.high) == (Fraction(0), Fraction(600))
    assert found.rests_on == (EvidenceClass.EXPORTED,) and not found.absence_tested


@pytest.mark.parametrize(
    ("every", "rows", "value"),
    [(60, 24, "{i}.5"), (10, 20, "{i}.5"), (10, 60, "7"), (10, 60, "-")],
    ids=["hourly", "few", "unchanged", "blank"],
)
def test_what_may_have_been_typed_in_stays_open(tmp_path: Path, every: int, rows: int, value: str) -> None:
    found = measured(gathered(plant(written(tmp_path, every, rows, value))))["networked"]
    assert outcome(found, "cnc")[:2] == (OPEN, "record_sparse")
    assert outcome(found, "press")[:2] == (OPEN, "not_spoken")


def test_a_record_against_the_register_leaves_the_registers_word(tmp_path: Path) -> None:
    found = measured(gathered(plant(written(tmp_path, 60, 24), "saw")))["networked"]
    assert outcome(found, "saw") == (NO, "no_interface", EvidenceClass.DOCUMENT)


def test_a_look_that_says_otherwise_leaves_it_open(tmp_path: Path) -> None:
    plan = plant(written(tmp_path), "cnc", endpoint("scada", "scada"))
    bench = Bench().put("scada", "cnc", STALE).put("scada", "press", {"changes": 20, "stale": False})
    found = measured(gathered(plan, bench))["networked"]
    assert outcome(found, "cnc")[:2] == (OPEN, "record_disagrees")
    assert outcome(found, "press") == (YES, "arrives", EvidenceClass.MEASURED)
    assert found.rests_on[0] is EvidenceClass.MEASURED


def test_a_record_that_could_not_be_read_whole_proves_nothing(tmp_path: Path) -> None:
    lines = written(tmp_path).read_text("utf-8").splitlines()
    wide = [line + f",{line.rpartition(',')[2]}" * 150 for line in lines[1:]]  # more than is handed over at a time
    header = "time,Energy," + ",".join(f"T{i}" for i in range(150))
    file = tmp_path / "wide.csv"
    for end, expected in (("", YES), ('2026-11-24 12:00:00,"' + "x" * 200_000, OPEN)):
        file.write_text("\n".join([header, *wide, end]), "utf-8")
        found = measured(gathered(plant(file)))["networked"]
        assert outcome(found, "cnc")[0] is expected


def test_a_file_that_is_read_twice_counts_once(tmp_path: Path) -> None:
    """As when a run is resumed: values half an hour apart must not seem a quarter of an hour apart."""
    plan = plant(written(tmp_path, 30, 40))
    kept = Kept()
    for _ in range(2):
        seen = asyncio.run(gather(plan.endpoints[0], plan, kept, seconds=1, stop=asyncio.Event()))
    (found,) = facts(sort(table(kept.rows))).values()
    assert (len(kept.rows), found.rows, found.good) == (80, 40, 40)
    outcomes = measured(look(plan, [seen], {found.tag: found}, {}))["networked"]
    assert outcome(outcomes, "cnc")[:2] == (OPEN, "record_sparse")


# From the file to the report ------------------------------------------------------------------------------


ANSWERS = """\
format: assessor-answers/1
plant: {plant}
answers: []
witnessed:
  - asset: press
    shows: networked
    holds: true
    evidence: observed
    system: MES
    proof: {{kind: photograph, title: Screen of the MES, file: photo.jpg, sha256: {digest}}}
    by: assessor
    at: "2026-11-24T09:00:00+08:00"
"""


@pytest.fixture
def photo(tmp_path: Path) -> tuple[Path, str]:
    """A photograph beside an answer file, and its digest."""
    (tmp_path / "photo.jpg").write_bytes(b"light")
    return tmp_path / "answers.yaml", sha256(b"light")


def test_the_report_names_record_person_time_and_digest(tmp_path: Path, photo: tuple[Path, str]) -> None:
    plan = plant(written(tmp_path))
    library = load_library(known_indicators=indicators.load())
    file, digest = photo
    file.write_text(ANSWERS.format(plant=plan.plant.id, digest=digest), "utf-8")
    answers = load_answers(file, library.questions)
    with create(tmp_path / "w", plan.model_dump_json().encode(), plan) as folder:
        asyncio.run(gathering.gather(plan, folder, seconds=1, stop=asyncio.Event()))
        folder.end(False)
        seal(folder, KEY, tmp_path / "s.zip")
    done = pipeline.assess(open_bundle(tmp_path / "s.zip"), answers, library, "cmmm-2020-discrete")
    (record,) = done.records
    assert done.source.requests == 0 and record.taken_at == ns(TAKEN)
    sights = {s.asset: s for s in done.sights}
    assert (sights["cnc"].evidence, sights["cnc"].readable) == (EvidenceClass.EXPORTED, OPEN)
    assert sights["press"].evidence is EvidenceClass.OBSERVED
    for language in LANGUAGES:
        page = render_html(done, language=language)
        cover = page.split("</nav>")[0]
        assert record.sha256 in page and digest in page and "shift leader" in page
        for way in ("export", "witnessed"):
            assert f'{render(f"report.cover.way.{way}", language)} <span class="num">1</span>' in cover
        assert render("report.evidence.exported", language) in page


def test_the_cover_says_how_machines_are_known_that_were_not_asked() -> None:
    """One of three S7 machines is read through a system, one vouched for by papers, one untested."""
    a = example()
    ids = [x.id for x in a.assets if x.production and x.in_use][:3]
    shown = dict(zip(ids, (("met", "measured"), ("met", "document"), (OPEN, None)), strict=True))

    def change(document: dict[str, Any]) -> None:
        for one in document["assets"]:
            one["interface"] = "ethernet-ip" if one["id"] in ids else "opcua"
        for sight in document["sights"]:
            if sight["asset"] in shown:
                found, evidence = shown[sight["asset"]]
                sight |= {"readable": found, "connectable": OPEN, "networked": OPEN, "evidence": evidence}

    (found,) = unspoken(altered(change), Pen.of(a, "en"))
    assert (found.name, found.machines) == ("EtherNet/IP", 3)
    ways = ("aggregator", "told", "untested")
    assert found.ways == [(render(f"report.cover.way.{way}", "en"), 1) for way in ways]


def test_a_photograph_that_was_replaced_is_refused(photo: tuple[Path, str]) -> None:
    library = load_library()
    file, digest = photo
    for given, name in ((digest, None), (digest[::-1], "other_file")):
        file.write_text(ANSWERS.format(plant="p", digest=given), "utf-8")
        if name is None:
            load_answers(file, library.questions)
            continue
        with pytest.raises(InputError) as caught:
            load_answers(file, library.questions)
        assert caught.value.message.id == f"witness.{name}"
        assert caught.value.message.params["sha256"] == digest


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("evidence: observed", "evidence: measured", "too_strong"),
        ("evidence: observed", "evidence: exported", "too_strong"),
        ("kind: photograph", "kind: statement", "too_strong"),
        (", sha256: {digest}", "", "add_digest"),
        ("kind: photograph, title: Screen of the MES, file: photo.jpg, sha256: {digest}",
         "kind: export, title: t", "no_digest"),
    ],
)  # fmt: skip
def test_a_witness_claims_no_more_than_his_proof(photo: tuple[Path, str], old: str, new: str, name: str) -> None:
    file, digest = photo
    assert old in ANSWERS
    text = ANSWERS.replace(old, new)
    if name == "no_digest":
        text = text.replace("evidence: observed", "evidence: exported")
    file.write_text(text.format(plant="p", digest=digest), "utf-8")
    with pytest.raises(InputError) as caught:
        load_answers(file, load_library().questions)
    assert caught.value.message.id == f"witness.{name}"
    assert caught.value.place is not None and caught.value.place.startswith(str(file))


# A resumed run --------------------------------------------------------------------------------------------


def test_a_resumed_run_leaves_the_times_of_a_record_alone(tmp_path: Path) -> None:
    plan = plant(written(tmp_path))
    then = ns("2026-11-24T08:00:00+08:00")
    record = row(1, then)._replace(tag=9, receive=then + 1)
    with create(tmp_path / "w", plan.model_dump_json().encode(), plan) as folder:
        folder.samples([row(1, 5_000)._replace(receive=100_000)])
        folder.samples([record])
        folder.flush()
    with reopen(tmp_path / "w") as folder:
        folder.samples([record, row(1, 10)._replace(receive=200_010)])
        folder.samples([record])
        folder.end(False)
        seal(folder, KEY, tmp_path / "s.zip")
    rows = open_bundle(tmp_path / "s.zip").samples().select(["tag", "mono"]).to_pylist()
    assert [r["mono"] for r in rows if r["tag"] == 9] == [then] * 3
    assert [r["mono"] for r in rows if r["tag"] != 9] == [5_000, 105_010]
