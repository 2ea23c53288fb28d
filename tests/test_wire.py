"""A recording proxy before every server of the demo plant: only reading, and no more than was stated."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from assessor import pipeline
from assessor.bundle import create
from assessor.run import DEMO
from connectors.guard import MODBUS_FUNCTIONS, OPCUA_SERVICES
from connectors.scope import load_scope, preview
from connectors.simulator import load_plant, start
from tests.servers.processes import serving


def hostport(address: str) -> str:
    return address.removeprefix("opc.tcp://").split("/")[0]


@pytest.mark.wire
@pytest.mark.slow
def test_only_reading_services_pass_and_the_load_stays_within_the_preview(tmp_path: Path, home: Path) -> None:
    plant = load_plant(DEMO / "plant.yaml")
    recorder = [sys.executable, "-m", "tests.servers.recorder", str(tmp_path / "frames.jsonl")]
    with start(plant, tmp_path / "plant") as running:
        targets = {name: hostport(address) for name, address in running.addresses.items()}
        with serving(recorder, first_line=json.dumps(targets)) as proxies:
            text = running.scope_file.read_text("utf-8")
            for name, target in targets.items():
                text = text.replace(target, proxies[name])
            scope_file = tmp_path / "scope.yaml"
            scope_file.write_text(text, "utf-8")
            scope = load_scope(scope_file)
            with create(tmp_path / "work", scope_file.read_bytes(), scope) as folder:
                asyncio.run(pipeline.gather(scope, folder, seconds=8, stop=asyncio.Event()))
        recorded = running.requests()
    stated = {load.endpoint: load for load in preview(scope, 8).loads}
    frames = [json.loads(line) for line in (tmp_path / "frames.jsonl").read_text().splitlines()]
    assert len(frames) > 100
    assert {f["service"] for f in frames} <= OPCUA_SERVICES | MODBUS_FUNCTIONS, "only reading services"
    for endpoint, count in Counter(f["endpoint"] for f in frames).items():
        assert count <= stated[endpoint].requests, f"{endpoint} got more than was stated"
    refused = [r for r in recorded if "write" in r.service.lower() or r.service in {"fc5", "fc6", "fc15", "fc16"}]
    assert not refused, "the simulator saw no write"
