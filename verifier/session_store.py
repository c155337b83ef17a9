"""Where a request waits for its answer: named bytes that run out.

The port promises little on purpose: last write wins, and a value may be gone after its
time. What must happen exactly once (closing a session) is asked of
``keys.one_time.OneTimeStore``, which promises atomicity.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import cast

from redis.asyncio import Redis

from verifier.presentation_session import TooManySessionsError


class SessionStore(ABC):
    """Keeps bytes under an identifier for a while."""

    @abstractmethod
    async def put(self, session_id: str, value: bytes, ttl_s: int) -> None:
        """Keep ``value`` for ``ttl_s`` seconds, replacing what was there.

        Raises:
            TooManySessionsError: a new identifier, and no more are taken at present.
        """

    @abstractmethod
    async def get(self, session_id: str) -> bytes | None:
        """The value, or ``None`` if unknown or run out."""


class MemorySessionStore(SessionStore):
    """For one process; holds at most ``maximum`` sessions so that memory stays bounded."""

    def __init__(self, maximum: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._maximum = maximum
        self._now_s = now_s
        self._values: dict[str, tuple[float, bytes]] = {}

    async def put(self, session_id: str, value: bytes, ttl_s: int) -> None:
        now = self._now_s()
        self._forget_what_ran_out(now)
        if session_id not in self._values and len(self._values) >= self._maximum:
            raise TooManySessionsError(f"{self._maximum} requests are waiting for an answer")
        self._values[session_id] = (now + ttl_s, value)

    def _forget_what_ran_out(self, now: float) -> None:
        # Results hold names and numbers, so they go with their time, not when room is needed
        # [SD-JWT §10.2].
        self._values = {k: kept for k, kept in self._values.items() if kept[0] > now}

    async def get(self, session_id: str) -> bytes | None:
        expires_at, value = self._values.get(session_id, (0.0, b""))
        return value if self._now_s() < expires_at else None


class RedisSessionStore(SessionStore):
    """For several processes: any of them can finish what another began."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def put(self, session_id: str, value: bytes, ttl_s: int) -> None:
        # Not counted here: Redis has its own memory limit, and evicting is its operator's choice.
        await self._redis.set(self._prefix + session_id, value, ex=ttl_s)

    async def get(self, session_id: str) -> bytes | None:
        return cast("bytes | None", await self._redis.get(self._prefix + session_id))
