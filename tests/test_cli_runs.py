"""Runs of the command line that end before their time, against real servers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from assessor.bundle import journal, open_bundle
from assessor.bundle.rows import SCHEMA
from tests.servers.processes import serving
from tests.terminal import ANSWERS, CONTACTS, SCOPE, Ran, command, terminal
from tests.waiting import until

__all__ = ["command", "terminal"]


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

    def sampled() -> bool:
        return tail.exists() and tail.read_bytes().count(b'"samples"') >= 2

    until(lambda: process.poll() is not None or sampled())
    assert process.poll() is None
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
        cwd=tmp_path,
        env=os.environ | {"ASSESSOR_HOME": str(home)},
    )
    assert process.stdout is not None
    text = ""
    while not text.endswith("}\n") or text.count("{") != text.count("}"):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
    said = json.loads(text)
    assert said["addresses"] and (tmp_path / said["scope"]).exists()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0 and "Traceback" not in err and out == ""
