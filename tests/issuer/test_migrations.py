"""Revisions: from nothing, and from each earlier one with data in it."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text

from issuer.migrations import FOLDER, migrate
from issuer.permit import Permit
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
        SqlTransaction(connection, half_bits=2).add_permit(permit)
        before = connection.execute(text("SELECT * FROM permits")).all()
    with engine.begin() as connection:
        migrate(connection)
        assert connection.execute(text("SELECT * FROM permits")).all() == before
        assert SqlReading(connection).permits() == [permit]
        assert SqlReading(connection).applications() == []
    engine.dispose()


def test_a_step_that_fails_leaves_the_earlier_revision(
    new_register_url: str, permit: Permit
) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
        SqlTransaction(connection, half_bits=2).add_permit(permit)
        connection.execute(text("CREATE TABLE residence_registrations (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"), engine.begin() as connection:
        migrate(connection)

    with engine.connect() as connection:
        assert SqlReading(connection).permits() == [permit]
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    assert version == "0001"
