"""What a truth is, and where truths are kept by the indicator that they are of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.plants.machines import Machine, machines
from tests.plants.table import Row


@dataclass(frozen=True)
class Truth:
    """What is so."""

    value: Fraction
    within: Fraction = Fraction(0)
    """It may be off by so much, since it depends on the moment of sampling."""
    subjects: Mapping[str, bool] = field(default_factory=dict)


Stated = Callable[[Row], Truth | None]
TRUTHS: dict[str, Stated] = {}


def states(indicator: str) -> Callable[[Stated], Stated]:
    """Registers the truth of one indicator."""

    def add(stated: Stated) -> Stated:
        TRUTHS[indicator] = stated
        return stated

    return add


def truth(indicator: str, row: Row) -> Truth | None:
    """None where nothing is stated."""
    return TRUTHS[indicator](row) if indicator in TRUTHS else None


def share(subjects: Mapping[str, bool]) -> Truth | None:
    if not subjects:
        return None
    return Truth(Fraction(sum(subjects.values()), len(subjects)), subjects=subjects)


def exactly(value: Fraction | int | str, within: Fraction | int | str = 0) -> Truth:
    return Truth(Fraction(value), Fraction(within))


def real(row: Row) -> list[Machine]:
    """The machines of the floor, whatever the register says."""
    return [m for m in machines(row) if m.exists]


def entered(row: Row) -> tuple[list[Machine], list[Machine]]:
    """Machines behind an aggregator that was read, and those whose own server let us in."""
    looked = [m for m in real(row) if m.looked and not row.witnessed]
    behind = [m for m in looked if m.way == "behind" and row.aggregator != "record"]
    own = [m for m in looked if m.way == "own" and m.condition in ("works", "flat")]
    return behind, own


def cells(row: Row, own: list[Machine]) -> int:
    """How many machines with a server of their own show all that there is to be had."""
    return sum(m.even for m in own) if row.equipped else 0


def tags(row: Row, behind: list[Machine]) -> int:
    return sum(4 if m.passes_little else 6 for m in behind)
