"""The tables: made by the migrations exactly as the statements expect them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, create_engine, inspect
from sqlalchemy.dialects.sqlite import dialect

from issuer.migrations import FOLDER, migrate
from issuer.sql_tables import METADATA, Instant


def test_the_migrations_make_the_tables_that_the_statements_speak_to(
    new_register_url: str,
) -> None:
    engine = create_engine(new_register_url)
    with engine.begin() as connection:
        migrate(connection)
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
        columns = inspect(connection).get_columns("audit_entries")
        assert isinstance(next(c for c in columns if c["name"] == "at")["type"], BigInteger)
        assert set(inspect(connection).get_table_names()) - set(METADATA.tables) == {
            "alembic_version"
        }
    engine.dispose()


def test_there_is_one_line_of_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_come_back_to_the_microsecond_and_in_utc(instant: datetime) -> None:
    in_shanghai = instant.astimezone(timezone(timedelta(hours=8)))
    kept = Instant().process_bind_param(in_shanghai, dialect())

    assert Instant().process_result_value(kept, dialect()) == instant
    assert type(kept) is int


def test_no_instant_stays_none_and_a_naive_one_is_a_fault() -> None:
    assert Instant().process_bind_param(None, dialect()) is None
    assert Instant().process_result_value(None, dialect()) is None
    with pytest.raises(TypeError):
        Instant().process_bind_param(datetime(2026, 11, 23), dialect())  # noqa: DTZ001
