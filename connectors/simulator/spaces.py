"""What a simulated OPC UA server's address space holds, counted as the connector counts it, without a wire."""

from collections.abc import Callable

from assessor.domain import AddressSpace, Companion
from connectors.simulator.plant import OpcUaServer, Place, SimulatedPlant
from connectors.simulator.tags import Shown, shown

Objects = dict[str, str | None]
"""By path: the type as 'uri#Name'; None where it is a plain object."""


def space_of(plant: SimulatedPlant, server: OpcUaServer, branch: str | None) -> AddressSpace:
    """Counts below one branch of a server; of all of it where there are no branches."""
    inside = _inside(branch)
    objects = objects_of(plant, server)
    here = [path for path in objects if inside(path)]
    tags = [tag for tag in shown(plant, server) if inside(tag.path)]
    typed = sum(_is_typed(objects, _above(tag)) for tag in tags)
    variables = [tag.variable for tag in tags]
    kinds = sum(objects[path] is not None for path in here)
    return AddressSpace(
        objects=len(here),
        typed_objects=kinds,
        companion_objects=kinds,
        variables=len(tags),
        typed_variables=typed,
        flat_variables=len(tags) - typed,
        described=sum(bool(v.description) for v in variables),
        with_unit=sum(bool(v.unit) for v in variables),
        with_range=sum(None not in (v.low, v.high) for v in variables),
        writable=sum(v.writable for v in variables),
    )


def companions_of(plant: SimulatedPlant, server: OpcUaServer) -> tuple[Companion, ...]:
    """The companion specifications that its objects are typed by."""
    used = [kind.rpartition("#")[0] for kind in objects_of(plant, server).values() if kind]
    return tuple(Companion(uri=uri, instances=used.count(uri)) for uri in sorted(set(used)))


def objects_of(plant: SimulatedPlant, server: OpcUaServer) -> Objects:
    """Every object of a server. What lies above a place or a tag is made as plain objects."""
    objects: Objects = {}
    for place in server.places:
        if not place.path.endswith("."):
            _make(objects, place.path, place.type)
            for part in plant.shape(place.shape).parts:
                _make(objects, f"{place.path}/{part.name}", part.type)
            if place.plate:
                _make(objects, f"{place.path}/Identification", None)
    for tag in shown(plant, server):
        if above := _above(tag):
            _make(objects, above, None)
    return objects


def _make(objects: Objects, path: str, kind: str | None) -> None:
    names = path.split("/")
    for depth in range(1, len(names)):
        objects.setdefault("/".join(names[:depth]), None)
    objects.setdefault(path, kind)


def _is_typed(objects: Objects, path: str) -> bool:
    """Is there a typed object at a path or above? The plain ones between are no folders."""
    while path:
        if objects[path] is not None:
            return True
        path = path.rpartition("/")[0]
    return False


def _above(tag: Shown) -> str:
    """The object a tag stands in; a flat one stands in Objects itself."""
    return "" if _is_flat(tag.place) else tag.path.rpartition("/")[0]


def _is_flat(place: Place) -> bool:
    return place.path.endswith(".")


def _inside(branch: str | None) -> Callable[[str], bool]:
    if branch is None:
        return lambda _: True
    below = branch if branch.endswith(".") else f"{branch}/"
    return lambda path: path == branch or path.startswith(below)
