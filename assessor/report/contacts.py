"""What the connectors met, endpoint by endpoint: those that have something to tell first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Assessment, Contact, Door, Loss, Message, Paper
from assessor.report.pen import Pen

YEAR = 31_557_600 * 10**9
"""Nanoseconds of a Julian year."""
FINGERPRINT = re.compile("[0-9a-f]{40,}")
NAMED = 3
"""Assets named beside an endpoint; the rest are counted."""


@dataclass(frozen=True)
class Way:
    """One mode of the channel with its policies."""

    text: str
    open: bool
    """Is nothing signed or encrypted?"""
    agreed: bool


@dataclass(frozen=True)
class Row:
    """One kind of thing that was met. `loud`: a person should see it."""

    label: str
    lines: list[str]
    loud: bool


@dataclass(frozen=True)
class Met:
    """One endpoint."""

    id: str
    name: str
    protocol: str
    reached: bool
    ways: list[Way]
    rows: list[Row]


@dataclass(frozen=True)
class Contacts:
    """All endpoints, and how many of them have what."""

    counts: list[tuple[str, int]]
    total: int
    met: list[Met]


def contacts(a: Assessment, pen: Pen) -> Contacts:
    """Endpoints in the scope's order, those first that a person should look at."""
    found = {
        "contacts.reached": sum(c.reached for c in a.contacts),
        "contacts.open_only": sum(_open_only(c) for c in a.contacts),
        "contacts.lossy": sum(bool(c.losses) for c in a.contacts),
        "contacts.partial": sum(_partial(c) for c in a.contacts),
    }
    met = sorted((_met(c, pen) for c in a.contacts), key=lambda one: not any(row.loud for row in one.rows))
    return Contacts([(pen.t(name), n) for name, n in found.items()], len(a.contacts), met)


def _open_only(c: Contact) -> bool:
    """Does it offer doors, and none that signs or encrypts?"""
    return bool(c.doors) and all(door.mode == "None" for door in c.doors)


def _partial(c: Contact) -> bool:
    """Was something there left unread?"""
    return bool(c.stopped_by or c.left or c.barred or c.undecoded or c.skipped)


def _met(c: Contact, pen: Pen) -> Met:
    names = [pen.subject(asset) for asset in c.assets]
    more = len(names) - NAMED
    separator = "、" if pen.language == "zh" else ", "
    title = separator.join(names[:NAMED]) + (f" {pen.t('more', n=more)}" if more > 0 else "")
    rows = [Row(pen.t(name), lines, loud) for name, lines, loud in _rows(c, pen) if lines]
    return Met(c.endpoint, title, pen.known("interface", c.protocol), c.reached, _ways(c.doors, pen), rows)


def _rows(c: Contact, pen: Pen) -> Iterator[tuple[str, list[str], bool]]:
    yield "contacts.problem", [_brief(c.problem, pen)] if c.problem else [], True
    yield "contacts.warnings", [_brief(warning, pen) for warning in c.warnings], True
    yield "contacts.losses", list(_losses(c, pen)), True
    yield "contacts.skipped", list(_skipped(c, pen)), True
    if c.certificate:
        yield "contacts.certificate", list(_paper(c.certificate, c.ended, pen)), c.certificate.not_after < c.ended
        yield "contacts.same_key", [", ".join(c.certificate.same_key)] if c.certificate.same_key else [], True
    said = " ".join(filter(None, (c.maker, c.product, c.version)))
    yield "contacts.server", [said] if said else [], False
    yield (
        "contacts.limits",
        [" · ".join(f"{k} {pen.number(v)}" for k, v in c.limits.items())] if c.limits else [],
        False,
    )
    yield "contacts.sampling", list(_sampling(c, pen)), False
    if c.requests:
        told = {"requests": c.requests, "failures": c.failures, "size": pen.size(c.bytes), "slowest": c.slowest_ms}
        yield "contacts.traffic", [pen.t("contacts.traffic_text", **told)], False


def _brief(message: Message, pen: Pen) -> str:
    """A message whose fingerprints are cut: enough to tell two apart, and the whole stands in the Assessment."""
    cut = {k: f"{v[:16]}…" for k, v in message.params.items() if isinstance(v, str) and FINGERPRINT.fullmatch(v)}
    return pen.say(message.model_copy(update={"params": message.params | cut}))


def _ways(doors: tuple[Door, ...], pen: Pen) -> list[Way]:
    modes: dict[tuple[str, tuple[str, ...], bool], list[Door]] = {}
    for door in doors:
        modes.setdefault((door.mode, door.tokens, door.agreed), []).append(door)
    ways = []
    for (mode, tokens, agreed), alike in modes.items():
        policies = [door.policy for door in alike if door.policy != "None"]
        text = f"{pen.known('mode', mode.lower())}{': ' if policies else ''}{', '.join(policies)}"
        who = ", ".join(pen.known("token", token.lower()) for token in tokens)
        ways.append(Way(f"{text} · {who}" if who else text, mode == "None", agreed))
    return ways


def _paper(paper: Paper, now: int, pen: Pen) -> Iterator[str]:
    """Strength and age, then what is not as it should be."""
    signed = pen.t("contacts.self_signed" if paper.self_signed else "contacts.signed")
    bits = pen.t("contacts.bits", n=paper.key_bits)
    yield " · ".join(filter(None, (paper.key_type, bits, paper.signature_hash, signed)))
    age = pen.number(Fraction(max(0, now - paper.not_before), YEAR), 1)
    until = "contacts.expired" if paper.not_after < now else "contacts.valid"
    yield pen.t(until, begins=pen.date(paper.not_before), age=age, ends=pen.date(paper.not_after))
    if paper.trust:
        yield pen.t(f"contacts.trust.{paper.trust}")
    if paper.names_host is False:
        yield pen.t("contacts.other_host")


def _losses(c: Contact, pen: Pen) -> Iterator[str]:
    """Each cause, and below it how much, where, when."""
    for loss in c.losses:
        yield pen.say(loss.why)
        yield _extent(loss, pen)


def _extent(loss: Loss, pen: Pen) -> str:
    told = [pen.t("contacts.lost", n=loss.lost) if loss.lost is not None else pen.t("contacts.lost_unknown")]
    if loss.times > 1:
        told.append(pen.t("contacts.times", n=loss.times))
    if loss.tags:
        told.append(pen.t("contacts.tags", n=loss.tags))
    told += [pen.subject(asset) for asset in loss.assets]
    begins, ends, day = pen.time(loss.begins), pen.time(loss.ends), pen.date(loss.begins)
    span = f"{begins.removesuffix(' UTC')} – {ends.removeprefix(f'{day} ')}"
    return " · ".join((*told, span))


def _skipped(c: Contact, pen: Pen) -> Iterator[str]:
    """What was there and was not read, with the budget or the refusal that ended it."""
    if c.stopped_by:
        yield pen.t("contacts.stopped", n=c.nodes or 0, left=c.left, why=pen.known("budget", c.stopped_by))
    elif c.left:
        yield pen.t("contacts.left", left=c.left)
    if c.barred:
        yield pen.t("contacts.barred", n=sum(c.barred.values()), statuses=", ".join(c.barred))
    if c.undecoded:
        yield pen.t("contacts.undecoded", n=c.undecoded)
    for one in c.skipped:
        where = pen.subject(one.asset) if one.asset else c.endpoint
        yield pen.t("contacts.registers", n=one.registers, where=where, why=pen.say(one.why))


def _sampling(c: Contact, pen: Pen) -> Iterator[str]:
    if c.nodes is not None and not c.stopped_by:
        yield pen.t("contacts.walked", n=c.nodes)
    if c.mode == "subscribe":
        yield pen.t("contacts.subscribed", n=c.subscribed, polled=c.polled)
    elif c.tags:
        yield pen.t("contacts.polled", n=c.tags)
    if c.why_polled:
        yield pen.say(c.why_polled)
    if c.refused:
        yield pen.t("contacts.refused", n=sum(c.refused.values()), statuses=", ".join(c.refused))
