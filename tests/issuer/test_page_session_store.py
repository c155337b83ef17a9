"""Sessions in a Redis that several processes share, and what happens while it is away."""

from contextlib import closing
from socket import socket

import pytest
from litestar.stores.memory import MemoryStore

from issuer.page_session_store import RedisSessionStore, session_store
from keys.one_time import StoreUnavailableError, connect_redis


def test_without_a_redis_sessions_are_this_processs_own() -> None:
    assert isinstance(session_store(None), MemoryStore)


async def test_what_one_process_keeps_another_finds(redis_url: str) -> None:
    async with connect_redis(redis_url) as first, connect_redis(redis_url) as second:
        await session_store(first).set("name", b"held", expires_in=60)
        other = session_store(second)

        assert await other.get("name", renew_for=60) == b"held"
        await other.delete("name")
        assert await session_store(first).get("name") is None
        assert isinstance(other, RedisSessionStore)


async def test_a_redis_that_cannot_be_reached_keeps_nothing_and_says_so() -> None:
    with closing(socket()) as nobody:  # bound and not listening: every connection is refused
        nobody.bind(("127.0.0.1", 0))
        async with connect_redis(f"redis://127.0.0.1:{nobody.getsockname()[1]}") as redis:
            store = session_store(redis)
            for act in (store.get("x"), store.set("x", b"1", expires_in=1), store.delete("x")):
                with pytest.raises(StoreUnavailableError):
                    await act
