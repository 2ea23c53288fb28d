"""Scope files: every mistake is one message with file, line and what would be right; a preview sends nothing."""

import socket
from pathlib import Path
from typing import Any

import pytest

import connectors
from assessor.domain import Limits, Scope, Serial
from assessor.errors import ContactError, InputError
from assessor.messages import LANGUAGES, render
from connectors.scope import check_window, load_scope, preview, reach, seconds_left

GOOD = """\
format: assessor-scope/1
plant: {id: p, name: {zh: 厂, en: Plant}, kind: discrete, simulated: true}
agreement: {role: {zh: 厂长, en: Manager}, date: "2026-01-01", reference: A-1}
window: {opens: "2026-01-01T08:00:00+08:00", closes: "2026-01-01T18:00:00+08:00"}
vantage: control
register: {source: {zh: 台账, en: Ledger}, as_of: "2026-01-01"}
strata:
  - {id: rest, selection: hand-picked, chosen: [press]}
key_processes:
  - {id: forming, name: {zh: 成形, en: Forming}, assets: [press]}
assets:
  - {id: press, name: {zh: 压机, en: Press}, kind: press, production: true, interface: opcua, stratum: rest}
  - {id: robot, name: {zh: 机器人, en: Robot}, kind: robot, production: true, interface: opcua}
  - {id: lathe, name: {zh: 车床, en: Lathe}, kind: lathe, production: true, interface: none}
  - {id: cnc, name: {zh: 数控, en: CNC}, kind: cnc, production: true, interface: focas}
  - {id: saw, name: {zh: 锯, en: Saw}, kind: saw, production: true}
  - {id: idle, name: {zh: 闲置, en: Idle}, kind: saw, production: true, in_use: false}
  - {id: meter, name: {zh: 电表, en: Meter}, kind: meter, production: false, interface: modbus-tcp}
  - {id: mill, name: {zh: 铣床, en: Mill}, kind: mill, production: true, interface: opcua, stratum: rest}
endpoints:
  - id: scada
    protocol: opcua
    address: opc.tcp://10.0.0.5:4840/plant
    role: scada
    branches: [{path: Line/Press, asset: press}]
    changes: [{limit: max_nodes_per_call, value: 200, why: agreed}]
meanings:
  - {tags: "*/Force", quantity: force, function: actual, by: engineer}
"""


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in GOOD
    file = tmp_path / "scope.yaml"
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    return file


def test_a_good_scope_is_read(tmp_path: Path) -> None:
    scope = load_scope(written(tmp_path))
    limits = scope.limits_for(scope.endpoints[0])
    assert limits.max_nodes_per_call == 200 and isinstance(limits.max_nodes_per_call, int)
    assert scope.limits == Limits()


@pytest.mark.parametrize(
    ("old", "new", "id_", "told"),
    [
        ("id: robot", "id: press", "duplicate", "press"),
        ("assets: [press]}", "assets: [pres]}", "unknown", "press"),
        ("chosen: [press]", "chosen: [prress]", "unknown", "press"),
        ("chosen: [press]", "chosen: [robot]", "stray", "robot"),
        (", chosen: [press]", "", "chosen", "rest"),
        ("hand-picked", "drawn", "seed", "rest"),
        ("Press, asset: press", "Press, asset: presse", "unknown", "press"),
        ("role: scada", "role: scada\n    asset: presss", "unknown", "press"),
        (
            "[{path: Line/Press, asset: press}]",
            "[{path: A, asset: press}, {path: A, asset: robot}]",
            "duplicate",
            "A",
        ),
        ("stratum: rest", "stratum: rst", "unknown", "rest"),
        ("interface: none", "interface: none, metered_by: metre", "unknown", "meter"),
        ("protocol: opcua", "protocol: opc-ua", "no_connector", "opcua"),
        ("limit: max_nodes_per_call", "limit: max_nodes", "unknown_limit", "max_nodes_per_call"),
        ("value: 200", "value: 20000", "limit_value", "1000"),
        ("value: 200", "value: 20.5", "limit_value", "20.5"),
        ("opc.tcp://10.0.0.5:4840/plant", "10.0.0.5:4840", "address", "opc.tcp://host:port"),
        ("opc.tcp://10.0.0.5:4840/plant", "opc.tcp://10.0.0.5/plant", "address", "opc.tcp://host:port"),
        ("opc.tcp://10.0.0.5:4840/plant", "opc.tcp://10.0.0.5:70000", "address", "70000"),
        ("opc.tcp://10.0.0.5:4840/plant", "opc.tcp://10.0.0.0/24:4840", "address", "/24"),
        ("opc.tcp://10.0.0.5:4840/plant", "opc.tcp://a:b@10.0.0.5:4840", "credentials", ""),
        (
            "meanings:",
            "  - {id: two, protocol: opcua, address: 'opc.tcp://10.0.0.5:4840', role: mes}\nmeanings:",
            "same_address",
            "10.0.0.5:4840",
        ),
        ("08:00:00+08:00", "08:00:00", "time", "+08:00"),
        ("2026-01-01T18:00:00+08:00", "tonight", "time", "tonight"),
        ("2026-01-01T18:00:00+08:00", "2026-01-01T07:59:00+08:00", "window", "07:59"),
        ("function: actual", "function: aktual", "unknown", "actual"),
        (
            "branches: [{path: Line/Press, asset: press}]",
            "units: [{unit: 1, asset: press, profile: no-such-map}]",
            "no_profile",
            "no-such-map",
        ),
        (
            "branches: [{path: Line/Press, asset: press}]",
            "units: [{unit: 1, asset: press}, {unit: 1, asset: robot}]",
            "duplicate",
            "1",
        ),
    ],
)
def test_a_mistake_names_file_line_and_what_would_be_right(
    tmp_path: Path, old: str, new: str, id_: str, told: str
) -> None:
    file = written(tmp_path, old, new)
    with pytest.raises(InputError) as refusal:
        load_scope(file)
    error = refusal.value
    assert error.message.id == f"contact.scope.{id_}" and error.exit_code == 2
    assert error.place is not None and error.place.startswith(f"{file}:")
    line = int(error.place.rpartition(":")[2])
    changed = [i for i, text in enumerate(file.read_text("utf-8").splitlines(), 1) if text not in GOOD]
    assert line in changed or (id_ in {"unknown", "stray"} and line in {*changed, 9}), (line, changed)
    for language in LANGUAGES:
        assert told in render(error.message, language)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("junk", ["", "[]", "a: 1", "format: assessor-scope/2", "\x00", "&a [*a]", "- " * 5000])
def test_hostile_files_end_in_one_message(tmp_path: Path, junk: str) -> None:
    file = tmp_path / "scope.yaml"
    file.write_text(junk, "utf-8")
    with pytest.raises(InputError):
        load_scope(file)


@pytest.mark.parametrize("id_", ["../../../etc/passwd", "a/b", "A B"])
def test_a_profile_cannot_leave_its_folder(tmp_path: Path, id_: str) -> None:
    old = "branches: [{path: Line/Press, asset: press}]"
    with pytest.raises(InputError):
        load_scope(written(tmp_path, old, f"units: [{{unit: 1, asset: press, profile: '{id_}'}}]"))


def test_contact_is_refused_outside_the_window(tmp_path: Path) -> None:
    scope = load_scope(written(tmp_path))
    opens = 1_767_225_600 * 10**9  # 2026-01-01T00:00:00Z
    closes = opens + 10 * 3600 * 10**9
    check_window(scope, opens)
    check_window(scope, closes - 1)
    assert seconds_left(scope, opens) == 36_000 and seconds_left(scope, closes + 5) == 0
    for moment, id_ in ((opens - 1, "contact.window_not_open"), (closes, "contact.window_closed")):
        with pytest.raises(ContactError) as refusal:
            check_window(scope, moment)
        assert refusal.value.message.id == id_
        for language in LANGUAGES:
            assert "2026-01-01T" in render(refusal.value.message, language)
    always = scope.model_copy(update={"window": None})
    check_window(always, 0)
    assert seconds_left(always, 0) is None


def test_reach_tells_which_machines_can_be_tested_and_why_not_the_others(tmp_path: Path) -> None:
    found = reach(load_scope(written(tmp_path)))
    assert found.machines == 6 and found.testable == ("press",)
    assert {u.asset: u.why.id.rpartition(".")[2] for u in found.untestable} == {
        "robot": "out_of_scope",
        "lathe": "interface_none",
        "cnc": "not_spoken",
        "saw": "unknown",
        "mill": "not_chosen",
    }
    for untestable in found.untestable:
        for language in LANGUAGES:
            assert render(untestable.why, language)


def test_the_preview_adds_up_shows_changes_and_contacts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a preview must not contact anything")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    scope: Scope = load_scope(written(tmp_path))
    stated = preview(scope, 60)
    assert stated.requests == sum(load.requests for load in stated.loads) > 0
    assert [(c.limit, c.usual, c.value) for c in stated.changes] == [("max_nodes_per_call", 100, 200)]
    assert stated.connections == 1 and stated.reach.machines == 6
    assert preview(scope, 120).requests > stated.requests


def test_connectors_are_found_by_walking_and_only_they() -> None:
    spoken = connectors.names()
    assert "opcua" in spoken and not {"scope", "guard", "simulator", "profiles"} & set(spoken)
    assert connectors.scheme("opcua") == "opc.tcp"
    for protocol in spoken:
        assert protocol in connectors.get(protocol).PROTOCOLS
    with pytest.raises(KeyError):
        connectors.get("no-such-protocol")


LINE = """
  - id: bus
    protocol: modbus-rtu
    address: /dev/ttyUSB0
    role: gateway
    serial: {baudrate: 9600, sole_master: true}
    units: [{unit: 3, asset: meter}]
meanings:"""


def on_a_line(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in LINE
    return written(tmp_path, "\nmeanings:", LINE.replace(old, new, 1))


def test_a_serial_line_is_agreed_with_its_settings_and_its_preview_says_what_it_means(tmp_path: Path) -> None:
    scope = load_scope(on_a_line(tmp_path))
    assert scope.endpoints[1].serial == Serial(baudrate=9600, sole_master=True)
    (note,) = [load.note for load in preview(scope, 60).loads if load.note]
    assert "/dev/ttyUSB0" in render(note, "en") and "only master" in render(note, "en")


@pytest.mark.parametrize(
    ("old", "new", "message", "at"),
    [
        (", sole_master: true", "", "sole_master", "serial:"),
        ("sole_master: true", "sole_master: false", "sole_master", "serial:"),
        ("    serial: {baudrate: 9600, sole_master: true}\n", "", "sole_master", "id: bus"),
        ("/dev/ttyUSB0", "10.0.0.7:502", "address", "address:"),
        ("protocol: modbus-rtu", "protocol: modbus-tcp", "serial_unused", "serial:"),
        ("unit: 3", "unit: 0", "station", "units:"),
        ("unit: 3", "unit: 248", "station", "units:"),
    ],
)
def test_a_line_with_another_master_is_refused_by_file_and_line(
    tmp_path: Path, old: str, new: str, message: str, at: str
) -> None:
    file = on_a_line(tmp_path, old, new)
    with pytest.raises(InputError) as refusal:
        load_scope(file)
    assert refusal.value.message.id == f"contact.scope.{message}"
    line = int(str(refusal.value).removeprefix(f"{file}:").partition(":")[0])
    assert at in file.read_text("utf-8").splitlines()[line - 1]
    for language in LANGUAGES:
        assert render(refusal.value.message, language)
