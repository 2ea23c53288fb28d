"""Times of an export → ns UTC. A zone is never assumed, an hour that exists twice or not at all is no time."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assessor.domain import Export, Time
from connectors.export.rows import Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that is exported today was recorded earlier; 1900 and 1970 are how software writes 'no time'."""
EXCEL_DAY = datetime(1899, 12, 30)
OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?", re.ASCII)
SLASHED = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?", re.ASCII)
SHORT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([ T]+)?(\d{1,2}:)?(.*)", re.ASCII)
AM = re.compile(r"[AaPp]\.?[Mm]|上午|下午")


class NoTime(Exception):
    """A cell is no time; the word says why: 'unread', 'out_of_range', 'twice', 'skipped' or 'no_zone'."""


def zone(name: str) -> tzinfo | None:
    """A time zone by its IANA name or its offset; None for what is neither."""
    if name.upper() in ("UTC", "Z"):
        return UTC
    found = OFFSET.fullmatch(name)
    if found:
        away = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if away >= timedelta(hours=24):
            return None
        return timezone(-away if found["sign"] == "-" else away)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def nanoseconds(moment: datetime) -> Time:
    """ns UTC of a time with its offset."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def reader(how: Export) -> Callable[[Value], Time]:
    """What reads a cell with a time. The function raises NoTime."""
    place = zone(how.time_zone) if how.time_zone else None
    parse = _parser(how.time_format)
    last: tuple[Value, Time] | None = None

    def read(value: Value) -> Time:
        nonlocal last
        if last is not None and last[0] == value and type(last[0]) is type(value):
            return last[1]  # in a long export many rows share a time
        found = nanoseconds(_placed(_moment(value, parse), place))
        last = value, found
        return found

    return read


def _moment(value: Value, parse: Callable[[Value], datetime]) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if value is None or isinstance(value, bool | time) or value == "":
        raise NoTime("unread")
    try:
        return parse(value)
    except (ValueError, OverflowError, TypeError) as problem:
        raise NoTime("unread") from problem


def _placed(moment: datetime, place: tzinfo | None) -> datetime:
    """In UTC. In a local time that the clock skipped or repeated there is none."""
    if moment.tzinfo is None:
        if place is None:
            raise NoTime("no_zone")
        first, second = moment.replace(tzinfo=place, fold=0), moment.replace(tzinfo=place, fold=1)
        if first.utcoffset() != second.utcoffset():
            back = first.astimezone(UTC).astimezone(place).replace(tzinfo=None)
            raise NoTime("twice" if back == moment.replace(fold=0) else "skipped")
        moment = first
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as problem:
        raise NoTime("out_of_range") from problem
    if not EARLIEST <= utc < EARLIEST.replace(year=2200):
        raise NoTime("out_of_range")
    return utc


def _parser(form: str) -> Callable[[Value], datetime]:
    if form == "excel":
        return lambda value: EXCEL_DAY + timedelta(milliseconds=round(float(_plain(value)) * 86_400_000))
    if form in ("unix", "unix-ms"):
        scale = 1_000_000 if form == "unix" else 1_000
        return lambda value: EPOCH + timedelta(microseconds=round(float(_plain(value)) * scale))
    if form == "iso":
        return lambda value: iso(_text(value))
    return lambda value: datetime.strptime(_text(value), form)


def _plain(value: Value) -> str | float:
    if isinstance(value, str | int | float):
        return value
    raise NoTime("unread")


def _text(value: Value) -> str:
    if not isinstance(value, str):  # a bare number is no date of its own
        raise NoTime("unread")
    return value.strip()


def iso(text: str) -> datetime:
    """2026-11-24 08:00:00 with or without offset; year first, also 2026/11/24 and 2026年11月24日."""
    try:
        return datetime.fromisoformat(text) if not text.isdigit() else _refuse()
    except ValueError:
        pass
    if AM.search(text):  # half a day must not be lost
        return _refuse()
    found = SHORT.fullmatch(SLASHED.sub(r"\1-\2-\3", text))
    if found is None:
        return _refuse()
    day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    hour = f"T{int(found[5][:-1]):02d}:" if found[5] else ""
    return datetime.fromisoformat(f"{day}{hour}{found[6].replace(',', '.')}")


def _refuse() -> datetime:
    raise ValueError("not a time with the year first")
