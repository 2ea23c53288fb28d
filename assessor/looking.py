"""LOOK: one sealed bundle → all that was seen of the plant, arranged by asset, under what its tags mean."""

from collections.abc import Mapping, Sequence

from assessor.bundle import Bundle
from assessor.domain import ConfirmedMeaning, Function, TagMeaning, Witness, away
from assessor.facts import facts, machine_states, series, sort
from assessor.indicators import Seen, look, looked_at
from assessor.interpret import interpret
from models.tags import complete


class Looked:
    """A bundle whose samples were read once; seen as often as somebody says otherwise what its tags mean."""

    def __init__(self, source: Bundle, confirmed: Sequence[ConfirmedMeaning] = ()) -> None:
        self.scope, self.observations = source.scope(), source.observations()
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
