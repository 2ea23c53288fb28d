"""Machine states: read from tags that someone can read, concluded from power, never invented."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    Asset,
    Device,
    Function,
    MachineState,
    MeaningRule,
    Observation,
    Outcome,
    Sample,
    Series,
    State,
    StateShares,
    Tag,
    TagMeaning,
)
from assessor.facts import facts, machine_states, series, sort
from assessor.facts.states import power_shares
from assessor.indicators.seen import Seen, look
from assessor.interpret import interpret
from assessor.messages import LANGUAGES, render
from benchmarks.made_signals import machine
from tests.test_bundle import SCOPE
from tests.test_facts import BEGIN, SECOND, table
from tests.test_facts import series as polled

RUNNING, IDLE, STOPPED = MachineState.RUNNING, MachineState.IDLE, MachineState.STOPPED
MILL = Asset.model_validate({"id": "mill", "name": {"zh": "m", "en": "m"}, "kind": "machine", "production": True})
KW = Tag(id=1, endpoint="e", asset="mill", address="P", path="Mill/Power", unit="kW")


def tag(path: str, **more: Any) -> Tag:
    return Tag(id=1, endpoint="e", asset="mill", address=path, path=path, **more)


def state(id_: int = 1, **more: Any) -> TagMeaning:
    return TagMeaning(tag=id_, quantity="state", function=Function.STATE, source="person", **more)


def told(of: Tag, values: Sequence[Any], meaning: TagMeaning | None) -> StateShares | None:
    """States by one tag that is polled each second."""
    held = series(sort(table(polled(values))))
    return machine_states([MILL], [of], {1: meaning} if meaning else {}, held).get("mill")


PACKML = [6] * 100 + [4] * 50 + [2] * 25 + [0] * 26
BY_PERSON = state(states={"0": STOPPED, "1": IDLE, "2": RUNNING, "Auto": RUNNING})
LABELS = ((0, "Aus"), (1, "Stopped"), (2, "Running"))


@pytest.mark.parametrize(
    ("of", "values", "meaning", "seconds", "unknown"),
    [
        (tag("Status/StateCurrent"), PACKML, state(), {RUNNING: 100, IDLE: 50, STOPPED: 25}, 25),
        (
            tag("M/MachineryItemState/CurrentState"),
            ["Executing"] * 60 + ["NotExecuting"] * 30 + ["OutOfService"] * 11,
            state(),
            {RUNNING: 60, IDLE: 30, STOPPED: 10},
            0,
        ),
        (
            tag("Execution", description="EXECUTION", sampling="reported"),
            ["ACTIVE"] * 60 + ["FEED_HOLD"] * 30 + ["STOPPED"] * 11,
            state(),
            {RUNNING: 60, IDLE: 30, STOPPED: 10},
            0,
        ),
        (tag("Zustand"), [2] * 50 + [1] * 31 + [0] * 20, state(), None, None),
        (tag("Zustand", labels=LABELS), [2] * 50 + [1] * 31 + [0] * 20, state(), {RUNNING: 50, STOPPED: 31}, 19),
        (tag("Zustand", labels=LABELS), [0] * 90 + [2] * 11, state(), None, None),
        (tag("Zustand"), [2] * 50 + [1] * 31 + [0] * 20, BY_PERSON, {RUNNING: 50, IDLE: 31, STOPPED: 19}, 0),
        (tag("Zustand"), ["Auto"] * 50 + ["JOG"] * 51, BY_PERSON, {RUNNING: 50}, 50),
        (tag("状态"), ["加工中"] * 70 + ["待机"] * 31, state(), {RUNNING: 70, IDLE: 30}, 0),
        (tag("Door"), ["OPEN"] * 70 + ["CLOSED"] * 31, state(), None, None),
    ],
)
def test_states_are_read_where_someone_can_read_them(
    of: Tag,
    values: list[Any],
    meaning: TagMeaning,
    seconds: dict[MachineState, float] | None,
    unknown: float | None,
) -> None:
    found = told(of, values, meaning)
    if seconds is None:
        assert found is None
        return
    assert found is not None and found.known and found.source == "state"
    assert found.seconds == seconds and found.unknown == unknown
    assert (found.least, found.most) == (seconds[RUNNING], seconds[RUNNING] + found.unknown)


@pytest.mark.parametrize("name", ["M/Running", "M.IsRunning", "PLC/机床运行中", "M/machine_running"])
def test_a_flag_says_whether_it_runs_and_no_more(name: str) -> None:
    found = told(tag(name), [True] * 60 + [False] * 41, None)
    assert found is not None and found.seconds == {RUNNING: 60} and found.resting == 40


@pytest.mark.parametrize("name", ["M/RunningHours", "M/NotRunning", "M/Rerunning", "M/Running"])
def test_what_is_no_flag_is_not_taken_for_one(name: str) -> None:
    values = [0, 1, 2, 3] * 30 if name == "M/Running" else [True, False] * 60
    assert told(tag(name), values, None) is None


def test_a_state_holds_until_the_next_row_but_not_through_bad_rows_nor_while_away() -> None:
    rows = polled([6] * 101, every=10)
    rows = [r._replace(status=0x80050000) if 20 <= i < 40 else r for i, r in enumerate(rows)]
    gone = {1: ((BEGIN + 500 * SECOND, BEGIN + 700 * SECOND),)}
    held = series(sort(table(rows)), gone)
    found = machine_states([MILL], [tag("Status/StateCurrent")], {1: state()}, held)["mill"]
    assert found.seconds == {RUNNING: 1000 - 200 - 200}


def test_a_state_that_comes_only_on_change_holds_in_between() -> None:
    rows = [r for r in polled(PACKML) if r.mono // SECOND in (0, 100, 150, 175, 200)]
    found = machine_states([MILL], [tag("Status/StateCurrent")], {1: state()}, series(sort(table(rows))))["mill"]
    assert found.seconds == {RUNNING: 100, IDLE: 50, STOPPED: 25} and found.unknown == 25


POWER: list[Sample] = [r._replace(tag=2) for r in polled([8.0 + i % 3 for i in range(200)])]


def test_a_state_tag_goes_before_power_and_what_a_person_says_before_a_standard() -> None:
    status, own = tag("Status/StateCurrent"), Tag(id=3, endpoint="e", asset="mill", address="x", path="a/b/c/Mode")
    power = Tag(id=2, endpoint="e", asset="mill", address="y", path="Power", unit="kW")
    held = series(sort(table(polled(PACKML) + POWER + polled([1] * 101, tag=3))))
    known = {1: state(), 3: TagMeaning(tag=3, quantity="state", function=Function.STATE, source="person")}
    assert machine_states([MILL], [power, own, status], known, held)["mill"].tag == 1
    known[3] = known[3].model_copy(update={"states": {"1": IDLE}})
    assert machine_states([MILL], [power, own, status], known, held)["mill"].seconds == {IDLE: 100}
    assert machine_states([MILL], [power], {}, held)["mill"].source == "power"


def test_what_was_read_goes_before_a_record_of_the_same_kind() -> None:
    read, kept = (
        tag("b/Status/StateCurrent"),
        Tag(id=2, endpoint="x", asset="mill", address="a", path="Status/StateCurrent"),
    )
    held = series(sort(table(polled(PACKML) + polled([2] * 50, tag=2))))
    known = {1: state(1), 2: state(2)}
    found = machine_states([MILL], [kept, read], known, held, {2})["mill"]
    assert found.tag == 1 and not found.exported
    assert machine_states([MILL], [kept], known, held, {2})["mill"].exported


# From power -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("contrast", [1.0, 0.5])
def test_the_running_share_of_a_shift_is_within_two_points(seed: int, contrast: float) -> None:
    made = machine(np.random.default_rng(seed), 4, contrast=contrast)
    found = power_shares(KW, made.power)
    assert found.known and set(found.seconds) == {RUNNING, IDLE, STOPPED}
    truth = made.truth[RUNNING] / sum(made.truth.values())
    assert abs(found.running / found.watched - truth) <= 0.02
    assert found.cycle and found.hold and found.hold < found.cycle
    assert found.least <= found.running <= found.most


@pytest.mark.parametrize("seed", range(6))
def test_of_a_rougher_machine_it_is_within_four_points_or_indicative(seed: int) -> None:
    made = machine(np.random.default_rng(seed), 4, rough=True)
    found = power_shares(KW, made.power)
    truth = made.truth[RUNNING] / sum(made.truth.values())
    assert abs(found.running / found.watched - truth) <= 0.04 or found.indicative
    assert found.least / found.watched - 0.03 <= truth <= found.most / found.watched + 0.03


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("states", [1, 2])
def test_states_that_were_not_seen_are_not_invented(seed: int, states: int) -> None:
    made = machine(np.random.default_rng(seed), 4, states=states)
    found = power_shares(KW, made.power)
    assert STOPPED not in found.seconds and IDLE not in found.seconds, "two levels: which of both is not known"
    assert found.resting == pytest.approx(made.truth[IDLE], abs=0.02 * found.watched)


def level(values: Any, step: float = 10.0) -> Series:
    n = len(values)
    seconds = np.arange(n) * step
    at = BEGIN + (seconds * 1e9).astype(np.int64)
    return Series(at, np.full(n, 0), np.asarray(values, float), seconds=seconds, held=np.full(n, step))


@given(seed=st.integers(0, 50), spread=st.floats(0.001, 0.3), size=st.floats(0.01, 1e6))
def test_one_level_however_noisy_is_no_state(seed: int, spread: float, size: float) -> None:
    """A spread of up to three tenths of the level, in any unit."""
    noise = np.random.default_rng(seed).normal(1, spread, 2000).clip(0.01)
    found = power_shares(KW, level(size * noise))
    assert not found.seconds and not found.known and found.unknown == found.watched


def test_two_levels_without_a_cycle_are_indicative() -> None:
    found = power_shares(KW, level([5.0] * 900 + [20.0] * 900))
    assert found.indicative and found.resting == 9000 and found.why.id.endswith("two_levels")
    off = power_shares(KW, level([0.0] * 900 + [20.0] * 900))
    assert off.seconds[STOPPED] == 9000, "next to nothing is off"


def test_power_of_less_than_four_hours_is_indicative_and_of_minutes_nothing() -> None:
    made = machine(np.random.default_rng(3), 2)
    assert power_shares(KW, made.power).indicative
    short = power_shares(KW, level([5.0] * 40 + [20.0] * 40))
    assert not short.seconds and short.why.id.endswith("power_short")


@given(factor=st.sampled_from([0.001, 0.1, 7.0, 1000.0]))
def test_the_unit_of_power_changes_nothing(factor: float) -> None:
    made = machine(np.random.default_rng(5), 4).power
    one, other = power_shares(KW, made), power_shares(KW, made._replace(value=made.value * factor))
    assert other.running == pytest.approx(one.running, abs=0.002 * one.watched)
    assert other.cycle == one.cycle


def test_a_meter_of_several_machines_tells_of_none() -> None:
    both = [MILL.model_copy(update={"id": id_, "metered_by": "em"}) for id_ in ("a", "b")]
    meter = Tag(id=2, endpoint="e", asset="em", address="y", path="P", unit="kW")
    held = series(sort(table(POWER)))
    assert machine_states(both, [meter], {}, held).get("a") is None
    assert machine_states(both[:1], [meter], {}, held)["a"].tag == 2


def test_power_of_the_whole_is_taken_before_its_phases_and_apparent_power_never() -> None:
    tags = [
        Tag(id=i, endpoint="e", asset="mill", address=str(i), path=f"P{i}", unit=unit)
        for i, unit in ((1, "W"), (2, "W"), (3, "kVA"))
    ]
    rows = polled([900.0, 901.0] * 50) + polled([2700.0, 2701.0] * 50, tag=2) + polled([3.0, 4.0] * 50, tag=3)
    assert machine_states([MILL], tags, {}, series(sort(table(rows))))["mill"].tag == 2


# The indicator --------------------------------------------------------------------------------------------


def shares(**more: Any) -> StateShares:
    told = {
        "source": "state",
        "tag": 1,
        "path": "S",
        "why": {"id": "indicator.why.states_tag", "params": {"tag": "S"}},
    }
    seconds = more.get("seconds", {})
    ran = seconds.get(RUNNING, 0.0)
    return StateShares.model_validate(told | {"least": ran, "most": ran} | more)


def plant(states: dict[str, StateShares]) -> Seen:
    assets = [MILL.model_copy(update={"id": id_}) for id_ in ("a", "b", "c")]
    given = SCOPE.model_copy(update={"assets": tuple(assets), "endpoints": (), "strata": ()})
    return look(given, (), {}, {}).with_states(states)


def test_the_running_share_weighs_machines_by_the_time_they_were_watched() -> None:
    a = shares(seconds={RUNNING: 3000.0, IDLE: 1000.0})
    b = shares(seconds={RUNNING: 1000.0}, resting=7000.0, source="power", hold=40.0, least=900.0, most=1400.0)
    c = shares(seconds={RUNNING: 9000.0}, indicative=True, source="power")
    found = indicators.load()["running_share"].measure(plant({"a": a, "b": b, "c": c}))
    assert (found.value, found.low, found.high) == (Fraction(1, 3), Fraction(39, 120), Fraction(44, 120))
    assert (found.count, found.total, found.state) == (2, 3, State.MEASURED)
    lines = {one.subject: (one.outcome, one.value) for one in found.lines}
    assert lines["a"] == (Outcome.MET, Fraction(3, 4)) and lines["c"] == (Outcome.NOT_DETERMINED, None)
    for one in (*(x.why for x in found.lines), found.why, found.method, *(c.needed for c in found.conditions)):
        assert all("{" not in render(one, language) for language in LANGUAGES)
    assert "75 %" in render(found.lines[0].why, "en") and "indicative" in render(found.lines[2].why, "en")


def test_what_cannot_be_read_leaves_bounds_and_no_value() -> None:
    found = indicators.load()["running_share"].measure(
        plant({"a": shares(seconds={RUNNING: 1000.0}, unknown=1000.0, most=2000.0)})
    )
    assert (found.value, found.low, found.high) == (None, Fraction(1, 2), Fraction(1))


def test_minutes_are_unusable_and_no_states_are_not_determined() -> None:
    short = indicators.load()["running_share"].measure(plant({"a": shares(seconds={RUNNING: 60.0})}))
    assert short.state is State.UNUSABLE and short.value is None and short.low is None
    none = indicators.load()["running_share"].measure(plant({}))
    assert none.state is State.NOT_DETERMINED and none.count == 0 and none.total == 3


def test_a_stale_copy_of_a_state_tells_of_no_running_time() -> None:
    """What a dead branch of an aggregator last said is not what the machine does."""
    endpoint = {"id": "scada", "protocol": "opcua", "address": "x:1", "role": "scada"}
    document = SCOPE.model_dump(mode="json") | {
        "assets": [MILL.model_dump(mode="json")],
        "endpoints": [endpoint],
        "strata": [],
    }
    of = tag("Status/StateCurrent").__class__(
        id=1, endpoint="scada", asset="mill", address="a", path="Status/StateCurrent"
    )
    scope = SCOPE.model_validate(document)

    def usable(source: Any) -> tuple[Tag, ...]:
        rows = sort(table(polled([6] * 400, source=source)))
        seen = Observation(
            endpoint="scada", protocol="opcua", connector="t", started=1, ended=2, reached=True, tags=(of,),
            devices=(Device(asset="mill", where="Objects", answered=True),),
        )  # fmt: skip
        return look(scope, [seen], facts(rows), {}).usable

    assert usable(lambda _: -86_400.0) == ()
    assert usable("now") == (of,)


def test_a_person_maps_the_values_of_a_state_in_the_scope() -> None:
    rule = MeaningRule.model_validate(
        {"tags": "*.State", "quantity": "state", "function": "state", "by": "fitter", "states": {"0": "stopped"}}
    )
    of = tag("Line.State")
    seen = Observation(endpoint="e", protocol="opcua", connector="t", started=1, ended=2, reached=True, tags=(of,))
    found = interpret([seen], SCOPE.model_copy(update={"meanings": (rule,)}))
    assert found[1].states == {"0": STOPPED}
