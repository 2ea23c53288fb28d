"""Our connectors beside plain clients, interleaved on one machine: `make bench-connectors` writes connectors.md.

Every client is a process of its own and every round asks all of them in turn; the tables give medians and, of the
time, ratios to asyncua's or pymodbus's median of the same run. Never a test: nothing asserts on a time.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.clients import REGISTERS, TIMES, WATCH
from tests.interop.catalogue import MODULES, libmodbus
from tests.servers.processes import serving

INTEROP = MODULES.parent
PAGE = Path(__file__).parent / "connectors.md"


class Case(NamedTuple):
    """One thing to do, who does it, and how often."""

    id: str
    title: str
    nodes: int
    clients: tuple[str, ...]
    plain: str
    """The client that ratios are to."""
    rounds: int


NAMES = {
    "ours-default": "ours, limits at their defaults",
    "ours-opened": "ours, limits opened",
    "asyncua": "asyncua",
    "pymodbus": "pymodbus",
    "node": "node-opcua",
}
OPCUA = ("ours-opened", "asyncua", "node", "ours-default")
CASES = (
    Case("read", "Read 1,000 nodes once", 1000, OPCUA, "asyncua", 3),
    Case("walk", "Walk 2,000 nodes", 2000, OPCUA, "asyncua", 3),
    Case("registers", f"{len(REGISTERS)} scattered registers once", 0,
         ("ours-opened", "pymodbus", "ours-default"), "pymodbus", 3),
    Case("follow", f"{len(REGISTERS)} scattered registers {TIMES} times", 0,
         ("ours-opened", "pymodbus", "ours-default"), "pymodbus", 1),
    Case("watch", f"Watch 500 values that change once a second, for {WATCH:g} s", 500,
         ("ours-opened", "asyncua", "node", "ours-default"), "asyncua", 1),
)  # fmt: skip
ABOUT = {
    "read": """asyncua: one `read_values` of all nodes; node-opcua: one `session.read`. Ours: from the end of
looking around to a row of every node.""",
    "walk": """asyncua: `get_children` of every node, one after the other; node-opcua: `session.browse`, 500 nodes
a call. Ours does more in this time: it connects, asks for endpoints, opens the session, reads the server's limits,
walks the whole of Objects, and reads data type, access level, unit, range and description of each.""",
    "registers": """Every fifth register of a thousand, on libmodbus. pymodbus: a request a register. Ours:
grouped, the map allowing gaps. At the default limits this is the first cycle, in requests of 50 registers.""",
    "follow": """The same, from the first request of the run to the last, identification included. At the default
limits the device proves itself in the first cycle and is then asked for up to 125 registers at a time.""",
    "watch": """asyncua and node-opcua: a subscription of 1 s with a queue of 1. *Got* counts values of a variable
that were seen, against those that were served between the first and the last seen.""",
}


@contextmanager
def server(case: Case) -> Iterator[str]:
    """A native server for the case: the clients are what is measured."""
    with tempfile.TemporaryDirectory() as folder:
        if case.nodes:
            command = [sys.executable, "-m", "tests.interop.opcua_native", str(case.nodes)]
        else:
            command = libmodbus(Path(folder), [f"h{at}={at % 60000}" for at in range(1000)] + ["i0=0"])
        with serving(command) as told:
            yield told["address"]


def measure(client: str, case: Case, address: str) -> dict[str, Any]:
    """One client doing it once."""
    if client == "node":
        command = ["node", "client.js", case.id, address, f"{WATCH:g}"]
    else:
        command = [sys.executable, "-m", "benchmarks.clients", client, case.id, address]
    cwd = INTEROP if client == "node" else INTEROP.parents[1]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("{")), None)
    if line is None:
        sys.exit(f"{client} {case.id}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(line)
    return found


def table(case: Case, found: dict[str, list[dict[str, Any]]]) -> str:
    """A row a client: medians of its rounds, and its time as a multiple of the plain client's."""

    def middle(client: str, key: str) -> float:
        return median(run[key] for run in found[client])

    plain = middle(case.plain, "seconds")
    watching = case.id in ("watch", "follow")
    text = f"\n## {case.title}\n\n{ABOUT[case.id]}\n\n"
    text += (
        f"| client | requests | {'' if watching else 'seconds | time, of ' + case.plain + ' | '}CPU s | got |\n"
    )
    text += f"|---|---|{'' if watching else '---|---|'}---|---|\n"
    for client in case.clients:
        seconds = middle(client, "seconds")
        times = "" if watching else f"{seconds:.3f} | {seconds / plain:.2f} | "
        got, expected = middle(client, "got"), middle(client, "expected")
        lost = f"{got:.0f} of {expected:.0f}" + (f" ({100 * (1 - got / expected):.1f} % lost)" if watching else "")
        times_fewer = middle(case.plain, "requests") / middle(client, "requests")
        requests = f"{middle(client, 'requests'):.0f}"
        if not case.nodes and client != case.plain:
            requests += f" ({times_fewer:.1f} times fewer)"
        text += f"| {NAMES[client]} | {requests} | {times}{middle(client, 'cpu'):.3f} | {lost} |\n"
    return text


def introduction() -> str:
    node = json.loads((MODULES / "node-opcua-client/package.json").read_text("utf-8"))["version"]
    packages = ", ".join(f"{name} {version(name)}" for name in ("asyncua", "pymodbus", "o6"))
    load = os.getloadavg()[0]
    return f"""# Connectors beside plain clients

Written by `make bench-connectors` on {time.strftime("%Y-%m-%d")}: {os.cpu_count()} cores, {platform.system()}
{platform.machine()}, CPython {platform.python_version()}, {packages}, node-opcua {node}.
Load average at the start: {load:.1f}.

Servers are native (the open62541 stack of o6; libmodbus), so that the clients are what is measured. Everything is
on one machine's loopback: there is no network between, which flatters whoever sends many requests, and clients and
server share the cores. Clients took turns within each round; figures are medians, and differences below about 1.5
times are not proven by so few rounds.

**Ours is slower on purpose.** At its defaults it keeps one request in flight, 0.1 s between requests, 1 s between
connections, at most 100 nodes a call, and 50 registers until a device has answered a whole cycle (125 then).
*Limits opened* is as far as a scope may open them (0.02 s, 1,000 nodes, 125 registers). What it saves everywhere
are requests.
"""


def main() -> None:
    page = introduction()
    for case in CASES:
        found: dict[str, list[dict[str, Any]]] = {client: [] for client in case.clients}
        with server(case) as address:
            for turn in range(case.rounds):
                for client in case.clients:
                    sys.stderr.write(f"{case.id} {turn + 1}/{case.rounds} {client}\n")
                    found[client].append(measure(client, case, address))
        page += table(case, found)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
