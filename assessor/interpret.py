"""INTERPRET: what each tag means, and who says so. A person wins, then profile, then type, then unit.

Names are not read here: what nobody vouches for is left to `models.tags`.
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from assessor.domain import ConfirmedMeaning, Function, MeaningRule, Observation, Scope, Tag, TagMeaning

UNITS = {
    "energy": "kWh MWh Wh J kJ MJ GJ kvarh varh VAh kVAh KWH MWH WHR JOU KJO 3B GV",
    "electrical": "V kV mV A mA kA W kW MW var kvar VA kVA Hz VLT AMP 4K WTT KWT MAW HTZ",
    "temperature": "°C ℃ degC Cel C K °F degF CEL KEL FAH",
    "pressure": "bar mbar Pa hPa kPa MPa psi BAR MBR PAL KPA MPA",
    "flow": "m³/h m3/h l/min L/min m³/s l/s kg/h kg/s mbar·l/s MQH L2 E93",
    "speed": "r/min rpm 1/min min⁻¹ m/min m/s mm/s mm/min °/s RPM MTS 2X H81",
    "position": "mm cm m µm um ° deg rad MMT CMT MTR 4H DD",
    "force": "N kN Nm kNm N·m NEW B47 NU",
    "level": "l L m³ m3",
    "vibration": "mm/s² g m/s²",
    "time": "s ms min h SEC C26 MIN HUR",
}
"""Spellings of units by quantity: UCUM, UNECE display names and UNECE common codes."""
QUANTITY = {unit: quantity for quantity, units in UNITS.items() for unit in units.split()}

MACHINERY = "http://opcfoundation.org/UA/Machinery/"
DI = "http://opcfoundation.org/UA/DI/"
NAMEPLATE = (
    "Manufacturer", "ManufacturerUri", "Model", "ProductCode", "ProductInstanceUri", "SerialNumber",
    "DeviceClass", "DeviceRevision", "HardwareRevision", "SoftwareRevision", "YearOfConstruction",
    "MonthOfConstruction", "InitialOperationDate", "AssetId", "ComponentName", "Location",
)  # fmt: skip
BASE = "http://opcfoundation.org/UA/#"
STATE_TYPES = frozenset({
    "FiniteStateVariableType", "TwoStateVariableType", "TwoStateDiscreteType", "MultiStateDiscreteType",
    "MultiStateValueDiscreteType",
})  # fmt: skip
"""Types of the base standard that can only hold a state."""
PACKML = "http://opcfoundation.org/UA/PackML/"
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"
NAMED: dict[str, dict[str, tuple[str, Function]]] = {
    MACHINERY: {
        "MachineryItemState/CurrentState": ("state", Function.STATE),
        "MachineryOperationMode/CurrentState": ("state", Function.STATE),
        **{f"Identification/{name}": ("", Function.IDENTIFICATION) for name in NAMEPLATE},
    },
    DI: {f"Identification/{name}": ("", Function.IDENTIFICATION) for name in NAMEPLATE},
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


def interpret(
    observations: Iterable[Observation], scope: Scope, confirmed: Sequence[ConfirmedMeaning] = ()
) -> dict[int, TagMeaning]:
    """The meaning of every tag that anyone can vouch for, by tag id. No entry: nobody says.

    What was confirmed for this plant after sampling wins over what its scope said before.
    """
    found: dict[int, TagMeaning] = {}
    exact = {one.tags: one for one in reversed(confirmed)}
    for seen in observations:
        companions = {device.asset: device.companions for device in seen.devices}
        for tag in seen.tags:
            meaning = _confirmed(tag, exact, confirmed) or _meaning(
                tag, companions.get(tag.asset, ()), scope.meanings
            )
            if meaning is not None:
                found[tag.id] = meaning
    return found


def _confirmed(
    tag: Tag, exact: Mapping[str, ConfirmedMeaning], confirmed: Sequence[ConfirmedMeaning]
) -> TagMeaning | None:
    """A path as it stands wins over patterns, among these the first that fits."""
    said = exact.get(tag.path) or next((one for one in confirmed if fnmatchcase(tag.path, one.tags)), None)
    if said is None:
        return None
    return TagMeaning(
        tag=tag.id, quantity=said.quantity, function=said.function, source="person", confirmed_by=said.by
    )


def _meaning(tag: Tag, companions: Sequence[str], rules: Sequence[MeaningRule]) -> TagMeaning | None:
    for rule in rules:
        if fnmatchcase(tag.path, rule.tags):
            function = Function(rule.function) if rule.function else None
            return TagMeaning(
                tag=tag.id,
                quantity=rule.quantity,
                function=function,
                source="person",
                confirmed_by=rule.by,
                states=rule.states,
            )
    if tag.profile_quantity or tag.profile_function:
        function = Function(tag.profile_function) if tag.profile_function else None
        return TagMeaning(tag=tag.id, quantity=tag.profile_quantity, function=function, source="profile")
    if (tag.type_definition or "").removeprefix(BASE) in STATE_TYPES:
        return TagMeaning(tag=tag.id, quantity="state", function=Function.STATE, source="type")
    for namespace in companions:
        for ending, (quantity, function) in NAMED.get(namespace, {}).items():
            if tag.path.endswith(ending):
                return TagMeaning(tag=tag.id, quantity=quantity or None, function=function, source="type")
    quantity_ = QUANTITY.get("".join((tag.unit or "").split()))
    if quantity_ is None:
        return None
    return TagMeaning(tag=tag.id, quantity=quantity_, function=None, source="unit")
