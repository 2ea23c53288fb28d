"""What the containers promise, read from their files; scripts/containers.sh builds and runs them."""

import dataclasses
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.errors import StorageError
from assessor.storage import Store, store

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
READ = sorted(set(re.findall(r'of\.get\("([A-Z_]+)"', (ROOT / "assessor/web/settings.py").read_text("utf-8"))))
REASON = re.escape("storage.refused")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_has_no_rights_and_no_root_to_write_to(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges"]
    assert not service.get("privileged")


def test_only_the_web_is_published_and_to_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"app": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_the_password_of_the_database_has_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert set(re.findall(r"\$\{POSTGRES_PASSWORD[^}]*\}", text)) == {"${POSTGRES_PASSWORD:-}"}


@pytest.mark.parametrize("name", READ)
def test_every_setting_is_passed_to_the_container_and_explained(name: str) -> None:
    passed = SERVICES["app"]["environment"].keys() | {"ASSESSOR_HOME"}  # the Dockerfile sets this one
    assert name in passed
    assert f"`{name}`" in (ROOT / "docs/how-to/serve.md").read_text("utf-8")


def test_a_setting_that_compose_passes_empty_is_as_one_that_is_absent() -> None:
    """Compose passes every variable, whether it is set or not."""
    from assessor.web.settings import settings  # noqa: PLC0415

    given = {}
    for name, value in SERVICES["app"]["environment"].items():
        given[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    found, plain = settings(given), settings({"DATABASE_URL": given["DATABASE_URL"]})
    assert dataclasses.replace(found, sender=plain.sender) == plain
    assert (type(found.sender), found.openid) == (type(plain.sender), None)


def test_the_image_runs_as_somebody_else_than_root_and_its_base_is_named_without_a_registry() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"python:3.11-slim", "packages"}
    assert 'ENTRYPOINT ["assessor"]' in lines


# A database that comes later -------------------------------------------------------------------------------------

SERVER = """
import socket, sys
answers = [bytes.fromhex(one) for one in sys.argv[1:]]
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            while (asked := connection.recv(1024)) and asked[4:6] == bytes.fromhex("04d2"):
                connection.sendall(b"N")  # neither TLS nor GSSAPI
            if asked:
                said = answers.pop(0) if len(answers) > 1 else answers[0]
                print(said, flush=True)  # before it is sent: whoever hears it may end this process at once
                connection.sendall(said)
"""


@contextmanager
def server(*answers: bytes) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """A server that says one thing after the other, the last one from then on; and a way to ask what it said.

    In a process of its own, since libpq lets no other thread run while it asks.
    """
    command = [sys.executable, "-c", SERVER, *(one.hex() for one in answers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())

        def said() -> list[str]:
            process.kill()
            return [line.strip() for line in process.stdout or ()]

        try:
            yield f"postgresql+psycopg://somebody@127.0.0.1:{port}/any", said
        finally:
            process.kill()


def error(state: str) -> bytes:
    """What a server says when it lets nobody in, in the words of its protocol."""
    body = b"".join(f"{field}{value}\0".encode() for field, value in (("S", "FATAL"), ("C", state), ("M", "No.")))
    return b"E" + (len(body) + 5).to_bytes(4, "big") + body + b"\0"


STARTING, REFUSED = error("57P03"), error("28P01")


def test_a_database_that_is_starting_is_waited_for() -> None:
    with server(STARTING, STARTING, STARTING, REFUSED) as (address, said):
        with pytest.raises(StorageError, match=REASON):
            Store(address).upgrade()
        assert said() == [str(one) for one in (STARTING, STARTING, STARTING, REFUSED, REFUSED)]


def test_a_database_that_lets_nobody_in_is_told_at_once() -> None:
    with server(REFUSED) as (address, said):
        with pytest.raises(StorageError, match=REASON):
            Store(address).upgrade()
        assert said() == [str(REFUSED)] * 2, "once whether it answers, once to come in"


def test_waiting_for_a_database_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and nobody listens
        with pytest.raises(StorageError, match=REASON):
            Store(f"postgresql://somebody@127.0.0.1:{free.getsockname()[1]}/any").upgrade()
