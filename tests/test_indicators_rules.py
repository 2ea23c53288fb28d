"""Rules that no indicator may bend: unknown stays unknown, a no needs a look, the register's word is not one."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from assessor import indicators
from assessor.domain import (
    AddressSpace,
    Browse,
    Device,
    Function,
    Measurement,
    Message,
    Observation,
    Offer,
    Outcome,
    Role,
    Scope,
    SignalKind,
    State,
    Tag,
    TagFacts,
    TagMeaning,
)
from assessor.indicators.seen import Seen, look
from assessor.messages import LANGUAGES, render
from tests.test_bundle import SCOPE

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
FRESH: dict[str, Any] = {"changes": 20, "stale": False, "source_seconds": 29.0}
STEADY: dict[str, Any] = {"changes": 0, "distinct": 1, "stale": None, "source_seconds": 0.0}
RESTING: dict[str, Any] = {"changes": 0, "distinct": 1, "stale": True, "source_seconds": 0.0, "age": 7200.0}
STALE: dict[str, Any] = RESTING | {"age": 30 * 86_400.0}
WHOLE = Browse(nodes=9, complete=True)


def asset(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": {"zh": id_, "en": id_},
        "kind": "machine",
        "production": True,
        "interface": "opcua",
    } | more


def endpoint(id_: str, role: str = "machine", **more: Any) -> dict[str, Any]:
    return {"id": id_, "protocol": "opcua", "address": f"{id_}:1", "role": role} | more


def scope(assets: Sequence[dict[str, Any]], endpoints: Sequence[dict[str, Any]]) -> Scope:
    document = SCOPE.model_dump(mode="json")
    return Scope.model_validate(document | {"assets": assets, "endpoints": endpoints, "strata": []})


class Bench:
    """Tags put on assets behind endpoints, one by one, and looked at."""

    def __init__(self) -> None:
        self.tags: dict[str, list[Tag]] = {}
        self.facts: dict[int, TagFacts] = {}
        self.meanings: dict[int, TagMeaning] = {}

    def put(
        self, where: str, of: str, shown: dict[str, Any], quantity: str | None = None, function: str | None = None
    ) -> "Bench":
        id_ = len(self.facts) + 1
        path = f"{of}.{id_}"
        self.tags.setdefault(where, []).append(Tag(id=id_, endpoint=where, asset=of, address=path, path=path))
        usual = {"rows": 30, "good": 30, "uncertain": 0, "bad": 0, "distinct": 20, "first": 0, "last": 29 * 10**9}
        usual |= {
            "seconds": 29.0,
            "longest_gap": 1.0,
            "kind": SignalKind.TOO_SHORT,
            "minimum": 0.0,
            "maximum": 1.0,
        }
        self.facts[id_] = TagFacts(tag=id_, **(usual | shown))
        if quantity or function:
            use = Function(function) if function else None
            self.meanings[id_] = TagMeaning(tag=id_, quantity=quantity, function=use, source="person")
        return self

    def look(self, plan: Scope, browse: Browse | None = WHOLE, offers: tuple[Offer, ...] = ()) -> Seen:
        observations = []
        for found in plan.endpoints:
            tags = self.tags.get(found.id, [])
            names = sorted({tag.asset for tag in tags if tag.asset})
            observations.append(
                Observation(
                    endpoint=found.id, protocol=found.protocol, connector="t", started=1, ended=2, reached=True,
                    tags=tuple(tags), browse=browse, offers=offers,
                    devices=tuple(Device(asset=name, where=name, answered=True) for name in names),
                )
            )  # fmt: skip
        return look(plan, observations, self.facts, self.meanings)


def outcomes(indicator: str, seen: Seen) -> dict[str, Outcome]:
    return {one.subject: one.outcome for one in indicators.load()[indicator].measure(seen).lines}


# What a system of the plant passes on ---------------------------------------------------------------------

PLANT = scope([asset("a"), asset("b")], [endpoint("scada", "scada"), endpoint("a-own", asset="a")])


def test_a_value_of_unknown_age_in_a_system_is_not_an_arrival() -> None:
    seen = Bench().put("scada", "a", STEADY).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen) == {"a": OPEN, "b": YES}
    assert outcomes("readable", seen) == {"a": OPEN, "b": YES}


def test_a_constant_that_is_stamped_anew_arrives() -> None:
    stamped = STEADY | {"stale": False, "source_seconds": 29.0}
    assert outcomes("networked", Bench().put("scada", "a", stamped).look(PLANT))["a"] is YES


COPY: dict[str, Any] = STEADY | {"stale": False, "source_seconds": 29.0, "restamps": 29}


@pytest.mark.parametrize("role", ["scada", "gateway"])
def test_a_frozen_value_that_the_aggregator_stamps_itself_is_not_current(role: str) -> None:
    branches = [{"path": "A", "asset": "a"}, {"path": "B", "asset": "b"}]
    plan = scope([asset("a"), asset("b")], [endpoint("agg", role, branches=branches)])
    copied = COPY | {"server_stamped": 30, "rows": 30}
    seen = Bench().put("agg", "a", copied).put("agg", "a", copied).put("agg", "b", FRESH).look(plan)
    assert outcomes("readable", seen) == {"a": OPEN, "b": YES}
    assert outcomes("networked", seen)["a"] is OPEN and outcomes("connectable", seen)["a"] is OPEN
    why = {one.subject: one.why.id for one in indicators.load()["readable"].measure(seen).lines}
    assert why["a"] == "indicator.why.restamped"
    moving = Bench().put("agg", "a", copied).put("agg", "a", FRESH | {"server_stamped": 30}).look(plan)
    assert outcomes("readable", moving)["a"] is YES, "one value that changes shows that the branch is alive"


def test_what_only_an_aggregator_s_own_time_vouches_for_shows_no_signal() -> None:
    plan = scope([asset("a", expects=["state", "counter", "process"]), asset("b")], [endpoint("scada", "scada")])
    copied = COPY | {"server_stamped": 30, "rows": 30}
    meanings = (("state", "state"), ("count", "counter"), ("temperature", "actual"), ("energy", "counter"))
    bench = Bench().put("scada", "b", FRESH)
    for quantity, function in meanings:
        bench.put("scada", "a", copied, quantity, function)
    names = ("state_signal", "counter_signal", "process_data", "energy_metered")
    assert {outcomes(name, bench.look(plan))["a"] for name in names} == {OPEN}
    alive = bench.put("scada", "a", FRESH, "speed", "actual").look(plan)
    assert {outcomes(name, alive)["a"] for name in names} == {YES}


def test_a_constant_whose_time_leapt_once_has_not_arrived() -> None:
    leapt = COPY | {"restamps": 1}
    seen = Bench().put("scada", "a", leapt).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen) == {"a": OPEN, "b": YES}


def test_a_value_that_a_person_typed_in_did_not_arrive() -> None:
    typed = FRESH | {"good": 30, "rows": 30, "overridden": 30}
    seen = Bench().put("scada", "a", typed).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen) == {"a": OPEN, "b": YES}
    why = {one.subject: one.why.id for one in indicators.load()["networked"].measure(seen).lines}
    assert why["a"] == "indicator.why.overridden"


def test_a_last_usable_value_is_a_no_where_others_arrive() -> None:
    last = {"good": 0, "uncertain": 30, "rows": 30, "changes": 0, "distinct": 0, "stale": True, "last_usable": 30}
    seen = Bench().put("scada", "a", last).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen) == {"a": NO, "b": YES}


def test_a_machine_left_behind_where_others_move_is_not_networked() -> None:
    seen = Bench().put("scada", "a", STALE).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen) == {"a": NO, "b": YES}
    assert indicators.load()["networked"].measure(seen).absence_tested


def test_a_machine_at_rest_is_not_called_cut_off() -> None:
    """By a server that stamps only what changes it cannot be told from one that lost its link an hour ago."""
    bench = Bench().put("scada", "a", RESTING, "state", "state").put("scada", "b", FRESH)
    seen = bench.look(scope([asset("a", expects=["state"]), asset("b")], [endpoint("scada", "scada")]))
    for name in ("networked", "readable", "state_signal", "energy_metered"):
        assert outcomes(name, seen)["a"] is OPEN, name
    assert list(outcomes("frozen_tags", Bench().put("scada", "a", RESTING).look(PLANT)).values()) == [OPEN]
    why = {one.subject: one.why.id for one in indicators.load()["networked"].measure(seen).lines}
    assert why["a"] == "indicator.why.stands_still"


def test_a_laptop_a_month_ahead_cuts_nobody_off() -> None:
    ahead = 30 * 86_400.0
    bench = Bench().put("scada", "a", RESTING | {"age": 7200.0 + ahead}).put("scada", "b", FRESH | {"age": ahead})
    assert outcomes("networked", bench.look(PLANT)) == {"a": OPEN, "b": YES}


def test_where_nothing_moves_at_all_nobody_is_called_absent() -> None:
    seen = Bench().put("scada", "a", STALE).put("scada", "b", STALE).look(PLANT)
    assert outcomes("networked", seen) == {"a": OPEN, "b": OPEN}
    found = indicators.load()["networked"].measure(seen)
    assert found.state is State.NOT_DETERMINED and found.value is None and not found.absence_tested


def test_an_answer_to_us_does_not_excuse_an_old_value_in_the_system() -> None:
    seen = Bench().put("a-own", "a", FRESH).put("scada", "a", STALE).put("scada", "b", FRESH).look(PLANT)
    assert outcomes("networked", seen)["a"] is NO
    assert outcomes("readable", seen)["a"] is YES


def test_an_answer_to_us_alone_leaves_networked_open() -> None:
    assert outcomes("networked", Bench().put("a-own", "a", FRESH).look(PLANT))["a"] is OPEN


@pytest.mark.parametrize(
    ("typed", "flat", "browse", "value"),
    [
        (3, 1, WHOLE, Fraction(3, 4)),
        (0, 4, WHOLE, Fraction(0)),
        (0, 0, WHOLE, None),
        (4, 0, Browse(nodes=9, complete=False, stopped_by="nodes"), None),
        (4, 0, None, None),
    ],
)
def test_typed_instances_are_counted_where_the_walk_was_whole(
    typed: int, flat: int, browse: Browse | None, value: Fraction | None
) -> None:
    seen = Bench().put("scada", "a", FRESH).look(PLANT, browse)
    space = AddressSpace(variables=typed + flat, typed_variables=typed, flat_variables=flat)
    device = Device(asset="a", where="A", answered=True, space=space)
    walked = [o.model_copy(update={"devices": (device,)}) for o in seen.observations if o.endpoint == "scada"]
    found = indicators.load()["typed_instances"].measure(look(PLANT, walked, {}, {}))
    assert found.value == value and (found.state is State.MEASURED) is (value is not None)


# A machine that idles --------------------------------------------------------------------------------------

IDLE = scope([asset("a", expects=["state", "counter", "process"])], [endpoint("a-own", asset="a")])


def test_a_machine_that_idles_is_read_and_shows_its_state_all_the_same() -> None:
    bench = Bench().put("a-own", "a", STALE, "state", "state").put("a-own", "a", STALE, "temperature", "actual")
    seen = bench.put("a-own", "a", STALE, "energy", "counter").look(IDLE)
    assert outcomes("readable", seen)["a"] is YES
    assert outcomes("state_signal", seen)["a"] is YES
    assert outcomes("energy_metered", seen)["a"] is YES
    assert outcomes("process_data", seen)["a"] is OPEN, "there, but nothing shows that it still comes"
    assert outcomes("counter_signal", seen)["a"] is OPEN, (
        "nothing of it is live, so it was not looked at as a whole"
    )


@pytest.mark.parametrize(
    ("browse", "named", "outcome"),
    [
        (WHOLE, True, NO),
        (WHOLE, False, OPEN),
        (Browse(nodes=9, complete=False, stopped_by="browse_seconds"), True, OPEN),
        (None, True, OPEN),
    ],
)
def test_absence_needs_a_whole_look_and_every_tag_explained(
    browse: Browse | None, named: bool, outcome: Outcome
) -> None:
    bench = Bench().put("a-own", "a", FRESH, *(("temperature", "actual") if named else ()))
    assert outcomes("counter_signal", bench.look(IDLE, browse))["a"] is outcome


# Who answered -----------------------------------------------------------------------------------------------


def test_a_gateway_that_speaks_for_machines_is_not_the_machines() -> None:
    branches = [{"path": "A", "asset": "a"}]
    behind = scope([asset("a")], [endpoint("kepware", "gateway", branches=branches)])
    seen = Bench().put("kepware", "a", FRESH).look(behind)
    assert outcomes("readable", seen)["a"] is YES
    assert outcomes("open_protocol", seen)["a"] is OPEN
    assert outcomes("connectable", seen)["a"] is OPEN


def test_a_gateway_that_passes_requests_on_is() -> None:
    units = [{"unit": 3, "asset": "a"}]
    through = scope(
        [asset("a", interface="modbus-rtu")], [endpoint("gw", "gateway", units=units, protocol="modbus")]
    )
    seen = Bench().put("gw", "a", FRESH).look(through, None)
    assert outcomes("open_protocol", seen)["a"] is YES


def test_a_nameplate_is_missed_only_where_the_machine_itself_was_asked() -> None:
    seen = Bench().put("scada", "a", FRESH).put("a-own", "b", FRESH).look(PLANT)
    assert outcomes("nameplate", seen) == {"a": OPEN, "b": NO}


@pytest.mark.parametrize(
    ("skews", "state"),
    [
        ((-7200.0, -7200.4), State.UNUSABLE),
        ((-7200.0, 0.1), State.MEASURED),
        ((-7200.0, 7200.0), State.MEASURED),
        ((0.2, 0.3), State.MEASURED),
        ((-7200.0,), State.MEASURED),
    ],
)
def test_clocks_that_are_all_off_by_the_same_may_be_the_laptops(skews: tuple[float, ...], state: State) -> None:
    names = ["scada", "a-own"][: len(skews)]
    bench = Bench()
    for name, skew in zip(names, skews, strict=True):
        bench.put(name, "a", FRESH | {"skew": skew})
    found = indicators.load()["clock_skew"].measure(bench.look(PLANT))
    assert found.state is state and (found.value is None) is (state is State.UNUSABLE)
    assert len(found.lines) == len(skews)


def test_a_server_that_does_not_say_how_it_lets_in_stays_open_and_modbus_is_a_no() -> None:
    plan = scope([asset("a")], [endpoint("ua", asset="a"), endpoint("mb", asset="a", protocol="modbus")])
    assert outcomes("protected_access", Bench().look(plan)) == {"ua": OPEN, "mb": NO}


@pytest.mark.parametrize(
    ("mode", "token", "outcome"),
    [("SignAndEncrypt", "UserName", YES), ("SignAndEncrypt", "Anonymous", NO), ("None", "UserName", NO)],
)
def test_protection_is_encryption_and_a_name(mode: str, token: str, outcome: Outcome) -> None:
    closed = Offer(mode="SignAndEncrypt", policy="Basic256Sha256", tokens=("Certificate",))
    offers = (closed, Offer(mode=mode, policy="p", tokens=(token,)))
    plan = scope([asset("a")], [endpoint("ua", asset="a")])
    assert outcomes("protected_access", Bench().look(plan, offers=offers)) == {"ua": outcome}


# The register's word ------------------------------------------------------------------------------------------


def test_a_no_by_the_register_s_word_never_counts_as_a_look() -> None:
    assets = [asset("a"), asset("s", interface="s7"), asset("l", interface="none", numerical_control=False)]
    plan = scope(assets, [endpoint("a-own", asset="a")])
    seen = Bench().put("a-own", "a", FRESH).look(plan)
    for name, expected in (
        ("open_protocol", {"a": YES, "s": NO, "l": NO}),
        ("digital", {"a": YES, "s": OPEN, "l": NO}),
    ):
        found = indicators.load()[name].measure(seen)
        assert {one.subject: one.outcome for one in found.lines} == expected
        assert not found.absence_tested
        assert found.high is not None and found.high < 1


def test_what_the_register_admits_does_not_undo_what_was_looked_at() -> None:
    plan = scope([*map(asset, "ab"), asset("l", interface="none")], [endpoint("scada", "scada")])
    found = indicators.load()["networked"].measure(
        Bench().put("scada", "a", STALE).put("scada", "b", FRESH).look(plan)
    )
    assert found.absence_tested and (found.low, found.high) == (Fraction(1, 3), Fraction(1, 3))


# Every indicator ----------------------------------------------------------------------------------------------


def messages(found: Measurement) -> list[Message]:
    conditions = [text for c in found.conditions for text in (c.needed, c.found)]
    return [found.method, found.why, *conditions, *(one.why for one in found.lines)]


@pytest.mark.parametrize("name", sorted(indicators.load()))
def test_results_are_stable_survive_json_and_are_written_in_both_languages(name: str) -> None:
    machine = asset("a", expects=["state", "counter", "process"], metered_by="m")
    lathe = asset("l", interface="none", numerical_control=False)
    assets = [machine, lathe, asset("b"), asset("s", interface="s7"), asset("m", production=False)]
    bench = Bench().put("a-own", "a", FRESH, "state", "state").put("scada", "b", STALE).put("scada", "a", FRESH)
    plan = scope(
        assets, [endpoint("scada", "scada"), endpoint("a-own", asset="a"), endpoint("m", "meter", asset="m")]
    )
    seen = bench.put("m", "m", FRESH, "energy", "counter").look(plan)
    module = indicators.load()[name]
    found = module.measure(seen)
    assert found.indicator == name and found.unit == module.UNIT
    assert found == module.measure(seen) == Measurement.model_validate_json(found.model_dump_json())
    for message in messages(found):
        assert all(render(message, language) for language in LANGUAGES)


def test_measuring_all_is_in_order_of_id_and_every_asset_has_a_sight() -> None:
    seen = Bench().put("scada", "a", FRESH).look(PLANT)
    ids = [m.indicator for m in indicators.measure_all(seen)]
    assert ids == sorted(indicators.load())
    assert [s.asset for s in indicators.sights(seen)] == ["a", "b"]


def test_roles_that_count_as_systems_are_those_of_the_plant() -> None:
    for role in Role:
        plan = scope([asset("a")], [endpoint("e", role.value)])
        arrived = outcomes("networked", Bench().put("e", "a", FRESH).look(plan))["a"] is YES
        assert arrived == (role in (Role.SCADA, Role.MES, Role.EMS)), role
