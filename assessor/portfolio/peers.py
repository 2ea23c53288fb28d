"""PEERS out of stored Assessments: of each plant the latest, reduced to what cannot name it."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from assessor.documents import read_bounded
from assessor.domain import Assessment, Message, Peer, PeerSet, State, Time
from assessor.errors import InputError
from assessor.portfolio.filed import division, size
from assessor.portfolio.rerate import Stored
from models.peers import FEWEST

MOST = 100_000_000
"""Bytes of a set: some hundred thousand plants."""


def peers_of(held: Iterable[Stored], source: str, made: Time) -> PeerSet:
    """A set to give out. Fewer than ten plants are refused: among so few one is soon found out.

    It compares what was verified, so that plants of which no machine was heard are left out.
    """
    latest: dict[str, Assessment] = {}
    for one in sorted(held, key=lambda one: (one.done.made, one.file)):
        if one.done.heard:
            latest[one.done.plant.id] = one.done
    if len(latest) < FEWEST:
        raise InputError(Message(id="peers.not_given_out", params={"n": len(latest), "fewest": FEWEST}))
    found = sorted(map(as_peer, latest.values()), key=lambda p: p.model_dump_json())
    return PeerSet(format="assessor-peers/1", source=source, made=made, peers=tuple(found))


def read_peers(files: Sequence[Path]) -> tuple[Peer, ...]:
    """The peers of several sets; a row that two of them hold alike may be two plants, so both count."""
    return tuple(peer for file in files for peer in _set(file).peers)


def _set(file: Path) -> PeerSet:
    try:
        return PeerSet.model_validate_json(read_bounded(file, MOST))
    except ValueError as problem:
        raise InputError(Message(id="peers.not_a_set"), str(file)) from problem


def as_peer(done: Assessment) -> Peer:
    """What of an Assessment may be compared: the verified column under the default weights.

    Raises InputError where no machine was heard: what is only said is not compared with what was verified.
    """
    if not done.heard:
        raise InputError(Message(id="peers.not_heard"))
    rating = done.rating("verified")
    return Peer(
        kind=done.plant.kind,
        industry=division(done.plant.industry),
        size=size(done.plant.employees),
        automation=_automation(done),
        framework=done.framework.id,
        version=done.framework.version,
        level=rating.level,
        score=tenth(rating.score),
        dimensions={d.dimension: tenth(d.low) for d in rating.dimensions},
        simulated=done.plant.simulated,
    )


def _automation(done: Assessment) -> Fraction | None:
    found = next((m for m in done.measurements if m.indicator == "digital"), None)
    known = found is not None and found.state is State.MEASURED and found.low is not None
    return tenth(found.low) if found and known and found.low is not None else None


def tenth(value: Fraction) -> Fraction:
    """Cut off to a tenth: enough to compare, too little to recognise."""
    return Fraction(int(value * 10), 10)
