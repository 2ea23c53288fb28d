"""PAY: which programmes might support a thing that a plant does, condition by condition. Unknown stays unknown.

A condition that cannot be told never counts as met. Nothing here is taken off a cost: only what somebody has in
writing is, and the plan does that.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from assessor.domain import (
    Answers,
    Applicant,
    Check,
    ConfirmedGrant,
    Eligibility,
    Evidence,
    Grant,
    Message,
    Outcome,
    Plant,
    Programme,
    Project,
    Rated,
)
from assessor.programmes.rules import ERROR, MET, NOT_APPLICABLE, NOT_MET, OPEN, PARTLY, Lists, checked, said

__all__ = ["Lists", "applicant", "grants_for", "might_apply", "overall"]
MIGHT = frozenset({MET, PARTLY, OPEN, ERROR})
"""Outcomes with which a programme stands beside a recommendation."""


def applicant(
    plant: Plant, answers: Answers, evidence: Iterable[Evidence], rated: Iterable[Rated], on: str
) -> Applicant:
    """What is known of a plant by verified answers and ratings, on a day (YYYY-MM-DD)."""
    held = tuple(evidence)
    levels = {}
    for one in rated:
        found = next((r for r in one.results if r.column == "verified"), None)
        if found is not None and found.level is not None and found.level_high is not None:
            levels[one.head.id] = (found.level, found.level_high)
    return Applicant(
        plant=plant,
        on=on,
        answers={e.question: e.verified for e in held if e.verified is not None},
        not_applicable=tuple(e.question for e in held if e.claimed == "not-applicable" and not e.settlement),
        proved=tuple(sorted({a.question for a in answers.answers if a.proofs})),
        levels=levels,
    )


def might_apply(programme: Programme, who: Applicant, what: Project | None, lists: Lists) -> Eligibility:
    """One programme held against one plant; `what` None: as far as the plant alone can tell."""
    checks = (*_frame(programme, who, lists), *(checked(rule, who, what, lists) for rule in programme.conditions))
    if "conditions" in programme.unknown:
        checks = (*checks, said("rules", OPEN, "rules"))
    outcome = overall(check.outcome for check in checks)
    return Eligibility(
        programme=programme.id,
        outcome=outcome,
        checks=checks,
        missing=tuple(_missing(programme, who)),
        at_most=_at_most(programme, what, outcome),
    )


def overall(outcomes: Iterable[Outcome]) -> Outcome:
    """Of all conditions together: one that fails decides; else an error, then what cannot be told, then a part.

    What does not apply is as if it were not asked.
    """
    found = set(outcomes) - {NOT_APPLICABLE}
    return next((o for o in (NOT_MET, ERROR, OPEN, PARTLY, MET) if o in found), NOT_APPLICABLE)


def grants_for(
    programmes: Iterable[Programme],
    who: Applicant,
    what: Project,
    lists: Lists,
    confirmed: Sequence[ConfirmedGrant] = (),
) -> tuple[Grant, ...]:
    """What might support a thing to do, and what is confirmed, by id. `confirmed` may be of any recommendation."""
    sure: dict[str, Fraction] = {}
    for one in confirmed:
        if one.recommendation == what.recommendation:
            sure[one.programme] = sure.get(one.programme, Fraction(0)) + one.amount
    held = {p.id: p for p in programmes if "upgrade" in p.pays_for and p.kind != "frame"}
    found = []
    for id_ in sorted(held.keys() | sure.keys()):
        judged = might_apply(held[id_], who, what, lists) if id_ in held else None
        if id_ in sure or (judged is not None and judged.outcome in MIGHT):
            grant = _grant(id_, judged, sure.get(id_))
            found.append(grant.model_copy(update={"title": held[id_].title}) if id_ in held else grant)
    return tuple(found)


def _grant(programme: str, judged: Eligibility | None, confirmed: Fraction | None) -> Grant:
    """As a plan shows it: a reason for whatever is not met, and the proofs that are missing."""
    if judged is None:
        why: tuple[Message, ...] = (Message(id="programme.not_held", params={"id": programme}),)
        return Grant(programme=programme, outcome=OPEN, why=why, confirmed=confirmed)
    why = tuple(c.why for c in judged.checks if c.outcome not in (MET, NOT_APPLICABLE)) + judged.missing
    return Grant(programme=programme, outcome=judged.outcome, why=why, at_most=judged.at_most, confirmed=confirmed)


def _frame(programme: Programme, who: Applicant, lists: Lists) -> Iterable[Check]:
    """What every programme asks: that the plant lies where it is for, and that the day lies within it."""
    if programme.region is not None:
        yield _place(programme, who, lists)
    first, last = programme.valid_from, programme.valid_to
    if first is not None and who.on < first:
        yield said("window", NOT_MET, "not_yet", day=first)
    elif last is not None and who.on > last:
        yield said("window", NOT_MET, "expired", day=last)
    elif first is None or last is None:
        yield said("window", OPEN, "window_unknown")
    else:
        yield said("window", MET, "in_window", first=first, last=last)


def _place(programme: Programme, who: Applicant, lists: Lists) -> Check:
    region = lists.regions.get(programme.region or "")
    if region is None:
        return said("place", ERROR, "place_unlisted", id=programme.region or "-")
    found = region.located(who.plant.district, who.answers)
    wanted = next((d.name for d in region.districts if d.id == programme.district), region.name)
    if found.inside is False or (programme.district and found.district not in (None, programme.district)):
        return said("place", NOT_MET, "place_other", place=wanted)
    if found.inside is None or (programme.district and found.district is None):
        return said("place", OPEN, "place_unknown", place=wanted)
    return said("place", MET, "place", place=wanted)


def _at_most(programme: Programme, what: Project | None, outcome: Outcome) -> Fraction | None:
    """Share of what counts, up to the cap; None where either is not known or the share is of something else."""
    share, cap = programme.share, programme.cap
    if share is None or cap is None or programme.share_of not in ("investment", "contract"):
        return None
    if what is None or not what.costs or outcome is NOT_MET:
        return None
    eligible = set(what.costs)
    for rule in programme.conditions:
        if rule.spent is not None and rule.spent.at_least is None:
            eligible &= set(rule.spent.on)
    return min(share * sum((what.costs[kind] for kind in eligible), Fraction(0)), Fraction(cap))


def _missing(programme: Programme, who: Applicant) -> Iterable[Message]:
    for asked in programme.evidence:
        told = asked.profile is not None and getattr(who.plant, asked.profile) is not None
        if not told and asked.question not in who.proved:
            yield Message(id="programme.missing", params={"proof": asked.text})
    if "evidence" in programme.unknown:
        yield Message(id="programme.evidence_unknown")
