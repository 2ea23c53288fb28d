"""Which branch of an aggregating server stands for which asset of the register."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from assessor.domain import Branch, Endpoint


def branch_of(branches: Sequence[Branch], path: str) -> Branch | None:
    """The most exact branch that a browse path lies in.

    A branch is a path of whole names ('Line 1/IMM01') or, of flat tags, a prefix that ends in a separator
    ('Line1.IMM01.').
    """
    fitting = [b for b in branches if _lies_in(path, b.path)]
    return max(fitting, key=lambda b: len(b.path), default=None)


def finder(branches: Sequence[Branch]) -> Callable[[str], Branch | None]:
    """`branch_of` for many paths: hundreds of branches are not tried on each of fifty thousand."""
    by_start: dict[str, set[int]] = defaultdict(set)
    for i, branch in enumerate(branches):
        by_start[branch.path.rstrip("/")].add(i)
    lengths = sorted({len(start) for start in by_start})

    def find(path: str) -> Branch | None:
        starts = {text[:n] for text in (path, path.rpartition("/")[2]) for n in lengths}
        near = sorted({i for start in starts for i in by_start.get(start, ())})
        return branch_of([branches[i] for i in near], path)

    return find


def asset_of(endpoint: Endpoint, path: str) -> str | None:
    """The asset that a variable is evidence of; None where it is evidence of none."""
    if not endpoint.branches:
        return endpoint.asset
    branch = branch_of(endpoint.branches, path)
    return branch.asset if branch and not is_housekeeping(path, branch.path) else None


def is_housekeeping(path: str, branch: str = "") -> bool:
    """Does an aggregator speak of itself here ('Channel1/Press/_System/_SecondsInError')?

    By the custom of aggregators, groups of their own begin with an underscore. Their counters and clocks go on
    while the machine is dead, so they say nothing of it. A mere tag named so is the machine's.
    """
    inside = path[len(branch) :] if path.startswith(branch) else path.rpartition("/")[2].removeprefix(branch)
    return any(part.startswith("_") for part in re.split(r"[/.:]", inside)[:-1])


def _lies_in(path: str, branch: str) -> bool:
    if path == branch or path.startswith(branch.rstrip("/") + "/"):
        return True
    is_prefix = bool(branch) and not branch[-1].isalnum()
    return is_prefix and (path.startswith(branch) or path.rpartition("/")[2].startswith(branch))
