"""Machines that offer an interface the plant's systems could use as it stands.

Counts where the machine answered in an open protocol itself, where its current values already arrive in a
system of the plant, or where a person saw it. Only the register's own word that there is no interface counts
against it: a machine that stayed silent may be connectable all the same.
"""

from assessor.domain import Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, line, share, strata, unseen, witnessed

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    return share("connectable", map(judge, seen.machines), seen.scope, strata=strata(seen.machines))


def judge(seen: SeenAsset) -> Line:
    """One asset: does it offer a usable interface?"""
    id_ = seen.asset.id
    if seen.answers:
        return line(id_, Outcome.MET, "answers_itself")
    if seen.arrives:
        return line(id_, Outcome.MET, "arrives")
    if witness := seen.witness("connectable") or seen.witness("networked"):
        return witnessed(witness)
    return admitted(id_, "no_interface") if seen.no_interface else unseen(seen)
