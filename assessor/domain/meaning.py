"""What the samples of a tag show, and what the tag means."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from assessor.domain.noun import Noun, Time
from assessor.domain.states import MachineState

Quantity = Literal[
    "energy", "electrical", "temperature", "pressure", "flow", "speed", "position", "force", "level", "vibration",
    "time", "count", "mass", "composition", "state",
]  # fmt: skip
"""What a tag can be a value of. Composition: humidity, concentration, pH, moisture, turbidity and the like."""


Work = Literal["order", "recipe", "batch", "part", "program"]
"""What a machine is making: kinds of identification."""


class SignalKind(StrEnum):
    """What a signal did in the window; what of it is a fault nobody has said (rules: docs/method.md)."""

    LIVE = "live"
    FROZEN = "frozen"
    """Did not change, and its status or its age says that nothing renews it."""
    FREEZING = "freezing"
    """Moved, and stood still from some moment on."""
    SATURATED = "saturated"
    """Moves, and stands time and again at the same highest or lowest value."""
    NOISE = "noise"
    """Nothing but noise about zero, as an open input shows."""
    STATE = "state"
    COUNTER = "counter"
    COUNTER_RESET = "counter_reset"
    STATIC = "static"
    """Did not change: a setpoint, a typed value and a frozen one look alike in a short window."""
    TOO_SHORT = "too_short"
    NO_GOOD_VALUE = "no_good_value"


class TagFacts(Noun):
    """One tag's samples in figures: one pass, no judgement. Seconds; None where not determined."""

    tag: int
    rows: int
    good: int
    uncertain: int
    bad: int
    changes: int
    distinct: int
    first: Time
    last: Time
    seconds: float
    """Span by the monotonic clock."""
    longest_gap: float
    """Between two rows. Of a tag that reports changes: how long nothing changed, not that rows are missing."""
    good_seconds: float = 0
    """How much of the span a Good row was the latest, and more could have come."""
    away_seconds: float = 0
    """How much of the span nothing could come of it: its endpoint was not reached."""
    minimum: float | None = None
    maximum: float | None = None
    kind: SignalKind
    stale: bool | None = None
    """True where rows came but value and source time stood still, or where the server calls it a last usable
    value and gave no Good one."""
    update_interval: float | None = None
    update_hidden: bool = False
    """True where the update interval is about that of our looks: it may be any shorter one."""
    skew: float | None = None
    """Greatest source time minus receive time: a lower bound of how far its clock is ahead of the laptop's."""
    lag: float | None = None
    """Smallest receive time minus source time: how old the freshest value was."""
    without_source_time: int = 0
    source_seconds: float | None = None
    """How far the source times advanced; 0 under a clock that stands still."""
    age: float | None = None
    """From the newest source time to the end; a clock that is off spoils it."""
    restamps: int | None = None
    """How often the source time advanced; None in facts from before this was counted."""
    server_stamped: int = 0
    """Rows whose source time is their server time, to the millisecond: the server made both, not the machine."""
    last_usable: int = 0
    """Rows whose status says that whatever updated the value has stopped."""
    overridden: int = 0
    """Rows whose status says that a person typed the value in (GoodLocalOverride)."""
    resets: int = 0
    """Falls to a tenth or less, as a counter makes when it is reset."""
    stood: float | None = None
    """Seconds since the last change, up to the last Good row."""
    typed: bool | None = None
    """True where a person seems to type it: over hours, now and then, in round numbers. None: nobody can say."""


class Function(StrEnum):
    """What a tag is for."""

    ACTUAL = "actual"
    SETPOINT = "setpoint"
    STATE = "state"
    COUNTER = "counter"
    ALARM = "alarm"
    QUALITY = "quality"
    IDENTIFICATION = "identification"


class TagMeaning(Noun):
    """What a tag means, who says so, and who confirmed it."""

    tag: int
    quantity: str | None
    """One of `Quantity` or, of identifications, of `Work`; `other` where a person says that it is none of them."""
    function: Function | None
    source: Literal["person", "profile", "type", "unit", "name"]
    """Who vouches for it, the surest first; 'name' where nothing but the name does."""
    confirmed_by: str | None = None
    states: dict[str, MachineState] = {}
    """What its values say of the machine, by value as written ('2', 'Auto'), where a person has said so."""
    by_name: tuple[Literal["quantity", "function"], ...] = ()
    """The heads that were read from the name, whoever vouches for the other one."""

    @property
    def vouched(self) -> bool:
        """Does more than a name stand behind it? A name may show that something is there, never that it is not."""
        return self.source != "name"


class ConfirmedMeaning(Noun):
    """What a person says that tags mean: an entry of the plant's own dictionary, which wins over everything."""

    tags: Annotated[str, Field(min_length=1)]
    """A path as it stands, or a pattern with * and ?, in which capitals count."""
    quantity: Quantity | Work | Literal["other"] | None = None
    """`other`: of no such quantity, a parameter for instance. It is then known that nothing hides behind it."""
    function: Function | None = None
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """Of its values, where its server names none."""
    by: Annotated[str, Field(min_length=1)]
    """Role of the person."""
    at: str
    """ISO 8601"""

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a unit it is written as it was before one could be said: digests of answers stand in papers."""
        return {key: value for key, value in write(self).items() if key != "unit" or value is not None}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.quantity is None and self.function is None:
            raise ValueError("say quantity, function or both; `quantity: other` for what is none of them")
        return self
