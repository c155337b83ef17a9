"""The statements that hold records against what the audit log tells of them, for ``sql_audit``.

Every act that makes or changes a permit or an application writes down the digests of its bytes
before and after. So each record was made by an act in the log, each change begins where the
one before it ended, and the record is what the last of them left. The order is that of the
chain and never that of the clock, which may have been set back. A record that changed counties
is told of in both chains, and goes on in that of the county which it names itself.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, Table, exists, select

from issuer.sql_tables import APPLICATIONS, AUDIT_ENTRIES, PERMITS

ROWS_AT_ONCE: Final = 500
"""How many rows of a long reading are in memory together."""
_FEW: Final = {"yield_per": ROWS_AT_ONCE}
_C: Final = AUDIT_ENTRIES.c


class _Kind(NamedTuple):
    table: Table
    prefix: str
    """What numbers of this kind begin with; those of drafts begin otherwise."""
    made_by: str
    """The act that every record of this kind begins with."""


_KINDS: Final = (_Kind(PERMITS, "ZJ", "grant"), _Kind(APPLICATIONS, "SQ", "apply"))


class _County(Struct):
    """One member of a record; the portrait and the rest are passed over unread."""

    county: str


_decode_county: Final = msgspec.json.Decoder(_County).decode


def records_not_told(connection: Connection, county: str | None) -> Iterator[str]:
    """See ``AuditReading``."""
    for kind in _KINDS:
        rows = connection.execute(_told(kind, county), execution_options=_FEW)
        for number, entries in groupby(rows, key=lambda row: row.permit_number):
            if not _is_as_told(_document(connection, kind, number), list(entries), kind):
                yield number
        yield from connection.execute(_never_told(kind, county), execution_options=_FEW).scalars()


def digest_of_document(document: object) -> str:
    """SHA-256 of a record as it is kept, in hexadecimal."""
    # Text where bytes belong, which SQLite lets stand, is no record of ours.
    return sha256(document).hexdigest() if isinstance(document, bytes) else "none"


def _telling(kind: _Kind) -> Any:
    """Whether an entry says by which act a record was made, or what its bytes became."""
    numbered = _C.permit_number.startswith(kind.prefix, autoescape=True)
    return numbered & ((_C.after != "") | (_C.act == kind.made_by))


def _told(kind: _Kind, county: str | None) -> Select[Any]:
    query = select(_C.permit_number, _C.county, _C.act, _C.before, _C.after).where(_telling(kind))
    if county is not None:
        here = select(_C.permit_number).where(_telling(kind), _C.county == county)
        query = query.where(_C.permit_number.in_(here))
    return query.order_by(_C.permit_number, _C.county, _C.sequence)


def _never_told(kind: _Kind, county: str | None) -> Select[Any]:
    """Records that are there, and of which the log tells neither how they began nor their bytes."""
    number = kind.table.c.number
    told = exists().where(_C.permit_number == number, _telling(kind))
    query = select(number).where(number.startswith(kind.prefix, autoescape=True), ~told)
    if county is not None:
        query = query.where(kind.table.c.county == county)
    return query.order_by(number)


def _document(connection: Connection, kind: _Kind, number: str) -> object:
    columns = kind.table.c
    row = connection.execute(select(columns.document).where(columns.number == number)).first()
    return None if row is None else row.document


def _is_as_told(document: object, entries: Sequence[Row[Any]], kind: _Kind) -> bool:
    """Whether these entries about one record, by county and sequence, lead to its bytes."""
    if document is None or all(entry.act != kind.made_by for entry in entries):
        return False
    last: dict[str, str] = {}
    for entry in entries:
        previous = last.get(entry.county, entry.before)
        if entry.before != previous and entry.before not in _left(entries, entry.county):
            return False
        if entry.after:  # none in entries from before digests were told
            last[entry.county] = entry.after
    return not last or digest_of_document(document) == last.get(_county_of(document))


def _left(entries: Sequence[Row[Any]], county: str) -> set[str]:
    """What a record was left as in other counties, from where it may have come back."""
    return {entry.after for entry in entries if entry.county != county and entry.after}


def _county_of(document: object) -> str:
    """Empty where it cannot be read."""
    try:
        return _decode_county(document).county if isinstance(document, bytes) else ""
    except ValueError:
        return ""
