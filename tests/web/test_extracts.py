"""Extracts beside results: written with them, made up for later, shown to an office as consent stands now."""

import json
import zlib
from dataclasses import replace

import pytest
from sqlalchemy import select

from assessor.desk import answering, consenting, extracting, houses, surveys
from assessor.desk.desk import Desk
from assessor.portfolio.extract import Extract
from assessor.storage import Extracted, Outcome, extracts, papers
from assessor.storage import surveys as sql
from assessor.storage.rows import columns, one
from assessor.storage.tables import extracts as table
from tests.web.people import entry, factory
from tests.web.test_reckoning import reckoned

pytestmark = pytest.mark.slow


def kept(desk: Desk, survey: str) -> Extracted | None:
    with desk.store.read() as c:
        return one(Extracted, c, select(*columns(Extracted, table)).where(table.c.survey == survey))


def shown(desk: Desk, office: str, *, demonstration: bool = False) -> list[str]:
    with desk.store.read() as c:
        return [e.survey for e in extracts.opened_to(c, office, demonstration=demonstration)]


def test_it_is_kept_with_the_result_and_goes_with_the_survey(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry("m5-l2-1", "1"))
    done = reckoned(desk, owner.who, survey)
    held = kept(desk, survey)
    assert held is not None and held.row is not None
    assert (held.organisation, held.made, held.version) == (house, done.made, 1)
    found = Extract.model_validate(held.row)
    assert not found.heard and found.size == "small" and found.declared_level == done.rating("declared").level
    assert "申江" not in json.dumps(held.row, ensure_ascii=False) and house not in held.plant
    answering.save(desk, owner.who, survey, entry("m5-l2-2", "1"))
    reckoned(desk, owner.who, survey)
    later = kept(desk, survey)
    assert later is not None and later.version == 2 and later.plant == held.plant
    with desk.store.write() as c:
        sql.remove(c, survey)
    assert kept(desk, survey) is None


def test_those_of_before_are_made_up_for_in_small_steps(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(desk, owner.who, survey)
    first = kept(desk, survey)
    with desk.store.read() as c:
        packed = papers.latest(c, survey)
    assert first is not None and packed is not None and packed.assessment is not None
    others = [
        surveys.begin(desk, owner.who, first.organisation, {"name": f"厂{n}", "kind": "discrete"}) for n in "ab"
    ]
    with desk.store.write() as c:
        for one in others:
            papers.keep(c, replace(packed, survey=one))
        extracts.keep(c, replace(first, format=0))
    assert [extracting.sweep(desk, 2), extracting.sweep(desk, 2), extracting.sweep(desk, 2)] == [2, 1, 0]
    assert kept(desk, survey) == first
    assert {kept(desk, one).row["made"] for one in others} == {packed_made(packed)}  # type: ignore[union-attr,index]


def packed_made(outcome: Outcome) -> int:
    assert outcome.assessment is not None
    return int(json.loads(zlib.decompress(outcome.assessment))["made"])


def test_one_that_cannot_be_read_is_passed_over_until_there_is_a_newer_one(desk: Desk) -> None:
    _, owner, survey = factory(desk)
    _, _, broken = factory(desk, "坏厂")
    answering.save(desk, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(desk, owner.who, survey)
    with desk.store.write() as c:
        good = papers.latest(c, survey)
        papers.keep(c, Outcome(broken, 1, 1, zlib.compress(b"{}"), None))
    assert good is not None
    assert [extracting.sweep(desk), extracting.sweep(desk)] == [1, 0]
    held = kept(desk, broken)
    assert held is not None and held.row is None
    with desk.store.write() as c:
        papers.keep(c, replace(good, survey=broken, version=2))
    assert [extracting.sweep(desk), extracting.sweep(desk)] == [1, 0]
    held = kept(desk, broken)
    assert held is not None and held.row is not None


def test_an_office_sees_what_is_open_to_it_now_and_never_both_kinds(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry("m5-l2-1", "1"))
    reckoned(desk, owner.who, survey)
    office, other = houses.found(desk, "office", "甲"), houses.found(desk, "office", "乙")
    assert shown(desk, office) == []
    consenting.agree(desk, owner.who, house, "audit", office)
    assert shown(desk, office) == []
    given = consenting.agree(desk, owner.who, house, "programme", office)
    assert shown(desk, office) == [survey] and shown(desk, other) == []
    assert shown(desk, office, demonstration=True) == []
    consenting.end(desk, owner.who, house, given.id)
    assert shown(desk, office) == []


def test_the_same_plant_is_known_by_its_code_and_else_within_its_organisation(desk: Desk) -> None:
    row = {"made": 1}
    code = "91000000DEM0PLANTQ"
    one, two = (extracting.extracted("s", house, 1, code, row).plant for house in ("a", "b"))
    assert one == two
    one, two = (extracting.extracted("s", house, 1, "discrete 申江厂", row).plant for house in ("a", "b"))
    assert one != two
