"""The page handed to a plant manager says what the code does, in both languages, on one sheet."""

import re
from pathlib import Path

import pytest

from assessor.domain import Limits
from connectors.abort import LAST, POLITE
from connectors.guard import MODBUS_FUNCTIONS, MODBUS_REPORT_ID, OPCUA_SERVICES
from connectors.mtconnect.wire import SERVICES

PAGES = Path(__file__).parent.parent / "docs/how-to"
NAMES = ("for-the-plant.md", "for-the-plant.zh.md")
STATED = {
    "hosts_at_a_time", "request_gap", "sampling_interval", "connect_spacing", "timeout", "retries",
    "breaker_failures", "breaker_cooldown", "refusals", "slowdown_factor",
}  # fmt: skip


def text(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


def listed(name: str, protocol: str) -> set[str]:
    """What the page says may be sent: the words in backticks between the marks of a protocol."""
    part = text(name).split(f"<!-- {protocol} -->")[1].split(f"<!-- /{protocol} -->")[0]
    return set(re.findall(r"`([^`]+)`", part))


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_sent_is_the_allow_list(name: str) -> None:
    assert listed(name, "opcua") == OPCUA_SERVICES
    assert {f"fc{code}" for code in listed(name, "modbus")} == MODBUS_FUNCTIONS
    assert f"`{MODBUS_REPORT_ID.removeprefix('fc')}`" in text(name)
    line = next(line for line in text(name).splitlines() if "**MTConnect**" in line)
    assert {f"GET {path}" for path in re.findall(r"`(/\w+)`", line)} == SERVICES


@pytest.mark.parametrize("name", NAMES)
def test_the_care_taken_is_that_of_the_default_limits(name: str) -> None:
    said = dict(re.findall(r"<!-- (\w+) --> \| ([\d.]+)", text(name)))
    assert set(said) == STATED
    for limit, value in said.items():
        assert float(value) == Limits.model_fields[limit].default, limit


@pytest.mark.parametrize("name", NAMES)
def test_the_two_seconds_are_kept(name: str) -> None:
    assert re.search(r"2\s(seconds|秒)", text(name)) and POLITE + LAST < 2


def test_both_pages_have_the_same_parts() -> None:
    shapes = [[line.split(" ")[0] for line in text(name).splitlines() if line.startswith("#")] for name in NAMES]
    assert shapes[0] == shapes[1]
    for name in NAMES:
        assert text(name).count("| | |\n") == 4, "blanks to fill in: whom to call"


def test_the_pages_promise_no_certificate() -> None:
    assert "a diagnosis, not a certificate" in text(NAMES[0]) and "诊断，非认证证书" in text(NAMES[1])
