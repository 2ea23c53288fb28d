"""自控率: control loops in automatic or cascade, as a mean over loops of the time that their mode is known.

A loop is a measured value and a setpoint side by side under one name, with an output or a mode (PV, SP or SV,
MV or OP, MODE; 测量值, 设定值, 输出, 手自动). Its mode is a word (AUTO, CAS, MAN), the actual mode of a
function block by Foundation Fieldbus, or a switch named for one of its ways; a maker's own numbers leave the
loop open, as does a measured value that is not current. At least 300 s are needed; what was watched for under
an hour speaks against no answer.
"""

from assessor.domain import EvidenceClass, Measurement, Outcome
from assessor.indicators import modes
from assessor.indicators.loops import Loop, loops
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, part, widened
from assessor.indicators.watched import Watched, over_time

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    found = [_judge(seen, loop) for loop in loops(seen)]
    return widened(over_time("loops_automatic", found, seen.scope, nothing="no_loop"), seen.scope)


def _judge(seen: Seen, loop: Loop) -> Watched:
    if loop.switch is None:
        return Watched(line(loop.name, Outcome.NOT_DETERMINED, "loop_without_mode"))
    tag, recorded, read = loop.switch
    if not loop.current:
        return Watched(line(loop.name, Outcome.NOT_DETERMINED, "loop_old", tag=tag.tag.path))
    told = modes.share(seen, tag, read, recorded=recorded)
    if told.value is None or tag.typed_in:
        return Watched(line(loop.name, Outcome.NOT_DETERMINED, "mode_unread", tag=tag.tag.path))
    own = part(loop.name, told.value, "mode_seen", tag=tag.tag.path, seconds=str(float(told.known)))
    return Watched(own.model_copy(update={"evidence": EvidenceClass.EXPORTED}) if recorded else own, told.known)
