"""The loop ahead of the queue: takes what is new, and lives through what is not there."""

import json
from typing import Any

from verifier.fetching import Fetcher
from verifier.keep_fresh import KeepFresh


def keep_fresh(counters: Any) -> KeepFresh:
    return KeepFresh(
        trust=counters.trust,
        statuses=counters.statuses,
        fetcher=Fetcher(timeout_s=1),
        clock=lambda: counters.world.now,
        every_s=60,
    )


async def test_a_newer_trust_list_and_the_lists_it_leads_to_are_taken(counters: Any) -> None:
    world, office = counters.world, counters.world.lucheng
    metadata = {
        "issuer": office.issuer,
        "token_endpoint": f"{office.issuer}/token",
        "status_list_aggregation_endpoint": f"{office.issuer}/status",
    }
    counters.web.put("/.well-known/oauth-authorization-server/330302", json.dumps(metadata))
    counters.web.put("/330302/status", json.dumps({"status_lists": [office.status_uri]}))

    await keep_fresh(counters).once()

    assert counters.trust.current(world.now).sequence == world.sequence
    assert "/330302/status/1" in counters.web.requests


async def test_without_network_what_is_held_stays(counters: Any) -> None:
    await keep_fresh(counters).once()
    counters.web.answers.clear()

    await keep_fresh(counters).once()

    assert counters.trust.current(counters.world.now).sequence == counters.world.sequence


async def test_nothing_is_fetched_under_nobodys_word(counters: Any) -> None:
    counters.web.answers.clear()

    await keep_fresh(counters).once()

    assert counters.web.requests == ["/trust-list"]
