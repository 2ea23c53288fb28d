"""A Modbus RTU peer that misbehaves as told: `modbus_rtu.py MODE LOG`, over TCP, or on a pseudo-terminal where
the mode begins with 'line-'. Prints its address, ends when its input closes.

Modes: those of modbus_bad.py that answer or keep silent, and late (an answer takes 0.4 s and every second one
1.1 s, to whoever is connected then, as on a bus behind a gateway; registers hold the number of the question)
· noise (a wrong check sum) · stranger (another unit answers) · other (another function code answers) · babble
(somebody speaks all the time, unasked) · hum (one stray byte) · bits (coils and discrete inputs: bit n is on
where n is divisible by three). Every request is written to the file given as 'unit fc start count'. Simulated.
"""

import asyncio
import json
import os
import struct
import sys
import tty
from collections.abc import Callable
from pathlib import Path

from tests.servers.modbus_bad import Peer

USUAL, LATE = 0.4, 1.1
SIZES = {1: 8, 2: 8, 3: 8, 4: 8, 17: 4, 43: 7}


def checked(frame: bytes) -> bytes:
    """The frame with its check sum, low byte first (Modbus over Serial Line 1.02, 6.2.2)."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return frame + struct.pack("<H", crc)


class Station(Peer):
    """Whoever answers on the bus."""

    def __init__(self, mode: str, log: Path) -> None:
        super().__init__(mode, log)
        self.write: Callable[[bytes], object] = lambda _: None
        self.buffer = b""

    def heard(self, data: bytes) -> None:
        """Bytes of a request; an answer goes out once it is whole."""
        self.buffer += data
        while len(self.buffer) >= 2 and len(self.buffer) >= (size := SIZES.get(self.buffer[1], 8)):
            frame, self.buffer = self.buffer[:size], self.buffer[size:]
            assert checked(frame[:-2]) == frame, "a check sum that is wrong"
            answer = self.answer(frame[0], frame[1:-2])
            if answer:
                self.send(frame[0], answer)

    def answer(self, unit: int, pdu: bytes) -> bytes:
        whole = super().answer(unit, pdu)
        if pdu[0] in (3, 4) and self.mode == "late":
            (count,) = struct.unpack(">H", pdu[3:5])
            return bytes([pdu[0], 2 * count]) + struct.pack(">H", self.asked) * count
        if self.mode == "bits" and pdu[0] in (1, 2):
            start, count = struct.unpack(">HH", pdu[1:5])
            size = (count + 7) // 8
            on = sum(1 << i for i in range(count) if (start + i) % 3 == 0)
            return bytes([pdu[0], size]) + on.to_bytes(size, "little")
        if self.mode == "other" and pdu[0] == 3:
            return bytes([4]) + whole[1:]
        return whole

    def send(self, unit: int, answer: bytes) -> None:
        frame = checked(bytes([unit + 8 if self.mode == "stranger" else unit]) + answer)
        if self.mode == "noise":
            frame = frame[:-1] + bytes([frame[-1] ^ 0xFF])
        if self.mode == "late":
            asyncio.get_running_loop().call_later(USUAL if self.asked % 2 else LATE, lambda: self.write(frame))
        else:
            self.write(frame)

    async def over_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.write, self.buffer = writer.write, b""
        while data := await reader.read(300):
            self.heard(data)
        writer.close()

    async def babble(self) -> None:
        while True:
            self.write(checked(bytes([5, 3, 0, 0, 0, 1])))
            await asyncio.sleep(0.2)


async def main(mode: str, log: Path) -> None:
    """Serve until stdin closes."""
    station = Station(mode.removeprefix("line-"), log)
    if mode.startswith("line-"):
        master, slave = os.openpty()
        tty.setraw(master)
        tty.setraw(slave)
        station.write = lambda data: os.write(master, data)
        asyncio.get_running_loop().add_reader(master, lambda: station.heard(os.read(master, 300)))
        address = os.ttyname(slave)
    else:
        server = await asyncio.start_server(station.over_tcp, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    if station.mode == "hum":
        asyncio.get_running_loop().call_later(1.5, lambda: station.write(b"\0"))
    babbling = asyncio.create_task(station.babble()) if station.mode == "babble" else None
    sys.stdout.write(json.dumps({"address": address}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    if babbling:
        babbling.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
