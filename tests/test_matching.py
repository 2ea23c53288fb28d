"""Who could carry it out: ranks by their reasons alone; and a demand in which the factory cannot be found."""

import io
import json
import zipfile
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain import Assessment, Choice, Outcome, Provider, Text, canonical
from assessor.forms.providers import write_demand
from assessor.matching import MOST_REFERENCES, budget_band, demand, match
from assessor.messages import LANGUAGES, render
from tests.paying import ADDRESSES, LIBRARY, PROVIDERS, plant, provider, sizes
from tests.report_example import example

pytestmark = pytest.mark.slow

LISTED = {"name": "list", "date": "2026-01-01", "source": "a page"}
ITEMS = ("light-mes", "bi-dashboards")


def done(items: tuple[str, ...] = ITEMS, **known: Any) -> Assessment:
    """The demo plant with another plant in its place, and a plan of these items."""
    held = example()
    assert held.roadmap is not None
    chosen = [id_ for id_ in items if id_ in LIBRARY.recommendations]
    choices = tuple(
        Choice(recommendation=id_, phase=1 + i % 3, cost=Fraction(90_000)) for i, id_ in enumerate(chosen)
    )
    roadmap = held.roadmap.model_copy(update={"choices": choices})
    known = {"industry": "C3484", "employees": 120, "district": "上海市松江区"} | known
    held = held.model_copy(update={"plant": plant(**known), "roadmap": roadmap})
    return held.model_copy(update={"recommendations": tuple(LIBRARY.recommendations[id_] for id_ in chosen)})


def ranked(providers: list[Provider], diagnoser: str | None = None, **known: Any) -> dict[str, int]:
    [found] = match(done(("light-mes",), **known), providers, LIBRARY.regions, diagnoser)
    return {one.provider: one.rank for one in found.providers}


# By example ----------------------------------------------------------------------------------------------


def test_criteria_count_in_their_order() -> None:
    held = [
        provider("a", industries=["34"]),
        provider("b", industries=["34"], districts=["songjiang"]),
        provider("c", industries=["34"], districts=["shanghai"], employees_from=20, employees_to=300),
        provider("d", districts=["songjiang"], employees_to=300, references=[{"industry": "34", "count": 99}]),
        provider("e", industries=["29"], lists=[{"name": f"list {i}"} for i in range(9)]),
        provider("f", capabilities=["full-mes"]),
    ]
    assert ranked(held) == {"c": 1, "b": 2, "a": 3, "d": 4, "e": 5}


def test_references_and_lists_decide_among_those_who_fit_alike_and_equal_ones_share_a_rank() -> None:
    held = [
        provider("z", references=[{"industry": "3484", "count": 2}, {"industry": "34", "count": 1}]),
        provider("y", references=[{"industry": "34", "count": 2}], lists=[LISTED]),
        provider("x", references=[{"industry": "35", "count": 9}], lists=[LISTED]),
        provider("w", lists=[LISTED]),
        provider("v"),
    ]
    assert ranked(held) == {"z": 1, "y": 2, "w": 3, "x": 3, "v": 5}


def test_what_one_counts_of_oneself_buys_no_rank_without_limit() -> None:
    """References count up to a number; a list once, and only where one can look it up."""
    many = [{"industry": "34", "count": 10**6}]
    some = [{"industry": "34", "count": MOST_REFERENCES}]
    assert ranked([provider("a", references=many), provider("b", references=some)]) == {"a": 1, "b": 1}
    again = [LISTED, LISTED | {"name": " LIST "}, LISTED | {"date": "2026-02-01"}]
    bare = [{"name": f"list {i}"} for i in range(9)] + [{"name": "half", "date": "2026-01-01"}]
    held = [provider("a", lists=again), provider("b", lists=[LISTED]), provider("c", lists=bare)]
    assert ranked([*held, provider("d")]) == {"a": 1, "b": 1, "c": 3, "d": 3}


@pytest.mark.parametrize(
    ("address", "served", "wanted"),
    [
        ("上海市松江区", ["songjiang"], Outcome.MET),
        ("上海市松江区", ["shanghai"], Outcome.MET),
        ("上海市松江区", ["minhang"], Outcome.NOT_MET),
        ("上海市松江区", [], Outcome.NOT_DETERMINED),
        ("上海市", ["songjiang"], Outcome.NOT_DETERMINED),
        ("江苏省苏州市", ["shanghai"], Outcome.NOT_MET),
        (None, ["shanghai"], Outcome.NOT_DETERMINED),
        ("某开发区", ["shanghai"], Outcome.NOT_DETERMINED),
    ],
)
def test_places_served(address: str | None, served: list[str], wanted: Outcome) -> None:
    [found] = match(done(("light-mes",), district=address), [provider("a", districts=served)], LIBRARY.regions)
    assert found.providers[0].district is wanted


def test_every_rank_carries_a_reason_for_each_criterion_in_both_languages() -> None:
    [found] = match(done(("light-mes",)), [provider("a"), provider("b", industries=["34"])], LIBRARY.regions)
    for one in found.providers:
        assert [m.id.split(".")[1].split("_")[0] for m in one.reasons] == [
            "industry", "district", "size", "references", "lists",
        ]  # fmt: skip
        assert all(render(m, language) for m in one.reasons for language in LANGUAGES)


def test_no_field_of_a_provider_could_buy_a_rank() -> None:
    assert set(Provider.model_fields) == {
        "id", "name", "credit_code", "capabilities", "industries", "districts", "employees_from", "employees_to",
        "references", "lists", "affiliated", "contact",
    }  # fmt: skip
    for field in ("rank", "paid", "priority", "sponsored", "weight"):
        with pytest.raises(ValidationError):
            provider("a", **{field: 1})


CODE = "91310000000000000X"


def marks(providers: list[Provider], diagnoser: str) -> dict[str, str | None]:
    [found] = match(done(("light-mes",)), providers, LIBRARY.regions, diagnoser)
    return {one.provider: one.affiliation.id if one.affiliation else None for one in found.providers}


def test_the_diagnoser_and_firms_of_one_hand_with_it_are_marked_whichever_says_so() -> None:
    held = [
        provider("self", credit_code=CODE, affiliated=["sister"]),
        provider("sister"),
        provider("daughter", affiliated=[CODE]),
        provider("cousin", affiliated=["daughter"]),
        provider("stranger", affiliated=["somebody"]),
    ]
    wanted = {"self": "match.own", "stranger": None}
    wanted |= dict.fromkeys(("sister", "daughter", "cousin"), "match.affiliated")
    assert marks(held, CODE) == wanted
    assert marks(held, CODE.lower() + " ") == wanted
    assert marks(held, "self") == wanted
    assert set(marks(held, "nobody").values()) == {None}


# Laws ----------------------------------------------------------------------------------------------------


@given(PROVIDERS, st.randoms(use_true_random=False), st.sampled_from(ADDRESSES))
def test_the_order_of_the_file_changes_nothing(providers: list[Provider], random: Any, address: str) -> None:
    shuffled = list(providers)
    random.shuffle(shuffled)
    held = done(("light-mes",), district=address)
    assert match(held, providers, LIBRARY.regions, "x") == match(held, shuffled, LIBRARY.regions, "x")


@given(PROVIDERS, st.sampled_from([None, "x", "p-0", "p-1"]))
def test_who_diagnosed_changes_no_rank_and_hides_nobody(providers: list[Provider], diagnoser: str | None) -> None:
    free = [p.model_copy(update={"affiliated": ()}) for p in providers]
    assert ranked(providers, diagnoser) == ranked(free) and len(ranked(providers)) == len(providers)


@given(PROVIDERS)
def test_a_rank_is_one_more_than_those_who_are_better(providers: list[Provider]) -> None:
    ranks = sorted(ranked(providers).values())
    assert all(rank == 1 + sum(other < rank for other in ranks) for rank in ranks)


@given(PROVIDERS, st.integers(0, 7))
def test_a_reference_more_never_lowers_a_rank(providers: list[Provider], at: int) -> None:
    if at >= len(providers):
        return
    better = providers[at].model_copy(update={"references": provider("q", references=[
        {"industry": "34", "count": 10}]).references + providers[at].references})  # fmt: skip
    after = ranked([better if i == at else p for i, p in enumerate(providers)])
    assert after[better.id] <= ranked(providers)[better.id]


# Demand --------------------------------------------------------------------------------------------------


def test_a_demand_says_what_is_wanted_and_no_more_of_the_factory_than_its_kind() -> None:
    made = demand(done(), LIBRARY.regions, sizes(), "2027-01-31")
    assert (made.industry, made.size, made.offers_by) == ("34", "small", "2027-01-31")
    assert made.region is not None and made.district is not None
    assert (made.region.zh, made.district.zh) == ("上海", "松江区")
    assert [w.recommendation for w in made.wanted] == [i for i in ITEMS if i in LIBRARY.recommendations]
    assert (made.wanted[0].budget_from, made.wanted[0].budget_to) == (50_000, 100_000)
    nothing = demand(done(industry=None, employees=None, district=None), LIBRARY.regions, sizes())
    assert (nothing.industry, nothing.region, nothing.district, nothing.size) == (None, None, None, None)


@pytest.mark.parametrize(
    ("cost", "band"),
    [(0, (0, 50_000)), (49_999, (0, 50_000)), (50_000, (50_000, 100_000)), (5_000_000, (5_000_000, None))],
)
def test_bands_of_budgets(cost: int, band: tuple[int, int | None]) -> None:
    assert budget_band(Fraction(cost)) == band


def everything(workbook: bytes) -> str:
    """Every member of a workbook, as text."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def told(document: Any) -> set[str]:
    """Every text in a document that is long enough to name anything."""
    if isinstance(document, str):
        return {document} if len(document) >= 4 else set()
    parts = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return {text for part in parts for text in told(part)}


MARKS = st.text("QXZJKVW", min_size=6, max_size=12)


@settings(max_examples=40)
@given(
    st.lists(MARKS, min_size=6, max_size=6, unique=True),
    st.sampled_from(ADDRESSES),
    st.sampled_from(["C3484", "C2929", "3512"]),
    st.integers(1, 5000),
)
def test_nothing_that_the_plant_wrote_stands_in_its_demand(
    words: list[str], address: str, industry: str, employees: int
) -> None:
    name, code, street, machine, person, reply = words
    held = done(
        name=Text(zh=f"{name}机械厂", en=f"{name} Works"),
        id=f"plant-{name.lower()}",
        credit_code=(code * 18)[:18],
        district=f"{address}{street}路 8 号",
        industry=industry,
        employees=employees,
    )
    asset = held.assets[0].model_copy(update={"name": Text(zh=machine, en=machine)})
    answer = held.answers.answers[0].model_copy(update={"by": person, "reason": reply})
    answers = held.answers.model_copy(update={"answers": (answer,)})
    held = held.model_copy(update={"assets": (asset,), "answers": answers})
    made = demand(held, LIBRARY.regions, sizes())
    files = (canonical(made).decode(), everything(write_demand(made)))
    own = held.plant.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    hidden = {*told(own), *words, held.plant.id, (code * 18)[:18], industry, f"plant-{name.lower()}"}
    for file in files:
        found = {text for text in hidden if text in file}
        assert not found


def test_no_text_of_the_demo_assessment_but_the_products_own_stands_in_its_demand() -> None:
    held = example()
    made = demand(held, LIBRARY.regions, sizes())
    parts = ("plant", "assets", "key_processes", "answers", "register", "source", "records", "contacts")
    document = json.loads(canonical(held))
    theirs = set().union(*(told(document[part]) for part in parts))
    unknown = demand(held.model_copy(update={"plant": plant(kind=held.plant.kind)}), {}, None)
    ours = canonical(unknown).decode() + everything(write_demand(unknown))
    for file in (canonical(made).decode(), everything(write_demand(made))):
        assert {text for text in theirs if text in file and text not in ours} == set()
