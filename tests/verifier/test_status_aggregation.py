"""Lists are learnt of before a permit brings one along; a silent issuer harms nobody else."""

import json
from typing import Any

import pytest

from schemas.errors import ServiceError
from verifier.fetching import Fetcher
from verifier.status_aggregation import fetch_ahead, lists_of


def publish(counters: Any, office: Any, lists: object, *, endpoint: bool = True) -> None:
    base = counters.world.base_url
    metadata = {"issuer": office.issuer, "token_endpoint": f"{office.issuer}/token"}
    if endpoint:
        metadata["status_list_aggregation_endpoint"] = f"{office.issuer}/status"
    counters.web.put(
        f"/.well-known/oauth-authorization-server/{office.county}",
        json.dumps(metadata),
        media_type="application/json",
    )
    path = office.issuer.removeprefix(base) + "/status"
    counters.web.put(path, json.dumps(lists), media_type="application/json")


async def test_a_list_is_known_before_any_permit_was_seen(counters: Any) -> None:
    world, office = counters.world, counters.world.lucheng
    publish(counters, office, {"status_lists": [office.status_uri]})
    trust_list = world.trust_list()

    await fetch_ahead(trust_list, counters.statuses, Fetcher(timeout_s=1), lambda: world.now)

    entry = trust_list.issuer(office.issuer, on=world.now.date())
    counters.web.answers.clear()  # the network is cut
    held = counters.statuses.held(office.status_uri, entry, world.now)
    assert held.as_of is not None


async def test_an_issuer_that_does_not_answer_keeps_nobody_from_the_others(counters: Any) -> None:
    world, office = counters.world, counters.world.pingyang
    publish(counters, office, {"status_lists": [office.status_uri]})

    await fetch_ahead(
        world.trust_list(), counters.statuses, Fetcher(timeout_s=1), lambda: world.now
    )

    assert "/330326/status/1" in counters.web.requests


async def test_an_issuer_without_the_endpoint_has_none(counters: Any) -> None:
    publish(counters, counters.world.lucheng, {}, endpoint=False)

    assert await lists_of(counters.world.lucheng.issuer, Fetcher(timeout_s=1)) == ()


@pytest.mark.parametrize(
    "answer", [{}, {"status_lists": "x"}, {"status_lists": [1]}, {"status_lists": ["x"] * 65}, []]
)
async def test_another_answer_is_refused(counters: Any, answer: object) -> None:
    publish(counters, counters.world.lucheng, answer)

    with pytest.raises(ServiceError):
        await lists_of(counters.world.lucheng.issuer, Fetcher(timeout_s=1))


async def test_one_bad_list_does_not_stop_the_others(counters: Any) -> None:
    world = counters.world
    for office in (world.lucheng, world.pingyang):
        publish(counters, office, {"status_lists": [office.status_uri]})
    counters.web.put("/330302/status/1", "rubbish")
    trust_list = world.trust_list()

    await fetch_ahead(trust_list, counters.statuses, Fetcher(timeout_s=1), lambda: world.now)

    entry = trust_list.issuer(world.pingyang.issuer, on=world.now.date())
    assert counters.statuses.held(world.pingyang.status_uri, entry, world.now).as_of is not None
