"""The network sheet as nouns: what was typed into it, and what it says of the plant's addresses."""

from collections.abc import Iterable

import connectors
from assessor.domain import SPOKEN, Asset, Endpoint, Interface, Message, Noun, Slug
from assessor.errors import InputError
from assessor.forms.changes import Problem
from assessor.forms.excel.layout import pair
from assessor.forms.filled import Row
from assessor.forms.words import both

COLUMNS = ("machines", "names", "protocol", "host", "port", "path", "unit", "profile", "role", "remarks")
ENTERED = tuple(column for column in COLUMNS if column != "names")
"""What is read; names of machines stand there for the reader's eye."""
NEEDED = ("machines", "protocol", "host", "port", "role")
BY_INTERFACE = {
    Interface.OPCUA: "opcua",
    Interface.MODBUS_TCP: "modbus-tcp",
    Interface.MTCONNECT: "mtconnect",
}
"""The protocol that a register's word for an interface means. Modbus RTU says nothing of the gateway before it."""


class Entry(Noun):
    """One line of the sheet, as typed."""

    machines: str = ""
    protocol: str = ""
    host: str = ""
    port: str = ""
    path: str = ""
    unit: str = ""
    profile: str = ""
    role: str = ""
    remarks: str = ""


class Network(Noun):
    """What a filled-in sheet says. Where something is wrong with it there are problems and no endpoints."""

    entries: tuple[Entry, ...]
    endpoints: tuple[Endpoint, ...] = ()
    behind: dict[Slug, tuple[Slug, ...]] = {}
    """By endpoint the machines that are seen through it, where no address tells them apart: their branches are
    assigned once the server was walked."""
    remarks: dict[Slug, tuple[str, ...]] = {}
    unaddressed: tuple[Slug, ...] = ()
    """Machines that stand there without an address."""
    problems: tuple[Problem, ...] = ()

    def sound(self) -> "Network":
        """The same; InputError with the first fault and the number of others where there is one."""
        if self.problems:
            first, others = self.problems[0], len(self.problems) - 1
            more = f" (+{others})" if others else ""
            raise InputError(first.message, f"{first.sheet}!{first.cell}{more}" if first.cell else first.sheet)
        if not self.endpoints:
            raise InputError(Message(id="network.nothing"))
        return self


def problem(row: Row, column: str, message: Message) -> Problem:
    """What is wrong with a cell of the sheet."""
    return Problem(sheet=row.table.name or row.table.file, cell=row.name(column), message=message)


def protocols() -> tuple[str, ...]:
    """Those that have a host and a port: no serial line, no file."""
    return tuple(p for p in connectors.names() if not connectors.is_serial(p) and connectors.scheme(p) != "file")


def choice(group: str, name: str) -> str:
    """How a protocol or a role stands in the sheet: '网关 gateway'."""
    return pair(both(f"network.{group}.{name.replace('-', '_')}"), " ")


def prefilled(assets: Iterable[Asset]) -> tuple[Entry, ...]:
    """A line for each machine in use whose interface, by the register, is one that we speak."""
    return tuple(_line(asset) for asset in assets if asset.in_use and asset.interface in SPOKEN)


def _line(asset: Asset) -> Entry:
    protocol = BY_INTERFACE.get(asset.interface)
    if protocol is None:  # through a gateway or a serial line: the plant's IT knows
        return Entry(machines=asset.id, remarks=pair(both("network.behind_gateway"), " "))
    return Entry(machines=asset.id, protocol=choice("protocol", protocol), role=choice("role", "machine"))
