"""The gates of tiers: what a plant must show for each tier, one after another, none outweighing another."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.bank import Need
from assessor.domain.framework import Fact, Grade, Head, Parameter
from assessor.domain.laws.ladder import Group
from assessor.domain.noun import Exact, Noun, Slug, Text


class BuildItem(Fact):
    """One thing that a tier asks of a link, and by which answers it counts as there."""

    id: Slug
    name: Text
    need: Need


class Build(Fact):
    """建设内容: what one tier asks of one link."""

    tier: Annotated[int, Field(ge=1)]
    text: Text
    """All that is asked, in our own words, mapped or not."""
    items: tuple[BuildItem, ...]

    def names(self) -> tuple[str, ...]:
        """Every question and option that its items speak of."""
        return tuple(name for item in self.items for name in item.need.names())


class BuildLink(Noun):
    """建设环节: a part of the work of a factory."""

    id: Slug
    name: Text
    builds: tuple[Build, ...]


class Gate(Fact):
    """One condition of a tier."""

    id: Slug
    name: Text
    links: tuple[Slug, ...] = ()
    """Links whose content at this tier must be there."""
    frameworks: tuple[Slug, ...] = ()
    """Other frameworks, one for each kind of plant: the first of them that rated this plant counts."""
    level: Annotated[int, Field(ge=1)] | None = None
    """What it must reach there, formally."""
    ai_share: Annotated[Exact, Field(gt=0, le=1)] | None = None
    """Lowest share of the scenes in place that use artificial intelligence."""
    need: Need | None = None
    unseen: bool = False
    """Its text was not seen. `need`, where there is one, then shows that it holds, and never that it fails."""

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """Links, frameworks with a level, a share, a need, or a text not seen: one form and no other."""
        forms = [bool(self.links), bool(self.frameworks), self.ai_share is not None, self.need is not None]
        wanted = 1 if not self.unseen or self.need else 0
        if sum(forms) != wanted or bool(self.frameworks) != (self.level is not None):
            raise ValueError("one of: links, frameworks with level, ai_share, need; or unseen, alone or with need")
        return self


class Tier(Fact):
    number: Annotated[int, Field(ge=1)]
    name: Text
    text: Text
    gates: tuple[Gate, ...]


class TypicalScene(Fact):
    """典型场景, and by which answers it counts as in place, and as using artificial intelligence."""

    id: Slug
    name: Text
    group: Slug
    need: Need
    ai: Need | None = None
    """None: no answer of the bank tells."""


class SceneCounts(Noun):
    """What the plant itself counts: ids of two questions."""

    whole: Slug
    """Scenes in place."""
    part: Slug
    """Those of them that use artificial intelligence."""


class KeyFigure(Fact):
    """A key figure that an application states. It has no threshold, and no tier hangs on it."""

    id: Slug
    name: Text
    now: Slug | None = None
    """The question for its value at present. None: the share of scenes that use artificial intelligence."""
    per: Slug | None = None
    """The question for what `now` is divided by, where the bank asks for amounts and not for the figure itself."""
    before: Slug | None = None
    """The question for its value before; None where the figure is a share or a count, not a change."""

    @model_validator(mode="after")
    def divides_something(self) -> Self:
        """`per` divides `now`."""
        if self.per is not None and self.now is None:
            raise ValueError("per stands beside now: it is what now is divided by")
        return self


class Gates(Head):
    """Tiers of conditions: a plant stands at the last tier up to which every gate of every tier holds."""

    law: Literal["gates"]
    below: Grade
    """What a plant is called that reaches no tier of this file: number 0."""
    covered_at: Parameter | None = None
    """Share of its items from which on a link counts as covered; there where there are links."""
    links: tuple[BuildLink, ...] = ()
    tiers: tuple[Tier, ...]
    scene_counts: SceneCounts | None = None
    scene_groups: tuple[Group, ...] = ()
    scenes: tuple[TypicalScene, ...] = ()
    figures: tuple[KeyFigure, ...] = ()

    @property
    def rests_on(self) -> frozenset[str]:
        """Other frameworks, by id, whose levels a tier hangs on."""
        return frozenset(id_ for tier in self.tiers for gate in tier.gates for id_ in gate.frameworks)

    @property
    def gated(self) -> tuple[str, ...]:
        """Every question that a tier hangs on, once."""
        needs = [g.need for tier in self.tiers for g in tier.gates if g.need]
        used = {(link, tier.number) for tier in self.tiers for g in tier.gates for link in g.links}
        builds = [b for link in self.links for b in link.builds if (link.id, b.tier) in used]
        needs += [item.need for build in builds for item in build.items]
        shares = any(g.ai_share is not None for tier in self.tiers for g in tier.gates)
        counted = (self.scene_counts.whole, self.scene_counts.part) if shares and self.scene_counts else ()
        return tuple(dict.fromkeys((*(name for need in needs for name in need.names()), *counted)))

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question that a tier hangs on or that is shown beside the tiers, once."""
        needs = [item.need for link in self.links for build in link.builds for item in build.items]
        needs += [need for scene in self.scenes for need in (scene.need, scene.ai) if need]
        counts = (self.scene_counts.whole, self.scene_counts.part) if self.scene_counts else ()
        figures = [name for f in self.figures for name in (f.now, f.per, f.before) if name]
        shown = (*(name for need in needs for name in need.names()), *counts, *figures)
        return tuple(dict.fromkeys((*self.gated, *shown)))

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Its tiers by number and name."""
        return (self.below, *(Grade(number=t.number, name=t.name, text=t.text) for t in self.tiers))
