"""The register in a database, by SQLAlchemy; an SQLite file by default.

How the promises of ``storage.py`` are kept on SQLite: ``BEGIN IMMEDIATE`` makes writers of
all processes wait for one another from the start, so nothing read in a block can change
before its commit; WAL lets readers go on meanwhile; ``synchronous=FULL`` puts each commit on
the disk before it is answered. In one process a lock keeps threads in line, because SQLite's
own waiting is a poll.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from issuer.errors import StorageError
from issuer.migrations import migrate
from issuer.sql_register import SqlReading, SqlTransaction
from issuer.status_index import HALF_BITS
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction

BUSY_TIMEOUT_S: Final = 10
"""How long a transaction waits for its turn, in seconds."""


class SqlIssuerStorage(IssuerStorage):
    """Opens the database, and makes or updates its tables.

    Args:
        database_url: an SQLAlchemy URL; file and folder are made if need be.
        half_bits: size of new status lists, see ``status_index``; smaller ones are for tests.

    Raises:
        StorageError: no such database can be opened, or it is of a newer version.
    """

    def __init__(self, database_url: str, *, half_bits: int = HALF_BITS) -> None:
        self._half_bits = half_bits
        self._turn = Lock()
        _make_file(database_url)
        with _as_storage_errors():
            self._writer = _engine(database_url, begin="BEGIN IMMEDIATE", query_only=False)
            self._reader = _engine(database_url, begin="BEGIN", query_only=True)
            with self._writer.begin() as connection:
                migrate(connection)

    @contextmanager
    def transaction(self) -> Iterator[IssuerTransaction]:
        if not self._turn.acquire(timeout=BUSY_TIMEOUT_S):
            raise StorageError("another transaction of this process does not come to its end")
        try:
            with _as_storage_errors(), self._writer.begin() as connection:
                yield SqlTransaction(connection, half_bits=self._half_bits)
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[IssuerReading]:
        with _as_storage_errors(), self._reader.begin() as connection:
            yield SqlReading(connection)

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


@contextmanager
def _as_storage_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The driver's own words name tables and columns. SQLAlchemy's would add the statement;
        # its parameters, which are personal data, are hidden at the engine besides.
        reason = getattr(error, "orig", None) or type(error).__name__
        raise StorageError(f"the register cannot be used: {reason}") from error


def _make_file(database_url: str) -> None:
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise StorageError("the database URL is not of the form sqlite:///PATH") from error
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise StorageError(
            "the register needs an SQLite file", remedy="Use a URL of the form sqlite:///PATH."
        )
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Personal data: SQLite gives the files beside it the mode of this one.
        path.touch(mode=0o600)
    except OSError as error:
        raise StorageError(f"the file of the register cannot be made: {error}") from error


def _engine(database_url: str, *, begin: str, query_only: bool) -> Engine:
    engine = create_engine(
        database_url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        # The driver must not begin transactions by itself: it would begin deferred ones.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
