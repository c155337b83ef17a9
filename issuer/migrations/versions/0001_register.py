"""The register: permits, audit log, notices, offers, grants, status lists."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _permits()
    _audit_and_notices()
    _offers_and_grants()
    _status_lists()


def _permits() -> None:
    op.create_table(
        "permits",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False, index=True),
        sa.Column("citizen_id_number", sa.String(18), nullable=False, index=True),
        sa.Column("status_value", sa.SmallInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "permit_serials",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _audit_and_notices() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("permit_number", sa.String(20), nullable=False, index=True),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _permit_number(),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
    )


def _offers_and_grants() -> None:
    op.create_table(
        "offers",
        sa.Column("reference", sa.String(64), primary_key=True),
        _permit_number(),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("tx_code_digest", sa.String(64)),
        sa.Column("configuration_ids", sa.JSON, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("wrong_tries", sa.SmallInteger, nullable=False),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(64), primary_key=True),
        _permit_number(),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("configuration_ids", sa.JSON, nullable=False),
        sa.Column("access_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("access_expires_at", sa.BigInteger, nullable=False),
        sa.Column("refresh_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("refresh_family_digest", sa.String(64), index=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("previous_refresh_digest", sa.String(64)),
    )


def _status_lists() -> None:
    op.create_table(
        "status_lists",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("list_number", sa.Integer, primary_key=True),
        sa.Column("permutation_key", sa.LargeBinary, nullable=False),
        sa.Column("allocated", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "status_entries",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("list_number", sa.Integer, nullable=False),
        sa.Column("idx", sa.Integer, nullable=False),
        _permit_number(),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.UniqueConstraint("county", "list_number", "idx"),
        sa.ForeignKeyConstraint(
            ["county", "list_number"], ["status_lists.county", "status_lists.list_number"]
        ),
    )
    # Publishing reads what is not 0; nearly all entries are.
    op.create_index(
        "ix_status_entries_not_valid",
        "status_entries",
        ["county", "list_number"],
        sqlite_where=sa.text("value <> 0"),
        postgresql_where=sa.text("value <> 0"),
    )


def _permit_number() -> "sa.Column[str]":
    return sa.Column(
        "permit_number",
        sa.String(20),
        sa.ForeignKey("permits.number"),
        nullable=False,
        index=True,
    )
