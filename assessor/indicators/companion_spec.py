"""Machines whose data come by a common model: an OPC UA companion specification, MTConnect or SunSpec.

Counts where objects of the machine are typed by a companion specification, directly or by descent; that its
namespace is loaded is not enough. A no needs a machine whose OPC UA objects were walked to the end, or one that
answers in Modbus alone, which has no model. `typed_instances` says how much of what is shown is typed at all.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Place, Seen, SeenAsset
from assessor.indicators.share import admitted, line, share, strata, unseen

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    return share("companion_spec", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: is there a common model behind its data?"""
    id_ = seen.asset.id
    met = [place for place in seen.places if place.device.answered]
    for place in met:
        if model := _model(place):
            return line(id_, Outcome.MET, "companion_used", model=model)
    if any(place.device.space is None and place.endpoint.protocol == "opcua" for place in met):
        return unseen(seen)
    if any(place.endpoint.protocol == "opcua" and not _whole(place) for place in met):
        return line(id_, Outcome.NOT_DETERMINED, "companion_not_walked")
    if met:
        opcua = any(place.endpoint.protocol == "opcua" for place in met)
        return line(id_, Outcome.NOT_MET, "no_companion" if opcua else "no_model_in_protocol")
    return admitted(id_, "no_interface") if seen.no_interface else unseen(seen)


def _model(place: Place) -> str | None:
    """The model that data of a device come by, in a word."""
    if place.device.companions:
        return ", ".join(uri.rstrip("/").rpartition("/")[2] for uri in place.device.companions)
    if place.endpoint.protocol == "mtconnect":
        return "MTConnect"
    plate = place.device.nameplate
    return "SunSpec" if plate is not None and plate.source.startswith("sunspec") else None


def _whole(place: Place) -> bool:
    return place.observation.browse is not None and place.observation.browse.complete
