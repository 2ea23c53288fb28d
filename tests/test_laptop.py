"""The laptop: two networks are said to be two, one to be one; keeping awake never fails a run."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import laptop
from assessor.domain import Endpoint, Role
from assessor.laptop import Interface, networks
from assessor.messages import render
from tests.conftest import need
from tests.test_bundle import SCOPE

CABLE = Interface(name="Ethernet", up=True, addresses=("192.168.10.7/24", "fe80::1/64", "169.254.3.4/16"))
RADIO = Interface(name="WLAN", up=True, addresses=("10.20.1.9/16", "2001:db8::7/64"))
SAME = RADIO.model_copy(update={"addresses": ("192.168.10.8/24",)})
LOOP = Interface(name="Loopback Pseudo-Interface 1", up=True, addresses=("127.0.0.1/8", "::1/128"))
PLANT = ("192.168.10.20", "192.168.10.21")


@pytest.mark.parametrize(
    ("held", "hosts", "bridged", "plant"),
    [
        ((CABLE, LOOP), PLANT, False, ("Ethernet",)),
        ((CABLE, RADIO, LOOP), PLANT, True, ("Ethernet",)),
        ((CABLE, RADIO.model_copy(update={"up": False})), PLANT, False, ("Ethernet",)),
        (
            (CABLE, SAME),
            PLANT,
            False,
            ("Ethernet", "WLAN"),
        ),
        ((CABLE, RADIO), ("127.0.0.1", "localhost", "[::1]"), False, ()),
        ((CABLE, RADIO), ("172.16.0.1",), True, ()),
        ((CABLE, RADIO), ("plc7.plant.example",), True, ()),
        ((CABLE, RADIO), ("[2001:db8::20]",), True, ("WLAN",)),
        ((CABLE, RADIO.model_copy(update={"name": "vEthernet (WSL)"})), PLANT, False, ("Ethernet",)),
        ((CABLE, RADIO.model_copy(update={"name": "docker0"})), PLANT, False, ("Ethernet",)),
        ((CABLE, RADIO.model_copy(update={"name": "wg0"})), PLANT, True, ("Ethernet",)),
        ((CABLE, RADIO.model_copy(update={"addresses": ("169.254.1.1/16",)})), PLANT, False, ("Ethernet",)),
        ((CABLE, RADIO.model_copy(update={"name": "Local Area Connection 2"})), PLANT, True, ("Ethernet",)),
        ((), PLANT, False, ()),
    ],
)
def test_two_networks_are_two(
    held: tuple[Interface, ...], hosts: tuple[str, ...], bridged: bool, plant: tuple[str, ...]
) -> None:
    found = networks(held, hosts, forwarding=False)
    assert (found.bridged, found.plant) == (bridged, plant)
    assert (found.warning is not None) == bridged


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_warning_names_both_networks_and_whether_packets_pass(language: str) -> None:
    for forwarding, id_ in ((True, "laptop.forwarding"), (False, "laptop.bridged"), (None, "laptop.bridged")):
        warning = networks((CABLE, RADIO), PLANT, forwarding).warning
        assert warning is not None and warning.id == id_
        text = render(warning, language)  # type: ignore[arg-type]
        assert "192.168.10.0/24" in text and "10.20.0.0/16" in text and "WLAN" in text


@given(
    held=st.lists(
        st.builds(
            Interface,
            name=st.sampled_from(["eth0", "eth1", "wlan0", "docker0"]),
            up=st.booleans(),
            addresses=st.lists(st.sampled_from(["10.0.0.1/8", "10.1.0.1/16", "172.16.0.1/12", "::1/128"])).map(
                tuple
            ),
        ),
        max_size=5,
        unique_by=lambda one: one.name,
    )
)
def test_the_order_of_interfaces_changes_nothing_and_one_is_never_two(held: list[Interface]) -> None:
    found = networks(held, PLANT, None)
    assert found == networks(held[::-1], PLANT, None)
    real = [one for one in held if one.up and one.name != "docker0" and one.addresses]
    assert not found.bridged or len(real) >= 2


def test_this_machine_tells_of_its_interfaces() -> None:
    found = laptop.interfaces()
    assert any("127.0.0.1/8" in one.addresses for one in found)
    assert laptop.looked_at(SCOPE).bridged is False, "every endpoint is on this machine"


def test_the_hosts_of_a_scope_are_taken_from_its_addresses() -> None:
    modbus = Endpoint(id="m", protocol="modbus-tcp", address="[2001:db8::1]:502", role=Role.METER)
    scope = SCOPE.model_copy(update={"endpoints": (*SCOPE.endpoints, modbus)})
    assert scope.places == (("127.0.0.1", 4840), ("[2001:db8::1]", 502))


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network namespace of the test's own with two interfaces in two networks."""
    ip = need("ip")
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: network namespaces need root")
    name = f"day-{uuid.uuid4().hex[:8]}"
    if subprocess.run([ip, "netns", "add", name], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this machine allows no network namespace")
    try:
        yield name
    finally:
        subprocess.run([ip, "netns", "delete", name], check=True)


@pytest.mark.slow
def test_real_interfaces_in_a_namespace(namespace: str) -> None:
    def ran(*command: str) -> str:
        whole = ["ip", "netns", "exec", namespace, *command]
        return subprocess.run(whole, capture_output=True, text=True, check=True, timeout=60).stdout

    def told() -> dict[str, object]:
        code = (
            "from assessor import laptop as l; import sys\n"
            "found = l.networks(l.interfaces(), ['10.99.1.20'], l.forwards())\n"
            "sys.stdout.write(found.model_dump_json())"
        )
        return json.loads(ran(sys.executable, "-c", code))  # type: ignore[no-any-return]

    for device, peer in (("plant0", "veth-a"), ("office0", "veth-b")):
        ran("ip", "link", "add", device, "type", "veth", "peer", "name", peer)
        ran("ip", "link", "set", peer, "up")
    ran("ip", "addr", "add", "10.99.1.7/24", "dev", "plant0")
    ran("ip", "addr", "add", "10.99.2.7/24", "dev", "office0")
    ran("ip", "link", "set", "plant0", "up")
    alone = told()
    assert (alone["bridged"], alone["plant"]) == (False, ["plant0"])
    ran("ip", "link", "set", "office0", "up")
    ran("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    both = told()
    assert (both["bridged"], both["forwarding"], both["plant"]) == (True, True, ["plant0"])
    assert len(both["networks"]) == 2  # type: ignore[arg-type]


def test_keeping_awake_says_whether_it_worked_and_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with laptop.awake() as state:
        assert state.kept == (state.message.id == "laptop.awake")
        assert not state.kept or state.method
    monkeypatch.setitem(sys.modules, "wakepy", None)
    with laptop.awake() as state:
        assert not state.kept
    with pytest.raises(KeyError), laptop.awake():
        raise KeyError("what happens while awake is not swallowed")
