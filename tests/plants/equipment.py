"""What a plant with equipment has beside its machines: meters, compressors, robots, a MES; and what machines with
a server of their own show more. Added to the document of `build` in the nouns of the simulator."""

from typing import Any

from assessor.domain import Traffic
from tests.plants.machines import Machine
from tests.plants.table import Row

ROBOTICS = "http://opcfoundation.org/UA/Robotics/#"
CHANGEOVER, ORDER = 1200, 5400
"""Seconds for which a program, and an order, is in force."""
FACTOR = 0.92
"""Power factor of the mains."""
THIRD = 0.85
"""What the third phase carries of what each of the others does."""
AIR = 12.0
"""m³/min that a compressor delivers while it is loaded."""
TRAFFIC = Traffic(
    requests=720, failures=0, bytes_sent=40_000, bytes_received=90_000, seconds=7200.0, slowest_ms=3.0,
    round_trips={6: 700}, stated=900,
)  # fmt: skip
"""What each endpoint cost: every answer took 3 ms, which lies in class 6."""
COMPRESSORS = ("air-0", "air-1")
ROBOTS = {"robot-0": "robot", "robot-1": "palletiser"}
"""By id, what the register calls it: the second is a robot that nobody lists as one."""
MORE_TYPED, MORE_ANALOGUE, MORE_WHOLE = 10, 3, 2
"""Of every other machine with a server of its own: variables more, numeric process values among them, and those of
these that declare both unit and range."""
PLANNED = 2
"""Variables that the MES shows of such a machine."""


def living(row: Row, there: list[Machine]) -> list[dict[str, Any]]:
    """How mains and compressors live, and machines with alarms: these stop for longer than between two looks."""
    own = [
        {"id": m.id, "cycle": 12.0, "power": [0.5, 3.0, 18.0 + m.index],
         "pattern": [{"state": "running", "seconds": 1500 + 60 * m.index}, {"state": "idle", "seconds": 300},
                     {"state": "stopped", "seconds": 420}]}
        for m in there if m.way == "own"
    ]  # fmt: skip
    mains = {"id": "mains", "power": [20.0, 110.0, 210.0], "cycle": 100.0,
             "pattern": [{"state": "running", "seconds": 2700}, {"state": "idle", "seconds": 900}]}  # fmt: skip
    air = [
        {"id": id_, "power": [0.0, 25.0 + i, 75.0 + i], "cycle": 600.0,
         "pattern": [{"state": "running", "seconds": 1200}, {"state": "idle", "seconds": 600}]}
        for i, id_ in enumerate(COMPRESSORS)
    ]  # fmt: skip
    return [*own, mains, *air, *({"id": id_, "pattern": [{"state": "running", "seconds": 60}]} for id_ in ROBOTS)]


def assets() -> list[dict[str, Any]]:
    def one(id_: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": id_, "name": {"zh": id_, "en": id_}, "kind": kind, "production": False,
                "interface": "modbus-tcp"} | more  # fmt: skip

    return [
        one("mains", "mains-meter"),
        *(one(f"em-{id_}", "energy-meter", metered_by="mains") for id_ in COMPRESSORS),
        *(one(id_, "compressor", metered_by=f"em-{id_}", main_consumer=True) for id_ in COMPRESSORS),
        *(one(id_, kind, interface="opcua") for id_, kind in ROBOTS.items()),
    ]


def endpoints(row: Row, there: list[Machine]) -> list[dict[str, Any]]:
    """The line of meters, the robots' servers, the MES itself and a file that it wrote."""
    own = [m for m in there if m.way == "own"]
    units = [{"unit": unit, "asset": asset} for unit, asset, _, _ in _units()]
    found: list[dict[str, Any]] = [
        {"id": "power", "protocol": "modbus-tcp", "address": "simulated", "role": "gateway", "units": units},
        {"id": "mes-live", "protocol": "opcua", "address": "simulated", "role": "mes",
         "branches": [{"path": f"E.{m.id}.", "asset": m.id} for m in own]},
        as_record({"id": "mes-report", "role": "mes",
                   "branches": [{"path": f"R.{m.id}.", "asset": m.id} for m in own]}, "MES"),
    ]  # fmt: skip
    return found + [
        {"id": f"server-{id_}", "protocol": "opcua", "address": "simulated", "role": "machine", "asset": id_}
        for id_ in ROBOTS
    ]


def as_record(endpoint: dict[str, Any], system: str) -> dict[str, Any]:
    """The endpoint of a file that a system wrote."""
    how = {"system": system, "taken_by": "engineer", "taken_at": "2026-03-02T11:00:00+08:00", "layout": "wide",
           "time": "t", "time_zone": "+08:00"}  # fmt: skip
    return endpoint | {"protocol": "export", "address": "record.csv", "export": how}


def _units() -> list[tuple[int, str, str, str]]:
    """Unit, asset, register map, and whose life it shows."""
    found = [(1, "mains", "mains", "mains")]
    for i, id_ in enumerate(COMPRESSORS):
        found += [(2 + 2 * i, f"em-{id_}", "submeter", id_), (3 + 2 * i, id_, "compressor", id_)]
    return found


def servers(there: list[Machine]) -> list[dict[str, Any]]:
    own = [m for m in there if m.way == "own"]

    def places(branch: str, shapes: tuple[str, str]) -> list[dict[str, Any]]:
        return [{"path": f"{branch}.{m.id}.", "shape": shapes[m.index % 2], "machine": m.id} for m in own]

    return [
        {"kind": "modbus", "endpoint": "power",
         "units": [{"unit": unit, "map": map_, "machine": lives} for unit, _, map_, lives in _units()]},
        {"kind": "opcua", "endpoint": "mes-live", "name": "mes", "namespace": "urn:mes-live",
         "places": places("E", ("planned", "planned"))},
        {"kind": "opcua", "endpoint": "mes-report", "name": "report", "namespace": "urn:mes-report",
         "places": places("R", ("report", "twice"))},
        *({"kind": "opcua", "endpoint": f"server-{id_}", "name": id_, "namespace": f"urn:{id_}",
           "places": [{"path": id_, "shape": "robot", "machine": id_,
                       "type": f"{ROBOTICS}MotionDeviceSystemType"}]}
          for id_ in ROBOTS),
    ]  # fmt: skip


def shapes(typed: dict[str, Any]) -> list[dict[str, Any]]:
    """A machine's own server with all it can have, what the MES shows and reports of it, and a robot."""
    count = {"name": "PartCount", "type": "UInt32", "signal": {"kind": "counter", "level": 1000}}
    twice = count | {"signal": {"kind": "counter", "level": 1000, "factor": 2}}
    speed = {"name": "Speed", "unit": "mm/s", "low": 0, "high": 2000,
             "signal": {"kind": "drift", "level": 800, "swing": 90, "period": 300, "digits": 4}}  # fmt: skip
    return [
        typed | {"id": "cell", "variables": [*typed["variables"], *_cell()]},
        {"id": "planned", "variables": [count, _text("ActiveProgram", CHANGEOVER)]},
        {"id": "report", "variables": [count]},
        {"id": "twice", "variables": [twice]},
        {"id": "robot", "variables": [speed]},
    ]


def _text(name: str, period: int) -> dict[str, Any]:
    values = [f"{name[:1]}{n:04}" for n in range(3000, 3400, 7)]
    return {"name": name, "type": "String", "signal": {"kind": "text", "values": values, "period": period}}


def _words(name: str, *values: str) -> dict[str, Any]:
    return {"name": name, "type": "String", "signal": {"kind": "state", "values": list(values)}}


def _cell() -> list[dict[str, Any]]:
    """Mode, alarms, order and program, a result of inspection, and a control loop."""
    loop = {"unit": "°C", "low": 0, "high": 200}
    value = {"kind": "drift", "level": 60, "swing": 2, "period": 300, "digits": 4}
    return [
        _words("Operation/Mode", "MANUAL", "AUTO", "AUTO"),
        {"name": "Alarms/OverheatAlarm", "type": "Boolean", "signal": {"kind": "state", "values": [1, 0, 0]}},
        {"name": "Alarms/Alarm1", "type": "Boolean", "signal": {"kind": "constant", "level": 0}},
        _text("Order/OrderNumber", ORDER) | {"name": "Order/OrderNumber"},
        _text("Order/ActiveProgram", CHANGEOVER) | {"name": "Order/ActiveProgram"},
        _words("Quality/InspectionResult", "NONE", "NOK", "OK"),
        {"name": "TIC101/PV", "signal": value} | loop,
        {"name": "TIC101/SP", "signal": {"kind": "constant", "level": 60}} | loop,
        {"name": "TIC101/OP", "unit": "%",
         "signal": {"kind": "drift", "level": 45, "swing": 9, "period": 200, "digits": 4}},
        _words("TIC101/MODE", "MAN", "AUTO", "AUTO"),
    ]  # fmt: skip


def maps() -> list[dict[str, Any]]:
    def point(id_: str, at: int, unit: str | None, kind: str, **more: Any) -> dict[str, Any]:
        signal = {"kind": kind, "digits": 6} | more.pop("signal", {})
        return {"id": id_, "at": at, "type": "f32", "unit": unit, "quantity": "electrical", "function": "actual",
                "signal": signal} | more  # fmt: skip

    power = point("total_active_power", 0, "kW", "power")
    energy = point("total_energy_import", 2, "kWh", "energy", quantity="energy", function="counter",
                   signal={"level": 10000})  # fmt: skip
    mains = [
        power, energy,
        point("total_apparent_power", 4, "kVA", "power", signal={"factor": 1 / FACTOR}),
        *(point(f"current_l{i}", 4 + 2 * i, "A", "power", signal={"factor": 1.5 * (THIRD if i == 3 else 1.0)})
          for i in (1, 2, 3)),
    ]  # fmt: skip
    air = [
        point("air_flow_rate", 0, "m³/min", "state", quantity="flow", signal={"values": [0, 0, round(AIR)]}),
        point("loaded", 2, None, "state", quantity="state", function="state", signal={"values": [0, 0, 1]}),
    ]
    return [
        {"id": "mains", "table": "input", "points": mains},
        {"id": "submeter", "table": "input", "points": [power, energy]},
        {"id": "compressor", "table": "input", "points": air},
    ]


def meanings() -> dict[str, tuple[str, str]]:
    """What people confirmed of these: by pattern, quantity and function."""
    return {
        "*/Operation/Mode": ("state", "state"),
        "*/Alarms/*": ("state", "alarm"),
        "*/OrderNumber": ("order", "identification"),
        "*ActiveProgram": ("program", "identification"),
        "*/InspectionResult": ("state", "quality"),
        "*/TIC101/PV": ("temperature", "actual"),
        "*/TIC101/SP": ("temperature", "setpoint"),
        "*/TIC101/OP": ("other", "actual"),
        "*/TIC101/MODE": ("state", "state"),
        "robot-?/Speed": ("speed", "actual"),
    }
