"""The outbox's statements: asking every minute must not read what was sent long ago."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text

from issuer.permit import Permit
from issuer.storage import IssuerStorage, Notice
from issuer.storage_sql import SqlIssuerStorage

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def asked(storage: IssuerStorage) -> Iterator[list[tuple[str, object]]]:
    """The statements of the writer, as the database gets them."""
    assert isinstance(storage, SqlIssuerStorage)
    statements: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(storage._writer, "before_cursor_execute", note)
    yield statements
    event.remove(storage._writer, "before_cursor_execute", note)


def test_what_is_due_is_found_by_its_own_index(
    storage: IssuerStorage, asked: list[tuple[str, object]]
) -> None:
    with storage.transaction() as tx:
        tx.take_messages(AT, limit=10, until=AT)
    statement, parameters = asked[-1]

    assert isinstance(storage, SqlIssuerStorage)
    with storage._reader.begin() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        steps = str(plan.all())
    assert "SEARCH sms_outbox USING INDEX ix_sms_outbox_waiting" in steps
    assert "SEARCH waits_before USING INDEX ix_sms_outbox_subject" in steps


def test_looks_at_nothing_twice_where_nothing_is_due(
    storage: IssuerStorage, asked: list[tuple[str, object]]
) -> None:
    with storage.transaction() as tx:
        assert tx.take_messages(AT, limit=10, until=AT) == []

    assert sum("sms_outbox" in statement for statement, _ in asked) == 1


def test_numbers_stand_in_two_tables_and_nowhere_else(
    storage: IssuerStorage, permit: Permit, tmp_path: Path
) -> None:
    assert isinstance(storage, SqlIssuerStorage)
    with storage.transaction() as tx:
        tx.put_contact(permit.resident.citizen_id_number, "13800138000")
        tx.add_notice(Notice(permit.number, permit.county, "restored", AT))
    with storage._reader.begin() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        holding = [
            name
            for (name,) in tables.all()
            if "13800138000" in str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all())  # noqa: S608
        ]

    assert sorted(holding) == ["contacts", "sms_outbox"]
