"""What a Modbus TCP server does where servers differ, asked by hand: frames of our own, no client library.

These are facts about the servers, for the matrix; the product itself asks none of it unless a scope says so.
"""

import socket
import struct

from tests.interop.values import GONE, TURNS

PATIENCE = 1.5
READ = struct.pack(">BHH", 3, TURNS, 1)
ASKED: dict[str, tuple[int, bytes]] = {
    "unit 7": (7, READ),
    "a register it does not have": (1, struct.pack(">BHH", 3, GONE, 1)),
    "a block that touches such a register": (1, struct.pack(">BHH", 3, GONE - 10, 11)),
    "126 registers": (1, struct.pack(">BHH", 3, 0, 126)),
    "code 17": (1, bytes([17])),
    "code 43/14": (1, bytes([43, 14, 1, 0])),
}


def ask(address: str, unit: int, pdu: bytes) -> str:
    """What comes back: 'values', 'zeros', 'exception 2', 'silent', 'closes'."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), PATIENCE) as line:
        line.settimeout(PATIENCE)
        line.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, unit) + pdu)
        try:
            answer = line.recv(300)[7:]
        except TimeoutError:
            return "silent"
        except ConnectionError:
            return "closes"
    if not answer:
        return "closes"
    if answer[0] & 0x80:
        return f"exception {answer[1]}"
    if pdu[0] in (3, 4):
        return "values" if any(answer[2:]) else "zeros"
    return "answers"


def ways(address: str) -> dict[str, str]:
    """All of it, by what was asked."""
    return {what: ask(address, *asked) for what, asked in ASKED.items()}
