"""The gates of tiers: a plant stands at the last tier up to which every gate of every tier holds.

A gate holds (1), fails (0) or is open (from 0 to 1). What is not applicable leaves the gate that asks for it;
a gate that nothing is left of is open: no answer opens a gate by saying that it is not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, Literal

from assessor.domain import (
    Build,
    BuildLink,
    Fact,
    Gate,
    Gates,
    KeyFigure,
    Message,
    Need,
    Parameter,
    Question,
    Result,
    TableStep,
    Term,
    Text,
    Tier,
)
from assessor.rating import needs, terms
from assessor.rating.ends import look_up, run_of
from assessor.rating.values import Known

NONE, ALL = Fraction(0), Fraction(1)
Standing = Literal["holds", "fails", "open"]
STANDINGS: tuple[Standing, ...] = ("holds", "fails", "open")


def results(framework: Gates, statements: Mapping[str, Question], known: Known) -> tuple[Result, ...]:
    """One result: the tiers have no variants."""
    judge = _Judge(framework, statements, known)
    tiers = [judge.tier(tier) for tier in framework.tiers]
    level = _level(framework, tiers)
    assert level.low is not None and level.high is not None
    ahead = [term for tier, term in zip(framework.tiers, tiers, strict=True) if tier.number > level.low]
    gated = [name for name in framework.gated if known.value(name).applies]
    unknown = [name for name in gated if known.value(name).source == "unknown"]
    return (
        Result(
            column=known.column,
            variant="default",
            status=framework.status,
            level=int(level.low),
            level_high=int(level.high),
            coverage=1 - Fraction(len(unknown), len(gated)) if gated else NONE,
            open_questions=tuple(unknown),
            sum=terms.side_by_side(
                "gates", [level, *map(_next, ahead[:1]), *judge.beside()], name=framework.title
            ),
        ),
    )


def stands(
    framework: Gates, statements: Mapping[str, Question], known: Known
) -> tuple[int | None, Fraction | None]:
    """The level, as `results` has it; what is shown beside the tiers is left out. Tiers have no score."""
    judge = _Judge(framework, statements, known)
    held = run_of(judge.tier(tier).low for tier in framework.tiers)
    return int(look_up(_numbers(framework), held)), None


def standing(gate: Term) -> Standing:
    """What is known of a gate, or of a tier."""
    if gate.low == ALL:
        return "holds"
    return "fails" if gate.high == NONE else "open"


def _level(framework: Gates, tiers: list[Term]) -> Term:
    """How many tiers hold, from the first on, and the number that the last of them bears."""
    held = terms.run("run", tiers, name=_text("term.tiers_held"))
    return terms.steps("level", held, _numbers(framework), name=_text("term.tier_reached"))


def _numbers(framework: Gates) -> list[TableStep]:
    """The number that the last tier bears, by how many hold."""
    return [TableStep(from_=Fraction(i), gives=Fraction(t.number)) for i, t in enumerate(framework.tiers, 1)]


def _next(tier: Term) -> Term:
    """The first tier that is not reached for sure: its gates by how they stand."""
    sorts = []
    for kind in STANDINGS:
        found = [gate for gate in tier.of if standing(gate) == kind]
        again = [terms.same(f"next/{kind}/{g.id.rpartition('/')[2]}", g, name=g.name) for g in found]
        if again:
            sorts.append(terms.side_by_side(f"next/{kind}", again, name=_text(f"term.gates_{kind}")))
    assert isinstance(tier.name, Text)
    return terms.side_by_side("next", sorts, name=_text("term.next_tier", tier=tier.name))


@dataclass(frozen=True)
class _Judge:
    """Builds the tree of one plant in one column."""

    framework: Gates
    statements: Mapping[str, Question]
    known: Known

    def tier(self, tier: Tier) -> Term:
        gates = [self._gate(f"tier/{tier.number}/{gate.id}", gate, tier) for gate in tier.gates]
        return terms.least(f"tier/{tier.number}", gates, name=tier.name, **_standing_of(tier))

    def beside(self) -> Iterator[Term]:
        """What stands beside the tiers: links, scenes and key figures."""
        if self.links:
            yield terms.side_by_side("links", self.links.values(), name=_text("term.links"))
        if self.framework.scenes or self.share:
            shown = [*([self.share] if self.share else []), *map(self._suggested, ("in-place", "ai"))]
            yield terms.side_by_side("scenes", shown, name=_text("term.typical_scenes"))
        if self.framework.figures:
            figures = map(self._figure, self.framework.figures)
            yield terms.side_by_side("figures", figures, name=_text("term.figures"))

    @cached_property
    def links(self) -> dict[str, Term]:
        """Whether each link is covered at each tier: the share of its items that hold reaches the mark."""
        found = {
            f"links/{link.id}/{b.tier}": self._build(link, b) for link in self.framework.links for b in link.builds
        }
        return {id_: term for id_, term in found.items() if term is not None}

    def _build(self, link: BuildLink, build: Build) -> Term | None:
        """One link at one tier; None where nothing of it applies."""
        mark, id_ = self.framework.covered_at, f"links/{link.id}/{build.tier}"
        assert mark is not None
        return self.known.once(id_, build.names, partial(self._link, id_, link, build, mark))

    def _link(self, id_: str, link: BuildLink, build: Build, mark: Parameter) -> Term | None:
        items = list(self._items(id_, build))
        if not items:
            return None
        share = terms.mean(f"{id_}/items", items, name=build.text, **_standing_of(build))
        return terms.reaches(id_, share, Fraction(mark.value), name=link.name, status=mark.status)

    @cached_property
    def share(self) -> Term | None:
        """Scenes with artificial intelligence over scenes in place, as the plant counts them."""
        counts = self.framework.scene_counts
        if counts is None or not all(self.known.value(q).applies for q in (counts.part, counts.whole)):
            return None
        part = terms.answer("scenes/part", self.statements[counts.part], self.known.value(counts.part))
        whole = terms.answer("scenes/whole", self.statements[counts.whole], self.known.value(counts.whole))
        if part.low is not None and whole.low is not None and part.low > whole.low:
            part = part.model_copy(update={"low": None, "high": None, "why": _text("term.more_than_all")})
        return terms.ratio("scenes/share", part, whole, name=_text("term.ai_share"))

    def _gate(self, id_: str, gate: Gate, tier: Tier) -> Term:
        said = {"name": gate.name} | _standing_of(gate)
        if gate.frameworks:
            return self._elsewhere(id_, gate, said)
        if gate.links:
            term = self._covered(id_, gate.links, tier.number, said)
        elif gate.ai_share is not None:
            term = self._ai(id_, gate.ai_share, said)
        elif gate.unseen:
            term = self._unseen(id_, gate.need, said)
        else:
            assert gate.need is not None
            term = needs.opened(id_, gate.need, self.statements, self.known, **said)
        return term if term is not None else _open(id_, "term.nothing_applies", **said)

    def _covered(self, id_: str, names: Sequence[str], tier: int, said: dict[str, Any]) -> Term | None:
        """Every link that the tier asks for and that this plant has."""
        links = {link.id: link for link in self.framework.links}
        asked = [(links[name], b) for name in names if name in links for b in links[name].builds if b.tier == tier]
        there = [term for link, build in asked if (term := self._build(link, build))]
        again = [terms.same(f"{id_}/{t.id.split('/')[1]}", t, name=t.name) for t in there]
        return terms.least(id_, again, **said) if again else None

    def _ai(self, id_: str, at: Fraction, said: dict[str, Any]) -> Term | None:
        """The share reaches the bar; and there is at least one such scene, for of none there is no share."""
        if self.share is None:
            return None
        again = terms.same(f"{id_}/share", self.share, name=self.share.name)
        part = terms.same(f"{id_}/part", self.share.of[0])
        enough = terms.reaches(f"{id_}/enough", again, at, name=_text("term.at_least"))
        some = terms.reaches(f"{id_}/some", part, ALL, name=_text("term.at_least_one"))
        return terms.least(id_, [enough, some], **said)

    def _elsewhere(self, id_: str, gate: Gate, said: dict[str, Any]) -> Term:
        """The formal level by the framework that rated this plant; open where none of them did."""
        assert gate.level is not None
        found = next((name for name in gate.frameworks if name in self.known.levels), None)
        name = _text("term.level_by", framework=found or " / ".join(gate.frameworks))
        level = Term(id=f"{id_}/level", how="answer", source="unknown", why=_text("term.not_rated"), name=name)
        if found is not None:
            low, high = map(Fraction, self.known.levels[found])
            level = Term(id=f"{id_}/level", how="answer", low=low, high=high, name=name, framework=found)
        return terms.reaches(id_, level, Fraction(gate.level), **said)

    def _unseen(self, id_: str, need: Need | None, said: dict[str, Any]) -> Term:
        shown = needs.opened(f"{id_}/shown", need, self.statements, self.known) if need else None
        rest = _open(f"{id_}/rest", "term.text_not_seen", name=_text("term.rest_of_text"))
        return terms.most(id_, [*([shown] if shown else []), rest], **said)

    def _items(self, id_: str, build: Build) -> Iterator[Term]:
        for item in build.items:
            said = {"name": item.name} | _standing_of(item)
            term = needs.opened(f"{id_}/{item.id}", item.need, self.statements, self.known, **said)
            if term is not None:
                yield term

    def _suggested(self, kind: str) -> Term:
        """How many typical scenes the answers of the bank speak for; no tier hangs on it."""
        found = []
        for scene in self.framework.scenes:
            need: Need | None = scene.need
            if kind == "ai":
                need = Need(all=(scene.need, scene.ai)) if scene.ai and self.known.holds(scene.need) else None
            id_, said = f"scenes/{kind}/{scene.id}", {"name": scene.name} | _standing_of(scene)
            term = needs.opened(id_, need, self.statements, self.known, **said) if need else None
            found += [term] if term else []
        name = _text("term.scenes_in_place" if kind == "in-place" else "term.scenes_with_ai")
        return terms.sum_of(f"scenes/{kind}", found, name=name)

    def _figure(self, figure: KeyFigure) -> Term:
        """The value at present, the one before, and the first over the second."""
        id_, said = f"figures/{figure.id}", {"name": figure.name} | _standing_of(figure)
        if figure.now is None:
            share = [terms.same(f"{id_}/share", self.share, name=self.share.name)] if self.share else []
            return terms.side_by_side(id_, share, **said)
        found = [self._now(f"{id_}/now", figure), self._answered(f"{id_}/before", figure.before)]
        lines = [term for term in found if term is not None]
        if len(lines) == 2:
            lines = [terms.ratio(f"{id_}/change", *lines, name=_text("term.now_over_before"))]
        return terms.side_by_side(id_, lines, **said)

    def _now(self, id_: str, figure: KeyFigure) -> Term | None:
        """The value at present: an answer, or one over another."""
        if figure.per is None:
            return self._answered(id_, figure.now)
        over, under = self._answered(f"{id_}/over", figure.now), self._answered(f"{id_}/under", figure.per)
        if over is None or under is None:
            return None
        unit = self.statements[figure.before].unit if figure.before else None
        return terms.ratio(id_, over, under, name=figure.name, unit=unit)

    def _answered(self, id_: str, name: str | None) -> Term | None:
        """The answer to a question; None where there is none to ask, or it does not apply."""
        if name is None or not (value := self.known.value(name)).applies:
            return None
        return terms.answer(id_, self.statements[name], value)


def _standing_of(fact: Fact) -> dict[str, Any]:
    return {"status": fact.status, "cite": fact.source, "note": fact.note}


def _open(id_: str, why: str, **more: Any) -> Term:
    """What nothing tells of: from 0 to 1."""
    return Term(id=id_, how="answer", low=NONE, high=ALL, source="unknown", why=_text(why), **more)


def _text(id_: str, **params: str | int | Text) -> Message:
    return Message(id=id_, params=params)
