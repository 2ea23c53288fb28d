"""How much of the sampled time machines ran, of those whose states are known.

Each machine weighs as long as it was watched. States come from a tag that someone can read (a standard, its
server, a person), else from active power: at least four hours of it, and levels that can be told apart. Less is
*indicative* and counts for nothing here. What was seen and cannot be read lies between not running and running.
The sampled time alone is meant: this is neither OEE nor availability, which need a calendar, an ideal cycle, a
good count and a whole shift.
"""

from fractions import Fraction
from statistics import median

from assessor.domain import (
    Condition,
    EvidenceClass,
    Line,
    MachineState,
    Measurement,
    Message,
    Outcome,
    State,
    StateShares,
)
from assessor.indicators.figure import needed
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, thousandth, unseen

UNIT = "share"
AREA = "production"
ENOUGH = 900
"""Seconds of each machine, by the median, from which shares of time tell anything. (Own threshold.)"""


def measure(seen: Seen) -> Measurement:
    lines = tuple(map(_judge, seen.machines))
    known = [m.states for m in seen.machines if m.states is not None and m.states.known]
    watched = sum((thousandth(one.watched) for one in known), Fraction(0))
    method = Message(id="indicator.running_share.method")
    if not known or not watched:
        why = Message(id=f"indicator.why.{'no_states' if lines else 'no_subject'}", params={"n": len(lines)})
        return Measurement(
            indicator="running_share",
            state=State.NOT_DETERMINED,
            unit="share",
            total=len(lines),
            method=method,
            why=why,
            lines=lines,
        )
    long = _long(known)
    low, high = (sum(map(thousandth, ends), Fraction(0)) / watched for ends in _ends(known))
    ran = sum((thousandth(one.running) for one in known), Fraction(0)) / watched
    told = {"n": len(known), "total": len(lines), "hours": str(watched / 3600)}
    return Measurement(
        indicator="running_share",
        state=State.MEASURED if long.holds else State.UNUSABLE,
        unit="share",
        value=ran if long.holds and not any(one.unknown for one in known) else None,
        low=min(low, ran) if long.holds else None,
        high=max(high, ran) if long.holds else None,
        count=len(known),
        total=len(lines),
        method=method,
        why=Message(id="indicator.why.ran_of_known", params=dict(told)) if long.holds else long.found,
        conditions=(long,),
        lines=lines,
    )


def _ends(known: list[StateShares]) -> tuple[list[float], list[float]]:
    return [one.least for one in known], [one.most for one in known]


def _long(known: list[StateShares]) -> Condition:
    usual = median(one.watched for one in known)
    return needed(
        "duration", "watched", usual >= ENOUGH, {"minutes": ENOUGH // 60}, {"minutes": str(thousandth(usual) / 60)}
    )


def _judge(seen: SeenAsset) -> Line:
    states = seen.states
    if states is None:
        told = seen.live and not seen.stale
        return line(seen.asset.id, Outcome.NOT_DETERMINED, "no_state_nor_power") if told else unseen(seen)
    watched = thousandth(states.watched)
    if not states.seconds or not watched:
        return Line(subject=seen.asset.id, outcome=Outcome.NOT_DETERMINED, why=states.why)
    shares = {state: thousandth(states.seconds.get(state, 0.0)) / watched for state in MachineState}
    params = {state.value: str(share) for state, share in shares.items()}
    params |= {
        "resting": str(thousandth(states.resting) / watched),
        "unknown": str(thousandth(states.unknown) / watched),
        "hours": str(watched / 3600),
        "tag": states.path,
    }
    how = "indicative" if states.indicative else f"by_{states.source}"
    how += "_in_part" if states.resting or states.unknown else ""
    hold = {"hold": str(thousandth(states.hold or 0.0))} if states.source == "power" else {}
    return Line(
        subject=seen.asset.id,
        outcome=Outcome.NOT_DETERMINED if states.indicative else Outcome.MET,
        why=Message(id=f"indicator.why.ran_{how}", params=params | hold),
        evidence=EvidenceClass.EXPORTED if states.exported else EvidenceClass.MEASURED,
        value=None if states.indicative else shares[MachineState.RUNNING],
    )
