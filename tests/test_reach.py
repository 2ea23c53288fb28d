"""Where a process may go looking: networks by whatever name, and below every library nothing else."""

import asyncio
import ipaddress
import multiprocessing
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Credential, Endpoint, Role, Scope, Serial
from assessor.errors import InputError
from assessor.visit import reach
from assessor.visit.reach import Reach, check_reach, confine, plain, read_reach
from tests.test_bundle import SCOPE

LOOPBACK = Reach((ipaddress.ip_network("127.0.0.0/8"),))
ELSEWHERE = Reach((ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fd00:20::/64")))


def at(address: str, protocol: str = "modbus-tcp", **more: object) -> Scope:
    endpoint = Endpoint(id="m", protocol=protocol, address=address, role=Role.METER, **more)  # type: ignore[arg-type]
    return SCOPE.model_copy(update={"endpoints": (endpoint,)})


def refused(scope: Scope, within: Reach) -> str:
    with pytest.raises(InputError) as told:
        check_reach(scope, within)
    assert told.value.place == "m"
    return told.value.message.id.rpartition(".")[2]


def test_nothing_named_means_nowhere_and_what_is_no_network_is_refused() -> None:
    assert read_reach("") is None and read_reach("  ") is None
    assert read_reach("site") == Reach(None)
    held = read_reach("10.20.0.0/16, fd00:20::/64")
    assert held == ELSEWHERE and read_reach(held.written) == held
    for wrong in ("10.20.0.1/16", "site 10.0.0.0/8", "everywhere", "10.0.0.0/8;10.1.0.0/16"):
        with pytest.raises(InputError, match="bad_network"):
            read_reach(wrong)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "10.21.0.1", "[::ffff:10.21.0.1]", "169.254.169.254", "[fe80::1]", "[fd00:21::1]",
    ],
)  # fmt: skip
def test_no_way_of_writing_an_address_leads_out_of_the_networks(host: str) -> None:
    assert refused(at(f"{host}:502"), ELSEWHERE) in ("outside", "no_such_name")


@pytest.mark.parametrize(
    ("host", "place"),
    [("10.20.3.4", "10.20.3.4"), ("[::ffff:10.20.3.4]", "10.20.3.4"), ("[fd00:20::7]", "fd00:20::7")],
)
def test_what_lies_within_is_let_through_in_its_plainest_form(host: str, place: str) -> None:
    assert check_reach(at(f"{host}:502"), ELSEWHERE) == {(place, 502)}


def test_a_name_is_judged_by_every_address_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(*addresses: str) -> Callable[..., object]:
        return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 502)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answers("10.20.0.5"))
    assert check_reach(at("press.plant:502"), ELSEWHERE) == {("10.20.0.5", 502)}
    monkeypatch.setattr(socket, "getaddrinfo", answers("10.20.0.5", "192.168.0.1"))
    assert refused(at("press.plant:502"), ELSEWHERE) == "outside"
    monkeypatch.setattr(socket, "getaddrinfo", answers())
    assert refused(at("press.plant:502"), ELSEWHERE) == "no_such_name"
    assert check_reach(at("press.plant:502"), Reach(None)) == frozenset()


def test_files_lines_and_secrets_of_a_server_are_not_for_whoever_writes_a_scope() -> None:
    line = at("/dev/ttyUSB0", "modbus-rtu", serial=Serial(sole_master=True))
    user = at("opc.tcp://127.0.0.1:4840", "opcua", credential=Credential(user="u", secret="env:DATABASE_URL"))
    assert refused(line, LOOPBACK) == "line" and refused(user, LOOPBACK) == "credential"
    assert check_reach(line, Reach(None)) == frozenset()
    assert refused(user, Reach(None)) == "credential", "it would be sent to where the scope says"
    assert check_reach(user, Reach(None, credentials=True)) == {("127.0.0.1", 4840)}
    assert read_reach("site credentials") == Reach(None, credentials=True) and read_reach("credentials") is None
    assert read_reach(Reach(None, credentials=True).written) == Reach(None, credentials=True)
    for within in (LOOPBACK, Reach(None)):
        assert refused(at("/etc/passwd", "export"), within) == "file"


@given(st.ip_addresses(v=4))
def test_an_address_is_the_same_in_the_clothes_of_ipv6(address: ipaddress.IPv4Address) -> None:
    assert plain(f"::ffff:{address}") == plain(str(address))
    assert LOOPBACK.holds(plain(str(address))) == (address.is_loopback or address.is_unspecified)


# In a process of its own, for what is confined stays so --------------------------------------------------------


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A port where whoever connects is written down."""
    came: list[str] = []
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def take() -> None:
            while True:
                try:
                    taken, who = server.accept()
                except OSError:
                    return
                came.append(str(who))
                taken.close()

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)


def _by_asyncio(host: str, port: int) -> None:
    async def go() -> None:
        _, writer = await asyncio.open_connection(host, port)
        writer.close()

    asyncio.run(go())


def _by_socket(host: str, port: int) -> None:
    socket.create_connection((host, port), 5).close()


def _by_code(host: str, port: int) -> None:
    with socket.socket() as one:
        one.connect_ex((host, port))


def _by_datagram(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", (host, port))


WAYS = (_by_asyncio, _by_socket, _by_code, _by_datagram)


def _tried(told: Connection, allowed: frozenset[reach.Place], tries: list[tuple[int, str, int]]) -> None:
    """Confine this process, then try each way; tells which were barred."""
    confine(allowed)
    for way, host, port in tries:
        try:
            WAYS[way](host, port)
        except PermissionError:
            told.send("barred")
        except OSError as problem:
            told.send(type(problem).__name__)
        else:
            told.send("through")


def tried(allowed: frozenset[reach.Place], tries: list[tuple[int, str, int]]) -> list[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_tried, args=(there, allowed, tries))
    process.start()
    found = [here.recv() if here.poll(60) else "silent" for _ in tries]
    process.join(10)
    return found


@pytest.mark.slow
def test_a_confined_process_reaches_its_places_and_no_other_by_any_way() -> None:
    with listening() as (agreed, came), listening() as (other, strayed):
        places = frozenset({("127.0.0.1", agreed)})
        inside = [(way, host, agreed) for way in (0, 1, 2) for host in ("127.0.0.1", "localhost")]
        outside = [(way, host, other) for way in range(len(WAYS)) for host in ("127.0.0.1", "localhost", "127.1")]
        outside += [(1, "::ffff:127.0.0.1", other), (1, "0.0.0.0", other), (1, "127.0.0.2", agreed)]
        found = tried(places, inside + outside)
        told = dict(zip(inside + outside, found, strict=True))
        assert [told[i] for i in inside if i[1] == "127.0.0.1"] == ["through"] * 3
        assert {told[o] for o in outside} <= {"barred", "gaierror", "ExceptionGroup", "ConnectionRefusedError"}
        assert sum(told[o] == "barred" for o in outside) >= len(outside) - 1
        assert came and not strayed


@pytest.mark.slow
def test_a_name_that_leads_elsewhere_a_moment_later_is_not_followed() -> None:
    """What was checked is an address; a library that asks for the name again gets no further than that."""
    with listening() as (agreed, _), listening() as (other, strayed):
        allowed = check_reach(at(f"127.0.0.1:{agreed}"), LOOPBACK)
        assert tried(allowed, [(1, "localhost", other), (0, "localhost", other)]) == ["barred", "barred"]
        assert not strayed


@pytest.mark.slow
def test_ipv6_has_no_door_of_its_own() -> None:
    found = tried(frozenset({("127.0.0.1", 502)}), [(0, "::1", 502), (1, "::1", 502)])
    assert set(found) <= {"barred", "OSError"}, "OSError: this machine has no such sockets at all"
