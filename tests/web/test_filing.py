"""The pack for filing, at the desk: what its page foresees is what the check of the downloaded pack finds."""

import io
import re
import threading
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.desk import (
    accounts,
    answering,
    attaching,
    consenting,
    demonstration,
    entering,
    filing,
    houses,
    surveys,
)
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.filing import Ready
from assessor.domain import Item, Text
from assessor.errors import AccessError, InputError, UnknownError
from assessor.filing import check_pack
from assessor.filing.attachments import fitting, name_for
from assessor.filing.checking import Checked
from assessor.filing.demonstration import photograph
from assessor.filing.layout import inside
from assessor.frameworks import load_library
from tests.web.asked import by_session, site
from tests.web.people import again, entry, factory, joined
from tests.web.settled import settle_all
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow

SCAN, PAPER = b"%PDF-1.4 signed", b"a contract, simulated"
ROUGH = ("IMG_0001.PNG", "image.png", "合同 承诺书 2025.png", "..", "扫描件" * 60 + ".png")
"""What a phone and a person call their files, of whatever item."""


def demo(desk: Desk) -> tuple[Actor, Actor, str]:
    """The demonstration, reckoned: its owner, a consultant with a name, the survey."""
    entered, survey = demonstration.enter(desk, "127.0.0.1", "zh")
    known = entering.known_by_session(desk, entered.token)
    assert known is not None
    consultant = joined(desk, surveys.get(desk, known.actor, survey).organisation, "consultant").who
    accounts.rename(desk, consultant, "评估员")
    return known.actor, consultant, survey


def handed(desk: Desk, who: Actor, survey: str, item: str, *files: tuple[str, bytes], day: str = "") -> None:
    by = filing.checklist(desk, "")
    filing.hand_in(desk, who, survey, next(i for i in by.items if i.id == item), by, files, day)


def everything(desk: Desk, who: Actor, survey: str) -> None:
    """All attachments of the generic list, under names that say nothing."""
    handed(desk, who, survey, "contract", ("扫描 001.pdf", SCAN + b"1"))
    handed(desk, who, survey, "provider-listing", ("a.txt", PAPER))
    handed(desk, who, survey, "opening-meeting", ("image.png", photograph(4)))
    handed(desk, who, survey, "closing-meeting", ("image.png", photograph(5)))
    handed(desk, who, survey, "promise", ("合同.png", photograph(6)))
    pictures = [("image.png", photograph(n)) for n in (1, 2, 3)]
    handed(desk, who, survey, "photographs", *pictures, day="2026-11-24")


def checked(desk: Desk, who: Actor, survey: str, folder: Path) -> tuple[Ready, Checked]:
    """What the page says, and what the check of the pack says that is downloaded."""
    by = filing.checklist(desk, "")
    ready = filing.ready(desk, who, survey, by, "zh")
    (folder / "pack.zip").write_bytes(filing.pack(desk, who, survey, by, "zh"))
    return ready, check_pack(folder / "pack.zip")


def agree(ready: Ready, found: Checked) -> None:
    """Item by item. What is held back is missing to whoever gets the pack."""
    as_found = {"held": "missing"}
    told = {e.foreseen.item.id: as_found.get(e.foreseen.state, e.foreseen.state) for e in ready.entries}
    assert told == {one.item: one.outcome for one in found.items}
    same = [one for one in found.items if one.outcome == "met" or one.item in ("contract", "photographs")]
    why = {e.foreseen.item.id: e.foreseen.why for e in ready.entries}
    assert {one.item: one.why for one in same} == {one.item: why[one.item] for one in same}


def test_from_open_differences_to_a_pack_that_holds(lite: Desk, tmp_path: Path) -> None:
    owner, consultant, survey = demo(lite)
    done = reckoned(lite, owner, survey)
    ready, found = checked(lite, owner, survey, tmp_path)
    agree(ready, found)
    states = {e.foreseen.item.id: e.foreseen.state for e in ready.entries}
    assert states["report"] == states["bundle"] == states["plan"] == "held" and states["settled"] == "missing"
    assert ready.open == sum(not f.settled for f in done.findings) and found.held_back and not found.faults
    book = openpyxl.load_workbook(io.BytesIO(filing.annex(lite, owner, survey, "zh")))
    assert book.worksheets[0].max_row >= ready.open
    version = surveys.get(lite, owner, survey).version
    everything(lite, owner, survey)
    assert surveys.get(lite, owner, survey).version == version, "no result follows from a contract"
    ready, found = checked(lite, owner, survey, tmp_path)
    agree(ready, found)
    assert {e.foreseen.state for e in ready.entries if e.foreseen.item.files} == {"met"} and not ready.left
    settle_all(lite, consultant, survey, done)
    reckoned(lite, owner, survey)
    ready, found = checked(lite, owner, survey, tmp_path)
    agree(ready, found)
    assert ready.lacking == 0 and found.holds and not found.warnings, found
    with pytest.raises(UnknownError):
        filing.annex(lite, owner, survey, "zh")
    audited(lite, owner, survey, tmp_path)


def audited(desk: Desk, owner: Actor, survey: str, folder: Path) -> None:
    """Whom the factory opened its filings to takes the same pack, and hands nothing in."""
    office = houses.found(desk, "office", "区项目办", demonstration=True)
    auditor = joined(desk, office, "auditor")
    consenting.agree(desk, owner, surveys.get(desk, owner, survey).organisation, "audit", office)
    who = again(desk, auditor).who
    ready, found = checked(desk, who, survey, folder)
    assert found.holds and sum(len(e.files) for e in ready.entries) == 8
    with pytest.raises(AccessError):
        handed(desk, who, survey, "contract", ("a.pdf", SCAN))
    with pytest.raises(AccessError):
        filing.annex(desk, who, survey, "zh")


def begun(desk: Desk) -> tuple[Actor, str]:
    """A factory with a result from answers alone."""
    _, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(desk, owner.who, survey)
    return owner.who, survey


@pytest.mark.parametrize(
    ("item", "files", "day", "why"),
    [
        ("contract", [("a.pdf", b"")], "", "desk.empty_file"),
        ("contract", [("a.txt", b" \r\n\t ")], "", "desk.empty_file"),
        ("contract", [("a.pdf", SCAN), ("b.bin", b"\0\1\2")], "", "desk.not_taken.attachment"),
        ("contract", [("a.zip", b"PK\x03\x04 broken")], "", "desk.broken_file"),
        ("photographs", [("a.png", photograph(1)), ("a.pdf", SCAN)], "", "desk.not_asked_for"),
        ("photographs", [("a.png", photograph(1))], "yesterday", "desk.bad_day"),
    ],
)
def test_what_an_item_does_not_take_is_refused_by_name_and_nothing_is_kept(
    lite: Desk, item: str, files: Sequence[tuple[str, bytes]], day: str, why: str
) -> None:
    _, owner, survey = factory(lite)
    with pytest.raises(InputError) as told:
        handed(lite, owner.who, survey, item, *files, day=day)
    assert told.value.message.id == why and told.value.place
    assert not attaching.listed(lite, owner.who, survey)


def test_what_is_handed_in_and_does_not_count_is_told_as_the_check_tells_it(lite: Desk, tmp_path: Path) -> None:
    owner, survey = begun(lite)
    handed(lite, owner, survey, "photographs", ("a.png", photograph(1)), ("b.png", photograph(1)))
    handed(lite, owner, survey, "opening-meeting", ("a.txt", PAPER))
    handed(lite, owner, survey, "promise", ("a.png", photograph(2)))
    ready, found = checked(lite, owner, survey, tmp_path)
    agree(ready, found)
    why = {e.foreseen.item.id: e.foreseen.why.id.rpartition(".")[2] for e in ready.entries}
    assert (why["photographs"], why["opening-meeting"], why["promise"]) == ("undated", "no_scan", "files")
    file = attaching.listed(lite, owner, survey, "attachment")[0]
    attaching.remove(lite, owner, survey, file.id)
    assert len(attaching.listed(lite, owner, survey, "attachment")) == 3


def test_a_file_for_an_item_that_the_list_does_not_have_stays_out_and_is_told(lite: Desk, tmp_path: Path) -> None:
    owner, survey = begun(lite)
    for about in ({}, {"item": "no-such-item"}, {"item": "stamps"}):
        attaching.attach(lite, owner, survey, attaching.Handed("attachment", "a.pdf", SCAN, about=about))
    ready, found = checked(lite, owner, survey, tmp_path)
    assert len(ready.left) == 3 and not any(e.files for e in ready.entries)
    agree(ready, found)


def test_a_slip_leaves_the_page_with_what_is_wrong_beside_the_item(lite: Desk) -> None:
    _, owner, survey = factory(lite)
    answering.save(lite, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(lite, owner.who, survey)
    path = f"/surveys/{survey}/filing"
    with site(lite) as web:
        by = by_session(lite, owner.token)
        for files, wrong in (([("file", ("a.pdf", SCAN))], "a.pdf"), ([], "")):
            answer = web.post(f"{path}/files", by, data={"item": "photographs"}, files=files)
            assert answer.status_code == 422
            beside = re.search(
                r'<li id="photographs".*?role="alert">(.*?)</p>.*?<details open>', answer.text, re.S
            )
            assert beside and wrong in beside[1]
        for item in ("stamps", "no-such-item"):
            assert web.post(f"{path}/files", by, data={"item": item}, files=files).status_code == 404
        two = [("file", ("a.png", photograph(1))), ("file", ("b.png", photograph(2)))]
        answer = web.post(f"{path}/files", by, data={"item": "photographs", "day": "2026-11-24"}, files=two)
        assert answer.status_code == 303 and answer.headers["location"].endswith("#photographs")
        held = attaching.listed(lite, owner.who, survey, "attachment")
        assert [(f.name, f.about) for f in held] == [
            (name, {"item": "photographs", "day": "2026-11-24"}) for name in ("a.png", "b.png")
        ]
        answer = web.post(f"/surveys/{survey}/files/{held[0].id}/remove", by, data={"back": "filing"})
        assert answer.headers["location"] == path and web.get(path, by).text.count("<bdi>b.png</bdi>") == 1
        assert web.get(path + "?checklist=no-such-list", by).status_code == 404


def test_there_is_no_list_outside_the_library(lite: Desk, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_bytes(lite.library.parts["checklists/diagnosis-generic.yaml"])
    for name in (str(own), "../own.yaml", "no-such-list"):
        with pytest.raises(UnknownError):
            filing.checklist(lite, name)


def test_saves_go_on_while_a_pack_is_made(lite: Desk) -> None:
    owner, survey = begun(lite)
    by, made = filing.checklist(lite, ""), list[bytes]()
    making = threading.Thread(target=lambda: made.append(filing.pack(lite, owner, survey, by, "zh")))
    making.start()
    base = saved = 0
    while making.is_alive():
        answering.save(lite, owner, survey, entry("m5-l2-2", "0.5", base))
        base, saved = base + 1, saved + making.is_alive()
    making.join()
    assert made and saved >= 3


GENERIC = load_library().checklists["diagnosis-generic"].items
BROUGHT = [item for item in GENERIC if item.files]


@given(
    name=st.one_of(st.sampled_from(ROUGH), st.text(max_size=90).map(lambda s: f"{s}.jpg")),
    item=st.sampled_from(BROUGHT),
    again_=st.integers(0, 3),
    day=st.one_of(st.none(), st.dates()),
)
def test_whatever_a_picture_is_called_it_gets_a_name_for_the_item_that_a_person_says(
    name: str, item: Item, again_: int, day: object
) -> None:
    taken: list[str] = []
    for _ in range(again_ + 1):
        found = name_for(name, item, GENERIC, taken, day)  # type: ignore[arg-type]
        plain = item.look == "picture" and not inside(name).lower().endswith((".jpg", ".png"))
        assert (found is None) == plain, "a picture says so by its suffix"
        if found is None:
            return
        assert fitting(found, GENERIC) == (item.id,) and len(found) <= 60
        assert found.lower() not in {one.lower() for one in taken}
        taken.append(found)


def test_no_name_is_made_for_a_pattern_that_nothing_can_fit() -> None:
    text = Text(zh="x", en="x")
    one = Item(id="one", text=text, files=("*a*b*",))
    assert name_for("x.pdf", one, [one], [], None) == "a-b-x.pdf"
    two = Item(id="two", text=text, files=("*",))
    assert name_for("x.pdf", one, [one, two], [], None) is None
