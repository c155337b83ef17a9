"""Retiring copies touches the lists in which something changes, and those only."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, create_engine, text

from issuer.migrations import migrate
from issuer.permit import Permit
from issuer.sql_register import SqlTransaction

DAY = date(2027, 11, 23)


@pytest.fixture
def connection(new_register_url: str) -> Iterator[Connection]:
    engine = create_engine(new_register_url)
    with engine.connect() as opened:
        migrate(opened)
        yield opened
    engine.dispose()


def test_versions_count_where_a_value_changes(connection: Connection, permit: Permit) -> None:
    tx = SqlTransaction(connection, half_bits=1)  # four places a list
    tx.add_permit(permit)
    tx.allocate_status(permit.county, permit.number, 4, expires_on=DAY)
    tx.allocate_status("330304", permit.number, 2, expires_on=DAY)

    def versions() -> list[int]:
        return [tx.status_version(permit.county, 0), tx.status_version("330304", 0)]

    before = versions()
    tx.retire_copies(permit.number)
    after = versions()
    tx.retire_copies(permit.number)

    assert all(now > then for now, then in zip(after, before, strict=True))
    assert versions() == after  # retired already: nothing changes, no list is made anew
    retired = connection.execute(text("SELECT count(*) FROM status_entries WHERE retired = 1"))
    assert retired.scalar_one() == 6
