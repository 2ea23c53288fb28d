"""STORE: every SQL statement of the product, on SQLite or PostgreSQL. Knows no rule of who may what.

Functions take a connection of `Store.read()` or `Store.write()`; what belongs together is in one `write`.
"""

from assessor.storage.kept import (
    Account,
    Act,
    Consent,
    Declaration,
    Event,
    FileKind,
    Given,
    Interest,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Outcome,
    Person,
    Purpose,
    Role,
    Sample,
    Second,
    Session,
    Step,
    StoredFile,
    Survey,
    Token,
)
from assessor.storage.store import Store

__all__ = [
    "Account",
    "Act",
    "Consent",
    "Declaration",
    "Event",
    "FileKind",
    "Given",
    "Interest",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Person",
    "Purpose",
    "Role",
    "Sample",
    "Second",
    "Session",
    "Step",
    "Store",
    "StoredFile",
    "Survey",
    "Token",
]
