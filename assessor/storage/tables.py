"""The tables. Times are ns UTC; ids are 32 hex digits; secrets are kept as SHA-256 alone, passwords as argon2id.

What names a person stands in `persons`, what interest they declared in `declarations`, and neither anywhere else,
so that it can be erased while the record of who did what, by id, stays whole.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ID, DIGEST = String(32), String(64)


def _of(table: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """A column that names a row of another table, and goes with it."""
    name = {"organisations": "organisation", "accounts": "account", "surveys": "survey"}[table]
    target = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name, ID, target, nullable=null, primary_key=key, index=not key)


organisations = Table(
    "organisations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("keep_days", Integer),
)
accounts = Table(
    "accounts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("language", String(2), nullable=False),
    Column("password", Text),
    Column("ended", BigInteger),
)
persons = Table(
    "persons",
    metadata,
    _of("accounts", key=True),
    Column("name", Text, nullable=False, default=""),
    Column("contact", String(254), unique=True),
    Column("subject", Text, unique=True),
)
memberships = Table(
    "memberships",
    metadata,
    _of("accounts", key=True),
    _of("organisations", key=True),
    Column("role", String(20), primary_key=True),
    Column("department", String(20)),
    Column("since", BigInteger, nullable=False),
    Index("ix_memberships_of", "organisation"),
)
invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("code", DIGEST, nullable=False, unique=True),
    _of("organisations"),
    Column("role", String(20), nullable=False),
    Column("department", String(20)),
    Column("made", BigInteger, nullable=False),
    Column("made_by", ID),
    Column("expires", BigInteger, nullable=False),
    _of("accounts", null=True),
    Column("ended", BigInteger),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token", DIGEST, primary_key=True),
    _of("accounts"),
    Column("guard", DIGEST, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
passcodes = Table(
    "passcodes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contact", DIGEST, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
)
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", DIGEST, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_attempts_subject_at", "subject", "at"),
)
tokens = Table(
    "tokens",
    metadata,
    Column("id", ID, primary_key=True),
    _of("accounts"),
    Column("name", Text, nullable=False),
    Column("token", DIGEST, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
surveys = Table(
    "surveys",
    metadata,
    Column("id", ID, primary_key=True),
    _of("organisations"),
    Column("plant", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    Column("keep_until", BigInteger),
)
answers = Table(
    "answers",
    metadata,
    _of("surveys", key=True),
    Column("question", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("value", JSON),
    Column("target", JSON),
    Column("reason", Text),
    Column("department", String(20), nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
changes = Table(
    "changes",
    metadata,
    _of("surveys", key=True),
    Column("key", String(64), primary_key=True),
    Column("question", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("value", JSON),
    Column("target", JSON),
    Column("reason", Text),
    Column("department", String(20), nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_changes_survey_question", "survey", "question"),
)
marks = Table(
    "marks",
    metadata,
    _of("surveys", key=True),
    Column("question", String(64), primary_key=True),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
notes = Table(
    "notes",
    metadata,
    Column("id", ID, primary_key=True),
    _of("surveys"),
    Column("question", String(64), nullable=False),
    Column("said", Text, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
files = Table(
    "files",
    metadata,
    Column("id", ID, primary_key=True),
    _of("surveys"),
    Column("kind", String(20), nullable=False),
    Column("question", String(64)),
    Column("name", Text, nullable=False),
    Column("media", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("about", JSON, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
contents = Table(
    "contents",
    metadata,
    _of("surveys", key=True),
    Column("sha256", DIGEST, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
results = Table(
    "results",
    metadata,
    _of("surveys", key=True),
    Column("version", Integer, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("assessment", LargeBinary),
    Column("fault", JSON),
    Column("differing", JSON),
    Column("brief", JSON),
    Column("sealed", LargeBinary),
)
extracts = Table(
    "extracts",
    metadata,
    _of("surveys", key=True),
    _of("organisations"),
    Column("version", Integer, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("plant", DIGEST, nullable=False),
    Column("format", Integer, nullable=False),
    Column("row", JSON(none_as_null=True)),
)
outlines = Table(
    "outlines",
    metadata,
    Column("office", ID, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("shapes", LargeBinary, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
runs = Table(
    "runs",
    metadata,
    Column("id", ID, primary_key=True),
    _of("surveys"),
    Column("scope", DIGEST, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("account", ID, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("place", ID, nullable=False),
    Column("ended", BigInteger),
    Column("outcome", String(20)),
    Column("fault", JSON),
    Column("file", ID),
)
declarations = Table(
    "declarations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _of("surveys"),
    _of("accounts"),
    Column("kinds", JSON, nullable=False),
    Column("years", Integer),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
steps = Table(
    "steps",
    metadata,
    _of("surveys", key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("act", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("remarks", JSON, nullable=False),
)
samples = Table(
    "samples",
    metadata,
    _of("surveys", key=True),
    Column("account", ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seed", String(64), nullable=False),
    Column("first", JSON, nullable=False),
    Column("ended", BigInteger),
    Column("outcome", String(20)),
)
seconds = Table(
    "seconds",
    metadata,
    _of("surveys", key=True),
    Column("account", ID, primary_key=True),
    Column("question", String(64), primary_key=True),
    Column("value", String(40), nullable=False),
    Column("reason", Text),
    Column("at", BigInteger, nullable=False),
)
asks = Table(
    "asks",
    metadata,
    _of("surveys", key=True),
    Column("version", Integer, nullable=False),
    Column("found", LargeBinary),
    Column("fault", JSON),
)
consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    _of("organisations"),
    Column("purpose", String(20), nullable=False),
    Column("receiver", ID, ForeignKey("organisations.id", ondelete="CASCADE"), index=True),
    Column("given", BigInteger, nullable=False),
    Column("given_by", ID, nullable=False),
    Column("ended", BigInteger),
    Column("ended_by", ID),
)
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("account", ID),
    Column("organisation", ID, index=True),
    Column("action", String(40), nullable=False),
    Column("subject", String(64)),
)
programmes = Table(
    "programmes",
    metadata,
    Column("office", ID, ForeignKey("organisations.id"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rules", JSON, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("account", ID),
    Column("at", BigInteger, nullable=False),
)
vouchers = Table(
    "vouchers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("office", ID, ForeignKey("organisations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("programme", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("period", String(64), nullable=False),
    Column("credit_code", String(18), nullable=False),
    Column("site", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("factory", ID, nullable=False, index=True),
    Column("survey", ID, nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("step", Integer, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("about", JSON, nullable=False),
    Column("granted", BigInteger),
    Column("provider", JSON),
    Column("accepted_by", ID),
    UniqueConstraint("office", "programme", "period", "credit_code", "site", name="uq_vouchers_one_a_site"),
    UniqueConstraint("office", "number", name="uq_vouchers_number"),
    Index("ix_vouchers_office_state", "office", "state"),
)
packs = Table(
    "packs",
    metadata,
    Column("voucher", ID, ForeignKey("vouchers.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", DIGEST, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checked", JSON, nullable=False),
    Column("report", JSON),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("data", LargeBinary),
)
settlements = Table(
    "settlements",
    metadata,
    Column("voucher", ID, ForeignKey("vouchers.id"), primary_key=True),
    Column("office", ID, ForeignKey("organisations.id"), nullable=False),
    Column("invoice", String(40), nullable=False),
    Column("invoiced", String(24), nullable=False),
    Column("day", String(10), nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("office", "invoice", name="uq_settlements_invoice"),
)
satisfactions = Table(
    "satisfactions",
    metadata,
    Column("voucher", ID, ForeignKey("vouchers.id"), primary_key=True),
    Column("said", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
log = Table(
    "log",
    metadata,
    Column("office", ID, ForeignKey("organisations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("account", ID),
    Column("subject", String(64), nullable=False, index=True),
    Column("act", String(40), nullable=False),
    Column("before", String(20)),
    Column("after", String(20)),
    Column("why", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", DIGEST),
    Column("digest", DIGEST, nullable=False),
)
chain_members = Table(
    "chain_members",
    metadata,
    Column("id", ID, primary_key=True),
    Column("chain", ID, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("credit_code", String(18), nullable=False, index=True),
    Column("tier", Integer),
    Column("state", String(20), nullable=False),
    Column("factory", ID, index=True),
    Column("invitation", ID, index=True),
    Column("by_code", Boolean),
    Column("made", BigInteger, nullable=False),
    Column("made_by", ID, nullable=False),
    Column("changed", BigInteger, nullable=False),
    UniqueConstraint("chain", "credit_code", name="uq_chain_members_one_a_code"),
)
handovers = Table(
    "handovers",
    metadata,
    Column("voucher", ID, ForeignKey("vouchers.id"), primary_key=True),
    Column("platform", String(64), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("reference", String(100), nullable=False),
    Column("day", String(10), nullable=False),
    Column("why", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
)
