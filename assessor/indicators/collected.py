"""What should be collected and is: state, count, quality, process values, energy and alarms, machine by machine.

A cell is a kind of data that the register expects of a machine (`expects`); it is filled by the same judgement as
the indicator of that kind. A machine of which nothing is expected has no cell. Cells of one machine hang together:
where machines were drawn, the interval is reckoned as if the draw held as many answers as machines, not as cells.
"""

from assessor.domain import Expect, Line, Measurement
from assessor.indicators import (
    alarm_signal,
    counter_signal,
    energy_metered,
    process_data,
    quality_signal,
    state_signal,
)
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share, strata

UNIT = "share"
AREA = "production"
KINDS = {
    Expect.STATE: state_signal.measure,
    Expect.COUNTER: counter_signal.measure,
    Expect.QUALITY: quality_signal.measure,
    Expect.PROCESS: process_data.measure,
    Expect.ENERGY: energy_metered.measure,
    Expect.ALARM: alarm_signal.measure,
}
"""What should be collected of a machine, in the order of the matrix, and who judges it."""


def measure(seen: Seen) -> Measurement:
    held = cells(seen)
    lines = [
        line(id_, cell.outcome, f"collected_{kind.value}").model_copy(
            update={"evidence": cell.evidence, "tested": cell.tested}
        )
        for (id_, kind), cell in held.items()
    ]
    return share("collected", lines, seen.scope, strata=strata(seen.machines), nothing="none_expected")


def cells(seen: Seen) -> dict[tuple[str, Expect], Line]:
    """The judgement of every kind that is expected of every machine in use, by machine and kind."""
    expected = {m.asset.id: set(m.asset.expects) for m in seen.machines}
    return {
        (one.subject, kind): one
        for kind, judge in KINDS.items()
        for one in judge(seen).lines
        if kind in expected.get(one.subject, ())
    }
