"""Machines whose data reach the plant's own systems, of those seen to be digital (the other 联网率).

The same rule as `networked`, divided by the machines that were shown to be digital rather than by all. Both
denominators are in use in published indexes; they can differ by a factor of two, so both are printed.
"""

from assessor.domain import Measurement, Outcome
from assessor.indicators import digital, networked
from assessor.indicators.seen import Seen
from assessor.indicators.share import share, strata

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    machines = [m for m in seen.machines if digital.judge(m).outcome is Outcome.MET]
    lines = map(networked.judge, machines)
    of = strata(machines)
    return share("networked_of_digital", lines, seen.scope, strata=of, nothing="none_digital")
