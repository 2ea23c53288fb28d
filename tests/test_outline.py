"""Outlines from outside: read strictly, bounded, thinned, drawn in the city's own shape."""

import json
from typing import Any

import pytest

from assessor.errors import InputError
from assessor.frameworks import load_library
from assessor.portfolio import outline
from assessor.portfolio.outline import drawn, read_outlines

REGIONS = load_library().regions
SQUARE = [[[121.0, 31.0], [121.2, 31.0], [121.2, 31.2], [121.0, 31.2], [121.0, 31.0]]]


def feature(name: Any = "松江区", geometry: Any = None, key: str = "NAME") -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": SQUARE} if geometry is None else geometry
    return {"type": "Feature", "properties": {key: name}, "geometry": shape}


def file(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_outlines(data, REGIONS)
    return caught.value.message.id


def test_a_district_is_named_by_its_id_or_its_full_name_in_any_property() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [SQUARE, [[[122, 31], [122.1, 31], [122.1, 31.1], [122, 31]]]]}
    found = read_outlines(file(feature(), feature("minhang", parts, "code")), REGIONS)
    assert set(found) == {"songjiang", "minhang"} and len(found["minhang"]) == 2


@pytest.mark.parametrize(
    ("data", "id_"),
    [
        (b"\xff\xfe", "not_json"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "not_json"),
        (b'{"type": "Feature"}', "not_a_collection"),
        (b"[]", "not_a_collection"),
        (file(), "features"),
        (file(*[feature()] * 501), "features"),
        (file(feature("徐汇")), "no_district"),
        (file(feature(["songjiang"])), "no_district"),
        (file("songjiang"), "no_district"),
        (file({"properties": {"a": "songjiang", "b": "闵行区"}}), "two_districts"),
        (file(feature(), feature("songjiang")), "twice"),
        (file(feature(geometry={"type": "Point", "coordinates": [121, 31]})), "geometry"),
        (file(feature(geometry={"type": "Polygon", "coordinates": []})), "geometry"),
        (file(feature(geometry={"type": "Polygon", "coordinates": [[[1, 2]] * 3]})), "geometry"),
        (file(feature(geometry={"type": "Polygon", "coordinates": [[[1], [2], [3], [4]]]})), "geometry"),
        (file(feature(geometry={"type": "Polygon", "coordinates": [[[13500000.0, 3600000.0]] * 4]})), "degrees"),
        (file(feature(geometry={"type": "Polygon", "coordinates": [[["121", "31"]] * 4]})), "degrees"),
        (file(feature(geometry={"type": "Polygon", "coordinates": [[[True, 31]] * 4]})), "degrees"),
    ],
)
def test_anything_else_is_refused_and_told(data: bytes, id_: str) -> None:
    assert refused(data) == f"picture.outline.{id_}"


def test_size_and_points_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "LARGEST", 100)
    assert refused(file(feature())) == "picture.outline.too_large"
    monkeypatch.setattr(outline, "LARGEST", 10_000)
    monkeypatch.setattr(outline, "MOST_POINTS", 4)
    assert refused(file(feature())) == "picture.outline.points"


@pytest.mark.slow
def test_points_that_no_page_could_show_apart_are_dropped() -> None:
    line = [[121 + n / 1_000_000, 31.0] for n in range(200_000)]
    ring = [*line, [121.2, 31.2], [121.0, 31.2], [121.0, 31.0]]
    found = read_outlines(file(feature(geometry={"type": "Polygon", "coordinates": [ring]})), REGIONS)
    assert len(found["songjiang"][0]) < 2_100


def test_a_square_on_the_ground_is_drawn_square_and_north_is_up() -> None:
    degrees = 0.1 / 0.8572  # longitude at 31 degrees is so much shorter
    ring = [(121.0, 31.0), (121.0 + degrees, 31.0), (121.0 + degrees, 31.1), (121.0, 31.1), (121.0, 31.0)]
    paths, height = drawn({"songjiang": [ring]})
    assert abs(height - 1000) < 5
    assert paths["songjiang"].startswith("M0.0,") and paths["songjiang"].endswith("Z")
    assert float(paths["songjiang"].split()[0].split(",")[1]) > 990  # the south is below
