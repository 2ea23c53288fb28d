"""Which servers we trust and which trust us: certificates unknown, changed or expired, and changed bytes."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from assessor.domain import canonical
from assessor.messages import render
from connectors.opcua.identity import ours
from connectors.opcua.trust import TrustStore
from tests import certificates
from tests.doors import (
    CLOSED,
    SIGNED,
    SLOW,
    Secure,
    accept,
    password,
    problem,
    secure,
    server,
)
from tests.kept import Kept
from tests.test_opcua import agreed, gather
from tests.waiting import comes

__all__ = ["server"]

pytestmark = pytest.mark.wire


# Whom we trust


def test_an_unknown_certificate_is_stated_and_nothing_is_opened(server: Secure) -> None:
    begun = len(server.log())
    seen, kept = gather(agreed(server.address, SLOW, security=SIGNED), 0.6)
    assert problem(seen) == "doors.certificate_unknown" and not kept.rows and seen.reached
    assert seen.problem and certificates.fingerprint(server.certificate) in render(seen.problem, "en")
    assert "assessor trust accept SCOPE.yaml e1" in render(seen.problem, "en")
    assert server.log()[begun:] == ["GetEndpoints", "FindServers"]


def test_a_changed_certificate_stops_the_endpoint_with_both_fingerprints(server: Secure) -> None:
    other = certificates.certificate(certificates.key(number=2))
    accept(other)
    begun = len(server.log())
    seen, kept = gather(agreed(server.address, SLOW, security=CLOSED), 0.6)
    assert problem(seen) == "doors.certificate_changed" and not kept.rows
    assert seen.problem and seen.problem.params["old"] == certificates.fingerprint(other)
    assert seen.problem.params["new"] == certificates.fingerprint(server.certificate)
    assert seen.certificate and seen.certificate.trust == "changed"
    assert server.log()[begun:] == ["GetEndpoints", "FindServers"]


def test_a_change_is_reported_where_nothing_rests_on_it(server: Secure) -> None:
    accept(certificates.certificate(certificates.key(number=2)))
    seen, kept = gather(agreed(server.address, SLOW), 0.6)
    assert problem(seen) is None and kept.rows
    assert [w.id for w in seen.warnings] == ["doors.certificate_changed_unused"]


@pytest.mark.slow
def test_an_expired_certificate_of_another_host_is_used_where_this_very_one_was_accepted(tmp_path: Path) -> None:
    poor = certificates.certificate(
        certificates.key(), "old", issuer="ca", hosts=("plc-7",), begins=timedelta(-90), ends=timedelta(-1)
    )
    folder = tmp_path / "s"
    folder.mkdir()
    certificates.put(
        folder, "issuer", certificates.certificate(certificates.key(number=3), "ca"), certificates.key()
    )
    with secure(folder, "chain", certificate=poor) as running:
        scope = agreed(running.address, SLOW, security=CLOSED)
        unknown, _ = gather(scope, 0.6)
        accept(poor)
        seen, kept = gather(scope, 0.6)
    assert problem(unknown) == "doors.certificate_unknown" and problem(seen) is None and kept.rows
    shown = seen.certificate
    assert shown and shown.fingerprint == certificates.fingerprint(poor) and not shown.self_signed
    assert shown.not_after < seen.started and shown.names_host is False and shown.issuer == "CN=ca"


@pytest.mark.slow
def test_a_certificate_that_changes_in_the_middle_of_a_run_ends_it_there(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    second = certificates.certificate(certificates.key(), "another")
    accept(certificates.certificate(certificates.key()))
    with ExitStack() as before, ExitStack() as after:
        running = before.enter_context(secure(folder, certificate=accepted_one()))
        port = running.address.rpartition(":")[2].strip("/")

        def swap() -> None:
            before.close()
            after.enter_context(secure(folder, port, certificate=second))

        async def meanwhile(kept: Kept, stop: asyncio.Event) -> None:
            await comes(lambda: kept.rows)
            await asyncio.to_thread(swap)

        seen, kept = gather(agreed(running.address, SLOW, security=CLOSED), 50, meanwhile)
    assert problem(seen) == "doors.certificate_changed" and kept.rows and seen.gaps
    assert seen.problem and seen.problem.params["new"] == certificates.fingerprint(second)
    assert running.log().count("CreateSession") == 1


def accepted_one() -> Any:
    """The certificate that the store of this test holds."""
    known = TrustStore("p").known("e1")
    assert known
    return x509.load_pem_x509_certificate(known.certificate.encode())


@pytest.mark.slow
def test_a_server_that_does_not_trust_us_says_what_to_hand_to_its_it(tmp_path: Path) -> None:
    with secure(tmp_path / "s", "distrust") as running:
        accept(running.certificate)
        seen, _ = gather(agreed(running.address, SLOW, security=SIGNED), 0.6)
    assert problem(seen) == "doors.ours_not_trusted" and seen.problem
    mine = ours()
    assert seen.problem.params == {
        "status": "BadCertificateUntrusted", "fingerprint": mine.fingerprint, "file": str(mine.file),
    }  # fmt: skip


def test_only_none_where_more_was_agreed_is_never_taken(tmp_path: Path) -> None:
    with secure(tmp_path / "s", "none-only") as running:
        seen, kept = gather(agreed(running.address, SLOW, security=SIGNED), 0.6)
        assert running.log() == ["GetEndpoints", "FindServers"]
    assert problem(seen) == "contact.mode_not_offered" and not kept.rows


@contextmanager
def flipping(address: str, at: int) -> Iterator[str]:
    """A way to the server on which one byte of its answers, the `at`-th of a connection, arrives changed."""
    host, port = address.removeprefix("opc.tcp://").strip("/").split(":")
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        threads: list[threading.Thread] = []

        def pass_on(source: socket.socket, sink: socket.socket, bad: int | None) -> None:
            seen = 0
            with suppress(OSError):
                while data := bytearray(source.recv(65536)):
                    if bad is not None and seen <= bad < seen + len(data):
                        data[bad - seen] ^= 0x55
                    seen += len(data)
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)

        def run(target: Any, *arguments: Any) -> None:
            threads.append(threading.Thread(target=target, args=arguments, daemon=True))
            threads[-1].start()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    near = opened.enter_context(listener.accept()[0])
                    far = opened.enter_context(socket.create_connection((host, int(port)), timeout=30))
                    run(pass_on, near, far, None)
                    run(pass_on, far, near, at)

        run(serve)
        yield f"opc.tcp://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(35)


@pytest.mark.slow
@pytest.mark.parametrize("at", [3, 20, 40, 90, 400, 3000, 14_000, 15_500, 16_500, 18_000, 20_000, 40_000])
def test_a_changed_byte_is_never_a_wrong_value(server: Secure, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the door it may keep us out; behind it, what is signed arrives whole or not at all."""
    accept(server.certificate)
    with flipping(server.address, at) as address:
        scope = agreed(address, {"timeout": 3.0}, security=SIGNED, credential=password(monkeypatch))
        seen, kept = gather(scope, 1.2)
    names = {t.id: t.path for t in seen.tags}
    read = [(names[r.tag], r.number) for r in kept.rows if names.get(r.tag) in ("Press/Force", "Press/Speed")]
    assert all(number == 1.5 for _, number in read)
    assert canonical(seen) and (read or seen.problem)
