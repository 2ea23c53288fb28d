"""Figures by formula: each worked by hand, under every set of coefficients, and what stays open stays open."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from assessor.domain import Result, Term
from assessor.frameworks import Library, load_library
from assessor.frameworks.formulas import unit
from assessor.messages import render
from assessor.rating import known, rate_library, terms
from assessor.rating.formulas import rate_formulas
from tests.small import claim, settlement, text

F = Fraction
Given = str | None
"""A value; None: asked and not known."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


CARRIERS = (
    "electricity", "green-power", "natural-gas", "lpg", "diesel", "gasoline", "fuel-oil", "coal", "coke", "heat",
    "steam", "water", "compressed-air", "oxygen",
)  # fmt: skip
ENERGY = {f"uses-{name}": "1" for name in CARRIERS} | {
    "in-shanghai": "1",
    "energy-electricity": "1000000",
    "energy-green-power": "200000",
    "energy-natural-gas": "10000",
    "energy-lpg": "10",
    "energy-diesel": "10",
    "energy-gasoline": "10",
    "energy-fuel-oil": "10",
    "energy-coal": "100",
    "energy-coke": "100",
    "energy-heat": "1000",
    "energy-steam": "100",
    "energy-water": "10000",
    "energy-compressed-air": "100000",
    "energy-oxygen": "1000",
    "carbon-fuels": "300",
    "carbon-industry-mean": "1",
    "money-output": "10000",
    "money-value-added": "1000",
    "robots-in-use": "5",
    "staff-average": "200",
} | {
    f"meters-{kind}-{level}-{what}": value
    for kind in ("electricity", "gas", "oil", "steam", "water")
    for level in ("site", "units", "machines")
    for what, value in (("needed", "5"), ("fitted", "4"))
}  # fmt: skip
"""A plant that uses everything once, in round numbers."""

GREEN = {
    "tce-electricity": "122.9",  # 1,000,000 kWh · 0.1229 kgce/kWh / 1000
    "tce-natural-gas": "13.3",  # 10,000 m³ · 1.33 kgce/m³ / 1000
    "tce-lpg": "17.143",  # 10 t · 1.7143
    "tce-diesel": "14.571",  # 10 t · 1.4571
    "tce-gasoline": "14.714",  # 10 t · 1.4714
    "tce-fuel-oil": "14.286",  # 10 t · 1.4286
    "tce-coal": "71.43",  # 100 t · 0.7143
    "tce-coke": "97.14",  # 100 t · 0.9714
    "tce-heat": "34.12",  # 1000 GJ · 1000 MJ/GJ · 0.03412 kgce/MJ / 1000
    "tce-steam": "12.86",  # 100 t · 128.6 kgce/t / 1000
    "tce-water": "2.571",  # 10,000 t · 0.2571 kgce/t / 1000
    "tce-compressed-air": "4",  # 100,000 m³ · 0.04 kgce/m³ / 1000
    "tce-oxygen": "0.4",  # 1000 m³ · 0.4 kgce/m³ / 1000
    "tce-carriers": "412.464",  # the first ten added up
    "tce-total": "419.435",  # + 2.571 + 4 + 0.4
    "co2-electricity": "573.7",  # by location green counts alike: 1,000,000 kWh · 0.5737 kg/kWh / 1000
    "co2-heat": "82.578",  # (1000 GJ + 100 t · 3.763 GJ/t) · 0.06 t/GJ
    "co2-electricity-heat": "656.278",
    "co2-total": "956.278",  # + 300 of the plant's own inventory
    "tce-per-output": "0.0419435",  # 419.435 / 10,000
    "tce-per-value-added": "0.419435",  # 419.435 / 1000
    "co2-per-output": "0.0656278",  # 656.278 / 10,000
    "co2-per-value-added": "0.656278",  # 656.278 / 1000
    "carbon-per-value-added": "0.956278",  # 956.278 / 1000
    "carbon-band": "2",  # above 0.6, not above 2.0
    "carbon-ratio": "0.956278",  # over a mean of 1
    "carbon-grade": "3",  # above 0.8, not above 1.2
    "robot-density": "250",  # 5 / (200 / 10,000)
} | {
    f"meters-{kind}-{level}": "0.8"  # 4 of 5
    for kind in ("electricity", "gas", "oil", "steam", "water")
    for level in ("site", "units", "machines")
}  # fmt: skip

SHARES = {
    "share-digital": "0.8",
    "share-networked-digital": "0.5",
    "share-networked": "0.45",
    "share-numerical-control": "0.6",
    "machines-in-use": "40",
    "machines-cloud": "10",
    "parameters-key": "120",
    "parameters-auto": "84",
}
RATES = {
    "digital-rate": "0.8",
    "networked-of-digital": "0.5",
    "networked-of-all": "0.45",
    "networked-implied": "0.4",  # 0.8 · 0.5: not what was stated directly
    "numerical-control-rate": "0.6",
    "cloud-rate": "0.25",  # 10 / 40
    "auto-acquisition-rate": "0.7",  # 84 / 120
}


def run(library: Library, name: str, answers: Mapping[str, Given]) -> dict[str, Result]:
    """The declared results of a shipped framework by variant."""
    evidence = [claim(q, F(v)) if v else claim(q, None, "do-not-know") for q, v in answers.items()]
    questions = library.questions.values()
    found = rate_formulas(
        library.frameworks[name],  # type: ignore[arg-type]
        library.statements,
        known(questions, evidence, "declared", "discrete"),
    )
    return {result.variant: result for result in found}


def figures(result: Result) -> dict[str, Term]:
    return {term.id: term for term in result.sum.of if term.id != "published"}


def lows(result: Result) -> dict[str, Fraction | None]:
    assert all(term.low == term.high for term in figures(result).values())
    return {id_: term.low for id_, term in figures(result).items()}


def without(answers: Mapping[str, Given], *names: str) -> dict[str, Given]:
    return {q: v for q, v in answers.items() if q not in names}


# Worked by hand


def test_every_green_figure_as_reckoned_by_hand(library: Library) -> None:
    result = run(library, "green-profile", ENERGY)["default"]
    assert lows(result) == {id_: F(value) for id_, value in GREEN.items()}
    assert (result.level, result.level_high, result.score) == (None, None, None)
    assert result.coverage == 1
    assert result.open_questions == ()
    assert result.status == "secondary"


def test_every_rate_of_the_two_integrations_as_reckoned_by_hand(library: Library) -> None:
    results = run(library, "two-integration", SHARES)
    assert set(results) == {"default"}
    assert lows(results["default"]) == {id_: F(value) for id_, value in RATES.items()}


def test_the_worked_examples_leave_no_figure_out(library: Library) -> None:
    for name, worked in (("green-profile", GREEN), ("two-integration", RATES)):
        assert {figure.id for figure in library.frameworks[name].figures} == set(worked)  # type: ignore[union-attr]


CHANGES = [
    # 800,000 kWh · 0.42 / 1000; green electricity counts as nothing
    ("shanghai-guide", {"co2-electricity": "336", "co2-electricity-heat": "418.578", "co2-total": "718.578"}),
    ("shanghai-2022", {"co2-electricity": "584.9"}),
    ("shanghai-2021", {"co2-electricity": "583.4"}),
    ("east-china-2023", {"co2-electricity": "550"}),
    ("east-china-2022", {"co2-electricity": "561.7"}),
    ("east-china-2021", {"co2-electricity": "599.2"}),
    ("national-2023", {"co2-electricity": "530.6"}),
    ("national-2022", {"co2-electricity": "536.6"}),
    ("national-2021", {"co2-electricity": "556.8"}),
    ("national-residual-2023", {"co2-electricity": "609.6"}),
    ("national-residual-2022", {"co2-electricity": "585.6"}),
    ("national-residual-2021", {"co2-electricity": "594.2"}),
    ("shanghai-heat-before-2022", {"co2-heat": "151.393"}),  # 1376.3 GJ · 0.11
    # + 310 - 122.9
    ("primary", {"tce-electricity": "310", "tce-carriers": "599.564", "tce-total": "606.535"}),
    ("gas-1-2143", {"tce-natural-gas": "12.143"}),
    ("edition-2008", {"tce-water": "0.857", "tce-total": "417.721"}),  # + 0.857 - 2.571
]


@pytest.mark.slow
@pytest.mark.parametrize(("variant", "changed"), CHANGES)
def test_another_set_changes_what_rests_on_it(library: Library, variant: str, changed: dict[str, str]) -> None:
    results = run(library, "green-profile", ENERGY)
    found = lows(results[variant])
    assert found.items() >= {id_: F(value) for id_, value in changed.items()}.items()
    assert set(found) < set(GREEN)
    assert not {id_ for id_ in found if id_.startswith(("meters", "robot"))}
    [other] = [s for b in library.frameworks["green-profile"].bases for s in b.sets if s.id == variant]  # type: ignore[union-attr]
    assert results[variant].variant_name == other.name
    assert results[variant].status == other.status


def test_the_sets_run_are_those_for_the_place(library: Library) -> None:
    shanghai = set(run(library, "green-profile", ENERGY)) - {"default"}
    assert shanghai == {variant for variant, _ in CHANGES} | {"shanghai-guide-before-2022"}
    # Asked of no place: as Shanghai, and the name of the variant says so.
    unsaid = run(library, "green-profile", without(ENERGY, "in-shanghai"))
    assert set(unsaid) - {"default"} == shanghai
    said = {v: (r.variant_name or text()).en for v, r in unsaid.items()}
    assert {v for v, name in said.items() if "Shanghai is assumed" in name} == {
        v for v in said if not v.startswith(("national", "primary", "gas", "edition"))
    }


def test_another_province_has_its_own_factor_and_none_for_heat(library: Library) -> None:
    jiangsu = run(library, "green-profile", ENERGY | {"in-shanghai": "0", "in-jiangsu": "1"})
    default = figures(jiangsu["default"])
    assert default["co2-electricity"].low == F("582.7")
    assert default["co2-heat"].low is None
    assert default["co2-heat"].why is not None and default["co2-heat"].why.id == "term.no_factor"
    assert "CO₂ of purchased heat" in render(default["co2-heat"].why, "en")
    assert default["tce-total"].low == F(GREEN["tce-total"])
    assert {"jiangsu-2022", "east-china-2023", "national-2023"} < set(jiangsu)
    assert not [variant for variant in jiangsu if "shanghai" in variant]


def test_where_no_province_fits_the_national_mean_is_taken(library: Library) -> None:
    provinces = {option.id: "0" for option in library.questions["site-province"].options}
    nowhere = run(library, "green-profile", ENERGY | provinces)
    assert figures(nowhere["default"])["co2-electricity"].low == F("530.6")


def test_every_province_held_can_be_chosen_and_is_in_one_set_a_year(library: Library) -> None:
    [basis] = [b for b in library.frameworks["green-profile"].bases if b.id == "grid-carbon"]  # type: ignore[union-attr]
    alone = [s for s in basis.sets if s.applies and s.applies.question and s.edition is None]
    offered = {option.id for option in library.questions["site-province"].options}
    assert {s.applies.question for s in alone if s.applies and s.year == 2023} == offered
    assert len(offered) == 30
    provincial = [(s.applies and s.applies.question, s.year) for s in alone if s.source != "shanghai-guide"]
    assert len(provincial) == len(set(provincial))


def test_a_measured_heating_value_replaces_the_coefficient(library: Library) -> None:
    results = run(library, "green-profile", ENERGY | {"gas-heating-value": "35168.4"})
    assert figures(results["default"])["tce-natural-gas"].low == 12  # 35,168.4 / 29,307 = 1.2 kgce/m³
    assert "gas-1-2143" not in results  # nothing rests on it any more
    unsaid = figures(run(library, "green-profile", ENERGY | {"gas-heating-value": None})["default"])
    [flagged] = [term for term in unsaid["tce-natural-gas"].of if term.name and term.how == "constant"]
    assert flagged.low == F("1.33")
    assert flagged.note is not None and "1.2143" in flagged.note.en


# Unknown stays unknown


@pytest.mark.slow
@pytest.mark.parametrize("question", [q for q in ENERGY if q.startswith(("energy", "money", "carbon-fuels"))])
def test_a_number_not_given_is_never_a_zero(library: Library, question: str) -> None:
    result = run(library, "green-profile", ENERGY | {question: None})["default"]
    whole = run(library, "green-profile", ENERGY)["default"]
    assert question in result.open_questions
    assert result.coverage < 1
    lost = [term for term in figures(result).values() if term.low is None]
    assert lost
    for term in figures(result).values():
        if term.low is None:
            assert term.high is None and term.why == terms.NO_VALUE
        else:
            assert term.low == figures(whole)[term.id].low


def test_nothing_answered_leaves_nothing_determined(library: Library) -> None:
    for name in ("green-profile", "two-integration"):
        results = run(library, name, {})
        assert set(results) == {"default"}
        assert results["default"].coverage == 0
        for term in figures(results["default"]).values():
            assert term.why is not None
            assert term.low is None or (term.low, term.high) == (0, 1)  # a share may be anything


def test_a_part_greater_than_its_whole_is_no_share(library: Library) -> None:
    term = figures(run(library, "two-integration", SHARES | {"machines-cloud": "41"})["default"])["cloud-rate"]
    assert (term.low, term.high) == (None, None)
    assert term.why is not None and "greater than the whole" in render(term.why, "en")
    none = figures(run(library, "two-integration", SHARES | {"machines-in-use": "0"})["default"])["cloud-rate"]
    assert (none.low, none.why) == (None, terms.NO_DIVISOR)


def test_more_green_electricity_than_was_bought_is_no_number(library: Library) -> None:
    result = run(library, "green-profile", ENERGY | {"energy-green-power": "1000001"})["default"]
    term = figures(result)["co2-electricity"]
    assert term.low is None and term.why is not None and term.why.id == "term.below_zero"


def test_the_provincial_method_is_off_until_a_mean_is_given(library: Library) -> None:
    grades = {"carbon-per-value-added", "carbon-band", "carbon-ratio", "carbon-grade"}
    for answers in (without(ENERGY, "carbon-industry-mean"), ENERGY | {"carbon-industry-mean": None}):
        result = run(library, "green-profile", answers)["default"]
        assert not grades & set(figures(result))
        assert result.coverage == 1
    for term in figures(run(library, "green-profile", ENERGY)["default"]).values():
        if term.id in grades:
            assert term.note is not None and "not Shanghai's" in term.note.en


@pytest.mark.parametrize(
    ("mean", "ratio", "grade"),
    [("1.6", "0.597", 1), ("1.2", "0.796", 2), ("0.8", "1.195", 3), ("0.5", "1.912", 4), ("0.4", "2.390", 5)],
)
def test_grades_of_carbon_by_a_mean_of_the_industry(library: Library, mean: str, ratio: str, grade: int) -> None:
    found = lows(run(library, "green-profile", ENERGY | {"carbon-industry-mean": mean})["default"])
    assert abs((found["carbon-ratio"] or 0) - F(ratio)) < F(1, 1000)
    assert found["carbon-grade"] == grade


@pytest.mark.parametrize(
    ("value_added", "band"), [("2000", 1), ("5000/3", 1), ("1666", 2), ("500", 2), ("499", 3)]
)
def test_the_bands_of_carbon_are_closed_above(library: Library, value_added: str, band: int) -> None:
    """656.278 t and 343.722 t are 1000 t: over 5000/3 exactly 0.6, over 500 exactly 2.0."""
    answers = ENERGY | {"carbon-fuels": "343.722", "money-value-added": value_added}
    assert lows(run(library, "green-profile", answers)["default"])["carbon-band"] == band


def test_what_is_not_used_is_neither_asked_nor_counted(library: Library) -> None:
    electric = {q: v for q, v in ENERGY.items() if not q.startswith(("uses-", "energy-"))}
    electric |= {f"uses-{name}": "1" if name == "electricity" else "0" for name in CARRIERS}
    result = run(library, "green-profile", electric | {"energy-electricity": "1000000"})["default"]
    found = lows(result)
    assert found["tce-total"] == found["tce-carriers"] == F("122.9")
    assert found["co2-total"] == F("573.7")  # no fuels, so nothing to add
    assert not {"tce-diesel", "tce-water", "co2-heat", "meters-gas-site", "meters-water-units"} & set(found)
    assert result.coverage == 1


def test_a_level_of_meters_that_the_plant_does_not_have_is_left_out(library: Library) -> None:
    answers = ENERGY | {"meters-water-machines-needed": "0", "meters-water-machines-fitted": None}
    result = run(library, "green-profile", answers)["default"]
    assert "meters-water-machines" not in figures(result)
    assert result.coverage == 1


def test_a_settled_number_counts_in_the_verified_column_alone(library: Library) -> None:
    evidence = [claim(q, F(v)) for q, v in SHARES.items()]
    evidence = [
        e.model_copy(update={"verified": F(1, 4), "settlement": settlement("share-digital", F(1, 4))})
        if e.question == "share-digital"
        else e
        for e in evidence
    ]
    both = library.frameworks["two-integration"]
    [rated] = rate_library([both], library.questions.values(), evidence, (), "discrete")
    declared, verified = rated.results
    assert (declared.column, verified.column) == ("declared", "verified")
    assert lows(declared)["networked-implied"] == F("0.4")
    assert lows(verified)["networked-implied"] == F("0.125")
    assert rated.grades == ()


def test_a_settled_place_leaves_each_column_its_own_variants(library: Library) -> None:
    evidence = [claim(q, F(v)) for q, v in ENERGY.items() if q != "in-shanghai"]
    moved = {"in-shanghai": F(0), "in-zhejiang": F(1)}
    evidence += [
        claim(q, 1 - value, verified=value, settlement=settlement(q, value)) for q, value in moved.items()
    ]
    green = library.frameworks["green-profile"]
    [rated] = rate_library([green], library.questions.values(), evidence, (), "discrete")
    declared, verified = rated.results[:2]
    assert (declared.column, declared.variant) == ("declared", "default")
    assert (verified.column, verified.variant) == ("verified", "default")
    assert figures(declared)["co2-electricity"].low == F("573.7")
    assert figures(verified)["co2-electricity"].low == F("497.4")
    assert {r.column for r in rated.results if r.variant == "shanghai-guide"} == {"declared"}


@pytest.mark.parametrize(
    ("written", "powers"),
    [
        ("kgce/kWh", {"kgce": 1, "kWh": -1}),
        ("1", {}),
        ("times", {}),
        ("t·km/a/t", {"km": 1, "a": -1}),
        ("robots/10⁴ persons", {"robots": 1, "10⁴ persons": -1}),
    ],
)
def test_units_are_powers_of_symbols(written: str, powers: dict[str, int]) -> None:
    assert unit(written) == powers
