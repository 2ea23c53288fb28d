"""The doors of OPC UA servers: what they tell, who is let in, whom we trust, and that no secret is ever seen."""

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

import connectors
from assessor.domain import Credential, Endpoint, Observation, OpcUaSecurity, RequestRecord, Role, canonical
from assessor.errors import ContactError
from assessor.messages import render
from connectors.guard import Forbidden
from connectors.opcua import doors, entry
from connectors.opcua.identity import ours
from connectors.opcua.session import Session
from connectors.opcua.trust import Accepted, TrustStore, pem
from connectors.opcua.wire import guard_for
from tests import certificates
from tests.kept import Kept
from tests.servers.processes import serving
from tests.test_opcua import agreed, gather

SERVER = Path(__file__).parent / "servers/opcua_secure.py"
PASSWORD = "corr3ct-h0rse-battery"
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss", "Basic256", "Basic128Rsa15")
SIGNED = OpcUaSecurity(mode="Sign", policy="Basic256Sha256")
CLOSED = OpcUaSecurity(mode="SignAndEncrypt", policy="Aes256Sha256RsaPss")
SLOW = {"timeout": 10.0}
"""Generous: the machine may be busy."""
pytestmark = pytest.mark.wire


class Secure:
    """A running server: where it is, its folder, its certificate."""

    def __init__(self, address: str, folder: Path, certificate: Any) -> None:
        self.address, self.folder, self.certificate = address, folder, certificate

    def log(self) -> list[str]:
        return (self.folder / "log").read_text().split("\n")[:-1]

    def activations(self, who: str) -> list[str]:
        return [line for line in self.log() if line.startswith(f"user {who} ")]


@contextmanager
def secure(folder: Path, *what: str, certificate: Any = None) -> Iterator[Secure]:
    folder.mkdir(exist_ok=True)
    shown = certificate or certificates.certificate(certificates.key())
    certificates.put(folder, "server", shown, certificates.key())
    user = certificates.certificate(certificates.key(number=1), "reader", uri=None, hosts=())
    certificates.put(folder, "user", user, certificates.key(number=1))
    (folder / "log").touch()
    with serving([sys.executable, str(SERVER), str(folder), *what], TEST_PASSWORD=PASSWORD) as server:
        yield Secure(server["address"], folder, shown)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure(tmp_path_factory.mktemp("secure")) as running:
        yield running


def accept(shown: Any, plant: str = "p", endpoint: str = "e1") -> None:
    """Say yes to a certificate, as `assessor trust accept` does."""
    TrustStore(plant).accept(
        Accepted(
            endpoint=endpoint,
            address="opc.tcp://x:1/",
            fingerprint=certificates.fingerprint(shown),
            subject=shown.subject.rfc4514_string(),
            at="2026-01-01T08:00:00+08:00",
            by="tester",
            certificate=pem(shown),
        )
    )


def password(monkeypatch: pytest.MonkeyPatch, value: str = PASSWORD, **more: Any) -> Credential:
    monkeypatch.setenv("PLANT_SECRET", value)
    return Credential(user="reader", secret="env:PLANT_SECRET", **more)


def problem(seen: Observation) -> str | None:
    return seen.problem.id if seen.problem else None


# What a server tells


def test_every_endpoint_token_and_certificate_is_a_fact(server: Secure) -> None:
    seen, _ = gather(agreed(server.address, SLOW), 0.6)
    assert problem(seen) is None
    modes = {(o.mode, o.policy) for o in seen.offers}
    assert modes == {("None", "None"), *((m, p) for m in ("Sign", "SignAndEncrypt") for p in POLICIES)}
    signed = next(o for o in seen.offers if (o.mode, o.policy) == ("Sign", "Aes128Sha256RsaOaep"))
    assert {(t.kind, t.policy) for t in signed.token_policies} == {
        ("Anonymous", "None"), ("Certificate", "Aes128Sha256RsaOaep"), ("UserName", "Aes128Sha256RsaOaep"),
    }  # fmt: skip
    assert signed.level == 55 and signed.transport and signed.transport.endswith("uatcp-uasc-uabinary")
    assert signed.application_uri == "urn:test:secured"
    (shown,) = seen.certificates
    assert signed.certificate == shown.fingerprint == certificates.fingerprint(server.certificate)
    assert (shown.key_type, shown.key_bits, shown.signature_hash) == ("RSA", 2048, "sha256")
    assert shown.self_signed and shown.names_host and shown.application_uri == "urn:test:secured"
    assert shown.hosts == ("localhost", "127.0.0.1") and shown.trust == "unknown"
    assert [(s.uri, s.kind) for s in seen.servers] == [("urn:test:secured", "ClientAndServer")]


def test_a_precheck_opens_no_session(server: Secure) -> None:
    begun = len(server.log())
    records: list[RequestRecord] = []
    scope = agreed(server.address, SLOW, security=CLOSED)
    seen = asyncio.run(connectors.get("opcua").precheck(scope.endpoints[0], scope, records.append))
    assert seen.reached and len(seen.offers) == 11 and problem(seen) == "doors.certificate_unknown"
    assert server.log()[begun:] == ["GetEndpoints", "FindServers"]
    services = [r.service for r in records]
    assert services == ["Hello", "OpenSecureChannel", "GetEndpoints", "FindServers", "CloseSecureChannel"]
    accept(server.certificate)
    seen = asyncio.run(connectors.get("opcua").precheck(scope.endpoints[0], scope, records.append))
    assert problem(seen) is None and seen.certificate and seen.certificate.trust == "accepted"


@pytest.mark.slow
@pytest.mark.parametrize("what", ["silent", "refuse"])
def test_find_servers_that_is_refused_costs_nothing_but_itself(tmp_path: Path, what: str) -> None:
    with secure(tmp_path / "s", what, "none-only") as running:
        seen, kept = gather(agreed(running.address, {"timeout": 2.0}), 0.6)
    assert problem(seen) is None and seen.servers == () and kept.rows
    assert [r.service for r in kept.requests].count("FindServers") == 1


@pytest.mark.slow
def test_an_advertised_address_is_a_fact_and_never_contacted(tmp_path: Path) -> None:
    with secure(tmp_path / "s", "elsewhere") as running:
        accept(running.certificate)
        seen, kept = gather(agreed(running.address, SLOW, security=CLOSED), 0.6)
    assert problem(seen) is None and kept.rows
    assert {o.url for o in seen.offers} == {"opc.tcp://192.0.2.7:4840/far"}


TEXT = st.text("#/opc.tcp:é\udcb0\udca1", max_size=20)
"""With bytes that were no UTF-8, as the library hands them over."""
DESCRIBED = st.builds(
    ua.EndpointDescription,
    EndpointUrl=st.none() | TEXT,
    SecurityMode=st.sampled_from(ua.MessageSecurityMode),
    SecurityPolicyUri=st.none() | st.sampled_from([p.URI for p in doors.POLICIES.values()]) | TEXT,
    ServerCertificate=st.none() | st.binary(max_size=40),
    UserIdentityTokens=st.none()
    | st.lists(
        st.builds(
            ua.UserTokenPolicy,
            TokenType=st.sampled_from(ua.UserTokenType),
            SecurityPolicyUri=st.none() | st.sampled_from([p.URI for p in doors.POLICIES.values()]) | TEXT,
        ),
        max_size=3,
    ),
    SecurityLevel=st.integers(0, 255),
)


@given(st.lists(DESCRIBED, max_size=4), st.sampled_from([OpcUaSecurity(), SIGNED, CLOSED]))
def test_whatever_is_offered_only_what_was_agreed_is_chosen(described: list[Any], wanted: OpcUaSecurity) -> None:
    offers = [doors.offer(d) for d in described]
    assert all(canonical(o) and (o.certificate is None or len(o.certificate) == 64) for o in offers)
    chosen = doors.choose(described, wanted)
    if chosen is None:
        return
    told = doors.offer(chosen)
    assert (told.mode, told.policy) == (wanted.mode, wanted.policy)
    for kind in ("UserName", "Certificate"):
        token = doors.choose_token(doors.tokens_of(chosen), kind, wanted)
        if token is not None and not doors.encrypts(token, wanted):
            others = [t for t in doors.tokens_of(chosen) if t.TokenType.name == kind]
            assert not any(doors.encrypts(t, wanted) for t in others)


@given(st.lists(TEXT, max_size=3), st.none() | TEXT)
def test_a_server_that_is_named_in_another_encoding_is_still_a_fact(urls: list[str], name: str | None) -> None:
    described = ua.ApplicationDescription(
        ApplicationUri=name, ApplicationName=ua.LocalizedText(name), DiscoveryUrls=urls
    )
    told = doors.known_server(described)
    assert canonical(told) and len(told.urls) == len([u for u in urls if u])


# Every policy, every mode


@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
@pytest.mark.parametrize("policy", POLICIES)
def test_a_value_is_read_under_every_policy(server: Secure, policy: Any, mode: Any) -> None:
    accept(server.certificate)
    wanted = OpcUaSecurity(mode=mode, policy=policy)
    seen, kept = gather(agreed(server.address, SLOW, security=wanted), 0.6)
    assert problem(seen) is None and seen.reached
    paths = {t.id: t.path for t in seen.tags}
    assert {paths[r.tag] for r in kept.rows if r.number == 1.5} >= {"Press/Force", "Press/Speed"}
    assert seen.certificate and seen.certificate.trust == "accepted"
    warned = [w.id for w in seen.warnings]
    assert warned == (["doors.withdrawn_policy"] if policy in POLICIES[3:] else [])
    assert render(seen.warnings[0], "en").startswith(f"The agreed security policy {policy}") if warned else True
    assert kept.requests[-1].service == "CloseSecureChannel"


@pytest.mark.parametrize("wanted", [OpcUaSecurity(), SIGNED, CLOSED], ids=lambda w: w.mode)
def test_the_channel_is_renewed_under_security(server: Secure, wanted: OpcUaSecurity) -> None:
    accept(server.certificate)
    scope = agreed(server.address, SLOW, security=wanted)
    endpoint, limits, kept = scope.endpoints[0], scope.limits, Kept()

    async def go() -> list[float]:
        session = Session(endpoint, limits, guard_for(endpoint, limits, kept.request), TrustStore("p"))
        await session.enter()
        values = []
        for _ in range(3):
            session._renew_at = 0  # three quarters of its life are over
            await session.keep()
            node = session.client.get_node(ua.NodeId("Force", 2))
            values.append(await node.read_value())
        await session.leave()
        return values

    assert asyncio.run(asyncio.wait_for(go(), 60)) == [1.5] * 3
    opened = [r for r in kept.requests if r.service == "OpenSecureChannel"]
    assert len(opened) == 3 + (1 if wanted.mode == "None" else 2) and {r.result for r in opened} == {"ok"}


def test_the_allow_list_holds_under_encryption(server: Secure) -> None:
    accept(server.certificate)
    scope = agreed(server.address, SLOW, security=CLOSED)
    endpoint, limits = scope.endpoints[0], scope.limits
    begun = len(server.log())

    async def go() -> None:
        session = Session(endpoint, limits, guard_for(endpoint, limits, Kept().request), TrustStore("p"))
        await session.enter()
        client, low = session.client, session.client.uaclient
        node = client.get_node(ua.NodeId("Force", 2))
        for attempt in (
            lambda: node.write_value(2.5),
            lambda: low.call([ua.CallMethodRequest()]),
            lambda: low.protocol.send_request(ua.WriteRequest()),  # type: ignore[union-attr]
        ):
            with pytest.raises(Forbidden):
                await attempt()
        assert await node.read_value() == 1.5
        await session.leave()

    asyncio.run(asyncio.wait_for(go(), 60))
    arrived = {line for line in server.log()[begun:] if not line.startswith("user")}
    assert arrived == {"GetEndpoints", "FindServers", "CreateSession", "ActivateSession", "Read", "CloseSession"}


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
            for _ in range(600):
                if kept.rows:
                    break
                await asyncio.sleep(0.05)
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


# Users


@pytest.mark.parametrize("wanted", [OpcUaSecurity(), SIGNED, CLOSED], ids=lambda w: w.mode)
def test_a_user_with_a_password_is_let_in(
    server: Secure, wanted: OpcUaSecurity, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(server.certificate)
    before = len(server.activations("reader"))
    scope = agreed(server.address, SLOW, security=wanted, credential=password(monkeypatch))
    seen, kept = gather(scope, 0.6)
    assert problem(seen) is None and kept.rows
    assert server.activations("reader")[before:] == ["user reader ok"]


@pytest.mark.parametrize("wanted", [OpcUaSecurity(), SIGNED, CLOSED], ids=lambda w: w.mode)
def test_a_user_with_a_certificate_is_let_in(server: Secure, wanted: OpcUaSecurity) -> None:
    accept(server.certificate)
    before = len(server.activations("certificate"))
    user = Credential(certificate=str(server.folder / "user.der"), key=str(server.folder / "user.pem"))
    seen, kept = gather(agreed(server.address, SLOW, security=wanted, credential=user), 0.6)
    assert problem(seen) is None and kept.rows
    assert server.activations("certificate")[before:] == ["user certificate ok"]


def test_a_wrong_password_is_tried_once(server: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(server.certificate)
    before = len(server.activations("reader"))
    credential = password(monkeypatch, "not-the-passw0rd")
    seen, kept = gather(agreed(server.address, SLOW, security=CLOSED, credential=credential), 3)
    assert problem(seen) == "doors.user_refused" and not kept.rows
    assert seen.problem and seen.problem.params == {"user": "reader", "status": "BadUserAccessDenied"}
    assert server.activations("reader")[before:] == ["user reader no"]
    assert [r.service for r in kept.requests].count("ActivateSession") == 1
    everything = canonical(seen).decode() + "".join(map(str, kept.requests))
    assert "not-the-passw0rd" not in everything and "reader" in everything


@pytest.mark.slow
def test_a_log_in_without_an_answer_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with secure(tmp_path / "s", "hang-up") as running:
        accept(running.certificate)
        scope = agreed(running.address, SLOW, security=CLOSED, credential=password(monkeypatch))
        seen, _ = gather(scope, 5)
        assert running.log().count("ActivateSession") == 1
    assert problem(seen) == "doors.user_unanswered"


@pytest.mark.slow
def test_a_server_for_named_users_only_keeps_nobody_out_of_the_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure(tmp_path / "s", "named") as running:
        accept(running.certificate)
        nobody, _ = gather(agreed(running.address, SLOW, security=CLOSED), 0.6)
        somebody, kept = gather(
            agreed(running.address, SLOW, security=CLOSED, credential=password(monkeypatch)), 0.6
        )
    assert problem(nobody) == "contact.not_anonymous" and len(nobody.offers) == 11
    assert problem(somebody) is None and kept.rows


@pytest.mark.slow
def test_a_password_in_the_clear_is_refused_unless_the_plant_agreed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure(tmp_path / "s", "none-only") as running:
        refused, _ = gather(agreed(running.address, SLOW, credential=password(monkeypatch)), 0.6)
        assert running.log() == ["GetEndpoints", "FindServers"]
        agreed_to = password(monkeypatch, allow_plain_password=True)
        taken, kept = gather(agreed(running.address, SLOW, credential=agreed_to), 0.6)
        assert running.activations("reader") == ["user reader ok"]
    assert problem(refused) == "doors.plain_password"
    assert problem(taken) is None and kept.rows
    assert [w.id for w in taken.warnings] == ["doors.password_in_the_clear"]


def test_a_password_is_not_encrypted_for_a_certificate_that_nobody_accepted(
    server: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(server.activations("reader"))
    seen, _ = gather(agreed(server.address, SLOW, credential=password(monkeypatch)), 0.6)
    assert problem(seen) == "doors.certificate_unknown"
    assert len(server.activations("reader")) == before


def test_a_secret_that_is_missing_is_known_before_contact(server: Secure) -> None:
    begun = len(server.log())
    credential = Credential(user="reader", secret="env:PLANT_SECRET_THAT_IS_NOT_SET")
    seen, kept = gather(agreed(server.address, SLOW, credential=credential), 0.6)
    assert problem(seen) == "doors.secret.env_missing" and not kept.requests
    assert server.log()[begun:] == []


def test_the_best_protected_token_is_taken_not_the_first() -> None:
    uris = ["None", "Basic256Sha256", "Aes256_Sha256_RsaPss", "Basic128Rsa15"]
    tokens = [
        ua.UserTokenPolicy(
            PolicyId=uri,
            TokenType=ua.UserTokenType.UserName,
            SecurityPolicyUri=f"http://opcfoundation.org/UA/SecurityPolicy#{uri}",
        )
        for uri in uris
    ]
    endpoint = Endpoint(
        id="e1", protocol="opcua", address="opc.tcp://x:1/", role=Role.MACHINE,
        credential=Credential(user="u", secret="env:X"),
    )  # fmt: skip
    assert entry.check_token(tokens, endpoint).PolicyId == "Aes256_Sha256_RsaPss"
    for withdrawn_or_none in (tokens[:1], tokens[3:]):
        with pytest.raises(ContactError, match="plain_password"):
            entry.check_token(withdrawn_or_none, endpoint)
