"""The command line: results on stdout, progress on stderr, an exit code for each kind of trouble."""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from assessor import cli, run
from assessor.cli.rooms import ROOMS, opened
from assessor.domain import Load, Message
from assessor.errors import InputError
from connectors import opcua
from connectors.guard import MODBUS_FUNCTIONS, OPCUA_SERVICES
from tests.terminal import CASES, CONTACTS, Ran, command, good, held, listener, made, terminal

__all__ = ["command", "listener", "made", "terminal"]


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
    top = {name: opened(name) for name in ROOMS}
    groups: list[tuple[str, Mapping[str, Any]]] = [("", top)]
    groups += [(f"{n} ", g.commands) for n, g in top.items() if isinstance(g, TyperGroup)]
    for prefix, group in groups:
        for name, each in group.items():
            if not isinstance(each, TyperGroup):
                assert "--json" in {o for p in each.params for o in p.opts}, f"{prefix}{name} has no --json"
                assert f"`{prefix.strip() or name}`" in (cli.__doc__ or ""), (
                    f"help does not say what {name} prints"
                )
    for code in ("0 done", "1 `verify`", "2 a file", "3 contact", "4 a bundle", "5 the disk", "130 stopped"):
        assert code in " ".join((cli.__doc__ or "").split())


@pytest.mark.parametrize("name", ROOMS)
def test_the_list_of_commands_says_of_each_what_its_own_help_says_first(name: str) -> None:
    assert ROOMS[name][1] == opened(name).get_short_help_str(limit=500)


def test_every_command_of_a_room_is_in_the_list() -> None:
    for room in {room for room, _ in ROOMS.values()}:
        whole = typer.Typer()
        whole.add_typer(importlib.import_module(f"assessor.cli.{room}").app)
        listed = {name for name, (one, _) in ROOMS.items() if one == room}
        assert listed == set(typer.main.get_group(whole).commands)


@pytest.mark.slow
def test_help_lists_the_commands_and_loads_none_of_their_rooms(home: Path) -> None:
    code = """if True:
        import sys
        from assessor.cli import main
        try:
            main(["--help"])
        except SystemExit as leaving:
            assert leaving.code == 0
        heavy = {"asyncua", "cryptography", "jinja2", "numpy", "openpyxl", "pyarrow", "pymodbus", "scipy"}
        print(sorted(heavy & set(sys.modules)), [m for m in sys.modules if m.startswith("assessor.cli.")])
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    for name in ROOMS:
        assert f"\n  {name} " in done.stdout, name
    assert done.stdout.splitlines()[-1] == "[] ['assessor.cli.rooms', 'assessor.cli.terminal']"


def test_a_command_that_is_not_there_is_named_with_the_one_that_may_be_meant(command: Callable[..., Ran]) -> None:
    done = command("framworks", "list")
    assert done.code == 2 and "Did you mean 'frameworks'" in done.err


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
