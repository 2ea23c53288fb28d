"""The doors of OPC UA servers: what they tell, and that a value is read through each of them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

import connectors
from assessor.domain import OpcUaSecurity, RequestRecord, canonical
from assessor.messages import render
from connectors.guard import Forbidden
from connectors.opcua import doors
from connectors.opcua.session import Session
from connectors.opcua.trust import TrustStore
from connectors.opcua.wire import guard_for
from tests import certificates
from tests.doors import (
    CLOSED,
    POLICIES,
    SIGNED,
    SLOW,
    Secure,
    accept,
    problem,
    secure,
    server,
)
from tests.kept import Kept
from tests.test_opcua import agreed, gather

__all__ = ["server"]

pytestmark = pytest.mark.wire


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
