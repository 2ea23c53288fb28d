"""The handbook: its pictures are those that the running system makes, and what it names is called so."""

import re
from pathlib import Path

import pytest

from assessor.messages import render
from tests.web.handbook import FOLDER, LARGEST, PAGES, pictures

NAMED = ("tab.people", "tab.files", "tab.leaves", "plan.keep", "plants.new", "door.demo", "leaves.export",
         "leaves.erase", "account.erase", "nav.account", "pill.saved", "plan.reckon", "way.go")  # fmt: skip
"""What the handbook tells people to look for."""


def shown(page: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", (FOLDER / page).read_text("utf-8"))


@pytest.mark.parametrize("language", PAGES)
def test_every_picture_is_there_and_small(language: str) -> None:
    names = shown(PAGES[language])  # type: ignore[index]
    assert 6 <= len(names) <= 9
    for name in names:
        data = (FOLDER / name).read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < LARGEST


def test_no_picture_lies_about_unused() -> None:
    named = {name for page in PAGES.values() for name in shown(page)}
    assert {path.name for path in FOLDER.glob("*.png")} == named


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("language", PAGES)
def test_what_it_says_to_look_for_is_called_so(language: str, name: str) -> None:
    text = " ".join((FOLDER / PAGES[language]).read_text("utf-8").split())  # type: ignore[index]
    assert render(f"web.{name}", language) in text  # type: ignore[arg-type]


@pytest.mark.browser
@pytest.mark.slow
def test_the_pictures_it_shows_are_those_that_are_made(tmp_path: Path) -> None:
    """Run it again and the same pictures come, by name; their signs and colours are for people to compare."""
    made = pictures(tmp_path)
    assert {path.name for path in made} == {name for page in PAGES.values() for name in shown(page)}
    assert all(path.stat().st_size < LARGEST for path in made)
