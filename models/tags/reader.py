"""The chain for one name: unit and data type, then access right, then the words; two heads, each with its reason.

    quantity   unit → data type → lexicon (Chinese, English, pinyin) → unknown
    function   data type → lexicon → access right → the usual of the quantity → unknown

An access right stands behind the words of a name although it is the harder fact, since it decides one thing only:
whether a value of which the name says no more is read or set. Many controllers call every variable writable, so it
counts only where a server tells its variables apart (`Manner`). Nothing here is learnt.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assessor.domain import Function, Message, Tag
from assessor.interpret import QUANTITY
from models.tags import chinese, english, pinyin
from models.tags.hits import Decision, Found, Hit, decide
from models.tags.lexicon import Term
from models.tags.names import elements, unit_inside

OTHERS = {
    "mass": "kg g t ton lb KGM TNE",
    "composition": "%RH ppm ppb mg/m³ mg/m3 mg/l mg/L µg/m³ μg/m³ NTU µS/cm μS/cm pH g/L",
    "vibration": "mm/s²",
    "flow": "Nm³/h Nm3/h t/h kg/min L/s L/h l/h ml/min",
    "count": "pcs 个 件 次 片 只 支 箱 袋",
}
"""Spellings of units that decide a quantity beside those of `interpret`."""
MORE = {unit: quantity for quantity, units in OTHERS.items() for unit in units.split()}
ALSO = {
    "electrical": {"Hz": "speed", "HTZ": "speed"},
    "level": dict.fromkeys(("l", "L", "m³", "m3"), "flow"),
    "speed": {"mm/s": "vibration"},
    "position": {"m": "level", "mm": "level", "µm": "vibration", "um": "vibration"},
    "vibration": {"g": "mass"},
    "mass": {"kg": "force", "t": "force", "ton": "force"},
}
"""What else a unit may stand for, where the name says so: frequency of a drive, cubic metres that flowed."""
BOOLEAN = frozenset({"Boolean", "bool"})
TEXTS = frozenset({"String", "LocalizedText", "text", "ByteString", "Guid"})
TIMES = frozenset({"DateTime", "UtcTime", "Duration"})
OF_TEXTS = frozenset({Function.IDENTIFICATION, Function.STATE, Function.ALARM, Function.QUALITY})
PROCESS = frozenset({"temperature", "pressure", "flow", "speed", "position", "force", "level"})
"""Quantities that people set."""


@dataclass(frozen=True)
class Manner:
    """How one server names and guards its variables."""

    pinyin: bool = False
    writable_tells: bool = False
    """Some are writable and most are not, so that writable means: to be set."""


PLAIN = Manner()


def manner(tags: Sequence[Tag]) -> Manner:
    """The manner of one server's tags. Writable tells where at most half of them are. (Own threshold.)"""
    told = [tag.writable for tag in tags if tag.writable is not None]
    tells = 0 < sum(told) <= len(told) / 2
    return Manner(pinyin.looks_like_pinyin(tag.path for tag in tags), tells)


@dataclass(frozen=True)
class Reason:
    """Why one head is what it is: a text, and what a program may want of it."""

    head: str
    rule: str
    """lexicon, pinyin, isa, unit, data_type, access or usual"""
    term: str | None = None
    element: str | None = None
    at: int | None = None
    """Where the term begins in the element, from 1."""

    @property
    def message(self) -> Message:
        """The reason as a text by its id."""
        given = {"term": self.term, "element": self.element, "at": self.at}
        kept = {name: value for name, value in given.items() if value is not None}
        return Message(id=f"tags.explain.{self.rule}", params=dict(kept))


@dataclass(frozen=True)
class Reading:
    """What a name says, head by head. None: unknown."""

    quantity: str | None = None
    function: Function | None = None
    explain: tuple[Reason, ...] = ()
    candidates: tuple[tuple[str | None, Function | None], ...] = ()
    """Meanings that initials may have, where nothing decides between them."""

    @property
    def unknown(self) -> bool:
        return self.quantity is None and self.function is None


@lru_cache(maxsize=100_000)
def read_name(
    path: str,
    *,
    unit: str | None = None,
    data_type: str | None = None,
    writable: bool | None = None,
    description: str | None = None,
    manner: Manner = PLAIN,
) -> Reading:
    """Read one data point by its path and what its server says of it. Any text is taken."""
    parts = elements(path)
    found, terms = _words(parts, manner)
    quantity, function = decide(found)
    if quantity.value is None and description and len(description) <= 60 and not terms:
        description = unicodedata.normalize("NFKC", description)
        quantity, function = _described(found, description, len(parts))
        parts = (description, *parts)
    unit = unit or next((u for part in reversed(parts) if (u := unit_inside(part))), None)
    measured = _of_unit(unit)
    if terms and quantity.value is None:
        quantity, function, terms = _resolved(terms, measured, function, parts)
    quantity = _with_unit(quantity, unit, measured)
    quantity, function = _with_type(quantity, function, data_type)
    if quantity.value in PROCESS and function.rule in ("usual", "silent"):
        function = _with_access(function, writable, manner)
    facts = {"unit": unit, "data_type": data_type}
    reasons = (_reason("quantity", quantity, parts, facts), _reason("function", function, parts, facts))
    return Reading(
        quantity.value,
        Function(function.value) if function.value else None,
        tuple(reason for reason in reasons if reason),
        tuple(dict.fromkeys(term.heads for term in terms)),
    )


def read(tag: Tag, manner: Manner = PLAIN) -> Reading:
    """Read a tag's name."""
    return read_name(
        tag.path,
        unit=tag.unit,
        data_type=tag.data_type,
        writable=tag.writable,
        description=tag.description,
        manner=manner,
    )


def _described(found: Sequence[Found], description: str, elements_: int) -> tuple[Decision, Decision]:
    """The same with a description, which speaks where the last element does not, and before its parents."""
    told, _ = _words((description,), PLAIN, elements_)
    first = [replace(one, closed=False) for one in found[:1]]
    return decide([*first, *told, *(replace(one, head=None) for one in found[1:])])


def _words(parts: Iterable[str], manner: Manner, above_: int = 0) -> tuple[list[Found], tuple[Term, ...]]:
    """What each element says, the last one first: in Chinese, else in pinyin or English; and open candidates."""
    found: list[Found] = []
    empty: tuple[Term, ...] = ()
    open_ = empty
    for above, part in enumerate(reversed(tuple(parts)), above_):
        first, then = chinese.read(part, above), english.read(part, above)
        spelt, terms = Found(), empty
        if manner.pinyin and not first.head and not first.anywhere and not above:
            spelt, terms = pinyin.read(part, above)
        open_ = open_ or terms
        head = first.head or spelt.head or (None if terms else then.head)
        anywhere = (*first.anywhere, *spelt.anywhere, *then.anywhere)
        found.append(Found(head, anywhere, first.closed or then.closed))
        if terms:
            break
    return found, open_


def _of_unit(unit: str | None) -> str | None:
    bare = "".join((unit or "").split())
    return QUANTITY.get(bare) or MORE.get(bare)


def _resolved(
    terms: tuple[Term, ...], measured: str | None, function: Decision, parts: Sequence[str]
) -> tuple[Decision, Decision, tuple[Term, ...]]:
    """Initials that may be several things: the one whose quantity the unit has; else still open."""
    fitting = {term.heads: term for term in terms if measured is not None and term.quantity == measured}
    if len(fitting) != 1:
        return Decision(None, "silent"), function, tuple(fitting.values()) or terms
    term = next(iter(fitting.values()))
    at = max(parts[-1].casefold().rfind(term.initials), 0)
    quantity, own = decide([Found(Hit(term, 0, at, "pinyin"))])
    return quantity, own if function.value is None else function, ()


def _with_unit(quantity: Decision, unit: str | None, measured: str | None) -> Decision:
    """A unit decides, but where it may stand for what the name says."""
    if measured is None or quantity.value == measured:
        return quantity
    bare = "".join((unit or "").split())
    if quantity.value is not None and ALSO.get(measured, {}).get(bare) == quantity.value:
        return quantity
    return Decision(measured, "unit")


def _with_type(quantity: Decision, function: Decision, data_type: str | None) -> tuple[Decision, Decision]:
    """What a data type cannot hold: a truth value no temperature, a text no number."""
    if data_type in BOOLEAN:
        if function.rule == "usual" or function.value in (None, Function.ACTUAL, Function.COUNTER):
            return Decision("state", "data_type"), Decision(Function.STATE, "data_type")
        alarm = function.value is Function.ALARM and quantity.value is not None
        return (quantity if alarm else Decision("state", "data_type")), function
    if data_type in TEXTS and quantity.value not in (None, "state"):
        return Decision(None, "silent"), function if function.value in OF_TEXTS else Decision(None, "silent")
    if data_type in TIMES and quantity.value != "time":
        return Decision("time", "data_type"), function if quantity.value is None else Decision(None, "silent")
    return quantity, function


def _with_access(function: Decision, writable: bool | None, manner: Manner) -> Decision:
    """Set or read, where the name does not say: by the access right where it tells, else as is usual. Where all
    may be writable, a writable one is neither."""
    if manner.writable_tells and writable is not None:
        return Decision(Function.SETPOINT if writable else Function.ACTUAL, "access")
    return Decision(None, "silent") if writable else function


def _reason(head: str, decision: Decision, parts: Sequence[str], facts: Mapping[str, str | None]) -> Reason | None:
    if decision.value is None:
        return None
    if decision.rule in ("unit", "data_type", "access"):
        return Reason(head, decision.rule, facts.get(decision.rule))
    if decision.rule == "usual" or decision.hit is None:
        return Reason(head, "usual", decision.hit.term.text if decision.hit else None)
    hit = decision.hit
    return Reason(head, hit.rule, hit.term.text, parts[-1 - hit.above], hit.start + 1)
