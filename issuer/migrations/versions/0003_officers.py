"""The officers' accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new table; nothing that is there is touched."""
    op.create_table(
        "officer_accounts",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
