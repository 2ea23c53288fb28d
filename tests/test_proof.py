"""Every shipped framework is proven; and what proves them finds what is wrong, in laws that it never saw."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest
from ruamel.yaml import YAML

from assessor import rating
from assessor.domain import (
    Fact,
    Framework,
    Grade,
    Head,
    Need,
    Question,
    Result,
    Status,
    Term,
    Text,
    Unmapped,
)
from assessor.frameworks import load_library
from assessor.frameworks.checks import check, wording
from assessor.frameworks.facts import STANDINGS, facts
from assessor.frameworks.proof import reach
from assessor.rating import Known, needs, terms
from tests.small import framework, text

F = Fraction
ROOT = Path(__file__).parent.parent
LIBRARY = load_library()


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(LIBRARY.frameworks))
def test_a_shipped_framework_is_proven(id_: str) -> None:
    """Ids, grades, both languages, and for every level under every variant answers that give it."""
    checked = check(LIBRARY.frameworks[id_], LIBRARY)
    assert checked.faults == ()
    assert bool(checked.reaches) == bool(LIBRARY.frameworks[id_].grades)
    assert checked.asks == len(set(LIBRARY.frameworks[id_].asks)) and 0 < checked.covered <= 1


def test_the_bank_and_the_recommendations_are_in_both_languages() -> None:
    for item in (*LIBRARY.questions.values(), *LIBRARY.recommendations.values()):
        assert wording(item) == ()


# Levels out of reach


def bank(*questions: Question) -> dict[str, Question]:
    return {question.id: question for question in questions}


def question(id_: str, kind: str, **more: Any) -> Question:
    return Question.model_validate({"id": id_, "kind": kind, "text": text("甲"), "knows": "owner"} | more)


def test_a_level_that_no_answers_give_is_named() -> None:
    of = framework({"a": [1, 1, 1, 1, 1]})
    high = [level.model_copy(update={"from_": F(6)}) if level.number == 4 else level for level in of.levels]
    asked = bank(*(question(q, "degree") for q in of.asks))
    assert {(r.plant, r.missed) for r in reach(of, {}, asked)} == {("discrete", ()), ("process", ())}
    missed = {r.missed for r in reach(of.model_copy(update={"levels": tuple(high)}), {}, asked)}
    assert missed == {(4,)}


class Tiers(Head):
    """A law that the product does not have: conditions tier by tier, and a level of another framework."""

    law: Literal["tiers"]
    tiers: tuple[Need, ...]
    rests_on: str

    @property
    def asks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for need in self.tiers for name in need.names()))

    @property
    def grades(self) -> tuple[Grade, ...]:
        return tuple(Grade(number=n, name=text(str(n))) for n in range(len(self.tiers) + 1))


def tiers(of: Tiers, statements: Mapping[str, Question], known: Known) -> tuple[Result, ...]:
    held = []
    low, high = map(F, known.levels[of.rests_on])
    for n, need in enumerate(of.tiers, 1):
        level = Term(id=f"{n}/level", how="answer", low=low, high=high)
        opened = needs.opened(f"{n}/need", need, statements, known)
        below = terms.reaches(f"{n}/below", level, F(n))
        held.append(terms.least(f"{n}", [*([opened] if opened else []), below], name=text(f"tier {n}")))
    ran = terms.run("t", held)
    numbers = {"level": int(ran.low or 0), "level_high": int(ran.high or 0)}
    return (Result(column=known.column, variant="default", status=Status.OWN, coverage=F(1), sum=ran, **numbers),)


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """A framework by the unknown law, resting on a small ladder."""
    monkeypatch.setitem(rating.RATERS, "tiers", tiers)  # type: ignore[arg-type]
    below = framework({"a": [1, 1, 1, 1, 1]})
    asked = bank(
        *(question(q, "degree") for q in below.asks),
        question("staff", "count", unit=text("人")),
        question("defects", "share", step=F(1, 10)),
        question("paper", "yes-no"),
    )

    def made(*needs: Need) -> tuple[Tiers, dict[str, Framework], dict[str, Question]]:
        shared = {
            name: getattr(below, name) for name in Head.model_fields if name not in ("id", "law", "unmapped")
        }
        of = Tiers(id="gated", law="tiers", tiers=needs, rests_on="small", **shared)
        return of, {"small": below, "gated": of}, asked  # type: ignore[dict-item]

    yield made


def test_levels_are_reached_in_a_law_with_figures_upper_bounds_and_levels_of_others(
    gated: Callable[..., Any],
) -> None:
    few_defects = Need(question="defects", at_most=F(1, 50))
    of, held, asked = gated(
        Need(question="staff", at_least=F(37)),
        Need(all=(few_defects, Need(question="paper", at_least=F(1)))),
        Need(question="staff", at_least=F(4100)),
    )
    assert {(r.reached, r.missed) for r in reach(of, held, asked)} == {((0, 1, 2, 3), ())}


def test_conditions_that_exclude_one_another_are_found(gated: Callable[..., Any]) -> None:
    of, held, asked = gated(
        Need(question="staff", at_least=F(37)),
        Need(question="staff", at_most=F(36)),
    )
    found = reach(of, held, asked)
    assert {r.missed for r in found} == {(2,)}
    assert {tuple(name.en for name in r.lacking) for r in found} == {("tier 2",)}, "the best answers stop there"


# Facts


def statuses(data: Any) -> int:
    """Keys of a document that say how a fact stands, counted without any noun."""
    if isinstance(data, dict):
        here = sum(name.endswith("status") and isinstance(value, str) for name, value in data.items())
        return here + sum(map(statuses, data.values()))
    return sum(map(statuses, data)) if isinstance(data, list) else 0


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(LIBRARY.frameworks))
def test_every_status_of_a_file_is_a_line_of_the_facts_and_every_unmapped_part_too(id_: str) -> None:
    file = ROOT / f"questionnaires/frameworks/{id_}.yaml"
    data = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    stated = facts(LIBRARY.frameworks[id_])
    unmapped = [fact for fact in stated if fact.standing == "unmapped"]
    assert len(unmapped) == len(data.get("unmapped", []))
    assert len(stated) == statuses(data) + len(unmapped)
    order = [STANDINGS.index(fact.standing) for fact in stated]
    assert order == sorted(order)
    for fact in stated:
        assert fact.value.zh.strip() and fact.value.en.strip(), fact.place


class Step(Fact):
    name: Text
    points: int


class Deep(Head):
    law: Literal["deep"]
    rows: dict[str, tuple[Step, ...]]


def test_facts_of_a_law_never_seen_carry_their_own_source_or_none() -> None:
    base = framework({"a": [1]})
    shared = {n: getattr(base, n) for n in Head.model_fields if n not in ("law", "sources", "unmapped")}
    steps = (
        Step(name=text("first"), points=3, status=Status.OFFICIAL, source="annex"),
        Step(name=text("second"), points=5, status=Status.UNVERIFIED, note=text("read twice")),
    )
    of = Deep(
        law="deep",
        rows={"x": steps},
        sources={"annex": text("Annex B")},
        unmapped=(Unmapped(name=text("lean"), why=text("not known"), part="s4"),),
        **shared,
    )
    found = {f.place: (f.value.en, str(f.standing), f.source and f.source.en) for f in facts(of)}  # type: ignore[arg-type]
    assert found == {
        "rows/x/2": ("second; points: 5", "unverified", None),
        "unmapped/s4": ("lean", "unmapped", None),
        "small": ("x", "own", None),
        "rows/x/1": ("first; points: 3", "official", "Annex B"),
    }
