"""SERVE Modbus TCP with pymodbus: registers follow the signals, every frame is recorded, none may write."""

import asyncio
import time
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from connectors.simulator.plant import ModbusServer, Plate, SimulatedPlant, SimulatedUnit
from connectors.simulator.recorder import Recorder
from connectors.simulator.registers import registers

READS = frozenset({1, 2, 3, 4, 43})
"""What is answered. Everything else is refused as an illegal function, as a meter does."""


BASIC = 0x01
"""Conformity of a device that has the basic identification objects only."""


class Handler(ServerRequestHandler):
    """One connection."""

    def __init__(self, owner: "Listener") -> None:
        super().__init__(owner, None, None, None)  # type: ignore[no-untyped-call]
        self.owner = owner
        self._frames = b""

    def callback_connected(self) -> None:
        super().callback_connected()
        if self.owner.served.one_connection and self.owner.busy:
            self.owner.note(self, "connect", "", "refused")
            self.close()
            return
        self.owner.busy.add(self)

    def callback_disconnected(self, exc: Exception | None) -> None:
        self.owner.busy.discard(self)
        super().callback_disconnected(exc)

    def callback_data(self, data: bytes, addr: Any = None) -> int:
        """Record frames before pymodbus decodes them, so that unknown functions are recorded too."""
        frame = data
        if len(frame) >= 8 and int.from_bytes(frame[4:6], "big") + 6 <= len(frame):
            code = frame[7]
            result = "ok" if code in READS else "refused"
            self.owner.note(self, f"fc{code}", f"unit {frame[6]} {frame[8:12].hex()}", result)
        return super().callback_data(data, addr)

    async def handle_request(self) -> None:
        pdu = self.last_pdu
        if pdu is None:
            return
        if self.owner.served.delay:
            await asyncio.sleep(self.owner.served.delay)
        if pdu.function_code not in READS:
            self._answer(ExceptionResponse(pdu.function_code, ExcCodes.ILLEGAL_FUNCTION))
        elif pdu.function_code == 43:
            self._identify()
        else:
            await super().handle_request()  # type: ignore[no-untyped-call]

    def _identify(self) -> None:
        """Identity by unit: pymodbus itself knows one identity a process."""
        assert self.last_pdu is not None
        unit = self.owner.units.get(self.last_pdu.dev_id)
        if unit is None or unit.plate is None or unit.sunspec:
            self._answer(ExceptionResponse(43, ExcCodes.ILLEGAL_FUNCTION))
            return
        read_code = int(getattr(self.last_pdu, "read_code", 1))
        answer = ReadDeviceInformationResponse(read_code=read_code, information=_identity(unit.plate))
        answer.conformity = BASIC
        self._answer(answer)

    def _answer(self, response: Any) -> None:
        assert self.last_pdu is not None
        response.transaction_id = self.last_pdu.transaction_id
        response.dev_id = self.last_pdu.dev_id
        self.server_send(response, self.last_addr)  # type: ignore[no-untyped-call]


def _identity(plate: Plate) -> dict[int, bytes]:
    """Objects 0 to 2 of the basic category: vendor, product code, revision."""
    texts = {0: plate.manufacturer, 1: plate.model, 2: plate.software or ""}
    return {key: text.encode("ascii") for key, text in texts.items()}


class Listener(ModbusTcpServer):
    """One address with its units."""

    def __init__(self, plant: SimulatedPlant, served: ModbusServer, recorder: Recorder) -> None:
        self.served, self.recorder = served, recorder
        self.units = {unit.unit: unit for unit in served.units}
        self.busy: set[Handler] = set()
        devices = [_device(plant, unit) for unit in served.units]
        super().__init__(devices, address=("127.0.0.1", 0))

    def callback_new_connection(self) -> Handler:
        return Handler(self)

    def note(self, handler: Handler, service: str, detail: str, result: str) -> None:
        peer = handler.transport.get_extra_info("peername") if handler.transport else None
        self.recorder.add(self.served.endpoint, str(peer), service, detail, result)


def _device(plant: SimulatedPlant, unit: SimulatedUnit) -> SimDevice:
    """A device whose registers are computed when they are read."""
    layout = registers(plant, unit, time.time_ns())
    table = [SimData(at, values=word, datatype=DataType.REGISTERS) for at, word in sorted(layout.items())]

    async def refresh(*access: Any) -> ExcCodes | None:
        """Called by pymodbus with (function, start, address, count, registers, what to write)."""
        start, current, writes = access[1], access[4], access[5]
        if writes is not None:
            return ExcCodes.ILLEGAL_FUNCTION
        for at, word in registers(plant, unit, time.time_ns()).items():
            current[at - start] = word
        return None

    nothing = [SimData(65535, datatype=DataType.INVALID)]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    holding = table if plant.map(unit.map).table == "holding" else nothing
    inputs = table if plant.map(unit.map).table == "input" else nothing
    return SimDevice(unit.unit, simdata=(bits, list(bits), holding, inputs), action=refresh)


async def serve(plant: SimulatedPlant, served: ModbusServer, recorder: Recorder) -> tuple[Listener, str]:
    """Start listening; return the listener and its address."""
    listener = Listener(plant, served, recorder)
    await listener.serve_forever(background=True)
    transport: Any = listener.transport
    port = transport.sockets[0].getsockname()[1]
    return listener, f"127.0.0.1:{port}"
