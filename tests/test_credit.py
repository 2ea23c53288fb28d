"""The check character of the unified social credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import check_sign, credit_fault
from assessor.domain.credit import SIGNS
from connectors.simulator import load_plant
from connectors.simulator.serve import DEMO

codes = st.text(st.sampled_from(SIGNS), min_size=13, max_size=13).map(lambda tail: f"9131{tail}")


def test_the_example_of_the_standard() -> None:
    assert check_sign("91350100M000100Y4") == "3"
    assert credit_fault("91350100M000100Y43") is None


@given(codes, st.integers(0, 17), st.sampled_from(SIGNS))
def test_any_one_wrong_character_shows(seventeen: str, at: int, sign: str) -> None:
    code = seventeen + check_sign(seventeen)
    assert credit_fault(code) is None
    wrong = code[:at] + sign + code[at + 1 :]
    assert (credit_fault(wrong) is None) == (wrong == code) or at in (2, 3)


@given(codes, st.integers(4, 15))
def test_two_neighbours_that_changed_places_show(seventeen: str, at: int) -> None:
    code = seventeen + check_sign(seventeen)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (credit_fault(swapped) is None) == (swapped == code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "length"),
        ("91350100M000100Y4", "length"),
        ("9135010OM000100Y43", "sign"),
        ("91350100M000100Y44", "check"),
    ],
)
def test_what_is_wrong_is_said(code: str, fault: str) -> None:
    assert credit_fault(code) == fault


def test_the_demo_plants_code_is_right_by_its_sign_and_nobodys() -> None:
    code = load_plant(DEMO).scope.plant.credit_code
    assert code is not None and check_sign(code[:17]) == code[17]
    assert credit_fault(code) == "region", "no registering region begins with 00"
