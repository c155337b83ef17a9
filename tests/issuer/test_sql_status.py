"""The belt under the status lists, and the index that keeps publishing cheap."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import IntegrityError

from issuer import sql_status
from issuer.migrations import migrate
from issuer.status_index import ENTRIES, HALF_BITS
from issuer.storage import StatusEntry

LUCHENG, NUMBER = "330302", "ZJ330302202600000012"
DAY = date(2027, 11, 23)


@pytest.fixture
def connection(new_register_url: str) -> Iterator[Connection]:
    engine = create_engine(new_register_url)
    opened = engine.connect()
    migrate(opened)
    opened.execute(
        text(
            "INSERT INTO permits (number, county, citizen_id_number, status_value, document)"
            " VALUES (:number, :county, '52000019920512000X', 0, '')"
        ),
        {"number": NUMBER, "county": LUCHENG},
    )
    yield opened
    opened.close()
    engine.dispose()


def take(connection: Connection, count: int) -> list[StatusEntry]:
    return sql_status.take_places(connection, LUCHENG, count, half_bits=HALF_BITS)


def add(connection: Connection, places: list[StatusEntry], value: int = 0) -> None:
    sql_status.add_entries(connection, LUCHENG, NUMBER, places, value=value, expires_on=DAY)


def test_a_place_that_is_taken_cannot_be_given_again_whatever_the_counter_says(
    connection: Connection,
) -> None:
    add(connection, take(connection, 3))
    connection.execute(text("UPDATE status_lists SET allocated = 2"))

    with pytest.raises(IntegrityError, match="status_entries"):
        add(connection, take(connection, 1))
    connection.close()


def test_a_list_of_full_size_is_filled_to_the_last_place_before_the_next_begins(
    connection: Connection,
) -> None:
    take(connection, 1)
    connection.execute(text("UPDATE status_lists SET allocated = :n"), {"n": ENTRIES - 2})
    last = take(connection, 5)
    following = take(connection, 5)
    keys = set(connection.execute(text("SELECT permutation_key FROM status_lists")).scalars())
    connection.close()

    assert [p.list_number for p in last] == [0, 0]
    assert [p.list_number for p in following] == [1] * 5
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)


def test_publishing_reads_only_what_is_not_valid(connection: Connection) -> None:
    add(connection, take(connection, 50))
    add(connection, take(connection, 2), value=2)
    sent: list[tuple[str, Any]] = []

    @event.listens_for(connection, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    values = sql_status.values_of(connection, LUCHENG, 0)
    statement, parameters = sent[-1]
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        # In a table as small as this one it would rather read everything.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN"
    plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    connection.close()

    assert sorted(values.values()) == [2, 2]
    assert "ix_status_entries_not_valid" in str(plan)
