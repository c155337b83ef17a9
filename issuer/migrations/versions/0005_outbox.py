"""The outbox of text messages; the audit log's new columns, its text kept as text, its heads."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 1000


def upgrade() -> None:
    """Make the new tables; what the audit log says, and so its digests, stay as they are."""
    _audit_columns()
    _write_details_in_one_way()
    op.create_table(
        "audit_heads",
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("token", sa.Text, nullable=False),
    )
    op.create_table(
        "contacts",
        sa.Column("citizen_id_number", sa.String(18), primary_key=True),
        sa.Column("phone", sa.String(20), nullable=False),
    )
    _outbox()


def _audit_columns() -> None:
    with op.batch_alter_table("audit_entries") as table:
        for name in ("role", "before", "after"):
            table.add_column(sa.Column(name, sa.String(64), nullable=False, server_default=""))
        table.alter_column(
            "permit_number", existing_type=sa.String(20), type_=sa.String(64), nullable=False
        )
        table.alter_column(
            "details",
            existing_type=sa.JSON(),
            type_=sa.Text(),
            nullable=False,
            postgresql_using="details::text",
        )


def _write_details_in_one_way() -> None:
    connection = op.get_bind()
    entries = sa.table(
        "audit_entries", sa.column("county"), sa.column("sequence"), sa.column("details")
    )
    key = sa.tuple_(entries.c.county, entries.c.sequence)
    # As bytes on SQLite: a damaged row must not end the start of a service. It is left as it
    # is, for the checking of the log to find.
    on_sqlite = connection.dialect.name == "sqlite"
    raw = sa.cast(entries.c.details, sa.LargeBinary) if on_sqlite else entries.c.details
    page = sa.select(entries.c.county, entries.c.sequence, raw).order_by(
        entries.c.county, entries.c.sequence
    )
    rows = connection.execute(page.limit(ROWS_AT_ONCE)).all()
    while rows:
        for county, sequence, details in rows:
            text = _in_one_way(details)
            if text is not None:
                this = (entries.c.county == county) & (entries.c.sequence == sequence)
                connection.execute(sa.update(entries).where(this).values(details=text))
        after = sa.tuple_(*map(sa.literal, rows[-1][:2]))
        rows = connection.execute(page.where(key > after).limit(ROWS_AT_ONCE)).all()


def _in_one_way(details: bytes | str) -> str | None:
    """Sorted, without spaces, nothing escaped that need not be; None where it cannot be read."""
    try:
        text = json.dumps(
            json.loads(details), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        text.encode()  # half a surrogate pair can be read, and not be kept
    except (ValueError, RecursionError):
        return None
    return text


def _outbox() -> None:
    op.create_table(
        "sms_outbox",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("subject", sa.String(20), nullable=False, index=True),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("last_error", sa.String(64), nullable=False),
    )
    waiting = sa.text("state IN ('queued', 'sending')")
    op.create_index(
        "ix_sms_outbox_waiting",
        "sms_outbox",
        ["next_try_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
