"""MTConnect agents: only three resources are asked for, nothing is lost in silence, no answer can do harm."""

import asyncio
import itertools
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import BAD_NO_DATA, GOOD, Function, Limits, Observation, Outcome, RequestRecord, Scope
from assessor.errors import InputError
from assessor.facts import facts, sort
from assessor.indicators.seen import look
from assessor.interpret import interpret
from assessor.markup import BadDocument, parse
from assessor.messages import LANGUAGES, render
from connectors.guard import Forbidden
from connectors.mtconnect import gather, precheck, preview
from connectors.mtconnect.document import moment
from connectors.mtconnect.wire import SERVICES, Stream
from connectors.scope import load_scope
from tests.kept import Kept
from tests.servers.processes import serving
from tests.test_facts import table
from tests.test_indicators_rules import asset, scope
from tests.test_scope import GOOD as SCOPE_TEXT
from tests.waiting import comes

AGENT = Path(__file__).parent / "servers/mtconnect_agent.py"
BRANCHES = [{"path": "VMC-3Axis", "asset": "mill"}, {"path": "Lathe", "asset": "lathe"}]
QUICK = Limits(request_gap=0.02, connect_spacing=0.2, pause_after_connect=0, sampling_interval=0.5, timeout=1)


@contextmanager
def agent(folder: Path, **order: Any) -> Iterator[tuple[str, Path]]:
    """An agent in a process of its own, and the file with every request line it got."""
    log = folder / "requests.txt"
    log.touch()
    with serving([sys.executable, str(AGENT)], first_line=json.dumps(order | {"log": str(log)})) as told:
        yield told["address"], log


def plan(address: str, limits: Limits = QUICK, **more: Any) -> Scope:
    told = {"id": "agent", "protocol": "mtconnect", "address": address, "role": "machine", "branches": BRANCHES}
    assets = [asset("mill", interface="mtconnect"), asset("lathe", interface="mtconnect")]
    return scope(assets, [told | more]).model_copy(update={"limits": limits})


def visit(of: Scope, seconds: float, stop: asyncio.Event | None = None) -> tuple[Observation, Kept]:
    kept = Kept()
    seen = asyncio.run(gather(of.endpoints[0], of, kept, seconds=seconds, stop=stop or asyncio.Event()))
    return seen, kept


def numbers(seen: Observation, kept: Kept) -> list[int]:
    """The values of 'x' in the order in which they came."""
    (tag,) = [t for t in seen.tags if t.path.endswith("Xact")]
    return [int(r.number) for r in kept.rows if r.tag == tag.id and r.number is not None]


# What is read ---------------------------------------------------------------------------------------------


@pytest.mark.wire
def test_devices_tags_and_values_are_what_the_agent_says(tmp_path: Path) -> None:
    with agent(tmp_path) as (address, _):
        seen, kept = visit(plan(address), 2)
    assert seen.problem is None and seen.reached and not seen.gaps
    mill, lathe = seen.devices
    assert mill.nameplate is not None
    assert (mill.asset, mill.answered, mill.problem) == ("mill", True, None)
    assert (mill.nameplate.manufacturer, mill.nameplate.model, mill.nameplate.serial) == (
        "Maker",
        "VMC 500",
        "S-17",
    )
    assert (lathe.asset, lathe.answered) == ("lathe", False)
    assert lathe.problem is not None and lathe.problem.id == "mtconnect.unavailable"
    tags = {t.path: t for t in seen.tags}
    assert len(tags) == 10 and not any("Agent" in path for path in tags)
    x = tags["VMC-3Axis/base/X/Xact"]
    assert (x.unit, x.profile_quantity, x.profile_function, x.asset) == (
        "MILLIMETER",
        "position",
        "actual",
        "mill",
    )
    assert tags["VMC-3Axis/base/X/POSITION.COMMANDED"].profile_function == "setpoint"
    assert tags["VMC-3Axis/Controller/path/execution"].profile_function == "state"
    first = {t.path.rpartition("/")[2]: next(r for r in kept.rows if r.tag == t.id) for t in seen.tags}
    assert (first["execution"].text, first["program"].text, first["PART_COUNT"].number) == ("ACTIVE", "0012", 42.0)
    assert (first["AMPERAGE"].number, first["Xsys"].text) == (3.5, "Fault")
    unavailable = first["POSITION.COMMANDED"]
    assert (unavailable.status, unavailable.number, unavailable.text) == (BAD_NO_DATA, None, None)
    assert all(r.source and r.server and r.status in (GOOD, BAD_NO_DATA) for r in kept.rows)
    assert seen.namespaces == ("urn:mtconnect.org:MTConnectDevices:1.5",)


@pytest.mark.wire
def test_every_value_comes_once_and_in_order_however_rarely_it_is_asked(tmp_path: Path) -> None:
    with agent(tmp_path, rate=60) as (address, log):
        seen, kept = visit(plan(address), 4)
        lines = log.read_text("utf-8").splitlines()
    found = numbers(seen, kept)
    assert len(found) >= 30 and found == list(range(found[0], found[0] + len(found)))
    assert not seen.gaps
    assert {line.split("?")[0].removesuffix(" HTTP/1.1") for line in lines} == SERVICES
    assert len(lines) == len(kept.requests) == (seen.traffic.requests if seen.traffic else None)


@pytest.mark.wire
def test_what_it_shows_of_a_machine(tmp_path: Path) -> None:
    with agent(tmp_path, rate=60) as (address, _):
        of = plan(address)
        seen, kept = visit(of, 3)
    meanings = interpret([seen], of)
    found = look(of, [seen], facts(sort(table(kept.rows))), meanings)
    outcomes = {
        name: {line.subject: line.outcome for line in indicators.load()[name].measure(found).lines}
        for name in ("readable", "connectable", "nameplate", "open_protocol")
    }
    assert {lines["mill"] for lines in outcomes.values()} == {Outcome.MET}
    assert {lines["lathe"] for lines in outcomes.values()} == {Outcome.NOT_DETERMINED}
    assert Function.STATE in {m.function for m in meanings.values()}


@pytest.mark.wire
def test_the_load_stays_within_what_was_stated(tmp_path: Path) -> None:
    with agent(tmp_path, rate=500, buffer=5000) as (address, _):
        of = plan(address)
        load = preview(of.endpoints[0], of, 3)
        seen, kept = visit(of, 3)
    assert seen.traffic is not None
    assert 0 < len(kept.requests) <= load.requests
    assert (seen.traffic.bytes_sent + seen.traffic.bytes_received) / 3 <= load.bytes_per_second
    begun = [record.time for record in kept.requests]
    assert all(b - a >= 0.9 * 0.02e9 for a, b in itertools.pairwise(begun))


# What may go wrong ----------------------------------------------------------------------------------------


@pytest.mark.wire
def test_values_that_the_agent_dropped_are_a_gap(tmp_path: Path) -> None:
    """The buffer holds less than comes in an interval: what is missing is counted, to the value."""
    with agent(tmp_path, rate=400, buffer=100) as (address, _):
        seen, kept = visit(plan(address), 3)
    found = numbers(seen, kept)
    missing = sum(b - a - 1 for a, b in itertools.pairwise(found))
    assert missing > 0 and seen.gaps
    assert {gap.why.id for gap in seen.gaps} <= {"mtconnect.overrun", "mtconnect.overrun_unknown"}
    told = sum(int(gap.why.params["n"]) for gap in seen.gaps if isinstance(gap.why.params.get("n"), int))
    assert abs(told - missing) <= len(seen.gaps)  # the present value of each new start was read
    assert found == sorted(set(found))
    assert all(gap.ends - gap.begins > 50_000_000 for gap in seen.gaps)


@pytest.mark.wire
def test_a_restarted_agent_is_a_gap_and_is_learnt_anew(tmp_path: Path) -> None:
    with agent(tmp_path, fault="restart", after=4) as (address, log):
        seen, _ = visit(plan(address), 4)
        lines = log.read_text("utf-8")
    assert [gap.why.id for gap in seen.gaps] == ["mtconnect.restarted"]
    assert lines.count("GET /probe") == 2 and seen.problem is None
    assert all(gap.begins < gap.ends for gap in seen.gaps)


FAULTS = {
    "silent": "contact.silent",
    "drip": "contact.silent",
    "truncated": "contact.dropped",
    "closed": "contact.dropped",
    "garbage": "mtconnect.not_understood",
    "binary": "mtconnect.not_http",
    "broken": "mtconnect.not_understood",
    "deep": "mtconnect.not_understood",
    "bomb": "mtconnect.not_understood",
    "packed": "mtconnect.packed",
    "error": "mtconnect.error",
    "huge": "mtconnect.too_large",
}


@pytest.mark.wire
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_message_and_the_run_ends_in_time(tmp_path: Path, fault: str) -> None:
    with agent(tmp_path, fault=fault) as (address, log):
        begun = time.monotonic()
        seen, kept = visit(plan(address, QUICK.model_copy(update={"breaker_failures": 5})), 1.5)
        took = time.monotonic() - begun
        lines = log.read_text("utf-8").splitlines()
    assert took < 30
    assert seen.problem is not None and not seen.reached and not kept.rows
    assert seen.problem.id == FAULTS[fault]
    results = {record.result for record in kept.requests}
    assert results and "ok" not in results
    assert len(lines) <= 1.5 / 0.5 * 2 + 2
    assert all(not d.answered for d in seen.devices) and {d.asset for d in seen.devices} == {"mill", "lathe"}
    assert all(render(seen.problem, language) for language in LANGUAGES)


@pytest.mark.wire
def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0.2)
        elsewhere = f"http://127.0.0.1:{trap.getsockname()[1]}/probe"
        with agent(tmp_path, fault="redirect", elsewhere=elsewhere) as (address, _):
            seen, _kept = visit(plan(address), 1)
        with pytest.raises(TimeoutError):
            trap.accept()
    assert seen.problem is not None and seen.problem.id == "mtconnect.redirected"


@pytest.mark.wire
def test_a_fault_in_the_midst_is_a_gap_at_the_end(tmp_path: Path) -> None:
    with agent(tmp_path, fault="closed", after=4) as (address, _):
        seen, kept = visit(plan(address), 4)
    assert seen.reached and kept.rows and seen.problem is not None
    assert seen.gaps[-1].why.id == "mtconnect.no_answer"


@pytest.mark.wire
def test_values_too_large_to_take_are_no_silent_loss(tmp_path: Path) -> None:
    with agent(tmp_path, fault="fat") as (address, log):
        seen, kept = visit(plan(address), 3)
        asked = [
            line.split("count=")[1].split()[0] for line in log.read_text("utf-8").splitlines() if "count" in line
        ]
    assert seen.reached and kept.rows and len(numbers(seen, kept)) == 1
    assert seen.problem is not None and seen.problem.id == "mtconnect.too_large"
    assert seen.gaps[-1].why.id == "mtconnect.no_answer"
    assert asked[:3] == ["100", "50", "25"][: len(asked)]


@pytest.mark.slow
def test_nothing_at_the_address_is_a_problem(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    seen, kept = visit(plan(f"http://127.0.0.1:{port}"), 1)
    assert seen.problem is not None and seen.problem.id == "contact.refused"
    assert not seen.reached and not kept.requests


@pytest.mark.wire
def test_stop_ends_it_at_once_whatever_it_waits_for(tmp_path: Path) -> None:
    slow = QUICK.model_copy(update={"timeout": 20.0})
    with agent(tmp_path, fault="silent") as (address, log):
        of, kept = plan(address, slow), Kept()

        async def run() -> float:
            stop = asyncio.Event()
            running = asyncio.create_task(gather(of.endpoints[0], of, kept, seconds=60, stop=stop))
            await comes(lambda: log.read_text("utf-8"))
            begun = time.monotonic()
            stop.set()
            await running
            return time.monotonic() - begun

        assert asyncio.run(run()) < 2


# The guard ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /probe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PUT /probe?x=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /asset HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /probe HTTP/1.1\r\nHost: x\r\n\r\nGET /asset",
        b"DELETE",
    ],
)
def test_below_the_library_nothing_else_can_be_sent(sent: bytes) -> None:
    class Writer:
        def write(self, data: bytes) -> None:
            raise AssertionError(f"{data!r} was sent")

    async def run() -> None:
        stream = Stream(asyncio.StreamReader(), Writer())  # type: ignore[arg-type]
        stream.allowed = b"GET /probe HTTP/1.1\r\n"
        await stream.write(sent)

    with pytest.raises(Forbidden):
        asyncio.run(run())


def test_a_request_may_be_sent_once() -> None:
    sent: list[bytes] = []

    class Writer:
        write = staticmethod(sent.append)

        async def drain(self) -> None: ...

    async def run() -> None:
        stream = Stream(asyncio.StreamReader(), Writer())  # type: ignore[arg-type]
        stream.allowed = b"GET /probe HTTP/1.1\r\n"
        request = b"GET /probe HTTP/1.1\r\nHost: x\r\n\r\n"
        await stream.write(request)
        with pytest.raises(Forbidden):
            await stream.write(request)

    asyncio.run(run())
    assert len(sent) == 1


@pytest.mark.wire
def test_precheck_connects_and_sends_nothing() -> None:
    got: list[bytes] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve() -> None:
            with server.accept()[0] as line:
                line.settimeout(10)
                got.append(line.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        of, asked = plan(f"http://127.0.0.1:{server.getsockname()[1]}"), list[RequestRecord]()
        seen = asyncio.run(precheck(of.endpoints[0], of, asked.append))
        thread.join(timeout=20)
    assert seen.reached and seen.problem is None and got == [b""]
    assert [(r.service, r.result, r.bytes_sent) for r in asked] == [("TCP connect", "ok", 0)]


# The scope and the documents ------------------------------------------------------------------------------


def test_an_address_has_its_scheme_and_port(tmp_path: Path) -> None:
    file = tmp_path / "scope.yaml"
    given = "  - {id: agent, protocol: mtconnect, address: ADDRESS, role: machine, asset: cnc}\nmeanings:"
    for address, good in (
        ("http://10.0.0.9:5000", True),
        ("https://10.0.0.9:5000", False),
        ("10.0.0.9:5000", False),
    ):
        file.write_text(SCOPE_TEXT.replace("meanings:", given.replace("ADDRESS", address), 1), "utf-8")
        if good:
            assert load_scope(file).endpoints[1].address == address
        else:
            with pytest.raises(InputError) as caught:
                load_scope(file)
            assert caught.value.message.params["form"] == "http://host:port/path"


@given(data=st.binary(max_size=300))
def test_no_bytes_crash_the_parser(data: bytes) -> None:
    for document in (data, b"<MTConnectStreams>" + data, b'<?xml version="1.0"?><a>' + data + b"</a>"):
        try:
            parse(document)
        except BadDocument:
            continue


@pytest.mark.parametrize("text", ["2026-11-24T08:00:00", "12.5", "", None, "yesterday", "2026-13-01T00:00:00Z"])
def test_a_time_that_does_not_say_where_is_none(text: str | None) -> None:
    assert moment(text) is None


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_time_that_64_bits_cannot_hold_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_time_keeps_what_python_can_hold_of_it() -> None:
    assert moment("2026-11-24T00:00:00.123456789Z") == 1_795_478_400_123_456_000
