"""Vouchers that were accepted, with a real pack of a real Assessment in them, whoever looked through it."""

from typing import Any

import pytest

from assessor.desk import filing
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office import applying, deciding, handing
from assessor.messages import Language
from assessor.storage import Voucher
from tests.web.chains import with_result
from tests.web.offices import Applicant, Office, applied, held_pack


def real_pack(desk: Desk, who: Actor, voucher: Voucher, language: Language, _: Any) -> handing.Handed:
    """The pack of the survey as it stands, taken though nobody brought contract and photographs."""
    data = filing.pack(desk, who, voucher.survey, filing.checklist(desk, ""), language)
    return handing.Handed(data, held_pack().checked, None)


def accepted(
    desk: Desk, at: Office, one: Applicant, patch: pytest.MonkeyPatch | None = None, voucher: Voucher | None = None
) -> Voucher:
    """From the application to acceptance. `patch`: with a real pack, which takes a second; `voucher`: that was
    applied for already."""
    owner, officer = one.owner.who, at.first.who
    if patch is not None:
        with_result(desk, one, heard=False)
        patch.setattr(handing, "_made", real_pack)
    voucher = voucher or applied(desk, at, one)
    voucher = deciding.grant(desk, officer, voucher.id, voucher.step, "1000", "条件待定")
    voucher = applying.choose(desk, owner, voucher.id, voucher.step, "", "某诊断公司")
    voucher = handing.hand_in(desk, owner, voucher.id, voucher.step, "zh")
    return deciding.accept(desk, officer, voucher.id, voucher.step, 1, frozenset())
