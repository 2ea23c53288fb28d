"""What a scope says of an export, checked against itself before the file is touched."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime

from assessor.documents import Lines
from assessor.domain import SYSTEMS, Endpoint, Export, Message
from assessor.errors import InputError
from connectors.export import times

Fault = tuple[str, tuple[str | int, ...], dict[str, str]]
"""The name of a text, where below the endpoint, and what fills its gaps."""
OPEN = "ASK"
"""Stands in a draft where only a person knows; a scope that still holds it is refused."""
FOREIGN = re.compile(r"^([\\/]{2}|[A-Za-z][A-Za-z0-9+.-]+:)")
"""A share of another machine or a URL: a file in the network is not contacted, it is copied here first."""


def check_export(endpoint: Endpoint, assets: Collection[str], lines: Lines, *path: str | int) -> None:
    """Raise an InputError with file and line where an endpoint of protocol 'export' is not said in full."""
    how = endpoint.export
    for name, at, params in (*_of_endpoint(endpoint), *(_of_file(how, assets) if how else ())):
        raise InputError(Message(id=f"export.scope.{name}", params={**params}), lines.at(*path, *at))


def _of_endpoint(endpoint: Endpoint) -> Iterator[Fault]:
    if endpoint.export is None:
        yield "missing", (), {}
    if endpoint.role not in SYSTEMS:
        yield "role", ("role",), {"role": endpoint.role.value}
    if FOREIGN.match(endpoint.address):
        yield "foreign", ("address",), {"address": endpoint.address}


def _of_file(how: Export, assets: Collection[str]) -> Iterator[Fault]:
    yield from _left_open(how)
    if _aware(how.taken_at) is None:
        yield "taken_at", ("export", "taken_at"), {"value": how.taken_at}
    for name in ("tag", "value") if how.layout == "long" else ():
        if getattr(how, name) is None:
            yield "long", ("export",), {"column": name}
    if how.time_zone is not None and times.zone(how.time_zone) is None:
        yield "zone", ("export", "time_zone"), {"zone": how.time_zone}
    if how.time_zone is None and not _has_offset(how.time_format):
        yield "no_zone", ("export",), {}
    if not _is_time_format(how.time_format):
        yield "pattern", ("export", "time_format"), {"form": how.time_format}
    if how.thousands == how.decimal:
        yield "marks", ("export", "thousands"), {"mark": how.decimal}
    for i, tag in enumerate(how.tags):
        if tag.asset is not None and tag.asset not in assets:
            yield "asset", ("export", "tags", i, "asset"), {"asset": tag.asset}


def _left_open(how: Export) -> Iterator[Fault]:
    """A draft whose questions nobody has answered."""
    for name in ("system", "taken_by", "time"):
        if getattr(how, name) == OPEN:
            yield "open", ("export", name), {"field": name}
    for i, tag in enumerate(how.tags):
        if tag.unit == OPEN:
            yield "open", ("export", "tags", i), {"field": "unit"}


def _aware(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _has_offset(form: str) -> bool:
    """Do times of this form say where they were taken? Those in 'iso' may: their first row shows it."""
    return form in ("iso", "unix", "unix-ms") or "%z" in form


def _is_time_format(form: str) -> bool:
    """A pattern must give back the day and hour it wrote: '%H' without its day would be one of 1900."""
    if form in ("iso", "excel", "unix", "unix-ms"):
        return True
    moment = datetime(2026, 11, 24, 13, 5)
    try:
        back = datetime.strptime(moment.strftime(form), form)
    except (ValueError, re.error):
        return False
    return back.date() == moment.date() and back.hour in (0, 13)
