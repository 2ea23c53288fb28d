"""Does a file that somebody brought count for an item? By what is in it, not by its name alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from assessor.domain import Checklist, Item, Time
from assessor.filing.attachments import day_of, fitting
from assessor.filing.container import PackMember
from assessor.filing.layout import TEMPLATES
from assessor.filing.shown import Told, says

PDF = b"%PDF-"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
"""How JPEG, PNG and TIFF begin."""
BLANK = b"\0 \t\r\n\x0b\x0c\xef\xbb\xbf"
CHINA = timezone(timedelta(hours=8))
"""Days are those of the plant's own calendar."""


Members = Sequence[PackMember]
Data = Mapping[str, bytes]
"""Of members, by name."""


def brought(item: Item, checklist: Checklist, members: Members, data: Data, made: Time) -> Told:
    """Files that were brought for it and count; where they are too few, what is wrong with another."""
    good, bad = _counted(item, checklist, members, data, made)
    if len(good) >= item.at_least:
        return says("met", "files", n=len(good), first=(good[0].was or good[0].name)[:80])
    told = [one for one in bad if one[1] != "blank"]
    if told:
        member, fault = told[0]
        first = (member.was or member.name)[:80]
        return says("missing", fault, n=len(good), needed=item.at_least, first=first)
    return says("missing", "too_few" if good else "no_file", n=len(good), needed=item.at_least)


def _counted(
    item: Item, checklist: Checklist, members: Members, data: Data, made: Time
) -> tuple[list[PackMember], list[tuple[PackMember, str]]]:
    """Members of a pack that count for an item, and those that do not, each with the name of its fault."""
    good: list[PackMember] = []
    bad: list[tuple[PackMember, str]] = []
    seen: set[str] = set()
    templates = _templates(members)
    for member in _for_it(item, checklist, members, data):
        fault = "template" if member.sha256 in templates else _fault(item, member, data[member.name], made)
        if fault is None and item.look == "picture" and member.sha256 in seen:
            fault = "twice"
        seen.add(member.sha256)
        if fault is None:
            good.append(member)
        else:
            bad.append((member, fault))
    return good, bad


def blank(data: bytes) -> bool:
    """Is there nothing in it?"""
    return not data.strip(BLANK)


def _for_it(item: Item, checklist: Checklist, members: Members, data: Data) -> Iterator[PackMember]:
    """Files for this item and no other, by the checklist and not by the pack's word."""
    for member in members:
        here = item.id in member.items and member.name in data
        if here and fitting(member.was or member.name, checklist.items) == (item.id,):
            yield member


def _fault(item: Item, member: PackMember, data: bytes, made: Time) -> str | None:
    if blank(data):
        return "blank"
    if item.look == "picture" and not _picture(data):
        return "no_picture"
    if item.look == "scan" and not (_picture(data) or PDF in data[:1024]):
        return "no_scan"
    if not item.dated:
        return None
    day = day_of(member.was or member.name, data)
    return "undated" if day is None else "later" if day > _day(made) else None


def _templates(members: Members) -> set[str]:
    """What the pack itself holds to be filled in and signed."""
    return {member.sha256 for member in members if member.name.startswith(f"{TEMPLATES}/")}


def _picture(data: bytes) -> bool:
    return data.startswith(PICTURES) or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")


def _day(made: int) -> date:
    return datetime.fromtimestamp(made // 10**9, UTC).astimezone(CHINA).date()
