"""What all tests share: loud skips, a home of their own for keys, and the browser's whereabouts."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"

hypothesis.settings.register_profile("default", deadline=None, derandomize=True)  # new cases: make soak
hypothesis.settings.register_profile("quick", deadline=None, derandomize=True, max_examples=10)  # make check
hypothesis.settings.register_profile("soak", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signing key of the test's own; the user's is never touched."""
    homes = tmp_path_factory.getbasetemp() / "homes"  # of its own: to number a folder, pytest lists all beside it
    homes.mkdir(exist_ok=True)
    folder = Path(mkdtemp(dir=homes))
    monkeypatch.setenv("ASSESSOR_HOME", str(folder))
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    """Under REQUIRE_ALL=1 a skipped test is a failed one."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although REQUIRE_ALL=1: {report.longrepr}"
    return report


def need(*programs: str) -> str:
    """Path of a program that a test needs, the first of these; skips loudly where all are absent."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if not found:
        pytest.skip(f"NOT TESTED: {programs[0]} is not installed")
    return found


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo plant's filing pack, complete, as a file that no test changes."""
    from tests.packs import complete, saved  # noqa: PLC0415 - slow to load, and few tests ask for it

    return saved(complete(), tmp_path_factory.mktemp("pack") / "pack.zip")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from tests.chromium import chromium  # noqa: PLC0415 - slow to load, and few tests ask for it

    with chromium() as one:
        yield one
