"""A Modbus TCP peer with all four tables: `modbus_tables.py TABLES.json LOG`.

TABLES.json: {"1": {address: bit}, "2": ..., "3": {address: word}, "4": ...}; what is not named is refused with
exception 2. Every request is written to LOG as 'unit fc start count'. Simulated.
"""

import asyncio
import json
import struct
import sys
from pathlib import Path

from tests.servers.modbus_bad import Peer, main


class Tables(Peer):
    def __init__(self, tables: Path, log: Path) -> None:
        super().__init__("good", log)
        given = json.loads(tables.read_text("utf-8"))
        self.tables = {int(fc): {int(at): value for at, value in held.items()} for fc, held in given.items()}

    def answer(self, unit: int, pdu: bytes) -> bytes:
        if pdu[0] > 4:
            return bytes([pdu[0] | 0x80, 1])
        start, count = struct.unpack(">HH", pdu[1:5])
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{unit} {pdu[0]} {start} {count}\n")
        held = self.tables.get(pdu[0], {})
        found = [held.get(start + i) for i in range(count)]
        if None in found:
            return bytes([pdu[0] | 0x80, 2])
        if pdu[0] in (1, 2):
            bits = sum(bool(bit) << i for i, bit in enumerate(found))
            return bytes([pdu[0], -(-count // 8)]) + bits.to_bytes(-(-count // 8), "little")
        return bytes([pdu[0], 2 * count]) + struct.pack(f">{count}H", *found)


if __name__ == "__main__":
    asyncio.run(main(Tables(Path(sys.argv[1]), Path(sys.argv[2]))))
