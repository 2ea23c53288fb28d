"""GATHER: machine → Observation and samples. One module, one protocol; read-only.

A connector is a module or package here that states `PROTOCOLS`, and nothing else makes it one. To add one,
add its file. Its docstring carries the checklist that it keeps.
"""

import ast
import asyncio
import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from assessor.domain import Endpoint, Load, Observation, RequestRecord, Scope, Sink

CONSTANTS = frozenset({"PROTOCOLS", "SCHEME", "SERIAL", "STATIONS"})
"""What a connector states in its source as plain constants; all but the first may be missing."""


class Connector(Protocol):
    """What a connector module offers."""

    PROTOCOLS: tuple[str, ...]
    """Names of the protocols it speaks, as a scope writes them."""

    def preview(self, endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
        """The most that a run will ask of this endpoint. Contacts nothing."""

    async def gather(
        self, endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
    ) -> Observation:
        """Look at the endpoint and sample it for so many seconds, or until `stop` is set.

        A dead or refusing device is an Observation with a `problem`, never an exception.
        """

    async def precheck(
        self, endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]
    ) -> Observation:
        """Is the endpoint reached, and what does it offer? Its address and nothing else; no value is read."""


@cache
def _stated() -> dict[str, dict[str, Any]]:
    """By module: the CONSTANTS of each connector, read without importing it."""
    here = Path(__file__).parent
    files = [*here.glob("*.py"), *here.glob("*/__init__.py")]
    stated = {}
    for file in sorted(files):
        constants = _constants(ast.parse(file.read_text("utf-8")))
        if "PROTOCOLS" in constants:
            stated[file.parent.name if file.name == "__init__.py" else file.stem] = constants
    return stated


def _constants(module: ast.Module) -> dict[str, Any]:
    found = {}
    for line in module.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
            target = line.targets[0] if isinstance(line, ast.Assign) else line.target
            if isinstance(target, ast.Name) and target.id in CONSTANTS:
                found[target.id] = ast.literal_eval(line.value)
    return found


def names() -> tuple[str, ...]:
    """The protocols that can be spoken."""
    return tuple(sorted(p for constants in _stated().values() for p in constants["PROTOCOLS"]))


def scheme(protocol: str) -> str | None:
    """What an address of the protocol begins with, such as 'opc.tcp'; None where it is just host:port.

    'file' where it is the path of a file.
    """
    found = next(c for c in _stated().values() if protocol in c["PROTOCOLS"])
    return found.get("SCHEME")


def is_serial(protocol: str) -> bool:
    """Is the address of the protocol a serial port (`SERIAL` of its connector)?"""
    return any(protocol in constants.get("SERIAL", ()) for constants in _stated().values())


def has_stations(protocol: str) -> bool:
    """Does the protocol speak to stations of one line, of which unit 0 means all (`STATIONS`)?"""
    return any(protocol in constants.get("STATIONS", ()) for constants in _stated().values())


def get(protocol: str) -> Connector:
    """The connector of a protocol. Raises KeyError for a protocol that none speaks."""
    for module, constants in _stated().items():
        if protocol in constants["PROTOCOLS"]:
            return cast(Connector, importlib.import_module(f"{__name__}.{module}"))
    raise KeyError(protocol)
