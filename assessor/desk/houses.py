"""ORGANISATIONS: who belongs to one, who is invited."""

from dataclasses import dataclass
from typing import cast, get_args

from assessor.desk.access import MAY_INVITE, Actor
from assessor.desk.desk import DAY, Desk, kept_as, new_id
from assessor.desk.entering import draw_code, read_code
from assessor.domain import Message
from assessor.errors import AccessError, InputError, UnknownError
from assessor.forms.xlsform import ROLES as DEPARTMENTS
from assessor.storage import (
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    ledger,
    people,
)

INVITED = 180 * DAY
MOST_DAYS = 3650
LAST: tuple[Role, ...] = ("owner", "officer")
"""Without one of whom nobody could be let in any more."""
FIRST: dict[str, Role] = {"factory": "owner", "consultancy": "consultant", "office": "officer", "chain": "officer"}
"""Who comes first into an organisation of each kind."""


def kind_of(name: str) -> OrganisationKind:
    if name not in FIRST:
        raise InputError(Message(id="desk.bad_kind", params={"known": ", ".join(FIRST)}))
    return cast(OrganisationKind, name)


@dataclass(frozen=True)
class Colleague:
    membership: Membership
    person: Person | None
    """None once they had themselves erased."""


def get(desk: Desk, who: Actor, id_: str) -> Organisation:
    with desk.store.read() as c:
        found = people.organisation(c, id_)
    if found is None or not who.knows(id_):
        raise UnknownError(Message(id="desk.unknown"))
    return found


def mine(desk: Desk, who: Actor) -> list[Organisation]:
    with desk.store.read() as c:
        found = [people.organisation(c, id_) for id_ in who.organisations()]
    return [organisation for organisation in found if organisation is not None]


def memberships(desk: Desk, account: str) -> tuple[Membership, ...]:
    """What somebody is, and where, as of now."""
    with desk.store.read() as c:
        return tuple(people.memberships_of(c, account))


def offices(desk: Desk) -> list[Organisation]:
    """To whom a factory can open its results: programme offices and auditors' houses."""
    with desk.store.read() as c:
        return people.organisations_of_kind(c, "office")


def receivers(desk: Desk) -> list[Organisation]:
    """All that a factory may have opened something to: chains beside offices."""
    with desk.store.read() as c:
        return people.organisations_of_kind(c, "office", "chain")


def found(
    desk: Desk,
    kind: OrganisationKind,
    name: str,
    by: str | None = None,
    *,
    demonstration: bool = False,
    keep_days: int | None = None,
) -> str:
    """A new organisation without anybody in it; gives its id."""
    name = " ".join(name.split())[:200]
    if not name:
        raise InputError(Message(id="desk.no_name"))
    made = Organisation(new_id(), kind, name, desk.clock(), demonstration, keep_days)
    with desk.store.write() as c:
        people.add_organisation(c, made)
        ledger.note(c, made.made, by, made.id, "organisation made", made.id)
    return made.id


def found_own(desk: Desk, who: Actor, name: str) -> str:
    """Somebody without a factory names theirs, and owns it."""
    id_ = found(desk, "factory", name, who.account)
    with desk.store.write() as c:
        people.add_membership(c, Membership(who.account, id_, "owner", "owner", desk.clock()))
    return id_


def invite(desk: Desk, who: Actor, organisation: str, role: Role, department: str | None = None) -> str:
    """A code for a colleague; gives the code, which is shown this once."""
    who.require("people.invite", organisation)
    if not any(role in MAY_INVITE.get(own, ()) for own in who.roles(organisation)):
        raise AccessError(Message(id="desk.not_allowed", params={"action": f"invite {role}"}))
    return issue(desk, organisation, role, department, who.account)


def issue(desk: Desk, organisation: str, role: Role, department: str | None = None, by: str | None = None) -> str:
    """A code, without asking who wants it: for the terminal of whoever runs the system."""
    if role not in get_args(Role):
        raise InputError(Message(id="desk.bad_role", params={"known": ", ".join(get_args(Role))}))
    if department is not None and department not in DEPARTMENTS:
        raise InputError(Message(id="desk.bad_department", params={"known": ", ".join(DEPARTMENTS)}))
    code, now = draw_code(), desk.clock()
    held = Invitation(new_id(), organisation, role, department, now, by, now + INVITED, None, None)
    with desk.store.write() as c:
        people.add_invitation(c, held, kept_as(read_code(code)))
        ledger.note(c, now, by, organisation, "invited", held.id)
    return code


def grant_voucher(desk: Desk, who: Actor, organisation: str, factory: str) -> str:
    """An office makes a factory and a code for its owner; it belongs to nobody until somebody comes in by it."""
    who.require("organisation.make", organisation)
    kept = get(desk, who, organisation).keep_days
    return issue(desk, found(desk, "factory", factory, who.account, keep_days=kept), "owner", "owner", who.account)


def keep_for(desk: Desk, who: Actor, organisation: str, days: int | None) -> None:
    """How long an office's programme keeps the surveys of factories that it lets in from now on."""
    who.require("organisation.make", organisation)
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InputError(Message(id="desk.keep_days", params={"most": MOST_DAYS}))
    with desk.store.write() as c:
        people.change_organisation(c, organisation, keep_days=days)
        ledger.note(c, desk.clock(), who.account, organisation, "retention set", organisation)


def colleagues(desk: Desk, who: Actor, organisation: str) -> list[Colleague]:
    who.require("people.read", organisation)
    with desk.store.read() as c:
        held = people.members(c, organisation)
        known = people.people(c, {m.account for m in held})
    return [Colleague(m, known.get(m.account)) for m in held]


def invitations(desk: Desk, who: Actor, organisation: str) -> list[Invitation]:
    who.require("people.read", organisation)
    with desk.store.read() as c:
        return people.invitations_of(c, organisation)


def withdraw(desk: Desk, who: Actor, organisation: str, id_: str) -> None:
    """A code that was lost opens nothing any more; who came in by it keeps the role."""
    who.require("people.invite", organisation)
    with desk.store.write() as c:
        if not any(i.id == id_ for i in people.invitations_of(c, organisation)):
            raise UnknownError(Message(id="desk.unknown"))
        people.change_invitation(c, id_, ended=desk.clock())
        ledger.note(c, desk.clock(), who.account, organisation, "invitation withdrawn", id_)


def dismiss(desk: Desk, who: Actor, organisation: str, account: str, role: Role) -> None:
    """Take a role away; the last owner of a factory stays, and so does the last officer of an office or chain."""
    who.require("people.invite", organisation)
    with desk.store.write() as c:
        same = [m.account for m in people.members(c, organisation) if m.role == role]
        if role in LAST and same == [account]:
            raise InputError(Message(id="desk.last_owner" if role == "owner" else "desk.last_officer"))
        people.remove_membership(c, account, organisation, role)
        held = [m.role for m in people.memberships_in(c, account, organisation)]
        for open_ in people.invitations_of(c, organisation):  # nor do they come back by a code of their own making
            mine = open_.made_by == account and open_.account is None and open_.ended is None
            if mine and not any(open_.role in MAY_INVITE.get(own, ()) for own in held):
                people.change_invitation(c, open_.id, ended=desk.clock())
        ledger.note(c, desk.clock(), who.account, organisation, "dismissed", account)


def answer_for(desk: Desk, who: Actor, organisation: str, department: str) -> None:
    """For which department one's own answers are given."""
    if department not in DEPARTMENTS:
        raise InputError(Message(id="desk.bad_department", params={"known": ", ".join(DEPARTMENTS)}))
    who.require("survey.answer", organisation)
    with desk.store.write() as c:
        people.set_department(c, who.account, organisation, department)
