"""READ a network sheet: one line an address, into endpoints of a scope; every fault with its sheet and cell."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import connectors
from assessor.domain import SYSTEMS, Asset, Message, Role, Text
from assessor.errors import InputError
from assessor.forms.changes import Problem
from assessor.forms.excel.layout import pair
from assessor.forms.filled import Filled, Row, filled, folded, listed, names
from assessor.forms.words import both
from assessor.preparing.joining import Place, join
from assessor.preparing.network import COLUMNS, ENTERED, NEEDED, Entry, Network, problem, protocols
from assessor.tables import read_tables
from connectors.profiles import names as register_maps
from connectors.scope import HOST
from connectors.serial_line import UNIT_IDS

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 64
"""Letters of an id."""
PATH = re.compile(r"(?!.*//)[^\s\x00-\x1f\x7f-\x9f]*")
ADDRESS = ("port", "path", "unit", "profile")
"""What is entered of an address only."""


def read_network(file: Path, assets: Sequence[Asset] | None = None) -> Network:
    """What a sheet says. `assets`: the register that its machines must stand in; any id will do where absent.

    Raises InputError for what is no such sheet; a wrong cell is a problem of the Network.
    """
    sheet = _sheet(file)
    reader = _Reader(sheet, assets)
    places = [place for row in sheet.rows if (place := reader.place(row)) is not None]
    entries = tuple(Entry(**{column: row[column] for column in ENTERED}) for row in sheet.rows)
    joined = join(places, reader.problems)
    if reader.problems:
        return Network(entries=entries, problems=tuple(reader.problems))
    addressed = {machine for place in places for machine in place.machines}
    silent = tuple(m for m in dict.fromkeys(reader.unaddressed) if m not in addressed)
    return joined.model_copy(update={"entries": entries, "unaddressed": silent})


def _sheet(file: Path) -> Filled:
    """The sheet that has most of the columns, whatever it is called now; a needed one may not be missing."""
    headings = {column: names(both(f"network.column.{column}")) for column in COLUMNS}
    found = max((filled(table, headings) for table in read_tables(file)), key=lambda one: len(one.columns))
    for column in NEEDED:
        if column not in found.columns:
            message = Message(id="network.no_column", params={"column": both(f"network.column.{column}")})
            raise InputError(message, found.table.cell(found.header, 0))
    return found


@dataclass
class _Reader:
    """Takes one line after another; what cannot be taken is noted, and the line left out."""

    sheet: Filled
    assets: Sequence[Asset] | None
    problems: list[Problem] = field(default_factory=list)
    unaddressed: list[str] = field(default_factory=list)

    def place(self, row: Row) -> Place | None:
        """Where a line leads; None where it has no address, or one that cannot be taken."""
        before = len(self.problems)
        machines = self._machines(row)
        if not row["host"]:
            if any(row[column] for column in ADDRESS):
                self._wrong(row, "host", "no_host")
            self.unaddressed += machines
            return None
        protocol = self._picked(row, "protocol", protocols())
        role = self._picked(row, "role", [r.value for r in Role])
        host, port = self._host(row), self._whole(row, "port", range(1, 65536))
        unit = self._details(row, protocol) if protocol else None
        if protocol and role:
            self._belonging(row, protocol, Role(role), machines)
        if len(self.problems) > before or not (protocol and role and host and port):
            return None
        path = row["path"].lstrip("/")
        return Place(row, machines, protocol, f"{host}:{port}", path, unit, row["profile"] or None, Role(role))

    def _wrong(self, row: Row, at: str, name: str, **params: str | int | Text) -> None:
        told = {key: value[:300] if isinstance(value, str) else value for key, value in params.items()}
        self.problems.append(problem(row, at, Message(id=f"network.{name}", params=told)))

    def _empty(self, row: Row, at: str) -> None:
        self._wrong(row, at, "empty", column=both(f"network.column.{at}"))

    def _picked(self, row: Row, column: str, known: Collection[str]) -> str | None:
        """The id of what was chosen; its words in either language will do, and the id itself."""
        given = row[column]
        if not given:
            self._empty(row, column)
            return None
        labels = {id_: both(f"network.{column}.{id_.replace('-', '_')}") for id_ in known}
        for id_, label in labels.items():
            if folded(given) in names(label) | {folded(id_)}:
                return id_
        offered = ", ".join(pair(label, " ") for label in labels.values())
        told = {"given": given[:80], "known": offered}
        self._wrong(row, column, "not_listed", column=both(f"network.column.{column}"), **told)
        return None

    def _host(self, row: Row) -> str | None:
        given = row["host"]
        if "@" in given:  # what stands before it may be a password, and is not repeated
            self._wrong(row, "host", "credentials")
        elif HOST.match(f"{given}:1") is None:
            self._wrong(row, "host", "host", given=given[:80])
        else:
            return given
        return None

    def _whole(self, row: Row, column: str, bounds: range) -> int | None:
        given = row[column]
        if not given:
            self._empty(row, column)
        elif not (given.isascii() and given.isdigit() and len(given) < 9 and int(given) in bounds):
            self._wrong(row, column, column, given=given[:80], least=bounds.start, most=bounds.stop - 1)
        else:
            return int(given)
        return None

    def _details(self, row: Row, protocol: str) -> int | None:
        """What only some protocols have: path or unit. Gives the unit."""
        name = both(f"network.protocol.{protocol.replace('-', '_')}")
        if connectors.scheme(protocol) is None:
            if row["path"]:
                self._wrong(row, "path", "path_unused", protocol=name)
            if row["profile"] and row["profile"] not in register_maps():
                self._wrong(row, "profile", "no_profile", given=row["profile"][:80],
                            near=_near(row["profile"], register_maps()))  # fmt: skip
            return self._whole(row, "unit", UNIT_IDS if connectors.has_stations(protocol) else range(256))
        for column in ("unit", "profile"):
            if row[column]:
                self._wrong(row, column, "unit_unused", protocol=name)
        if PATH.fullmatch(row["path"]) is None:
            self._wrong(row, "path", "path", given=row["path"][:80])
        return None

    def _belonging(self, row: Row, protocol: str, role: Role, machines: tuple[str, ...]) -> None:
        """A unit is one machine; what is a machine or a meter is one of the register."""
        by_unit = connectors.scheme(protocol) is None
        if len(machines) > 1 and by_unit:
            self._wrong(row, "machines", "one_machine")
        elif not row["machines"] and (by_unit or role not in SYSTEMS | {Role.GATEWAY}):
            self._wrong(row, "machines", "which_machine", role=both(f"network.role.{role.value}"))

    def _machines(self, row: Row) -> tuple[str, ...]:
        found = [id_ for given in listed(row["machines"]) if (id_ := self._machine(row, given)) is not None]
        return tuple(dict.fromkeys(found))

    def _machine(self, row: Row, given: str) -> str | None:
        """The machine of an id, or of a name that only one machine has."""
        if self.assets is None:
            if SLUG.fullmatch(given) and len(given) <= LONGEST:
                return given
            self._wrong(row, "machines", "machine_id", given=given[:80])
            return None
        ids = [a.id for a in self.assets]
        named = [a.id for a in self.assets if folded(given) in names(a.name)]
        if given in ids:
            return given
        if len(named) == 1:
            return named[0]
        if named:
            self._wrong(row, "machines", "several_named", given=given[:80], ids=", ".join(named))
        else:
            self._wrong(row, "machines", "no_machine", given=given[:80], near=_near(given, ids))
        return None


def _near(given: str, known: Collection[str]) -> str:
    return ", ".join(difflib.get_close_matches(given, known, 3) or sorted(known)[:5]) or "-"
