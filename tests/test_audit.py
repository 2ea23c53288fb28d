"""verify judges again: an Assessment that does not follow from its inputs is found, whoever signed its bytes."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessor import audit, pipeline
from assessor.bundle import open_bundle, write_assessment
from assessor.domain import Assessment, Grant, Outcome, Text, canonical
from assessor.errors import InputError
from assessor.frameworks import load_library
from assessor.rating import Kind
from assessor.report import render_html
from assessor.run import DEMO
from tests.golden import KEY, assessed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assessment]:
    """The sealed bundle of the golden case and its Assessment."""
    folder = tmp_path_factory.mktemp("audit")
    return folder / "sealed.zip", assessed(folder)


def filed(folder: Path, sealed: Path, done: Assessment) -> Path:
    """A filing bundle whose bytes are in order, whatever the Assessment says."""
    out = folder / "filing.zip"
    write_assessment(
        out,
        source=open_bundle(sealed),
        assessment=canonical(done),
        answers=(DEMO / "answers.yaml").read_bytes(),
        parts=load_library().parts,
        key=KEY,
        made=done.made,
    )
    return out


def said(result: audit.Verification) -> dict[str, Any]:
    return {line.id: line.params for line in result.lines}


def test_what_follows_from_its_inputs_holds(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    result = audit.verify(filed(tmp_path, sealed, done), sealed)
    assert result.holds, result.lines
    assert {"audit.judged_again", "audit.plan_holds", "audit.measured_again"} <= said(result).keys()


@pytest.mark.parametrize(
    ("framework", "kind", "id_", "sets"),
    [
        (None, "process", "cmmm-2020-process", ["equal", "recollected-closing", "recollected-as-read"]),
        ("cmmm-draft-2024", "discrete", "cmmm-draft-2024", ["discrete", "equal"]),
        ("cmmm-draft-2024", "process", "cmmm-draft-2024", ["process", "equal"]),
    ],
)
def test_it_holds_for_either_kind_of_plant_by_what_a_framework_has_for_it(
    tmp_path: Path, framework: str | None, kind: Kind, id_: str, sets: list[str]
) -> None:
    done = assessed(tmp_path, framework, kind)
    assert done.framework.id == id_
    assert [r.weights for r in done.ratings if r.column == "verified"] == sets
    beside = {rated.head.id for rated in done.rated if rated.head.law == "ladder"}
    assert beside == {f"cmmm-2020-{kind}", "cmmm-draft-2024"}
    result = audit.verify(filed(tmp_path, tmp_path / "sealed.zip", done), tmp_path / "sealed.zip")
    assert result.holds, result.lines
    page = render_html(done)
    assert all(dimension.name.zh in page for dimension in done.framework.dimensions)


def test_a_framework_for_another_kind_of_plant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        assessed(tmp_path, "cmmm-2020-process")
    assert caught.value.message.id == "forms.other_kind"
    assert caught.value.message.params["known"] == "cmmm-2020-discrete, cmmm-draft-2024"


def test_a_raised_level_is_found(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    raised = tuple(r.model_copy(update={"level": 4, "score": Fraction(4)}) for r in done.ratings)
    result = audit.verify(filed(tmp_path, sealed, done.model_copy(update={"ratings": raised})))
    assert not result.holds
    assert said(result)["audit.differs"]["fields"] == "ratings"


def test_a_dropped_difference_is_found(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    result = audit.verify(filed(tmp_path, sealed, done.model_copy(update={"findings": done.findings[1:]})))
    assert not result.holds
    assert said(result)["audit.differs"]["fields"] == "findings"


def test_a_better_measurement_is_found_once_the_samples_are_there(
    tmp_path: Path, made: tuple[Path, Assessment]
) -> None:
    sealed, done = made
    better = tuple(
        m.model_copy(update={"low": Fraction(1), "high": Fraction(1)}) if m.indicator == "boundary" else m
        for m in done.measurements
    )
    judged = pipeline.judge(done.framework, load_library(), done.answers, better, done.plant.kind)
    forged = done.model_copy(
        update={"measurements": better, **judged.parts, "roadmap": None, "recommendations": ()}
    )
    file = filed(tmp_path, sealed, forged)
    assert audit.verify(file).holds, "it follows from its measurements"
    result = audit.verify(file, sealed)
    assert not result.holds and "measurements" in said(result)["audit.differs"]["fields"]


def test_a_plan_that_spends_more_than_there_is_is_found(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    assert done.roadmap is not None
    poorer = done.roadmap.model_copy(update={"budget": 9, "phase_budgets": (3, 3, 3)})
    result = audit.verify(filed(tmp_path, sealed, done.model_copy(update={"roadmap": poorer})))
    assert not result.holds
    assert any(id_.startswith("plan.") for id_ in said(result))


def test_a_forged_subsidy_is_found(tmp_path: Path, made: tuple[Path, Assessment]) -> None:
    sealed, done = made
    assert done.roadmap is not None
    first = done.roadmap.worth[0]
    gift = Grant(
        programme="zhongshan-sme-2024", outcome=Outcome.MET, at_most=Fraction(10**6), confirmed=Fraction(9)
    )
    worth = (first.model_copy(update={"grants": (gift,)}), *done.roadmap.worth[1:])
    forged = done.model_copy(update={"roadmap": done.roadmap.model_copy(update={"worth": worth})})
    result = audit.verify(filed(tmp_path, sealed, forged))
    assert not result.holds and said(result)["plan.forged_grants"]["id"] == first.recommendation


@pytest.mark.parametrize("field", ["recommendations", "questions"])
def test_a_forged_text_of_the_library_is_found(tmp_path: Path, made: tuple[Path, Assessment], field: str) -> None:
    sealed, done = made
    first, *others = getattr(done, field)
    name = "title" if field == "recommendations" else "text"
    other = first.model_copy(update={name: Text(zh="无需任何投入", en="It costs nothing")})
    result = audit.verify(filed(tmp_path, sealed, done.model_copy(update={field: (other, *others)})))
    assert not result.holds and said(result)["audit.differs"]["fields"] == field


def test_a_plan_for_which_time_ran_out_is_checked_and_not_compared(
    tmp_path: Path, made: tuple[Path, Assessment]
) -> None:
    sealed, done = made
    assert done.roadmap is not None
    early = done.roadmap.model_copy(update={"status": "time-limit", "gap": Fraction(1, 50)})
    file = filed(tmp_path, sealed, done.model_copy(update={"roadmap": early}))
    result = audit.verify(file, sealed)
    assert result.holds and "audit.measured_again" in said(result), result.lines


def test_another_scorer_s_difference_is_a_remark_and_no_failure(
    tmp_path: Path, made: tuple[Path, Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, done = made
    other = done.model_copy(update={"findings": done.findings[1:], "scorer": "0.0.1"})
    result = audit.verify(filed(tmp_path, sealed, other))
    assert result.holds
    assert said(result)["audit.other_scorer"]["then"] == "0.0.1"
