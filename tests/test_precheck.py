"""The precheck: each agreed address once, inside the agreed window, and a page a plant's IT can work from."""

import asyncio
import contextlib
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import connectors
from assessor import cli, laptop
from assessor import precheck as room
from assessor.cli import precheck as command
from assessor.domain import Certificate, Endpoint, Message, Observation, Offer, RequestRecord, Scope, Window
from assessor.errors import ContactError
from assessor.laptop import Interface
from assessor.messages import LANGUAGES
from assessor.precheck import Answered, Precheck, Who, allowed, precheck
from assessor.precheck.page import page
from tests.test_bundle import SCOPE, SCOPE_BYTES

DAY = 86_400 * 10**9
NOW = 1_767_225_600 * 10**9
HELD = Certificate(
    fingerprint="ab", subject="CN=press", not_before=NOW - 800 * DAY, not_after=NOW - DAY, key_bits=2048,
    self_signed=True,
)  # fmt: skip
OFFERS = (
    Offer(mode="None", policy="None", tokens=("Anonymous",)),
    Offer(mode="SignAndEncrypt", policy="Basic256Sha256", tokens=("UserName", "Certificate")),
    Offer(mode="None", policy="None", tokens=("Anonymous",)),
)
UNKNOWN = Message(id="contact.not_anonymous", params={"tokens": "UserName"})


class Doors:
    """A connector that knocks over a socket and answers as its endpoint's id says."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self.at_once = self.most = 0

    async def precheck(self, endpoint: Endpoint, _: Scope, log: Callable[[RequestRecord], None]) -> Observation:
        self.met.append(endpoint.id)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.02)
        kind = endpoint.id.partition("-")[0]
        if kind == "hangs":
            await asyncio.sleep(3600)
        self.at_once -= 1
        log(RequestRecord(1, endpoint.id, "GetEndpoints", "", 10, 20, 1.0, "ok"))
        problem = {
            "ready": None,
            "barred": UNKNOWN,
            "refused": Message(id="contact.refused", params={"address": endpoint.address}),
            "silent": Message(id="contact.silent", params={"address": endpoint.address}),
        }[kind]
        reached = kind in ("ready", "barred")
        return Observation(
            endpoint=endpoint.id, protocol="opcua", connector="test", started=1, ended=2, reached=reached,
            problem=problem, offers=OFFERS if reached else (), certificate=HELD if reached else None,
        )  # fmt: skip


def scoped(*names: str, **more: Any) -> Scope:
    first = SCOPE.endpoints[0]
    ends = [
        first.model_copy(update={"id": name, "address": f"opc.tcp://192.168.10.{n}:4840/x"})
        for n, name in enumerate(names, 1)
    ]
    return SCOPE.model_copy(update={"endpoints": tuple(ends), **more})


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    found = Doors()
    monkeypatch.setattr(connectors, "get", lambda _: found)
    return found


def tried(scope: Scope) -> Precheck:
    return asyncio.run(precheck(scope))


FOUR = ("ready", "barred", "refused", "silent")


def test_each_address_is_tried_once_and_what_is_to_be_done_is_said(doors: Doors) -> None:
    result = tried(scoped(*FOUR))
    assert sorted(doors.met) == sorted(FOUR)
    assert [(one.answered, one.ask) for one in result.checked] == [
        (Answered.YES, Who.NOBODY), (Answered.BUT, Who.MACHINE), (Answered.NO, Who.MACHINE),
        (Answered.NO, Who.NETWORK),
    ]  # fmt: skip
    assert [(one.host, one.port) for one in result.checked] == [(f"192.168.10.{n}", 4840) for n in range(1, 5)]
    assert all(one.requests == 1 for one in result.checked)


def test_no_more_at_a_time_than_the_limits_say(doors: Doors) -> None:
    limits = SCOPE.limits.model_copy(update={"hosts_at_a_time": 3})
    tried(scoped(*(f"ready-{n}" for n in range(10)), limits=limits))
    assert doors.most == 3 and len(doors.met) == 10


def test_one_that_hangs_is_ended_and_the_others_are_told(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LONGEST", 0.3)
    hung, ready = tried(scoped("hangs", "ready")).checked
    assert hung.answered is Answered.NO and hung.seen.problem is not None
    assert hung.seen.problem.id == "precheck.too_long" and ready.answered is Answered.YES


def test_a_file_or_a_serial_line_has_no_place_in_a_firewall(doors: Doors) -> None:
    line = SCOPE.endpoints[0].model_copy(update={"id": "silent", "address": "/dev/ttyUSB0"})
    (one,) = tried(SCOPE.model_copy(update={"endpoints": (line,)})).checked
    assert (one.host, one.port, one.ask) == (None, None, Who.MACHINE)


def around(hours: float) -> Window:
    middle = datetime.fromtimestamp(NOW / 10**9, UTC) + timedelta(hours=hours)
    ends = [middle - timedelta(hours=1), middle + timedelta(hours=1)]
    return Window(opens=ends[0].isoformat(), closes=ends[1].isoformat())


@pytest.mark.parametrize(
    ("window", "own", "may"),
    [(None, None, True), (0, None, True), (48, None, False), (48, 0, True), (0, 48, False), (None, -48, False)],
)
def test_it_keeps_to_its_own_window_or_else_to_the_runs(
    window: float | None, own: float | None, may: bool
) -> None:
    windows = {
        "window": None if window is None else around(window),
        "precheck_window": None if own is None else around(own),
    }
    with contextlib.nullcontext() if may else pytest.raises(ContactError):
        allowed(SCOPE.model_copy(update=windows), NOW)


class Places:
    """Everything the page links to or loads."""

    def __init__(self, text: str) -> None:
        self.outside = [part for part in ("http:", "https:", "src=", "@import", "url(", "<script") if part in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_it_in_both_languages_and_loads_nothing(language: Any, doors: Doors) -> None:
    text = page(tried(scoped(*FOUR)), language)
    assert not Places(text).outside
    assert text.count("<main") == 2 and text.index(f'lang="{language}"') < 40
    for piece in (
        "192.168.10.4 TCP 4840", "SignAndEncrypt / Basic256Sha256: UserName, Certificate", "Nothing to do",
        "无需处理", "Self-signed", "Expired", "已过期", "厂长", "Plant manager", "A-1", "小厂",
    ):  # fmt: skip
        assert piece in text, piece
    assert text.count("None: Anonymous") == 4, "the same way in is named once an endpoint and language"


def test_what_a_server_says_is_shown_and_not_obeyed(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = Offer(mode="<script>alert(1)</script>", policy="\u202eB", tokens=("<img src=x>",))
    monkeypatch.setattr("tests.test_precheck.OFFERS", (evil,))
    text = page(tried(scoped("ready")), "en")
    assert "<script" not in text and "<img" not in text and "\u202e" not in text and "&lt;script" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_the_terminal(language: str, doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", language)
    screen = Console(file=io.StringIO(), record=True, width=140)
    monkeypatch.setattr(command, "out", screen)
    command.show(tried(scoped(*FOUR)))
    text = screen.export_text()
    assert all(name in text for name in FOUR) and "TCP 4840" in text
    assert ("No value was read" if language == "en" else "没有读取任何数值") in text


# The command, with a real listener


@pytest.fixture
def listener() -> Iterator[tuple[int, Queue[bytes]]]:
    """A port of this machine and what was said to it."""
    said: Queue[bytes] = Queue()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.settimeout(5)
                        said.put(connection.recv(100))

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], said
        server.shutdown(socket.SHUT_RDWR)


async def knock(endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]) -> Observation:
    """Really connects to the address of the scope, says nothing and leaves."""
    host, _, port = endpoint.address.rpartition("//")[2].rpartition(":")
    problem = None
    try:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
    except OSError:
        problem = Message(id="contact.refused", params={"address": endpoint.address})
    return Observation(
        endpoint=endpoint.id, protocol=endpoint.protocol, connector="knock", started=1, ended=2,
        reached=problem is None, problem=problem,
    )  # fmt: skip


def ran(*arguments: str) -> int:
    try:
        cli.main(list(arguments))
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    monkeypatch.setattr(connectors, "get", lambda _: SimpleNamespace(precheck=knock))
    return tmp_path


def test_the_command_contacts_the_address_and_writes_the_page(
    place: Path, listener: tuple[int, Queue[bytes]], capfd: pytest.CaptureFixture[str]
) -> None:
    (place / "scope.yaml").write_bytes(SCOPE_BYTES.replace(b"4840", str(listener[0]).encode()))
    assert ran("precheck", "scope.yaml", "--json", "-o", "out/page.html") == 0
    told = json.loads(capfd.readouterr().out)
    assert [one["answered"] for one in told["checked"]] == ["yes"]
    assert (place / "out/page.html").read_text("utf-8").startswith("<!doctype html>")
    assert listener[1].get(timeout=30) == b"", "one connection, and nothing said"
    assert ran("precheck", "scope.yaml", "-o", "out/page.html") == 2, "nothing is written over"
    assert listener[1].empty(), "and then nothing is contacted"


def test_outside_the_window_nothing_is_contacted(
    place: Path, listener: tuple[int, Queue[bytes]], capfd: pytest.CaptureFixture[str]
) -> None:
    scope = SCOPE_BYTES.replace(b"4840", str(listener[0]).encode())
    closed = b'precheck_window: {opens: "2020-01-01T00:00:00Z", closes: "2020-01-02T00:00:00Z"}\n'
    (place / "scope.yaml").write_bytes(scope + closed)
    assert ran("precheck", "scope.yaml") == 3
    assert "closed at 2020-01-02" in capfd.readouterr().err and listener[1].empty()
    backwards = closed.replace(b"2020-01-02", b"2019-01-02")
    (place / "scope.yaml").write_bytes(scope + backwards)
    assert ran("precheck", "scope.yaml") == 2 and "scope.yaml:" in capfd.readouterr().err


def test_a_laptop_in_two_networks_is_on_the_page(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    two = [
        Interface(name="eth0", up=True, addresses=("192.168.10.9/24",)),
        Interface(name="wlan0", up=True, addresses=("10.0.0.9/24",)),
    ]
    monkeypatch.setattr(laptop, "interfaces", lambda: two)
    result = tried(scoped("ready"))
    assert result.laptop.bridged and "wlan0 (10.0.0.0/24)" in page(result, "en")
