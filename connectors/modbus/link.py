"""The one connection to an address: Modbus TCP, RTU over TCP, or RTU on a serial line; opened, watched, closed.

pymodbus moves its interface in minor releases and is pinned; this file and wire.py alone touch it. The function
code of every frame is checked by `trace_pdu`, below its interface, before a byte leaves.

RTU has no transaction id: an answer that comes too late looks like the answer to the next question. So after a
failure nothing is asked until nothing has been heard for a whole time-out; over TCP the connection is closed then.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.framer import FramerType

from assessor.domain import Endpoint, Limits, Message
from connectors.guard import Guard, Open
from connectors.serial_line import exists

logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)  # it writes whole frames, hence values, to the log

Client = AsyncModbusTcpClient | AsyncModbusSerialClient
LISTEN = 2.0
"""Seconds of listening on a serial line before the first frame: who speaks there is another master's line."""
SHORTEST_FRAME = 4
"""Bytes: station, function code, check sum."""
PATIENCE = 3
"""Time-outs that a line is given to fall silent after a failure."""


class Link:
    """Opened when it is needed and closed when it cannot be trusted."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard) -> None:
        self._endpoint, self._limits, self._guard = endpoint, limits, guard
        self._client: Client | None = None
        self.lost = asyncio.Event()
        self.garbled = False
        """Is it lost because what came could not be taken apart?"""
        self.sent = self.received = 0
        """Bytes since `begin`."""
        self._heard, self._overheard = 0.0, 0

    def begin(self) -> None:
        """Count bytes anew: one request begins."""
        self.sent = self.received = 0

    async def client(self) -> Client:
        """The client of an open connection. Raises OSError, TimeoutError, or Open for a line that is not ours."""
        if self._client is not None and self._client.connected and not self.lost.is_set():
            return self._client
        self.close()
        async with self._guard.connecting():
            lost = self.lost = asyncio.Event()
            self.garbled = False
            client = self._client = self._make(lost)
            client.ctx.callback_data = self._careful(client.ctx.callback_data)  # type: ignore[method-assign]
            begun = time.monotonic()
            try:
                if not await client.connect():
                    raise self._unreachable(begun)
                if self._endpoint.serial is not None:
                    await self._listen()
            except BaseException:
                self.close()
                raise
        return client

    def _make(self, lost: asyncio.Event) -> Client:
        common: dict[str, Any] = {
            "timeout": self._limits.timeout,
            "retries": 0,
            "reconnect_delay": 0,
            "trace_packet": self._count,
            "trace_pdu": self._check,
            "trace_connect": lambda up: None if up else lost.set(),
        }
        address, line = self._endpoint.address, self._endpoint.serial
        if line is not None:
            return AsyncModbusSerialClient(
                address,
                framer=FramerType.RTU,
                baudrate=line.baudrate,
                bytesize=line.byte_size,
                parity=line.parity[0].upper(),
                stopbits=line.stop_bits,
                handle_local_echo=line.echo,
                **common,
            )
        host, _, port = address.rpartition(":")
        framer = FramerType.SOCKET if self._endpoint.protocol == "modbus-tcp" else FramerType.RTU
        return AsyncModbusTcpClient(host.strip("[]"), port=int(port), framer=framer, **common)

    def _careful(self, decode: Callable[..., int]) -> Callable[..., int]:
        """Bytes that pymodbus cannot take apart raise far from who waits for them: lose the connection instead."""

        def heard(data: bytes, addr: tuple[Any, ...] | None = None) -> int:
            try:
                return decode(data, addr)
            except Exception:  # whatever its decoders stumble over
                self.garbled = True
                self.lost.set()
                return len(data)

        return heard

    def _unreachable(self, begun: float) -> OSError:
        """pymodbus only says that it failed; whoever let us wait to the end was silent."""
        if self._endpoint.serial is not None:
            kind = PermissionError if exists(self._endpoint.address) else FileNotFoundError
            return kind(self._endpoint.address)
        waited = time.monotonic() - begun >= 0.95 * self._limits.timeout
        return (TimeoutError if waited else ConnectionError)(self._endpoint.address)

    async def _listen(self) -> None:
        self._overheard = 0
        await asyncio.sleep(LISTEN)
        if self._overheard >= SHORTEST_FRAME:  # a stray byte may be the line itself
            raise Open(self._other_master())

    def _other_master(self) -> Message:
        why = Message(id="modbus.other_master", params={"address": self._endpoint.address})
        self._guard.stop(why)
        return why

    async def settle(self) -> None:
        """After a failure: ask nothing until a late answer could no longer be taken for the next one."""
        if self._endpoint.protocol == "modbus-tcp":  # transaction ids, and a connection of its own each time
            self.close()
            return
        begun, wait = time.monotonic(), self._limits.timeout
        ends = begun + PATIENCE * wait
        while True:
            left = min(max(begun, self._heard) + wait, ends) - time.monotonic()
            if left <= 0:
                break
            await asyncio.sleep(left)
        if self._endpoint.serial is None:
            self.close()
        elif self._heard + wait > ends:
            self._other_master()

    def _count(self, sending: bool, data: bytes) -> bytes:
        if sending:
            self._flush()
            self.sent += len(data)
        else:
            self._heard = time.monotonic()
            self._overheard += len(data)
            self.received = max(self.received, len(data))
        return data

    def _flush(self) -> None:
        """What lies unread at a serial port is no answer to what is asked now."""
        if self._endpoint.serial is None or self._client is None:
            return
        port: Any = self._client.ctx.transport
        try:
            port.sync_serial.reset_input_buffer()
        except Exception as problem:  # the system's kind for a port that is gone is no OSError
            raise ConnectionError(self._endpoint.address) from problem

    def _check(self, sending: bool, pdu: Any) -> Any:
        """Below pymodbus's interface: no function code leaves that the guard does not know."""
        if sending:
            code = int(pdu.function_code)
            self._guard.check("fc43/14" if code == 43 else f"fc{code}")
        return pdu

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None
