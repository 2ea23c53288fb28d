"""What a server shows of each asset: found or not, nameplate, item state, companion specifications."""

from collections.abc import Collection

from assessor.domain import BAD, Branch, Device, Message, Nameplate, severity
from connectors.opcua.attribution import branch_of
from connectors.opcua.describe import BASE, PLATE, Point, Space, text, uri
from connectors.opcua.walk import Found
from connectors.opcua.wire import status_name

COMPANIONS = (
    BASE,
    "http://www.opcfoundation.org/UA/",
    "http://www.euromap.org/",
    "http://PLCopen.org/OpcUa/",
    "http://vdma.org/",
    "http://sercos.org/UA/",
)
"""What the namespace URIs of companion specifications begin with."""
Inside = list[tuple[int, Found]]


def devices_of(space: Space) -> tuple[Device, ...]:
    """One device a branch; without branches the server itself."""
    branches = space.endpoint.branches
    if not branches:
        where = space.endpoint.root or "Objects"
        return (_seen(space, space.endpoint.asset, where, list(enumerate(space.found))),)
    inside: dict[Branch, Inside] = {}
    for i, f in enumerate(space.found):
        if branch := branch_of(branches, f.path):
            inside.setdefault(branch, []).append((i, f))
    return tuple(_seen(space, b.asset, b.path, inside[b]) if b in inside else _missing(space, b) for b in branches)


def _missing(space: Space, branch: Branch) -> Device:
    """Absence can be told only where the whole address space was walked."""
    if space.browse.complete:
        problem = Message(id="contact.branch_missing", params={"path": branch.path})
    else:
        params: dict[str, str | int] = {"path": branch.path, "reason": space.browse.stopped_by or "-"}
        problem = Message(id="contact.branch_not_walked", params={**params})
    return Device(asset=branch.asset, where=branch.path, answered=False, problem=problem)


def _seen(space: Space, asset: str | None, where: str, inside: Inside) -> Device:
    spoken = {space.type_namespace(f) for _, f in inside}
    return Device(
        asset=asset,
        where=where,
        answered=True,
        nameplate=_nameplate(space, inside),
        companions=tuple(sorted(u for u in spoken if _is_companion(u))),
        item_state=_item_state(space, inside),
    )


def _nameplate(space: Space, inside: Inside) -> Nameplate | None:
    """The first identification whose type, or whose properties, a companion specification defines."""
    named = {f.parent: uri(f.namespace, space.namespaces) for _, f in inside if f.name in PLATE}
    for i, f in inside:
        told = space.told.get(i, {})
        fields = {PLATE[name]: text(value) for name, value in told.items() if name in PLATE}
        by = next((u for u in (space.type_namespace(f), named.get(i, "")) if _is_companion(u)), None)
        if by and any(fields.values()):
            return Nameplate(source=by, **fields)
    return None


def _is_companion(namespace: str) -> bool:
    return namespace != BASE and namespace.startswith(COMPANIONS)


def _item_state(space: Space, inside: Inside) -> str | None:
    """What the machine's own state machine says (OPC UA Machinery, MachineryItemState)."""
    for i, f in inside:
        if f.name == "MachineryItemState":
            return text(space.told.get(i, {}).get("CurrentState"))
    return None


def after_sampling(
    devices: tuple[Device, ...], points: Collection[Point], statuses: dict[int, int]
) -> tuple[Device, ...]:
    """A device whose every value was Bad did not answer, though its server did.

    `statuses` holds the best status seen of each tag of which rows came.
    """
    result = []
    for device in devices:
        seen = [statuses[p.tag.id] for p in points if p.tag.asset == device.asset and p.tag.id in statuses]
        silent = device.answered and seen and all(severity(s) == BAD for s in seen)
        result.append(_silent(device, seen[0]) if silent else device)
    return tuple(result)


def _silent(device: Device, status: int) -> Device:
    problem = Message(id="contact.only_bad", params={"status": status_name(status)})
    return device.model_copy(update={"answered": False, "problem": problem})
