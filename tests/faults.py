"""Runs over faulty lines: one endpoint a fault, all in one run, so that none may hurt another."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor import gathering
from assessor.domain import GOOD, Observation, Sample, Scope, severity
from connectors.scope import load_scope
from tests.kept import Kept
from tests.servers.processes import serving
from tests.servers.sevens import POINTS

TIMEOUT = 1.0
BOUND = 60.0
"""Seconds after the end of sampling by which every endpoint must be done: some thirty time-outs and back-offs
of these limits, and room for a busy machine."""
LIMITS = f"""{{connect_spacing: 0.2, pause_after_connect: 0, request_gap: 0.02, timeout: {TIMEOUT:g},
  breaker_failures: 5, breaker_cooldown: 10, sampling_interval: 0.5, session_timeout: 10, browse_seconds: 10}}"""
HEAD = """format: assessor-scope/1
plant: {id: faults, name: {zh: 故障试验, en: Trial of faults}, kind: discrete, simulated: true}
agreement: {role: {zh: 测试, en: Test}, date: "2026-01-01", reference: test}
vantage: control
register: {source: {zh: 测试清单, en: Test list}, as_of: "2026-01-01"}
strata: [{id: all, selection: all}]
"""
PROFILE = "profiles:\n  - {format: assessor-profile/1, id: sevens, title: {zh: 试, en: Trial}, source: own, "
PROFILE += "confidence: site, points: ["
PROFILE += ", ".join(f"{{id: point{i}, fc: 3, at: {10 * i}, type: u32}}" for i in range(POINTS)) + "]}\n"


def scope_text(kind: str, addresses: Mapping[str, str], limits: str = LIMITS) -> str:
    """One endpoint an address, each an asset of its own. `kind`: of tests.servers.sevens; 'polled' where the
    native one is not to be subscribed to."""
    interface = "opcua" if kind != "modbus" else "modbus-tcp"
    text = f"{HEAD}limits: {limits}\nassets:\n"
    for name in addresses:
        what = f"kind: press, production: true, interface: {interface}"
        text += f"  - {{id: {name}, name: {{zh: 机, en: M}}, {what}}}\n"
    text += "endpoints:\n"
    for name, address in addresses.items():
        full = f"opc.tcp://{address}/" if kind != "modbus" else address
        what = f"asset: {name}" if kind != "modbus" else f"units: [{{unit: 1, asset: {name}, profile: sevens}}]"
        what += ", sampling: poll" if kind == "polled" else ""
        text += f'  - {{id: {name}, protocol: {interface}, address: "{full}", role: machine, {what}}}\n'
    return text + (PROFILE if kind == "modbus" else "")


class Watching(Kept):
    """A sink that makes a file once an endpoint has given values: then its fault begins."""

    def __init__(self, when: Mapping[str, Path]) -> None:
        super().__init__()
        self._when, self._of, self._good = dict(when), dict[int, str](), dict[str, int]()
        self.begun: dict[str, int] = {}

    def observe(self, observation: Observation) -> None:
        super().observe(observation)
        self._of |= {tag.id: observation.endpoint for tag in observation.tags}

    def samples(self, rows: Sequence[Sample]) -> None:
        super().samples(rows)
        for row in rows:
            name = self._of.get(row.tag, "")
            self._good[name] = self._good.get(name, 0) + (severity(row.status) == GOOD)
            if name in self._when and name not in self.begun and self._good[name] >= 2 * POINTS:
                self.begun[name] = time.monotonic_ns()
                self._when[name].touch()


@dataclass(frozen=True)
class Outcome:
    """What became of one endpoint."""

    observation: Observation
    good: dict[int, list[int]]
    """By point: Good values in order of arrival."""
    after: int
    """How many of them came later than a request's time-out after the fault began."""
    bad: int
    hole: float
    """Seconds of the longest stretch between two Good values of a point, by the time the server gave them."""
    late: float
    """Seconds from the end of the sampling time to the end of its part of the run."""

    @property
    def told(self) -> bool:
        """Is the trouble to be seen: a problem, a gap, a device's problem, or rows that say Bad?"""
        seen = self.observation
        return bool(seen.problem or seen.gaps or self.bad or any(d.problem for d in seen.devices))


@contextmanager
def faulty(server: str, faults: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """A line before a server for each fault."""
    target = server.removeprefix("opc.tcp://").rstrip("/")
    wanted = {name: {"target": target} | fault for name, fault in faults.items()}
    with serving([sys.executable, "-m", "tests.servers.faulty"], first_line=json.dumps(wanted)) as lines:
        yield lines


def run(scope: Scope, sink: Watching, seconds: float) -> dict[str, float]:
    """Gather; when each endpoint ended, on the monotonic clock. One that hangs is named."""
    ended: dict[str, float] = {}

    async def bounded() -> None:
        going = asyncio.create_task(
            gathering.gather(
                scope, sink, seconds=seconds, stop=asyncio.Event(),
                ended=lambda seen: ended.update({seen.endpoint: time.monotonic()}),
            )
        )  # fmt: skip
        done, _ = await asyncio.wait({going}, timeout=seconds + 2 * BOUND)
        hanging = {e.id for e in scope.endpoints} - ended.keys()
        if not done:
            going.cancel()
        assert done, f"hang: {sorted(hanging)}"
        await going

    asyncio.run(bounded(), debug=False)
    return ended


def outcomes(
    kind: str, faults: Mapping[str, Mapping[str, Any]], folder: Path, seconds: float
) -> dict[str, Outcome]:
    """One run with an endpoint for each fault."""
    served = "native" if kind == "polled" else kind
    with serving([sys.executable, "-m", "tests.servers.sevens", served]) as server:
        when = {name: folder / f"{name}.now" for name, fault in faults.items() if fault.get("when")}
        given = {n: f | ({"when": str(when[n])} if n in when else {}) for n, f in faults.items()}
        with faulty(server["address"], given) as addresses:
            file = folder / "scope.yaml"
            file.write_text(scope_text(kind, addresses), "utf-8")
            scope, sink = load_scope(file), Watching(when)
            began = time.monotonic()
            ended = run(scope, sink, seconds)
    return {name: outcome(name, sink, ended[name] - began - seconds) for name in faults}


def outcome(name: str, sink: Watching, late: float) -> Outcome:
    """The part of one endpoint."""
    observation = sink.observations[name]
    point = {t.id: int(t.path[-1]) for t in observation.tags if t.path[:-1].endswith("point")}
    good: dict[int, list[int]] = {}
    after = bad = 0
    hole, latest = 0.0, dict[int, int]()
    begun = sink.begun.get(name, 0) + TIMEOUT * 1e9
    for row in sink.rows:
        if row.tag not in point:
            continue
        if severity(row.status) == GOOD:
            good.setdefault(point[row.tag], []).append(row.integer if row.integer is not None else -1)
            after += row.mono > begun
            moment = row.source or row.receive
            hole = max(hole, (moment - latest.get(row.tag, moment)) / 1e9)
            latest[row.tag] = moment
        else:
            bad += 1
    return Outcome(observation, good, after, bad, hole, late)
