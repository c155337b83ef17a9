"""What is known of the status, over time, failures, restarts and a changing trust list."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verifier.checks.revocation import StatusKnowledge, StatusUnavailable
from verifier.fetching import Fetched, Fetcher
from verifier.status_cache import (
    MAX_LISTS_OF_ISSUER,
    MAX_RETRY_AFTER_S,
    RETRY_AFTER_S,
    StatusCache,
)

PATH = "/330302/status/1"
UNAVAILABLE = StatusUnavailable("status_unavailable")
REFUSED = StatusUnavailable("status_list_refused")


def ask(counters: Any, seconds: float = 0, **changes: Any) -> Any:
    world = counters.world
    uri = changes.pop("uri", world.lucheng.status_uri)
    entry = changes.pop("entry", None) or world.trusted(world.lucheng)
    return counters.statuses.known(uri, entry, world.now + timedelta(seconds=seconds))


async def test_fetches_once_and_tells_the_age(counters: Any) -> None:
    first = await ask(counters)
    again = await ask(counters, 30)

    assert isinstance(first, StatusKnowledge)
    assert isinstance(again, StatusKnowledge)
    assert (first.age_s, again.age_s) == (10, 40)  # from the signature, not the fetching
    assert first.as_of == again.as_of == counters.world.now - timedelta(seconds=10)
    assert counters.web.requests == [PATH]


async def test_many_at_once_share_one_fetch(counters: Any) -> None:
    counters.web.delay_s = 0.05

    answers = await asyncio.gather(*(ask(counters) for _ in range(20)))

    assert all(isinstance(answer, StatusKnowledge) for answer in answers)
    assert counters.web.requests == [PATH]


async def test_one_who_gives_up_does_not_spoil_it_for_the_others(counters: Any) -> None:
    counters.web.delay_s = 0.05
    impatient = asyncio.create_task(ask(counters))
    patient = asyncio.create_task(ask(counters))
    await asyncio.sleep(0.01)
    impatient.cancel()

    assert isinstance(await patient, StatusKnowledge)


async def test_vp_63_a_revocation_is_seen_once_the_ttl_is_over(counters: Any) -> None:
    first = await ask(counters)
    now_s = int(counters.world.now.timestamp())
    counters.publish({5: 1}, iat=now_s + 20)

    assert first.status_list.value(5) == 0
    assert (await ask(counters, 59)).status_list.value(5) == 0
    assert (await ask(counters, 60)).status_list.value(5) == 1


async def test_vp_61_no_answer_is_no_knowledge(counters: Any) -> None:
    counters.web.answers.clear()

    assert await ask(counters) == UNAVAILABLE


async def test_vp_61_an_answer_not_to_be_believed_is_no_knowledge(counters: Any) -> None:
    counters.publish(typ="JWT")

    assert await ask(counters) == REFUSED


async def test_waits_a_little_after_a_failure(counters: Any) -> None:
    counters.web.answers.clear()
    for seconds in (0, 1, RETRY_AFTER_S - 1):
        await ask(counters, seconds)
    counters.publish()

    assert counters.web.requests == [PATH]
    assert isinstance(await ask(counters, RETRY_AFTER_S), StatusKnowledge)


async def test_the_old_list_serves_until_its_end_and_no_longer(counters: Any) -> None:
    now_s = int(counters.world.now.timestamp())
    counters.publish(exp=now_s + 600)
    await ask(counters)
    counters.web.answers.clear()

    assert isinstance(await ask(counters, 599), StatusKnowledge)
    assert await ask(counters, 600) == UNAVAILABLE


async def test_an_older_list_does_not_replace_a_newer(counters: Any) -> None:
    """A list from before the revocation, still signed and in time, handed out again."""
    now_s = int(counters.world.now.timestamp())
    counters.publish({5: 1}, iat=now_s - 10)
    await ask(counters)
    counters.publish({}, iat=now_s - 11)

    assert (await ask(counters, 60)).status_list.value(5) == 1


async def test_survives_a_restart_without_network(counters: Any, new_counters: Any) -> None:
    await ask(counters)
    again = new_counters()
    counters.web.answers.clear()

    answer = again.statuses.held(
        again.world.lucheng.status_uri, again.world.trusted(again.world.lucheng), again.world.now
    )

    assert isinstance(answer, StatusKnowledge)
    assert counters.web.requests == [PATH]


async def test_what_was_kept_is_verified_again(counters: Any, new_counters: Any) -> None:
    await ask(counters)
    (path,) = (counters.directory / "status-lists").iterdir()
    kept = msgspec.json.decode(path.read_bytes())
    kept["token"] = counters.world.status_token(key=counters.world.pingyang.status_key)
    path.write_bytes(msgspec.json.encode(kept))
    again = new_counters()
    counters.web.answers.clear()

    assert await ask(again) == UNAVAILABLE


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b"x" * (3 * 1024 * 1024)])
async def test_a_spoilt_file_counts_as_none(
    counters: Any, new_counters: Any, content: bytes
) -> None:
    await ask(counters)
    (path,) = (counters.directory / "status-lists").iterdir()
    path.write_bytes(content)
    again = new_counters()

    assert isinstance(await ask(again), StatusKnowledge)
    assert counters.web.requests == [PATH, PATH]


async def test_a_withdrawn_certificate_stops_counting_at_once(counters: Any) -> None:
    await ask(counters)
    counters.web.answers.clear()
    other = counters.world.office("330302")
    withdrawn = counters.world.trusted(other)

    assert await ask(counters, entry=withdrawn) == UNAVAILABLE


async def test_an_equal_entry_of_a_newer_trust_list_changes_nothing(counters: Any) -> None:
    await ask(counters)
    await ask(counters, entry=counters.world.trusted(counters.world.lucheng))

    assert counters.web.requests == [PATH]


@pytest.mark.parametrize(
    "uri",
    [
        "{base}/330326/status/1",  # another issuer's
        "{base}/3303020/status/1",  # begins alike
        "http://127.0.0.1:9/330302/status/1",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
    ],
)
async def test_never_fetches_outside_the_issuers_own_address(counters: Any, uri: str) -> None:
    asked = uri.format(base=counters.world.base_url)

    assert await ask(counters, uri=asked) == REFUSED
    assert counters.web.requests == []


async def test_takes_the_right_media_type_only(counters: Any) -> None:
    counters.web.put(PATH, counters.world.status_token(), media_type="text/html")

    assert await ask(counters) == REFUSED


@pytest.mark.parametrize(
    ("ttl", "asked_again_after_s"),
    [(1, 1), (60, 60), (None, 300), (10**9, 3600)],  # an issuer cannot put off for ever
)
async def test_the_ttl_has_bounds(counters: Any, ttl: int | None, asked_again_after_s: int) -> None:
    counters.publish(ttl=ttl)
    await ask(counters)

    await ask(counters, asked_again_after_s - 0.5)
    assert len(counters.web.requests) == 1
    await ask(counters, asked_again_after_s)
    assert len(counters.web.requests) == 2


class Signing(Fetcher):
    """Answers any address with a list signed for it, without a network."""

    def __init__(self, world: Any) -> None:
        super().__init__()
        self._world = world

    async def get(self, url: str, *, accept: str, max_bytes: int) -> Fetched:
        token = self._world.status_token(sub=url)
        return Fetched(token.encode(), accept)


async def test_holds_a_bounded_number_of_lists(world: Any, tmp_path: Path) -> None:
    cache, entry = StatusCache(tmp_path, fetcher=Signing(world)), world.trusted(world.lucheng)
    uris = [f"{world.lucheng.issuer}/status/{number}" for number in range(MAX_LISTS_OF_ISSUER + 2)]

    for uri in uris:
        await cache.known(uri, entry, world.now)

    assert len(list(tmp_path.iterdir())) == MAX_LISTS_OF_ISSUER
    assert cache.held(uris[0], entry, world.now) == UNAVAILABLE
    assert isinstance(cache.held(uris[-1], entry, world.now), StatusKnowledge)


async def test_no_county_pushes_out_what_is_known_of_another(world: Any, tmp_path: Path) -> None:
    offices = {office.issuer: office for office in map(world.office, ("330304", "330305"))}
    greedy = world.lucheng

    class Each(Fetcher):
        async def get(self, url: str, *, accept: str, max_bytes: int) -> Fetched:
            office = offices.get(url.rsplit("/", 2)[0], greedy)
            return Fetched(world.status_token(office, sub=url).encode(), accept)

    cache = StatusCache(tmp_path, fetcher=Each())
    for issuer, office in offices.items():
        await cache.known(f"{issuer}/status/1", world.trusted(office), world.now)
    for number in range(2 * MAX_LISTS_OF_ISSUER):
        uri = f"{greedy.issuer}/status/{number}"
        await cache.known(uri, world.trusted(greedy), world.now)

    assert cache.lists_held() == len(offices) + MAX_LISTS_OF_ISSUER
    for issuer, office in offices.items():
        held = cache.held(f"{issuer}/status/1", world.trusted(office), world.now)
        assert isinstance(held, StatusKnowledge)


async def ahead(counters: Any, seconds: float) -> None:
    world = counters.world
    await counters.statuses.known(
        world.lucheng.status_uri,
        world.trusted(world.lucheng),
        world.now + timedelta(seconds=seconds),
        ahead=True,
    )


async def test_after_more_failures_a_clerk_waits_for_fewer_attempts(counters: Any) -> None:
    counters.web.answers.clear()
    for seconds in range(0, 301, RETRY_AFTER_S):
        await ask(counters, seconds)
    tried = len(counters.web.requests)

    assert tried == 8, "at 0, 5, 15, 35, 75, 135, 195, 255 s"
    assert MAX_RETRY_AFTER_S == 60
    await ahead(counters, 301)
    assert len(counters.web.requests) == tried + 1, "nobody waits for this one"
    counters.publish()
    await ahead(counters, 306)
    assert isinstance(await ask(counters, 307), StatusKnowledge)


async def test_a_clock_set_back_does_not_put_off_asking(counters: Any) -> None:
    counters.web.answers.clear()
    await ask(counters, 3600)
    counters.publish()

    assert isinstance(await ask(counters), StatusKnowledge)


async def test_a_list_that_came_another_way_counts_like_one_fetched(counters: Any) -> None:
    world = counters.world
    entry, uri = world.trusted(world.lucheng), world.lucheng.status_uri
    token = world.status_token()

    assert counters.statuses.offer(token, uri, entry, world.now) is True
    assert counters.statuses.offer(token, uri, entry, world.now) is False, "no newer one"
    assert counters.statuses.tokens(entry, world.now) == {uri: token}
    assert (await ask(counters, 49)).age_s == 59
    assert counters.web.requests == []
    await ask(counters, 50)
    assert counters.web.requests == [PATH], "its time to live counts from its signature"


async def test_only_good_and_newer_lists_are_taken(counters: Any) -> None:
    world = counters.world
    entry, uri, now_s = (
        world.trusted(world.lucheng),
        world.lucheng.status_uri,
        world.now.timestamp(),
    )
    await ask(counters)
    held = counters.statuses.tokens(entry, world.now)

    for token in (
        world.status_token(iat=int(now_s) - 11),
        world.status_token(iat=int(now_s), key=world.pingyang.status_key),
        world.status_token(iat=int(now_s), sub=f"{uri}0"),
        world.status_token(iat=int(now_s) - 90000, exp=int(now_s)),
    ):
        assert counters.statuses.offer(token, uri, entry, world.now) is False
    assert counters.statuses.tokens(entry, world.now) == held
    assert counters.statuses.tokens(entry, world.now + timedelta(days=2)) == {}
    assert counters.statuses.tokens(world.trusted(world.pingyang), world.now) == {}


async def test_an_offered_list_survives_a_restart(counters: Any, new_counters: Any) -> None:
    world = counters.world
    entry, uri = world.trusted(world.lucheng), world.lucheng.status_uri
    counters.statuses.offer(world.status_token(), uri, entry, world.now)

    assert isinstance(new_counters().statuses.held(uri, entry, world.now), StatusKnowledge)


async def test_a_full_disk_does_not_stop_the_counter(world: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = StatusCache(tmp_path / "file" / "lists", fetcher=Signing(world))

    answer = await cache.known(world.lucheng.status_uri, world.trusted(world.lucheng), world.now)

    assert isinstance(answer, StatusKnowledge)


async def test_a_kept_list_that_cannot_be_read_is_fetched_anew(counters: Any) -> None:
    await ask(counters)
    (kept,) = (counters.directory / "status-lists").glob("*.json")
    kept.unlink()
    kept.mkdir()

    counters.statuses = StatusCache(kept.parent, fetcher=Fetcher(timeout_s=1))

    assert isinstance(await ask(counters), StatusKnowledge)


async def test_a_time_of_fetching_in_the_future_does_not_put_off_asking(counters: Any) -> None:
    await ask(counters)
    (kept,) = (counters.directory / "status-lists").glob("*.json")
    written = msgspec.json.decode(kept.read_bytes())
    written["fetched_s"] += 86400
    kept.write_bytes(msgspec.json.encode(written))

    counters.statuses = StatusCache(kept.parent, fetcher=Fetcher(timeout_s=1))
    await ask(counters)
    await ask(counters, 61)

    assert counters.web.requests == [PATH, PATH]
