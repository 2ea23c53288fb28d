"""Machines that know what they are making: order, recipe, batch, part or program, of those expected to.

Counts an identification that a person says is one of these, that is named like one, or that changed while we
looked: what names the machine itself never does. Nameplates do not count, and neither does what a MES holds of the
machine: the identity must be at the machine. A no needs a machine that was read, looked at as a whole, and all of
whose tags have a meaning; an identification of which nobody says what it names leaves it open.
"""

import re
from typing import get_args

from assessor.domain import Expect, Function, Line, Measurement, Outcome, Role, Work
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line

UNIT = "share"
AREA = "production"
WORK = frozenset(get_args(Work))
"""Quantities that a person may give an identification of the work."""
NAMES = re.compile(
    r"order|job|batch|lot(?![a-z])|recipe|program|part|workpiece|material"
    r"|订单|工单|任务单|生产单|批次|批号|配方|程序|零件|工件|产品|物料|图号",
    re.IGNORECASE,
)
PLATE = re.compile(
    r"manufactur|vendor|model|serial|device|hardware|firmware|software|asset|instance|version|revision|construction"
    r"|厂商|厂家|制造商|型号|序列号|出厂|设备|固件|硬件|软件|版本|资产",
    re.IGNORECASE,
)
"""Names of what is on a nameplate (OPC 10000-100, OPC 40001-1), and their Chinese words."""


def measure(seen: Seen) -> Measurement:
    return expected("identity", seen, Expect.IDENTITY, identifies, "identity_seen", otherwise=_unclear)


def identifies(tag: SeenTag) -> bool:
    """Does it name what is being made, at the machine or where its values are passed on?"""
    if not _names(tag):
        return False
    said = tag.meaning is not None and tag.meaning.quantity in WORK
    changed = tag.facts is not None and tag.facts.changes > 0
    return said or (not _plate(tag) and (changed or NAMES.search(last_name(tag)) is not None))


def _unclear(seen: SeenAsset) -> Line | None:
    """An identification that is no nameplate, and of which nobody says what it names."""
    doubtful = [tag for tag in seen.tags if _names(tag) and not _plate(tag) and not identifies(tag)]
    if not doubtful or not seen.walked:
        return None
    return line(seen.asset.id, Outcome.NOT_DETERMINED, "identity_unclear", tag=doubtful[0].tag.path)


def _names(tag: SeenTag) -> bool:
    """An identification at the machine, or where its values are passed on; a MES knows the order anyhow."""
    return tag.means(function=Function.IDENTIFICATION) and tag.endpoint.role is not Role.MES


def last_name(tag: SeenTag) -> str:
    """The last name of a path: groups above it say nothing of what it holds."""
    return re.split(r"[/.]", tag.tag.path)[-1]


def _plate(tag: SeenTag) -> bool:
    """A nameplate by its name, or a figure that a register map calls one: maps are of devices, not of work."""
    by_map = tag.meaning is not None and tag.meaning.source == "profile"
    return by_map or PLATE.search(last_name(tag)) is not None or "Identification/" in tag.tag.path
