"""The handbooks: their pictures are those that the running system makes, and what they name is called so."""

import os
import re
from pathlib import Path

import pytest

from assessor.messages import LANGUAGES, Language, render
from tests.web.handbook import FOLDER, LARGEST, PAGES, pictures

NAMED = {
    "factories": ("web.tab.people", "web.tab.files", "web.tab.leaves", "web.plan.keep", "web.plants.new",
                  "web.door.demo", "web.leaves.export", "web.leaves.erase", "web.account.erase",
                  "web.nav.account", "web.pill.saved", "web.plan.reckon", "web.way.go"),
    "consultants": ("web.tab.site", "web.tab.people", "web.prepare.pack_go", "web.prepare.scope_go",
                    "web.run.draw", "web.run.stop", "web.site.carry", "web.site.carry_out"),
    "officers": ("web.nav.account", "way.tab.people", "web.role.officer", "web.role.auditor",
                 "way.overview.let_in", "way.tab.programmes", "way.rules.download", "way.decide.grant",
                 "way.decide.return", "way.decide.refuse", "way.decide.revoke", "way.check.anew",
                 "way.flow.longest", "way.log.follow", "way.log.export", "way.tab.picture", "way.tab.targets",
                 "way.tab.quality", "way.tab.editions", "way.tab.handover", "way.generic.text",
                 "logbook.does_not_hold", "web.nav.plants"),
    "auditors": ("way.tab.people", "web.purpose.audit", "web.purpose.raw", "way.tab.log", "way.log.follow",
                 "way.log.export", "way.check.anew", "way.tab.quality", "logbook.not_signed",
                 "way.again.other"),
}  # fmt: skip
"""What a handbook tells people to look for."""
PICTURES = {"auditors": range(3, 10)}
"""How many a handbook shows, where that is not as many as others: half of an auditor's day is at a terminal."""
ALL = [(book, language) for book, pages in PAGES.items() for language in pages]


def shown(page: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", (FOLDER / page).read_text("utf-8"))


def all_shown() -> set[str]:
    return {name for pages in PAGES.values() for page in pages.values() for name in shown(page)}


@pytest.mark.parametrize(("book", "language"), ALL)
def test_every_picture_is_there_and_small(book: str, language: Language) -> None:
    names = shown(PAGES[book][language])
    assert len(names) in PICTURES.get(book, range(6, 10))
    for name in names:
        data = (FOLDER / name).read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < LARGEST


def test_no_picture_lies_about_unused() -> None:
    assert {path.name for path in FOLDER.glob("*.png")} == all_shown()


@pytest.mark.parametrize(("book", "language"), ALL)
def test_what_it_says_to_look_for_is_called_so(book: str, language: Language) -> None:
    text = " ".join((FOLDER / PAGES[book][language]).read_text("utf-8").split())
    said = {name: render(name, language) for name in NAMED[book]}
    assert [name for name, words in said.items() if words.rstrip("。.") not in text] == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_pictures_it_shows_are_those_that_are_made(tmp_path: Path) -> None:
    """Run it again and the same pictures come, by name; their signs and colours are for people to compare. The way
    is the same in English, which is left to the soak."""
    languages = LANGUAGES if os.environ.get("SOAK") else LANGUAGES[:1]
    made = pictures(tmp_path, languages)
    assert {path.name for path in made} == {name for name in all_shown() if name.split(".")[1] in languages}
    assert all(path.stat().st_size < LARGEST for path in made)
