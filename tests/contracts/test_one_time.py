"""The contract of OneTimeStore, run against every adapter."""

import asyncio
import multiprocessing
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from keys.one_time import (
    FileOneTimeStore,
    MemoryOneTimeStore,
    OneTimeStore,
    RedisOneTimeStore,
    StoreFullError,
    StoreUnavailableError,
    connect_redis,
)

RACERS = 200


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["memory", "file", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OneTimeStore]:
    if request.param == "memory":
        yield MemoryOneTimeStore()
    elif request.param == "file":
        kept = FileOneTimeStore(tmp_path / "once.db")
        yield kept
        kept.close()
    else:
        async with connect_redis(request.getfixturevalue("redis_url")) as redis:
            yield RedisOneTimeStore(redis, prefix=f"{uuid4()}:")


# -- every adapter -------------------------------------------------------------------


async def test_a_value_can_be_taken_once(store: OneTimeStore) -> None:
    await store.put("code", b"permit 7", ttl_s=60)

    assert await store.take("code") == b"permit 7"
    assert await store.take("code") is None


async def test_an_empty_value_is_not_a_missing_one(store: OneTimeStore) -> None:
    await store.put("nonce", b"", ttl_s=60)

    assert await store.take("nonce") == b""


async def test_bytes_come_back_as_they_went_in(store: OneTimeStore) -> None:
    await store.put("bytes", bytes(range(256)), ttl_s=60)

    assert await store.take("bytes") == bytes(range(256))


async def test_what_was_never_put_cannot_be_taken(store: OneTimeStore) -> None:
    assert await store.take("unknown") is None


async def test_a_value_is_replaced(store: OneTimeStore) -> None:
    await store.put("code", b"first", ttl_s=60)
    await store.put("code", b"second", ttl_s=60)

    assert await store.take("code") == b"second"
    assert await store.take("code") is None


async def test_a_key_is_claimed_by_the_first_only(store: OneTimeStore) -> None:
    assert [await store.claim("code", 60) for _ in range(3)] == [True, False, False]
    assert await store.claim("another", 60) is True


async def test_keys_are_told_apart_exactly(store: OneTimeStore) -> None:
    keys = ["a", "A", "a ", "a:", "a\0", "á", "鹿城", "*", "'; --"]

    assert [await store.claim(key, 60) for key in keys] == [True] * len(keys)


async def test_of_many_takes_at_once_one_gets_the_value(store: OneTimeStore) -> None:
    await store.put("code", b"permit 7", ttl_s=60)

    taken = await asyncio.gather(*(store.take("code") for _ in range(RACERS)))

    assert [value for value in taken if value is not None] == [b"permit 7"]


async def test_of_many_claims_at_once_one_wins(store: OneTimeStore) -> None:
    claimed = await asyncio.gather(*(store.claim("code", 60) for _ in range(RACERS)))

    assert claimed.count(True) == 1


async def test_a_put_while_others_take_is_seen_once(store: OneTimeStore) -> None:
    results = await asyncio.gather(
        store.put("code", b"permit 7", ttl_s=60), *(store.take("code") for _ in range(20))
    )
    left = await store.take("code")

    assert [value for value in (*results, left) if value is not None] == [b"permit 7"]


# -- time, where it can be moved -----------------------------------------------------

Timed = Callable[[Seconds, int], OneTimeStore]


@pytest.fixture(params=["memory", "file"])
def timed(request: pytest.FixtureRequest, tmp_path: Path) -> Timed:
    """Makes a store with a clock and a cap on entries."""
    if request.param == "memory":
        return lambda clock, cap: MemoryOneTimeStore(clock, cap)
    return lambda clock, cap: FileOneTimeStore(tmp_path / "once.db", clock, cap)


@pytest.mark.parametrize(
    ("after_s", "there"),
    [
        (59.9, True),
        (60.0, False),  # the end is outside
        (3600.0, False),
    ],
)
async def test_a_value_runs_out(timed: Timed, after_s: float, there: bool) -> None:
    clock = Seconds()
    store = timed(clock, 10)
    await store.put("code", b"permit 7", ttl_s=60)
    clock.now += after_s

    assert (await store.take("code") is not None) is there


async def test_a_claim_runs_out_and_can_be_made_again(timed: Timed) -> None:
    clock = Seconds()
    store = timed(clock, 10)
    await store.claim("code", 60)
    clock.now += 59.9
    before = await store.claim("code", 60)
    clock.now += 0.1

    assert before is False
    assert await store.claim("code", 60) is True
    assert await store.claim("code", 60) is False


async def test_a_claim_that_lost_does_not_prolong_the_first(timed: Timed) -> None:
    clock = Seconds()
    store = timed(clock, 10)
    await store.claim("code", 60)
    clock.now += 30
    await store.claim("code", 60)
    clock.now += 30

    assert await store.claim("code", 60) is True


async def test_a_replaced_value_has_its_new_time(timed: Timed) -> None:
    clock = Seconds()
    store = timed(clock, 10)
    await store.put("code", b"first", ttl_s=10)
    await store.put("code", b"second", ttl_s=60)
    clock.now += 30
    await store.put("other", b"", ttl_s=60)  # writing is when what ran out is dropped

    assert await store.take("code") == b"second"


async def test_a_full_store_says_so_and_keeps_what_it_has(timed: Timed) -> None:
    store = timed(Seconds(), 3)
    for key in ("a", "b", "c"):
        await store.put(key, b"kept", ttl_s=60)

    with pytest.raises(StoreFullError, match="3 one-time values are held"):
        await store.put("d", b"", ttl_s=60)
    with pytest.raises(StoreFullError):
        await store.claim("d", 60)

    assert [await store.take(key) for key in ("a", "b", "c", "d")] == [b"kept"] * 3 + [None]


async def test_a_full_store_still_replaces(timed: Timed) -> None:
    store = timed(Seconds(), 2)
    for key in ("a", "b", "a"):
        await store.put(key, b"kept", ttl_s=60)

    assert await store.take("a") == b"kept"


async def test_a_full_store_has_room_again_when_values_run_out(timed: Timed) -> None:
    clock = Seconds()
    store = timed(clock, 2)
    await store.put("short", b"", ttl_s=10)
    await store.put("long", b"", ttl_s=60)
    clock.now += 10

    await store.put("new", b"", ttl_s=60)
    assert await store.take("long") == b""
    assert await store.claim("newer", 60) is True


async def test_the_end_of_a_value_taken_before_harms_nobody(timed: Timed) -> None:
    clock = Seconds()
    store = timed(clock, 3)
    await store.put("code", b"", ttl_s=10)
    await store.take("code")
    clock.now += 20

    assert await store.claim("code", 60) is True
    assert await store.claim("code", 60) is False


async def test_taken_values_make_room(timed: Timed) -> None:
    store = timed(Seconds(), 2)
    for round_ in range(20):
        await store.put(f"code {round_}", b"", ttl_s=3600)
        await store.take(f"code {round_}")

    assert await store.claim("a", 60) is True
    assert await store.claim("b", 60) is True


async def test_a_long_day_of_taken_values_leaves_nothing_behind() -> None:
    """What was taken must not be remembered until it would have run out."""
    store = MemoryOneTimeStore(Seconds(), 10)
    for number in range(5000):
        await store.put(f"nonce {number}", b"", ttl_s=3600)
        await store.take(f"nonce {number}")

    assert len(store._ends) < 2000


async def test_values_run_out_in_their_own_time_however_many_came_and_went() -> None:
    clock = Seconds()
    store = MemoryOneTimeStore(clock, max_entries=5)
    for ttl_s in (50, 40, 30, 20):
        assert await store.claim(f"for {ttl_s} s", ttl_s)
    for number in range(5000):
        await store.put(f"nonce {number}", b"", ttl_s=3600)
        await store.take(f"nonce {number}")
    for ttl_s in (20, 30, 40, 50):
        clock.now = 1_000_000 + ttl_s - 1
        assert await store.claim(f"for {ttl_s} s", 60) is False
        clock.now += 1
        assert await store.claim(f"then {ttl_s}", 3600) is True
        assert await store.claim(f"for {ttl_s} s", 3600) is True
        await store.take(f"then {ttl_s}")
        await store.take(f"for {ttl_s} s")


# -- one adapter each ----------------------------------------------------------------


async def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    first = FileOneTimeStore(tmp_path / "state" / "once.db")
    await first.claim("code", 600)
    await first.put("nonce", b"kept", ttl_s=600)
    first.close()
    second = FileOneTimeStore(tmp_path / "state" / "once.db")

    assert await second.claim("code", 600) is False
    assert await second.take("nonce") == b"kept"
    second.close()


async def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    store = FileOneTimeStore(tmp_path / "once.db")
    await store.claim("code", 600)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()

    assert modes == {0o600}


def _claim_many(path: Path, keys: list[str]) -> list[str]:
    async def won() -> list[str]:
        store = FileOneTimeStore(path)
        mine = [key for key in keys if await store.claim(key, 600)]
        store.close()
        return mine

    return asyncio.run(won())


def test_of_several_processes_one_wins_each_key(tmp_path: Path) -> None:
    keys = [f"code {number}" for number in range(100)]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        won = pool.starmap(_claim_many, [(tmp_path / "once.db", keys)] * 3, chunksize=1)

    assert sorted(key for mine in won for key in mine) == sorted(keys)


async def test_a_file_that_is_gone_bad_is_no_answer(tmp_path: Path) -> None:
    store = FileOneTimeStore(tmp_path / "once.db")
    for path in tmp_path.iterdir():
        path.write_bytes(b"\xff" * 8192)

    with pytest.raises(StoreUnavailableError, match="does not answer"):
        await store.claim("code", 60)
    store.close()


async def test_a_refused_write_leaves_the_file_usable(tmp_path: Path) -> None:
    store = FileOneTimeStore(tmp_path / "once.db", max_entries=1)
    await store.claim("a", 60)
    with pytest.raises(StoreFullError):
        await store.claim("b", 60)

    assert await store.take("a") == b""
    assert await store.claim("b", 60) is True
    store.close()


async def test_a_redis_that_cannot_be_reached_is_no_answer() -> None:
    with closing(socket.socket()) as nobody:  # bound and not listening: connections are refused
        nobody.bind(("127.0.0.1", 0))
        async with connect_redis(f"redis://127.0.0.1:{nobody.getsockname()[1]}") as redis:
            store = RedisOneTimeStore(redis, prefix="x:")
            for act in (store.put("code", b"", 60), store.take("code"), store.claim("code", 60)):
                with pytest.raises(StoreUnavailableError, match="does not answer"):
                    await act


async def test_redis_values_run_out_by_themselves(redis_url: str) -> None:
    async with connect_redis(redis_url) as redis:
        prefix = f"{uuid4()}:"
        store = RedisOneTimeStore(redis, prefix)
        await store.put("put", b"", ttl_s=60)
        await store.claim("claimed", 90)
        left = [await redis.ttl(prefix + key) for key in ("put", "claimed")]

    assert 0 < left[0] <= 60 < left[1] <= 90


async def test_stores_with_different_prefixes_do_not_meet(redis_url: str) -> None:
    async with connect_redis(redis_url) as redis:
        one, other = (RedisOneTimeStore(redis, f"{uuid4()}:") for _ in range(2))
        await one.put("code", b"", ttl_s=60)

        assert await other.take("code") is None
        assert await other.claim("code", 60) is True
        assert await one.take("code") == b""


def test_a_file_that_is_no_store_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "once.db").write_bytes(b"not a database" * 500)

    with pytest.raises(StoreUnavailableError):
        FileOneTimeStore(tmp_path / "once.db")
