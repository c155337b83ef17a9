"""The loop ahead of the queue: takes what is new, and lives through what is not there."""

import json
from typing import Any

import pytest

from verifier.fetching import Fetcher
from verifier.keep_fresh import KeepFresh


def keep_fresh(counters: Any, bundles: Any = None) -> KeepFresh:
    return KeepFresh(
        trust=counters.trust,
        statuses=counters.statuses,
        fetcher=Fetcher(timeout_s=1),
        clock=lambda: counters.world.now,
        every_s=60,
        bundles=bundles,
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


class Source:
    """Stands where the exchange of bundles does, and notes what is asked of it."""

    def __init__(self, in_step: bool) -> None:
        self.in_step = in_step
        self.asked: list[str] = []

    async def come_in(self) -> bool:
        self.asked.append("in")
        return self.in_step

    async def go_out(self) -> None:
        self.asked.append("out")


@pytest.mark.parametrize(
    ("in_step", "asked", "requests"),
    [(True, ["in"], []), (False, ["in", "out"], ["/trust-list"])],
)
async def test_who_is_fed_asks_no_issuer_while_the_source_answers(
    counters: Any, in_step: bool, asked: list[str], requests: list[str]
) -> None:
    source: Any = Source(in_step)
    fresh = keep_fresh(counters, bundles=source)

    await fresh.once()

    assert source.asked == asked
    assert [path for path in counters.web.requests if path == "/trust-list"] == requests
