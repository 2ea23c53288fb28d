"""WHO MAY WHAT: one table, and the one place that asks it.

A role holds in one organisation. What a factory agreed to opens its results, filings or raw data to the office or
the auditor that it named, and to nobody else. Whom a thing is closed to learns not even that it exists.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assessor.domain import Message
from assessor.errors import AccessError, UnknownError
from assessor.storage import Consent, Membership, Role

Action = Literal[
    "survey.read",
    "survey.open",
    "survey.answer",
    "survey.manage",
    "survey.sample",
    "survey.settle",
    "survey.hand_in",
    "survey.declare",
    "survey.review",
    "second.read",
    "survey.erase",
    "file.read",
    "file.add",
    "raw.read",
    "result.read",
    "summary.read",
    "filing.read",
    "people.read",
    "people.invite",
    "consent.read",
    "consent.give",
    "data.export",
    "organisation.make",
    "voucher.read",
    "voucher.apply",
    "voucher.hand_in",
    "office.read",
    "rules.write",
    "voucher.decide",
    "voucher.settle",
    "pack.read",
    "log.read",
    "quality.read",
    "quality.answer",
    "picture.read",
    "import.write",
    "handover.read",
    "handover.note",
    "handover.judge",
    "chain.read",
    "chain.invite",
    "chain.join",
    "editions.read",
    "editions.try",
]
READS: frozenset[Action] = frozenset(
    {
        "survey.read", "file.read", "result.read", "filing.read", "people.read", "consent.read", "voucher.read",
        "handover.read", "summary.read",
    }
)  # fmt: skip
MEMBER: frozenset[Action] = READS | {"survey.answer", "file.add"}
CONSULTANT: frozenset[Action] = MEMBER | {"survey.manage", "survey.sample", "raw.read", "data.export"}
OWNER: frozenset[Action] = CONSULTANT | {
    "survey.hand_in",
    "second.read",
    "survey.open",
    "survey.erase",
    "people.invite",
    "consent.give",
    "voucher.apply",
    "voucher.hand_in",
    "handover.note",
    "chain.join",
}
OFFICE: frozenset[Action] = frozenset(
    {"office.read", "pack.read", "log.read", "picture.read", "quality.read", "editions.read", "handover.read"}
)
"""What whoever belongs to an office sees of its own affairs."""
OF_CHAINS: frozenset[Action] = frozenset({"chain.read", "chain.invite"})
BESIDE_CHAINS: frozenset[Action] = frozenset({"people.read", "people.invite"})
"""All that an officer or an auditor may do in a chain, beside what is of chains alone: whoever leads one runs no
programme, and an office leads no chain."""
ROLES: dict[Role, frozenset[Action]] = {
    "member": MEMBER,
    "owner": OWNER,
    "consultant": CONSULTANT
    | {"survey.settle", "survey.hand_in", "survey.declare", "second.read", "voucher.hand_in", "handover.note"},
    "reviewer": READS | {"survey.declare", "survey.review", "second.read"},
    "officer": OFFICE
    | {
        "organisation.make",
        "people.read",
        "people.invite",
        "rules.write",
        "voucher.decide",
        "voucher.settle",
        "import.write",
        "quality.answer",
        "editions.try",
        "handover.judge",
        "chain.read",
        "chain.invite",
    },
    "auditor": OFFICE,
    "administrator": frozenset({"organisation.make", "people.read", "people.invite"}),
}
"""In the organisation that the role is held in. Who runs the system reads no factory's answers; a difference is
settled by an assessor, and not by the factory alone; what is handed in is signed off by somebody else. An office
tries an edition on the results that were opened to it; what is in force only the operator changes."""
AGREED: dict[tuple[str, Role], frozenset[Action]] = {
    ("programme", "officer"): frozenset({"result.read", "summary.read"}),
    ("audit", "auditor"): frozenset({"result.read", "filing.read"}),
    ("raw", "auditor"): frozenset({"file.read", "raw.read"}),
}
"""What a factory's consent opens to a role of the organisation that it was given to. A filing, and whatever else
holds single answers, is an auditor's: a programme office sees what they came to."""
OPENED_TO_CHAINS: frozenset[Action] = frozenset({"result.read"})
"""The same where it is a chain: a customer learns levels, and neither the plan nor what may be spent on it."""
SCOPES: dict[str, frozenset[Action]] = {
    "read": READS | {"raw.read", "data.export", "office.read", "picture.read"},
    "write": frozenset(
        {"survey.open", "survey.answer", "survey.manage", "survey.sample", "survey.settle", "file.add"}
    ),
}
"""What a token for programs may be made for; never more than its account may. A review is a person's word: no
token hands in, declares or signs off."""
MAY_INVITE: dict[Role, frozenset[Role]] = {
    "owner": frozenset({"member", "owner", "consultant", "reviewer"}),
    "officer": frozenset({"officer", "auditor"}),
    "administrator": frozenset(
        {"member", "owner", "consultant", "reviewer", "officer", "auditor", "administrator"}
    ),
}


@dataclass(frozen=True)
class Actor:
    """Who asks: an account with what it may do, as of this request."""

    account: str
    memberships: tuple[Membership, ...]
    agreed: tuple[Consent, ...] = ()
    """Consents in force towards the organisations it belongs to."""
    scopes: tuple[str, ...] | None = None
    """None: a person in a session; else a token with these."""
    chains: frozenset[str] = frozenset()
    """Those of its organisations that are chains."""

    def roles(self, organisation: str) -> tuple[Role, ...]:
        return tuple(m.role for m in self.memberships if m.organisation == organisation)

    def department(self, organisation: str) -> str | None:
        """For whom it answers there; None where nobody said."""
        held = [m.department for m in self.memberships if m.organisation == organisation and m.department]
        if held:
            return held[0]
        return "owner" if "owner" in self.roles(organisation) else None

    def speaks_as(self, organisation: str) -> str:
        """In which role it says something: a consultant as such, people of the plant for their department."""
        roles = self.roles(organisation)
        return "consultant" if "consultant" in roles else self.department(organisation) or roles[0]

    def organisations(self) -> list[str]:
        return list(dict.fromkeys(m.organisation for m in self.memberships))

    def may(self, action: Action, organisation: str) -> bool:
        if self.scopes is not None and not any(action in SCOPES[scope] for scope in self.scopes):
            return False
        if not self.fits(action, organisation):
            return False
        if any(action in ROLES[role] for role in self.roles(organisation)):
            return True
        return any(
            action in AGREED.get((consent.purpose, role), ())
            for consent in self._agreed_by.get(organisation, ())
            if consent.receiver is not None
            if consent.receiver not in self.chains or action in OPENED_TO_CHAINS
            for role in self.roles(consent.receiver)
        )

    def by_chain(self, organisation: str) -> frozenset[str]:
        """Chains by whose consent alone one sees results of a factory; empty where one sees them otherwise too."""
        ways = [c.receiver for c in self._agreed_by.get(organisation, ()) if c.purpose in ("programme", "audit")]
        own = any("result.read" in ROLES[role] for role in self.roles(organisation))
        by = {receiver for receiver in ways if receiver is not None}
        return frozenset(by) if by <= self.chains and not own else frozenset()

    def fits(self, action: Action, organisation: str) -> bool:
        """Is there such a thing there at all? A chain runs no programme, and nothing else is a chain."""
        if organisation in self.chains:
            return action in OF_CHAINS | BESIDE_CHAINS
        return action not in OF_CHAINS

    @cached_property
    def _agreed_by(self) -> dict[str, list[Consent]]:
        """By the factory that agreed: an office may have thousands."""
        found: dict[str, list[Consent]] = {}
        for consent in self.agreed:
            found.setdefault(consent.organisation, []).append(consent)
        return found

    def knows(self, organisation: str) -> bool:
        """Does it learn that the organisation exists?"""
        return bool(self.roles(organisation)) or organisation in self._agreed_by

    def require(self, action: Action, organisation: str) -> None:
        """Raises UnknownError to strangers, AccessError to those whose role is too small."""
        if self.may(action, organisation):
            return
        if not self.knows(organisation) or not self.fits(action, organisation):
            raise UnknownError(Message(id="desk.unknown"))
        raise AccessError(Message(id="desk.not_allowed", params={"action": action}))
