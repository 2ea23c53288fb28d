"""OUTLINES of districts out of a GeoJSON file from outside: read strictly, bounded, thinned to what is shown."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assessor.domain import District, Message, Region
from assessor.errors import InputError

LARGEST = 8_000_000
"""Bytes of a file."""
MOST_FEATURES, MOST_POINTS = 500, 400_000
WIDTH = 1000
"""Of what is kept, in the units of a drawing: finer points are dropped."""
Point = tuple[float, float]
Shapes = dict[str, list[list[Point]]]
"""Rings of points (degrees of longitude, latitude) by district."""


def read_outlines(data: bytes, regions: Mapping[str, Region]) -> Shapes:
    """Each district's rings, by its id in the lists of regions. Every feature names one district, by its id or its
    name in Chinese, in any of its properties, and each stands once.

    Raises InputError that tells the feature.
    """
    if len(data) > LARGEST:
        raise _wrong("too_large", most=LARGEST // 1_000_000)
    try:
        held = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise _wrong("not_json") from problem
    if not isinstance(held, dict) or held.get("type") != "FeatureCollection":
        raise _wrong("not_a_collection")
    features = held.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        raise _wrong("features", most=MOST_FEATURES)
    districts = [d for region in regions.values() for d in region.districts]
    shapes: Shapes = {}
    for n, feature in enumerate(features, 1):
        id_ = _named(feature, districts, n)
        if id_ in shapes:
            raise _wrong("twice", n=n, id=id_)
        shapes[id_] = list(_rings(feature.get("geometry"), n))
    if sum(len(ring) for rings in shapes.values() for ring in rings) > MOST_POINTS:
        raise _wrong("points", most=MOST_POINTS)
    return _thinned(shapes)


def _wrong(name: str, **params: str | int) -> InputError:
    return InputError(Message(id=f"picture.outline.{name}", params=params))


def _refuse(name: str) -> float:
    raise ValueError(name)


def _named(feature: Any, districts: Sequence[District], n: int) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    values = {str(v).strip() for v in properties.values()} if isinstance(properties, dict) else set()
    found = {d.id for d in districts if d.id in values or d.name.zh in values}
    if len(found) != 1:
        raise _wrong("no_district" if not found else "two_districts", n=n)
    return found.pop()


def _rings(geometry: Any, n: int) -> Iterator[list[Point]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    held = geometry.get("coordinates") if isinstance(geometry, dict) else None
    polygons = [held] if kind == "Polygon" else held if kind == "MultiPolygon" else None
    if not isinstance(polygons, list) or not polygons:
        raise _wrong("geometry", n=n)
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise _wrong("geometry", n=n)
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4:
                raise _wrong("geometry", n=n)
            yield [_point(one, n) for one in ring]


def _point(one: Any, n: int) -> Point:
    if not isinstance(one, list) or len(one) < 2:
        raise _wrong("geometry", n=n)
    x, y = one[0], one[1]
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (x, y))
    if not numbers or not (abs(x) <= 180 and abs(y) <= 85):
        raise _wrong("degrees", n=n)
    return float(x), float(y)


def _thinned(shapes: Shapes) -> Shapes:
    """Without points nearer to the one before than half a unit of the drawing."""
    xs = [x for rings in shapes.values() for ring in rings for x, _ in ring]
    near = (max(xs) - min(xs)) / WIDTH / 2
    return {id_: [_far_apart(ring, near) for ring in rings] for id_, rings in shapes.items()}


def _far_apart(ring: Sequence[Point], near: float) -> list[Point]:
    kept = [ring[0]]
    for point in ring[1:]:
        if math.dist(point, kept[-1]) >= near:
            kept.append(point)
    return kept if len(kept) > 2 else list(ring)


def drawn(shapes: Shapes) -> tuple[dict[str, str], int]:
    """A path of SVG by district, 1000 units wide, and how high all of them are: longitude shrunk as it is at the
    middle latitude, so that a city keeps its shape."""
    points = [p for rings in shapes.values() for ring in rings for p in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * shrink, 1e-9)

    def path(ring: Sequence[Point]) -> str:
        held = " ".join(f"{(x - west) * shrink * scale:.1f},{(north - y) * scale:.1f}" for x, y in ring)
        return f"M{held}Z"

    paths = {id_: "".join(path(ring) for ring in rings) for id_, rings in shapes.items()}
    return paths, max(1, math.ceil((north - south) * scale))
