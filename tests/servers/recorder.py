"""A recording proxy on the wire: passes bytes on and writes down what each client frame asks for.

Runs in a process of its own: reads {"name": "host:port", ...} as one line of JSON from standard input, prints
{"name": "127.0.0.1:port", ...}, serves until its input closes. A line of JSON a frame goes to the file.
"""

import asyncio
import json
import struct
import sys
from pathlib import Path
from typing import Any, TextIO

from asyncua import ua

SERVICES = {
    value: name.removesuffix("Request_Encoding_DefaultBinary")
    for name, value in vars(ua.ObjectIds).items()
    if name.endswith("Request_Encoding_DefaultBinary")
}


def opcua_frames(buffer: bytearray) -> list[str]:
    """Take whole OPC UA TCP messages off the buffer; name the service of each first chunk."""
    found = []
    while len(buffer) >= 8:
        kind, size = bytes(buffer[:4]), struct.unpack_from("<I", buffer, 4)[0]
        if len(buffer) < size:
            break
        body, buffer[:size] = bytes(buffer[8:size]), b""
        if kind[:3] == b"MSG":
            encoding = body[16]
            number = body[17] if encoding == 0 else struct.unpack_from("<H", body, 18)[0]
            found.append(SERVICES.get(number, f"unknown {number}"))
        elif kind[:3] in (b"OPN", b"CLO"):
            found.append("OpenSecureChannel" if kind[:3] == b"OPN" else "CloseSecureChannel")
        elif kind[:3] != b"HEL":
            found.append(f"unknown {kind!r}")
    return found


def modbus_frames(buffer: bytearray) -> list[str]:
    """Take whole Modbus TCP requests off the buffer; name the function code of each."""
    found = []
    while len(buffer) >= 8:
        size = 6 + struct.unpack_from(">H", buffer, 4)[0]
        if len(buffer) < size:
            break
        frame, buffer[:size] = bytes(buffer[:size]), b""
        sub = f"/{frame[8]}" if frame[7] == 43 else ""
        found.append(f"fc{frame[7]}{sub}")
    return found


async def relay(name: str, target: str, log: TextIO) -> str:
    """One proxy; its own address."""
    host, port = target.rsplit(":", 1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.close()
            return
        buffer = bytearray()
        kind: Any = None

        def note(data: bytes) -> None:
            nonlocal kind
            buffer.extend(data)
            if kind is None and len(buffer) >= 3:
                kind = opcua_frames if buffer[:3] == b"HEL" else modbus_frames
            for service in kind(buffer) if kind else []:
                log.write(json.dumps({"endpoint": name, "service": service}) + "\n")
                log.flush()

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, watch: bool) -> None:
            try:
                while data := await source.read(65536):
                    if watch:
                        note(data)
                    sink.write(data)
                    await sink.drain()
            except OSError:
                pass
            finally:
                sink.close()

        await asyncio.gather(pump(reader, far_writer, True), pump(far_reader, writer, False))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def main(log: TextIO) -> None:
    targets = json.loads(sys.stdin.readline())
    addresses = {name: await relay(name, target, log) for name, target in targets.items()}
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", encoding="utf-8") as record:
        asyncio.run(main(record))
