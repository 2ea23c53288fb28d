"""JUDGE many stored Assessments again under one library: what hangs on the library alone is made ready once.

The stages are those of `assessor.pipeline.judge` as far as the ratings go: choose, reconcile, rate. What a rating
does not hang on (chances, the estimate, findings, flags, leads, the plan) is not reckoned.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessor import choosing
from assessor.domain import Answers, Evidence, Ladder, Message
from assessor.errors import BundleError
from assessor.frameworks import Library
from assessor.portfolio.filed import Filed, Said, Standing, answers_to, cut, measured, settlement
from assessor.rating import Kind
from assessor.rating.cuts import uncut
from assessor.rating.standings import Heard, Standings
from assessor.reconcile.claims import Claim, bring_together
from assessor.reconcile.comparison import MOST_KEPT, Comparing

KINDS: tuple[Kind, ...] = ("discrete", "process")
NOTHING = Answers(format="assessor-answers/1", plant="none", answers=())


@dataclass(frozen=True)
class Judged:
    """One Assessment under the library at hand."""

    standings: Mapping[str, Standing]
    """By framework id."""
    dropped: tuple[str, ...]
    """Questions with an answer that the library at hand does not know any more."""


@dataclass(frozen=True)
class Judging:
    """A library made ready, for all its frameworks or for those that were asked for."""

    library: Library
    frameworks: tuple[str, ...]
    """Only by these: id, or id@version for an earlier edition; empty: by all that a plant is rated by."""
    only: frozenset[str]
    """The same by id alone."""
    beside: frozenset[str]
    """Of the frameworks those that are asked for only where something was cut."""
    heard: dict[Kind, Heard]
    """The bank by kinds of plant."""
    comparing: Comparing
    indicators: frozenset[str]
    """Those that a question is tested by."""
    ready: dict[Any, Standings] = field(default_factory=dict)
    claims: dict[tuple[str, Said], Mapping[str, Claim]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        library: Library,
        frameworks: Sequence[str] = (),
        like: "Judging | None" = None,
        only: Collection[str] = (),
        beside: Collection[str] = (),
    ) -> "Judging":
        """Raises InputError for a framework that the library does not have. `like`: another one, whose Evidence it
        shares where answers come to the same under both. `only`: of what plants are rated by, these alone, and of
        these `beside` only where something was cut."""
        named = frozenset(choosing.choose(library, name).id for name in frameworks) | frozenset(only)
        if like is not None and alike(library, like.library):
            comparing, heard, claims = like.comparing, like.heard, like.claims
        else:
            ladders = [f for f in library.frameworks.values() if isinstance(f, Ladder)]
            asked = tuple(library.questions.values())
            comparing, claims = Comparing.of(asked, ladders, keeps=True), {}
            heard = {kind: Heard.of(asked, kind) for kind in KINDS}
        indicators = frozenset(test.indicator for s in comparing.statements for test in s.tests)
        return cls(library, tuple(frameworks), named, frozenset(beside), heard, comparing, indicators, {}, claims)

    def judge(self, held: Filed, place: str) -> Judged:
        """Raises BundleError, with its `place`, where the framework that it was judged by is gone; InputError
        where that is none for such a plant, or does not have what was cut."""
        evidence, dropped = self.evidence(held)
        return Judged(self.rate(held, evidence, place), dropped)

    def evidence(self, held: Filed) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
        """What is known of each question, and the questions that are gone."""
        questions, statements = self.library.questions, self.library.statements
        claims: dict[str, Claim] = {}
        for question, said in held.said.items():
            if question in questions:
                claims.update(self._claims(question, said))
        settled = [settlement(*one) for one in held.settled if one[0] in questions or one[0] in statements]
        figures = [measured(figure) for figure in held.figures if figure[0] in self.indicators]
        found = self.comparing.compared(claims, settled, figures)
        named = held.said.keys() | {name for name, _ in held.settled}
        there = (held.said.keys() & questions.keys()) | {one.question for one in settled}
        return found, tuple(sorted(named - there))

    def _claims(self, question: str, said: Said) -> Mapping[str, Claim]:
        """What is said to one question makes its claim, whatever is said to others."""
        found = self.claims.get((question, said))
        if found is None:
            if len(self.claims) > MOST_KEPT:
                self.claims.clear()
            found = bring_together(answers_to(question, said), [self.library.questions[question]])
            self.claims[question, said] = found
        return found

    def rate(self, held: Filed, evidence: tuple[Evidence, ...], place: str) -> dict[str, Standing]:
        """Where that puts it by each framework."""
        main = choosing.choose_ladder(self.library, self._main(held, place), held.kind)
        cuts = tuple(map(cut, held.cuts))
        uncut(main, cuts)  # what was cut is refused where the ladder that it was judged by does not have it
        ready = self._ready(held, main)
        stands = ready.rate(evidence, cuts, () if cuts else self.beside)
        return {
            f.id: Standing.model_construct(version=f.version, level=stands[f.id][0], score=stands[f.id][1])
            for f in ready.frameworks
            if f.id in stands and (not self.only or f.id in self.only)
        }

    def _main(self, held: Filed, place: str) -> str:
        """The ladder to judge by: the edition asked for of the one that was judged by, else the one in force."""
        id_ = held.framework
        if id_ not in self.library.frameworks:
            raise BundleError(Message(id="rerate.framework_gone", params={"id": id_}), place)
        return next((name for name in self.frameworks if name.partition("@")[0] == id_), id_)

    def _ready(self, held: Filed, main: Ladder) -> Standings:
        """The frameworks that such a plant is rated by."""
        known = tuple(name for name in held.frameworks if name in self.library.frameworks)
        extra = (*known, *(name for name in self.frameworks if name not in known))
        key = (held.kind, main.id, main.version, extra)
        if key not in self.ready:
            answers = NOTHING.model_copy(update={"frameworks": extra})
            rated_by = choosing.wanted(self.library, answers, main)
            self.ready[key] = Standings.of(rated_by, self.heard[held.kind], self.only or None)
        return self.ready[key]


def alike(one: Library, other: Library) -> bool:
    """Do the same answers and figures come to the same Evidence? They do where the bank is the same, and where
    ladders prefill the same requirements."""
    return one.questions == other.questions and _prefills(one) == _prefills(other)


def _prefills(library: Library) -> list[Any]:
    ladders = [f for f in library.frameworks.values() if isinstance(f, Ladder)]
    cells = [(d.rubric, cell.level, cell.requirements) for f in ladders for d in f.dimensions for cell in d.cells]
    return [cell for cell in cells if cell[0] is not None]
