"""Measurements that are no count of yes and no: a figure with its bounds, or the reason why there is none."""

from collections.abc import Sequence
from fractions import Fraction

from assessor.domain import Condition, Line, MeasuredIn, Measurement, Message, State, Text


def told(name: str, **params: str | int | Text) -> Message:
    """Why, as a text of this area."""
    return Message(id=f"indicator.why.{name}", params=params)


def needed(
    id_: str, name: str, holds: bool, needs: dict[str, str | int], found: dict[str, str | int]
) -> Condition:
    """A condition of trust by its texts `indicator.needs.*` and `indicator.found.*`."""
    return Condition.model_validate(
        {
            "id": id_,
            "needed": Message(id=f"indicator.needs.{name}", params=dict(needs)),
            "found": Message(id=f"indicator.found.{name}", params=dict(found)),
            "holds": holds,
        }
    )


def undetermined(indicator: str, unit: MeasuredIn, why: Message, *, total: int = 0) -> Measurement:
    """No figure, and why."""
    method = Message(id=f"indicator.{indicator}.method")
    return Measurement(
        indicator=indicator, state=State.NOT_DETERMINED, unit=unit, method=method, why=why, total=total
    )


def bounded(
    indicator: str,
    unit: MeasuredIn,
    value: Fraction,
    why: Message,
    lines: Sequence[Line],
    *,
    of: tuple[int, int],
    within: tuple[Fraction, Fraction] | None = None,
    conditions: tuple[Condition, ...] = (),
) -> Measurement:
    """A figure between two bounds; none where a condition of trust fails. `of`: how many had one, of how many."""
    failed = next((c for c in conditions if not c.holds), None)
    low, high = within or (value, value)
    return Measurement(
        indicator=indicator,
        state=State.UNUSABLE if failed else State.MEASURED,
        unit=unit,
        value=None if failed else value,
        low=None if failed else low,
        high=None if failed else high,
        count=of[0],
        total=of[1],
        method=Message(id=f"indicator.{indicator}.method"),
        why=failed.found if failed else why,
        conditions=conditions,
        lines=tuple(lines),
    )
