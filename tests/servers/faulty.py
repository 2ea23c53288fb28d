"""A faulty line: a proxy that passes bytes on and, between server and client, does one thing wrong.

Runs in a process of its own: reads {"name": {"target": "host:port", "fault": "reset", ...}, ...} as one line of
JSON from standard input, prints {"name": "127.0.0.1:port", ...}, serves until its input closes.

Given with a fault: `when`, a file from whose appearance on the fault is there (from the start where absent);
`once`, on how many connections it strikes (all where absent); `seed`; `seconds`; `after`, bytes of answers.
Faults: none · delay (every answer late by `seconds`) · drip (a byte a second) · stall (nothing comes any more, the
line stays open) · half-open (the same, and the server is gone) · reset · cut (closed in the middle of an answer) ·
twice (every answer comes twice) · late (every answer comes with the next one) · header (bits of frame headers
turned over) · anywhere (bits anywhere) · garbage (noise instead of some answers) · noise (noise before some
answers) · close (accepts and closes) · silent (accepts, never answers) · cable (nothing passes for `seconds`).
"""

import asyncio
import json
import random
import struct
import sys
import time
from pathlib import Path
from typing import Any

HEADER = {True: [*range(28), *range(36, 44)], False: [*range(9)]}
"""Offsets that are no value. OPC UA: message, channel, sequence, type, handle, result. Modbus: up to the count."""
SHARE = 0.15
"""Of answers that noise strikes."""


def whole(buffer: bytearray) -> bytes:
    """Take the next complete frame off the buffer, of either protocol; empty where there is none yet."""
    opcua = buffer[:1].isalpha() and buffer[:3].isupper()
    if len(buffer) < 8:
        return b""
    size = struct.unpack_from("<I", buffer, 4)[0] if opcua else 6 + struct.unpack_from(">H", buffer, 4)[0]
    frame = bytes(buffer[:size]) if len(buffer) >= size else b""
    del buffer[: len(frame)]
    return frame


class Fault:
    """What one proxy does wrong, and whether it does so now."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.kind = given["fault"]
        self.seconds, self.after = given.get("seconds", 0.1), given.get("after", 0)
        self.random = random.Random(given.get("seed", 1))
        self._when = Path(given["when"]) if "when" in given else None
        self._left = given.get("once", 1 << 30)
        self.since: float | None = None

    def there(self) -> bool:
        """Is the fault there?"""
        if self._left <= 0 or (self._when and not self._when.exists()):
            return False
        self.since = self.since or time.monotonic()
        return True

    def struck(self) -> None:
        """One connection is done for."""
        self._left -= 1

    def changed(self, frame: bytes) -> bytes:
        """What comes instead of a frame, of faults that leave the line open."""
        chance = self.random.random()
        match self.kind:
            case "twice":
                return frame + frame
            case "header" | "anywhere" if chance < SHARE:
                opcua = frame[:3].isalpha()
                places = HEADER[opcua] if self.kind == "header" else range(len(frame))
                return self._flipped(frame, [p for p in places if p < len(frame)])
            case "garbage" if chance < SHARE:
                return self.random.randbytes(len(frame))
            case "noise" if chance < SHARE:
                return self.random.randbytes(self.random.randint(1, 40)) + frame
        return frame

    def _flipped(self, frame: bytes, places: list[int]) -> bytes:
        changed = bytearray(frame)
        for _ in range(self.random.randint(1, 3)):
            changed[self.random.choice(places)] ^= 1 << self.random.randrange(8)
        return bytes(changed)


class Line:
    """One connection through a proxy."""

    def __init__(self, fault: Fault, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.fault, self.client, self.server = fault, client, server
        self.dead, self.held = False, b""

    async def asks(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            await self._cable()
            if not (self.dead and self.fault.kind == "half-open"):
                self.server.write(data)
                await self.server.drain()

    async def answers(self, reader: asyncio.StreamReader) -> None:
        buffer = bytearray()
        while data := await reader.read(65536):
            buffer += data
            await self._cable()
            while frame := whole(buffer):
                if not self.dead:
                    await self._answer(frame)

    async def _answer(self, frame: bytes) -> None:
        fault = self.fault
        if not fault.there():
            self.client.write(frame)
        elif fault.kind in ("stall", "half-open", "reset", "cut"):
            self._strike(frame)
        elif fault.kind == "drip":
            for byte in frame:
                self.client.write(bytes([byte]))
                await asyncio.sleep(1)
        else:
            await asyncio.sleep(fault.seconds if fault.kind == "delay" else 0)
            self.client.write(self._earlier(frame) if fault.kind == "late" else fault.changed(frame))
        await self.client.drain()

    def _earlier(self, frame: bytes) -> bytes:
        """The answer before this one, of the same connection; this one waits for the next."""
        frame, self.held = self.held, frame
        return frame

    def _strike(self, frame: bytes) -> None:
        """The connection ends here, or seems to."""
        self.dead = True
        self.client.write(frame[: self.fault.after])
        self.fault.struck()
        if self.fault.kind == "half-open":
            self.server.close()
        elif self.fault.kind == "reset":
            self.client.transport.abort()
        elif self.fault.kind == "cut":
            self.client.close()

    async def _cable(self) -> None:
        """Hold what arrives while the cable is pulled."""
        if self.fault.kind == "cable" and self.fault.there():
            assert self.fault.since is not None
            await asyncio.sleep(max(0.0, self.fault.since + self.fault.seconds - time.monotonic()))


async def relay(given: dict[str, Any]) -> str:
    """One proxy; its own address."""
    host, port = given["target"].rsplit(":", 1)
    fault = Fault(given)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault.kind == "close":
            writer.close()
            return
        if fault.kind == "silent":
            while await reader.read(65536):
                pass
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        line = Line(fault, writer, far_writer)
        ways = [asyncio.create_task(line.asks(reader)), asyncio.create_task(line.answers(far_reader))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if line.dead and fault.kind == "half-open":
                await asyncio.wait(ways[:1])
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, far_writer):
                end.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    addresses = {name: await relay(given) for name, given in wanted.items()}
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
