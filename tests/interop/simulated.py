"""One endpoint of the demo plant, served by our own simulator: `simulated.py ENDPOINT`; for comparison only.

Prints its address as one line of JSON once it accepts connections; ends when its standard input closes.
"""

import json
import sys
import tempfile
from pathlib import Path

from assessor.run import DEMO
from connectors.simulator import load_plant
from connectors.simulator.running import start


def main(endpoint: str) -> None:
    plant = load_plant(DEMO / "plant.yaml")
    scope = plant.scope.model_copy(
        update={"endpoints": tuple(e for e in plant.scope.endpoints if e.id == endpoint)}
    )
    servers = tuple(s for s in plant.servers if s.endpoint == endpoint)
    alone = plant.model_copy(update={"scope": scope, "servers": servers})
    with tempfile.TemporaryDirectory() as folder, start(alone, Path(folder)) as running:
        sys.stdout.write(json.dumps({"address": running.addresses[endpoint]}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
