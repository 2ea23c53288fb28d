"""Evidence as of a date: what was not known yet, and what had grown too old."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from assessor import audit, pipeline
from assessor.bundle import open_bundle
from assessor.cli.judging import _end_of
from assessor.domain import ConfirmedMeaning, EvidenceClass, Proof, State, Witness
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.messages import render
from assessor.reconcile import aged, known_by, old_answers
from assessor.run import DEMO
from tests.claims import answer, measured, said
from tests.golden import BEGIN, SECONDS, assessed
from tests.test_audit import filed

SAMPLED = datetime(2026, 1, 1, tzinfo=UTC)


def ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9


@pytest.mark.parametrize(("days", "state"), [(0, State.MEASURED), (365, State.MEASURED), (366, State.UNUSABLE)])
def test_a_measurement_speaks_for_twelve_months(days: int, state: State) -> None:
    (found,) = aged([measured("0.5")], ns(SAMPLED), ns(SAMPLED + timedelta(days=days)))
    assert found.state is state
    if state is State.UNUSABLE:
        assert (found.value, found.low, found.absence_tested) == (None, None, False)
        assert [c.holds for c in found.conditions] == [False]
        assert "2026-01-01" in render(found.why, "en") and render(found.conditions[0].needed, "zh")


def test_what_could_not_be_measured_does_not_change_its_reason() -> None:
    open_ = measured("0.5", state=State.NOT_DETERMINED)
    assert aged([open_], ns(SAMPLED), ns(SAMPLED + timedelta(days=999))) == (open_,)


def test_the_weakest_class_decides() -> None:
    mixed = measured("0.5").model_copy(update={"rests_on": (EvidenceClass.MEASURED, EvidenceClass.DOCUMENT)})
    paper = measured("0.5").model_copy(update={"rests_on": (EvidenceClass.DOCUMENT,)})
    later = ns(SAMPLED + timedelta(days=500))
    assert [m.state for m in aged([mixed, paper], ns(SAMPLED), later)] == [State.UNUSABLE, State.MEASURED]


def witness(at: str) -> Witness:
    proof = Proof(kind="screen", title="s")
    return Witness(
        asset="a", shows="networked", holds=True, evidence=EvidenceClass.OBSERVED, proof=proof, by="it", at=at
    )


def test_what_was_said_later_was_not_known_and_old_witnesses_no_longer_speak() -> None:
    given = said(answer(Fraction(1), at="2026-03-02"), answer(Fraction(0), at="2027-01-01"))
    given = given.model_copy(update={"witnessed": tuple(map(witness, ("2024-01-01", "2026-03-01", "2027-03-01")))})
    known = known_by(given, ns(datetime(2026, 6, 1, tzinfo=UTC)))
    assert [a.at for a in known.answers] == ["2026-03-02"]
    assert [w.at for w in known.witnessed] == ["2026-03-01"]


def test_answers_that_are_old_are_asked_about_and_stay() -> None:
    given = said(answer(Fraction(1), at="2023-03-02"), answer(Fraction(1), id_="r1-l1-1", at="2026-03-02"))
    as_of = ns(datetime(2026, 6, 1, tzinfo=UTC))
    (flag,) = old_answers(given, as_of)
    assert flag.questions == ("r1-l2-1",) and render(flag.ask, "zh") and render(flag.ask, "en")
    assert known_by(given, as_of) == given
    assert old_answers(given, ns(datetime(2023, 6, 1, tzinfo=UTC))) == ()


@pytest.mark.slow
def test_as_of_a_later_year_machines_no_longer_speak_and_verify_agrees(tmp_path: Path) -> None:
    assessed(tmp_path)
    source, library = open_bundle(tmp_path / "sealed.zip"), load_library()
    answers = load_answers(DEMO / "answers.yaml", library.questions)
    made = BEGIN + 2 * 365 * 86_400 * 10**9
    done = pipeline.assess(source, answers, library, made=made, as_of=made)
    assert {m.state for m in done.measurements} <= {State.UNUSABLE, State.NOT_DETERMINED, State.NOT_APPLICABLE}
    assert done.rating("verified").score == done.rating("declared").score and done.tested == 0
    result = audit.verify(filed(tmp_path, tmp_path / "sealed.zip", done), tmp_path / "sealed.zip")
    assert result.holds, result.lines
    with pytest.raises(InputError) as caught:
        pipeline.assess(source, answers, library, as_of=BEGIN + SECONDS * 10**9 // 2)
    assert caught.value.message.id == "verdict.later"


def test_what_a_tag_means_is_not_known_before_somebody_confirmed_it() -> None:
    told = {"tags": "A.T", "quantity": "temperature", "function": "actual", "by": "it"}
    days = ("2026-03-01", "2026-06-01", "2026-06-02")
    given = said().model_copy(
        update={"meanings": tuple(ConfirmedMeaning.model_validate(told | {"at": day}) for day in days)}
    )
    known = known_by(given, ns(datetime(2026, 6, 1, 23, tzinfo=UTC)))
    assert [m.at for m in known.meanings] == ["2026-03-01", "2026-06-01"]


def test_a_day_ends_with_its_last_moment_in_utc() -> None:
    assert _end_of(datetime(2026, 6, 1)) == ns(datetime(2026, 6, 2, tzinfo=UTC)) - 1
