"""What differs, and what was sealed of exports, beside the result; results are reckoned again, which fills both"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("results", sa.Column("differing", sa.JSON(), nullable=True))
    op.add_column("results", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.execute(sa.text("delete from results"))
