"""Notes of an interview: saved once, by whom, for whom."""

import io
import json
import zipfile

import pytest

from assessor.desk import erasing, noting, surveys
from assessor.desk.desk import Desk
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import surveys as sql
from tests.web.people import at_once, factory, joined

Q, KEY = "p1-l1-1", "0123456789abcdef0123456789abcdef"


@pytest.mark.slow
def test_a_note_is_kept_once_however_often_it_is_sent(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    found = at_once(*[lambda: noting.add(desk, owner.who, survey, Q, " 现场看到 ", KEY)] * 4)
    assert {n.id for n in found} == {KEY}
    noting.add(desk, owner.who, survey, Q, "另一条", KEY[::-1])
    assert [n.note.said for n in noting.listed(desk, owner.who, survey)[Q]] == ["现场看到", "另一条"]
    assert surveys.get(desk, owner.who, survey).version == 0, "no result follows from a note"


@pytest.mark.slow
def test_what_is_no_note_is_refused(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    for said, key in ((" ", KEY), ("x" * 4001, KEY), ("x", "short"), ("x", KEY.upper())):
        with pytest.raises(InputError):
            noting.add(desk, owner.who, survey, Q, said, key)
    with pytest.raises(UnknownError):
        noting.add(desk, owner.who, survey, "nowhere", "x", KEY)
    noting.add(desk, owner.who, survey, Q, "x", KEY)
    with pytest.raises(InputError):
        noting.add(desk, owner.who, survey, "p1-l1-2", "x", KEY)
    _, stranger, other = factory(desk, "别的厂")
    with pytest.raises(InputError):
        noting.add(desk, stranger.who, other, Q, "x", KEY)
    with pytest.raises(UnknownError):
        noting.remove(desk, stranger.who, other, KEY)


@pytest.mark.slow
def test_who_may_write_read_and_remove(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    one, two, reviewer = (joined(desk, house, role) for role in ("member", "member", "reviewer"))  # type: ignore[arg-type]
    noting.add(desk, one.who, survey, Q, "我记的", KEY)
    with pytest.raises(AccessError):
        noting.add(desk, reviewer.who, survey, Q, "x", KEY[::-1])
    assert noting.listed(desk, reviewer.who, survey)
    for other in (two, reviewer):
        with pytest.raises(AccessError):
            noting.remove(desk, other.who, survey, KEY)
    noting.remove(desk, owner.who, survey, KEY)
    assert not noting.listed(desk, one.who, survey)


@pytest.mark.slow
def test_notes_go_along_and_go_away(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    noting.add(desk, owner.who, survey, Q, "带走的记录", KEY)
    with zipfile.ZipFile(io.BytesIO(erasing.export_survey(desk, owner.who, survey))) as archive:
        assert json.loads(archive.read("notes.json"))[0]["said"] == "带走的记录"
    erasing.erase_survey(desk, owner.who, survey)
    with desk.store.read() as c:
        assert sql.note(c, KEY) is None
