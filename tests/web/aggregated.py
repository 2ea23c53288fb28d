"""The demonstration plant before anybody said which branch of its SCADA is which machine: scope and bundle."""

import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from assessor.bundle import create, seal
from connectors.simulator import generate, load_plant
from connectors.simulator.serve import DEMO
from tests.golden import BEGIN, KEY

ADDRESSES = {"scada": "opc.tcp://127.0.0.1:4840/", "cell": "opc.tcp://127.0.0.1:4841/"}
"""Of the endpoints that are held; the machines of the second one are all assigned."""
MACHINES = 12
"""That stand behind the first one."""


@cache
def aggregated(known: int = 0) -> tuple[str, bytes]:
    """The scope's text and what two minutes under it would give, so many branches of the SCADA being known."""
    plant = load_plant(DEMO)
    ends = [e.model_copy(update={"address": ADDRESSES[e.id]}) for e in plant.scope.endpoints if e.id in ADDRESSES]
    ends = [e.model_copy(update={"branches": e.branches[:known]}) if e.id == "scada" else e for e in ends]
    scope = plant.scope.model_copy(update={"endpoints": tuple(ends)})
    servers = tuple(s for s in plant.servers if s.endpoint in ADDRESSES)
    plant = plant.model_copy(update={"scope": scope, "servers": servers})
    written = io.StringIO("# 与工厂商定\n")
    written.seek(0, io.SEEK_END)
    YAML().dump(scope.model_dump(mode="json", by_alias=True, exclude_defaults=True), written)
    text = written.getvalue()
    with TemporaryDirectory() as folder:
        sealed = Path(folder) / "sealed.zip"
        with create(Path(folder) / "work", text.encode(), scope, began=BEGIN, clock="synchronised") as work:
            generate(plant, work, BEGIN, 120, 5)
            work.end(False)
            seal(work, KEY, sealed, made=BEGIN + 120 * 10**9)
        return text, sealed.read_bytes()
