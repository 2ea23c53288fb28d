"""STORE: every SQL statement of the product, on SQLite or PostgreSQL. Knows no rule of who may what.

Functions take a connection of `Store.read()` or `Store.write()`; what belongs together is in one `write`.
"""

from assessor.storage.kept import (
    Account,
    Asks,
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
    Session,
    StoredFile,
    Survey,
    Token,
)
from assessor.storage.store import Store

__all__ = [
    "Account",
    "Asks",
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
    "Session",
    "Store",
    "StoredFile",
    "Survey",
    "Token",
]
