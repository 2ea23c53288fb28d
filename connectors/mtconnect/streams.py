"""A document of values → samples. UNAVAILABLE is no value and says so."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assessor.domain import BAD_NO_DATA, GOOD, Sample
from assessor.markup import Element
from connectors.mtconnect.devices import NUMERIC, Item
from connectors.mtconnect.document import moment

LONGEST_TEXT = 500
GROUPS = frozenset({"Samples", "Events", "Condition"})


class Head(NamedTuple):
    """What the header of an agent's document says; None where it does not."""

    instance: int | None
    first: int | None
    last: int | None
    next: int | None
    created: int | None


def head(root: Element) -> Head:
    """The header of a document."""
    found = root.first("Header") or Element("Header", "", {})
    return Head(
        instance=found.number("instanceId"),
        first=found.number("firstSequence"),
        last=found.number("lastSequence"),
        next=found.number("nextSequence"),
        created=moment(found.attributes.get("creationTime")),
    )


def values(root: Element) -> Iterator[tuple[str, Element]]:
    """Every value of a document, with the uuid or name of its device."""
    for device in root.all("DeviceStream"):
        name = device.attributes.get("uuid") or device.attributes.get("name", "")
        for component in device.all("ComponentStream"):
            for group in component.children:
                if group.name in GROUPS:
                    yield from ((name, value) for value in group.children)


def sample(item: Item, value: Element, created: int | None, receive: int, mono: int) -> Sample:
    """One row. Source time is the value's own, server time the header's."""
    number, text = None, None
    missing = value.name == "Unavailable" or value.text.strip().upper() == "UNAVAILABLE"
    if not missing:
        number, text = _read(item, value)
    return Sample(
        tag=item.tag.id,
        source=moment(value.attributes.get("timestamp")),
        server=created,
        receive=receive,
        mono=mono,
        status=BAD_NO_DATA if missing or (number is None and not text) else GOOD,
        number=number,
        text=text,
    )


def _read(item: Item, value: Element) -> tuple[float | None, str | None]:
    if item.category == "CONDITION":
        return None, value.name
    if value.children:  # a data set: keys and values
        pairs = (f"{e.attributes.get('key', '?')}={e.text.strip()}" for e in value.children)
        return None, " ".join(pairs)[:LONGEST_TEXT]
    text = value.text.strip()
    if item.category == "SAMPLE" or item.type in NUMERIC:
        parts = text.split()
        series = parts[-1:] if "sampleCount" in value.attributes else parts  # its time is that of the last
        if len(series) == 1 and (number := _number(series[0])) is not None:
            return number, None
    return None, text[:LONGEST_TEXT]


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e308 and "_" not in text else None


def known(items: Mapping[tuple[str, str], Item], device: str, value: Element) -> Item | None:
    """The data item of a value; None for one that the probe did not name."""
    return items.get((device, value.attributes.get("dataItemId", "")))
