"""The laws of gates, on small random files."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Gates, Need, Question
from assessor.rating import Known, Value, needs
from assessor.rating.gates import results, standing
from tests.small import DEGREES, F, text
from tests.test_gates import line, tree

NAMES = ("a", "b", "c", "d", "e")
BANK: dict[str, Question] = {
    name: Question(id=name, kind=kind, text=text(), knows="it", unit=text() if kind == "count" else None)
    for name, kind in zip((*NAMES, "whole", "part"), ("degree",) * 4 + ("yes-no", "count", "count"), strict=True)
}  # type: ignore[misc]


@st.composite
def some_need(draw: st.DrawFn, deep: int = 1, *, most: bool = False) -> Need:
    kind = draw(st.sampled_from(["question", "question", "all", "any"] if deep else ["question"]))
    if kind == "question":
        bound = "at_most" if most and draw(st.booleans()) else "at_least"
        return Need.model_validate(
            {"question": draw(st.sampled_from(NAMES)), bound: draw(st.sampled_from(DEGREES[1:]))}
        )
    parts = draw(st.lists(some_need(deep - 1, most=most), min_size=1, max_size=2))
    return Need.model_validate({kind: parts})


@st.composite
def some_gate(draw: st.DrawFn, number: int, *, most: bool) -> dict[str, object]:
    base = {"id": f"g{number}", "name": text(), "status": "own"}
    kind = draw(st.sampled_from(["need", "need", "links", "level", "share", "unseen"]))
    if kind == "links":
        return base | {"links": draw(st.sampled_from([["x"], ["x", "y"]]))}
    if kind == "level":
        return base | {"frameworks": ["other", "another"], "level": draw(st.integers(1, 3))}
    if kind == "share":
        return base | {"ai_share": draw(st.fractions(F(1, 10), 1, max_denominator=10))}
    return base | {"need": draw(some_need(most=most)), "unseen": kind == "unseen"}


@st.composite
def files(draw: st.DrawFn, *, most: bool = False) -> Gates:
    """A file of one to three tiers, of every form of gate."""
    count = draw(st.integers(1, 3))
    tiers = []
    for number in range(1, count + 1):
        gates = [draw(some_gate(i, most=most)) for i in range(draw(st.integers(1, 2)))]
        tiers.append({"number": number + 1, "name": text(), "text": text(), "status": "own", "gates": gates})
    links = []
    for id_ in ("x", "y"):
        builds = []
        for tier in tiers:
            needs_ = draw(st.lists(some_need(most=most), min_size=1, max_size=2))
            items = [{"id": f"i{i}", "name": text(), "status": "own", "need": n} for i, n in enumerate(needs_)]
            builds.append({"tier": tier["number"], "text": text(), "status": "own", "items": items})
        links.append({"id": id_, "name": text(), "builds": builds})
    words = dict.fromkeys(("title", "source", "wording", "disclaimer", "loses"), text())
    return Gates.model_validate(
        words
        | {"format": "assessor-framework/1", "id": "small", "version": "1", "date": "2026-11-26", "law": "gates"}
        | {"status": "own", "below": {"number": 0, "name": text()}, "links": links, "tiers": tiers}
        | {"covered_at": {"value": draw(st.sampled_from([F(1, 2), F(1)])), "status": "own", "why": text()}}
        | {"scene_counts": {"whole": "whole", "part": "part"}}
    )


Told = dict[str, Fraction | str]
"""An answer, 'open' or 'absent' for each question; 'level' may be open too."""


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    def one(values: st.SearchStrategy[Fraction]) -> Fraction | str:
        return draw(st.one_of(values, values, st.sampled_from(["open", "absent"])))

    degree, yes = st.sampled_from(DEGREES), st.sampled_from([F(0), F(1)])
    told: Told = {name: one(yes if BANK[name].kind == "yes-no" else degree) for name in NAMES}
    whole = draw(st.integers(0, 5))
    told |= {"whole": one(st.just(F(whole))), "part": one(st.integers(0, whole).map(F))}
    return told | {"level": draw(st.one_of(st.integers(0, 4).map(F), st.just("open")))}


def known_of(told: Told) -> Known:
    found = {}
    for name, question in BANK.items():
        value = told[name]
        if isinstance(value, Fraction):
            found[name] = Value(value, value, "answer")
        else:
            bottom = None if question.top is None else F(0)
            found[name] = Value(bottom, question.top, "unknown", applies=value != "absent")
    level = told["level"]
    levels = {"another": (int(level), int(level)) if isinstance(level, Fraction) else (0, 5)}
    return Known("declared", found, "discrete", levels)


def level_of(framework: Gates, told: Told) -> tuple[int, int]:
    [result] = results(framework, BANK, known_of(told))
    assert result.level is not None and result.level_high is not None
    return result.level, result.level_high


def better(told: Told, name: str, draw: st.DataObject) -> Told:
    """One answer raised, or an unknown one given."""
    value = told[name]
    least = value if isinstance(value, Fraction) else F(0)
    if name == "level":
        return told | {name: least + draw.draw(st.integers(0, 2))}
    if name == "part":
        whole = told["whole"]
        most = int(whole) if isinstance(whole, Fraction) else int(least) + 2
        return told | {name: F(draw.draw(st.integers(int(least), max(most, int(least)))))}
    scale = BANK[name].scale
    assert scale is not None
    return told | {name: draw.draw(st.sampled_from([v for v in scale if v >= least]))}


@given(files(), tellings(), st.data())
def test_better_evidence_never_lowers(framework: Gates, told: Told, data: st.DataObject) -> None:
    movable = [name for name in (*NAMES, "part", "level") if told[name] != "absent"]
    name = data.draw(st.sampled_from(movable))
    assert level_of(framework, better(told, name, data))[0] >= level_of(framework, told)[0]


@given(files(most=True), tellings(), st.data())
def test_whatever_the_unknown_is_lies_between(framework: Gates, told: Told, data: st.DataObject) -> None:
    low, high = level_of(framework, told)
    settled = dict(told)
    for name in (*NAMES, "whole", "part", "level"):
        if told[name] == "open":
            scale = (BANK[name].scale if name in BANK else None) or tuple(F(n) for n in range(6))
            settled[name] = data.draw(st.sampled_from(scale))
    after, until = level_of(framework, settled)
    assert 0 <= low <= after <= until <= high


@given(files(most=True), tellings(), st.randoms(use_true_random=False))
def test_order_changes_nothing(framework: Gates, told: Told, random: object) -> None:
    def mixed(items: Sequence[object]) -> tuple[object, ...]:
        found = list(items)
        random.shuffle(found)  # type: ignore[attr-defined]
        return tuple(found)

    tiers = tuple(t.model_copy(update={"gates": mixed(t.gates)}) for t in framework.tiers)
    links = mixed(
        [
            link.model_copy(
                update={"builds": mixed([b.model_copy(update={"items": mixed(b.items)}) for b in link.builds])}
            )
            for link in framework.links
        ]
    )
    other = framework.model_copy(update={"tiers": tiers, "links": links})
    assert level_of(framework, told) == level_of(other, told)


def without(need: Need | None, name: str) -> Need | None:
    """A need that never speaks of a question."""
    if need is None or need.question == name:
        return None
    if need.question is not None:
        return need
    key = "all" if need.all else "any"
    parts = [part for n in getattr(need, key) if (part := without(n, name)) is not None]
    return Need.model_validate({key: parts}) if parts else None


@given(files(most=True), tellings(), st.sampled_from(NAMES))
def test_not_applicable_equals_absent(framework: Gates, told: Told, name: str) -> None:
    """A file that never asks: what nothing is left of is gone, and a gate without its text is unseen."""
    links = []
    for link in framework.links:
        builds = []
        for build in link.builds:
            items = [(i, without(i.need, name)) for i in build.items]
            kept = tuple(i.model_copy(update={"need": n}) for i, n in items if n is not None)
            builds += [build.model_copy(update={"items": kept})] if kept else []
        links.append(link.model_copy(update={"builds": tuple(builds)}))
    there = {(link.id, b.tier) for link in links for b in link.builds}
    tiers = []
    for tier in framework.tiers:
        gates = []
        for gate in tier.gates:
            need, left = without(gate.need, name), tuple(id_ for id_ in gate.links if (id_, tier.number) in there)
            gone = (gate.need and not need) or (gate.links and not left)
            change = {"need": need, "links": left} | ({"unseen": True} if gone else {})
            gates.append(gate.model_copy(update=change))
        tiers.append(tier.model_copy(update={"gates": tuple(gates)}))
    other = framework.model_copy(update={"links": tuple(links), "tiers": tuple(tiers)})
    absent = told | {name: "absent"}
    assert level_of(framework, absent) == level_of(other, absent)


@given(files(most=True), tellings())
def test_low_never_lies_above_high_and_the_level_follows_from_the_gates(framework: Gates, told: Told) -> None:
    [result] = results(framework, BANK, known_of(told))
    for term in tree(result.sum):
        assert term.low is None or term.high is None or term.low <= term.high
    held = [
        all(standing(gate) == "holds" for gate in line(result, f"tier/{t.number}").of) for t in framework.tiers
    ]
    reached = next((i for i, holds in enumerate(held) if not holds), len(held))
    assert result.level == ([0] + [t.number for t in framework.tiers])[reached]
    assert 0 <= result.coverage <= 1


@given(some_need(most=True), tellings())
def test_a_need_opened_says_what_the_need_says(need: Need, told: Told) -> None:
    known = known_of(told)
    term, held = needs.opened("n", need, BANK, known), known.holds(need)
    assert (term is None) == (held is None)
    if term is not None and held is not None:
        assert (term.low == 1, term.high == 1) == held
