"""BRANCHES of an aggregating server to assign to machines, as `assessor branches` does, from what a run saw.

Nothing is contacted: the data points of the sealed bundle show the branches, a person says of each which machine
it is, and a new file of the scope holds them. The bundle's own scope is sealed: they count from the next run on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessor.bundle import open_bundle
from assessor.desk import sampling, surveys
from assessor.desk.access import Actor
from assessor.desk.attaching import Handed, attach, on_disk
from assessor.desk.desk import Desk
from assessor.desk.meanings import sampled
from assessor.desk.sampling import Agreed
from assessor.domain import Branch, Endpoint, Message, Observation, Scope, Tag
from assessor.errors import InputError, UnknownError
from assessor.storage import StoredFile, Survey, papers
from connectors.amend import with_branches
from connectors.attribution import finder, is_housekeeping
from connectors.proposals import Proposal, check_proposed, propose, seen

PROTOCOL = "opcua"
EXAMPLES = 3


@dataclass(frozen=True)
class Offered:
    """A branch that may stand for a machine."""

    proposal: Proposal
    points: int
    """Data points of no machine in it."""
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Aggregator:
    """A server some of whose data points belonged to no machine when it was sampled."""

    endpoint: Endpoint
    """As the scope that counts has it."""
    points: int
    open: int
    """Data points of no machine, by the bundle and by the scope that counts."""
    offered: tuple[Offered, ...]
    walked: bool
    """Was all of it seen?"""
    since: tuple[Branch, ...]
    """What the scope that counts assigns, and the bundle's did not."""

    @property
    def left(self) -> int:
        """Data points of no machine in no branch that is offered."""
        return self.open - sum(one.points for one in self.offered)


@dataclass(frozen=True)
class Standing:
    """What a run saw and what the scope that counts makes of it."""

    survey: Survey
    bundle: StoredFile | None
    """The sealed one that the result rests on."""
    agreed: Agreed | None
    aggregators: tuple[Aggregator, ...] = ()
    absent: tuple[str, ...] = ()
    """Endpoints of such servers that the scope that counts does not have, or has at another address."""

    @property
    def due(self) -> bool:
        """Does something wait for the next run?"""
        return any(one.since for one in self.aggregators)


def standing(desk: Desk, who: Actor, survey_id: str) -> Standing:
    """For those who may see the names of data points."""
    survey, agreed = surveys.get(desk, who, survey_id), sampling.agreed(desk, who, survey_id)
    bundle = sampled(desk, survey)
    if bundle is None or agreed is None:
        return Standing(survey, bundle, agreed)
    with desk.store.read() as c:
        data = papers.content(c, survey_id, bundle.sha256)
    with on_disk(data, bundle.name, ".zip") as file:
        opened = open_bundle(file)
        before, observations = opened.scope(), opened.observations()
    now = {(e.id, e.protocol, e.address): e for e in agreed.scope.endpoints}
    found, absent = [], []
    for then in before.endpoints:
        heard = next((o for o in observations if o.endpoint == then.id), None)
        if heard is None or then.protocol != PROTOCOL or not any(_open(heard.tags, then)):
            continue
        endpoint = now.get((then.id, then.protocol, then.address))
        if endpoint is None:
            absent.append(then.id)
        else:
            found.append(_aggregator(heard, then, endpoint, agreed.scope))
    return Standing(survey, bundle, agreed, tuple(found), tuple(absent))


def _open(tags: Sequence[Tag], endpoint: Endpoint) -> list[Tag]:
    """Data points that an endpoint gives to no machine, without what an aggregator says of itself."""
    if endpoint.asset is not None and not endpoint.branches:
        return []
    find = finder(endpoint.branches)
    return [tag for tag in tags if find(tag.path) is None and not is_housekeeping(tag.path)]


def _aggregator(heard: Observation, then: Endpoint, endpoint: Endpoint, scope: Scope) -> Aggregator:
    """The rules are applied to where the run began to look."""
    tags = _open(heard.tags, endpoint)
    begun = endpoint.model_copy(update={"root": then.root})
    proposals = propose(seen(heard.tags, then.root or ""), begun, scope.assets) if tags else ()
    find = finder([Branch(path=p.path, asset="any") for p in proposals])
    inside: dict[str, list[str]] = defaultdict(list)
    for tag in tags:
        if (branch := find(tag.path)) is not None and not is_housekeeping(tag.path, branch.path):
            inside[branch.path].append(tag.path)
    return Aggregator(
        endpoint=endpoint,
        points=len(heard.tags),
        open=len(tags),
        offered=tuple(
            Offered(p, len(inside[p.path]), tuple(inside[p.path][:EXAMPLES])) for p in proposals if inside[p.path]
        ),
        walked=heard.browse is None or heard.browse.complete,
        since=tuple(b for b in endpoint.branches if b not in then.branches),
    )


def confirm(
    desk: Desk, who: Actor, survey_id: str, endpoint: str, made_from: str, chosen: Mapping[str, str]
) -> StoredFile:
    """Write the scope anew with these branches, by path the machine. `made_from`: SHA-256 of the scope that
    whoever chose had before them; where another one counts by now nothing is written."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.sample", survey.organisation)
    stands = standing(desk, who, survey_id)
    served = next((one for one in stands.aggregators if one.endpoint.id == endpoint), None)
    if (
        served is None
        or stands.agreed is None
        or not {*chosen.values()} <= {a.id for a in stands.agreed.scope.assets}
    ):
        raise UnknownError(Message(id="desk.unknown"))
    if not chosen:
        raise InputError(Message(id="desk.no_branch"))
    branches = [Branch(path=path, asset=asset) for path, asset in chosen.items()]
    check_proposed(branches, [one.proposal for one in served.offered])
    file = stands.agreed.file
    text = with_branches(stands.agreed.data.decode("utf-8-sig"), endpoint, branches, file.name)
    return attach(desk, who, survey_id, Handed("scope", file.name, text.encode(), follows=made_from))
