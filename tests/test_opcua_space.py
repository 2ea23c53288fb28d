"""The address space as evidence: what servers of others show, counted right; what is odd or barred kept apart."""

import asyncio
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from assessor import indicators
from assessor.domain import AddressSpace, Asset, Branch, Device, Endpoint, Observation, Text
from assessor.facts import facts, sort
from assessor.indicators.seen import look
from connectors.attribution import asset_of, is_housekeeping
from connectors.opcua import preview
from connectors.opcua.browsing import Browser
from connectors.opcua.capabilities import FACTS, OPERATION_LIMITS, capabilities
from connectors.opcua.hierarchy import HIGHEST, lineage, supertypes
from connectors.opcua.reading import SPLITS, Reader
from tests.conftest import need
from tests.kept import Kept
from tests.servers.processes import serving
from tests.test_facts import SCHEMA
from tests.test_opcua import agreed, gather, small

INTEROP = Path(__file__).parent / "interop"
UA = "http://opcfoundation.org/UA/"
PLANT = (
    Branch(path="Machines/Mill01", asset="mill"),
    Branch(path="Filler01", asset="filler"),
    Branch(path="DeviceSet/Robot01", asset="robot"),
    Branch(path="Tags/Line1.IMM01.", asset="press-1"),
    Branch(path="Tags/Line1.IMM02.", asset="press-2"),
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> tuple[Observation, Kept]:
    """The plant of a maker of servers that is not ours, looked at once."""
    need("node")
    if not (INTEROP / "node_modules").is_dir():
        pytest.skip("NOT TESTED: npm packages of tests/interop are not installed")
    home = tmp_path_factory.mktemp("node")
    with serving(["node", "companion_server.js"], INTEROP, HOME=str(home)) as server:
        scope = agreed(server["address"], branches=PLANT)
        seen, kept = gather(scope)
        short, _ = gather(agreed(server["address"], {"browse_nodes": 400}, branches=PLANT))
    assert len(kept.requests) <= preview(scope.endpoints[0], scope, 1.2).requests
    # it takes 20 nodes in a call, where 100 were counted on: a fifth of the nodes for the calls that were stated
    assert short.browse and (short.browse.nodes, short.browse.complete) == (80, False)
    return seen, kept


def device(seen: Observation, asset: str) -> tuple[Device, AddressSpace]:
    found = next(d for d in seen.devices if d.asset == asset)
    assert found.space is not None
    return found, found.space


@pytest.mark.wire
@pytest.mark.slow
def test_a_machine_tool_shows_nameplate_states_alarm_and_units(plant: tuple[Observation, Kept]) -> None:
    mill, space = device(plant[0], "mill")
    plate = mill.nameplate
    assert plate and (plate.manufacturer, plate.model, plate.serial) == ("Test Works", "M 500", "M-0042")
    assert (plate.product_instance_uri, plate.manufacturer_uri) == ("urn:test-works:mill:m-0042", "urn:test-works")
    assert (plate.hardware, plate.software, plate.device_class) == ("B", "4.2", "Milling machine")
    assert plate.year_of_construction == 2021
    assert (mill.item_state, mill.operation_mode, mill.packml_state) == ("Executing", "Processing", None)
    assert {f"{UA}Machinery/", f"{UA}MachineTool/"} <= set(mill.companions)
    assert space.conditions == 1 and space.notifiers >= 1 and space.event_sources == 1
    assert space.condition_types == (f"{UA}#ExclusiveLevelAlarmType",)
    assert space.with_unit == 1 and space.with_range >= 1 and space.with_instrument_range == 1
    assert space.described == 1
    assert space.typed_variables > 10 and space.companion_objects >= 8


@pytest.mark.wire
@pytest.mark.slow
def test_packml_robotics_and_flat_tags_are_told_apart(plant: tuple[Observation, Kept]) -> None:
    seen = plant[0]
    filler, _ = device(seen, "filler")
    assert filler.packml_state == "Cleared" and filler.companions == (f"{UA}PackML/",) and not filler.nameplate
    robot, _ = device(seen, "robot")
    assert f"{UA}Robotics/" in robot.companions
    press, space = device(seen, "press-1")
    assert (space.variables, space.flat_variables, space.typed_objects) == (3, 3, 0) and press.companions == ()
    assert space.writable == 1, "read from the user's access level"
    instances = {c.uri: c.instances for c in seen.companions}
    assert instances[f"{UA}IA/"] == 0, "loaded, and nothing made of it"
    assert instances[f"{UA}MachineTool/"] > 0 and instances[f"{UA}PackML/"] > 0
    assert set(instances) == {u for u in seen.namespaces if u.startswith(UA) and u != UA}
    assert seen.space and seen.space.variables == len(seen.tags)


@pytest.mark.wire
@pytest.mark.slow
def test_stated_limits_bind_every_call_and_are_kept(plant: tuple[Observation, Kept]) -> None:
    seen, kept = plant
    limits = seen.operation_limits
    assert (limits["MaxNodesPerRead"], limits["MaxNodesPerBrowse"]) == (50, 20)
    assert limits["MaxMonitoredItemsPerCall"] == 30 and limits["MaxSessions"] == 10
    assert all(value > 0 for value in limits.values()) and set(limits) <= set(OPERATION_LIMITS)
    assert "MaxNodesPerHistoryUpdateData" not in limits, "0 means that no limit is stated"
    counts = {s: [int(r.detail.split()[0]) for r in kept.requests if r.service == s] for s in ("Read", "Browse")}
    assert max(counts["Browse"]) <= 20
    assert counts["Read"][0] > 30 and max(counts["Read"]) <= 50
    assert all(r.result == "ok" for r in kept.requests if r.service != "Publish")  # the last is cut off
    assert seen.server and seen.server.state == "Running" and seen.server.product == "companion plant"
    assert (seen.server.manufacturer, seen.server.build) == ("Test Works", "7")
    assert seen.server.events and seen.server.min_sample_rate_ms and seen.server.profiles


@pytest.mark.wire
@pytest.mark.slow
def test_what_is_barred_speaks_of_our_session(plant: tuple[Observation, Kept]) -> None:
    seen, kept = plant
    assert seen.barred == {"BadSecurityModeInsufficient": 1}
    recipe = next(t for t in seen.tags if t.path == "Tags/Recipe")
    assert recipe.interval_ms is None and all(r.tag != recipe.id for r in kept.rows)
    assert all(d.answered and d.problem is None for d in seen.devices)
    assert seen.problem is None


@pytest.mark.wire
def test_forty_values_that_cannot_be_decoded_cost_few_requests_and_no_other_value(tmp_path: Path) -> None:
    with small(tmp_path / "plain") as place:
        usual, kept = gather(agreed(place))
    with small(tmp_path / "odd", "stranger") as place:
        scope = agreed(place)
        seen, strange = gather(scope)
    assert len(strange.requests) <= preview(scope.endpoints[0], scope, 1.2).requests
    assert usual.undecoded == 0 and seen.undecoded == 40
    before = [t.path for t in usual.tags if t.interval_ms is not None]
    assert before == [t.path for t in seen.tags if t.interval_ms is not None] and "Press/Force" in before
    reads = [
        sum(r.service == "Read" and r.detail.endswith("x Value") for r in k.requests) for k in (kept, strange)
    ]
    assert reads[1] <= reads[0] + 12, "one of its type is tried, the others are not asked for"
    assert all(r.result == "ok" for r in strange.requests if r.service != "Publish")  # the last is cut off


@pytest.mark.wire
def test_a_limit_that_is_not_stated_is_found_once(tmp_path: Path) -> None:
    with small(tmp_path / "log", "few") as place:
        seen, kept = gather(agreed(place), 0.5)
    assert seen.problem is None and seen.tags
    refused = [r for r in kept.requests if r.result == "BadTooManyOperations"]
    assert 0 < len(refused) <= 12, "a batch that was too large is not tried again and again"


@pytest.mark.wire
def test_machines_that_an_aggregator_has_lost_are_not_networked_whatever_it_says(tmp_path: Path) -> None:
    lost = {f"Line3.IMM0{n}.": f"imm-0{n}" for n in (5, 6, 7)}
    branches = tuple(Branch(path=p, asset=a) for p, a in {"Press": "press", **lost}.items())
    with small(tmp_path / "log", "relay") as place:
        scope = agreed(place, branches=branches)
        seen, kept = gather(scope, 5)
    machines = tuple(machine(b.asset) for b in branches)
    rows = pa.Table.from_pylist([r._asdict() for r in kept.rows], schema=SCHEMA)
    found = look(scope.model_copy(update={"assets": machines}), [seen], facts(sort(rows)), {})
    lines = {one.subject: one for one in indicators.load()["networked"].measure(found).lines}
    assert {a: one.outcome.value for a, one in lines.items()} == {
        "press": "met", "imm-05": "not_determined", "imm-06": "not_met", "imm-07": "not_determined",
    }  # fmt: skip
    whys = [lines[a].why.id.rpartition(".")[2] for a in lost.values()]
    assert whys == ["restamped", "stale", "overridden"]


def machine(id_: str) -> Asset:
    text = Text(zh="设备", en=id_)
    return Asset(id=id_, name=text, kind="machine", production=True, interface="opcua")  # type: ignore[arg-type]


class Wire:
    """A server without a wire: some nodes spoil what they are in."""

    def __init__(self, odd: set[int]) -> None:
        self.odd, self.asked = odd, 0

    async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
        self.asked += 1
        asked = [int(item.NodeId.Identifier) for item in parameters.NodesToRead]
        if self.odd & set(asked):
            raise ValueError("bytes make no sense")
        return [ua.DataValue(ua.Variant(n)) for n in asked]


def nodes(*numbers: int) -> list[ua.NodeId]:
    return [ua.NodeId(n, 2) for n in numbers]


def test_what_cannot_be_decoded_is_remembered_and_its_search_is_bounded() -> None:
    async def go(wire: Wire, times: int, numbers: range) -> list[Any]:
        reader = Reader(wire, 100, lambda: True)  # type: ignore[arg-type]
        for _ in range(times):
            answers = await reader.values(nodes(*numbers))
        return answers

    once, twice = Wire({7, 61}), Wire({7, 61})
    assert asyncio.run(go(once, 1, range(100))).count(None) == 2
    assert asyncio.run(go(twice, 2, range(100))).count(None) == 2
    assert twice.asked == once.asked + 1
    hopeless = Wire(set(range(2000)))
    assert asyncio.run(go(hopeless, 1, range(2000))) == [None] * 2000
    assert hopeless.asked <= 20 + 2 * SPLITS


def test_what_a_server_says_of_itself_may_be_anything() -> None:
    """Wrong types, infinities and zeros are no facts, and no error."""

    class Liar:
        async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
            odd = [True, -1, 0, "x" * 9999, [1, 2], None, float("inf"), 2**40, b"\xff", ["a", 5]]
            return [ua.DataValue(ua.Variant(odd[i % len(odd)])) for i, _ in enumerate(parameters.NodesToRead)]

    found = asyncio.run(capabilities(Reader(Liar(), 100, lambda: True)))  # type: ignore[arg-type]
    assert set(found.limits.values()) <= {2**40} and found.namespaces == ()
    assert set(FACTS) <= set(found.facts.model_dump())
    assert len(found.facts.product or "") <= 200


def test_supertypes_end_at_the_base_namespace_and_loops_end() -> None:
    above = {1: 2, 2: 3, 3: 1, 10: 11, 11: (58, 0)}

    class Types:
        calls = 0

        async def browse(self, parameters: ua.BrowseParameters) -> list[ua.BrowseResult]:
            self.calls += 1
            return [self.answer(int(n.NodeId.Identifier)) for n in parameters.NodesToBrowse]

        def answer(self, number: int) -> ua.BrowseResult:
            if number not in above:
                return ua.BrowseResult(StatusCode=ua.StatusCode(ua.UInt32(ua.StatusCodes.BadNodeIdUnknown)))
            target = above[number]
            node = ua.NodeId(*target) if isinstance(target, tuple) else ua.NodeId(target, 2)
            up = ua.ReferenceDescription(NodeId=ua.ExpandedNodeId(node.Identifier, node.NamespaceIndex))
            return ua.BrowseResult(References=[up])

    types = Types()
    browser = Browser(types, 2, lambda _: None)  # type: ignore[arg-type]
    found = asyncio.run(supertypes(browser, nodes(1, 10, 99)))
    assert types.calls <= 2 * HIGHEST
    base = ua.NodeId(ObjectIds.BaseObjectType)
    assert lineage(nodes(10)[0], found) == (*nodes(10, 11), base)
    assert lineage(nodes(1)[0], found) == tuple(nodes(1, 2, 3)) and lineage(None, found) == ()


def test_pages_without_end_end_with_the_budget() -> None:
    class Endless:
        calls = 0

        async def browse(self, parameters: ua.BrowseParameters) -> list[ua.BrowseResult]:
            return [ua.BrowseResult(ContinuationPoint=b"on") for _ in parameters.NodesToBrowse]

        async def browse_next(self, parameters: ua.BrowseNextParameters) -> list[ua.BrowseResult]:
            self.calls += 1
            return [ua.BrowseResult(ContinuationPoint=b"on") for _ in parameters.ContinuationPoints]

    endless = Endless()
    browser = Browser(endless, 9, lambda _: "seconds" if endless.calls > 50 else None)  # type: ignore[arg-type]
    (answer,) = asyncio.run(browser.browse(nodes(1)))
    assert answer.problem == "seconds" and answer.references == [] and endless.calls == 52


@pytest.mark.parametrize(
    ("path", "branch", "own"),
    [
        ("Channel1/Press/_System/_SecondsInError", "Channel1/Press", True),
        ("Channel1/Press/Temp", "Channel1/Press", False),
        ("Channel1/Press/_Temp", "Channel1/Press", False),
        ("Tags/Line1.IMM01._Statistics.Reads", "Line1.IMM01.", True),
        ("_Plant/Press/Temp", "_Plant/Press", False),
    ],
)
def test_what_an_aggregator_says_of_itself_is_evidence_of_no_machine(path: str, branch: str, own: bool) -> None:
    assert is_housekeeping(path, branch) is own
    endpoint = Endpoint(
        id="e", protocol="opcua", address="opc.tcp://h:1/", role="scada",  # type: ignore[arg-type]
        branches=(Branch(path=branch, asset="press"),),
    )  # fmt: skip
    assert asset_of(endpoint, path) == (None if own else "press")
