"""LOOK: one sealed bundle → all that was seen of the plant, arranged by asset, under what its tags mean."""

from collections.abc import Collection, Mapping, Sequence

from assessor.bundle import Bundle
from assessor.domain import (
    ConfirmedMeaning,
    Function,
    MeaningRule,
    Member,
    Observation,
    Scope,
    Source,
    TagFacts,
    TagMeaning,
    Witness,
    away,
)
from assessor.facts import facts, machine_states, series, sort
from assessor.indicators import Seen, look, looked_at
from assessor.interpret import interpret
from models.tags import complete


class Looked:
    """A bundle whose samples were read once; seen as often as somebody says otherwise what its tags mean."""

    def __init__(self, source: Bundle, confirmed: Sequence[ConfirmedMeaning] = ()) -> None:
        self.scope, self.observations = _with_units(source.scope(), confirmed), source.observations()
        self.vouched = interpret(self.observations, self.scope, confirmed)
        """Meanings that more than a name stands behind."""
        self.meanings = complete(self.vouched, self.observations)
        rows = sort(source.samples())
        self.samples = len(rows.code)
        tags = [tag for seen in self.observations for tag in seen.tags]
        every = {tag.id: seconds for tag in tags if (seconds := looked_at(tag)) is not None}
        gone = {t.id: apart for seen in self.observations if (apart := away(seen.gaps)) for t in seen.tags}
        measured = [m.tag for m in self.vouched.values() if m.function is Function.ACTUAL]
        self.figures, self._values = facts(rows, every, gone, measured), series(rows, gone)

    def seen(self, witnessed: Sequence[Witness] = (), meanings: Mapping[int, TagMeaning] | None = None) -> Seen:
        """The plant as it was seen, with what each machine did; under other meanings where they are given."""
        said = self.meanings if meanings is None else meanings
        seen = look(self.scope, self.observations, self.figures, said, witnessed, self._values)
        exported = {one.seen.tag.id for one in seen.recorded}
        return seen.with_states(machine_states(self.scope.assets, seen.usable, said, self._values, exported))


def _with_units(scope: Scope, confirmed: Sequence[ConfirmedMeaning]) -> Scope:
    """The scope with units that people confirmed since, before its own; a path as it stands before patterns."""
    rules = [
        MeaningRule(tags=m.tags, quantity=m.quantity or "", function=m.function or "", unit=m.unit, by=m.by)
        for m in sorted(confirmed, key=lambda one: any(sign in one.tags for sign in "*?"))
        if m.unit is not None
    ]
    return scope.model_copy(update={"meanings": (*rules, *scope.meanings)}) if rules else scope


def origin(
    source: Bundle, observations: Sequence[Observation], figures: Collection[TagFacts], samples: int
) -> Source:
    """What was judged. Rows and request log outlive a killed process, whose observations end early."""
    manifest = source.manifest
    ends = [o.ended for o in observations] + [figure.last for figure in figures]
    live = [o for o in observations if o.record is None] or observations
    told = sum(o.traffic.requests for o in observations if o.traffic)
    return Source(
        bundle=source.digest,
        fingerprint=manifest.fingerprint,
        sampled_from=min((o.started for o in live), default=manifest.made),
        sampled_to=max(ends, default=manifest.made),
        truncated=manifest.truncated,
        samples=samples,
        requests=max(source.asked or 0, told),
        clock=source.clock,
    )


def members(source: Bundle) -> tuple[Member, ...]:
    """Members of the sealed bundle: all of them stay with the plant."""
    return tuple(
        Member(name=m.name, sha256=m.sha256, bytes=m.bytes, leaves=False) for m in source.manifest.members
    )
