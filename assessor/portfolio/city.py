"""CITY: many plants counted by district, industry and size, with nothing in it by which one could be known.

A plant with an open difference counts as assessed and shows nothing else: what it comes to is a question to the
factory first. What rests on machines is counted over plants of which a machine was heard.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from assessor.domain import Noun, Provider, Slug, TargetSet
from assessor.portfolio.counted import ALL, Counted
from assessor.portfolio.extract import Extract
from assessor.portfolio.figures import MEASURES, SHARES, Figure, Measure, figures
from assessor.portfolio.groups import CUTS, Cut, Row, grouped
from assessor.portfolio.transformed import Renewal, asks
from assessor.portfolio.withheld import FEWEST, Key, Sum, few, told, withheld

__all__ = ["Applied", "Bin", "City", "Edition", "Group", "Ranked", "Ranking", "city"]
Applied = Mapping[Cut, Mapping[str | None, int]]
"""How many applied, by what they are counted by; None: where that is not known of them."""


class Group(Noun):
    """Plants of one district, industry or size; or of several that are too small to stand alone."""

    members: tuple[str | None, ...]
    """Ids; None: those of which it is not known. Empty: all."""
    assessed: int
    applied: int | None = None
    """None: withheld, or not known at all (`City.applied`)."""
    declared: tuple[int | None, ...]
    verified: tuple[int | None, ...]
    """By the blocks of the city; None: withheld."""
    unverified: int | None
    """Of how many the level rests on weights without an official source; None: withheld."""
    figures: dict[Measure, Figure]


class Ranked(Noun):
    """How many plants something holds for."""

    id: Slug
    plants: int | None
    """None: withheld."""
    providers: int | None = None
    """Of recommendations: who states that it carries it out; None: no list of providers is at hand."""


class Ranking(Noun):
    """What holds for most, of all plants that were assessed."""

    known: int | None
    """Of how many of them anything is known; None: withheld."""
    lines: tuple[Ranked, ...] = ()
    """The most frequent first; what is withheld last, and among these by id."""


class Bin(Noun):
    """Plants with a share from `first` tenths up to below `last` tenths (the last bin: up to all)."""

    first: int
    last: int
    unknown: bool
    """Those that were not measured are in it; alone where `last` is 0."""
    plants: int | None
    """None: withheld."""


class Edition(Noun):
    """By which framework levels were found."""

    framework: Slug
    version: str
    plants: int | None


class City(Noun):
    """All that is given out of a set of plants."""

    simulated: bool
    """All plants in it are generated; a real one is never beside them."""
    first: int
    last: int
    """When the earliest and the latest Assessment in it was made, ns UTC."""
    declared: tuple[tuple[str, ...], ...]
    verified: tuple[tuple[str, ...], ...]
    """Blocks that levels are counted in: 0 to 5, `open` and `unheard`."""
    applied: bool
    """Is it known how many applied?"""
    all: Group
    cuts: dict[Cut, tuple[Group, ...]]
    """Where a cut would have one group alone, it has none."""
    bins: dict[Measure, tuple[Bin, ...]]
    uncertain: int | None
    """Of how many the verified level may still turn out higher; None: withheld."""
    editions: tuple[Edition, ...]
    holds_back: Ranking
    """Sub-domains that fall short at a plant's next level."""
    wants: Ranking
    """Recommendations in plans."""
    transformed: tuple[Renewal, ...] = ()
    """Of each plan that speaks of it, by the plan's own definition."""


def city(
    plants: Sequence[Extract],
    applied: Applied | None = None,
    providers: Sequence[Provider] | None = None,
    plans: Sequence[TargetSet] = (),
) -> City | None:
    """The picture of these plants; None where there are fewer than five. Generated and real ones are not mixed:
    ValueError where they are. `plans`: those whose definitions of transformed are counted."""
    if len({one.simulated for one in plants}) > 1:
        raise ValueError("generated plants never stand beside real ones")
    if len(plants) < FEWEST:
        return None
    rows = {cut: grouped(plants, cut) for cut in CUTS}
    counted = Counted(plants, rows, {plan.id: plan.transformed for plan in plans if plan.transformed})
    settled = [one for one in plants if not one.open]
    planned = [one.wants for one in settled if one.wants is not None]
    return City(
        simulated=plants[0].simulated,
        first=min(one.made for one in plants),
        last=max(one.made for one in plants),
        declared=counted.declared,
        verified=counted.verified,
        applied=applied is not None,
        all=_groups(counted, [counted.whole], ALL, applied)[0],
        cuts={cut: tuple(_groups(counted, found, cut, applied)) for cut, found in rows.items()},
        bins={m: _bins(counted, m) for m in SHARES if m in counted.bins},
        uncertain=counted.told_of_all("uncertain"),
        editions=_editions(plants),
        holds_back=_ranking(
            [one.holds_back for one in settled], len(plants), counted.told_of_all("settled"), None
        ),
        wants=_ranking(planned, len(plants), counted.told_of_all("plans"), providers),
        transformed=tuple(_renewal(counted, plan) for plan in plans if asks(plan)),
    )


def _renewal(counted: Counted, plan: TargetSet) -> Renewal:
    groups = () if plan.transformed is None else counted.transformed(plan.id)
    return Renewal(plan=plan.id, title=plan.title, by=plan.transformed, groups=groups)


def _groups(counted: Counted, rows: Sequence[Row], cut: str, applied: Applied | None) -> list[Group]:
    held = {}
    for m in MEASURES:
        plants = [counted.told(row, r, cut, m, 0) for r, row in enumerate(rows)]
        held[m] = figures(m, [row.plants for row in rows], counted.measured[m], plants)
    came = _applied(rows, cut, applied)
    return [
        Group(
            members=row.members,
            assessed=len(row.plants),
            applied=came[r],
            declared=tuple(counted.told(row, r, cut, "declared", j) for j in range(len(counted.declared))),
            verified=tuple(counted.told(row, r, cut, "verified", j) for j in range(len(counted.verified))),
            unverified=counted.told(row, r, cut, "weights", 0),
            figures={m: held[m][r] for m in MEASURES},
        )
        for r, row in enumerate(rows)
    ]


def _applied(rows: Sequence[Row], cut: str, applied: Applied | None) -> list[int | None]:
    """How many applied in each group, withheld by the same rules; of all together by any cut."""
    if applied is None:
        return [None] * len(rows)
    if cut == ALL:
        total = sum(next(iter(applied.values()), {}).values())
        return [None if few(total) else total]
    by = {name: n for held, found in applied.items() if held == cut for name, n in found.items()}
    named = {name for row in rows for name in row.members}
    counts: dict[Key, int] = {r: sum(by.get(name, 0) for name in row.members) for r, row in enumerate(rows)}
    counts["elsewhere"] = sum(n for name, n in by.items() if name not in named)
    hidden = withheld(counts, [Sum(tuple(counts))])
    return [None if r in hidden else counts[r] for r in range(len(rows))]


def _bins(counted: Counted, measure: Measure) -> tuple[Bin, ...]:
    """How the plants' own shares are spread, by their lower ends, beside those not measured."""
    return tuple(
        Bin(
            first=max(block[0] - 1, 0),
            last=block[-1],
            unknown=block[0] == 0,
            plants=counted.told_of_all(f"bins of {measure}", j),
        )
        for j, block in enumerate(counted.bins[measure])
    )


def _editions(plants: Sequence[Extract]) -> tuple[Edition, ...]:
    held = Counter((one.framework, one.version) for one in plants)
    counts: dict[Key, int] = dict(held.items())
    hidden = withheld(counts, [Sum(tuple(counts))] if len(counts) > 1 else [])
    return tuple(
        Edition(framework=key[0], version=key[1], plants=None if key in hidden else count)
        for key, count in sorted(held.items())
    )


def _ranking(
    held: Sequence[tuple[str, ...]], plants: int, known: int | None, providers: Sequence[Provider] | None
) -> Ranking:
    """How many of all plants each thing holds for; neither those nor what they leave of all, or of those it is
    known of, may be few."""
    counts = Counter(id_ for one in held for id_ in set(one))
    able = None if providers is None else Counter(c for p in providers for c in set(p.capabilities))

    def line(id_: str, count: int) -> Ranked:
        sure = told(count, plants) and (known is None or told(count, known))
        return Ranked(id=id_, plants=count if sure else None, providers=None if able is None else able[id_])

    lines = (line(id_, count) for id_, count in counts.items())
    return Ranking(known=known, lines=tuple(sorted(lines, key=lambda r: (-(r.plants or 0), r.id))))
