"""Secrets and scopes: where a secret may stand, who may read it, and that nothing repeats it."""

import copy
import json
import pickle
import stat
from pathlib import Path

import keyring
import keyring.backend
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Credential
from assessor.errors import InputError
from assessor.messages import LANGUAGES, render
from connectors.opcua.identity import OUR_URI, login, ours
from connectors.opcua.trust import TrustStore
from connectors.preview import preview
from connectors.scope import load_scope
from connectors.secrets import Secret, read
from tests import certificates
from tests.doors import accept
from tests.test_scope import written

SECRET = "tr0ub4dor&3"
ROLE = "role: scada"


def refused(file: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_scope(file)
    for language in LANGUAGES:
        assert SECRET not in render(caught.value.message, language) + str(caught.value.place)
    return caught.value


def chained(error: BaseException | None) -> str:
    """All that a traceback could say of an error."""
    return "" if error is None else repr(error) + str(error) + chained(error.__cause__)


# In a scope


@pytest.mark.parametrize(
    ("credential", "id_"),
    [
        (f"{{user: reader, secret: '{SECRET}'}}", "doors.in_scope.secret_written"),
        (f"{{user: reader, secret: 'password:{SECRET}'}}", "doors.in_scope.secret_written"),
        (f"{{user: reader, secret: 'env:{SECRET}'}}", "doors.in_scope.secret_written"),
        (f"{{user: reader, secret: ['{SECRET}']}}", "doors.in_scope.secret_written"),
        (f"{{user: reader, password: '{SECRET}'}}", "input.unknown_key"),
        (f"'reader:{SECRET}'", "input.wrong_value"),
        (f"{{user: ['{SECRET}'], secret: 'env:X'}}", "input.wrong_value"),
        ("{user: reader}", "doors.in_scope.credential"),
        ("{secret: 'env:X'}", "doors.in_scope.credential"),
        ("{certificate: /a.der}", "doors.in_scope.credential"),
        ("{user: reader, certificate: /a.der, key: /a.pem}", "doors.in_scope.credential"),
        ("{user: reader, secret: 'file:plant.secret'}", "doors.in_scope.relative"),
        ("{certificate: a.der, key: /a.pem}", "doors.in_scope.relative"),
    ],
)
def test_a_credential_that_is_wrong_is_refused_and_not_repeated(tmp_path: Path, credential: str, id_: str) -> None:
    error = refused(written(tmp_path, ROLE, f"{ROLE}\n    credential: {credential}"))
    assert error.message.id == id_ and str(error.place).startswith(str(tmp_path / "scope.yaml:2"))


@pytest.mark.parametrize(
    "credential",
    [
        "{user: reader, secret: 'env:PLANT_A'}",
        "{user: reader, secret: 'file:~/plant a.secret'}",
        "{user: reader, secret: 'keyring:plant a'}",
        "{certificate: ~/a.der, key: /a.pem, secret: 'env:PLANT_A'}",
    ],
)
def test_a_reference_is_taken(tmp_path: Path, credential: str) -> None:
    scope = load_scope(written(tmp_path, ROLE, f"{ROLE}\n    credential: {credential}"))
    assert scope.endpoints[0].credential


@pytest.mark.parametrize(
    "security", ["{mode: Sign}", "{policy: Basic256Sha256}", "{mode: None, policy: Aes256Sha256RsaPss}"]
)
def test_a_mode_without_its_policy_is_refused(tmp_path: Path, security: str) -> None:
    error = refused(written(tmp_path, ROLE, f"{ROLE}\n    security: {security}"))
    assert error.message.id == "doors.in_scope.policy"


def test_a_withdrawn_policy_is_warned_of_before_anything_is_sent(tmp_path: Path) -> None:
    file = written(tmp_path, ROLE, f"{ROLE}\n    security: {{mode: Sign, policy: Basic256}}")
    (load,) = preview(load_scope(file), 10).loads
    assert [w.id for w in load.warnings] == ["doors.withdrawn_policy"] and load.connections == 2


@given(st.text())
def test_what_is_no_reference_never_stands_in_a_credential(text: str) -> None:
    kept = Credential(user="u", secret=text).secret
    assert kept in ("", text) and (kept == "" or text.partition(":")[0] in ("env", "file", "keyring"))


# At the moment of use


def private(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


@pytest.mark.parametrize("text", [SECRET, SECRET + "\n", SECRET + "\r\n", "\ufeff" + SECRET])
def test_a_file_of_its_owner_is_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(text.encode())
    file.chmod(0o600)
    assert read(f"file:{file}").reveal() == SECRET


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o601])
def test_a_file_that_others_may_read_is_refused_and_the_way_out_is_said(tmp_path: Path, mode: int) -> None:
    file = private(tmp_path / "secret", SECRET, mode)
    with pytest.raises(InputError) as caught:
        read(f"file:{file}")
    said = render(caught.value.message, "en")
    assert f"chmod 600 {file}" in said and SECRET not in said + chained(caught.value)


@pytest.mark.parametrize(
    ("reference", "id_"),
    [
        ("env:PLANT_NOT_SET", "env_missing"),
        ("file:/no/such/file", "unreadable"),
        ("file:/", "no_file"),
        ("file:{two}", "not_one_line"),
        ("file:{empty}", "not_one_line"),
        ("file:{bytes}", "not_one_line"),
        ("file:{long}", "not_one_line"),
    ],
)
def test_a_secret_that_cannot_be_read_says_why(tmp_path: Path, reference: str, id_: str) -> None:
    private(tmp_path / "two", f"{SECRET}\n{SECRET}")
    private(tmp_path / "empty", "")
    private(tmp_path / "long", SECRET * 10_000)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe" + SECRET.encode())
    (tmp_path / "bytes").chmod(0o600)
    reference = reference.format(**{n: tmp_path / n for n in ("two", "empty", "bytes", "long")})
    with pytest.raises(InputError) as caught:
        read(reference)
    assert caught.value.message.id == f"doors.secret.{id_}"
    assert SECRET not in render(caught.value.message, "en") + chained(caught.value)


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory; 'locked' fails as a locked one does."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise RuntimeError(f"no: {SECRET}")
        return {("plant", "reader"): SECRET}.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def test_a_keyring_is_asked_for_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", Ring().get_password)
    assert read("keyring:plant", "reader").reveal() == SECRET
    for service, id_ in (("other", "keyring_empty"), ("locked", "keyring_failed")):
        with pytest.raises(InputError) as caught:
            read(f"keyring:{service}", "reader")
        assert caught.value.message.id == f"doors.secret.{id_}"
        assert SECRET not in render(caught.value.message, "en") + chained(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_secret_shows_itself_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANT_A", SECRET)
    user = login(Credential(user="reader", secret="env:PLANT_A"))
    assert user.password and user.password.reveal() == SECRET
    for seen in (user, user.password):
        assert SECRET not in repr(seen) + str(seen) + f"{seen}"
        for leak in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                leak(seen)
    with pytest.raises(TypeError):
        json.dumps(Secret(SECRET))


# Our own certificate, and users' certificates


def test_our_certificate_is_made_once_and_its_key_is_ours_alone(home: Path) -> None:
    mine, again = ours(), ours()
    assert mine.fingerprint == again.fingerprint and mine.file == home / "opcua/certificate.der"
    assert stat.S_IMODE((home / "opcua/certificate-key.pem").stat().st_mode) == 0o600
    assert mine.key.key_size >= 2048
    shown = certificates.names(mine.certificate)
    assert OUR_URI in shown
    mine.certificate.verify_directly_issued_by(mine.certificate)
    (home / "opcua/certificate-key.pem").chmod(0o644)
    with pytest.raises(InputError, match="open_to_others"):
        ours()


@pytest.mark.parametrize("damage", ["certificate.der", "certificate-key.pem"])
def test_our_certificate_that_is_damaged_is_not_used(home: Path, damage: str) -> None:
    ours()
    (home / "opcua" / damage).write_bytes(b"rubbish")
    with pytest.raises(InputError, match=r"own_damaged|no_key"):
        ours()


def test_a_certificate_of_another_key_is_not_taken_for_ours(home: Path) -> None:
    ours().file.write_bytes(certificates.der(certificates.certificate(certificates.key())))
    with pytest.raises(InputError, match="own_damaged"):
        ours()


def test_a_users_key_with_a_passphrase_is_read_and_a_wrong_one_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.put(tmp_path, "user", certificates.certificate(certificates.key()), certificates.key(), SECRET)
    user = Credential(certificate=str(tmp_path / "user.der"), key=str(tmp_path / "user.pem"), secret="env:PASS")
    monkeypatch.setenv("PASS", SECRET)
    assert login(user).key
    monkeypatch.setenv("PASS", SECRET + "x")
    with pytest.raises(InputError) as caught:
        login(user)
    assert caught.value.message.id == "doors.secret.no_key" and SECRET not in chained(caught.value)


# The trust store


def test_a_store_that_was_tampered_with_is_not_believed(home: Path) -> None:
    first, second = (certificates.certificate(certificates.key(number=n)) for n in (1, 2))
    accept(first)
    store = TrustStore("p")
    file = store.folder / "e1.json"
    assert home in file.parents and TrustStore("another").known("e1") is None
    text = file.read_text()
    file.write_text(text.replace(certificates.fingerprint(first), certificates.fingerprint(second)))
    with pytest.raises(InputError, match="store_damaged"):
        store.known("e1")
    file.write_text(text[:-40])
    with pytest.raises(InputError):
        store.known("e1")
    assert store.forget("e1") and not store.forget("e1") and store.known("e1") is None
