"""A serial line in a scope: its port, what must be agreed, how long it has to be silent. Opens nothing."""

import re
from pathlib import Path
from typing import NamedTuple

from serial.tools.list_ports import comports

from assessor.domain import Endpoint, Serial

PORT = re.compile(r"^(/dev/(?!.*\.\.)[\w./:+@-]+|COM[1-9]\d{0,2})$")
"""A device file or a Windows port; nothing that a library could take for the address of a host."""
FORM = "/dev/ttyUSB0, COM3"
UNIT_IDS = range(1, 248)
"""Unit ids of a line with many stations. 0 speaks to all of them at once (Modbus over Serial Line 1.02, 2.2)."""
FAST, FAST_SILENCE = 19200, 0.00175
"""Above this rate the silence between frames no longer shrinks (same source, 2.5.1.1). Seconds."""


class Fault(NamedTuple):
    """What is wrong: where in the endpoint, and the message of the scope that says so."""

    where: tuple[str | int, ...]
    name: str
    params: dict[str, str | int]


def fault(endpoint: Endpoint, is_line: bool, stations: bool) -> Fault | None:
    """What is wrong with the serial side of an endpoint: a line that has another master, or no station's id."""
    if endpoint.serial is not None and not is_line:
        return Fault(("serial",), "serial_unused", {})
    if is_line and PORT.match(endpoint.address) is None:
        return Fault(("address",), "address", {"address": endpoint.address, "form": FORM})
    if is_line and (endpoint.serial is None or not endpoint.serial.sole_master):
        return Fault(("serial",) if endpoint.serial else (), "sole_master", {"address": endpoint.address})
    for at, unit in enumerate(endpoint.units if stations else ()):
        if unit.unit not in UNIT_IDS:
            return Fault(("units", at, "unit"), "station", {"unit": unit.unit})
    return None


def exists(address: str) -> bool:
    """Is the port there? By the system's own list, or as a device file."""
    return address in {port.device for port in comports()} or (
        address.startswith("/dev/") and Path(address).exists()
    )


def bits_a_character(line: Serial) -> int:
    """Start bit, data, parity, stop bits."""
    return 1 + line.byte_size + (line.parity != "none") + line.stop_bits


def silence(line: Serial) -> float:
    """Seconds between two frames: 3.5 characters, and no less than 1.75 ms above 19200 Bd."""
    if line.baudrate > FAST:
        return FAST_SILENCE
    return 3.5 * bits_a_character(line) / line.baudrate
