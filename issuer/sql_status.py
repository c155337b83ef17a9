"""Status lists in the database: places given out, values set, versions counted.

A counter in the list's row is permuted under the list's own key to a place. The functions
run inside the caller's transaction; what they promise is in ``storage.py``.
"""

import secrets
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, literal_column, select, update

from issuer.errors import UnknownStatusListError
from issuer.sql_tables import STATUS_ENTRIES, STATUS_LISTS
from issuer.status_index import KEY_BYTES, permuted
from issuer.storage import StatusEntry

MAX_LIST_NUMBER: Final = 2**31 - 1
"""No list has a higher number; drivers fail on integers that their database cannot hold."""
# Written out, not bound, so that the database sees that the partial index answers it.
_NOT_VALID: Final = STATUS_ENTRIES.c.value != literal_column("0")
_LIVE: Final = STATUS_ENTRIES.c.retired == literal_column("0")


def list_numbers(connection: Connection, county: str) -> list[int]:
    """The county's lists, ascending."""
    query = select(STATUS_LISTS.c.list_number).where(STATUS_LISTS.c.county == county)
    return list(connection.execute(query.order_by(STATUS_LISTS.c.list_number)).scalars())


def version_of(connection: Connection, county: str, list_number: int) -> int:
    """How often the list has changed. Raises ``UnknownStatusListError``."""
    version = None
    if list_number <= MAX_LIST_NUMBER:
        query = select(STATUS_LISTS.c.version).where(_is_list(county, list_number))
        version = connection.execute(query).scalar()
    if version is None:
        raise UnknownStatusListError("the county has no status list of this number")
    return int(version)


def values_of(connection: Connection, county: str, list_number: int) -> dict[int, int]:
    """Every entry that is not 0, by index. Raises ``UnknownStatusListError``."""
    version_of(connection, county, list_number)
    query = select(STATUS_ENTRIES.c.idx, STATUS_ENTRIES.c.value).where(
        STATUS_ENTRIES.c.county == county,
        STATUS_ENTRIES.c.list_number == list_number,
        _NOT_VALID,
    )
    return {row.idx: row.value for row in connection.execute(query)}


def take_places(
    connection: Connection, county: str, count: int, *, half_bits: int
) -> list[StatusEntry]:
    """Up to ``count`` unused places of the newest list, or of a new one if that is full."""
    newest = connection.execute(
        select(STATUS_LISTS)
        .where(STATUS_LISTS.c.county == county)
        .order_by(STATUS_LISTS.c.list_number.desc())
        .limit(1)
    ).first()
    size = 1 << (2 * half_bits)
    if newest is None or newest.allocated >= size:
        number, first = newest.list_number + 1 if newest else 0, 0
        key = _add_list(connection, county, number)
    else:
        number, first, key = newest.list_number, newest.allocated, newest.permutation_key
    end = min(first + count, size)
    connection.execute(update(STATUS_LISTS).where(_is_list(county, number)).values(allocated=end))
    return [
        StatusEntry(number, permuted(counter, key, half_bits=half_bits))
        for counter in range(first, end)
    ]


def add_entries(
    connection: Connection,
    county: str,
    permit_number: str,
    places: list[StatusEntry],
    *,
    value: int,
    expires_on: date,
    signed_by: str | None = None,
) -> None:
    """Give ``places`` to a permit, with ``value`` from the start."""
    common = {
        "county": county,
        "permit_number": permit_number,
        "value": value,
        "expires_on": expires_on,
        "signed_by": signed_by,
    }
    if places:
        connection.execute(insert(STATUS_ENTRIES), [common | p._asdict() for p in places])
    if value:
        for list_number in {place.list_number for place in places}:
            _count_change(connection, county, list_number)


def set_value(connection: Connection, permit_number: str, value: int) -> None:
    """Give every entry of a permit ``value``; lists in which nothing changes keep their version.

    Entries of retired copies keep theirs.
    """
    _change(connection, _LIVE & (STATUS_ENTRIES.c.permit_number == permit_number), value)


def retire(connection: Connection, permit_number: str, value: int) -> None:
    """Give every entry of a permit ``value`` for good; later ones are not touched by it."""
    mine = _LIVE & (STATUS_ENTRIES.c.permit_number == permit_number)
    _change(connection, mine, value)
    connection.execute(update(STATUS_ENTRIES).where(mine).values(retired=1))


def _change(connection: Connection, entries: ColumnElement[bool], value: int) -> None:
    changing = entries & (STATUS_ENTRIES.c.value != value)
    lists = select(STATUS_ENTRIES.c.county, STATUS_ENTRIES.c.list_number).where(changing)
    for row in connection.execute(lists.distinct()).all():
        _count_change(connection, row.county, row.list_number)
    connection.execute(update(STATUS_ENTRIES).where(changing).values(value=value))


def _add_list(connection: Connection, county: str, number: int) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    row = {"county": county, "list_number": number, "permutation_key": key}
    connection.execute(insert(STATUS_LISTS), row | {"allocated": 0, "version": 1})
    return key


def _count_change(connection: Connection, county: str, list_number: int) -> None:
    connection.execute(
        update(STATUS_LISTS)
        .where(_is_list(county, list_number))
        .values(version=STATUS_LISTS.c.version + 1)
    )


def _is_list(county: str, list_number: int) -> Any:
    return (STATUS_LISTS.c.county == county) & (STATUS_LISTS.c.list_number == list_number)
