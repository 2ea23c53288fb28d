"""The laws of points and scenes, on small random frameworks, against the plain rule written out once more."""

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Grade, Need, Parameter, Points, Question, Result, Status, TableStep
from assessor.domain.laws.points import Area, Bar, Block, Credit, Item, Reading, Scene, SceneLevel
from assessor.rating import Known, Value, needs
from assessor.rating.points import results
from tests.small import text

F = Fraction
FACT = {"status": Status.OWN}
QUESTIONS = {
    **{f"y{i}": Question(id=f"y{i}", kind="yes-no", text=text(), knows="it") for i in range(6)},
    **{f"d{i}": Question(id=f"d{i}", kind="degree", text=text(), knows="it") for i in range(6)},
    **{f"s{i}": Question(id=f"s{i}", kind="share", text=text(), knows="it", step=F(1, 10)) for i in range(2)},
}
TABLE = (TableStep(above=F(1, 10), gives=F(1)), TableStep(from_=F(1, 2), gives=F(3)))
ASIDE = Value(None, None, "unknown", applies=False)

values = st.sampled_from([F(0), F(1, 2), F(4, 5), F(1)])
names = st.sampled_from(sorted(QUESTIONS))
single = st.builds(lambda name, at: Need(question=name, at_least=at), names, st.sampled_from([F(1, 2), F(1)]))
wants = st.recursive(
    single,
    lambda parts: st.lists(parts, min_size=1, max_size=3).flatmap(
        lambda found: st.sampled_from([Need(all=tuple(found)), Need(any=tuple(found))])
    ),
    max_leaves=4,
)


@st.composite
def frameworks(draw: st.DrawFn) -> Points:
    items: list[Item] = []
    for i in range(draw(st.integers(0, 2))):
        options: list[Credit] = []
        for j in range(draw(st.integers(1, 3))):
            before = [option.id for option in options]
            options.append(
                Credit(
                    id=f"o{j}", name=text(), need=draw(wants), points=F(draw(st.integers(1, 4))), **FACT,
                    presupposes=tuple(draw(st.lists(st.sampled_from(before), unique=True)) if before else []),
                )
            )  # fmt: skip
        points = sum((option.points for option in options), F(0))
        items.append(Item(id=f"i{i}", name=text(), points=points, options=tuple(options), **FACT))
    for i in range(draw(st.integers(0, 2))):
        items.append(Item(id=f"t{i}", name=text(), points=F(3), question=f"s{i}", table=TABLE, **FACT))
    scenes = tuple(
        Scene(
            id=f"c{i}", name=text(), group=text(), constraint=draw(st.booleans()), **FACT,
            levels=tuple(SceneLevel(text=text(), need=draw(wants)) for _ in range(2)),
        )
        for i in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    bars = (Bar(level=1, points=F(20), scenes=1, constraint=0), Bar(level=2, points=F(50), scenes=2, constraint=1))
    return small(items, scenes, bars, draw(st.booleans()))


def small(items: list[Item], scenes: tuple[Scene, ...], bars: tuple[Bar, ...], presupposed: bool) -> Points:
    whole = F(10)
    block = Block(id="b", name=text(), points=whole, items=tuple(items))
    return Points(
        format="assessor-framework/1", id="small", version="1", date="2026-11-26", title=text(),
        law="points-and-scenes", status=Status.OWN, source=text(), wording=text(), disclaimer=text(), loses=text(),
        levels=tuple(Grade(number=k, name=text()) for k in range(3)), score=text(), scale=F(100),
        presupposed=Parameter(value=presupposed, status=Status.OWN, why=text()),
        areas=(Area(id="a", name=text(), points=whole, blocks=(block,)),), scenes=scenes,
        readings=(Reading(id="default", name=text(), bars=bars, **FACT),),
    )  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Value]:
    """A value, an unknown or a not applicable for every question; yes-no takes 0 or 1."""
    found = {}
    for name, question in QUESTIONS.items():
        kind = draw(st.sampled_from(["answered"] * 5 + ["unknown", "aside"]))
        given_ = F(draw(st.integers(0, 1))) if question.kind == "yes-no" else draw(values)
        found[name] = {
            "answered": Value(given_, given_, "answer"), "unknown": Value(F(0), F(1), "unknown"), "aside": ASIDE,
        }[kind]  # fmt: skip
    return found


def told(held: Mapping[str, Value]) -> Known:
    return Known("declared", held, "discrete", {})


def rate(of: Points, held: Mapping[str, Value]) -> Result:
    (found,) = results(of, QUESTIONS, told(held))
    return found


def by_hand(of: Points, held: Mapping[str, Value], end: int) -> tuple[Fraction | None, int]:
    """Points and level at the low (0) or high (1) end, without any tree."""
    score = points_by_hand(of, told(held), end)
    reached = {scene.id: reached_by_hand(scene, told(held), end) for scene in of.scenes}
    level = 0
    for bar in of.readings[0].bars:
        enough = [scene for scene in of.scenes if reached[scene.id] >= bar.level]
        points = F(100 * end) if score is None else score
        asked = (points >= bar.points, len(enough) >= bar.scenes)
        if not all((*asked, sum(scene.constraint for scene in enough) >= bar.constraint)):
            break
        level = bar.level
    return score, level


def points_by_hand(of: Points, found: Known, end: int) -> Fraction | None:
    gained, most = F(0), F(0)
    for item in of.items:
        holds: dict[str, bool] = {}
        applying = [(o, state) for o in item.options if (state := found.holds(o.need)) is not None]
        for option, state in applying:
            before = [holds[name] for name in option.presupposes if name in holds and of.presupposed.value]
            holds[option.id] = state[end] and all(before)
            gained, most = gained + option.points * holds[option.id], most + option.points
        if item.question and found.value(item.question).applies:
            value = (found.value(item.question).low, found.value(item.question).high)[end] or F(0)
            gained, most = gained + (3 if value >= F(1, 2) else 1 if value > F(1, 10) else 0), most + 3
    return 100 * gained / most if most else None


def reached_by_hand(scene: Scene, found: Known, end: int) -> int:
    """The last level that applies and holds, with every level that applies below it."""
    reached = 0
    for k, level in enumerate(scene.levels, 1):
        state = found.holds(level.need)
        if state is not None and not state[end]:
            break
        reached = k if state is not None else reached
    return reached


@given(frameworks(), answers())
def test_the_tree_agrees_with_the_rule_written_out_plainly(of: Points, held: dict[str, Value]) -> None:
    found = rate(of, held)
    assert (found.score, found.level) == by_hand(of, held, 0)
    assert (found.score_high, found.level_high) == by_hand(of, held, 1)
    assert found.level is not None and found.level_high is not None and found.level <= found.level_high
    if found.score is not None and found.score_high is not None:
        assert 0 <= found.score <= found.score_high <= 100
    assert 0 <= found.coverage <= 1


@given(frameworks(), answers(), st.data())
def test_better_never_lowers(of: Points, held: dict[str, Value], data: st.DataObject) -> None:
    movable = [name for name, value in held.items() if value.applies]
    if not movable:
        return
    name = data.draw(st.sampled_from(movable))
    better = data.draw(st.sampled_from([v for v in (F(0), F(1, 2), F(1)) if v >= (held[name].low or 0)] or [F(1)]))
    old, new = rate(of, held), rate(of, held | {name: Value(better, better, "answer")})
    assert new.level is not None and old.level is not None and new.level >= old.level
    assert (new.score is None) == (old.score is None)
    assert new.score is None or old.score is None or new.score >= old.score
    assert new.coverage >= old.coverage


@given(frameworks(), answers(), st.data())
def test_what_holds_lies_between_low_and_high(of: Points, held: dict[str, Value], data: st.DataObject) -> None:
    """Whatever the unknown turns out to be."""
    filled = {
        name: Value(v, v, "answer") if value.source == "unknown" and value.applies else value
        for name, value in held.items()
        for v in [data.draw(st.sampled_from([F(0), F(1)]))]
    }
    now, then = rate(of, held), rate(of, filled)
    assert now.level is not None and then.level is not None and now.level_high is not None
    assert now.level <= then.level <= now.level_high
    if then.score is not None and now.score is not None and now.score_high is not None:
        assert now.score <= then.score <= now.score_high


@given(frameworks(), answers())
def test_not_applicable_is_absent(of: Points, held: dict[str, Value]) -> None:
    """The file without what is set aside, and the same answers, give the same points and level."""
    found = told(held)
    items = []
    for item in of.items:
        gone = {option.id for option in item.options if found.holds(option.need) is None}
        kept = tuple(
            option.model_copy(update={"presupposes": tuple(n for n in option.presupposes if n not in gone)})
            for option in item.options
            if option.id not in gone
        )
        if kept or (item.question and found.value(item.question).applies):
            items.append(item.model_copy(update={"options": kept}))
    scenes = tuple(s for s in of.scenes if any(found.holds(level.need) is not None for level in s.levels))
    less = small(items, scenes, of.readings[0].bars, bool(of.presupposed.value))
    a, b = rate(of, held), rate(less, held)
    assert (a.score, a.score_high, a.level, a.level_high) == (b.score, b.score_high, b.level, b.level_high)


@given(frameworks(), answers(), st.randoms(use_true_random=False))
def test_order_changes_nothing(of: Points, held: dict[str, Value], random: object) -> None:
    items, scenes = list(of.items), list(of.scenes)
    random.shuffle(items)  # type: ignore[attr-defined]
    random.shuffle(scenes)  # type: ignore[attr-defined]
    mixed = small(items, tuple(scenes), of.readings[0].bars, bool(of.presupposed.value))
    a, b = rate(of, held), rate(mixed, held)
    assert (a.score, a.level, a.level_high, a.coverage) == (b.score, b.level, b.level_high, b.coverage)


@given(wants, answers())
def test_an_opened_need_says_what_the_need_says(need: Need, held: dict[str, Value]) -> None:
    term = needs.opened("n", need, QUESTIONS, told(held))
    wanted = told(held).holds(need)
    assert (term is None) == (wanted is None)
    if term and wanted:
        assert (term.low, term.high) == (wanted[0], wanted[1])
