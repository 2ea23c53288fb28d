"""Process variables whose past values their own server keeps or lets us read, of all that OPC UA servers show.

Counts where the server says that it records the variable (Historizing) or that our user may read its history
(access level). Nothing is read back. A server without history says nothing of a historian that stands
elsewhere, so what is missing here speaks against no answer.
"""

from assessor.domain import Function, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "data"
NO_PROCESS = frozenset(
    {Function.STATE, Function.COUNTER, Function.IDENTIFICATION, Function.ALARM, Function.SETPOINT}
)


def measure(seen: Seen) -> Measurement:
    looked = [tag for tag in seen.tags if _is_process(tag)]
    return share("history_available", map(_judge, looked), seen.scope, nothing="no_analogue_tags")


def _is_process(tag: SeenTag) -> bool:
    function = tag.meaning.function if tag.meaning else None
    numeric = tag.facts is not None and tag.facts.minimum is not None
    return numeric and tag.endpoint.protocol == "opcua" and function not in NO_PROCESS


def _judge(tag: SeenTag) -> Line:
    path, said = tag.tag.path, (tag.tag.historizing, tag.tag.history)
    if True in said:
        return line(path, Outcome.MET, "historizing" if tag.tag.historizing else "history_open")
    if None in said:
        return line(path, Outcome.NOT_DETERMINED, "history_untold")
    return line(path, Outcome.NOT_MET, "no_history").model_copy(update={"tested": False})
