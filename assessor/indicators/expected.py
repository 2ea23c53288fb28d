"""Signals that machines of their sort are expected to offer: present, absent, or open."""

from collections.abc import Callable

from assessor.domain import Expect, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import admitted, by_record, line, share, strata, unseen


def expected(
    indicator: str,
    seen: Seen,
    expect: Expect,
    shows: Callable[[SeenTag], bool],
    yes: str,
    *,
    fresh: bool = False,
    perhaps: Callable[[SeenTag], bool] = lambda _: False,
    otherwise: Callable[[SeenAsset], Line | None] = lambda _: None,
) -> Measurement:
    """Share of the machines expected to offer a signal that do; `shows` recognises it, `yes` is the reason.

    A state or count may rightly stand still on a machine that answers; where it may not, `fresh` is asked for.
    Where no tag shows it, `otherwise` may know the line all the same; a tag that `perhaps` does keeps it open.
    """
    machines = [m for m in seen.machines if expect in m.asset.expects]
    lines = [_judge(machine, shows, yes, fresh, perhaps, otherwise) for machine in machines]
    return share(indicator, lines, seen.scope, strata=strata(machines), nothing="none_expected")


def _judge(
    seen: SeenAsset,
    shows: Callable[[SeenTag], bool],
    yes: str,
    fresh: bool,
    perhaps: Callable[[SeenTag], bool],
    otherwise: Callable[[SeenAsset], Line | None],
) -> Line:
    id_ = seen.asset.id
    found = [tag for tag in seen.tags if shows(tag)]
    there = [tag for tag in found if (seen.current(tag) if fresh else seen.has(tag))]
    if there:
        best = next((tag for tag in there if not tag.by_name("quantity", "function")), there[0])
        why = "by_name" if best.by_name("quantity", "function") else yes
        return line(id_, Outcome.MET, why, tag=best.tag.path)
    if told := otherwise(seen):
        return told
    record = next((one for one in seen.recorded if one.moves and shows(one.seen)), None)
    if seen.stale and not seen.read:
        return (
            line(id_, Outcome.NOT_DETERMINED, "record_disagrees")
            if record
            else line(id_, Outcome.NOT_MET, "stale")
        )
    if record:
        return by_record(id_, record)
    if found:
        return line(id_, Outcome.NOT_DETERMINED, "undecided")
    if seen.walked and not any(map(perhaps, seen.tags)):
        return line(id_, Outcome.NOT_MET, "looked_in_vain", n=len(seen.tags))
    if seen.live:
        why = "unexplained_tags" if seen.answers else "relayed_only"
        return line(id_, Outcome.NOT_DETERMINED, why)
    return admitted(id_, "no_interface") if seen.no_interface else unseen(seen)
