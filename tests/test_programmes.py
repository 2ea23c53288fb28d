"""Which programmes might pay: each form of condition by example, and laws that hold for all."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import (
    Answers,
    Applicant,
    ConfirmedGrant,
    Outcome,
    Proof,
    Text,
    Worth,
)
from assessor.frameworks import load_library, read_library
from assessor.funding import eligible, funded
from assessor.funding import project as as_project
from assessor.messages import LANGUAGES, render
from assessor.programmes import grants_for, might_apply, overall
from assessor.roadmap import plant_figures
from tests.paying import (
    ANSWERS,
    COSTS,
    FACTS,
    LIBRARY,
    LISTS,
    PROGRAMMES,
    plant,
    programme,
    project,
    region,
    sizes,
    text,
    who,
)
from tests.report_example import altered, example

F = Fraction
MET, NOT_MET, PARTLY, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.PARTLY_MET, Outcome.NOT_DETERMINED
NOT_APPLICABLE, ERROR = Outcome.NOT_APPLICABLE, Outcome.ERROR
PROOF = Proof(kind="document", title="notice")


def outcome(rule: dict[str, Any], applicant: Applicant | None = None, what: Any = None) -> Outcome:
    """Of one condition alone."""
    found = might_apply(programme(rule), applicant or who(), what, LISTS)
    return next(check.outcome for check in found.checks if check.id == "c0")


# Conditions by example -----------------------------------------------------------------------------------


def test_above_scale_is_known_or_open() -> None:
    rule = {"above_scale": True}
    assert outcome(rule) is OPEN
    assert outcome(rule, who(above_scale=True)) is MET
    assert outcome(rule, who(above_scale=False)) is NOT_MET
    assert outcome({"above_scale": False}, who(above_scale=False)) is MET


SME = {"size": {"rule": "industry-2011", "of": ["micro", "small", "medium"]}}


def test_a_plant_of_120_people_is_above_scale_and_a_small_firm_at_once() -> None:
    both = programme({"above_scale": True}, SME)
    assert might_apply(both, who(above_scale=True, employees=120), None, LISTS).outcome is MET


@pytest.mark.parametrize(
    ("employees", "revenue", "classes"),
    [
        (120, None, ("micro", "small")),
        (120, 50_000_000, ("small",)),
        (120, 2_000_000, ("micro",)),
        (19, None, ("micro",)),
        (300, None, ("micro", "small", "medium")),
        (999, 10**12, ("medium",)),
        (1000, 10**12, ("large",)),
        (1000, 399_999_999, ("medium",)),
        (5000, None, ("micro", "small", "medium", "large")),
        (None, 399_999_999, ("micro", "small", "medium")),
        (None, None, ("micro", "small", "medium", "large")),
    ],
)
def test_classes_of_firms_by_what_is_known(
    employees: int | None, revenue: int | None, classes: tuple[str, ...]
) -> None:
    assert sizes().may_be(employees, None if revenue is None else F(revenue)) == classes


def test_below_a_thousand_people_a_firm_is_small_whatever_it_sells_and_above_that_it_hangs_on_it() -> None:
    assert outcome(SME, who(employees=999)) is MET
    assert outcome(SME, who(employees=1000)) is OPEN
    assert outcome(SME) is OPEN
    rule = sizes().model_copy(update={"revenue": "money-output", "revenue_unit": 10_000})
    lists = type(LISTS)(LISTS.regions, {"industry-2011": rule})
    for sold, wanted in ((40_000, NOT_MET), (39_999, MET)):
        applicant = who({"money-output": F(sold)}, employees=1000)
        assert might_apply(programme(SME), applicant, None, lists).outcome is wanted


def test_people_and_industries() -> None:
    assert outcome({"employees": {"at_least": 20, "at_most": 500}}, who(employees=500)) is MET
    assert outcome({"employees": {"at_most": 500}}, who(employees=501)) is NOT_MET
    assert outcome({"employees": {"at_most": 500}}) is OPEN
    assert outcome({"industries": ["34"]}, who(industry="C3484")) is MET
    assert outcome({"industries": ["3670"]}, who(industry="36")) is OPEN, "two digits do not tell the group"
    assert outcome({"industries": ["3670"]}, who(industry="C3484")) is NOT_MET
    assert outcome({"industries": ["3670"]}) is OPEN


def test_a_level_that_is_held_for_certain_counts_and_one_that_may_be_is_open() -> None:
    rule = {"reached": {"framework": "miit-sme-2024", "level": 2}}
    for levels, wanted in (((2, 3), MET), ((1, 2), OPEN), ((1, 1), NOT_MET)):
        assert outcome(rule, Applicant(plant=plant(), on="2026-06-01", levels={"miit-sme-2024": levels})) is wanted
    assert outcome(rule) is OPEN


def test_a_level_to_be_reached_by_the_upgrade_is_open_whatever_the_plant_has_today() -> None:
    rule = {"reached": {"framework": "miit-sme-2024", "level": 2, "after": True}}
    [shipped] = [r for r in LIBRARY.programmes["zhongshan-sme-2024"].conditions if r.reached]
    assert shipped.reached is not None and shipped.reached.after
    for levels in ((1, 1), (1, 2), (3, 4)):
        now = Applicant(plant=plant(), on="2026-06-01", levels={"miit-sme-2024": levels})
        assert outcome(rule, now) is OPEN


def test_what_the_money_goes_to() -> None:
    enough = {"spent": {"on": ["software"], "at_least": "0.6"}}
    assert outcome(enough, what=project(software=60, hardware=40)) is MET
    assert outcome(enough, what=project(software=59, hardware=41)) is NOT_MET
    assert outcome(enough) is OPEN
    counts = {"spent": {"on": ["service", "software"]}}
    assert outcome(counts, what=project(software=1, service=1)) is MET
    assert outcome(counts, what=project(hardware=1)) is NOT_MET
    assert outcome(counts, what=project(software=0)) is OPEN
    assert outcome(counts, what=project(costs={"hardware": F(0)})) is NOT_APPLICABLE
    found = might_apply(programme(counts), who(), project(software=1, hardware=3), LISTS)
    assert (found.outcome, found.checks[-1].part) == (PARTLY, F(1, 4))


def test_what_is_done_and_when() -> None:
    assert outcome({"recommendations": ["light-mes"]}, what=project()) is MET
    assert outcome({"recommendations": ["full-mes"]}, what=project()) is NOT_MET
    assert outcome({"scenes": ["shop-scheduling"]}, what=project(scenes=["shop-scheduling"])) is MET
    assert outcome({"scenes": ["shop-scheduling"]}, what=project()) is NOT_MET
    for begun, wanted in ((None, OPEN), (False, MET), (True, NOT_MET)):
        assert outcome({"before_start": True}, what=project(begun=begun)) is wanted
    assert outcome({"by_hand": True}) is OPEN


def test_statements_about_answers() -> None:
    robots = {"question": "robots-in-use", "at_least": 5}
    assert outcome({"need": robots}, who({"robots-in-use": F(5)})) is MET
    assert outcome({"need": robots}, who({"robots-in-use": F(4)})) is NOT_MET
    assert outcome({"need": robots}) is OPEN
    aside = Applicant(plant=plant(), on="2026-06-01", not_applicable=("robots-in-use",))
    assert outcome({"need": robots}, aside) is NOT_APPLICABLE
    assert outcome({"need": {"all": [robots, {"plant": "discrete"}]}}) is OPEN
    assert outcome({"need": {"all": [robots, {"plant": "process"}]}}) is NOT_MET, "one that fails decides"
    assert outcome({"need": {"any": [robots, {"plant": "discrete"}]}}) is MET
    assert outcome({"need": {"any": [robots]}}, aside) is NOT_APPLICABLE


def test_a_condition_on_what_is_not_in_the_data_is_an_error_and_no_pass() -> None:
    bare = type(LISTS)({}, {})
    found = might_apply(programme(SME, region="shanghai"), who(employees=1, district="上海市"), None, bare)
    assert [check.outcome for check in found.checks] == [ERROR, MET, ERROR]
    assert found.outcome is ERROR


@pytest.mark.parametrize(
    ("address", "inside", "district"),
    [
        ("上海市松江区新桥镇", True, "songjiang"),
        ("松江区", True, "songjiang"),
        ("上海松江经济技术开发区", True, "songjiang"),
        ("上海市闵行区松江路 8 号", True, "minhang"),
        ("上海市", True, None),
        ("上海市张江高科技园区", True, None),
        ("浦东新区", True, "pudong"),
        ("江苏省苏州市", False, None),
        ("舟山市普陀区", False, None),
        ("普陀区", None, None),
        ("上海市普陀区", True, "putuo"),
        ("南京市上海路 1 号", False, None),
        ("上海路", None, None),
        ("某开发区", None, None),
    ],
)
def test_where_an_address_lies(address: str, inside: bool | None, district: str | None) -> None:
    found = region().located(Text(zh=address, en="-"))
    assert (found.inside, found.district) == (inside, district)


def test_an_english_address_and_an_answer_tell_where_the_chinese_one_does_not() -> None:
    assert region().located(Text(zh="-", en="Songjiang, Shanghai")).district == "songjiang"
    assert region().located(None).inside is None
    assert region().located(None, {"in-shanghai": F(1)}).inside is True
    assert region().located(None, {"in-shanghai": F(0)}).inside is False
    assert region().located(Text(zh="苏州市", en="-"), {"in-shanghai": F(1)}).inside is False


def test_place_and_window_are_asked_of_every_programme() -> None:
    songjiang = programme({"above_scale": True}, region="shanghai", district="songjiang")
    wanted = {"上海市松江区": MET, "上海市闵行区": NOT_MET, "上海市": OPEN, "苏州市": NOT_MET}
    for address, here in wanted.items():
        assert might_apply(songjiang, who(above_scale=True, district=address), None, LISTS).outcome is here
    for on, when in (("2025-12-31", NOT_MET), ("2026-01-01", MET), ("2026-12-31", MET), ("2027-01-01", NOT_MET)):
        held = might_apply(programme({"above_scale": True}), who(on=on, above_scale=True), None, LISTS)
        assert held.outcome is when, on
    unsaid = programme({"above_scale": True}, valid_to=None, unknown=["valid_to"])
    assert might_apply(unsaid, who(above_scale=True), None, LISTS).outcome is OPEN


def test_an_amount_needs_share_and_cap_and_counts_what_is_eligible() -> None:
    def amount(what: Any, *rules: dict[str, Any], **given: Any) -> Fraction | None:
        given = {"share": "0.3", "share_of": "investment", "cap": 50_000} | given
        return might_apply(programme(*rules, **given), who(), what, LISTS).at_most

    assert amount(project(software=100_000)) == 30_000
    assert amount(project(software=1_000_000)) == 50_000
    assert amount(project(software=100_000, hardware=100_000), {"spent": {"on": ["software"]}}) == 30_000
    assert amount(project(software=100_000), cap=None, unknown=["cap"]) is None
    assert amount(project(software=100_000), share=None, share_of=None, unknown=["share"]) is None
    assert amount(project(software=100_000), share_of="interest") is None
    assert amount(project()) is None and amount(None) is None
    assert amount(project(software=100_000), {"recommendations": ["full-mes"]}) is None


def test_proofs_that_are_asked_for_and_not_there_are_named() -> None:
    asked = [
        {"id": "licence", "text": text("licence"), "profile": "credit_code"},
        {"id": "ledger", "text": text("ledger"), "question": "robots-in-use"},
        {"id": "contract", "text": text("contract")},
    ]
    held = programme({"above_scale": True}, evidence=asked, unknown=["evidence"])

    def missing(applicant: Applicant) -> list[str]:
        return [render(m, "en") for m in might_apply(held, applicant, None, LISTS).missing]

    assert [line.split(": ")[-1] for line in missing(who())][:3] == ["licence.", "ledger.", "contract."]
    told = Applicant(plant=plant(credit_code="9" * 18), on="2026-06-01", proved=("robots-in-use",))
    assert missing(told) == ["Proof missing: contract.", "Which proofs are asked for was not found."]


# Laws ----------------------------------------------------------------------------------------------------


@given(PROGRAMMES, FACTS, ANSWERS, COSTS, st.data())
def test_what_nobody_knows_never_counts_as_met_and_more_evidence_only_settles(
    held: Any, facts: dict[str, Any], answers: dict[str, Fraction], costs: dict[str, int], data: st.DataObject
) -> None:
    """With some of what is known taken away, whatever is still told is told the same; the rest is open."""
    keep = data.draw(st.sets(st.sampled_from(sorted({*facts, *answers, "levels", "costs"}))))
    levels = {"miit-sme-2024": data.draw(st.sampled_from([(1, 1), (2, 2), (3, 3)]))}

    def applicant(names: set[str]) -> Applicant:
        given = {name: fact for name, fact in facts.items() if name in names}
        said = {q: value for q, value in answers.items() if q in names}
        return who(said, **given).model_copy(update={"levels": levels if "levels" in names else {}})

    everything = {*facts, *answers, "levels", "costs"}
    full = might_apply(held, applicant(everything), project(**costs), LISTS)
    some = might_apply(held, applicant(keep), project(**(costs if "costs" in keep else {})), LISTS)
    for before, after in zip(some.checks, full.checks, strict=True):
        if before.outcome is not OPEN:
            assert after.outcome is before.outcome, before.id
    if some.outcome in (MET, NOT_MET):
        assert full.outcome is some.outcome
    if any(check.outcome is OPEN for check in some.checks):
        assert some.outcome in (OPEN, NOT_MET)


@given(PROGRAMMES)
def test_of_a_plant_that_nothing_is_known_of_nothing_is_met_but_what_asks_nothing_of_it(held: Any) -> None:
    found = might_apply(held, who(), None, LISTS)
    asks_nothing = {"window"} | {r.id for r in held.conditions if r.need and r.need.plant}
    assert all(c.outcome is not MET for c in found.checks if c.id not in asks_nothing)


@given(PROGRAMMES, FACTS, ANSWERS, COSTS)
def test_every_reason_can_be_read_in_both_languages(
    held: Any, facts: dict[str, Any], answers: dict[str, Fraction], costs: dict[str, int]
) -> None:
    found = might_apply(held, who(answers, **facts), project(**costs), LISTS)
    for language in LANGUAGES:
        assert all(render(check.why, language) for check in found.checks)
    assert found.outcome is overall(check.outcome for check in found.checks)
    amount = found.at_most
    assert amount is None or amount <= sum(costs.values())


# Confirmed, and beside a plan ----------------------------------------------------------------------------


def confirmed(programme_: str, amount: int, recommendation: str = "light-mes") -> ConfirmedGrant:
    return ConfirmedGrant(programme=programme_, recommendation=recommendation, amount=F(amount), proof=PROOF)


def test_only_what_is_confirmed_is_ever_taken_off() -> None:
    given = [confirmed("aid", 5), confirmed("aid", 6), confirmed("aid", 7, "full-mes"), confirmed("own-notice", 1)]
    held = programme({"above_scale": True})
    found = grants_for([held], who(above_scale=False), project(software=1), LISTS, given)
    assert [(g.programme, g.outcome) for g in found] == [("aid", NOT_MET), ("own-notice", OPEN)]
    assert [g.confirmed for g in found] == [11, 1]
    assert grants_for([held], who(above_scale=False), project(software=1), LISTS) == (), "it cannot apply"


def test_money_for_cities_and_for_diagnoses_stands_beside_no_recommendation() -> None:
    held = [
        programme({"above_scale": True}, kind="frame"),
        programme({"above_scale": True}, pays_for=["diagnosis"]),
    ]
    assert grants_for(held, who(above_scale=True), project(software=1), LISTS) == ()


@pytest.mark.slow
def test_a_plan_has_what_might_pay_beside_each_item_and_no_figure_of_it_moves() -> None:
    item = LIBRARY.recommendations["light-mes"]
    a = example()
    amounts = plant_figures(a.evidence, a.plant, a.assets).amounts
    cost = sum(as_project(item, amounts).costs.values(), F(0))
    worth: dict[str, Any] = {"recommendation": "light-mes", "reserve": "0", "software": "0", "confirmed": "0"}
    spans = {name: {"low": "1", "mid": "1", "high": "1"} for name in ("days", "months")}
    worth |= spans | {"stoppage": None, "pain": None, "cost": {"low": "1", "mid": str(cost), "high": "999999"}}

    def planned(document: dict[str, Any]) -> None:
        document["roadmap"]["worth"] = [worth]
        document["plant"]["district"] = {"zh": "上海市松江区", "en": "-"}
        document["plant"]["industry"] = "C3484"

    done = altered(planned)
    made = funded(done, LIBRARY)
    assert done.roadmap is not None and made.roadmap is not None
    [before], [after] = done.roadmap.worth, made.roadmap.worth
    assert before == after.model_copy(update={"grants": ()}) and isinstance(after, Worth)
    found = {grant.programme: grant for grant in after.grants}
    assert "songjiang-sme-pilot" in found and "national-sme-pilot-2023" not in found
    assert "minhang-smart-2021" not in found and "shanghai-assessment-voucher" in found
    assert found["shanghai-specialised-2025"].at_most == cost / 10
    assert {grant.outcome for grant in after.grants} == {OPEN}, "no rule held is known whole"
    worth["cost"]["mid"] = "7"
    other = funded(altered(planned), LIBRARY)
    assert other.roadmap is not None
    assert all(grant.at_most is None for grant in other.roadmap.worth[0].grants), "another cost than the plan's"


# What is shipped -----------------------------------------------------------------------------------------


def test_nothing_is_said_of_the_assessment_voucher_but_what_was_found() -> None:
    held = LIBRARY.programmes["shanghai-assessment-voucher"]
    assert held.status == "unverified"
    assert (held.share, held.cap, held.valid_from, held.valid_to) == (None, None, None, None)
    assert (held.conditions, held.evidence) == ((), ())
    assert set(held.unknown) == {"share", "cap", "valid_from", "valid_to", "conditions", "evidence"}


@pytest.mark.parametrize("id_", sorted(LIBRARY.programmes))
def test_a_shipped_programme_says_where_it_was_read_and_that_it_was_not_checked(id_: str) -> None:
    held = LIBRARY.programmes[id_]
    assert held.status in ("secondary", "unverified"), "none was checked against its text"
    assert "未" in held.source.zh
    assert "conditions" in held.unknown, "no rule was read whole, so none may come out as met"


def test_the_expired_rule_of_minhang_is_refused_by_its_day() -> None:
    checks = might_apply(
        LIBRARY.programmes["minhang-smart-2021"], who(district="上海市闵行区"), None, LISTS
    ).checks
    assert next(c for c in checks if c.id == "window").outcome is NOT_MET


@pytest.mark.slow
def test_every_programme_is_held_against_the_demo_plant() -> None:
    found = eligible(example(), load_library(), "2026-11-26")
    assert [one.programme for one in found] == sorted(LIBRARY.programmes)
    assert not any(one.outcome is MET for one in found)
    assert isinstance(example().answers, Answers)


def test_the_programme_of_the_documents_is_one_that_is_taken() -> None:
    page = (Path(__file__).parent.parent / "docs/how-to/programmes.md").read_text("utf-8")
    example_ = page.split("```yaml\n")[-1].split("```")[0]
    held = read_library(LIBRARY.parts | {"programmes/mine.yaml": example_.encode()})
    mine = held.programmes["my-district-2026"]
    told: dict[str, Any] = {"above_scale": True, "employees": 120, "industry": "C3484", "district": "上海市松江区"}
    applicant = who({"robots-in-use": F(5)}, **told).model_copy(update={"levels": {"miit-sme-2024": (2, 2)}})
    found = might_apply(mine, applicant, project(software=60_000, hardware=40_000, begun=False), LISTS)
    assert [c.id for c in found.checks if c.outcome is not MET] == ["credit"], "a person must tell"
    assert found.outcome is OPEN and found.at_most == 30_000
    assert [render(m, "en") for m in found.missing] == ["Proof missing: Licence.", "Proof missing: Contract."]


def test_computing_is_paid_for_only_where_something_computes() -> None:
    applicant = who(district="上海市", above_scale=True)
    for id_, offered in (("ai-visual-inspection", True), ("gauge-capability", False)):
        what = as_project(LIBRARY.recommendations[id_], {})
        found = {g.programme for g in grants_for(LIBRARY.programmes.values(), applicant, what, LISTS)}
        assert ({"shanghai-compute-voucher", "shanghai-model-voucher"} <= found) is offered, id_
