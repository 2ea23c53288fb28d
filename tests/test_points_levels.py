"""The level of the whole, at and just below each threshold, and the readings that the sources leave open."""

from fractions import Fraction

import pytest

from assessor.domain import Need, Points, Question, Status
from assessor.domain.laws.points import Area, Block, Credit, Item, Scene, SceneLevel
from assessor.rating import known, needs, terms
from assessor.rating.points import results
from tests.small import claim, text
from tests.test_points import ASIDE, sme

F = Fraction
FACT = {"status": Status.OWN}

POINTS = ("19.99", "0.01", "20", "20", "20", "20")
"""Options of one item; what is held true of them makes any of 19.99, 20, 39.99, 40, and so on."""
FREE = ("process", "service", "planning", "hr", "office", "decision")
BOUND = ("design", "sales", "production", "quality", "equipment", "safety", "energy", "purchasing", "finance",
         "warehouse")  # fmt: skip
QUESTIONS = [
    Question(id=f"s-{name}", kind="rubric", text=text(), sentences=(text(),) * 4, knows="it")
    for name in FREE + BOUND
] + [Question(id=f"p-{i}", kind="yes-no", text=text(), knows="it") for i in range(len(POINTS))]


def ruled() -> Points:
    """The shipped scenes, readings and levels, over questions that set each scene and the points at will."""
    options = tuple(
        Credit(id=f"o-{i}", name=text(), need=Need(question=f"p-{i}", at_least=F(1)), points=F(points), **FACT)
        for i, points in enumerate(POINTS)
    )
    item = Item(id="networked-rate", name=text(), points=F(100), options=options, **FACT)
    block = Block(id="block", name=text(), points=F(100), items=(item,))
    scenes = tuple(
        Scene(
            id=scene.id, name=text(), group=text(), constraint=scene.constraint, **FACT,
            levels=tuple(
                SceneLevel(text=text(), need=Need(question=f"s-{scene.id}", at_least=F(k))) for k in range(1, 5)
            ),
        )
        for scene in sme().scenes
    )  # fmt: skip
    area = Area(id="area", name=text(), points=F(100), blocks=(block,))
    return sme().model_copy(update={"areas": (area,), "scenes": scenes})


def level(
    points: str, scenes: int, constraint: int, at: int, reading: str = "default", warehouse: int | None = None
) -> int:
    """Level with so many points, and so many scenes at a level, all others one below."""
    held = {
        "19.99": [0], "20": [2], "39.99": [0, 2], "40": [2, 3], "59.99": [0, 2, 3], "60": [2, 3, 4],
        "79.99": [0, 2, 3, 4], "80": [2, 3, 4, 5], "100": [0, 1, 2, 3, 4, 5],
    }[points]  # fmt: skip
    up = {*BOUND[:constraint], *FREE[: scenes - constraint]}
    assert len(up) == scenes
    reached = {name: at if name in up else at - 1 for name in FREE + BOUND}
    reached |= {} if warehouse is None else {"warehouse": warehouse}
    evidence = [claim(f"s-{name}", F(k)) for name, k in reached.items()]
    evidence += [claim(f"p-{i}", F(i in held)) for i in range(len(POINTS))]
    told = known(QUESTIONS, evidence, "declared", "discrete")
    found = results(ruled(), {q.id: q for q in QUESTIONS}, told)
    chosen = next(result for result in found if result.variant == reading)
    assert chosen.level == chosen.level_high and chosen.level is not None
    return chosen.level


@pytest.mark.parametrize(
    ("at", "points", "below", "scenes", "constraint"),
    [(1, "20", "19.99", 6, 3), (2, "40", "39.99", 6, 3), (3, "60", "59.99", 8, 5), (4, "80", "79.99", 10, 6)],
)
def test_a_level_begins_at_its_thresholds(at: int, points: str, below: str, scenes: int, constraint: int) -> None:
    assert level(points, scenes, constraint, at) == at
    assert level(below, scenes, constraint, at) == at - 1
    assert level("100", scenes - 1, constraint, at) == at - 1
    assert level("100", scenes, constraint - 1, at) == at - 1


def test_warehouse_counts_among_ten_and_not_among_nine() -> None:
    """Six scenes at level 2: design, sales, warehouse and three free ones."""
    assert level("100", 5, 2, 2, warehouse=2) == 2
    assert level("100", 5, 2, 2, "nine-constraint", warehouse=2) == 1


def test_the_conflict_about_level_three_is_a_reading() -> None:
    assert level("60", 6, 3, 3) == 2
    assert level("60", 6, 3, 3, "six-for-three") == 3
    assert level("60", 5, 3, 3, "six-for-three") == 2


def test_a_higher_bar_alone_gives_nothing() -> None:
    """Points for level 4 do not make up for scenes, nor scenes for points."""
    assert level("100", 5, 3, 1) == 0
    assert level("19.99", 16, 10, 4) == 0


def test_a_need_that_speaks_only_of_what_is_set_aside_has_no_term() -> None:
    told = known(QUESTIONS, [claim("p-0", None, ASIDE), claim("p-1", F(1))], "declared", "process")
    by_id = {q.id: q for q in QUESTIONS}
    aside, yes = Need(question="p-0", at_least=F(1)), Need(question="p-1", at_least=F(1))
    assert needs.opened("n", Need(all=(aside, aside)), by_id, told) is None
    both = needs.opened("n", Need(all=(aside, yes, Need(plant="process"))), by_id, told)
    assert both and (both.low, both.high) == (1, 1)
    assert [leaf.question for leaf in terms.leaves(both)] == ["p-1"]
