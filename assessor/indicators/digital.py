"""Machines shown to be digital (生产设备数字化率): a lower bound.

Counts where current values were read, an exported record holds values as only a machine writes them, or a person
saw a digital controller with an interface. A stand-alone CNC or PLC without a network is digital and cannot be
seen by us: it stays open. Against a machine counts only the register's word that it has neither an interface nor
a controller.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, by_record, line, share, strata, unseen, witnessed

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    return share("digital", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: is it shown to be digital?"""
    id_ = seen.asset.id
    if seen.live or seen.answers:
        return line(id_, Outcome.MET, "answers_digitally")
    if seen.exported:
        return by_record(id_, seen.exported)
    if witness := seen.witness("digital") or seen.witness("networked"):
        return witnessed(witness)
    if seen.no_interface and seen.asset.numerical_control is False:
        return admitted(id_, "no_controller")
    return unseen(seen)
