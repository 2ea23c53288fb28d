"""Meanings: who says what a tag means, and who wins where several do."""

from typing import Any

import pytest

from assessor.domain import Device, Function, MeaningRule, Observation, Scope, Tag, TagMeaning
from assessor.interpret import DI, MACHINERY, PACKML, QUANTITY, ROBOTICS, UNITS, interpret
from tests.test_bundle import SCOPE

UA = "http://opcfoundation.org/UA/#"


def scope(*rules: tuple[str, str, str]) -> Scope:
    meanings = tuple(MeaningRule(tags=t, quantity=q, function=f, by="process engineer") for t, q, f in rules)
    return SCOPE.model_copy(update={"meanings": meanings})


def meaning(
    path: str, *, companions: tuple[str, ...] = (), given: Scope | None = None, **more: Any
) -> TagMeaning | None:
    tag = Tag(id=7, endpoint="e", asset="a", address=path, path=path, **more)
    device = Device(asset="a", where="Objects", answered=True, companions=companions)
    seen = Observation(
        endpoint="e",
        protocol="opcua",
        connector="t",
        started=1,
        ended=2,
        reached=True,
        devices=(device,),
        tags=(tag,),
    )
    return interpret((seen,), given or scope()).get(7)


def says(found: TagMeaning | None) -> tuple[str | None, Function | None, str]:
    assert found is not None
    return found.quantity, found.function, found.source


def test_nobody_says_anything_so_there_is_no_meaning() -> None:
    assert meaning("Line1.IMM01.T1") is None
    assert meaning("Line1.IMM01.T1", unit="furlong") is None
    assert meaning("Temperature", description="oven temperature in °C") is None, (
        "names and descriptions are not read"
    )


def test_a_person_wins_over_profile_type_and_unit_and_is_named() -> None:
    given = scope(("Status/*", "count", "counter"))
    found = meaning(
        "Status/StateCurrent", given=given, companions=(PACKML,), unit="°C", profile_quantity="flow",
        profile_function="actual",
    )  # fmt: skip
    assert says(found) == ("count", Function.COUNTER, "person")
    assert found is not None and found.confirmed_by == "process engineer"


def test_the_first_rule_that_fits_wins_and_capitals_count() -> None:
    given = scope(("IMM*.T1", "temperature", "setpoint"), ("IMM*", "speed", "actual"))
    assert says(meaning("IMM01.T1", given=given))[:2] == ("temperature", Function.SETPOINT)
    assert says(meaning("IMM01.N", given=given))[:2] == ("speed", Function.ACTUAL)
    assert meaning("imm01.N", given=given) is None


def test_a_profile_wins_over_type_and_unit() -> None:
    found = meaning("Energy", unit="°C", profile_quantity="energy", profile_function="counter")
    assert says(found) == ("energy", Function.COUNTER, "profile")


@pytest.mark.parametrize(
    ("companion", "path", "quantity", "function"),
    [
        (
            MACHINERY,
            "Machines/MC-01/MachineryBuildingBlocks/MachineryItemState/CurrentState",
            "state",
            Function.STATE,
        ),
        (MACHINERY, "Machines/MC-01/Identification/SerialNumber", None, Function.IDENTIFICATION),
        (DI, "MC-01/Identification/HardwareRevision", None, Function.IDENTIFICATION),
        (PACKML, "Packer/Status/StateCurrent", "state", Function.STATE),
        (PACKML, "Packer/Admin/ProdProcessedCount", "count", Function.COUNTER),
        (PACKML, "Packer/Status/MachSpeed", "speed", Function.SETPOINT),
        (ROBOTICS, "Robot/Axis_1/ParameterSet/ActualPosition", "position", Function.ACTUAL),
    ],
)
def test_a_companion_specification_fixes_meanings_of_machines_typed_by_it_only(
    companion: str, path: str, quantity: str | None, function: Function
) -> None:
    assert says(meaning(path, companions=(companion,))) == (quantity, function, "type")
    assert meaning(path) is None


def test_a_type_of_the_base_standard_that_can_only_hold_a_state_is_one() -> None:
    assert says(meaning("X", type_definition=UA + "MultiStateDiscreteType")) == ("state", Function.STATE, "type")
    assert meaning("X", type_definition=UA + "BaseDataVariableType") is None
    assert meaning("X", type_definition="urn:maker#MultiStateDiscreteType") is None


@pytest.mark.parametrize(
    ("unit", "quantity"),
    [("°C", "temperature"), ("CEL", "temperature"), ("kWh", "energy"), ("KWH", "energy"), ("bar", "pressure"),
     ("m³ / h", "flow"), ("1/min", "speed"), ("kW", "electrical"), ("mm", "position"), ("N·m", "force")],
)  # fmt: skip
def test_a_unit_tells_the_quantity_but_not_what_it_is_for(unit: str, quantity: str) -> None:
    assert says(meaning("X", unit=unit)) == (quantity, None, "unit")


def test_capitals_of_units_count() -> None:
    assert meaning("X", unit="KW") is None and meaning("X", unit="mw") is None


def test_no_unit_stands_for_two_quantities() -> None:
    assert sum(len(units.split()) for units in UNITS.values()) == len(QUANTITY)
