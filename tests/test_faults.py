"""Faulty lines: no crash, no hang past the stated time, no wrong value, and what was lost is told.

The servers' values tell whether they are right (tests.servers.sevens); that of OPC UA runs on a native stack.
All faults of a protocol are endpoints of one run, beside a healthy one. Bits turned over inside a value cannot be
seen in either protocol: without security neither has a checksum of its own above TCP. For those runs only crash
and hang are held.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.faults import BOUND, Outcome, outcomes
from tests.servers.sevens import POINTS, wrong

pytestmark = [pytest.mark.wire, pytest.mark.slow]
SOAK = os.environ.get("SOAK") == "1"
KINDS = ("native", "modbus")
RETURNING = ("native", "polled", "opcua", "modbus")
SECONDS, LONGER = 10.0, 26.0
"""Of sampling; LONGER is a keep-alive and a time-out, until silence is noticed, a pause, and some values more."""
HOLE = 2.5
"""Seconds without a value that are worth telling of; a server that holds values back in a queue loses none."""

LASTING: dict[str, dict[str, Any]] = {
    "close": {"fault": "close"},
    "silent": {"fault": "silent"},
    "drip": {"fault": "drip"},
    "reset-at-0": {"fault": "reset", "after": 0},
    "reset-at-11": {"fault": "reset", "after": 11},
    "cut-at-5": {"fault": "cut", "after": 5},
    "stall-at-9": {"fault": "stall", "after": 9},
}
"""From the start and for good: nothing can be had."""
PASSING: dict[str, dict[str, Any]] = {
    name: {"when": True, "once": 1} | fault
    for name, fault in {
        "reset-once": {"fault": "reset", "after": 11},
        "cut-once": {"fault": "cut", "after": 5},
        "stall-once": {"fault": "stall", "after": 0},
        "half-open-once": {"fault": "half-open", "after": 5},
        "cable-pulled": {"fault": "cable", "seconds": 4.0, "once": 1 << 30},
    }.items()
}
"""While values are coming; then the line is sound again."""
HARMLESS: dict[str, dict[str, Any]] = {
    "healthy": {"fault": "none"},
    "delay": {"fault": "delay", "seconds": 0.1},
}
DISORDER: dict[str, dict[str, Any]] = {
    "late-answers": {"fault": "late", "when": True},
    "noise-before": {"fault": "noise", "when": True, "seed": 3},
}
"""For good, once values are coming."""
TOLERATED: dict[str, dict[str, Any]] = {
    "twice": {"fault": "twice", "when": True},
    "slow-answers": {"fault": "delay", "seconds": 1.6, "when": True},
}
"""Either is right: to go on, or to leave such a line and say so."""
FAULTS = LASTING | HARMLESS | DISORDER | TOLERATED


def need_package(kind: str) -> None:
    if kind in ("native", "polled") and find_spec("o6") is None:
        pytest.skip("NOT TESTED: the package o6 is not installed")


@pytest.fixture(scope="module", params=KINDS)
def became(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    need_package(request.param)
    return outcomes(request.param, FAULTS, tmp_path_factory.mktemp(request.param), SECONDS)


@pytest.fixture(scope="module", params=RETURNING)
def returned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    need_package(request.param)
    return outcomes(request.param, PASSING, tmp_path_factory.mktemp(request.param), LONGER)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_wrong_value_and_no_hang(became: dict[str, Outcome], fault: str) -> None:
    assert not wrong(became[fault].good)
    assert became[fault].late < BOUND


@pytest.mark.parametrize("fault", LASTING)
def test_a_line_that_never_works_is_a_problem_and_no_value(became: dict[str, Outcome], fault: str) -> None:
    assert not became[fault].good
    assert became[fault].told


@pytest.mark.parametrize("fault", PASSING)
def test_a_line_that_comes_back_is_read_again_and_the_gap_is_told(
    returned: dict[str, Outcome], fault: str
) -> None:
    outcome = returned[fault]
    assert not wrong(outcome.good)
    assert outcome.late < BOUND
    assert outcome.after >= POINTS
    assert outcome.observation.problem is None
    assert outcome.told or outcome.hole < HOLE, "a loss is never silent"


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_does_no_harm_costs_no_value(became: dict[str, Outcome], fault: str) -> None:
    outcome = became[fault]
    assert outcome.observation.problem is None
    assert len(outcome.good) == POINTS
    assert all(len(values) >= 5 for values in outcome.good.values())
    assert outcome.bad == 0


@pytest.mark.parametrize("fault", DISORDER)
def test_disorder_is_told(became: dict[str, Outcome], fault: str) -> None:
    assert became[fault].told


def fuzz(first: int, kinds: tuple[str, ...], count: int) -> dict[str, dict[str, Any]]:
    seeds = range(first, first + count)
    return {f"{kind}-{seed}": {"fault": kind, "seed": seed} for seed in seeds for kind in kinds}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", range(0, 200 if SOAK else 8, 8))
def test_turned_over_bits_and_noise(kind: str, first: int, tmp_path: Path) -> None:
    need_package(kind)
    faults = fuzz(first, ("header", "anywhere", "garbage"), 8)
    for name, outcome in outcomes(kind, faults, tmp_path, 4.0).items():
        assert outcome.late < BOUND, name
        if not name.startswith("anywhere"):
            assert not wrong(outcome.good), name
