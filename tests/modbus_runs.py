"""Runs of the Modbus connector against peers in processes of their own, with what the peer was asked."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from assessor.domain import Endpoint, Limits, Observation, Profile, RequestRecord, Role, Scope
from connectors import modbus
from tests.kept import Kept
from tests.servers.processes import serving
from tests.test_bundle import SCOPE


class Stopping(Kept):
    """Stops the run after so many requests where told to."""

    def __init__(self, stop: asyncio.Event | None, after: int) -> None:
        super().__init__()
        self._stop, self._after = stop, after

    def request(self, record: RequestRecord) -> None:
        super().request(record)
        if self._stop is not None and len(self.requests) >= self._after:
            self._stop.set()


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
        scope, sink = scope_for(peer["address"], held, protocol, **limits), Stopping(stop, stop_after)
        agreed = scope.endpoints[0].model_copy(update=endpoint or {})
        run = modbus.gather(agreed, scope, sink, seconds=seconds, stop=stop or asyncio.Event())
        observation = asyncio.run(run)
    return observation, sink, asked.read_text().splitlines()
