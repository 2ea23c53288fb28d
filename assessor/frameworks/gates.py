"""Faults of the gates of tiers."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from assessor.domain import BuildLink, Gate, Gates, Question, plain
from assessor.frameworks.fault import Fault, Place, fault, need_faults, question_faults, repeated

FIGURES = ("number", "count", "share")
"""Kinds of question that a key figure can be."""


def gates_faults(framework: Gates, statements: Mapping[str, Question]) -> Iterator[Fault]:
    yield from _none(("tiers",), framework.tiers)
    for key in ("links", "scene_groups", "scenes", "figures"):
        yield from repeated((key,), [item.id for item in getattr(framework, key)])
    if any(after.number <= before.number for before, after in pairwise(framework.tiers)):
        yield fault(("tiers",), "tiers_order")
    if framework.below.number != 0:
        yield fault(("below", "number"), "below_not_zero", number=framework.below.number)
    mark = framework.covered_at
    if framework.links and (mark is None or isinstance(mark.value, bool) or not 0 < mark.value <= 1):
        yield fault(("covered_at", "value"), "covered_at")
    for i, link in enumerate(framework.links):
        yield from _link_faults(("links", i, "builds"), link, framework, statements)
    for i, tier in enumerate(framework.tiers):
        yield from _none(("tiers", i, "gates"), tier.gates)
        yield from repeated(("tiers", i, "gates"), [gate.id for gate in tier.gates])
        for j, gate in enumerate(tier.gates):
            yield from _gate_faults(("tiers", i, "gates", j), gate, tier.number, framework, statements)
    yield from _beside_faults(framework, statements)


def _link_faults(
    here: Place, link: BuildLink, framework: Gates, statements: Mapping[str, Question]
) -> Iterator[Fault]:
    yield from _none(here, link.builds)
    yield from repeated(here, [str(build.tier) for build in link.builds])
    numbers = [tier.number for tier in framework.tiers]
    for i, build in enumerate(link.builds):
        if build.tier not in numbers:
            yield fault((*here, i, "tier"), "unknown_level", level=build.tier)
        yield from _none((*here, i, "items"), build.items)
        yield from repeated((*here, i, "items"), [item.id for item in build.items])
        for j, item in enumerate(build.items):
            yield from need_faults((*here, i, "items", j, "need"), item.need, statements)


def _gate_faults(
    here: Place, gate: Gate, tier: int, framework: Gates, statements: Mapping[str, Question]
) -> Iterator[Fault]:
    tiers = {link.id: [build.tier for build in link.builds] for link in framework.links}
    yield from repeated((*here, "links"), gate.links)
    for i, name in enumerate(gate.links):
        if name not in tiers:
            yield fault((*here, "links", i), "unknown_link", id=name, known=", ".join(tiers))
        elif tier not in tiers[name]:
            yield fault((*here, "links", i), "link_without_build", id=name, tier=tier)
    if gate.ai_share is not None and framework.scene_counts is None:
        yield fault((*here, "ai_share"), "no_scene_counts", share=plain(gate.ai_share))
    if gate.need:
        yield from need_faults((*here, "need"), gate.need, statements)


def _beside_faults(framework: Gates, statements: Mapping[str, Question]) -> Iterator[Fault]:
    """What is shown beside the tiers: scenes and key figures."""
    if counts := framework.scene_counts:
        yield from question_faults(("scene_counts", "whole"), counts.whole, statements, "count")
        yield from question_faults(("scene_counts", "part"), counts.part, statements, "count")
    groups = [group.id for group in framework.scene_groups]
    for i, scene in enumerate(framework.scenes):
        if scene.group not in groups:
            known = ", ".join(groups)
            yield fault(("scenes", i, "group"), "unknown_scene_group", id=scene.group, known=known)
        for key, need in (("need", scene.need), ("ai", scene.ai)):
            if need:
                yield from need_faults(("scenes", i, key), need, statements)
    for i, figure in enumerate(framework.figures):
        for key, name in (("now", figure.now), ("per", figure.per), ("before", figure.before)):
            if name:
                yield from question_faults(("figures", i, key), name, statements, *FIGURES)


def _none(at: Place, items: Sequence[object]) -> Iterator[Fault]:
    """A list without which nothing would be asked."""
    if not items:
        yield fault(at, "nothing_asked")
