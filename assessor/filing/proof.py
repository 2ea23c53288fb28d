"""Does a file that somebody brought count for an item? By what is in it, not by its name alone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from assessor.domain import Checklist, Item
from assessor.filing.attachments import day_of, fitting
from assessor.filing.container import Pack, PackMember
from assessor.filing.layout import TEMPLATES

PDF = b"%PDF-"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
"""How JPEG, PNG and TIFF begin."""
BLANK = b"\0 \t\r\n\x0b\x0c\xef\xbb\xbf"
CHINA = timezone(timedelta(hours=8))
"""Days are those of the plant's own calendar."""


def counted(item: Item, checklist: Checklist, pack: Pack) -> tuple[list[PackMember], list[tuple[PackMember, str]]]:
    """Members of a pack that count for an item, and those that do not, each with the name of its fault."""
    good: list[PackMember] = []
    bad: list[tuple[PackMember, str]] = []
    seen: set[str] = set()
    for member in _brought(item, checklist, pack):
        fault = _fault(item, member, pack)
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


def _brought(item: Item, checklist: Checklist, pack: Pack) -> Iterator[PackMember]:
    """Files for this item and no other, by the checklist and not by the pack's word."""
    for member in pack.manifest.members:
        here = item.id in member.items and member.name in pack.members
        if here and fitting(member.was or member.name, checklist.items) == (item.id,):
            yield member


def _fault(item: Item, member: PackMember, pack: Pack) -> str | None:
    data = pack.members[member.name]
    if blank(data):
        return "blank"
    if member.sha256 in _templates(pack.manifest.members):
        return "template"
    if item.look == "picture" and not _picture(data):
        return "no_picture"
    if item.look == "scan" and not (_picture(data) or PDF in data[:1024]):
        return "no_scan"
    if not item.dated:
        return None
    day = day_of(member.was or member.name, data)
    return "undated" if day is None else "later" if day > _day(pack.manifest.made) else None


def _templates(members: Sequence[PackMember]) -> set[str]:
    """What the pack itself holds to be filled in and signed."""
    return {member.sha256 for member in members if member.name.startswith(f"{TEMPLATES}/")}


def _picture(data: bytes) -> bool:
    return data.startswith(PICTURES) or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")


def _day(made: int) -> date:
    return datetime.fromtimestamp(made // 10**9, UTC).astimezone(CHINA).date()
