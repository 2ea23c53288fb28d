"""Assets that look like one controller: each pair becomes a thing to ask about, and none is merged."""

from collections.abc import Iterable

from assessor.domain import Flag, Measurement, Message


def doubles(measurements: Iterable[Measurement]) -> tuple[Flag, ...]:
    """One flag for each pair that `seen_twice` names, with the reason for which it does."""
    lines = [line for m in measurements if m.indicator == "seen_twice" for line in m.lines]
    return tuple(
        Flag(
            id="same-asset",
            questions=(),
            ask=Message(
                id=f"flag.{line.why.id.rpartition('.')[2]}",
                params={"one": line.subject, "other": line.why.params["other"]},
            ),
        )
        for line in lines
    )
