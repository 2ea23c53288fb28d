"""Links, round trips, our own load, and controllers listed twice: by hand, by law, and against hostile figures."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.bundle.resumed import joined
from assessor.domain import Device, Gap, Message, Nameplate, State, Traffic
from assessor.indicators import round_trip
from assessor.messages import LANGUAGES, render
from assessor.reconcile import doubles
from tests.looked import BEGIN, OPEN, SECOND, Plant, machine
from tests.test_bundle import SEEN
from tests.test_guard import Hands, ask, guard, play


def gap(begins: float, ends: float, why: str = "contact.lost", **more: Any) -> Gap:
    return Gap(
        begins=BEGIN + round(begins * SECOND), ends=BEGIN + round(ends * SECOND), why=Message(id=why), **more
    )


def link(*gaps: Gap, seconds: int = 1000, **seen: Any) -> Plant:
    return Plant("a", seconds=seconds).at("own", gaps=gaps, **seen).put("own", "a", "N", range(9))


# Links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gaps", "value"),
    [
        ([], Fraction(1)),
        ([gap(100, 200)], Fraction(9, 10)),
        ([gap(100, 200), gap(150, 300)], Fraction(8, 10)),
        ([gap(-500, 100), gap(900, 5000)], Fraction(8, 10)),
        ([gap(100, 600, "sampling.slept")], Fraction(1)),  # the laptop's own doing
        ([gap(100, 600, "bundle.interrupted"), gap(600, 700)], Fraction(4, 5)),
        ([gap(100, 600, "sampling.slept"), gap(500, 700)], Fraction(4, 5)),
        ([gap(100, 200, tag=7), gap(100, 200, lost=3), gap(100, 900, times=4)], Fraction(1)),
        ([gap(200, 100)], Fraction(1)),
    ],
)
def test_availability_is_the_time_without_gaps_of_the_other_side(gaps: list[Gap], value: Fraction) -> None:
    found = link(*gaps).measured("link_availability")
    assert (found.state, found.value) == (State.MEASURED, value)


def test_each_device_of_a_gateway_counts_alike_with_the_whole_address_s_silence() -> None:
    plant = Plant("a", "b", seconds=1000).at("gw", gaps=(gap(0, 100), gap(50, 300, where="b")))
    plant.put("gw", "a", "N", range(9)).put("gw", "b", "N2", range(9))
    assert plant.measured("link_availability").value == (Fraction(9, 10) + Fraction(7, 10)) / 2


def test_what_never_answered_stands_beside_and_a_short_look_is_unusable() -> None:
    found = link().at("dead", reached=False).measured("link_availability")
    assert (found.value, found.count, found.total) == (1, 1, 2)
    assert {line.subject: line.outcome for line in found.lines}["dead"] is OPEN
    assert link(gap(0, 20), seconds=60).measured("link_availability").state is State.UNUSABLE
    assert Plant("a").at("dead", reached=False).measured("link_availability").state is State.NOT_DETERMINED
    slept = link(gap(-10, 2000, "sampling.slept")).measured("link_availability")
    assert slept.state is State.NOT_DETERMINED, "nothing of it was sampled"


def test_an_endpoint_sampled_briefly_stays_open_beside_a_long_one() -> None:
    brief = {"started": BEGIN, "ended": BEGIN + 60 * SECOND, "gaps": (gap(0, 30),)}
    found = link().at("brief", **brief).measured("link_availability")
    assert (found.value, found.count) == (1, 1)
    (own,) = [one for one in found.lines if one.subject == "brief"]
    assert (own.outcome, own.value, own.why.id) == (OPEN, None, "indicator.why.link_short")


def test_breaks_that_are_not_timed_one_by_one_may_have_been_of_any_length() -> None:
    found = link(gap(0, 100), gap(500, 900, times=4)).measured("link_availability")
    assert (found.low, found.value, found.high) == (Fraction(1, 2), Fraction(9, 10), Fraction(9, 10))


MOMENTS = st.tuples(st.integers(-50, 1100), st.integers(-50, 1100))


@pytest.mark.slow
@given(spans=st.lists(MOMENTS, max_size=8), more=MOMENTS)
@settings(max_examples=40, deadline=None)
def test_a_gap_more_never_raises_it_and_it_is_a_share(spans: list[tuple[int, int]], more: tuple[int, int]) -> None:
    before = link(*(gap(*s) for s in spans)).measured("link_availability").value
    after = link(*(gap(*s) for s in (*spans, more))).measured("link_availability").value
    assert before is not None and after is not None and 0 <= after <= before <= 1


# Round trips -------------------------------------------------------------------------------------------------


def traffic(**more: Any) -> Traffic:
    usual = {"requests": 0, "failures": 0, "bytes_sent": 0, "bytes_received": 0, "seconds": 10, "slowest_ms": 0}
    return Traffic.model_validate(usual | more)


@given(took=st.lists(st.floats(0.01, 5000), min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_the_guard_counts_every_answer_and_the_bounds_hold_the_figure(took: list[float]) -> None:
    async def story(hands: Hands, log: list[Any]) -> None:
        plc = guard(hands, log, slowdown_factor=1e6)
        for ms in took:
            await ask(plc, hands, ms / 1000)
        counted = plc.traffic(1).round_trips
        assert sum(counted.values()) == len(took)
        low, high = round_trip.quantile(counted)
        rank = -(-95 * len(took) // 100)
        assert float(low) - 0.01 <= sorted(took)[rank - 1] <= float(high) * 1.001 + 0.01

    play(story)


def test_silence_is_no_round_trip() -> None:
    async def story(hands: Hands, log: list[Any]) -> None:
        plc = guard(hands, log, breaker_failures=5)
        await ask(plc, hands, 0.02)
        await ask(plc, hands, 9, ok=False)
        assert plc.traffic(1).round_trips == {17: 1}, "20 ms lie between 2^(17/4) = 19.03 and 22.63"

    play(story)


def test_the_figure_is_over_all_answers_with_each_endpoint_beside_it() -> None:
    plant = link(traffic=traffic(round_trips={8: 90, 16: 10})).at("b", traffic=traffic(round_trips={4: 100}))
    found = plant.at("c").measured("round_trip")
    # of 200 answers 190 are due: the 100 fast ones and all of the class from 4 ms
    assert (found.low, found.high, found.value) == (4, Fraction("4.757"), Fraction("4.757"))
    assert {line.subject: line.value for line in found.lines} == {
        "own": Fraction("19.027"),
        "b": Fraction("2.378"),
        "c": None,
    }
    assert link(traffic=traffic(round_trips={8: 19})).measured("round_trip").state is State.UNUSABLE
    assert link(traffic=traffic()).measured("round_trip").state is State.NOT_DETERMINED


def test_counts_that_cannot_be_are_left_out() -> None:
    hostile = traffic(round_trips={10**9: 5, -(10**9): 5, 8: -3, 9: 0, 12: 30})
    found = link(traffic=hostile).measured("round_trip")
    assert (found.low, found.high) == (8, Fraction("9.514"))


def test_the_parts_of_a_resumed_run_are_added_up() -> None:
    one = SEEN.model_copy(update={"traffic": traffic(round_trips={1: 2, 3: 1}, stated=100)})
    two = SEEN.model_copy(update={"traffic": traffic(round_trips={3: 4}, stated=50)})
    both = joined(one, two, 1).traffic
    assert both is not None and (both.round_trips, both.stated) == ({1: 2, 3: 5}, 150)
    old = SEEN.model_copy(update={"traffic": traffic()})
    assert (told := joined(old, two, 1).traffic) is not None and told.stated is None, "one part stated nothing"


# Our own load ------------------------------------------------------------------------------------------------


def test_our_load_is_what_was_sent_of_what_was_stated() -> None:
    plant = link(traffic=traffic(requests=50, stated=200)).at("b", traffic=traffic(requests=30, stated=40))
    found = plant.at("c", traffic=traffic(requests=7)).measured("load_caused")
    assert (found.value, found.count, found.total) == (Fraction(1, 3), 2, 3)
    assert {line.subject: line.value for line in found.lines} == {
        "own": Fraction(1, 4),
        "b": Fraction(3, 4),
        "c": None,
    }
    assert "5 a second" in render(found.lines[0].why, "en")
    untimed = link(traffic=traffic(requests=9, stated=10, seconds=0)).measured("load_caused")
    assert "a second" not in render(untimed.lines[0].why, "en") and untimed.value == Fraction(9, 10)
    assert link(traffic=traffic(requests=9, stated=0)).measured("load_caused").state is State.NOT_DETERMINED


# Listed twice ------------------------------------------------------------------------------------------------


def plate(serial: str | None, maker: str | None = "Works", model: str | None = "M1", **more: Any) -> Nameplate:
    return Nameplate(source="t", manufacturer=maker, model=model, serial=serial, **more)


@pytest.mark.parametrize(
    ("one", "other", "pairs"),
    [
        (plate("SN-0042"), plate("sn 0042"), 1),
        (plate("SN-0042"), plate("SN-0042", maker=None, model=None), 1),  # Modbus may say less
        (plate("SN-0042"), plate("SN-0043"), 0),
        (plate("SN-0042"), plate("SN-0042", maker="Others"), 0),
        (plate("SN-0042"), plate("SN-0042", model="M2"), 0),
        (plate("0000"), plate("0000"), None),  # nothing that could tell them apart
        (plate("12345678"), plate("12345678"), None),
        (plate("N/A"), plate("N/A"), None),
        (plate(None), plate(None), None),
        (plate("SN-0042"), plate(None), None),
        (plate(None, product_instance_uri="urn:x:1"), plate("A7", product_instance_uri="urn:x:1"), 1),
    ],
)
def test_the_same_serial_number_is_something_to_ask_about(
    one: Nameplate, other: Nameplate, pairs: int | None
) -> None:
    plant = Plant("a", "b").put("ua", "a", "N", range(3)).put("mb", "b", "N", range(3))
    found = plant.is_("a", nameplate=one).is_("b", nameplate=other).measured("seen_twice")
    assert found.value == pairs
    assert [(line.subject, line.outcome) for line in found.lines] == [("a", OPEN)] * (pairs or 0)
    flags = doubles([found])
    assert len(flags) == (pairs or 0) and all(render(f.ask, language) for f in flags for language in LANGUAGES)


def counted(values: list[int], other: list[int], *, late: float = 0.4, **more: Any) -> Plant:
    """Two assets with a counter each, looked at a little apart."""
    plant = Plant(machine("a"), machine("b", **more), seconds=4000)
    plant.put("ua", "a", "Count", values, every=10.0)
    return plant.put("mb", "b", "unit 1/strokes", other, at=[i * 10 + late for i in range(len(other))])


def test_a_device_that_no_asset_claims_is_named_by_its_place() -> None:
    plant = Plant("a").put("ua", "a", "N", range(3)).is_("a", nameplate=plate("SN-0042"))
    plant.at("gw", devices=(Device(asset=None, where="unit 7", answered=True, nameplate=plate("SN-0042")),))
    (line,) = plant.measured("seen_twice").lines
    assert (line.subject, line.why.params) == ("a", {"other": "gw unit 7"})


COUNTS = [5000 + i // 3 for i in range(120)]


def test_counters_that_move_together_are_something_to_ask_about() -> None:
    assert counted(COUNTS, COUNTS).measured("seen_twice").value == 1
    (flag,) = doubles([counted(COUNTS, COUNTS).measured("seen_twice")])
    assert flag.id == "same-asset" and flag.ask.params == {"one": "a", "other": "b"}


@pytest.mark.parametrize(
    "other",
    [
        [c + 7 for c in COUNTS],  # near, and not the same
        [5000 + i // 3 if i < 60 else 5020 + (i - 60) // 2 for i in range(120)],  # the same for a while
        [5000 + i // 30 for i in range(120)],  # too few changes
        [5039] * 120,
    ],
)
def test_counters_that_only_come_near_are_not(other: list[int]) -> None:
    assert counted(COUNTS, other).measured("seen_twice").value in (0, None)


def test_a_machine_that_passes_on_its_meter_and_one_asset_over_two_endpoints_are_no_pair() -> None:
    assert counted(COUNTS, COUNTS, metered_by="a").measured("seen_twice").value == 0
    one = Plant("a", "c").put("ua", "a", "Count", COUNTS, every=10.0).put("mb", "a", "n", COUNTS, every=10.0)
    assert one.put("z", "c", "Count", range(120), every=10.0).measured("seen_twice").value == 0


def test_one_device_alone_is_compared_with_nothing() -> None:
    found = Plant("a").put("ua", "a", "Count", COUNTS, every=10.0).measured("seen_twice")
    assert found.state is State.NOT_DETERMINED and found.value is None and doubles([found]) == ()
