"""WATCH over quality for an office: begin a look, see what is worth asking, note what came of it.

The look reads only what factories opened to the office. Of one that ended its consent since, nothing is shown any
more, and nothing that pools many until somebody looks again. An officer sees counts; which questions they are sees
whoever all of the factories opened their filings to.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast

from assessor.desk import cases
from assessor.desk.access import Actor
from assessor.desk.desk import Desk, new_id
from assessor.desk.looker import LookJob
from assessor.desk.looking_over import look_over
from assessor.desk.office.overview import get
from assessor.domain import Message
from assessor.errors import ConflictError, InputError, UnknownError
from assessor.messages import Language, render
from assessor.portfolio.watching import KINDS, POOLED, Look, Query
from assessor.report.commas import commas
from assessor.storage import LookRun, Organisation, Said, ledger, people
from assessor.storage import surveys as surveys_sql
from assessor.storage import watching as sql

ANSWERS = ("answered", "aside", "open")
LONGEST = 2000
SILENT = 120 * 10**9
"""ns after which a look that says nothing is taken to have ended."""


@dataclass(frozen=True)
class Shown:
    """One query as an office sees it."""

    query: Query
    said: tuple[Said, ...]
    """All that was noted of it, oldest first."""
    questions: tuple[str, ...]
    """Which ones, for whoever may read filings of all its factories; else empty."""

    @property
    def state(self) -> Literal["open", "aside", "answered"]:
        """What was said last holds while the evidence is the same."""
        last = self.said[-1] if self.said else None
        return last.state if last is not None and last.stands == self.query.stands else "open"

    @property
    def changed(self) -> bool:
        """Was something said of it that held for other evidence?"""
        return bool(self.said) and self.said[-1].stands != self.query.stands


@dataclass(frozen=True)
class Standing:
    """What an office's watch comes to."""

    office: Organisation
    now: LookRun | None
    """The newest look, ended or not."""
    running: bool
    kept: LookRun | None
    """The newest one that found something."""
    look: Look | None
    shown: tuple[Shown, ...]
    hidden: int
    """Queries about factories that have ended their consent since."""
    withdrawn: int
    """Consents that were ended since; while there are any, nothing pooled is shown."""
    old: bool
    """Have results come or changed since?"""
    factories: Mapping[str, str]
    people: Mapping[str, str]
    """Names; of whoever had themselves erased there is none."""


@lru_cache(maxsize=8)
def _opened(found: bytes) -> Look:
    return Look.model_validate_json(zlib.decompress(found))


def standing(desk: Desk, who: Actor, office: str) -> Standing:
    house = get(desk, who, office)
    who.require("quality.read", office)
    with desk.store.read() as c:
        now, kept = sql.newest(c, office), sql.newest(c, office, ended=True)
        state = cases.state_of(c, office) if kept else None
        said, agreed = sql.said(c, office), sql.opened_to(c, office)
        withdrawn = sql.ended_since(c, office, kept.began) if kept else 0
    found = _opened(kept.found) if kept and kept.found else None
    queries = found.queries if found else ()
    named = {survey for q in queries for survey in q.surveys}
    with desk.store.read() as c:
        there = surveys_sql.still_there(c, named)
    withdrawn += len(named - there)  # erased since: what was asked of them goes at once
    seen = [
        q
        for q in queries
        if set(q.factories) <= agreed and set(q.surveys) <= there and not (withdrawn and q.kind in POOLED)
    ]
    reader = _about(who, {f for q in seen for f in q.factories})
    shown = tuple(Shown(q, tuple(said.get(q.id, ())), _questions(reader, q)) for q in seen)
    accounts = {a for q in seen for a in q.assessors} | {s.account for one in shown for s in one.said}
    if found and not withdrawn:
        accounts |= {p.assessor for funnel in found.funnels for p in funnel.points}
        accounts |= {a for pair in found.pairs for a in (pair.first, pair.second) if a}
    with desk.store.read() as c:
        names = sql.names_of(c, sorted({f for q in seen for f in q.factories}))
        known = people.people(c, accounts)
    return Standing(
        office=house,
        now=now,
        running=_runs(desk, now),
        kept=kept,
        look=found,
        shown=shown,
        hidden=len(queries) - len(seen),
        withdrawn=withdrawn,
        old=kept is not None and kept.state != state,
        factories=names,
        people={id_: person.name for id_, person in known.items()},
    )


def _about(who: Actor, factories: set[str]) -> Actor:
    """The same, knowing no more consents than it takes: an office has thousands, and each is asked."""
    return replace(who, agreed=tuple(c for c in who.agreed if c.organisation in factories))


def _questions(who: Actor, query: Query) -> tuple[str, ...]:
    return query.questions if all(who.may("filing.read", f) for f in query.factories) else ()


def _runs(desk: Desk, now: LookRun | None) -> bool:
    return now is not None and now.ended is None and desk.clock() - now.told < SILENT


def begin(desk: Desk, who: Actor, office: str) -> None:
    """Look again; where a look is under way nothing is done."""
    get(desk, who, office)
    who.require("quality.answer", office)
    new = LookRun(new_id(), office, who.account, desk.clock(), "reading", 0, 1, desk.clock())
    with desk.store.write() as c:
        if people.organisation(c, office, lock=True) is None:
            raise UnknownError(Message(id="desk.unknown"))
        if _runs(desk, sql.newest(c, office)):
            return
        sql.begin(c, new)
        ledger.note(c, new.began, who.account, office, "quality looked at", new.id)
    address = desk.store.engine.url.render_as_string(hide_password=False)
    desk.looker.start(look_over, LookJob(address, office, new.id), lambda: _lost(desk, new.id))


def _lost(desk: Desk, id_: str) -> None:
    fault = Message(id="watching.lost").model_dump(mode="json")
    with desk.store.write() as c:
        sql.say_how_far(c, id_, ended=desk.clock(), fault=fault)


def say(desk: Desk, who: Actor, office: str, key: str, state: str, why: str, stands: str) -> None:
    """Note what came of a query, put it aside with a reason, or open it again. `stands`: the evidence that was
    read; where a newer look has other evidence it is a ConflictError."""
    get(desk, who, office)
    who.require("quality.answer", office)
    why = why.strip()[:LONGEST]
    if state not in ANSWERS:
        raise InputError(Message(id="watching.bad_state"), "state")
    if not why and state != "open":
        raise InputError(Message(id="watching.why"), "why")
    found = next((s.query for s in standing(desk, who, office).shown if s.query.id == key), None)
    if found is None:
        raise UnknownError(Message(id="desk.unknown"))
    if found.stands != stands:
        raise ConflictError(Message(id="watching.other_evidence"))
    new = Said(key, stands, cast(Literal["answered", "aside", "open"], state), why, who.account, desk.clock())
    with desk.store.write() as c:
        sql.say(c, office, new)
        ledger.note(c, new.at, who.account, office, f"quality: {state}", key)


COLUMNS = ("kind", "query", "factories", "assessors", "surveys", "asks", "evidence", "state")


def exported(desk: Desk, who: Actor, office: str, language: Language) -> bytes:
    """All queries as CSV, without a name or an id of anybody; for Excel with its mark of UTF-8."""
    held = standing(desk, who, office)
    rows = [[render(f"watching.column.{name}", language) for name in COLUMNS]]
    for one in sorted(held.shown, key=lambda s: KINDS.index(s.query.kind)):
        q = one.query
        evidence = " ".join(render(m, language) for m in q.evidence)
        kind, state = render(f"watching.kind.{q.kind}", language), render(f"watching.state.{one.state}", language)
        about = (str(len(ids)) for ids in (q.factories, q.assessors, q.surveys))
        rows.append([kind, q.id[:8], *about, render(q.asks, language), evidence, state])
    return commas(rows)
