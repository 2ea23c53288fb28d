"""REACH: to which addresses a process that samples for others may connect, whatever a scope names.

A scope says what a factory agreed to; whoever runs the system says in which networks its machine may go looking
at all. What a name resolves to is looked up once and judged as an address. `confine` then holds the whole process
to those addresses and ports, below every library: nothing that a server answers, no redirect, and no name that
resolves to something else a moment later leads further.

The hook sees `socket.connect` as CPython raises it. Windows' own event loop connects past it: there the check
before the run holds, and the hook does not.
"""

import errno
import ipaddress
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import connectors
from assessor.domain import Endpoint, Message, Scope
from assessor.errors import InputError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Place = tuple[str, int]
"""An address in its plainest form, and a port."""
SITE, CREDENTIALS = "site", "credentials"
INTERNET = (socket.AF_INET, socket.AF_INET6)


@dataclass(frozen=True)
class Reach:
    """Where a process may go. `networks` None: this machine stands in the plant and belongs to whoever samples, so
    that it goes wherever the scope says, serial lines of this machine included."""

    networks: tuple[Network, ...] | None
    credentials: bool = False
    """May a scope use passwords and keys of this machine? Whoever writes a scope says where they are sent."""

    @property
    def on_site(self) -> bool:
        return self.networks is None

    @property
    def written(self) -> str:
        """As `read_reach` takes it."""
        words = [SITE] if self.networks is None else [str(network) for network in self.networks]
        return " ".join([*words, *([CREDENTIALS] if self.credentials else [])])

    def holds(self, address: Address) -> bool:
        return self.networks is None or any(
            address.version == network.version and address in network for network in self.networks
        )


def read_reach(text: str) -> Reach | None:
    """'site', or networks as '10.20.0.0/16 fd00:20::/64', and 'credentials' where a scope may use those of this
    machine; None where nothing is named: no sampling at all."""
    words = text.replace(",", " ").split()
    places = [word for word in words if word != CREDENTIALS]
    credentials = len(places) < len(words)
    if not places:
        return None
    if places == [SITE]:
        return Reach(None, credentials)
    try:
        return Reach(tuple(ipaddress.ip_network(word) for word in places), credentials)
    except ValueError as problem:
        raise InputError(Message(id="visit.reach.bad_network", params={"detail": str(problem)})) from problem


def check_reach(scope: Scope, reach: Reach) -> frozenset[Place]:
    """What the scope's addresses come to, all of it within reach. Asks for names, and contacts nothing else.

    Raises InputError that names the endpoint.
    """
    for endpoint in scope.endpoints:
        _own_things(endpoint, reach)
    found: set[Place] = set()
    for endpoint in scope.endpoints:
        for host, port in scope.model_copy(update={"endpoints": (endpoint,)}).places:
            found |= {(str(address), port) for address in _within(endpoint, host, port, reach)}
    return frozenset(found)


def _own_things(endpoint: Endpoint, reach: Reach) -> None:
    """Files, lines and secrets of this machine are its owner's, and not for whoever writes a scope."""
    if connectors.scheme(endpoint.protocol) == "file":
        raise InputError(Message(id="visit.reach.file"), endpoint.id)
    if connectors.is_serial(endpoint.protocol) and not reach.on_site:
        raise InputError(Message(id="visit.reach.line"), endpoint.id)
    if endpoint.credential is not None and not reach.credentials:
        raise InputError(Message(id="visit.reach.credential"), endpoint.id)


def _within(endpoint: Endpoint, host: str, port: int, reach: Reach) -> list[Address]:
    addresses = resolved(host, port)
    if not addresses:
        if reach.on_site:
            return []  # a name that nobody knows today is the run's to tell, as of any endpoint
        raise InputError(Message(id="visit.reach.no_such_name", params={"host": host}), endpoint.id)
    for address in addresses:
        if not reach.holds(address):
            params = {"host": host, "address": str(address)}
            raise InputError(Message(id="visit.reach.outside", params=params), endpoint.id)
    return addresses


def resolved(host: str, port: int) -> list[Address]:
    """Every address that a host stands for, plainly; none where nobody knows the name."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(plain(str(one[4][0])) for one in found if one[0] in INTERNET))


def plain(text: str) -> Address:
    """An address by what it leads to: an IPv4 address in the clothes of IPv6 is that one, and the unspecified
    address is this machine."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified:
        return ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return address


def confine(places: Iterable[Place]) -> None:
    """From now on this process connects to these places and to no other. Cannot be undone."""
    allowed = frozenset(places)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and args[1] is not None:
            _judge(args[0], args[1], allowed)

    sys.addaudithook(hook)


def _judge(sock: socket.socket, target: Any, allowed: frozenset[Place]) -> None:
    """Raises PermissionError, which every caller of a socket is used to."""
    if sock.family not in INTERNET:
        return  # a socket of this machine's own, such as the one it is kept awake by
    host, port = target[:2]
    try:
        place = (str(plain(str(host))), int(port))
    except ValueError:  # a name: nobody looked at what it stands for
        place = (str(host), int(port))
    if place not in allowed:
        raise PermissionError(errno.EACCES, f"{host}:{port} is not one of the addresses of this run")
