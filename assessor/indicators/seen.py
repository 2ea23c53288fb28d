"""All that was seen of a plant, arranged by asset: what indicators look at."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assessor.domain import (
    SYSTEMS,
    Asset,
    Device,
    Endpoint,
    EvidenceClass,
    Interface,
    Observation,
    Role,
    Scope,
    Series,
    SeriesOf,
    StateShares,
    Tag,
    TagFacts,
    TagMeaning,
    Witness,
)
from assessor.indicators.data_points import Recorded, SeenTag


@dataclass(frozen=True)
class Place:
    """Where an asset was met: a device behind an endpoint."""

    endpoint: Endpoint
    observation: Observation
    device: Device

    @property
    def system(self) -> bool:
        """Is the endpoint one of the plant's systems?"""
        return self.endpoint.role in SYSTEMS

    @property
    def itself(self) -> bool:
        """Was it the machine that answered? An OPC UA gateway or system answers for those behind it."""
        return not self.system and not (self.endpoint.role is Role.GATEWAY and bool(self.endpoint.branches))


@dataclass(frozen=True)
class SeenAsset:
    """One line of the register as it was seen on the wire and by people."""

    asset: Asset
    places: tuple[Place, ...]
    tags: tuple[SeenTag, ...]
    witnessed: tuple[Witness, ...]
    passing: frozenset[str] = frozenset()
    """Endpoints seen to pass on current values of something: there, an old value is the machine's own."""
    recorded: tuple[Recorded, ...] = ()
    """Its data points in exported records."""
    states: StateShares | None = None
    """How long it ran, was idle, stood; None where no data point of it can tell."""

    @cached_property
    def exported(self) -> Recorded | None:
        """A data point by which a record shows that its values reached a system of the plant."""
        return next((one for one in self.recorded if one.moves), None)

    @cached_property
    def live(self) -> bool:
        """Values of it came that are current; behind an aggregator they must be seen to move."""
        return any(tag.moves if tag.relayed else tag.fresh for tag in self.tags)

    @cached_property
    def arrives(self) -> bool:
        """Current values of it were seen in a system of the plant."""
        return any(tag.moves and tag.endpoint.role in SYSTEMS for tag in self.tags)

    @cached_property
    def answers(self) -> bool:
        """It answered us itself, or through a gateway that passes requests on."""
        return any(place.device.answered and place.itself for place in self.places)

    @cached_property
    def read(self) -> bool:
        """It gave us good values itself. One that idles gives old ones, and is read all the same."""
        own = {place.endpoint.id for place in self.places if place.device.answered and place.itself}
        return any(tag.facts and tag.facts.good and tag.tag.endpoint in own for tag in self.tags)

    def has(self, tag: SeenTag) -> bool:
        """Is this tag of it there to be used: current, or standing still on a machine that answers or is live?"""
        good = tag.facts is not None and tag.facts.good > 0
        return self.current(tag) or (good and (self.live or self.read))

    def current(self, tag: SeenTag) -> bool:
        """Is it fresh, and not merely by the word of an aggregator that shows nothing moving of this machine?"""
        return tag.fresh and (self.live or not tag.relayed)

    @cached_property
    def stale(self) -> bool:
        """Rows of it came, and not one of its values is current, while others at the same endpoint are.

        A value that has stood still for less than two weeks is no such one: its machine may be at rest today.
        """
        return not self.live and any(self._left_behind(tag) for tag in self.tags)

    @cached_property
    def resting(self) -> bool:
        """All that came of it stands still, and not for long: cut off, or at rest on the day."""
        return not self.live and any(tag.facts and tag.facts.stale and not tag.cut_off for tag in self.tags)

    @cached_property
    def restamped(self) -> bool:
        """All that came of it stood still, under times that the aggregator makes itself: nobody can say."""
        return not self.live and any(tag.restamped for tag in self.tags)

    @cached_property
    def overridden(self) -> bool:
        """All Good values of it were typed in by a person."""
        good = [tag.facts for tag in self.tags if tag.facts and tag.facts.good]
        return bool(good) and all(f.overridden == f.good for f in good)

    @cached_property
    def lost(self) -> bool:
        """Stale in a system of the plant, whatever the machine itself answers."""
        return not self.arrives and any(
            self._left_behind(tag) and tag.endpoint.role in SYSTEMS for tag in self.tags
        )

    def _left_behind(self, tag: SeenTag) -> bool:
        return tag.cut_off and tag.tag.endpoint in self.passing

    @cached_property
    def walked(self) -> bool:
        """All it offers was looked at, and someone vouches for the meaning of each of its tags: what is missing is
        absent. What a name alone explains may be read wrongly, and something may hide behind it.

        A register map shows only what it lists, and an aggregator only what it passes on, so nothing is absent
        from a Modbus device or from what stands behind a system alone.
        """
        browses = [place.observation.browse for place in self.places]
        whole = all(browse is not None and browse.complete for browse in browses)
        return (
            self.live
            and whole
            and self.answers
            and all(tag.meaning is not None and tag.meaning.vouched for tag in self.tags)
        )

    @property
    def no_interface(self) -> bool:
        """By the register's own word there is nothing to connect to."""
        return self.asset.interface is Interface.NONE

    def witness(self, shows: str) -> Witness | None:
        """The strongest thing a person saw of it in this respect."""
        order = list(EvidenceClass)
        found = [w for w in self.witnessed if w.shows == shows]
        return min(found, key=lambda w: order.index(w.evidence), default=None)


def _no_series(_: int) -> Series | None:
    return None


@dataclass(frozen=True)
class Seen:
    """The plant as it was seen."""

    scope: Scope
    observations: tuple[Observation, ...]
    assets: tuple[SeenAsset, ...]
    tags: tuple[SeenTag, ...]
    """Every tag, whether or not it belongs to an asset."""
    recorded: tuple[Recorded, ...] = ()
    """Every data point of the exported records, apart from what was read."""
    series: SeriesOf = _no_series
    """The Good values of a tag, read or recorded, for what figures cannot tell."""

    @property
    def usable(self) -> tuple[Tag, ...]:
        """Data points that speak of today: those of assets that are there to be used, then recorded ones."""
        read = [seen.tag for asset in self.assets for seen in asset.tags if asset.has(seen)]
        return (*read, *(one.seen.tag for one in self.recorded))

    def with_states(self, states: Mapping[str, StateShares]) -> "Seen":
        """The same, with what each machine did while it was watched."""
        return replace(self, assets=tuple(replace(a, states=states.get(a.asset.id)) for a in self.assets))

    @cached_property
    def machines(self) -> tuple[SeenAsset, ...]:
        """Production equipment in use: the denominator of every share of machines."""
        return tuple(a for a in self.assets if a.asset.production and a.asset.in_use)

    @cached_property
    def by_id(self) -> Mapping[str, SeenAsset]:
        """Assets by id."""
        return {a.asset.id: a for a in self.assets}


def look(
    scope: Scope,
    observations: Sequence[Observation],
    facts: Mapping[int, TagFacts],
    meanings: Mapping[int, TagMeaning],
    witnessed: Sequence[Witness] = (),
    series: SeriesOf = _no_series,
) -> Seen:
    """Arrange what was seen. Observations of endpoints that are not in the scope do not count.

    Exported records stand apart, so that an indicator that does not ask for them never takes them for a look.
    """
    endpoints = {endpoint.id: endpoint for endpoint in scope.endpoints}
    inside = [o for o in observations if o.endpoint in endpoints]
    known = tuple(o for o in inside if o.record is None and endpoints[o.endpoint].export is None)
    recorded = tuple(
        Recorded(SeenTag(tag, endpoints[o.endpoint], facts.get(tag.id), meanings.get(tag.id)), o.record)
        for o in inside
        if o.record is not None and o.problem is None
        for tag in o.tags
    )
    tags = tuple(
        SeenTag(tag, endpoints[o.endpoint], facts.get(tag.id), meanings.get(tag.id))
        for o in known
        for tag in o.tags
    )
    tags = _by_their_clock(tags)
    of_asset: dict[str | None, list[SeenTag]] = defaultdict(list)
    for tag in tags:
        of_asset[tag.tag.asset].append(tag)
    records: dict[str | None, list[Recorded]] = defaultdict(list)
    for one in recorded:
        records[one.seen.tag.asset].append(one)
    passing = frozenset(tag.tag.endpoint for tag in tags if tag.moves)
    places: dict[str | None, list[Place]] = defaultdict(list)
    for o in known:
        for device in o.devices:
            places[device.asset].append(Place(endpoints[o.endpoint], o, device))
    assets = tuple(
        SeenAsset(
            asset,
            tuple(places[asset.id]),
            tuple(of_asset[asset.id]),
            tuple(w for w in witnessed if w.asset == asset.id),
            passing,
            tuple(records[asset.id]),
        )
        for asset in scope.assets
    )
    return Seen(scope, known, assets, tags, recorded, series)


def _by_their_clock(tags: tuple[SeenTag, ...]) -> tuple[SeenTag, ...]:
    """Each with the age of the newest moving value of its endpoint, by which the age of the others is judged."""
    freshest: dict[str, float] = {}
    for tag in tags:
        if tag.moves and tag.facts and tag.facts.age is not None:
            freshest[tag.tag.endpoint] = min(freshest.get(tag.tag.endpoint, math.inf), tag.facts.age)
    return tuple(replace(tag, freshest=freshest.get(tag.tag.endpoint, 0)) for tag in tags)
