"""A Modbus TCP peer that misbehaves as told; prints its address, ends when its input closes.

modes: close (accepts and closes) · silent · late (the answer to a request comes with the next one) · garbage
· short (fewer registers than asked) · hole (exception 2 where register 12 is touched) · zeros · busy
(exception 6 twice, then answers) · nothing (exception 2 to every register) · half (only unit 1 answers) ·
dying (silent after the third request) · nofc (exception 1 to everything) · mute (silent on register 30) ·
named (answers function code 17) · plated (says of itself seven objects, two an answer) · failing (exception 4
where register 12 is touched) · waits (exception 5 once) · idle (registers from 30 on are zero) · torn
(says of itself more than it sends) · narrow-HOW (more than 50 registers at a time: an exception of that code, or
silent, short, close) · good. Every
request is written to the file given as 'unit fc start count'; in mode close every connection, as 'connect'.
"""

import asyncio
import json
import struct
import sys
from pathlib import Path

MOST = 50
"""Registers that a narrow peer gives at a time."""


class Peer:
    def __init__(self, mode: str, log: Path) -> None:
        self.mode, self.log, self.asked = mode, log, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "close":
            with self.log.open("a", encoding="utf-8") as log:
                log.write("connect\n")
            writer.close()
            return
        held = b""
        try:
            while header := await reader.readexactly(7):
                tid, _, size, unit = struct.unpack(">HHHB", header)
                pdu = await reader.readexactly(size - 1)
                answer = self.answer(unit, pdu)
                frame = struct.pack(">HHHB", tid, 0, len(answer) + 1, unit) + answer if answer else b""
                if self.mode == "late":
                    frame, held = held, frame
                writer.write(frame)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    def answer(self, unit: int, pdu: bytes) -> bytes:
        start, count = struct.unpack(">HH", pdu[1:5]) if pdu[0] in (1, 2, 3, 4) else (0, 0)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{unit} {pdu[0]} {start} {count}\n")
        self.asked += 1
        if (
            self.mode == "silent"
            or (self.mode == "half" and unit != 1)
            or (self.mode == "dying" and self.asked > 3)
            or (self.mode == "mute" and start <= 30 < start + count)
        ):
            return b""
        if self.mode == "named" and pdu[0] == 17:
            return bytes([17, 8]) + b"PRESS-1" + b"\xff"
        if self.mode == "plated" and pdu[0] == 43:
            return plate(pdu[2], pdu[3])
        if self.mode == "torn" and pdu[0] == 43:
            return bytes([43, 14, 1, 1, 0, 0, 1, 0])
        if self.mode.startswith("narrow-") and count > MOST:
            return self.too_much(pdu[0])
        if self.mode == "garbage":
            return bytes([pdu[0], 7, 1, 2, 3])
        if code := self.exception(pdu[0], 12 in range(start, start + count)):
            return bytes([pdu[0] | 0x80, code])
        if self.mode == "short":
            count -= 1
        empty = self.mode == "zeros" or (self.mode == "idle" and start >= 30)
        values = [0 if empty else start + i for i in range(count)]
        return bytes([pdu[0], 2 * count]) + struct.pack(f">{count}H", *values)

    def too_much(self, function: int) -> bytes:
        """How it takes it that more is asked for than it gives at a time."""
        how = self.mode.removeprefix("narrow-")
        if how == "close":
            raise ConnectionError
        if how == "short":
            return bytes([function, 2 * MOST]) + bytes(2 * MOST)
        return b"" if how == "silent" else bytes([function | 0x80, int(how)])

    def exception(self, function: int, at_twelve: bool) -> int:
        """The exception code that it answers with; 0 for none."""
        if function not in (3, 4) or self.mode == "nofc":
            return 1
        return {
            "nothing": 2,
            "hole": 2 * at_twelve,
            "failing": 4 * at_twelve,
            "waits": 5 * (self.asked == 2),
            "busy": 6 * (self.asked <= 3),
        }.get(self.mode, 0)


SAYS = (b"Test Works", b"PC-7", b"1.2", b"https://works.example", b"Press line", b"Press 7", b"Hall 3")


def plate(category: int, first: int) -> bytes:
    """Identification (Modbus Application Protocol 1.1b3, 6.21), basic or regular, two objects an answer."""
    last = 3 if category == 1 else 7
    told = range(first, min(first + 2, last))
    more = told.stop < last
    objects = b"".join(bytes([at, len(SAYS[at])]) + SAYS[at] for at in told)
    return bytes([43, 14, category, 0x82, 0xFF * more, told.stop * more, len(told)]) + objects


async def main(peer: Peer) -> None:
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"address": f"127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Peer(sys.argv[1], Path(sys.argv[2]))))
