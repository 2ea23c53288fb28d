"""Machine by machine, what should be collected and whether it is: the picture of the sights' `collects`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assessor.domain import Assessment, Asset, Expect, Outcome
from assessor.report import charts
from assessor.report.pen import Pen

KINDS = (Expect.STATE, Expect.COUNTER, Expect.QUALITY, Expect.PROCESS, Expect.ENERGY, Expect.ALARM)
"""The columns, in this order."""
MOST = 40
"""Machines that have a row each; where there are more, those that are alike share one."""
NAMES = 6
"""Names that a shared row lists."""


@dataclass(frozen=True)
class Row:
    """One machine, or several of a group that are alike."""

    names: list[str]
    more: int
    machines: int
    states: tuple[str, ...]
    """Of each kind: 'met', 'not_met', 'not_determined' or 'expected_not'."""
    cells: Markup


@dataclass(frozen=True)
class Group:
    """Machines of one key process, or all others of one kind."""

    name: str
    plain: bool
    """A name of the plant's own; else a word of its register, such as the kind of a machine."""
    machines: int
    rows: list[Row]


@dataclass(frozen=True)
class Matrix:
    """Rows by group, and how many cells of each column are filled, of how many expected."""

    heads: Markup
    groups: list[Group]
    totals: list[tuple[str, int, int]]
    without: int
    """Machines in use of which the register expects none of this."""
    shared: bool
    """Do machines that are alike share a row?"""


def matrix(a: Assessment, pen: Pen) -> Matrix | None:
    """None where nothing is expected of any machine, as in documents from before this was kept."""
    collects = {s.asset: {kind: s.collects[kind] for kind in KINDS if kind in s.collects} for s in a.sights}
    used = [asset for asset in a.assets if asset.production and asset.in_use]
    machines = [asset for asset in used if collects.get(asset.id)]
    if not machines:
        return None
    shared = len(machines) > MOST
    held = [collects[asset.id] for asset in machines]
    return Matrix(
        heads=charts.heads([pen.t(f"matrix.{kind.value}") for kind in KINDS], pen.t("matrix.title")),
        groups=[
            Group(name, plain, len(of), [*_rows(of, collects, pen, shared)])
            for name, plain, of in _groups(a, machines, pen, shared)
        ],
        totals=[
            (
                pen.t(f"matrix.{kind.value}"),
                sum(c.get(kind) is Outcome.MET for c in held),
                sum(kind in c for c in held),
            )
            for kind in KINDS
        ],
        without=len(used) - len(machines),
        shared=shared,
    )


def _groups(
    a: Assessment, machines: Sequence[Asset], pen: Pen, shared: bool
) -> Iterator[tuple[str, bool, list[Asset]]]:
    """By key process, in the plant's order, each machine once; the others together, by kind where many."""
    left = {asset.id: asset for asset in machines}
    for process in a.key_processes:
        of = [left.pop(id_) for id_ in process.assets if id_ in left]
        if of:
            yield pen.say(process.name), True, of
    if not shared:
        if left:
            yield pen.t("matrix.others"), True, [*left.values()]
        return
    for kind in dict.fromkeys(asset.kind for asset in left.values()):
        yield kind, False, [asset for asset in left.values() if asset.kind == kind]


def _rows(
    machines: Sequence[Asset], collects: Mapping[str, Mapping[Expect, Outcome]], pen: Pen, shared: bool
) -> Iterator[Row]:
    alike: dict[tuple[str, ...], list[Asset]] = {}
    for asset in machines:
        states = tuple(state(collects[asset.id].get(kind)) for kind in KINDS)
        alike.setdefault((*states, *(() if shared else (asset.id,))), []).append(asset)
    for key, of in alike.items():
        names = [pen.say(asset.name) for asset in of]
        states = key[: len(KINDS)]
        words = [f"{pen.t(f'matrix.{k.value}')}: {_word(s, pen)}" for k, s in zip(KINDS, states, strict=True)]
        title = names[0] if len(of) == 1 else pen.t("matrix.alike", first=names[0], n=len(of))
        picture = charts.cells(states, words, title, "; ".join(words))
        yield Row(names[:NAMES], max(0, len(names) - NAMES), len(of), states, picture)


def state(outcome: Outcome | None) -> str:
    """'expected_not' where the register does not ask for it; what is neither met nor not met is open."""
    if outcome is None:
        return "expected_not"
    return (outcome if outcome in (Outcome.MET, Outcome.NOT_MET) else Outcome.NOT_DETERMINED).value


def _word(state: str, pen: Pen) -> str:
    return pen.t("matrix.expected_not" if state == "expected_not" else f"outcome.{state}")
