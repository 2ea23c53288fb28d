"""What the connectors met, endpoint by endpoint, as it may stand in an Assessment. Pure.

Addresses, host names, paths and subjects stay in the sealed bundle: of a message only what is known to be harmless
goes on, and all else is named as withheld.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import reduce
from urllib.parse import urlsplit

from assessor.domain import (
    Certificate,
    Contact,
    Device,
    Door,
    Endpoint,
    Gap,
    Loss,
    Message,
    Observation,
    Offer,
    Paper,
    Scope,
    Skipped,
    Slug,
    Text,
    reused,
)

HARMLESS = frozenset({
    "after", "at", "before", "by", "code", "codes", "fingerprint", "new", "offered", "old", "policy", "result",
    "seconds", "status", "tokens", "wait", "wanted",
})  # fmt: skip
"""Params of messages whose texts name no place: statuses, policies, fingerprints, times, who accepted."""
WITHHELD = Text(zh="（留在工厂）", en="(stays with the plant)")
MOST = 12
"""Causes of losses listed of one endpoint; the rest are counted together."""
REST = Message(id="sampling.more")


def contacts(scope: Scope, observations: Sequence[Observation]) -> tuple[Contact, ...]:
    """One for each endpoint of the scope that was contacted, in the scope's order."""
    seen = {o.endpoint: o for o in observations if o.record is None}
    shared = reused(seen.values())
    return tuple(
        _contact(endpoint, seen[endpoint.id], shared)
        for endpoint in scope.endpoints
        if endpoint.id in seen and endpoint.export is None
    )


def _contact(endpoint: Endpoint, seen: Observation, shared: Mapping[str, tuple[Slug, ...]]) -> Contact:
    plain = _Plain(endpoint)
    server, browse, traffic, sampling = seen.server, seen.browse, seen.traffic, seen.sampling
    named = [endpoint.asset, *(b.asset for b in endpoint.branches), *(u.asset for u in endpoint.units)]
    return Contact(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        assets=tuple(dict.fromkeys(asset for asset in named if asset is not None)),
        began=seen.started,
        ended=seen.ended,
        reached=seen.reached,
        problem=plain(seen.problem) if seen.problem else None,
        warnings=tuple(plain(warning) for warning in seen.warnings),
        doors=_doors(seen.offers, endpoint),
        certificate=_paper(seen.certificate, endpoint.id, shared),
        maker=plain.own(server.manufacturer) if server else None,
        product=plain.own(server.product) if server else None,
        version=plain.own(server.version) if server else None,
        limits=seen.operation_limits,
        tags=len(seen.tags),
        nodes=browse.nodes if browse else None,
        stopped_by=browse.stopped_by if browse else None,
        left=browse.left if browse else 0,
        barred=seen.barred,
        undecoded=seen.undecoded,
        skipped=_skipped(seen.devices, plain),
        mode=sampling.mode if sampling else None,
        why_polled=plain(sampling.why) if sampling and sampling.why else None,
        subscribed=sampling.subscribed if sampling else 0,
        polled=sampling.polled if sampling else 0,
        refused=sampling.refused if sampling else {},
        losses=_losses(seen, plain),
        requests=traffic.requests if traffic else 0,
        failures=traffic.failures if traffic else 0,
        bytes=traffic.bytes_sent + traffic.bytes_received if traffic else 0,
        slowest_ms=round(traffic.slowest_ms) if traffic else 0,
    )


class _Plain:
    """A message without what says where: the address is told by the endpoint's id."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._id = endpoint.id
        address = endpoint.address
        self._host = urlsplit(address if "://" in address else f"//{address}").hostname or address

    def own(self, text: str | None) -> str | None:
        """A server's word of itself, unless it says where it stands."""
        return None if text is None or self._host.casefold() in text.casefold() else text

    def __call__(self, message: Message) -> Message:
        told = {name: self._told(name, value) for name, value in message.params.items()}
        return message.model_copy(update={"params": told})

    def _told(self, name: str, value: str | int | Text) -> str | int | Text:
        if name in ("address", "endpoint"):
            return self._id
        if isinstance(value, int) or (isinstance(value, str) and name in HARMLESS and self.own(value)):
            return value
        return WITHHELD


def _doors(offers: Sequence[Offer], endpoint: Endpoint) -> tuple[Door, ...]:
    """Each mode and policy once, with all the kinds of users it takes."""
    tokens: dict[tuple[str, str], dict[str, None]] = {}
    for offer in offers:
        tokens.setdefault((offer.mode, offer.policy), {}).update(dict.fromkeys(offer.tokens))
    agreed = (endpoint.security.mode, endpoint.security.policy)
    return tuple(
        Door(mode=mode, policy=policy, tokens=tuple(kinds), agreed=(mode, policy) == agreed)
        for (mode, policy), kinds in tokens.items()
    )


def _paper(shown: Certificate | None, endpoint: Slug, shared: Mapping[str, tuple[Slug, ...]]) -> Paper | None:
    if shown is None:
        return None
    fields = Paper.model_fields.keys() - {"same_key"}
    others = shared.get(shown.public_key or shown.fingerprint, ())
    return Paper(**shown.model_dump(include=set(fields)), same_key=tuple(id_ for id_ in others if id_ != endpoint))


def _skipped(devices: Sequence[Device], plain: _Plain) -> tuple[Skipped, ...]:
    """Registers counted by asset and reason; which ones they are stays with the plant."""
    counted: dict[tuple[Slug | None, str], Skipped] = {}
    for device in devices:
        for stretch in device.unread:
            why = plain(stretch.why)
            key = (device.asset, why.model_dump_json())
            before = counted[key].registers if key in counted else 0
            more = int(stretch.registers.rpartition("+")[2])
            counted[key] = Skipped(asset=device.asset, registers=before + more, why=why)
    return tuple(counted.values())


def _losses(seen: Observation, plain: _Plain) -> tuple[Loss, ...]:
    """Gaps by cause, the longest first; of many causes those that come last are counted together."""
    tags = {tag.id: tag.asset for tag in seen.tags}
    places = {device.where: device.asset for device in seen.devices}
    causes: dict[str, list[Gap]] = defaultdict(list)
    for gap in seen.gaps:
        causes[f"{gap.where} {gap.why.model_dump_json()}"].append(gap)
    found = [_loss(plain(gaps[0].why), gaps, tags, places) for gaps in causes.values()]
    found.sort(key=lambda loss: (-(loss.lost or 0), loss.begins - loss.ends))
    if len(found) <= MOST:
        return tuple(found)
    return (*found[: MOST - 1], reduce(_together, found[MOST - 1 :]))


def _loss(
    why: Message, gaps: Sequence[Gap], tags: Mapping[int, Slug | None], places: Mapping[str, Slug | None]
) -> Loss:
    told = [places.get(g.where) if g.where else tags.get(g.tag) if g.tag is not None else None for g in gaps]
    known = [gap.lost for gap in gaps if gap.lost is not None]
    whole = any(gap.where is None and gap.tag is None for gap in gaps)
    return Loss(
        why=why,
        assets=() if whole else tuple(dict.fromkeys(asset for asset in told if asset is not None)),
        tags=0 if whole else len({gap.tag for gap in gaps if gap.tag is not None}),
        times=sum(gap.times for gap in gaps),
        lost=sum(known) if known else None,
        begins=min(gap.begins for gap in gaps),
        ends=max(gap.ends for gap in gaps),
    )


def _together(one: Loss, other: Loss) -> Loss:
    known = [loss.lost for loss in (one, other) if loss.lost is not None]
    return Loss(
        why=REST,
        times=one.times + other.times,
        lost=sum(known) if known else None,
        begins=min(one.begins, other.begins),
        ends=max(one.ends, other.ends),
    )
