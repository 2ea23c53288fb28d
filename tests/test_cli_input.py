"""Bad input to the command line: one message that names it, and nothing else happens."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessor import cli
from tests.servers.processes import assessor
from tests.terminal import CASES, CONTACTS, Ran, command, good, held, listener, made, terminal

__all__ = ["command", "listener", "made", "terminal"]

NAMES = sorted(folder.name for folder in CASES.iterdir())
THROUGH_A_PROCESS = ["scope-window-closed", "answers-no-samples", "scope-terminal-codes"]


def prepared(name: str, folder: Path, made: Path, port: int) -> tuple[list[str], int, str, str]:
    """The files of a case in a folder; command, exit code, place, a piece of the message."""
    for file in (CASES / name).iterdir():
        if file.name != "expected.txt":
            (folder / file.name).write_bytes(file.read_bytes().replace(b"PORT", str(port).encode()))
    for bundle in ("bundle.zip", "filing.zip"):
        shutil.copy(made / bundle, folder)
    asked, code, place, piece = (CASES / name / "expected.txt").read_text("utf-8").splitlines()
    return asked.split(), int(code), "" if place == "-" else place, piece


def judged(err: str, place: str, piece: str) -> None:
    assert "Traceback" not in err
    assert piece in err
    assert err.startswith(place + (" (+" if f"{place} (+" in err else ": ")) if place else True, err
    assert "\x1b]" not in err and "\x1b[2J" not in err, "a terminal shows foreign codes and obeys none"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_bad_input_is_one_message_and_nothing_else(
    name: str, tmp_path: Path, made: Path, listener: tuple[int, list[Any]], command: Callable[..., Ran]
) -> None:
    asked, code, place, piece = prepared(name, tmp_path, made, listener[0])
    before = held(tmp_path)
    done = command(*asked)
    assert (done.code, done.out) == (code, ""), done
    judged(done.err, place, piece)
    assert held(tmp_path) == before, "nothing is written, nothing overwritten"
    assert CONTACTS == [] and listener[1] == [], "nothing is contacted"
    with_json = command(*asked, "--json")
    error = json.loads(with_json.out)
    assert with_json.code == code and piece in error["error"] and set(error) == {"error", "place", "id"}
    assert (error["place"] or "").startswith(place)


@pytest.mark.slow
@pytest.mark.parametrize("name", THROUGH_A_PROCESS)
def test_bad_input_through_a_real_process(
    name: str, tmp_path: Path, made: Path, home: Path, listener: tuple[int, list[Any]]
) -> None:
    asked, code, place, piece = prepared(name, tmp_path, made, listener[0])
    before = held(tmp_path)
    done = assessor(*asked, home=home, expect=code)
    assert done.stdout == ""
    judged(done.stderr, place, piece)
    assert held(tmp_path) == before and listener[1] == []


def test_the_watch_on_contacts_sees_one(listener: tuple[int, list[Any]]) -> None:
    with socket.create_connection(("127.0.0.1", listener[0])) as open_:
        assert open_.recv(1) == b"", "the listener took it and closed it"
    assert CONTACTS and listener[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_input_is_named_in_both_languages(
    language: str, tmp_path: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", language)
    (tmp_path / "scope.yaml").write_text("formt: x\n", "utf-8")
    said = command("preview", "scope.yaml").err
    assert ("未知的键" if language == "zh" else "Unknown key") in said and "scope.yaml:1" in said


@pytest.mark.parametrize(
    "asked",
    ["", "frobnicate", "preview", "sample scope.yaml", "preview scope.yaml --seconds 0", "verify a b"]
    + [f"preview scope.yaml --seconds {n}" for n in ("nan", "inf", "1e99", "-5", "ten")],
)
def test_a_wrong_option_is_exit_2(asked: str, tmp_path: Path, command: Callable[..., Ran]) -> None:
    good(tmp_path)
    done = command(*asked.split())
    assert done.code == 2 and "Traceback" not in done.err
    assert not asked or (done.out == "" and done.err)


def test_endless_and_missing_files_are_refused(tmp_path: Path, made: Path, command: Callable[..., Ran]) -> None:
    good(tmp_path)
    assert command("preview", "/dev/zero").code == 2
    assert command("verify", "/dev/zero").code == 2
    assert command("assess", "/dev/zero", "--answers", "answers.yaml", "-o", "out").code == 2
    assert command("report", "/dev/zero", "-o", "out.html").code == 2
    assert command("verify", "none.zip").code == command("verify", str(tmp_path)).code == 2
    assert command("verify", str(made / "filing.zip"), "--sealed", "none.zip").code == 2


def test_names_of_machines_cannot_play_with_the_terminal(tmp_path: Path, command: Callable[..., Ran]) -> None:
    good(tmp_path)
    text = (tmp_path / "scope.yaml").read_text("utf-8")
    lathe = '  - {id: lathe, name: {zh: x, en: "[/b]"}, kind: lathe, production: true, interface: none}\nendpoints'
    (tmp_path / "scope.yaml").write_text(text.replace("endpoints", lathe, 1), "utf-8")
    assert "lathe" in command("preview", "scope.yaml").out


def test_foreign_codes_are_shown_and_not_obeyed(capfd: pytest.CaptureFixture[str]) -> None:
    cli.err.print("a\x1b[2Jb\x07[red]c :smile:\u202e 中\u3000文")
    assert capfd.readouterr().err.strip() == "a\ufffd[2Jb\ufffd[red]c :smile:\ufffd 中\u3000文"
