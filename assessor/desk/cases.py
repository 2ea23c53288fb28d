"""CASES of a portfolio: what may be looked at of each survey whose result an office may see, in few statements.

A result with an open difference is a question to the factory first, and no case. Answers and reasons are those of
the result; files, who assessed, what was declared and who rated second are as of now.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from assessor.domain import sha256
from assessor.frameworks import Library
from assessor.portfolio.extract import Extract
from assessor.portfolio.watching import Case, Portfolio
from assessor.portfolio.watching.alike import GRADES
from assessor.portfolio.watching.case import Held, Rated, Stand
from assessor.storage import extracts, watching
from assessor.storage.extracts import Entry

FILES = ("proof", "attachment", "export", "bundle")
SHOWING = ("proof", "attachment")


@dataclass(frozen=True)
class Read:
    """A portfolio, and what it was read from."""

    portfolio: Portfolio
    state: str
    open: int
    """Surveys left out since a difference is not settled yet."""
    generated: bool
    """None of it is of a real factory."""


def entries(c: Connection, office: str) -> tuple[list[Entry], bool]:
    """Results that an office may see: real ones; generated ones where there are no real ones, never both."""
    real = extracts.opened_to(c, office, demonstration=False)
    return (real, False) if real else (extracts.opened_to(c, office, demonstration=True), True)


def state_of(c: Connection, office: str) -> str:
    """Changes as results come, go or are reckoned again."""
    real = watching.state_of(c, office, demonstration=False)
    told = real if real[0] else watching.state_of(c, office, demonstration=True)
    return sha256(repr(told).encode())


def read(c: Connection, office: str, library: Library) -> Read:
    held, generated = entries(c, office)
    plants = {e.survey: e.plant for e in held}
    rows = extracts.rows(c, list(plants))
    counted = {survey: Extract.model_validate(row) for survey, row in rows.items()}
    seen = [survey for survey, one in counted.items() if one.open == 0]
    given, reasons = _given(c, seen), _reasons(c, seen)
    files, assessors, rated = _files(c, seen), _assessors(c, seen), _rated(c, seen)
    cases = []
    for survey, organisation, plant in watching.surveys_of(c, seen):
        one = counted[survey]
        case = Case(
            survey=survey,
            organisation=organisation,
            factory=plant.get("credit_code") or organisation,
            plant=plants[survey],
            made=one.made,
            framework=f"{one.framework}@{one.version}",
            industry=one.industry,
            size=one.size,
            declared=Stand(one.declared_level, float(one.declared_score)),
            verified=_verified(one),
            answers=given.get(survey, {}),
            reasons=reasons.get(survey, {}),
            files=tuple(files.get(survey, ())),
            machines=max((s.of for name, s in one.machines.items() if name != "numerical_control"), default=None),
            robots=_whole(one.robots),
            assessors=frozenset(assessors.get(survey, ())),
            plan=one.wants,
            rated=tuple(rated.get(survey, ())),
        )
        cases.append(case)
    topics = {q.id: topic.id for topic in library.topics for q in topic.questions if q.kind == "degree"}
    represents = {a: frozenset(items) or None for a, items in watching.represented(c, seen).items()}
    left = len(counted) - len(seen)
    return Read(Portfolio(tuple(cases), topics, represents), state_of(c, office), left, generated)


def _verified(one: Extract) -> Stand | None:
    if not one.heard or one.verified_score is None:
        return None
    return Stand(one.verified_level, float(one.verified_score))


def _whole(value: Fraction | None) -> int | None:
    return None if value is None else int(value)


def _given(c: Connection, seen: Sequence[str]) -> dict[str, dict[str, str]]:
    found = watching.degrees_of(c, seen, GRADES)
    return {survey: dict(pair.split("=") for pair in said.split(" ")) for survey, said in found}


def _reasons(c: Connection, seen: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for survey, question, reason in watching.reasons_of(c, seen):
        found[survey][question] = reason
    return found


def _files(c: Connection, seen: Sequence[str]) -> dict[str, list[Held]]:
    """Of a bundle the sealed one that it carries counts: a filing made of it is the same run."""
    found: dict[str, list[Held]] = defaultdict(list)
    for survey, kind, question, size, digest, about in watching.files_of(c, seen, FILES):
        told: dict[str, Any] = about or {}
        sealed = told.get("source") or told.get("digest") if kind == "bundle" else None
        found[survey].append(Held(sealed or digest, size, question, kind in SHOWING))
    return found


def _assessors(c: Connection, seen: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for survey, account in watching.assessors_of(c, seen):
        found[survey].add(account)
    return found


def _rated(c: Connection, seen: Sequence[str]) -> dict[str, list[Rated]]:
    second: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for survey, account, question, value in watching.seconds_of(c, seen):
        second[survey, account][question] = value
    found: dict[str, list[Rated]] = defaultdict(list)
    for survey, account, first in watching.ratings_of(c, seen):
        said = second[survey, account]
        pairs = [(before, said[q]) for q, before in first if before in GRADES and said.get(q) in GRADES]
        if pairs:
            found[survey].append(Rated(account, tuple(pairs)))
    return found
