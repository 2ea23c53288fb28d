"""The documents tell what is true: generated pages are current, nothing public is undocumented."""

import re
import runpy
from collections.abc import Iterator
from numbers import Real
from pathlib import Path
from typing import get_args

import pytest
import typer
from pydantic import BaseModel

from assessor import indicators
from assessor.cli import app
from assessor.desk import looking_over
from assessor.domain import Limits
from assessor.domain.result import Operation

ROOT = Path(__file__).parent.parent
PAGES = runpy.run_path(str(ROOT / "scripts/reference.py"))["PAGES"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_current(name: str) -> None:
    stored = (ROOT / "docs/reference" / name).read_text("utf-8")
    assert stored == PAGES[name](), "run: make docs"


def test_every_limit_is_explained() -> None:
    page = (ROOT / "docs/how-to/limits.md").read_text("utf-8")
    for name, field in Limits.model_fields.items():
        assert f"| `{name}` | {field.default:g} |" in page, f"docs/how-to/limits.md lacks {name} with its default"


def test_every_command_is_in_the_readme_or_the_tutorial() -> None:
    text = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/how-to/first-plant.md"))
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"assessor {name}" in text, f"no document shows `assessor {name}`"


def test_the_rooms_of_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for place in (part.split(")")[0] for part in text.split("](")[1:]):
        assert (ROOT / place).exists(), f"ARCHITECTURE.md names {place}, which does not exist"
    for module in (ROOT / "assessor").iterdir():
        if (
            module.name not in ("__init__.py", "__main__.py", "__pycache__", "errors.py")
            and module.suffix != ".txt"
        ):
            known = f"assessor/{module.name}" in text
            assert known, f"ARCHITECTURE.md does not name {module.name}"


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in (part.split(")")[0] for part in page.read_text("utf-8").split("](")[1:]):
            target = link.split("#")[0]
            if target and "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {link}"


def test_the_method_is_in_one_order_and_its_contents_lead_there() -> None:
    page = (ROOT / "docs/method.md").read_text("utf-8")
    titles = re.findall(r"(?m)^## (.+)$", page)
    assert [title.split(".")[0] for title in titles] == [str(n) for n in range(1, len(titles) + 1)]
    anchors = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
    assert re.findall(r"\]\(#([^)]+)\)", page) == anchors
    assert {int(n) for n in re.findall(r"§(\d+)", page)} <= set(range(1, len(titles) + 1))


def test_the_method_states_every_operation_of_open_sums() -> None:
    page = (ROOT / "docs/method.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| `([a-z]+)` \|(?:[^|\n]*\|){4}$", page)
    assert sorted(rows) == sorted(get_args(Operation))


WATCHED = {
    "chance": "α = {}", "proofs.least_bytes": "one file of {} bytes",
    "proofs.most_factories": "held by 2 to {} factories",
    "copied.least_factories": "from {} plants on", "copied.least_questions": "pairs with {} questions",
    "copied.least_texts": "{} reasons or more", "copied.least_letters": "letters and digits, {} at least",
    "copied.text_factories": "at most {} factories use", "jumps.months": "within {} months",
    "jumps.levels_up": "more than {} level up or down", "jumps.levels_down": "more than {} level up or down",
    "jumps.answers": "{} answers or more", "jumps.answers_share": "and {} of those that were 0",
    "jumps.machines": "machines more than {}", "jumps.least_machines": "(the larger at least {})",
    "jumps.robots": "robots likewise", "jumps.least_robots": "robots likewise (at least {})",
    "assessors.least": "from {} assessments of one assessor", "assessors.least_assessors": "and {} such assessors",
    "assessors.peers": "where fewer than {} assessments", "assessors.difference": "lies {} of a level off",
    "assessors.draws": "shuffled within groups {} times", "own_products.least": "from {} plans of one diagnoser",
    "own_products.difference": "x is {} or more above", "agreement.goal": "lies below {}, a goal",
    "agreement.least_pairs": "from {} pairs of grades",
    "agreement.least_factories": "pairs of grades in {} factories",
}  # fmt: skip
"""Where section 14 of the method tells a limit of `questionnaires/watching.yaml`."""
WORDS = {0.5: "half", 1: "one", 2: "doubled or less than halved", 3: "three", 4: "four"}


def test_the_method_tells_each_limit_of_what_is_asked_about() -> None:
    page = " ".join((ROOT / "docs/method.md").read_text("utf-8").split())
    told = dict(numbers(looking_over.rules()))
    assert set(told) == set(WATCHED)
    for name, value in told.items():
        ways = [WATCHED[name].format(way) for way in (f"{value:,g}", WORDS.get(value, "") or f"{value:g}")]
        assert any(way in page for way in ways), f"docs/method.md, section 14, lacks {name}: {value:g}"
    assert told["jumps.robots"] == told["jumps.machines"]  # which is what "likewise" says


def numbers(of: BaseModel, within: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a file but its seeds, by the way to it."""
    for name in type(of).model_fields:
        value = getattr(of, name)
        if isinstance(value, BaseModel):
            yield from numbers(value, f"{within}{name}.")
        elif name != "seed" and isinstance(value, Real):
            yield within + name, float(value)


def test_no_indicator_is_without_a_page() -> None:
    page = (ROOT / "docs/reference/indicators.md").read_text("utf-8")
    assert all(f"## `{id_}`" in page for id_ in indicators.load())
