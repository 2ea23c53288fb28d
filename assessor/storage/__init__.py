"""STORE: every SQL statement of the product, on SQLite or PostgreSQL. Knows no rule of who may what.

Functions take a connection of `Store.read()` or `Store.write()`; what belongs together is in one `write`.
"""

from assessor.storage.kept import (
    Account,
    Consent,
    Event,
    FileKind,
    Given,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Outcome,
    Person,
    Purpose,
    Role,
    Run,
    Session,
    StoredFile,
    Survey,
    Token,
)
from assessor.storage.store import Store

__all__ = [
    "Account",
    "Consent",
    "Event",
    "FileKind",
    "Given",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Person",
    "Purpose",
    "Role",
    "Run",
    "Session",
    "Store",
    "StoredFile",
    "Survey",
    "Token",
]
