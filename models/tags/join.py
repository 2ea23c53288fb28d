"""Meanings that people, register maps, types and units vouch for, completed by what names say."""

from collections.abc import Iterable, Mapping

from assessor.domain import Observation, Tag, TagMeaning
from models.tags.reader import ALSO, Manner, manner, read


def manners(observations: Iterable[Observation]) -> dict[str, Manner]:
    """How each server names its variables, by endpoint."""
    return {seen.endpoint: manner(seen.tags) for seen in observations}


def complete(known: Mapping[int, TagMeaning], observations: Iterable[Observation]) -> dict[int, TagMeaning]:
    """All meanings by tag id. A head that someone vouches for stays; `by_name` names the heads that a name gave.

    What a person or a register map says is whole as it stands: what they leave open has no such head.
    """
    found = dict(known)
    for seen in observations:
        how = manner(seen.tags)
        for tag in seen.tags:
            meaning = _completed(tag, known.get(tag.id), how)
            if meaning is not None:
                found[tag.id] = meaning
    return found


def _completed(tag: Tag, known: TagMeaning | None, how: Manner) -> TagMeaning | None:
    if known is not None and known.source not in ("unit", "name"):
        return known
    told = read(tag, how)
    if known is None:
        if told.unknown:
            return None
        heads = tuple(name for name in ("quantity", "function") if getattr(told, name) is not None)
        return TagMeaning(tag=tag.id, quantity=told.quantity, function=told.function, source="name", by_name=heads)
    bare = "".join((tag.unit or "").split())
    other = ALSO.get(known.quantity or "", {}).get(bare) == told.quantity
    update: dict[str, object] = {"function": told.function, "by_name": ("function",) if told.function else ()}
    if other and told.quantity is not None:
        update |= {"quantity": told.quantity, "by_name": ("quantity", "function")}
    return known.model_copy(update=update)
