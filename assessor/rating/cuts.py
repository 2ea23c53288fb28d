"""裁剪: sub-domains that the business of a plant does not have, and what follows from them elsewhere.

Cuts name the sub-domains of one ladder. Other ladders have their own: there the requirements of what was cut are
absent, since it is the plant that lacks the business, whatever the framework.
"""

from collections.abc import Collection, Iterable

from assessor.domain import Cut, Dimension, Ladder, Message
from assessor.errors import InputError


def uncut(framework: Ladder, cuts: Iterable[Cut]) -> tuple[Dimension, ...]:
    """The sub-domains that count. 裁剪 takes out only what the framework allows to be taken out."""
    known = {dimension.id: dimension for dimension in framework.dimensions}
    out = set()
    for cut in cuts:
        if cut.dimension not in known:
            params = {"id": cut.dimension, "known": ", ".join(known)}
            raise InputError(Message(id="rating.unknown_cut", params=dict(params)), cut.dimension)
        if not known[cut.dimension].may_be_cut:
            name = known[cut.dimension].name
            raise InputError(Message(id="rating.cut_not_allowed", params={"name": name}), cut.dimension)
        out.add(cut.dimension)
    return tuple(dimension for dimension in framework.dimensions if dimension.id not in out)


def refuse_cuts(ladders: Iterable[Ladder], cuts: Iterable[Cut]) -> None:
    """Raise for a cut that no ladder knows, and for one that none of those that know it allows."""
    ladders = tuple(ladders)
    known = {dimension.id for ladder in ladders for dimension in ladder.dimensions}
    for cut in cuts:
        holding = [ladder for ladder in ladders if any(d.id == cut.dimension for d in ladder.dimensions)]
        if not holding:
            params = {"id": cut.dimension, "known": ", ".join(sorted(known))}
            raise InputError(Message(id="rating.unknown_cut", params=dict(params)), cut.dimension)
        if not any(d.may_be_cut for ladder in holding for d in ladder.dimensions if d.id == cut.dimension):
            uncut(holding[0], (cut,))


def after_cuts(
    framework: Ladder, cuts: Iterable[Cut], ladders: Iterable[Ladder]
) -> tuple[Ladder, tuple[Cut, ...]]:
    """A ladder, and the cuts that are its own; what they cut in other ladders is taken out of it."""
    cuts = tuple(cuts)
    own = {dimension.id: dimension for dimension in framework.dimensions}
    names = {cut.dimension for cut in cuts} - set(own)
    gone = {
        question
        for ladder in ladders
        for dimension in ladder.dimensions
        if dimension.id in names and dimension.may_be_cut
        for cell in dimension.cells
        for question in cell.requirements
    }
    kept = tuple(cut for cut in cuts if cut.dimension in own and own[cut.dimension].may_be_cut)
    return without(framework, gone), kept


def without(framework: Ladder, questions: Collection[str]) -> Ladder:
    """A ladder that does not have these requirements; a cell that keeps none is not there either."""
    if not questions:
        return framework
    dimensions = []
    for dimension in framework.dimensions:
        kept = [(cell, tuple(q for q in cell.requirements if q not in questions)) for cell in dimension.cells]
        cells = [cell.model_copy(update={"requirements": qs}) for cell, qs in kept if qs or not cell.requirements]
        dimensions.append(dimension.model_copy(update={"cells": tuple(cells)}))
    return framework.model_copy(update={"dimensions": tuple(dimensions)})
