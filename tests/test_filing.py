"""The filing pack: complete by its own checklist, silent about what is open, no byte of it changed unseen."""

import csv
import io
import re
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import cli
from assessor.domain import Assessment, Platform
from assessor.errors import InputError
from assessor.filing import KEYS, check_pack, open_pack
from assessor.filing.entries import cut_off, rows
from assessor.filing.layout import ANNEX, ANSWERS, BUNDLE, FILED, PROMISE, README, REPORTS, SETTLED
from assessor.filing.sheets import settled, settled_rows
from assessor.messages import LANGUAGES, Language, render
from assessor.report.document import runs
from assessor.report.formats import renderer
from assessor.report.papers import written
from assessor.report.pen import Pen
from tests.packs import complete, first, library, pack_of, results, saved, texts
from tests.report_example import six_verdicts

pytestmark = pytest.mark.slow


def open_questions(a: Assessment) -> set[str]:
    return {finding.question for finding in a.findings if not finding.settled}


# The demo plant's pack ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_plants_pack_is_complete_by_its_own_checklist_and_says_it_is_simulated(
    language: Language, tmp_path: Path
) -> None:
    found = check_pack(saved(complete(language), tmp_path / "pack.zip"))
    assert found.holds and found.simulated and not found.faults
    assert {item.outcome for item in found.items} == {"met", "by-hand"}
    assert all(item.simulated for item in found.items)
    files = complete(language).files
    assert render("filing.readme.simulated", language) in texts(README, files[README])
    attached = {name: data for name, data in files.items() if name.startswith("6-")}
    assert len(attached) >= 8
    assert all("simulated" in name or b"simulated" in data for name, data in attached.items())


def test_the_same_pack_is_the_same_bytes() -> None:
    again = complete.__wrapped__("zh")
    assert again.files == complete("zh").files


def test_members_that_stayed_with_the_plant_are_named_in_the_pack_and_by_its_check(pack: Path) -> None:
    found = check_pack(pack)
    named = {str(line.params["name"]) for line in found.held_back}
    assert {"source/samples.parquet", "source/requests.jsonl", "source/scope.yaml"} <= named
    readme = texts(README, complete().files[README])
    for member in first().members:
        assert member.name in readme and member.sha256 in readme


def test_a_pack_that_was_unpacked_is_checked_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in complete().files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    assert check_pack(folder).holds
    (folder / "另加.txt").write_text("x")
    (folder / README).write_bytes(b"another text")
    (folder / PROMISE).unlink()
    ids = {line.id for line in check_pack(folder).faults}
    assert ids == {"bundle.added", "bundle.changed", "bundle.missing"}


# What is open ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_differences_never_occur_in_the_pack_and_stand_in_the_annex(
    language: Language, tmp_path: Path
) -> None:
    made = pack_of(results(tmp_path / "results"), language=language)
    a = first()
    assert open_questions(a) and made.annex is not None
    told = [render(text, language) for f in a.findings for text in (f.ask, f.seen)]
    for name, data in made.files.items():
        words = texts(name, data)
        assert not [text for text in told if text in words], name
    pen = Pen.of(a, language)
    for name in (n for n in made.files if n.startswith(SETTLED)):
        words = texts(name, made.files[name])
        assert not [q for q in open_questions(a) if pen.question(q) in words], name
    annex = texts("annex.xlsx", made.annex)
    assert all(pen.question(q) in annex for q in open_questions(a))


def test_while_a_difference_is_open_bundle_and_report_are_named_and_held_back(tmp_path: Path) -> None:
    file = saved(pack_of(results(tmp_path / "results")), tmp_path / "pack.zip")
    held = open_pack(file).manifest.held_back
    assert {one.name for one in held} == {BUNDLE, f"{REPORTS}/report.html", FILED}
    assert not [name for name in open_pack(file).members if name == BUNDLE or name.startswith(REPORTS)]
    found = check_pack(file)
    assert not found.holds
    missing = {item.item for item in found.items if item.outcome == "missing"}
    assert {"settled", "bundle", "report"} <= missing


def test_figures_that_hang_on_an_open_difference_are_in_no_member_of_the_pack(tmp_path: Path) -> None:
    made = pack_of(results(tmp_path / "results"))
    a, pen = first(), Pen.of(first(), "zh")
    verified = a.rating("verified")
    score = pen.between(verified.score, verified.score_high)
    assert score != pen.between(a.rating("declared").score, a.rating("declared").score_high)
    filed = written(a, "zh", "filed")
    assert score in {run.text for run in runs(filed.blocks)}, "the report for filing would tell it"
    for name, data in made.files.items():
        if name.endswith((".docx", ".xlsx", ".csv", ".html")):
            assert not re.search(
                rf"(?<![\d.]){re.escape(score)}(?![\d.])", re.sub(r"<[^>]*>", "|", texts(name, data))
            ), name


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_the_report_for_filing_is_refused_while_a_difference_is_open(suffix: str) -> None:
    write = renderer(Path(f"filed{suffix}"), paper="filed")
    with pytest.raises(InputError) as caught:
        write(first(), "zh", None)
    assert caught.value.message.id == "filing.report_open"
    assert caught.value.message.params["n"] == len(open_questions(first()))


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 3)))
def test_settled_differences_are_those_that_are_settled_and_no_others(which: set[int]) -> None:
    a = first()
    findings = tuple(f.model_copy(update={"settled": i in which}) for i, f in enumerate(a.findings))
    mixed = a.model_copy(update={"findings": findings})
    pen = Pen.of(a, "zh")
    told = {row[1] for row in settled_rows(mixed, pen)}
    assert told == {pen.question(f.question) for f in findings if f.settled}


def test_an_entry_that_hangs_on_an_open_difference_is_left_empty_and_all_others_are_filled() -> None:
    a, pen = first(), Pen.of(first(), "zh")
    open_ = open_questions(a)
    for platform in library().platforms.values():
        found = rows(platform, a, pen)
        pending = [row for row in found if row.note == render("filing.pending", "zh")]
        assert pending, platform.id
        assert all(row.enter is None and row.verified is None for row in pending)
        told = {pen.question(q) for q in open_}
        assert all(row.enter is None for row in found if row.item in told)
        assert any(row.item == "等级" and row.enter is None for row in found)


# Tables ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_stand_in_the_order_of_the_platform_as_numbers(language: Language) -> None:
    files = complete(language).files
    for platform in library().platforms.values():
        book = openpyxl.load_workbook(io.BytesIO(files[f"{ANSWERS}/{platform.id}.xlsx"]))
        sheet = book.worksheets[0]
        lines = [row for row in sheet.iter_rows(values_only=True) if row[0] and str(row[0]).isdigit()]
        assert [line[2] for line in lines] == [render(e.item, language) for e in platform.entries]
        entered = [row[5] for row in sheet.iter_rows(min_row=5, values_only=True) if row[5] is not None]
        assert sum(isinstance(value, int | float) for value in entered) > 0.95 * len(entered) > 100
        assert files[f"{ANSWERS}/{platform.id}.csv"].startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("hostile", ["=1+1", "+cmd", "@x", "-2+3", "\t=1", "\r=1", "=HYPERLINK(1)"])
def test_a_reply_is_never_a_formula_in_a_table(hostile: str) -> None:
    a = six_verdicts()
    given = next(e.settlement for e in a.evidence if e.settlement)
    reply = given.model_copy(update={"reply": hostile})
    spoilt = tuple(e.model_copy(update={"settlement": e.settlement and reply}) for e in a.evidence)
    book, table = settled(a.model_copy(update={"evidence": spoilt}), Pen.of(a, "en"))
    cells = [cell for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))) for cell in row]
    assert f"'{hostile}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@given(st.fractions(0, 5), st.integers(0, 4))
def test_a_value_is_cut_off_and_never_rounded_up(value: Fraction, places: int) -> None:
    found = cut_off(value, places)
    assert found <= value < found + Fraction(1, 10**places)
    assert (found * 10**places).denominator == 1


def test_an_answer_alone_and_one_of_several_can_be_entries() -> None:
    a, pen = first(), Pen.of(first(), "en")
    text = {"zh": "题", "en": "Q"}
    several = next(q.part_of for q in a.questions if q.part_of)
    platform = Platform.model_validate(
        {"format": "assessor-platform/1", "id": "own", "title": text, "source": text, "status": "own"}
        | {"frameworks": ("cmmm-2020-discrete",)}
        | {"entries": [{"section": text, "item": text, "take": {"question": q}} for q in ("r1-l1-1", several)]}
    )
    one, head, *options = rows(platform, a, pen)
    evidence = {e.question: e for e in a.evidence}
    assert (one.number, one.item, one.enter) == ("1", "Q", evidence["r1-l1-1"].verified)
    assert (head.number, head.enter) == ("2", None)
    assert [row.number for row in options] == [f"2.{i}" for i in range(1, len(options) + 1)]
    assert len(options) == sum(q.part_of == several for q in a.questions)


# The command -----------------------------------------------------------------------------------------------


def test_the_command_makes_a_pack_checks_it_and_lists_its_keys(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    monkeypatch.setenv("ASSESSOR_HOME", str(tmp_path / "home"))
    folder, file = results(tmp_path / "results"), tmp_path / "out/pack.zip"
    for arguments, code in (
        (["file", str(folder), "-o", str(file)], 0),
        (["file", str(folder), "-o", str(file)], 2),
        (["file", "--check", str(file)], 1),
        (["file", "--check", str(file), "--json"], 1),
        (["file", str(folder), "--keys"], 0),
        (["file"], 2),
        (["file", str(folder), "-o", str(tmp_path / "x.zip"), "--checklist", "none"], 2),
        (["file", str(folder), "-o", str(tmp_path / "x.zip"), "--platform", "none"], 2),
        (["file", str(tmp_path / "nowhere"), "-o", str(tmp_path / "x.zip")], 2),
    ):
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        assert (left.value.code or 0) == code, arguments
    assert (tmp_path / f"out/pack-{ANNEX}.xlsx").is_file()
    written = capfdbinary.readouterr().out.decode()
    assert all(f"{{{{{key}}}}}" in written for key in KEYS)


def test_a_checklist_and_a_platform_of_ones_own_take_the_place_of_ours(tmp_path: Path) -> None:
    from assessor.filing import file_pack  # noqa: PLC0415

    own, platform = tmp_path / "own.yaml", tmp_path / "city.yaml"
    base = Path("tests/cases/library")
    own.write_text((base / "checklist-item-twice/checklists/own.yaml").read_text("utf-8").replace(
        "{id: contract, text: {zh: 盖章", "{id: seal, text: {zh: 盖章"), "utf-8")  # fmt: skip
    platform.write_text(
        (base / "platform-unknown-question/platforms/own.yaml")
        .read_text("utf-8")
        .replace("[small]", "[cmmm-2020-discrete]")
        .replace("dimension: a", "dimension: r1")
        .replace("a-l9-1", "r1-l1-1"),
        "utf-8",
    )
    folder = results(tmp_path / "results")
    made = file_pack(folder, tmp_path / "pack.zip", str(own), [str(platform)], [], None, "en")
    assert f"{ANSWERS}/own.csv" in made.files
    found = check_pack(tmp_path / "pack.zip")
    assert [item.item for item in found.items] == ["contract", "seal"] and found.holds
