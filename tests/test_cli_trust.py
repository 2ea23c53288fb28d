"""`assessor trust` as a person at a terminal uses it, and a whole secured run that leaves no secret."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import certificates
from tests.doors import PASSWORD, Secure, secure
from tests.interop.visit import SCOPE
from tests.servers.processes import assessor

pytestmark = [pytest.mark.wire, pytest.mark.slow]
WRONG = "wr0ng-and-telling"
SECURED = """asset: press
    security: {mode: SignAndEncrypt, policy: Aes128Sha256RsaOaep}
    credential: {user: reader, secret: "SECRET"}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure(tmp_path_factory.mktemp("secure"), "named") as running:
        yield running


def written(folder: Path, server: Secure, secret: str = "env:PLANT_SECRET") -> Path:
    extra = SECURED.replace("SECRET", secret)
    text = SCOPE.format(protocol="opcua", address=server.address, extra=extra, profiles="")
    file = folder / "scope.yaml"
    quick = "limits: {timeout: 10, connect_spacing: 0.2, request_gap: 0.02, "
    file.write_text(text.replace("limits: {connect_spacing: 0.2, ", quick, 1), "utf-8")
    return file


def answering(answer: str, *arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """A command with a person at its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "assessor", *map(str, arguments)],
        input=answer,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en", "COLUMNS": "200"},
    )


def error(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)["id"]


def test_nothing_is_accepted_without_a_yes_to_this_very_certificate(
    server: Secure, tmp_path: Path, home: Path
) -> None:
    scope, begun = written(tmp_path, server), len(server.log())
    fingerprint = certificates.fingerprint(server.certificate)
    for answer, id_ in (
        ("", "doors.needs_an_answer"),
        ("n\n", "doors.not_accepted"),
        ("\n", "doors.not_accepted"),
    ):
        done = answering(answer, "trust", "accept", scope, "press", "--json", home=home)
        assert done.returncode == 2 and error(done) == id_
        assert fingerprint in done.stderr and "CN=server" in done.stderr
    other = assessor("trust", "accept", scope, "press", "--fingerprint", "ab" * 32, "--json", home=home, expect=2)
    assert error(other) == "doors.other_fingerprint"
    assert json.loads(assessor("trust", "list", scope, "--json", home=home).stdout) == []
    assert set(server.log()[begun:]) == {"GetEndpoints"}


def test_a_yes_is_kept_listed_and_taken_back(server: Secure, tmp_path: Path, home: Path) -> None:
    scope = written(tmp_path, server)
    fingerprint = certificates.fingerprint(server.certificate)
    done = answering("y\n", "trust", "accept", scope, "--by", "Ms Li", "--json", home=home)
    accepted = json.loads(done.stdout)["accepted"]
    assert done.returncode == 0 and (accepted["fingerprint"], accepted["by"]) == (fingerprint, "Ms Li")
    assert json.loads(assessor("trust", "list", scope, "--json", home=home).stdout) == [accepted]
    assert fingerprint in answering("", "trust", "list", scope, home=home).stdout
    forgotten = json.loads(assessor("trust", "forget", scope, "press", "--json", home=home).stdout)
    assert forgotten == {"endpoint": "press", "forgotten": True}
    assert json.loads(assessor("trust", "list", scope, "--json", home=home).stdout) == []
    grouped = ":".join(fingerprint[i : i + 2] for i in range(0, 64, 2)).upper()
    assessor("trust", "accept", scope, "press", "--fingerprint", grouped, home=home)
    assert len(json.loads(assessor("trust", "list", scope, "--json", home=home).stdout)) == 1


def test_an_endpoint_that_is_not_in_the_scope_is_not_contacted(server: Secure, tmp_path: Path, home: Path) -> None:
    scope, begun = written(tmp_path, server), len(server.log())
    done = assessor("trust", "accept", scope, "lathe", "--json", home=home, expect=2)
    assert error(done) == "doors.which_endpoint" and server.log()[begun:] == []


def test_a_server_that_is_not_there_is_said_so(server: Secure, tmp_path: Path, home: Path) -> None:
    scope = written(tmp_path, server)
    scope.write_text(scope.read_text().replace(server.address, "opc.tcp://127.0.0.1:1/"))
    done = assessor("trust", "accept", scope, "press", "--json", home=home, expect=3)
    assert error(done) == "contact.refused"


def test_our_certificate_is_printed_for_the_plants_it(home: Path) -> None:
    told = json.loads(assessor("trust", "ours", "--json", home=home).stdout)
    shown = certificates.x509.load_der_x509_certificate(Path(told["file"]).read_bytes())
    assert told["fingerprint"] == certificates.fingerprint(shown)
    assert told["uri"] in certificates.names(shown)
    assert told["thumbprint"] == hashlib.sha1(Path(told["file"]).read_bytes()).hexdigest()
    spoken = assessor("trust", "ours", home=home).stdout
    assert told["fingerprint"] in spoken and told["file"] in spoken


def places(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the folders, and every member of every archive among them."""
    for folder in folders:
        for file in (f for f in folder.rglob("*") if f.is_file()):
            yield str(file), file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    yield from ((f"{file}!{name}", archive.read(name)) for name in archive.namelist())


@pytest.mark.parametrize("given", [PASSWORD, WRONG], ids=["right", "wrong"])
def test_a_whole_secured_run_leaves_no_secret_anywhere(
    server: Secure, tmp_path: Path, home: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANT_SECRET", given)
    scope, said = written(tmp_path, server), []
    said.append(assessor("sample", scope, "-o", tmp_path / "unknown.zip", "--seconds", "1", home=home))
    assert certificates.fingerprint(server.certificate) in "".join(said[0].stderr.split())
    print_ = certificates.fingerprint(server.certificate)
    said.append(assessor("trust", "accept", scope, "press", "--fingerprint", print_, home=home))
    said.append(assessor("preview", scope, home=home))
    said.append(assessor("sample", scope, "-o", tmp_path / "run.zip", "--seconds", "3", home=home))
    verified = assessor("verify", tmp_path / "run.zip", "--json", home=home)
    assert json.loads(verified.stdout)["holds"]
    refused = "The server refused the user" in said[-1].stderr
    assert refused is (given == WRONG)
    found = dict(places(tmp_path, home))
    assert any("run.zip!" in name for name in found)
    assert any(b"reader" in data for data in found.values())  # the search finds what is there
    for secret in (given.encode(), given.encode("utf-16-le")):
        assert [name for name, data in found.items() if secret in data] == []
    for done in said:
        assert given not in done.stdout + done.stderr
