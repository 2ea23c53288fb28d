"""The OPC UA connector against real servers, and against peers that are silent, refuse, or talk nonsense."""

import asyncio
import itertools
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua

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
    Role,
    Scope,
    Text,
    Vantage,
)
from connectors.guard import OPCUA_SERVICES, Forbidden
from connectors.opcua import ENTRIES
from connectors.opcua.session import Session
from connectors.opcua.wire import guard_for
from tests.kept import Kept
from tests.servers.processes import serving
from tests.waiting import comes

SERVER = Path(__file__).parent / "servers/opcua_small.py"
QUICK = {"connect_spacing": 0.2, "pause_after_connect": 0, "request_gap": 0.02, "sampling_interval": 0.5}
BRANCHES = tuple(
    Branch(path=path, asset=asset)
    for path, asset in (
        ("Press", "press"), ("Line1.IMM01.", "imm-01"), ("Line1.IMM02.", "imm-02"), ("Line9", "nine"),
    )
)  # fmt: skip


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
def test_numbers_get_the_words_that_their_server_has_for_them(tmp_path: Path) -> None:
    with small(tmp_path / "log", "discrete") as place:
        seen, _ = gather(agreed(place, sampling="poll"))
    words = {tag.path: tag.labels for tag in seen.tags}
    assert words["Listed"] == ((0, "Stopped"), (2, "Running"))
    assert words["Paired"] == ((10, "Idle"), (20, "Running"))
    assert dict(words["Flag"]) == {0: "Stopped", 1: "Running"}
    assert words["Odd"] == () and words["Press/Force"] == ()


@pytest.mark.wire
def test_a_server_is_walked_described_and_sampled(tmp_path: Path) -> None:
    with small(tmp_path / "log", "strange", "few") as place:
        scope = agreed(place, branches=BRANCHES, sampling="poll")
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
    assert tags["Line1.IMM01.Running"].history is True and force.history is False
    assert seen.traffic and sum(seen.traffic.round_trips.values()) <= seen.traffic.requests <= seen.traffic.stated
    assert seen.traffic.round_trips, "how long each answer took is counted"
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
    assert {t.sampling for t in seen.tags} == {"poll", None} and seen.sampling and seen.sampling.mode == "poll"
    assert kept.flushes >= 2


@pytest.mark.wire
def test_what_reached_the_server_is_what_the_log_says_and_only_reads(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with small(log) as place:
        seen, kept = gather(agreed(place, asset="press", sampling="poll"))
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
    door = {"GetEndpoints", "FindServers"}
    assert arrived == door | {"CreateSession", "ActivateSession", "Read", "CloseSession"}


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
    assert seen.reached and seen.problem and seen.problem.id == "contact.mode_not_offered"
    assert [o.mode for o in seen.offers] == ["None"] and kept.rows == []
    assert log.read_text().split() == ["GetEndpoints", "FindServers"]


@pytest.mark.wire
def test_a_server_that_dies_and_returns_leaves_a_gap_and_the_run_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    limits = {"breaker_failures": 5, "timeout": 1}
    scope = agreed(f"opc.tcp://127.0.0.1:{port}/", limits, branches=BRANCHES[:1])

    async def interrupt(kept: Kept, stop: asyncio.Event) -> None:
        await comes(lambda: len(kept.rows) > 4)
        await asyncio.to_thread(first.__exit__, None, None, None)
        held = len(kept.rows)
        second = small(tmp_path / "log", str(port))
        await asyncio.to_thread(second.__enter__)
        try:
            await comes(lambda: len(kept.rows) > held + 2, 50)
            stop.set()
            await comes(lambda: len(kept.observed) == 2)
        finally:
            await asyncio.to_thread(second.__exit__, None, None, None)

    first = small(tmp_path / "log", str(port))
    first.__enter__()
    seen, _ = gather(scope, 55, interrupt)
    assert seen.problem is None and len(seen.gaps) == 1
    assert seen.gaps[0].ends - seen.gaps[0].begins > 1e8
    assert seen.devices[0].answered


@pytest.mark.wire
def test_a_server_that_dies_for_good_is_left_alone_and_says_so(tmp_path: Path) -> None:
    server = small(tmp_path / "log")
    place = server.__enter__()

    async def kill(kept: Kept, stop: asyncio.Event) -> None:
        await comes(lambda: len(kept.rows) > 4)
        await asyncio.to_thread(server.__exit__, None, None, None)

    seen, kept = gather(agreed(place, branches=BRANCHES[:1]), 6, kill)
    assert seen.reached and seen.problem and seen.problem.id in {"contact.breaker_open", "contact.refused"}
    assert seen.gaps and len(kept.rows) > 4 and seen.devices[0].answered
    assert seen.traffic and seen.traffic.failures <= 3


@pytest.mark.wire
def test_stopping_ends_at_once_and_closes_the_session(tmp_path: Path) -> None:
    async def interrupt(kept: Kept, stop: asyncio.Event) -> None:
        await comes(lambda: len(kept.rows) > 2)
        stop.set()

    log = tmp_path / "log"
    with small(log) as place:
        seen, kept = gather(agreed(place), 600, interrupt)
    assert seen.problem is None and kept.rows and log.read_text().split()[-1] == "CloseSession"


def test_the_preview_is_bounded_by_the_limits_and_contacts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a preview must not contact anything")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    scope = agreed("opc.tcp://10.255.0.1:4840/", {"request_gap": 0.1, "sampling_interval": 1})
    load = connectors.get("opcua").preview(scope.endpoints[0], scope, 60)
    assert load.requests_per_second == 10 and load.connections == 1
    learning = (
        2 * 25 * scope.limits.browse_nodes / scope.limits.max_nodes_per_call
    )  # calls for each batch of nodes
    assert load.requests <= 60 * 10 + learning and load.bytes_per_second > 0
    assert SimpleNamespace(**load.model_dump()).endpoint == "e1"


def test_the_preview_counts_that_a_server_may_be_learnt_twice() -> None:
    """The line may break at the end of the first time: each batch of nodes is walked and described twice."""
    most = agreed("opc.tcp://10.255.0.1:4840/").limits.max_nodes_per_call
    stated = [
        connectors.get("opcua").preview(scope.endpoints[0], scope, 0).requests
        for batches in (2, 3)
        for scope in (agreed("opc.tcp://10.255.0.1:4840/", {"browse_nodes": batches * most, "request_gap": 0.1}),)
    ]
    walked, described, watched = 4, 11, 3
    assert stated[1] - stated[0] == ENTRIES * (walked + described) + watched == 33
