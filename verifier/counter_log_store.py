"""The counter log on disk: an SQLite file whose details are sealed, and a purge that deletes.

What may be about a person is sealed with a key that lies beside the file and goes into no
copy of it. Deleting overwrites (``secure_delete``), the file is written anew after a purge,
and the journal is removed with each transaction, so that nothing that was deleted is left
in the folder. Processes of one machine may share it.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from keys.errors import SealError
from keys.sealed_box import seal, unseal
from verifier.counter_log import Details, Entry, Tally, decode_details, encode_details
from verifier.counter_log_key import KEY_FILE, LogError, LogKey, as_log_error
from verifier.service_items import Retention
from verifier.verdict import Kind

LOG_FILE = "counter-log.db"
WAIT_S = 5.0
"""How long to wait for another process that is writing, in seconds."""
_PURPOSE = b"counter-log"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " county TEXT NOT NULL, desk TEXT NOT NULL, item TEXT NOT NULL, verdict TEXT NOT NULL,"
    " reason TEXT, retention TEXT NOT NULL, expires_at INTEGER NOT NULL, sealed BLOB)",
    "CREATE INDEX IF NOT EXISTS ends ON entry (expires_at)",
    "CREATE INDEX IF NOT EXISTS times ON entry (at)",
    "CREATE TABLE IF NOT EXISTS tally (day TEXT NOT NULL, county TEXT NOT NULL,"
    " desk TEXT NOT NULL, item TEXT NOT NULL, verdict TEXT NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (day, county, desk, item, verdict))",
)
_COLUMNS = "id, at, county, desk, item, verdict, reason, retention, expires_at, sealed"

Execute = Callable[..., sqlite3.Cursor]
Row = tuple[int, int, str, str, str, str, str | None, str, int, bytes | None]


class CounterLog:
    """The log of one verifier. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        """Nothing is opened before it is needed: a verdict can be given without a log."""
        self._directory = directory
        self._key = LogKey(directory)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def append(self, entry: Entry | None, tally: Tally) -> None:
        """Keep an entry, if there is one, and count the check; both or neither.

        Raises:
            LogDiskFullError, LogError: nothing was kept.
        """
        with self._transaction() as execute:
            execute(
                "INSERT INTO tally VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                (tally.day.isoformat(), tally.county, tally.desk, tally.item, tally.verdict),
            )
            if entry is not None:
                execute(
                    "INSERT INTO entry (at, county, desk, item, verdict, reason, retention,"
                    " expires_at, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    self._written(entry),
                )

    def entries(self, since: datetime, until: datetime, now: datetime) -> list[tuple[int, Entry]]:
        """Those from ``since`` to before ``until``, oldest first, each with its number.

        One whose time is over is not shown, though no purge may have come by yet.

        Raises:
            LogError: the log cannot be read, or its key is another one.
        """
        with self._transaction() as execute:
            rows = execute(
                f"SELECT {_COLUMNS} FROM entry WHERE at >= ? AND at < ? AND expires_at > ?"  # noqa: S608 - names of ours
                " ORDER BY at, id",
                (since.timestamp(), until.timestamp(), now.timestamp()),
            ).fetchall()
        return [(row[0], self._read(row)) for row in rows]

    def entry(self, number: int, now: datetime) -> Entry | None:
        """One by its number; ``None`` where there is none, or its time is over.

        Raises:
            LogError: the log cannot be read, or its key is another one.
        """
        with self._transaction() as execute:
            row = execute(
                f"SELECT {_COLUMNS} FROM entry WHERE id = ? AND expires_at > ?",  # noqa: S608 - names of ours
                (number, now.timestamp()),
            ).fetchone()
        return None if row is None else self._read(row)

    def tallies(self, first: date, last: date) -> list[tuple[Tally, int]]:
        """The counts of these days, both included.

        Raises:
            LogError: the log cannot be read.
        """
        with self._transaction() as execute:
            rows = execute(
                "SELECT day, county, desk, item, verdict, n FROM tally"
                " WHERE day BETWEEN ? AND ? ORDER BY day, county, desk, item, verdict",
                (first.isoformat(), last.isoformat()),
            ).fetchall()
        return [
            (
                Tally(
                    day=date.fromisoformat(day),
                    county=county,
                    desk=desk,
                    item=item,
                    verdict=verdict,
                ),
                n,
            )
            for day, county, desk, item, verdict, n in rows
        ]

    def purge(self, now: datetime) -> int:
        """Delete what has expired, so that nothing of it is left on disk; how many entries.

        Raises:
            LogError: not all of it could be deleted; it is no longer shown in any case.
        """
        with self._transaction() as execute:
            gone = execute("DELETE FROM entry WHERE expires_at <= ?", (now.timestamp(),)).rowcount
        if gone:
            with self._lock, as_log_error():
                self._open().execute("VACUUM")
        return gone

    def _written(self, entry: Entry) -> tuple[object, ...]:
        sealed = None
        if entry.details is not None:
            sealed = seal(self._key.value(), encode_details(entry.details), associated=_PURPOSE)
        return (
            int(entry.at.timestamp()),
            entry.county,
            entry.desk,
            entry.item,
            entry.verdict,
            entry.reason,
            entry.retention.value,
            int(entry.expires_at.timestamp()),
            sealed,
        )

    def _read(self, row: Row) -> Entry:
        _, at, county, desk, item, verdict, reason, retention, expires_at, sealed = row
        return Entry(
            at=datetime.fromtimestamp(at, UTC),
            county=county,
            desk=desk,
            item=item,
            verdict=cast("Kind", verdict),
            reason=reason,
            retention=Retention(retention),
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            details=None if sealed is None else self._unsealed(sealed),
        )

    def _unsealed(self, sealed: bytes) -> Details:
        try:
            return decode_details(unseal(self._key.value(), sealed, associated=_PURPOSE))
        except SealError as error:
            raise LogError(
                f"an entry was sealed with another key than {KEY_FILE}",
                remedy="Put the key back that belongs to this log.",
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[Execute]:
        with self._lock, as_log_error():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection.execute
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            path = self._directory / LOG_FILE
            self._directory.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(
                path, timeout=WAIT_S, isolation_level=None, check_same_thread=False
            )
            # Kept only when all of it went well: the next check tries again.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA synchronous=FULL")
            for statement in _TABLES:
                connection.execute(statement)
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
