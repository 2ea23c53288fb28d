"""What to ask about data points, beside the result: made in the other process, one a survey"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asks",
        sa.Column("survey", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.id"], name=op.f("fk_asks_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_asks")),
    )
