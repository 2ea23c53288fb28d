"""The signing key of this installation. It proves integrity and origin of the key, not honesty."""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assessor.domain import Message
from assessor.errors import BundleError
from assessor.home import create_file, home, is_private


def installation_key() -> Ed25519PrivateKey:
    """The key in $ASSESSOR_HOME or ~/.config/assessor, made at first use, readable by its owner alone."""
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        if not is_private(file.stat()):
            raise BundleError(Message(id="bundle.key_open", params={"file": str(file)}), str(file))
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text("ascii").strip()))
    except ValueError as problem:
        raise BundleError(Message(id="bundle.key_damaged"), str(file)) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise BundleError(Message(id="bundle.key_unreadable", params={"reason": reason}), str(file)) from problem


def known_fingerprint() -> str | None:
    """The fingerprint of this installation's key; None where it has none that can be read."""
    if not _file().is_file():
        return None
    try:
        return fingerprint(installation_key().public_key())
    except BundleError:
        return None


def _file() -> Path:
    return home() / "signing-key"


def _make(file: Path) -> None:
    """Write a new key; where another process was faster, its key stands."""
    try:
        create_file(file, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode() + b"\n", mode=0o600)
    except FileExistsError:
        return


def fingerprint(key: Ed25519PublicKey) -> str:
    """First 32 hexadecimal digits of the SHA-256 of the raw public key, in groups of four."""
    digits = hashlib.sha256(key.public_bytes_raw()).hexdigest()[:32]
    return " ".join(digits[i : i + 4] for i in range(0, 32, 4))
