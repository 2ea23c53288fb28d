"""Every member of every kind of plug-in, found by walking, is documented, consistent and tested."""

import ast
import inspect
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import connectors
from assessor import indicators
from assessor.domain import Area, Checklist, Ladder, MeasuredIn, Platform, Shown, Status, Take
from assessor.filing.checking import SHOWS
from assessor.frameworks import load_library
from assessor.messages import catalogue, render
from assessor.report.papers import PAPERS
from connectors.profiles import load_profile

ROOT = Path(__file__).parent.parent
TESTS = "\n".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("*.py"))
PROFILES = sorted(file.stem for file in (ROOT / "connectors/profiles").glob("*.yaml"))
LIBRARY = load_library()
PLANTS = sorted(folder for folder in (ROOT / "connectors/simulator/plants").iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", sorted(indicators.load()))
def test_an_indicator_is_documented_named_and_tested(name: str) -> None:
    module = indicators.load()[name]
    assert module.__doc__ and len(module.__doc__.strip().splitlines()[0]) <= 110
    assert module.UNIT in get_args(MeasuredIn) and module.AREA in get_args(Area)
    for text in ("title", "method", "blind"):
        assert f"indicator.{name}.{text}" in catalogue()
    assert name in TESTS, f"no test names the indicator {name}"


@pytest.mark.parametrize("name", sorted(connectors.names()))
def test_a_connector_is_documented_and_answers_the_protocol(name: str) -> None:
    module = connectors.get(name)
    text = " ".join((module.__doc__ or "").lower().split())
    for item in ("read-only", "times out", "limits load", "tested on real hardware"):
        assert item in text, f"{name}: the docstring's checklist lacks '{item}'"
    assert name in module.PROTOCOLS
    assert inspect.iscoroutinefunction(module.gather)
    assert not inspect.iscoroutinefunction(module.preview)


@pytest.mark.parametrize("name", PROFILES)
def test_a_register_map_names_its_source_and_standing(name: str) -> None:
    profile = load_profile(name)
    assert profile.id == name
    assert profile.source
    assert profile.points


@pytest.mark.parametrize("folder", PLANTS, ids=lambda folder: folder.name)
def test_a_simulated_plant_has_its_truth_beside_it_and_says_it_is_simulated(folder: Path) -> None:
    assert {"plant.yaml", "truth.yaml", "answers.yaml"} <= {file.name for file in folder.iterdir()}
    assert "simulated: true" in (folder / "plant.yaml").read_text("utf-8")


def test_every_indicator_that_a_question_names_exists_and_most_indicators_bear_on_one() -> None:
    library = load_library(known_indicators=indicators.load())
    named = {bearing.indicator for q in library.questions.values() for bearing in q.tests}
    assert named <= set(indicators.load())
    assert len(named) >= 9


def test_at_least_twenty_recommendations_each_brings_something() -> None:
    recommendations = load_library(known_indicators=indicators.load()).recommendations.values()
    assert len(recommendations) >= 20
    for r in recommendations:
        assert r.lifts or r.triggers, r.id
        for effect in r.effects:
            assert effect.change is None or effect.change.reference, f"{r.id}: an effect without its source"


@pytest.mark.parametrize("platform", LIBRARY.platforms.values(), ids=lambda platform: platform.id)
def test_a_platform_says_how_its_order_is_founded_and_asks_everything_once(platform: Platform) -> None:
    library = LIBRARY
    assert (ROOT / f"questionnaires/platforms/{platform.id}.yaml").is_file()
    assert platform.status is not Status.OFFICIAL, "no platform's own order was at hand"
    takes = [entry.take for entry in platform.entries]
    assert len(set(takes)) == len(takes)
    held = [library.frameworks[name] for name in platform.frameworks]
    asked = {take.dimension for take in takes if take.dimension} | {take.item for take in takes if take.item}
    for framework in held:
        parts = framework.dimensions if isinstance(framework, Ladder) else framework.items  # type: ignore[union-attr]
        assert {part.id for part in parts} <= asked, f"{platform.id} leaves out parts of {framework.id}"
    assert {take.result for take in takes} >= {"level", "score"}


@pytest.mark.parametrize("checklist", LIBRARY.checklists.values(), ids=lambda checklist: checklist.id)
def test_a_checklist_is_named_after_its_file_and_has_a_check_for_each_item(checklist: Checklist) -> None:
    assert (ROOT / f"questionnaires/checklists/{checklist.id}.yaml").is_file()
    assert {item.shows for item in checklist.items if item.shows} <= set(SHOWS)
    for item in checklist.items:
        assert item.person or item.shows or item.files
        assert not item.files or item.how, f"{item.id}: nobody can know how to name the file"


def test_everything_that_a_pack_can_show_has_its_check() -> None:
    assert set(SHOWS) == set(get_args(Shown))
    for name in (field for field in Take.model_fields):
        assert f'"{name}"' in (ROOT / "assessor/filing/entries.py").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_document_is_documented_and_named(name: str) -> None:
    module = import_module(f"assessor.report.papers.{name}")
    assert module.__doc__ and module.document.__doc__ and PAPERS[name] is module.document
    assert f"paper.name.{name}" in catalogue()


def test_the_disclaimer_is_there_in_both_languages() -> None:
    assert "诊断结果，非认证证书" in render("report.disclaimer", "zh")
    assert "diagnosis" in render("report.disclaimer", "en").lower()


def test_no_module_is_named_after_nothing() -> None:
    forbidden = {"manager", "service", "helper", "helpers", "util", "utils", "common", "base", "core"}
    for package in ("assessor", "connectors", "models"):
        for file in (ROOT / package).rglob("*.py"):
            assert file.stem not in forbidden, file


def test_the_nouns_stay_pure() -> None:
    for file in (ROOT / "assessor/domain").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in {"asyncio", "socket", "pathlib", "os", "yaml", "sqlite3"}, file


MODELS = sorted(file for file in (ROOT / "models").glob("*.py") if file.stem != "__init__")


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_a_model_has_its_card_and_says_that_it_never_rates(file: Path) -> None:
    card = file.with_suffix(".md").read_text("utf-8")
    assert "not for" in card.lower() or "is not" in card.lower()
    assert "never rates" in (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "")
    assert f"models.{file.stem}" in TESTS
