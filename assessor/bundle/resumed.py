"""RESUME: what an interrupted run saw of an endpoint and what the resumed one saw, as one Observation. Pure."""

from collections import Counter
from collections.abc import Iterable

from assessor.domain import Device, Gap, Message, Observation, Time, Traffic

INTERRUPTED = Message(id="bundle.interrupted")


def joined(earlier: Observation, later: Observation, kept_until: Time) -> Observation:
    """Tags and devices of both, so that no row is left without its tag; the pause between them is a gap.

    `kept_until` is when the interrupted run last put something on disk.
    """
    base = earlier if earlier.reached and not later.reached else later
    walks = [walk for walk in (later.browse, earlier.browse) if walk]
    pause = Gap(begins=min(kept_until, later.started), ends=later.started, why=INTERRUPTED)
    return base.model_copy(
        update={
            "started": earlier.started,
            "ended": later.ended,
            "reached": earlier.reached or later.reached,
            "problem": later.problem,
            "devices": _devices((*earlier.devices, *later.devices)),
            "tags": tuple({tag.id: tag for tag in (*earlier.tags, *later.tags)}.values()),
            **_told(later, earlier),
            "browse": max(walks, key=lambda walk: (walk.complete, walk.nodes), default=None),
            "traffic": _traffic([seen.traffic for seen in (earlier, later) if seen.traffic]),
            "gaps": (*earlier.gaps, pause, *later.gaps),
        }
    )


def _told(later: Observation, earlier: Observation) -> dict[str, object]:
    """What a server showed of itself: the later look where it got so far, else the earlier one."""
    walked = later if later.space is not None else earlier
    return {
        "server": later.server or earlier.server,
        "space": walked.space,
        "companions": walked.companions,
        "barred": walked.barred,
        "undecoded": walked.undecoded,
    }


def _devices(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Each place once; what it said of itself before it fell silent stays, with the problem that it has now."""
    found: dict[tuple[str | None, str], Device] = {}
    for device in devices:
        before = found.get((device.asset, device.where))
        if before is not None and before.answered and not device.answered:
            now = before.model_copy(update={"problem": device.problem})
        elif before is not None:
            kept = {"nameplate": device.nameplate or before.nameplate, "space": device.space or before.space}
            now = device.model_copy(update=kept)
        else:
            now = device
        found[device.asset, device.where] = now
    return tuple(found.values())


def _traffic(parts: list[Traffic]) -> Traffic | None:
    if not parts:
        return None
    stated = [t.stated for t in parts if t.stated is not None]
    return Traffic(
        requests=sum(t.requests for t in parts),
        failures=sum(t.failures for t in parts),
        bytes_sent=sum(t.bytes_sent for t in parts),
        bytes_received=sum(t.bytes_received for t in parts),
        seconds=sum(t.seconds for t in parts),
        slowest_ms=max(t.slowest_ms for t in parts),
        round_trips=dict(sorted(sum((Counter(t.round_trips) for t in parts), Counter[int]()).items())),
        stated=sum(stated) if len(stated) == len(parts) else None,
    )
