"""A laptop's work comes back to the server: what is only there is taken, what differs is chosen."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.desk import accounts, answering, attaching, erasing, merging, noting, surveys
from assessor.desk.attaching import Handed
from assessor.desk.carried import Work
from assessor.desk.desk import Desk
from assessor.desk.merging import Choice, Compared
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import Store
from assessor.storage import surveys as sql
from tests.web.conftest import Kept
from tests.web.people import Person, entry, factory, joined
from tests.web.test_preparing import REGISTER

FIRST, SECOND, THIRD = "p1-l1-1", "p1-l1-2", "p1-l2-1"


@pytest.fixture
def laptop(lite: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Another installation, with a database of its own."""
    store = Store(f"sqlite:///{tmp_path / 'laptop.db'}")
    store.upgrade()
    yield replace(lite, store=store, sender=Kept())
    store.close()


def side(desk: Desk) -> tuple[Person, str]:
    house, _, survey = factory(desk)
    return joined(desk, house, "consultant"), survey


def said(desk: Desk, who: Person, survey: str, **answers: str) -> None:
    for name, value in answers.items():
        question = name.replace("_", "-")
        stands = surveys.opened(desk, who.who, survey).given.get(question)
        answering.save(desk, who.who, survey, entry(question, value, stands.version if stands else 0))


def carried(desk: Desk, who: Person, survey: str) -> bytes:
    return erasing.export_survey(desk, who.who, survey)


def brought(desk: Desk, who: Person, survey: str, data: bytes) -> Work:
    file = attaching.attach(desk, who.who, survey, Handed("work", "laptop.zip", data))
    return merging.opened(desk, who.who, survey, file.id)


def stands(desk: Desk, who: Person, survey: str) -> dict[str, str]:
    return {q: g.value for q, g in surveys.opened(desk, who.who, survey).given.items()}


def ids(found: Compared) -> list[str]:
    return [item.id for item in found.differing]


def test_what_is_only_there_is_taken_and_what_differs_is_chosen(lite: Desk, laptop: Desk) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    said(laptop, away, theirs, p1_l1_1="1", p1_l1_2="0.5", p1_l2_1="0.8")
    said(lite, here, ours, p1_l1_1="0.5", p1_l1_2="0.5")
    attaching.attach(laptop, away.who, theirs, Handed("register", "台账.csv", REGISTER.encode()))
    attaching.attach(laptop, away.who, theirs, Handed("proof", "note.txt", b"seen", FIRST))
    surveys.change_settings(laptop, away.who, theirs, budget=500_000)
    noting.add(laptop, away.who, theirs, FIRST, "班组长当面演示", "ab" * 16)
    work = brought(lite, here, ours, carried(laptop, away, theirs))
    found = merging.compare(lite, here.who, ours, work)
    assert (found.new_answers, found.new_settings, found.new_files, found.same) == (1, 1, 2, 1)
    assert found.new_notes == 1
    assert ids(found) == [f"answer:{FIRST}"]
    left, refused = merging.take(lite, here.who, ours, work, {})
    assert not refused and ids(left) == [f"answer:{FIRST}"] and not (left.new_answers or left.new_files)
    assert stands(lite, here, ours) == {FIRST: "0.5", SECOND: "0.5", THIRD: "0.8"}, "nobody chose yet"
    assert surveys.get(lite, here.who, ours).settings["budget"] == 500_000
    assert [n.note.said for n in noting.listed(lite, here.who, ours)[FIRST]] == ["班组长当面演示"]
    files = attaching.listed(lite, here.who, ours)
    assert {f.kind for f in files} == {"register", "proof", "work"}
    assert next(f for f in files if f.kind == "register").about["assets"], "read again here"
    mark = left.differing[0].mark
    stale, _ = merging.take(lite, here.who, ours, work, {f"answer:{FIRST}": ("theirs", "9")})
    assert ids(stale) == [f"answer:{FIRST}"], "what changed meanwhile is asked again"
    done, _ = merging.take(lite, here.who, ours, work, {f"answer:{FIRST}": ("theirs", mark)})
    assert not done.differing and stands(lite, here, ours)[FIRST] == "1"
    history = answering.history(lite, here.who, ours, FIRST)
    assert {g.value for g, _ in history} == {"0.5", "1"}


def test_the_word_that_does_not_count_stays_in_the_history_and_is_not_asked_again(
    lite: Desk, laptop: Desk
) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    said(laptop, away, theirs, p1_l1_1="1")
    said(lite, here, ours, p1_l1_1="0.5")
    work = brought(lite, here, ours, carried(laptop, away, theirs))
    version = surveys.get(lite, here.who, ours).version
    left, _ = merging.take(lite, here.who, ours, work, {f"answer:{FIRST}": ("ours", "1")})
    assert not left.differing and stands(lite, here, ours) == {FIRST: "0.5"}
    assert {g.value for g, _ in answering.history(lite, here.who, ours, FIRST)} == {"0.5", "1"}
    assert surveys.get(lite, here.who, ours).version == version, "no result follows from it"


def test_settlements_and_wishes_are_chosen_one_by_one(lite: Desk, laptop: Desk) -> None:
    def settled(question: str, value: str) -> dict[str, object]:
        proof = {"kind": "site", "title": "车间"}
        return {"question": question, "value": value, "reply": "r", "reason": "r", "proof": proof, "by": "b",
                "at": "2026-11-25T10:00:00+00:00"}  # fmt: skip

    away, theirs = side(laptop)
    here, ours = side(lite)
    surveys.change_settings(laptop, away.who, theirs, settlements=[settled(FIRST, "1"), settled(SECOND, "1")])
    surveys.change_settings(laptop, away.who, theirs, budget=1)
    surveys.change_settings(lite, here.who, ours, settlements=[settled(FIRST, "0.5")], budget=2)
    work = brought(lite, here, ours, carried(laptop, away, theirs))
    found = merging.compare(lite, here.who, ours, work)
    assert ids(found) == [f"settlements:{FIRST}", "budget"]
    marks = {item.id: item.mark for item in found.differing}
    chosen: dict[str, Choice] = {f"settlements:{FIRST}": "theirs", "budget": "ours"}
    choices = {id_: (choice, marks[id_]) for id_, choice in chosen.items()}
    surveys.change_settings(lite, here.who, ours, budget=3)
    left, _ = merging.take(lite, here.who, ours, work, choices)
    assert ids(left) == ["budget"], "what was changed since it was seen is asked again"
    choices = {"budget": ("ours", left.differing[0].mark)}
    left, _ = merging.take(lite, here.who, ours, work, choices)
    held = surveys.get(lite, here.who, ours).settings
    assert not left.differing and held["budget"] == 3 and held["merged"][-1]["lost"] == 1
    assert {s["question"]: s["value"] for s in held["settlements"]} == {FIRST: "1", SECOND: "1"}
    owner = joined(lite, surveys.get(lite, here.who, ours).organisation, "owner")
    accounts.rename(lite, owner.who, "厂长")
    assert "settlements" not in str(merging.compare(lite, owner.who, ours, work)), "an owner settles nothing"


def test_work_of_another_plant_and_what_is_no_work_are_refused(lite: Desk, laptop: Desk) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    plant = {"name": "别家", "kind": "discrete", "credit_code": "91310000MA1K35TH4E"}
    surveys.change_plant(laptop, away.who, theirs, plant)
    surveys.change_plant(lite, here.who, ours, plant | {"credit_code": "91310115MA1K4ABC0J"})
    with pytest.raises(InputError, match="other_plant"):
        brought(lite, here, ours, carried(laptop, away, theirs))
    for members in ({}, {"survey.json": b"[]"}, {"survey.json": b"{", "history.json": b"[]", "files.json": b"[]"}):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("x", b"")
            for name, data in members.items():
                archive.writestr(name, data)
        with pytest.raises(InputError, match="no_work"):
            brought(lite, here, ours, out.getvalue())
    proof = attaching.attach(lite, here.who, ours, Handed("proof", "a.txt", b"a"))
    with pytest.raises(UnknownError):
        merging.opened(lite, here.who, ours, proof.id)


@pytest.mark.slow
def test_a_file_that_was_changed_on_the_way_is_left_out_and_who_may_not_merges_nothing(
    lite: Desk, laptop: Desk
) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    attaching.attach(laptop, away.who, theirs, Handed("proof", "note.txt", b"seen", FIRST))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(carried(laptop, away, theirs))) as whole, zipfile.ZipFile(out, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, b"other" if name.endswith("note.txt") else whole.read(name))
    work = brought(lite, here, ours, out.getvalue())
    _, refused = merging.take(lite, here.who, ours, work, {})
    assert [(name, why.id) for name, why in refused] == [("note.txt", "desk.damaged")]
    assert not attaching.listed(lite, here.who, ours, "proof")
    for role in ("member", "reviewer"):
        reader = joined(lite, surveys.get(lite, here.who, ours).organisation, role)  # type: ignore[arg-type]
        with pytest.raises(AccessError):
            merging.take(lite, reader.who, ours, work, {})


VALUES = st.dictionaries(st.sampled_from([FIRST, SECOND, THIRD]), st.sampled_from(["0", "0.5", "0.8", "1"]))


@pytest.mark.slow
@given(
    VALUES, VALUES, st.dictionaries(st.sampled_from([FIRST, SECOND, THIRD]), st.sampled_from(["ours", "theirs"]))
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_of_either_side_is_ever_lost(
    lite: Desk, laptop: Desk, there: dict[str, str], own: dict[str, str], chosen: dict[str, Choice]
) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    said(laptop, away, theirs, **{q.replace("-", "_"): v for q, v in there.items()})
    said(lite, here, ours, **{q.replace("-", "_"): v for q, v in own.items()})
    work = brought(lite, here, ours, carried(laptop, away, theirs))
    choices: dict[str, tuple[Choice, str]] = {f"answer:{q}": (c, "1") for q, c in chosen.items()}
    left, _ = merging.take(lite, here.who, ours, work, choices)
    now = stands(lite, here, ours)
    for question in {*there, *own}:
        words = {v for v in (there.get(question), own.get(question)) if v is not None}
        waits = f"answer:{question}" in ids(left)
        history = {g.value for g, _ in answering.history(lite, here.who, ours, question)}
        assert now[question] in words and (waits or history == words)
        assert waits == (len(words) == 2 and question not in chosen)
        if len(words) == 2 and question in chosen:
            assert now[question] == (there if chosen[question] == "theirs" else own)[question]
    again, _ = merging.take(lite, here.who, ours, work, choices)
    assert again == left and stands(lite, here, ours) == now


def test_what_stands_there_is_taken_and_not_what_was_last_heard(lite: Desk, laptop: Desk) -> None:
    """A word that lost on the laptop has a later time than the one that stands there."""
    away, theirs = side(laptop)
    here, ours = side(lite)
    said(laptop, away, theirs, p1_l1_1="1")
    with laptop.store.write() as c:
        stands_there = sql.given(c, theirs)[FIRST]
        sql.remember(c, theirs, "k" * 32, replace(stands_there, value="0", at=stands_there.at + 10**9))
    merging.take(lite, here.who, ours, brought(lite, here, ours, carried(laptop, away, theirs)), {})
    assert stands(lite, here, ours) == {FIRST: "1"}


def test_whose_file_counts_is_chosen(lite: Desk, laptop: Desk) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    other = REGISTER.replace("PCK01", "PCK99")
    attaching.attach(laptop, away.who, theirs, Handed("register", "台账.csv", other.encode()))
    attaching.attach(lite, here.who, ours, Handed("register", "台账.csv", REGISTER.encode()))
    work = brought(lite, here, ours, carried(laptop, away, theirs))
    left, _ = merging.take(lite, here.who, ours, work, {})
    assert ids(left) == ["file:register"] and len(attaching.listed(lite, here.who, ours, "register")) == 1
    left, _ = merging.take(lite, here.who, ours, work, {"file:register": ("theirs", left.differing[0].mark)})
    assert not left.differing
    assert attaching.listed(lite, here.who, ours, "register")[-1].about["assets"][0]["id"] == "pck99"


def changed(data: bytes, **parts: object) -> bytes:
    """The same work with some of its parts as somebody wrote them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            part = name.removesuffix(".json")
            archive.writestr(name, json.dumps(parts[part]) if part in parts else whole.read(name))
    return out.getvalue()


def test_what_was_made_to_do_harm_is_refused(lite: Desk, laptop: Desk) -> None:
    away, theirs = side(laptop)
    here, ours = side(lite)
    said(laptop, away, theirs, p1_l1_1="1")
    attaching.attach(laptop, away.who, theirs, Handed("proof", "note.txt", b"seen", FIRST))
    noting.add(laptop, away.who, theirs, FIRST, "一条", "ab" * 16)
    data = carried(laptop, away, theirs)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        survey, files, notes, standing = (
            json.loads(archive.read(f"{name}.json")) for name in ("survey", "files", "notes", "standing")
        )
    odd = {
        "twice": {"files": files * 2},
        "another kind": {"files": [files[0] | {"kind": "secret"}]},
        "no time": {"notes": [notes[0] | {"at": "abc"}]},
        "far away": {"notes": [notes[0] | {"at": 10**19}]},
        "no key": {"notes": [notes[0] | {"id": "../x"}]},
        "long": {"notes": [notes[0] | {"said": "x" * 5000}]},
        "no text": {"standing": [standing[0] | {"question": ["x"]}]},
        "no meaning": {"survey": survey | {"settings": {"meanings": [5]}}},
        "no settings": {"survey": survey | {"settings": []}},
        "no plant": {"survey": {}},
    }
    for name, parts in odd.items():
        with pytest.raises(InputError) as told:
            brought(lite, here, ours, changed(data, **parts))
        assert told.value.message.id == "desk.no_work", name
    work = brought(
        lite, here, ours, changed(data, files=[files[0] | {"about": {"day": "x", "item": ["y"], "z": 1}}])
    )
    merging.take(lite, here.who, ours, work, {})
    assert attaching.listed(lite, here.who, ours, "proof")[0].about == {}
    assert [n.author for n in noting.listed(lite, here.who, ours)[FIRST]] == [""]
