"""What an address space is evidence of: typed or flat, described or bare, by which companion specifications.

Counted for each asset and for the whole server; nothing is judged here.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from assessor.domain import AddressSpace, Companion
from connectors.opcua.describe import BASE, WRITE_BIT, Space
from connectors.opcua.hierarchy import lineage
from connectors.opcua.walk import PLAIN, Found

COMPANIONS = (
    BASE,
    "http://www.opcfoundation.org/ua/",
    "http://www.euromap.org/",
    "http://plcopen.org/opcua/",
    "http://vdma.org/",
    "http://sercos.org/ua/",
    "http://fdi-cooperation.com/opcua/",
)
"""What the namespace URIs of companion specifications begin with, in small letters."""
CONDITION = ua.NodeId(ua.Int32(ObjectIds.ConditionType))
KEPT = 20
"""Condition types that are named at most."""


@cache
def _base_conditions() -> frozenset[ua.NodeId]:
    """ConditionType and the types of the base namespace that are derived from it (OPC 10000-9)."""
    names = (
        n for n in vars(ObjectIds) if n.endswith(("ConditionType", "AlarmType")) or n == "DialogConditionType"
    )
    return frozenset(ua.NodeId(ua.Int32(getattr(ObjectIds, n))) for n in names) | {CONDITION}


def is_companion(namespace: str) -> bool:
    """Is this the namespace of a companion specification?"""
    return namespace != BASE and namespace.lower().startswith(tuple(c.lower() for c in COMPANIONS))


def spoken(space: Space, found: Found) -> set[str]:
    """Companion specifications that a node's type, or one it is derived from, belongs to."""
    line = lineage(found.type_definition, space.above)
    named = {space.names.get(t, "").partition("#")[0] for t in line}
    return {n for n in named if is_companion(n)}


def companions(space: Space) -> tuple[Companion, ...]:
    """Every companion specification of the namespace array, or met in use, with its instances."""
    used: Counter[str] = Counter(uri for f in space.found for uri in spoken(space, f))
    known = {u for u in space.namespaces if is_companion(u)} | set(used)
    return tuple(Companion(uri=uri, instances=used[uri]) for uri in sorted(known))


def address_space(space: Space, inside: Iterable[int]) -> AddressSpace:
    """Counts over some of the nodes found, by index."""
    indices = list(inside)
    objects = [i for i in indices if not space.found[i].variable]
    variables = [i for i in indices if i in space.own]
    typed = [i for i in objects if space.found[i].typed]
    below = [i for i in variables if _is_below_typed(space, i)]
    conditions = [i for i in objects if _is_condition(space, space.found[i].type_definition)]
    own = [space.own[i] for i in variables]
    return AddressSpace(
        objects=len(objects),
        typed_objects=len(typed),
        companion_objects=sum(bool(spoken(space, space.found[i])) for i in typed),
        variables=len(variables),
        typed_variables=len(below),
        flat_variables=len(variables) - len(below),
        described=sum(a.description is not None for a in own),
        with_unit=_tell(space, variables, "EngineeringUnits"),
        with_range=_tell(space, variables, "EURange"),
        with_instrument_range=_tell(space, variables, "InstrumentRange"),
        historizing=sum(a.historizing is True for a in own),
        writable=sum(bool(a.may & WRITE_BIT) for a in own if a.may is not None),
        alterable=sum(bool(a.user_write_mask) for a in own),
        notifiers=sum(i in space.notifiers for i in objects),
        event_sources=sum(space.found[i].id in space.event_sources for i in indices),
        conditions=len(conditions),
        condition_types=_condition_types(space, indices, conditions),
    )


def _tell(space: Space, variables: Iterable[int], name: str) -> int:
    return sum(name in space.told.get(i, {}) for i in variables)


def _is_below_typed(space: Space, index: int) -> bool:
    """Does it stand in a typed object? Plain objects group what such a one has (ParameterSet of OPC UA DI), so
    they are looked through; a folder ends the search."""
    above = space.found[index].parent
    while above >= 0 and (space.found[above].variable or space.found[above].type_definition == PLAIN):
        above = space.found[above].parent
    return above >= 0 and space.found[above].typed


def _is_condition(space: Space, type_definition: ua.NodeId | None) -> bool:
    return not _base_conditions().isdisjoint(lineage(type_definition, space.above))


def _condition_types(space: Space, indices: Iterable[int], conditions: Iterable[int]) -> tuple[str, ...]:
    types = {t for i in conditions if (t := space.found[i].type_definition) is not None}
    types |= {t for i in indices for t in space.conditions.get(space.found[i].id, ())}
    return tuple(sorted({space.names[t] for t in types if t in space.names}))[:KEPT]
