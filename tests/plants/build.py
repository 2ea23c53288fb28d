"""Row → a simulated plant in the nouns of the simulator: scope, shapes, servers. They show what is."""

from functools import cache
from typing import Any

from connectors.simulator import SimulatedPlant
from tests.plants import equipment
from tests.plants.equipment import as_record
from tests.plants.machines import Machine, chosen, machines
from tests.plants.table import Row

BEGIN = 1_772_416_800_000_000_000
"""Monday 2026-03-02, 10:00 in Shanghai."""
MONTHS, HOURS = "2025-09-01T08:00:00+08:00", "2026-03-02T08:00:00+08:00"
MACHINERY = "http://opcfoundation.org/UA/Machinery/#"
STATE = {"kind": "state", "values": [0, 1, 2]}
TYPED_ANALOGUE, TYPED_WHOLE = 3, 2
"""Numeric process values of a machine's own server, and those of them that declare both unit and range."""
FLAT_ANALOGUE = 3
"""Of a machine behind the aggregator: temperature, pressure, and the setpoint, none with a unit."""
HELD = "/Monitoring/Temperature"
"""What servers keep the history of, in plants with equipment."""
INTERFACES = {"own": "opcua", "modbus": "modbus-rtu", "unspoken": "s7", "alone": "none", "manual": "none"}
PROCESSES = (
    ("forming", "behind"), ("machining", "own"), ("pressing", "modbus"), ("feeding", "unspoken"),
    ("milling", "alone"), ("turning", "manual"),
)  # fmt: skip
"""Key processes, each carried out by the machines of one way."""


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


@cache
def plant(row: Row) -> SimulatedPlant:
    """The plant of a row. An aggregator that we only have a record of is simulated as a server all the same."""
    shown = [m for m in machines(row) if m.exists and m.looked]
    shapes = [_shape(row, name) for name in ("full", "bare", "typed", "dead")]
    if row.equipped:
        shapes += equipment.shapes(shapes[2])
    document = {
        "format": "assessor-plant/1",
        "seed": 5,
        "epoch": "2025-01-01T00:00:00+08:00",
        "scope": _scope(row),
        "behaviours": _behaviours(row),
        "shapes": shapes,
        "maps": [_press(), _meter(), *(equipment.maps() if row.equipped else ())],
        "servers": [] if row.witnessed else _servers(row, shown),
    }
    return SimulatedPlant.model_validate(document)


def listed(row: Row) -> list[Machine]:
    return [m for m in machines(row) if m.listed]


def _scope(row: Row) -> dict[str, Any]:
    there = listed(row)
    assets = [_asset(m) for m in there]
    assets += [
        {"id": f"em-{m.index:02}", "name": text(f"em-{m.index:02}"), "kind": "energy-meter", "production": False,
         "interface": "modbus-rtu"}
        for m in there if m.way == "modbus"
    ]  # fmt: skip
    assets += equipment.assets() if row.equipped else []
    return {
        "format": "assessor-scope/1",
        "plant": {"id": row.id, "name": text(row.about), "kind": row.kind, "simulated": True},
        "agreement": {"role": text("plant manager"), "date": "2026-03-01", "reference": "SIM"},
        "vantage": row.vantage,
        "register": {"source": text("ledger"), "as_of": "2026-02-28"},
        "strata": [
            {"id": s.id, "selection": s.selection, "chosen": list(chosen(row, s.id)) if s.take else [],
             "seed": 5 if s.selection == "drawn" else None}
            for s in row.strata
        ],
        "key_processes": [
            {"id": id_, "name": text(id_), "assets": [m.id for m in there if m.way == way and m.exists]}
            for id_, way in PROCESSES
            if any(m.way == way and m.exists for m in there)
        ],
        "assets": assets,
        "endpoints": [] if row.witnessed else _endpoints(row, [m for m in there if m.exists and m.looked]),
        "meanings": _meanings(row) if row.explained else [],
    }  # fmt: skip


def _asset(m: Machine) -> dict[str, Any]:
    behind = "opcua" if m.open else "other"
    return {
        "id": m.id,
        "name": text(m.id),
        "kind": m.way,
        "production": True,
        "interface": "none" if m.condition == "disowned" else INTERFACES.get(m.way, behind),
        "numerical_control": m.digital,
        "stratum": m.stratum,
        "expects": m.expects,
        "main_consumer": m.equipped and m.way == "own" and m.index == 0,
        "metered_by": f"em-{m.index:02}" if m.way == "modbus" else None,
    }


def _endpoints(row: Row, there: list[Machine]) -> list[dict[str, Any]]:
    role = "gateway" if row.aggregator == "gateway" else "scada"
    found: list[dict[str, Any]] = []
    for i, group in enumerate(spread(row, there)):
        branches = [{"path": f"L{i}.{m.id}.", "asset": m.id} for m in group]
        one = {"id": f"scada-{i}", "protocol": "opcua", "address": "simulated", "role": role, "branches": branches}
        found.append(as_record(one, "SCADA") if row.aggregator == "record" else one)
    found += [
        {"id": f"server-{m.id}", "protocol": "opcua", "address": "simulated", "role": "machine", "asset": m.id,
         "security": {"mode": "SignAndEncrypt", "policy": "Basic256Sha256"} if m.condition == "secured" else {}}
        for m in there if m.way == "own"
    ]  # fmt: skip
    units = [
        {"unit": 2 * m.index + k, "asset": asset}
        for m in there
        if m.way == "modbus"
        for k, asset in ((1, m.id), (2, f"em-{m.index:02}"))
    ]
    if units:
        found.append({"id": "line", "protocol": "modbus-tcp", "address": "simulated", "role": "gateway",
                      "units": units})  # fmt: skip
    lost = [m for m in there if m.condition == "broken" and m.elsewhere]
    if lost:
        branches = [{"path": f"M.{m.id}.", "asset": m.id} for m in lost]
        found.append(as_record({"id": "mes", "role": "mes", "branches": branches}, "MES"))
    return found + (equipment.endpoints(row, there) if row.equipped else [])


def spread(row: Row, there: list[Machine]) -> list[list[Machine]]:
    """Machines behind an aggregator, server by server."""
    behind = [m for m in there if m.way == "behind"]
    groups = [behind[i :: row.servers] for i in range(row.servers)]
    return [group for group in groups if group]


def _servers(row: Row, there: list[Machine]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"kind": "opcua", "endpoint": f"scada-{i}", "name": "scada", "namespace": "urn:scada",
         "renews": row.renews, "places": [_behind(m, f"L{i}") for m in group]}
        for i, group in enumerate(spread(row, there))
    ]  # fmt: skip
    for m in (m for m in there if m.way == "own"):
        if m.condition in ("silent", "walled"):
            found.append({"kind": "silent", "endpoint": f"server-{m.id}"})
        else:
            found.append({"kind": "opcua", "endpoint": f"server-{m.id}", "name": m.id, "namespace": f"urn:{m.id}",
                          "drops": row.drops, "places": [_own(m)]})  # fmt: skip
    units = [u for m in there if m.way == "modbus" for u in _units(m)]
    if units:
        found.append({"kind": "modbus", "endpoint": "line", "units": units})
    lost = [m for m in there if m.condition == "broken" and m.elsewhere]
    if lost:
        places = [_behind(m, "M") | {"stands_since": None} for m in lost]
        found.append({"kind": "opcua", "endpoint": "mes", "name": "mes", "namespace": "urn:mes", "places": places})
    return found + (equipment.servers(there) if row.equipped else [])


def _behind(m: Machine, line: str) -> dict[str, Any]:
    since = {"broken": MONTHS, "idle": HOURS}.get(m.condition)
    return {
        "path": f"{line}.{m.id}.",
        "shape": "bare" if m.passes_little else "full",
        "machine": m.id,
        "stands_since": since,
    }


def _own(m: Machine) -> dict[str, Any]:
    plate = {"manufacturer": "Maker", "model": "X 1", "serial": m.id}
    shape = "cell" if m.equipped and m.even else "typed"
    return {"path": m.id, "shape": "dead" if m.condition == "flat" else shape, "machine": m.id, "plate": plate,
            "type": f"{MACHINERY}MachineType"}  # fmt: skip


def _units(m: Machine) -> list[dict[str, Any]]:
    plate = {"manufacturer": "Maker", "model": "P 2"} if m.plate else None
    return [
        {"unit": 2 * m.index + 1, "map": "press", "machine": m.id, "plate": plate},
        {"unit": 2 * m.index + 2, "map": "meter", "machine": m.id},
    ]


def _behaviours(row: Row) -> list[dict[str, Any]]:
    plain = [_behaviour(m) for m in machines(row) if not (row.equipped and m.way == "own")]
    return plain + (equipment.living(row, list(machines(row))) if row.equipped else [])


def _behaviour(m: Machine) -> dict[str, Any]:
    """Running, but for a pause every now and then."""
    pattern = [{"state": "running", "seconds": 700}, {"state": "idle", "seconds": 60 + m.index}]
    return {"id": m.id, "pattern": pattern, "cycle": 12.0, "power": [0.5, 3.0, 18.0 + m.index]}


def _drift(level: float, swing: float) -> dict[str, Any]:
    return {"kind": "drift", "level": level, "swing": swing, "period": 300, "digits": 4}


def _shape(row: Row, id_: str) -> dict[str, Any]:
    counter = {"kind": "counter", "level": 1000, "restarts": row.restarts}
    energy = {"kind": "energy", "level": 4000, "digits": 6}
    if id_ in ("full", "bare"):
        variables: list[dict[str, Any]] = [
            {"name": "State", "type": "Int32", "signal": STATE},
            {"name": "Temperature", "signal": _drift(180, 8)},
            {"name": "Pressure", "signal": _drift(6, 0.8)},
            {"name": "SetTemperature", "signal": {"kind": "constant", "level": 180}},
        ]
        if id_ == "full":
            variables += [
                {"name": "PartCount", "type": "UInt32", "signal": counter},
                {"name": "EnergyTotal", "signal": energy},
            ]
        return {"id": id_, "variables": [_as_it_stands(row, v) for v in variables]}
    still = {"stands_at": MONTHS} if id_ == "dead" else {"offset": row.clock_ahead}

    def live(level: float, swing: float) -> dict[str, Any]:
        signal = {"kind": "constant", "level": level} if id_ == "dead" else _drift(level, swing)
        return {"signal": signal, "clock": still}

    variables = [
        {"name": "MachineryBuildingBlocks/MachineryItemState/CurrentState", "type": "LocalizedText",
         "signal": {"kind": "state", "values": ["OutOfService", "NotExecuting", "Executing"]}},
        {"name": "Monitoring/Temperature", "unit": "°C", "low": 0, "high": 300} | live(60, 5),
        {"name": "Monitoring/Speed", "unit": "r/min", "low": 0, "high": 9000} | live(4000, 300),
        {"name": "Monitoring/Load", "unit": "%"} | live(50, 20),
        {"name": "Production/PartCount", "type": "UInt32", "signal": counter},
        {"name": "Energy/Total", "unit": "kWh", "low": 0, "high": 1e7, "signal": energy},
    ]  # fmt: skip
    item = {"name": "MachineryBuildingBlocks/MachineryItemState", "type": f"{MACHINERY}MachineryItemStateType"}
    parts = [{"name": "Identification", "type": f"{MACHINERY}MachineIdentificationType"}, item]
    return {"id": id_, "parts": parts, "variables": [_as_it_stands(row, v) for v in variables]}


def _as_it_stands(row: Row, variable: dict[str, Any]) -> dict[str, Any]:
    clock = (
        {"offset": row.clock_ahead} if row.clock_ahead and "MachineryBuildingBlocks" in variable["name"] else None
    )
    bad = {"quality": {"period": 10, "bad": 10}} if row.bad else {}
    return {"clock": clock} | variable | bad


def _press() -> dict[str, Any]:
    return {"id": "press", "table": "holding", "points": [
        {"id": "state", "at": 0, "type": "u16", "quantity": "state", "function": "state", "signal": STATE},
        {"id": "temperature", "at": 2, "type": "f32", "unit": "°C", "quantity": "temperature",
         "function": "actual", "signal": _drift(90, 6)},
    ]}  # fmt: skip


def _meter() -> dict[str, Any]:
    return {"id": "meter", "table": "input", "points": [
        {"id": "energy", "at": 0, "type": "f32", "unit": "kWh", "quantity": "energy", "function": "counter",
         "signal": {"kind": "energy", "level": 100, "digits": 6}},
    ]}  # fmt: skip


def _meanings(row: Row) -> list[dict[str, Any]]:
    """What the equipment engineer confirmed. What a companion specification fixes needs no confirming."""
    rules: dict[str, tuple[str, str]] = {
        "*.State": ("state", "state"),
        "*.Temperature": ("temperature", "actual"),
        "*.Pressure": ("pressure", "actual"),
        "*.SetTemperature": ("temperature", "setpoint"),
        "*.PartCount": ("count", "counter"),
        "*.EnergyTotal": ("energy", "counter"),
        "*/CurrentState": ("state", "state"),
        "*/Monitoring/Temperature": ("temperature", "actual"),
        "*/Monitoring/Speed": ("speed", "actual"),
        "*/Monitoring/Load": ("electrical", "actual"),
        "*/PartCount": ("count", "counter"),
        "*/Energy/Total": ("energy", "counter"),
    }
    rules |= equipment.meanings() if row.equipped else {}
    return [
        {"tags": glob, "quantity": quantity, "function": function, "by": "engineer"}
        for glob, (quantity, function) in rules.items()
    ]
