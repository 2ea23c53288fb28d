"""The only file that touches pymodbus: one guarded connection to one address.

pymodbus moves its interface in minor releases and is pinned. The function code of every frame is checked by
`trace_pdu`, below its interface, before a byte leaves. After a time-out the connection is closed, so that a
late answer can never be taken for the next one.
"""

import asyncio
import contextlib
import logging
import struct
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.pdu.other_message import ReportDeviceIdResponse

from assessor.domain import Endpoint, Limits, Nameplate
from connectors.guard import Frame, Guard, Open

logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)  # it writes whole frames, hence values, to the log

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, BUSY = 1, 2, 3, 6
NOT_ANSWERED = frozenset({4, 10, 11})
"""Device failure and the gateway's two ways to say that it did not hear from the unit."""


class Refused(Exception):
    """The device answered with a Modbus exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class Stopped(Exception):
    """The run is to stop: nothing more is sent, be it in the middle of a walk."""


class Line:
    """One connection, opened when it is needed and closed when it cannot be trusted."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard, stop: asyncio.Event) -> None:
        host, _, port = endpoint.address.rpartition(":")
        self._guard, self._limits, self._stop = guard, limits, stop
        self._host, self._port = host.strip("[]"), int(port)
        self._client: AsyncModbusTcpClient | None = None
        self._lost = asyncio.Event()
        self._sent = self._received = 0

    async def read(self, unit: int, fc: int, start: int, count: int) -> list[int]:
        """Registers by function code 3 or 4. Raises Refused, OSError, TimeoutError, Open, Stopped."""
        detail = f"unit {unit} {'holding' if fc == 3 else 'input'} {start}+{count}"
        alike = ("read", unit, count)
        async with self._asking(f"fc{fc}", detail, unit, alike) as (client, frame):
            ask = client.read_holding_registers if fc == 3 else client.read_input_registers
            answer = await self._answered(ask(start, count=count, device_id=unit), frame)
            registers: list[int] = list(getattr(answer, "registers", ()))
            if len(registers) != count or answer.function_code != fc:
                frame.failed("not what was asked", self._sent)
                raise ConnectionError("not what was asked")
            return registers

    async def identify(self, unit: int) -> Nameplate | None:
        """Function code 43/14, basic objects; None where the device answers but does not say."""
        objects: dict[int, bytes] = {}
        following = 0
        for _ in range(4):
            async with self._asking("fc43/14", f"unit {unit} object {following}", unit, "identify") as (
                client,
                frame,
            ):
                asking = client.read_device_information(read_code=1, object_id=following, device_id=unit)
                answer = await self._answered(asking, frame)
                if not isinstance(answer, ReadDeviceInformationResponse):
                    frame.failed("not what was asked", self._sent)
                    raise ConnectionError("not what was asked")
            objects |= {int(k): v for k, v in answer.information.items() if isinstance(v, bytes)}
            if not answer.more_follows:
                break
            following = int(answer.next_object_id)
        texts = {k: v.decode("utf-8", "replace").strip("\0 ") for k, v in objects.items()}
        if not any(texts.values()):
            return None
        return Nameplate(
            source="modbus 43/14",
            manufacturer=texts.get(0) or None,
            model=texts.get(1) or None,
            software=texts.get(2) or None,
        )

    async def report(self, unit: int) -> Nameplate | None:
        """Function code 17, for where the scope says so: what it answers is the maker's own affair."""
        async with self._asking("fc17", f"unit {unit}", unit, "report") as (client, frame):
            answer = await self._answered(client.report_device_id(device_id=unit), frame)
            if not isinstance(answer, ReportDeviceIdResponse):
                frame.failed("not what was asked", self._sent)
                raise ConnectionError("not what was asked")
        text = "".join(c for c in answer.identifier.decode("ascii", "ignore") if c.isprintable()).strip()
        return Nameplate(source="modbus 17", model=text) if text else None

    @contextlib.asynccontextmanager
    async def _asking(self, service: str, detail: str, unit: int, alike: Any) -> Any:
        """Around one request: connect where needed, and close what can no longer be trusted."""
        device = f"unit {unit}"
        self._go_on()
        if problem := self._guard.problem(device):
            raise Open(problem)  # before a connection is opened for a unit that is left alone
        client = await self._connected()
        self._go_on()  # connections are spaced over the whole run: that can take a while
        try:
            async with self._guard.request(service, detail, device=device, alike=alike) as frame:
                self._sent = self._received = 0
                if self._lost.is_set() or not client.connected:  # closed while the request waited its turn
                    frame.failed("lost")
                    raise ConnectionError("closed by the device")
                yield client, frame
        except (OSError, TimeoutError, asyncio.CancelledError):
            self.close()
            raise

    async def _answered(self, asking: Any, frame: Frame) -> Any:
        """The answer; at once an error where the peer closes instead of answering."""
        answer, lost = asyncio.ensure_future(asking), asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait((answer, lost), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                frame.failed("lost", self._sent)
                raise ConnectionError("closed by the device")
            try:
                result = answer.result()
            except ModbusException as problem:
                frame.failed("lost" if self._lost.is_set() else "timeout", self._sent)
                raise (ConnectionError("closed") if self._lost.is_set() else TimeoutError()) from problem
            except (struct.error, ValueError, IndexError, AttributeError, TypeError) as problem:
                frame.failed("garbage", self._sent)  # what pymodbus raises for frames it cannot take apart
                raise ConnectionError("garbage") from problem
        finally:
            for task in (answer, lost):
                task.cancel()
            await asyncio.gather(answer, lost, return_exceptions=True)
        if result.isError():
            code = int(getattr(result, "exception_code", 0))
            if code in NOT_ANSWERED:
                frame.failed(f"exception {code}", self._sent)
            else:
                frame.done(self._sent, self._received, f"exception {code}")
            raise Refused(code)
        frame.done(self._sent, self._received)
        return result

    async def _connected(self) -> AsyncModbusTcpClient:
        if self._client is not None and self._client.connected and not self._lost.is_set():
            return self._client
        self.close()
        async with self._guard.connecting():
            self._go_on()
            lost = self._lost = asyncio.Event()
            client = AsyncModbusTcpClient(
                self._host,
                port=self._port,
                timeout=self._limits.timeout,
                retries=0,
                reconnect_delay=0,
                trace_packet=self._count,
                trace_pdu=self._check,
                trace_connect=lambda up: None if up else lost.set(),
            )
            if not await client.connect():
                client.close()
                raise ConnectionError(f"{self._host}:{self._port}")
            self._client = client
        return self._client

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _count(self, sending: bool, data: bytes) -> bytes:
        if sending:
            self._sent += len(data)
        else:
            self._received = max(self._received, len(data))
        return data

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
