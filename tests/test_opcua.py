"""The OPC UA connector against real servers, and against peers that are silent, refuse, or talk nonsense."""

import asyncio
import itertools
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from hypothesis import given
from hypothesis import strategies as st

import connectors
from assessor.domain import (
    Agreement,
    Branch,
    Endpoint,
    Limits,
    Observation,
    OpcUaSecurity,
    Plant,
    Register,
    RequestRecord,
    Role,
    Sample,
    Scope,
    Text,
    Vantage,
)
from connectors.guard import OPCUA_SERVICES, Forbidden
from connectors.opcua.attribution import branch_of
from connectors.opcua.describe import address
from connectors.opcua.reading import Reader, nanoseconds, sample
from connectors.opcua.session import Session
from connectors.opcua.walk import OBJECTS, Walk
from connectors.opcua.wire import guard_for
from tests.servers.processes import serving

SERVER = Path(__file__).parent / "servers/opcua_small.py"
QUICK = {"connect_spacing": 0.2, "pause_after_connect": 0, "request_gap": 0.02, "sampling_interval": 0.5}
BRANCHES = tuple(
    Branch(path=path, asset=asset)
    for path, asset in (
        ("Press", "press"), ("Line1.IMM01.", "imm-01"), ("Line1.IMM02.", "imm-02"), ("Line9", "nine"),
    )
)  # fmt: skip


class Kept:
    """A sink in memory."""

    def __init__(self) -> None:
        self.rows: list[Sample] = []
        self.requests: list[RequestRecord] = []
        self.observed: list[Observation] = []
        self.flushes = 0

    def samples(self, rows: Sequence[Sample]) -> None:
        self.rows += rows

    def request(self, record: RequestRecord) -> None:
        self.requests.append(record)

    def observe(self, observation: Observation) -> None:
        self.observed.append(observation)

    def flush(self) -> None:
        self.flushes += 1


def agreed(place: str, limits: dict[str, float] | None = None, **endpoint: Any) -> Scope:
    text = Text(zh="测试", en="test")
    return Scope(
        format="assessor-scope/1",
        plant=Plant(id="p", name=text, kind="discrete", simulated=True),
        agreement=Agreement(role=text, date="2026-01-01", reference="test"),
        vantage=Vantage.CONTROL,
        register=Register(source=text, as_of="2026-01-01"),  # type: ignore[call-arg]
        assets=(),
        endpoints=(Endpoint(id="e1", protocol="opcua", address=place, role=Role.SCADA, **endpoint),),
        limits=Limits.model_validate(QUICK | (limits or {})),
    )


def gather(
    scope: Scope,
    seconds: float = 1.2,
    meanwhile: Callable[[Kept, asyncio.Event], Awaitable[None]] | None = None,
) -> tuple[Observation, Kept]:
    kept = Kept()

    async def go() -> Observation:
        stop = asyncio.Event()
        side = asyncio.create_task(meanwhile(kept, stop)) if meanwhile else None
        observation = await connectors.get("opcua").gather(
            scope.endpoints[0], scope, kept, seconds=seconds, stop=stop
        )
        if side:
            await side
        return observation

    return asyncio.run(asyncio.wait_for(go(), 60)), kept


@contextmanager
def small(log: Path, *what: str) -> Iterator[str]:
    log.touch()
    with serving([sys.executable, str(SERVER), str(log), *what]) as server:
        yield server["address"]


@contextmanager
def peer(answer: bytes | None) -> Iterator[str]:
    """A TCP peer that says nothing (None), or answers the first bytes with these."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def serve() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    held.append(connection)
                    if answer is not None:
                        connection.recv(1000)
                        connection.sendall(answer)
                        connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"opc.tcp://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for connection in held:
                connection.close()


@pytest.mark.wire
def test_a_server_is_walked_described_and_sampled(tmp_path: Path) -> None:
    with small(tmp_path / "log", "strange", "few") as place:
        scope = agreed(place, branches=BRANCHES)
        seen, kept = gather(scope)
    assert seen.reached and seen.problem is None and seen.browse and seen.browse.complete
    assert kept.observed[-1] == seen and len(kept.observed) == 2 and not kept.observed[0].gaps
    devices = {d.asset: d for d in seen.devices}
    press = devices["press"]
    assert press.answered and press.item_state == "Executing"
    assert press.nameplate and (press.nameplate.manufacturer, press.nameplate.serial) == (
        "Test Works",
        "SN-1",
    )
    assert press.nameplate.model is None
    assert press.companions == ("http://opcfoundation.org/UA/Machinery/",)
    assert devices["imm-01"].answered and not devices["imm-01"].companions
    off, missing = devices["imm-02"], devices["nine"]
    assert not off.answered and off.problem and off.problem.id == "contact.only_bad"
    assert not missing.answered and missing.problem and missing.problem.id == "contact.branch_missing"
    tags = {t.path: t for t in seen.tags}
    force = tags["Press/Force"]
    assert (force.unit, force.low, force.high, force.data_type) == ("kN", 0, 400, "Double")
    assert force.address == "nsu=urn:test:small;s=Press.Force" and force.writable is False
    assert tags["Line1.IMM01.Count"].writable is True
    rows = {t.path: [r for r in kept.rows if r.tag == t.id] for t in seen.tags}
    assert 2 <= len(rows["Press/Force"]) <= 4 and force.interval_ms and force.interval_ms >= 490
    assert rows["Line1.IMM01.Curve"] == [] and tags["Line1.IMM01.Curve"].interval_ms is None
    assert rows["Press/Odd"] == [] and tags["Press/Odd"].interval_ms is None  # undecodable: costs itself alone
    assert {r.flag for r in rows["Line1.IMM01.Running"]} == {True}
    assert {r.text for r in rows["Line1.IMM01.Order"]} == {"A-17"}
    assert all(isinstance(r.integer, int) and r.number is None for r in rows["Line1.IMM01.Count"])
    late = rows["Line1.IMM01.Count"][0]
    assert late.source is not None and late.server is not None
    assert 3_500e9 < late.receive - late.source < 3_700e9 and abs(late.receive - late.server) < 60e9
    assert {r.status for r in rows["Line1.IMM02.Count"]} == {0x80310000}
    assert rows["Line1.IMM02.Count"][0].source is None
    assert kept.flushes >= 2


@pytest.mark.wire
def test_what_reached_the_server_is_what_the_log_says_and_only_reads(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with small(log) as place:
        seen, kept = gather(agreed(place, asset="press"))
    arrived = log.read_text().split()
    logged = [r.service for r in kept.requests]
    assert arrived == [s for s in logged if s not in {"Hello", "OpenSecureChannel", "CloseSecureChannel"}]
    assert set(arrived) <= OPCUA_SERVICES and arrived[0] == "GetEndpoints" and arrived[-1] == "CloseSession"
    assert all(r.result == "ok" and r.bytes_sent > 0 for r in kept.requests)
    assert seen.traffic and seen.traffic.requests == len(kept.requests) and seen.traffic.failures == 0
    assert seen.traffic.bytes_sent == sum(r.bytes_sent for r in kept.requests)
    assert all("Force" not in r.detail for r in kept.requests)
    begun = [r.time for r in kept.requests]
    assert all(b - a > 19e6 for a, b in itertools.pairwise(begun))
    assert logged.count("Hello") == 1


@pytest.mark.wire
def test_nothing_that_writes_can_be_sent_through_a_guarded_client(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with small(log) as place:
        scope = agreed(place)
        kept = Kept()
        endpoint, limits = scope.endpoints[0], scope.limits
        refused = asyncio.run(_try_to_write(Session(endpoint, limits, guard_for(endpoint, limits, kept.request))))
    assert refused == 12
    arrived = set(log.read_text().split())
    assert arrived == {"GetEndpoints", "CreateSession", "ActivateSession", "Read", "CloseSession"}


async def _try_to_write(session: Session) -> int:
    """Every way to write that the library has; how many were refused. The session works afterwards."""
    await session.enter()
    client, low = session.client, session.client.uaclient
    node = client.get_node(ua.NodeId("Line1.IMM01.Count", 2))
    attempts: list[Callable[[], Awaitable[Any]]] = [
        lambda: node.write_value(ua.Variant(1, ua.VariantType.Int64)),
        lambda: client.nodes.objects.call_method(ua.NodeId("Reset", 2)),
        lambda: low.call([ua.CallMethodRequest()]),
        lambda: low.write(ua.WriteParameters()),
        lambda: low.write_attributes([node.nodeid], [ua.DataValue(ua.Variant(1))]),
        lambda: client.nodes.objects.add_variable(2, "New", 1),
        lambda: low.add_nodes([ua.AddNodesItem()]),
        lambda: low.add_references([ua.AddReferencesItem()]),
        lambda: low.delete_nodes(ua.DeleteNodesParameters()),
        lambda: low.delete_references([ua.DeleteReferencesItem()]),
        lambda: low.history_update(ua.HistoryUpdateParameters()),
        lambda: low.protocol.send_request(ua.WriteRequest()),  # type: ignore[union-attr]
    ]
    refused = 0
    for attempt in attempts:
        with pytest.raises(Forbidden):
            await attempt()
        refused += 1
    assert (await node.read_data_value()).Value is not None
    await session.leave()
    return refused


@pytest.mark.wire
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, "contact.silent"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "contact.dropped"),
        (b"", "contact.dropped"),
        (b"ACKF\xff\xff\xff\x7f" + b"\0" * 20, "contact.dropped"),
    ],
)
def test_a_peer_that_is_no_opcua_server_is_an_observation(answer: bytes | None, problem: str) -> None:
    with peer(answer) as place:
        seen, kept = gather(agreed(place, {"timeout": 0.5}, branches=BRANCHES))
    assert not seen.reached and seen.problem and seen.problem.id == problem
    assert {d.asset for d in seen.devices} == {b.asset for b in BRANCHES}
    assert not any(d.answered for d in seen.devices)
    assert kept.rows == [] and [r.service for r in kept.requests] == ["Hello"]


@pytest.mark.wire
def test_a_refused_connection_is_an_observation() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    seen, kept = gather(agreed(f"opc.tcp://127.0.0.1:{port}/"))
    assert not seen.reached and seen.problem and seen.problem.id == "contact.refused"
    assert kept.requests == [] and seen.traffic and seen.traffic.failures == 1


@pytest.mark.wire
def test_a_mode_that_was_agreed_is_never_weakened(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with small(log) as place:
        wanted = OpcUaSecurity(mode="SignAndEncrypt", policy="Basic256Sha256")
        seen, kept = gather(agreed(place, security=wanted))
    assert seen.reached and seen.problem and seen.problem.id == "contact.mode_unsupported"
    assert [o.mode for o in seen.offers] == ["None"] and kept.rows == []
    assert log.read_text().split() == ["GetEndpoints"]


@pytest.mark.wire
def test_a_server_that_dies_and_returns_leaves_a_gap_and_the_run_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    limits = {"breaker_failures": 5, "timeout": 1}
    scope = agreed(f"opc.tcp://127.0.0.1:{port}/", limits, branches=BRANCHES[:1])

    async def interrupt(kept: Kept, stop: asyncio.Event) -> None:
        await _until(lambda: len(kept.rows) > 4)
        await asyncio.to_thread(first.__exit__, None, None, None)
        held = len(kept.rows)
        second = small(tmp_path / "log", str(port))
        await asyncio.to_thread(second.__enter__)
        try:
            await _until(lambda: len(kept.rows) > held + 2)
            stop.set()
            await _until(lambda: len(kept.observed) == 2)
        finally:
            await asyncio.to_thread(second.__exit__, None, None, None)

    first = small(tmp_path / "log", str(port))
    first.__enter__()
    seen, _ = gather(scope, 40, interrupt)
    assert seen.problem is None and len(seen.gaps) == 1
    assert seen.gaps[0].ends - seen.gaps[0].begins > 1e8
    assert seen.devices[0].answered


@pytest.mark.wire
def test_a_server_that_dies_for_good_is_left_alone_and_says_so(tmp_path: Path) -> None:
    server = small(tmp_path / "log")
    place = server.__enter__()

    async def kill(kept: Kept, stop: asyncio.Event) -> None:
        await _until(lambda: len(kept.rows) > 4)
        await asyncio.to_thread(server.__exit__, None, None, None)

    seen, kept = gather(agreed(place, branches=BRANCHES[:1]), 6, kill)
    assert seen.reached and seen.problem and seen.problem.id in {"contact.breaker_open", "contact.refused"}
    assert seen.gaps and len(kept.rows) > 4 and seen.devices[0].answered
    assert seen.traffic and seen.traffic.failures <= 3


@pytest.mark.wire
def test_stopping_ends_at_once_and_closes_the_session(tmp_path: Path) -> None:
    async def interrupt(kept: Kept, stop: asyncio.Event) -> None:
        await _until(lambda: len(kept.rows) > 2)
        stop.set()

    log = tmp_path / "log"
    with small(log) as place:
        seen, kept = gather(agreed(place), 600, interrupt)
    assert seen.problem is None and kept.rows and log.read_text().split()[-1] == "CloseSession"


async def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


class Tree:
    """An address space without a wire: every node has two children, pages hold one reference."""

    def __init__(self, page: int = 1, points: int = 1000, deep: int = 4, most: int = 1000) -> None:
        self.page, self.points, self.deep, self.most = page, points, deep, most
        self.held: dict[bytes, list[ua.ReferenceDescription]] = {}
        self.calls: list[int] = []

    def children(self, node: ua.NodeId) -> list[ua.ReferenceDescription]:
        name = "" if node == OBJECTS else str(node.Identifier)
        if len(name) >= self.deep:
            return []
        return [self.reference(name + letter) for letter in "ab"] + [self.reference("a")]  # and a loop

    def reference(self, name: str) -> ua.ReferenceDescription:
        return ua.ReferenceDescription(
            ReferenceTypeId=ua.NodeId(ObjectIds.Organizes),
            IsForward=True,
            NodeId=ua.ExpandedNodeId(name, 1),
            BrowseName=ua.QualifiedName(name, 1),
            NodeClass=ua.NodeClass.Object,
        )

    def answer(self, references: list[ua.ReferenceDescription]) -> ua.BrowseResult:
        result = ua.BrowseResult(References=references[: self.page])
        if len(references) > self.page:
            if len(self.held) >= self.points:
                status = ua.StatusCode(ua.UInt32(0x804B0000))  # BadNoContinuationPoints
                return ua.BrowseResult(StatusCode=status)
            result.ContinuationPoint = str(len(self.calls) * 1000 + len(self.held)).encode()
            self.held[result.ContinuationPoint] = references[self.page :]
        return result

    async def browse(self, parameters: ua.BrowseParameters) -> list[ua.BrowseResult]:
        self.calls.append(len(parameters.NodesToBrowse))
        if len(parameters.NodesToBrowse) > self.most:
            raise ua.uaerrors.BadTooManyOperations
        return [self.answer(self.children(n.NodeId)) for n in parameters.NodesToBrowse]

    async def browse_next(self, parameters: ua.BrowseNextParameters) -> list[ua.BrowseResult]:
        self.calls.append(len(parameters.ContinuationPoints))
        taken = [self.held.pop(point) for point in parameters.ContinuationPoints]
        if parameters.ReleaseContinuationPoints:
            return []
        return [self.answer(rest) for rest in taken]


def walked(tree: Tree, **limits: float) -> Walk:
    async def go() -> Walk:
        walk = Walk(tree, Limits.model_validate(limits), 10, ("", "urn:x"), lambda: True)  # type: ignore[arg-type]
        await walk.run(OBJECTS, "")
        return walk

    return asyncio.run(go())


@given(page=st.integers(1, 4), points=st.integers(1, 20), most=st.integers(1, 12))
def test_every_node_is_found_once_however_small_the_pages(page: int, points: int, most: int) -> None:
    tree = Tree(page, points, most=most)
    walk = walked(tree)
    names = [f.name for f in walk.found]
    assert sorted(names) == sorted(set(names)) and len(names) == 2 + 4 + 8 + 16
    assert walk.browse.complete and tree.held == {}


@given(nodes=st.integers(1, 40), depth=st.integers(1, 6))
def test_a_walk_keeps_to_its_budget_and_says_what_ended_it(nodes: int, depth: int) -> None:
    tree = Tree()
    walk = walked(tree, browse_nodes=nodes, browse_depth=depth)
    assert len(walk.found) <= nodes and all(f.depth <= depth for f in walk.found)
    everything = len(walk.found) == 30
    assert walk.browse.complete is everything or walk.browse.stopped_by in {"nodes", "depth"}
    assert everything or not walk.browse.complete
    assert tree.held == {}  # what was not followed was handed back


@given(st.sets(st.integers(0, 30), max_size=5), st.integers(1, 40))
def test_values_that_cannot_be_decoded_cost_only_themselves(odd: set[int], batch: int) -> None:
    class Wire:
        async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
            asked = [int(item.NodeId.Identifier) for item in parameters.NodesToRead]
            if odd & set(asked):
                raise ValueError("bytes make no sense")
            return [ua.DataValue(ua.Variant(n)) for n in asked]

    async def go() -> list[ua.DataValue | None]:
        reader = Reader(Wire(), batch, lambda: True)  # type: ignore[arg-type]
        return await reader.read([(ua.NodeId(n, 2), AttributeIds.Value) for n in range(31)])

    answers = asyncio.run(go())
    assert [a.Value.Value if a and a.Value else None for a in answers] == [
        None if n in odd else n for n in range(31)
    ]


@given(st.datetimes(), st.integers(-12, 14))
def test_times_are_exact_nanoseconds_or_none(moment: datetime, zone: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    value = nanoseconds(aware)
    if 1700 < moment.year < 2200:
        assert value is not None and value == nanoseconds(moment)
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value // 1000) == aware
    if moment.year < 1650:  # a server's zero time is no time
        assert value is None


@given(
    st.one_of(st.booleans(), st.integers(0, 2**64 - 1), st.floats(), st.text(), st.binary(), st.none()),
    st.sampled_from([0, 0x40920000, 0x80050000]),
)
def test_a_value_fills_exactly_one_column_or_is_left_out(value: Any, status: int) -> None:
    kinds = {bool: "Boolean", int: "UInt64", float: "Double", str: "String", bytes: "ByteString"}
    variant = ua.Variant(value, getattr(ua.VariantType, kinds.get(type(value), "Null")))
    answer = ua.DataValue(variant, StatusCode=ua.StatusCode(ua.UInt32(status)))
    row = sample(1, answer, 5, 6)
    if isinstance(value, bytes):
        assert row is None
        return
    assert row is not None and row.status == status
    filled = [c for c in (row.number, row.integer, row.flag, row.text) if c is not None]
    assert len(filled) == (0 if value is None else 1)
    if isinstance(value, int) and not isinstance(value, bool):
        assert (row.integer == value) if value < 2**63 else (row.number == float(value))


@pytest.mark.parametrize(
    ("path", "asset"),
    [
        ("Line1.IMM01.Temp", "one"),
        ("Server/Line1.IMM01.Temp", "one"),
        ("Line1.IMM010.Temp", None),
        ("Line 2/Robot", "robot"),
        ("Line 2/Robot/Axis/Speed", "axis"),
        ("Line 2/Robot2/Speed", None),
        ("Line 2", None),
    ],
)
def test_a_path_belongs_to_the_most_exact_branch(path: str, asset: str | None) -> None:
    branches = (
        Branch(path="Line1.IMM01.", asset="one"),
        Branch(path="Line 2/Robot", asset="robot"),
        Branch(path="Line 2/Robot/Axis", asset="axis"),
    )
    found = branch_of(branches, path)
    assert (found.asset if found else None) == asset


def test_an_address_names_its_namespace_not_its_index() -> None:
    spaces = ("http://opcfoundation.org/UA/", "urn:a")
    assert address(ua.NodeId("x;y", 1), spaces) == "nsu=urn:a;s=x;y"
    assert address(ua.NodeId(2253, 0), spaces) == "nsu=http://opcfoundation.org/UA/;i=2253"
    assert address(ua.NodeId(b"\x01\xff", 1), spaces) == "nsu=urn:a;b=Af8="
    assert address(ua.NodeId(5, 9), spaces) == "nsu=ns=9;i=5"


def test_the_preview_is_bounded_by_the_limits_and_contacts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a preview must not contact anything")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    scope = agreed("opc.tcp://10.255.0.1:4840/", {"request_gap": 0.1, "sampling_interval": 1})
    load = connectors.get("opcua").preview(scope.endpoints[0], scope, 60)
    assert load.requests_per_second == 10 and load.connections == 1
    assert load.requests <= 60 * 10 + 1000 and load.bytes_per_second > 0
    assert SimpleNamespace(**load.model_dump()).endpoint == "e1"
