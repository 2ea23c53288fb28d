"""Withholding, held against an attacker of its own: exact elimination and linear programming over what is told."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction as F
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from assessor.domain import Noun, TargetSet
from assessor.frameworks import load_library
from assessor.portfolio.city import City, city
from assessor.portfolio.extract import Extract, Ratio, Reach, Seen
from assessor.portfolio.figures import BARE, MEASURES, SHARES, Part, Told, figures, part_of, quartiles
from assessor.portfolio.groups import CUTS, declared_as, of, verified_as
from assessor.portfolio.transformed import OUTCOMES, SCALES, outcome_of, scale_of
from assessor.portfolio.withheld import Sum, dominated, few, merged, told, withheld

counts = st.one_of(st.integers(0, 6), st.integers(0, 40))


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    """Rows and columns as they come: every row and column told in full, so each of five or none."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    held = [[draw(counts) for _ in range(columns)] for _ in range(rows)]
    sums = [*map(sum, held), *map(sum, zip(*held, strict=True))]
    assume(not any(map(few, sums)))
    return held


def lines(held: Sequence[Sequence[Any]]) -> list[Sum]:
    return [Sum(tuple(line)) for line in (*held, *zip(*held, strict=True)) if len(line) > 1]


def as_sums(held: list[list[int]]) -> tuple[dict[Any, int], list[Sum]]:
    keys = [[(r, c) for c in range(len(held[0]))] for r in range(len(held))]
    return {(r, c): held[r][c] for r, c in product(range(len(held)), range(len(held[0])))}, lines(keys)


def solved(counts_: dict[Any, int], sums: Sequence[Sum], hidden: Iterable[Any], least: float) -> set[Any]:
    """What of the withheld has one value alone, for whoever knows that none is below `least`."""
    unknown = sorted(hidden, key=repr)
    at = {key: i for i, key in enumerate(unknown)}
    rows, right = [], []
    for one in sums:
        row = np.zeros(len(unknown))
        value = 0
        for key in one.parts:
            if key in at:
                row[at[key]] += 1
            else:
                value -= counts_[key]
        whole = sum(counts_[key] for key in one.parts)
        if one.whole in at:
            row[at[one.whole]] -= 1
            whole = 0
        rows.append(row)
        right.append(whole + value)
    found = set()
    for key in unknown:
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(unknown))
            goal[at[key]] = sign
            best = linprog(goal, A_eq=np.array(rows), b_eq=right, bounds=(least, None), method="highs")
            assert best.status in (0, 3), best.message
            ends.append(best.fun * sign if best.status == 0 else float("inf") * -sign)
        if abs(ends[0] - ends[1]) < 0.5:
            found.add(key)
    return found


def follows(sums: Sequence[Sum], hidden: Iterable[Any]) -> set[Any]:
    """What of the withheld the sums tell: where its own axis lies in the space of their rows."""
    unknown = sorted(hidden, key=repr)
    if not unknown:
        return set()
    rows = np.array([[float(key in one.parts) for key in unknown] for one in sums])
    onto = np.linalg.pinv(rows) @ rows
    return {key for i, key in enumerate(unknown) if onto[i, i] > 1 - 1e-6}


@pytest.mark.slow
@given(tables())
@settings(max_examples=60, deadline=None)
def test_no_count_of_one_to_four_is_told_or_follows_from_what_is(held: list[list[int]]) -> None:
    counts_, sums = as_sums(held)
    hidden = withheld(counts_, sums)
    small = {key for key, count in counts_.items() if few(count)}
    assert small <= hidden
    assert not small & solved(counts_, sums, hidden, 0)
    if not any(counts_[key] == 0 for key in hidden):  # a reader may then know that none of them is nought
        assert not small & solved(counts_, sums, hidden, 1)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_what_is_withheld_of_a_line_is_nothing_or_of_five_at_least(held: list[list[int]]) -> None:
    counts_, sums = as_sums(held)
    hidden = withheld(counts_, sums)
    for one in sums:
        mine = [counts_[key] for key in one.parts if key in hidden]
        assert not mine or (len(mine) > 1 and sum(mine) >= 5)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_where_nothing_is_small_nothing_is_withheld(held: list[list[int]]) -> None:
    grown = [[count * 5 for count in row] for row in held]
    assert withheld(*as_sums(grown)) == frozenset()


def test_a_cycle_does_not_save_a_count_that_a_sum_of_sums_tells() -> None:
    """Two blocks of withheld counts that hang together by one alone: no line tells it, all lines together do."""
    held = [[9, 9, 20, 20, 20], [9, 9, 3, 20, 20], [20, 20, 9, 9, 20], [20, 20, 9, 9, 20]]
    counts_, sums = as_sums(held)
    block = {(r, c) for r, c in counts_ if (r < 2) == (c < 2) and c < 4} | {(1, 2)}
    assert (1, 2) in solved(counts_, sums, block, 0)
    assert (1, 2) not in solved(counts_, sums, withheld(counts_, sums), 0)


def test_a_count_of_another_table_gives_way() -> None:
    """Of 30 heard 28 were measured: that two were not must not follow."""
    counts_ = {"heard": 30, "not": 20, "measured": 28, "unmeasured": 22, "rest": 2}
    sums = [Sum(("heard", "not")), Sum(("measured", "unmeasured")), Sum(("measured", "rest"), "heard")]
    hidden = withheld(counts_, sums)
    assert {"rest", "heard"} <= hidden or {"rest", "measured"} <= hidden
    assert "rest" not in solved(counts_, sums, hidden, 0)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=9))
def test_neighbours_are_put_together_until_none_is_small(held: list[int]) -> None:
    blocks = merged(held)
    assert [i for block in blocks for i in block] == list(range(len(held)))
    sizes = [sum(held[i] for i in block) for block in blocks]
    assert len(blocks) == 1 or not any(map(few, sizes))


# The picture itself ---------------------------------------------------------------------------------------------

LIBRARY = load_library()
TEXT = {"zh": "x", "en": "x"}
NAMES = {"district": ("songjiang", "minhang", "pudong", None), "industry": ("29", "34", "36", None)}


@st.composite
def plants(draw: st.DrawFn) -> list[Extract]:
    """Few of them and much alike, so that small counts are everywhere."""
    return [draw(plant()) for _ in range(draw(st.integers(5, 45)))]


@st.composite
def plant(draw: st.DrawFn) -> Extract:
    heard = draw(st.sampled_from((True, True, False)))
    level = draw(st.sampled_from((0, 1, 1, 2, 2, 3, 5)))
    verified = max(0, level - draw(st.integers(0, 1))) if heard else None
    seen = draw(st.booleans()) and heard
    count = draw(st.integers(1, 60))
    machines: dict[str, Seen] = {
        name: Seen(low=F(draw(st.integers(0, count))), high=F(count), of=count)
        for name in ("readable", "networked")
        if seen
    }
    return Extract(
        industry=draw(st.sampled_from(NAMES["industry"])),
        size=draw(st.sampled_from(("micro", "small", "medium", None))),
        district=draw(st.sampled_from(NAMES["district"])),
        above_scale=draw(st.sampled_from((True, False, None))),
        simulated=False,
        made=1,
        framework="cmmm-2020-discrete",
        version="2",
        heard=heard,
        declared_level=level,
        declared_score=F(level),
        verified_level=verified,
        verified_score=None if verified is None else F(verified),
        level_high=verified,
        weights_unverified=draw(st.booleans()),
        levels={"cmmm-2020-discrete": Reach(declared=level, verified=verified, verified_high=verified)},
        machines=machines,  # type: ignore[arg-type]
        robots=F(draw(st.integers(0, 9))) if draw(st.booleans()) else None,
        staff=F(draw(st.integers(1, 400))),
        energy=Ratio(over=F(count), under=F(100)) if draw(st.booleans()) else None,
        carbon=None,
        holds_back=tuple(draw(st.lists(st.sampled_from(("m1", "m2", "r1")), unique=True, max_size=3))),
        wants=tuple(draw(st.lists(st.sampled_from(("andon", "plm")), unique=True)))
        if draw(st.booleans())
        else None,
        open=draw(st.sampled_from((0, 0, 0, 2))) if heard else 0,
    )


def told_counts(shown: City) -> list[int]:
    """Every count of plants that stands anywhere in what is given out."""
    found: list[int] = []

    def walk(value: Any, name: str) -> None:
        if isinstance(value, Noun):
            for field in type(value).model_fields:
                walk(getattr(value, field), field)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one, name)
        elif isinstance(value, tuple):
            for one in value:
                walk(one, name)
        elif isinstance(value, int) and not isinstance(value, bool) and name in COUNTS:
            found.append(value)

    walk(shown, "")
    return found


COUNTS = {"assessed", "applied", "declared", "verified", "unverified", "plants", "known", "uncertain", "yes", "no",
          "unknown"}  # fmt: skip


def sets_of(shown: City, held: list[Extract]) -> tuple[dict[Any, int], list[Sum], set[Any]]:
    """What a reader has: cells as sets of plants, the sums of rows and columns, and which of them are not told."""
    counts_: dict[Any, int] = {}
    sums: list[Sum] = []
    hidden: set[Any] = set()
    for cut in CUTS:
        grids: dict[str, list[list[Any]]] = {}
        for g, group in enumerate(shown.cuts[cut]):
            mine = frozenset(i for i, one in enumerate(held) if of(one, cut) in group.members)
            assert len(mine) == group.assessed
            rows = {
                "declared": [(cell, {i for i in mine if declared_as(held[i]) in block})
                             for cell, block in zip(group.declared, shown.declared, strict=True)],
                "verified": [(cell, {i for i in mine if verified_as(held[i]) in block})
                             for cell, block in zip(group.verified, shown.verified, strict=True)],
            }  # fmt: skip
            for measure in MEASURES:
                has = {i for i in mine if not held[i].open and part_of(held[i], measure) is not None}
                plants_ = group.figures[measure].plants
                rest = None if plants_ is None else len(mine) - plants_
                rows[measure] = [(plants_, has), (rest, mine - has)]
            for name, cells in rows.items():
                line = []
                for j, (cell, who) in enumerate(cells):
                    key = (cut, g, *named(shown, name, j))
                    counts_[key] = len(who)
                    assert cell is None or cell == len(who)
                    if cell is None:
                        hidden.add(key)
                    line.append(key)
                grids.setdefault(name, []).append(line)
        for grid in grids.values():
            sums += lines(grid)
    return counts_, sums, hidden


def named(shown: City, table: str, column: int) -> tuple[Any, ...]:
    """A cell by its place; what is not settled is one count in both columns of levels, and a reader knows it."""
    blocks = {"declared": shown.declared, "verified": shown.verified}.get(table, ())
    return ("open",) if blocks and blocks[column] == ("open",) else (table, column)


@pytest.mark.slow
@given(plants())
@settings(max_examples=25, deadline=None)
def test_no_picture_tells_a_count_below_five(held: list[Extract]) -> None:
    shown = city(held)
    assert shown is not None
    assert not [count for count in told_counts(shown) if few(count)]
    counts_, sums, hidden = sets_of(shown, held)
    small = {key for key in hidden if few(counts_[key])}
    assert not small & follows(sums, hidden)


PLAN = TargetSet.model_validate({
    "format": "assessor-targets/1", "id": "p", "title": TEXT, "first": 2024, "last": 2027, "source": TEXT,
    "status": "own",
    "transformed": {"text": TEXT, "source": TEXT, "status": "own", "all": [
        {"framework": "cmmm-2020-discrete", "level": 2, "column": "declared"},
        {"measure": "networked", "at_least": 0}]},
    "targets": [{"id": "t", "text": TEXT, "by": 2027, "measure": "transformed", "bound": "at_least", "value": 1,
                 "source": TEXT, "status": "own"}],
})  # fmt: skip


def told_of_atoms(
    shown: City, held: list[Extract]
) -> tuple[dict[Any, int], list[list[float]], dict[Any, list[float]]]:
    """Plants by scale, definition, level and size as unknown numbers, and each count that is told as a sum of
    them; beside these the counts by scale and definition, told or not."""
    by = PLAN.transformed
    assert by is not None
    sizes = [g.members for g in shown.cuts["size"]] or [("micro", "small", "medium", "large", None)]
    levels = [block for block in shown.verified]
    atoms = [
        (scale, outcome, v, s)
        for scale, outcome, v, s in product(SCALES[1:], OUTCOMES, range(len(levels)), range(len(sizes)))
        if levels[v] != ("open",) or outcome == "unknown"
    ]
    own = [
        (scale_of(one), outcome_of(one, by), next(v for v, b in enumerate(levels) if verified_as(one) in b),
         next(s for s, members in enumerate(sizes) if one.size in members))
        for one in held
    ]  # fmt: skip

    def over(holds: Callable[[Any], bool]) -> tuple[int, list[float]]:
        return sum(map(holds, own)), [float(holds(atom)) for atom in atoms]

    told_: list[list[float]] = []
    for v, count in enumerate(shown.all.verified):
        told_ += [over(lambda a, v=v: a[2] == v)[1]] if count is not None else []  # type: ignore[misc]
    for s, group in enumerate(shown.cuts["size"]):
        told_.append(over(lambda a, s=s: a[3] == s)[1])  # type: ignore[misc]
        for v, count in enumerate(group.verified):
            told_ += [over(lambda a, s=s, v=v: a[2:] == (v, s))[1]] if count is not None else []  # type: ignore[misc]
    counts_: dict[Any, int] = {}
    rows: dict[Any, list[float]] = {}
    for group_ in shown.transformed[0].groups:
        within = SCALES[1:] if group_.scale == "all" else (group_.scale,)
        cells = {"plants": group_.plants, "yes": group_.yes, "no": group_.no, "unknown": group_.unknown}
        for name, value in cells.items():
            wanted = OUTCOMES if name == "plants" else (name,)
            key = (group_.scale, name)
            counts_[key], rows[key] = over(lambda a, w=within, o=wanted: a[0] in w and a[1] in o)  # type: ignore[misc]
            if value is not None:
                assert value == counts_[key]
                told_.append(rows[key])
    return counts_, told_, rows


@pytest.mark.slow
@given(plants())
@settings(max_examples=40, deadline=None)
def test_no_count_of_transformed_below_five_is_told_or_follows(held: list[Extract]) -> None:
    shown = city(held, plans=[PLAN])
    assert shown is not None
    assert not [count for count in told_counts(shown) if few(count)]
    bare = city(held)
    assert bare is not None and shown.model_copy(update={"transformed": ()}) == bare
    counts_, told_, rows = told_of_atoms(shown, held)
    space = np.array(told_)
    onto = np.linalg.pinv(space) @ space
    for key, row in rows.items():
        follows_ = np.allclose(np.array(row) @ onto, row, atol=1e-6)
        assert not (few(counts_[key]) and follows_), key


@pytest.mark.slow
@given(plants())
@settings(max_examples=25, deadline=None)
def test_a_small_group_and_what_lies_between_nested_counts_stay_hidden(held: list[Extract]) -> None:
    """Groups are of five or more and make the whole; one count less another that lies within it is never small."""
    shown = city(held)
    assert shown is not None
    for cut in CUTS:
        groups = shown.cuts[cut]
        assert not groups or sum(g.assessed for g in groups) == shown.all.assessed
        assert all(g.assessed >= 5 for g in groups)
    for group in (shown.all, *(g for groups in shown.cuts.values() for g in groups)):
        at = {block: cell for block, cell in zip(shown.verified, group.verified, strict=True)}
        unheard = at.get(("unheard",))
        for figure in (group.figures[m] for m in SHARES):
            if unheard is not None and figure.plants is not None:
                assert not few(group.assessed - unheard - figure.plants)


@pytest.mark.slow
@given(plants())
@settings(max_examples=25, deadline=None)
def test_sums_are_of_five_plants_and_none_makes_most_of_them(held: list[Extract]) -> None:
    shown = city(held)
    assert shown is not None
    for measure in MEASURES:
        parts = {i: part for i, one in enumerate(held) if not one.open and (part := part_of(one, measure))}
        for cut in CUTS:
            left: set[int] = set(parts) if shown.cuts[cut] else set()
            for group in shown.cuts[cut]:
                mine = {i for i in parts if of(held[i], cut) in group.members}
                figure = group.figures[measure]
                if figure.why is None:
                    left -= mine
                    assert len(mine) >= 5 and (figure.quartiles is None) == (measure in BARE)
                    exact = F(sum(parts[i][0] for i in mine)) / sum(parts[i][2] for i in mine)
                    if measure in BARE:  # told with four digits, and never nearer to a target than it is
                        assert figure.low <= exact <= figure.high <= figure.low + exact / 500  # type: ignore[operator]
                    else:
                        assert figure.low == exact and figure.low <= figure.high  # type: ignore[operator]
                else:
                    assert figure.low is figure.high is figure.under is figure.quartiles is figure.mean_low is None
            if shown.all.figures[measure].why is None:  # all less what is told is what is left
                assert not left or len(left) >= 5
                if left:
                    assert not any(
                        max(parts[i][k] for i in left) > F(4, 5) * sum(parts[i][k] for i in left) for k in range(3)
                    )


def test_a_sum_that_one_plant_makes_is_not_told() -> None:
    assert dominated([81, 10, 9]) and not dominated([80, 10, 10]) and not dominated([0, 0])
    parts = {i: Part(1, 1, 10) for i in range(5)} | {5: Part(1, 1, 1000)}
    (found,) = figures("robots", [tuple(range(6))], Told(parts, 1), [6])
    assert found.why == "dominated" and found.low is None


def test_from_the_density_of_robots_no_sum_is_read() -> None:
    parts = {i: Part(17, 17, 2301) for i in range(6)}
    (found,) = figures("robots", [tuple(range(6))], Told(parts, 1), [6])
    assert (found.low, found.high) == (F("0.007388"), F("0.007389")) and found.over_low is found.under is None


def test_quartiles_stand_between_neighbours_and_never_of_four() -> None:
    parts = [Part(n, n, 10) for n in (5, 1, 4, 2, 3)]
    assert quartiles(parts) == (F(1, 5), F(3, 10), F(2, 5))
    with pytest.raises(ValueError, match="fewer than five"):
        quartiles(parts[:4])


def test_generated_and_real_plants_never_stand_in_one_picture() -> None:
    made = [base(n) for n in range(6)]
    with pytest.raises(ValueError, match="generated"):
        city([*made[:5], made[5].model_copy(update={"simulated": True})])
    assert city(made[:4]) is None and city(made[:5]) is not None


def base(n: int) -> Extract:
    return Extract(
        industry="29", size="small", district="songjiang", above_scale=True,
        simulated=False, made=n, framework="cmmm-2020-discrete", version="2", heard=False, declared_level=1,
        declared_score=F(1), verified_level=None, verified_score=None, level_high=None,
        weights_unverified=True, robots=F(n), staff=F(100), energy=None, carbon=None, holds_back=("m1",),
        wants=("andon",), open=0,
    )  # fmt: skip


def test_robot_density_is_the_ratio_of_sums_over_those_that_told_both() -> None:
    held = [base(n) for n in range(6)]
    held[0] = held[0].model_copy(update={"staff": None, "robots": F(90)})
    held[1] = held[1].model_copy(update={"staff": F(900), "robots": F(0)})
    shown = city(held)
    assert shown is not None
    figure = shown.all.figures["robots"]
    assert (figure.low, figure.high) == (F("107.6"), F("107.7"))  # 14 over 1,300 is 107.69
    assert figure.plants is None  # five of six told it: that one did not must not follow
    # and no number of robots is told, and no quartile, which is one plant's own
    assert figure.over_low is figure.over_high is figure.under is figure.quartiles is None
    assert shown.all.figures["energy"].why == "none"


def test_told_needs_both_ends() -> None:
    assert told(0, 9) and told(9, 9) and told(5, 10) and not told(4, 10) and not told(6, 10)
