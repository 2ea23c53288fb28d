"""Protocols of the register that we do not speak: machines not asked, and what is known of them instead."""

from collections import Counter
from dataclasses import dataclass

from assessor.domain import SPOKEN, Assessment, Asset, EvidenceClass, Interface, Outcome, Sight
from assessor.report.pen import Pen

WAYS = {
    EvidenceClass.MEASURED: "aggregator",
    EvidenceClass.EXPORTED: "export",
    EvidenceClass.OBSERVED: "witnessed",
    EvidenceClass.DOCUMENT: "told",
    EvidenceClass.INTERVIEW: "told",
    None: "untested",
}
"""How a machine is known that could not be asked, by the strongest evidence of it."""
ORDER = ("aggregator", "export", "witnessed", "told", "untested")


@dataclass(frozen=True)
class Unspoken:
    """One protocol: its machines in use, none of which was asked in it."""

    name: str
    machines: int
    ways: list[tuple[str, int]]
    """In words: how so many of them are known instead, or that they are untested."""


def unspoken(a: Assessment, pen: Pen) -> list[Unspoken]:
    """The protocol with the most machines first."""
    sights = {s.asset: s for s in a.sights}
    ways: dict[Interface, Counter[str]] = {}
    for asset in a.assets:
        if counted(asset) and asset.interface not in SPOKEN | {Interface.NONE, Interface.UNKNOWN}:
            ways.setdefault(asset.interface, Counter())[_way(sights.get(asset.id))] += 1
    return [
        Unspoken(
            pen.known("interface", interface.value),
            found.total(),
            [(pen.t(f"cover.way.{way}"), found[way]) for way in ORDER if found[way]],
        )
        for interface, found in sorted(ways.items(), key=lambda pair: (-pair[1].total(), pair[0].value))
    ]


def unclear(a: Assessment) -> int:
    """Machines that nobody could look at, and of which the register names no interface."""
    unseen = {s.asset for s in a.sights if _way(s) == "untested"}
    return sum(
        counted(asset) and asset.id in unseen and asset.interface is Interface.UNKNOWN for asset in a.assets
    )


def counted(asset: Asset) -> bool:
    """Does it enter the denominators?"""
    return asset.production and asset.in_use


def _way(sight: Sight | None) -> str:
    """A record or a witness may leave 'readable' open, and still show where the data arrive."""
    if sight is None:
        return "untested"
    found = [sight.readable, sight.connectable, sight.networked]
    return WAYS[sight.evidence] if any(one is not Outcome.NOT_DETERMINED for one in found) else "untested"
