"""preview, sample, verify and assess against servers that no one here wrote, each in a process of its own."""

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import need
from tests.servers.processes import assessor, serving

HERE = Path(__file__).parent
SCOPE = """
format: assessor-scope/1
plant:
  id: interop
  name: {{zh: 互通试验, en: Interoperability trial}}
  kind: discrete
  simulated: true
agreement: {{role: {{zh: 测试, en: Test}}, date: "2026-01-01", reference: test}}
vantage: control
register:
  source: {{zh: 测试清单, en: Test list}}
  as_of: "2026-01-01"
strata: [{{id: all, selection: all}}]
assets:
  - {{id: press, name: {{zh: 压机, en: Press}}, kind: press, production: true, interface: {interface}}}
  - {{id: lathe, name: {{zh: 车床, en: Lathe}}, kind: lathe, production: true, interface: none}}
endpoints:
  - id: press
    protocol: {protocol}
    address: "{address}"
    role: machine
    {extra}
"""
ANSWERS = """
format: assessor-answers/1
plant: interop
budget: 300000
answers:
  - {question: share-networked, value: 0.9, by: equipment, at: "2026-01-01T08:00:00+08:00"}
  - {question: r1-l2-2, value: 1, by: equipment, at: "2026-01-01T08:00:00+08:00"}
"""


def whole_way(tmp_path: Path, home: Path, scope: str) -> dict[str, object]:
    """The four commands as a user gives them; the Assessment."""
    (tmp_path / "scope.yaml").write_text(scope, "utf-8")
    (tmp_path / "answers.yaml").write_text(ANSWERS, "utf-8")
    stated = json.loads(assessor("preview", tmp_path / "scope.yaml", "--json", home=home).stdout)
    assert stated["loads"]
    bundle = tmp_path / "press.zip"
    assessor("sample", tmp_path / "scope.yaml", "-o", bundle, "--seconds", "5", home=home)
    assert json.loads(assessor("verify", bundle, "--json", home=home).stdout)["holds"]
    out = tmp_path / "out"
    assessor("assess", bundle, "--answers", tmp_path / "answers.yaml", "-o", out, home=home)
    filing = json.loads(assessor("verify", out / "filing.zip", "--sealed", bundle, "--json", home=home).stdout)
    assert filing["holds"]
    return json.loads((out / "assessment.json").read_text("utf-8"))  # type: ignore[no-any-return]


def shares(assessment: dict[str, object]) -> dict[str, dict[str, object]]:
    return {m["indicator"]: m for m in assessment["measurements"]}  # type: ignore[attr-defined]


@pytest.mark.wire
@pytest.mark.slow
def test_a_node_opcua_server(tmp_path: Path, home: Path) -> None:
    need("node")
    if not (HERE / "interop/node_modules").is_dir():
        pytest.skip("NOT TESTED: npm packages of tests/interop are not installed")
    with serving(["node", "opcua_server.js"], HERE / "interop", HOME=str(tmp_path)) as server:
        extra = "asset: press"
        scope = SCOPE.format(interface="opcua", protocol="opcua", address=server["address"], extra=extra)
        measured = shares(whole_way(tmp_path, home, scope))
    assert measured["readable"]["value"] == "0.5"
    assert measured["networked"]["low"] == "0"
    assert measured["units_ranges"]["state"] == "measured"


@pytest.mark.wire
@pytest.mark.slow
def test_a_pymodbustcp_server(tmp_path: Path, home: Path) -> None:
    with serving([sys.executable, "-m", "tests.servers.modbus_press"]) as server:
        extra = "units: [{unit: 1, asset: press, profile: demo-press}]"
        scope = SCOPE.format(interface="modbus-tcp", protocol="modbus-tcp", address=server["address"], extra=extra)
        measured = shares(whole_way(tmp_path, home, scope))
    assert measured["readable"]["value"] == "0.5"
    assert measured["open_protocol"]["value"] == "0.5"
