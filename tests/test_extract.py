"""What of an Assessment may be counted: held against the golden case, figure by figure."""

from fractions import Fraction as F
from pathlib import Path

import pytest

from assessor.audit import read_assessment
from assessor.domain import Assessment, State, Text
from assessor.frameworks import Library, load_library
from assessor.portfolio.extract import Extract, Ratio, Seen, extract_of, identity

DEMO = Path(__file__).parent / "cases" / "demo" / "assessment.json"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def done() -> Assessment:
    return read_assessment(DEMO.read_bytes(), str(DEMO))


def in_district(done: Assessment, zh: str) -> Assessment:
    return done.model_copy(update={"plant": done.plant.model_copy(update={"district": Text(zh=zh, en=zh)})})


def unheard(done: Assessment) -> Assessment:
    return done.model_copy(update={"source": None, "measurements": (), "findings": ()})


def test_it_holds_what_the_assessment_says(done: Assessment, library: Library) -> None:
    found = extract_of(done, library)
    assert (found.industry, found.size, found.simulated) == ("29", "small", True)
    assert (found.declared_level, found.verified_level, found.level_high) == (2, 1, 1)
    assert found.declared_score == done.rating("declared").score
    assert found.machines["networked"] == Seen(low=F(11), high=F(24), of=33)
    assert found.machines["numerical_control"].of == 6  # key processes
    assert (found.robots, found.staff) == (1, 186)
    assert found.energy == Ratio(over=F("300.44742"), under=F(12600))
    assert found.open == sum(not f.settled for f in done.findings) == 4
    assert found.wants is not None and "ot-network" in found.wants
    assert found.weights_unverified  # the equal weights are our own


def test_it_goes_through_json_and_back(done: Assessment, library: Library) -> None:
    found = extract_of(done, library)
    assert Extract.model_validate(found.model_dump(mode="json")) == found


def test_a_row_of_before_is_read_without_what_is_not_counted_any_more(done: Assessment, library: Library) -> None:
    found = extract_of(done, library)
    row = found.model_dump(mode="json") | {"kind": "discrete", "employees": 186, "level_spread": [1, 1]}
    row["machines"] = {name: seen | {"seen": 3} for name, seen in row["machines"].items()}
    assert Extract.model_validate(row) == found
    with pytest.raises(ValueError, match="extra"):
        Extract.model_validate(row | {"name": "x"})


def test_it_names_nothing_of_the_plant(done: Assessment, library: Library) -> None:
    told = extract_of(in_district(done, "上海市松江区新桥镇某路 12 号"), library).model_dump_json()
    for word in (done.plant.id, done.plant.name.zh, done.plant.name.en, done.plant.credit_code, "新桥", "cnc"):
        assert word and word not in told


def test_what_holds_back_falls_short_at_the_next_level(done: Assessment, library: Library) -> None:
    rating, held = done.rating("verified"), extract_of(done, library).holds_back
    short = {c.dimension for c in rating.cells if c.level == rating.level + 1 and c.low < F(4, 5)}
    assert set(held) == short and held
    cells = {c.dimension: c for c in rating.cells if c.level == rating.level + 1}
    lost = [cells[d].weight * (1 - cells[d].low) for d in held]
    assert lost == sorted(lost, reverse=True)


def test_without_machines_nothing_is_verified(done: Assessment, library: Library) -> None:
    found = extract_of(unheard(done), library)
    assert not found.heard and not found.machines and found.declared_level == 2
    assert found.verified_level is found.verified_score is found.level_high is None
    assert {reach.verified for reach in found.levels.values()} == {None}


def test_what_is_not_measured_is_not_there(done: Assessment, library: Library) -> None:
    open_ = tuple(
        m.model_copy(update={"state": State.UNUSABLE}) if m.indicator == "networked" else m
        for m in done.measurements
    )
    found = extract_of(done.model_copy(update={"measurements": open_}), library)
    assert "networked" not in found.machines and "readable" in found.machines
    bare = extract_of(done.model_copy(update={"rated": (), "evidence": (), "roadmap": None}), library)
    assert (bare.energy, bare.carbon, bare.robots, bare.wants, bare.levels) == (None, None, None, None, {})


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("上海市松江区新桥镇", "songjiang"),
        ("松江区", "songjiang"),
        ("上海市", None),
        ("苏州市某区", None),
        ("宝山区", None),  # stands in another city too
    ],
)
def test_a_district_is_one_of_the_lists_or_none(
    done: Assessment, library: Library, address: str, district: str | None
) -> None:
    bare = in_district(done, address).model_copy(update={"evidence": ()})
    assert extract_of(bare, library).district == district


def test_a_plant_is_the_same_by_its_code_or_else_by_kind_and_name(done: Assessment) -> None:
    assert identity(done.plant) == done.plant.credit_code
    bare = done.plant.model_copy(update={"credit_code": None})
    assert identity(bare) == f"discrete {done.plant.name.zh}"
