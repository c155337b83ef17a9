"""The trust list: taken over only if good, never an older one, kept over restarts."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.trust_list import sign_trust_list
from verifier.errors import TrustListUnavailableError
from verifier.fetching import Fetcher
from verifier.trust_cache import LIST_FILE, SEQUENCE_FILE, TrustCache

PATH = "/trust-list"


@pytest.fixture
def cache(world: Any, web: Any, tmp_path: Path) -> TrustCache:
    return anew(world, web, tmp_path)


def anew(world: Any, web: Any, directory: Path) -> TrustCache:
    """As after a restart: nothing in memory, the same folder."""
    fetcher = Fetcher(timeout_s=1)
    return TrustCache(web.base_url + PATH, root=world.root, directory=directory, fetcher=fetcher)


async def test_fetches_when_nothing_is_held(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())

    assert (await cache.fresh(world.now)).sequence == world.sequence
    assert (await cache.fresh(world.now)).sequence == world.sequence
    assert web.requests == [PATH]


async def test_tells_its_age(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token(iat=int(world.now.timestamp()) - 90))
    await cache.refresh(world.now)

    assert cache.age_s(world.now + timedelta(seconds=10)) == 100


async def test_reads_a_file(world: Any, tmp_path: Path) -> None:
    source = tmp_path / "list.jwt"
    source.write_text(world.trust_token() + "\n", encoding="ascii")

    cache = TrustCache(str(source), root=world.root, directory=tmp_path / "state")

    assert (await cache.fresh(world.now)).sequence == world.sequence


async def test_survives_a_restart_without_network(
    cache: TrustCache, world: Any, web: Any, tmp_path: Path
) -> None:
    web.put(PATH, world.trust_token())
    await cache.refresh(world.now)
    web.answers.clear()

    assert anew(world, web, tmp_path).current(world.now).sequence == world.sequence


async def test_a_failed_refresh_leaves_what_is_held(
    cache: TrustCache, world: Any, web: Any
) -> None:
    web.put(PATH, world.trust_token())
    await cache.refresh(world.now)
    web.put(PATH, "rubbish")

    with pytest.raises(TrustListUnavailableError):
        await cache.refresh(world.now)
    assert cache.current(world.now).sequence == world.sequence


async def test_refuses_an_older_list(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())
    await cache.refresh(world.now)
    web.put(PATH, world.trust_token(sequence=world.sequence - 1))

    with pytest.raises(TrustListUnavailableError, match="older"):
        await cache.refresh(world.now)


async def test_refuses_an_older_list_after_a_restart_too(
    cache: TrustCache, world: Any, web: Any, tmp_path: Path
) -> None:
    """Also when the list that was held has run out and cannot be read any more."""
    short = world.trust_token(exp=int(world.now.timestamp()) + 60)
    web.put(PATH, short)
    await cache.refresh(world.now)
    web.put(PATH, world.trust_token(sequence=world.sequence - 1))
    later = world.now + timedelta(minutes=5)

    with pytest.raises(TrustListUnavailableError, match="older"):
        await anew(world, web, tmp_path).refresh(later)


async def test_takes_over_a_newer_list(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())
    first = await cache.fresh(world.now)
    web.put(PATH, world.trust_token(sequence=world.sequence + 1))
    await cache.refresh(world.now)

    assert cache.current(world.now).sequence == first.sequence + 1


async def test_the_same_list_stays_the_same_object(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())
    first = await cache.fresh(world.now)
    await cache.refresh(world.now)

    assert cache.current(world.now) is first


async def test_a_list_that_has_run_out_is_none(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())
    list_held = await cache.fresh(world.now)
    end = world.now + timedelta(seconds=list_held.exp - world.now.timestamp())

    assert cache.current(end - timedelta(seconds=1)) is list_held
    with pytest.raises(TrustListUnavailableError, match="run out"):
        cache.current(end)


async def test_a_list_signed_by_a_county_is_refused(
    cache: TrustCache, world: Any, web: Any
) -> None:
    """Under the right root, but by a certificate for another purpose."""
    web.put(PATH, sign_trust_list(world.trust_list(), world.lucheng.credential_key))

    with pytest.raises(TrustListUnavailableError):
        await cache.refresh(world.now)


async def test_a_spoilt_file_counts_as_none(
    cache: TrustCache, world: Any, web: Any, tmp_path: Path
) -> None:
    web.put(PATH, world.trust_token())
    await cache.refresh(world.now)
    (tmp_path / LIST_FILE).write_bytes(b"\xff spoilt")
    (tmp_path / SEQUENCE_FILE).write_bytes(b"spoilt")
    again = anew(world, web, tmp_path)

    with pytest.raises(TrustListUnavailableError, match="held"):
        again.current(world.now)
    assert (await again.fresh(world.now)).sequence == world.sequence


async def test_does_not_ask_again_right_after_a_failure(
    cache: TrustCache, world: Any, web: Any
) -> None:
    for seconds in (0, 1, 4):
        with pytest.raises(TrustListUnavailableError):
            await cache.fresh(world.now + timedelta(seconds=seconds))
    assert web.requests == [PATH]

    with pytest.raises(TrustListUnavailableError):
        await cache.fresh(world.now + timedelta(seconds=6))
    assert web.requests == [PATH, PATH]


async def test_many_at_once_share_one_fetch(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, world.trust_token())
    web.delay_s = 0.05

    lists = await asyncio.gather(*(cache.fresh(world.now) for _ in range(10)))

    assert all(taken is lists[0] for taken in lists)
    assert web.requests == [PATH]


async def test_a_list_too_large_is_not_read(cache: TrustCache, world: Any, web: Any) -> None:
    web.put(PATH, b"a" * (2 * 1024 * 1024 + 1))

    with pytest.raises(TrustListUnavailableError, match="bytes"):
        await cache.refresh(world.now)


async def test_a_folder_that_cannot_be_written_keeps_nobody_from_the_newest_list(
    world: Any, web: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = anew(world, web, tmp_path / "file" / "state")
    web.put(PATH, world.trust_token())

    assert (await cache.fresh(world.now)).sequence == world.sequence
    assert "not kept on disk" in caplog.text


async def test_a_kept_list_that_cannot_be_read_is_fetched_anew(
    world: Any, web: Any, tmp_path: Path
) -> None:
    (tmp_path / LIST_FILE).mkdir()
    web.put(PATH, world.trust_token())

    cache = anew(world, web, tmp_path)

    assert (await cache.fresh(world.now)).sequence == world.sequence


async def test_a_sequence_that_cannot_be_read_lets_no_list_in(
    world: Any, web: Any, tmp_path: Path
) -> None:
    (tmp_path / SEQUENCE_FILE).mkdir()
    web.put(PATH, world.trust_token())

    with pytest.raises(TrustListUnavailableError):
        await anew(world, web, tmp_path).fresh(world.now)


async def test_a_kept_list_below_the_kept_sequence_is_not_taken_up(
    world: Any, web: Any, tmp_path: Path
) -> None:
    web.put(PATH, world.trust_token())
    await anew(world, web, tmp_path).refresh(world.now)
    web.answers.clear()
    (tmp_path / SEQUENCE_FILE).write_text(str(world.sequence + 1), encoding="ascii")

    with pytest.raises(TrustListUnavailableError):
        await anew(world, web, tmp_path).fresh(world.now)


async def test_a_list_that_came_another_way_is_held_to_the_same(
    cache: TrustCache, world: Any, web: Any, tmp_path: Path
) -> None:
    newer, older = world.trust_token(sequence=9), world.trust_token(sequence=8)
    cache.take_over(newer, world.now)

    with pytest.raises(TrustListUnavailableError, match="older than 9"):
        cache.take_over(older, world.now)
    with pytest.raises(TrustListUnavailableError):
        cache.take_over("x", world.now)
    assert cache.token(world.now) == newer
    again = anew(world, web, tmp_path)
    assert again.token(world.now) == newer
    with pytest.raises(TrustListUnavailableError, match="older than 9"):
        anew(world, web, tmp_path).take_over(older, world.now)


async def test_there_is_nothing_to_hand_on_once_it_has_run_out(
    cache: TrustCache, world: Any
) -> None:
    cache.take_over(world.trust_token(), world.now)

    with pytest.raises(TrustListUnavailableError, match="run out"):
        cache.token(world.now + timedelta(days=31))
