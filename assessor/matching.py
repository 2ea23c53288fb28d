"""MATCH: who could carry out what a plan holds, each rank with its reasons; and what may be said of a factory that
looks for somebody, without naming it.

Ranks follow five criteria in a fixed order: industry, district, size, references, lists. Nothing else counts: not
the order of the file, not who asks, and there is no field by which a rank could be bought.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from assessor.domain import (
    Assessment,
    Choice,
    Demand,
    Located,
    Match,
    Message,
    Outcome,
    Plant,
    Provider,
    Ranked,
    Recommendation,
    Region,
    SizeRule,
    Text,
    Wanted,
)

BETTER = {Outcome.MET: 0, Outcome.NOT_DETERMINED: 1, Outcome.NOT_MET: 2}
"""Who says that he serves such a plant, before who does not say, before who says that he serves others."""
MOST_REFERENCES = 20
"""Of a provider's own count no more counts than anybody could ask about."""
BANDS = (0, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
"""Yuan at which a band of budgets begins."""


def match(
    done: Assessment,
    providers: Sequence[Provider],
    regions: Mapping[str, Region],
    diagnoser: str | None = None,
) -> tuple[Match, ...]:
    """For each recommendation of the plan, in its order, the providers that carry it out, best first.

    `diagnoser`: an id or a credit code. It and firms of one hand with it are marked, and ranked like all others.
    """
    hand = one_hand(providers, diagnoser) if diagnoser else frozenset[str]()
    places = located(done.plant, regions)
    known = {r.id: r for r in done.recommendations}
    found = []
    for choice in done.roadmap.choices if done.roadmap else ():
        able = [p for p in providers if choice.recommendation in p.capabilities]
        ranked = [_held(p, done.plant, places) for p in able]
        marks = {p.id: _mark(p, hand, diagnoser) for p in able}
        found.append(
            Match(
                recommendation=choice.recommendation,
                title=known[choice.recommendation].title,
                phase=choice.phase,
                providers=tuple(r.model_copy(update={"affiliation": marks[r.provider]}) for r in ranks(ranked)),
            )
        )
    return tuple(found)


def ranks(held: Sequence[Ranked]) -> list[Ranked]:
    """In order, equal ones with one rank; among these the id decides who stands first, and nothing more."""
    keys = {r.provider: _key(r) for r in held}
    placed = [r.model_copy(update={"rank": 1 + sum(k < keys[r.provider] for k in keys.values())}) for r in held]
    return sorted(placed, key=lambda r: (r.rank, r.provider))


def _key(one: Ranked) -> tuple[int, int, int, int, int]:
    return BETTER[one.industry], BETTER[one.district], BETTER[one.size], -one.references, -one.lists


def located(plant: Plant, regions: Mapping[str, Region]) -> dict[str, Located]:
    """What the plant's address tells of every city."""
    return {id_: region.located(plant.district) for id_, region in sorted(regions.items())}


def _held(one: Provider, plant: Plant, places: Mapping[str, Located]) -> Ranked:
    """A provider held against a plant; the rank is given once all are known."""
    code = _digits(plant)
    industry, district, size = _industry(one, code), _district(one, places), _size(one, plant.employees)
    references = sum(d.count for d in one.references if code and d.industry[:2] == code[:2])
    references, lists = min(references, MOST_REFERENCES), _lists(one)
    judged = (("industry", industry), ("district", district), ("size", size))
    reasons = [Message(id=f"match.{name}_{outcome.value}") for name, outcome in judged]
    reasons.append(Message(id="match.references", params={"n": references, "most": MOST_REFERENCES}))
    reasons.append(Message(id="match.lists", params={"n": lists}))
    return Ranked(
        provider=one.id,
        name=one.name,
        rank=1,
        industry=industry,
        district=district,
        size=size,
        references=references,
        lists=lists,
        reasons=tuple(reasons),
    )


def _lists(one: Provider) -> int:
    """Lists by different names, of which one can look up that it stands there: with date and source."""
    return len({" ".join(held.name.split()).casefold() for held in one.lists if held.date and held.source})


def _digits(plant: Plant) -> str:
    """The plant's GB/T 4754 code without its letter; '' where it is not known."""
    return (plant.industry or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _industry(one: Provider, code: str) -> Outcome:
    if not one.industries or not code:
        return Outcome.NOT_DETERMINED
    if any(code.startswith(prefix) for prefix in one.industries):
        return Outcome.MET
    return Outcome.NOT_DETERMINED if any(p.startswith(code) for p in one.industries) else Outcome.NOT_MET


def _district(one: Provider, places: Mapping[str, Located]) -> Outcome:
    """A city served is served in all its districts; where the address does not tell, nothing is said."""
    here = {id_ for city, place in places.items() if place.inside for id_ in (city, place.district) if id_}
    if here & set(one.districts):
        return Outcome.MET
    silent = all(place.inside is None for place in places.values())
    whole = any(place.inside and place.district is None for place in places.values())
    return Outcome.NOT_DETERMINED if not one.districts or silent or whole else Outcome.NOT_MET


def _size(one: Provider, employees: int | None) -> Outcome:
    low, high = one.employees_from, one.employees_to
    if employees is None or (low is None and high is None):
        return Outcome.NOT_DETERMINED
    fits = (low is None or employees >= low) and (high is None or employees <= high)
    return Outcome.MET if fits else Outcome.NOT_MET


def one_hand(providers: Iterable[Provider], diagnoser: str) -> frozenset[str]:
    """Every id and credit code that is the diagnoser's or affiliated with it, however far, in either direction."""
    groups = [{p.id, *p.affiliated, *([p.credit_code] if p.credit_code else [])} for p in providers]
    alike = [{name.strip().casefold() for name in group} for group in groups]
    hand = {diagnoser.strip().casefold()}
    while more := {name for group in alike if group & hand for name in group} - hand:
        hand |= more
    return frozenset(hand)


def _mark(one: Provider, hand: frozenset[str], diagnoser: str | None) -> Message | None:
    own = {one.id.casefold(), (one.credit_code or one.id).casefold()}
    if not own & hand:
        return None
    return Message(id="match.own" if (diagnoser or "").strip().casefold() in own else "match.affiliated")


def demand(
    done: Assessment, regions: Mapping[str, Region], sizes: SizeRule | None, offers_by: str | None = None
) -> Demand:
    """What the plan looks for, in the words of lists and of the product; nothing that the plant wrote."""
    plant, code = done.plant, _digits(done.plant)
    city = next((regions[id_] for id_, place in located(plant, regions).items() if place.inside), None)
    district = city.located(plant.district).district if city else None
    classes = sizes.may_be(plant.employees) if sizes and plant.employees is not None else ()
    known = {r.id: r for r in done.recommendations}
    return Demand(
        format="assessor-demand/1",
        kind=plant.kind,
        industry=code[:2] or None,
        region=city.name if city else None,
        district=next((d.name for d in city.districts if d.id == district), None) if city else None,
        size=classes[-1] if classes else None,
        simulated=plant.simulated,
        offers_by=offers_by,
        wanted=tuple(_wanted(c, known[c.recommendation]) for c in (done.roadmap.choices if done.roadmap else ())),
    )


def _wanted(choice: Choice, item: Recommendation) -> Wanted:
    low, high = budget_band(choice.cost)
    return Wanted(
        recommendation=item.id,
        title=Text(zh=item.title.zh, en=item.title.en),
        what=item.what,
        phase=choice.phase,
        months=(math.ceil(item.months.low), math.ceil(item.months.high)),
        budget_from=low,
        budget_to=high,
    )


def budget_band(cost: Fraction) -> tuple[int, int | None]:
    """The band that a cost in yuan lies in; None: without an upper end."""
    above = [band for band in BANDS if band > cost]
    return max(band for band in BANDS if band <= max(cost, Fraction(0))), above[0] if above else None
