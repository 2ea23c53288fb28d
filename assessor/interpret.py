"""INTERPRET: what each tag means, and who says so. A person wins, then profile, type and name, then unit."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from assessor.domain import Function, MeaningRule, Observation, Scope, Tag, TagMeaning

UNITS = {
    "energy": "kWh MWh Wh J kJ MJ GJ kvarh varh VAh kVAh",
    "electrical": "V kV mV A mA kA W kW MW var kvar VA kVA Hz",
    "temperature": "°C degC C K °F",
    "pressure": "bar mbar Pa kPa MPa psi",
    "flow": "m³/h m3/h l/min L/min m³/s l/s kg/h kg/s mbar·l/s",
    "speed": "r/min rpm 1/min min⁻¹ m/min m/s mm/s mm/min °/s",
    "position": "mm m µm ° rad",
    "force": "N kN Nm kNm N·m",
    "level": "l L m³ m3",
    "vibration": "mm/s² g m/s²",
    "time": "s ms min h",
}
"""Spellings of units by quantity (UCUM and UNECE display names)."""
QUANTITY = {unit: quantity for quantity, units in UNITS.items() for unit in units.split()}

MACHINERY = "http://opcfoundation.org/UA/Machinery/"
PACKML = "http://opcfoundation.org/UA/PackML/"
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"
NAMED: dict[str, dict[str, tuple[str, Function]]] = {
    MACHINERY: {
        "MachineryItemState/CurrentState": ("state", Function.STATE),
        "MachineryOperationMode/CurrentState": ("state", Function.STATE),
        "Identification/SerialNumber": ("", Function.IDENTIFICATION),
        "Identification/Manufacturer": ("", Function.IDENTIFICATION),
        "Identification/Model": ("", Function.IDENTIFICATION),
        "Identification/SoftwareRevision": ("", Function.IDENTIFICATION),
    },
    PACKML: {
        "Status/StateCurrent": ("state", Function.STATE),
        "Status/UnitModeCurrent": ("state", Function.STATE),
        "Status/CurMachSpeed": ("speed", Function.ACTUAL),
        "Status/MachSpeed": ("speed", Function.SETPOINT),
        "Admin/ProdProcessedCount": ("count", Function.COUNTER),
        "Admin/ProdDefectiveCount": ("count", Function.COUNTER),
    },
    ROBOTICS: {
        "ParameterSet/ActualPosition": ("position", Function.ACTUAL),
        "ParameterSet/ActualSpeed": ("speed", Function.ACTUAL),
        "ParameterSet/SpeedOverride": ("speed", Function.SETPOINT),
    },
}
"""Paths that a companion specification fixes, by its namespace; they hold where an asset is typed by it."""


def interpret(observations: Iterable[Observation], scope: Scope) -> dict[int, TagMeaning]:
    """The meaning of every tag that anyone can vouch for, by tag id. No entry: nobody says."""
    found: dict[int, TagMeaning] = {}
    for seen in observations:
        companions = {device.asset: device.companions for device in seen.devices}
        for tag in seen.tags:
            meaning = _meaning(tag, companions.get(tag.asset, ()), scope.meanings)
            if meaning is not None:
                found[tag.id] = meaning
    return found


def _meaning(tag: Tag, companions: Sequence[str], rules: Sequence[MeaningRule]) -> TagMeaning | None:
    for rule in rules:
        if fnmatchcase(tag.path, rule.tags):
            function = Function(rule.function) if rule.function else None
            return TagMeaning(
                tag=tag.id, quantity=rule.quantity, function=function, source="person", confirmed_by=rule.by
            )
    if tag.profile_quantity or tag.profile_function:
        function = Function(tag.profile_function) if tag.profile_function else None
        return TagMeaning(tag=tag.id, quantity=tag.profile_quantity, function=function, source="profile")
    for namespace in companions:
        for ending, (quantity, function) in NAMED.get(namespace, {}).items():
            if tag.path.endswith(ending):
                return TagMeaning(tag=tag.id, quantity=quantity or None, function=function, source="type")
    quantity_ = QUANTITY.get(tag.unit or "")
    if quantity_ is None:
        return None
    return TagMeaning(tag=tag.id, quantity=quantity_, function=None, source="unit")
