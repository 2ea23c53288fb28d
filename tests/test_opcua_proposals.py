"""Branches of aggregators proposed as assets: by rule, never forced, and kept in the scope with its comments."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.object_ids import ObjectIds
from hypothesis import given
from hypothesis import strategies as st

from assessor import cli
from assessor.domain import Asset, Branch, Endpoint, Tag, Text, tag_id
from assessor.errors import InputError
from connectors import opcua
from connectors.amend import with_branches
from connectors.attribution import branch_of, finder
from connectors.opcua.walk import Found
from connectors.proposals import Proposal, propose, seen, suggest
from connectors.scope import load_scope
from tests.servers.processes import assessor
from tests.test_opcua import small

FOLDER = ua.NodeId(ObjectIds.FolderType)
TYPED = ua.NodeId(1002, 4)


def nodes(*paths: str, typed: Iterable[str] = ()) -> list[Found]:
    """An address space of these variables, by paths; '|' stands between browse names."""
    found: list[Found] = []
    index: dict[str, int] = {}
    for path in paths:
        names = path.split("|")
        for depth in range(1, len(names) + 1):
            here = "|".join(names[:depth])
            if here in index:
                continue
            variable = depth == len(names)
            kind = TYPED if here in typed else FOLDER
            index[here] = len(found)
            found.append(
                Found(
                    id=ua.NodeId(here, 2),
                    parent=index.get("|".join(names[: depth - 1]), -1),
                    name=names[depth - 1],
                    namespace=2,
                    path=here.replace("|", "/"),
                    depth=depth,
                    variable=variable,
                    is_property=False,
                    type_definition=None if variable else kind,
                )
            )
    return found


def assets(**names: str) -> list[Asset]:
    return [
        Asset(
            id=id_.replace("_", "-"),
            name=Text(zh=name.partition("|")[2] or "设备", en=name.partition("|")[0]),
            kind="machine",
            production=True,
            interface="opcua",  # type: ignore[arg-type]
        )
        for id_, name in names.items()
    ]


def endpoint(**more: Any) -> Endpoint:
    return Endpoint(id="e", protocol="opcua", address="opc.tcp://h:1/", role="scada", **more)  # type: ignore[arg-type]


REGISTER = assets(imm_01="Injection moulding machine 1", imm_02="Injection moulding machine 2", press="Press|压机")


def shown(proposals: Iterable[Proposal]) -> list[tuple[str, str, int, str | None]]:
    return [(p.path, p.rule, p.variables, p.asset) for p in proposals]


def test_devices_below_channels_without_the_aggregators_own_groups() -> None:
    space = nodes(
        "Channel1|IMM01|Temp", "Channel1|IMM01|_System|_Error", "Channel1|IMM02|Zone|Temp",
        "Channel1|_Statistics|_Reads", "Channel2|Press|Force", "_System|_Time", "Channel3|Spare|_System|_Error",
    )  # fmt: skip
    assert shown(propose(space, endpoint(), REGISTER)) == [
        ("Channel1/IMM01", "channel_device", 1, "imm-01"),
        ("Channel1/IMM02", "channel_device", 1, "imm-02"),
        ("Channel2/Press", "channel_device", 1, "press"),
    ]


@pytest.mark.parametrize("separator", [".", "_", ":", "/"])
@pytest.mark.parametrize("above", ["", "Tags|"])
def test_flat_tags_by_their_prefix_whatever_the_separator(separator: str, above: str) -> None:
    flat = [
        f"{above}{separator.join(('Line1', m, t))}" for m in ("IMM01", "IMM02") for t in ("Temp", "Oil", "Run")
    ]
    end = "" if separator == "/" else separator
    start = above.replace("|", "/")
    expected = [
        (f"{start}Line1{separator}{m}{end}", "prefix", 3, a) for m, a in (("IMM01", "imm-01"), ("IMM02", "imm-02"))
    ]
    assert shown(propose(nodes(*flat), endpoint(), REGISTER)) == expected
    unknown = [p.path for p in propose(nodes(*flat), endpoint(), [])]
    assert unknown == [path for path, *_ in expected], "the endings that repeat tell, not the register"


def test_a_separator_is_not_guessed_from_names_that_merely_hold_one() -> None:
    one = nodes("Press|Oil_Temp", "Press|Motor_Speed", "Press|Cycle.Time", "Press|Count")
    assert shown(propose(one, endpoint(), REGISTER)) == [("Press", "folder", 4, "press")]
    alone = nodes("Line1.IMM01.Temp", "Other", "Third", "Fourth")
    assert propose(alone, endpoint(), []) == ()


def test_machines_folder_device_set_and_typed_objects() -> None:
    space = nodes(
        "Machines|IMM01|Monitoring|Temp", "DeviceSet|PLC_1|Counters|Count", "Filler|Status|State",
        typed=("Machines|IMM01", "DeviceSet|PLC_1", "Filler"),
    )  # fmt: skip
    assert shown(propose(space, endpoint(), REGISTER)) == [
        ("DeviceSet/PLC_1", "device_set", 1, None),
        ("Filler", "typed", 1, None),
        ("Machines/IMM01", "machines", 1, "imm-01"),
    ]
    rooted = [
        Found(f.id, f.parent - 1 if f.parent > 0 else -1, f.name, f.namespace, f.path, f.depth - 1, f.variable,
              f.is_property, f.type_definition)
        for f in nodes("Machines|IMM01|Temp")[1:]
    ]  # fmt: skip
    assert shown(propose(rooted, endpoint(root="Machines"), REGISTER)) == [
        ("Machines/IMM01", "machines", 1, "imm-01")
    ]


def test_what_the_scope_holds_is_not_proposed_again_nor_its_asset() -> None:
    space = nodes("C|IMM01|Temp", "C|IMM02|Temp", "D|IMM1|Temp")
    held = endpoint(branches=(Branch(path="C/IMM01", asset="imm-01"),))
    assert shown(propose(space, held, REGISTER)) == [
        ("C/IMM02", "channel_device", 1, "imm-02"),
        ("D/IMM1", "channel_device", 1, None),
    ]


def test_two_branches_that_fit_one_asset_are_both_left_open() -> None:
    space = nodes("C|IMM01|Temp", "D|IMM1|Temp")
    assert [p.asset for p in propose(space, endpoint(), REGISTER)] == [None, None]


@pytest.mark.parametrize(
    ("name", "asset"),
    [
        ("IMM01", "imm-01"), ("imm_1", "imm-01"), ("IMM-02", "imm-02"), ("IMM03", None), ("IMM", None),
        ("IMM010", None), ("Press", "press"), ("Presse", "press"), ("压机", "press"), ("Pump", None), ("01", None),
        ("", None), ("Injection Moulding Machine 2", "imm-02"),
    ],
)  # fmt: skip
def test_a_suggestion_needs_the_same_numbers_and_like_letters(name: str, asset: str | None) -> None:
    assert suggest(name, REGISTER) == asset


def test_between_two_alike_nothing_is_suggested() -> None:
    assert suggest("Press", assets(press_a="Press", press_b="Press")) is None
    assert suggest("Press", []) is None


NAME = st.text("ab1_./: 压", min_size=1, max_size=6)
PATHS = st.lists(st.lists(NAME, min_size=1, max_size=4).map("|".join), max_size=25, unique=True)


@given(PATHS)
def test_every_proposal_holds_what_it_says_in_the_words_of_the_scope(paths: list[str]) -> None:
    leaves = [p for p in paths if not any(q.startswith(p + "|") for q in paths)]
    space = nodes(*leaves)
    proposals = propose(space, endpoint(), REGISTER)
    assert len({p.path for p in proposals}) == len(proposals)
    given_assets = [p.asset for p in proposals if p.asset]
    assert set(given_assets) <= {a.id for a in REGISTER}
    for p in proposals:
        branch = (Branch(path=p.path, asset="press"),)
        held = [f for f in space if f.variable and branch_of(branch, f.path)]
        assert p.variables <= len(held)
    confirmed = endpoint(branches=tuple(Branch(path=p.path, asset="press") for p in proposals))
    assert propose(space, confirmed, REGISTER) == (), "what was confirmed is not proposed again"


def points(found: Iterable[Found]) -> list[Tag]:
    """The data points of an address space, as an Observation keeps them."""
    return [
        Tag(id=tag_id("e", f.path), endpoint="e", asset=None, address=f"nsu=u;s={f.path}", path=f.path)
        for f in found
        if f.variable
    ]


PLAIN_PATHS = st.lists(st.lists(st.text("ab1_.: 压", min_size=1, max_size=6), min_size=1, max_size=4), max_size=25)


@given(PLAIN_PATHS)
def test_the_data_points_of_a_run_give_what_a_walk_over_plain_objects_gives(lists: list[list[str]]) -> None:
    paths = list(dict.fromkeys("|".join(names) for names in lists))
    space = nodes(*(p for p in paths if not any(q.startswith(p + "|") for q in paths)))
    assert propose(seen(points(space), ""), endpoint(), REGISTER) == propose(space, endpoint(), REGISTER)


@given(st.lists(NAME, max_size=12), st.lists(NAME, min_size=1, max_size=5))
def test_a_branch_is_found_among_many_as_one_by_one(paths: list[str], names: list[str]) -> None:
    branches = [Branch(path=path, asset="press") for path in paths]
    find = finder(branches)
    for path in ("/".join(names), *names):
        assert find(path) is branch_of(branches, path)


def test_what_a_run_saw_below_a_root_and_of_types() -> None:
    machines = points(nodes("Machines|IMM01|Monitoring|Temp"))
    assert shown(propose(seen(machines, "Machines"), endpoint(root="Machines"), REGISTER)) == [
        ("Machines/IMM01", "machines", 1, "imm-01")
    ]
    typed = nodes("Filler|Status|State", typed=("Filler",))
    assert shown(propose(seen(points(typed), ""), endpoint(), REGISTER)) == [
        ("Filler/Status", "channel_device", 1, None)
    ], "paths say nothing of types"


SCOPE = """\
# Agreed with the plant on 1 January.
format: assessor-scope/1
plant:
  id: p
  name: {zh: 试验, en: Trial}   # a trial
  kind: discrete
  simulated: true
agreement: {role: {zh: 测试, en: Test}, date: "2026-01-01", reference: 'test'}
vantage: control
register:
  source: {zh: 清单, en: List}
  as_of: "2026-01-01"
assets:
  # the presses
  - {id: press, name: {zh: 压机, en: Press}, kind: press, production: true, interface: opcua}
  - id: imm-01
    name: {zh: 注塑机一, en: IMM 01}
    kind: moulding
    production: true
    interface: opcua   # by its label
  - {id: imm-02, name: {zh: 注塑机二, en: IMM 02}, kind: moulding, production: true, interface: opcua}
endpoints:
  - id: scada
    protocol: opcua
    address: "ADDRESS"   # the aggregator
    role: scada
    branches:
      - {path: Line9, asset: press}   # confirmed before
limits: {connect_spacing: 0.2, pause_after_connect: 0, request_gap: 0.02}
"""


def test_an_amended_scope_differs_by_the_branches_alone() -> None:
    text = SCOPE.replace("ADDRESS", "opc.tcp://10.0.0.1:4840/")
    added = (Branch(path="Line1.IMM01.", asset="imm-01"), Branch(path="Line 2/no: #1", asset="imm-02"))
    new = with_branches(text, "scada", added, "new.yaml")
    before, after = text.splitlines(), new.splitlines()
    assert [line for line in after if line not in before] == [
        "      - path: Line1.IMM01.", "        asset: imm-01",
        "      - path: 'Line 2/no: #1'", "        asset: imm-02",
    ]  # fmt: skip
    assert [line for line in after if line in before] == before
    flush = re.sub(r"^(    (?=  -)|  (?=[-#]|  \w))", "", text, flags=re.MULTILINE)  # lists not indented
    rewritten = with_branches(flush, "scada", added, "new.yaml").splitlines()
    assert flush != text and [line for line in rewritten if line in flush.splitlines()] == flush.splitlines()


def test_an_amended_scope_that_would_be_none_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        with_branches(SCOPE.replace("kind: moulding", "kind: []"), "scada", (), "new.yaml")
    assert refused.value.place and refused.value.place.startswith("new.yaml:")


@pytest.mark.wire
def test_branches_are_proposed_confirmed_and_written(tmp_path: Path, home: Path) -> None:
    file, new = tmp_path / "scope.yaml", tmp_path / "new.yaml"
    log = tmp_path / "log"
    with small(log) as place:
        file.write_text(SCOPE.replace("ADDRESS", place), "utf-8")
        proposed = json.loads(assessor("branches", file, "scada", "--json", home=home).stdout)
        assert (
            proposed["accepted"] == [] and proposed["written"] is None and list(tmp_path.glob("*.yaml")) == [file]
        )
        by_path = {p["path"]: p for p in proposed["proposals"]}
        assert by_path["Line1.IMM01."]["asset"] == "imm-01" and by_path["Line1.IMM01."]["rule"] == "prefix"
        assert by_path["Line1.IMM02."]["variables"] == 2 and by_path["Press"]["asset"] is None, "held by Line9"
        shown_ = assessor("branches", file, "scada", "--write", new, home=home)
        assert "Line1.IMM01." in shown_.stdout and not new.exists(), "nothing is accepted by itself"
        done = assessor(
            "branches", file, "scada", "--write", new, "--accept", "Line1.IMM01.=imm-01", "--json", home=home
        )
    assert json.loads(done.stdout)["accepted"] == [{"path": "Line1.IMM01.", "asset": "imm-01"}]
    branches = load_scope(new).endpoints[0].branches
    assert [(b.path, b.asset) for b in branches] == [("Line9", "press"), ("Line1.IMM01.", "imm-01")]
    assert "# confirmed before" in new.read_text("utf-8") and "# by its label" in new.read_text("utf-8")
    assert file.read_text("utf-8") == SCOPE.replace("ADDRESS", place)
    assert set(log.read_text().split()) <= {
        "FindServers",
        "GetEndpoints", "CreateSession", "ActivateSession", "Read", "Browse", "BrowseNext", "CloseSession",
    }  # fmt: skip


@pytest.mark.wire
def test_on_a_terminal_each_proposal_is_asked_for(tmp_path: Path, home: Path) -> None:
    pty = pytest.importorskip("pty", reason="NOT TESTED: no terminals of this kind here")
    file, new = tmp_path / "scope.yaml", tmp_path / "new.yaml"
    ours, theirs = pty.openpty()
    try:
        with small(tmp_path / "log") as place:
            file.write_text(SCOPE.replace("ADDRESS", place), "utf-8")
            os.write(ours, b"y\nn\npres\npress\n")  # yes to IMM01, no to IMM02, a slip and an id for Press
            done = subprocess.run(
                [sys.executable, "-m", "assessor", "branches", file, "scada", "--write", new],
                stdin=theirs, capture_output=True, text=True, timeout=120, check=False,
                env=os.environ | {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en"},
            )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, done.stderr
    branches = load_scope(new).endpoints[0].branches
    assert [(b.path, b.asset) for b in branches[1:]] == [("Line1.IMM01.", "imm-01"), ("Press", "press")]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["scada", "--accept", "a=press"], "space.accept_needs_write"),
        (["scada", "--accept", "a=presse", "--write", "new.yaml"], "space.no_asset"),
        (["scada", "--accept", "a", "--write", "new.yaml"], "space.not_an_assignment"),
        (["scadda"], "space.no_endpoint"),
        (["scada", "--write", "scope.yaml"], "cli.exists"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_contacted(
    arguments: list[str],
    error: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def never(*_: Any, **__: Any) -> None:
        raise AssertionError("contacted")

    monkeypatch.setattr(opcua, "explore", never)
    monkeypatch.chdir(tmp_path)
    Path("scope.yaml").write_text(SCOPE.replace("ADDRESS", "opc.tcp://127.0.0.1:1/"), "utf-8")
    with pytest.raises(SystemExit) as ended:
        cli.main(["branches", "scope.yaml", *arguments, "--json"])
    assert ended.value.code == 2 and error in capsys.readouterr().out
    assert [f.name for f in tmp_path.iterdir()] == ["scope.yaml"]
