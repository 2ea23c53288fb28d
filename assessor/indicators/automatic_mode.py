"""How much of the time that was looked at machines ran in automatic: a mean over machines, by their mode tag.

A mode is read from words (Auto, 手动, Setup), from the numbers that PackML, OPC UA for Machine Tools or
Robotics fix for machines typed by them, and from a switch that is named for one of its two ways. What a maker's
own numbers mean nobody says, so they leave a machine open, as does a machine without a mode tag: it need not
run by hand. Production and processing count as automatic; setup, maintenance and half automatic do not.

At least 300 s of known mode a machine are needed; what was watched for less than an hour can only raise an
answer, since a short while of setup says little of a machine.
"""

from assessor.domain import EvidenceClass, Measurement, Outcome
from assessor.indicators import modes
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, part, strata, unseen
from assessor.indicators.watched import Watched, over_time

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    found = [_judge(seen, machine) for machine in seen.machines]
    return over_time(
        "automatic_mode", found, seen.scope, strata=strata(seen.machines), nothing="nothing_registered"
    )


def _judge(seen: Seen, machine: SeenAsset) -> Watched:
    """One machine: by what was read of it, else by a record."""
    id_ = machine.asset.id
    own = [tag for tag in machine.tags if machine.has(tag) and (machine.live or not tag.relayed)]
    kept = [one.seen for one in machine.recorded]
    for tags, recorded in ((own, False), (kept, True)):
        if watched := _longest(seen, machine, tags, recorded):
            return watched
    if tag := next((t for t in (*own, *kept) if modes.reading(t, _companions(machine))), None):
        return Watched(line(id_, Outcome.NOT_DETERMINED, "mode_unread", tag=tag.tag.path))
    return Watched(line(id_, Outcome.NOT_DETERMINED, "no_mode") if machine.live else unseen(machine))


def _longest(seen: Seen, machine: SeenAsset, tags: list[SeenTag], recorded: bool) -> Watched | None:
    """The mode that was known for longest, one that more than its name vouches for first; None where none was or a
    person typed it in. One that only its name calls so never speaks against an answer."""
    found = []
    for tag in tags:
        read = modes.reading(tag, _companions(machine))
        if read is not None and not tag.typed_in:
            told = modes.share(seen, tag, read, recorded=recorded)
            if told.value is not None:
                sure = modes.vouched(tag, _companions(machine))
                found.append((sure, told.known, told.value, tag.tag.path))
    if not found:
        return None
    sure, known, value, path = max(found)
    if not sure and len({one for _, _, one, _ in found}) > 1:  # a pump's switch, perhaps, and the machine's own
        return Watched(line(machine.asset.id, Outcome.NOT_DETERMINED, "mode_unread", tag=path))
    own = part(machine.asset.id, value, "mode_seen", tag=path, seconds=str(float(known)))
    own = own.model_copy(update={"tested": sure})
    return Watched(own.model_copy(update={"evidence": EvidenceClass.EXPORTED}) if recorded else own, known)


def _companions(machine: SeenAsset) -> set[str]:
    return {uri for place in machine.places for uri in place.device.companions}
