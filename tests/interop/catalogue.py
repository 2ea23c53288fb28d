"""The servers that the product is tried on: who made them, how they start, what they hold."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from tests.interop.values import GONE, POINTS, TURNS, TYPED, arguments

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
REGISTERS = [*arguments(), f"m{TURNS}"]


def _is(value: Any) -> Callable[[Any], bool]:
    if isinstance(value, float):
        return lambda seen: abs(seen - value) <= 1e-9 * max(1.0, abs(value))
    return lambda seen: bool(seen == value)


def _sevens(seen: Any) -> bool:
    return bool(seen % 7 == 0)


def _within(low: float, high: float) -> Callable[[Any], bool]:
    return lambda seen: bool(low <= seen <= high)


Right = Callable[[Any], bool] | None
"""Is a Good value right? None where no value may be Good."""


@dataclass(frozen=True)
class Server:
    """One server. `right` says of each path of the Observation what its Good values must be."""

    id: str
    maker: str
    protocol: str
    command: Callable[[Path], list[str]]
    right: dict[str, Right] = field(default_factory=dict)
    extra: str = "asset: press"
    cwd: Path | None = None
    npm: str | None = None
    package: str | None = None
    profiles: str = ""
    certificate: str | None = None
    """Where the server puts its certificate (PEM), below its folder: it is accepted as the plant's IT would."""

    def missing(self) -> str | None:
        """What it takes and is not here."""
        if self.npm and not (shutil.which("node") and (MODULES / self.npm).is_dir()):
            return "node and the npm packages of tests/interop"
        try:
            version(self.package or "pytest")
        except PackageNotFoundError:
            return f"the package {self.package}"
        if self.id == "libmodbus" and not (shutil.which("gcc") and _has_libmodbus()):
            return "gcc and libmodbus-dev"
        return None

    def version(self, told: dict[str, Any]) -> str:
        """Of the package it is made of."""
        if "version" in told:
            return str(told["version"])
        if self.npm:
            return str(json.loads((MODULES / self.npm / "package.json").read_text("utf-8"))["version"])
        return version(self.package or "plant-assessor")


def _has_libmodbus() -> bool:
    found = shutil.which("pkg-config")
    return bool(found) and subprocess.run([found or "", "--exists", "libmodbus"], check=False).returncode == 0


def libmodbus(folder: Path, registers: list[str] = REGISTERS) -> list[str]:
    """Compile the server into a folder of the test's own; the command that serves these registers."""
    program = folder / "modbus_server"
    flags = subprocess.run(
        [need("pkg-config"), "--cflags", "--libs", "libmodbus"], capture_output=True, text=True, check=True
    ).stdout.split()
    source = str(HERE / "modbus_server.c")
    subprocess.run([need("gcc"), "-Wall", "-Werror", "-O1", "-o", str(program), source, *flags], check=True)
    return [str(program), *registers]


def _python(module: str, *given: str) -> Callable[[Path], list[str]]:
    return lambda _: [sys.executable, "-m", module, *given]


def _node(file: str, *given: str) -> Callable[[Path], list[str]]:
    return lambda _: ["node", file, *given]


TYPED_RIGHT: dict[str, Right] = {f"Press/{name}": _is(value) for name, value in TYPED.items()}
OPCUA_RIGHT: dict[str, Right] = TYPED_RIGHT | {"Press/Turns": _sevens}
MODBUS_RIGHT: dict[str, Right] = {f"unit 1/{held.id}": _is(held.value) for held in POINTS}
MODBUS_RIGHT |= {"unit 1/turns": _sevens, "unit 1/gone": None}


def _profile() -> str:
    """The register map of `values.POINTS` as a scope carries it, with one register that no server has."""
    points = [
        f"{{id: {h.id}, fc: {h.fc}, at: {h.at}, type: {h.type}, order: {h.order}, scale: {h.scale}}}"
        for h in POINTS
    ]
    points += [f"{{id: turns, fc: 3, at: {TURNS}, type: u16, function: counter}}"]
    points += [f"{{id: gone, fc: 3, at: {GONE}, type: u16}}"]
    return (
        "profiles:\n  - format: assessor-profile/1\n    id: trial\n    title: {zh: 互通试验, en: Trial}\n"
        "    source: made for this trial\n    confidence: site\n    gaps: true\n    points:\n"
        + "".join(f"      - {point}\n" for point in points)
    )


def _modbus(id_: str, maker: str, command: Callable[[Path], list[str]], **more: Any) -> Server:
    unit = "units: [{unit: 1, asset: press, profile: trial}]"
    right = MODBUS_RIGHT | more.pop("right", {})
    return Server(id_, maker, "modbus-tcp", command, right, unit, profiles=_profile(), **more)


def _drift(level: float, swing: float) -> Callable[[Any], bool]:
    return _within(level - swing, level + swing)


COMPANION_RIGHT: dict[str, Right] = {
    f"Tags/Line1.{press}.{name}": _is(1) for press in ("IMM01", "IMM02") for name in ("Temp", "Cycle", "Count")
} | {
    "Tags/Recipe": None,  # barred
    "Machines/Mill01/SpindleSpeed": _within(8000, 8001),
    "Machines/Mill01/MachineryItemState/CurrentState": _is("Executing"),
    "Machines/Mill01/MachineryOperationMode/CurrentState": _is("Processing"),
    "Filler01/BaseStateMachine/CurrentState": _is("Cleared"),
}
"""As companion_server.js sets them."""
SECURED = (
    "security: {mode: Sign, policy: Basic256Sha256}\n    credential: {user: reader, secret: env:INTEROP_SECRET}"
)
"""Signed, not encrypted: the recorder can then read which services pass."""
PASSWORD = "corr3ct-h0rse-battery"
SIMULATED_OVEN: dict[str, Right] = {
    "Oven/State": _within(0, 2), "Oven/Zone1Temperature": _drift(182, 3), "Oven/Zone2Temperature": _drift(185, 3),
    "Oven/Zone3Temperature": _drift(179, 3), "Oven/BeltSpeed": _drift(1.8, 0.05),
    "Oven/SetTemperature": _drift(182, 2),
}  # fmt: skip
SIMULATED_PRESS: dict[str, Right] = {
    "unit 1/state": _within(0, 2), "unit 1/strokes": _within(540_000, 2**31), "unit 1/force": _within(0, 1760),
    "unit 1/oil_temperature": _drift(47, 2),
}  # fmt: skip
"""As the plant file of the demo sets them; the force has noise of 2 % above its greatest."""

SERVERS = [
    Server(
        "node-opcua", "node-opcua (npm)", "opcua", _node("opcua_server.js", json.dumps(TYPED)),
        OPCUA_RIGHT | {"Press/OilTemperature": _within(40, 42), "Press/Broken": None},
        cwd=HERE, npm="node-opcua-server",
    ),
    Server("companions", "node-opcua with companion nodesets (npm)", "opcua", _node("companion_server.js"),
           COMPANION_RIGHT, cwd=HERE, npm="node-opcua-server"),
    Server("secure", "node-opcua, signed, for named users (npm)", "opcua",
           lambda folder: ["node", "secure_server.js", str(folder), PASSWORD], {"Press/Strokes": _is(42)},
           "asset: press\n    " + SECURED, cwd=HERE, npm="node-opcua-server",
           certificate="pki/own/certs/certificate.pem"),
    Server(
        "o6", "o6, open62541 stack (PyPI)", "opcua", _python("tests.interop.opcua_native"), OPCUA_RIGHT,
        package="o6",
    ),
    Server("simulator", "our own simulator, the demo's oven", "opcua", _python("tests.interop.simulated", "oven"),
           SIMULATED_OVEN),
    _modbus("libmodbus", "libmodbus (Debian), server in C", libmodbus),
    _modbus("modbus-serial", "modbus-serial (npm)", _node("modbus_server.js", *REGISTERS), cwd=HERE,
            npm="modbus-serial"),
    _modbus("pymodbustcp", "pyModbusTCP (PyPI)", _python("tests.interop.modbus_server", "pyModbusTCP", *REGISTERS),
            package="pyModbusTCP", right={"unit 1/gone": _is(0)}),
    _modbus("umodbus", "uModbus (PyPI)", _python("tests.interop.modbus_server", "umodbus", *REGISTERS),
            package="umodbus"),
    Server("simulator-modbus", "our own simulator, the demo's press", "modbus-tcp",
           _python("tests.interop.simulated", "press"), SIMULATED_PRESS,
           "units: [{unit: 1, asset: press, profile: demo-press}]"),
]  # fmt: skip
"""In the order of the page."""


def require(server: Server) -> None:
    """Skip loudly where a server cannot be had."""
    if missing := server.missing():
        pytest.skip(f"NOT TESTED: {server.maker} needs {missing}")
