"""Which branch of an aggregating server stands for which asset of the register."""

from collections.abc import Sequence

from assessor.domain import Branch


def branch_of(branches: Sequence[Branch], path: str) -> Branch | None:
    """The most exact branch that a browse path lies in.

    A branch is a path of whole names ('Line 1/IMM01') or, of flat tags, a prefix that ends in a separator
    ('Line1.IMM01.').
    """
    fitting = [b for b in branches if _lies_in(path, b.path)]
    return max(fitting, key=lambda b: len(b.path), default=None)


def _lies_in(path: str, branch: str) -> bool:
    if path == branch or path.startswith(branch.rstrip("/") + "/"):
        return True
    is_prefix = bool(branch) and not branch[-1].isalnum()
    return is_prefix and (path.startswith(branch) or path.rpartition("/")[2].startswith(branch))
