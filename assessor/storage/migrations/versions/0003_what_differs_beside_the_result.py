"""What differs, beside the result; results are reckoned again, which fills it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("results", sa.Column("differing", sa.JSON(), nullable=True))
    op.execute(sa.text("delete from results"))
