"""JUDGE by points and scenes: a scored part, a graded part, and a level that needs enough of both.

A = scale · Σ points that hold / Σ points that apply. A scene reaches level k where levels 1 to k hold. Level L
is reached where A, the number of scenes at L or above, and the number of constraint scenes among them are all
high enough, for L and for every level below it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Points, Question, Result, Term
from assessor.domain.laws.points import Area, Bar, Credit, Item, Reading, Scene
from assessor.rating import needs, terms
from assessor.rating.ends import run_of
from assessor.rating.values import Known


def results(framework: Points, statements: Mapping[str, Question], known: Known) -> tuple[Result, ...]:
    """One column under every reading, the default one first."""
    return tuple(_Rating(framework, reading, statements, known).result() for reading in framework.readings)


def stands(
    framework: Points, statements: Mapping[str, Question], known: Known
) -> tuple[int | None, Fraction | None]:
    """Level and score under the default reading, as `results` has them; what is only shown is left out."""
    rating = _Rating(framework, framework.readings[0], statements, known)
    points, scenes = rating.points(), rating.scenes()
    return int(run_of(rating.reached(bar, points, scenes).low for bar in rating.bars)), points.low


@dataclass(frozen=True)
class _Rating:
    framework: Points
    reading: Reading
    statements: Mapping[str, Question]
    known: Known

    def result(self) -> Result:
        points, scenes = self.points(), self.scenes()
        level = self.level(points, scenes)
        graded = terms.side_by_side("b", scenes.values(), name=terms.named("term.scenes"))
        whole = terms.side_by_side("all", [points, graded, level], name=self.framework.title)
        told = {leaf.question: leaf.source != "unknown" for leaf in terms.leaves(whole) if leaf.question}
        return Result(
            column=self.known.column,
            variant=self.reading.id,
            variant_name=self.reading.name,
            status=self.reading.status,
            level=int(level.low or 0),
            level_high=int(level.high or 0),
            score=points.low,
            score_high=points.high,
            score_name=self.framework.score,
            coverage=Fraction(sum(told.values()), len(told)) if told else Fraction(0),
            open_questions=tuple(question for question, is_told in told.items() if not is_told),
            sum=whole,
        )

    # The scored part

    def points(self) -> Term:
        """Points gained, scaled to what applies: what does not is as if it were not in the file."""
        items = {item.id: found for item in self.framework.items if (found := self.item(item))}
        areas = [self.area(area, items) for area in self.framework.areas]
        full = [terms.constant(f"a/applying/{id_}", most, name=term.name) for id_, (term, most) in items.items()]
        gained = terms.sum_of("a/gained", areas, name=terms.named("term.points_gained"))
        applying = terms.sum_of("a/applying", full, name=terms.named("term.points_applying"))
        share = terms.ratio("a/share", gained, applying, name=terms.named("term.points_share"))
        scale = terms.constant("a/scale", self.framework.scale, name=terms.named("term.points_scale"))
        return terms.product("a", [share, scale], name=self.framework.score)

    def area(self, area: Area, items: Mapping[str, tuple[Term, Fraction]]) -> Term:
        blocks = [
            terms.sum_of(
                f"a/{area.id}/{block.id}",
                [items[item.id][0] for item in block.items if item.id in items],
                name=block.name,
            )
            for block in area.blocks
        ]
        return terms.sum_of(f"a/{area.id}", blocks, name=area.name)

    def item(self, item: Item) -> tuple[Term, Fraction] | None:
        """Points of an item and the most it could bring; None where nothing of it applies."""
        question = self.reading.instead.get(item.id, item.question or "")
        names = lambda: [question, *(name for option in item.options for name in option.need.names())]  # noqa: E731
        return self.known.once(f"a/{item.id}/{question}", names, lambda: self._item(item))

    def _item(self, item: Item) -> tuple[Term, Fraction] | None:
        id_, standing = f"a/{item.id}", {"status": item.status, "cite": item.source, "note": item.note}
        if item.options:
            credits = [(option, term) for option, term in self.credits(item) if term]
            most = sum((option.points for option, _ in credits), Fraction(0))
            found = terms.sum_of(id_, [term for _, term in credits], name=item.name, **standing)
            return (found, most) if credits else None
        question = self.statements[self.reading.instead.get(item.id, item.question or "")]
        value = self.known.value(question.id)
        if not value.applies:
            return None
        given = terms.answer(f"{id_}/{question.id}", question, value)
        return terms.steps(id_, given, item.table, name=item.name, **standing), item.points

    def credits(self, item: Item) -> list[tuple[Credit, Term | None]]:
        """Each option with whether it holds; one that presupposes others holds only together with them."""
        held: dict[str, Term | None] = {}
        for option in item.options:
            held[option.id] = self.credit(item, option, held)
        return [(option, held[option.id]) for option in item.options]

    def credit(self, item: Item, option: Credit, before: Mapping[str, Term | None]) -> Term | None:
        id_ = f"a/{item.id}/{option.id}"
        whole = {
            "name": option.name, "factor": option.points,
            "status": option.status, "cite": option.source, "note": option.note,
        }  # fmt: skip
        presupposed = [before[name] for name in option.presupposes] if self.framework.presupposed.value else []
        if not presupposed:
            return needs.opened(id_, option.need, self.statements, self.known, **whole)
        own = needs.opened(f"{id_}/own", option.need, self.statements, self.known)
        if own is None:
            return None
        others = [terms.same(f"{id_}/{i}", t, name=t.name) for i, t in enumerate(presupposed, 1) if t]
        return terms.least(id_, [own, *others], **whole)

    # The graded part

    def scenes(self) -> dict[str, Term]:
        """Level reached in every scene that applies, by its id."""
        found = {scene.id: self.scene(scene) for scene in self.framework.scenes}
        return {id_: term for id_, term in found.items() if term}

    def scene(self, scene: Scene) -> Term | None:
        """Its level, by the answers that it hangs on."""
        names = lambda: [name for level in scene.levels for name in level.need.names()]  # noqa: E731
        return self.known.once(f"b/{scene.id}", names, lambda: self._scene(scene))

    def _scene(self, scene: Scene) -> Term | None:
        """How many levels hold from the first on. One whose answers are all set aside holds where the next
        level that applies does, so that nothing is gained by it; None where no level applies."""
        id_, levels = f"b/{scene.id}", list[Term]()
        for k, level in reversed(list(enumerate(scene.levels, 1))):
            at = f"{id_}/{k}"
            held = needs.opened(at, level.need, self.statements, self.known, name=level.text)
            if held is None and levels:
                held = terms.same(at, levels[0], name=level.text)
            levels[:0] = [held] if held else []
        if not levels:
            return None
        standing = {"status": scene.status, "cite": scene.source, "note": scene.note}
        return terms.run(id_, levels, name=scene.name, **standing)

    # The whole

    def level(self, points: Term, scenes: Mapping[str, Term]) -> Term:
        """The highest level that is reached; bars never fall, so it is how many are reached from the first."""
        reached = [self.reached(bar, points, scenes) for bar in self.bars]
        return terms.run("level", reached, name=terms.named("term.level_reached"))

    def reached(self, bar: Bar, points: Term, scenes: Mapping[str, Term]) -> Term:
        id_ = f"level/{bar.level}"
        at = {name: self.at_level(f"{id_}/scene/{name}", term, bar.level) for name, term in scenes.items()}
        bound = [at[name] for name in self.constraint if name in at]
        enough = terms.reaches(
            f"{id_}/points", terms.same(f"{id_}/a", points, name=points.name), bar.points,
            name=terms.named("term.enough_points"),
        )  # fmt: skip
        again = [terms.same(f"{id_}/again/{i}", term, name=term.name) for i, term in enumerate(bound, 1)]
        parts = [
            enough,
            _enough(f"{id_}/scenes", tuple(at.values()), bar.scenes, "scenes_there"),
            _enough(f"{id_}/constraint", again, bar.constraint, "constraint_there"),
        ]
        grade = next(grade for grade in self.framework.levels if grade.number == bar.level)
        return terms.least(id_, parts, name=grade.name)

    def at_level(self, id_: str, scene: Term, level: int) -> Term:
        is_ = f"{id_}/is"
        return self.known.after(
            id_,
            scene,
            lambda: terms.reaches(id_, terms.same(is_, scene, name=scene.name), Fraction(level), name=scene.name),
        )

    @property
    def bars(self) -> Sequence[Bar]:
        return self.reading.bars or self.framework.readings[0].bars

    @property
    def constraint(self) -> list[str]:
        out = self.reading.unconstrained
        return [scene.id for scene in self.framework.scenes if scene.constraint and scene.id not in out]


def _enough(id_: str, held: Sequence[Term], at: int, name: str) -> Term:
    count = terms.sum_of(f"{id_}/count", held, name=terms.named(f"term.{name}"))
    return terms.reaches(id_, count, Fraction(at), name=terms.named(f"term.enough_{name}"))
