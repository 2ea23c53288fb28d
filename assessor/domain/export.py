"""An exported record: what a file that a plant's system wrote holds, as a person of the plant confirmed it."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Digest, Message, Noun, Slug, Time

Quality = Literal["good", "uncertain", "bad"]


class ExportTag(Noun):
    """One tag of an export: a column of a wide one, a name in a long one. Only what a person confirmed."""

    name: str
    """As the file names it; 'Sheet/Column' where several sheets are read."""
    asset: Slug | None = None
    unit: str | None = None
    """Never taken from the header by itself: `exports inspect` proposes it, a person confirms it."""
    quality: str | None = None
    """Wide: the header of the column with this tag's status."""


class Export(Noun):
    """How to read one export, and who took it from which system."""

    system: str
    """'WinCC 7.5', 'the energy management system': what wrote the file."""
    taken_by: str
    """Name or role, as the plant wants it to stand in the report."""
    taken_at: str
    """ISO 8601 with offset."""
    layout: Literal["wide", "long"]
    """Wide: one column a tag. Long: one row a value, with the tag's name beside it."""
    time: str
    """Header of the column with the time, or with the time of day where `date` names another."""
    date: str | None = None
    time_format: str = "iso"
    """'iso' (2026-11-24 08:00:00, also with slashes), 'excel' (serial days), 'unix', 'unix-ms', or a pattern
    such as '%d.%m.%Y %H:%M:%S'. An order of day and month is never guessed."""
    time_zone: str | None = None
    """'Asia/Shanghai' or '+08:00'. Needed where the times carry no offset themselves; never assumed."""
    tag: str | None = None
    """Long: header of the column with the tag's name."""
    value: str | None = None
    """Long: header of the column with the value."""
    quality: str | None = None
    """Long: header of the column with the status."""
    statuses: dict[str, Quality] = {}
    """What the words or numbers of a status column mean, besides 'good', 'uncertain' and 'bad' themselves."""
    tags: tuple[ExportTag, ...] = ()
    sheets: tuple[str, ...] = ()
    """Excel: the sheets to read; may be left out where there is one."""
    skip_rows: Annotated[int, Field(ge=0, le=1000)] = 0
    """Rows above the header."""
    header_rows: Annotated[int, Field(ge=1, le=5)] = 1
    """Rows of the header; names of several rows are joined by '/', merged cells go on to the right."""
    encoding: Literal["auto", "utf-8", "utf-16", "gb18030", "big5", "shift_jis", "cp1252"] = "auto"
    """'auto' takes UTF-8, else GB18030, and states which; it refuses what is surely neither."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    no_value: tuple[str, ...] = ()
    """Further texts that mean 'no value', besides blank, '-', 'NaN', '#N/A' and the like."""


class Record(Noun):
    """Where exported rows come from: enough to find the file again and to ask the person who took it."""

    system: str
    taken_by: str
    taken_at: Time
    sha256: Digest
    """Of the whole file, which stays with the plant."""
    bytes: int
    encoding: str
    """Of a text file; 'xlsx' for a workbook."""
    time_zone: str | None
    rows: int
    """Rows below the header."""
    first: Time | None = None
    last: Time | None = None
    doubts: tuple[Message, ...] = ()
    """What was left out or looks wrong, each with how often and where first."""
