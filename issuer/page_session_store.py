"""Where the sessions of pages are kept: in this process, or in a Redis that several share.

While that Redis cannot be reached nobody is signed in and nobody signed out by mistake: pages
say that the service cannot do it just now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from litestar.stores.base import Store
from litestar.stores.memory import MemoryStore
from litestar.stores.redis import RedisStore
from redis.asyncio import Redis
from redis.exceptions import RedisError

from keys.one_time import StoreUnavailableError

NAMESPACE: Final = "issuer-sessions"


class RedisSessionStore(RedisStore):
    """Litestar's store, with the one error that this project has for an absent Redis.

    ``get``, ``set`` and ``delete`` raise ``StoreUnavailableError``.
    """

    async def get(self, key: str, renew_for: int | timedelta | None = None) -> bytes | None:
        with _reached():
            return await super().get(key, renew_for)

    async def set(
        self, key: str, value: str | bytes, expires_in: int | timedelta | None = None
    ) -> None:
        with _reached():
            await super().set(key, value, expires_in)

    async def delete(self, key: str) -> None:
        with _reached():
            await super().delete(key)


def session_store(redis: Redis | None) -> Store:
    """The store for sessions; ``redis`` is closed by whoever opened it."""
    return MemoryStore() if redis is None else RedisSessionStore(redis, namespace=NAMESPACE)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise StoreUnavailableError("the Redis for sessions cannot be reached") from error
