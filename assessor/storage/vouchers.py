"""SQL of programmes as offices run them, of vouchers, and of the log that every step stands in."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, null, select, true, update

from assessor.domain import LogEntry
from assessor.storage.kept_of_offices import KeptPack, KeptProgramme, Satisfaction, Settled, Voucher
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import log, packs, programmes, satisfactions, settlements, vouchers

# Programmes -----------------------------------------------------------------------------------------------------


def keep_programme(c: Connection, new: KeptProgramme) -> None:
    c.execute(insert(programmes).values(**vars(new)))


def programme(c: Connection, office: str, id_: str, version: int | None = None) -> KeptProgramme | None:
    """One version of its rules, the newest where none is named."""
    own = (programmes.c.office == office) & (programmes.c.id == id_)
    if version is not None:
        own &= programmes.c.version == version
    return one(KeptProgramme, c, select(programmes).where(own).order_by(programmes.c.version.desc()).limit(1))


def programmes_of(c: Connection, *offices: str) -> list[KeptProgramme]:
    """The newest version of each."""
    newest = select(programmes.c.office, programmes.c.id, func.max(programmes.c.version).label("version"))
    last = newest.where(programmes.c.office.in_(offices)).group_by(programmes.c.office, programmes.c.id).subquery()
    same = and_(*(programmes.c[name] == last.c[name] for name in ("office", "id", "version")))
    wanted = select(*columns(KeptProgramme, programmes)).join(last, same)
    return many(KeptProgramme, c, wanted.order_by(programmes.c.office, programmes.c.id))


# Vouchers -------------------------------------------------------------------------------------------------------


def add(c: Connection, new: Voucher) -> None:
    c.execute(insert(vouchers).values(**vars(new)))


def change(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(vouchers).where(vouchers.c.id == id_).values(**values))


def get(c: Connection, id_: str) -> Voucher | None:
    return one(Voucher, c, select(vouchers).where(vouchers.c.id == id_))


def of_site(
    c: Connection, office: str, programme_id: str, period: str, credit_code: str, site: str
) -> Voucher | None:
    """The only one that there can be."""
    named = {
        "office": office, "programme": programme_id, "period": period, "credit_code": credit_code, "site": site,
    }  # fmt: skip
    own = and_(*(vouchers.c[name] == value for name, value in named.items()))
    return one(Voucher, c, select(vouchers).where(own))


def of_survey(c: Connection, survey: str) -> list[Voucher]:
    return many(Voucher, c, select(vouchers).where(vouchers.c.survey == survey).order_by(vouchers.c.made))


def same_firm(c: Connection, voucher: Voucher) -> list[Voucher]:
    """Other applications of the same credit code at the same office, whatever the site is called."""
    own = (vouchers.c.office == voucher.office) & (vouchers.c.credit_code == voucher.credit_code)
    return many(
        Voucher, c, select(vouchers).where(own & (vouchers.c.id != voucher.id)).order_by(vouchers.c.number)
    )


def of_office(
    c: Connection,
    office: str,
    *,
    programme_id: str = "",
    period: str = "",
    states: Collection[str] = (),
    search: str = "",
    after: int = 0,
    most: int = 50,
) -> list[Voucher]:
    """So many by number, from after one of them on; all that is named narrows them."""
    own = _own(office, programme_id, period, states) & (vouchers.c.number > after)
    if search:
        shown = vouchers.c.name.icontains(search, autoescape=True)
        own &= shown | (vouchers.c.credit_code == search.upper())
    return many(Voucher, c, select(vouchers).where(own).order_by(vouchers.c.number).limit(most))


def counts(c: Connection, office: str, programme_id: str = "", period: str = "") -> dict[str, int]:
    """How many are in each state."""
    wanted = select(vouchers.c.state, func.count()).where(_own(office, programme_id, period, ()))
    return {state: n for state, n in c.execute(wanted.group_by(vouchers.c.state))}


def used(
    c: Connection, office: str, programme_id: str, period: str, states: Collection[str], but: str
) -> tuple[int, int]:
    """How many vouchers are in these states, and yuan granted on them; one is left out."""
    own = _own(office, programme_id, period, states) & (vouchers.c.id != but)
    wanted = select(func.count(), func.coalesce(func.sum(vouchers.c.granted), 0)).where(own)
    n, yuan = c.execute(wanted).one()
    return int(n), int(yuan)


def abouts(c: Connection, office: str) -> list[dict[str, Any]]:
    """Of each application what was known of its plant; for counting."""
    return list(c.execute(select(vouchers.c.about).where(vouchers.c.office == office)).scalars())


def moved_on(c: Connection, office: str) -> tuple[int, int]:
    """How many vouchers there are, and the last entry by which one was applied for: the same until one is."""
    n = c.execute(select(func.count()).where(vouchers.c.office == office)).scalar()
    came = (log.c.office == office) & (log.c.act == "apply")
    return int(n or 0), int(c.execute(select(func.max(log.c.number)).where(came)).scalar() or 0)


def last_step(c: Connection, office: str) -> int:
    """The last entry that any voucher names; 0 where there is none."""
    return int(c.execute(select(func.max(vouchers.c.step)).where(vouchers.c.office == office)).scalar() or 0)


def next_number(c: Connection, office: str) -> int:
    held = c.execute(select(func.max(vouchers.c.number)).where(vouchers.c.office == office)).scalar()
    return int(held or 0) + 1


def _own(office: str, programme_id: str, period: str, states: Collection[str]) -> ColumnElement[bool]:
    own: ColumnElement[bool] = vouchers.c.office == office
    own &= (vouchers.c.programme == programme_id) if programme_id else true()
    own &= (vouchers.c.period == period) if period else true()
    return own & (vouchers.c.state.in_(states) if states else true())


# What belongs to one --------------------------------------------------------------------------------------------


def add_pack(c: Connection, new: KeptPack, data: bytes) -> None:
    c.execute(insert(packs).values(**vars(new), data=data))


def packs_of(c: Connection, voucher: str) -> list[KeptPack]:
    """All that were handed in, the first one first; without what is in them."""
    wanted = select(*columns(KeptPack, packs)).where(packs.c.voucher == voucher)
    return many(KeptPack, c, wanted.order_by(packs.c.number))


def pack_data(c: Connection, voucher: str, number: int) -> bytes | None:
    own = (packs.c.voucher == voucher) & (packs.c.number == number)
    found = c.execute(select(packs.c.data).where(own)).scalar()
    return None if found is None else bytes(found)


def handed_in_from(c: Connection, survey: str) -> list[Voucher]:
    """Vouchers for which something was ever handed in out of a survey, in the order in which offices are held."""
    own = vouchers.c.id.in_(select(packs.c.voucher).where(packs.c.survey == survey))
    return many(Voucher, c, select(vouchers).where(own).order_by(vouchers.c.office, vouchers.c.number))


def forget_packs(c: Connection, voucher: str, numbers: Collection[int]) -> int:
    """What is in these, and figures of a report that came along; their digests stay. Gives how many there were."""
    own = (packs.c.voucher == voucher) & packs.c.number.in_(numbers) & packs.c.data.is_not(None)
    return c.execute(update(packs).where(own).values(data=None, report=null())).rowcount


def has_data(c: Connection, voucher: str, number: int) -> bool:
    own = (packs.c.voucher == voucher) & (packs.c.number == number) & packs.c.data.is_not(None)
    return c.execute(select(packs.c.number).where(own)).first() is not None


def settle(c: Connection, new: Settled) -> None:
    c.execute(insert(settlements).values(**vars(new)))


def settlement(c: Connection, voucher: str) -> Settled | None:
    return one(Settled, c, select(settlements).where(settlements.c.voucher == voucher))


def invoiced(c: Connection, office: str, invoice: str) -> str | None:
    """The voucher that an invoice was settled with."""
    own = (settlements.c.office == office) & (settlements.c.invoice == invoice)
    return c.execute(select(settlements.c.voucher).where(own)).scalar()


def paid(c: Connection, office: str, programme_id: str = "", period: str = "") -> tuple[int, int]:
    """How many were settled, and yuan paid on them."""
    own = _own(office, programme_id, period, ())
    wanted = select(func.count(), func.coalesce(func.sum(settlements.c.paid), 0))
    n, yuan = c.execute(wanted.join(vouchers, vouchers.c.id == settlements.c.voucher).where(own)).one()
    return int(n), int(yuan)


def keep_satisfaction(c: Connection, new: Satisfaction) -> None:
    c.execute(insert(satisfactions).values(**vars(new)))


def satisfaction(c: Connection, voucher: str) -> Satisfaction | None:
    return one(Satisfaction, c, select(satisfactions).where(satisfactions.c.voucher == voucher))


# The log --------------------------------------------------------------------------------------------------------


def append(c: Connection, entry: LogEntry) -> None:
    values = entry.model_dump(mode="json", exclude={"format"})
    c.execute(insert(log).values(**values, digest=entry.digest))


def last_of(c: Connection, office: str) -> tuple[int, str | None]:
    """Number and digest of the last entry; 0 and None where there is none."""
    wanted = select(log.c.number, log.c.digest).where(log.c.office == office)
    row = c.execute(wanted.order_by(log.c.number.desc()).limit(1)).first()
    return (0, None) if row is None else (int(row[0]), str(row[1]))


def entries_of(
    c: Connection,
    office: str,
    *,
    subject: str = "",
    before: int = 0,
    most: int | None = None,
    newest: bool = False,
) -> list[LogEntry]:
    """Entries of an office, or of one voucher of it, before a number where one is named; or the newest first."""
    own = (log.c.office == office) & ((log.c.number < before) if before else true())
    if subject:
        own &= log.c.subject == subject
    names = [name for name in LogEntry.model_fields if name != "format"]
    order = log.c.number.desc() if newest else log.c.number
    found = c.execute(select(*(log.c[name] for name in names)).where(own).order_by(order).limit(most))
    return [LogEntry.model_validate(dict(zip(names, row, strict=True))) for row in found]


def acted_for(c: Connection, voucher: Voucher, account: str, acts: Collection[str]) -> bool:
    """Did somebody ever take one of these steps of a voucher?"""
    own = (log.c.office == voucher.office) & (log.c.subject == voucher.id) & (log.c.account == account)
    return c.execute(select(log.c.number).where(own & log.c.act.in_(acts)).limit(1)).first() is not None


def stays(c: Connection, office: str) -> list[tuple[str, str | None, str | None, int]]:
    """Subject, state before, state after and time of every entry that moved a voucher, in their order."""
    moved = (log.c.office == office) & log.c.after.is_not(None)
    wanted = select(log.c.subject, log.c.before, log.c.after, log.c.at).where(moved).order_by(log.c.number)
    return [(str(s), b, a, int(at)) for s, b, a, at in c.execute(wanted)]
