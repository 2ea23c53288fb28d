"""A secured OPC UA server of our own, and what tests of its doors share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assessor.domain import Credential, Observation, OpcUaSecurity
from connectors.opcua.trust import Accepted, TrustStore, pem
from tests import certificates
from tests.servers.processes import serving

SERVER = Path(__file__).parent / "servers/opcua_secure.py"
PASSWORD = "corr3ct-h0rse-battery"
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss", "Basic256", "Basic128Rsa15")
SIGNED = OpcUaSecurity(mode="Sign", policy="Basic256Sha256")
CLOSED = OpcUaSecurity(mode="SignAndEncrypt", policy="Aes256Sha256RsaPss")
SLOW = {"timeout": 10.0}
"""Generous: the machine may be busy."""


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
