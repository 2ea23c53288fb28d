"""A chain as its leader sees it: who was invited and joined, the members as a group, and what to take away."""

import csv
import io
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk.chain import inviting, seeing
from assessor.desk.chain.inviting import Coded
from assessor.desk.chain.seeing import Line, Picture
from assessor.desk.desk import DAY
from assessor.errors import InputError
from assessor.forms.suppliers import TIERS, Listed, ListError
from assessor.portfolio.group import INTEGRATED, Brief, Machines
from assessor.report import charts
from assessor.report.commas import commas, inactive
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, Posted, posted, text, upload
from assessor.web.pages.results import download

router = APIRouter()
CSV = (
    "name", "credit_code", "tier", "state", "since", "plant", "framework", "declared", "verified", "weights",
    "day", "of", "readable", "readable_unknown", "connectable", "connectable_unknown", "networked",
    "networked_unknown", "note",
)  # fmt: skip
FEW = 8
"""Of what holds members back so many stand on the page."""


@router.get("/chains/{chain}")
def show(request: Request, desk: DeskOf, who: PageWho, chain: str, level: str = "") -> Response:
    return page(request, "chain", _values(desk, who, chain, level))


def _values(desk: DeskOf, who: PageWho, chain: str, level: str = "") -> dict[str, Any]:
    asked = int(level) if level in ("1", "2", "3", "4", "5") else INTEGRATED
    seen, now = seeing.picture(desk, who, chain, asked), desk.clock()
    return {
        "chain": seen.chain,
        "seen": seen,
        "tiers": _by_tier(seen),
        "tier_range": TIERS,
        "days": lambda at: max(now - at, 0) // DAY,
        "charts": charts,
        "share": Fraction,
        "few": FEW,
        "fault": None,
        "faults": (),
        "typed": {},
    }


def _by_tier(seen: Picture) -> dict[int | None, list[Line]]:
    found: dict[int | None, list[Line]] = {}
    for line in seen.lines:
        found.setdefault(line.member.tier, []).append(line)
    return found


@router.post("/chains/{chain}/suppliers")
def invite(request: Request, desk: DeskOf, who: PageWho, form: Posted, chain: str) -> Response:
    """One supplier, or a list; codes are shown this once. A fault is told with every line that is wrong."""
    who.require("chain.invite", chain)
    try:
        made = inviting.invite(desk, who, chain, _lines(form))
    except InputError as problem:
        typed = {name: text(form, name) for name in ("name", "credit_code", "tier", "list")}
        faults = problem.faults if isinstance(problem, ListError) else ()
        told = {"fault": problem, "faults": faults, "typed": typed}
        return page(request, "chain", _values(desk, who, chain) | told, 422)
    return _codes(request, desk, who, chain, made)


def _lines(form: Posted) -> list[Listed]:
    """What a form says: a file, a pasted list, or one supplier."""
    if given := upload(form, "file"):
        return inviting.listed(given[1], given[0])
    if pasted := text(form, "list"):
        return inviting.listed(pasted.encode())
    cells = [text(form, name) for name in ("name", "credit_code", "tier")]
    return [(1, cells)] if any(cells) else []


def _codes(request: Request, desk: DeskOf, who: PageWho, chain: str, made: list[Coded]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerows((inactive(one.member.name), one.member.credit_code, one.code) for one in made)
    values = {
        "chain": inviting.chain(desk, who, chain),
        "made": made,
        "address": f"{request.base_url}enter",
        "copy": out.getvalue(),
    }
    return page(request, "chain_codes", values)


@router.post("/chains/{chain}/suppliers/{member}/code", dependencies=[Depends(posted)])
def renew(request: Request, desk: DeskOf, who: PageWho, chain: str, member: str) -> Response:
    """Another code; the old one opens nothing from then on."""
    return _codes(request, desk, who, chain, [inviting.renew(desk, who, chain, member)])


@router.post("/chains/{chain}/suppliers/{member}/remove", dependencies=[Depends(posted)])
def remove(desk: DeskOf, who: PageWho, chain: str, member: str) -> Response:
    inviting.remove(desk, who, chain, member)
    return RedirectResponse(f"/chains/{chain}#members", 303)


@router.get("/chains/{chain}/members.csv")
def members(request: Request, desk: DeskOf, who: PageWho, chain: str) -> Response:
    """Every member; of those that opened their result what it comes to, and no answer."""
    shown, seen = face(request), seeing.picture(desk, who, chain, INTEGRATED)
    heads = [shown.text(f"chain.csv.{name}") for name in CSV]
    return download(commas([heads, *(_row(shown, line) for line in seen.lines)]), "members.csv", "text/csv")


def _row(shown: Face, line: Line) -> list[str]:
    member = line.member
    first = [
        member.name,
        member.credit_code,
        "" if member.tier is None else str(member.tier),
        shown.text(f"chain.state.{line.state}"),
        shown.day(line.since),
    ]
    result = [""] * (len(CSV) - len(first) - 1) if line.brief is None else _result(shown, line.brief)
    note = shown.say(line.why) if line.why else ""
    if line.brief is not None and line.brief.machines is None:
        note = shown.text("chain.page.machines_unknown")
    return [*first, *result, note]


def _result(shown: Face, brief: Brief) -> list[str]:
    """Of machines empty where none was heard: that is not none."""
    held = {} if brief.machines is None else brief.machines.model_dump()
    counts = [str(held.get(name, "")) for name in Machines.model_fields]
    return [
        shown.say(brief.plant),
        shown.say(brief.frame.title),
        str(brief.declared),
        str(brief.verified) if brief.heard else "",
        shown.text("chain.csv.unchecked" if brief.unverified else "chain.csv.checked"),
        shown.day(brief.made),
        *counts,
    ]
