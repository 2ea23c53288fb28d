"""Whom we trust: the server certificates that a person accepted, one store for each engagement.

A store is a folder of the installation, named by the plant's id, with one small JSON file for each endpoint:
$ASSESSOR_HOME/trust/PLANT/ENDPOINT.json. It never travels with a bundle, and two plants share nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from assessor.documents import load
from assessor.domain import Digest, Message, Noun, Slug, canonical
from assessor.errors import InputError, StorageError
from assessor.home import home, replace


class Accepted(Noun):
    """A server certificate that a person said yes to."""

    format: Literal["assessor-trust/1"] = "assessor-trust/1"
    endpoint: Slug
    address: str
    fingerprint: Digest
    """SHA-256 of the certificate"""
    subject: str
    at: str
    """When: ISO 8601 with offset"""
    by: str
    """Who said yes"""
    certificate: str
    """The certificate itself, as PEM"""


class TrustStore:
    """The certificates accepted for one plant."""

    def __init__(self, plant: Slug) -> None:
        self.folder = home() / "trust" / plant

    def known(self, endpoint: Slug) -> Accepted | None:
        """What was accepted for an endpoint; None where nothing was. Raises InputError for a damaged file."""
        file = self._file(endpoint)
        if not file.exists():
            return None
        found = load(Accepted, file)
        try:
            certificate = x509.load_pem_x509_certificate(found.certificate.encode())
            whole = certificate.fingerprint(hashes.SHA256()).hex() == found.fingerprint
        except ValueError:
            whole = False
        if not whole or found.endpoint != endpoint:
            raise InputError(Message(id="doors.store_damaged", params={"endpoint": endpoint}), str(file))
        return found

    def all(self) -> Iterator[Accepted]:
        """What was accepted, by endpoint."""
        for file in sorted(self.folder.glob("*.json")):
            if found := self.known(file.stem):
                yield found

    def accept(self, given: Accepted) -> Path:
        """Keep a yes; a later one of the same endpoint replaces it. Returns where it stands."""
        file = self._file(given.endpoint)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace(file, canonical(given))
        except OSError as problem:
            raise _not_stored(problem, file) from problem
        return file

    def forget(self, endpoint: Slug) -> bool:
        """Take a yes back. False where there was none."""
        try:
            self._file(endpoint).unlink()
        except FileNotFoundError:
            return False
        except OSError as problem:
            raise _not_stored(problem, self._file(endpoint)) from problem
        return True

    def _file(self, endpoint: Slug) -> Path:
        return self.folder / f"{endpoint}.json"


def _not_stored(problem: OSError, file: Path) -> StorageError:
    reason = problem.strerror or str(problem)
    return StorageError(Message(id="doors.not_stored", params={"reason": reason}), str(file))


def pem_of(raw: bytes) -> str:
    """A certificate in DER as text."""
    return pem(x509.load_der_x509_certificate(raw))


def pem(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
