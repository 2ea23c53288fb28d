"""Electricity meters found where meters should be: at the mains, and at each main consumer of the register.

After the fitting rate of GB 17167, meters fitted over meters needed. Needed are here one at the mains and one
for each asset in use that the register calls a main consumer; workshops are not in a register and are not
counted. A place counts where the meter that the register names for it alone gives current energy. A counter of
the machine's own controller is no meter that anybody verifies, so there the place stays open. Whether a meter is
within its verification, and of its class, nobody sees on the wire. No limit is held against it: those of the
edition of 2025 were not found.
"""

from assessor.domain import EvidenceClass, Line, Measurement, Outcome
from assessor.indicators.metering import MAINS, above, meters, words
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, by_record, line, share, strata

UNIT = "share"
AREA = "energy"


def measure(seen: Seen) -> Measurement:
    consumers = [one for one in seen.assets if one.asset.main_consumer and one.asset.in_use]
    lines = [*_mains(seen), *(_judge(one, seen) for one in consumers)]
    return share("meter_fit", lines, seen.scope, strata=strata(consumers))


def _mains(seen: Seen) -> list[Line]:
    """A line for each meter that the register calls the mains; one that stays open where it calls none so."""
    found = [one for one in meters(seen) if words(one.asset) & MAINS and not above(seen, one.asset)]
    if not found:
        return [line("mains", Outcome.NOT_DETERMINED, "no_mains_in_register")] if meters(seen) else []
    return [_meter(one.asset.id, one) for one in found]


def _judge(one: SeenAsset, seen: Seen) -> Line:
    id_ = one.asset.id
    if (meter := seen.by_id.get(one.asset.metered_by or "")) is not None:
        shared = sum(other.asset.metered_by == meter.asset.id for other in seen.assets) > 1
        return _shared(id_, meter) if shared else _meter(id_, meter)
    if _energy(one):
        return line(id_, Outcome.NOT_DETERMINED, "own_counter_is_no_meter")
    if one.no_interface:
        return admitted(id_, "no_meter")
    return line(id_, Outcome.NOT_DETERMINED, "no_meter_named")


def _shared(subject: str, meter: SeenAsset) -> Line:
    """By the register's word it has no meter of its own: a document, not a look."""
    found = line(subject, Outcome.NOT_MET, "shared_meter", meter=meter.asset.name)
    return found.model_copy(update={"evidence": EvidenceClass.DOCUMENT, "tested": False})


def _meter(subject: str, meter: SeenAsset) -> Line:
    """Does the meter give energy that is current?"""
    if _energy(meter):
        return line(subject, Outcome.MET, "metered_by", meter=meter.asset.name)
    if record := next((one for one in meter.recorded if one.moves and one.seen.means("energy")), None):
        return by_record(subject, record)
    return line(subject, Outcome.NOT_DETERMINED, "meter_silent", meter=meter.asset.name)


def _energy(one: SeenAsset) -> bool:
    return any(one.has(tag) and tag.means("energy") for tag in one.tags)
