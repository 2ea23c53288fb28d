"""Indicators: the interval rule by law, and each indicator for yes, no and open on a small plant made by hand."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    Device,
    EvidenceClass,
    Function,
    Line,
    Measurement,
    Message,
    Nameplate,
    Observation,
    Offer,
    Outcome,
    Proof,
    Scope,
    SignalKind,
    State,
    Stratum,
    Tag,
    TagFacts,
    TagMeaning,
    Witness,
)
from assessor.indicators.seen import Seen, look
from assessor.indicators.share import interval, wilson
from assessor.messages import LANGUAGES, render
from tests.test_bundle import SCOPE

HOUR = 3_600_000_000_000


def line(subject: str, outcome: Outcome) -> Line:
    return Line(subject=subject, outcome=outcome, why=Message(id="indicator.why.silent"))


OUTCOMES = st.sampled_from([Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED])
LINES = st.lists(OUTCOMES, min_size=1, max_size=30).map(
    lambda outcomes: [line(f"a{i}", o) for i, o in enumerate(outcomes)]
)


def scope_of(*strata: Stratum) -> Scope:
    return SCOPE.model_copy(update={"strata": strata})


@given(lines=LINES)
def test_hard_bounds_hold_seen_and_open_and_nothing_narrower(lines: list[Line]) -> None:
    low, high = interval(lines, scope_of(), {})
    yes = sum(one.outcome is Outcome.MET for one in lines)
    no = sum(one.outcome is Outcome.NOT_MET for one in lines)
    assert (low, high) == (Fraction(yes, len(lines)), Fraction(len(lines) - no, len(lines)))


@given(lines=LINES, seed=st.randoms())
def test_order_changes_nothing(lines: list[Line], seed: Any) -> None:
    before = interval(lines, scope_of(), {})
    seed.shuffle(lines)
    assert interval(lines, scope_of(), {}) == before


@given(lines=LINES, found=st.sampled_from([Outcome.MET, Outcome.NOT_MET]))
def test_knowing_more_never_widens(lines: list[Line], found: Outcome) -> None:
    low, high = interval(lines, scope_of(), {})
    still_open = next((i for i, one in enumerate(lines) if one.outcome is Outcome.NOT_DETERMINED), None)
    if still_open is not None:
        lines[still_open] = line(lines[still_open].subject, found)
        closer = interval(lines, scope_of(), {})
        assert low <= closer[0] <= closer[1] <= high


@given(total=st.integers(1, 200), data=st.data())
def test_a_draw_stays_inside_what_is_possible_and_a_full_draw_is_exact(total: int, data: st.DataObject) -> None:
    tried = data.draw(st.integers(1, total))
    met = data.draw(st.integers(0, tried))
    low, high = wilson(met, tried, total)
    assert Fraction(met, total) <= low <= Fraction(met, tried) <= high <= Fraction(total - tried + met, total)
    if tried == total:
        assert low == high == Fraction(met, total)


def test_wilson_by_a_figure_worked_out_apart() -> None:
    """20 of 50 drawn from very many: 0.2761 … 0.5382 (textbook value without correction)."""
    low, high = wilson(20, 50, 1_000_000)
    assert abs(low - Fraction("0.2761")) < Fraction("0.0005")
    assert abs(high - Fraction("0.5382")) < Fraction("0.0005")


def test_a_drawn_stratum_is_weighed_by_its_part_of_the_register() -> None:
    drawn = Stratum(id="old", selection="drawn", chosen=("a0", "a1", "a2"), seed=1)  # type: ignore[arg-type]
    lines = [line(f"a{i}", Outcome.MET if i < 3 else Outcome.NOT_DETERMINED) for i in range(10)]
    lines += [line(f"b{i}", Outcome.NOT_MET) for i in range(10)]
    strata = {f"a{i}": "old" for i in range(10)} | {f"b{i}": "all" for i in range(10)}
    low, high = interval(lines, scope_of(drawn), strata)
    assert Fraction(3, 20) < low < Fraction(1, 2), "more than was seen, less than if all of them were"
    assert high == Fraction(1, 2)


# A plant made by hand ------------------------------------------------------------------------------------

ASSETS = {
    "live": {"interface": "opcua", "expects": ["state", "counter", "process"], "numerical_control": True},
    "behind": {"interface": "opcua", "expects": ["state"], "numerical_control": True},
    "stale": {"interface": "opcua", "expects": ["state", "counter", "process"]},
    "silent": {"interface": "opcua", "expects": ["state"]},
    "siemens": {"interface": "s7", "numerical_control": True},
    "lathe": {"interface": "none", "numerical_control": False},
    "idle": {"interface": "none", "in_use": False},
    "meter": {"interface": "modbus-rtu", "production": False},
}


def scope(vantage: str = "control") -> Scope:
    assets = [
        {"id": k, "name": {"zh": k, "en": k}, "kind": "machine", "production": True} | v for k, v in ASSETS.items()
    ]
    document = SCOPE.model_dump(mode="json") | {
        "vantage": vantage,
        "assets": assets,
        "strata": [],
        "key_processes": [
            {"id": "cutting", "name": {"zh": "a", "en": "a"}, "assets": ["live", "lathe"]},
            {"id": "turning", "name": {"zh": "b", "en": "b"}, "assets": ["lathe"]},
            {"id": "washing", "name": {"zh": "c", "en": "c"}, "assets": ["siemens"]},
        ],
        "endpoints": [
            {"id": "machine", "protocol": "opcua", "address": "x:1", "role": "machine", "asset": "live"},
            {"id": "scada", "protocol": "opcua", "address": "x:2", "role": "scada"},
            {"id": "dead", "protocol": "opcua", "address": "x:3", "role": "machine", "asset": "silent"},
        ],
    }
    return Scope.model_validate(document)


def tag(id_: int, endpoint: str, asset: str, path: str, **more: Any) -> Tag:
    return Tag(id=id_, endpoint=endpoint, asset=asset, address=path, path=path, **more)


def facts(id_: int, **more: Any) -> TagFacts:
    usual: dict[str, Any] = {
        "rows": 600, "good": 600, "uncertain": 0, "bad": 0, "changes": 300, "distinct": 200, "first": HOUR,
        "last": HOUR + 599_000_000_000, "seconds": 599.0, "longest_gap": 1.0, "minimum": 1.0, "maximum": 9.0,
        "kind": SignalKind.LIVE, "stale": False, "update_interval": 4.0, "skew": -0.01, "lag": 0.01,
        "source_seconds": 598.0,
    }  # fmt: skip
    return TagFacts(tag=id_, **(usual | more))


MONTH = 30 * 86_400.0
STILL = {
    "changes": 0, "distinct": 1, "kind": SignalKind.STATIC, "stale": True, "source_seconds": 0.0, "age": MONTH,
}  # fmt: skip


def small(vantage: str = "control", witnessed: tuple[Witness, ...] = ()) -> Seen:
    tags = [
        tag(1, "machine", "live", "State"),
        tag(2, "machine", "live", "Speed", unit="1/min", low=0, high=100),
        tag(3, "machine", "live", "Energy", unit="kWh"),
        tag(4, "scada", "behind", "B.State"),
        tag(5, "scada", "stale", "S.State"),
    ]
    meanings = {
        1: TagMeaning(tag=1, quantity="state", function=Function.STATE, source="person"),
        2: TagMeaning(tag=2, quantity="speed", function=Function.ACTUAL, source="person"),
        3: TagMeaning(tag=3, quantity="energy", function=Function.COUNTER, source="person"),
        5: TagMeaning(tag=5, quantity="state", function=Function.STATE, source="person"),
    }
    known = {1: facts(1), 2: facts(2), 3: facts(3), 4: facts(4, skew=-3600.0), 5: facts(5, **STILL)}
    offers = (Offer(mode="None", policy="None", tokens=("Anonymous",)),)
    closed = (Offer(mode="SignAndEncrypt", policy="Basic256Sha256", tokens=("UserName",)),)

    def seen_at(endpoint: str, **more: Any) -> Observation:
        base = {"endpoint": endpoint, "protocol": "opcua", "connector": "t", "started": 1, "ended": 2}
        return Observation.model_validate(base | {"reached": True} | more)

    plate = Nameplate(source="machinery", manufacturer="M", model="X")
    observations = (
        seen_at(
            "machine",
            browse={"nodes": 3, "complete": True},
            tags=tags[:3],
            offers=offers,
            devices=[Device(asset="live", where="Objects", answered=True, nameplate=plate)],
        ),
        seen_at(
            "scada",
            tags=tags[3:],
            offers=closed,
            devices=[Device(asset=a, where=a, answered=True) for a in ("behind", "stale")],
        ),
        seen_at(
            "dead",
            reached=False,
            problem=Message(id="indicator.why.silent"),
            devices=[
                Device(asset="silent", where="Objects", answered=False, problem=Message(id="indicator.why.silent"))
            ],
        ),
    )
    return look(scope(vantage), observations, known, meanings, witnessed)


def measured(indicator: str, seen: Seen | None = None) -> Measurement:
    return indicators.load()[indicator].measure(seen or small())


def outcomes(indicator: str, seen: Seen | None = None) -> dict[str, str]:
    return {one.subject: one.outcome.value for one in measured(indicator, seen).lines}


YES, NO, OPEN = "met", "not_met", "not_determined"


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("readable", {"live": YES, "behind": YES, "stale": NO, "silent": OPEN, "siemens": OPEN, "lathe": NO}),
        ("connectable", {"live": YES, "behind": YES, "stale": OPEN, "silent": OPEN, "siemens": OPEN, "lathe": NO}),
        ("networked", {"live": OPEN, "behind": YES, "stale": NO, "silent": OPEN, "siemens": OPEN, "lathe": NO}),
        (
            "networked_of_digital",
            {"live": OPEN, "behind": YES, "stale": OPEN, "silent": OPEN, "siemens": OPEN},
        ),
        ("digital", {"live": YES, "behind": YES, "stale": OPEN, "silent": OPEN, "siemens": OPEN, "lathe": NO}),
        (
            "open_protocol",
            {"live": YES, "behind": OPEN, "stale": OPEN, "silent": OPEN, "siemens": NO, "lathe": NO},
        ),
        ("nameplate", {"live": YES, "behind": OPEN, "stale": OPEN, "silent": OPEN, "siemens": OPEN, "lathe": NO}),
        ("numerical_control", {"cutting": YES, "turning": NO, "washing": OPEN}),
        ("state_signal", {"live": YES, "behind": OPEN, "stale": NO, "silent": OPEN}),
        ("counter_signal", {"live": NO, "stale": NO}),
        ("process_data", {"live": YES, "stale": NO}),
        (
            "energy_metered",
            {"live": YES, "behind": OPEN, "stale": NO, "silent": OPEN, "siemens": OPEN, "lathe": NO},
        ),
        ("protected_access", {"machine": NO, "scada": YES}),
        ("units_ranges", {"Speed": YES, "B.State": OPEN}),
        ("frozen_tags", {"State": NO, "Speed": NO, "Energy": NO, "B.State": NO, "S.State": YES}),
        ("clock_skew", {"machine": YES, "scada": NO}),
    ],
)
def test_each_subject_counts_as_it_was_seen(indicator: str, expected: dict[str, str]) -> None:
    assert outcomes(indicator) == expected


def test_machines_out_of_use_and_meters_are_in_no_denominator() -> None:
    for indicator in ("readable", "networked", "digital", "energy_metered"):
        assert measured(indicator).total == 6


def test_a_witness_settles_what_stayed_open_and_keeps_his_class() -> None:
    proof = Proof(kind="screen", title="MES screen")
    saw = Witness(
        asset="silent",
        shows="networked",
        holds=True,
        evidence=EvidenceClass.OBSERVED,
        proof=proof,
        by="it",
        at="2026",
    )
    seen = small(witnessed=(saw,))
    found = {one.subject: one for one in measured("networked", seen).lines}["silent"]
    assert found.outcome is Outcome.MET and found.evidence is EvidenceClass.OBSERVED


def test_the_register_s_word_is_a_document_and_not_a_look() -> None:
    found = {one.subject: one for one in measured("readable").lines}["lathe"]
    assert found.evidence is EvidenceClass.DOCUMENT and not found.tested


def test_the_boundary_can_only_be_seen_from_the_office() -> None:
    assert measured("boundary").state is State.NOT_DETERMINED
    office = measured("boundary", small("office"))
    assert (office.low, office.high) == (Fraction(0), Fraction(1, 2)), "one that is silent may be switched off"


def test_a_short_window_makes_frozen_tags_unusable_never_bad() -> None:
    seen = small()
    short = tuple(
        type(t)(t.tag, t.endpoint, t.facts and t.facts.model_copy(update={"rows": 25, "seconds": 24.0}), t.meaning)
        for t in seen.tags
    )
    found = measured("frozen_tags", Seen(seen.scope, seen.observations, seen.assets, short))
    assert found.state is State.UNUSABLE and found.value is None and found.low is None
    assert [c.id for c in found.conditions if not c.holds] == ["duration"]


def test_rows_and_intervals() -> None:
    assert measured("good_status").value == 1
    assert measured("completeness").value == 1
    assert measured("update_interval").value == 4
    assert measured("clock_skew").value == 3600


@pytest.mark.parametrize("name", sorted(indicators.load()))
def test_an_indicator_of_nothing_is_not_determined_and_says_why(name: str) -> None:
    empty = look(scope(), (), {}, {})
    found = indicators.load()[name].measure(empty)
    assert found.indicator == name
    if name not in ("readable", "connectable", "networked", "digital", "open_protocol", "nameplate",
                    "energy_metered", "numerical_control", "companion_spec"):  # fmt: skip
        assert found.state is State.NOT_DETERMINED and found.value is None
    for message in (found.why, found.method, *(one.why for one in found.lines)):
        assert all(render(message, language) for language in LANGUAGES)


def test_measurements_survive_json_to_the_byte() -> None:
    for found in indicators.measure_all(small("office")):
        assert Measurement.model_validate_json(found.model_dump_json()) == found
        if found.low is not None and found.high is not None:
            assert found.low <= found.high
