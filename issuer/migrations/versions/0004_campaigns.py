"""Campaigns, mass acts and proposals, and the columns by which they choose permits."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 500


class _Endorsement(msgspec.Struct):
    sequence: int
    on: date
    usable_through: date
    by: str


class _Permit(msgspec.Struct):
    """What is taken out of a permit's document."""

    endorsements: list[_Endorsement]


def upgrade() -> None:
    """Make the new tables and columns, and fill them for the permits that are there."""
    # Null in no row once they are filled; SQLite adds no column that may not be null.
    op.add_column("permits", sa.Column("usable_through", sa.Date))
    op.create_index("ix_permits_due", "permits", ["county", "usable_through", "number"])
    # Of copies made before, nobody wrote down which key signed them.
    op.add_column("status_entries", sa.Column("signed_by", sa.String(43)))
    _endorsements()
    _fill()
    _batches()
    _proposals()


def _endorsements() -> None:
    op.create_table(
        "permit_endorsements",
        sa.Column(
            "permit_number", sa.String(20), sa.ForeignKey("permits.number"), primary_key=True
        ),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
    )
    op.create_index(
        "ix_permit_endorsements_made", "permit_endorsements", ["county", "made_by", "made_on"]
    )


def _fill() -> None:
    permits = sa.table(
        "permits",
        sa.column("number", sa.String),
        sa.column("usable_through", sa.Date),
    )
    endorsements = sa.table(
        "permit_endorsements",
        sa.column("permit_number", sa.String),
        sa.column("sequence", sa.Integer),
        sa.column("county", sa.String),
        sa.column("made_on", sa.Date),
        sa.column("made_by", sa.String),
    )
    known = sa.update(permits).where(permits.c.number == sa.bindparam("held"))
    for rows in _portions():
        made = {row.number: msgspec.json.decode(row.document, type=_Permit) for row in rows}
        op.get_bind().execute(
            known.values(usable_through=sa.bindparam("through")),
            [{"held": n, "through": p.endorsements[-1].usable_through} for n, p in made.items()],
        )
        op.get_bind().execute(
            sa.insert(endorsements),
            [
                {
                    "permit_number": row.number,
                    "sequence": endorsement.sequence,
                    "county": row.county,
                    "made_on": endorsement.on,
                    "made_by": endorsement.by,
                }
                for row in rows
                for endorsement in made[row.number].endorsements
            ],
        )


def _portions() -> Iterator[list[sa.Row[Any]]]:
    """All permits, some at a time: documents hold pictures."""
    permits = sa.table(
        "permits",
        sa.column("number", sa.String),
        sa.column("county", sa.String),
        sa.column("document", sa.LargeBinary),
    )
    after = ""
    while True:
        some = sa.select(permits).where(permits.c.number > after).order_by(permits.c.number)
        rows = list(op.get_bind().execute(some.limit(_AT_ONCE)))
        if not rows:
            return
        yield rows
        after = rows[-1].number


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False, index=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.String(20), sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column(
            "permit_number", sa.String(20), sa.ForeignKey("permits.number"), primary_key=True
        ),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger),
    )
    op.create_index(
        "ix_batch_items_waiting",
        "batch_items",
        ["batch_id", "permit_number"],
        sqlite_where=sa.text("outcome = ''"),
        postgresql_where=sa.text("outcome = ''"),
    )


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False, index=True),
        sa.Column("permit_number", sa.String(20), sa.ForeignKey("permits.number"), nullable=False),
        sa.Column("is_open", sa.SmallInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "ix_proposals_one_open",
        "proposals",
        ["permit_number"],
        unique=True,
        sqlite_where=sa.text("is_open <> 0"),
        postgresql_where=sa.text("is_open <> 0"),
    )
