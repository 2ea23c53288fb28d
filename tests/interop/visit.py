"""One run against one server, the whole way a user goes, with a recorder between; what was seen as facts."""

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from typer.testing import CliRunner

from assessor.bundle import open_bundle
from assessor.cli import app
from assessor.domain import GOOD, Observation, RequestRecord, Sample, Scope, severity
from connectors.preview import preview
from connectors.scope import load_scope
from tests.interop import asking
from tests.interop.catalogue import PASSWORD, Server
from tests.servers import rules
from tests.servers.processes import serving

SECONDS = 6
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
limits: {{connect_spacing: 0.2, pause_after_connect: 0.1, sampling_interval: 0.5}}
assets:
  - {{id: press, name: {{zh: 压机, en: Press}}, kind: press, production: true, interface: {protocol}}}
  - {{id: lathe, name: {{zh: 车床, en: Lathe}}, kind: lathe, production: true, interface: none}}
endpoints:
  - id: press
    protocol: {protocol}
    address: "{address}"
    role: machine
    {extra}
{profiles}
"""
ANSWERS = """
format: assessor-answers/1
plant: interop
budget: 300000
answers:
  - {question: share-networked, value: 0.9, by: equipment, at: "2026-01-01T08:00:00+08:00"}
  - {question: r1-l2-2, value: 1, by: equipment, at: "2026-01-01T08:00:00+08:00"}
"""


@dataclass(frozen=True)
class Seen:
    """What one run against one server left behind."""

    server: Server
    version: str
    scope: Scope
    observation: Observation
    rows: tuple[Sample, ...]
    requests: tuple[RequestRecord, ...]
    frames: tuple[dict[str, Any], ...]
    measured: dict[str, dict[str, Any]]
    ways: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> dict[str, list[Any]]:
        """By path: every Good value, in order of arrival."""
        paths = {tag.id: tag.path for tag in self.observation.tags}
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows:
            if severity(row.status) == GOOD:
                found[paths[row.tag]].append(value(row))
        return found

    @property
    def wrong(self) -> list[str]:
        """What is not as the server holds it: values, paths without a Good value, Good ones that must not be."""
        faults = []
        good = self.good
        for path, right in self.server.right.items():
            values = good.get(path, [])
            if right is None:
                faults += [f"{path}: {v} as Good" for v in values]
            elif not values:
                faults.append(f"{path}: no Good value")
            else:
                faults += [f"{path}: {v}" for v in values if not right(v)]
        return faults

    @property
    def offences(self) -> list[str]:
        """Frames on the wire that were not allowed, or more than was stated."""
        return rules.offences(self.frames, preview(self.scope, SECONDS).loads)


def value(row: Sample) -> Any:
    """The one value that a row holds."""
    return next((v for v in (row.number, row.integer, row.flag, row.text) if v is not None), None)


def visit(server: Server, folder: Path) -> Seen:
    """Start the server, go the whole way behind a recorder, and look."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = folder / "frames.jsonl"
    recorder = [sys.executable, "-m", "tests.servers.recorder", str(frames)]
    with serving(server.command(folder), server.cwd, HOME=str(folder)) as told:
        if server.certificate:
            accept(folder, server, told["address"])
        begin = told["address"].removeprefix("opc.tcp://").partition("/")[0]
        with serving(recorder, first_line=json.dumps({"press": begin})) as proxies:
            address = told["address"].replace(begin, proxies["press"])
            measured = whole_way(folder, server, address)
        asked = asking.ways(told["address"]) if server.protocol == "modbus-tcp" else {}
    bundle = open_bundle(folder / "press.zip")
    return Seen(
        server,
        server.version(told),
        load_scope(folder / "scope.yaml"),
        bundle.observations()[0],
        tuple(Sample(**row) for row in bundle.samples().to_pylist()),
        bundle.requests(),
        tuple(json.loads(line) for line in frames.read_text("utf-8").splitlines()),
        measured,
        asked,
    )


def accept(folder: Path, server: Server, address: str) -> None:
    """Say yes to the server's certificate before the run, by the fingerprint that its owner gives."""
    assert server.certificate
    shown = x509.load_pem_x509_certificate((folder / server.certificate).read_bytes())
    scope = folder / "accepting.yaml"
    scope.write_text(_scope(server, address), "utf-8")
    fingerprint = shown.fingerprint(hashes.SHA256()).hex()
    command(folder / "home", "trust", "accept", scope, "press", "--fingerprint", fingerprint, "--by", "IT")


def _scope(server: Server, address: str) -> str:
    given = {"protocol": server.protocol, "address": address, "extra": server.extra}
    return SCOPE.format(**given, profiles=server.profiles)


def whole_way(folder: Path, server: Server, address: str) -> dict[str, dict[str, Any]]:
    """preview, sample, verify, assess as a user gives them; the measurements by indicator."""
    scope, answers, home = folder / "scope.yaml", folder / "answers.yaml", folder / "home"
    scope.write_text(_scope(server, address), "utf-8")
    answers.write_text(ANSWERS, "utf-8")
    assert json.loads(command(home, "preview", scope, "--json"))["loads"]
    bundle, out = folder / "press.zip", folder / "out"
    command(home, "sample", scope, "-o", bundle, "--seconds", SECONDS)
    _holds(command(home, "verify", bundle, "--json"))
    command(home, "assess", bundle, "--answers", answers, "-o", out)
    _holds(command(home, "verify", out / "filing.zip", "--sealed", bundle, "--json"))
    found: Sequence[dict[str, Any]] = json.loads((out / "assessment.json").read_text("utf-8"))["measurements"]
    return {m["indicator"]: m for m in found}


def command(home: Path, *arguments: object) -> str:
    """What a command prints. In this process: a start of Python for each would take most of the time."""
    environment = {"ASSESSOR_HOME": str(home), "ASSESSOR_LANGUAGE": "en", "COLUMNS": "110"}
    environment["INTEROP_SECRET"] = PASSWORD
    done = CliRunner().invoke(app, [str(a) for a in arguments], env=environment)
    assert done.exit_code == 0, f"{arguments}: {done.output}\n{done.exception!r}"
    return done.stdout


def _holds(verified: str) -> None:
    assert json.loads(verified)["holds"], verified
