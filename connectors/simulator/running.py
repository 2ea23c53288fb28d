"""START and stop a simulated plant: servers in processes of their own, gone when their parent is gone."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from assessor.domain import Message
from assessor.errors import ContactError
from connectors.simulator import recorder
from connectors.simulator.plant import OpcUaServer, SimulatedPlant
from connectors.simulator.recorder import Recorded

PATIENCE = 60.0
"""Seconds that servers may take to come up on a busy machine."""


@dataclass(frozen=True)
class Running:
    """A plant that answers."""

    addresses: dict[str, str]
    """Endpoint id to address."""
    scope_file: Path
    """The plant's scope with these addresses."""
    records: tuple[Path, ...]

    def requests(self) -> list[Recorded]:
        """Every request that reached a server so far, in order of time."""
        return sorted(row for file in self.records for row in recorder.read(file))


@contextlib.contextmanager
def start(plant: SimulatedPlant, folder: Path) -> Iterator[Running]:
    """Serve a plant until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "plant.json"
    file.write_text(plant.model_dump_json(), "utf-8")
    groups = _groups(plant)
    records = tuple(folder / f"requests-{i}.jsonl" for i in range(len(groups)))
    for record in records:
        record.unlink(missing_ok=True)  # of an earlier run in the same folder
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for group, record in zip(groups, records, strict=True):
            processes.append(_spawn(file, group, record))
        addresses: dict[str, str] = {}
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            addresses |= _ready(process, deadline)
        scope_file = folder / "scope.yaml"
        _write_scope(plant, addresses, scope_file)
        yield Running(addresses, scope_file, records)
    finally:
        _stop(processes)


def _groups(plant: SimulatedPlant) -> list[list[str]]:
    """OPC UA servers over two processes, since building address spaces takes most of the start."""
    opcua = [s.endpoint for s in plant.servers if isinstance(s, OpcUaServer)]
    others = [s.endpoint for s in plant.servers if not isinstance(s, OpcUaServer)]
    return [group for group in (opcua[::2], opcua[1::2] + others) if group]


def _spawn(file: Path, endpoints: list[str], record: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "connectors.simulator.host", str(file), ",".join(endpoints), str(record)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p or os.curdir for p in sys.path)}
    errors = record.with_suffix(".err").open("wb")
    with errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            start_new_session=True,  # Ctrl-C in a terminal is for us; they end when their pipe closes
        )


def _ready(process: subprocess.Popen[bytes], deadline: float) -> dict[str, str]:
    """The line of addresses, which a process writes once all its servers listen."""
    lines: queue.Queue[bytes] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
    try:
        line = lines.get(timeout=max(0.1, deadline - time.monotonic()))
    except queue.Empty:
        line = b""
    if not line:
        raise ContactError(Message(id="simulator.not_started"))
    found: dict[str, str] = json.loads(line)
    return found


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Close the pipes, wait, and end what does not end by itself: only what was started here."""
    for process in processes:
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
    for process in processes:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _write_scope(plant: SimulatedPlant, addresses: dict[str, str], file: Path) -> None:
    """The scope as a person would write it: block YAML, defaults left out."""
    endpoints = tuple(
        e.model_copy(update={"address": addresses.get(e.id, e.address)}) for e in plant.scope.endpoints
    )
    scope = plant.scope.model_copy(update={"endpoints": endpoints})
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 110
    with file.open("w", encoding="utf-8") as out:
        out.write("# Written by the simulator: a simulated plant on loopback.\n")
        yaml.dump(scope.model_dump(mode="json", exclude_defaults=True) | {"format": scope.format}, out)
