"""WHAT TO ASK about data points: which have no meaning that anyone vouches for, and what hangs on each.

What hangs on a machine's unexplained tags is tried out: all of them are given one meaning after another, and the
indicators whose line for the machine comes out otherwise are those that these tags hold open. Each weighs as much
as the requirements of the level that it bears on, over the number of machines it counts; the tags of a machine
share that evenly, since absence shows only once all of them are explained.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property

from assessor import choosing, pipeline
from assessor.advising import judging
from assessor.bundle import Bundle
from assessor.domain import (
    Answers,
    Exact,
    Function,
    Ladder,
    Measurement,
    Noun,
    Tag,
    TagMeaning,
)
from assessor.forms.writing import yaml_lines
from assessor.frameworks import Library
from assessor.indicators import measure_all
from assessor.looking import Looked
from assessor.reconcile import reconcile, weighed
from models.tags import manners
from models.tags.asking import (
    Proposal,
    Proposer,
    Template,
    by_last_element,
    fits,
    patterns,
    proposals,
    templates,
)

MOST = 30
"""Templates that people are asked about at once."""
TRIED: tuple[tuple[str | None, Function | None], ...] = (
    ("other", None),
    ("state", Function.STATE),
    ("count", Function.COUNTER),
    ("count", Function.QUALITY),
    ("energy", Function.COUNTER),
    ("temperature", Function.ACTUAL),
    ("temperature", Function.SETPOINT),
    ("state", Function.ALARM),
    (None, Function.IDENTIFICATION),
)
"""Meanings that are tried on: one for each kind of thing that indicators look for."""


class Ask(Noun):
    """One template to be confirmed."""

    tags: tuple[str, ...]
    """Its pattern, or the paths where no pattern fits them alone."""
    points: int
    """How many data points it stands for."""
    machines: tuple[str, ...]
    example: str
    effect: Exact
    """How much of the level its machines hold open, as shares of the weights of requirements."""
    indicators: tuple[str, ...]
    """What its machines leave open, or rest on a name alone, because of such tags."""
    named: bool
    """A name gives it a meaning, and nobody confirmed it."""
    proposals: tuple[Proposal, ...]


class Unexplained(Noun):
    """Where the data points of a plant stand, and what to ask first."""

    points: int
    vouched: int
    named: int
    unknown: int
    asks: tuple[Ask, ...]
    left: int
    """Templates that are not among these."""


def unexplained(
    source: Bundle,
    answers: Answers | None,
    library: Library,
    text: Proposer | None = None,
    aside: Collection[str] = (),
) -> Unexplained:
    """What to confirm of the data points of one sealed bundle. `text` may add proposals, and nothing else; what
    fits a pattern in `aside` was asked about in vain, and comes last."""
    scope = source.scope()
    answers = answers or Answers(format="assessor-answers/1", plant=scope.plant.id, answers=())
    pipeline.same_plant(scope.plant, scope.assets, answers)
    looked = Looked(source, answers.meanings)
    tried = _Tried(looked, answers, library)
    observations = looked.observations
    tags = [tag for seen in observations for tag in seen.tags]
    open_ = [tag for tag in tags if tag.id not in tried.vouched]
    held = templates(open_, {asset.id: asset.kind for asset in scope.assets})
    share = tried.shares(open_)
    vain = {one.tags[0].path: any(fits(pattern, one.tags[0].path) for pattern in aside) for one in held}
    ranked = sorted(held, key=lambda one: (vain[one.tags[0].path], *_rank(one, share, tried.meanings)))
    how, elsewhere = manners(observations), by_last_element(tags, tried.vouched)
    asks = []
    for template in ranked[:MOST]:
        first, own = template.tags[0], {tag.id for tag in template.tags}
        machines = dict.fromkeys(tag.asset for tag in template.tags if tag.asset)
        asks.append(
            Ask(
                tags=patterns(template, [tag.path for tag in tags if tag.id not in own]),
                points=len(template.tags),
                machines=tuple(machines),
                example=first.path,
                effect=_effect(template, share),
                indicators=tuple(sorted({i for asset in machines for i in tried.held_open.get(asset, ())})),
                named=first.id in tried.meanings,
                proposals=proposals(first, how[first.endpoint], elsewhere, text),
            )
        )
    named = sum(tag.id in tried.meanings for tag in open_)
    return Unexplained(
        points=len(tags),
        vouched=len(tags) - len(open_),
        named=named,
        unknown=len(open_) - named,
        asks=tuple(asks),
        left=max(len(held) - MOST, 0),
    )


def _effect(template: Template, share: Mapping[str, Fraction]) -> Fraction:
    return sum((share.get(tag.asset or "", Fraction(0)) for tag in template.tags), Fraction(0))


def _rank(
    template: Template, share: Mapping[str, Fraction], meanings: Mapping[int, TagMeaning]
) -> tuple[Fraction, bool, bool, int, str]:
    """By effect; then tags of machines, then what has a proposal to say yes to, then the larger template."""
    first = template.tags[0]
    silent = first.id not in meanings
    return -_effect(template, share), template.kind is None, silent, -len(template.tags), first.path


class _Tried:
    """One plant under several meanings of its unexplained tags."""

    def __init__(self, looked: Looked, answers: Answers, library: Library) -> None:
        self.scope, self.observations, self.answers, self.library = (
            looked.scope,
            looked.observations,
            answers,
            library,
        )
        self.vouched, self.meanings, self._looked = looked.vouched, looked.meanings, looked

    def _measured(self, meanings: Mapping[int, TagMeaning]) -> tuple[Measurement, ...]:
        return measure_all(self._looked.seen(self.answers.witnessed, meanings))

    @cached_property
    def _now(self) -> tuple[Measurement, ...]:
        return self._measured(self.meanings)

    @cached_property
    def held_open(self) -> dict[str, set[str]]:
        """Indicators whose line for a machine depends on what its unexplained tags mean, by asset."""
        assets = {asset.id for asset in self.scope.assets}
        before = {(m.indicator, line.subject): line for m in self._now for line in m.lines}
        found: dict[str, set[str]] = defaultdict(set)
        open_ = [tag for seen in self.observations for tag in seen.tags if tag.id not in self.vouched]
        for quantity, function in TRIED if open_ else ():
            given = {
                tag.id: TagMeaning(tag=tag.id, quantity=quantity, function=function, source="person")
                for tag in open_
            }
            for m in self._measured(self.meanings | given):
                for line in m.lines:
                    was = before.get((m.indicator, line.subject))
                    same = was is not None and (was.outcome, was.value) == (line.outcome, line.value)
                    if line.subject in assets and not same:
                        found[line.subject].add(m.indicator)
        return self._with_meters(found)

    def _with_meters(self, found: dict[str, set[str]]) -> dict[str, set[str]]:
        """A meter holds open what is about the energy of the machine that it measures."""
        energy = {m.indicator for m in self._now if m.area == "energy"}
        for asset in self.scope.assets:
            if asset.metered_by and (shared := found.get(asset.id, set()) & energy):
                found[asset.metered_by] |= shared
        return found

    def shares(self, open_: Sequence[Tag]) -> dict[str, Fraction]:
        """What one unexplained tag of each asset has a hand in."""
        weights, count = self._weights(), Counter(tag.asset for tag in open_)
        return {
            asset: sum((weights.get(one, Fraction(0)) for one in held), Fraction(0)) / count[asset]
            for asset, held in self.held_open.items()
            if count[asset]
        }

    def _weights(self) -> dict[str, Fraction]:
        """What one machine's line in each indicator weighs in the level."""
        kind = self.scope.plant.kind
        framework = choosing.choose_ladder(self.library, choosing.USUAL[kind], kind)
        ladders = [f for f in self.library.frameworks.values() if isinstance(f, Ladder)]
        questions = tuple(self.library.questions.values())
        evidence = reconcile(questions, self.answers, self._now, ladders)
        weights = weighed(judging(framework, self.answers)(evidence))
        lines = {m.indicator: max(len(m.lines), 1) for m in self._now}
        found: dict[str, Fraction] = defaultdict(Fraction)
        for question in (statement for q in questions for statement in q.statements):
            for test in question.tests:
                found[test.indicator] += weights.get(question.id, Fraction(0)) / lines.get(test.indicator, 1)
        return found


def block(found: Unexplained, by: str, today: date) -> str:
    """Lines for the answer file. Without a role in `by` the file is refused until each line has one; what has no
    proposal, or only a guess of the text model, is a comment: nobody takes it over unread."""
    lines = []
    for ask in found.asks:
        best = ask.proposals[0] if ask.proposals else None
        for pattern in ask.tags:
            entry: dict[str, str] = {"tags": pattern}
            if best is not None and best.quantity:
                entry["quantity"] = best.quantity
            if best is not None and best.function:
                entry["function"] = best.function
            given = yaml_lines({"meanings": [entry | {"by": by, "at": today.isoformat()}]})
            line = given.partition("\n")[2].rstrip("\n")
            lines.append(line if best is not None and best.source != "model" else f"# {line}")
    head = "meanings:" if any(not line.startswith("#") for line in lines) else "# meanings:"
    return "\n".join([head, *lines]) + "\n" if lines else ""
