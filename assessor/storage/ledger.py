"""SQL of what a factory agreed to, and of who did what."""

from sqlalchemy import Connection, false, insert, or_, select, update

from assessor.storage.kept import Consent, Event, Purpose
from assessor.storage.rows import many
from assessor.storage.tables import consents, events


def add_consent(c: Connection, consent: Consent) -> None:
    c.execute(insert(consents).values(**vars(consent)))


def end_consent(c: Connection, organisation_id: str, id_: str, by: str, now: int) -> bool:
    own = (consents.c.id == id_) & (consents.c.organisation == organisation_id) & consents.c.ended.is_(None)
    return c.execute(update(consents).where(own).values(ended=now, ended_by=by)).rowcount > 0


def consents_of(c: Connection, organisation_id: str) -> list[Consent]:
    """All that were ever given, oldest first."""
    wanted = select(consents).where(consents.c.organisation == organisation_id)
    return many(Consent, c, wanted.order_by(consents.c.given, consents.c.id))


def consents_to(c: Connection, receiver_ids: list[str]) -> list[Consent]:
    """Those in force towards these organisations."""
    alive = consents.c.receiver.in_(receiver_ids) & consents.c.ended.is_(None)
    return many(Consent, c, select(consents).where(alive).order_by(consents.c.given, consents.c.id))


def consents_ever_to(c: Connection, receiver_id: str) -> list[Consent]:
    """All that were ever given to an organisation, oldest first."""
    wanted = select(consents).where(consents.c.receiver == receiver_id)
    return many(Consent, c, wanted.order_by(consents.c.given, consents.c.id))


def agreed(c: Connection, purpose: Purpose) -> set[str]:
    """Organisations that agree to a purpose now."""
    alive = (consents.c.purpose == purpose) & consents.c.ended.is_(None)
    return set(c.execute(select(consents.c.organisation).where(alive)).scalars())


def note(
    c: Connection, at: int, account: str | None, organisation: str | None, action: str, subject: str | None = None
) -> None:
    """Ids alone: an entry outlives the person that it is about."""
    c.execute(
        insert(events).values(at=at, account=account, organisation=organisation, action=action, subject=subject)
    )


def events_of(c: Connection, organisation_id: str | None, account_id: str | None, most: int = 500) -> list[Event]:
    """The newest first, of an organisation, of an account, or of either."""
    named = ((events.c.organisation, organisation_id), (events.c.account, account_id))
    own = [column == id_ for column, id_ in named if id_ is not None]  # none given is not those without one
    return many(Event, c, select(events).where(or_(false(), *own)).order_by(events.c.id.desc()).limit(most))
