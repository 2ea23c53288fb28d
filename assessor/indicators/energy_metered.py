"""Machines whose energy is measured: by a counter of their own, or by a meter the register names.

Counts where the energy value is current. A machine that was read, looked at as a whole and has no meter by the
register is a no; so is one without any interface and without a meter.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset, SeenTag
from assessor.indicators.share import admitted, line, share, strata, unseen, witnessed

UNIT = "share"


def measure(seen: Seen) -> Measurement:
    lines = [_judge(machine, seen) for machine in seen.machines]
    return share("energy_metered", lines, seen.scope, strata=strata(seen.machines))


def _judge(seen: SeenAsset, plant: Seen) -> Line:
    id_ = seen.asset.id
    if any(map(_energy, seen.tags)):
        return line(id_, Outcome.MET, "own_energy_counter")
    meter = plant.by_id.get(seen.asset.metered_by or "")
    if meter is not None:
        if any(map(_energy, meter.tags)):
            return line(id_, Outcome.MET, "metered_by", meter=meter.asset.name)
        return line(id_, Outcome.NOT_DETERMINED, "meter_silent", meter=meter.asset.name)
    if witness := seen.witness("energy-metered"):
        return witnessed(witness)
    if seen.stale:
        return line(id_, Outcome.NOT_MET, "stale")
    if seen.walked:
        return line(id_, Outcome.NOT_MET, "no_energy_tag")
    return admitted(id_, "no_meter") if seen.no_interface else unseen(seen)


def _energy(tag: SeenTag) -> bool:
    return tag.fresh and tag.means("energy")
