"""The contract of SessionStore, run against every adapter."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from verifier.presentation_session import TooManySessionsError
from verifier.session_store import MemorySessionStore, RedisSessionStore, SessionStore

LONG_S = 600


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def redis_store(redis_url: str) -> AsyncIterator[RedisSessionStore]:
    async with Redis.from_url(redis_url) as client:
        yield RedisSessionStore(client, f"{uuid4()}:")


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> SessionStore:
    if request.param == "memory":
        return MemorySessionStore(maximum=100)
    held: RedisSessionStore = request.getfixturevalue("redis_store")
    return held


@pytest.fixture
def small(clock: HandClock) -> MemorySessionStore:
    return MemorySessionStore(maximum=2, now_s=clock)


@pytest.mark.parametrize("value", [b"session", b"", b"\x00\xff\n"])
async def test_what_was_put_can_be_read_more_than_once(store: SessionStore, value: bytes) -> None:
    await store.put("id", value, LONG_S)
    assert await store.get("id") == value
    assert await store.get("id") == value


async def test_an_unknown_identifier_has_nothing(store: SessionStore) -> None:
    assert await store.get("unknown") is None


async def test_the_last_value_wins(store: SessionStore) -> None:
    await store.put("id", b"requested", LONG_S)
    await store.put("id", b"answered", LONG_S)
    assert await store.get("id") == b"answered"


async def test_sessions_do_not_mix(store: SessionStore) -> None:
    await store.put("one", b"1", LONG_S)
    await store.put("two", b"2", LONG_S)
    assert await store.get("one") == b"1"
    assert await store.get("two") == b"2"


async def test_memory_forgets_at_its_second(small: MemorySessionStore, clock: HandClock) -> None:
    await small.put("id", b"v", 60)
    clock.now_s += 59.9
    assert await small.get("id") == b"v"
    clock.now_s += 0.1
    assert await small.get("id") is None


async def test_putting_anew_counts_the_time_anew(
    small: MemorySessionStore, clock: HandClock
) -> None:
    await small.put("id", b"first", 60)
    clock.now_s += 50
    await small.put("id", b"second", 60)
    clock.now_s += 50
    assert await small.get("id") == b"second"


async def test_redis_forgets_after_the_time_given(redis_store: RedisSessionStore) -> None:
    await redis_store.put("brief", b"v", 1)
    await redis_store.put("long", b"v", LONG_S)
    await asyncio.sleep(1.1)
    assert await redis_store.get("brief") is None
    assert await redis_store.get("long") == b"v"


async def test_another_process_finds_the_session_in_redis(redis_url: str) -> None:
    prefix = f"{uuid4()}:"
    async with Redis.from_url(redis_url) as one, Redis.from_url(redis_url) as other:
        await RedisSessionStore(one, prefix).put("id", b"v", LONG_S)
        assert await RedisSessionStore(other, prefix).get("id") == b"v"
        assert await RedisSessionStore(other, f"{uuid4()}:").get("id") is None


async def test_a_flood_is_refused_and_changes_nothing(small: MemorySessionStore) -> None:
    await small.put("one", b"1", 60)
    await small.put("two", b"2", 60)
    with pytest.raises(TooManySessionsError, match="2 requests are waiting"):
        await small.put("three", b"3", 60)
    assert await small.get("three") is None
    assert await small.get("one") == b"1"


async def test_a_session_that_is_held_can_be_answered_during_a_flood(
    small: MemorySessionStore,
) -> None:
    await small.put("one", b"1", 60)
    await small.put("two", b"2", 60)
    await small.put("one", b"answered", 60)
    assert await small.get("one") == b"answered"


async def test_sessions_that_ran_out_make_room(small: MemorySessionStore, clock: HandClock) -> None:
    await small.put("one", b"1", 10)
    await small.put("two", b"2", 60)
    clock.now_s += 10
    await small.put("three", b"3", 60)
    assert await small.get("two") == b"2"
    assert await small.get("three") == b"3"
