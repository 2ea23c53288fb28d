"""Who we are to a server: the application certificate of this installation, and the user that a scope names.

Our certificate is made once and kept, so that the plant's IT can trust it by its fingerprint (OPC 10000-6,
6.2.2: self-signed, its application URI among the alternative names).
"""

import platform
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from assessor.domain import Credential, Message
from assessor.errors import InputError, StorageError
from assessor.home import create_file, home
from connectors.secrets import Secret, private_bytes, read

OUR_URI = "urn:plant-assessor:client"
"""Our application URI, as the certificate and every session state it."""
KEY_BITS = 2048
"""Allowed by every policy, the withdrawn ones included (OPC 10000-7: 1024 to 2048, and 2048 to 4096)."""
VALID = timedelta(days=5 * 365)


@dataclass(frozen=True, repr=False)
class Ours:
    """The certificate by which servers know this installation."""

    file: Path
    certificate: x509.Certificate
    key: RSAPrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256, hexadecimal"""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True, repr=False)
class Login:
    """The user that a scope names, with what proves it."""

    user: str | None = None
    password: Secret | None = None
    certificate: x509.Certificate | None = None
    key: RSAPrivateKey | None = None

    @property
    def name(self) -> str | None:
        """How to speak of the user; None for nobody."""
        return self.certificate.subject.rfc4514_string() if self.certificate else self.user


def ours() -> Ours:
    """Our certificate, made at first use. Raises InputError for files that are not what they should be."""
    file, key_file = home() / "opcua/certificate.der", home() / "opcua/certificate-key.pem"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not key_file.exists():
            fresh = generate_private_key(65537, KEY_BITS)
            text = fresh.private_bytes(
                Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with suppress(FileExistsError):  # another process was faster: its key stands
                create_file(key_file, text, mode=0o600)
        key = _key(private_bytes(key_file), None, str(key_file))
        if not file.exists():
            with suppress(FileExistsError):
                create_file(file, _self_signed(key).public_bytes(Encoding.DER))
        certificate = x509.load_der_x509_certificate(file.read_bytes())
    except ValueError as problem:
        raise InputError(Message(id="doors.own_damaged"), str(file)) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StorageError(Message(id="doors.own_not_made", params={"reason": reason}), str(file)) from problem
    if certificate.public_key() != key.public_key():
        raise InputError(Message(id="doors.own_damaged"), str(file))
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise InputError(Message(id="doors.own_expired"), str(file))
    return Ours(file, certificate, key)


def _self_signed(key: RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plant-assessor (read-only)")])
    host = platform.node()
    host = host if host.isascii() and host.replace("-", "").replace(".", "").isalnum() else "plant-assessor"
    now, public = datetime.now(UTC), key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    alternative = [x509.UniformResourceIdentifier(OUR_URI), x509.DNSName(host)]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks in plants lag
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,  # a self-signed certificate signs itself
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def login(credential: Credential | None) -> Login:
    """The user of a scope with his secrets, read now. Raises InputError that shows none of them."""
    if credential is None:
        return Login()
    secret = read(credential.secret, credential.user) if credential.secret else None
    if credential.certificate is None or credential.key is None:
        return Login(user=credential.user, password=secret)
    return Login(
        certificate=_certificate(Path(credential.certificate).expanduser()),
        key=_key(private_bytes(Path(credential.key).expanduser()), secret, credential.key),
    )


def _certificate(file: Path) -> x509.Certificate:
    try:
        data = file.read_bytes()
        pem = data.lstrip().startswith(b"-----BEGIN")
        return x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
    except ValueError:
        raise InputError(Message(id="doors.secret.no_certificate", params={"file": str(file)})) from None
    except OSError as problem:
        params: dict[str, str | int] = {"file": str(file), "reason": problem.strerror or "?"}
        raise InputError(Message(id="doors.secret.unreadable", params={**params})) from None


def _key(data: bytes, passphrase: Secret | None, file: str) -> RSAPrivateKey:
    """An RSA key. Whatever is wrong with it, the error shows nothing of it."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    read_key = serialization.load_pem_private_key if pem else serialization.load_der_private_key
    try:
        key = read_key(data, passphrase.reveal().encode() if passphrase else None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise InputError(Message(id="doors.secret.no_key", params={"file": file})) from None
    return key
