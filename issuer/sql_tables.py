"""The issuer's tables, as the SQL adapter speaks to them.

They are made by the migrations beside this file; a test holds the two to each other.
Instants are whole microseconds since 1970 UTC, so that order and equality are exact in every
database; permits are kept as one JSON document each, with what is searched beside it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant as microseconds since 1970; comes back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Whole microseconds; a naive instant is a ``TypeError``."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


METADATA = MetaData()


def _permit_number() -> Column[str]:
    return Column(
        "permit_number", String(20), ForeignKey("permits.number"), nullable=False, index=True
    )


PERMITS = Table(
    "permits",
    METADATA,
    Column("number", String(20), primary_key=True),
    Column("county", String(6), nullable=False, index=True),
    Column("citizen_id_number", String(18), nullable=False, index=True),
    Column("status_value", SmallInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    # The document's own, so that who is due is found without reading it; set in every row.
    Column("usable_through", Date),
)

Index("ix_permits_due", PERMITS.c.county, PERMITS.c.usable_through, PERMITS.c.number)

PERMIT_SERIALS = Table(
    "permit_serials",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

AUDIT_ENTRIES = Table(
    "audit_entries",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("act", String(32), nullable=False),
    Column("permit_number", String(64), nullable=False, index=True),
    # The text itself, not what it means to a database: every byte of it counts.
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("role", String(64), nullable=False, server_default=""),
    Column("before", String(64), nullable=False, server_default=""),
    Column("after", String(64), nullable=False, server_default=""),
)

NOTICES = Table(
    "notices",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _permit_number(),
    Column("county", String(6), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("params", JSON, nullable=False),
)

OFFERS = Table(
    "offers",
    METADATA,
    Column("reference", String(64), primary_key=True),
    _permit_number(),
    Column("county", String(6), nullable=False),
    Column("code_digest", String(64), nullable=False, unique=True),
    Column("tx_code_digest", String(64)),
    Column("configuration_ids", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("wrong_tries", SmallInteger, nullable=False),
)

GRANTS = Table(
    "grants",
    METADATA,
    Column("id", String(64), primary_key=True),
    _permit_number(),
    Column("county", String(6), nullable=False),
    Column("configuration_ids", JSON, nullable=False),
    Column("access_digest", String(64), nullable=False, unique=True),
    Column("access_expires_at", Instant, nullable=False),
    Column("refresh_digest", String(64), nullable=False, unique=True),
    Column("refresh_family_digest", String(64), index=True),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("previous_refresh_digest", String(64)),
)

STATUS_LISTS = Table(
    "status_lists",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("list_number", Integer, primary_key=True),
    Column("permutation_key", LargeBinary, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

STATUS_ENTRIES = Table(
    "status_entries",
    METADATA,
    # Every copy of every permit has one: a province runs through 32 bits within years.
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("county", String(6), nullable=False),
    Column("list_number", Integer, nullable=False),
    Column("idx", Integer, nullable=False),
    _permit_number(),
    Column("value", SmallInteger, nullable=False),
    Column("expires_on", Date, nullable=False),
    # Thumbprint of the key that signed the copy; null where nobody wrote it down.
    Column("signed_by", String(43)),
    # Of a copy that was replaced: its value is final, whatever becomes of the permit.
    Column("retired", SmallInteger, nullable=False, server_default="0"),
    # The belt: whatever goes wrong with counter and permutation, no place is used twice.
    UniqueConstraint("county", "list_number", "idx"),
    ForeignKeyConstraint(
        ["county", "list_number"], ["status_lists.county", "status_lists.list_number"]
    ),
)

# Publishing reads what is not 0; nearly all entries are.
Index(
    "ix_status_entries_not_valid",
    STATUS_ENTRIES.c.county,
    STATUS_ENTRIES.c.list_number,
    sqlite_where=STATUS_ENTRIES.c.value != 0,
    postgresql_where=STATUS_ENTRIES.c.value != 0,
)

APPLICATIONS = Table(
    "applications",
    METADATA,
    Column("number", String(20), primary_key=True),
    Column("county", String(6), nullable=False, index=True),
    Column("citizen_id_number", String(18), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    # What lists are made of, so that they load no portraits; the document's own, in every row.
    Column("channel", String(16), nullable=False, server_default=""),
    Column("stage", String(16), nullable=False, server_default=""),
    Column("draft_number", String(20), nullable=False, server_default="", index=True),
    Column("brief", LargeBinary, nullable=False, server_default=""),
)

# One open application a person and kind, also where two are handed in at once.
Index(
    "ix_applications_one_open",
    APPLICATIONS.c.citizen_id_number,
    APPLICATIONS.c.kind,
    unique=True,
    sqlite_where=APPLICATIONS.c.is_open != 0,
    postgresql_where=APPLICATIONS.c.is_open != 0,
)

APPLICATION_SERIALS = Table(
    "application_serials",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

APPLICATION_NOTICES = Table(
    "application_notices",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "application_number",
        String(20),
        ForeignKey("applications.number"),
        nullable=False,
        index=True,
    ),
    Column("county", String(6), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("params", JSON, nullable=False),
)

RESIDENCE_REGISTRATIONS = Table(
    "residence_registrations",
    METADATA,
    Column("citizen_id_number", String(18), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("address", String(120), nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("ended_on", Date),
)
