"""Client frames taken off the wire and named: OPC UA, Modbus TCP, Modbus RTU over TCP; told from the bytes.

Written from the specifications (OPC 10000-6, 7.1; Modbus application protocol 1.1b3), apart from the
product's own code: it is what the product is held against.
"""

import struct

from asyncua import ua

SERVICES = {
    value: name.removesuffix("Request_Encoding_DefaultBinary")
    for name, value in vars(ua.ObjectIds).items()
    if name.endswith("Request_Encoding_DefaultBinary")
}
ENCRYPTED = "encrypted"
"""A message of an OPC UA channel with a policy: its type and size are seen, its service is not."""
NONE_POLICY = b"http://opcfoundation.org/UA/SecurityPolicy#None"
RTU_LENGTHS = {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 7: 4, 8: 8, 11: 4, 12: 4, 17: 4, 22: 10, 24: 6, 43: 7}
RTU_COUNTED = {15: (6, 9), 16: (6, 9), 20: (2, 5), 21: (2, 5), 23: (10, 13)}
"""By function code: where the byte count stands, and what the frame holds besides so many bytes."""


def crc(data: bytes) -> int:
    """CRC-16 of a serial frame (Modbus over serial line 1.02, 6.2.2)."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def is_rtu(frame: bytes) -> bool:
    """Does a whole serial frame stand here?"""
    return len(frame) >= 4 and crc(frame[:-2]) == struct.unpack("<H", frame[-2:])[0]


class Requests:
    """The requests of one connection; bytes may come in pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._cut = None
        self._secured = self._continued = False

    def take(self, data: bytes) -> list[tuple[str, int]]:
        """(name, bytes) of each frame that is complete now."""
        self._buffer += data
        if self._cut is None and len(self._buffer) >= 4:
            self._cut = self._told()
        found = []
        while self._cut and (size := self._cut[0]()) and len(self._buffer) >= size:
            frame, self._buffer = bytes(self._buffer[:size]), self._buffer[size:]
            if name := self._cut[1](frame):
                found.append((name, size))
        return found

    def _told(self):  # type: ignore[no-untyped-def]
        if self._buffer[:3] in (b"HEL", b"RHE"):
            return self._opcua_size, self._opcua
        if is_rtu(bytes(self._buffer)):  # a client sends its first request in one piece
            return self._rtu_size, self._rtu
        return self._tcp_size, self._tcp

    def _opcua_size(self) -> int | None:
        return struct.unpack_from("<I", self._buffer, 4)[0] if len(self._buffer) >= 8 else None

    def _opcua(self, frame: bytes) -> str | None:
        """None for a chunk that only continues a message."""
        kind, continued = frame[:3], self._continued
        self._continued = frame[3:4] == b"C"
        if continued:
            return None
        if kind == b"OPN":
            length = struct.unpack_from("<i", frame, 12)[0]
            self._secured = frame[16 : 16 + length] != NONE_POLICY
            return "OpenSecureChannel"
        if kind == b"MSG":
            return self._service(frame)
        return {b"HEL": "Hello", b"CLO": "CloseSecureChannel"}.get(kind, f"unknown {kind!r}")

    def _service(self, frame: bytes) -> str:
        """By the type of the body, which follows 24 bytes of headers; a signed message shows it too."""
        short = frame[24] == 0
        number = frame[25] if short else struct.unpack_from("<H", frame, 26)[0]
        if self._secured and (frame[24:26] != b"\1\0" or number not in SERVICES):
            return ENCRYPTED
        return SERVICES.get(number, f"unknown {number}")

    def _tcp_size(self) -> int | None:
        return 6 + struct.unpack_from(">H", self._buffer, 4)[0] if len(self._buffer) >= 8 else None

    def _tcp(self, frame: bytes) -> str:
        return _function(frame[7:])

    def _rtu_size(self) -> int | None:
        if len(self._buffer) < 2:
            return None
        code = self._buffer[1]
        if code in RTU_COUNTED:
            at, besides = RTU_COUNTED[code]
            return self._buffer[at] + besides if len(self._buffer) > at else None
        return RTU_LENGTHS.get(code, len(self._buffer))

    def _rtu(self, frame: bytes) -> str:
        return _function(frame[1:]) if is_rtu(frame) else f"broken {_function(frame[1:])}"


def _function(pdu: bytes) -> str:
    return f"fc{pdu[0]}/{pdu[1]}" if pdu[0] == 43 and len(pdu) > 1 else f"fc{pdu[0]}"
