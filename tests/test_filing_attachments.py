"""What people bring to a filing pack: missing, empty, hostile, or no evidence at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Assessment, Item, Message, canonical
from assessor.errors import InputError
from assessor.filing import check_pack
from assessor.filing.layout import REPORTS, inside
from assessor.filing.promise import promise
from assessor.filing.reports import beside, fault
from assessor.filing.shown import interviewees, plan
from assessor.messages import render
from assessor.report import render_html
from assessor.report.papers import written
from assessor.report.pen import Pen
from assessor.report.word import render_word
from tests.packs import first, pack_of, results, saved
from tests.papers import altered
from tests.report_example import six_verdicts

pytestmark = pytest.mark.slow


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
    assert interviewees(four, a)[0] == "met"
    made_up = tuple(x.model_copy(update={"by": f"role {i}"}) for i, x in enumerate(a.answers.answers))
    other = a.model_copy(update={"answers": a.answers.model_copy(update={"answers": made_up})})
    outcome, why = interviewees(four, other)
    assert (outcome, why.params["n"], why.params["others"]) == ("missing", 0, len(made_up))
    assert a.roadmap is not None and a.roadmap.choices and plan(four, a)[0] == "met"
    empty = a.model_copy(update={"roadmap": a.roadmap.model_copy(update={"choices": ()})})
    assert plan(four, empty)[0] == "missing"


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
