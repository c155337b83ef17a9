"""So many tries in a window that slides, and never one more."""

import asyncio

import pytest

from issuer.attempt_limit import AttemptLimit, TooManyAttemptsError, place_of
from keys.one_time import MemoryOneTimeStore


class Seconds:
    """A clock for the store."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def allowed(limit: AttemptLimit, who: str, times: int) -> int:
    outcomes = await asyncio.gather(
        *(limit.spend(who) for _ in range(times)), return_exceptions=True
    )
    assert all(outcome is None or isinstance(outcome, TooManyAttemptsError) for outcome in outcomes)
    return sum(outcome is None for outcome in outcomes)


async def test_of_many_at_once_no_more_pass_than_there_are_places() -> None:
    limit = AttemptLimit(MemoryOneTimeStore(), "check", tries=3, window_s=60)

    assert await allowed(limit, "here", 50) == 3


async def test_a_place_is_free_again_when_its_own_time_is_over() -> None:
    clock = Seconds()
    limit = AttemptLimit(MemoryOneTimeStore(clock), "check", tries=2, window_s=60)
    await limit.spend("here")
    clock.now = 30
    await limit.spend("here")
    clock.now = 59
    assert await allowed(limit, "here", 3) == 0
    clock.now = 61
    assert await allowed(limit, "here", 3) == 1


async def test_everybody_and_everything_counts_apart_and_nobody_is_named() -> None:
    store = MemoryOneTimeStore()
    limits = [AttemptLimit(store, name, tries=1, window_s=60) for name in ("check", "desk")]
    for limit in limits:
        for who in ("52000019920512000X", "there"):
            assert await allowed(limit, who, 2) == 1

    assert not any("52000019920512000X" in key for key in store._values)


async def test_the_remedy_says_how_long_to_wait() -> None:
    limit = AttemptLimit(MemoryOneTimeStore(), "check", tries=1, window_s=61)
    await limit.spend("here")
    with pytest.raises(TooManyAttemptsError) as refused:
        await limit.spend("here")

    assert "2 minutes" in refused.value.remedy
    assert refused.value.http_status == 429


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_place_is_what_one_caller_can_have_all_of(address: str, place: str) -> None:
    assert place_of(address) == place
