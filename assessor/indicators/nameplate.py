"""Machines that identify themselves: maker, and model or serial number, readable by a machine.

Counts OPC UA Machinery or DI identification, Modbus 43/14, the SunSpec common model and the description of an
MTConnect device. A machine that was read and identified itself by none of them is a no. One that was not read
stays open, and so does one that was read behind an aggregating server alone, which need not pass a nameplate on.
"""

from assessor.domain import Line, Measurement, Nameplate, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, line, share, strata, unseen

UNIT = "share"
AREA = "interfaces"
SAMPLES = False


def measure(seen: Seen) -> Measurement:
    return share("nameplate", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: does it name itself?"""
    id_ = seen.asset.id
    for place in seen.places:
        plate = place.device.nameplate
        if plate is not None and _speaks(plate):
            return line(id_, Outcome.MET, "identified", source=plate.source)
    if seen.live and seen.answers:
        return line(id_, Outcome.NOT_MET, "not_identified")
    if seen.live:
        return line(id_, Outcome.NOT_DETERMINED, "behind_system")
    return admitted(id_, "no_interface") if seen.no_interface else unseen(seen)


def _speaks(plate: Nameplate) -> bool:
    return bool(plate.manufacturer and (plate.model or plate.serial))
