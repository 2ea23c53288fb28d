"""DECIDE: what an office does with a voucher: return, refuse, grant, assign, reject, accept, settle, revoke."""

from dataclasses import dataclass
from fractions import Fraction

from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.applying import assigned
from assessor.desk.office.steps import Taking, get, is_day, programme_of, taking
from assessor.domain import LogEntry, Message, Programme, VoucherAct, exact, plain
from assessor.errors import AccessError, ConflictError, InputError
from assessor.filing.checking import Checked
from assessor.programmes import vouchers as way
from assessor.storage import KeptPack, Satisfaction, Settled, Voucher
from assessor.storage import vouchers as sql

BACK: tuple[VoucherAct, ...] = ("return", "refuse", "reject", "revoke")
"""Steps that need a reason and nothing else."""
NO_ACT = Message(id="way.no_act")
A_PAGE = 50


@dataclass(frozen=True)
class Whole:
    """A voucher with everything that belongs to it."""

    voucher: Voucher
    programme: Programme
    entries: tuple[LogEntry, ...]
    packs: tuple[KeptPack, ...]
    settled: Settled | None
    satisfaction: Satisfaction | None
    same_firm: tuple[Voucher, ...]
    """Other applications of the same credit code: to an office."""
    used: way.Used
    """What others of its period take up."""


def whole(desk: Desk, who: Actor, id_: str) -> Whole:
    voucher = get(desk, who, id_)
    ours = who.may("office.read", voucher.office)
    with desk.store.read() as c:
        return Whole(
            voucher,
            programme_of(c, voucher),
            tuple(sql.entries_of(c, voucher.office, subject=id_)),
            tuple(sql.packs_of(c, id_)),
            sql.settlement(c, id_),
            sql.satisfaction(c, id_),
            tuple(sql.same_firm(c, voucher)) if ours else (),
            way.Used(*sql.used(c, voucher.office, voucher.programme, voucher.period, way.HELD, id_)),
        )


@dataclass(frozen=True)
class Search:
    """Which vouchers of an office are looked for."""

    programme: str = ""
    period: str = ""
    state: str = ""
    text: str = ""
    after: int = 0


def listed(desk: Desk, who: Actor, office: str, by: Search) -> tuple[list[Voucher], dict[str, int]]:
    """One page of them and one more, and how many are in each state."""
    who.require("office.read", office)
    states = (by.state,) if by.state else ()
    with desk.store.read() as c:
        found = sql.of_office(
            c, office, programme_id=by.programme, period=by.period, states=states, search=by.text,
            after=by.after, most=A_PAGE + 1,
        )  # fmt: skip
        return found, sql.counts(c, office, by.programme, by.period)


def send_back(desk: Desk, who: Actor, id_: str, step: int, act: VoucherAct, why: str) -> Voucher:
    """One of the steps that say no, with the reason."""
    assert act in BACK
    with taking(desk, who, id_, act, step, "voucher.decide", side="office") as one:
        gone = {"granted": None} if act == "revoke" else {}
        return one.take(why=why, **gone)


def grant(desk: Desk, who: Actor, id_: str, step: int, yuan: str, why: str = "") -> Voucher:
    """Grant so many yuan, within quota, cap and budget as they are at this moment. Where conditions of the
    programme are not all told, or not met, the reason for granting all the same is asked for."""
    with taking(desk, who, id_, "grant", step, "voucher.decide", side="office") as one:
        v = one.voucher
        period = one.terms.period(v.period)
        assert period is not None  # no version of the rules loses one that was applied in
        newest = sql.programme(one.c, v.office, v.programme)
        if newest is not None:  # quota and budget are those of today, whatever rules it was applied by
            now = (Programme.model_validate(newest.rules).terms or one.terms).period(v.period)
            period = now or period
        amount = _yuan(yuan)
        used = way.Used(*sql.used(one.c, v.office, v.programme, v.period, way.HELD, id_))
        if fault := way.against_grant(one.programme, period, used, amount):
            raise ConflictError(fault)
        if v.about["outcome"] != "met" and not why.strip():
            raise InputError(Message(id="way.lacks_ground"), "why")
        return one.take(why=why, granted=amount, details={"yuan": amount})


def assign(desk: Desk, who: Actor, id_: str, step: int, provider: str, name: str = "") -> Voucher:
    """Name the provider, where that is the office's to do."""
    with taking(desk, who, id_, "assign", step, "voucher.decide", side="office") as one:
        return assigned(one, provider, name)


def accept(
    desk: Desk, who: Actor, id_: str, step: int, pack: int, looked: frozenset[str], why: str = ""
) -> Voucher:
    """Accept what was handed in: the system's own check holds, and a person looked at every item that only a
    person can judge. `pack`: the number of the file that was looked at."""
    with taking(desk, who, id_, "accept", step, "voucher.decide", side="office") as one:
        newest = sql.packs_of(one.c, id_)[-1]
        if newest.number != pack:
            raise ConflictError(Message(id="way.newer_pack"))
        if not sql.has_data(one.c, id_, pack):
            raise ConflictError(Message(id="way.pack_gone"))
        checked = Checked.model_validate(newest.checked)
        if not checked.holds or not checked.verified:
            raise ConflictError(Message(id="way.does_not_hold"))
        left = [item for item in checked.items if item.outcome == "by-hand" and item.item not in looked]
        if left:
            raise InputError(Message(id="way.not_looked", params={"n": len(left)}), "looked")
        edited = newest.report is not None and not newest.report["holds"]
        if edited and not why.strip():
            raise InputError(Message(id="way.report_edited"), "why")
        told = {"pack": pack, "sha256": newest.sha256, "looked": sorted(looked)}
        return one.take(why=why, accepted_by=who.account, details=told)


@dataclass(frozen=True)
class Invoice:
    """What was invoiced for it, as its form says."""

    number: str
    yuan: str
    day: str


def settle(desk: Desk, who: Actor, id_: str, step: int, invoice: Invoice, pay: str, why: str = "") -> Voucher:
    """Pay it, once. Less than what could be paid needs a reason; more is not paid."""
    with taking(desk, who, id_, "settle", step, "voucher.settle", side="office") as one:
        v = one.voucher
        if one.terms.two_people and v.accepted_by == who.account:
            raise AccessError(Message(id="way.two_people"))
        number, invoiced = _invoice(one, invoice)
        most, amount = way.payable(one.programme, v.granted or 0, invoiced), _yuan(pay)
        if amount > most:
            raise InputError(Message(id="way.too_much", params={"most": most}), "pay")
        if amount < most and not why.strip():
            raise InputError(Message(id="way.less", params={"most": most}), "why")
        new = Settled(id_, v.office, number, plain(invoiced), invoice.day, amount, who.account, desk.clock())
        sql.settle(one.c, new)
        told = {"invoice": number, "invoiced": plain(invoiced), "day": invoice.day, "paid": amount}
        return one.take(why=why, details=told)


def _invoice(one: Taking, said: Invoice) -> tuple[str, Fraction]:
    number = "".join(said.number.split()).upper()
    if not (number.isascii() and number.isalnum() and 8 <= len(number) <= 40):
        raise InputError(Message(id="way.bad_invoice"), "invoice")
    if sql.invoiced(one.c, one.voucher.office, number) is not None:
        raise ConflictError(Message(id="way.invoice_used", params={"invoice": number}))
    try:
        yuan = exact(said.yuan.replace(",", "").strip())
    except ValueError as problem:
        raise InputError(Message(id="way.bad_yuan"), "invoiced") from problem
    if not 0 < yuan < 10**12 or (yuan * 100).denominator != 1:
        raise InputError(Message(id="way.bad_yuan"), "invoiced")
    today = one.desk.today()
    if not is_day(said.day) or said.day > today:
        raise InputError(Message(id="way.bad_invoice_day"), "day")
    return number, yuan


def _yuan(said: str) -> int:
    digits = said.replace(",", "").strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise InputError(Message(id="way.bad_amount"), "yuan")
    return int(digits)
