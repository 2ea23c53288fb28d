"""DRAW machines of one stratum by a seed, so that whoever has the register and the seed draws the same ones.

Each machine's place in the order is the SHA-256 of the text 'seed/stratum/machine', in UTF-8 and written in hex;
the first so many are drawn. Neither the order of the register nor what stands in another stratum changes it, and a
larger draw holds a smaller one. How to repeat it by hand: docs/how-to/prepare.md.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from assessor.domain import sha256


def draw(machines: Iterable[str], stratum: str, seed: int, number: int) -> tuple[str, ...]:
    """So many of the machines, or all where there are no more; in the order of their ids."""
    return tuple(sorted(sorted(set(machines), key=lambda machine: place(machine, stratum, seed))[:number]))


def place(machine: str, stratum: str, seed: int) -> str:
    """Where a machine stands in the order of the draw."""
    return sha256(f"{seed}/{stratum}/{machine}".encode())


def usual_seed(machines: Iterable[str], reference: str) -> int:
    """The seed where nobody states one: of the ids of the register and the reference of the agreement.

    So nobody picks it, and no clock does: the first eight hex digits of the SHA-256 of the reference and the
    sorted ids, each on a line of its own.
    """
    return int(sha256("\n".join([reference, *sorted(set(machines))]).encode())[:8], 16)


def size(machines: int, number: int | None, share: Fraction | None) -> int:
    """How many to draw: a number, or a share of all rounded up."""
    return number if number is not None else ceil((share or 0) * machines)
