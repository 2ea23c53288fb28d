"""What was lost while sampling, as gap records: none silent, and never more of them than can be kept."""

import time

from assessor.domain import Gap, Message

MOST_STRETCHES = 500
"""Stretches kept one by one; with pauses of a minute between attempts that is a run of eight hours."""
MOST_COUNTED = 2000
"""Tags and causes that are counted apart. What comes on top is counted for the endpoint as a whole."""
MORE = Message(id="sampling.more")


class Losses:
    """The gaps of one endpoint. Losses of one tag or device by one cause become one record that counts them."""

    def __init__(self) -> None:
        self._stretches: list[Gap] = []
        self._counted: dict[tuple[str | None, int | None, str], Gap] = {}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All records, by the time they begin."""
        return tuple(sorted((*self._stretches, *self._counted.values()), key=lambda gap: gap.begins))

    def stretch(
        self, begins: int, ends: int, why: Message, lost: int | None = None, *, where: str | None = None
    ) -> None:
        """All tags of the endpoint, or of one of its devices, were without rows from one moment (ns UTC) on."""
        kept = len(self._stretches) < MOST_STRETCHES
        gap = Gap(begins=begins, ends=ends, why=why if kept else MORE, lost=lost, where=where)
        if kept:
            self._stretches.append(gap)
        else:
            self._add(gap)

    def count(
        self, why: Message, *, tag: int | None = None, lost: int | None = None, begins: int | None = None
    ) -> None:
        """Rows of one tag, or of nobody knows which, are missing; how many at least, where it is known."""
        now = time.time_ns()
        self._add(Gap(begins=begins or now, ends=now, why=why, tag=tag, lost=lost))

    def _add(self, gap: Gap) -> None:
        key = (gap.where, gap.tag, gap.why.id)
        if key not in self._counted and len(self._counted) >= MOST_COUNTED:
            key = (None, None, gap.why.id)
            gap = gap.model_copy(update={"tag": None, "where": None})
        before = self._counted.get(key)
        if before is not None:
            known = None if before.lost is None and gap.lost is None else (before.lost or 0) + (gap.lost or 0)
            gap = before.model_copy(
                update={
                    "begins": min(before.begins, gap.begins),
                    "ends": max(before.ends, gap.ends),
                    "lost": known,
                    "times": before.times + 1,
                }
            )
        self._counted[key] = gap
