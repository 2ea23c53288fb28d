"""PROPOSE how a device orders its bytes, from what was read of it once or twice. Pure; a person decides.

A value speaks for or against an order by its magnitude alone: finite, not absurdly small, within what its unit
lets a plant have. Zero speaks for nothing. Where two orders pass, none is proposed.
"""

from collections.abc import Mapping, Sequence

from assessor.domain import Function, Message, Noun, Order, Point, Profile
from connectors.modbus.decode import Value, decode

Registers = Mapping[tuple[int, int], int]
"""What was read, by function code and address on the wire."""
ORDERS: tuple[Order, ...] = ("ABCD", "CDAB", "BADC", "DCBA")
ENOUGH = 0.8
"""Share of judged values that have to be plausible where no order leaves none implausible."""
TINY = 1e-6
GRID = frozenset({"frequency", "grid_frequency", "频率", "电网频率"})
"""Points of these names show the grid's frequency; a drive's output may have any."""

_BANDS: dict[str, tuple[float, float]] = {
    "V": (0, 1500), "kV": (0, 500), "A": (-1e4, 1e4), "mA W var VA": (-1e7, 1e7), "kW kvar kVA": (-1e5, 1e5),
    "MW %": (-1e3, 1e3), "Hz": (0, 1000), "Wh varh": (0, 1e12), "kWh kvarh m³ m3": (0, 1e9), "MWh h": (0, 1e6),
    "°C ℃": (-100, 1600), "bar": (-1, 1000), "mbar hPa": (-1e3, 1e6), "MPa": (-0.1, 100), "kPa": (-100, 1e5),
    "Pa": (-1e5, 1e8), "psi": (-15, 15000), "rpm r/min kN": (-1e5, 1e5), "m³/h m3/h GJ/h": (-1e5, 1e5),
    "l/min L/min kg/h Nm": (-1e6, 1e6), "m/s": (-5000, 5000), "s": (0, 4e9), "min": (0, 1e8),
}  # fmt: skip
BANDS = {unit: band for units, band in _BANDS.items() for unit in units.split()}
"""What a plant can have, by unit: wide enough for every plant, narrow enough to unmask a wrong order. Guesses."""


class Candidate(Noun):
    """One way to read: an order, and by how many places the map would have to be moved."""

    order: Order
    shift: int
    plausible: int
    implausible: int


class Proposal(Noun):
    """What fits. `order` is None where that cannot be told."""

    order: Order | None
    """The one that is proposed: the first of `fits`."""
    shift: int
    """What would have to be added to every address; other than 0 only where no order fits at the map's own."""
    fits: tuple[Candidate, ...]
    why: Message


class Side(Noun):
    """One point as read: registers beside values."""

    id: str
    place: str
    """On the wire."""
    printed: int
    registers: tuple[str, ...]
    """Hexadecimal; bits as 0 or 1. Empty where nothing was read."""
    value: bool | int | float | str | None
    unit: str | None
    state: str | None = None
    plausible: bool | None
    """None: nothing speaks for or against it."""
    orders: dict[Order, bool | int | float | str | None] = {}
    """Of values of several registers: what each order makes of them."""


def propose_order(
    points: Sequence[Point], registers: Registers, stated: Order = "ABCD", later: Registers | None = None
) -> Proposal:
    """The one order in which all values are plausible, or none. `later` is a second reading: counters do not fall.

    Points with an order of their own are left out. A shifted map is proposed only from registers already read.
    """
    free = [p for p in points if p.order is None and p.type not in ("bool", "text")]
    own = _fitting([_candidate(free, registers, later, order, 0) for order in dict.fromkeys((stated, *ORDERS))])
    own = _different(own, free, registers)
    moved: list[Candidate] = []
    if not any(c.order == stated for c in own):
        said = [{_judge(p, registers, later, order, 0) for order in ORDERS} for p in free]
        enough = max(2, sum(1 for each in said if each != {None}) / 2)
        orders = (stated,) if own else ORDERS  # one mistake is likelier than two
        near = [_candidate(free, registers, later, order, shift) for shift in (-1, 1) for order in orders]
        moved = _different(_fitting([c for c in near if c.plausible >= enough]), free, registers)
    if len(own) == 1 and all(c.plausible <= own[0].plausible for c in moved):
        return _proposal(own[0], stated, moved)
    if not own and len(moved) == 1:
        return _proposal(moved[0], stated, [])
    pool = (*own, *moved)
    silent = all(_judge(p, registers, later, order, 0) is None for p in free for order in ORDERS)
    name = "several" if pool else "no_say" if silent else "none"
    return Proposal(order=None, shift=0, fits=pool, why=_message(name, orders=_names(pool), stated=stated))


def _proposal(only: Candidate, stated: Order, others: Sequence[Candidate]) -> Proposal:
    """One way fits at the map's own addresses, or, where none does, moved by one. `others` are named beside it:
    floats of one kind in a row look alike with their words swapped and with their addresses moved."""
    name = "shifted" if only.shift else "fits" if only.order == stated else "or_moved" if others else "other"
    params: dict[str, str | int] = {"order": only.order, "stated": stated, "n": only.plausible}
    why = _message(name, shift=f"{only.shift:+d}", others=_names(others), **params)
    return Proposal(order=only.order, shift=only.shift, fits=(only, *others), why=why)


def _message(name: str, **params: str | int) -> Message:
    return Message(id=f"profiles.try.{name}", params={**params})


def _names(candidates: Sequence[Candidate]) -> str:
    return ", ".join(c.order if not c.shift else f"{c.order} ({c.shift:+d})" for c in candidates)


def _candidate(
    points: Sequence[Point], registers: Registers, later: Registers | None, order: Order, shift: int
) -> Candidate:
    said = [_judge(p, registers, later, order, shift) for p in points]
    return Candidate(order=order, shift=shift, plausible=said.count(True), implausible=said.count(False))


def _fitting(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that leave nothing implausible; where there is none, those that leave little."""
    some = [c for c in dict.fromkeys(candidates) if c.plausible]
    clean = [c for c in some if not c.implausible]
    return clean or [c for c in some if c.plausible >= ENOUGH * (c.plausible + c.implausible)]


def _different(pool: Sequence[Candidate], points: Sequence[Point], registers: Registers) -> list[Candidate]:
    """Of orders that read the same values only the first: the stated one where it is among them."""
    seen: dict[tuple[Value | None, ...], Candidate] = {}
    for candidate in pool:
        seen.setdefault(tuple(_read(p, registers, candidate.order, candidate.shift) for p in points), candidate)
    return list(seen.values())


def _judge(point: Point, registers: Registers, later: Registers | None, order: Order, shift: int) -> bool | None:
    value = _read(point, registers, order, shift)
    said = plausible(point, value)
    if said and later is not None and point.function == Function.COUNTER:
        after = _read(point, later, order, shift)
        if isinstance(after, int | float) and isinstance(value, int | float) and after < value:
            return False
    return said


def _read(point: Point, registers: Registers, order: Order, shift: int) -> Value | None:
    words = [registers.get((point.fc, point.at + shift + i)) for i in range(point.size)]
    return None if None in words else decode(point, [w for w in words if w is not None], order)


def plausible(point: Point, value: Value | None) -> bool | None:
    """Can a plant have this value? None where nothing speaks for or against it."""
    if value is None or isinstance(value, bool | str) or value == 0:
        return None
    if point.states:
        return True if int(value) in point.states else None
    if point.function == Function.COUNTER and value < 0:
        return False
    low, high = (45, 65) if point.unit == "Hz" and point.id in GRID else BANDS.get(point.unit or "", (None, None))
    if low is None or high is None:
        absurd = isinstance(value, float) and not TINY**2 < abs(value) < 1 / TINY**2
        return False if absurd else None
    return low <= value <= high and abs(value) >= TINY


def side_by_side(profile: Profile, registers: Registers) -> tuple[Side, ...]:
    """Every point of a map: what was read and what it means."""
    return tuple(_side(profile, point, registers) for point in profile.points)


def _side(profile: Profile, point: Point, registers: Registers) -> Side:
    words = [registers.get((point.fc, point.at + i)) for i in range(point.size)]
    read = [word for word in words if word is not None]
    whole = len(read) == point.size
    value = _read(point, registers, profile.order, 0)
    several = whole and point.size > 1 and point.type != "text"
    own = point.model_copy(update={"order": None})
    return Side(
        id=point.id,
        place=point.place,
        printed=point.at + profile.base,
        registers=tuple((f"{word:X}" if point.type == "bool" else f"{word:04X}") for word in read)
        if whole
        else (),
        value=value,
        unit=point.unit,
        state=point.states.get(int(value)) if isinstance(value, int) else None,
        plausible=plausible(point, value),
        orders={order: _read(own, registers, order, 0) for order in ORDERS} if several else {},
    )
