"""Machines of a register, and a network sheet filled in as a factory's IT does it."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl

from assessor.domain import Asset, Interface, KeyProcess, Text
from assessor.forms.register import Draft
from assessor.forms.words import both
from assessor.preparing.network import COLUMNS, Entry
from assessor.preparing.sheet import HEADER, write_network
from assessor.preparing.visit import Visit

SHEET = f"{both('network.sheet.network').zh} {both('network.sheet.network').en}"
CELLS = {column: chr(ord("A") + at) for at, column in enumerate(COLUMNS)}
FIRST = HEADER + 2
"""The first line that is filled in, as Excel counts."""


def machine(id_: str, interface: Interface = Interface.OPCUA, **more: Any) -> Asset:
    name = more.pop("name", None) or Text(zh=f"设备 {id_}", en=f"Machine {id_}")
    return Asset(**{"id": id_, "name": name, "kind": "machine", "production": True, "interface": interface} | more)


ASSETS = (
    machine("mc-01"),
    machine("mc-02"),
    machine("prs-01", Interface.MODBUS_TCP),
    machine("cmp-01", Interface.MODBUS_RTU),
    machine("em-01", Interface.MODBUS_RTU, production=False),
    machine("cnc-01", Interface.FOCAS),
    machine("lth-01", Interface.NONE),
    machine("old-01", in_use=False),
)
OPCUA = Entry(
    machines="mc-01", protocol="OPC UA", host="10.0.0.11", port="4840", path="/UA/Server", role="设备 machine"
)
UNIT = Entry(machines="cmp-01", protocol="Modbus TCP", host="10.0.0.9", port="502", unit="3", role="网关 gateway")
SCADA = Entry(machines="mc-01, mc-02", protocol="opcua", host="scada.plant", port="4840", role="SCADA")


def written(file: Path, entries: Iterable[Entry], assets: Iterable[Asset] = ASSETS) -> Path:
    file.write_bytes(write_network(tuple(assets), entries))
    return file


def typed(file: Path, *lines: dict[str, Any]) -> Path:
    """The blank sheet with cells typed into it, column by column."""
    book = openpyxl.load_workbook(io.BytesIO(write_network(ASSETS)))
    for i, line in enumerate(lines, FIRST):
        for column, value in line.items():
            book[SHEET][f"{CELLS[column]}{i}"] = value
    book.save(file)
    return file


REGISTER = Draft(
    assets=ASSETS,
    processes=(KeyProcess(id="machining", name=Text(zh="加工", en="Machining"), assets=("mc-01", "mc-02")),),
    questions=(),
)


def visit(**more: Any) -> Visit:
    """A visit of which everything is said that a scope needs."""
    told = {
        "format": "assessor-visit/1",
        "plant": {"id": "jia", "name": {"zh": "甲精密部件厂", "en": "Jia Precision Parts"}, "kind": "discrete"},
        "register": {
            "source": {"zh": "设备部台账", "en": "Ledger of the equipment department"},
            "as_of": "2026-10-31",
        },
        "agreement": {
            "role": {"zh": "厂长", "en": "Plant manager"},
            "date": "2026-11-20",
            "reference": "R-2026-1",
        },
        "vantage": "control",
        "window": {"opens": "2026-11-24T08:00:00+08:00", "closes": "2026-11-24T18:00:00+08:00"},
    }
    return Visit.model_validate(told | more)
