"""A drafted scope is a scope; a draw can be repeated by whoever has the register and the seed."""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import Endpoint, Message, Role, Selection, Unit
from assessor.errors import InputError
from assessor.forms.register import Draft
from assessor.messages import LANGUAGES
from assessor.preparing.draw import draw, size, usual_seed
from assessor.preparing.network import Network
from assessor.preparing.scope import Drafted, draft_scope
from assessor.preparing.strata import divide
from assessor.preparing.visit import Part, load_visit
from connectors.preview import preview
from connectors.scope import load_scope
from tests.visits import ASSETS, REGISTER, machine, visit

IDS = st.from_regex(r"\A[a-z]{1,3}-[0-9]{1,3}\Z")
MACHINES = st.lists(IDS, min_size=1, max_size=60, unique=True)
SEEDS = st.integers(0, 2**40)


# The draw


@given(MACHINES, SEEDS, st.data())
def test_a_draw_is_so_many_of_its_stratum_in_whatever_order_it_comes(
    machines: list[str], seed: int, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(machines)))
    drawn = draw(machines, "s", seed, number)
    assert len(drawn) == len(set(drawn)) == number and set(drawn) <= set(machines)
    assert draw(data.draw(st.permutations(machines)), "s", seed, number) == drawn
    assert set(drawn) <= set(draw(machines, "s", seed, number + 1)), "a larger draw holds a smaller one"


@given(MACHINES, SEEDS)
def test_whoever_has_the_register_and_the_seed_draws_the_same(machines: list[str], seed: int) -> None:
    """As the how-to tells an auditor: sha256 of seed/stratum/machine, sorted, the first ones."""
    by_hand = sorted((hashlib.sha256(f"{seed}/press/{m}".encode()).hexdigest(), m) for m in machines)
    half = len(machines) // 2
    assert draw(machines, "press", seed, half) == tuple(sorted(m for _, m in by_hand[:half]))


@given(SEEDS, SEEDS.filter(bool))
def test_another_seed_or_stratum_is_another_draw(seed: int, more: int) -> None:
    machines = [f"m-{i}" for i in range(200)]
    once = draw(machines, "a", seed, 100)
    assert draw(machines, "a", seed + more, 100) != once and draw(machines, "b", seed, 100) != once


def test_every_machine_is_drawn_as_often_as_any_other() -> None:
    """Of 2000 seeds each of 20 machines is in about a quarter of the draws of 5; 5 standard errors are 97."""
    machines = [f"m-{i}" for i in range(20)]
    counts = dict.fromkeys(machines, 0)
    for seed in range(2000):
        for one in draw(machines, "s", seed, 5):
            counts[one] += 1
    assert all(abs(count - 500) < 97 for count in counts.values()), counts


@given(MACHINES, st.text(max_size=20))
def test_the_seed_that_nobody_picks_follows_from_register_and_reference(machines: list[str], words: str) -> None:
    again = machines.copy()
    random.Random(1).shuffle(again)
    assert usual_seed(machines, words) == usual_seed(again, words) < 2**32
    assert usual_seed([*machines, "another"], words) != usual_seed(machines, words)


@given(st.integers(1, 500), st.fractions("1/1000", 1))
def test_a_share_is_rounded_up_and_never_draws_nobody(machines: int, share: Any) -> None:
    number = size(machines, None, share)
    assert 1 <= number <= machines and number - 1 < share * machines <= number


# Strata


@given(SEEDS, st.integers(1, 3))
def test_a_stratum_is_drawn_without_a_look_at_the_others(seed: int, number: int) -> None:
    front = [machine(f"f-{i}") for i in range(6)]
    back = [machine(f"b-{i}") for i in range(9)]
    rest = Part(id="rest", selection=Selection.DRAWN, number=number, seed=seed)
    named = Part(id="front", selection=Selection.DRAWN, number=3, seed=seed, assets=tuple(a.id for a in front))
    both = divide([*front, *back], (), (named, rest), "r")
    alone = divide(back, (), (rest,), "r")
    assert both.strata[1] == alone.strata[0]
    assert set(both.strata[0].chosen) <= {a.id for a in front} and set(both.strata[1].chosen) <= {
        a.id for a in back
    }


def test_what_is_not_counted_is_never_drawn() -> None:
    held = divide(ASSETS, (), (Part(id="rest", selection=Selection.DRAWN, share=1, seed=1),), "r")  # type: ignore[arg-type]
    assert held.strata[0].chosen == tuple(sorted(a.id for a in ASSETS if a.production and a.in_use))
    assert {a.id: a.stratum for a in held.assets}["em-01"] == "all" and len(held.strata) == 1


WRONG: list[tuple[list[dict[str, Any]], str, int]] = [
    ([{"id": "a", "selection": "drawn", "number": 9}], "prepare.too_many", 2),
    ([{"id": "a", "selection": "all"}, {"id": "b", "selection": "all"}], "prepare.two_rests", 3),
    ([{"id": "a", "selection": "all", "assets": ["mc-9"]}], "prepare.no_such_machine", 2),
    ([{"id": "a", "selection": "all", "processes": ["x"]}], "prepare.no_such_process", 2),
    ([{"id": "a", "selection": "all", "assets": ["em-01"]}], "prepare.empty_stratum", 2),
    ([{"id": "a", "selection": "all", "assets": ["mc-01"]}, {"id": "a", "selection": "all"}],
     "prepare.same_stratum", 3),
    ([{"id": "a", "selection": "all", "assets": ["mc-01"]},
      {"id": "b", "selection": "all", "processes": ["machining"]}], "prepare.in_two", 3),
    ([{"id": "a", "selection": "hand-picked", "chosen": ["prs-01"], "processes": ["machining"]}],
     "prepare.not_in_stratum", 2),
]  # fmt: skip


@pytest.mark.parametrize(("strata", "id_", "line"), WRONG, ids=[id_ for _, id_, _ in WRONG])
def test_a_division_that_does_not_fit_names_its_line(
    tmp_path: Path, strata: list[dict[str, Any]], id_: str, line: int
) -> None:
    file = tmp_path / "visit.yaml"
    told, parts = visit().model_dump_json(exclude_defaults=True), ",\n".join(map(json.dumps, strata))
    file.write_text(f'{{"strata": [\n{parts}\n], {told[1:]}', "utf-8")
    held, lines = load_visit(file)
    assert held.plant.id == "jia"
    with pytest.raises(InputError) as caught:
        draft_scope(held, REGISTER, None, "en", lines)
    assert caught.value.message.id == id_ and caught.value.place == f"{file}:{line}"


# The file


def drafted(*, strata: Any = (), network: Network | None = None, register: Draft = REGISTER) -> Drafted:
    return draft_scope(visit(strata=strata), register, network, "en")


PRESS = Endpoint(id="prs-01", protocol="modbus-tcp", address="10.0.0.9:502", role=Role.MACHINE,
                 units=(Unit(unit=1, asset="prs-01"),))  # fmt: skip
GATEWAY = Endpoint(id="gateway-1", protocol="modbus-tcp", address="10.0.0.8:502", role=Role.GATEWAY,
                   units=(Unit(unit=1, asset="cmp-01"), Unit(unit=2, asset="em-01")))  # fmt: skip
SERVER = Endpoint(
    id="mc-01", protocol="opcua", address="opc.tcp://10.0.0.7:4840", role=Role.MACHINE, asset="mc-01"
)
NETWORK = Network(entries=(), endpoints=(PRESS, GATEWAY, SERVER), unaddressed=("mc-02",))


def test_the_file_is_a_scope_and_the_same_every_time(tmp_path: Path) -> None:
    held = drafted(network=NETWORK)
    (tmp_path / "scope.yaml").write_text(held.text, "utf-8")
    scope = load_scope(tmp_path / "scope.yaml")
    assert scope == held.scope and scope.endpoints == NETWORK.endpoints
    assert drafted(network=NETWORK).text == held.text
    assert {a.id for a in scope.assets} == {a.id for a in ASSETS}
    assert preview(scope, 60).reach.testable == ("mc-01", "prs-01", "cmp-01")


def test_the_register_in_another_order_gives_the_same_draw() -> None:
    strata = [{"id": "rest", "selection": "drawn", "share": "0.5"}]
    turned = Draft(tuple(reversed(ASSETS)), REGISTER.processes, ())
    first, second = (drafted(strata=strata, register=r).scope.strata for r in (REGISTER, turned))
    assert first == second and len(first[0].chosen) == 3


def test_the_seed_and_its_rule_stand_in_the_file_and_lead_to_the_draw() -> None:
    for seed, words in ((7, "was stated by a person"), (None, "nobody picked it")):
        held = drafted(
            strata=[{"id": "rest", "selection": "drawn", "number": 2} | ({"seed": seed} if seed else {})]
        )
        [stratum] = held.scope.strata
        assert f"'{stratum.seed}/rest/machine'" in held.text and words in held.text
        counted = [a.id for a in ASSETS if a.production and a.in_use]
        assert stratum.seed is not None and draw(counted, "rest", stratum.seed, 2) == stratum.chosen
        assert seed is None or stratum.seed == seed


def test_what_was_not_chosen_is_not_contacted() -> None:
    strata = [{"id": "rest", "selection": "hand-picked", "chosen": ["prs-01"]}]
    scope = drafted(strata=strata, network=NETWORK).scope
    assert [e.id for e in scope.endpoints] == ["prs-01", "gateway-1"]
    assert [u.asset for u in scope.endpoints[1].units] == ["em-01"], "a meter is in no denominator"
    assert (
        "Not chosen, hence not contacted: mc-01, mc-02, cmp-01, cnc-01, lth-01."
        in drafted(strata=strata, network=NETWORK).text
    )


def test_without_a_network_sheet_there_is_no_address_and_it_says_so() -> None:
    held = drafted()
    assert held.scope.endpoints == () and "has not come back" in held.text


@pytest.mark.parametrize("key", ["register", "agreement", "vantage"])
def test_what_is_not_said_is_asked_for(key: str) -> None:
    lacking = visit().model_copy(update={"register_" if key == "register" else key: None})
    with pytest.raises(InputError) as caught:
        draft_scope(lacking, REGISTER, None, "en")
    assert caught.value.message == Message(id="prepare.not_said", params={"keys": key})


def test_a_window_that_closes_before_it_opens_is_refused() -> None:
    window = {"opens": "2026-11-24T18:00:00+08:00", "closes": "2026-11-24T08:00:00+08:00"}
    with pytest.raises(InputError) as caught:
        draft_scope(visit(window=window), REGISTER, None, "en")
    assert caught.value.message.id == "contact.scope.window"


@pytest.mark.slow
@settings(max_examples=40)
@given(remark=st.text(max_size=60), asked=st.text(max_size=60), language=st.sampled_from(LANGUAGES))
def test_what_a_stranger_wrote_stays_a_comment(remark: str, asked: str, language: Any) -> None:
    network = NETWORK.model_copy(update={"remarks": {"mc-01": (remark, f"\nlimits: {{timeout: 30}} {remark}")}})
    params: dict[str, Any] = {"n": 1, "first": asked}
    register = Draft(ASSETS, REGISTER.processes, (Message(id="register.odd_kind", params=params),))
    held = draft_scope(visit(), register, network, language)
    assert held.scope == draft_scope(visit(), REGISTER, NETWORK, language).scope


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_whatever_a_machine_is_called_the_file_keeps_it(zh: str, en: str) -> None:
    named = machine("mc-01", name={"zh": zh, "en": en})
    held = drafted(register=Draft((named, *ASSETS[1:]), REGISTER.processes, ()))
    assert held.scope.assets[0].name == named.name
