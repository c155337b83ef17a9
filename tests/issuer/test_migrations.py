"""Revisions: from nothing, and from each earlier one with data in it."""

from datetime import date

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text

from issuer.audit_check import check_chains
from issuer.audit_log import Act
from issuer.mass_act import Criteria
from issuer.migrations import FOLDER, migrate
from issuer.permit import Permit, endorse
from issuer.sql_register import SqlReading, SqlTransaction

NEW_IN_0002 = {
    "applications",
    "application_serials",
    "application_notices",
    "residence_registrations",
}


def migrate_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def add_permit_of_old(connection: Connection, permit: Permit) -> None:
    """As the statements of revision 0001 did it."""
    connection.execute(
        text("INSERT INTO permits VALUES (:number, :county, :citizen, 0, :document)"),
        {
            "number": permit.number,
            "county": permit.county,
            "citizen": permit.resident.citizen_id_number,
            "document": msgspec.json.encode(permit),
        },
    )


def test_from_nothing_and_a_second_time(new_register_url: str) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate(connection)
        migrate(connection)
        assert set(inspect(connection).get_table_names()) >= NEW_IN_0002
    engine.dispose()


def test_0002_adds_to_0001_and_leaves_its_data_alone(new_register_url: str, permit: Permit) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
        assert not NEW_IN_0002 & set(inspect(connection).get_table_names())
        add_permit_of_old(connection, permit)
        before = connection.execute(text("SELECT * FROM permits")).mappings().one()
    with engine.begin() as connection:
        migrate(connection)
        after = connection.execute(text("SELECT * FROM permits")).mappings().one()
        assert {name: after[name] for name in before} == dict(before)
        assert SqlReading(connection).permits() == [permit]
        assert SqlReading(connection).applications() == []
    engine.dispose()


def test_a_step_that_fails_leaves_the_earlier_revision(
    new_register_url: str, permit: Permit
) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
        add_permit_of_old(connection, permit)
        connection.execute(text("CREATE TABLE residence_registrations (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"), engine.begin() as connection:
        migrate(connection)

    with engine.connect() as connection:
        assert SqlReading(connection).permits() == [permit]
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    assert version == "0001"


def test_0004_fills_what_chooses_permits_from_their_documents(
    new_register_url: str, permit: Permit, today: date
) -> None:
    again = endorse(permit, on=date(2027, 11, 1), by="li-3")
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0003")
        add_permit_of_old(connection, again)
    with engine.begin() as connection:
        migrate(connection)
        (due,) = SqlReading(connection).due_permits("330302", date.min, date.max)
        assert (due.number, due.usable_through) == (permit.number, date(2028, 11, 23))
        for officer, day in (("officer", today), ("li-3", date(2027, 11, 1))):
            criteria = Criteria(officer=officer, first_day=day, last_day=day)
            assert [p.number for p in SqlReading(connection).cohort("330302", criteria)] == [
                permit.number
            ]
    engine.dispose()


# As revision 0002 wrote them: its own digests, and details as its JSON column put them.
OLD_ENTRIES = (
    (
        *(1, 1795406400123456, "li-3", "grant", "ZJ330302202600000012", "{}"),
        *("0" * 64, "9f8260d6d527039877625689d0fcb344452e73657637842e1cf54bf56109ffc7"),
    ),
    (
        *(2, 1795406460000000, "wang-2", "suspend", "ZJ330302202600000012"),
        '{"reason": "\\u793a\\u8303 \\"x\\" \\u0001\\n\\b\\f/", "legal_basis": "\\ud842\\udfb7"}',
        "9f8260d6d527039877625689d0fcb344452e73657637842e1cf54bf56109ffc7",
        "3f78db00448355a6727fb80b4d639244c74dcd32b4dbeb8b25d53366f4436793",
    ),
)


def add_old_entries(connection: Connection) -> None:
    for sequence, at, actor, act, number, details, previous, digest in OLD_ENTRIES:
        connection.execute(
            text(
                "INSERT INTO audit_entries"
                " (county, sequence, at, actor, act, permit_number, details, previous, digest)"
                " VALUES ('330302', :s, :at, :actor, :act, :number, :details, :previous, :digest)"
            ),
            {
                **{"s": sequence, "at": at, "actor": actor, "act": act, "number": number},
                **{"details": details, "previous": previous, "digest": digest},
            },
        )


def test_0005_keeps_chains_of_before_whole_and_goes_on_with_them(new_register_url: str) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0002")
        add_old_entries(connection)
    with engine.begin() as connection:
        migrate(connection)
        register = SqlTransaction(connection, half_bits=2)
        first, second = register.audit()
        act = Act("330302", second.at, "li-3", "look", second.permit_number, role="approver")
        register.record(act)
        (chain,) = check_chains(register.audit_rows())
    engine.dispose()
    assert first.digest == OLD_ENTRIES[0][-1]
    assert second.details == {"reason": '示范 "x" \x01\n\b\f/', "legal_basis": "𠮷"}
    assert (chain.faults, chain.entries) == ((), 3)


@pytest.mark.parametrize(
    "details",
    ["[1, 2]", '{"reason": "\\ud800"}', '{"reason": 1}', "[" * 5_000 + "]" * 5_000],
    ids=["a list", "half a pair", "a number", "deep"],
)
def test_0005_leaves_what_was_damaged_before_for_the_check_to_find(
    new_register_url: str, details: str
) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0002")
        add_old_entries(connection)
        connection.execute(
            text("UPDATE audit_entries SET details = :details WHERE sequence = 1"),
            {"details": details},
        )
    with engine.begin() as connection:
        migrate(connection)
        (chain,) = check_chains(SqlReading(connection).audit_rows())
    engine.dispose()
    assert [fault.sequence for fault in chain.faults] == [1]
