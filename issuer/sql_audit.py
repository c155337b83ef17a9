"""The statements behind the audit log and its signed heads, for ``sql_register``.

Rows are read without the conversions of ``sql_tables``: a damaged one must be named, not end
the reading. SQLite lets any value stand in any column, so there each is read as its bytes,
beside the kind of value that it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    select,
    type_coerce,
)

from issuer.audit_log import AuditEntry, DamagedEntry, details_of, details_text
from issuer.audit_storage import AuditQuery, AuditReading, AuditTransaction, StoredHead
from issuer.errors import AuditError
from issuer.sql_tables import AUDIT_ENTRIES, METADATA
from issuer.sql_told_records import ROWS_AT_ONCE, digest_of_document, records_not_told

_FEW: Final = {"yield_per": ROWS_AT_ONCE}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBERS: Final = frozenset({"sequence", "at"})

AUDIT_HEADS: Final = Table(
    "audit_heads",
    METADATA,
    Column("county", String(6), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("token", Text, nullable=False),
)

_C: Final = AUDIT_ENTRIES.c
_NAMES: Final = [column.name for column in _C]
_PLAIN: Final = [type_coerce(c, BigInteger) if c.name == "at" else c for c in _C]
_BYTES: Final = [
    expression.label(f"{column.name}_{part}")
    for column in _C
    for part, expression in (("kind", func.typeof(column)), ("raw", cast(column, LargeBinary)))
]


class SqlAuditReading(AuditReading):
    """What can be asked, on the connection of the reading it is part of."""

    _connection: Connection

    def audit(self, county: str | None = None) -> list[AuditEntry]:
        query = _select().order_by(_C.county, _C.sequence)
        return self._entries(query if county is None else query.where(_C.county == county))

    def audit_about(self, subject: str) -> list[AuditEntry]:
        about = _C.permit_number == subject
        return self._entries(_select().where(about).order_by(_C.at, _C.county, _C.sequence))

    def audit_page(
        self, query: AuditQuery, *, limit: int, before: int | None = None
    ) -> list[AuditEntry]:
        wanted = _select().where(_C.county == query.county)
        for column, text in (
            (_C.permit_number, query.subject),
            (_C.actor, query.actor),
            (_C.act, query.act),
        ):
            wanted = wanted.where(column == text) if text else wanted
        if query.since is not None:
            wanted = wanted.where(_C.at >= query.since)
        if query.until is not None:
            wanted = wanted.where(_C.at < query.until)
        if before is not None:
            wanted = wanted.where(_C.sequence < before)
        return self._entries(wanted.order_by(_C.sequence.desc()).limit(limit))

    def audit_rows(
        self, county: str | None = None, *, first: int = 1
    ) -> Iterator[AuditEntry | DamagedEntry]:
        on_sqlite = self._connection.dialect.name == "sqlite"
        query = select(*(_BYTES if on_sqlite else _PLAIN)).order_by(_C.county, _C.sequence)
        if county is not None:
            query = query.where(_C.county == county)
            query = query.where(_C.sequence >= first) if first > 1 else query
        read = _kinds_and_bytes if on_sqlite else _kinds_and_values
        for row in self._connection.execute(query, execution_options=_FEW):
            yield _checked(read(row))

    def records_not_told(self, county: str | None = None) -> Iterator[str]:
        return records_not_told(self._connection, county)

    def last_audit(self, county: str) -> AuditEntry | None:
        query = _select().where(_C.county == county).order_by(_C.sequence.desc()).limit(1)
        return next(iter(self._entries(query)), None)

    def last_audit_head(self, county: str) -> StoredHead | None:
        query = select(AUDIT_HEADS).where(AUDIT_HEADS.c.county == county)
        row = self._connection.execute(
            query.order_by(AUDIT_HEADS.c.sequence.desc()).limit(1)
        ).first()
        return None if row is None else StoredHead(**row._mapping)

    def audit_heads(self, county: str | None = None) -> list[StoredHead]:
        query = select(AUDIT_HEADS).order_by(AUDIT_HEADS.c.county, AUDIT_HEADS.c.day)
        if county is not None:
            query = query.where(AUDIT_HEADS.c.county == county)
        return [StoredHead(**row._mapping) for row in self._connection.execute(query)]

    def _entries(self, query: Select[Any]) -> list[AuditEntry]:
        found = [_checked(_kinds_and_values(row)) for row in self._connection.execute(query)]
        return [_whole(entry) for entry in found]


class _Change:
    """What a block did to one record, and in which counties' chains that was told."""

    def __init__(self, before: str, after: str) -> None:
        self.before = before
        self.after = after
        self.told: set[str] = set()


class NotedChanges:
    """What keeps records notes here what it does to them, for the entry that tells of it."""

    _connection: Connection
    _changes: dict[str, "_Change"]

    def _note_change(self, table: Table, number: str, document: bytes) -> None:
        """Before ``document`` is kept in ``table``: the digests, of the bytes that are kept."""
        earlier = self._changes.get(number)
        if earlier is not None and not earlier.told:
            # Of several changes that one entry tells of, the first one's beginning counts.
            before = earlier.before
        else:
            query = select(table.c.document).where(table.c.number == number)
            row = self._connection.execute(query).first()
            before = "" if row is None else digest_of_document(row.document)
        self._changes[number] = _Change(before, digest_of_document(document))


class SqlAuditTransaction(NotedChanges, AuditTransaction):
    """What can be done, on the connection of the transaction it is part of."""

    def append_audit(self, entry: AuditEntry) -> None:
        values = {name: getattr(entry, name) for name in _NAMES}
        values["details"] = details_text(entry.details)
        self._connection.execute(insert(AUDIT_ENTRIES), values)

    def put_audit_head(self, head: StoredHead) -> None:
        columns = AUDIT_HEADS.c
        held = (columns.county == head.county) & (columns.day == head.day)
        self._connection.execute(delete(AUDIT_HEADS).where(held))
        values = {name: getattr(head, name) for name in head.__struct_fields__}
        self._connection.execute(insert(AUDIT_HEADS), values)

    def take_changes(self, county: str, subject: str) -> tuple[str, str]:
        change = self._changes.get(subject)
        if change is None or county in change.told:
            return "", ""
        change.told.add(county)
        return change.before, change.after


def _select() -> Select[Any]:
    return select(*_PLAIN)


def _kinds_and_values(row: Row[Any]) -> dict[str, Any]:
    return dict(zip(_NAMES, row, strict=True))


def _kinds_and_bytes(row: Row[Any]) -> dict[str, Any]:
    """As ``_kinds_and_values``; what is not of its column's kind stays bytes, or None."""
    values = iter(row)
    return {name: _read(next(values), next(values), name in _NUMBERS) for name in _NAMES}


def _read(kind: str, raw: bytes | None, number: bool) -> object:
    if raw is None or kind != ("integer" if number else "text"):
        return raw
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw
    return int(text) if number else text


def _checked(values: dict[str, Any]) -> AuditEntry | DamagedEntry:
    for name, value in values.items():
        if type(value) is not (int if name in _NUMBERS else str):
            return _damaged(values, name)
    try:
        at = _EPOCH + values["at"] * _MICROSECOND
    except OverflowError:
        return _damaged(values, "at")
    try:
        details = details_of(values["details"])
    except ValueError:
        return _damaged(values, "details")
    return AuditEntry(**(values | {"at": at, "details": details}))


def _damaged(values: dict[str, Any], column: str) -> DamagedEntry:
    county, sequence = values["county"], values["sequence"]
    return DamagedEntry(
        county=county if isinstance(county, str) else repr(county),
        sequence=sequence if type(sequence) is int else None,
        column=column,
    )


def _whole(entry: AuditEntry | DamagedEntry) -> AuditEntry:
    if isinstance(entry, DamagedEntry):
        raise AuditError(
            f"county {entry.county}, entry {entry.sequence} was altered: "
            f"{entry.column} is not as it was written",
            remedy="Find out what else was altered with python -m issuer audit verify.",
        )
    return entry
