"""Variables of machines that stand in typed objects, of all that OPC UA servers show of machines.

A variable is typed where an object with a type of its own holds it, be it a companion specification's or the
plant's, directly or through plain objects that group; it is flat in a folder, or in plain objects alone.
Counted are the devices that were found where the walk was complete. What typed objects are worth to a plant
depends on who reads them, so no question rests on this.
"""

from fractions import Fraction

from assessor.domain import AddressSpace, Line, Measurement, Message, Outcome, State
from assessor.indicators.seen import Place, Seen
from assessor.indicators.share import line

UNIT = "share"
AREA = "interfaces"
SAMPLES = False
METHOD = Message(id="indicator.typed_instances.method")


def measure(seen: Seen) -> Measurement:
    lines, counted = [], []
    for machine in seen.machines:
        for place in machine.places:
            if (space := place.device.space) is not None and space.variables and _whole(place):
                counted.append(space)
                lines.append(_line(machine.asset.id, space))
    if not counted:
        why = Message(id="indicator.why.no_space")
        return Measurement(
            indicator="typed_instances", state=State.NOT_DETERMINED, unit="share", method=METHOD, why=why
        )
    typed, variables = (sum(getattr(s, f) for s in counted) for f in ("typed_variables", "variables"))
    value = Fraction(typed, variables)
    return Measurement(
        indicator="typed_instances",
        state=State.MEASURED,
        unit="share",
        value=value,
        low=value,
        high=value,
        count=len(counted),
        total=len(counted),
        method=METHOD,
        why=Message(id="indicator.why.typed_of", params={"typed": typed, "n": variables}),
        absence_tested=True,
        lines=tuple(lines),
    )


def _whole(place: Place) -> bool:
    return place.observation.browse is not None and place.observation.browse.complete


def _line(asset: str, space: AddressSpace) -> Line:
    typed, n = space.typed_variables, space.variables
    outcome = Outcome.MET if typed == n else Outcome.PARTLY_MET if typed else Outcome.NOT_MET
    return line(asset, outcome, "typed_of", typed=typed, n=n)
