"""The shipped questionnaires are whole and in both languages; a wrong file is refused with file and line."""

import json
import re
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from assessor.domain import Ladder, Question, Text
from assessor.errors import InputError
from assessor.frameworks import KINDS, Library, load_framework, load_library, read_library
from assessor.frameworks.schemas import schemas
from assessor.indicators import load
from assessor.messages import render

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases/library"
COUNTS = {
    "p1": "222--", "p2": "2322-", "t1": "23331", "t2": "1231-", "t3": "23221", "r1": "22222", "r2": "1132-",
    "m1": "23443", "m2": "22442", "m3": "33232", "m4": "23322", "m5": "24433", "m6": "23421", "m7": "23222",
    "m8": "22422", "m9": "24321", "m10": "22331", "m11": "22222", "m12": "22321", "m13": "22221",
}  # fmt: skip
"""Requirements of each sub-domain, level 1 to 5."""
BEARINGS = {
    ("r1-l2-1", "numerical_control", "both"), ("r1-l2-2", "open_protocol", "both"),
    ("r1-l4-2", "networked", "upper"), ("r2-l2-1", "networked", "lower"), ("t1-l2-1", "networked", "lower"),
    ("t1-l3-1", "process_data", "both"), ("t2-l2-2", "networked", "both"), ("t3-l3-1", "boundary", "both"),
    ("m5-l3-1", "programs_downloaded", "lower"), ("n-execution-l3-1", "automatic_mode", "upper"),
    ("n-execution-l3-1", "loops_automatic", "upper"), ("n-execution-l4-1", "automatic_mode", "upper"),
    ("r1-l1-1", "automatic_mode", "lower"), ("m5-l3-2", "frozen_tags", "upper"),
    ("m6-l3-1", "process_data", "upper"),
    ("m6-l3-2", "state_signal", "upper"), ("m6-l3-2", "counter_signal", "upper"),
    ("m9-l2-1", "energy_metered", "both"), ("m9-l2-3", "energy_metered", "lower"),
    ("share-digital", "digital", "lower"), ("share-networked", "networked", "both"),
    ("share-networked-digital", "networked_of_digital", "both"),
    ("share-numerical-control", "numerical_control", "both"),
    ("share-energy-metered", "energy_metered", "both"), ("share-open-protocol", "open_protocol", "both"),
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(known_indicators=load())


@pytest.fixture(scope="module")
def cmmm(library: Library) -> Ladder:
    return library.frameworks["cmmm-2020-discrete"]


def _files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*.yaml"))}


def _texts(value: Any) -> Iterator[Text]:
    """Every text inside a noun, however deep."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))


# The shipped library


def test_counts_of_requirements_by_cell(cmmm: Ladder) -> None:
    found = {d.id: "".join(str(len(c.requirements) or "-") for c in d.cells) for d in cmmm.dimensions}
    assert found == COUNTS
    assert sum(len(c.requirements) for d in cmmm.dimensions for c in d.cells) == 219


def test_every_requirement_stands_in_its_own_cell_and_none_is_left_out(library: Library, cmmm: Ladder) -> None:
    placed = set()
    for dimension in cmmm.dimensions:
        assert dimension.rubric == f"{dimension.id}-rubric"
        assert [cell.level for cell in dimension.cells] == [1, 2, 3, 4, 5]
        for cell in dimension.cells:
            wanted = [f"{dimension.id}-l{cell.level}-{n + 1}" for n in range(len(cell.requirements))]
            assert list(cell.requirements) == wanted
            placed |= set(wanted)
    written_for_it = {id_ for id_ in library.questions if id_.split("-")[0] in COUNTS}
    assert placed | {f"{id_}-rubric" for id_ in COUNTS} == written_for_it


def test_the_same_requirements_stand_in_both_editions_of_2020(library: Library, cmmm: Ladder) -> None:
    """A process plant is asked the same, but for what such plants do not have; that is said and has its status."""
    process = library.frameworks["cmmm-2020-process"]
    kept = {d.id: d for d in cmmm.dimensions if d.id not in ("m1", "m12")}
    assert {d.id: d for d in process.dimensions} == kept
    assert [(item.name.en, item.status) for item in process.left_out] == [
        ("Product design", "unverified"),
        ("Product service", "unverified"),
    ]
    assert [(w.id, w.status, sum(w.weights.values())) for w in process.weight_sets] == [
        ("equal", "own", 18),
        ("recollected-closing", "unverified", 100),
        ("recollected-as-read", "unverified", 114),
    ]


def test_the_draft_has_its_own_tree_and_weights_by_kind_of_plant(library: Library) -> None:
    draft = library.frameworks["cmmm-draft-2024"]
    wanted = {
        "discrete": {"strategy": 7, "building": 15, "research": 11, "operations": 37, "business": 30},
        "process": {"strategy": 7, "building": 24, "research": 4, "operations": 42, "business": 23},
    }
    assert (len(draft.elements), len(draft.dimensions), draft.status) == (5, 25, "draft")
    for kind, domains in wanted.items():
        of = draft.of_plant(kind)  # type: ignore[arg-type]
        assert of.default_weights == kind and [w.id for w in of.weight_sets] == [kind, "equal"]
        assert [d.id for d in draft.dimensions if d not in of.dimensions] == (["d1"] if kind == "process" else [])
        weights = of.weight_sets[0].weights
        for domain, share in domains.items():
            assert sum(weights[d.id] for d in of.dimensions if d.element == domain) == share
    split = [draft.of_plant("process").weight_sets[0].weights[f"f{n}"] / 24 for n in range(1, 7)]
    assert [str(share * 100) for share in split] == ["12", "35", "12", "12", "12", "17"]


def test_ids_say_what_a_question_is(library: Library) -> None:
    subs = "|".join(COUNTS)
    patterns = {"degree": rf"({subs})-l[1-5]-[1-9]", "rubric": rf"({subs})-rubric", "share": r"share-[a-z-]+"}
    ours = [q for q in library.questions.values() if re.match(rf"({subs}|share)-", q.id)]
    for question in ours:
        assert re.fullmatch(patterns[question.kind], question.id), question.id
    assert {q.id.removesuffix("-rubric") for q in ours if q.kind == "rubric"} == set(COUNTS)


def test_every_text_is_written_in_both_languages(library: Library) -> None:
    held = {**library.questions, **library.frameworks, **library.recommendations, **library.programmes}
    held |= {**library.regions, **library.sizes}
    for id_, item in held.items():
        for text in _texts(item):
            acronym = re.fullmatch(r"[A-Z]{2,4}", text.zh)  # such as IT
            assert acronym or re.search(r"[\u4e00-\u9fff]", text.zh), f"{id_}: not Chinese: {text.zh!r}"
            assert re.search(r"[A-Za-z]", text.en), f"{id_}: not English: {text.en!r}"
            foreign = re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text.en)
            assert not foreign, f"{id_}: Chinese in {text.en!r}"


def test_no_two_questions_ask_the_same(library: Library) -> None:
    for language in ("zh", "en"):
        texts = [getattr(q.text, language) for q in library.questions.values()]
        assert len(texts) == len(set(texts))


def test_a_requirement_says_what_counts_what_to_see_how_and_who_knows(library: Library) -> None:
    for question in library.questions.values():
        assert question.help and question.methods, question.id
        if question.kind != "rubric":
            assert 1 <= len(question.proofs) <= 3, question.id


def test_tests_bear_as_agreed(library: Library) -> None:
    found = {(q.id, test.indicator, test.bound) for q in library.questions.values() for test in q.tests}
    assert found == BEARINGS


def test_steps_are_degrees_of_the_framework_and_only_frozen_tags_fall(library: Library, cmmm: Ladder) -> None:
    rising = [(Fraction("0.4"), Fraction("0.5")), (Fraction("0.7"), Fraction("0.8")), (Fraction("0.9"), 1)]
    falling = [
        (0, 1),
        (Fraction("0.1"), Fraction("0.8")),
        (Fraction("0.3"), Fraction("0.5")),
        (Fraction("0.5"), 0),
    ]
    handed = {
        "automatic_mode",
        "loops_automatic",
    }  # what stands in manual for an hour only limits an answer far off
    for question in library.questions.values():
        for test in question.tests:
            if test.bound == "upper" and test.indicator in handed:
                assert all(step.from_ < at for step, (at, _) in zip(test.steps, rising, strict=True)), question.id
                continue
            wanted = falling if test.indicator == "frozen_tags" else [] if question.kind == "share" else rising
            assert [(step.from_, step.answer) for step in test.steps] == wanted, question.id
            assert {step.answer for step in test.steps} <= set(cmmm.degrees)


def test_the_framework_says_how_well_it_is_founded(cmmm: Ladder) -> None:
    assert (len(cmmm.elements), len(cmmm.domains), len(cmmm.dimensions)) == (4, 12, 20)
    assert cmmm.status == "unverified"
    assert {cell.count_status for d in cmmm.dimensions for cell in d.cells} == {"unverified"}
    assert [str(level.from_) for level in cmmm.levels] == ["0", "4/5", "9/5", "14/5", "19/5", "24/5"]
    assert cmmm.stop_rule.value is True and cmmm.stop_rule.status == "unverified"
    assert {d.id for d in cmmm.dimensions if d.may_be_cut} == {"m1", "m2", "m10", "m11", "m12", "m13"}
    status = {weights.id: weights.status for weights in cmmm.weight_sets}
    assert status.pop(cmmm.default_weights) == "own"
    assert set(status.values()) == {"unverified"} and len(status) == 2


def test_recollected_weights_close_at_a_hundred_by_domain(cmmm: Ladder) -> None:
    wanted = {"design": 13, "production": 48, "logistics": 4, "sales": 6, "service": 6}
    wanted |= {"strategy": 3, "skills": 3}
    for weights in cmmm.weight_sets:
        if weights.id == cmmm.default_weights:
            assert len(set(weights.weights.values())) == 1
            continue
        assert sum(weights.weights.values()) == 100
        for domain, share in wanted.items():
            assert sum(weights.weights[d.id] for d in cmmm.dimensions if d.domain == domain) == share
        for element, share in {"people": 6, "technology": 11, "resources": 6}.items():
            assert sum(weights.weights[d.id] for d in cmmm.dimensions if d.element == element) == share


def test_the_library_can_be_read_again_from_its_own_parts(library: Library) -> None:
    assert read_library(library.parts) == library
    on_disk = {f"{folder}/{f.name}" for folder in KINDS for f in (ROOT / "questionnaires" / folder).glob("*.yaml")}
    assert set(library.parts) == on_disk


# Schemas for editors


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_schema_in_the_repository_is_the_generated_one(name: str) -> None:
    committed = json.loads((ROOT / f"questionnaires/schema/{name}.json").read_text("utf-8"))
    assert committed == json.loads(json.dumps(schemas()[name])), "run python -m assessor.frameworks"
    jsonschema.Draft202012Validator.check_schema(committed)


@pytest.mark.slow
@pytest.mark.parametrize("folder", KINDS)
def test_an_editor_finds_the_schema_and_no_fault_in_a_shipped_file(folder: str) -> None:
    for file in sorted((ROOT / "questionnaires" / folder).glob("*.yaml")):
        text = file.read_text("utf-8")
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert named, f"{file.name}: the first line names no schema"
        schema = json.loads((file.parent / named[1]).read_text("utf-8"))
        jsonschema.validate(YAML(typ="safe", pure=True).load(text), schema)


@pytest.mark.slow
def test_a_schema_refuses_a_key_that_the_reader_refuses() -> None:
    document = YAML(typ="safe", pure=True).load((CASES / "unknown-key/bank/small.yaml").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError, match="weigth"):
        jsonschema.validate(document, schemas()["bank"])


# Bad input


def test_the_base_of_the_bad_cases_is_good() -> None:
    held = load_library(CASES / "base", ["networked"])
    assert (len(held.questions), len(held.frameworks), len(held.recommendations)) == (4, 1, 2)


@pytest.mark.parametrize("case", sorted(p.name for p in CASES.iterdir() if p.name != "base"))
def test_a_wrong_file_is_refused_with_its_place(case: str) -> None:
    """The files of the case take the place of those of the base."""
    place, message = (CASES / case / "error.txt").read_text("utf-8").splitlines()
    with pytest.raises(InputError) as caught:
        read_library(_files(CASES / "base") | _files(CASES / case), ["networked"])
    assert caught.value.place == place
    assert render(caught.value.message, "en") == message
    assert re.search(r"[\u4e00-\u9fff]", render(caught.value.message, "zh"))


def test_every_message_of_the_library_has_its_case(tmp_path: Path) -> None:
    texts = tomllib.loads((ROOT / "assessor/messages/library.toml").read_text("utf-8"))
    raised = set()
    for case in CASES.iterdir():
        try:
            read_library(_files(CASES / "base") | _files(case), ["networked"])
        except InputError as problem:
            raised.add(problem.message.id)
    with pytest.raises(InputError) as caught:
        load_library(tmp_path)
    assert caught.value.place == str(tmp_path)
    assert caught.value.message.id == "library.empty"
    elsewhere = {"library.empty", "library.changed_edition", "library.editions_unreadable"}  # tests/test_rerate.py
    elsewhere |= {"library.target_period"}  # tests/test_targets.py
    assert {f"library.{name}" for name in texts} <= raised | elsewhere


def test_a_folder_of_ones_own_names_itself_in_errors(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank/mine.yaml").write_bytes(b"format: assessor-bank/1\nid: \xff\n")
    with pytest.raises(InputError) as caught:
        load_library(tmp_path)
    assert caught.value.place == f"{tmp_path}/bank/mine.yaml"
    assert caught.value.message.id == "input.not_utf8"


def test_an_unreadable_part_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "bank/folder.yaml").mkdir(parents=True)
    with pytest.raises(InputError) as caught:
        load_library(tmp_path)
    assert caught.value.message.id == "input.unreadable"


def test_a_framework_of_ones_own_is_checked_against_the_bank(tmp_path: Path, library: Library) -> None:
    text = (ROOT / "questionnaires/frameworks/cmmm-2020-discrete.yaml").read_text("utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(text, "utf-8")
    assert load_framework(mine, library) == library.frameworks["cmmm-2020-discrete"]
    mine.write_text(text.replace("r1-l2-2", "r1-l2-9"), "utf-8")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "r1-l2-2" in row)
    with pytest.raises(InputError) as caught:
        load_framework(mine, library)
    assert (caught.value.place, caught.value.message.id) == (f"{mine}:{line}", "library.unknown_question")


def test_names_of_indicators_are_left_alone_where_none_are_known() -> None:
    parts = _files(CASES / "base") | _files(CASES / "unknown-indicator")
    question: Question = read_library(parts).questions["a-l1-1"]
    assert question.tests[0].indicator == "network"


def test_every_framework_says_under_which_licence_its_words_are(library: Library) -> None:
    licence = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"]
    for framework in library.frameworks.values():
        assert licence in framework.wording.zh and licence in framework.wording.en, framework.id
