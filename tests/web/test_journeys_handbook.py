"""The handbooks: their pictures are those that the running system makes, and what they name is called so."""

import re
from pathlib import Path

import pytest

from assessor.messages import Language, render
from tests.web.handbook import FOLDER, LARGEST, PAGES, pictures

NAMED = {
    "factories": ("tab.people", "tab.files", "tab.leaves", "plan.keep", "plants.new", "door.demo", "leaves.export",
                  "leaves.erase", "account.erase", "nav.account", "pill.saved", "plan.reckon", "way.go"),
    "consultants": ("tab.site", "tab.people", "prepare.pack_go", "prepare.scope_go", "run.draw", "run.stop",
                    "site.carry", "site.carry_out"),
}  # fmt: skip
"""What a handbook tells people to look for."""
ALL = [(book, language) for book, pages in PAGES.items() for language in pages]


def shown(page: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", (FOLDER / page).read_text("utf-8"))


def all_shown() -> set[str]:
    return {name for pages in PAGES.values() for page in pages.values() for name in shown(page)}


@pytest.mark.parametrize(("book", "language"), ALL)
def test_every_picture_is_there_and_small(book: str, language: Language) -> None:
    names = shown(PAGES[book][language])
    assert 6 <= len(names) <= 9
    for name in names:
        data = (FOLDER / name).read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < LARGEST


def test_no_picture_lies_about_unused() -> None:
    assert {path.name for path in FOLDER.glob("*.png")} == all_shown()


@pytest.mark.parametrize(("book", "language"), ALL)
def test_what_it_says_to_look_for_is_called_so(book: str, language: Language) -> None:
    text = " ".join((FOLDER / PAGES[book][language]).read_text("utf-8").split())
    assert [name for name in NAMED[book] if render(f"web.{name}", language) not in text] == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_pictures_it_shows_are_those_that_are_made(tmp_path: Path) -> None:
    """Run it again and the same pictures come, by name; their signs and colours are for people to compare."""
    made = pictures(tmp_path)
    assert {path.name for path in made} == all_shown()
    assert all(path.stat().st_size < LARGEST for path in made)
