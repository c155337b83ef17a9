"""Connections to the databases that can hold the register, each set up to keep its promises.

How each keeps the promises of ``storage.py``:

**SQLite.** ``BEGIN IMMEDIATE`` makes writers of all processes wait for one another from the
start, so nothing read in a block can change before its commit; WAL lets readers go on
meanwhile; ``synchronous=FULL`` puts each commit on the disk before it is answered.

**PostgreSQL.** Each block begins by taking one advisory lock, held until its commit is
visible: writers of all processes wait for one another, first come, first served. It is one
lock for the register and not one for each county, because a block does not know its county
when it begins (a code is redeemed, a citizen's permits in all counties are looked at).
``SERIALIZABLE`` would let blocks overlap, but refuses some at the end, and a ``with`` block
cannot be run again. Blocks are ``READ COMMITTED``, so that each statement sees what was
committed while the block waited; a ``REPEATABLE READ`` one would see the state from before its
turn. Readers are ``REPEATABLE READ, READ ONLY``: one state, no lock.
A block that stands still for ``STALLED_AFTER_S`` is undone by the server, because nobody else
could write meanwhile. A connection lost in a block undoes it too; one lost during the commit
itself leaves open whether the block was done, and the error says so.
"""

from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from issuer.errors import StorageError

STALLED_AFTER_S: Final = 60
"""How long a writing block may stand still between two statements on PostgreSQL, in seconds."""
READERS: Final = 5
"""Connections that each process keeps open for reading; as many again at a rush."""
REGISTER_LOCK: Final = 0x5A4A_5245_4749_5354
"""Number of the advisory lock; locks of other databases on the server are apart anyway."""
_FORMS: Final = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"
# A server that has gone away without a word is noticed within half a minute.
_LIBPQ_DEFAULTS: Final = {
    "application_name": "residence-permit-issuer",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


class Engines(NamedTuple):
    """One way in for writing, one for reading."""

    writer: Engine
    reader: Engine


def open_engines(database_url: str, *, busy_timeout_s: float) -> Engines:
    """Engines for the database, to which nothing has connected yet; an SQLite file is made.

    Args:
        database_url: ``sqlite:///PATH`` or ``postgresql://…``, whose query may hold options of
            the PostgreSQL client library such as ``sslmode``.
        busy_timeout_s: how long a block waits for its turn, in seconds.

    Raises:
        StorageError: no database of this kind can keep the promises, or the file cannot be
            made. Nothing of the URL is repeated: it may hold a password.
    """
    url = _parsed(database_url)
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return _postgresql_engines(url, busy_timeout_s)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        _make_file(Path(str(url.database)))
        return Engines(
            _sqlite_engine(url, busy_timeout_s, begin="BEGIN IMMEDIATE", query_only=False),
            _sqlite_engine(url, busy_timeout_s, begin="BEGIN", query_only=True),
        )
    raise StorageError(
        "the register needs an SQLite file or a PostgreSQL database",
        remedy=f"Use a URL of the form {_FORMS}.",
    )


def _parsed(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        # Without the cause: it quotes what it took for the port, which may be a password.
        raise StorageError(f"the database URL is not of the form {_FORMS}") from None
    if url.get_backend_name() == "postgresql" and "@" in f"{url.host}{url.database}":
        # The rest of a password would be looked up as a host, and told to the name servers.
        raise StorageError(
            "the database URL has more than one @",
            remedy="Write special characters of its password as %XX, @ as %40.",
        )
    return url


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Personal data: SQLite gives the files beside it the mode of this one.
        path.touch(mode=0o600)
    except OSError as error:
        raise StorageError(f"the file of the register cannot be made: {error}") from error


def _sqlite_engine(url: URL, busy_timeout_s: float, *, begin: str, query_only: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": busy_timeout_s})

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


def _postgresql_engines(url: URL, busy_timeout_s: float) -> Engines:
    # One writer is enough for a process, whose threads take turns before they ask for it.
    writer = _postgresql_engine(url, "READ COMMITTED", busy_timeout_s, size=1, overflow=0)
    reader = _postgresql_engine(
        url, "REPEATABLE READ", busy_timeout_s, size=READERS, overflow=READERS
    )
    # One message to the server. A server that commits later than it answers is overruled;
    # one that waits for its replicas is left at it.
    take_turn = (
        f"SET LOCAL lock_timeout = {int(busy_timeout_s * 1000)};"
        f"SET LOCAL idle_in_transaction_session_timeout = {int(STALLED_AFTER_S * 1000)};"
        "SELECT set_config('synchronous_commit', 'on', true)"
        " WHERE current_setting('synchronous_commit') = 'off';"
        f"SELECT pg_advisory_xact_lock({REGISTER_LOCK})"
    )

    @event.listens_for(writer, "begin")
    def wait_for_turn(connection: Connection) -> None:
        connection.exec_driver_sql(take_turn)

    @event.listens_for(reader, "connect")
    def only_read(connection: Any, _: object) -> None:
        connection.read_only = True

    return Engines(writer, reader)


def _postgresql_engine(
    url: URL, isolation_level: Any, busy_timeout_s: float, *, size: int, overflow: int
) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level=isolation_level,
        hide_parameters=True,
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=busy_timeout_s,
        pool_pre_ping=True,
        connect_args={k: v for k, v in _LIBPQ_DEFAULTS.items() if k not in url.query},
    )

    # First of all: in another encoding the driver's own questions go wrong.
    @event.listens_for(engine, "connect", insert=True)
    def check_encoding(connection: Any, _: object) -> None:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise StorageError(
                "the database does not keep its text in UTF-8",
                remedy="Create it with ENCODING 'UTF8'.",
            )

    return engine
