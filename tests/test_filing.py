"""The filing pack: complete by its own checklist, silent about what is open, no byte of it changed unseen."""

import contextlib
import csv
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import cli
from assessor.domain import Assessment, Item, Message, Platform, canonical, sha256
from assessor.errors import InputError
from assessor.filing import KEYS, Made, check_pack, open_pack
from assessor.filing.checking import _interviewees, _plan
from assessor.filing.container import PackManifest, signed
from assessor.filing.entries import cut_off, rows
from assessor.filing.layout import ANNEX, ANSWERS, BUNDLE, FILED, PROMISE, README, REPORTS, SETTLED, inside
from assessor.filing.promise import promise
from assessor.filing.reports import beside, fault
from assessor.filing.sheets import settled, settled_rows
from assessor.messages import LANGUAGES, Language, render
from assessor.report import render_html
from assessor.report.document import runs
from assessor.report.formats import renderer
from assessor.report.papers import written
from assessor.report.pen import Pen
from assessor.report.word import render_word
from tests.golden import KEY
from tests.packs import changed, complete, first, library, pack_of, results, saved, texts
from tests.papers import altered
from tests.report_example import six_verdicts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(complete(), tmp_path_factory.mktemp("pack") / "pack.zip")


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


def made_anew(made: Made, product: str | None = None, **more: bytes | None) -> Made:
    """A pack with other members, signed again by whoever changed it."""
    manifest = PackManifest.model_validate_json(made.files["manifest.json"])
    files = {n: d for n, d in (made.files | more).items() if d is not None and not n.startswith("manifest.")}
    about = {m.name: m for m in manifest.members}
    members = tuple(
        about[n].model_copy(update={"sha256": sha256(d), "bytes": len(d)}) for n, d in sorted(files.items())
    )
    other = {"members": members, "product": product or manifest.product}
    return replace(made, files=signed(manifest.model_copy(update=other), files, KEY))


def test_a_check_believes_no_member_that_its_own_bundle_contradicts(tmp_path: Path) -> None:
    table = f"{SETTLED}/settled-differences.csv"
    answers = next(name for name in complete().files if name.startswith(ANSWERS) and name.endswith(".csv"))
    other = complete().files[answers].replace(b"3", b"5", 1)
    forged = made_anew(complete(), **{table: b"\xef\xbb\xbfnone", answers: other, PROMISE: None})
    assert open_pack(saved(forged, tmp_path / "pack.zip")).faults == (), "every byte is as it was signed"
    found = check_pack(tmp_path / "pack.zip")
    assert not found.holds
    assert {(line.id, line.params["name"]) for line in found.faults} == {
        ("filing.not_as_assessed", table),
        ("filing.not_as_assessed", answers),
        ("bundle.missing", PROMISE),
    }


def test_a_pack_that_another_version_wrote_is_not_blamed_for_it_and_the_reader_is_told(tmp_path: Path) -> None:
    table = f"{SETTLED}/settled-differences.csv"
    older = made_anew(complete(), product="0.0.1", **{table: b"\xef\xbb\xbfas it was written then"})
    found = check_pack(saved(older, tmp_path / "older.zip"))
    assert found.holds and found.faults == ()
    assert [(line.id, line.params["name"], line.params["then"]) for line in found.warnings] == [
        ("filing.other_version", table, "0.0.1")
    ]
    as_now = check_pack(saved(made_anew(complete(), product="0.0.1"), tmp_path / "as-now.zip"))
    assert as_now.holds and as_now.warnings == (), "another version that writes the same is no matter"


def test_a_check_can_go_by_another_list_and_says_when_it_is_a_strangers(pack: Path) -> None:
    shipped = library().checklists["diagnosis-generic"]
    own = shipped.model_copy(update={"id": "easy", "items": shipped.items[-1:]})
    found = check_pack(pack, own)
    assert [line.id for line in found.warnings] == ["filing.foreign_checklist"] and len(found.items) == 1
    assert check_pack(pack).warnings == ()


# Bytes -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_pack_changed_by_one_byte_is_found(data: st.DataObject, pack: Path) -> None:
    size = pack.stat().st_size
    at = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 7))

    def flip(held: bytearray) -> None:
        held[at] ^= 1 << bit

    other = changed(pack, flip)
    with contextlib.suppress(InputError):  # it may not even be a pack any more
        assert open_pack(other).faults, f"byte {at}"


def test_a_changed_manifest_is_found_though_every_digest_fits(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in complete().files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["plant"]["simulated"] = False
    (folder / "manifest.json").write_bytes(canonical(manifest))
    found = check_pack(folder)
    assert [line.id for line in found.faults] == ["bundle.signature"]
    assert {item.item for item in found.items if item.outcome == "missing"} >= {"bundle"}


@pytest.mark.parametrize("text", [b"", b"PK\3\4", b"not a zip at all"])
def test_what_is_no_pack_is_refused_in_words(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(text)
    with pytest.raises(InputError):
        check_pack(file)


# Missing and hostile files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "item"),
    [
        ("*contract*", "contract"),
        ("*listing*", "provider-listing"),
        ("*opening*", "opening-meeting"),
        ("*closing*", "closing-meeting"),
        ("*promise*", "promise"),
        ("*photograph-1*", "photographs"),
    ],
)
def test_a_missing_attachment_is_named(gone: str, item: str, tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    for file in (folder / "attachments").glob(gone):
        file.unlink()
    found = {f.item: f for f in check_pack(saved(pack_of(folder), tmp_path / "pack.zip")).items}
    assert found[item].outcome == "missing"
    others = {"contract", "provider-listing", "opening-meeting", "closing-meeting", "promise", "photographs"} - {
        item
    }
    assert all(found[other].outcome == "met" for other in others)


def test_an_empty_file_and_an_undated_photograph_do_not_count(tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    beside = folder / "attachments"
    next(beside.glob("*contract*")).write_bytes(b"")
    next(beside.glob("*photograph-1*")).rename(beside / "hall.png")
    found = {f.item: f for f in check_pack(saved(pack_of(folder), tmp_path / "pack.zip")).items}
    assert found["contract"].why.id == "filing.check.no_file"
    assert found["photographs"].why.id == "filing.check.undated"
    assert found["photographs"].why.params["first"] == "hall.png"
    (beside / "hall.png").write_bytes(b"\xff\xd8\xff Exif 2025:12:30 09:30:00 ...")
    found = {f.item: f for f in check_pack(saved(pack_of(folder), tmp_path / "pack2.zip")).items}
    assert found["photographs"].outcome == "met", "the camera wrote the day"


def spoilt(a: Assessment, beside: Path) -> dict[str, str]:
    """Does to attachments what makes them count for nothing; the fault that is to be named, by item."""
    for file in beside.iterdir():
        if "photograph" not in file.name:
            file.unlink()
    (beside / "contract.pdf").write_bytes(b"\0 \r\n\t" * 9)
    (beside / "合同-名单.pdf").write_bytes(b"%PDF-1.7 both")
    (beside / "opening.txt").write_bytes(b"everybody was there")
    (beside / "closing.pdf").write_bytes(b"not a PDF by its bytes")
    (beside / "promise.docx").write_bytes(promise(a, Pen.of(a, "zh")))
    one, two, _ = sorted(beside.glob("*photograph*"))
    two.write_bytes(one.read_bytes())
    return {
        "contract": "no_file",
        "provider-listing": "no_file",
        "opening-meeting": "no_scan",
        "closing-meeting": "no_scan",
        "promise": "template",
        "photographs": "twice",
    }


def test_what_is_no_evidence_counts_for_no_item(tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    wanted = spoilt(first(), folder / "attachments")
    made = pack_of(folder)
    assert [(line.id, line.params["name"]) for line in made.left] == [("filing.left_several", "合同-名单.pdf")]
    found = {f.item: f for f in check_pack(saved(made, tmp_path / "pack.zip")).items}
    assert {item: found[item].why.id.removeprefix("filing.check.") for item in wanted} == wanted
    assert all(found[item].outcome == "missing" for item in wanted)


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [("2099-01-01-hall.png", b"\x89PNG\r\n\x1a\n", "later"), ("2026-11-24-hall.png", b"a text", "no_picture")],
)
def test_a_photograph_is_one_and_not_of_the_future(name: str, data: bytes, fault: str, tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    next((folder / "attachments").glob("*photograph-1*")).unlink()
    (folder / "attachments" / name).write_bytes(data)
    found = {f.item: f for f in check_pack(saved(pack_of(folder), tmp_path / "pack.zip")).items}
    assert found["photographs"].why.id == f"filing.check.{fault}"


def test_only_roles_that_the_forms_know_are_counted_and_a_plan_holds_a_measure() -> None:
    a = first()
    four = Item.model_validate({"id": "x", "text": a.plant.name, "shows": "interviewees", "at_least": 4})
    assert _interviewees(four, a)[0] == "met"
    made_up = tuple(x.model_copy(update={"by": f"role {i}"}) for i, x in enumerate(a.answers.answers))
    other = a.model_copy(update={"answers": a.answers.model_copy(update={"answers": made_up})})
    outcome, why = _interviewees(four, other)
    assert (outcome, why.params["n"], why.params["others"]) == ("missing", 0, len(made_up))
    assert a.roadmap is not None and a.roadmap.choices and _plan(four, a)[0] == "met"
    empty = a.model_copy(update={"roadmap": a.roadmap.model_copy(update={"choices": ()})})
    assert _plan(four, empty)[0] == "missing"


def test_strangers_file_names_do_no_harm(tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    beside = folder / "attachments"
    names = (
        "=cmd()|contract.pdf",
        "contract\u202efdp.exe",
        "CONTRACT.pdf",
        "contract.pdf",
        f"{'合同' * 38}.pdf",
        "合同\n换行.pdf",
        "contract..",
        "con:tract*contract?.pdf",
    )
    for name in names:
        (beside / name).write_bytes(b"x")
    (beside / "note of nothing.txt").write_bytes(b"x")
    (tmp_path / "secret-contract.txt").write_bytes(b"secret")
    (beside / "link-contract.txt").symlink_to(tmp_path / "secret-contract.txt")
    made = pack_of(folder)
    assert {line.params["name"] for line in made.left} == {"note of nothing.txt", "link-contract.txt"}
    taken = [name for name in made.files if "/contract/" in name]
    assert len(taken) == len(names) + 1
    assert len({name.lower() for name in taken}) == len(taken)
    assert all(
        name.isprintable() and len(name.rpartition("/")[2].encode()) < 200 and "\u202e" not in name
        for name in taken
    )
    assert not any(b"secret" in data for data in made.files.values())
    assert check_pack(saved(made, tmp_path / "pack.zip")).faults == ()


@given(st.text(max_size=200), st.sets(st.text(min_size=1, max_size=10), max_size=5))
def test_any_name_becomes_one_that_every_system_takes(name: str, taken: set[str]) -> None:
    found = inside(name, taken)
    assert found and found.isprintable() and not set(found) & set('\\/:*?"<>|') and len(found) <= 100
    assert found.lower() not in {other.lower() for other in taken}
    assert found not in (".", "..")


def test_a_bundle_of_another_assessment_is_refused(tmp_path: Path) -> None:
    folder = results(tmp_path / "results")
    (folder / "assessment.json").write_bytes(canonical(first().model_copy(update={"made": first().made + 1})))
    with pytest.raises(InputError) as caught:
        pack_of(folder)
    assert caught.value.message.id == "filing.other_bundle"


def test_a_report_beside_is_read_before_it_is_filed() -> None:
    a = six_verdicts()
    a = a.model_copy(update={"findings": tuple(f.model_copy(update={"settled": True}) for f in a.findings)})
    good = written(a, "zh", "summary")
    assert fault(render_word(good, a.made), "a.docx", a) is None
    foreign = replace(good, digest="0" * 64)
    edited = altered(good, lambda r: replace(r, text="4.9") if r.mark == "score.verified" else r)
    for document, why in ((foreign, "other"), (edited, "edited"), (written(a, "zh", "annex"), "internal")):
        told = fault(render_word(document, a.made), "a.docx", a)
        assert told is not None and told.id == f"filing.report_{why}"
    unread = fault(b"PK no Word file", "a.docx", a)
    assert unread is not None and unread.id == "filing.report_unread"


def test_a_web_page_is_written_anew_without_the_estimate(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<html>an invented level</html>", "utf-8")
    ((name, data),) = (one for one in beside(tmp_path, first(), "zh") if not isinstance(one, Message))
    title = render("report.estimate.title", "zh").encode()
    assert name == f"{REPORTS}/report.html" and b"invented" not in data and title not in data
    assert title in render_html(first(), language="zh").encode(), "it would be there"


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
