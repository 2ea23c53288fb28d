"""A database with a portfolio of generated factories that opened their results to an office, written row by row:
what a look reads of a survey is there, and no Assessment is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.desk.desk import Desk, new_id
from assessor.domain import sha256
from assessor.portfolio.extract import FORMAT, Extract, Seen
from assessor.portfolio.watching import Case
from assessor.storage import tables
from assessor.storage.rows import insert_all

AT = 1_790_000_000 * 10**9


@dataclass(frozen=True)
class Filled:
    """Ids of what was written, by the names that the cases have."""

    surveys: dict[str, str]
    houses: dict[str, str]
    people: dict[str, str]


def fill(
    desk: Desk,
    office: str,
    cases: Sequence[Case],
    *,
    generated: bool = False,
    purposes: Iterable[str] = ("programme",),
    represents: Mapping[str, Sequence[str] | None] | None = None,
    open_: Iterable[str] = (),
) -> Filled:
    """Every case as a survey of a factory of its own (two of one organisation as two of one factory)."""
    surveys = {c.survey: new_id() for c in cases}
    houses = {name: new_id() for name in dict.fromkeys(c.organisation for c in cases)}
    names = {a for c in cases for a in c.assessors} | {r.by for c in cases for r in c.rated}
    people = {name: new_id() for name in sorted(names)}
    held = Filled(surveys, houses, people)
    rows: dict[str, list[dict[str, object]]] = {}

    def add(table: str, **values: object) -> None:
        rows.setdefault(table, []).append(values)

    for name, id_ in houses.items():
        add(
            "organisations",
            id=id_,
            kind="factory",
            name=f"工厂 {name}",
            made=AT,
            demonstration=generated,
            keep_days=None,
        )
        for purpose in purposes:
            who = {"given": AT, "given_by": id_, "ended": None, "ended_by": None}
            add("consents", id=new_id(), organisation=id_, purpose=purpose, receiver=office, **who)
    for name, id_ in people.items():
        add("accounts", id=id_, made=AT, language="zh", password=None, ended=None)
        add("persons", account=id_, name=f"评估师 {name}", contact=None, subject=None)
    left = set(open_)
    for case in cases:
        _survey(add, held, case, generated=generated, differences=int(case.survey in left))
    for name, house in sorted({(a, c.organisation) for c in cases for a in c.assessors}):
        role = {"role": "consultant", "department": "it", "since": AT}
        add("memberships", account=people[name], organisation=houses[house], **role)
    for name, items in (represents or {}).items():
        first = next(c for c in cases if name in c.assessors)
        said = {
            "kinds": ["represents"],
            "years": None,
            "text": "代理",
            "at": AT,
            "solutions": items and list(items),
        }
        add("declarations", survey=surveys[first.survey], account=people[name], **said)
    with desk.store.write() as c:
        for table in tables.metadata.sorted_tables:
            insert_all(c, table, rows.get(table.name, ()))
    return held


def _survey(add, held: Filled, case: Case, *, generated: bool, differences: int) -> None:  # type: ignore[no-untyped-def]
    id_, house = held.surveys[case.survey], held.houses[case.organisation]
    code = case.factory if case.factory != case.organisation else None
    name = {"zh": f"工厂 {case.organisation}", "en": f"Plant {case.organisation}"}
    plant = {"id": "plant", "kind": "discrete", "name": name, "credit_code": code, "simulated": generated}
    settings = {"framework": "cmmm-2020-discrete"}
    add("surveys", id=id_, organisation=house, plant=plant, settings=settings, made=AT, version=9, keep_until=None)
    row = extract(case, generated=generated, differences=differences).model_dump(mode="json")
    kept = {"version": 9, "made": case.made, "plant": sha256(case.plant.encode()), "format": FORMAT, "row": row}
    add("extracts", survey=id_, organisation=house, **kept)
    who = held.people[min(case.assessors)] if case.assessors else id_
    for n, (question, value) in enumerate(case.answers.items()):
        said = {"value": value, "target": None, "reason": case.reasons.get(question), "department": "owner"}
        add("answers", survey=id_, question=question, version=1 + n % 9, account=who, at=AT, **said)
    for name in case.assessors:
        said = {"value": "1", "target": None, "reason": None, "department": "it", "at": AT, "version": 1}
        add("changes", survey=id_, key=new_id(), question="m5-l2-1", account=held.people[name], **said)
    for file in case.files:
        kind, media = ("proof", "image/png") if file.proof else ("bundle", "application/zip")
        about = {} if file.proof else {"bundle": "sample", "digest": file.digest, "source": file.digest}
        kept = {"sha256": file.digest if file.proof else sha256(id_.encode()), "size": file.size, "about": about}
        add(
            "files",
            id=new_id(),
            survey=id_,
            kind=kind,
            question=file.question,
            name="a.png",
            media=media,
            account=who,
            at=AT,
            **kept,
        )
    for rated in case.rated:
        first = [[f"q{n}", pair[0]] for n, pair in enumerate(rated.pairs)]
        by = held.people[rated.by]
        end = {"version": 9, "at": AT, "seed": "0", "ended": AT, "outcome": "finished"}
        add("samples", survey=id_, account=by, first=first, **end)
        for n, pair in enumerate(rated.pairs):
            add("seconds", survey=id_, account=by, question=f"q{n}", value=pair[1], reason=None, at=AT)


def extract(case: Case, *, generated: bool, differences: int) -> Extract:
    """What may be counted of it."""
    framework, _, version = case.framework.partition("@")
    machines = {} if case.machines is None else {
        "digital": Seen(low=Fraction(0), high=Fraction(0), of=case.machines)
    }  # fmt: skip
    verified = case.verified
    return Extract(
        industry=case.industry,
        size=case.size,  # type: ignore[arg-type]
        district=None,
        above_scale=None,
        simulated=generated,
        made=case.made,
        framework=framework,
        version=version,
        heard=verified is not None,
        declared_level=case.declared.level or 0,
        declared_score=Fraction(f"{case.declared.score or 0:.4f}"),
        verified_level=verified.level if verified else None,
        verified_score=Fraction(f"{verified.score or 0:.4f}") if verified else None,
        level_high=verified.level if verified else None,
        weights_unverified=True,
        machines=machines,  # type: ignore[arg-type]
        robots=None if case.robots is None else Fraction(case.robots),
        staff=None,
        energy=None,
        carbon=None,
        holds_back=(),
        wants=case.plan,
        open=differences,
    )
