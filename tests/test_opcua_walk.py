"""OPC UA without a wire: walking pages, decoding values, attributing paths."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import (
    Branch,
    Limits,
)
from connectors.attribution import branch_of
from connectors.opcua.describe import address
from connectors.opcua.reading import Reader, nanoseconds, sample
from connectors.opcua.walk import OBJECTS, Walk

BRANCHES = tuple(
    Branch(path=path, asset=asset)
    for path, asset in (
        ("Press", "press"), ("Line1.IMM01.", "imm-01"), ("Line1.IMM02.", "imm-02"), ("Line9", "nine"),
    )
)  # fmt: skip


class Tree:
    """An address space without a wire: every node has two children, pages hold one reference."""

    def __init__(self, page: int = 1, points: int = 1000, deep: int = 4, most: int = 1000) -> None:
        self.page, self.points, self.deep, self.most = page, points, deep, most
        self.held: dict[bytes, list[ua.ReferenceDescription]] = {}
        self.calls: list[int] = []

    def children(self, node: ua.NodeId) -> list[ua.ReferenceDescription]:
        name = "" if node == OBJECTS else str(node.Identifier)
        if len(name) >= self.deep:
            return []
        return [self.reference(name + letter) for letter in "ab"] + [self.reference("a")]  # and a loop

    def reference(self, name: str) -> ua.ReferenceDescription:
        return ua.ReferenceDescription(
            ReferenceTypeId=ua.NodeId(ObjectIds.Organizes),
            IsForward=True,
            NodeId=ua.ExpandedNodeId(name, 1),
            BrowseName=ua.QualifiedName(name, 1),
            NodeClass=ua.NodeClass.Object,
        )

    def answer(self, references: list[ua.ReferenceDescription]) -> ua.BrowseResult:
        result = ua.BrowseResult(References=references[: self.page])
        if len(references) > self.page:
            if len(self.held) >= self.points:
                status = ua.StatusCode(ua.UInt32(0x804B0000))  # BadNoContinuationPoints
                return ua.BrowseResult(StatusCode=status)
            result.ContinuationPoint = str(len(self.calls) * 1000 + len(self.held)).encode()
            self.held[result.ContinuationPoint] = references[self.page :]
        return result

    async def browse(self, parameters: ua.BrowseParameters) -> list[ua.BrowseResult]:
        self.calls.append(len(parameters.NodesToBrowse))
        if len(parameters.NodesToBrowse) > self.most:
            raise ua.uaerrors.BadTooManyOperations
        return [self.answer(self.children(n.NodeId)) for n in parameters.NodesToBrowse]

    async def browse_next(self, parameters: ua.BrowseNextParameters) -> list[ua.BrowseResult]:
        self.calls.append(len(parameters.ContinuationPoints))
        taken = [self.held.pop(point) for point in parameters.ContinuationPoints]
        if parameters.ReleaseContinuationPoints:
            return []
        return [self.answer(rest) for rest in taken]


def walked(tree: Tree, **limits: float) -> Walk:
    async def go() -> Walk:
        walk = Walk(tree, Limits.model_validate(limits), 10, ("", "urn:x"), lambda: True)  # type: ignore[arg-type]
        await walk.run(OBJECTS, "")
        return walk

    return asyncio.run(go())


@given(page=st.integers(1, 4), points=st.integers(1, 20), most=st.integers(1, 12))
def test_every_node_is_found_once_however_small_the_pages(page: int, points: int, most: int) -> None:
    tree = Tree(page, points, most=most)
    walk = walked(tree)
    names = [f.name for f in walk.found]
    assert sorted(names) == sorted(set(names)) and len(names) == 2 + 4 + 8 + 16
    assert walk.browse.complete and tree.held == {}


@given(nodes=st.integers(1, 40), depth=st.integers(1, 6))
def test_a_walk_keeps_to_its_budget_and_says_what_ended_it(nodes: int, depth: int) -> None:
    tree = Tree()
    walk = walked(tree, browse_nodes=nodes, browse_depth=depth)
    assert len(walk.found) <= nodes and all(f.depth <= depth for f in walk.found)
    everything = len(walk.found) == 30
    assert walk.browse.complete is everything or walk.browse.stopped_by in {"nodes", "depth"}
    assert everything or not walk.browse.complete
    assert tree.held == {}  # what was not followed was handed back


@given(st.sets(st.integers(0, 30), max_size=5), st.integers(1, 40))
def test_values_that_cannot_be_decoded_cost_only_themselves(odd: set[int], batch: int) -> None:
    class Wire:
        async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
            asked = [int(item.NodeId.Identifier) for item in parameters.NodesToRead]
            if odd & set(asked):
                raise ValueError("bytes make no sense")
            return [ua.DataValue(ua.Variant(n)) for n in asked]

    async def go() -> list[ua.DataValue | None]:
        reader = Reader(Wire(), batch, lambda: True)  # type: ignore[arg-type]
        return await reader.read([(ua.NodeId(n, 2), AttributeIds.Value) for n in range(31)])

    answers = asyncio.run(go())
    assert [a.Value.Value if a and a.Value else None for a in answers] == [
        None if n in odd else n for n in range(31)
    ]


@given(st.datetimes(), st.integers(-12, 14))
def test_times_are_exact_nanoseconds_or_none(moment: datetime, zone: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    value = nanoseconds(aware)
    if 1700 < moment.year < 2200:
        assert value is not None and value == nanoseconds(moment)
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value // 1000) == aware
    if moment.year < 1650:  # a server's zero time is no time
        assert value is None


@given(
    st.one_of(st.booleans(), st.integers(0, 2**64 - 1), st.floats(), st.text(), st.binary(), st.none()),
    st.sampled_from([0, 0x40920000, 0x80050000]),
)
def test_a_value_fills_exactly_one_column_or_is_left_out(value: Any, status: int) -> None:
    kinds = {bool: "Boolean", int: "UInt64", float: "Double", str: "String", bytes: "ByteString"}
    variant = ua.Variant(value, getattr(ua.VariantType, kinds.get(type(value), "Null")))
    answer = ua.DataValue(variant, StatusCode=ua.StatusCode(ua.UInt32(status)))
    row = sample(1, answer, 5, 6)
    if isinstance(value, bytes):
        assert row is None
        return
    assert row is not None and row.status == status
    filled = [c for c in (row.number, row.integer, row.flag, row.text) if c is not None]
    assert len(filled) == (0 if value is None else 1)
    if isinstance(value, int) and not isinstance(value, bool):
        assert (row.integer == value) if value < 2**63 else (row.number == float(value))


@pytest.mark.parametrize(
    ("path", "asset"),
    [
        ("Line1.IMM01.Temp", "one"),
        ("Server/Line1.IMM01.Temp", "one"),
        ("Line1.IMM010.Temp", None),
        ("Line 2/Robot", "robot"),
        ("Line 2/Robot/Axis/Speed", "axis"),
        ("Line 2/Robot2/Speed", None),
        ("Line 2", None),
    ],
)
def test_a_path_belongs_to_the_most_exact_branch(path: str, asset: str | None) -> None:
    branches = (
        Branch(path="Line1.IMM01.", asset="one"),
        Branch(path="Line 2/Robot", asset="robot"),
        Branch(path="Line 2/Robot/Axis", asset="axis"),
    )
    found = branch_of(branches, path)
    assert (found.asset if found else None) == asset


def test_an_address_names_its_namespace_not_its_index() -> None:
    spaces = ("http://opcfoundation.org/UA/", "urn:a")
    assert address(ua.NodeId("x;y", 1), spaces) == "nsu=urn:a;s=x;y"
    assert address(ua.NodeId(2253, 0), spaces) == "nsu=http://opcfoundation.org/UA/;i=2253"
    assert address(ua.NodeId(b"\x01\xff", 1), spaces) == "nsu=urn:a;b=Af8="
    assert address(ua.NodeId(5, 9), spaces) == "nsu=ns=9;i=5"


@given(nodes=st.integers(1, 40), depth=st.integers(1, 6))
def test_what_was_not_walked_is_stated(nodes: int, depth: int) -> None:
    walk = walked(Tree(page=3), browse_nodes=nodes, browse_depth=depth)
    browse, names = walk.browse, {f.path for f in walk.found}
    assert (browse.left > 0) is not browse.complete
    assert len(browse.unwalked) == min(browse.left, 20)
    assert {u.why for u in browse.unwalked} <= {"nodes", "depth"}
    if browse.stopped_by == "depth":  # every node at the last depth, and no other
        deepest = {f.path for f in walk.found if f.depth == depth}
        assert browse.left == len(deepest) and {u.path for u in browse.unwalked} <= deepest
    if not browse.complete and nodes > len(names):
        assert browse.stopped_by == "depth"


def test_a_node_that_refuses_to_be_browsed_is_named() -> None:
    class Shut(Tree):
        def answer(self, references: list[ua.ReferenceDescription]) -> ua.BrowseResult:
            if any(r.BrowseName.Name == "aba" for r in references):  # below 'ab'
                return ua.BrowseResult(StatusCode=ua.StatusCode(ua.UInt32(ua.StatusCodes.BadUserAccessDenied)))
            return super().answer(references)

    browse = walked(Shut(page=9, deep=3)).browse
    assert not browse.complete and browse.stopped_by == "BadUserAccessDenied" and browse.left == 1
    assert [(u.path, u.why) for u in browse.unwalked] == [("a/ab", "BadUserAccessDenied")]
