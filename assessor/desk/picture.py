"""THE PICTURE of an office: what factories that open their results to it come to together, never one of them.

Counted once for each state of the data: as long as no result, consent or survey has changed, what was counted
last is shown.
"""

from collections import Counter
from dataclasses import dataclass

from assessor.desk import importing
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.overview import get
from assessor.domain import Plant, Slug, TargetSet
from assessor.frameworks.targets import load_targets
from assessor.portfolio.city import Applied, City, city
from assessor.portfolio.extract import Extract, identity, located_in
from assessor.portfolio.filed import division, size
from assessor.portfolio.groups import CUTS, Cut
from assessor.portfolio.targets import Progress, progress
from assessor.portfolio.transformed import Renewal
from assessor.storage import Imported, Organisation, extracts, imports, vouchers
from assessor.storage.extracts import Entry


@dataclass(frozen=True)
class Shown:
    """What an office may look at."""

    office: Organisation
    city: City | None
    """None where there are fewer than five plants."""


def picture(desk: Desk, who: Actor, office: str) -> Shown:
    """What factories come to together, as of now. Of one plant the latest Assessment counts."""
    who.require("picture.read", office)
    house = get(desk, who, office)
    with desk.store.read() as c:
        opened = extracts.opened_to(c, office, demonstration=house.demonstration)
        came = vouchers.moved_on(c, office) if vouchers.programmes_of(c, office) else None
        listed = imports.of_office(c, office, "providers")
    counted = _counted(desk, tuple(opened), office, came, listed)
    return Shown(house, counted)


@dataclass(frozen=True)
class Aims:
    """One plan, and where each of its targets stands."""

    plan: TargetSet
    progress: tuple[Progress, ...]
    """Empty where there is no picture."""
    renewal: Renewal | None
    """Who is transformed by the plan's own definition; None: no picture, or the plan does not speak of it."""
    closed: bool
    """Its last year is over: what is measured today is shown beside it and settles nothing."""
    over: frozenset[Slug]
    """Targets whose year is over."""


def targets(desk: Desk, who: Actor, office: str) -> tuple[Shown, list[Aims]]:
    """Every plan that is held, what is still open first, beside what was measured."""
    shown, year = picture(desk, who, office), int(desk.today()[:4])
    plans = sorted(load_targets(desk.library).values(), key=lambda plan: (plan.last < year, -plan.last, plan.id))
    return shown, [_aims(shown.city, plan, year) for plan in plans]


def _aims(city_: City | None, plan: TargetSet, year: int) -> Aims:
    closed = plan.last < year
    over = frozenset(target.id for target in plan.targets if closed or target.by < year)
    if city_ is None:
        return Aims(plan, (), None, closed, over)
    renewal = next((one for one in city_.transformed if one.plan == plan.id), None)
    return Aims(plan, progress(plan, city_), renewal, closed, over)


def _applied(desk: Desk, office: str) -> Applied:
    """Plants that applied for a voucher, by what they said of themselves then; of one plant once."""
    with desk.store.read() as c:
        abouts = vouchers.abouts(c, office)
    plants = {identity(plant): plant for plant in (Plant.model_validate(about["plant"]) for about in abouts)}
    found: dict[Cut, Counter[str | None]] = {cut: Counter() for cut in CUTS}
    for plant in plants.values():
        found["district"][located_in(plant, desk.library.regions, {})] += 1
        found["industry"][division(plant.industry)] += 1
        found["size"][size(plant.employees)] += 1
    return found


def _counted(
    desk: Desk, entries: tuple[Entry, ...], office: str, came: tuple[int, int] | None, listed: Imported | None
) -> City | None:
    """The picture of these, the latest of each plant, as counted last where nothing has changed. `came`: how
    far the office's vouchers have come; None: it runs no programme, and nobody can apply."""
    key = (entries, office if came else "", came, listed.sha256 if listed else None)
    with desk.counted.lock:  # of many who ask at once one counts
        found: tuple[City | None] | None = desk.counted.cities.get(key)
        if found is None:
            applied = _applied(desk, office) if came else None
            who_can = importing.providers(listed) if listed else None
            plans = [plan for _, plan in sorted(load_targets(desk.library).items())]
            found = (city(_read(desk, entries), applied, who_can, plans),)
            desk.counted.cities.put(key, found)
        return found[0]


def _read(desk: Desk, entries: tuple[Entry, ...]) -> list[Extract]:
    """What may be counted of the latest of each plant, by survey; what has not changed is not read again. Entries
    come in the order in which they were made."""
    held = desk.counted.extracts
    latest = sorted({one.plant: one for one in entries}.values(), key=lambda e: e.survey)
    found = {one: extract for one in latest if (extract := held.get(one)) is not None}
    new = {one.survey: one for one in latest if one not in found}
    with desk.store.read() as c:
        rows = extracts.rows(c, list(new))
    for survey, row in rows.items():
        found[new[survey]] = Extract.model_validate(row)
        held.put(new[survey], found[new[survey]])
    return [found[one] for one in latest if one in found]  # one that was erased meanwhile is not there
