"""Users of OPC UA servers: who is let in, that no password is tried twice, and that no secret is ever seen."""

from pathlib import Path

import pytest
from asyncua import ua

from assessor.domain import Credential, Endpoint, OpcUaSecurity, Role, canonical
from assessor.errors import ContactError
from connectors.opcua import entry
from tests.doors import CLOSED, SIGNED, SLOW, Secure, accept, password, problem, secure, server
from tests.test_opcua import agreed, gather

__all__ = ["server"]

pytestmark = pytest.mark.wire


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
