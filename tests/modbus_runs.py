"""Runs of the Modbus connector against peers in processes of their own, with what the peer was asked."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assessor.domain import Endpoint, Limits, Observation, Profile, RequestRecord, Role, Sample, Scope
from connectors import modbus
from tests.servers.processes import serving
from tests.test_bundle import SCOPE


class Kept:
    """A sink in memory; stops the run after so many requests where told to."""

    def __init__(self, stop: asyncio.Event | None = None, after: int = 0) -> None:
        self.stop, self.after = stop, after
        self.rows: list[Sample] = []
        self.log: list[RequestRecord] = []
        self.seen: list[Observation] = []

    def samples(self, rows: Sequence[Sample]) -> None:
        self.rows.extend(rows)

    def request(self, record: RequestRecord) -> None:
        self.log.append(record)
        if self.stop is not None and len(self.log) >= self.after:
            self.stop.set()

    def observe(self, observation: Observation) -> None:
        self.seen.append(observation)

    def flush(self) -> None:
        pass


def profile(*points: dict[str, Any], **more: Any) -> Profile:
    """A register map for a test, by the id 'counting'."""
    return Profile.model_validate(
        {
            "format": "assessor-profile/1",
            "id": "counting",
            "title": {"zh": "计数", "en": "counting"},
            "source": "tests",
            "confidence": "site",
            "points": points,
        }
        | more
    )


PROFILE = profile(*({"id": f"r{i}", "fc": 3, "at": i, "type": "u16"} for i in range(10, 20)))
SERIAL = {"baudrate": 115200, "parity": "none", "sole_master": True}


def scope_for(address: str, held: Profile = PROFILE, protocol: str = "modbus-tcp", **limits: Any) -> Scope:
    """A scope with one endpoint 'press' at the address, its unit 1 read by the map held, paced for a test."""
    endpoint = Endpoint.model_validate(
        {
            "id": "press",
            "protocol": protocol,
            "address": address,
            "role": Role.MACHINE,
            "units": [{"unit": 1, "asset": "press", "profile": "counting"}],
        }
        | ({"serial": SERIAL} if protocol == "modbus-rtu" else {})
    )
    fast = {"request_gap": 0.02, "connect_spacing": 0.2, "pause_after_connect": 0, "timeout": 0.4}
    changed = Limits.model_validate(fast | {"sampling_interval": 0.5} | limits)
    return SCOPE.model_copy(update={"endpoints": (endpoint,), "limits": changed, "profiles": (held,)})


def gathered(
    mode: str,
    tmp_path: Path,
    seconds: float = 1.2,
    endpoint: dict[str, Any] | None = None,
    stop: asyncio.Event | None = None,
    stop_after: int = 0,
    *,
    held: Profile = PROFILE,
    protocol: str = "modbus-tcp",
    server: str = "modbus_bad",
    **limits: Any,
) -> tuple[Observation, Kept, list[str]]:
    """One run against a misbehaving peer; what the peer was asked, as 'unit fc start count'."""
    asked = tmp_path / "asked.txt"
    asked.touch()
    with serving([sys.executable, "-m", f"tests.servers.{server}", mode, str(asked)]) as peer:
        scope, sink = scope_for(peer["address"], held, protocol, **limits), Kept(stop, stop_after)
        agreed = scope.endpoints[0].model_copy(update=endpoint or {})
        run = modbus.gather(agreed, scope, sink, seconds=seconds, stop=stop or asyncio.Event())
        observation = asyncio.run(run)
    return observation, sink, asked.read_text().splitlines()
