"""ASK: one guarded request after the other, each answer held against its question.

What comes back counts only with the unit, the function code and the size that were asked for. A run that is to
stop does not wait for anything: a request, a connection or a pause under way is cut at once.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Coroutine, Hashable
from typing import Any, TypeVar

from pymodbus.exceptions import ModbusException
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.pdu.other_message import ReportDeviceIdResponse

from assessor.domain import Endpoint, Limits, Nameplate
from connectors.guard import Frame, Guard, Open
from connectors.modbus.blocks import BITS
from connectors.modbus.link import Client, Link

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, ACKNOWLEDGE, BUSY = 1, 2, 3, 4, 5, 6
NOT_ANSWERED = frozenset({10, 11})
"""A gateway's two ways to say that it did not hear from the unit."""
WAIT = frozenset({ACKNOWLEDGE, BUSY})
TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
BASIC, REGULAR, FIRST_REGULAR = 1, 2, 3
"""Categories of identification objects, and the first object that only the second has."""
MORE = {1: "product_code", 3: "vendor_url", 4: "product_name", 5: "model_name", 6: "user_application_name"}
MOST_ANSWERS = 4
"""Answers that one category of identification may take."""

T = TypeVar("T")


class Refused(Exception):
    """The device answered with a Modbus exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class Stopped(Exception):
    """The run is to stop: nothing more is sent, be it in the middle of a walk."""


class Line:
    """The questions of one run to one address, one at a time."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard, stop: asyncio.Event) -> None:
        self._guard, self._stop = guard, stop
        self._link = Link(endpoint, limits, guard)
        self._alive: set[int] = set()
        """Units that have answered."""

    async def read(self, unit: int, fc: int, start: int, count: int) -> list[int]:
        """Registers by function code 3 or 4, bits (0 or 1) by 1 or 2.

        Raises Refused, OSError, TimeoutError, Open, Stopped.
        """
        return await self._unless_stopped(self._read(unit, fc, start, count))

    async def identify(self, unit: int) -> Nameplate | None:
        """Function code 43/14, regular objects where it has them; None where it answers but does not say."""
        return await self._unless_stopped(self._identify(unit))

    async def report(self, unit: int) -> Nameplate | None:
        """Function code 17, for where the scope says so: what it answers is the maker's own affair."""
        return await self._unless_stopped(self._report(unit))

    async def knock(self) -> None:
        """Open the connection and close it again; nothing is asked. Raises as `read` does."""
        try:
            await self._unless_stopped(self._link.client())
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._link.close()

    async def _unless_stopped(self, asking: Coroutine[Any, Any, T]) -> T:
        asked, stop = asyncio.ensure_future(asking), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((asked, stop), return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise Stopped
            return asked.result()
        finally:
            asked.cancel()
            stop.cancel()
            await asyncio.gather(asked, stop, return_exceptions=True)

    async def _read(self, unit: int, fc: int, start: int, count: int) -> list[int]:
        detail = f"unit {unit} {TABLES[fc]} {start}+{count}"
        async with self._asking(f"fc{fc}", detail, unit, ("read", unit, fc, count)) as (client, frame):
            ask = {
                1: client.read_coils,
                2: client.read_discrete_inputs,
                3: client.read_holding_registers,
                4: client.read_input_registers,
            }[fc]
            answer = await self._answered(ask(start, count=count, device_id=unit), frame, unit, fc)
            found = list(answer.bits if fc in BITS else answer.registers)
            whole = -(-count // 8) * 8 if fc in BITS else count
            if len(found) != whole:
                raise self._mistaken(frame)
            return [int(value) for value in found[:count]]

    async def _identify(self, unit: int) -> Nameplate | None:
        objects, conformity = await self._objects(unit, BASIC, 0)
        if conformity & 0x7F >= REGULAR:
            with contextlib.suppress(Refused, OSError, TimeoutError):  # what it has said so far is worth keeping
                objects |= (await self._objects(unit, REGULAR, FIRST_REGULAR))[0]
        texts = {k: text for k, v in objects.items() if (text := v.decode("utf-8", "replace").strip("\0 "))}
        if not texts:
            return None
        return Nameplate(
            source="modbus 43/14",
            manufacturer=texts.get(0),
            model=texts.get(5) or texts.get(1),
            software=texts.get(2),
            more={name: texts[k] for k, name in MORE.items() if k in texts and (k != 1 or 5 in texts)},
        )

    async def _objects(self, unit: int, category: int, first: int) -> tuple[dict[int, bytes], int]:
        """Identification objects from `first` on, and the conformity level that the device claims."""
        objects: dict[int, bytes] = {}
        following, conformity = first, 0
        for _ in range(MOST_ANSWERS):
            async with self._asking("fc43/14", f"unit {unit} object {following}", unit, "identify") as (
                client,
                frame,
            ):
                asking = client.read_device_information(read_code=category, object_id=following, device_id=unit)
                answer = await self._answered(asking, frame, unit, 43)
                if not isinstance(answer, ReadDeviceInformationResponse):
                    raise self._mistaken(frame)
            objects |= {int(k): v for k, v in answer.information.items() if isinstance(v, bytes)}
            conformity = int(answer.conformity)
            if not answer.more_follows or int(answer.next_object_id) <= following:
                break
            following = int(answer.next_object_id)
        return objects, conformity

    async def _report(self, unit: int) -> Nameplate | None:
        async with self._asking("fc17", f"unit {unit}", unit, "report") as (client, frame):
            answer = await self._answered(client.report_device_id(device_id=unit), frame, unit, 17)
            if not isinstance(answer, ReportDeviceIdResponse):
                raise self._mistaken(frame)
        text = "".join(c for c in answer.identifier.decode("ascii", "ignore") if c.isprintable()).strip()
        return Nameplate(source="modbus 17", model=text) if text else None

    @contextlib.asynccontextmanager
    async def _asking(
        self, service: str, detail: str, unit: int, alike: Hashable
    ) -> AsyncIterator[tuple[Client, Frame]]:
        """Around one request: connect where needed, and close what can no longer be trusted."""
        device = f"unit {unit}"
        self._go_on()
        if problem := self._guard.problem(device):
            raise Open(problem)  # before a connection is opened for a unit that is left alone
        client = await self._link.client()
        self._go_on()
        try:
            async with self._guard.request(service, detail, device=device, alike=alike) as frame:
                self._link.begin()
                if self._link.lost.is_set() or not client.connected:  # closed while the request waited its turn
                    raise self._closed(frame)
                yield client, frame
        except asyncio.CancelledError:
            self.close()
            raise
        except (OSError, TimeoutError):
            await self._link.settle()
            raise

    async def _answered(self, asking: Any, frame: Frame, unit: int, fc: int) -> Any:
        """The answer; at once an error where the peer closes instead of answering."""
        result = await self._arrived(asking, frame)
        if result.function_code & 0x7F != fc or (unit and result.dev_id != unit):
            raise self._mistaken(frame)
        if not result.isError():
            self._alive.add(unit)
            frame.done(self._link.sent, self._link.received)
            return result
        code = int(getattr(result, "exception_code", 0))
        if code in NOT_ANSWERED or (code == DEVICE_FAILURE and unit not in self._alive):
            frame.failed(f"exception {code}", self._link.sent)
        else:
            self._alive.add(unit)
            note = frame.done if code in WAIT else frame.refused
            note(self._link.sent, self._link.received, f"exception {code}")
        raise Refused(code)

    async def _arrived(self, asking: Any, frame: Frame) -> Any:
        answer, lost = asyncio.ensure_future(asking), asyncio.ensure_future(self._link.lost.wait())
        try:
            await asyncio.wait((answer, lost), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise self._closed(frame)
            return answer.result()
        except ModbusException as problem:
            if self._link.lost.is_set():
                raise self._closed(frame) from problem
            frame.failed("timeout", self._link.sent)
            raise TimeoutError from problem
        except (struct.error, ValueError, IndexError, AttributeError, TypeError) as problem:
            frame.failed("garbage", self._link.sent)  # what pymodbus raises for frames it cannot take apart
            raise ConnectionError("garbage") from problem
        finally:
            for task in (answer, lost):
                task.cancel()
            await asyncio.gather(answer, lost, return_exceptions=True)

    def _closed(self, frame: Frame) -> ConnectionError:
        result = "garbage" if self._link.garbled else "lost"
        frame.failed(result, self._link.sent, closed=not self._link.garbled)
        return ConnectionError(result)

    def _mistaken(self, frame: Frame) -> ConnectionError:
        frame.failed("not what was asked", self._link.sent)
        return ConnectionError("not what was asked")

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped
