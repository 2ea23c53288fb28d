"""What is read from server certificates: right for good ones, nothing for rubbish, reuse across endpoints."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from assessor.domain import Certificate, Observation, reused
from connectors.opcua.doors import certificate, certificates, names_host
from tests.certificates import certificate as make
from tests.certificates import der, fingerprint, key


def seen(endpoint: str, *shown: Certificate | None) -> Observation:
    return Observation(
        endpoint=endpoint, protocol="opcua", connector="opcua", started=1, ended=2, reached=True,
        certificates=tuple(c for c in shown if c),
    )  # fmt: skip


def read(*arguments: object, host: str = "", **more: object) -> Certificate:
    found = certificate(der(make(*arguments, **more)), host)  # type: ignore[arg-type]
    assert found
    return found


def test_a_certificate_says_who_issued_it_and_how_long_it_holds() -> None:
    made = make(key(), "plc-3", issuer="plant ca", begins=timedelta(days=-400), ends=timedelta(days=-35))
    found = certificate(der(made), "10.0.0.9")
    assert found and (found.subject, found.issuer) == ("CN=plc-3", "CN=plant ca") and not found.self_signed
    assert (found.not_after - found.not_before) / 86400e9 == 365
    assert found.names_host is False and found.fingerprint == fingerprint(made)


def test_the_same_name_is_not_yet_a_signature_of_its_own() -> None:
    mine, other = key(), key(number=1)
    honest = make(mine)
    forged = bytearray(der(honest))
    forged[-1] ^= 1
    assert read(mine).self_signed
    found = certificate(bytes(forged))
    assert found is None or not found.self_signed
    assert certificate(der(make(other))) != certificate(der(honest))


def test_of_a_chain_the_first_is_the_servers_own() -> None:
    own, issuer = make(key(), "server", issuer="ca"), make(key(number=1), "ca")
    found = certificate(der(own) + der(issuer))
    assert found and found.fingerprint == fingerprint(own)


def test_keys_of_other_kinds_are_named() -> None:
    found = certificate(der(make(ec.generate_private_key(ec.SECP256R1()))))
    assert found and (found.key_type, found.key_bits) == ("EC", 256)
    small = read(key(1024))
    assert (small.key_type, small.key_bits) == ("RSA", 1024)


def test_a_certificate_without_alternative_names_names_no_host() -> None:
    found = read(key(), host="127.0.0.1", uri=None, hosts=())
    assert found.names_host is None and found.hosts == () and found.application_uri is None


@pytest.mark.parametrize(
    ("host", "fits"),
    [("PLC-3.plant", True), ("plc-3.plant.", True), ("10.0.0.3", True), ("fe80:0:0::1", True),
     ("plc-3", False), ("10.0.0.33", False)],
)  # fmt: skip
def test_hosts_are_compared_as_hosts(host: str, fits: bool) -> None:
    assert names_host(host, ["plc-3.plant", "10.0.0.3", "fe80::1"]) is fits


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x30\x82")
@example(b"\x30\x82\xff\xff" + b"\0" * 40)
def test_rubbish_is_no_certificate_and_no_error(raw: bytes) -> None:
    assert certificate(raw, "x") is None


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_changed_byte_never_raises(at: int, value: int) -> None:
    raw = bytearray(der(make(key())))
    raw[at % len(raw)] = value
    found = certificate(bytes(raw), "127.0.0.1")
    assert found is None or len(found.fingerprint) == 64


def test_no_endpoints_show_no_certificates() -> None:
    assert certificates([], "x") == ()


# Reuse


def test_a_key_at_two_endpoints_is_found_under_other_names_too() -> None:
    shared, own = key(), key(number=1)
    same = read(shared)
    renamed = read(shared, "another", uri="urn:other")
    assert renamed.fingerprint != same.fingerprint and renamed.public_key == same.public_key
    found = reused([seen("a", same), seen("b", read(own)), seen("c", renamed, same)])
    assert found == {same.public_key: ("a", "c")}


def test_one_endpoint_that_shows_a_key_twice_does_not_reuse_it() -> None:
    same, renamed = read(key()), read(key(), "another")
    assert reused([seen("a", same, renamed)]) == {} and reused([]) == {}


def test_an_older_bundle_is_compared_by_fingerprint() -> None:
    old = read(key()).model_copy(update={"public_key": ""})
    assert reused([seen("a", old), seen("b", old)]) == {old.fingerprint: ("a", "b")}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sets(st.sampled_from("xyz"))), max_size=6))
def test_reuse_is_what_counting_says(shown: list[tuple[str, set[str]]]) -> None:
    blank = read(key())
    found = reused(seen(e, *(blank.model_copy(update={"public_key": k}) for k in sorted(ks))) for e, ks in shown)
    for name in "xyz":
        holders = list(dict.fromkeys(e for e, ks in shown if name in ks))
        assert found.get(name) == (tuple(holders) if len(holders) > 1 else None)
