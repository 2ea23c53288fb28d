"""THIS LAPTOP: does it join two networks, can it be kept awake? Facts for the plant, never a reason to fail."""

import ipaddress
import socket
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from assessor.domain import Message, Noun, Scope

VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "ifb", "vmware", "virtualbox")
"""How names of interfaces begin that lead nowhere but into this machine. A VPN leads out and is none of them."""
FORWARDING = (Path("/proc/sys/net/ipv4/ip_forward"), Path("/proc/sys/net/ipv6/conf/all/forwarding"))


class Network(Noun):
    """A network that this laptop stands in."""

    interface: str
    network: str
    """In CIDR notation: '192.168.1.0/24'."""


class Networks(Noun):
    """Which networks the laptop stands in while it reads a plant's machines."""

    networks: tuple[Network, ...]
    plant: tuple[str, ...]
    """Interfaces whose network holds an endpoint of the scope."""
    forwarding: bool | None
    """Does the system pass packets from one to another? None where it does not say."""
    bridged: bool
    """It stands in two or more, and one of them leads to the plant's machines."""

    @property
    def warning(self) -> Message | None:
        """What to tell a person; None where there is nothing to tell."""
        if not self.bridged:
            return None
        where = ", ".join(f"{n.interface} ({n.network})" for n in self.networks)
        which = "forwarding" if self.forwarding else "bridged"
        return Message(id=f"laptop.{which}", params={"networks": where})


class Interface(Noun):
    """A network interface as the system tells of it."""

    name: str
    up: bool
    addresses: tuple[str, ...]
    """With the length of their network's prefix: '192.168.1.7/24'."""


def networks(interfaces: Sequence[Interface], hosts: Iterable[str], forwarding: bool | None) -> Networks:
    """Judge interfaces against the hosts of a scope. Pure.

    A host that is written as a name, or lies behind a router, is reached through one of the networks all the
    same, so that standing in two of them counts.
    """
    stood = {
        (one.name, net): None
        for one in interfaces
        if one.up and not one.name.lower().startswith(VIRTUAL)
        for net in (ipaddress.ip_interface(address).network for address in one.addresses)
        if not (net.is_loopback or net.is_link_local or net.prefixlen == net.max_prefixlen)
    }
    outside = [host for host in hosts if not _local(host)]
    found = [ip for host in outside if (ip := _ip(host))]
    plant = sorted({name for name, net in stood if any(ip in net for ip in found)})
    apart = _apart(tuple(stood))
    return Networks(
        networks=tuple(Network(interface=name, network=str(net)) for name, net in sorted(stood, key=str)),
        plant=tuple(plant),
        forwarding=forwarding,
        bridged=apart and bool(outside),
    )


def _apart(stood: Sequence[tuple[str, ipaddress.IPv4Network | ipaddress.IPv6Network]]) -> bool:
    """Do two interfaces share no network? A cable and a radio in the same office do."""
    by_name: dict[str, set[object]] = {}
    for name, net in stood:
        by_name.setdefault(name, set()).add(net)
    held = list(by_name.values())
    return any(not (a & b) for i, a in enumerate(held) for b in held[i + 1 :])


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _local(host: str) -> bool:
    ip = _ip(host)
    return host.lower() == "localhost" if ip is None else ip.is_loopback


def looked_at(scope: Scope) -> Networks:
    """The networks that this laptop stands in now. Contacts nothing."""
    return networks(interfaces(), (host for host, _ in scope.places), forwards())


def interfaces() -> tuple[Interface, ...]:
    """The interfaces of this machine; none where the system does not tell."""
    try:
        states, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
    except (OSError, psutil.Error):
        return ()
    return tuple(
        Interface(
            name=name,
            up=name in states and states[name].isup,
            addresses=tuple(_prefixed(a.address, a.netmask) for a in held if a.family in FAMILIES and a.netmask),
        )
        for name, held in addresses.items()
    )


def reached_at() -> tuple[str, ...]:
    """Addresses by which other devices in the same networks reach this machine; IPv4, as people can type them."""
    found = [
        ipaddress.ip_interface(address).ip
        for one in interfaces()
        if one.up and not one.name.lower().startswith(VIRTUAL)
        for address in one.addresses
    ]
    return tuple(str(ip) for ip in found if ip.version == 4 and not (ip.is_loopback or ip.is_link_local))


FAMILIES = (socket.AF_INET, socket.AF_INET6)


def _prefixed(address: str, mask: str) -> str:
    """'192.168.1.7/24' of an address and its mask, as either family writes it."""
    bare = address.partition("%")[0]
    bits = bin(int(ipaddress.ip_address(mask.partition("%")[0]))).count("1") if not mask.isdigit() else int(mask)
    return f"{bare}/{bits}"


def forwards() -> bool | None:
    """Does the system pass packets between networks? None where it does not say (anything but Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    said = [file.read_text("ascii").strip() for file in FORWARDING if file.is_file()]
    return any(value not in ("0", "") for value in said) if said else None


class Awake(Noun):
    """Is this laptop kept from falling asleep while it samples?"""

    kept: bool
    method: str | None = None
    """By which means of the system."""

    @property
    def message(self) -> Message:
        return Message(id="laptop.awake" if self.kept else "laptop.may_sleep")


@contextmanager
def awake() -> Iterator[Awake]:
    """Keep the laptop from sleeping where the system allows it; says whether it worked, and never fails."""
    with ExitStack() as held:
        try:
            from wakepy import keep  # noqa: PLC0415 - what it needs of the system may be absent

            mode = held.enter_context(keep.running(on_fail="pass"))
            state = Awake(kept=bool(mode.active), method=str(mode.method.name) if mode.method else None)
        except Exception:  # a sampling run is worth more than a laptop that stays awake
            state = Awake(kept=False)
        yield state
