"""Machines whose values our laptop could read.

A machine counts where current values of it came: from itself, through a gateway that passes requests on, or
from an aggregating server. Values that stand still with an old time behind an aggregator are a no, although
their status may say Good. Silence and protocols that are not spoken stay open. Readable says nothing about
whether the data reach the plant's own systems.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, line, share, strata, unseen, witnessed

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    return share("readable", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: were current values of it read?"""
    id_ = seen.asset.id
    if seen.live or seen.read:
        return line(id_, Outcome.MET, "values_read", n=sum(map(seen.has, seen.tags)))
    if witness := seen.witness("readable"):
        return witnessed(witness)
    if seen.stale:
        return line(id_, Outcome.NOT_MET, "stale")
    if seen.no_interface:
        return admitted(id_, "no_interface")
    return unseen(seen)
