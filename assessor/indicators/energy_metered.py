"""Machines whose energy is measured: by a counter of their own, or by a meter the register names.

Counts where the energy value is current, or where a record exported from a system of the plant holds it. A
machine that was read, looked at as a whole and has no meter by the register is a no; so is one without any
interface and without a meter.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.data_points import Recorded, SeenTag
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, by_record, line, share, strata, unseen, witnessed

UNIT = "share"
AREA = "energy"


def measure(seen: Seen) -> Measurement:
    lines = [_judge(machine, seen) for machine in seen.machines]
    return share("energy_metered", lines, seen.scope, strata=strata(seen.machines))


def _judge(seen: SeenAsset, plant: Seen) -> Line:
    id_ = seen.asset.id
    if own := _energy(seen):
        if all(tag.by_name("quantity") for tag in own):
            return line(id_, Outcome.MET, "by_name", tag=own[0].tag.path)
        return line(id_, Outcome.MET, "own_energy_counter")
    meter = plant.by_id.get(seen.asset.metered_by or "")
    if meter is not None and _energy(meter):
        return line(id_, Outcome.MET, "metered_by", meter=meter.asset.name)
    if found := _recorded(seen) or (_recorded(meter) if meter else None):
        return by_record(id_, found)
    if meter is not None:
        return line(id_, Outcome.NOT_DETERMINED, "meter_silent", meter=meter.asset.name)
    if witness := seen.witness("energy-metered"):
        return witnessed(witness)
    if seen.stale and not seen.read:
        return line(id_, Outcome.NOT_MET, "stale")
    if seen.walked:
        return line(id_, Outcome.NOT_MET, "no_energy_tag")
    return admitted(id_, "no_meter") if seen.no_interface else unseen(seen)


def _energy(seen: SeenAsset) -> list[SeenTag]:
    return [tag for tag in seen.tags if seen.has(tag) and tag.means("energy")]


def _recorded(seen: SeenAsset) -> Recorded | None:
    return next((one for one in seen.recorded if one.moves and one.seen.means("energy")), None)
