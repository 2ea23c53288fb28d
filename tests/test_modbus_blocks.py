"""Modbus plans by law: what is asked of a device, and how what it refuses is found."""

import asyncio
import itertools
import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Point
from connectors import modbus
from connectors.modbus.blocks import Block, Plan, plan, stretches
from tests.kept import Kept
from tests.modbus_runs import profile, scope_for
from tests.servers.processes import serving

TYPES = {"u16": "H", "s16": "h", "u32": "I", "s32": "i", "u64": "Q", "s64": "q", "f32": "f", "f64": "d"}


@st.composite
def maps(draw: st.DrawFn) -> list[Point]:
    """A register map without overlaps."""
    points, at = [], 0
    for i in range(draw(st.integers(1, 60))):
        at += draw(st.sampled_from([0, 0, 0, 1, 5, 30]))
        kind = draw(st.sampled_from(list(TYPES)))
        point = Point(id=f"p{i}", fc=draw(st.sampled_from([3, 3, 4])), at=at, type=kind)
        points.append(point)
        at += point.size
    return points


@given(points=maps(), most=st.integers(4, 125), gaps=st.booleans())
def test_a_plan_reads_every_point_once_within_the_limit_and_nothing_unlisted(
    points: list[Point], most: int, gaps: bool
) -> None:
    blocks = plan(points, most, gaps)
    assert sorted(p.id for b in blocks for p in b.points) == sorted(p.id for p in points)
    listed = {(p.fc, p.at + i) for p in points for i in range(p.size)}
    for block in blocks:
        assert block.length <= most
        touched = {(block.fc, block.start + i) for i in range(block.length)}
        assert {(p.fc, p.at + i) for p in block.points for i in range(p.size)} <= touched
        assert gaps or touched <= listed
    assert len(blocks) <= len(points)


def test_two_hundred_scattered_registers_take_a_twentieth_of_the_requests() -> None:
    points = [Point(id=f"p{i}", fc=3, at=5 * i, type="u16") for i in range(200)]
    assert len(plan(points, 125, gaps=True)) * 20 <= len(plan(points, 125, gaps=False))


def test_a_value_wider_than_the_agreed_limit_is_not_read() -> None:
    points = [Point(id="a", fc=3, at=0, type="u64"), Point(id="b", fc=3, at=4, type="u16")]
    assert [b.length for b in plan(points, 2, gaps=False)] == [1]


class Stubborn:
    """A device in memory that refuses every request that touches one of its bad places."""

    def __init__(self, bad: set[tuple[int, int]]) -> None:
        self.bad, self.asked = bad, 0

    def gives(self, block: Block) -> bool:
        self.asked += 1
        return not any((block.fc, block.start + i) in self.bad for i in range(block.length))


def cycle(asked: Plan, device: Stubborn) -> int:
    """One cycle; how many refusals came."""
    refusals = 0
    for block in asked.due():
        if device.gives(block):
            asked.was_read(block)
        else:
            refusals += 1
            asked.was_refused(block, 2)
    return refusals


@given(points=maps(), most=st.integers(4, 125), gaps=st.booleans(), data=st.data())
def test_the_search_finds_exactly_what_is_refused_and_asks_it_no_more(
    points: list[Point], most: int, gaps: bool, data: st.DataObject
) -> None:
    refusing = data.draw(st.lists(st.sampled_from(points), max_size=6, unique_by=lambda p: p.id))
    bad = {(p.fc, p.at + data.draw(st.integers(0, p.size - 1))) for p in refusing}
    asked, device = Plan(), Stubborn(bad)
    asked.add(plan(points, most, gaps), room=len(points))
    wasted = sum(cycle(asked, device) for _ in range(2 * len(points) + 2))  # as many as there can be halves
    assert cycle(asked, device) == 0, "and then no more"
    assert sorted(p.id for b, _ in asked.refused for p in b.points) == sorted(p.id for p in refusing)
    read = [p.id for b in asked.due() for p in b.points]
    assert sorted(read) == sorted({p.id for p in points} - {p.id for p in refusing})
    depth = math.ceil(math.log2(len(points))) if len(points) > 1 else 0
    assert wasted <= len(refusing) * (1 + depth), "each refused place is met once on every level"
    assert len(asked.due()) <= len(points), "never more requests a cycle than the preview counted on"


@given(points=maps(), most=st.integers(4, 125), widest=st.integers(0, 20))
def test_no_request_reaches_over_a_hole_wider_than_the_map_allows(
    points: list[Point], most: int, widest: int
) -> None:
    for block in plan(points, most, gaps=True, widest=widest):
        for one, next_ in itertools.pairwise(block.points):
            assert next_.at - (one.at + one.size) <= widest
    assert plan(points, most, gaps=True, widest=0) == plan(points, most, gaps=False)
    assert len(plan(points, most, gaps=True, widest=widest)) <= len(plan(points, most, gaps=False))


@given(
    places=st.lists(
        st.tuples(st.sampled_from([1, 2]), st.integers(0, 65535)), min_size=1, max_size=80, unique=True
    ),
    bits=st.integers(1, 2000),
)
def test_bits_are_grouped_under_a_limit_of_their_own(places: set[tuple[int, int]], bits: int) -> None:
    points = [Point(id=f"b{i}", fc=fc, at=at, type="bool") for i, (fc, at) in enumerate(sorted(places))]  # type: ignore[arg-type]
    blocks = plan(points, 4, gaps=True, bits=bits)
    assert sorted(p.id for b in blocks for p in b.points) == sorted(p.id for p in points)
    assert all(block.length <= bits and block.size == math.ceil(block.length / 8) for block in blocks)
    assert all({p.fc for p in block.points} == {block.fc} for block in blocks), "one table a request"


def test_fields_of_one_register_are_asked_for_together_and_refused_together() -> None:
    fields = [Point(id=f"f{i}", fc=3, at=10, type="u16") for i in range(3)]
    after = Point(id="next", fc=3, at=11, type="u16")
    (block,) = plan([*fields, after], 50, gaps=False)
    assert (block.start, block.length, len(block.points)) == (10, 2, 4)
    first, second = block.halves()
    assert [p.id for p in first.points] == ["f0", "f1", "f2"] and [p.id for p in second.points] == ["next"]
    assert first.halves() == ()


def test_a_function_that_is_unknown_takes_its_whole_table_along_but_not_one_that_has_answered() -> None:
    points = [Point(id=f"p{fc}{at}", fc=fc, at=at, type="u16") for fc in (3, 4) for at in (0, 9)]  # type: ignore[arg-type]
    asked = Plan()
    asked.add(plan(points, 50, gaps=False), room=4)
    holding, far, inputs, _ = asked.due()
    asked.was_read(holding)
    asked.function_refused(inputs, 1)
    asked.function_refused(far, 1)
    assert asked.due() == (holding,)
    assert sorted(stretches(b for b, _ in asked.refused)) == ["holding 9+1", "input 0+1", "input 9+1"]


def test_neighbours_are_one_stretch() -> None:
    points = [Point(id=f"p{at}", fc=3, at=at, type="u32") for at in (0, 2, 7)]
    assert stretches(plan(points, 2, gaps=False)) == ("holding 0+4", "holding 7+2")


@pytest.mark.wire
def test_two_hundred_scattered_registers_of_a_real_server_take_a_twentieth_of_the_requests() -> None:
    points = [{"id": f"p{i}", "fc": 3, "at": 5 * i, "type": "u16"} for i in range(200)]

    def requests(gaps: bool) -> int:
        """Of the first cycle against a server of another maker."""
        server = Path(__file__).parent / "servers/modbus_press.py"
        with serving([sys.executable, str(server)]) as peer:
            scope = scope_for(
                peer["address"], profile(*points, gaps=gaps), max_registers=125, sampling_interval=60
            )
            agreed, sink = scope.endpoints[0].model_copy(update={"identify": False}), Kept()
            stop = asyncio.Event()

            def flushed() -> None:
                if sink.rows:
                    stop.set()

            sink.flush = flushed  # type: ignore[method-assign]
            seen = asyncio.run(modbus.gather(agreed, scope, sink, seconds=60, stop=stop))
        assert {row.tag for row in sink.rows} == {tag.id for tag in seen.tags} and len(seen.tags) == 200
        return len(sink.requests)

    assert requests(gaps=True) * 20 <= requests(gaps=False) == 200
