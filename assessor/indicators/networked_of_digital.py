"""Machines whose data reach the plant's own systems, of those that are digital (the other 联网率).

The same rule as `networked`, divided by the digital machines rather than by all. Both denominators are in use in
published indexes; they can differ by a factor of two, so both are printed. A machine of which nothing was seen may
be digital and stand alone: it stays in the denominator, and open. Left out is what is shown not to be digital.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators import digital, networked
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, share, strata

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    machines = [m for m in seen.machines if digital.judge(m).outcome is not Outcome.NOT_MET]
    lines = map(_judge, machines)
    of = strata(machines)
    return share("networked_of_digital", lines, seen.scope, strata=of, nothing="none_digital")


def _judge(seen: SeenAsset) -> Line:
    if digital.judge(seen).outcome is Outcome.MET:
        return networked.judge(seen)
    return line(seen.asset.id, Outcome.NOT_DETERMINED, "perhaps_digital")
