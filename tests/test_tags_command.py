"""`assessor tags`: what to confirm, in which order, with which proposals, and what comes of pasting it."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessor import indicators, pipeline
from assessor.bundle import Bundle, create, open_bundle, seal
from assessor.domain import GOOD, Answers, ConfirmedMeaning, Device, Observation, Sample, Scope, Tag, canonical
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators.electric import unit_of
from assessor.looking import Looked
from assessor.unexplained import MOST, Unexplained, block, unexplained
from models.tags.asking import Proposal, Template, fits, patterns, proposals, templates
from models.tags.reader import PLAIN, Manner
from tests.terminal import Ran, command, terminal
from tests.test_bundle import KEY, SCOPE

__all__ = ["command", "terminal"]
LIBRARY = load_library(known_indicators=indicators.load())
SECOND = 1_000_000_000


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library as it is, read once for all."""
    monkeypatch.setattr("assessor.cli.tags.load_library", lambda **_: LIBRARY)


def tag(id_: int, path: str, asset: str | None, **more: Any) -> Tag:
    return Tag(id=id_, endpoint="press", asset=asset, address=path, path=path, **more)


TAGS = [
    *(tag(n, f"Line1.IMM0{n}.MeltTemp", f"imm-{n}") for n in (1, 2, 3)),
    *(tag(10 + n, f"Line1.IMM0{n}.X17", f"imm-{n}") for n in (1, 2, 3)),
    *(tag(20 + n, f"Line1.IMM01.AI_{n}", "imm-1") for n in (1, 2)),
    tag(30, "Line2.Lathe.Zustand", "lathe"),
    tag(31, "Hall.Tuer", None),
    tag(32, "Meter.Wirkarbeit", "meter"),
]


def bundle(folder: Path, tags: Sequence[Tag] = TAGS) -> Bundle:
    kinds = {"imm-1": "moulder", "imm-2": "moulder", "imm-3": "moulder", "lathe": "lathe", "meter": "meter"}
    assets = [
        {"id": id_, "name": {"zh": id_, "en": id_}, "kind": kind, "production": kind != "meter",
         "interface": "opcua", "expects": ["state"] if kind == "moulder" else [],
         **({"metered_by": "meter"} if kind == "lathe" else {})}
        for id_, kind in kinds.items()
    ]  # fmt: skip
    data = SCOPE.model_dump(mode="json") | {"assets": assets}
    data["endpoints"] = [{"id": "press", "protocol": "opcua", "address": "opc.tcp://127.0.0.1:1", "role": "scada"}]
    scope = Scope.model_validate(data)
    seen = Observation.model_validate(
        {
            "endpoint": "press", "protocol": "opcua", "connector": "t", "started": 1, "ended": 2, "reached": True,
            "browse": {"nodes": len(tags), "complete": True}, "tags": tags,
            "devices": [Device(asset=a["id"], where=a["id"], answered=True) for a in assets],
        }
    )  # fmt: skip
    with create(folder / "work", canonical(scope), scope, began=1, clock="synchronised") as work:
        for n in range(30):
            at = (1 + n) * SECOND
            work.samples([Sample(t.id, at, at + 1, at + 2, at, GOOD, number=float(n)) for t in tags])
        work.observe(seen)
        work.end(False)
        seal(work, KEY, folder / "bundle.zip", made=5)
    return open_bundle(folder / "bundle.zip")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Unexplained:
    return unexplained(bundle(tmp_path_factory.mktemp("tags")), None, LIBRARY)


def test_it_tells_vouched_named_and_unknown_apart(found: Unexplained) -> None:
    assert (found.points, found.vouched, found.named, found.unknown) == (len(TAGS), 0, 3, 8)
    assert sum(ask.points for ask in found.asks) == len(TAGS) and found.left == 0


def test_machines_of_one_kind_are_asked_about_together(found: Unexplained) -> None:
    asked = {ask.tags: (ask.points, ask.machines) for ask in found.asks}
    three = ("imm-1", "imm-2", "imm-3")
    assert asked["Line1.IMM*.MeltTemp",] == (3, three) and asked["Line1.IMM*.X17",] == (3, three)
    assert asked["Line1.IMM01.AI_1",] == (1, ("imm-1",)), "numbers of one machine's own points tell them apart"
    assert asked["Hall.Tuer",] == (1, ())


def test_the_order_is_that_of_the_effect_on_the_level(found: Unexplained) -> None:
    effects = [ask.effect for ask in found.asks]
    assert effects == sorted(effects, reverse=True) and effects[0] > 0
    by_tags = {ask.tags[0]: ask for ask in found.asks}
    moulders = by_tags["Line1.IMM*.MeltTemp"]
    assert "state_signal" in moulders.indicators and found.asks[0] is moulders, "it has a proposal to say yes to"
    assert moulders.effect > by_tags["Line1.IMM01.AI_1"].effect
    assert by_tags["Hall.Tuer"].effect == 0 and not by_tags["Hall.Tuer"].indicators
    assert found.asks[-1].tags == ("Hall.Tuer",), "what belongs to no machine comes last"
    assert by_tags["Meter.Wirkarbeit"].indicators == ("energy_metered",), "it holds the lathe's energy open"


def test_the_effects_of_a_machine_add_up_to_what_hangs_on_it(found: Unexplained) -> None:
    of_one = {ask.tags[0]: ask.effect / ask.points for ask in found.asks if ask.machines[:1] == ("imm-1",)}
    assert of_one["Line1.IMM01.AI_1"] == of_one["Line1.IMM01.AI_2"]
    assert isinstance(found.asks[0].effect, Fraction)


def test_a_template_says_why_it_may_be_what_it_proposes(found: Unexplained) -> None:
    first = found.asks[0].proposals[0]
    assert (first.quantity, first.function, first.source) == ("temperature", "actual", "name")
    assert [why.id for why in first.explain] == ["tags.explain.lexicon", "tags.explain.usual"]
    assert not {ask.tags[0]: ask for ask in found.asks}["Line1.IMM*.X17"].proposals


# Templates ------------------------------------------------------------------------------------------------


def test_a_number_at_the_end_is_a_machine_s_where_each_has_one() -> None:
    alike = [tag(1, "IMM1_T", "a"), tag(2, "IMM2_T", "b")]
    assert [len(t.tags) for t in templates(alike, {"a": "m", "b": "m"})] == [2]
    apart = [*alike, tag(3, "IMM1_T2", "a"), tag(4, "IMM1_T3", "a")]
    assert sorted(len(t.tags) for t in templates(apart, {"a": "m", "b": "m"})) == [1, 1, 2]
    assert [len(t.tags) for t in templates(alike, {"a": "m", "b": "n"})] == [1, 1], "other kinds of machine"


@pytest.mark.parametrize(
    ("paths", "others", "expected"),
    [
        (["L1.M1.T", "L1.M2.T"], [], ["L1.M*.T"]),
        (["L1.M1.T", "L1.M2.T"], ["L1.M3.Barrel.T"], ["L1.M?.T"]),
        (["L1.M1.T", "L1.M2.T"], ["L1.M3.T"], ["L1.M1.T", "L1.M2.T"]),
        (["L1.M[1].T", "L1.M[2].T"], [], ["L1.M[[]*].T"]),
        (["A*1"], [], ["A[*]1"]),
    ],
)
def test_a_pattern_fits_its_own_tags_and_nothing_else(
    paths: list[str], others: list[str], expected: list[str]
) -> None:
    found = patterns(Template(tuple(tag(i, p, "a") for i, p in enumerate(paths)), "m"), others)
    assert list(found) == expected
    assert all(any(fits(pattern, path) for pattern in found) for path in paths)
    assert not any(fits(pattern, other) for pattern in found for other in others)


# Proposals ------------------------------------------------------------------------------------------------


class Learnt:
    """A model with an opinion on everything."""

    def propose(self, _: str) -> Sequence[Proposal]:
        return (Proposal(quantity="vibration", function="actual", source="model"),)


@pytest.mark.slow
def test_a_model_proposes_only_where_the_rules_are_silent_and_never_means(tmp_path: Path) -> None:
    source = bundle(tmp_path)
    told = {ask.tags[0]: ask for ask in unexplained(source, None, LIBRARY, Learnt()).asks}
    assert [p.source for p in told["Line1.IMM*.MeltTemp"].proposals] == ["name"]
    assert [p.source for p in told["Line1.IMM*.X17"].proposals] == ["model"]
    assert not told["Line1.IMM*.X17"].named
    without = unexplained(source, None, LIBRARY)
    assert {ask.tags: ask.effect for ask in without.asks} == {ask.tags: ask.effect for ask in told.values()}


def test_initials_are_offered_one_by_one() -> None:
    offered = proposals(tag(1, "xtsd", "a"), Manner(pinyin=True), {})
    assert len(offered) == 3 and {p.source for p in offered} == {"initials"}
    assert not proposals(tag(1, "xtsd", "a"), PLAIN, {})


def test_the_same_name_elsewhere_in_the_plant_comes_first(tmp_path: Path) -> None:
    source = bundle(tmp_path)
    said = Answers.model_validate(
        {
            "format": "assessor-answers/1", "plant": "small", "answers": [],
            "meanings": [{"tags": "Line1.IMM01.X17", "quantity": "force", "by": "it", "at": "2026-11-26"}],
        }
    )  # fmt: skip
    found = unexplained(source, said, LIBRARY)
    two = next(ask for ask in found.asks if ask.example == "Line1.IMM02.X17")
    assert two.points == 2 and (two.proposals[0].quantity, two.proposals[0].source) == ("force", "site")
    assert two.tags == ("Line1.IMM02.X17", "Line1.IMM03.X17"), "a pattern would fit the one that is confirmed too"
    assert found.vouched == 1


# The command ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_pasted_and_signed_is_read_and_leaves_less_to_ask(
    tmp_path: Path, command: Callable[..., Ran]
) -> None:
    bundle(tmp_path)
    told = json.loads(command("tags", tmp_path / "bundle.zip", "--by", "process", "--json").out)
    assert told["named"] == 3 and told["asks"][0]["tags"] == ["Line1.IMM*.MeltTemp"]
    head = "format: assessor-answers/1\nplant: small\nanswers: []\n"
    (tmp_path / "answers.yaml").write_text(head + told["yaml"], "utf-8")
    given = load_answers(tmp_path / "answers.yaml", LIBRARY.questions)
    assert [(m.tags, m.quantity, m.by) for m in given.meanings] == [
        ("Line1.IMM*.MeltTemp", "temperature", "process")
    ]
    again = json.loads(
        command("tags", tmp_path / "bundle.zip", "--answers", tmp_path / "answers.yaml", "--json").out
    )
    assert (again["vouched"], again["named"], again["unknown"]) == (3, 0, 8)


@pytest.mark.slow
def test_an_assessment_reads_names_and_goes_by_what_was_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "DRAWS", 5)
    source = bundle(tmp_path, [tag(1, "IMM01.State", "imm-1"), tag(2, "IMM02.State", "imm-2")])
    entry = {"tags": "IMM02.*", "quantity": "other", "by": "it", "at": "2026-11-26"}
    answers = Answers.model_validate(
        {"format": "assessor-answers/1", "plant": "small", "answers": [], "meanings": [entry]}
    )
    done = pipeline.assess(source, answers, LIBRARY)
    states = {m.indicator: m for m in done.measurements}["state_signal"]
    whys = {line.subject: line.why.id.rpartition(".")[2] for line in states.lines}
    assert (whys["imm-1"], whys["imm-2"]) == ("by_name", "relayed_only"), "SCADA alone was seen of it"


def test_lines_that_nobody_signed_are_refused(tmp_path: Path, command: Callable[..., Ran]) -> None:
    bundle(tmp_path)
    shown = command("tags", tmp_path / "bundle.zip")
    assert shown.code == 0 and "Line1.IMM*.MeltTemp" in shown.out and "by: ''" in shown.out
    assert "# - {tags: 'Line1.IMM*.X17'" in shown.out, "what has no proposal is a comment"
    assert "no proposal: ask" in shown.out and "never that it is not" in shown.out
    pasted = shown.out[shown.out.index("meanings:") :]
    (tmp_path / "answers.yaml").write_text(
        "format: assessor-answers/1\nplant: small\nanswers: []\n" + pasted, "utf-8"
    )
    refused = command("tags", tmp_path / "bundle.zip", "--answers", tmp_path / "answers.yaml")
    assert refused.code == 2 and "answers.yaml:5" in refused.err


def test_it_speaks_both_languages_and_refuses_others(tmp_path: Path, command: Callable[..., Ran]) -> None:
    bundle(tmp_path)
    assert "温度 · 实际值" in command("tags", tmp_path / "bundle.zip", "--lang", "zh").out
    english = command("tags", tmp_path / "bundle.zip", "--lang", "en").out
    assert "temperature" in english and "actual" in english  # a narrow screen breaks the cell between them
    assert command("tags", tmp_path / "bundle.zip", "--lang", "de").code == 2


def test_at_most_thirty_are_asked_and_the_rest_is_counted(tmp_path: Path) -> None:
    many = [tag(n, f"Lathe.P{n}", "lathe") for n in range(1, 41)]
    found = unexplained(bundle(tmp_path, many), None, LIBRARY)
    assert len(found.asks) == MOST and found.left == 10
    assert block(found, "it", date(2026, 11, 26)).count("# - ") == MOST


def test_a_block_of_comments_alone_has_a_comment_for_a_head(tmp_path: Path) -> None:
    found = unexplained(bundle(tmp_path, [tag(n, f"Lathe.P{n}", "lathe") for n in range(1, 4)]), None, LIBRARY)
    lines = block(found, "it", date(2026, 11, 26)).splitlines()
    assert lines[0] == "# meanings:" and all(line.startswith("#") for line in lines)


def test_where_all_is_explained_there_is_nothing_to_ask(tmp_path: Path, command: Callable[..., Ran]) -> None:
    bundle(tmp_path, [tag(1, "A.T", "lathe", type_definition="http://opcfoundation.org/UA/#TwoStateDiscreteType")])
    shown = command("tags", tmp_path / "bundle.zip")
    assert shown.code == 0 and "nothing to confirm" in shown.out and "meanings:" not in shown.out


def test_answers_of_another_plant_are_refused(tmp_path: Path, command: Callable[..., Ran]) -> None:
    bundle(tmp_path)
    (tmp_path / "answers.yaml").write_text("format: assessor-answers/1\nplant: other\nanswers: []\n", "utf-8")
    assert command("tags", tmp_path / "bundle.zip", "--answers", tmp_path / "answers.yaml").code == 2


# Units ----------------------------------------------------------------------------------------------------


def test_a_unit_that_a_person_confirms_stands_where_the_server_names_none(tmp_path: Path) -> None:
    tags = [
        tag(1, "Meter.Wirkarbeit", "meter"),
        tag(2, "Meter.Leistung", "meter", unit="W"),
        tag(3, "Meter.Leistung_2", "meter"),
    ]
    said = [
        ConfirmedMeaning(tags=path, quantity=quantity, unit=unit, by="it", at="2026-11-24")  # type: ignore[arg-type]
        for path, quantity, unit in (
            ("Meter.L*", "electrical", "kW"),
            ("Meter.Wirkarbeit", "energy", "MWh"),
            ("Meter.Leistung_2", "electrical", "MW"),
        )
    ]
    source = bundle(tmp_path, tags)
    scope = Looked(source, said).scope
    assert [unit_of(one, scope) for one in tags] == ["MWh", "W", "MW"], "a path as it stands goes before a pattern"
    assert Looked(source, [said[0].model_copy(update={"unit": None})]).scope == source.scope()
