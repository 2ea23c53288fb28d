"""Signals that machines of their sort are expected to offer: present, absent, or open."""

from collections.abc import Callable

from assessor.domain import Expect, Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset, SeenTag
from assessor.indicators.share import admitted, line, share, strata, unseen


def expected(
    indicator: str, seen: Seen, expect: Expect, shows: Callable[[SeenTag], bool], yes: str
) -> Measurement:
    """Share of the machines expected to offer a signal that do; `shows` recognises it, `yes` is the reason."""
    machines = [m for m in seen.machines if expect in m.asset.expects]
    lines = [_judge(machine, shows, yes) for machine in machines]
    return share(indicator, lines, seen.scope, strata=strata(machines), nothing="none_expected")


def _judge(seen: SeenAsset, shows: Callable[[SeenTag], bool], yes: str) -> Line:
    id_ = seen.asset.id
    found = [tag for tag in seen.tags if tag.fresh and shows(tag)]
    if found:
        return line(id_, Outcome.MET, yes, tag=found[0].tag.path)
    if seen.stale:
        return line(id_, Outcome.NOT_MET, "stale")
    if seen.walked:
        return line(id_, Outcome.NOT_MET, "looked_in_vain", n=len(seen.tags))
    if seen.live:
        return line(id_, Outcome.NOT_DETERMINED, "unexplained_tags")
    return admitted(id_, "no_interface") if seen.no_interface else unseen(seen)
