"""Machines whose data reach the plant's own systems, of all production equipment in use (联网率).

Counts where current values were seen arriving in a SCADA, MES or EMS, where a record exported from one holds
values as only a machine writes them, or where a person witnessed it; the class of that evidence stands beside
it. Values that stand still there with an old time, or that the system calls last usable ones, are a no, even where
their status says Good; a record that says otherwise leaves it open. Values that stand still under times the system
makes itself, or that a person typed in, leave it open, and so does an answer to our laptop, which shows only that
an interface is readable. Source: the SME
index 2024 divides by all equipment (secondary); the other denominator is `networked_of_digital`.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, by_record, line, share, strata, unseen, witnessed

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    return share("networked", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: do its data arrive in a system of the plant?"""
    id_ = seen.asset.id
    if seen.arrives:
        return line(id_, Outcome.MET, "arrives")
    if seen.exported and not seen.lost:
        return by_record(id_, seen.exported)
    if witness := seen.witness("networked"):
        return witnessed(witness)
    if seen.lost and seen.exported:
        return line(id_, Outcome.NOT_DETERMINED, "record_disagrees")
    if seen.lost:
        return line(id_, Outcome.NOT_MET, "stale")
    if seen.no_interface:
        return admitted(id_, "no_interface")
    if seen.answers:
        return line(id_, Outcome.NOT_DETERMINED, "answers_us_only")
    if seen.recorded:
        return line(id_, Outcome.NOT_DETERMINED, "record_sparse")
    return unseen(seen)
