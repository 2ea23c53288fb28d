"""The scope file: read, checked against itself, previewed. Nothing here contacts anything."""

import difflib
import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

import connectors
from assessor.documents import Lines, load_with_lines
from assessor.domain import (
    SPOKEN,
    Asset,
    Endpoint,
    Function,
    Interface,
    Limits,
    Load,
    Message,
    Noun,
    Scope,
    Selection,
    Slug,
    Time,
    Window,
)
from assessor.errors import ContactError, InputError
from connectors.credentials import check_doors
from connectors.export.agreed import check_export
from connectors.guard import may_send
from connectors.profiles import MapUsed, check_profile, maps_used, names
from connectors.serial_line import fault

HOST = re.compile(r"^(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})$")


class Untestable(Noun):
    """A machine of the register that this scope cannot test, and why."""

    asset: Slug
    why: Message


class Reach(Noun):
    """How much of the register can be tested at all."""

    machines: int
    """Production equipment in use: the denominator."""
    testable: tuple[Slug, ...]
    recorded: tuple[Slug, ...]
    """Not asked themselves: only an exported record speaks of them."""
    untestable: tuple[Untestable, ...]


class ChangedLimit(Noun):
    """A limit that the plant allowed to differ for one endpoint."""

    endpoint: Slug
    limit: str
    usual: float
    value: float
    why: str


class Allowed(Noun):
    """What may be sent to endpoints of one protocol, and nothing else."""

    protocol: str
    services: tuple[str, ...]
    """OPC UA services, or Modbus function codes as 'fc3'."""


class Preview(Noun):
    """What a run will ask of the plant, at most. Stated before anything is sent."""

    seconds: float
    loads: tuple[Load, ...]
    requests: int
    requests_per_second: float
    bytes_per_second: float
    connections: int
    changes: tuple[ChangedLimit, ...]
    reach: Reach
    allowed: tuple[Allowed, ...] = ()
    limits: Limits = Limits()
    """Of the run as a whole; `changes` name what differs for one endpoint."""
    maps: tuple[MapUsed, ...] = ()


def load_scope(path: Path) -> Scope:
    """Read a scope file. What does not fit together is an InputError with file and line."""
    scope, lines = load_with_lines(Scope, path)
    for check in (_ids, _assets, _strata, _endpoints, _addresses, check_doors, _limits, _meanings, _window):
        check(scope, lines)
    return _with_files(scope, path)


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


def reach(scope: Scope) -> Reach:
    """How many machines of the register can be tested at all, and why the others cannot."""
    asked = _named(e for e in scope.endpoints if e.export is None)
    recorded = _named(e for e in scope.endpoints if e.export is not None) - asked
    chosen = {s.id: set(s.chosen) for s in scope.strata if s.selection != Selection.ALL}
    machines = [a for a in scope.assets if a.production and a.in_use]
    untestable = [
        Untestable(asset=a.id, why=_why_not(a, chosen)) for a in machines if a.id not in asked | recorded
    ]
    return Reach(
        machines=len(machines),
        testable=tuple(a.id for a in machines if a.id in asked),
        recorded=tuple(a.id for a in machines if a.id in recorded),
        untestable=tuple(untestable),
    )


def _named(endpoints: Iterable[Endpoint]) -> set[str | None]:
    """The assets that endpoints speak of."""
    named: set[str | None] = set()
    for e in endpoints:
        named |= {e.asset, *(b.asset for b in e.branches), *(u.asset for u in e.units)}
        named |= {tag.asset for tag in (e.export.tags if e.export else ())}
    return named


def _why_not(asset: Asset, chosen: dict[str, set[str]]) -> Message:
    interface = asset.interface
    params: dict[str, str] = {}
    if interface == Interface.NONE:
        name = "interface_none"
    elif interface == Interface.UNKNOWN:
        name = "unknown"
    elif interface not in SPOKEN:
        name, params = "not_spoken", {"interface": interface.value}
    elif asset.stratum in chosen and asset.id not in chosen[asset.stratum]:
        name = "not_chosen"
    else:
        name, params = "out_of_scope", {"interface": interface.value}
    return Message(id=f"contact.untestable.{name}", params={**params})


def preview(scope: Scope, seconds: float) -> Preview:
    """The load of a run of so many seconds, before anything is sent."""
    loads = tuple(connectors.get(e.protocol).preview(e, scope, seconds) for e in scope.endpoints)
    changes = tuple(
        ChangedLimit(
            endpoint=e.id,
            limit=c.limit,
            usual=getattr(scope.limits, c.limit),
            value=c.value,
            why=c.why,
        )
        for e in scope.endpoints
        for c in e.changes
    )
    return Preview(
        seconds=seconds,
        loads=loads,
        requests=sum(load.requests for load in loads),
        requests_per_second=sum(load.requests_per_second for load in loads),
        bytes_per_second=sum(load.bytes_per_second for load in loads),
        connections=sum(load.connections for load in loads),
        changes=changes,
        reach=reach(scope),
        allowed=_allowed(scope),
        limits=scope.limits,
        maps=maps_used(scope),
    )


def _allowed(scope: Scope) -> tuple[Allowed, ...]:
    found: dict[str, set[str]] = {}
    for endpoint in scope.endpoints:
        own: frozenset[str] = getattr(connectors.get(endpoint.protocol), "SERVICES", frozenset())
        services = may_send(endpoint.protocol, endpoint.report_id) or own
        found.setdefault(endpoint.protocol, set()).update(services)
    order = sorted(found.items())
    return tuple(Allowed(protocol=name, services=tuple(sorted(services))) for name, services in order)
