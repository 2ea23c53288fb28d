"""A small OPC UA server in a process of its own: `opcua_small.py LOG [what ...]`.

Simulated. It writes every request's type to LOG as one line each. `what` asks for special behaviour:
'strange' adds a value that clients cannot decode, 'stranger' forty; 'few' allows three nodes a call and
does not say so; 'relay' adds machines that an aggregator has lost, each in another way; 'discrete' adds
values whose numbers have words; a number is the port to take. Prints its address as JSON, ends when its input
closes.
"""

import asyncio
import json
import math
import socket
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncua import Server, ua
from asyncua.server.uaprocessor import UaProcessor

MACHINERY = "http://opcfoundation.org/UA/Machinery/"
DI = "http://opcfoundation.org/UA/DI/"
LOST = {"Line3.IMM05.Temp": 0x00000000, "Line3.IMM06.Temp": 0x40900000, "Line3.IMM07.Temp": 0x00960000}


def record(log: Path, few: bool) -> None:
    """Write down every request as it is taken from the wire, before the server looks at it."""
    inner = UaProcessor._process_message

    async def process(self, typeid, requesthdr, seqhdr, body):  # type: ignore[no-untyped-def]
        name = ua.ObjectIdNames.get(typeid.Identifier, str(typeid.Identifier))
        with log.open("a") as file:
            file.write(name.partition("Request")[0] + "\n")
        if few and name.startswith("ReadRequest"):
            params = ua.ua_binary.struct_from_binary(ua.ReadParameters, body.copy())
            if len(params.NodesToRead) > 3:
                raise ua.uaerrors.BadTooManyOperations
        return await inner(self, typeid, requesthdr, seqhdr, body)

    UaProcessor._process_message = process


async def build(server: Server, strange: int, relay: bool) -> list:
    """One machine with a nameplate, flat tags of two machines, odd values."""
    own = await server.register_namespace("urn:test:small")
    machinery = await server.register_namespace(MACHINERY)
    di = await server.register_namespace(DI)
    objects = server.nodes.objects
    kind = await server.nodes.base_object_type.add_object_type(
        ua.NodeId(1012, machinery), ua.QualifiedName("MachineIdentificationType", machinery)
    )
    press = await objects.add_object(ua.NodeId("Press", own), ua.QualifiedName("Press", own))
    plate = await press.add_object(
        ua.NodeId("Press.Id", own), ua.QualifiedName("Identification", di), objecttype=kind.nodeid
    )
    await plate.add_property(ua.NodeId("Press.Id.M", own), ua.QualifiedName("Manufacturer", di),
                             ua.LocalizedText("Test Works"))  # fmt: skip
    await plate.add_property(ua.NodeId("Press.Id.S", own), ua.QualifiedName("SerialNumber", di), "SN-1")
    states = await press.add_object(
        ua.NodeId("Press.State", own), ua.QualifiedName("MachineryItemState", machinery)
    )
    await states.add_variable(
        ua.NodeId("Press.State.C", own), ua.QualifiedName("CurrentState", 0), ua.LocalizedText("Executing")
    )
    force = await press.add_variable(ua.NodeId("Press.Force", own), ua.QualifiedName("Force", own), 1.5)
    await force.add_property(
        ua.NodeId("Press.Force.EU", own), ua.QualifiedName("EngineeringUnits", 0),
        ua.EUInformation(NamespaceUri="http://x", DisplayName=ua.LocalizedText("kN")),
    )  # fmt: skip
    await force.add_property(
        ua.NodeId("Press.Force.R", own), ua.QualifiedName("EURange", 0), ua.Range(Low=0.0, High=400.0)
    )
    flat = []
    for name, value in (
        ("Line1.IMM01.Count", ua.Variant(7, ua.VariantType.Int64)),
        ("Line1.IMM01.Running", ua.Variant(True, ua.VariantType.Boolean)),
        ("Line1.IMM01.Order", ua.Variant("A-17", ua.VariantType.String)),
        ("Line1.IMM01.Curve", ua.Variant([1.0, 2.0], ua.VariantType.Double)),
        ("Line1.IMM02.Count", ua.Variant(0, ua.VariantType.Int64)),
        ("Line1.IMM02.Temp", ua.Variant(0.0, ua.VariantType.Double)),
    ):
        flat.append(await objects.add_variable(ua.NodeId(name, own), ua.QualifiedName(name, own), value))
    if relay:
        for name in LOST:
            await objects.add_variable(ua.NodeId(name, own), ua.QualifiedName(name, own), 20.0)
    await flat[0].set_writable()
    await flat[1].set_attr_bit(ua.AttributeIds.UserAccessLevel, ua.AccessLevel.HistoryRead)
    await force.add_reference(press, ua.ObjectIds.Organizes)  # a loop, as some servers have
    for number in range(strange):
        odd = ua.ExtensionObject(ua.NodeId(ua.ObjectIds.EUInformation_Encoding_DefaultBinary), b"\x07")
        name = f"Odd{number or ''}"
        await press.add_variable(
            ua.NodeId(f"Press.{name}", own), ua.QualifiedName(name, own),
            ua.Variant(odd, ua.VariantType.ExtensionObject), datatype=ua.NodeId(ua.ObjectIds.EUInformation),
        )  # fmt: skip  # too short for its type
    return [force, *flat]


async def discrete(server: Server) -> None:
    """A state by a list of words, one by pairs, one by true and false, and lists that make no sense."""
    own = await server.get_namespace_index("urn:test:small")
    pairs = [
        ua.EnumValueType(Value=n, DisplayName=ua.LocalizedText(w)) for n, w in ((10, "Idle"), (20, "Running"))
    ]
    told = {
        "Listed": [("EnumStrings", [ua.LocalizedText(w) for w in ("Stopped", "", "Running")])],
        "Paired": [("EnumValues", pairs)],
        "Flag": [("TrueState", ua.LocalizedText("Running")), ("FalseState", ua.LocalizedText("Stopped"))],
        "Odd": [("EnumStrings", 7.5), ("EnumValues", "no list")],
    }
    for name, properties in told.items():
        node = await server.nodes.objects.add_variable(ua.NodeId(name, own), ua.QualifiedName(name, own), 2)
        for property_, value in properties:
            at = ua.NodeId(f"{name}.{property_}", own)
            await node.add_property(at, ua.QualifiedName(property_, 0), value)


async def relay(server: Server) -> None:
    """One value is frozen and stamped anew by the server, one is a last usable one, one was typed in."""
    own = await server.get_namespace_index("urn:test:small")
    while True:
        now = datetime.now(UTC)
        for name, status in LOST.items():
            value = ua.DataValue(
                ua.Variant(20.0, ua.VariantType.Double), ua.StatusCode(ua.UInt32(status)), now, now
            )  # fmt: skip
            await server.get_node(ua.NodeId(name, own)).write_value(value)
        await asyncio.sleep(0.2)


async def move(nodes: list) -> None:
    """Values move five times a second; one machine is off line behind its server."""
    force, count, *_ = nodes
    off = ua.StatusCode(ua.StatusCodes.BadNoCommunication)
    late = datetime.now(UTC) - timedelta(hours=1)
    turn = 0
    while True:
        now = datetime.now(UTC)
        await force.write_value(ua.DataValue(ua.Variant(math.sin(time.time())), SourceTimestamp=now))
        await count.write_value(ua.DataValue(ua.Variant(turn, ua.VariantType.Int64), SourceTimestamp=late))
        for node in nodes[-2:]:
            await node.write_value(ua.DataValue(ua.Variant(None), StatusCode=off, SourceTimestamp=None))
        turn += 1
        await asyncio.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def main(log: Path, what: list[str]) -> None:
    record(log, "few" in what)
    port = next((int(w) for w in what if w.isdigit()), None) or free_port()
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    server.set_server_name("small test server (simulated)")
    nodes = await build(server, 40 if "stranger" in what else int("strange" in what), "relay" in what)
    if "discrete" in what:
        await discrete(server)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    async with server:
        moving = asyncio.gather(move(nodes), *([relay(server)] if "relay" in what else []))
        sys.stdout.write(json.dumps({"address": f"opc.tcp://127.0.0.1:{port}/"}) + "\n")
        sys.stdout.flush()
        await ended.wait()
        moving.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
