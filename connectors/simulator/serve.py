"""SERVE a plant for a developer: until Ctrl-C, or for so many seconds."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from connectors.simulator.loading import load_plant
from connectors.simulator.running import start

DEMO = Path(__file__).parent / "plants/demo/plant.yaml"


def serve(
    path: Path | None, folder: Path, *, announce: Callable[[str], object], seconds: float | None = None
) -> None:
    """Serve a plant file (the demo plant if none is named); announces each endpoint and the scope file."""
    with start(load_plant(path or DEMO), folder) as running:
        for endpoint, address in sorted(running.addresses.items()):
            announce(f"{endpoint}\t{address}")
        announce(f"scope\t{running.scope_file}")
        deadline = None if seconds is None else time.monotonic() + seconds
        with contextlib.suppress(KeyboardInterrupt):
            while deadline is None or time.monotonic() < deadline:
                time.sleep(0.2)
