"""One client, one case, in a process of its own: `clients.py CLIENT CASE ADDRESS`; prints a line of JSON.

{"requests", "seconds", "cpu" (seconds of this process), "got", "expected"}. Cases: read (every value once), walk
(all nodes), registers (200 scattered ones, once), follow (the same, 30 times), watch (changes for a while).
Clients: ours-default, ours-opened, asyncua, pymodbus. node-opcua is measured by client.js in the same way.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from asyncua import Client, ua
from asyncua.client.ua_client import UASocketProtocol
from pymodbus.client import AsyncModbusTcpClient

from assessor import gathering
from assessor.domain import Observation, Sample
from connectors.scope import load_scope
from tests.kept import Kept

WATCH = 20.0
REGISTERS = tuple(range(0, 1000, 5))
TIMES = 30
"""How often registers are read that are followed."""
OPENED = {
    "connect_spacing": 0.2, "pause_after_connect": 0, "request_gap": 0.02, "max_nodes_per_call": 1000,
    "max_registers": 125,
}  # fmt: skip
"""As far as a scope may open the limits."""
SCOPE = """format: assessor-scope/1
plant: {{id: bench, name: {{zh: 测, en: Bench}}, kind: discrete, simulated: true}}
agreement: {{role: {{zh: 测, en: Test}}, date: "2026-01-01", reference: test}}
vantage: control
register: {{source: {{zh: 测, en: Test}}, as_of: "2026-01-01"}}
strata: [{{id: all, selection: all}}]
limits: {limits}
assets: [{{id: press, name: {{zh: 机, en: M}}, kind: press, production: true, interface: {protocol}}}]
endpoints: [{{id: press, protocol: {protocol}, address: "{address}", role: machine, {what}}}]
{profiles}"""
PROFILES = """profiles:
  - {{format: assessor-profile/1, id: many, title: {{zh: 测, en: Bench}}, source: own, confidence: site,
     gaps: true, points: [{points}]}}
"""


def turns(seen: set[tuple[int, int]]) -> tuple[int, int]:
    """(got, expected) of (variable, turn) pairs: of each variable every turn from the first to the last seen."""
    of: dict[int, list[int]] = {}
    for variable, turn in seen:
        of.setdefault(variable, []).append(turn)
    return len(seen), sum(max(found) - min(found) + 1 for found in of.values())


def pair(value: float) -> tuple[int, int]:
    """Variable and turn of a value i + turn / 1000."""
    return divmod(round(value * 1000), 1000)


class Bench(Kept):
    """A sink that notes when learning ended, and sets `enough` once every tag has a row, or there are `most`."""

    def __init__(self, enough: asyncio.Event, once: bool, most: int) -> None:
        super().__init__()
        self._enough, self._once, self._most, self._having = enough, once, most, set[int]()
        self.learnt = self.full = (0.0, 0.0, 0)

    def _now(self) -> tuple[float, float, int]:
        return time.monotonic(), time.process_time(), len(self.requests)

    def observe(self, observation: Observation) -> None:
        super().observe(observation)
        if not self.rows and observation.tags:
            self.learnt = self._now()

    def samples(self, rows: Sequence[Sample]) -> None:
        super().samples(rows)
        self._having |= {row.tag for row in rows}
        if self._having and len(self._having) >= self._wanted() and not self.full[0]:
            self.full = self._now()
            if self._once:
                self._enough.set()
        if len(self.rows) >= self._most:
            self._enough.set()

    def _wanted(self) -> int:
        return sum(t.path.startswith(("Line/", "unit ")) for t in self.observed[-1].tags)


async def ours(case: str, address: str, opened: bool) -> dict[str, Any]:
    """The product, through its public way."""
    enough = asyncio.Event()
    follows = TIMES * len(REGISTERS)
    sink = Bench(enough, case not in ("watch", "follow"), follows if case == "follow" else sys.maxsize)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scope.yaml"
        file.write_text(scope(case, address, opened), "utf-8")
        begun, cpu = time.monotonic(), time.process_time()
        seconds = WATCH if case == "watch" else 120
        await gathering.gather(load_scope(file), sink, seconds=seconds, stop=enough)
    ended = (time.monotonic(), time.process_time(), len(sink.requests))
    first, last = ((begun, cpu, 0), sink.learnt) if case == "walk" else (sink.learnt, sink.full)
    if case in ("watch", "follow"):
        last = ended
    if case == "follow":
        first = (begun, cpu, 0)
    got, expected = len(sink.rows), len(REGISTERS) if case == "registers" else sink._wanted()
    if case == "walk":
        got = sum(t.path.startswith("Line/") for t in sink.observed[-1].tags)
    if case == "watch":
        line = {t.id for t in sink.observed[-1].tags if t.path.startswith("Line/")}
        got, expected = turns({pair(r.number) for r in sink.rows if r.number is not None and r.tag in line})
    if case == "read":
        got = len(sink._having)
    if case == "follow":
        expected = follows
    return {
        "requests": last[2] - first[2], "seconds": last[0] - first[0], "cpu": last[1] - first[1],
        "got": min(got, expected), "expected": expected,
    }  # fmt: skip


def scope(case: str, address: str, opened: bool) -> str:
    modbus = case in ("registers", "follow")
    limits = json.dumps(OPENED if opened else {})
    points = ", ".join(f"{{id: p{at}, fc: 3, at: {at}, type: u16}}" for at in REGISTERS)
    return SCOPE.format(
        limits=limits,
        protocol="modbus-tcp" if modbus else "opcua",
        address=address,
        what="units: [{unit: 1, asset: press, profile: many}]" if modbus else "asset: press",
        profiles=PROFILES.format(points=points) if modbus else "",
    )


async def plain_asyncua(case: str, address: str) -> dict[str, Any]:
    """asyncua as its documentation shows it."""
    sent, inner = [0], UASocketProtocol._send_request

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        sent[0] += 1
        return inner(self, *args, **kwargs)

    UASocketProtocol._send_request = counted  # type: ignore[method-assign]
    async with Client(address, timeout=20) as client:
        line = await client.nodes.objects.get_child(["1:Line"])
        nodes = await line.get_children() if case != "walk" else []

        async def read() -> tuple[int, int]:
            return len(await client.read_values(nodes)), len(nodes)

        async def walk() -> tuple[int, int]:
            found, waiting = 0, [line]
            while waiting:
                children = await waiting.pop().get_children()
                found, waiting = found + len(children), waiting + children
            return found, found

        async def watch() -> tuple[int, int]:
            seen: set[tuple[int, int]] = set()

            class Handler:
                def datachange_notification(self, _: Any, value: Any, __: Any) -> None:
                    seen.add(pair(value))

            subscription = await client.create_subscription(1000, Handler())
            await subscription.subscribe_data_change(nodes, sampling_interval=1000, queuesize=1)
            await asyncio.sleep(WATCH)
            return turns(seen)

        return await timed({"read": read, "walk": walk, "watch": watch}[case], sent)


async def plain_pymodbus(case: str, address: str) -> dict[str, Any]:
    """pymodbus, a request a register."""
    host, _, port = address.rpartition(":")
    client = AsyncModbusTcpClient(host, port=int(port))
    await client.connect()
    sent = [0]

    async def registers() -> tuple[int, int]:
        got, wanted = 0, REGISTERS * (TIMES if case == "follow" else 1)
        for at in wanted:
            sent[0] += 1
            got += len((await client.read_holding_registers(at, count=1)).registers)
        return got, len(wanted)

    done = await timed(registers, sent)
    client.close()
    return done


async def timed(what: Callable[[], Awaitable[tuple[int, int]]], sent: list[int]) -> dict[str, Any]:
    before, begun, cpu = sent[0], time.monotonic(), time.process_time()
    got, expected = await what()
    return {
        "requests": sent[0] - before, "seconds": time.monotonic() - begun, "cpu": time.process_time() - cpu,
        "got": got, "expected": expected,
    }  # fmt: skip


def main(client: str, case: str, address: str) -> None:
    ua.UInt32(0)  # the library's types are loaded before the clock starts
    match client:
        case "asyncua":
            done = asyncio.run(plain_asyncua(case, address))
        case "pymodbus":
            done = asyncio.run(plain_pymodbus(case, address))
        case _:
            done = asyncio.run(ours(case, address, client == "ours-opened"))
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
