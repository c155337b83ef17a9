"""The register in a database, by SQLAlchemy; an SQLite file by default.

PostgreSQL is the other choice, with the same statements and the same promises. What each
database does to keep those of ``storage.py`` is written in ``sql_engines.py``. In one process
a lock keeps threads in line before they go to the database: SQLite's own waiting is a poll,
and on PostgreSQL one connection for writing is then enough.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from issuer.errors import StorageError
from issuer.migrations import migrate
from issuer.sql_engines import open_engines
from issuer.sql_register import SqlReading, SqlTransaction
from issuer.status_index import HALF_BITS
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction

BUSY_TIMEOUT_S: Final = 10
"""How long a transaction waits for its turn, in seconds."""


class SqlIssuerStorage(IssuerStorage):
    """Opens the database, and makes or updates its tables.

    Args:
        database_url: ``sqlite:///PATH``, where file and folder are made if need be, or
            ``postgresql://…``, where the database must be there.
        half_bits: size of new status lists, see ``status_index``; smaller ones are for tests.

    Raises:
        StorageError: no such database can be opened, or it is of a newer version.
    """

    def __init__(self, database_url: str, *, half_bits: int = HALF_BITS) -> None:
        self._half_bits = half_bits
        self._turn = Lock()
        with ExitStack() as stack, _as_storage_errors():
            self._writer, self._reader = open_engines(database_url, busy_timeout_s=BUSY_TIMEOUT_S)
            stack.callback(self.close)
            # In a turn like any other: of processes that start together one makes the tables.
            with self._writer.begin() as connection:
                migrate(connection)
            stack.pop_all()

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
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        raise StorageError(
            f"the register cannot be used: {_reason(error)}",
            remedy="Look whether the act was done before doing it again." if lost else "",
        ) from error


def _reason(error: SQLAlchemyError) -> str:
    """The driver's own words, which name tables and columns.

    SQLAlchemy's would add the statement; its parameters, which are personal data, are hidden at
    the engine besides. PostgreSQL adds a line with the values that are there already. So that
    no log of the cause repeats them, the errors themselves keep the first line only.
    """
    driver_error = getattr(error, "orig", None)
    primary = getattr(getattr(driver_error, "diag", None), "message_primary", None)
    if driver_error is not None and primary is not None:
        driver_error.args = error.args = (primary,)
    return " ".join(str(driver_error or type(error).__name__).split())
