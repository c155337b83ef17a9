"""What chooses permits: found by indices, without a document being read, and kept up to date."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from issuer.mass_act import Criteria
from issuer.migrations import migrate
from issuer.permit import Permit, endorse
from issuer.sql_register import SqlTransaction
from issuer.sql_selections import AT_ONCE, keep_endorsement, portions

KEY = "k" * 43


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path}/selections.sqlite")
    with engine.begin() as opened:
        migrate(opened)
        yield opened
    engine.dispose()


@pytest.fixture
def tx(connection: Connection, permit: Permit) -> SqlTransaction:
    """The permit in it, with a copy signed by ``KEY``."""
    opened = SqlTransaction(connection, half_bits=2)
    opened.add_permit(permit)
    opened.allocate_status("330302", permit.number, 1, expires_on=date(2027, 1, 1), signed_by=KEY)
    return opened


def test_no_document_is_read_to_choose(
    connection: Connection, tx: SqlTransaction, permit: Permit
) -> None:
    connection.execute(text("UPDATE permits SET document = x'ff'"))

    (due,) = tx.due_permits("330302", date.min, date.max)
    (expiring,) = tx.expiring_permits(date.min, date.max, limit=9)
    (chosen,) = tx.cohort("330302", Criteria(officer="officer", signing_key=KEY))

    assert due.number == expiring.number == chosen.number == permit.number


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda tx: tx.due_permits("330302", date.min, date.max), "ix_permits_due"),
        (lambda tx: tx.expiring_permits(date.min, date.max, limit=9), "ix_permits_due"),
        (lambda tx: tx.cohort("330302", Criteria(officer="li-3")), "ix_permit_endorsements_made"),
        (lambda tx: tx.endorsement_applicants(["x"]), "ix_applications_one_open"),
    ],
    ids=["due", "expiring", "cohort", "applicants"],
)
def test_an_index_answers(connection: Connection, tx: SqlTransaction, ask: Any, index: str) -> None:
    plans: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        plans.extend(str(row[3]) for row in rows)

    ask(tx)

    assert any(index in plan for plan in plans), plans


def test_each_endorsement_is_kept_once(
    connection: Connection, tx: SqlTransaction, permit: Permit
) -> None:
    again = endorse(permit, on=date(2027, 11, 1), by="li-3")
    for held in (permit, again, again):
        keep_endorsement(connection, held)

    kept = "SELECT sequence, made_on, made_by FROM permit_endorsements ORDER BY sequence"
    rows = connection.execute(text(kept)).all()

    assert [tuple(row) for row in rows] == [(1, "2026-11-23", "officer"), (2, "2027-11-01", "li-3")]


def test_values_are_given_a_few_at_a_time() -> None:
    given = list(portions(range(AT_ONCE * 2 + 1)))

    assert [len(some) for some in given] == [AT_ONCE, AT_ONCE, 1]
    assert [value for some in given for value in some] == list(range(AT_ONCE * 2 + 1))
    assert list(portions([])) == []
