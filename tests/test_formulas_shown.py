"""What a reader of figures is given: lines follow, coefficients are named, published values stand apart."""

from fractions import Fraction
from io import StringIO
from math import prod

import pytest
from rich.console import Console

from assessor import present
from assessor.domain import Term
from assessor.frameworks import Library, load_library
from tests.test_formulas import ENERGY, GREEN, SHARES, run

F = Fraction


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_published_values_stand_beside_and_nothing_rests_on_them(library: Library) -> None:
    result = run(library, "two-integration", SHARES)["default"]
    published = result.sum.of[-1]
    assert (published.id, published.how, published.low) == ("published", "list", None)
    [control] = [term for term in published.of if term.id == "published/numerical-control-rate"]
    conflict = [term for term in control.of if term.name and "2021-12" in getattr(term.name, "en", "")]
    assert [term.low for term in conflict] == [F("0.553"), F("0.513")]
    assert all(term.note and "conflict" in term.note.en for term in conflict)


def test_every_line_follows_from_those_below_it_and_has_an_id_of_its_own(library: Library) -> None:
    for name, answers in (("green-profile", ENERGY), ("two-integration", SHARES)):
        for result in run(library, name, answers).values():
            lines = list(_walk(result.sum))
            ids = [line.id for line in lines]
            assert len(ids) == len(set(ids))
            for line in lines:
                if line.how == "same":
                    assert line.ref in ids
                elif None in (below.low for below in line.of):
                    assert line.low is None
                elif line.how == "product":
                    assert line.low == prod(below.low or 0 for below in line.of)
                elif line.how == "sum":
                    assert line.low == sum(below.low or 0 for below in line.of)


def test_every_coefficient_names_its_unit_its_set_and_its_standing(library: Library) -> None:
    for result in run(library, "green-profile", ENERGY).values():
        for line in _walk(result.sum):
            if line.how == "constant" and line.name and not line.id.startswith("published"):
                assert line.unit
                assert (line.status and line.note) or (line.low is None and line.why)


def test_a_terminal_lists_every_figure(library: Library) -> None:
    out = Console(file=StringIO(), width=160)
    present.framework(library.frameworks["green-profile"], library.questions, out, "en")
    shown = out.file.getvalue()  # type: ignore[attr-defined]
    assert all(id_ in shown for id_ in GREEN)
    assert "robots/10⁴ persons" in shown and "GB 17167-2025 has applied since 2026-02-01" in shown


def _walk(term: Term) -> list[Term]:
    return [term, *(line for below in term.of for line in _walk(below))]
