"""The command line in this process, as a terminal would run it, and a watch on whom it contacts."""

import contextlib
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assessor import cli
from assessor.bundle import create, open_bundle, seal, write_assessment
from assessor.documents import parse
from assessor.domain import Observation, Scope
from tests.test_bundle import KEY, row

CASES = Path(__file__).parent / "cases/input"
SCOPE = (CASES / "scope-unknown-key/scope.yaml").read_text("utf-8").replace("vantge", "vantage")
ANSWERS = (CASES / "answers-unknown-key/answers.yaml").read_text("utf-8").replace("bye:", "by:")
CONTACTS: list[Any] = []
"""Every connection that this process tried to open, while it is watched."""


def _contact(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and not isinstance(arguments[1], str | bytes):
        CONTACTS.append(arguments[1])


sys.addaudithook(_contact)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An English terminal of fixed width in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "110")
    CONTACTS.clear()


@pytest.fixture
def listener() -> Iterator[tuple[int, list[Any]]]:
    """A port of this machine, and who came."""
    callers: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, address = server.accept()
                    callers.append(address)
                    connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed bundle, and the filing bundle, Assessment and report made of it."""
    folder = tmp_path_factory.mktemp("made")
    text = SCOPE.replace("PORT", "4840")
    scope = parse(Scope, text, "scope.yaml")[0]
    seen = Observation(endpoint="press", protocol="opcua", connector="test", started=1, ended=2, reached=True)
    with create(folder / "work", text.encode(), scope, began=1, clock="synchronised") as work:
        work.samples([row(n, 1_000 + n) for n in range(100)])
        work.observe(seen)
        work.end(False)
        seal(work, KEY, folder / "bundle.zip", made=5)
    (folder / "answers.yaml").write_text(ANSWERS, "utf-8")
    source = open_bundle(folder / "bundle.zip")
    write_assessment(
        folder / "filing.zip", source=source, assessment=b"{}", answers=b"{}", parts={}, key=KEY, made=6
    )
    shutil.rmtree(folder / "work")
    return folder


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in this process as the terminal would."""

    def ran(*arguments: str | Path) -> Ran:
        code: Any = 0
        capfd.readouterr()
        try:
            cli.main([str(a) for a in arguments])
        except SystemExit as leaving:
            code = leaving.code
        return Ran(int(code or 0), *capfd.readouterr())

    return ran


def held(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def good(folder: Path, port: int = 4840) -> None:
    (folder / "scope.yaml").write_text(SCOPE.replace("PORT", str(port)), "utf-8")
    (folder / "answers.yaml").write_text(ANSWERS, "utf-8")
