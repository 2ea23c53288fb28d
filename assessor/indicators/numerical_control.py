"""Key processes under numerical control (关键工序数控化率): processes are counted, not machines.

A key process counts where at least one machine of it that is in use was seen live or answering and is
controlled by NC, PLC or DCS by the register, or a person saw the control. It counts as a no where the register
says of all its machines that they are not. Definition: GB/T 23020 family, secondary.
"""

from assessor.domain import KeyProcess, Line, Measurement, Outcome
from assessor.indicators.seen import Seen
from assessor.indicators.share import admitted, line, share

UNIT = "share"
AREA = "interfaces"
SAMPLES = False


def measure(seen: Seen) -> Measurement:
    lines = [_judge(process, seen) for process in seen.scope.key_processes]
    return share("numerical_control", lines, seen.scope, nothing="no_key_process")


def _judge(process: KeyProcess, seen: Seen) -> Line:
    machines = [seen.by_id[id_] for id_ in process.assets if seen.by_id[id_].asset.in_use]
    shown = [m for m in machines if (m.live or m.answers) and m.asset.numerical_control]
    if shown:
        return line(process.id, Outcome.MET, "controller_seen", machine=shown[0].asset.name)
    for machine in machines:
        if (witness := machine.witness("numerical-control")) and witness.holds:
            found = line(process.id, Outcome.MET, "witnessed", by=witness.by, proof=witness.proof.title)
            return found.model_copy(update={"evidence": witness.evidence})
    if machines and all(machine.asset.numerical_control is False for machine in machines):
        return admitted(process.id, "no_controller")
    return line(process.id, Outcome.NOT_DETERMINED, "process_open")
