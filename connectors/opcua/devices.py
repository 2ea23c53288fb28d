"""What a server shows of each asset: found or not, nameplate, item state, companion specifications."""

from collections.abc import Collection
from typing import Any

from assessor.domain import BAD, Branch, Device, Message, Nameplate, severity
from connectors.attribution import branch_of
from connectors.opcua.describe import PLATE, Point, Space, text, uri
from connectors.opcua.evidence import address_space, is_companion, spoken
from connectors.opcua.walk import Found
from connectors.opcua.wire import status_name

PACKML = "http://opcfoundation.org/UA/PackML/"
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
    return Device(
        asset=asset,
        where=where,
        answered=True,
        nameplate=_nameplate(space, inside),
        companions=tuple(sorted({uri for _, f in inside for uri in spoken(space, f)})),
        item_state=_state_of(space, inside, "MachineryItemState"),
        operation_mode=_state_of(space, inside, "MachineryOperationMode"),
        packml_state=_packml_state(space, inside),
        space=address_space(space, (i for i, _ in inside)),
    )


def _nameplate(space: Space, inside: Inside) -> Nameplate | None:
    """The first identification whose type, or whose properties, a companion specification defines."""
    named = {f.parent: uri(f.namespace, space.namespaces) for _, f in inside if f.name in PLATE}
    for i, f in inside:
        told = space.told.get(i, {})
        fields = {field: _plate(field, told[name]) for name, field in PLATE.items() if name in told}
        by = next((u for u in (space.type_namespace(f), named.get(i, "")) if is_companion(u)), None)
        if by and any(fields.values()):
            return Nameplate(source=by, **fields)
    return None


def _plate(field: str, value: Any) -> str | int | None:
    if field == "year_of_construction":
        return value if type(value) is int and value > 0 else None
    return text(value)


def _state_of(space: Space, inside: Inside, name: str) -> str | None:
    """What one of the machine's own state machines says (OPC UA Machinery)."""
    for i, f in inside:
        if f.name == name and (state := text(space.told.get(i, {}).get("CurrentState"))):
            return state
    return None


def _packml_state(space: Space, inside: Inside) -> str | None:
    """The deepest PackML state machine that tells its state: they are nested, the inner one says more."""
    machines = [
        (f.depth, state)
        for i, f in inside
        if PACKML in spoken(space, f) and (state := text(space.told.get(i, {}).get("CurrentState")))
    ]
    return max(machines, key=lambda m: m[0])[1] if machines else None


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
