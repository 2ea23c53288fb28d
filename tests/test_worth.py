"""What a recommendation costs and brings in a plant: figures, haircuts, overlaps, payback; by hand and as laws."""

from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Asset, Base, Plant
from assessor.frameworks import load_library
from assessor.messages import Language, render
from assessor.report.pen import Pen
from assessor.report.worth import stands
from assessor.roadmap import Factors, by_kind, check_plan, outlay, plan, plant_figures
from assessor.roadmap.case import Case
from assessor.roadmap.effects import CAPS, benefit, saved, together
from assessor.roadmap.figures import PRODUCTS
from assessor.roadmap.worth import Standing, worth
from tests.small import claim, text
from tests.small_plan import advice, case, evidence, figures, span

F = Fraction
SHOP = {"plan_workers": 50, "plan_worker_cost": 10}  # 50 people at 100,000 yuan: labour is 5 million a year


def effect(acts_on: str, low: str, mid: str, high: str, source: str = "controlled", **more: Any) -> dict[str, Any]:
    return {"acts_on": acts_on, "change": span(low, mid, high, source), **more}


# Figures


def test_a_base_is_the_product_of_its_figures_in_yuan_a_year() -> None:
    told = figures(
        **SHOP,
        plan_paperwork_hours=80,
        energy_electricity=1_000_000,
        plan_electricity_price="0.8",
        plan_air_share="0.25",
        plan_stop_hours=10,
        plan_stop_margin=2000,
        plan_stock=600,
        plan_capital_cost="0.05",
    )
    assert told.yearly("labour") == 5_000_000
    assert told.yearly("paperwork") == 200_000  # 80 hours a week are two people
    assert told.yearly("electricity") == 800_000
    assert told.yearly("compressed-air") == 200_000
    assert told.yearly("downtime") == 240_000
    assert told.yearly("stock") == 300_000
    assert told.yearly("scrap") is None and told.lacking("scrap") == ("plan-scrap-cost",)


def test_what_nobody_said_stays_unknown_and_what_does_not_apply_is_nothing() -> None:
    told = plant_figures(
        [claim("plan-movers", None, "not-applicable"), claim("plan-worker-cost", F(10))], None, ()
    )
    assert told.yearly("transport") == 0
    assert told.yearly("inspection") is None
    assert {base for base, f in told.bases.items() if f.yearly is not None} == {"transport"}


def test_counts_come_from_the_register_and_the_profile_before_answers() -> None:
    plant = Plant(id="p", name=text(), kind="discrete", employees=120)
    assets = [Asset(id=f"a{i}", name=text(), kind="lathe", production=i != 3, in_use=i != 2) for i in range(5)]
    said = [claim("machines-in-use", F(99)), claim("staff-average", F(99)), claim("plan-lines", F(2))]
    told = plant_figures(said, plant, assets)
    still = {"machine-unconnected": 3, "machine-not-digital": 3}
    assert told.amounts == {"plant": 1, "post": 1, "machine": 3, "person": 120, "line": 2} | still
    assert [told.figures[told.counted_by[per]].source for per in ("machine", "person")] == ["register", "profile"]
    assert plant_figures(said, None, ()).amounts["machine"] == 99
    assert told.counted_by["user"] == "plan-users"


def test_meters_to_be_fitted_are_those_needed_less_those_there() -> None:
    said = {"site-needed": 1, "site-fitted": 1, "units-needed": 6, "units-fitted": 2, "machines-needed": 0}
    found = [claim(f"meters-electricity-{name}", F(n)) for name, n in said.items()]
    assert plant_figures(found, None, ()).amounts["meter"] == 4
    without = plant_figures(found[:3], None, ())
    assert "meter" not in without.amounts and without.counted_by["meter"] == "meters-electricity-units-fitted"


def test_every_base_has_its_product_and_its_cap() -> None:
    assert set(PRODUCTS) == set(CAPS) == set(get_args(Base))
    assert CAPS["labour"] == 1 - 1 / F("1.3")  # the same output, productivity up by 30 %
    assert all(0 < cap < 1 for cap in CAPS.values())


# Cost


def test_cash_over_three_years_counts_fees_and_what_the_plant_has_many_of() -> None:
    spends = [
        {"what": text(), "kind": "hardware", "per": "machine", "once": span(8000, 10_000, 20_000)},
        {"what": text(), "kind": "software", "once": span(50_000), "yearly": span(10_000, 12_000, 15_000)},
        {"what": text(), "kind": "service", "per": "line", "once": span(30_000)},
    ]
    r = advice(
        "r", 0, {"b-l1-1": F(1)}, spends=spends, effort={"days": span(2), "per": "machine", "roles": ["it"]}
    )
    cost = outlay(r, {"machine": F(20)})
    assert (cost.low, cost.mid, cost.high) == (270_000, 316_000, 525_000)
    kinds = by_kind(r, {"machine": F(20)})
    assert sum(kinds.values()) == cost.mid and kinds["software"] == 86_000
    w = worth(r, plant_figures([claim("machines-in-use", F(20))], None, ()))
    assert (w.cost.mid, w.reserve, w.software, w.days.mid) == (316_000, 70_000, 86_000, 40)
    assert w.missing == ("plan-lines",)  # reckoned with one, and said so


# Effects


def test_the_lower_half_counts_and_of_a_vendor_two_fifths() -> None:
    told = figures(**SHOP)
    r = advice("r", 100, {}, triggers=[], effects=[
        effect("labour", "0.02", "0.04", "0.3"),
        effect("labour", "0.1", "0.2", "0.3", "vendor"),
        effect("labour", "0.1", "0.2", "0.3", part=span("0.5", "0.5", "1", "own")),
        {"acts_on": "labour"},
    ])  # fmt: skip
    study, vendor, own = (benefit(e, told) for e in r.effects[:3])
    assert study and vendor and own and benefit(r.effects[3], told) is None
    assert (study.low, study.high, study.claimed_high) == (100_000, 200_000, F("0.3"))
    assert (vendor.counted_low, vendor.counted_high) == (F("0.04"), F("0.08"))
    assert (vendor.claimed_low, vendor.claimed_high) == (F("0.1"), F("0.3"))  # what was claimed is kept beside it
    assert (own.source, own.counted_low, own.counted_high) == ("own", F("0.05"), F("0.1"))


SHARES = st.fractions(0, 1, max_denominator=100)


@given(st.lists(SHARES, min_size=3, max_size=3), st.sampled_from(["controlled", "case", "vendor", "own"]), SHARES)
def test_no_effect_counts_above_its_middle_and_no_vendor_above_two_fifths(
    ends: list[Fraction], source: str, part: Fraction
) -> None:
    low, mid, high = sorted(ends)
    given_ = {"acts_on": "labour", "change": span(low, mid, high, source), "part": span(part)}
    one = benefit(advice("r", 0, {}, effects=[given_]).effects[0], figures(**SHOP))
    assert one is not None and one.low is not None and one.high is not None
    assert one.counted_low <= one.counted_high <= mid * part
    if source == "vendor":
        assert one.counted_high <= F(2, 5) * high * part
    assert (one.low, one.high) == (one.counted_low * 5_000_000, one.counted_high * 5_000_000)


@given(st.lists(st.tuples(st.sampled_from(get_args(Base)), SHARES), max_size=8))
def test_overlaps_multiply_never_exceed_their_sum_and_are_capped(changes: list[tuple[Base, Fraction]]) -> None:
    found = together(changes)
    for base, change in found.items():
        of = [e for b, e in changes if b == base]
        left = F(1)
        for e in of:
            left *= 1 - e
        assert change == min(1 - left, CAPS[base])
        assert change <= min(sum(of), CAPS[base])
    assert together(changes[::-1]) == found


@given(SHARES, SHARES, SHARES, SHARES)
def test_what_is_saved_inside_is_not_saved_again_outside(
    air: Fraction, power: Fraction, energy: Fraction, share: Fraction
) -> None:
    whole: dict[Base, Fraction] = {"energy": F(150), "electricity": F(100), "compressed-air": 100 * share}
    changes: dict[Base, Fraction] = {"energy": energy, "electricity": power, "compressed-air": air}
    found = saved(changes, whole)
    assert sum(found.values()) <= 150
    after_air = 100 - 100 * share * air
    assert 150 - sum(found.values()) == (150 - (100 - after_air * (1 - power))) * (1 - energy)


# Payback


def test_payback_by_hand() -> None:
    r = advice("r", 90_000, {"b-l1-1": F(1)}, effects=[effect("labour", "0.01", "0.02", "0.05")])
    w = worth(r, figures(**SHOP))
    assert (w.yearly_low, w.yearly_high, w.own_share) == (50_000, 100_000, 0)
    assert w.payback_low == 12 * F(90_000, 100_000)  # as planned, the high end
    assert w.payback_high == 12 * F(90_000 * 5, 4) / 50_000  # with the reserve, the low end
    assert w.needed is None and w.why is None
    granted = worth(r, figures(**SHOP), Standing(F(30_000)))
    assert granted.payback_low == 12 * F(60_000, 100_000) and granted.cost == w.cost
    assert granted.payback_high == 12 * (F(90_000 * 5, 4) - 30_000) / 50_000


def test_fees_are_off_what_it_brings() -> None:
    spends = [{"what": text(), "kind": "software", "once": span(36_000), "yearly": span(60_000)}]
    effects = [effect("labour", "0.01", "0.02", "0.05")]
    w = worth(advice("r", 0, {"b-l1-1": F(1)}, spends=spends, effects=effects), figures(**SHOP))
    assert (w.yearly_low, w.yearly_high) == (-10_000, 40_000)
    assert w.payback_low is None and w.why is not None and w.why.id == "plan.never"
    assert w.needed == F(36_000 * 5, 4) / 36 + 5000


@pytest.mark.parametrize(
    ("told", "effects", "why"),
    [
        (SHOP, [effect("labour", "0.1", "0.2", "0.3", "own")], "plan.own_estimates"),
        (
            SHOP,
            [effect("labour", "0.1", "0.2", "0.3"), effect("scrap", "0.1", "0.2", "0.3")],
            "plan.missing_figures",
        ),
        (SHOP, [{"acts_on": "labour"}], "plan.no_effect"),
        ({"plan_workers": 50}, [effect("labour", "0.1", "0.2", "0.3")], "plan.missing_figures"),
    ],
)
def test_without_ground_only_what_would_have_to_be_true_is_said(
    told: dict[str, int], effects: list[dict[str, Any]], why: str
) -> None:
    w = worth(advice("r", 72_000, {"b-l1-1": F(1)}, effects=effects), figures(**told))
    assert w.payback_low is None and w.payback_high is None
    assert w.why is not None and w.why.id == why
    assert w.needed == F(72_000 * 5, 4) / 36
    assert all(render(w.why, language) for language in ("zh", "en"))


def test_own_estimates_of_half_at_most_leave_a_payback() -> None:
    even = [effect("labour", "0.1", "0.1", "0.2"), effect("labour", "0.1", "0.1", "0.2", "own")]
    w = worth(advice("r", 100, {"b-l1-1": F(1)}, effects=even), figures(**SHOP))
    assert w.own_share == F(1, 2) and w.payback_low is not None


def test_the_pain_is_what_its_base_costs_a_month_and_its_figures_do_not_bar_a_payback() -> None:
    pain = {"text": text(), "costs": "scrap"}
    r = advice("r", 100, {"b-l1-1": F(1)}, pain=pain, effects=[effect("labour", "0.1", "0.1", "0.2")])
    assert worth(r, figures(**SHOP, plan_scrap_cost=60)).pain == 50_000
    unknown = worth(r, figures(**SHOP))
    assert unknown.pain is None and unknown.missing == ("plan-scrap-cost",) and unknown.payback_low is not None


def test_machines_that_are_done_are_not_paid_for_again() -> None:
    told = figures(machines_in_use=33, share_networked="0.5")
    assert told.amounts["machine-unconnected"] == 17  # 16.5: whole machines
    assert told.amounts["machine-not-digital"] == told.amounts["machine"] == 33
    assert told.figures["register:machines-unconnected"].unanswered == ()
    assert told.figures["register:machines-not-digital"].unanswered == ("share-digital",)
    assert figures(machines_in_use=33, share_networked=1).amounts["machine-unconnected"] == 0
    nobody = figures(share_networked="0.5")
    assert "machine-unconnected" not in nobody.amounts
    assert nobody.counted_by["machine-unconnected"] == "machines-in-use"


def test_hours_of_one_machine_are_no_standstill() -> None:
    known = load_library().recommendations
    one = {id_ for id_, r in known.items() if not r.stoppage.whole}
    assert {"machine-gateways", "old-machine-signals", "sub-meters", "robot-cell", "cobot-loading"} <= one
    assert {"barcode-wms", "full-mes"}.isdisjoint(one)
    told = figures(machines_in_use=33)
    r = known["machine-gateways"]
    languages: dict[Language, str] = {"zh": "逐台进行", "en": "one at a time"}
    for language, words in languages.items():
        said = stands(r, worth(r, told), Pen(language, {}, {}, {}))
        assert words in said and "33" not in said and "66" not in said


# The plan as a whole


def offered() -> Case:
    air = [effect("compressed-air", "0.1", "0.2", "0.3", "official")]
    power = [effect("electricity", "0.05", "0.05", "0.1", "official")]
    able = [
        advice("air", 20_000, {"b-l1-1": F(1)}, effects=air),
        advice("meters", 60_000, {"a-l1-1": F(1)}, effects=power, after=["air"]),
        advice("hands", 50_000, {"a-l1-2": F(1)}, effects=[effect("labour", "0.01", "0.02", "0.03", "vendor")]),
    ]
    told = figures(**SHOP, energy_electricity=1_000_000, plan_electricity_price=1, plan_air_share="0.2")
    found = case(evidence(), able, 130_000, figures=told)
    factors = Factors("equivalent", F("0.1229"), "national-2023", F("0.5306"))
    return Case(found.evidence, found.known, found.judge, 130_000, figures=told, factors=factors)


def test_the_whole_combines_what_overlaps_and_names_its_factors() -> None:
    wanted = offered()
    made = plan(wanted, drawn=False)
    assert {c.recommendation for c in made.choices} == {"air", "meters", "hands"}
    low, high = 20_000 + F("0.05") * 980_000 + 20_000, 40_000 + F("0.05") * 960_000 + 40_000
    assert (made.yearly_low, made.yearly_high) == (low, high)
    assert made.payback_low == 12 * F(130_000) / high and made.payback_high == 12 * F(162_500) / low
    saving = made.saving
    assert saving is not None and (saving.factors, saving.coal) == ("national-2023", "equivalent")
    assert (saving.kwh_low, saving.kwh_high) == (69_000, 88_000)
    assert saving.tce_low == 69_000 * F("0.1229") / 1000 and saving.tco2_high == 88_000 * F("0.5306") / 1000
    for one in made.sensitivity:
        assert one.worse is not None and one.better is not None and one.better < one.worse
        assert render(one.assumption, "zh") and render(one.assumption, "en")
    assert len(made.sensitivity) == 3
    assert check_plan(made, wanted) == ()


def test_a_figure_of_the_plan_that_was_changed_is_found() -> None:
    wanted = offered()
    made = plan(wanted, drawn=False)
    dearer = made.worth[0].model_copy(update={"reserve": F(1)})
    for change in (
        {"yearly_high": F(10**6)},
        {"payback_low": F(1)},
        {"worth": (dearer, *made.worth[1:])},
        {"sensitivity": ()},
        {"saving": None},
        {"bases": ()},
    ):
        faults = check_plan(made.model_copy(update=change), wanted)
        assert [f.params for f in faults] == [{"field": next(iter(change))}]
        assert render(faults[0], "zh") and render(faults[0], "en")


def test_what_waits_for_something_outside_the_plan_counts_nothing() -> None:
    wanted = offered()
    alone = worth(
        wanted.known["meters"], wanted.figures, Standing(waits_for=wanted.waits_for("meters", ["meters"]))
    )
    assert alone.why is not None and alone.why.id == "plan.waits"
    assert [(b.counted_high, b.high) for b in alone.benefits] == [(0, 0)] and alone.needed is not None
