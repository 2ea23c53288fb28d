"""A pulled cable, for real: a server in a network namespace of its own, whose end of the line goes down and up.

Needs root and a kernel that lets network namespaces be made. Where they cannot, this file is skipped as a whole,
also under REQUIRE_ALL: tests.test_faults pulls the same cable in a proxy.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors.scope import load_scope
from tests.faults import BOUND, Watching, outcome, run, scope_text
from tests.servers.processes import serving
from tests.servers.sevens import POINTS, wrong
from tests.waiting import until

pytestmark = [pytest.mark.wire, pytest.mark.slow]
NAME = f"as{os.getpid() % 100000}"
NET = f"198.18.{os.getpid() % 250}"
HERE, THERE = f"{NET}.1", f"{NET}.2"
"""Of the block that is set aside for trials in closed networks (RFC 2544)."""
SHORT, LONG = (3.0, 14.0), (15.0, 60.0)
"""Seconds that the cable is out, and seconds of sampling. TCP alone heals the short one."""
USUAL = "{sampling_interval: 0.5}"
"""Limits: the caution of every scope that says nothing else. A cable does not cost the cooldown of ten minutes."""


def ip(*words: str, check: bool = True) -> bool:
    try:
        done = subprocess.run(["ip", *words], capture_output=True, check=check, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


@contextmanager
def far_end() -> Iterator[bool]:
    """A namespace with one end of a cable; False where none can be made."""
    made = ip("netns", "add", NAME) and all(
        ip(*words.split())
        for words in (
            f"link add {NAME}a type veth peer name {NAME}b",
            f"link set {NAME}b netns {NAME}",
            f"addr add {HERE}/30 dev {NAME}a",
            f"link set {NAME}a up",
            f"-n {NAME} addr add {THERE}/30 dev {NAME}b",
            f"-n {NAME} link set lo up",
            f"-n {NAME} link set {NAME}b up",
        )
    )
    try:
        yield made
    finally:
        ip("link", "del", f"{NAME}a", check=False)
        ip("netns", "del", NAME, check=False)


def possible() -> bool:
    with far_end() as made:
        return made


def pull(when: Path, out: float) -> None:
    """Once values are coming, take the far end of the cable out for a while."""
    until(when.exists, BOUND)
    assert ip("-n", NAME, "link", "set", f"{NAME}b", "down")
    time.sleep(out)
    assert ip("-n", NAME, "link", "set", f"{NAME}b", "up")


if not possible():
    pytest.skip("NOT TESTED: network namespaces cannot be made here", allow_module_level=True)


@pytest.mark.parametrize(("out", "seconds"), [SHORT, LONG])
@pytest.mark.parametrize("kind", ["native", "polled", "modbus"])
def test_a_cable_that_is_pulled_and_put_back(kind: str, out: float, seconds: float, tmp_path: Path) -> None:
    when, file = tmp_path / "now", tmp_path / "scope.yaml"
    served = "native" if kind == "polled" else kind
    # all addresses of the namespace: the loopback, and its end of the cable
    server = ["ip", "netns", "exec", NAME, sys.executable, "-m", "tests.servers.sevens", served, "0.0.0.0"]
    with far_end(), serving(server) as told:
        port = told["address"].rstrip("/").rpartition(":")[2]
        file.write_text(scope_text(kind, {"press": f"{THERE}:{port}"}, USUAL), "utf-8")
        sink, puller = Watching({"press": when}), threading.Thread(target=pull, args=(when, out))
        puller.start()
        began = time.monotonic()
        ended = run(load_scope(file), sink, seconds)
        puller.join()
    became = outcome("press", sink, ended["press"] - began - seconds)
    assert not wrong(became.good)
    assert became.late < BOUND
    assert became.after >= POINTS, "values come again"
    assert became.told or became.hole < out - 0.5, "a loss is never silent"
