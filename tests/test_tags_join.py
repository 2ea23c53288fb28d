"""Names joined to what others vouch for: people win, a name shows presence and never absence."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    Answers,
    ConfirmedMeaning,
    Device,
    Function,
    MeaningRule,
    Measurement,
    Observation,
    Outcome,
    Scope,
    Tag,
    TagMeaning,
)
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.forms.writing import write_answers
from assessor.frameworks import load_library
from assessor.indicators.seen import look
from assessor.interpret import interpret
from assessor.messages import LANGUAGES, render
from models.tags import complete
from tests.test_bundle import SCOPE
from tests.test_indicators import facts
from tests.test_tags_reader import OWN

QUESTIONS = load_library().questions
EXPECTS = ["state", "counter", "process"]
PLANT = Scope.model_validate(
    SCOPE.model_dump(mode="json")
    | {
        "assets": [
            {"id": id_, "name": {"zh": id_, "en": id_}, "kind": "press", "production": True, "interface": "opcua",
             "expects": EXPECTS}
            for id_ in ("press", "other")
        ],
    }
)  # fmt: skip


def seen_of(*paths: str, **more: Any) -> Observation:
    tags = tuple(
        Tag(id=i, endpoint="press", asset="press", address=p, path=p, **more) for i, p in enumerate(paths)
    )
    return Observation.model_validate(
        {
            "endpoint": "press", "protocol": "opcua", "connector": "t", "started": 1, "ended": 2, "reached": True,
            "browse": {"nodes": len(tags), "complete": True}, "tags": tags,
            "devices": [Device(asset="press", where="Objects", answered=True)],
        }
    )  # fmt: skip


def measured(seen: Observation, meanings: dict[int, TagMeaning]) -> dict[str, Measurement]:
    known = {tag.id: facts(tag.id) for tag in seen.tags}
    return {m.indicator: m for m in indicators.measure_all(look(PLANT, (seen,), known, meanings))}


def lines(found: dict[str, Measurement]) -> dict[tuple[str, str], Outcome]:
    return {(m.indicator, line.subject): line.outcome for m in found.values() for line in m.lines}


# Completing -----------------------------------------------------------------------------------------------


def test_a_name_speaks_where_nobody_else_does_and_says_that_it_was_a_name() -> None:
    seen = seen_of("IMM01.MeltTemp", "IMM01.X17")
    found = complete({}, (seen,))
    assert found == {
        0: TagMeaning(
            tag=0,
            quantity="temperature",
            function=Function.ACTUAL,
            source="name",
            by_name=("quantity", "function"),
        )
    }
    assert not found[0].vouched


@pytest.mark.parametrize("source", ["person", "profile", "type"])
def test_what_a_person_a_map_or_a_type_says_is_whole_as_it_stands(source: Any) -> None:
    known = {0: TagMeaning(tag=0, quantity="flow", function=None, source=source)}
    assert complete(known, (seen_of("IMM01.MeltTempSet"),)) == known


def test_a_unit_keeps_its_quantity_and_takes_its_function_from_the_name() -> None:
    seen = seen_of("IMM01.SetMeltTemp", unit="°C")
    found = complete(interpret((seen,), PLANT), (seen,))[0]
    assert (found.quantity, found.function, found.source) == ("temperature", Function.SETPOINT, "unit")
    assert found.by_name == ("function",) and found.vouched


def test_a_unit_that_stands_for_two_quantities_takes_the_one_of_the_name() -> None:
    seen = seen_of("累计流量", unit="m³")
    found = complete(interpret((seen,), PLANT), (seen,))[0]
    assert (found.quantity, found.function, found.source) == ("flow", Function.COUNTER, "unit")
    assert found.by_name == ("quantity", "function")


# Presence, never absence ----------------------------------------------------------------------------------

PATHS = st.lists(
    st.builds("M{}.{}".format, st.integers(1, 3), st.sampled_from([row["name"] for row in OWN])),
    min_size=1,
    max_size=6,
    unique=True,
)
WANTED = ("state_signal", "counter_signal", "process_data", "energy_metered")
VAIN = {"indicator.why.looked_in_vain", "indicator.why.no_energy_tag"}


@settings(max_examples=25, deadline=None)
@given(paths=PATHS)
def test_a_machine_explained_by_names_alone_is_never_looked_at_in_vain(paths: list[str]) -> None:
    seen = seen_of(*paths)
    found = measured(seen, complete(interpret((seen,), PLANT), (seen,)))
    whys = {line.why.id for name in WANTED for line in found[name].lines if line.subject == "press"}
    assert not whys & VAIN


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(paths=PATHS, unit=st.sampled_from([None, "°C", "Hz", "m³"]))
def test_a_name_never_takes_a_yes_away_and_never_makes_a_no(paths: list[str], unit: str | None) -> None:
    seen = seen_of(*paths, unit=unit)
    pure = interpret((seen,), PLANT)
    before, after = lines(measured(seen, pure)), lines(measured(seen, complete(pure, (seen,))))
    for (indicator, subject), outcome in after.items():
        was = before.get((indicator, subject))
        if subject == "press" and outcome is Outcome.NOT_MET:
            assert was is Outcome.NOT_MET, (indicator, paths)
        if subject == "press" and was is Outcome.MET:
            assert outcome is Outcome.MET, (indicator, paths)


def test_a_name_takes_no_tag_out_of_the_count_and_never_accuses() -> None:
    """Of tags that ought to move or declare themselves: what a name excuses is open; the low never rises."""
    bare, whole = {"unit": None}, {"unit": "°C", "low": 0, "high": 9}
    for stale in (True, False):
        for declared in (bare, whole):
            seen = seen_of("M1.MeltTempSet", "M1.PartCount", "M1.X17", **declared)
            known = {tag.id: facts(tag.id, stale=stale, age=30 * 86_400.0) for tag in seen.tags}
            pure = interpret((seen,), PLANT)
            counted = []
            for meanings in (pure, complete(pure, (seen,))):
                found = indicators.measure_all(look(PLANT, (seen,), known, meanings))
                by_id = {m.indicator: m for m in found}
                counted.append((by_id["frozen_tags"], by_id["units_ranges"]))
            for before, after in zip(*counted, strict=True):
                assert {one.subject for one in before.lines} == {one.subject for one in after.lines}
                assert (after.low or 0) <= (before.low or 0)
            named = {one.subject: one.outcome for one in counted[1][0].lines}
            assert named["M1.MeltTempSet"] is (Outcome.NOT_DETERMINED if stale else Outcome.NOT_MET)


def test_the_same_words_from_a_person_are_a_look() -> None:
    """So that the two tests before this one can fail."""
    seen = seen_of("M1.MeltTemp")
    rule = MeaningRule(tags="*", quantity="temperature", function="actual", by="process")
    said = interpret((seen,), PLANT.model_copy(update={"meanings": (rule,)}))
    by_person = {one.subject: one for one in measured(seen, said)["state_signal"].lines}["press"]
    assert by_person.why.id == "indicator.why.looked_in_vain" and by_person.outcome is Outcome.NOT_MET
    by_name = {one.subject: one for one in measured(seen, complete({}, (seen,)))["state_signal"].lines}["press"]
    assert by_name.why.id == "indicator.why.unexplained_tags" and by_name.outcome is Outcome.NOT_DETERMINED


def test_one_name_among_vouched_tags_is_enough_to_keep_absence_open() -> None:
    seen = seen_of("M1.MeltTemp", "M1.Zustand", "M1.OilLevel")
    rule = MeaningRule(tags="M1.[MZ]*", quantity="temperature", function="actual", by="process")
    said = complete(interpret((seen,), PLANT.model_copy(update={"meanings": (rule,)})), (seen,))
    assert said[2].source == "name"
    found = {one.subject: one for one in measured(seen, said)["counter_signal"].lines}["press"]
    assert found.outcome is Outcome.NOT_DETERMINED


@pytest.mark.parametrize(
    ("path", "indicator"),
    [("M1.State", "state_signal"), ("M1.PartCount", "counter_signal"), ("M1.OilTemp", "process_data"),
     ("M1.EnergyTotal", "energy_metered")],
)  # fmt: skip
def test_a_yes_by_a_name_says_so(path: str, indicator: str) -> None:
    seen = seen_of(path, "M1.X17")
    line = {one.subject: one for one in measured(seen, complete({}, (seen,)))[indicator].lines}["press"]
    assert line.outcome is Outcome.MET and line.why.id == "indicator.why.by_name"
    assert all(path in render(line.why, language) for language in LANGUAGES)


def test_a_yes_that_someone_vouches_for_comes_first() -> None:
    seen = seen_of("M1.AlarmState", "M1.State")
    rule = MeaningRule(tags="M1.State", quantity="state", function="state", by="process")
    said = complete(interpret((seen,), PLANT.model_copy(update={"meanings": (rule,)})), (seen,))
    line = {one.subject: one for one in measured(seen, said)["state_signal"].lines}["press"]
    assert line.why.id == "indicator.why.state_seen"


# The plant's own dictionary -------------------------------------------------------------------------------


def entry(tags: str, quantity: Any = "temperature", **more: Any) -> ConfirmedMeaning:
    return ConfirmedMeaning.model_validate(
        {"tags": tags, "quantity": quantity, "by": "process", "at": "2026-11-26"} | more
    )


def meaning(*confirmed: ConfirmedMeaning, path: str = "IMM01.T[1]", **more: Any) -> TagMeaning:
    rule = MeaningRule(tags="*", quantity="flow", function="actual", by="scope")
    seen = seen_of(path, **more)
    return interpret((seen,), PLANT.model_copy(update={"meanings": (rule,)}), confirmed)[0]


def test_what_was_confirmed_wins_over_everything() -> None:
    found = meaning(entry("IMM*"), unit="bar", profile_quantity="pressure")
    assert (found.quantity, found.source, found.confirmed_by) == ("temperature", "person", "process")
    assert meaning(entry("ABC*")).quantity == "flow"


def test_an_exact_path_wins_then_the_first_pattern() -> None:
    entries = (entry("IMM*", "force"), entry("IMM01*", "level"), entry("IMM01.T[1]", "speed"))
    assert meaning(*entries).quantity == "speed", "as it stands, whatever signs are in it"
    assert meaning(*entries[:2]).quantity == "force"


def test_what_is_none_of_these_is_explained_so_that_absence_can_be_seen() -> None:
    seen = seen_of("M1.MeltTemp", "M1.Kp")
    said = complete(interpret((seen,), PLANT, (entry("*Temp"), entry("*Kp", "other"))), (seen,))
    line = {one.subject: one for one in measured(seen, said)["state_signal"].lines}["press"]
    assert line.why.id == "indicator.why.looked_in_vain"


FILE = """format: assessor-answers/1
plant: small
answers: []
meanings:
- {tags: 'IMM*.T', quantity: temperature, function: actual, by: process, at: '2026-11-26'}
- ENTRY
"""


def loaded(folder: Path, entry_: str) -> Answers:
    (folder / "answers.yaml").write_text(FILE.replace("ENTRY", entry_), "utf-8")
    return load_answers(folder / "answers.yaml", QUESTIONS)


def test_the_dictionary_is_read_and_written_with_the_answers(tmp_path: Path) -> None:
    given_ = loaded(tmp_path, "{tags: 'IMM?[[]3]', function: alarm, by: it, at: '2026-11-26T08:00:00+08:00'}")
    assert [m.function for m in given_.meanings] == [Function.ACTUAL, Function.ALARM]
    (tmp_path / "answers.yaml").write_bytes(write_answers(given_))
    assert load_answers(tmp_path / "answers.yaml", QUESTIONS) == given_


@pytest.mark.parametrize(
    ("wrong", "id_"),
    [
        ("{tags: x, quantity: warmth, by: it, at: '2026-11-26'}", "input.wrong_value"),
        ("{tags: x, function: mystery, by: it, at: '2026-11-26'}", "input.wrong_value"),
        ("{tags: x, by: it, at: '2026-11-26'}", "input.wrong_value"),
        ("{tags: x, quantity: time, by: '', at: '2026-11-26'}", "input.wrong_value"),
        ("{tags: '', quantity: time, by: it, at: '2026-11-26'}", "input.wrong_value"),
        ("{tags: x, quantity: time, at: '2026-11-26'}", "input.missing_key"),
        ("{tags: x, quantity: time, by: it, at: yesterday}", "forms.time"),
        ("{tag: x, quantity: time, by: it, at: '2026-11-26'}", "input.unknown_key"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path: Path, wrong: str, id_: str) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, wrong)
    assert caught.value.message.id == id_ and (caught.value.place or "").startswith(f"{tmp_path}/answers.yaml:6")
