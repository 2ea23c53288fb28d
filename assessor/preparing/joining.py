"""JOIN the lines of one address: several units of a gateway, or several machines of a server, are one endpoint."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import connectors
from assessor.domain import SYSTEMS, Endpoint, Message, Role, Unit
from assessor.forms.changes import Problem
from assessor.forms.filled import Row
from assessor.forms.words import both
from assessor.preparing.network import Network, problem

ALIKE = ("protocol", "path", "role")
"""What the lines of one address must agree on."""


@dataclass(frozen=True)
class Place:
    """One line of the sheet, each of its cells taken."""

    row: Row
    machines: tuple[str, ...]
    protocol: str
    host: str
    """'host:port'"""
    path: str
    unit: int | None
    profile: str | None
    role: Role


def join(places: Iterable[Place], problems: list[Problem]) -> Network:
    """The endpoints of all lines, in their order. What lines of one address disagree on is a problem."""
    by_host: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_host[place.host.lower()].append(place)
    taken: set[str] = set()
    endpoints: list[Endpoint] = []
    behind: dict[str, tuple[str, ...]] = {}
    remarks: dict[str, tuple[str, ...]] = {}
    for lines in by_host.values():
        if not _agree(lines, problems):
            continue
        endpoint = _endpoint(lines, taken)
        taken.add(endpoint.id)
        endpoints.append(endpoint)
        machines = tuple(dict.fromkeys(m for line in lines for m in line.machines))
        if not endpoint.units and endpoint.asset is None and machines:
            behind[endpoint.id] = machines
        if said := tuple(dict.fromkeys(line.row["remarks"] for line in lines if line.row["remarks"])):
            remarks[endpoint.id] = said
    return Network(entries=(), endpoints=tuple(endpoints), behind=behind, remarks=remarks)


def _agree(lines: Sequence[Place], problems: list[Problem]) -> bool:
    """Do they name one thing, and each unit once?"""
    first, before = lines[0], len(problems)
    units: dict[int, Place] = {}
    for line in lines:
        for column in ALIKE:
            if getattr(line, column) != getattr(first, column):
                text = both(f"network.column.{column}")
                message = Message(id="network.differs", params={"first": first.row.name(column), "column": text})
                problems.append(problem(line.row, column, message))
        if line.unit is not None and (other := units.setdefault(line.unit, line)) is not line:
            params: dict[str, str | int] = {"unit": line.unit, "first": other.row.name("unit")}
            problems.append(problem(line.row, "unit", Message(id="network.unit_twice", params={**params})))
    return len(problems) == before


def _endpoint(lines: Sequence[Place], taken: set[str]) -> Endpoint:
    """An endpoint is called after its machine or its role, never after its address: names leave the plant."""
    first = lines[0]
    machines = tuple(dict.fromkeys(m for line in lines for m in line.machines))
    single = machines[0] if len(machines) == 1 and first.role not in SYSTEMS | {Role.GATEWAY} else None
    scheme, path = connectors.scheme(first.protocol), f"/{first.path}" if first.path else ""
    units = tuple(
        Unit(unit=line.unit, asset=line.machines[0], profile=line.profile)
        for line in lines
        if line.unit is not None
    )
    return Endpoint(
        id=_id(single, first.role, taken),
        protocol=first.protocol,
        address=first.host if scheme is None else f"{scheme}://{first.host}{path}",
        role=first.role,
        asset=None if units else single,
        units=units,
    )


def _id(single: str | None, role: Role, taken: set[str]) -> str:
    if single is not None and single not in taken:
        return single
    n = 1
    while f"{role.value}-{n}" in taken:
        n += 1
    return f"{role.value}-{n}"
