"""Faults of programmes, and of the lists that they refer to."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from assessor.domain import Framework, Programme, Question, Recommendation, Region, Rule, Scene, SizeRule
from assessor.frameworks.fault import Fault, Place, fault, need_faults, question_faults, repeated


class Held(Protocol):
    """What a programme can name."""

    @property
    def recommendations(self) -> Mapping[str, Recommendation]: ...
    @property
    def frameworks(self) -> Mapping[str, Framework]: ...
    @property
    def statements(self) -> Mapping[str, Question]: ...
    @property
    def scenes(self) -> Mapping[str, Scene]: ...
    @property
    def regions(self) -> Mapping[str, Region]: ...
    @property
    def sizes(self) -> Mapping[str, SizeRule]: ...


def programme_faults(item: Programme, held: Held) -> Iterator[Fault]:
    yield from _said_faults(item)
    yield from repeated(("conditions",), [rule.id for rule in item.conditions])
    yield from repeated(("evidence",), [asked.id for asked in item.evidence])
    region = held.regions.get(item.region or "")
    if item.region is not None and region is None:
        yield fault(("region",), "unknown_region", id=item.region, known=", ".join(sorted(held.regions)) or "-")
    if item.district is not None and item.district not in {d.id for d in (region.districts if region else ())}:
        known = ", ".join(d.id for d in region.districts) if region else ""
        yield fault(("district",), "unknown_district", id=item.district, known=known or "-")
    for i, rule in enumerate(item.conditions):
        yield from _rule_faults(("conditions", i), rule, held)
    for i, asked in enumerate(item.evidence):
        if asked.question is not None:
            yield from question_faults(("evidence", i, "question"), asked.question, held.statements)


def _said_faults(item: Programme) -> Iterator[Fault]:
    """What is empty is listed as unknown, and what is listed is empty; conditions may be known in part."""
    for name in ("share", "cap", "valid_from", "valid_to", "conditions", "evidence"):
        empty = getattr(item, name) in (None, ())
        listed = name in item.unknown
        said = item.terms is not None and name in (
            "conditions",
            "evidence",
        )  # an office may say so
        if empty and not listed and not said:
            yield fault(("unknown",), "not_listed", field=name)
        if listed and not empty and name not in ("conditions", "evidence"):
            yield fault((name,), "listed_unknown", field=name)
    if (item.share is None) != (item.share_of is None):
        yield fault(("share_of",), "share_of")
    if item.valid_from and item.valid_to and item.valid_from > item.valid_to:
        yield fault(("valid_to",), "window")


def _rule_faults(here: Place, rule: Rule, held: Held) -> Iterator[Fault]:
    if rule.size is not None and rule.size.rule not in held.sizes:
        known = ", ".join(sorted(held.sizes)) or "-"
        yield fault((*here, "size", "rule"), "unknown_sizes", id=rule.size.rule, known=known)
    if rule.reached is not None and rule.reached.framework not in held.frameworks:
        known = ", ".join(sorted(held.frameworks))
        yield fault((*here, "reached", "framework"), "unknown_framework", id=rule.reached.framework, known=known)
    for i, id_ in enumerate(rule.recommendations):
        if id_ not in held.recommendations:
            yield fault((*here, "recommendations", i), "unknown_recommendation", id=id_)
    for i, id_ in enumerate(rule.scenes):
        if id_ not in held.scenes:
            yield fault((*here, "scenes", i), "unknown_scene", id=id_)
    if rule.need is not None:
        yield from need_faults((*here, "need"), rule.need, held.statements)


def region_faults(item: Region, held: Held) -> Iterator[Fault]:
    """The answer that says so is in the bank; an id stands once among all cities and their districts."""
    if item.option is not None:
        yield from question_faults(("option",), item.option, held.statements)
    names = [id_ for r in held.regions.values() for id_ in (r.id, *(d.id for d in r.districts))]
    for i, district in enumerate(item.districts):
        if names.count(district.id) > 1:
            yield fault(("districts", i, "id"), "district_twice", id=district.id)


def size_faults(item: SizeRule, held: Held) -> Iterator[Fault]:
    """From the smallest up, each bound no lower than the one before, and the first of them for everybody."""
    if item.revenue is not None:
        yield from question_faults(("revenue",), item.revenue, held.statements, "number")
    if item.bands[0].employees or item.bands[0].revenue:
        yield fault(("bands", 0), "sizes_start")
    for i, (below, band) in enumerate(zip(item.bands, item.bands[1:], strict=False), 1):
        if band.employees < below.employees or band.revenue < below.revenue:
            yield fault(("bands", i), "sizes_falling")
    yield from repeated(("bands",), [band.size for band in item.bands])
