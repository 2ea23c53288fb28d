"""Programmes that might pay for a measure: what holds, what is open, which proof is missing; never as granted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessor.domain import Grant, Message, Worth
from assessor.messages import render
from assessor.report.pen import Pen

PROOFS = {"programme.missing", "programme.evidence_unknown"}
"""Reasons that speak of a proof and not of a condition."""


@dataclass(frozen=True)
class Support:
    """One programme beside a measure, or beside the plan."""

    title: str
    outcome: str
    amount: str
    """What it could come to at most, or what is confirmed; empty where neither is known."""
    confirmed: bool
    open: list[str]
    proofs: list[str]
    measures: list[str]
    """Numbers of the measures that it is for."""


def supports(worth: Worth | None, pen: Pen) -> list[Support]:
    """Beside one measure."""
    return [_support(((g, ""),), pen) for g in worth.grants] if worth else []


def of_plan(numbered: Iterable[tuple[int, Worth | None]], pen: Pen) -> list[Support]:
    """Each programme once: what is open for any of the measures that it might pay for."""
    found: dict[str, list[tuple[Grant, str]]] = {}
    for number, worth in numbered:
        for grant in worth.grants if worth else ():
            found.setdefault(grant.programme, []).append((grant, str(number)))
    return [_support(of, pen) for _, of in sorted(found.items())]


def _support(of: Sequence[tuple[Grant, str]], pen: Pen) -> Support:
    first = of[0][0]
    why = [m for grant, _ in of for m in grant.why]
    outcomes = dict.fromkeys(grant.outcome.value for grant, _ in of)
    sure = any(grant.confirmed is not None for grant, _ in of)
    return Support(
        title=pen.say(first.title) if first.title else first.programme,
        outcome=" / ".join(render(f"programme.outcome_{one}", pen.language) for one in outcomes),
        amount=_amount([grant for grant, _ in of], pen),
        confirmed=sure,
        open=_said((m for m in why if m.id not in PROOFS), pen),
        proofs=_said((m for m in why if m.id in PROOFS), pen),
        measures=[number for _, number in of],
    )


def _amount(grants: Sequence[Grant], pen: Pen) -> str:
    sure = [g.confirmed for g in grants if g.confirmed is not None]
    if sure:
        return pen.t("plan.support.confirmed", amount=sum(sure))
    most = [g.at_most for g in grants if g.at_most is not None]
    if not most:
        return ""
    low, high = min(most), max(most)
    if low == high:
        return pen.t("plan.support.at_most", amount=high)
    return pen.t("plan.support.at_most_each", low=low, high=high)


def _said(messages: Iterable[Message], pen: Pen) -> list[str]:
    """Each once."""
    return list(dict.fromkeys(pen.say(m) for m in messages))
