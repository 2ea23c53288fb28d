"""What somebody wants of the plan, as a form or an address says it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from starlette.datastructures import FormData, QueryParams

from assessor.domain import Answers, Message, exact, plain
from assessor.errors import InputError

PHASES = 3


@dataclass(frozen=True)
class Wished:
    budget: int | None
    """Yuan"""
    aim: str
    """'most', 'payback', or 'framework:level'"""
    days: tuple[int, ...]
    without: tuple[str, ...]
    keep: tuple[str, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """The parts of an answer file that say the same."""
        kind, _, level = self.aim.rpartition(":")
        aim = {"kind": "target", "framework": kind, "level": int(level)} if kind else {"kind": self.aim}
        plan = {"aim": aim, "phase_days": self.days, "without": self.without, "keep": self.keep}
        return {"budget": self.budget, "plan": plan}

    @property
    def ten_thousands(self) -> str:
        """The budget as people write it: 80 for 800,000 yuan."""
        return "" if self.budget is None else plain(Fraction(self.budget, 10_000))


def read_wishes(given: QueryParams | FormData, before: Answers | None) -> Wished:
    """What is given, and where nothing is, what was wished before."""
    if given.get("budget") is None and before is not None:
        return _of(before)
    many: Mapping[str, tuple[str, ...]] = {
        name: tuple(str(v) for v in given.getlist(name) if v) for name in ("without", "keep", "days")
    }
    aim = str(given.get("aim") or "most")
    level = aim.rpartition(":")
    if aim not in ("most", "payback") and not (level[0] and level[2].isdecimal() and len(level[2]) < 4):
        raise InputError(Message(id="plan.bad_aim", params={"given": aim[:60]}))
    days = tuple(_whole(v) for v in many["days"])
    if len(days) not in (0, PHASES):
        raise InputError(Message(id="desk.bad_setting", params={"field": "days"}), "days")
    return Wished(
        _money(str(given.get("budget") or "")),
        aim,
        days,
        many["without"],
        many["keep"],
    )


def _of(before: Answers) -> Wished:
    plan, aim = before.plan, "most"
    if plan.aim is not None:
        aim = f"{plan.aim.framework}:{plan.aim.level}" if plan.aim.kind == "target" else plan.aim.kind
    return Wished(before.budget, aim, plan.phase_days, plan.without, plan.keep)


def _money(text: str) -> int | None:
    """Ten thousands of yuan, as a plant speaks of money."""
    said = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not said:
        return None
    try:
        amount = exact(said)
    except ValueError:
        amount = Fraction(-1)
    if not 0 <= amount <= 10**8:
        raise InputError(Message(id="desk.bad_setting", params={"field": "budget"}), "budget")
    return round(amount * 10_000)


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 7:
        raise InputError(Message(id="desk.bad_setting", params={"field": "days"}), "days")
    return int(text)
