"""GENERATED factories of a city, all marked as such: drawn with a seed from Extracts of simulated plants that were
really judged. They are for trying and measuring, and say nothing about any real place."""

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assessor.audit import read_assessment
from assessor.desk import houses
from assessor.desk.access import Actor
from assessor.desk.desk import DAY, Desk, new_id
from assessor.desk.extracting import extracted
from assessor.desk.office import running
from assessor.desk.office.steps import Step, alone, note
from assessor.domain import Ladder, VoucherAct, VoucherState
from assessor.frameworks import Library
from assessor.portfolio.extract import MACHINES, Extract, Ratio, Reach, Seen, extract_of
from assessor.portfolio.peers import size
from assessor.programmes.vouchers import MOVES
from assessor.storage import Voucher, tables
from assessor.storage import vouchers as sql
from assessor.storage.rows import insert_all
from tests.web.offices import PROGRAMME, code

CASE = Path(__file__).parents[1] / "cases" / "demo" / "assessment.json"

DISTRICTS = {
    "pudong": 20, "minhang": 13, "songjiang": 15, "jiading": 15, "qingpu": 9, "fengxian": 11, "baoshan": 7,
    "jinshan": 7, "xuhui": 1.2, "yangpu": 0.8, "putuo": 0.7, "chongming": 1.2, "jingan": 0.2, "changning": 0.08,
}  # fmt: skip
"""How often each is drawn, of all; some so seldom that they are put together."""
INDUSTRIES = {
    "29": 10,
    "33": 12,
    "34": 16,
    "35": 14,
    "36": 11,
    "38": 12,
    "39": 9,
    "26": 6,
    "27": 3,
    "14": 4,
    "18": 2,
    "41": 0.1,
}
KINDS = {"26": "process", "27": "process", "14": "process"}
STEPS = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


def city(
    bases: Sequence[Extract], library: Library, count: int, seed: int = 9, real: bool = False
) -> list[Extract]:
    """So many plants, each like one of the bases but for what is drawn. `real`: not marked, for tests of what
    happens to real ones."""
    drawn = random.Random(seed)
    return [
        _plant(drawn, bases[i % len(bases)], library).model_copy(update={"simulated": not real})
        for i in range(count)
    ]


def _plant(drawn: random.Random, base: Extract, library: Library) -> Extract:
    industry = _pick(drawn, INDUSTRIES) if drawn.random() > 0.04 else None
    kind = KINDS.get(industry or "", "discrete")
    district = _pick(drawn, DISTRICTS) if drawn.random() > 0.05 else None
    employees = max(5, int(drawn.lognormvariate(4.7, 1.05)))
    skill = drawn.gauss(0, 1) + (employees > 300) * 0.8 + (district in ("pudong", "minhang")) * 0.3
    heard = drawn.random() < 0.55
    declared, verified, high = _levels(drawn, skill, heard)
    framework = f"cmmm-2020-{kind}"
    ladder = library.frameworks[framework]
    assert isinstance(ladder, Ladder)
    told: dict[str, Any] = {
        "industry": industry,
        "size": size(employees),
        "district": district,
        "above_scale": employees > 60,
        "made": base.made + drawn.randrange(200) * 86_400 * 10**9,
        "framework": framework,
        "version": ladder.version,
        "heard": heard,
        "declared_level": declared,
        "declared_score": Fraction(declared) + Fraction(drawn.randrange(80), 100),
        "verified_level": verified,
        "verified_score": None if verified is None else Fraction(verified) + Fraction(drawn.randrange(80), 100),
        "level_high": high,
        "levels": {framework: Reach(declared=declared, verified=verified, verified_high=high)},
        "machines": _machines(drawn, skill, employees) if heard else {},
        "holds_back": _some(drawn, [d.id for d in ladder.dimensions if d.plant in (None, kind)], 7),
        "wants": _some(drawn, list(base.wants or ()), 6) + _some(drawn, sorted(library.recommendations), 3),
        "open": drawn.randrange(1, 6) if heard and drawn.random() < 0.12 else 0,
    }
    return base.model_copy(update=told | _yearly(drawn, skill, employees, kind))


def _pick(drawn: random.Random, weights: dict[str, Any]) -> str:
    return drawn.choices(list(weights), list(weights.values()))[0]


def _some(drawn: random.Random, of: list[str], most: int) -> tuple[str, ...]:
    """The first of a list more often than the last."""
    ranked = sorted(of, key=lambda _: drawn.random())
    common = [one for i, one in enumerate(of) if drawn.random() < 0.75 / (1 + i / 3)]
    return tuple(dict.fromkeys((*common, *ranked)))[: drawn.randrange(1, most + 1)]


def _levels(drawn: random.Random, skill: float, heard: bool) -> tuple[int, int | None, int | None]:
    declared = min(5, max(0, round(1.35 + 0.85 * skill)))
    if not heard:
        return declared, None, None
    verified = max(0, declared - (drawn.random() < 0.45) - (drawn.random() < 0.08))
    return declared, verified, min(5, verified + (drawn.random() < 0.3))


def _machines(drawn: random.Random, skill: float, employees: int) -> dict[Any, Seen]:
    count = max(4, int(employees * drawn.uniform(0.1, 0.4)))
    shares = sorted((min(1.0, max(0.0, drawn.gauss(0.45 + 0.15 * skill, 0.2))) for _ in range(4)), reverse=True)
    of = dict.fromkeys(MACHINES, count) | {"numerical_control": drawn.randrange(3, 9)}
    held = dict(zip(("digital", "connectable", "readable", "networked"), shares, strict=True))
    held["numerical_control"] = min(1.0, max(0.0, drawn.gauss(0.55 + 0.1 * skill, 0.25)))
    found = {}
    for name in MACHINES:
        if drawn.random() < 0.06:
            continue  # not measured there
        seen = int(held[name] * of[name])
        unknown = drawn.randrange(of[name] - seen + 1) // 2
        found[name] = Seen(low=Fraction(seen), high=Fraction(seen + unknown), of=of[name])
    return found


def _yearly(drawn: random.Random, skill: float, employees: int, kind: str) -> dict[str, Any]:
    """Robots, people, energy and carbon: each known of most."""
    output = Fraction(int(employees * drawn.uniform(60, 220)))
    heavy = 4 if kind == "process" else 1
    energy = output * Fraction(drawn.randrange(8, 45) * heavy, 1000)
    robots = Fraction(max(0, int(employees * max(0, drawn.gauss(0.025 + 0.012 * skill, 0.02)))))
    return {
        "robots": robots if drawn.random() < 0.8 else None,
        "staff": Fraction(employees) if drawn.random() < 0.9 else None,
        "energy": Ratio(over=energy, under=output) if drawn.random() < 0.7 else None,
        "carbon": Ratio(over=energy * Fraction(drawn.randrange(22, 32), 10), under=output)
        if drawn.random() < 0.65
        else None,
    }


def fill(desk: Desk, office: str, plants: Sequence[Extract]) -> None:
    """Factories of these plants, each of an organisation that is marked as generated and opens its results."""
    now = desk.clock()
    owners = [new_id() for _ in plants]
    demonstration = [one.simulated for one in plants]
    surveys_ = [new_id() for _ in plants]
    with desk.store.write() as c:
        insert_all(c, tables.organisations, [
            {"id": house, "kind": "factory", "name": f"生成工厂 {i + 1}", "made": now, "demonstration": demo,
             "keep_days": None}
            for i, (house, demo) in enumerate(zip(owners, demonstration, strict=True))
        ])  # fmt: skip
        insert_all(c, tables.consents, [
            {"id": new_id(), "organisation": house, "purpose": "programme", "receiver": office, "given": now,
             "given_by": new_id(), "ended": None, "ended_by": None}
            for house in owners
        ])  # fmt: skip
        insert_all(c, tables.surveys, [
            {"id": survey, "organisation": house, "made": one.made, "version": 1, "keep_until": None,
             "plant": {"id": f"generated-{i + 1}", "name": {"zh": f"生成工厂 {i + 1}", "en": f"Generated {i + 1}"},
                       "kind": _kind(one), "simulated": one.simulated},
             "settings": {"framework": one.framework}}
            for i, (survey, house, one) in enumerate(zip(surveys_, owners, plants, strict=True))
        ])  # fmt: skip
        rows = [
            extracted(survey, house, 1, f"{_kind(one)} 生成工厂 {i + 1}", one.model_dump(mode="json"))
            for i, (survey, house, one) in enumerate(zip(surveys_, owners, plants, strict=True))
        ]
        insert_all(c, tables.extracts, [vars(row) for row in rows])


def _kind(one: Extract) -> str:
    """Discrete or process, as its ladder says."""
    return one.framework.rpartition("-")[2]


def office(desk: Desk, name: str = "示范主管部门", *, demonstration: bool = True) -> str:
    """An office that looks at generated factories."""
    return houses.found(desk, "office", name, demonstration=demonstration)


def judged(library: Library, file: Path = CASE) -> Extract:
    """What may be counted of the simulated plant, as it was really judged."""
    return extract_of(read_assessment(file.read_bytes(), str(file)), library)


WAY: tuple[VoucherAct, ...] = ("apply", "grant", "assign", "hand-in", "accept", "settle")


def vouchers(desk: Desk, office: str, officer: Actor, seed: int = 9) -> None:
    """A programme that the office runs, and for every survey there is a voucher that came some way of it, each
    step in the log, an hour or some days after the one before."""
    drawn, now = random.Random(seed), desk.clock()
    running.begin(desk, officer, office, PROGRAMME)
    rules = running.run(desk, officer, office, PROGRAMME).kept.rules
    running.change(desk, officer, office, PROGRAMME, 1, rules | {"terms": {"periods": [{"id": "2026"}]}})
    with desk.store.write() as c:
        alone(c, office)
        held = c.execute(select(tables.surveys.c.id, tables.surveys.c.organisation, tables.surveys.c.plant)).all()
        for number, (survey, house, plant) in enumerate(held, 1):
            kept = Voucher(
                id=new_id(), office=office, number=number, programme=PROGRAMME, version=2, period="2026",
                credit_code=code(number), site=str(number), name=f"{number} 号厂区", factory=house, survey=survey,
                state="applied", step=0, made=now, changed=now, granted=20_000, provider=None, accepted_by=None,
                about={"plant": plant, "outcome": "not_determined", "eligibility": {"checks": []}, "consents": []},
            )  # fmt: skip
            sql.add(c, kept)
            state: VoucherState | None = None
            at = now - drawn.randrange(60, 300) * DAY
            for act in WAY[: drawn.randrange(1, 7)]:
                at = min(now, at + int(drawn.expovariate(1 / 9) * DAY))
                then = replace(desk, clock=lambda at=at: at)  # type: ignore[misc]
                after = MOVES[act].after
                entry = note(c, then, office, officer, Step(kept.id, act, state, after))
                state = after
                sql.change(c, kept.id, state=state, step=entry.number, changed=at)
