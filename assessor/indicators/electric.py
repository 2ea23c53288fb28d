"""What a data point of a meter is: its quantity by unit, and by its name which phase, sum or direction it is.

Strict on purpose: every word of the name must be known here. A name with one word too many ('motor 2 power', 'DC
bus voltage', 'rated power') is `unknown` and enters no figure.
"""

import re
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from assessor.domain import Function, Scope, Tag
from assessor.indicators.data_points import SeenTag

Quantity = Literal["power", "apparent", "reactive", "factor", "current", "voltage", "energy", "flow"]
Place = str
"""total, bare, motor, import, export, l1 to l3, l12, l23, l31, part or unknown.

`bare`: the name says neither phase nor sum. `part`: a known part of something, such as one tariff."""


class Read(NamedTuple):
    """What a data point is; its value times `scale` is in kW, kVA, kvar, kWh, A, V, m³/min, or a share."""

    quantity: Quantity
    place: Place
    scale: float


UNITS: dict[Quantity, dict[str, float]] = {
    "power": {"W": 1e-3, "WTT": 1e-3, "kW": 1.0, "KWT": 1.0, "MW": 1e3, "MAW": 1e3},
    "apparent": {"VA": 1e-3, "kVA": 1.0, "KVA": 1.0, "MVA": 1e3},
    "reactive": {
        "var": 1e-3, "Var": 1e-3, "VAr": 1e-3, "kvar": 1.0, "kVar": 1.0, "kVAr": 1.0, "KVR": 1.0, "Mvar": 1e3,
    },
    "current": {"A": 1.0, "AMP": 1.0, "mA": 1e-3, "kA": 1e3},
    "voltage": {"V": 1.0, "VLT": 1.0, "kV": 1e3},
    "energy": {
        "Wh": 1e-3, "WHR": 1e-3, "kWh": 1.0, "KWH": 1.0, "MWh": 1e3, "MWH": 1e3, "kJ": 1 / 3600, "KJO": 1 / 3600,
        "MJ": 1 / 3.6, "3B": 1 / 3.6, "GJ": 1e3 / 3.6, "GV": 1e3 / 3.6,
    },
    "flow": {
        "m³/min": 1.0, "m3/min": 1.0, "m³/h": 1 / 60, "m3/h": 1 / 60, "MQH": 1 / 60, "m³/s": 60.0,
        "m3/s": 60.0, "MQS": 60.0, "l/min": 1e-3, "L/min": 1e-3, "L2": 1e-3, "l/s": 0.06, "L/s": 0.06,
    },
}  # fmt: skip
"""Spellings of units, UNECE common codes among them, and what turns a value into the unit of a figure."""
SCALES: dict[str, tuple[Quantity, float]] = {u: (q, scale) for q, of in UNITS.items() for u, scale in of.items()}
SHARES = {None: 1.0, "": 1.0, "1": 1.0, "PF": 1.0, "C62": 1.0, "%": 0.01, "Pct": 0.01, "P1": 0.01}
"""Units of a power factor."""

CHINESE = {
    "功率因数": "power factor", "功率因素": "power factor", "功率": "power", "有功": "active", "无功": "reactive",
    "视在": "apparent", "正向": "import", "反向": "export", "电能": "energy", "电量": "energy", "电度": "energy",
    "用电": "energy", "电流": "current", "电压": "voltage", "线电压": "voltage", "相电压": "voltage",
    "三相": "three", "合计": "total", "总": "total", "累计": "total", "相": "phase", "当前": "actual",
    "瞬时": "actual", "电机": "motor", "主机": "motor", "流量": "flow", "排气量": "flow", "排气": "air",
    "产气": "air",
}  # fmt: skip


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _all(
    "power active real apparent reactive factor pf cos phi energy current voltage volt amp p s q u i phase line "
    "ac actual present value counter electricity electric electrical three consumption consumed instantaneous"
)
"""Words that say what the unit says already, or nothing."""
AIR = _all("flow rate air free delivery fad volume volumetric discharge outlet compressed output")
"""The same of a flow: that of cooling water, say, has a word that is not among them."""
WORDS: dict[Place, frozenset[str]] = {
    "total": _all("total sum sys system tot"),
    "motor": _all("motor input"),
    "import": _all("import imported imp forward fwd delivered positive"),
    "export": _all("export exported exp reverse rev received negative returned"),
    "part": _all("today yesterday month day t1 t2 t3 t4 peak flat valley spike average avg mean n neutral"),
    "l1": _all("l1 a ua ia pa u1 i1"),
    "l2": _all("l2 b ub ib pb u2 i2"),
    "l3": _all("l3 c uc ic pc u3 i3"),
    "l12": _all("l12 ab uab u12"),
    "l23": _all("l23 bc ubc u23"),
    "l31": _all("l31 ca uca u31"),
}
KNOWN = frozenset[str]().union(*WORDS.values(), FILLERS)
PAIRS: dict[frozenset[Place], Place] = {
    frozenset({"l1", "l2"}): "l12", frozenset({"l2", "l3"}): "l23", frozenset({"l1", "l3"}): "l31",
}  # fmt: skip
PHASES: frozenset[Place] = frozenset({"l1", "l2", "l3", "l12", "l23", "l31"})
SUNSPEC: dict[str, Place] = {
    **dict.fromkeys(("W", "VA", "VAR", "PF"), "total"), "TotWhImp": "import", "TotWhExp": "export",
    **{f"{name}ph{p}": f"l{i}" for name in ("A", "W", "VA", "VAR", "PF", "PhV") for i, p in enumerate("ABC", 1)},
    **{f"{name}ph{p}": at for name in ("PPV", "PhV") for p, at in (("AB", "l12"), ("BC", "l23"), ("CA", "l31"))},
}  # fmt: skip
"""Points of SunSpec's meter models 201 to 204 and 211 to 214; all others of them enter no figure."""
_METER_MODEL = re.compile(r"(?:^|/)2[01][1-4]/(\w+)$")
_UNIT = re.compile(r"[kM]?(?:Wh|W|VArh|VAr|VA)(?![a-z])|kvarh?(?![a-z])")
_PHASE = re.compile(r"phase[_ ]?([123])(?!\d)", re.IGNORECASE)
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z\u4e00-\u9fff]+")


def read(tag: SeenTag, scope: Scope) -> Read | None:
    """What a tag is, by its meaning, unit and name; None where it is nothing of a meter."""
    m = tag.meaning
    if m is None or m.function not in (Function.ACTUAL, Function.COUNTER, None):
        return None
    unit, path = unit_of(tag.tag, scope), tag.tag.path
    if m.quantity == "electrical" and unit in SHARES:
        return Read("factor", place_of(path), SHARES[unit]) if is_factor(last(path)) else None
    quantity, scale = SCALES.get("".join((unit or "").split()), ("power", 0.0))
    if not scale or m.quantity != (quantity if quantity in ("energy", "flow") else "electrical"):
        return None
    place = place_of(path, AIR if quantity == "flow" else frozenset())
    if quantity == "energy" and not _counts(m.function, place):
        place = "unknown"
    return Read(quantity, place, scale)


def _counts(function: Function | None, place: Place) -> bool:
    """Is it a counter? By what is known of it, else by its name. The kWh of the last hour are none."""
    return function is Function.COUNTER or (function is None and place in ("total", "import", "export"))


def unit_of(tag: Tag, scope: Scope) -> str | None:
    """Its unit: its server's word, else that of the person who confirmed its meaning."""
    if tag.unit is not None:
        return tag.unit
    return next((rule.unit for rule in scope.meanings if fnmatchcase(tag.path, rule.tags)), None)


def last(path: str) -> str:
    """The name itself: the last part of a path, or of a flat tag name."""
    return re.split(r"[/.]", path)[-1]


def is_factor(name: str) -> bool:
    """Does a name say power factor, whole or of a phase?"""
    words = words_of(name)
    return {"power", "factor"} <= words or "pf" in words or {"cos", "phi"} <= words or name.startswith("PFph")


def words_of(name: str) -> set[str]:
    """The words of a name, small; Chinese ones by what they mean, left as they are where nobody knows them."""
    for chinese in sorted(CHINESE, key=len, reverse=True):
        name = name.replace(chinese, f" {CHINESE[chinese]} ")
    plain = _PHASE.sub(r" L\1 ", _UNIT.sub(" ", name))
    return {word.lower() for word in _JOINT.split(plain) if word}


def place_of(path: str, more: frozenset[str] = frozenset()) -> Place:
    """Which phase, sum or direction a data point is, by the last part of its path; `more` words say nothing."""
    if model := _METER_MODEL.search(path):
        return SUNSPEC.get(model[1], "unknown")
    words = words_of(last(path))
    if not words or not words <= KNOWN | more:
        return "unknown"
    found = {place for place, known in WORDS.items() if words & known}
    if (pair := frozenset(found)) in PAIRS:
        return PAIRS[pair]
    directed = found - {"total"}
    if len(directed) > 1 or (directed & PHASES and "total" in found):
        return "part"
    return next(iter(directed), "total" if found else "bare")
