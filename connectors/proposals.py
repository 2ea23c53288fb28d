"""Branches of an aggregating server proposed as assets. Pure: it proposes, the consultant decides.

Rules: the children of a `Machines` folder (OPC UA Machinery) and of `DeviceSet` (OPC UA DI); below Objects,
or the scope's root, a typed object and a folder that holds values; else what lies one folder deeper, as
aggregators keep devices below channels; and flat tags whose names share what stands before a separator.

A separator is never guessed from one name: several prefixes must be followed by the same endings
(`IMM01.Temp`, `IMM02.Temp`), or be known to the register, and together they must cover half of the tags.

A walk knows every node. What a run saw is the data points alone: objects are read off their paths, without types.
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple, Protocol

from assessor.domain import Asset, Branch, Endpoint, Message, Noun, Slug, Tag
from assessor.errors import InputError
from connectors.attribution import branch_of, finder, is_housekeeping

Rule = Literal["machines", "device_set", "typed", "folder", "channel_device", "prefix"]
CONTAINERS: dict[str, Rule] = {"Machines": "machines", "DeviceSet": "device_set"}
FEATURES = "DeviceFeatures"
"""Stands in every DeviceSet by the standard, and is no device (OPC 10000-100)."""
SEPARATORS = ".:/_"
"""Tried in this order where they explain the names equally well."""
DEEPEST = 4
"""Parts of a name that a prefix may have."""
SURE, APART = 0.85, 0.1
"""How alike a name and the register's must be, and how far the next best must lie behind: own estimates."""
LONGEST = 60
"""Letters of a name that are compared."""
MOST = 500
"""Proposals made at most."""


class Proposal(Noun):
    """A branch that may stand for an asset."""

    path: str
    """As the scope writes it in `branches`."""
    rule: Rule
    variables: int
    """That lie in it, without the aggregator's own."""
    asset: Slug | None
    """Of the register, where exactly one fits well; None is no refusal, only no guess."""


class Node(Protocol):
    """What the rules look at of one node of an address space."""

    @property
    def parent(self) -> int:
        """Index of the parent among the nodes; -1 for the start."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def variable(self) -> bool: ...
    @property
    def is_property(self) -> bool: ...
    @property
    def typed(self) -> bool:
        """Is it an object of a type of its own?"""


class Seen(NamedTuple):
    """A node as the paths of data points show it: of the type of an object they say nothing."""

    parent: int
    name: str
    path: str
    variable: bool
    is_property: bool = False
    typed: bool = False


@dataclass
class _Place:
    """What stands directly below one node, by index."""

    objects: list[int] = field(default_factory=list)
    variables: list[int] = field(default_factory=list)


def seen(tags: Iterable[Tag], root: str) -> list[Seen]:
    """The nodes that lead to data points, by their paths below `root`.

    A browse name that holds a '/' looks like several: what is proposed of it fits the same data points.
    """
    start = f"{root}/" if root else ""
    nodes: list[Seen] = []
    index: dict[str, int] = {}
    for path in sorted(tag.path for tag in tags):  # what stands above comes first, be it a data point itself
        names, above = path.removeprefix(start).split("/"), -1
        for depth, name in enumerate(names[:-1], 1):
            here = start + "/".join(names[:depth])
            if here not in index:
                index[here] = len(nodes)
                nodes.append(Seen(above, name, here, variable=False))
            above = index[here]
        index.setdefault(path, len(nodes))
        nodes.append(Seen(above, names[-1], path, variable=True))
    return nodes


def propose(found: Sequence[Node], endpoint: Endpoint, assets: Sequence[Asset]) -> tuple[Proposal, ...]:
    """Propose branches that the scope does not hold yet, in the order of their paths."""
    taken = {b.asset for b in endpoint.branches}
    free = [a for a in assets if a.id not in taken]
    guess = cache(lambda name: suggest(name, free))
    candidates: dict[str, Rule] = {}
    for path, rule in _candidates(found, endpoint.root or "", lambda name: guess(name) is not None):
        if branch_of(endpoint.branches, path) is None:
            candidates.setdefault(path, rule)
    guessed = {path: guess(_last(path)) for path in candidates}
    twice = Counter((guessed[path], rule) for path, rule in candidates.items())
    paths = sorted(candidates)[:MOST]
    counts = _counts(found, paths)
    return tuple(
        Proposal(
            path=path,
            rule=candidates[path],
            variables=counts[path],
            asset=guessed[path] if twice[guessed[path], candidates[path]] == 1 else None,
        )
        for path in paths
    )


def check_proposed(wanted: Sequence[Branch], proposals: Sequence[Proposal]) -> None:
    """What is confirmed must have been proposed, and once. Raises InputError."""
    paths = [p.path for p in proposals]
    for i, branch in enumerate(wanted):
        if branch.path not in paths:
            known = ", ".join(difflib.get_close_matches(branch.path, paths, 3) or paths[:10]) or "-"
            raise InputError(Message(id="space.not_proposed", params={"path": branch.path, "known": known}))
        if branch.path in [b.path for b in wanted[:i]]:
            raise InputError(Message(id="space.accepted_twice", params={"path": branch.path}))


def suggest(name: str, assets: Sequence[Asset]) -> str | None:
    """The one asset that a name fits well: the same numbers, and letters much alike. None where unsure."""
    scores = sorted(((max(_likeness(name, n) for n in _names(a)), a.id) for a in assets), reverse=True)
    if not scores or scores[0][0] < SURE:
        return None
    alone = len(scores) == 1 or scores[1][0] <= scores[0][0] - APART
    return scores[0][1] if alone else None


def _names(asset: Asset) -> tuple[str, ...]:
    """Its id, its names, and the initials of the English one ('Injection moulding machine 3': IMM3)."""
    words = re.findall(r"[A-Za-z]+|\d+", asset.name.en)
    initials = "".join(w if w.isdigit() else w[0] for w in words)
    return (asset.id, asset.name.zh, asset.name.en, *([initials] if len(words) > 2 else []))


def _likeness(one: str, other: str) -> float:
    """0 to 1. Numbers must be the same, with or without leading zeros: IMM01 is not IMM02."""
    numbers = [[int(n) for n in re.findall(r"[0-9]{1,18}", text)] for text in (one, other)]
    letters = ["".join(c for c in text.casefold() if c.isalpha()) for text in (one, other)]
    if numbers[0] != numbers[1] or not all(letters):
        return 0.0
    return difflib.SequenceMatcher(None, letters[0][:LONGEST], letters[1][:LONGEST]).ratio()


def _last(path: str) -> str:
    """The part of a path that names the asset: 'IMM01' of 'Tags/Line1.IMM01.'."""
    name = path.rpartition("/")[2]
    bare = name.rstrip(SEPARATORS)
    return re.split(r"[.:_]" if name[-1:] in SEPARATORS else r"(?!)", bare)[-1]


def _counts(found: Sequence[Node], paths: Sequence[str]) -> Counter[str]:
    find = finder([Branch(path=p, asset="any") for p in paths])
    counts: Counter[str] = Counter()
    for f in found:
        if f.variable and not f.is_property:
            branch = find(f.path)
            if branch is not None and not is_housekeeping(f.path, branch.path):
                counts[branch.path] += 1
    return counts


def _candidates(found: Sequence[Node], root: str, known: Callable[[str], bool]) -> list[tuple[str, Rule]]:
    places: dict[int, _Place] = defaultdict(_Place)
    for i, f in enumerate(found):
        if f.name.startswith("_") or f.is_property:
            continue
        place = places[f.parent]
        (place.variables if f.variable else place.objects).append(i)
    top = root.rpartition("/")[2]
    result: list[tuple[str, Rule]] = []
    if top in CONTAINERS:
        return [(found[i].path, CONTAINERS[top]) for i in places[-1].objects if found[i].name != FEATURES]
    result += _flat(found, places[-1].variables, known)
    for i in places[-1].objects:
        result += _below(found, places, i, known)
    return result


def _below(
    found: Sequence[Node], places: dict[int, _Place], index: int, known: Callable[[str], bool]
) -> list[tuple[str, Rule]]:
    """What is proposed of one object on top: its members, itself, or its prefixes."""
    own, place = found[index], places[index]
    if own.name in CONTAINERS:
        return [(found[i].path, CONTAINERS[own.name]) for i in place.objects if found[i].name != FEATURES]
    if own.typed:
        return [(own.path, "typed")]
    flat = [] if known(own.name) else _flat(found, place.variables, known)
    if place.variables and not flat:
        return [(own.path, "folder")]
    deeper = [i for i in place.objects if _holds_values(places, i)]
    return flat + [(found[i].path, "channel_device") for i in deeper]


def _holds_values(places: dict[int, _Place], index: int) -> bool:
    """Is there a variable below, at whatever depth? A node has one parent, so this ends."""
    due = [index]
    while due:
        place = places[due.pop()]
        if place.variables:
            return True
        due += place.objects
    return False


def _flat(found: Sequence[Node], variables: Sequence[int], known: Callable[[str], bool]) -> list[tuple[str, Rule]]:
    """Prefixes of flat tags, by the separator and depth that explain most of the names beside each other."""
    names = [found[i].name for i in variables]
    best: tuple[tuple[int, int, int, int], set[str]] | None = None
    for order, separator in enumerate(SEPARATORS):
        for parts in range(1, DEEPEST + 1):
            groups = _groups(names, separator, parts)
            kept, covered, matched = _explained(groups, known)
            if 2 * covered < len(names) or not kept:
                continue
            rank = (matched, covered, -order, -parts)
            if best is None or rank > best[0]:
                best = rank, {prefix + ("" if separator == "/" else separator) for prefix in kept}
    if best is None:
        return []
    above = found[variables[0]].path.removesuffix(names[0])
    return [(above + prefix, "prefix") for prefix in sorted(best[1])]


def _groups(names: Sequence[str], separator: str, parts: int) -> dict[str, list[str]]:
    """By prefix of so many parts: the endings that follow it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        cut = name.split(separator)
        if len(cut) > parts and all(cut):
            groups[separator.join(cut[:parts])].append(separator.join(cut[parts:]))
    return groups


def _explained(groups: dict[str, list[str]], known: Callable[[str], bool]) -> tuple[set[str], int, int]:
    """Prefixes that stand for something, the names they cover, and how many the register knows."""
    shared = Counter(ending for endings in groups.values() for ending in set(endings))
    kept, covered, matched = set(), 0, 0
    for prefix, endings in groups.items():
        alike = sum(shared[ending] > 1 for ending in endings)
        is_known = known(re.split(r"[.:/_]", prefix)[-1])
        if len(endings) > 1 and (alike or is_known):
            kept.add(prefix)
            covered += len(endings) if is_known else alike
            matched += is_known
    return kept, covered, matched
