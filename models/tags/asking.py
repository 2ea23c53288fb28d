"""What to ask about data points that nobody vouches for: templates of them, and what each might be.

A proposal is never a meaning: it stands in a list until a person says yes.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from typing import Literal, Protocol

from assessor.domain import Function, Message, Noun, Tag, TagMeaning
from models.tags.names import elements
from models.tags.reader import Manner, read

DIGITS = re.compile(r"(\d+)")
WILD = re.compile(r"[\[*?]")
MOST = 3
"""Proposals for one template."""


class Proposal(Noun):
    """What a data point might mean, and why."""

    quantity: str | None
    function: str | None
    source: Literal["name", "initials", "site", "model"]
    """Its name by the rules, one of several readings of initials, the same name elsewhere in the plant, a learnt
    model."""
    explain: tuple[Message, ...] = ()


class Proposer(Protocol):
    """A learnt model that has an opinion on names. Its word is a proposal and nothing else."""

    def propose(self, name: str, /) -> Sequence[Proposal]: ...


@dataclass(frozen=True)
class Template:
    """Tags that have one name but for the number of the machine."""

    tags: tuple[Tag, ...]
    kind: str | None
    """Of their machines; None where the tags belong to no asset."""


def templates(tags: Iterable[Tag], kinds: Mapping[str, str]) -> list[Template]:
    """Tags of machines of one kind together, where their paths differ in numbers above the last element.

    A number in the last element (T1, T2) tells tags of one machine apart, unless each machine has only one such.
    """
    held = sorted(tags, key=lambda tag: tag.path)
    wide: dict[tuple[str | None, str], list[Tag]] = defaultdict(list)
    for tag in held:
        wide[kinds.get(tag.asset or ""), DIGITS.sub("*", tag.path)].append(tag)
    found: list[Template] = []
    for (kind, _), group in wide.items():
        assets = {tag.asset for tag in group}
        if kind is not None and len(assets) == len(group):
            found.append(Template(tuple(group), kind))
            continue
        near: dict[str, list[Tag]] = defaultdict(list)
        for tag in group:
            near[_last(tag.path) if kind is not None else tag.path].append(tag)
        found += [Template(tuple(one), kind) for one in near.values()]
    return found


def _last(path: str) -> str:
    """The path with numbers left out but in its last element."""
    last = next(iter(reversed(elements(path))), path)
    return DIGITS.sub("*", path.removesuffix(last)) + last


def patterns(template: Template, others: Collection[str]) -> tuple[str, ...]:
    """Patterns that fit the tags of a template and no other path: one where there is one, else the paths."""
    paths = [tag.path for tag in template.tags]
    if len(paths) == 1:
        return (_plain(paths[0]),)
    pieces = [DIGITS.split(path) for path in paths]
    for sign in ("*", "?"):
        pattern = "".join(_column(column, sign, i % 2 == 1) for i, column in enumerate(zip(*pieces, strict=True)))
        fits = re.compile(translate(pattern)).match
        if all(map(fits, paths)) and not any(map(fits, others)):
            return (pattern,)
    return tuple(map(_plain, paths))


def _column(column: Sequence[str], sign: str, number: bool) -> str:
    """A stretch that all paths share as it stands; a number in which they differ as wildcards."""
    if not number or len(set(column)) == 1:
        return _plain(column[0])
    return "*" if sign == "*" else "?" * len(column[0])


def _plain(text: str) -> str:
    return WILD.sub(lambda match: f"[{match[0]}]", text)


def proposals(
    tag: Tag, manner: Manner, elsewhere: Mapping[str, TagMeaning], text: Proposer | None = None
) -> tuple[Proposal, ...]:
    """What it might be, the best founded first. `elsewhere`: meanings that are vouched for, by last element."""
    found: list[Proposal] = []
    last = next(iter(reversed(elements(tag.path))), "")
    if (known := elsewhere.get(last)) is not None:
        why = Message(id="tags.explain.site", params={"element": last})
        found.append(Proposal(quantity=known.quantity, function=known.function, source="site", explain=(why,)))
    told = read(tag, manner)
    if not told.unknown:
        why_ = tuple(reason.message for reason in told.explain)
        found.append(Proposal(quantity=told.quantity, function=told.function, source="name", explain=why_))
    for quantity, function in told.candidates:
        why = Message(id="tags.explain.initials", params={"element": last})
        found.append(Proposal(quantity=quantity, function=function, source="initials", explain=(why,)))
    if text is not None and told.unknown:
        found += text.propose(tag.path)
    unique = {(one.quantity, one.function): one for one in reversed(found)}
    return tuple(sorted(unique.values(), key=found.index))[:MOST]


def by_last_element(tags: Iterable[Tag], vouched: Mapping[int, TagMeaning]) -> dict[str, TagMeaning]:
    """Meanings by the last element of a path, of those that people, maps or types vouch for and that agree."""
    found: dict[str, dict[tuple[str | None, Function | None], TagMeaning]] = defaultdict(dict)
    for tag in tags:
        meaning = vouched.get(tag.id)
        if (
            meaning is not None
            and meaning.source in ("person", "profile", "type")
            and (last := elements(tag.path))
        ):
            told = {"tag": 0, "source": "person", "confirmed_by": None, "states": {}}
            heads = meaning.quantity, meaning.function
            found[last[-1]][heads] = meaning.model_copy(update=told)
    return {last: next(iter(said.values())) for last, said in found.items() if len(said) == 1}


def fits(pattern: str, path: str) -> bool:
    """Does an entry of the dictionary fit a path?"""
    return pattern == path or fnmatchcase(path, pattern)
