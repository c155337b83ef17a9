"""Batches in the database: the next portion is found at once, however much is done."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, event, text

from issuer.batch import Outcome
from issuer.campaign import Campaign, Due
from issuer.migrations import migrate
from issuer.permit import Permit
from issuer.sql_register import SqlTransaction

AT = datetime(2027, 11, 1, 4, tzinfo=UTC)
CAMPAIGN = Campaign(
    id="PL33030220270000001",
    county="330302",
    due=Due.BOTH,
    started_by="li-3",
    started_on=date(2027, 11, 1),
    started_at=AT,
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path}/batches.sqlite")
    with engine.begin() as opened:
        migrate(opened)
        yield opened
    engine.dispose()


@pytest.fixture
def tx(connection: Connection, permit: Permit) -> SqlTransaction:
    """A campaign of two hundred permits."""
    opened = SqlTransaction(connection, half_bits=2)
    numbers = [f"P{n:03d}" for n in range(200)]
    for number in numbers:
        opened.add_permit(replace(permit, number=number))
    opened.add_batch(CAMPAIGN)
    opened.add_batch_items(CAMPAIGN.id, numbers)
    return opened


def test_what_waits_is_in_an_index_of_its_own(connection: Connection, tx: SqlTransaction) -> None:
    tx.settle_items(CAMPAIGN.id, {f"P{n:03d}": Outcome.DONE for n in range(150)}, AT)
    plans: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        plans.extend(str(row[3]) for row in rows)

    (first,) = tx.waiting_permits(CAMPAIGN.id, 1)

    assert first.number == "P150"
    assert any("ix_batch_items_waiting" in plan for plan in plans), plans


def test_a_campaign_is_kept_as_one_document(connection: Connection, tx: SqlTransaction) -> None:
    document = connection.execute(text("SELECT document FROM batches")).scalar_one()

    assert b'"type":"campaign"' in document
    assert b'"due":"both"' in document
    assert tx.batch(CAMPAIGN.id) == CAMPAIGN
