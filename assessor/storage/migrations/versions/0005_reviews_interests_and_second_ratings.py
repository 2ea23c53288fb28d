"""Reviews by a second person, what interest those who judge declare, and second ratings"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _survey(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_survey")
    return sa.ForeignKeyConstraint(["survey"], ["surveys.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _survey("declarations"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name=op.f("fk_declarations_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
    )
    op.create_index(op.f("ix_declarations_survey"), "declarations", ["survey"])
    op.create_index(op.f("ix_declarations_account"), "declarations", ["account"])
    op.create_table(
        "steps",
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        _survey("steps"),
        sa.PrimaryKeyConstraint("survey", "number", name=op.f("pk_steps")),
    )
    op.create_table(
        "samples",
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        _survey("samples"),
        sa.PrimaryKeyConstraint("survey", "account", name=op.f("pk_samples")),
    )
    op.create_table(
        "seconds",
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _survey("seconds"),
        sa.PrimaryKeyConstraint("survey", "account", "question", name=op.f("pk_seconds")),
    )
