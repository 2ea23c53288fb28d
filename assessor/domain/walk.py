"""A walk of the register: ten of its machines looked for on the floor, ten that stand there looked up in it."""

from collections.abc import Collection, Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.noun import Digest, Noun, Slug, sha256
from assessor.domain.plant import Asset, Register, Walk

TEN = 10
"""Machines looked for in each direction."""
Found = Literal["as-listed", "differs", "not-found"]


class Sought(Noun):
    """A machine of the register that somebody looked for on the floor."""

    asset: Slug
    found: Found
    by: Annotated[str, Field(min_length=1)]
    """Role of the person."""
    at: str
    """ISO 8601"""


class Met(Noun):
    """What stands on the floor, looked up in the register."""

    plate: Annotated[str, Field(min_length=1, max_length=200)]
    """Name or number, as it stands there."""
    listed: bool | None = None
    """None: nobody has looked it up yet."""
    by: Annotated[str, Field(min_length=1)]
    """Role of the person."""
    at: str
    """ISO 8601"""


class RegisterWalk(Noun):
    """What came of it, line by line. It holds for the list that it was made with, and for no other."""

    seed: Annotated[int, Field(ge=0)]
    """Of the draw: `drawn` gives the same ten again."""
    of: Digest
    """Of the list: `listing` of its assets."""
    sought: tuple[Sought, ...] = ()
    met: tuple[Met, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.asset for one in self.sought}) < len(self.sought):
            raise ValueError("a machine is looked for once")
        return self

    @property
    def latest(self) -> Sought | Met | None:
        """The line that was written last."""
        lines: list[Sought | Met] = [*self.sought, *self.met]
        return max(lines, key=lambda one: one.at, default=None)


def counted(assets: Iterable[Asset]) -> list[str]:
    """Numbers of the machines that a register's denominators count, in order."""
    return sorted(asset.id for asset in assets if asset.production and asset.in_use)


def listing(assets: Iterable[Asset]) -> str:
    """The digest of a list: another one where a machine was added, taken away or numbered anew."""
    return sha256("\n".join(counted(assets)).encode())


def drawn(assets: Iterable[Asset], seed: int) -> tuple[str, ...]:
    """Ten machines of a list, or all where there are fewer: those with the least SHA-256 of 'seed:number'. Anybody
    can draw them again, in any language and years later."""
    return tuple(sorted(counted(assets), key=lambda id_: sha256(f"{seed}:{id_}".encode()))[:TEN])


def made_with(walk: RegisterWalk | None, assets: Collection[Asset]) -> bool:
    """Was it made with this list?"""
    return walk is not None and walk.of == listing(assets)


def walked(register: Register | None, assets: Collection[Asset], walk: RegisterWalk | None) -> Register | None:
    """The register with what a walk came to. Only lines that were looked at count, and of the machines that were
    sought only those of the draw; a direction that nobody walked stays as the register has it."""
    if register is None or walk is None or not made_with(walk, assets):
        return register
    ten = drawn(assets, walk.seed)
    sought = [one.found == "as-listed" for one in walk.sought if one.asset in ten]
    met = [one.listed for one in walk.met if one.listed is not None]
    sums = {"list_to_floor": sought, "floor_to_list": met}
    return register.model_copy(
        update={name: Walk(walked=len(of), agreed=sum(of)) for name, of in sums.items() if of}
    )
