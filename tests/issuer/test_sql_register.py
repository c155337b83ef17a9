"""Statements of the register, as far as the contract does not show them from outside."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, create_engine, text

from issuer.audit_log import Act, verify_chain
from issuer.errors import AuditError
from issuer.migrations import migrate
from issuer.permit import Permit
from issuer.sql_register import SqlReading, SqlTransaction

AT = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path_factory.mktemp('sql')}/register.sqlite")
    with made.begin() as connection:
        migrate(connection)
    return made


def test_an_entry_altered_in_the_database_is_found(engine: Engine, permit: Permit) -> None:
    with engine.begin() as connection:
        tx = SqlTransaction(connection, half_bits=2)
        for reason in ("示范", "再示范"):
            tx.record(Act("330302", AT, "li-3", "suspend", permit.number, {"reason": reason}))
        head = verify_chain(tx.audit("330302"))
        connection.execute(text("UPDATE audit_entries SET actor = 'wang-2' WHERE sequence = 1"))
        assert head == tx.audit("330302")[-1].digest
        with pytest.raises(AuditError, match="entry 1 was altered"):
            verify_chain(tx.audit("330302"))
    engine.dispose()


def test_chains_of_counties_are_apart_and_listed_in_order(engine: Engine, permit: Permit) -> None:
    with engine.begin() as connection:
        tx = SqlTransaction(connection, half_bits=2)
        for county in ("330304", "330302", "330304"):
            tx.record(Act(county, AT, "li-3", "grant", permit.number))
        listed = [(entry.county, entry.sequence) for entry in tx.audit()]
    engine.dispose()

    assert listed == [("330302", 1), ("330304", 1), ("330304", 2)]


def test_the_searchable_columns_follow_the_document(engine: Engine, permit: Permit) -> None:
    corrected = replace(
        permit, resident=replace(permit.resident, citizen_id_number="52000019920512000X")
    )
    with engine.begin() as connection:
        tx = SqlTransaction(connection, half_bits=2)
        tx.add_permit(permit)
        tx.allocate_status(permit.county, permit.number, 1, expires_on=date(2027, 1, 1))
        tx.set_permit_status(permit.number, 2)
        tx.replace_permit(corrected)
    with engine.connect() as connection:
        register = SqlReading(connection)
        assert register.permits_of("52000019920512000X") == [corrected]
        assert register.permits_of(permit.resident.citizen_id_number) == []
        assert list(register.status_values(permit.county, 0).values()) == [2]
    engine.dispose()
