"""A Modbus TCP peer that holds the registers it is given: `modbus_words.py WORDS.json LOG`.

WORDS.json: {"words": {address: word}, "later": {address: word}, "switch": n}; from the nth request on, `later`
overrides `words`. A register that is not named is refused with exception 2. Function code 3 only. Simulated.
"""

import asyncio
import json
import struct
import sys
from pathlib import Path

from tests.servers.modbus_bad import Peer, main


class Words(Peer):
    def __init__(self, words: Path, log: Path) -> None:
        super().__init__("good", log)
        given = json.loads(words.read_text("utf-8"))
        self.words = {int(at): word for at, word in given["words"].items()}
        self.later = self.words | {int(at): word for at, word in given.get("later", {}).items()}
        self.switch = given.get("switch", 1 << 30)

    def answer(self, unit: int, pdu: bytes) -> bytes:
        start, count = struct.unpack(">HH", pdu[1:5])
        super().answer(unit, pdu)
        held = self.words if self.asked < self.switch else self.later
        found = [held.get(start + i) for i in range(count)]
        if pdu[0] != 3 or None in found:
            return bytes([pdu[0] | 0x80, 2])
        return bytes([3, 2 * count]) + struct.pack(f">{count}H", *found)


if __name__ == "__main__":
    asyncio.run(main(Words(Path(sys.argv[1]), Path(sys.argv[2]))))
