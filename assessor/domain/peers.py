"""Other plants, without their names: what a plant may be compared with."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.firm import Size
from assessor.domain.noun import Exact, Message, Noun, Share, Slug, Time


class Peer(Noun):
    """One real assessment, reduced to what cannot name its plant."""

    kind: Literal["discrete", "process"]
    industry: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    """Division of GB/T 4754: two digits."""
    size: Size | None = None
    """By employees alone: fewer than 20, 300, 1000, or more."""
    automation: Share | None = None
    """Share of machines shown to be digital, to a tenth: the lower end of what was measured."""
    framework: Slug
    version: str
    level: Annotated[int, Field(ge=0)]
    score: Exact
    """The verified score, to a tenth."""
    dimensions: dict[Slug, Exact] = {}
    """Verified scores of the sub-domains, to a tenth."""
    simulated: bool = False


class PeerSet(Noun):
    """A file of peers: exported from one store, imported into another."""

    format: Literal["assessor-peers/1"]
    source: str
    """Who gives it out, in his own words."""
    made: Time
    peers: tuple[Peer, ...]


class Quantile(Noun):
    """One quantile of the peers' scores and its 95 % interval; an end is None where there are too few to tell."""

    share: Share
    value: Exact
    low: Exact | None
    high: Exact | None


class Comparison(Noun):
    """A plant among its peers, or the reason why nothing can be said."""

    framework: Slug
    version: str
    score: Exact
    simulated: bool
    comparable: int
    """Peers rated by the same edition."""
    used: int
    """Of these, the nearest that the figures rest on; 0 where nothing is said."""
    nearest: tuple[Message, ...] = ()
    """What they have in common with the plant."""
    quantiles: tuple[Quantile, ...] = ()
    below: Share | None = None
    """Share of the peers used with a lower score, equal ones by half; None below thirty."""
    below_low: Share | None = None
    below_high: Share | None = None
    why: Message
