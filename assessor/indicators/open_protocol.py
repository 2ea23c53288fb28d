"""Machines that speak an open protocol themselves: OPC UA, Modbus or MTConnect.

Counts where the machine answered in one of them directly or through a gateway that only passes requests on. What
stands behind an aggregating server speaks to that server in a protocol we do not see, so it stays open. A
protocol of one maker (S7, FOCAS, MC, FINS) is a no by the register's word.
"""

from assessor.domain import SPOKEN, Interface, Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, line, share, strata, unseen

UNIT = "share"
AREA = "interfaces"
SAMPLES = False
OF_ONE_MAKER = frozenset({Interface.S7, Interface.FOCAS, Interface.MC, Interface.FINS})


def measure(seen: Seen) -> Measurement:
    return share("open_protocol", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: did it answer in an open protocol itself?"""
    id_, interface = seen.asset.id, seen.asset.interface
    if seen.answers:
        return line(id_, Outcome.MET, "answers_itself")
    if seen.no_interface:
        return admitted(id_, "no_interface")
    if interface in OF_ONE_MAKER:
        return admitted(id_, "proprietary")
    if seen.places and interface in SPOKEN and all(place.system for place in seen.places):
        return line(id_, Outcome.NOT_DETERMINED, "behind_system")
    return unseen(seen)
