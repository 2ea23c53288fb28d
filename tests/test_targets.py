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
from assessor.portfolio.targets import Transformed, progress, transformed
from tests.test_withheld import base

LIBRARY = load_library()
T = Text(zh="x", en="x")


def a_target(**more: object) -> dict[str, object]:
    held = {"id": "t", "text": T, "by": 2027, "measure": "robots", "bound": "at_least", "value": 100}
    return {**held, "source": T, "status": "own", **more}


def a_set(*targets: dict[str, object], **more: object) -> TargetSet:
    told = {"format": "assessor-targets/1", "id": "s", "title": T, "first": 2024, "last": 2027, "closed": False}
    return TargetSet.model_validate({**told, "source": T, "status": "own", "targets": targets, **more})


def seen(low: int, high: int, n: int) -> Extract:
    machines = {"numerical_control": Seen(seen=low, low=F(low), high=F(high), of=10)}
    reach = {"miit-sme-2024": Reach(declared=low % 4, verified=low % 4, verified_high=high % 4)}
    return base(n).model_copy(update={"machines": machines, "heard": True, "levels": reach})


def test_the_shipped_plans_carry_source_and_mark_and_guess_nothing() -> None:
    held = load_targets(LIBRARY)
    assert {one.id: one.closed for one in held.values()} == {"shanghai-2023-2025": True, "shanghai-2027": False}
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
    (found,) = progress(plan, shown, None)
    assert (found.standing, found.low, found.high, found.plants) == (standing, F(low, 10), F(high, 10), 6)


def test_what_is_not_measured_not_told_or_not_defined_is_said_to_be_so() -> None:
    shown = city([base(n) for n in range(6)])
    assert shown is not None
    unmeasured = a_target(id="u", measure=None, why=T)
    plan = a_set(
        a_target(), unmeasured, a_target(id="c", measure="carbon"), a_target(id="d", measure="transformed")
    )
    found = {one.target: one.standing for one in progress(plan, shown, None)}
    assert found == {"t": "reached", "u": "not_measured", "c": "not_known", "d": "not_defined"}


def test_transformed_is_what_a_plan_says_it_is_and_withheld_where_few() -> None:
    by = Definition.model_validate(
        {"text": T, "source": T, "status": "own", "all": [
            {"measure": "numerical_control", "at_least": "0.5"}, {"framework": "miit-sme-2024", "level": 2}]}
    )  # fmt: skip
    yes, no = [seen(6, 6, n) for n in range(7)], [seen(2, 2, n) for n in range(5)]
    unknown = [base(n) for n in range(5)]
    assert transformed([*yes, *no, *unknown], by) == Transformed(yes=7, no=5, unknown=5)
    assert transformed([*yes, *no, *unknown[:3]], by) == Transformed()
    held = [one.model_copy(update={"open": 1}) for one in yes]
    assert transformed([*held, *no], by) == Transformed(yes=0, no=5, unknown=7)
    shown = city([*yes, *no, *unknown])
    assert shown is not None
    plan = a_set(a_target(measure="transformed", bound="at_least", value="0.5"), transformed=by)
    (found,) = progress(plan, shown, transformed([*yes, *no, *unknown], by))
    assert (found.low, found.high, found.standing) == (F(7, 17), F(12, 17), "not_known")


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
        (("id: design-tools", "id: numerical-control"), "library.repeated", 23),
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
