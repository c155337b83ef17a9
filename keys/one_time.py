"""Values that count once: nonces, shown codes, sessions that are closed.

The port has three verbs and no look-up, on purpose. Checking a value and spending it are
one step, so two requests racing with the same value cannot both win [OID4VCI §13.6.1].

Contract of every adapter, held by one suite:
- ``take`` and ``claim`` are atomic: of any number of concurrent calls one succeeds, also
  across processes where the adapter is shared by several.
- A value is gone after its time to live; until then it is kept or an error was raised.
- A store that is full or cannot be reached raises; it never says yes by mistake.

Redis is bounded by its own ``maxmemory``, which must go with the policy ``noeviction``: a
store that forgets under pressure would let a value count twice.
"""

import asyncio
import os
import sqlite3
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError

from keys.errors import TrustError

MAX_ENTRIES = 100_000
"""Values one memory or file store holds at once, so that a flood cannot exhaust it."""

REDIS_CONNECTIONS = 32
"""Connections one process opens at most; commands take a fraction of a millisecond."""
REDIS_TIMEOUT_S = 3
"""How long to wait for a free connection, for connecting and for an answer, in seconds."""


class StoreFullError(TrustError):
    """As many values are held as the store takes; try again when some have run out."""

    code = "store_full"
    http_status = 503


class StoreUnavailableError(TrustError):
    """The store cannot be reached, so nobody can say whether a value was used before."""

    code = "store_unavailable"
    http_status = 503


class OneTimeStore(ABC):
    """Keeps byte strings under keys until they are taken or run out."""

    @abstractmethod
    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Keep ``value`` for ``ttl_s`` seconds, replacing what was there.

        Raises:
            StoreFullError: no room.
        """

    @abstractmethod
    async def take(self, key: str) -> bytes | None:
        """Remove and return the value; ``None`` if unknown, already taken or run out."""

    @abstractmethod
    async def claim(self, key: str, ttl_s: int) -> bool:
        """True for the first call with ``key``, false for all others for ``ttl_s`` seconds.

        Raises:
            StoreFullError: no room; nothing was claimed.
        """


class MemoryOneTimeStore(OneTimeStore):
    """For one process: tests and the embedded default."""

    def __init__(
        self, now_s: Callable[[], float] = time.monotonic, max_entries: int = MAX_ENTRIES
    ) -> None:
        self._now_s = now_s
        self._max_entries = max_entries
        self._values: dict[str, tuple[float, bytes]] = {}
        self._ends: list[tuple[float, str]] = []  # a heap, so that dropping costs little

    # None of the three awaits anything: that is what makes them atomic here.

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        now = self._now_s()
        self._drop_expired(now)
        self._keep(key, value, now + ttl_s)

    async def take(self, key: str) -> bytes | None:
        expires_at, value = self._values.pop(key, (0.0, b""))
        return value if self._now_s() < expires_at else None

    async def claim(self, key: str, ttl_s: int) -> bool:
        now = self._now_s()
        self._drop_expired(now)
        if key in self._values:
            return False
        self._keep(key, b"", now + ttl_s)
        return True

    def _keep(self, key: str, value: bytes, expires_at: float) -> None:
        if key not in self._values and len(self._values) >= self._max_entries:
            raise StoreFullError(f"{self._max_entries} one-time values are held")
        self._values[key] = (expires_at, value)
        heappush(self._ends, (expires_at, key))
        # Taken values leave their end behind; the heap is made anew before they outnumber.
        if len(self._ends) > 2 * len(self._values) + 1024:
            self._ends = [(end, held) for held, (end, _) in self._values.items()]
            heapify(self._ends)

    def _drop_expired(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, key = heappop(self._ends)
            if key in self._values and self._values[key][0] <= now:
                del self._values[key]


class FileOneTimeStore(OneTimeStore):
    """An SQLite file: survives restarts, and serves several processes of one machine.

    Time is the machine's wall clock, since a monotonic one starts anew with the machine.
    What was written outlives any process; a power cut may undo the last moments, which are
    shorter than the machine takes to start again and to be asked once more.
    """

    def __init__(
        self, path: Path, now_s: Callable[[], float] = time.time, max_entries: int = MAX_ENTRIES
    ) -> None:
        self._now_s = now_s
        self._max_entries = max_entries
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        # Kept open: opening and closing would cost a hundred times what a claim does.
        self._connection = sqlite3.connect(
            path, timeout=10.0, isolation_level=None, check_same_thread=False
        )
        self.close = weakref.finalize(self, self._connection.close)
        with _as_unavailable(sqlite3.Error):
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS one_time"
                " (key TEXT UNIQUE NOT NULL, expires_at REAL NOT NULL, value BLOB NOT NULL)"
            )
            self._connection.execute("CREATE INDEX IF NOT EXISTS ends ON one_time (expires_at)")

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        await asyncio.to_thread(self._write, key, value, ttl_s, replace=True)

    async def take(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self._take, key)

    async def claim(self, key: str, ttl_s: int) -> bool:
        return await asyncio.to_thread(self._write, key, b"", ttl_s, replace=False)

    @contextmanager
    def _transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._lock, _as_unavailable(sqlite3.Error):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _write(self, key: str, value: bytes, ttl_s: int, *, replace: bool) -> bool:
        now = self._now_s()
        with self._transaction() as execute:
            execute("DELETE FROM one_time WHERE expires_at <= ?", (now,))
            if replace:
                execute("DELETE FROM one_time WHERE key = ?", (key,))
            self._check_room(execute)
            done = execute(
                "INSERT OR IGNORE INTO one_time VALUES (?, ?, ?)", (key, now + ttl_s, value)
            )
            return done.rowcount == 1

    def _check_room(self, execute: Callable[..., sqlite3.Cursor]) -> None:
        # The span of row numbers is read at once and never less than the number of rows;
        # only where it reaches the cap does counting them say more.
        ((span,),) = execute(
            "SELECT (SELECT max(rowid) FROM one_time) - (SELECT min(rowid) FROM one_time) + 1"
        )
        if span is None or span < self._max_entries:
            return
        ((held,),) = execute("SELECT count(*) FROM one_time")
        if held >= self._max_entries:
            raise StoreFullError(f"{self._max_entries} one-time values are held")

    def _take(self, key: str) -> bytes | None:
        with self._transaction() as execute:
            rows = execute(
                "DELETE FROM one_time WHERE key = ? RETURNING expires_at, value", (key,)
            ).fetchall()
        return rows[0][1] if rows and self._now_s() < rows[0][0] else None


class RedisOneTimeStore(OneTimeStore):
    """For several processes. Needs Redis 6.2, the first with GETDEL [REDIS-GETDEL]."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        with _as_unavailable(RedisError):
            await self._redis.set(self._prefix + key, value, ex=ttl_s)

    async def take(self, key: str) -> bytes | None:
        with _as_unavailable(RedisError):
            # Bytes, not str: the client is made without decode_responses.
            return cast("bytes | None", await self._redis.getdel(self._prefix + key))

    async def claim(self, key: str, ttl_s: int) -> bool:
        with _as_unavailable(RedisError):
            return await self._redis.set(self._prefix + key, b"", ex=ttl_s, nx=True) is not None


def connect_redis(url: str) -> Redis:
    """A client for one process; it connects when first used.

    Its callers wait for a free connection, where the library's own default refuses the
    hundred-and-first, and it gives up within seconds, where the default takes many.
    Sending a command twice is safe: at worst a value counts as used that nobody got.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_TIMEOUT_S,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        retry=Retry(ConstantBackoff(0.05), retries=2),
    )
    return Redis.from_pool(pool)


@contextmanager
def _as_unavailable(kind: type[Exception]) -> Iterator[None]:
    try:
        yield
    except kind as error:
        raise StoreUnavailableError(
            f"the store of one-time values does not answer: {type(error).__name__}",
            remedy="Try again; if it stays so, the operator must look at the store.",
        ) from error
