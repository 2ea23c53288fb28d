"""The scope file: read and checked against itself. Nothing here contacts anything."""

import difflib
import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

import connectors
from assessor.documents import Lines, load_with_lines, parse
from assessor.domain import (
    Function,
    Limits,
    Message,
    Scope,
    Selection,
    Time,
    Window,
)
from assessor.errors import ContactError, InputError
from connectors.credentials import check_doors
from connectors.export.agreed import check_export
from connectors.profiles import check_profile, names
from connectors.serial_line import fault

HOST = re.compile(r"^(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})$")


def load_scope(path: Path) -> Scope:
    """Read a scope file. What does not fit together is an InputError with file and line."""
    return _with_files(_checked(*load_with_lines(Scope, path)), path)


def read_scope(text: str, name: str) -> Scope:
    """The same from its text; `name` stands for the file in errors. Files of exports stay as they are named."""
    return _checked(*parse(Scope, text, name))


def _checked(scope: Scope, lines: Lines) -> Scope:
    for check in (_ids, _assets, _strata, _endpoints, _addresses, check_doors, _limits, _meanings, _window):
        check(scope, lines)
    return scope


def _with_files(scope: Scope, path: Path) -> Scope:
    """Connectors do not know where the scope lies: a file beside it gets its full path. The bytes that are
    sealed keep what was written."""
    placed = [
        e.model_copy(update={"address": str((path.parent / e.address).resolve())})
        if connectors.scheme(e.protocol) == "file"
        else e
        for e in scope.endpoints
    ]
    return scope.model_copy(update={"endpoints": tuple(placed)})


def _refuse(lines: Lines, path: Iterable[str | int], name: str, **params: str | int) -> InputError:
    return InputError(Message(id=f"contact.scope.{name}", params={**params}), lines.at(*path))


def _unique(items: Iterable[tuple[str, tuple[str | int, ...]]], lines: Lines, name: str) -> None:
    """Refuse the second of two equal texts, naming the first."""
    first: dict[str, tuple[str | int, ...]] = {}
    for text, path in items:
        if text in first:
            where = lines.at(*first[text])
            key = "address" if name == "same_address" else "id"
            raise _refuse(lines, path, name, **{key: text, "first": where})
        first[text] = path


def _known(name: str, known: Collection[str], lines: Lines, *path: str | int, text: str = "unknown") -> None:
    if name not in known:
        nearest = difflib.get_close_matches(name, known, 3) or sorted(known)[:10]
        raise _refuse(lines, path, text, id=name, known=", ".join(nearest) or "-")


def _ids(scope: Scope, lines: Lines) -> None:
    for kind in ("assets", "endpoints", "strata", "key_processes", "profiles"):
        items = [(item.id, (kind, i, "id")) for i, item in enumerate(getattr(scope, kind))]
        _unique(items, lines, "duplicate")
    for i, endpoint in enumerate(scope.endpoints):
        paths = [(b.path, ("endpoints", i, "branches", j, "path")) for j, b in enumerate(endpoint.branches)]
        _unique(paths, lines, "duplicate")
        units = [(str(u.unit), ("endpoints", i, "units", j, "unit")) for j, u in enumerate(endpoint.units)]
        _unique(units, lines, "duplicate")


def _assets(scope: Scope, lines: Lines) -> None:
    """Everything that names an asset names one of the register."""
    assets = {a.id for a in scope.assets}
    strata = {s.id for s in scope.strata} | {"all"}
    for i, asset in enumerate(scope.assets):
        _known(asset.stratum, strata, lines, "assets", i, "stratum")
        if asset.metered_by is not None:
            _known(asset.metered_by, assets, lines, "assets", i, "metered_by")
    for i, process in enumerate(scope.key_processes):
        for j, name in enumerate(process.assets):
            _known(name, assets, lines, "key_processes", i, "assets", j)
    for i, endpoint in enumerate(scope.endpoints):
        if endpoint.asset is not None:
            _known(endpoint.asset, assets, lines, "endpoints", i, "asset")
        for j, branch in enumerate(endpoint.branches):
            _known(branch.asset, assets, lines, "endpoints", i, "branches", j, "asset")
        for j, unit in enumerate(endpoint.units):
            _known(unit.asset, assets, lines, "endpoints", i, "units", j, "asset")


def _strata(scope: Scope, lines: Lines) -> None:
    belongs = {a.id: a.stratum for a in scope.assets}
    for i, stratum in enumerate(scope.strata):
        if stratum.selection != Selection.ALL and not stratum.chosen:
            raise _refuse(lines, ("strata", i), "chosen", stratum=stratum.id)
        if stratum.selection == Selection.DRAWN and stratum.seed is None:
            raise _refuse(lines, ("strata", i), "seed", stratum=stratum.id)
        for j, name in enumerate(stratum.chosen):
            path = ("strata", i, "chosen", j)
            _known(name, belongs, lines, *path)
            if belongs[name] != stratum.id:
                raise _refuse(lines, path, "stray", id=name, stratum=belongs[name])


def _endpoints(scope: Scope, lines: Lines) -> None:
    """A protocol has a connector, a register map is there."""
    profiles = [*names(), *(own.id for own in scope.profiles)]
    for i, own in enumerate(scope.profiles):
        check_profile(own, lines, "profiles", i)
    for i, endpoint in enumerate(scope.endpoints):
        _known(endpoint.protocol, connectors.names(), lines, "endpoints", i, "protocol", text="no_connector")
        if connectors.scheme(endpoint.protocol) == "file":
            check_export(endpoint, {a.id for a in scope.assets}, lines, "endpoints", i)
        for j, unit in enumerate(endpoint.units):
            if unit.profile is not None:
                path = ("endpoints", i, "units", j, "profile")
                _known(unit.profile, profiles, lines, *path, text="no_profile")


def _addresses(scope: Scope, lines: Lines) -> None:
    places: list[tuple[str, tuple[str | int, ...]]] = []
    for i, endpoint in enumerate(scope.endpoints):
        path = ("endpoints", i, "address")
        is_line, stations = connectors.is_serial(endpoint.protocol), connectors.has_stations(endpoint.protocol)
        if found := fault(endpoint, is_line, stations):
            raise _refuse(lines, ("endpoints", i, *found.where), found.name, **found.params)
        if is_line:
            places.append((endpoint.address.lower(), path))
            continue
        scheme = connectors.scheme(endpoint.protocol)
        if scheme == "file":
            continue
        form = f"{scheme}://host:port/path" if scheme else "host:port"
        prefix, separator, rest = endpoint.address.rpartition("//")
        place = rest.partition("/")[0] if scheme else rest
        if "@" in place:
            raise _refuse(lines, path, "credentials")
        host = HOST.match(place)
        spoken = f"{prefix}{separator}" == (f"{scheme}://" if scheme else "")
        if not spoken or host is None or not 0 < int(host["port"]) < 65536:
            raise _refuse(lines, path, "address", address=endpoint.address, form=form)
        places.append((place.lower(), path))
    _unique(places, lines, "same_address")


def _limits(scope: Scope, lines: Lines) -> None:
    for i, endpoint in enumerate(scope.endpoints):
        for j, change in enumerate(endpoint.changes):
            path = ("endpoints", i, "changes", j)
            _known(change.limit, Limits.model_fields, lines, *path, "limit", text="unknown_limit")
            try:
                Limits.model_validate({change.limit: change.value})
            except ValidationError as problem:
                params = {"limit": change.limit, "value": f"{change.value:g}"}
                detail = problem.errors()[0]["msg"]
                raise _refuse(lines, (*path, "value"), "limit_value", detail=detail, **params) from problem


def _meanings(scope: Scope, lines: Lines) -> None:
    for i, rule in enumerate(scope.meanings):
        _known(rule.function, [f.value for f in Function], lines, "meanings", i, "function")


def _window(scope: Scope, lines: Lines) -> None:
    for key in ("window", "precheck_window"):
        window: Window | None = getattr(scope, key)
        if window is None:
            continue
        moments = []
        for end in ("opens", "closes"):
            value = getattr(window, end)
            if (moment := _moment(value)) is None:
                raise _refuse(lines, (key, end), "time", value=value)
            moments.append(moment)
        if moments[1] <= moments[0]:
            raise _refuse(lines, (key, "closes"), "window", opens=window.opens, closes=window.closes)


def _moment(value: str) -> Time | None:
    """ns UTC of an ISO 8601 time with its offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1) * 1000


def check_window(scope: Scope, now: Time) -> None:
    """Raise a ContactError outside the window in which contact was agreed."""
    if scope.window is None:
        return
    opens, closes = _moment(scope.window.opens), _moment(scope.window.closes)
    if opens is None or now < opens:
        raise ContactError(Message(id="contact.window_not_open", params={"opens": scope.window.opens}))
    if closes is None or now >= closes:
        raise ContactError(Message(id="contact.window_closed", params={"closes": scope.window.closes}))


def seconds_left(scope: Scope, now: Time) -> float | None:
    """How long contact is still agreed; None where there is no window."""
    closes = _moment(scope.window.closes) if scope.window else None
    return None if closes is None else max(0.0, (closes - now) / 1e9)
