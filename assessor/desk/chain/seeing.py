"""SEE a chain: its members with what each of them opened, and all of them as a group.

A consent is asked for at every request: what a member closes is gone from the next page on.
"""

import zlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from assessor.desk.access import Actor
from assessor.desk.chain.inviting import chain
from assessor.desk.desk import Desk
from assessor.domain import Assessment, Message
from assessor.portfolio.group import BRIEF, NOT_SHOWN, Brief, Group, Machines, brief, groups, machines
from assessor.programmes import chains as way
from assessor.storage import ChainMember, Consent, MemberState, Organisation, ledger, papers, people, quality
from assessor.storage import chains as sql
from assessor.storage import surveys as all_surveys

STATES: tuple[MemberState, ...] = ("joined", "invited", "declined", "left")


@dataclass(frozen=True)
class Line:
    """A member as its leader sees it."""

    member: ChainMember
    state: MemberState
    since: int
    came_in: bool
    """Invited, and somebody came in by the code already."""
    survey: str | None = None
    """Whose result is shown: the newest of the credit code that was invited."""
    brief: Brief | None = None
    why: Message | None = None
    """Of a member that joined: why there is no result to show."""
    others: int = 0
    """Further results of the same credit code."""


@dataclass(frozen=True)
class Picture:
    """A chain as a whole."""

    chain: Organisation
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    level: int
    machines: Machines
    heard: int
    """Members whose machines were heard: of so many `machines` is the sum."""
    unheard: int
    """Members with a result whose machines were not: nothing is known of these."""

    @property
    def counts(self) -> dict[MemberState, int]:
        return {state: sum(line.state == state for line in self.lines) for state in STATES}

    @property
    def shown(self) -> int:
        """Members with a result that is shown."""
        return sum(line.brief is not None for line in self.lines)


def picture(desk: Desk, who: Actor, chain_id: str, level: int) -> Picture:
    """Members by tier, and the picture of those whose results are open to the chain."""
    house = chain(desk, who, chain_id)
    with desk.store.read() as c:
        members = sql.of_chain(c, chain_id)
        ever = ledger.consents_ever_to(c, chain_id)
        open_ = _open_now(who, chain_id, ever)
        joined = {m.factory for m in members if m.state == "joined" and m.factory in open_}
        results = _results(c, who, {factory for factory in joined if factory})
        invitations = [m.invitation for m in members if m.state == "invited" and m.invitation]
        came_in = people.came_in(c, invitations)
        lines = tuple(_line(desk, c, member, open_, ever, results, came_in) for member in members)
    found = {line.survey: line.brief for line in lines if line.brief is not None}
    briefs = list(found.values())  # a factory that stands on two lines is one plant
    summed, heard = machines(briefs)
    return Picture(house, lines, tuple(groups(briefs, level)), level, summed, heard, len(briefs) - heard)


def _open_now(who: Actor, chain_id: str, ever: Collection[Consent]) -> set[str]:
    """Factories whose results one may see by their consent towards this chain."""
    own = {x.organisation for x in ever if x.ended is None and x.purpose == "programme"}
    return {id_ for id_ in own if who.may("result.read", id_)} if who.may("chain.read", chain_id) else set()


Found = dict[str, list[sql.Brief]]
"""By factory its surveys with a result, the newest first."""


def _results(c: Connection, who: Actor, factories: Collection[str]) -> Found:
    """Whoever rates a survey without seeing first answers does not see it here either."""
    blind = quality.rates_blind(c, who.account)
    held = [s for s in all_surveys.of_organisations(c, sorted(factories)) if s.id not in blind]
    newest = sql.newest_results(c, [s.id for s in held])
    found: Found = {}
    for survey in held:
        if survey.id in newest:
            found.setdefault(survey.organisation, []).append(newest[survey.id])
    return {factory: sorted(all_, key=lambda one: -one.made) for factory, all_ in found.items()}


def _line(
    desk: Desk, c: Connection, member: ChainMember, open_: Collection[str], ever: Collection[Consent],
    results: Found, came_in: Collection[str],
) -> Line:  # fmt: skip
    state = way.stands(member.state, agreed=member.factory in open_)
    ended = [x.ended for x in ever if x.organisation == member.factory and x.ended is not None]
    since = max((member.changed, *ended)) if state != member.state else member.changed
    line = Line(member, state, since, member.invitation in came_in)
    if state != "joined":
        return line
    held = [(one.survey, _told(desk, c, one)) for one in results.get(member.factory or "", [])]
    own = [(survey, told) for survey, told in held if told and told.credit_code == member.credit_code]
    if not own:
        why = Message(id="chain.other_result" if held else "chain.no_result")
        return Line(member, state, since, False, why=why)
    (survey, told), others = own[0], len(own) - 1
    if told.open:
        return Line(member, state, since, False, why=NOT_SHOWN, others=others)
    return Line(member, state, since, False, survey, told, others=others)


def _told(desk: Desk, c: Connection, held: sql.Brief) -> Brief | None:
    """A result in brief; whether it is shown is asked by whoever reads it."""
    key = (held.survey, held.version, held.made)
    known: Brief | None = desk.counted.briefs.get(key)
    told = known or _read(c, held)
    if known is None and told is not None:
        desk.counted.briefs.put(key, told)
    return told


def _read(c: Connection, held: sql.Brief) -> Brief | None:
    """As it was kept; one of another format, and one from before they were kept, out of the result itself."""
    if held.brief is not None and held.brief.get("format") == BRIEF:
        return Brief.model_validate(held.brief)
    newest = papers.outcome(c, held.survey, held.version)
    if newest is None or newest.assessment is None:
        return None
    return brief(Assessment.model_validate_json(zlib.decompress(newest.assessment)))
