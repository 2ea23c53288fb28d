"""Certificates for tests: made fast, with whatever is to be wrong with them."""

import ipaddress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)


@cache
def key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def certificate(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    name: str = "server",
    *,
    uri: str | None = "urn:test:secured",
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1"),
    begins: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=30),
    issuer: str | None = None,
) -> x509.Certificate:
    """A certificate that lives from `begins` to `ends`, counted from now."""

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)] if uri else []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer or name))
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(private, hashes.SHA256())


def der(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.DER)


def fingerprint(made: x509.Certificate) -> str:
    return made.fingerprint(hashes.SHA256()).hex()


def put(
    folder: Path, name: str, made: x509.Certificate, private: rsa.RSAPrivateKey, passphrase: str | None = None
) -> None:
    """NAME.der and NAME.pem, the key readable by its owner alone."""
    (folder / f"{name}.der").write_bytes(der(made))
    file = folder / f"{name}.pem"
    file.touch(mode=0o600)
    locked = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            locked or serialization.NoEncryption(),
        )
    )


def names(made: x509.Certificate) -> list[str]:
    """Every alternative name, as text."""
    found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]
