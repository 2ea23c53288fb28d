"""Modbus bits and registers against servers that others wrote, over TCP and on a serial line."""

import asyncio
import sys

import pytest

from assessor.domain import GOOD
from connectors import modbus
from tests.kept import Kept
from tests.modbus_runs import profile, scope_for
from tests.servers.processes import serving

MAP = profile(
    *({"id": f"c{n}", "fc": 1, "at": n, "type": "bool"} for n in (0, 1, 2, 9, 17)),
    *({"id": f"d{n}", "fc": 2, "at": n, "type": "bool"} for n in range(20)),
    *({"id": f"h{n}", "fc": 3, "at": n, "type": "u16"} for n in (3, 40)),
    *({"id": f"i{n}", "fc": 4, "at": n, "type": "u16"} for n in range(5, 9)),
    gaps=True,
    max_gap=10,
)


@pytest.mark.wire
@pytest.mark.parametrize(("maker", "protocol"), [("pymodbustcp", "modbus-tcp"), ("umodbus", "modbus-rtu")])
def test_every_table_is_read_as_the_maker_serves_it(maker: str, protocol: str) -> None:
    with serving([sys.executable, "-m", "tests.servers.modbus_makers", maker]) as peer:
        scope, sink = scope_for(peer["address"], MAP, protocol, timeout=2), Kept()
        agreed = scope.endpoints[0].model_copy(update={"identify": False})
        seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=1.5, stop=asyncio.Event()))
        stated = modbus.preview(agreed, scope, 1.5)
    assert seen.reached and seen.problem is None and seen.devices[0].problem is None
    assert [r.detail for r in sink.requests[:5]] == [
        "unit 1 coil 0+18",
        "unit 1 discrete 0+20",
        "unit 1 holding 3+1",
        "unit 1 holding 40+1",
        "unit 1 input 5+4",
    ]
    assert len(sink.requests) <= stated.requests
    names = {tag.id: tag.path.removeprefix("unit 1/") for tag in seen.tags}
    read = {
        names[row.tag]: row.integer if row.flag is None else row.flag for row in sink.rows if row.status == GOOD
    }
    assert read == {f"c{n}": n % 2 == 0 for n in (0, 1, 2, 9, 17)} | {f"d{n}": n % 3 == 0 for n in range(20)} | {
        "h3": 3, "h40": 40} | {f"i{n}": 1000 + n for n in range(5, 9)}  # fmt: skip
