"""Applications, their notices and numbers, and the register of residence registrations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables; nothing that is there is touched."""
    _applications()
    _notices()
    op.create_table(
        "residence_registrations",
        sa.Column("citizen_id_number", sa.String(18), primary_key=True),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("address", sa.String(120), nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
    )


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False, index=True),
        sa.Column("citizen_id_number", sa.String(18), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("is_open", sa.SmallInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "application_serials",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_applications_one_open",
        "applications",
        ["citizen_id_number", "kind"],
        unique=True,
        sqlite_where=sa.text("is_open <> 0"),
        postgresql_where=sa.text("is_open <> 0"),
    )


def _notices() -> None:
    op.create_table(
        "application_notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "application_number",
            sa.String(20),
            sa.ForeignKey("applications.number"),
            nullable=False,
            index=True,
        ),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
    )
