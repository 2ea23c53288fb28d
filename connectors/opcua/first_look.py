"""The first look at every value, once: what can be sampled, what is barred to us, what cannot be decoded.

It is taken before any sampling, so that a value that the library cannot decode never spoils a batch or a
notification later on. Of a type of structures one value is tried first: where that one cannot be decoded
the others of its type are not asked for, since a structure gives no row anyway.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from connectors.opcua.reading import BARRED, OF_OUR_SESSION, Reader, parts, sample, status
from connectors.opcua.walk import Found
from connectors.opcua.wire import status_name

READ_BIT = 1
DENIED = "BadUserAccessDenied"
LAST_PLAIN = 30
"""Data types of the base namespace up to this number are plain or abstract, but for Structure."""


class Attributes(NamedTuple):
    """What a variable says of itself; None where it was not given, or is not of the type it has to be."""

    data_type: ua.NodeId | None = None
    rank: int | None = None
    user_access: int | None = None
    access: int | None = None
    """What anyone may do with the value; `user_access` is what our user may."""
    user_write_mask: int | None = None
    description: str | None = None
    historizing: bool | None = None

    @property
    def may(self) -> int | None:
        """What our user may do with the value; what anyone may where the server does not tell apart."""
        return self.access if self.user_access is None else self.user_access

    @property
    def is_array(self) -> bool:
        return self.rank is not None and self.rank >= 0


Own = Mapping[int, Attributes]
"""By variable, as index among the nodes found."""


@dataclass
class Look:
    """What came of it, by index among the nodes found."""

    samplable: set[int] = field(default_factory=set)
    barred: Counter[str] = field(default_factory=Counter)
    undecoded: set[int] = field(default_factory=set)


async def first_look(reader: Reader, found: Sequence[Found], own: Own) -> Look:
    """Read each value once that our user may read and that is no array."""
    look = Look()
    due = [i for i in own if _may_be_read(own[i], look)]
    kinds: dict[ua.NodeId, list[int]] = {}
    plain: list[int] = []
    for i in due:
        kind = own[i].data_type
        if kind is None or _is_plain(kind):
            plain.append(i)
        else:
            kinds.setdefault(kind, []).append(i)
    await _read(reader, found, [*plain, *(of[0] for of in kinds.values())], look)
    rest = []
    for first, *others in kinds.values():
        if first in look.undecoded:
            look.undecoded.update(others)
        else:
            rest += others
    await _read(reader, found, rest, look)
    return look


def _may_be_read(own: Attributes, look: Look) -> bool:
    anyone = own.access is None or bool(own.access & READ_BIT)
    we = own.user_access is None or bool(own.user_access & READ_BIT)
    if anyone and not we:
        look.barred[DENIED] += 1
    return anyone and we and not own.is_array


def _is_plain(kind: ua.NodeId) -> bool:
    number = kind.Identifier
    return (
        kind.NamespaceIndex == 0
        and isinstance(number, int)
        and number <= LAST_PLAIN
        and number != ObjectIds.Structure
    )


async def _read(reader: Reader, found: Sequence[Found], indices: Sequence[int], look: Look) -> None:
    for part in parts(indices, reader.batch):
        answers = await reader.values([found[i].id for i in part])
        for i, answer in zip(part, answers, strict=True):
            if answer is None:
                look.undecoded.add(i)
            elif (code := status(answer)) in OF_OUR_SESSION:
                if code in BARRED:
                    look.barred[status_name(code)] += 1
            elif sample(0, answer, 0, 0) is not None:
                look.samplable.add(i)
