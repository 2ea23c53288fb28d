"""Programmes as offices run them, vouchers, their log; chains of suppliers; what was entered on platforms; results
in brief, of those that are reckoned from now on"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["organisations.id"], name=op.f("fk_programmes_office")),
        sa.PrimaryKeyConstraint("office", "id", "version", name=op.f("pk_programmes")),
    )
    op.create_table(
        "vouchers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("factory", sa.String(length=32), nullable=False),
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.JSON(), nullable=True),
        sa.Column("accepted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["organisations.id"], name=op.f("fk_vouchers_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("office", "number", name=op.f("uq_vouchers_number")),
        sa.UniqueConstraint(
            "office", "programme", "period", "credit_code", "site", name=op.f("uq_vouchers_one_a_site")
        ),
    )
    op.create_index(op.f("ix_vouchers_factory"), "vouchers", ["factory"])
    op.create_index(op.f("ix_vouchers_office_state"), "vouchers", ["office", "state"])
    op.create_index(op.f("ix_vouchers_survey"), "vouchers", ["survey"])
    op.create_table(
        "packs",
        sa.Column("voucher", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["voucher"], ["vouchers.id"], name=op.f("fk_packs_voucher")),
        sa.PrimaryKeyConstraint("voucher", "number", name=op.f("pk_packs")),
    )
    op.create_index(op.f("ix_packs_survey"), "packs", ["survey"])
    op.create_table(
        "settlements",
        sa.Column("voucher", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("invoice", sa.String(length=40), nullable=False),
        sa.Column("invoiced", sa.String(length=24), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["voucher"], ["vouchers.id"], name=op.f("fk_settlements_voucher")),
        sa.ForeignKeyConstraint(["office"], ["organisations.id"], name=op.f("fk_settlements_office")),
        sa.PrimaryKeyConstraint("voucher", name=op.f("pk_settlements")),
        sa.UniqueConstraint("office", "invoice", name=op.f("uq_settlements_invoice")),
    )
    op.create_table(
        "satisfactions",
        sa.Column("voucher", sa.String(length=32), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["voucher"], ["vouchers.id"], name=op.f("fk_satisfactions_voucher")),
        sa.PrimaryKeyConstraint("voucher", name=op.f("pk_satisfactions")),
    )
    op.create_table(
        "log",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["organisations.id"], name=op.f("fk_log_office")),
        sa.PrimaryKeyConstraint("office", "number", name=op.f("pk_log")),
    )
    op.create_index(op.f("ix_log_subject"), "log", ["subject"])
    op.create_table(
        "chain_members",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("factory", sa.String(length=32), nullable=True),
        sa.Column("invitation", sa.String(length=32), nullable=True),
        sa.Column("by_code", sa.Boolean(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain"], ["organisations.id"], name=op.f("fk_chain_members_chain"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_members")),
        sa.UniqueConstraint("chain", "credit_code", name=op.f("uq_chain_members_one_a_code")),
    )
    op.create_index(op.f("ix_chain_members_credit_code"), "chain_members", ["credit_code"])
    op.create_index(op.f("ix_chain_members_factory"), "chain_members", ["factory"])
    op.create_index(op.f("ix_chain_members_invitation"), "chain_members", ["invitation"])
    op.create_table(
        "handovers",
        sa.Column("voucher", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["voucher"], ["vouchers.id"], name=op.f("fk_handovers_voucher")),
        sa.PrimaryKeyConstraint("voucher", "platform", name=op.f("pk_handovers")),
    )
    op.add_column("results", sa.Column("brief", sa.JSON(), nullable=True))
