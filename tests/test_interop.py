"""The whole way against servers that no one here wrote, each in a process of its own, recorded on the wire.

What each run sees is a row of docs/reference/interop.md: the page is held against the runs, so it cannot go stale.
"""

import pytest

from tests.interop.__main__ import PAGE
from tests.interop.catalogue import SERVERS, Server, require
from tests.interop.page import row, section
from tests.interop.visit import Seen, visit

pytestmark = [pytest.mark.wire, pytest.mark.slow]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.id)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One run against one server."""
    server: Server = request.param
    require(server)
    return visit(server, tmp_path_factory.mktemp(server.id))


def test_the_values_are_those_that_the_server_holds(seen: Seen) -> None:
    assert seen.rows, "something was sampled"
    assert not seen.wrong


def test_only_reading_requests_pass_and_the_load_stays_within_the_preview(seen: Seen) -> None:
    assert len(seen.frames) > 10
    assert not seen.offences


def test_the_log_tells_of_every_frame(seen: Seen) -> None:
    """What the recorder saw on the wire and what the request log says are the same list."""
    on_the_wire = sorted(f["service"] for f in seen.frames)
    assert on_the_wire == sorted(r.service for r in seen.requests)


def test_the_machine_counts_as_readable_and_not_as_networked(seen: Seen) -> None:
    assert seen.observation.reached
    assert seen.measured["readable"]["value"] == "0.5", "one of the two machines of the register"
    assert seen.measured["networked"]["low"] == "0", "a laptop that gets an answer is no network"
    protocol = "open_protocol" if seen.server.protocol == "modbus-tcp" else "readable"
    assert seen.measured[protocol]["value"] == "0.5"


def test_an_address_space_is_walked_to_its_end(seen: Seen) -> None:
    walked = seen.observation.browse
    assert (walked is None) == (seen.server.protocol != "opcua")
    assert walked is None or (walked.complete and walked.nodes > len(seen.server.right))


def test_units_and_ranges_are_seen_where_a_server_has_them(seen: Seen) -> None:
    if seen.server.id == "node-opcua":
        assert seen.measured["units_ranges"]["state"] == "measured"
        tag = next(t for t in seen.observation.tags if t.path == "Press/OilTemperature")
        assert (tag.unit, tag.low, tag.high) == ("°C", 0, 120)


def test_the_page_says_what_this_run_saw(seen: Seen) -> None:
    assert row(seen) in PAGE.read_text("utf-8").splitlines(), f"run: make interop\n{row(seen)}"


def test_the_page_has_no_row_of_a_server_that_is_not_tried() -> None:
    page = PAGE.read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| server ")]
    assert len(rows) == len(SERVERS)
    assert page.startswith(section([]).split("\n## ")[0])
