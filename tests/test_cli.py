"""The command line: bad input is named and nothing else happens; results on stdout, progress on stderr."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
import typer

from assessor import cli, run
from assessor.bundle import create, journal, open_bundle, seal, write_assessment
from assessor.bundle.rows import SCHEMA
from assessor.documents import parse
from assessor.domain import Load, Message, Observation, Scope
from assessor.errors import InputError
from connectors import opcua
from connectors.guard import MODBUS_FUNCTIONS, OPCUA_SERVICES
from tests.servers.processes import assessor, serving
from tests.test_bundle import KEY, row

CASES = Path(__file__).parent / "cases/input"
NAMES = sorted(folder.name for folder in CASES.iterdir())
THROUGH_A_PROCESS = ["scope-window-closed", "answers-no-samples", "scope-terminal-codes"]
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


def good(folder: Path, port: int = 4840) -> None:
    (folder / "scope.yaml").write_text(SCOPE.replace("PORT", str(port)), "utf-8")
    (folder / "answers.yaml").write_text(ANSWERS, "utf-8")


def test_preview_contacts_nobody_and_json_is_all_there_is_on_stdout(
    tmp_path: Path, made: Path, listener: tuple[int, list[Any]], command: Callable[..., Ran]
) -> None:
    good(tmp_path, listener[0])
    shown = command("preview", "scope.yaml", "--seconds", "60")
    assert shown.code == 0 and shown.err == "" and "Nothing has been sent." in shown.out
    for said in ("CreateMonitoredItems", "fc3", "32 is the most", "One request at a time", "Ctrl-C"):
        assert said in shown.out, said
    assert "Write" not in shown.out and "fc6" not in shown.out
    stated = json.loads(command("preview", "scope.yaml", "--json").out)
    allowed = {one["protocol"]: set(one["services"]) for one in stated["allowed"]}
    assert allowed == {"opcua": OPCUA_SERVICES, "modbus-tcp": MODBUS_FUNCTIONS}
    assert {load["endpoint"] for load in stated["loads"]} == {"press", "meter"}
    assert stated["requests"] > 0 and stated["reach"]["machines"] == 1
    assert CONTACTS == [] and listener[1] == []


def test_what_a_connector_wants_known_before_the_start_is_in_the_preview(
    tmp_path: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Message(id="bundle.stays")
    own = opcua.preview

    def preview(*given: Any) -> Load:
        return own(*given).model_copy(update={"warnings": (note,)})

    monkeypatch.setattr(opcua, "preview", preview)
    good(tmp_path)
    shown = command("preview", "scope.yaml").out
    assert "press: Raw samples, addresses" in shown


def test_every_command_takes_json_and_its_help_says_what_comes() -> None:
    top = typer.main.get_command(cli.app)
    groups = [("", top)]
    groups += [(f"{n} ", g) for n, g in top.commands.items() if hasattr(g, "commands")]  # type: ignore[attr-defined]
    for prefix, group in groups:
        for name, each in group.commands.items():
            if not hasattr(each, "commands"):
                assert "--json" in {o for p in each.params for o in p.opts}, f"{prefix}{name} has no --json"
                assert f"`{prefix.strip() or name}`" in (cli.__doc__ or ""), (
                    f"help does not say what {name} prints"
                )
    for code in ("0 done", "1 `verify`", "2 a file", "3 contact", "4 a bundle", "5 the disk", "130 stopped"):
        assert code in (cli.__doc__ or "")


def test_the_results_of_every_command_are_json_on_stdout(
    tmp_path: Path, made: Path, command: Callable[..., Ran]
) -> None:
    shutil.copy(made / "bundle.zip", tmp_path)
    good(tmp_path)
    assert json.loads(command("verify", "bundle.zip", "--json").out)["holds"] is True
    done = command("assess", "bundle.zip", "--answers", "answers.yaml", "-o", "out", "--json")
    assert json.loads(done.out) == json.loads((tmp_path / "out/assessment.json").read_text("utf-8"))
    filed = json.loads(command("verify", "out/filing.zip", "--sealed", "bundle.zip", "--json").out)
    assert filed["holds"] is True and filed["kind"] == "assessment"
    again = command("report", "out/assessment.json", "-o", "again/report.html", "--json")
    assert json.loads(again.out) == {"report": "again/report.html"}
    assert (tmp_path / "again/report.html").read_bytes() == (tmp_path / "out/report.html").read_bytes()
    listed = {f["id"]: f for f in json.loads(command("frameworks", "list", "--json").out)}
    assert listed["cmmm-2020-discrete"]["law"] == "ladder"
    shown = json.loads(command("frameworks", "show", "cmmm-2020-discrete", "--json").out)
    assert len(shown["dimensions"]) == 20


def test_tables_go_to_stdout_and_progress_to_stderr(
    tmp_path: Path, made: Path, command: Callable[..., Ran]
) -> None:
    shutil.copy(made / "bundle.zip", tmp_path)
    good(tmp_path)
    done = command("assess", "bundle.zip", "--answers", "answers.yaml", "-o", "out")
    assert "What the machines show" in done.out and "A diagnosis, not a certificate" in done.out
    assert done.err.strip() == "Results are in out."
    assert "Verified: nothing differs." in command("verify", "bundle.zip").out
    assert "cmmm-2020-discrete" in command("frameworks", "list").out
    assert command("frameworks", "show", "cmmm-2020-discrete").code == 0


def own_framework(folder: Path, old: str = "", new: str = "") -> str:
    """A small framework of one's own that asks questions of the shipped bank, with one thing changed."""
    words = (CASES.parent / "library/base/frameworks/small.yaml").read_text("utf-8")
    words = words.replace("a-rubric", "p1-rubric").replace("a-l1-1", "p1-l1-1").replace("a-l2-1", "p1-l2-1")
    assert old in words
    (folder / "own.yaml").write_text(words.replace(old, new), "utf-8")
    return "own.yaml"


def test_a_framework_of_ones_own_is_proven(tmp_path: Path, command: Callable[..., Ran]) -> None:
    done = command("frameworks", "check", own_framework(tmp_path), "--json")
    [checked] = json.loads(done.out)["checked"]
    assert done.code == 0
    assert (checked["asks"], checked["covered"], checked["faults"]) == (2, "1", [])
    assert {(found["plant"], tuple(found["reached"])) for found in checked["levels"]} == {
        ("discrete", (0, 1, 2)),
        ("process", (0, 1, 2)),
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from: 1.8", "from: 2.1", "No answers were found that give level 2 (equal, discrete)."),
        ("en: Small framework", "en: 小框架", "small, title: what should be English is missing or holds Chinese"),
        ("name: {zh: 二, en: two}", "name: {zh: 一, en: two}", "Two levels have the name '一'."),
    ],
)
def test_what_is_wrong_with_it_is_said(
    tmp_path: Path, command: Callable[..., Ran], old: str, new: str, said: str
) -> None:
    done = command("frameworks", "check", own_framework(tmp_path, old, new))
    assert done.code == 2
    assert said in done.out and "to put right" in done.out


def test_facts_can_be_narrowed_to_what_is_to_be_verified(command: Callable[..., Ran]) -> None:
    stated = json.loads(command("frameworks", "facts", "cmmm-draft-2024", "--json").out)
    assert {fact["status"] for fact in stated} == {"unverified", "unmapped", "own", "draft"}
    only = json.loads(command("frameworks", "facts", "cmmm-draft-2024", "--status", "draft", "--json").out)
    assert only == [fact for fact in stated if fact["status"] == "draft"]
    assert "weight_sets/process" in command("frameworks", "facts", "cmmm-draft-2024").out
    refused = command("frameworks", "facts", "cmmm-draft-2024", "--status", "sure")
    assert refused.code == 2 and "unverified, unmapped, own" in refused.err


def test_nothing_that_stands_is_overwritten(tmp_path: Path, made: Path, command: Callable[..., Ran]) -> None:
    for file in made.iterdir():
        shutil.copy(file, tmp_path)
    good(tmp_path)
    assert command("assess", "bundle.zip", "--answers", "answers.yaml", "-o", "out").code == 0
    before = held(tmp_path)
    for asked in (
        "sample scope.yaml -o bundle.zip --seconds 1",
        "sample scope.yaml -o bundle.zip --resume",
        "sample scope.yaml -o bundle.zip --seal-only",
        "sample scope.yaml -o out --seconds 1",
        "sample scope.yaml -o none.zip --resume",
        "sample scope.yaml -o none.zip --seal-only",
        "sample scope.yaml -o none.zip --seal-only --resume",
        "assess bundle.zip --answers answers.yaml -o out",
        "report out/assessment.json -o out/report.html",
        "report out/assessment.json -o answers.yaml",
        "simulate -o .",
        "demo -o out",
    ):
        done = command(*asked.split())
        assert (done.code, done.out) == (2, ""), (asked, done)
    assert held(tmp_path) == before and CONTACTS == []


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


def test_a_changed_byte_is_exit_1_and_what_is_no_bundle_too(
    tmp_path: Path, made: Path, command: Callable[..., Ran]
) -> None:
    data = bytearray((made / "bundle.zip").read_bytes())
    data[data.index(b"Small works")] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    (tmp_path / "text.zip").write_text("no bundle")
    changed = command("verify", "changed.zip")
    assert changed.code == 1 and "Changed: scope.yaml." in changed.out
    assert command("verify", "text.zip").code == 1
    good(tmp_path)
    refused = command("assess", "changed.zip", "--answers", "answers.yaml", "-o", "out")
    assert refused.code == 4 and "scope.yaml" in refused.err and not (tmp_path / "out").exists()
    hollow = command("verify", str(made / "filing.zip"))
    assert hollow.code == 4 and "no Assessment" in hollow.err


def test_where_nothing_can_be_written_is_exit_5(tmp_path: Path, made: Path, command: Callable[..., Ran]) -> None:
    shutil.copy(made / "bundle.zip", tmp_path)
    good(tmp_path)
    (tmp_path / "file").touch()
    for asked in (
        "assess bundle.zip --answers answers.yaml -o file/out",
        "sample scope.yaml -o file/x.zip --seconds 1",
        "demo -o file/x",
    ):
        done = command(*asked.split())
        assert done.code == 5 and "file/" in done.err, done
    assert CONTACTS == []


def test_results_that_go_to_a_full_disk_are_exit_5(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "assessor", "frameworks", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode in (5, 120) and "Traceback" not in done.stderr, done.stderr
    assert "No space left" in done.stderr


def test_a_demo_replaces_only_the_results_of_a_demo(tmp_path: Path, made: Path) -> None:
    shutil.copy(made / "bundle.zip", tmp_path / "sealed.zip")
    (tmp_path / "report.html").touch()
    run._replaceable(tmp_path, "small")
    with pytest.raises(InputError, match="exists"):
        run._replaceable(tmp_path, "demo")
    (tmp_path / "sealed.zip").unlink()
    with pytest.raises(InputError, match="exists"):
        run._replaceable(tmp_path, "small")


def test_a_key_that_cannot_be_used_is_said_before_contact(
    tmp_path: Path, home: Path, command: Callable[..., Ran]
) -> None:
    good(tmp_path)
    (home / "signing-key").write_text("nonsense")
    (home / "signing-key").chmod(0o600)
    done = command("sample", "scope.yaml", "-o", "out.zip", "--seconds", "2")
    assert done.code == 4 and "signing key is damaged" in done.err
    assert CONTACTS == [] and not (tmp_path / "out.zip.work").exists()


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


# Runs that end before their time, against real servers


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small OPC UA server and a Modbus meter in processes of their own; the scope for them."""
    log = tmp_path_factory.mktemp("servers") / "requests"
    opcua = [sys.executable, "-m", "tests.servers.opcua_small", str(log)]
    with serving(opcua) as press, serving([sys.executable, "-m", "tests.servers.modbus_press"]) as meter:
        text = SCOPE.replace("opc.tcp://127.0.0.1:PORT/", press["address"])
        yield text.replace("localhost:PORT", meter["address"])


def sampling(folder: Path, scope: str, home: Path) -> subprocess.Popen[str]:
    """`assessor sample` in a process of its own, once rows are acknowledged."""
    (folder / "scope.yaml").write_text(scope, "utf-8")
    (folder / "answers.yaml").write_text(ANSWERS, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "assessor", "sample", "scope.yaml", "-o", "out.zip", "--seconds", "300", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"ASSESSOR_HOME": str(home)},
    )
    tail = folder / "out.zip.work/tail-000001"
    deadline = time.monotonic() + 60
    while not (tail.exists() and tail.read_bytes().count(b'"samples"') >= 2):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    return process


def acknowledged(work: Path) -> pa.Table:
    """The rows that are on disk, in their order; the folder is left as it is."""
    return pa.concat_tables([SCHEMA.empty_table(), *journal.tables(work, journal.read(work))])


@pytest.mark.wire
def test_ctrl_c_seals_what_was_sampled(
    tmp_path: Path, home: Path, servers: str, command: Callable[..., Ran]
) -> None:
    process = sampling(tmp_path, servers, home)
    before = acknowledged(tmp_path / "out.zip.work")
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 5, "Ctrl-C ends a run within seconds"
    assert process.returncode == 130 and "Traceback" not in err, err
    facts = json.loads(out)
    assert facts["truncated"] is True and facts["bundle"] == "out.zip"
    assert not (tmp_path / "out.zip.work").exists()
    after = open_bundle(tmp_path / "out.zip").samples()
    assert after.slice(0, before.num_rows).equals(before.cast(after.schema))
    verified = json.loads(command("verify", "out.zip", "--json").out)
    assert verified["holds"] and "bundle.truncated" in {line["id"] for line in verified["lines"]}


@pytest.mark.wire
def test_a_second_ctrl_c_leaves_the_folder_and_says_how_to_go_on(tmp_path: Path, home: Path, servers: str) -> None:
    process = sampling(tmp_path, servers, home)
    process.send_signal(signal.SIGINT)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT)
    if (tmp_path / "out.zip.work").exists():
        assert not (tmp_path / "out.zip").exists() or open_bundle(tmp_path / "out.zip")
    else:
        assert open_bundle(tmp_path / "out.zip").manifest.truncated, "it was sealed before the second came"


@pytest.mark.wire
def test_a_full_disk_is_exit_5_and_what_was_acknowledged_can_be_sealed(
    tmp_path: Path, home: Path, servers: str, command: Callable[..., Ran]
) -> None:
    """A limit on file size stands in for a full disk."""
    (tmp_path / "scope.yaml").write_text(servers, "utf-8")
    asked = [sys.executable, "-m", "assessor", "sample", "scope.yaml", "-o", "out.zip", "--seconds", "60"]
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", *asked],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en"},
    )
    assert done.returncode == 5 and "The disk is full" in done.stderr and "Traceback" not in done.stderr, done
    before = acknowledged(tmp_path / "out.zip.work")
    assert command("sample", "scope.yaml", "-o", "out.zip", "--seal-only").code == 0
    after = open_bundle(tmp_path / "out.zip")
    assert after.manifest.truncated and after.samples().equals(before.cast(SCHEMA))


@pytest.mark.wire
def test_a_killed_run_is_gone_on_with_or_sealed_as_it_is(
    tmp_path: Path, home: Path, servers: str, command: Callable[..., Ran]
) -> None:
    process = sampling(tmp_path, servers, home)
    process.kill()
    process.communicate(timeout=30)
    before = acknowledged(tmp_path / "out.zip.work")
    assert before.num_rows and not (tmp_path / "out.zip").exists()
    shutil.copytree(tmp_path / "out.zip.work", tmp_path / "left.zip.work")

    again = command("sample", "scope.yaml", "-o", "out.zip", "--seconds", "2")
    assert again.code == 2 and "--resume" in again.err and "--seal-only" in again.err
    assert acknowledged(tmp_path / "out.zip.work").equals(before)

    (tmp_path / "other.yaml").write_text(servers.replace("A-1", "A-2"), "utf-8")
    other = command("sample", "other.yaml", "-o", "out.zip", "--seconds", "2", "--resume")
    assert other.code == 2 and "out.zip.work/scope.yaml" in other.err
    assert CONTACTS == [], "under another scope nothing is contacted"

    sealed = command("sample", "scope.yaml", "-o", "left.zip", "--seal-only", "--json")
    assert sealed.code == 0 and json.loads(sealed.out)["truncated"] is True and CONTACTS == []
    assert open_bundle(tmp_path / "left.zip").samples().equals(before.cast(SCHEMA))
    assessed = command("assess", "left.zip", "--answers", "answers.yaml", "-o", "out", "--json")
    assert assessed.code == 0 and json.loads(assessed.out)["source"]["truncated"] is True

    resumed = command("sample", "scope.yaml", "-o", "out.zip", "--seconds", "3", "--resume", "--json")
    assert resumed.code == 0, resumed.err
    after = open_bundle(tmp_path / "out.zip").samples()
    assert after.num_rows > before.num_rows and after.slice(0, before.num_rows).equals(before.cast(SCHEMA))
    assert not (tmp_path / "out.zip.work").exists()
    assert json.loads(command("verify", "out.zip", "--json").out)["holds"]
    starts = json.loads(open_bundle(tmp_path / "out.zip").member("meta.json"))["laptop"]
    assert [set(start) for start in starts] == [{"at", "awake", "networks"}] * 2, "what each start found"
    assert all(start["networks"]["bridged"] is False for start in starts), "every endpoint is on this machine"


@pytest.mark.wire
def test_a_lost_endpoint_is_a_remark_and_the_run_goes_on(
    tmp_path: Path, servers: str, command: Callable[..., Ran]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = servers.replace("opc.tcp://127.0.0.1:", f"opc.tcp://127.0.0.1:{port}/#", 1).split("#")
    (tmp_path / "scope.yaml").write_text(text[0] + text[1][text[1].index('"') :], "utf-8")
    done = command("sample", "scope.yaml", "-o", "out.zip", "--seconds", "2")
    assert done.code == 0 and "press: " in done.err and "refused the connection" in done.err
    seen = {o.endpoint: o for o in open_bundle(tmp_path / "out.zip").observations()}
    assert seen["press"].problem is not None and not seen["press"].reached and seen["meter"].reached


@pytest.mark.wire
@pytest.mark.slow
def test_a_simulated_plant_says_where_it_is_and_leaves_with_ctrl_c(tmp_path: Path, home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assessor", "simulate", "-o", "plant", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"ASSESSOR_HOME": str(home)},
    )
    assert process.stdout is not None
    text = ""
    while not text.endswith("}\n") or text.count("{") != text.count("}"):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
    said = json.loads(text)
    assert said["addresses"] and Path(said["scope"]).exists()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0 and "Traceback" not in err and out == ""
