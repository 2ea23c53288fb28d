"""A secured server that no one here wrote: every policy, users, and what it says while it does not trust us."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from assessor.domain import Credential, OpcUaSecurity
from connectors.opcua.identity import ours
from connectors.opcua.trust import pem
from tests import certificates
from tests.conftest import need
from tests.doors import PASSWORD, SLOW, accept, password, problem
from tests.servers.processes import serving
from tests.test_opcua import agreed, gather

HERE = Path(__file__).parent / "interop"
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
pytestmark = [pytest.mark.wire, pytest.mark.slow]


@contextmanager
def secured(folder: Path, manner: str = "trusting") -> Iterator[tuple[str, x509.Certificate]]:
    """A node-opcua server's address and certificate."""
    need("node")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("NOT TESTED: npm packages of tests/interop are not installed")
    with serving(["node", "secure_server.js", str(folder), PASSWORD, manner], HERE, HOME=str(folder)) as server:
        shown = x509.load_pem_x509_certificate((folder / "pki/own/certs/certificate.pem").read_bytes())
        yield server["address"], shown


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, x509.Certificate]]:
    with secured(tmp_path_factory.mktemp("node")) as running:
        yield running


@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
@pytest.mark.parametrize("policy", POLICIES)
def test_a_named_user_reads_under_every_policy(
    server: tuple[str, x509.Certificate], policy: Any, mode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, shown = server
    accept(shown)
    wanted = OpcUaSecurity(mode=mode, policy=policy)
    seen, kept = gather(agreed(address, SLOW, security=wanted, credential=password(monkeypatch)), 1.0)
    assert problem(seen) is None
    assert 42 in {r.integer for r in kept.rows}
    assert {(o.mode, o.policy) for o in seen.offers} >= {
        (m, p) for m in ("Sign", "SignAndEncrypt") for p in POLICIES
    }
    assert seen.certificate and seen.certificate.trust == "accepted" and seen.servers


def test_a_wrong_password_is_a_stated_problem_after_one_try(
    server: tuple[str, x509.Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, shown = server
    accept(shown)
    wanted = OpcUaSecurity(mode="SignAndEncrypt", policy="Basic256Sha256")
    seen, kept = gather(agreed(address, SLOW, security=wanted, credential=password(monkeypatch, "wrong")), 3)
    assert problem(seen) == "doors.user_refused" and not kept.rows
    assert [r.service for r in kept.requests].count("ActivateSession") == 1


def test_nobody_is_not_let_in_where_only_named_users_are(server: tuple[str, x509.Certificate]) -> None:
    address, shown = server
    accept(shown)
    wanted = OpcUaSecurity(mode="Sign", policy="Basic256Sha256")
    seen, kept = gather(agreed(address, SLOW, security=wanted), 1)
    assert problem(seen) == "contact.not_anonymous"
    assert "CreateSession" not in {r.service for r in kept.requests}


def test_a_careful_server_that_does_not_know_us_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = OpcUaSecurity(mode="SignAndEncrypt", policy="Aes256Sha256RsaPss")
    with secured(tmp_path, "distrusting") as (address, shown):
        accept(shown)
        scope = agreed(address, SLOW, security=wanted, credential=password(monkeypatch))
        refused, _ = gather(scope, 1)
    assert problem(refused) == "doors.ours_not_trusted"
    assert refused.problem and refused.problem.params["fingerprint"] == ours().fingerprint
    trusted = tmp_path / "pki/trusted/certs/plant-assessor.pem"  # what the message asks IT to do
    trusted.write_text(pem(ours().certificate))
    for kept_aside in (tmp_path / "pki/rejected").iterdir():
        kept_aside.unlink()
    with secured(tmp_path, "distrusting") as (address, shown):
        accept(shown)
        scope = agreed(address, SLOW, security=wanted, credential=password(monkeypatch))
        seen, kept = gather(scope, 1)
    assert problem(seen) is None and kept.rows


def test_a_user_certificate_that_is_unknown_is_refused_politely(
    server: tuple[str, x509.Certificate], tmp_path: Path
) -> None:
    address, shown = server
    accept(shown)
    user = certificates.certificate(certificates.key(number=5), "stranger", uri=None, hosts=())
    certificates.put(tmp_path, "user", user, certificates.key(number=4))  # not even its own key
    credential = Credential(certificate=str(tmp_path / "user.der"), key=str(tmp_path / "user.pem"))
    wanted = OpcUaSecurity(mode="SignAndEncrypt", policy="Basic256Sha256")
    seen, kept = gather(agreed(address, SLOW, security=wanted, credential=credential), 1)
    assert problem(seen) == "doors.user_refused" and not kept.rows
