"""Targets of plans: what is shipped, what is refused, and where each stands by what was measured."""

from fractions import Fraction as F
from pathlib import Path

import pytest

from assessor.domain import Definition, Target, TargetSet, Text
from assessor.errors import InputError
from assessor.frameworks import load_library
from assessor.frameworks.targets import load_targets
from assessor.portfolio.city import city
from assessor.portfolio.extract import Extract, Reach, Seen
from assessor.portfolio.targets import progress
from assessor.portfolio.transformed import Transformed, outcome_of
from tests.test_withheld import base

LIBRARY = load_library()
T = Text(zh="x", en="x")


def a_target(**more: object) -> dict[str, object]:
    held = {"id": "t", "text": T, "by": 2027, "measure": "robots", "bound": "at_least", "value": 100}
    return {**held, "source": T, "status": "own", **more}


def a_set(*targets: dict[str, object], **more: object) -> TargetSet:
    told = {"format": "assessor-targets/1", "id": "s", "title": T, "first": 2024, "last": 2027}
    return TargetSet.model_validate({**told, "source": T, "status": "own", "targets": targets, **more})


def seen(low: int, high: int, n: int) -> Extract:
    machines = {"numerical_control": Seen(low=F(low), high=F(high), of=10)}
    reach = {"miit-sme-2024": Reach(declared=low % 4, verified=low % 4, verified_high=high % 4)}
    return base(n).model_copy(update={"machines": machines, "heard": True, "levels": reach})


def test_the_shipped_plans_carry_source_and_mark_and_guess_nothing() -> None:
    held = load_targets(LIBRARY)
    assert {one.id: one.last for one in held.values()} == {"shanghai-2023-2025": 2025, "shanghai-2027": 2027}
    both = [t for plan in held.values() for t in plan.targets if t.measure == "transformed"]
    assert len(both) == 2 and all(t.above_scale for t in both)  # 规上, in the words of the plans
    for plan in held.values():
        assert plan.transformed is None  # nothing that was read defines it
        for target in plan.targets:
            assert target.source.zh and target.status.value in ("official", "secondary", "unverified")
    numbers = {t.id: t.value for t in held["shanghai-2027"].targets}
    assert numbers == {"numerical-control": F("0.77"), "design-tools": F("0.95"), "renovated-all": F(1)}
    assert {t.id: t.value for t in held["shanghai-2023-2025"].targets}["robot-density"] == 360


@pytest.mark.parametrize(
    ("low", "high", "standing"),
    [(8, 9, "reached"), (7, 7, "not_reached"), (7, 9, "not_known"), (0, 3, "not_reached")],
)
def test_what_one_end_reaches_and_the_other_not_is_not_known(low: int, high: int, standing: str) -> None:
    shown = city([seen(low, high, n) for n in range(6)])
    assert shown is not None
    plan = a_set(a_target(measure="numerical_control", bound="above", value="0.77"))
    (found,) = progress(plan, shown)
    assert (found.standing, found.low, found.high, found.plants) == (standing, F(low, 10), F(high, 10), 6)


def test_what_is_not_measured_not_told_or_not_defined_is_said_to_be_so() -> None:
    shown = city([base(n) for n in range(6)])
    assert shown is not None
    unmeasured = a_target(id="u", measure=None, why=T)
    plan = a_set(
        a_target(), unmeasured, a_target(id="c", measure="carbon"), a_target(id="d", measure="transformed")
    )
    found = {one.target: one.standing for one in progress(plan, shown)}
    assert found == {"t": "reached", "u": "not_measured", "c": "not_known", "d": "not_defined"}


BY = Definition.model_validate(
    {"text": T, "source": T, "status": "own", "all": [
        {"measure": "numerical_control", "at_least": "0.5"}, {"framework": "miit-sme-2024", "level": 2}]}
)  # fmt: skip
WANTED = a_target(measure="transformed", bound="at_least", value="0.5")
YES, NO, UNKNOWN = (
    [seen(6, 6, n) for n in range(40)],
    [seen(2, 2, n) for n in range(40)],
    list(map(base, range(40))),
)


def below(plants: list[Extract]) -> list[Extract]:
    return [one.model_copy(update={"above_scale": False}) for one in plants]


def counted(plants: list[Extract], plan: TargetSet) -> tuple[Transformed, ...]:
    shown = city(plants, plans=[plan])
    assert shown is not None
    (found,) = shown.transformed
    assert found.by == plan.transformed
    return found.groups


def test_transformed_is_what_a_plan_says_it_is_and_unknown_while_a_difference_is_open() -> None:
    assert [outcome_of(one, BY) for one in (YES[0], NO[0], UNKNOWN[0])] == ["yes", "no", "unknown"]
    assert outcome_of(YES[0].model_copy(update={"open": 1}), BY) == "unknown"
    plan = a_set(WANTED, transformed=BY)
    held = [*YES[:7], *NO[:5], *UNKNOWN[:5]]
    assert counted(held, plan)[0] == Transformed(scale="all", plants=17, yes=7, no=5, unknown=5)
    shown = city(held, plans=[plan])
    assert shown is not None
    (found,) = progress(plan, shown)
    assert (found.low, found.high, found.plants, found.standing) == (F(7, 17), F(12, 17), 17, "not_known")


def test_plants_above_scale_stand_apart_and_a_target_may_be_theirs_alone() -> None:
    plan = a_set(WANTED, WANTED | {"id": "above", "above_scale": True}, transformed=BY)
    held = [*YES[:12], *NO[:6], *below(NO[:20]), *below(YES[:5]), *below(UNKNOWN[:7])]
    held[-1] = held[-1].model_copy(update={"above_scale": None})  # is not among them
    whole, above, others = counted(held, plan)
    assert whole == Transformed(scale="all", plants=50, yes=17, no=26, unknown=7)
    assert above == Transformed(scale="above", plants=18, yes=12, no=6, unknown=0)
    assert others == Transformed(scale="others", plants=32, yes=5, no=20, unknown=7)
    shown = city(held, plans=[plan])
    assert shown is not None
    all_, theirs = progress(plan, shown)
    assert (all_.low, all_.standing) == (F(17, 50), "not_reached")
    assert (theirs.low, theirs.high, theirs.plants, theirs.standing) == (F(2, 3), F(2, 3), 18, "reached")


def test_counts_of_transformed_are_withheld_by_the_rules_of_all_counts() -> None:
    plan = a_set(WANTED | {"above_scale": True}, transformed=BY)
    whole, above, others = counted([*YES[:20], *NO[:3], *below(YES[:20]), *below(NO[:20])], plan)
    assert (whole.yes, whole.no, whole.unknown) == (40, 23, 0)  # three of them above scale: must not follow
    assert above.no is None and others.no is None and above.yes is None and above.plants == 23
    whole, above, _ = counted([*YES[:3], *below(YES[:20]), *below(NO[:20])], plan)
    assert whole.plants == 43 and above == Transformed(scale="above", plants=None, yes=None, no=None, unknown=None)
    shown = city([*YES[:3], *below(YES[:20]), *below(NO[:20])], plans=[plan])
    assert shown is not None
    assert progress(plan, shown)[0].standing == "not_known"


def test_how_many_are_above_scale_is_not_told_where_their_size_would_tell_the_rest() -> None:
    """All large plants are above scale, and how many are large is told: three more must not follow."""
    plan = a_set(WANTED, transformed=BY)
    large = [one.model_copy(update={"size": "large"}) for one in YES[:20]]
    _, above, others = counted([*large, *YES[:3], *below(YES[:30])], plan)
    assert above.plants is None and others.plants is None
    _, above, others = counted([*large, *YES[:5], *below(YES[:30])], plan)
    assert (above.plants, others.plants) == (25, 30)


def test_a_plan_without_a_definition_has_no_counts_and_takes_nothing_from_the_picture() -> None:
    held = [*YES[:12], *NO[:6], *below(NO[:20])]
    bare, plan = a_set(WANTED), a_set(WANTED, transformed=BY)
    assert counted(held, bare) == ()
    before, after = city(held), city(held, plans=[plan])
    assert before is not None and after is not None and before.transformed == ()
    assert after.model_copy(update={"transformed": ()}) == before
    assert city(held, plans=[a_set(a_target())]) == before  # a plan that does not speak of it


def test_a_target_of_plants_above_scale_is_of_what_is_counted_apart() -> None:
    with pytest.raises(ValueError, match="above_scale"):
        Target.model_validate(a_target(above_scale=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None}, {"bound": None}, {"measure": None}, {"why": T},
        {"measure": "transformed", "value": None, "bound": None},
    ],
)  # fmt: skip
def test_a_target_by_halves_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"filled|value to reach"):
        Target.model_validate(a_target(**wrong))


@pytest.mark.parametrize(
    "wrong", [{}, {"framework": "x"}, {"measure": "readable"}, {"framework": "x", "level": 1, "at_least": "0.5"}]
)
def test_a_statement_has_one_form(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either framework"):
        Definition.model_validate({"text": T, "source": T, "status": "own", "all": [wrong]})


@pytest.mark.parametrize(
    ("change", "id_", "line"),
    [
        (("region: shanghai", "region: nowhere"), "library.unknown_region", 6),
        (("last: 2027", "last: 2020"), "library.target_period", 8),
        (("id: design-tools", "id: numerical-control"), "library.repeated", 22),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, change: tuple[str, str], id_: str, line: int) -> None:
    text = Path("questionnaires/targets/shanghai-2027.yaml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "mine.yaml").write_text(text.replace(*change), "utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(LIBRARY, tmp_path)
    assert caught.value.message.id == id_ and f"mine.yaml:{line}" in str(caught.value.place)


def test_two_sets_with_one_id_are_refused(tmp_path: Path) -> None:
    text = Path("questionnaires/targets/shanghai-2027.yaml").read_text("utf-8")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(LIBRARY, tmp_path)
    assert caught.value.message.id == "library.duplicate_id"
