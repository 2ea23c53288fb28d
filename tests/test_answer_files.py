"""Answers written to a file come back as they were, whatever is in them."""

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import (
    Aim,
    Answer,
    Answers,
    ConfirmedGrant,
    ConfirmedMeaning,
    Met,
    Proof,
    RegisterWalk,
    Settlement,
    Sought,
    Wishes,
    Witness,
)
from assessor.forms import load_answers
from assessor.forms.writing import HEAD, write_answers
from connectors.simulator.serve import DEMO
from tests.answer_files import TEXTS, answer_sets
from tests.small_bank import LIBRARY, QUESTIONS

ANY_ANSWERS = answer_sets(
    QUESTIONS.values(), cuts=("m1", "m2"), frameworks=("aside",), roles=("it", "nobody: #1", "no")
)
WITNESSES = st.builds(
    Witness,
    asset=st.just("cnc-01"),
    shows=st.just("networked"),
    holds=st.booleans(),
    evidence=st.just("interview"),
    proof=st.builds(Proof, kind=st.just("statement"), title=TEXTS),
    system=st.none() | TEXTS,
    by=TEXTS,
    at=st.just("2026-11-24"),
)
SETTLEMENTS = st.builds(
    Settlement,
    question=st.sampled_from(sorted(QUESTIONS)),
    value=st.fractions(-5, 5, max_denominator=1000),
    reply=TEXTS,
    reason=TEXTS,
    proof=st.builds(Proof, kind=st.just("site"), title=TEXTS),
    by=TEXTS,
    at=st.just("2026-11-24"),
)
MEANINGS = st.builds(
    ConfirmedMeaning,
    tags=TEXTS,
    quantity=st.sampled_from(("temperature", "batch", "other")),
    function=st.none() | st.just("actual"),
    unit=st.none() | st.just("m³/h"),
    by=TEXTS,
    at=st.just("2026-11-24"),
)
GRANTS = st.builds(
    ConfirmedGrant,
    programme=st.just("voucher"),
    recommendation=st.just("mes"),
    amount=st.fractions(0, 10**6, max_denominator=100),
    proof=st.builds(Proof, kind=st.just("document"), title=TEXTS),
)
PLANS = st.builds(
    Wishes,
    aim=st.none() | st.builds(Aim, kind=st.sampled_from(("most", "payback"))),
    phase_budgets=st.just(()) | st.just((1, 2, 3)),
    phase_days=st.just(()) | st.just((10, 0, 5)),
    keep=st.lists(st.just("mes"), max_size=1).map(tuple),
    without=st.lists(st.just("apc"), max_size=1).map(tuple),
    grants=st.lists(GRANTS, max_size=1).map(tuple),
)
SIGNED = {"by": TEXTS, "at": st.just("2026-11-24")}
WALKS = st.builds(
    RegisterWalk,
    seed=st.integers(0, 2**32),
    of=st.just("0" * 64),
    sought=st.lists(
        st.builds(Sought, asset=st.just("cnc-01"), found=st.just("differs"), **SIGNED), max_size=1
    ).map(tuple),
    met=st.lists(st.builds(Met, plate=TEXTS, listed=st.none() | st.booleans(), **SIGNED), max_size=2).map(tuple),
)
WHOLE = st.fixed_dictionaries(
    {
        "witnessed": st.lists(WITNESSES, max_size=2).map(tuple),
        "settlements": st.lists(SETTLEMENTS, max_size=2).map(tuple),
        "meanings": st.lists(MEANINGS, max_size=2).map(tuple),
        "plan": PLANS,
        "walk": st.none() | WALKS,
    }
)
"""Every part beside answers and cover."""


def test_every_part_of_the_answers_is_written() -> None:
    assert set(HEAD) == set(Answers.model_fields)


@pytest.mark.slow
@settings(max_examples=60)
@given(answers=ANY_ANSWERS, parts=WHOLE)
def test_nothing_is_lost(answers: Answers, parts: dict[str, object]) -> None:
    whole = answers.model_copy(update=parts)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("answers.yaml", "answers.json"):
            file = Path(folder) / name
            file.write_bytes(write_answers(whole, as_json=name.endswith(".json")))
            assert load_answers(file, QUESTIONS) == whole
            assert (
                write_answers(load_answers(file, QUESTIONS), as_json=name.endswith(".json")) == file.read_bytes()
            )


@given(value=st.fractions(-(10**12), 10**12, max_denominator=10**9), text=TEXTS)
@settings(max_examples=100)
def test_a_number_and_a_text_stay_what_they_are(value: Fraction, text: str) -> None:
    """No number becomes a text's neighbour, no text such as 'no', '1e3' or '0x1' a number."""
    one = Answer(question="a-number", value=value, by=text, at="2026-11-24", reason=text)
    whole = Answers(format="assessor-answers/1", plant="p", answers=(one,))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.yaml"
        file.write_bytes(write_answers(whole))
        if value >= 0:
            assert load_answers(file, QUESTIONS) == whole


def test_the_file_of_the_demo_comes_back_and_reads_as_people_write_it(tmp_path: Path) -> None:
    demo = load_answers(DEMO.parent / "answers.yaml", LIBRARY.questions)
    file = tmp_path / "answers.yaml"
    file.write_bytes(write_answers(demo))
    assert load_answers(file, LIBRARY.questions) == demo
    lines = file.read_text("utf-8").splitlines()
    assert "- {question: m1-l2-1, value: 0.8, by: production, at: '2026-11-23T11:30:00+08:00'}" in lines
    assert lines[:3] == ["format: assessor-answers/1", "plant: demo", "budget: 800000"]
