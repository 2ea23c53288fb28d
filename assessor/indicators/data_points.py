"""One data point, read or recorded: what its samples show of it and what it means."""

from dataclasses import dataclass

from assessor.domain import (
    SYSTEMS,
    Endpoint,
    Function,
    Record,
    Role,
    Tag,
    TagFacts,
    TagMeaning,
)

LONG = 14 * 86_400.0
"""Seconds that a machine in use hardly rests: older values are cut off, younger ones may be at rest. (Own
threshold, longer than the week of a public holiday.)"""
QUICKEST = 0.1
"""Seconds between two looks at least, whatever a server says of its own diligence."""


def looked_at(tag: Tag) -> float | None:
    """Seconds between two looks at a tag that reports only changes, as its server revised it; None if polled."""
    if tag.sampling != "subscribe":
        return None
    return max((tag.interval_ms or 0) / 1000, QUICKEST)


@dataclass(frozen=True)
class SeenTag:
    """One data point with what its samples showed and what it means."""

    tag: Tag
    endpoint: Endpoint
    facts: TagFacts | None
    meaning: TagMeaning | None
    freshest: float = 0
    """How old the newest of its endpoint's moving values is by the laptop's clock, which may be off."""

    @property
    def relayed(self) -> bool:
        """Does an aggregating server answer for the machine? Then Good speaks of its copy of the value."""
        role = self.endpoint.role
        return role in SYSTEMS or (role is Role.GATEWAY and bool(self.endpoint.branches))

    @property
    def looks(self) -> int:
        """How often its value was looked at: its rows, or the intervals of a server that reports only changes.
        While the server was not reached nobody looked."""
        assert self.facts is not None
        every = looked_at(self.tag)
        if every is None or not self._watched:
            return self.facts.rows
        return round(self._watched / every) + 1

    @property
    def _watched(self) -> float:
        """Seconds in which rows could have come."""
        assert self.facts is not None
        return max(0.0, self.facts.seconds - self.facts.away_seconds)

    @property
    def good_looks(self) -> int:
        """At how many of the looks its status was Good; a status holds until the next row, if one could come."""
        assert self.facts is not None
        if looked_at(self.tag) is None or not self._watched:
            return self.facts.good
        return round(self.looks * min(self.facts.good_seconds / self._watched, 1))

    @property
    def fresh(self) -> bool:
        """Did good values come that are not stale, nor typed in by a person?"""
        return self.facts is not None and self.facts.good > self.facts.overridden and not self.facts.stale

    @property
    def typed_in(self) -> bool:
        """Are all its Good values a person's, by their status?"""
        return self.facts is not None and 0 < self.facts.good <= self.facts.overridden

    @property
    def moves(self) -> bool:
        """Did good values change, or did their own times go on? Without either nothing shows that they still come.

        A time that leapt once does not go on. A time that is the server's own shows when the server was asked.
        """
        f = self.facts
        return f is not None and self.fresh and (f.changes > 0 or (self._goes(f) and f.server_stamped < f.rows))

    @property
    def restamped(self) -> bool:
        """Good values that stood still behind an aggregator, under times that it makes itself."""
        f = self.facts
        steady = f is not None and self.relayed and self.fresh and not f.changes
        return f is not None and steady and self._goes(f) and f.server_stamped == f.rows

    @property
    def cut_off(self) -> bool:
        """Stale for longer than a machine rests, or by its server's word: whatever updated it has stopped."""
        f = self.facts
        return f is not None and bool(f.stale) and ((f.age or 0) - self.freshest > LONG or self._given_up(f))

    @staticmethod
    def _given_up(facts: TagFacts) -> bool:
        """Does the server call all that it gave last usable values?"""
        return facts.last_usable > 0 and not facts.good

    @staticmethod
    def _goes(facts: TagFacts) -> bool:
        often = facts.restamps is None or facts.restamps > 1
        return often and (facts.source_seconds or 0) > facts.seconds / 10

    def by_name(self, *heads: str) -> bool:
        """Does any of these heads of its meaning rest on its name alone?"""
        return self.meaning is not None and any(head in self.meaning.by_name for head in heads)

    def means(self, quantity: str | None = None, function: Function | None = None) -> bool:
        """Does it mean this quantity, and this function?"""
        m = self.meaning
        return (
            m is not None
            and (quantity is None or m.quantity == quantity)
            and (function is None or m.function is function)
        )


TYPED, ROWS = 900.0, 30
"""Values further apart than so many seconds, or fewer, may have been typed in by hand. (Own threshold.)"""


@dataclass(frozen=True)
class Recorded:
    """One data point of an exported record. It never counts as read by us: only what says so looks at these."""

    seen: SeenTag
    record: Record

    @property
    def moves(self) -> bool:
        """Did good values change, and come as often as only a machine writes them?"""
        f = self.seen.facts
        return f is not None and f.changes > 0 and f.good >= ROWS and f.seconds <= TYPED * (f.good - 1)
