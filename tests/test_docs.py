"""The documents tell what is true: generated pages are current, nothing public is undocumented."""

import re
import runpy
from pathlib import Path
from typing import get_args

import pytest
import typer

from assessor import indicators
from assessor.cli import app
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
            known = f"assessor/{module.name}" in text or "present.py" in module.name
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


def test_no_indicator_is_without_a_page() -> None:
    page = (ROOT / "docs/reference/indicators.md").read_text("utf-8")
    assert all(f"## `{id_}`" in page for id_ in indicators.load())
