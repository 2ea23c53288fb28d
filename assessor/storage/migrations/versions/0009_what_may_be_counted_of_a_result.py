"""What may be counted of a result, beside it; results kept before are read again by the server, some at a time"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extracts",
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("plant", sa.String(length=64), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["survey"], ["surveys.id"], name=op.f("fk_extracts_survey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_extracts_organisation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_extracts")),
    )
    op.create_index(op.f("ix_extracts_organisation"), "extracts", ["organisation"])
    op.create_table(
        "imports",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["organisations.id"], name=op.f("fk_imports_office"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office", "kind", name=op.f("pk_imports")),
    )
