"""Every line of the register: how it was or was not seen."""

from collections import defaultdict
from collections.abc import Mapping

from assessor.domain import EvidenceClass, Expect, Outcome, Sight
from assessor.indicators import collected, connectable, networked, readable
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen, SeenAsset


def sights(seen: Seen) -> tuple[Sight, ...]:
    """One line for each asset, production equipment or not."""
    found: dict[str, dict[Expect, Outcome]] = defaultdict(dict)
    for (id_, kind), cell in collected.cells(seen).items():
        found[id_][kind] = cell.outcome
    return tuple(_sight(one, found[one.asset.id]) for one in seen.assets)


def _sight(seen: SeenAsset, collects: Mapping[Expect, Outcome]) -> Sight:
    read, connect, network = readable.judge(seen), connectable.judge(seen), networked.judge(seen)
    decided = [one for one in (read, connect, network) if one.outcome is not Outcome.NOT_DETERMINED]
    order = list(EvidenceClass)
    return Sight(
        asset=seen.asset.id,
        readable=read.outcome,
        connectable=connect.outcome,
        networked=network.outcome,
        evidence=min((one.evidence for one in decided), key=order.index, default=None),
        why=network.why if network.outcome is Outcome.MET else read.why,
        tags=len(seen.tags) + len(seen.recorded),
        samples=sum(tag.facts.rows for tag in _all(seen) if tag.facts),
        collects=dict(collects),
    )


def _all(seen: SeenAsset) -> tuple[SeenTag, ...]:
    """Its data points, read or recorded."""
    return (*seen.tags, *(one.seen for one in seen.recorded))
