"""FORESEE the check of a pack before it is made: what it would find of each item, what is held back and why.

It goes by the check's own rules: where it finds every item met, so does the check of the pack that is then made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assessor.domain import Assessment, Checklist, Item, Message, Platform, Time, sha256
from assessor.filing.container import PackMember
from assessor.filing.entries import sums
from assessor.filing.layout import PROMISE
from assessor.filing.pack import OPEN
from assessor.filing.promise import promise
from assessor.filing.proof import brought
from assessor.filing.shown import BY_ASSESSMENT, Told, says
from assessor.messages import Language
from assessor.report.pen import Pen

BESIDE = Message(id="filing.why_beside")
State = Literal["met", "missing", "held", "by-hand"]
"""As a check says it, but that what is there and may not go in yet is held back."""


@dataclass(frozen=True)
class Foreseen:
    """One item of a checklist as things stand."""

    item: Item
    state: State
    why: Message


@dataclass(frozen=True)
class Ground:
    """What a pack would be made of."""

    assessment: Assessment
    checklist: Checklist
    platforms: Sequence[Platform]
    members: Sequence[PackMember]
    """Files that people bring, under the names that they would have in it."""
    data: Mapping[str, bytes]
    """Of each; its start is enough."""
    language: Language
    made: Time


def foresee(ground: Ground) -> tuple[Foreseen, ...]:
    """Every item of the checklist, in its order."""
    open_ = any(not finding.settled for finding in ground.assessment.findings)
    with_template = _with_template(ground)
    return tuple(_item(item, with_template, open_) for item in ground.checklist.items)


def _with_template(ground: Ground) -> Ground:
    """Beside the promise that a pack holds to be signed: nobody brings that one."""
    data = promise(ground.assessment, Pen.of(ground.assessment, ground.language))
    template = PackMember(name=PROMISE, sha256=sha256(data), bytes=len(data))
    return replace(ground, members=(*ground.members, template), data={**ground.data, PROMISE: data})


def _item(item: Item, ground: Ground, open_: bool) -> Foreseen:
    """What tells of an open difference stays out, and so does what only the bundle inside can show."""
    outcome, why = _told(item, ground)
    if open_ and outcome == "met" and item.shows not in (None, "answers"):
        return Foreseen(item, "held", BESIDE if item.shows in BY_ASSESSMENT else OPEN)
    return Foreseen(item, outcome, why)


def _told(item: Item, ground: Ground) -> Told:
    if item.person:
        return says("by-hand", "by_hand")
    if item.files:
        return brought(item, ground.checklist, ground.members, ground.data, ground.made)
    if item.shows is not None and item.shows in BY_ASSESSMENT:
        return BY_ASSESSMENT[item.shows](item, ground.assessment)
    if item.shows == "answers":
        asked = sum(sums(one, ground.assessment) is not None for one in ground.platforms)
        return says("met", "answers", n=2 * asked) if asked else says("missing", "no_answers")
    return says("met", "bundle") if item.shows == "bundle" else says("met", "report", n=2)
