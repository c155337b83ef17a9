"""Connections to PostgreSQL: their guards, what becomes of them when they break, what they tell."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from issuer import sql_engines
from issuer.errors import StorageError
from issuer.permit import Permit
from issuer.storage import IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage

SECRET = "s3cret-Wort"
"""A password, and the beginning of those with special characters in them."""


@pytest.fixture
def storage_pg(postgres_url: str) -> Iterator[SqlIssuerStorage]:
    opened = SqlIssuerStorage(postgres_url)
    yield opened
    opened.close()


def end_connections(url: str) -> None:
    """What a restart of the server does to its clients."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize(
    ("database_url", "what"),
    [
        (f"postgresql://li:{SECRET}@127.0.0.1:1/register", "nobody listens there"),
        (f"postgresql://li@127.0.0.1:1/register?password={SECRET}", "an option of the library"),
        (f"postgresql://li:x@h/register?sslmode=x&password={SECRET}", "no such mode"),
        (f"postgresql://li:x@h/register?passwort={SECRET}", "no such option"),
        (f"postgresql://li:9@x:{SECRET}@127.0.0.1/register", "the rest is taken for a port"),
        (f"postgresql://li:9@{SECRET}@127.0.0.1:1/register", "the rest is taken for a host"),
        (f"postgresql://li:9@x/{SECRET}@127.0.0.1:1/register", "the rest is taken for a database"),
        (f"postgresql+asyncpg://li:{SECRET}@127.0.0.1:1/register", "another driver"),
        (f"postgres:li:{SECRET}@127.0.0.1", "no URL"),
    ],
)
def test_a_password_is_in_no_error_and_no_log(
    database_url: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with pytest.raises(StorageError) as caught:
        SqlIssuerStorage(database_url)
    logging.getLogger("issuer").error("no register", exc_info=caught.value)

    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "no register" in told
    assert SECRET not in told, what


def test_a_password_that_is_right_is_not_told_either(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = postgres_url.replace("postgres:@", f"postgres:{SECRET}@")
    storage = SqlIssuerStorage(url)
    with storage.reading() as register:
        register.permits()
    storage.close()

    assert SECRET not in caplog.text + repr(storage._writer) + repr(storage._writer.pool)


def test_connections_are_as_strict_as_the_port_whatever_the_server_s_defaults(
    new_postgres_url: str,
) -> None:
    with psycopg.connect(new_postgres_url) as connection:
        for setting in (
            "synchronous_commit = off",
            "default_transaction_isolation = 'serializable'",
            "statement_timeout = '1min'",
        ):
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting}".encode())
    storage = SqlIssuerStorage(new_postgres_url)
    names = ("transaction_isolation", "transaction_read_only", "synchronous_commit")
    seen = []
    for engine in (storage._writer, storage._reader):
        with engine.begin() as connection:
            seen.append([connection.execute(text(f"SHOW {name}")).scalar() for name in names])
    storage.close()

    assert seen == [["read committed", "off", "on"], ["repeatable read", "on", "off"]]


def test_a_process_takes_a_bounded_number_of_connections(storage_pg: SqlIssuerStorage) -> None:
    for engine, most in ((storage_pg._writer, 1), (storage_pg._reader, 10)):
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.size() + pool._max_overflow == most


def test_another_encoding_than_utf_8_is_refused_before_anything_is_written(
    new_postgres_url: str,
) -> None:
    with psycopg.connect(new_postgres_url, autocommit=True) as connection:
        name = f"{connection.info.dbname}_ascii"
        connection.execute(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0".encode()
        )

    with pytest.raises(StorageError, match="UTF-8"):
        SqlIssuerStorage(new_postgres_url.replace(name.removesuffix("_ascii"), name))


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(lambda tx: tx.next_permit_serial("330302", 2027), id="a statement"),
        pytest.param(lambda tx: None, id="the commit"),
    ],
)
def test_a_connection_that_breaks_in_a_block_undoes_it_and_the_next_block_has_a_new_one(
    storage_pg: SqlIssuerStorage,
    postgres_url: str,
    permit: Permit,
    ending: Callable[[IssuerTransaction], object],
) -> None:
    def broken() -> None:
        with storage_pg.transaction() as tx:
            tx.add_permit(permit)
            end_connections(postgres_url)
            ending(tx)

    with pytest.raises(StorageError, match="Look whether the act was done"):
        broken()
    with storage_pg.reading() as register:
        assert register.permits() == []
    with storage_pg.transaction() as tx:
        tx.add_permit(permit)
    with storage_pg.reading() as register:
        assert register.permits() == [permit]


def test_connections_that_broke_between_blocks_are_not_noticed(
    storage_pg: SqlIssuerStorage, postgres_url: str
) -> None:
    with storage_pg.reading(), storage_pg.reading():
        pass
    end_connections(postgres_url)

    with storage_pg.transaction() as tx, storage_pg.reading() as register:
        assert tx.permits() == register.permits() == []


def test_a_block_that_stands_still_loses_its_turn(
    postgres_url: str, permit: Permit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_engines, "STALLED_AFTER_S", 0.2)
    stalled, other = SqlIssuerStorage(postgres_url), SqlIssuerStorage(postgres_url)
    done = threading.Event()

    def stand_still() -> None:
        with stalled.transaction() as tx:
            tx.add_permit(permit)
            # The other one waits for this block, and this block for the other one.
            worker = threading.Thread(target=work)
            worker.start()
            assert done.wait(10)
            worker.join()

    def work() -> None:
        with other.transaction() as tx:
            tx.next_permit_serial("330302", 2026)
        done.set()

    with pytest.raises(StorageError):
        stand_still()
    with other.reading() as register:
        assert register.permits() == []
    stalled.close()
    other.close()


def test_writers_come_one_after_the_other_and_each_sees_what_the_one_before_left(
    postgres_url: str, permit: Permit
) -> None:
    """The second block begins to wait before the first one commits, and still sees its work."""
    first, second = SqlIssuerStorage(postgres_url), SqlIssuerStorage(postgres_url)
    seen: list[Permit] = []

    def look() -> None:
        with second.transaction() as tx:
            seen.extend(tx.permits())

    worker = threading.Thread(target=look)
    with first.transaction() as tx:
        worker.start()
        with psycopg.connect(postgres_url, autocommit=True) as watch:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while watch.execute(waiting).fetchone() == (0,):
                time.sleep(0.005)
        tx.add_permit(permit)
    worker.join()
    first.close()
    second.close()

    assert seen == [permit]
