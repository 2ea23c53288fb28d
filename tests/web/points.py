"""A sealed bundle of a small plant whose data points nobody explains."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.test_tags_command import TAGS, bundle, tag

MELT, SIGNALS, DOOR = "Line1.IMM*.MeltTemp", "Line1.IMM*.X17", "Hall.Tuer"
"""Templates of it: with a proposal, without one, and of no machine."""
LONG = "Hydraulikaggregat_Vorlaufdruckregelung_Istwert_nach_Feinfilter_Kanal"


@cache
def sampled(more: int = 0) -> bytes:
    """The bundle, with so many further data points of one machine that have long names."""
    tags = [*TAGS, *(tag(100 + n, f"Line1.IMM01.{LONG}_{n:03d}", "imm-1") for n in range(more))]
    with TemporaryDirectory() as folder:
        bundle(Path(folder), tags)
        return (Path(folder) / "bundle.zip").read_bytes()


@cache
def agreed() -> bytes:
    """The scope that it was made under."""
    with TemporaryDirectory() as folder:
        return bundle(Path(folder)).member("scope.yaml")
